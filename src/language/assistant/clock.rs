//! Questions about the clock and the calendar: the time, the date, the day of the week, the sun, holidays.
//!
//! What it is *not*: no clock is looked at here. Start at [`read`].

use super::lists;
use super::said::Said;
use crate::forms::Form;
use documents::{ClockAsk, Draft, Verdict};
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Ask {
    Time,
    Date,
    Weekday,
    Sunrise,
    Sunset,
    Holiday,
    Workday,
}

/// Questions of one kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lines {
    ask: Ask,
    en: Vec<String>,
    zh: Vec<String>,
}

impl Lines {
    pub(super) fn lines(&self) -> impl Iterator<Item = &String> {
        self.en.iter().chain(&self.zh)
    }
}

static FORMS: LazyLock<Vec<(Ask, Form)>> = LazyLock::new(|| {
    let lines = lists::file().unwrap_or_default().clock;
    let each =
        |l: &Lines| l.lines().filter_map(|line| Form::read(line)).flatten().map(|f| (l.ask, f)).collect::<Vec<_>>();
    lines.iter().flat_map(each).collect()
});

/// Days by their distance from today.
const DAYS: &[(&str, i32)] = &[
    ("today", 0),
    ("tonight", 0),
    ("this evening", 0),
    ("this morning", 0),
    ("tomorrow", 1),
    ("the day after tomorrow", 2),
    ("yesterday", -1),
    ("the day before yesterday", -2),
    ("今天", 0),
    ("今日", 0),
    ("今晚", 0),
    ("今早", 0),
    ("明天", 1),
    ("明日", 1),
    ("明早", 1),
    ("明晚", 1),
    ("后天", 2),
    ("大后天", 3),
    ("昨天", -1),
    ("前天", -2),
];

/// A question about the clock or the calendar.
pub(super) fn read(said: &Said) -> Option<Verdict> {
    let mut words = said.chars.clone();
    let day = DAYS.iter().filter_map(|(w, d)| Some((said.find(&[w])?, *d))).max_by_key(|((from, to), _)| to - from);
    if let Some(((from, to), _)) = day {
        words.drain(from..to);
    }
    let text: String = words.iter().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let words: Vec<char> = text.trim_matches(|c: char| c == ' ' || c == ',').chars().collect();
    let ask = FORMS.iter().find(|(_, form)| !form.fits(&words).is_empty()).map(|(ask, _)| *ask)?;
    let day = day.map_or(0, |(_, d)| d);
    Some(Verdict::Draft(Draft::Clock(match ask {
        Ask::Time => ClockAsk::Time,
        Ask::Date => ClockAsk::Date(day),
        Ask::Weekday => ClockAsk::Weekday(day),
        Ask::Sunrise => ClockAsk::Sunrise(day),
        Ask::Sunset => ClockAsk::Sunset(day),
        Ask::Holiday => ClockAsk::Holiday,
        Ask::Workday => ClockAsk::Workday(day),
    })))
}
