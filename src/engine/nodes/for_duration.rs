//! `for_duration`: whether a condition has held without a break for a time.

use super::{Carries, Example, Kind, bool_input, bool_output};
use crate::compile::Scope;
use crate::phrase::{Phrase, View};
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
    /// The condition does not hold, or is unknown.
    No,
    /// It holds since this time, not yet long enough.
    Since(Timestamp),
    /// It has held long enough.
    Long,
}

impl Kind for ForDuration {
    const TYPE: &'static str = "for_duration";
    const TITLE: Text = Text::new("持续时间", "For a time");
    const DOC: Text = Text::new(
        "条件不间断地成立达到给定时间后输出 true。条件不成立或未知时立即回到 false 或未知，重新计时。\
         区间含起点：恰好持续到给定时间即算满足。启用规则时条件已成立，则从启用起计时；计时在重启后继续。",
        "True once the condition has held without a break for the given time. When it no longer holds, or is unknown, the \
         output follows at once and the time starts anew. Intervals are closed at their start: exactly the given time is \
         enough. A condition that already holds when the rule is enabled counts from then; timers survive a restart.",
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
                "0:00 | true | false",
                "0:59 | false | false",
                "1:00 | true | false",
                "1:30 | ? | ?",
                "1:40 | true | false",
                "2:40 | - | true",
            ],
        },
    ];

    type Params = Params;
    type State = Held;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<ForDuration> {
        scope.checked_span("span_ms", params.span_ms).map(|span_ms| ForDuration { span_ms })
    }

    fn init(&self) -> Held {
        Held::No
    }

    fn step(&self, held: &mut Held, io: &mut Io<'_>) {
        let input = io.value(0).and_then(Value::as_bool);
        *held = match (input, &*held) {
            (Some(true), Held::No) => Held::Since(io.now),
            (Some(true), Held::Since(t)) if io.now < *t + self.span_ms => Held::Since(*t),
            (Some(true), Held::Since(_) | Held::Long) => Held::Long,
            (Some(false) | None, _) => Held::No,
        };
        io.set(0, input.map(|_| Value::Bool(*held == Held::Long)));
    }

    fn deadline(&self, held: &Held) -> Option<Timestamp> {
        match held {
            Held::Since(t) => Some(*t + self.span_ms),
            Held::No | Held::Long => None,
        }
    }

    fn explain(params: &Params, view: &View<'_>) -> Phrase {
        view.input(0).held_for(params.span_ms)
    }
}
