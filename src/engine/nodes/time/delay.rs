//! `delay`: passes an event on after a time. The only kind that may close a loop.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use base::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `delay`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How long the event waits, in milliseconds.
    pub(crate) span_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Delay {
    span_ms: Span,
}

impl Kind for Delay {
    const TYPE: &'static str = "delay";
    const TITLE: Text = Text::new("延时", "Delay");
    const DOC: Text = Text::new(
        "事件等待给定时间后再发出，等待期间运行一直在进行。等待在重启后继续。同一次运行里已有事件在等待时，后来的事件被丢弃；\
         运行期间再次触发时如何处理由规则的 mode 决定。",
        "Passes an event on after the given time; until then the run is under way. The wait survives a restart. While an event \
         of the same run waits, further ones are dropped; what a new trigger does meanwhile is the rule's `mode`.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Event, Text::new("事件", "the event"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("延时后的事件", "the event, later"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("十秒之后", "ten seconds later"),
        params: r#"{"span_ms": 10000}"#,
        inputs: &[("in", Carries::Event)],
        rows: &["0:00 | - | -", "0:05 | ! | -", "0:10 | ! | -", "0:15 | - | !", "0:20 | - | -"],
    }];
    const DELAYS: bool = true;

    type Params = Params;
    /// When the event that waits goes on.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Delay> {
        scope.checked_span("span_ms", params.span_ms).map(|span_ms| Delay { span_ms })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, due: &mut Option<Timestamp>, io: &mut Io<'_>) {
        if due.is_some_and(|t| t <= io.now) {
            *due = None;
            io.fire(0);
        }
        if io.event(0) && due.is_none() {
            *due = Some(io.now + self.span_ms);
        }
    }

    fn deadline(&self, due: &Option<Timestamp>) -> Option<Timestamp> {
        *due
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Moment(seen.later(0))]
    }
}
