//! `not`: the opposite of a condition.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_input, bool_output};
use crate::plan::Io;
use crate::ports::{PortSpec, Text};
use base::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `not`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Not {}

impl Kind for Not {
    const TYPE: &'static str = "not";
    const TITLE: Text = Text::new("非", "Not");
    const DOC: Text = Text::new("输出与输入相反；未知仍为未知。", "The opposite of the input; unknown stays unknown.");
    const INPUTS: &'static [PortSpec] = &[bool_input(Text::new("条件", "the condition"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("条件是否不成立", "whether it does not hold"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("取反", "the opposite"),
        params: "{}",
        inputs: &[("in", Carries::Bool)],
        rows: &["0:00 | true | false", "0:10 | false | true", "0:20 | ? | ?"],
    }];

    type Params = Params;
    type State = ();

    fn compile(_: Params, _: &mut Scope<'_>) -> Option<Not> {
        Some(Not {})
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let opposite = io.value(0).and_then(Value::as_bool).map(|b| Value::Bool(!b));
        io.set(0, opposite);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Condition(seen.condition(0).not())]
    }
}
