//! `gate`: lets an event through only while a condition holds.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use base::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `gate`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Gate {}

const EVENT: usize = 0;
const CONDITION: usize = 1;

impl Kind for Gate {
    const TYPE: &'static str = "gate";
    const TITLE: Text = Text::new("执行条件", "Condition");
    const DOC: Text = Text::new(
        "事件到来的那一刻条件成立，事件才通过；条件不成立或未知时事件被丢弃。条件本身变化不触发任何事。",
        "Lets an event through if the condition holds at that moment; if it does not, or is unknown, the event is dropped. \
         A change of the condition triggers nothing.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("事件", "the event")),
        PortSpec::one("if", PortKind::Bool, Text::new("条件", "the condition")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("通过的事件", "the event, if it passes"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("仅当条件成立时通过", "passes only while the condition holds"),
        params: "{}",
        inputs: &[("in", Carries::Event), ("if", Carries::Bool)],
        rows: &[
            "0:00 | - | false | -",
            "0:10 | ! | false | -",
            "0:20 | - | true | -",
            "0:30 | ! | true | !",
            "0:40 | ! | ? | -",
        ],
    }];

    type Params = Params;
    type State = ();

    fn compile(_: Params, _: &mut Scope<'_>) -> Option<Gate> {
        Some(Gate {})
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.event(EVENT) && io.value(CONDITION).and_then(Value::as_bool) == Some(true) {
            io.fire(0);
        }
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Moment(seen.moment(EVENT).only(&seen.condition(CONDITION).yes))]
    }
}
