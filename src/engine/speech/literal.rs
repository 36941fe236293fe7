//! Numbers, times, texts and lists: how they are written, and how they are found at the beginning of a text.

use super::pick;
use crate::calendar::{At, Sun};
use base::bilingual::is_han;
use base::unit::UNITS;
use base::{Lang, Span, Unit, canonical};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use things::schedule::{Days, Weekday};

/// Units of time, the longest first: milliseconds, Chinese, English.
const TIMES: [(i64, &str, &str); 5] = [
    (86_400_000, "天", "day"),
    (3_600_000, "小时", "hour"),
    (60_000, "分钟", "minute"),
    (1_000, "秒", "second"),
    (1, "毫秒", "millisecond"),
];

/// The days that people work, and those that they do not.
const WORKDAYS: (&str, &str) = ("工作日", "workdays");
const DAYS_OFF: (&str, &str) = ("休息日", "days off");
/// The days of the week from Monday.
const WEEK: [(&str, &str); 7] = [
    ("周一", "Mondays"),
    ("周二", "Tuesdays"),
    ("周三", "Wednesdays"),
    ("周四", "Thursdays"),
    ("周五", "Fridays"),
    ("周六", "Saturdays"),
    ("周日", "Sundays"),
];

/// What the sun does, and what a time is against it.
const SUN: [(Sun, &str, &str); 4] = [
    (Sun::Dawn, "黎明", "dawn"),
    (Sun::Sunrise, "日出", "sunrise"),
    (Sun::Sunset, "日落", "sunset"),
    (Sun::Dusk, "黄昏", "dusk"),
];
const BEFORE: (&str, &str) = ("前", " before ");
const AFTER: (&str, &str) = ("后", " after ");

/// Deepest list within lists that is read.
const LIST_DEPTH_MAX: usize = 8;

/// Adds to a text; in Chinese with a space before and after a Latin word, number or unit.
pub(crate) fn push(text: &mut String, part: &str, lang: Lang) {
    let latin = |c: char| c.is_ascii_alphanumeric() || matches!(c, '%' | '°' | '³');
    let mut next = part.chars();
    let first = next.next();
    let negative = first == Some('-') && next.next().is_some_and(|c| c.is_ascii_digit());
    if let (Lang::Zh, Some(a), Some(b)) = (lang, text.chars().last(), first)
        && (latin(a) && is_han(b) || (is_han(a) || latin(a)) && (latin(b) || negative))
    {
        text.push(' ');
    }
    text.push_str(part);
}

/// Puts texts together.
pub(crate) fn glue(parts: &[&str], lang: Lang) -> String {
    let mut text = String::new();
    for part in parts {
        push(&mut text, part, lang);
    }
    text
}

/// The shortest text that is this number.
pub(crate) fn number(n: f64) -> String {
    canonical::to_string(&n).unwrap_or_default()
}

/// A number with its unit; the unit by its code where another one has the same symbol.
pub(crate) fn quantity(n: f64, unit: Option<Unit>, own: Option<Unit>) -> String {
    let number = number(n);
    let Some(unit) = unit.or(own) else { return number };
    let meant = |found: Unit| found == unit;
    let symbol = if by_symbol(unit.symbol(), own).is_some_and(meant) { unit.symbol() } else { unit.code() };
    match symbol {
        "" => number,
        "%" | "°C" | "°F" | "°" => format!("{number}{symbol}"),
        _ => format!("{number} {symbol}"),
    }
}

/// The unit of a symbol: the expected one, else the first that has it.
pub(crate) fn by_symbol(symbol: &str, own: Option<Unit>) -> Option<Unit> {
    let first = || UNITS.iter().find(|u| u.symbol == symbol || u.code == symbol && !u.symbol.is_empty());
    own.filter(|own| own.symbol() == symbol).or_else(|| first().and_then(|u| Unit::by_code(u.code)))
}

/// A text in quotes.
pub(crate) fn quoted(text: &str, lang: Lang) -> String {
    let (open, close) = quotes(lang);
    let mut out = String::from(open);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if c == close || c == '\\' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push(close);
    out
}

const fn quotes(lang: Lang) -> (char, char) {
    match lang {
        Lang::Zh => ('“', '”'),
        Lang::En => ('`', '`'),
    }
}

/// A text in quotes at the beginning, and its length.
pub(crate) fn read_quoted(text: &str, lang: Lang) -> Option<(usize, String)> {
    let (open, close) = quotes(lang);
    let mut chars = text.char_indices();
    chars.next().filter(|(_, c)| *c == open)?;
    let mut out = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                other => out.push(other),
            },
            c if c == close => return Some((at + c.len_utf8(), out)),
            c => out.push(c),
        }
    }
    None
}

/// A duration: "1 hour 30 minutes", 1 小时 30 分钟.
pub(crate) fn span(span: Span, lang: Lang) -> String {
    let total = span.as_millis();
    let mut rest = total.unsigned_abs();
    let mut parts: Vec<String> = Vec::new();
    for (ms, zh, en) in TIMES {
        let count = rest / ms.unsigned_abs();
        rest %= ms.unsigned_abs();
        if count > 0 || (total == 0 && ms == 1_000) {
            parts.push(match lang {
                Lang::Zh => format!("{count} {zh}"),
                Lang::En => format!("{count} {en}{}", if count == 1 { "" } else { "s" }),
            });
        }
    }
    format!("{}{}", if total < 0 { "-" } else { "" }, parts.join(" "))
}

/// The durations that begin a text, in milliseconds.
pub(crate) fn read_span(text: &str, lang: Lang) -> Vec<(usize, i64)> {
    let mut found = Vec::new();
    let (negative, mut at) = if text.starts_with('-') { (true, 1) } else { (false, 0) };
    let mut total: i64 = 0;
    for (ms, zh, en) in TIMES {
        let rest = text.get(at..).unwrap_or_default();
        let rest_at = if found.is_empty() { 0 } else { rest.len() - rest.trim_start_matches(' ').len() };
        let digits = rest.get(rest_at..).unwrap_or_default();
        let len = digits.bytes().take_while(u8::is_ascii_digit).count();
        let Some(count) = digits.get(..len).and_then(|d| d.parse::<i64>().ok()) else { continue };
        let after = digits.get(len..).unwrap_or_default().trim_start_matches(' ');
        let word = if lang == Lang::Zh { zh } else { en };
        let Some(tail) = after.strip_prefix(word) else { continue };
        let tail = if lang == Lang::En && count != 1 { tail.strip_prefix('s') } else { Some(tail) };
        let (Some(tail), Some(sum)) = (tail, count.checked_mul(ms).and_then(|n| total.checked_add(n))) else { break };
        total = sum;
        at = text.len() - tail.len();
        found.push((at, if negative { -total } else { total }));
    }
    found
}

/// The number that begins a text.
pub(crate) fn read_number(text: &str) -> Option<(usize, f64)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(text.starts_with('-'));
    let whole = digits(sign);
    let mut end = sign + whole;
    if whole == 0 {
        return None;
    }
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if bytes.get(end) == Some(&b'e') {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if digits(end + 1 + signed) > 0 {
            end += 1 + signed + digits(end + 1 + signed);
        }
    }
    let n: f64 = text.get(..end)?.parse().ok()?;
    n.is_finite().then_some((end, n))
}

/// Numbers with the symbol of a unit that begin a text; without one the symbol is empty.
pub(crate) fn read_quantity(text: &str) -> Vec<(usize, f64, &'static str)> {
    let Some((len, n)) = read_number(text) else { return Vec::new() };
    let rest = text.get(len..).unwrap_or_default();
    let after = rest.trim_start_matches(' ');
    let mut found: Vec<(usize, f64, &'static str)> = UNITS
        .iter()
        .flat_map(|u| [u.symbol, u.code])
        .filter(|s| !s.is_empty() && *s != "1" && after.starts_with(s))
        .map(|s| (text.len() - after.len() + s.len(), n, s))
        .collect();
    found.sort_by_key(|f| std::cmp::Reverse(f.0));
    found.dedup_by_key(|f| f.0);
    found.push((len, n, ""));
    found
}

/// A parameter by what it is in JSON.
pub(crate) fn plain(value: &Json, lang: Lang) -> String {
    match value {
        Json::String(s) => quoted(s, lang),
        Json::Number(n) => n.as_f64().map_or_else(|| n.to_string(), number),
        Json::Array(items) if !items.is_empty() && items.iter().all(|i| !i.is_array() && !i.is_object()) => {
            items.iter().map(|v| plain(v, lang)).collect::<Vec<_>>().join(separator(lang))
        }
        other => canonical::to_string(other).unwrap_or_default(),
    }
}

/// Between the items of a list.
pub(crate) const fn separator(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    }
}

/// What a parameter that begins a text can be.
pub(crate) fn read_plain(text: &str, lang: Lang) -> Vec<(usize, Json)> {
    let Some((mut at, first)) = read_item(text, lang) else { return Vec::new() };
    let mut items = vec![first.clone()];
    let mut found = vec![(at, first.clone()), (at, Json::Array(vec![first]))];
    while let Some((len, item)) =
        text.get(at..).and_then(|rest| rest.strip_prefix(separator(lang))).and_then(|rest| read_item(rest, lang))
    {
        at += separator(lang).len() + len;
        items.push(item);
        found.push((at, Json::Array(items.clone())));
    }
    found.reverse();
    found
}

/// A time of the day: `07:30`, "30 minutes before sunset", 日落前 30 分钟.
pub(crate) fn time(text: &str, lang: Lang) -> String {
    let Some(at @ At::Sun(event, seconds)) = At::parse(text) else { return text.to_owned() };
    let Some((_, zh, en)) = SUN.iter().find(|(sun, ..)| *sun == event).filter(|_| at.to_string() == text) else {
        return text.to_owned();
    };
    let name = pick(lang, zh, en);
    if seconds == 0 {
        return (*name).to_owned();
    }
    let (side_zh, side_en) = if seconds < 0 { BEFORE } else { AFTER };
    let apart = span(Span::from_secs(seconds.abs()), lang);
    match lang {
        Lang::Zh => glue(&[name, side_zh, &apart], lang),
        Lang::En => format!("{apart}{side_en}{name}"),
    }
}

/// The time of the day that begins a text, as it is written in parameters.
fn read_time(text: &str, lang: Lang) -> Option<(usize, String)> {
    let named = |rest: &str| {
        SUN.iter().map(|(sun, zh, en)| (*sun, pick(lang, zh, en))).find(|(_, word)| rest.starts_with(*word))
    };
    let written = |sun, ms: i64| At::Sun(sun, ms / 1_000).to_string();
    let sides = [(-1, BEFORE), (1, AFTER)].map(|(sign, (zh, en))| (sign, pick(lang, zh, en)));
    if lang == Lang::En {
        for (len, ms) in read_span(text, lang).into_iter().rev() {
            let rest = text.get(len..).unwrap_or_default();
            let Some((sign, side)) = sides.iter().find(|(_, side)| rest.starts_with(side)) else { continue };
            let (sun, word) = named(rest.get(side.len()..).unwrap_or_default())?;
            return Some((len + side.len() + word.len(), written(sun, sign * ms)));
        }
    }
    if let Some((sun, word)) = named(text) {
        let rest = text.get(word.len()..).unwrap_or_default();
        let apart = sides.iter().find_map(|(sign, side)| {
            let after = rest.strip_prefix(side).filter(|_| lang == Lang::Zh)?.trim_start_matches(' ');
            let (len, ms) = read_span(after, lang).pop()?;
            Some((text.len() - after.len() + len, written(sun, sign * ms)))
        });
        // What is written as in parameters is read below.
        let plain = !rest.starts_with(['+', '-']);
        if let Some(found) = apart.or_else(|| plain.then(|| (word.len(), written(sun, 0)))) {
            return Some(found);
        }
    }
    let part = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase() || matches!(c, ':' | '+' | '-');
    let len = text.find(|c| !part(c)).unwrap_or(text.len());
    text.get(..len).filter(|t| !t.is_empty()).map(|time| (len, time.to_owned()))
}

/// Times of the day that begin a text, with every number of them.
pub(crate) fn read_times(text: &str, lang: Lang) -> Vec<(usize, Vec<String>)> {
    let (mut at, mut times, mut found) = (0, Vec::new(), Vec::new());
    while let Some((len, time)) = text.get(at..).and_then(|rest| read_time(rest, lang)) {
        times.push(time);
        at += len;
        found.push((at, times.clone()));
        match text.get(at..).and_then(|rest| rest.strip_prefix(separator(lang))) {
            Some(_) => at += separator(lang).len(),
            None => break,
        }
    }
    found
}

/// Some days: "workdays", "Mondays, Fridays"; none where they are all or no days.
pub(crate) fn days(days: &Days, lang: Lang) -> Option<String> {
    let word = |(zh, en)| pick(lang, zh, en);
    match days {
        Days::Everyday => None,
        Days::Workdays => Some(word(WORKDAYS).to_owned()),
        Days::DaysOff => Some(word(DAYS_OFF).to_owned()),
        Days::Weekdays(some) => {
            let named = Weekday::ALL.iter().zip(WEEK).filter(|(day, _)| some.contains(day));
            let named: Vec<&str> = named.map(|(_, name)| word(name)).collect();
            (!named.is_empty()).then(|| named.join(separator(lang)))
        }
    }
}

/// The days that begin a text, with every number of days of the week.
pub(crate) fn read_days(text: &str, lang: Lang) -> Vec<(usize, Days)> {
    let begins = |rest: &str, (zh, en)| Some(pick(lang, zh, en)).filter(|w| rest.starts_with(w)).map(str::len);
    let mut found: Vec<(usize, Days)> = [(WORKDAYS, Days::Workdays), (DAYS_OFF, Days::DaysOff)]
        .into_iter()
        .filter_map(|(words, days)| Some((begins(text, words)?, days)))
        .collect();
    let (mut at, mut some) = (0, BTreeSet::new());
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let named = Weekday::ALL.iter().zip(WEEK).find_map(|(day, name)| Some((begins(rest, name)?, *day)));
        let Some((len, day)) = named else { return found };
        some.insert(day);
        at += len;
        found.push((at, Days::Weekdays(some.clone())));
        match text.get(at..).and_then(|rest| rest.strip_prefix(separator(lang))) {
            Some(_) => at += separator(lang).len(),
            None => return found,
        }
    }
}

/// One item: a text in quotes, a number, a word of JSON, or JSON.
fn read_item(text: &str, lang: Lang) -> Option<(usize, Json)> {
    if let Some((len, text)) = read_quoted(text, lang) {
        return Some((len, Json::String(text)));
    }
    if text.starts_with(['[', '{']) {
        return read_json(text);
    }
    let words = [("true", Json::Bool(true)), ("false", Json::Bool(false)), ("null", Json::Null)];
    let word = words.into_iter().find(|(word, _)| text.starts_with(word)).map(|(word, json)| (word.len(), json));
    word.or_else(|| read_number(text).map(|(len, n)| (len, whole(n))))
}

/// A number as JSON; whole ones without a fraction, so that they are also read where only those are taken.
pub(crate) fn whole(n: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
    let i = n as i64;
    if n.abs() < 9e15 && (i as f64).total_cmp(&n).is_eq() { Json::from(i) } else { Json::from(n) }
}

/// A list or an object of JSON that begins a text.
pub(crate) fn read_json(text: &str) -> Option<(usize, Json)> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let json = stream.next()?.ok()?;
    (depth(&json) <= LIST_DEPTH_MAX).then(|| (stream.byte_offset(), json))
}

fn depth(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
    }
}

/// Parameters as JSON.
pub(crate) fn object(params: &Map<String, Json>) -> String {
    canonical::to_string(params).unwrap_or_default()
}

/// How much of a text is this, if it begins so; in Chinese spaces do not count.
pub(crate) fn eat(text: &str, words: &str, lang: Lang) -> Option<usize> {
    if lang == Lang::En {
        return text.starts_with(words).then_some(words.len());
    }
    let mut rest = text;
    for word in words.split(' ').filter(|w| !w.is_empty()) {
        rest = rest.trim_start_matches(' ').strip_prefix(word)?;
    }
    Some(text.len() - rest.len())
}
