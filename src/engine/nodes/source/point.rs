//! `point`: the value of a point, where rules begin.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::{Io, Wake};
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::id::PointId;
use base::{Bilingual, Quality, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::model::QualityPolicy;
use things::{PointKind, PointSpec, World};

/// What happens with a condition that is already true when the rule is enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Initial {
    /// Nothing: it has to become true.
    #[default]
    Hold,
    /// It counts as having just become true.
    Fire,
}

impl Initial {
    /// Whether it is the usual one.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
    pub(crate) fn is_hold(&self) -> bool {
        *self == Initial::Hold
    }
}

/// Parameters of `point`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which point.
    pub(crate) point: PointId,
    /// What happens with a condition on this point that is already true when the rule is enabled.
    #[serde(default)]
    pub(crate) initial: Initial,
    /// What is taken while the quality is bad: `hold`, `skip` or `safe`; what the thing model says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bad: Option<Bad>,
    /// The value that is taken then; only with `safe`, in the point's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) safe: Option<Value>,
}

/// What is taken while the quality is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bad {
    /// The last good value.
    Hold,
    /// None: it is unknown.
    Skip,
    /// The value `safe`.
    Safe,
}

/// What is taken for the value while the quality is bad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WhenBad {
    /// The last good value.
    Hold,
    /// None.
    Skip,
    /// This one.
    Safe(Value),
}

/// What kind of value is accepted; others count as bad.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Accepts {
    Bool,
    Number,
    Text,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Point {
    point: PointId,
    accepts: Accepts,
    when_bad: WhenBad,
}

impl Kind for Point {
    const TYPE: &'static str = "point";
    const TITLE: Text = Text::new("点位", "Point");
    const DOC: Text = Text::new(
        "给出一个点位的当前值。质量为“坏”时：hold 保持上一个好值，skip 视为未知，safe 取安全值；bad 写明用哪一种，\
         不写时按物模型的策略（默认 skip）。启用规则时条件已成立不算触发，除非 initial 为 fire。",
        "Gives the present value of a point. While its quality is bad, `hold` keeps the last good value, `skip` counts as \
         unknown, `safe` takes the safe value; `bad` says which, and where it is absent the thing model does (`skip` unless it \
         says otherwise). A condition that is already true when the rule is enabled triggers nothing, unless `initial` is `fire`.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("点位的值", "the value of the point"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("二氧化碳浓度；坏值视为未知", "CO2; a bad value is unknown"),
            params: r#"{"point": "pt_5e726e7cb0be8a7fbd15f673c8bbf7a3"}"#,
            inputs: &[("report", Carries::Report)],
            rows: &["0:00 | 600 | 600", "0:10 | 812 | 812", "0:20 | bad | ?", "0:30 | 805 | 805"],
        },
        Example {
            title: Text::new("坏的时候当作 2000 ppm", "taken for 2000 ppm while it is bad"),
            params: r#"{"point": "pt_5e726e7cb0be8a7fbd15f673c8bbf7a3", "bad": "safe", "safe": 2000}"#,
            inputs: &[("report", Carries::Report)],
            rows: &["0:00 | 600 | 600", "0:20 | bad | 2000", "0:30 | 805 | 805"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("bad", "hold")], "{point:point}（不可靠时保持）", "{point:point} (kept while bad)"),
        Words::when(&[("bad", "skip")], "{point:point}（不可靠时未知）", "{point:point} (unknown while bad)"),
        Words::when(
            &[("bad", "safe")],
            "{point:point}（不可靠时当作 {safe}）",
            "{point:point} (taken for {safe} while bad)",
        ),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Point> {
        let world = scope.world;
        let Some(spec) = world.point(params.point) else {
            scope.unknown_point("point", params.point);
            return None;
        };
        let (accepts, type_) = match &spec.kind {
            PointKind::Bool => (Accepts::Bool, PortType::Bool),
            PointKind::Number { unit, .. } => (Accepts::Number, PortType::Number(*unit)),
            PointKind::Enum { tokens } => {
                (Accepts::Text, PortType::Enum(tokens.iter().map(|t| t.token.clone()).collect()))
            }
            PointKind::Text { .. } => (Accepts::Text, PortType::Text),
            PointKind::Service | PointKind::Other => {
                let words = world.point_words(spec.id);
                scope.fault(
                    "rule.not_readable",
                    "point",
                    Bilingual::new(
                        format!("“{}”没有可比较的值", words.zh),
                        format!("`{}` has no value that a rule can read", words.en),
                    ),
                );
                return None;
            }
        };
        scope.produces(0, type_);
        if params.initial == Initial::Fire {
            scope.fires_at_start();
        }
        let when_bad = match (params.bad, params.safe) {
            (None, None) => when_bad(world, spec),
            (Some(Bad::Hold), None) => WhenBad::Hold,
            (Some(Bad::Skip), None) => WhenBad::Skip,
            (Some(Bad::Safe), Some(value)) if spec.check(&value).is_ok() => WhenBad::Safe(value),
            (Some(Bad::Safe), Some(value)) => {
                let message = Bilingual::new(
                    format!("点位不会有值 {value}"),
                    format!("the point does not have the value {value}"),
                );
                scope.fault("rule.value_kind", "safe", message);
                return None;
            }
            (Some(Bad::Safe), None) | (_, Some(_)) => {
                let message =
                    Bilingual::new("safe 与 bad: safe 要一起给出", "`safe` goes with `bad: safe`, and only with it");
                scope.fault("rule.params", "safe", message);
                return None;
            }
        };
        Some(Point { point: params.point, accepts, when_bad })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let Some(sample) = io.report(self.point) else { return };
        let fits = match (&sample.value, self.accepts) {
            (Value::Bool(_), Accepts::Bool) | (Value::Text(_), Accepts::Text) => true,
            (Value::Number(n), Accepts::Number) => n.is_finite(),
            _ => false,
        };
        if fits && sample.quality != Quality::Bad {
            io.set(0, Some(sample.value.clone()));
            return;
        }
        match &self.when_bad {
            WhenBad::Hold => {}
            WhenBad::Skip => io.set(0, None),
            WhenBad::Safe(value) => io.set(0, Some(value.clone())),
        }
    }

    fn wakes(&self) -> Vec<Wake> {
        vec![Wake::Point(self.point)]
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Value(seen.point(self.point))]
    }
}

/// The policy of the thing model; a safe value that does not fit the point is none.
fn when_bad(world: &World, spec: &PointSpec) -> WhenBad {
    let policy = world
        .model_of(spec.device)
        .and_then(|m| m.properties.iter().find(|p| p.identifier == spec.identifier))
        .and_then(|p| p.x.quality.as_ref());
    match policy {
        Some(QualityPolicy::Hold) => WhenBad::Hold,
        Some(QualityPolicy::Safe(value)) if spec.check(value).is_ok() => WhenBad::Safe(value.clone()),
        Some(QualityPolicy::Safe(_) | QualityPolicy::Skip) | None => WhenBad::Skip,
    }
}
