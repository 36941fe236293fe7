//! `or`: whether at least one condition holds.

use crate::analysis::{Condition, Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::logic::and;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use base::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `or`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Or {}

impl Kind for Or {
    const TYPE: &'static str = "or";
    const TITLE: Text = Text::new("或", "Or");
    const DOC: Text = Text::new(
        "有一个输入为 true 时输出 true，所有输入都为 false 时输出 false，其余情况未知。连接 in1、in2……，至少两个。\
         若每个条件变为 true 时都要各自触发，请分别接边沿节点，再接到同一个命令。",
        "True when one of the inputs is true, false when all are false, otherwise unknown. Connect in1, in2 and so on, two at \
         least. Where each condition shall trigger on its own, give each its edge and connect the edges to the same command.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::many("in", PortKind::Bool, Text::new("条件", "a condition"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否有一个成立", "whether one holds"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("两个条件", "two conditions"),
        params: "{}",
        inputs: &[("in1", Carries::Bool), ("in2", Carries::Bool)],
        rows: &[
            "0:00 | false | ? | ?",
            "0:10 | false | true | true",
            "0:20 | false | false | false",
            "0:30 | ? | true | true",
        ],
    }];

    type Params = Params;
    type State = ();

    fn compile(_: Params, _: &mut Scope<'_>) -> Option<Or> {
        Some(Or {})
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        // None holds when all do not; the negation of that is what is asked.
        let none = and::all_of(io.values(0).map(|v| v.and_then(Value::as_bool).map(|b| !b)));
        io.set(0, none.map(|none| Value::Bool(!none)));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Condition(Condition::any(seen.conditions(0)))]
    }
}
