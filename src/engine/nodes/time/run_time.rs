//! `run_time`: how long something was true.

use crate::analysis::{Meaning, Seen};
use crate::calendar::{Local, Period};
use crate::compile::Scope;
use crate::limits::TICK_MS_MIN;
use crate::nodes::{Carries, Example, Kind, bool_input};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Most times that a moving window remembers; beyond it the two oldest are taken for one.
const STRETCHES_MAX: usize = 256;

/// Over what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Over {
    /// Since the rule was enabled, or since `reset`.
    #[default]
    All,
    /// Today.
    Day,
    /// This week, from Monday on.
    Week,
    /// This month.
    Month,
    /// The last `window_ms`.
    Window,
}

/// Parameters of `run_time`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Over what is counted.
    #[serde(default, skip_serializing_if = "is_all")]
    pub(crate) over: Over,
    /// Length of the moving window, in milliseconds; only with `window`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) window_ms: Option<Span>,
    /// How often the value follows, in milliseconds; at least a second.
    #[schemars(range(min = TICK_MS_MIN))]
    pub(crate) every_ms: Span,
}

fn is_all(over: &Over) -> bool {
    *over == Over::All
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunTime {
    span: Counted,
    every_ms: Span,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Counted {
    All,
    Period(Period, Local),
    Window(Span),
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Since when it is true.
    since: Option<Timestamp>,
    /// Microseconds that it was true before, in the present period.
    total_us: i64,
    /// When it was true, oldest first; only of a window.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    past: VecDeque<(Timestamp, Timestamp)>,
    /// When the present period ends.
    ends: Option<Timestamp>,
    /// When the value follows next.
    next: Option<Timestamp>,
}

const CONDITION: usize = 0;
const RESET: usize = 1;

impl Kind for RunTime {
    const TYPE: &'static str = "run_time";
    const TITLE: Text = Text::new("运行时间", "Run time");
    const DOC: Text = Text::new(
        "条件成立的总时间，单位小时：over 为 all 时从启用规则（或 reset）算起，day、week、month 为今天、本周、本月，\
         window 为最近的 window_ms。每隔 every_ms 更新一次。条件未知的时间不计。",
        "How long the condition held, in hours: since the rule was enabled or since `reset` (`all`), today, this week or this \
         month (`day`, `week`, `month`), or in the last `window_ms` (`window`). Brought up to date every `every_ms`. Time in \
         which the condition is unknown does not count.",
    );
    const INPUTS: &'static [PortSpec] = &[
        bool_input(Text::new("条件", "the condition")),
        PortSpec::optional("reset", PortKind::Event, Text::new("归零", "what sets it to nothing")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("小时数", "hours"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("总时间，每十五分钟更新", "in all, brought up to date every quarter of an hour"),
            params: r#"{"every_ms": 900000}"#,
            inputs: &[("in", Carries::Bool), ("reset", Carries::Event)],
            rows: &[
                "0:00 | true | - | 0",
                "15:00 | - | - | 0.25",
                "30:00 | false | - | 0.5",
                "60:00 | ? | - | 0.5",
                "90:00 | true | - | 0.5",
                "105:00 | - | - | 0.75",
                "120:00 | - | ! | 0",
                "135:00 | - | - | 0.25",
            ],
        },
        Example {
            title: Text::new("今天", "today"),
            params: r#"{"over": "day", "every_ms": 3600000}"#,
            inputs: &[("in", Carries::Bool)],
            // The example begins at 08:00 of the site.
            rows: &["0:00 | true | 0", "60:00 | - | 1", "900:00 | - | 15", "960:00 | - | 0", "1020:00 | - | 1"],
        },
        Example {
            title: Text::new("最近一小时", "in the last hour"),
            params: r#"{"over": "window", "window_ms": 3600000, "every_ms": 1800000}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &[
                "0:00 | true | 0",
                "30:00 | false | 0.5",
                "45:00 | true | 0.5",
                "60:00 | false | 0.75",
                "90:00 | - | 0.25",
                "120:00 | - | 0",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("over", "day")],
            "今天{in}的时间[（自{reset}起）]（每{every_ms:span}更新）",
            "the time today for which {in}[, since {reset},] (looked at every {every_ms:span})",
        ),
        Words::when(
            &[("over", "week")],
            "本周{in}的时间[（自{reset}起）]（每{every_ms:span}更新）",
            "the time this week for which {in}[, since {reset},] (looked at every {every_ms:span})",
        ),
        Words::when(
            &[("over", "month")],
            "本月{in}的时间[（自{reset}起）]（每{every_ms:span}更新）",
            "the time this month for which {in}[, since {reset},] (looked at every {every_ms:span})",
        ),
        Words::when(
            &[("over", "window")],
            "最近{window_ms:span}内{in}的时间[（自{reset}起）]（每{every_ms:span}更新）",
            "the time in the last {window_ms:span} for which {in}[, since {reset},] (looked at every {every_ms:span})",
        ),
        Words::new(
            "{in}的总时间[（自{reset}起）]（每{every_ms:span}更新）",
            "the time in all for which {in}[, since {reset},] (looked at every {every_ms:span})",
        ),
    ];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<RunTime> {
        scope.produces(0, PortType::Number(Unit::by_code("h").unwrap_or(Unit::one())));
        let lasting = scope.lasting(CONDITION, "");
        let every_ms = scope.checked_tick("every_ms", params.every_ms);
        let local = Local::of(scope.world.site());
        let span = match (params.over, params.window_ms) {
            (Over::Window, Some(span)) => scope.checked_span("window_ms", span).map(Counted::Window),
            (Over::Window, None) | (_, Some(_)) => {
                let message = Bilingual::new(
                    "window_ms 与 window 要一起给出",
                    "`window_ms` goes with `window`, and only with it",
                );
                scope.fault("rule.params", "window_ms", message);
                None
            }
            (Over::All, None) => Some(Counted::All),
            (Over::Day, None) => Some(Counted::Period(Period::Day, local)),
            (Over::Week, None) => Some(Counted::Period(Period::Week, local)),
            (Over::Month, None) => Some(Counted::Period(Period::Month, local)),
        };
        let (span, every_ms) = span.zip(every_ms)?;
        lasting.then_some(RunTime { span, every_ms })
    }

    fn init(&self) -> Memory {
        Memory { since: None, total_us: 0, past: VecDeque::new(), ends: None, next: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let now = io.now;
        self.turn(memory, now);
        if io.event(RESET) {
            memory.total_us = 0;
            memory.past.clear();
            memory.since = memory.since.map(|_| now);
        }
        let on = io.value(CONDITION).and_then(Value::as_bool) == Some(true);
        match (memory.since, on) {
            (None, true) => memory.since = Some(now),
            (Some(since), false) => {
                memory.since = None;
                self.add(memory, since, now);
            }
            (None, false) | (Some(_), true) => {}
        }
        let total = self.total(memory, now);
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a few centuries")]
        io.set(0, Some(Value::Number(total as f64 / 3.6e9)));
        // Nothing moves while it is off, but what leaves a window.
        let moving = memory.since.is_some() || !memory.past.is_empty();
        memory.next = moving.then(|| now + self.every_ms);
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        memory.next.into_iter().chain(memory.ends).min()
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.bounded((0.0, f64::INFINITY))]
    }
}

impl RunTime {
    /// Begins a new period where the old one is over.
    fn turn(&self, memory: &mut Memory, now: Timestamp) {
        match &self.span {
            Counted::Period(period, local) if memory.ends.is_none_or(|t| t <= now) => {
                memory.total_us = 0;
                memory.since = memory.since.map(|t| t.max(local.begin(*period, now)));
                memory.ends = local.end(*period, now);
            }
            Counted::Window(window) => {
                while memory.past.front().is_some_and(|(_, end)| *end + *window <= now) {
                    memory.past.pop_front();
                }
            }
            Counted::All | Counted::Period(..) => {}
        }
    }

    fn add(&self, memory: &mut Memory, since: Timestamp, now: Timestamp) {
        if !matches!(self.span, Counted::Window(_)) {
            memory.total_us = memory.total_us.saturating_add((now - since).as_micros());
            return;
        }
        memory.past.push_back((since, now));
        if memory.past.len() > STRETCHES_MAX
            && let (Some((a, b)), Some((c, d))) = (memory.past.pop_front(), memory.past.pop_front())
        {
            memory.past.push_front((c - (b - a), d));
        }
    }

    fn total(&self, memory: &Memory, now: Timestamp) -> i64 {
        let from = if let Counted::Window(window) = self.span { now - window } else { Timestamp::MIN };
        let within = |begin: Timestamp, end: Timestamp| (end - begin.max(from)).as_micros().max(0);
        let past: i64 = memory.past.iter().map(|(a, b)| within(*a, *b)).sum();
        memory.total_us.saturating_add(past).saturating_add(memory.since.map_or(0, |t| within(t, now)))
    }
}
