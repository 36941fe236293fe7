//! Timers in words, and which of them are meant.

use base::{Bilingual, Span, Timestamp};
use documents::timer::{Purpose, TimerState};
use documents::{Timer, TimerRef};
use jiff::tz::TimeZone;
use runtime::Core;
use schemars::JsonSchema;
use serde::Serialize;
use things::World;

/// A timer, with what is left of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Listed {
    /// The timer.
    pub timer: Timer,
    /// What is left of it, in milliseconds.
    pub left_ms: Span,
    /// What is done when it is over, in words; of commands.
    pub does: Option<Bilingual>,
}

/// A timer with what is left of it.
pub(crate) fn listed(timer: &Timer, core: &Core, now: Timestamp) -> Listed {
    let does = (!timer.acts.is_empty()).then(|| core.acts_in_words(&timer.acts));
    Listed { timer: timer.clone(), left_ms: timer.left(now), does }
}

/// The timers that are not over and meant by a description, in the order in which they are over. One that is in the room
/// of who asks is meant before others, unless all are.
pub(crate) fn meant(core: &Core, which: &TimerRef, space: Option<base::id::SpaceId>, now: Timestamp) -> Vec<Timer> {
    let mut found: Vec<Timer> = core.timers().filter(|t| t.is_open() && which.fits(t)).cloned().collect();
    found.sort_by_key(|t| t.left(now));
    if !which.all && found.len() > 1 && space.is_some() && found.iter().filter(|t| t.space == space).count() == 1 {
        found.retain(|t| t.space == space);
    }
    found
}

/// A duration in words: 1 小时 5 分钟, "1 hour 5 minutes". Below a minute seconds count, above an hour they do not.
pub(crate) fn span_words(span: Span) -> Bilingual {
    let seconds = (span.as_millis() + 999) / 1_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let rest = seconds % 60;
    let parts: Vec<Bilingual> =
        [(days, "天", "day"), (hours, "小时", "hour"), (minutes, "分钟", "minute"), (rest, "秒", "second")]
            .into_iter()
            .filter(|(n, _, _)| *n > 0)
            .map(|(n, zh, en)| Bilingual::new(format!("{n}{zh}"), format!("{n} {en}{}", if n == 1 { "" } else { "s" })))
            .collect();
    if parts.is_empty() {
        return Bilingual::new("0秒", "0 seconds");
    }
    Bilingual::join(&parts, &Bilingual::new("", " "))
}

/// A moment in words, in the zone of the site: 今天18:00, "tomorrow at 18:00".
pub(crate) fn moment_words(at: Timestamp, now: Timestamp, world: &World) -> Bilingual {
    let zone = TimeZone::get(&world.site().time_zone).unwrap_or(TimeZone::UTC);
    let (there, here) = (at.to_jiff().to_zoned(zone.clone()), now.to_jiff().to_zoned(zone));
    let days = here.date().until(there.date()).map_or(0, |s| s.get_days());
    let time = there.strftime("%H:%M").to_string();
    match days {
        0 => Bilingual::new(format!("今天{time}"), format!("at {time}")),
        1 => Bilingual::new(format!("明天{time}"), format!("tomorrow at {time}")),
        _ => {
            let day = there.strftime("%Y-%m-%d").to_string();
            Bilingual::new(format!("{day} {time}"), format!("on {day} at {time}"))
        }
    }
}

/// What a timer is called: “pizza” timer, 计时器.
pub(crate) fn name_words(timer: &Timer, core: &Core) -> Bilingual {
    let world = core.world();
    let place = timer.space.and_then(|s| world.space(s)).map(|s| s.names.bilingual());
    let text = &timer.text;
    match (timer.purpose, text.is_empty(), place) {
        (Purpose::Commands, false, _) => Bilingual::same(format!("“{text}”")),
        (Purpose::Commands, true, _) => core.acts_in_words(&timer.acts),
        (Purpose::Reminder, true, _) => Bilingual::new("提醒", "the reminder"),
        (Purpose::Reminder, false, _) => Bilingual::new(format!("提醒“{text}”"), format!("the reminder “{text}”")),
        (Purpose::Timer, false, _) => Bilingual::new(format!("“{text}”计时器"), format!("the “{text}” timer")),
        (Purpose::Timer, true, Some(p)) => {
            Bilingual::new(format!("{}的计时器", p.zh), format!("the timer in {}", p.en))
        }
        (Purpose::Timer, true, None) => {
            let length = span_words(timer.length_ms);
            Bilingual::new(format!("{}的计时器", length.zh), format!("the timer for {}", length.en))
        }
    }
}

/// How far a timer is: "the “pizza” timer: 5 minutes left".
pub(crate) fn state_words(timer: &Timer, now: Timestamp, core: &Core) -> Bilingual {
    let (name, left) = (name_words(timer, core), span_words(timer.left(now)));
    match timer.state {
        TimerState::Paused { .. } => Bilingual::new(
            format!("{}已暂停，还剩{}", name.zh, left.zh),
            format!("{} is paused, {} left", name.en, left.en),
        ),
        TimerState::Running { due } if timer.purpose != Purpose::Timer => {
            let at = moment_words(due, now, core.world());
            Bilingual::new(
                format!("{}：{}（{}后）", name.zh, at.zh, left.zh),
                format!("{}: {} (in {})", name.en, at.en, left.en),
            )
        }
        _ => Bilingual::new(format!("{}还剩{}", name.zh, left.zh), format!("{}: {} left", name.en, left.en)),
    }
}
