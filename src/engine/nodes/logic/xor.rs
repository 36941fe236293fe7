//! `xor`: whether exactly one of two conditions holds.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `xor`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Xor {}

impl Kind for Xor {
    const TYPE: &'static str = "xor";
    const TITLE: Text = Text::new("异或", "Exclusive or");
    const DOC: Text = Text::new(
        "两个条件恰有一个成立时为 true。有一个未知时输出未知。",
        "True when exactly one of the two conditions holds. Unknown when one of them is.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in1", PortKind::Bool, Text::new("一个条件", "a condition")),
        PortSpec::one("in2", PortKind::Bool, Text::new("另一个条件", "another condition")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否恰有一个成立", "whether exactly one holds"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("双控开关", "a light with two switches"),
        params: "{}",
        inputs: &[("in1", Carries::Bool), ("in2", Carries::Bool)],
        rows: &[
            "0:00 | false | false | false",
            "0:10 | true | false | true",
            "0:20 | true | true | false",
            "0:30 | ? | true | ?",
        ],
    }];
    const WORDS: &'static [Words] =
        &[Words::new("“{in1}”与“{in2}”恰有一个成立", "either {in1} or {in2}, but not both")];

    type Params = Params;
    type State = ();

    fn compile(_: Params, _: &mut Scope<'_>) -> Option<Xor> {
        Some(Xor {})
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let one = |port: usize| io.value(port).and_then(Value::as_bool);
        let differ = one(0).zip(one(1)).map(|(a, b)| Value::Bool(a != b));
        io.set(0, differ);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Condition(seen.condition(0).differs(&seen.condition(1)))]
    }
}
