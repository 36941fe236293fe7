//! `timeout`: something that should have happened has not.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `timeout`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How long the event may be missing, in milliseconds.
    pub(crate) span_ms: Span,
    /// Whether it is said again each time that it has been missing for as long again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) repeat: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Timeout {
    span_ms: Span,
    repeat: bool,
    /// It waits only after an event at `start`.
    started: bool,
}

const EVENT: usize = 0;
const START: usize = 1;

impl Kind for Timeout {
    const TYPE: &'static str = "timeout";
    const TITLE: Text = Text::new("超时", "Timeout");
    const DOC: Text = Text::new(
        "在给定时间内没有等到事件时发出一个事件。没有连接 start 时，从启用规则和每次事件起计时；连接了 start 时，\
         只在 start 之后等待一次，等到了就不再计时。repeat 为 true 时，一直等不到就每隔同样的时间再发一次。",
        "An event for the absence of one: nothing has come for the given time. Without `start` the time runs from when the rule \
         is enabled and from every event; with `start` it runs from each event there, and ends with the event that it waits \
         for. With `repeat` it is said again each time that as much time has passed.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("等待的事件", "the event that is waited for")),
        PortSpec::optional("start", PortKind::Event, Text::new("从何时开始等待", "when waiting begins")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("没有等到", "it has not come"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("一分钟没有消息", "a minute without a sign"),
            params: r#"{"span_ms": 60000}"#,
            inputs: &[("in", Carries::Event)],
            rows: &[
                "0:00 | - | -",
                "0:50 | ! | -",
                "1:00 | - | -",
                "1:50 | - | !",
                "3:00 | - | -",
                "3:10 | ! | -",
                "4:10 | - | !",
            ],
        },
        Example {
            title: Text::new("打开之后一分钟没有关上", "opened, and not closed within a minute"),
            params: r#"{"span_ms": 60000, "repeat": true}"#,
            inputs: &[("in", Carries::Event), ("start", Carries::Event)],
            rows: &[
                "0:00 | - | - | -",
                "2:00 | - | ! | -",
                "2:30 | ! | - | -",
                "3:00 | - | - | -",
                "4:00 | - | ! | -",
                "5:00 | - | - | !",
                "6:00 | - | - | !",
                "6:10 | ! | - | -",
                "7:10 | - | - | -",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("repeat", "true")],
            "[{start}之后]每过{span_ms:span}还没有{in}",
            "[after {start} ]another {span_ms:span} have passed without that {in}",
        ),
        Words::new(
            "[{start}之后]{span_ms:span}内没有{in}",
            "[after {start} ]{span_ms:span} have passed without that {in}",
        ),
    ];
    const TIMED: bool = true;

    type Params = Params;
    /// When it has been missing for long enough.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Timeout> {
        let started = !scope.names(START).is_empty();
        let span_ms = scope.checked_span("span_ms", params.span_ms)?;
        Some(Timeout { span_ms, repeat: params.repeat, started })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, due: &mut Option<Timestamp>, io: &mut Io<'_>) {
        let begin = Some(io.now + self.span_ms);
        if io.first && !self.started {
            *due = begin;
        }
        if io.event(EVENT) {
            *due = begin.filter(|_| !self.started);
        } else if due.is_some_and(|t| t <= io.now) {
            io.fire(0);
            *due = begin.filter(|_| self.repeat);
        }
        if io.event(START) {
            *due = begin;
        }
    }

    fn deadline(&self, due: &Option<Timestamp>) -> Option<Timestamp> {
        *due
    }
}
