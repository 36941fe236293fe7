//! `write_value`: writes a value that the rule has worked out, so that curves and controllers act.

use crate::checks::{in_unit_of, taken};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::id::PointId;
use base::{Bilingual, Unit, Value};
use documents::{Act, Deed, Setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{PointKind, PointSpec};

/// Parameters of `write_value`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The point to write.
    pub(crate) point: PointId,
    /// The least that is written, in the point's own unit; the least that it takes when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) low: Option<f64>,
    /// The most that is written, in the point's own unit; the most that it takes when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<f64>,
    /// By how much a number has to differ from the one written before, in the point's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub(crate) step: Option<f64>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WriteValue {
    spec: PointSpec,
    /// Unit of what arrives, where it is a number.
    unit: Option<Unit>,
    low: Option<f64>,
    high: Option<f64>,
    step: f64,
}

const VALUE: usize = 0;
const EVENT: usize = 1;

impl Kind for WriteValue {
    const TYPE: &'static str = "write_value";
    const TITLE: Text = Text::new("写入计算值", "Write a value");
    const DOC: Text = Text::new(
        "每来一个事件，就请求把 value 当时的值写入点位，PID、曲线和 select 由此起作用。数值按单位换算，限制在 low 和 high 之间\
         （也不超出点位的范围），对齐到点位的步长；与上次写入相差不到 step 时不写。值未知、或点位不接受这个值时不写。\
         事件通常来自 interval 或 changed_by。",
        "For every event, asks for the value that `value` has then to be written: this is how a PID, a curve or a `select` acts. \
         Numbers are converted, kept between `low` and `high` (and within what the point takes) and rounded to the point's own \
         steps; what differs from the last written one by less than `step` is not written, nor is a value that is unknown or that \
         the point does not take. The event often comes from `interval` or `changed_by`.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("value", PortKind::Value, Text::new("要写入的值", "the value")),
        PortSpec::one("in", PortKind::Event, Text::new("何时写入", "when to write it")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new(
            "设定温度，18 到 26 度，相差半度才写",
            "a set point of 18 to 26 degrees, when it differs by half a degree",
        ),
        params: r#"{"point": "pt_9c89fb366cc88a45849369767255ea94", "low": 18, "high": 26, "step": 0.5}"#,
        inputs: &[("value", Carries::Number("Cel")), ("in", Carries::Event)],
        rows: &[
            "0:00 | 21 | - | -",
            "0:10 | 21 | ! | 21",
            "0:20 | 21.2 | ! | -",
            "0:30 | 21.5 | ! | 21.5",
            "0:40 | 35 | ! | 26",
            "0:50 | 40 | ! | -",
            "1:00 | ? | ! | -",
            "1:10 | 3 | - | -",
            "1:20 | 3 | ! | 18",
        ],
    }];
    const WORDS: &'static [Words] = &[Words::new(
        "将{point:point}设为{value}[，至少 {low}][，至多 {high}][，相差 {step} 以上才写]",
        "set {point:point} to {value}[, at least {low}][, at most {high}][, if it differs by {step}]",
    )];

    type Params = Params;
    /// What was written last.
    type State = Option<Value>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<WriteValue> {
        let world = scope.world;
        let Some(spec) = world.point(params.point) else {
            scope.unknown_point("point", params.point);
            return None;
        };
        if !spec.writable || spec.kind == PointKind::Service {
            let words = world.point_words(spec.id);
            let message = Bilingual::new(format!("“{}”不能写", words.zh), format!("`{}` cannot be written", words.en));
            scope.fault("rule.not_writable", "point", message);
            return None;
        }
        let numeric = matches!(spec.kind, PointKind::Number { .. });
        let mut sound = scope.ordered("low", params.low, params.high);
        for (field, n) in [("low", params.low), ("high", params.high), ("step", params.step)] {
            let Some(n) = n else { continue };
            if !numeric {
                let message = Bilingual::new("只用于数值", "goes with numbers only");
                scope.fault("rule.params", field, message);
                sound = false;
            }
            sound &=
                scope.checked_number(field, n).is_some() && (field != "step" || scope.positive(field, n).is_some());
        }
        let type_ = scope.input(VALUE)?.clone();
        let name = world.point_words(spec.id);
        let unit = scope.fitting("point", (spec, &name), &type_)?;
        let step = params.step.unwrap_or(0.0);
        sound.then(|| WriteValue { spec: spec.clone(), unit, low: params.low, high: params.high, step })
    }

    fn init(&self) -> Option<Value> {
        None
    }

    fn step(&self, last: &mut Option<Value>, io: &mut Io<'_>) {
        if !io.event(EVENT) {
            return;
        }
        let Some(value) = io.value(VALUE).and_then(|value| self.settled(value)) else { return };
        let near = match (last.as_ref(), &value) {
            (Some(Value::Number(before)), Value::Number(n)) => (n - before).abs() < self.step.max(f64::EPSILON),
            (before, _) => before == Some(&value),
        };
        if !near {
            *last = Some(value.clone());
            io.ask(Deed::Act(Act { point: self.spec.id, setting: Setting::To(value) }));
        }
    }

    fn effects_on(&self) -> Vec<PointId> {
        vec![self.spec.id]
    }
}

impl WriteValue {
    /// The value as the point takes it; none where it does not.
    fn settled(&self, value: &Value) -> Option<Value> {
        let value = match in_unit_of(&self.spec, self.unit, value)? {
            Value::Number(n) => Value::Number(n.max(self.low.unwrap_or(f64::MIN)).min(self.high.unwrap_or(f64::MAX))),
            other => other,
        };
        taken(&self.spec, value)
    }
}
