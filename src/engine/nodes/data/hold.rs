//! `hold`: the last value that was known, or that counted at an event.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `hold`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// For how long the last value counts; for ever when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) for_ms: Option<Span>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hold {
    span: Option<Span>,
    /// Whether it takes values at events only.
    sampled: bool,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    value: Option<Value>,
    /// Until when it counts, where that is known.
    until: Option<Timestamp>,
}

const IN: usize = 0;
const EACH: usize = 1;
const FREEZE: usize = 2;

impl Kind for Hold {
    const TYPE: &'static str = "hold";
    const TITLE: Text = Text::new("保持", "Hold");
    const DOC: Text = Text::new(
        "输入未知时保持上一个已知值，至多 for_ms。freeze 成立时不再跟随输入。连接 each 后只在每个事件时取值，\
         并保持到下一个事件：由此消息里的值成为持续的值。",
        "Keeps the last known value while the input is unknown, for `for_ms` at most. While `freeze` holds it does not follow \
         the input. With `each` connected it takes the value at each event only and keeps it until the next one; that makes a \
         lasting value of one in a message.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Value, Text::new("要保持的值", "the value to keep")),
        PortSpec::optional("each", PortKind::Event, Text::new("何时取值", "when it is taken")),
        PortSpec::optional("freeze", PortKind::Bool, Text::new("不再跟随", "while it does not follow")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("保持的值", "the value that is kept"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("未知时保持至多一分钟", "unknown for a minute at most"),
            params: r#"{"for_ms": 60000}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | ? | ?",
                "0:10 | 21 | 21",
                "0:20 | ? | 21",
                "1:19 | ? | 21",
                "1:20 | ? | ?",
                "1:30 | 22 | 22",
            ],
        },
        Example {
            title: Text::new("消息里的温度，直到下一条消息", "the temperature of a message until the next one"),
            params: "{}",
            inputs: &[("in", Carries::Number("Cel")), ("each", Carries::Event)],
            rows: &[
                "0:00 | ? | - | ?",
                "0:10 | 21 | ! | 21",
                "0:10 | ? | - | 21",
                "0:20 | ? | ! | 21",
                "0:30 | 23 | ! | 23",
            ],
        },
        Example {
            title: Text::new("冻结", "frozen for a while"),
            params: "{}",
            inputs: &[("in", Carries::Number("W")), ("freeze", Carries::Bool)],
            rows: &["0:00 | 5 | ? | 5", "0:10 | 7 | true | 5", "0:20 | 9 | false | 9"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "保持的{in}[（{each}取值）][（至多 {for_ms:span}）][（{freeze}时不变）]",
        "the kept {in}[, taken {each}][, for {for_ms:span} at most][, frozen while {freeze}]",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Hold> {
        let sampled = scope.connected(EACH);
        let sound = sampled || scope.lasting(IN, "");
        let span = match params.for_ms {
            Some(span) => Some(scope.checked_span("for_ms", span)?),
            None => None,
        };
        let type_ = scope.input(IN)?.clone();
        scope.produces(0, type_);
        sound.then_some(Hold { span, sampled })
    }

    fn init(&self) -> Memory {
        Memory { value: None, until: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        if memory.until.is_some_and(|until| until <= io.now) {
            *memory = self.init();
        }
        let frozen = io.value(FREEZE).and_then(Value::as_bool) == Some(true);
        let follows = !frozen && (!self.sampled || io.event(EACH));
        match io.value(IN).filter(|_| follows) {
            Some(value) => {
                memory.value = Some(value.clone());
                // A level counts on as long as it is known, a sample from its event on.
                memory.until = self.span.filter(|_| self.sampled).map(|span| io.now + span);
            }
            None if memory.value.is_some() && memory.until.is_none() && !frozen => {
                memory.until = self.span.map(|span| io.now + span);
            }
            None => {}
        }
        io.set(0, memory.value.clone());
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        memory.until
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Value(seen.hidden(0, seen.term(IN).domain()))]
    }
}
