//! `hold_true`: stays true for a time after its condition has ended. Occupancy by motion is made of this.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_input, bool_output};
use crate::plan::Io;
use crate::ports::{PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `hold_true`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How long it stays true afterwards, in milliseconds.
    pub(crate) span_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HoldTrue {
    span_ms: Span,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Memory {
    /// The condition does not hold, and has not for long enough, or it was never known.
    Out,
    /// It holds.
    In,
    /// It has ended; this is when nobody counts it any more.
    Until(Timestamp),
}

impl Kind for HoldTrue {
    const TYPE: &'static str = "hold_true";
    const TITLE: Text = Text::new("保持", "Hold true");
    const DOC: Text = Text::new(
        "条件成立时为 true，不再成立后继续保持给定时间。用移动传感器判断房间有没有人就是这样：最后一次移动之后若干分钟才算无人。\
         条件未知时，保持的时间过后也未知。计时在重启后继续。",
        "True while the condition holds, and for the given time after it has ended: this makes occupancy of motion, a room is \
         empty some minutes after the last movement. While the condition is unknown the output becomes unknown once that time \
         is over. The time survives a restart.",
    );
    const INPUTS: &'static [PortSpec] = &[bool_input(Text::new("条件", "the condition"))];
    const OUTPUTS: &'static [PortSpec] =
        &[bool_output(Text::new("是否成立，或刚结束不久", "whether it holds, or has not ended for long"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("移动之后五分钟内算有人", "somebody is there until five minutes after the last motion"),
            params: r#"{"span_ms": 300000}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &[
                "0:00 | false | false",
                "1:00 | true | true",
                "2:00 | false | true",
                "6:00 | true | true",
                "7:00 | false | true",
                "11:59 | - | true",
                "12:00 | - | false",
            ],
        },
        Example {
            title: Text::new("未知", "unknown"),
            params: r#"{"span_ms": 60000}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &["0:00 | ? | ?", "0:10 | true | true", "0:20 | ? | true", "1:20 | - | ?", "1:30 | false | false"],
        },
    ];
    const WORDS: &'static [Words] =
        &[Words::new("{in}，或结束未满{span_ms:span}", "{in}, or did less than {span_ms:span} ago")];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<HoldTrue> {
        let lasting = scope.lasting(0, "");
        scope.checked_span("span_ms", params.span_ms).filter(|_| lasting).map(|span_ms| HoldTrue { span_ms })
    }

    fn init(&self) -> Memory {
        Memory::Out
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let level = io.value(0).and_then(Value::as_bool);
        *memory = match (level, &*memory) {
            (Some(true), _) => Memory::In,
            (_, Memory::In) => Memory::Until(io.now + self.span_ms),
            (_, Memory::Until(t)) if *t > io.now => Memory::Until(*t),
            (_, Memory::Until(_) | Memory::Out) => Memory::Out,
        };
        io.set(0, if *memory == Memory::Out { level.map(Value::Bool) } else { Some(Value::Bool(true)) });
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        match memory {
            Memory::Until(t) => Some(*t),
            Memory::In | Memory::Out => None,
        }
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Condition(seen.condition(0).lingering(seen.wait()))]
    }
}
