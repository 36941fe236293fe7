//! `and`: whether all conditions hold.

use crate::analysis::{Condition, Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use base::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `and`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct And {}

impl Kind for And {
    const TYPE: &'static str = "and";
    const TITLE: Text = Text::new("与", "And");
    const DOC: Text = Text::new(
        "所有输入都为 true 时输出 true，有一个为 false 时输出 false，其余情况未知。连接 in1、in2……，至少两个。",
        "True when every input is true, false when one of them is false, otherwise unknown. Connect in1, in2 and so on, two at least.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::many("in", PortKind::Bool, Text::new("条件", "a condition"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否全部成立", "whether all hold"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("两个条件", "two conditions"),
        params: "{}",
        inputs: &[("in1", Carries::Bool), ("in2", Carries::Bool)],
        rows: &[
            "0:00 | true | ? | ?",
            "0:10 | true | false | false",
            "0:20 | true | true | true",
            "0:30 | ? | true | ?",
            "0:40 | ? | false | false",
        ],
    }];

    type Params = Params;
    type State = ();

    fn compile(_: Params, _: &mut Scope<'_>) -> Option<And> {
        Some(And {})
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let all = all_of(io.values(0).map(|v| v.and_then(Value::as_bool)));
        io.set(0, all.map(Value::Bool));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Condition(Condition::all(seen.conditions(0)))]
    }
}

/// Kleene's three-valued conjunction.
pub(crate) fn all_of(inputs: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for input in inputs {
        all = match (all, input) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            (None, _) | (_, None) => None,
        };
    }
    all
}
