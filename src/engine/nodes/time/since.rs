//! `since`: the time since an event.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::limits::TICK_MS_MIN;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `since`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How often the value follows, in milliseconds; at least a second.
    #[schemars(range(min = TICK_MS_MIN))]
    pub(crate) every_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Since {
    every_ms: Span,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Memory {
    /// The event has not come yet.
    Never,
    /// When it came, and when the value follows next.
    Running(Timestamp, Timestamp),
    /// It was stopped; how long it was then.
    Stopped(Span),
}

const EVENT: usize = 0;
const STOP: usize = 1;

impl Kind for Since {
    const TYPE: &'static str = "since";
    const TITLE: Text = Text::new("距今多久", "Time since");
    const DOC: Text = Text::new(
        "自最近一次事件以来的秒数，每隔 every_ms 更新一次；事件到来时归零。第一次事件之前未知。stop 使它停住，\
         于是也是秒表：从 in 到 stop 的时间。",
        "Seconds since the latest event, brought up to date every `every_ms`; the event sets it to nothing. Unknown before the \
         first one. `stop` makes it stand still, so that it is a stopwatch too: the time from `in` to `stop`.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("事件", "the event")),
        PortSpec::optional("stop", PortKind::Event, Text::new("停住", "what makes it stand still")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("秒数", "seconds"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("每十秒更新", "brought up to date every ten seconds"),
            params: r#"{"every_ms": 10000}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | ?", "0:05 | ! | 0", "0:10 | - | 0", "0:15 | - | 10", "0:26 | - | 21", "0:30 | ! | 0"],
        },
        Example {
            title: Text::new("秒表", "a stopwatch"),
            params: r#"{"every_ms": 60000}"#,
            inputs: &[("in", Carries::Event), ("stop", Carries::Event)],
            rows: &[
                "0:00 | - | ! | ?",
                "0:05 | ! | - | 0",
                "0:47 | - | ! | 42",
                "2:00 | - | - | 42",
                "3:00 | ! | - | 0",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "自{in}[到{stop}]的时间（每{every_ms:span}更新）",
        "the time since {in}[ until {stop}] (looked at every {every_ms:span})",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Since> {
        scope.produces(0, PortType::Number(seconds()));
        scope.checked_tick("every_ms", params.every_ms).map(|every_ms| Since { every_ms })
    }

    fn init(&self) -> Memory {
        Memory::Never
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        if let Memory::Running(begin, next) = memory {
            let span = io.now - *begin;
            if io.event(STOP) {
                *memory = Memory::Stopped(span);
                io.set(0, Some(seconds_of(span)));
            } else if *next <= io.now {
                // In step with the event, also after a pause.
                let ticks = span.as_micros() / self.every_ms.as_micros().max(1) + 1;
                *next = *begin + Span::from_micros(ticks.saturating_mul(self.every_ms.as_micros()));
                io.set(0, Some(seconds_of(span)));
            }
        }
        if io.event(EVENT) {
            *memory = Memory::Running(io.now, io.now + self.every_ms);
            io.set(0, Some(seconds_of(Span::ZERO)));
        }
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        match memory {
            Memory::Running(_, next) => Some(*next),
            Memory::Never | Memory::Stopped(_) => None,
        }
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.bounded((0.0, f64::INFINITY))]
    }
}

fn seconds() -> Unit {
    Unit::by_code("s").unwrap_or(Unit::one())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of ten thousand years are exact")]
fn seconds_of(span: Span) -> Value {
    Value::Number(span.as_millis().max(0) as f64 / 1e3)
}
