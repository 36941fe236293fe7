//! `quality`: whether a point has a good value, and a young one.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::{Io, Wake};
use crate::ports::{PortSpec, Text};
use crate::words::Words;
use base::id::PointId;
use base::{Quality as Grade, Span, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `quality`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which point.
    pub(crate) point: PointId,
    /// How old the value may be, in milliseconds; any age when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_age_ms: Option<Span>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quality {
    point: PointId,
    max_age_ms: Option<Span>,
}

/// What it remembers of the latest report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    good: bool,
    /// When it was measured.
    at: Timestamp,
}

impl Kind for Quality {
    const TYPE: &'static str = "quality";
    const TITLE: Text = Text::new("值可靠", "Quality");
    const DOC: Text = Text::new(
        "点位的值是否可靠：最近一次上报的质量是“好”，并且（给出 max_age_ms 时）不太旧。从未上报也算不可靠。设备不再上报时，\
         到期变为 false，不必等下一次上报。",
        "Whether the value of a point can be relied on: its latest report was of good quality and, with `max_age_ms`, is not too \
         old. A point that has never reported has none. When a device goes silent the output becomes false in time, without \
         another report.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("值是否可靠", "whether it can be relied on"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("不超过一分钟", "not older than a minute"),
        params: r#"{"point": "pt_5e726e7cb0be8a7fbd15f673c8bbf7a3", "max_age_ms": 60000}"#,
        inputs: &[("report", Carries::Report)],
        rows: &[
            "0:00 | 600 | true",
            "0:50 | 612 | true",
            "1:50 | - | true",
            "1:51 | - | false",
            "2:00 | 605 | true",
            "2:10 | bad | false",
        ],
    }];
    const WORDS: &'static [Words] = &[Words::new(
        "{point:point}的值可靠[且不超过{max_age_ms:span}]",
        "{point:point} has a good value[ that is not older than {max_age_ms:span}]",
    )];

    type Params = Params;
    type State = Option<Memory>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Quality> {
        let age = match params.max_age_ms {
            Some(span) => Some(scope.checked_span("max_age_ms", span)?),
            None => None,
        };
        if scope.world.point(params.point).is_none() {
            scope.unknown_point("point", params.point);
            return None;
        }
        Some(Quality { point: params.point, max_age_ms: age })
    }

    fn init(&self) -> Option<Memory> {
        None
    }

    fn step(&self, memory: &mut Option<Memory>, io: &mut Io<'_>) {
        if let Some(sample) = io.report(self.point) {
            *memory = Some(Memory { good: sample.quality == Grade::Good, at: sample.at });
        }
        let young = |m: &Memory| self.max_age_ms.is_none_or(|age| io.now <= m.at + age);
        let good = memory.as_ref().is_some_and(|m| m.good && young(m));
        // What has become too old stays so until the next report; nothing is waited for any more.
        if let Some(m) = memory.as_mut().filter(|_| !good) {
            m.good = false;
        }
        io.set(0, Some(Value::Bool(good)));
    }

    fn deadline(&self, memory: &Option<Memory>) -> Option<Timestamp> {
        let m = memory.as_ref().filter(|m| m.good)?;
        Some(m.at + self.max_age_ms? + Span::from_millis(1))
    }

    fn wakes(&self) -> Vec<Wake> {
        vec![Wake::Point(self.point)]
    }
}
