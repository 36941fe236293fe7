//! `pulse`: true for a time after an event.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `pulse`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How long it is true, in milliseconds.
    pub(crate) span_ms: Span,
    /// Whether a further event leaves the end where it is, instead of starting the time anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) fixed: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pulse {
    span_ms: Span,
    fixed: bool,
}

const EVENT: usize = 0;
const OFF: usize = 1;

impl Kind for Pulse {
    const TYPE: &'static str = "pulse";
    const TITLE: Text = Text::new("脉冲", "Pulse");
    const DOC: Text = Text::new(
        "事件之后的给定时间内为 true，否则为 false。其间又来事件时重新计时；fixed 为 true 时不重新计时。off 提前结束。\
         计时在重启后继续。",
        "True for the given time after an event, else false. A further event starts the time anew, unless `fixed` is set. `off` \
         ends it early. The time survives a restart.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("事件", "the event")),
        PortSpec::optional("off", PortKind::Event, Text::new("提前结束", "what ends it early")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[bool_output(Text::new("事件是否刚过去不久", "whether the event was not long ago"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("一分钟，重新计时", "a minute, started anew"),
            params: r#"{"span_ms": 60000}"#,
            inputs: &[("in", Carries::Event), ("off", Carries::Event)],
            rows: &[
                "0:00 | - | - | false",
                "0:10 | ! | - | true",
                "1:00 | ! | - | true",
                "1:10 | - | - | true",
                "2:00 | - | - | false",
                "3:00 | ! | - | true",
                "3:20 | - | ! | false",
                "4:00 | - | - | false",
            ],
        },
        Example {
            title: Text::new("从第一个事件起一分钟", "a minute from the first event on"),
            params: r#"{"span_ms": 60000, "fixed": true}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | false", "0:10 | ! | true", "1:00 | ! | true", "1:10 | - | false", "1:20 | ! | true"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("fixed", "true")],
            "自首次{in}未满{span_ms:span}[，其后也没有{off}]",
            "it is less than {span_ms:span} since the first time that {in}[ and there was no {off} after it]",
        ),
        Words::new(
            "自{in}未满{span_ms:span}[，其后也没有{off}]",
            "it is less than {span_ms:span} since {in}[ and there was no {off} after it]",
        ),
    ];

    type Params = Params;
    /// When it ends.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Pulse> {
        scope.checked_span("span_ms", params.span_ms).map(|span_ms| Pulse { span_ms, fixed: params.fixed })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, ends: &mut Option<Timestamp>, io: &mut Io<'_>) {
        *ends = ends.filter(|t| *t > io.now && !io.event(OFF));
        if io.event(EVENT) && !(self.fixed && ends.is_some()) {
            *ends = Some(io.now + self.span_ms);
        }
        io.set(0, Some(Value::Bool(ends.is_some())));
    }

    fn deadline(&self, ends: &Option<Timestamp>) -> Option<Timestamp> {
        *ends
    }
}
