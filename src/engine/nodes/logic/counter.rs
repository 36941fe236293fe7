//! `counter`: counts events up and down.

use crate::analysis::{Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `counter`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Where it begins and goes back to; 0 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) start: Option<f64>,
    /// How much one event counts; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<f64>,
    /// The lowest count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<f64>,
    /// The highest count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<f64>,
    /// Beyond the highest it goes on at the lowest, and the other way round, instead of staying there. Needs both limits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) wrap: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counter {
    start: f64,
    step: f64,
    min: f64,
    max: f64,
    wrap: bool,
}

/// Whole numbers stay exact up to here: 2^53.
const COUNT_MAX: f64 = 9_007_199_254_740_992.0;
const UP: usize = 0;
const DOWN: usize = 1;
const RESET: usize = 2;

impl Kind for Counter {
    const TYPE: &'static str = "counter";
    const TITLE: Text = Text::new("计数器", "Counter");
    const DOC: Text = Text::new(
        "up 的每个事件加一步，down 的每个事件减一步，reset 回到起始值；up、down 至少连接一个。到达上下限后停住，\
         wrap 为真则绕到另一端。同一时刻先加，再减，再复位。",
        "Each event at `up` counts one step up, each at `down` one step down, `reset` goes back to the start; connect `up` or \
         `down` at least. It stays at its limits, or goes round with `wrap`. In the same instant it counts up, then down, then \
         goes back.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::optional("up", PortKind::Event, Text::new("加", "counts up")),
        PortSpec::optional("down", PortKind::Event, Text::new("减", "counts down")),
        PortSpec::optional("reset", PortKind::Event, Text::new("复位", "back to the start")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("计数", "the count"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("房间里的人数，不少于 0", "people in a room, never fewer than 0"),
            params: r#"{"min": 0}"#,
            inputs: &[("up", Carries::Event), ("down", Carries::Event), ("reset", Carries::Event)],
            rows: &[
                "0:00 | - | - | - | 0",
                "0:10 | - | ! | - | 0",
                "0:20 | ! | - | - | 1",
                "0:30 | ! | - | - | 2",
                "0:40 | ! | ! | - | 2",
                "0:50 | - | - | ! | 0",
            ],
        },
        Example {
            title: Text::new("轮流选择 1 到 3", "1 to 3 in turn"),
            params: r#"{"start": 1, "min": 1, "max": 3, "wrap": true}"#,
            inputs: &[("up", Carries::Event)],
            rows: &["0:00 | - | 1", "0:10 | ! | 2", "0:20 | ! | 3", "0:30 | ! | 1"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("wrap", "true")],
            "循环计数（[{up}增加；][{down}减少；][{reset}复位；][从 {start} 开始；][每次 {step}；]在 {min} 与 {max} 之间循环）",
            "a count ([up {up}; ][down {down}; ][reset {reset}; ][from {start}; ][by {step}; ]going round from {min} to {max})",
        ),
        Words::new(
            "计数（[{up}增加；][{down}减少；][{reset}复位；][从 {start} 开始；][每次 {step}；][不小于 {min}；][不大于 {max}；]到限为止）",
            "a count ([up {up}; ][down {down}; ][reset {reset}; ][from {start}; ][by {step}; ][at least {min}; ][at most {max}; ]within limits)",
        ),
    ];

    type Params = Params;
    /// The count.
    type State = f64;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Counter> {
        scope.produces(0, PortType::Number(Unit::one()));
        let mut sound = true;
        if !scope.connected(UP) && !scope.connected(DOWN) {
            scope.fault(
                "rule.port_unconnected",
                "",
                Bilingual::new("up、down 至少连接一个", "connect `up` or `down` at least"),
            );
            sound = false;
        }
        if params.wrap && (params.min.is_none() || params.max.is_none()) {
            scope.fault(
                "rule.params",
                "wrap",
                Bilingual::new("循环计数需要 min 和 max", "going round needs both `min` and `max`"),
            );
            sound = false;
        }
        sound &= scope.ordered("min", params.min, params.max);
        let step = scope.positive("step", params.step.unwrap_or(1.0));
        let (min, max) = (params.min.unwrap_or(-COUNT_MAX), params.max.unwrap_or(COUNT_MAX));
        let start = params.start.unwrap_or(if min > 0.0 || max < 0.0 { min.max(-COUNT_MAX) } else { 0.0 });
        if !(min..=max).contains(&start) || start.abs() > COUNT_MAX {
            scope.fault(
                "rule.params",
                "start",
                Bilingual::new("起始值不在上下限之间", "the start is not within the limits"),
            );
            sound = false;
        }
        let step = step.filter(|_| sound)?;
        Some(Counter { start, step, min: min.max(-COUNT_MAX), max: max.min(COUNT_MAX), wrap: params.wrap })
    }

    fn init(&self) -> f64 {
        self.start
    }

    fn step(&self, count: &mut f64, io: &mut Io<'_>) {
        if io.event(UP) {
            *count = self.within(*count + self.step);
        }
        if io.event(DOWN) {
            *count = self.within(*count - self.step);
        }
        if io.event(RESET) {
            *count = self.start;
        }
        io.set(0, known(*count));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.bounded((self.min.min(self.start), self.max.max(self.start)))]
    }
}

impl Counter {
    fn within(&self, count: f64) -> f64 {
        match (self.wrap, count > self.max, count < self.min) {
            (true, true, _) => self.min,
            (true, _, true) => self.max,
            _ => count.clamp(self.min, self.max),
        }
    }
}
