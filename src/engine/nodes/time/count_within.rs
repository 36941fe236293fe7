//! `count_within`: so many events within a time.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Bilingual, Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Most events that are counted.
const COUNT_MAX: usize = 1_000;

/// Parameters of `count_within`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How many events.
    #[schemars(range(min = 2, max = COUNT_MAX))]
    pub(crate) count: usize,
    /// The time within which they come, in milliseconds.
    pub(crate) span_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CountWithin {
    count: usize,
    span_ms: Span,
}

const EVENT: usize = 0;
const RESET: usize = 1;

impl Kind for CountWithin {
    const TYPE: &'static str = "count_within";
    const TITLE: Text = Text::new("时间内计次", "Count within a time");
    const DOC: Text = Text::new(
        "给定时间内来够给定个数的事件时发出一个事件，然后从头数起。最早的与最后的相隔恰好为给定时间也算。reset 使计数归零。",
        "An event once so many have come within the given time; then counting begins anew. The first and the last may be exactly \
         that time apart. `reset` sets the count to nothing.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("要数的事件", "the event that is counted")),
        PortSpec::optional("reset", PortKind::Event, Text::new("归零", "what sets the count to nothing")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("够数了", "there were so many"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("一分钟内三次", "three within a minute"),
            params: r#"{"count": 3, "span_ms": 60000}"#,
            inputs: &[("in", Carries::Event)],
            rows: &[
                "0:00 | - | -",
                "0:10 | ! | -",
                "0:40 | ! | -",
                "1:11 | ! | -",
                "1:40 | ! | !",
                "1:50 | ! | -",
                "2:00 | ! | -",
                "2:50 | ! | !",
            ],
        },
        Example {
            title: Text::new("归零", "set to nothing"),
            params: r#"{"count": 2, "span_ms": 60000}"#,
            inputs: &[("in", Carries::Event), ("reset", Carries::Event)],
            rows: &["0:00 | - | - | -", "0:10 | ! | - | -", "0:20 | - | ! | -", "0:30 | ! | - | -", "0:40 | ! | - | !"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "{span_ms:span}内第 {count} 次{in}[，其间没有{reset}]",
        "{in} {count} times within {span_ms:span}[ without that {reset}]",
    )];

    type Params = Params;
    /// When the events came that still count; fewer than are waited for.
    type State = VecDeque<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<CountWithin> {
        let sound = (2..=COUNT_MAX).contains(&params.count);
        if !sound {
            let (zh, en) = (format!("应在 2 到 {COUNT_MAX} 之间"), format!("takes 2 to {COUNT_MAX}"));
            scope.fault("rule.params", "count", Bilingual::new(zh, en));
        }
        let span_ms = scope.checked_span("span_ms", params.span_ms)?;
        sound.then_some(CountWithin { count: params.count, span_ms })
    }

    fn init(&self) -> VecDeque<Timestamp> {
        VecDeque::new()
    }

    fn step(&self, times: &mut VecDeque<Timestamp>, io: &mut Io<'_>) {
        if io.event(RESET) {
            times.clear();
        }
        if !io.event(EVENT) {
            return;
        }
        while times.front().is_some_and(|t| *t + self.span_ms < io.now) {
            times.pop_front();
        }
        times.push_back(io.now);
        if times.len() >= self.count {
            times.clear();
            io.fire(0);
        }
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Moment(seen.later(EVENT))]
    }
}
