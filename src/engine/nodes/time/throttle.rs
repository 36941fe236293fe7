//! `throttle`: at most one event in a time.

use crate::analysis::{Meaning, Moment, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which of the events that come close together passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pass {
    /// The first, at once.
    #[default]
    First,
    /// The last, when the time is over.
    Last,
    /// The first at once, and another when the time is over if there were more.
    Both,
}

/// Parameters of `throttle`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The time in which one event passes, in milliseconds.
    pub(crate) span_ms: Span,
    /// Which of the events that come close together passes.
    #[serde(default, skip_serializing_if = "is_first")]
    pub(crate) pass: Pass,
}

fn is_first(pass: &Pass) -> bool {
    *pass == Pass::First
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Throttle {
    span_ms: Span,
    pass: Pass,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Until when nothing passes.
    until: Option<Timestamp>,
    /// An event waits for that moment.
    waiting: bool,
}

impl Kind for Throttle {
    const TYPE: &'static str = "throttle";
    const TITLE: Text = Text::new("限频", "Throttle");
    const DOC: Text = Text::new(
        "给定时间内最多放过一个事件。pass：first 放过第一个（默认），last 在时间到时放过最后一个，\
         both 先放过第一个，其间若又有事件，时间到时再放过一个。",
        "Lets at most one event through in the given time. `pass`: `first` (the default) lets the first through at once, `last` \
         the last of them when the time is over, `both` the first at once and, if more came, another when the time is over.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Event, Text::new("事件", "the event"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("通过的事件", "the event, if it passes"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("每十秒最多一次", "at most one in ten seconds"),
            params: r#"{"span_ms": 10000}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | -", "0:05 | ! | !", "0:06 | ! | -", "0:14 | ! | -", "0:15 | ! | !", "0:40 | ! | !"],
        },
        Example {
            title: Text::new("时间到时的最后一个", "the last one, when the time is over"),
            params: r#"{"span_ms": 10000, "pass": "last"}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | -", "0:05 | ! | -", "0:06 | ! | -", "0:15 | - | !", "0:25 | - | -", "0:30 | ! | -"],
        },
        Example {
            title: Text::new("首尾各一个", "the first and another"),
            params: r#"{"span_ms": 10000, "pass": "both"}"#,
            inputs: &[("in", Carries::Event)],
            rows: &[
                "0:00 | - | -",
                "0:05 | ! | !",
                "0:06 | ! | -",
                "0:15 | - | !",
                "0:20 | ! | -",
                "0:25 | - | !",
                "0:35 | - | -",
                "0:36 | ! | !",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("pass", "last")], "{in}，每{span_ms:span}只算最后一次", "{in}, the last time in {span_ms:span}"),
        Words::when(
            &[("pass", "both")],
            "{in}，每{span_ms:span}只算第一次和最后一次",
            "{in}, the first and the last time in {span_ms:span}",
        ),
        Words::new("{in}，每{span_ms:span}只算第一次", "{in}, the first time in {span_ms:span}"),
    ];
    const TIMED: bool = true;

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Throttle> {
        let span_ms = scope.checked_span("span_ms", params.span_ms)?;
        Some(Throttle { span_ms, pass: params.pass })
    }

    fn init(&self) -> Memory {
        Memory { until: None, waiting: false }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        if memory.until.is_some_and(|t| t <= io.now) {
            memory.until = None;
            if std::mem::take(&mut memory.waiting) {
                io.fire(0);
                memory.until = (self.pass == Pass::Both).then(|| io.now + self.span_ms);
            }
        }
        if !io.event(0) {
            return;
        }
        if memory.until.is_none() {
            memory.until = Some(io.now + self.span_ms);
            if self.pass != Pass::Last {
                io.fire(0);
                return;
            }
        }
        memory.waiting = self.pass != Pass::First;
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        memory.until.filter(|_| memory.waiting)
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let first = if self.pass == Pass::Last { Moment::default() } else { seen.moment(0).sometimes() };
        let last = if self.pass == Pass::First { Moment::default() } else { seen.later(0) };
        vec![Meaning::Moment(first.or(last))]
    }
}
