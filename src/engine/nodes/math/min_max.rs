//! `min_max`: the smallest or the largest of several numbers.

use crate::analysis::{Meaning, Seen, Term};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which one is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Which {
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// Parameters of `min_max`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which one is meant: `min`, `max`.
    pub(crate) op: Which,
    /// Leave out what is unknown, instead of being unknown with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) skip_unknown: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MinMax {
    op: Which,
    skip_unknown: bool,
}

impl Kind for MinMax {
    const TYPE: &'static str = "min_max";
    const TITLE: Text = Text::new("最小与最大", "Minimum and maximum");
    const DOC: Text = Text::new(
        "几个数中最小或最大的一个，单位须相同。有一个未知时输出未知；skip_unknown 为真时只看已知的。连接 in1、in2……，至少两个。\
         对一组点位请用 aggregate。",
        "The smallest or the largest of several numbers in one unit. Unknown when one of them is; with `skip_unknown` only \
         those that are known count. Connect in1, in2 and so on, two at least. For a selection of points take `aggregate`.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::many("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("其中的一个", "one of them"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("两个温度中较高的", "the higher of two temperatures"),
            params: r#"{"op": "max"}"#,
            inputs: &[("in1", Carries::Number("Cel")), ("in2", Carries::Number("Cel"))],
            rows: &["0:00 | 21 | 23.5 | 23.5", "0:10 | 24 | 23.5 | 24", "0:20 | ? | 23.5 | ?"],
        },
        Example {
            title: Text::new("只看已知的", "of those that are known"),
            params: r#"{"op": "min", "skip_unknown": true}"#,
            inputs: &[("in1", Carries::Number("Cel")), ("in2", Carries::Number("Cel"))],
            rows: &["0:00 | 21 | ? | 21", "0:10 | 24 | 23.5 | 23.5", "0:20 | ? | ? | ?"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("op", "min"), ("skip_unknown", "true")], "已知的{in}中最小的", "the smallest known of {in}"),
        Words::when(&[("op", "max"), ("skip_unknown", "true")], "已知的{in}中最大的", "the largest known of {in}"),
        Words::when(&[("op", "min")], "{in}中最小的", "the smallest of {in}"),
        Words::when(&[("op", "max")], "{in}中最大的", "the largest of {in}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<MinMax> {
        let type_ = scope.joined_type(0)?;
        if !matches!(type_, PortType::Number(_)) {
            let words = type_.words();
            scope.fault(
                "rule.value_kind",
                "",
                Bilingual::new(format!("需要数值，而不是{}", words.zh), format!("takes numbers, not {}", words.en)),
            );
            return None;
        }
        scope.produces(0, type_);
        Some(MinMax { op: params.op, skip_unknown: params.skip_unknown })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let mut found: Option<f64> = None;
        let mut missing = false;
        for value in io.values(0) {
            let Some(n) = value.and_then(Value::as_number) else {
                missing = true;
                continue;
            };
            found = Some(match (found, self.op) {
                (None, _) => n,
                (Some(other), Which::Min) => other.min(n),
                (Some(other), Which::Max) => other.max(n),
            });
        }
        io.set(0, found.filter(|_| self.skip_unknown || !missing).and_then(known));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let terms = seen.terms(0);
        if self.skip_unknown {
            // Whichever is known, it is one of them.
            let (low, high): (Vec<f64>, Vec<f64>) = terms.iter().map(Term::bounds).unzip();
            let low = low.into_iter().fold(f64::INFINITY, f64::min);
            return vec![seen.bounded((low, high.into_iter().fold(f64::NEG_INFINITY, f64::max)))];
        }
        vec![Meaning::Value(if self.op == Which::Max { Term::Largest(terms) } else { Term::Smallest(terms) })]
    }
}
