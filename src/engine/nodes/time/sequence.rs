//! `sequence`: one event after another, in order and within a time.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `sequence`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The longest time from the first event to the last, in milliseconds.
    pub(crate) span_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sequence {
    span_ms: Span,
    /// There is a third event.
    three: bool,
}

/// When the first event came of the latest beginning that got so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Up to the first.
    first: Option<Timestamp>,
    /// Up to the second.
    second: Option<Timestamp>,
}

const FIRST: usize = 0;
const SECOND: usize = 1;
const THIRD: usize = 2;
const CANCEL: usize = 3;

impl Kind for Sequence {
    const TYPE: &'static str = "sequence";
    const TITLE: Text = Text::new("先后", "Sequence");
    const DOC: Text = Text::new(
        "先 first，再 second（连接了 third 时再 third），从第一个到最后一个不超过给定时间，就发出一个事件。\
         次序不对不算，同一时刻的两个事件不算先后。最近的一次开头才算。cancel 使已发生的作废。",
        "An event once `first`, then `second`, and then `third` where that is connected, have come in this order, the last not \
         later than the given time after the first. Another order does not count, nor do two events of the same instant. The \
         latest beginning counts. `cancel` makes what has come so far void.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("first", PortKind::Event, Text::new("先发生的事件", "what comes first")),
        PortSpec::one("second", PortKind::Event, Text::new("随后的事件", "what comes then")),
        PortSpec::optional("third", PortKind::Event, Text::new("再随后的事件", "what comes after that")),
        PortSpec::optional("cancel", PortKind::Event, Text::new("作废", "what makes it void")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("都已按次序发生", "all have come in order"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("一分钟内先甲后乙", "one, then the other within a minute"),
            params: r#"{"span_ms": 60000}"#,
            inputs: &[("first", Carries::Event), ("second", Carries::Event), ("cancel", Carries::Event)],
            rows: &[
                "0:00 | - | - | - | -",
                "0:10 | - | ! | - | -",
                "0:20 | ! | - | - | -",
                "1:20 | - | ! | - | !",
                "1:30 | - | ! | - | -",
                "2:00 | ! | - | - | -",
                "3:01 | - | ! | - | -",
                "4:00 | ! | ! | - | -",
                "4:10 | - | - | ! | -",
                "4:20 | - | ! | - | -",
            ],
        },
        Example {
            title: Text::new("三个，最近的开头才算", "three, and the latest beginning counts"),
            params: r#"{"span_ms": 60000}"#,
            inputs: &[("first", Carries::Event), ("second", Carries::Event), ("third", Carries::Event)],
            rows: &[
                "0:00 | ! | - | - | -",
                "0:10 | ! | - | - | -",
                "0:50 | ! | - | - | -",
                "1:10 | - | ! | - | -",
                "1:20 | ! | - | - | -",
                "1:40 | - | - | ! | !",
                "1:50 | - | - | ! | -",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "{span_ms:span}内先{first}，再{second}[，然后{third}][，其间没有{cancel}]",
        "within {span_ms:span} first {first}, then {second}[, after that {third}][, without that {cancel}]",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Sequence> {
        let three = !scope.names(THIRD).is_empty();
        scope.checked_span("span_ms", params.span_ms).map(|span_ms| Sequence { span_ms, three })
    }

    fn init(&self) -> Memory {
        Memory { first: None, second: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let (now, span) = (io.now, self.span_ms);
        let fresh = |t: Option<Timestamp>| t.filter(|t| now <= *t + span);
        (memory.first, memory.second) = (fresh(memory.first), fresh(memory.second));
        let (before_last, last) = if self.three { (memory.second, THIRD) } else { (memory.first, SECOND) };
        if io.event(CANCEL) {
            *memory = self.init();
        } else if before_last.is_some() && io.event(last) {
            *memory = self.init();
            io.fire(0);
        } else if self.three && io.event(SECOND) {
            memory.second = memory.first.or(memory.second);
        }
        if io.event(FIRST) {
            memory.first = Some(now);
        }
    }
}
