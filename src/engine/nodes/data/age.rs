//! `age`: the time since a point was last reported.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::{Io, Wake};
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::id::PointId;
use base::{Quality, Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `age`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which point.
    pub(crate) point: PointId,
    /// In which steps the age grows; a minute when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Age {
    point: PointId,
    every: Span,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// When the point was last reported.
    reported: Option<Timestamp>,
    /// When it was stepped last.
    at: Option<Timestamp>,
}

impl Kind for Age {
    const TYPE: &'static str = "age";
    const TITLE: Text = Text::new("数据时效", "Age");
    const DOC: Text = Text::new(
        "一个点位上次良好的报告距今多少秒，按 every_ms 一步一步增加；值没有变化的报告也算。从未报告时未知。",
        "How many seconds ago a point was last reported in good quality, growing in steps of `every_ms`. Reports that bring the \
         same value count too. Unknown as long as there was none.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("秒数", "the age in seconds"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("二氧化碳传感器多久没有报告", "how long a CO2 sensor has been silent"),
        params: r#"{"point": "pt_5e726e7cb0be8a7fbd15f673c8bbf7a3", "every_ms": 10000}"#,
        inputs: &[("report", Carries::Report)],
        rows: &[
            "0:00 | 600 | 0",
            "0:05 | - | 0",
            "0:10 | - | 10",
            "0:25 | - | 20",
            "0:30 | 600 | 0",
            "0:45 | bad | 10",
        ],
    }];
    const WORDS: &'static [Words] = &[Words::new(
        "{point:point}上次报告以来的秒数[（每 {every_ms:span}更新）]",
        "the seconds since the last report of {point:point}[, updated every {every_ms:span}]",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Age> {
        scope.produces(0, PortType::Number(Unit::by_code("s")?));
        let every = scope.checked_tick("every_ms", params.every_ms.unwrap_or(Span::from_secs(60)));
        if scope.world.point(params.point).is_none() {
            scope.unknown_point("point", params.point);
            return None;
        }
        every.map(|every| Age { point: params.point, every })
    }

    fn init(&self) -> Memory {
        Memory { reported: None, at: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        if let Some(sample) = io.report(self.point).filter(|sample| sample.quality != Quality::Bad) {
            // A clock that is ahead does not make it younger than now.
            memory.reported = memory.reported.max(Some(sample.at.min(io.now)));
        }
        memory.at = Some(io.now);
        let age = memory.reported.map(|reported| {
            let (passed, every) = ((io.now - reported).as_micros().max(0), self.every.as_micros().max(1));
            Value::Number((passed - passed % every) as f64 / 1e6)
        });
        io.set(0, age);
    }

    fn wakes(&self) -> Vec<Wake> {
        vec![Wake::Point(self.point)]
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        let (reported, at) = (memory.reported?, memory.at?);
        let every = self.every.as_micros().max(1);
        let steps = (at - reported).as_micros().max(0) / every + 1;
        Some(reported + Span::from_micros(steps.saturating_mul(every)))
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.bounded((0.0, f64::INFINITY))]
    }
}
