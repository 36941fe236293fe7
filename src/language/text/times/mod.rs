//! When something is: times of the day, what the sun does, days, periods and recurrences, in both languages. What stands
//! together is one literal: "every working day at half past seven", 每周一到周五晚上七点.
//!
//! What it is *not*: how long something lasts is a duration (`literals.rs`), and dates are not kept. Start at [`when_at`].

mod clock;
mod days;

use crate::text::literals::duration_at;
use crate::text::numerals::space;
use base::Span;
use things::schedule::Days;

/// Minutes of a day.
const DAY: i32 = 24 * 60;
/// Most times of day of one phrase.
const TIMES_MAX: usize = 8;
/// The evening and the night, where no time is said: from, to.
const EVENING: (i32, i32) = (18 * 60, DAY);
const DARK: (i32, i32) = (18 * 60, 6 * 60);
const NIGHT: (i32, i32) = (22 * 60, 6 * 60);
const MORNING: (i32, i32) = (6 * 60, 12 * 60);
const AFTERNOON: (i32, i32) = (12 * 60, 18 * 60);
const NOON: (i32, i32) = (11 * 60, 14 * 60);
/// Until when "after eleven at night" lasts, and "after nine".
const LATE: i32 = 17 * 60;
const SMALL_HOURS: i32 = 6 * 60;

/// What the sun does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sun {
    Dawn,
    Sunrise,
    Sunset,
    Dusk,
}

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Minutes since midnight.
    Clock(i32),
    /// So many minutes after what the sun does, or before it.
    Sun(Sun, i32),
}

impl Moment {
    /// As rule graphs write it: `07:30`, `sunset-00:30`.
    pub(crate) fn code(self) -> String {
        let hours = |m: i32| format!("{:02}:{:02}", m / 60, m % 60);
        match self {
            Moment::Clock(m) => hours(m.rem_euclid(DAY)),
            Moment::Sun(sun, offset) => {
                let name = match sun {
                    Sun::Dawn => "dawn",
                    Sun::Sunrise => "sunrise",
                    Sun::Sunset => "sunset",
                    Sun::Dusk => "dusk",
                };
                let sign = if offset < 0 { '-' } else { '+' };
                if offset == 0 { name.to_owned() } else { format!("{name}{sign}{}", hours(offset.abs())) }
            }
        }
    }
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
    /// 晚上: from the evening through the night.
    Dark,
    Night,
}

impl Part {
    /// What an hour of a twelve-hour clock is in this part of the day, in minutes.
    pub(crate) fn minutes(self, minutes: i32) -> i32 {
        let hour = minutes / 60;
        let later = match self {
            Part::Morning => false,
            Part::Noon => hour < 6,
            Part::Afternoon => hour < 12,
            Part::Evening | Part::Dark | Part::Night => (5..12).contains(&hour),
        };
        let midnight = hour == 12 && !matches!(self, Part::Noon | Part::Afternoon);
        if midnight {
            minutes - DAY / 2
        } else if later {
            minutes + DAY / 2
        } else {
            minutes
        }
    }
    /// When what is said of it without a time is meant, in minutes.
    pub(crate) fn begins(self) -> i32 {
        60 * match self {
            Part::Morning => 9,
            Part::Noon => 12,
            Part::Afternoon => 15,
            Part::Evening => 19,
            Part::Dark => 20,
            Part::Night => 22,
        }
    }
    /// From when until when it lasts, in minutes; the end of a night is on the next day.
    pub(crate) fn hours(self) -> (i32, i32) {
        match self {
            Part::Morning => MORNING,
            Part::Noon => NOON,
            Part::Afternoon => AFTERNOON,
            Part::Evening => EVENING,
            Part::Dark => DARK,
            Part::Night => NIGHT,
        }
    }
    fn window(self) -> (Moment, Moment) {
        let (from, to) = self.hours();
        (Moment::Clock(from), Moment::Clock(to % DAY))
    }
}

/// A period of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Moment,
    pub(crate) to: Moment,
    /// Only one end was said: "after sunset".
    pub(crate) open: bool,
}

/// When: days, times, a period, or again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) days: Option<Days>,
    pub(crate) times: Vec<Moment>,
    pub(crate) windows: Vec<Window>,
    pub(crate) every: Option<Span>,
    pub(crate) part: Option<Part>,
    /// On the day that comes after so many midnights: tomorrow is 1.
    pub(crate) ahead: Option<u8>,
}

impl When {
    /// A full hour.
    pub(crate) fn hour(n: f64) -> Option<When> {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number up to 24")]
        let hour = ((0.0..=24.0).contains(&n) && n.fract().abs() < 1e-9).then_some(n as i32)?;
        Some(When { times: vec![Moment::Clock(hour * 60 % DAY)], ..When::default() })
    }
    /// On the days of another time this one is not.
    pub(crate) fn spare(&mut self, other: &When) {
        if let Some(less) = &other.days {
            let own = self.days.clone().unwrap_or(Days::Everyday);
            self.days = Some(days::difference(&own, less));
        }
    }
    fn is_empty(&self) -> bool {
        *self == When::default()
    }
    /// Whether something can begin at it.
    pub(crate) fn is_moment(&self) -> bool {
        !self.times.is_empty() || self.every.is_some()
    }
    /// The periods that it says, those of a part of the day included.
    pub(crate) fn periods(&self) -> Vec<Window> {
        let part = self.part.filter(|_| self.windows.is_empty() && self.times.is_empty());
        let of_part = part.map(|p| {
            let (from, to) = p.window();
            Window { from, to, open: false }
        });
        self.windows.iter().copied().chain(of_part).collect()
    }
    /// Puts two together that were said apart: days must be of both, and else the later one counts.
    pub(crate) fn join(&mut self, more: When) {
        self.days = match (self.days.take(), more.days) {
            (Some(a), Some(b)) => Some(days::both(&a, &b)),
            (a, b) => b.or(a),
        };
        self.times.extend(more.times);
        self.windows.extend(more.windows);
        self.every = more.every.or(self.every);
        self.part = more.part.or(self.part);
        self.ahead = more.ahead.or(self.ahead);
    }
}

/// Words in front of a time, which belong to it.
const BEFORE: &[&str] = &[
    "at the stroke of ",
    "exactly at ",
    "at around ",
    "at about ",
    "at exactly ",
    "at ",
    "on ",
    "during the ",
    "during ",
    "in the ",
    "from ",
    "the ",
    "在",
    "从",
    "于",
];
/// Words between two parts of one phrase.
const GLUE: &[&str] = &[
    " at ",
    " on ",
    ", ",
    " in the ",
    " from ",
    " between ",
    " during ",
    " and ",
    " ",
    "的",
    "、",
    "和",
    "跟",
    "在",
    "从",
];

/// The longest phrase that starts at a place.
pub(crate) fn when_at(chars: &[char], at: usize) -> Option<(When, usize)> {
    if !boundary(chars, at) {
        return None;
    }
    if let Some(found) = bare_at(chars, at) {
        return Some(found);
    }
    let mut when = When::default();
    let mut end = part_at(chars, at, &mut when)
        .or_else(|| BEFORE.iter().find_map(|w| part_at(chars, here(chars, at, w)?, &mut when)))?;
    while let Some(to) = next_part(chars, end, &mut when) {
        end = to;
    }
    // "tomorrow" alone is a date, which questions are about.
    let dated = when.ahead.is_some() && when.times.is_empty() && when.windows.is_empty() && !only(chars, at);
    (!when.is_empty() && !dated).then_some((when, end))
}

/// "just for today", 仅限今天.
fn only(chars: &[char], at: usize) -> bool {
    ["just ", "only ", "仅", "只", "就"].iter().any(|w| here(chars, at, w).is_some())
}

/// "at eight every evening": a bare hour is a time where days follow.
fn bare_at(chars: &[char], at: usize) -> Option<(When, usize)> {
    let start = here(chars, at, "at ")?;
    let (moment, to) = clock::moment_at(chars, start, true, None)?;
    let mut when = When { times: vec![moment], ..When::default() };
    let mut end = next_part(chars, to, &mut when).filter(|_| when.days.is_some())?;
    if let (Some(part), [Moment::Clock(m)]) = (when.part, when.times.as_mut_slice()) {
        *m = part.minutes(*m);
    }
    while let Some(more) = next_part(chars, end, &mut when) {
        end = more;
    }
    Some((when, end))
}

fn next_part(chars: &[char], end: usize, when: &mut When) -> Option<usize> {
    let joined = std::iter::once("").chain(GLUE.iter().copied());
    for glue in joined {
        let Some(from) = here(chars, end, glue) else { continue };
        // "at 7 and ..." goes on only with a further time of the same kind.
        let list = matches!(glue, " and " | ", " | "、" | "和" | "跟");
        let mut more = when.clone();
        if let Some(to) = part_at(chars, from, &mut more)
            && to > from
            && (!list || more.times.len() > when.times.len() || more.windows.len() > when.windows.len())
        {
            *when = more;
            return Some(to);
        }
    }
    None
}

/// One part of a phrase, taken into what is there.
fn part_at(chars: &[char], at: usize, when: &mut When) -> Option<usize> {
    let known = when.days.is_some() || when.part.is_some() || when.ahead.is_some();
    if (when.windows.is_empty() || when.times.is_empty())
        && let Some((window, to)) = clock::window_at(chars, at, known, when.part)
    {
        when.windows.push(window);
        return Some(to);
    }
    if when.days.is_none()
        && when.ahead.is_none()
        && let Some(((ahead, part), to)) = days::ahead_at(chars, at)
    {
        when.ahead = Some(ahead);
        when.part = when.part.or(part);
        if let ([Moment::Clock(m)], Some(p)) = (when.times.as_mut_slice(), part) {
            *m = p.minutes(*m);
        }
        return Some(to);
    }
    if when.days.is_none()
        && let Some((days, part, to)) = days::days_at(chars, at)
    {
        when.days = Some(days);
        when.part = when.part.or(part);
        if let ([Moment::Clock(m)], Some(p)) = (when.times.as_mut_slice(), part) {
            *m = p.minutes(*m);
        }
        return Some(to);
    }
    if when.every.is_none()
        && when.times.is_empty()
        && let Some((every, to)) = every_at(chars, at)
    {
        when.every = Some(every);
        return Some(to);
    }
    if when.windows.is_empty()
        && when.times.len() < TIMES_MAX
        && let Some((moment, to)) = clock::moment_at(chars, at, known || !when.times.is_empty(), when.part)
    {
        when.times.push(moment);
        return Some(to);
    }
    if when.part.is_none()
        && let Some((part, to)) = clock::part_at(chars, at)
        && boundary(chars, to)
    {
        when.part = Some(part);
        // "at 7 in the evening".
        if let [Moment::Clock(m)] = when.times.as_mut_slice() {
            *m = part.minutes(*m);
        }
        return Some(to);
    }
    None
}

/// "every ten minutes", 每隔半小时, "hourly".
fn every_at(chars: &[char], at: usize) -> Option<(Span, usize)> {
    for (words, seconds) in [
        ("hourly", 3600),
        ("every hour on the hour", 3600),
        ("on the hour", 3600),
        ("every full hour", 3600),
        ("every other hour", 7200),
        ("每个整点", 3600),
        ("每到整点", 3600),
        ("整点", 3600),
        ("每个小时", 3600),
        ("每半个小时", 1800),
    ] {
        if let Some(to) = here(chars, at, words).filter(|to| boundary(chars, *to)) {
            return Some((Span::from_secs(seconds), to));
        }
    }
    let next = ["once every ", "every ", "each ", "每间隔", "每隔", "每过", "每", "隔"]
        .iter()
        .find_map(|w| here(chars, at, w))?;
    let (span, to) = duration_at(chars, next).or_else(|| unit_at(chars, next))?;
    // "every day" names days.
    let to = ["一次", "的时候", "就"].iter().find_map(|w| here(chars, to, w).filter(|_| *w == "一次")).unwrap_or(to);
    (span.as_millis() < i64::from(DAY) * 60_000).then_some((span, to))
}

/// "every minute": a unit without a number.
fn unit_at(chars: &[char], at: usize) -> Option<(Span, usize)> {
    [
        ("minute", 60),
        ("hour", 3600),
        ("second", 1),
        ("half hour", 1800),
        ("quarter of an hour", 900),
        ("小时", 3600),
        ("分钟", 60),
        ("刻钟", 900),
    ]
    .into_iter()
    .find_map(|(w, s)| Some((Span::from_secs(s), here(chars, at, w).filter(|to| boundary(chars, *to))?)))
}

/// A time of the clock: minutes since midnight, and whether it can be of either half of the day. A bare hour counts where
/// it is known that a time is said.
pub(crate) fn either_at(chars: &[char], at: usize, known: bool) -> Option<(i32, bool, usize)> {
    clock::either_at(chars, at, known).filter(|(_, _, to)| boundary(chars, *to))
}

/// A part of the day.
pub(crate) fn part_of_day_at(chars: &[char], at: usize) -> Option<(Part, usize)> {
    clock::part_at(chars, at).filter(|(_, to)| boundary(chars, *to))
}

/// The place behind a text that stands here.
pub(crate) fn here(chars: &[char], at: usize, text: &str) -> Option<usize> {
    text.chars().try_fold(at, |at, c| (chars.get(at) == Some(&c)).then_some(at + 1))
}

/// A part of the day that stands here.
pub(crate) fn day_part_at(chars: &[char], at: usize) -> Option<(Part, usize)> {
    clock::part_at(chars, at)
}

/// A time by the clock that stands here, in minutes. A bare hour counts where it is known that a time is said.
pub(crate) fn clock_at(chars: &[char], at: usize, known: bool, part: Option<Part>) -> Option<(i32, usize)> {
    match clock::moment_at(chars, at, known, part)? {
        (Moment::Clock(minutes), to) => Some((minutes, to)),
        (Moment::Sun(..), _) => None,
    }
}

/// The first of some words that stands here, whole.
fn word<T: Copy>(chars: &[char], at: usize, table: &[(&str, T)]) -> Option<(T, usize)> {
    table
        .iter()
        .filter_map(|(w, v)| Some((*v, here(chars, at, w).filter(|to| boundary(chars, *to))?)))
        .max_by_key(|(_, to)| *to)
}

/// Whether no Latin word or number goes on over this place.
pub(crate) fn boundary(chars: &[char], at: usize) -> bool {
    let word = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
    !(word(at.checked_sub(1).and_then(|i| chars.get(i))) && word(chars.get(at)))
}

/// The minutes of a duration.
fn minutes_of(chars: &[char], at: usize) -> Option<(i32, usize)> {
    let (span, to) = duration_at(chars, space(chars, at))?;
    Some((i32::try_from(span.as_millis() / 60_000).ok()?, to))
}

#[cfg(test)]
mod tests;
