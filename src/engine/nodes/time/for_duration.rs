//! `for_duration`: whether a condition has held without a break for a time.

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_input, bool_output};
use crate::plan::Io;
use crate::ports::{PortSpec, Text};
use base::{Span, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `for_duration`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How long the condition has to hold, in milliseconds.
    pub(crate) span_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ForDuration {
    span_ms: Span,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Held {
    /// The condition is unknown.
    Unknown,
    /// It does not hold.
    No,
    /// It became true at this time, not yet long enough ago.
    Since(Timestamp),
    /// It was true already when it became known at this time, so whether it has held long enough is unknown.
    Already(Timestamp),
    /// It has held long enough.
    Long,
}

impl Kind for ForDuration {
    const TYPE: &'static str = "for_duration";
    const TITLE: Text = Text::new("持续时间", "For a time");
    const DOC: Text = Text::new(
        "条件不间断地成立达到给定时间后输出 true。条件不成立或未知时输出随即变为 false 或未知，重新计时。\
         区间含起点：恰好持续到给定时间即算满足。启用规则（或值恢复已知）时条件已成立，则不知它已持续多久，\
         再持续满给定时间之前输出未知。计时在重启后继续。",
        "True once the condition has held without a break for the given time. When it no longer holds, or is unknown, the \
         output follows at once and the time starts anew. Intervals are closed at their start: exactly the given time is \
         enough. Of a condition that already holds when the rule is enabled (or when its value is known again) nobody knows \
         for how long: the output is unknown until it has held for the given time from then on. Timers survive a restart.",
    );
    const INPUTS: &'static [PortSpec] = &[bool_input(Text::new("条件", "the condition"))];
    const OUTPUTS: &'static [PortSpec] =
        &[bool_output(Text::new("是否已持续足够久", "whether it has held long enough"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("持续 5 分钟", "for five minutes"),
            params: r#"{"span_ms": 300000}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &[
                "0:00 | false | false",
                "1:00 | true | false",
                "5:59 | - | false",
                "6:00 | - | true",
                "7:00 | - | true",
                "8:00 | false | false",
            ],
        },
        Example {
            title: Text::new("中断后重新计时", "a break starts it anew"),
            params: r#"{"span_ms": 60000}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &[
                "0:00 | false | false",
                "0:10 | true | false",
                "1:09 | false | false",
                "1:10 | true | false",
                "2:10 | - | true",
            ],
        },
        Example {
            title: Text::new(
                "启用时已成立，或值恢复已知",
                "holding already at first, or when the value is known again",
            ),
            params: r#"{"span_ms": 60000}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &[
                "0:00 | true | ?",
                "0:59 | - | ?",
                "1:00 | - | true",
                "1:30 | ? | ?",
                "1:40 | true | ?",
                "2:40 | - | true",
            ],
        },
    ];

    type Params = Params;
    type State = Held;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<ForDuration> {
        let lasting = scope.lasting(0, "");
        scope.checked_span("span_ms", params.span_ms).filter(|_| lasting).map(|span_ms| ForDuration { span_ms })
    }

    fn init(&self) -> Held {
        Held::Unknown
    }

    fn step(&self, held: &mut Held, io: &mut Io<'_>) {
        *held = match (io.value(0).and_then(Value::as_bool), held.clone()) {
            (None, _) => Held::Unknown,
            (Some(false), _) => Held::No,
            (Some(true), Held::No) => Held::Since(io.now),
            (Some(true), Held::Unknown) => Held::Already(io.now),
            (Some(true), Held::Since(t) | Held::Already(t)) if io.now >= t + self.span_ms => Held::Long,
            (Some(true), waiting) => waiting,
        };
        io.set(
            0,
            match held {
                Held::Unknown | Held::Already(_) => None,
                Held::No | Held::Since(_) => Some(Value::Bool(false)),
                Held::Long => Some(Value::Bool(true)),
            },
        );
    }

    fn deadline(&self, held: &Held) -> Option<Timestamp> {
        match held {
            Held::Since(t) | Held::Already(t) => Some(*t + self.span_ms),
            Held::Unknown | Held::No | Held::Long => None,
        }
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Condition(seen.condition(0).lasting(seen.wait()))]
    }
}
