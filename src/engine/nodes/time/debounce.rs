//! `debounce`: waits for quiet.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `debounce`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How long it has to be quiet, in milliseconds.
    pub(crate) span_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Debounce {
    span_ms: Span,
}

impl Kind for Debounce {
    const TYPE: &'static str = "debounce";
    const TITLE: Text = Text::new("去抖", "Debounce");
    const DOC: Text = Text::new(
        "事件之后安静了给定时间才发出一次；其间每来一个事件就重新计时。计时在重启后继续。",
        "Passes on the last of several events once it has been quiet for the given time; every further event starts the time \
         anew. The wait survives a restart.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Event, Text::new("事件", "the event"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("安静之后的事件", "the event, once it is quiet"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("安静十秒之后", "after ten seconds of quiet"),
            params: r#"{"span_ms": 10000}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | -", "0:05 | ! | -", "0:12 | ! | -", "0:15 | - | -", "0:22 | - | !", "0:40 | - | -"],
        },
        Example {
            title: Text::new("到点时又来一个事件", "another event just when the time is over"),
            params: r#"{"span_ms": 10000}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | -", "0:05 | ! | -", "0:15 | ! | !", "0:25 | - | !"],
        },
    ];
    const WORDS: &'static [Words] =
        &[Words::new("{in}，其后{span_ms:span}内不再如此", "{in}, and then not again for {span_ms:span}")];
    const TIMED: bool = true;

    type Params = Params;
    /// When it has been quiet for long enough.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Debounce> {
        scope.checked_span("span_ms", params.span_ms).map(|span_ms| Debounce { span_ms })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, due: &mut Option<Timestamp>, io: &mut Io<'_>) {
        if due.is_some_and(|t| t <= io.now) {
            *due = None;
            io.fire(0);
        }
        if io.event(0) {
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
