//! `interval`: again and again.

use crate::analysis::{Meaning, Seen, week};
use crate::calendar::Local;
use crate::compile::Scope;
use crate::limits::TICK_MS_MIN;
use crate::nodes::{Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Bilingual, Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest interval that is counted from midnight: a day.
const DAY: Span = Span::from_secs(86_400);

/// From when it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// From local midnight, so that an hour is a full hour.
    #[default]
    Midnight,
    /// From when the rule was enabled.
    Enabled,
}

/// Parameters of `interval`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How often, in milliseconds; at least a second.
    #[schemars(range(min = TICK_MS_MIN))]
    pub(crate) every_ms: Span,
    /// From when it is counted: `midnight` for full hours and quarters, or `enabled`.
    #[serde(default, skip_serializing_if = "is_midnight")]
    pub(crate) from: Origin,
}

fn is_midnight(from: &Origin) -> bool {
    *from == Origin::Midnight
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Interval {
    every_ms: Span,
    from: Origin,
    local: Local,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// When the rule was enabled.
    enabled: Timestamp,
    due: Timestamp,
}

impl Kind for Interval {
    const TYPE: &'static str = "interval";
    const TITLE: Text = Text::new("间隔", "Interval");
    const DOC: Text = Text::new(
        "每隔给定时间发出一个事件。默认从当地零点数起，一小时就是整点，次日零点重新数起；from 为 enabled 时从启用规则数起。\
         停机之后补一个，再按原来的节拍继续。",
        "An event again and again. Counted from local midnight, so that an hour is a full hour, and anew from the next midnight on; \
         with `from: enabled`, from when the rule was enabled. After a pause one is made up for, then it goes on in step.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("又过了这么久", "as much time has passed again"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("每个整点", "every full hour"),
            params: r#"{"every_ms": 3600000}"#,
            inputs: &[],
            rows: &["5:00 | -", "60:00 | !", "119:59 | -", "120:00 | !", "250:00 | !", "300:00 | !"],
        },
        Example {
            title: Text::new("从启用起每小时", "every hour from when the rule was enabled"),
            params: r#"{"every_ms": 3600000, "from": "enabled"}"#,
            inputs: &[],
            rows: &["5:00 | -", "60:00 | -", "65:00 | !", "190:00 | !", "200:00 | -", "245:00 | !"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("from", "enabled")],
            "从启用规则起每过{every_ms:span}",
            "another {every_ms:span} have passed since the rule was enabled",
        ),
        Words::new("从零点起每过{every_ms:span}", "another {every_ms:span} have passed since midnight"),
    ];

    type Params = Params;
    type State = Option<Memory>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Interval> {
        let every_ms = scope.checked_tick("every_ms", params.every_ms)?;
        if params.from == Origin::Midnight && every_ms > DAY {
            let message = Bilingual::new("从零点数起时最多一天", "counted from midnight, at most a day is possible");
            scope.fault("rule.span", "every_ms", message);
            scope.help("长于一天时写 from: enabled", "for longer ones write `from: enabled`");
            return None;
        }
        Some(Interval { every_ms, from: params.from, local: Local::of(scope.world.site()) })
    }

    fn init(&self) -> Option<Memory> {
        None
    }

    fn step(&self, memory: &mut Option<Memory>, io: &mut Io<'_>) {
        let enabled = memory.as_ref().map_or(io.now, |m| m.enabled);
        match memory {
            Some(m) if m.due > io.now => return,
            Some(_) => io.fire(0),
            None => {}
        }
        *memory = self.next(io.now, enabled).map(|due| Memory { enabled, due });
    }

    fn deadline(&self, memory: &Option<Memory>) -> Option<Timestamp> {
        memory.as_ref().map(|m| m.due)
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Moment(match self.from {
            Origin::Midnight => week::interval(self.every_ms),
            Origin::Enabled => seen.event(0),
        })]
    }
}

impl Interval {
    fn next(&self, now: Timestamp, enabled: Timestamp) -> Option<Timestamp> {
        let every = self.every_ms.as_micros().max(1);
        let after = |origin: Timestamp| {
            let count = (now - origin).as_micros().div_euclid(every) + 1;
            origin + Span::from_micros(count.saturating_mul(every))
        };
        if self.from == Origin::Enabled {
            return Some(after(enabled));
        }
        let today = self.local.date(now);
        let next_day = self.local.midnight(today.tomorrow().ok()?)?;
        Some(after(self.local.midnight(today)?).min(next_day))
    }
}
