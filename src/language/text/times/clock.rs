//! Times of the day and periods between two of them.
//!
//! What it is *not*: days. Start at [`moment_at`] and [`window_at`].

use super::{DAY, LATE, Moment, Part, SMALL_HOURS, Sun, Window, boundary, here, minutes_of, word};
use crate::text::numerals::space;

/// Parts of the day; the longer word wins.
const PARTS: &[(&str, Part)] = &[
    ("in the morning", Part::Morning),
    ("in the mornings", Part::Morning),
    ("in the afternoon", Part::Afternoon),
    ("in the evening", Part::Evening),
    ("in the evenings", Part::Evening),
    ("of an evening", Part::Evening),
    ("at night", Part::Night),
    ("at nights", Part::Night),
    ("at night time", Part::Night),
    ("during the night", Part::Night),
    ("overnight", Part::Night),
    ("in the night", Part::Night),
    ("nighttime", Part::Night),
    ("night time", Part::Night),
    ("凌晨", Part::Morning),
    ("清晨", Part::Morning),
    ("清早", Part::Morning),
    ("大清早", Part::Morning),
    ("一大早", Part::Morning),
    ("早晨", Part::Morning),
    ("早上", Part::Morning),
    ("上午", Part::Morning),
    ("早", Part::Morning),
    ("中午", Part::Noon),
    ("午间", Part::Noon),
    ("下午", Part::Afternoon),
    ("午后", Part::Afternoon),
    ("傍晚", Part::Evening),
    ("晚上", Part::Dark),
    ("晚间", Part::Dark),
    ("晚", Part::Dark),
    ("夜里", Part::Night),
    ("夜间", Part::Night),
    ("夜晚", Part::Night),
    ("半夜", Part::Night),
    ("深夜", Part::Night),
    ("半夜里", Part::Night),
    ("大半夜", Part::Night),
];

const SUNS: &[(&str, Sun)] = &[
    ("sunrise", Sun::Sunrise),
    ("sunup", Sun::Sunrise),
    ("the sun rises", Sun::Sunrise),
    ("the sun comes up", Sun::Sunrise),
    ("daybreak", Sun::Dawn),
    ("dawn", Sun::Dawn),
    ("first light", Sun::Dawn),
    ("sunset", Sun::Sunset),
    ("sundown", Sun::Sunset),
    ("the sun sets", Sun::Sunset),
    ("the sun goes down", Sun::Sunset),
    ("dusk", Sun::Dusk),
    ("nightfall", Sun::Dusk),
    ("it gets dark outside", Sun::Sunset),
    ("it gets dark", Sun::Sunset),
    ("日出", Sun::Sunrise),
    ("太阳升起", Sun::Sunrise),
    ("太阳出来", Sun::Sunrise),
    ("天亮", Sun::Sunrise),
    ("黎明", Sun::Dawn),
    ("拂晓", Sun::Dawn),
    ("日落", Sun::Sunset),
    ("太阳下山", Sun::Sunset),
    ("太阳落山", Sun::Sunset),
    ("天黑", Sun::Sunset),
    ("黄昏", Sun::Dusk),
];

const HOURS: &[(&str, i32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
];
const MINUTES: &[(&str, i32)] = &[
    ("five", 5),
    ("ten", 10),
    ("fifteen", 15),
    ("quarter", 15),
    ("a quarter", 15),
    ("twenty", 20),
    ("twenty five", 25),
    ("half", 30),
    ("thirty", 30),
    ("thirty five", 35),
    ("forty", 40),
    ("forty five", 45),
    ("fifty", 50),
    ("fifty five", 55),
];
/// Times with a name of their own.
const NAMED: &[(&str, i32)] = &[
    ("noon", 12 * 60),
    ("midday", 12 * 60),
    ("midnight", 0),
    ("正午", 12 * 60),
    ("中午十二点", 12 * 60),
    ("午夜", 0),
    ("零点", 0),
];

/// A time as it was said: minutes, and whether it can be nothing but a time of the day on a clock of 24 hours.
#[derive(Clone, Copy)]
struct Said {
    minutes: i32,
    /// It has a colon, 点, am or pm; a bare number is none.
    sure: bool,
    /// It says which half of the day: am, pm, or a part of the day.
    half: bool,
    /// It is of a clock of 24 hours: 13 and later, and what has a colon and begins with a nought.
    exact: bool,
}

/// A part of the day.
pub(super) fn part_at(chars: &[char], at: usize) -> Option<(Part, usize)> {
    word(chars, at, PARTS).filter(|(_, to)| to - at > 1)
}

/// A time of the day, by the clock or by the sun. A bare hour counts where it is known that a time is said.
pub(super) fn moment_at(chars: &[char], at: usize, known: bool, part: Option<Part>) -> Option<(Moment, usize)> {
    if let Some(found) = sun_at(chars, at) {
        return Some(found);
    }
    let (said, to) = clock_at(chars, at, known)?;
    if !said.sure && !known {
        return None;
    }
    let minutes = match part {
        Some(p) if !said.half && !said.exact => p.minutes(said.minutes),
        _ => said.minutes,
    };
    Some((Moment::Clock(minutes.rem_euclid(DAY)), to))
}

/// A time by the clock: minutes, and whether it can be of either half of the day.
pub(super) fn either_at(chars: &[char], at: usize, known: bool) -> Option<(i32, bool, usize)> {
    let (said, to) = clock_at(chars, at, known)?;
    let either = !said.half && !said.exact && (60..13 * 60).contains(&said.minutes);
    (said.sure || known).then_some((said.minutes, either, to))
}

/// What the sun does, or a time before or after it.
fn sun_at(chars: &[char], at: usize) -> Option<(Moment, usize)> {
    if let Some((sun, to)) = word(chars, at, SUNS) {
        // 日落前半小时, 日落后的20分钟, 日落半小时后.
        for (words, sign) in [("之前", -1), ("前", -1), ("之后", 1), ("以后", 1), ("后", 1)] {
            let offset = here(chars, to, words)
                .and_then(|t| minutes_of(chars, here(chars, t, "的").unwrap_or(t)))
                .or_else(|| minutes_of(chars, to).and_then(|(m, t)| Some((m, here(chars, t, words)?))));
            if let Some((minutes, end)) = offset.filter(|_| !chars.get(at).is_some_and(char::is_ascii)) {
                return Some((Moment::Sun(sun, sign * minutes), end));
            }
        }
        return Some((Moment::Sun(sun, 0), to));
    }
    let (minutes, to) = minutes_of(chars, at)?;
    let (sign, next) = [(" before ", -1), (" ahead of ", -1), (" after ", 1), (" past ", 1)]
        .into_iter()
        .find_map(|(w, s)| Some((s, here(chars, to, w)?)))?;
    let (sun, end) = word(chars, next, SUNS).or_else(|| word(chars, here(chars, next, "the ")?, SUNS))?;
    Some((Moment::Sun(sun, sign * minutes), end))
}

/// A time by the clock.
fn clock_at(chars: &[char], at: usize, known: bool) -> Option<(Said, usize)> {
    if let Some((minutes, to)) = word(chars, at, NAMED) {
        return Some((Said { minutes, sure: true, half: true, exact: false }, to));
    }
    if let Some((part, to)) = word(chars, at, PARTS)
        && !chars.get(at).is_some_and(char::is_ascii)
        && let Some((said, end)) = chinese(chars, to, true)
    {
        let minutes = if said.half { said.minutes } else { part.minutes(said.minutes) };
        return Some((Said { minutes, sure: true, half: true, exact: false }, end));
    }
    chinese(chars, at, known).or_else(|| english(chars, at)).map(|(said, to)| half_of(chars, said, to))
}

/// "7 in the evening", "6:30 tonight": the part of the day behind the time.
fn half_of(chars: &[char], said: Said, to: usize) -> (Said, usize) {
    let next = space(chars, to);
    let to = here(chars, next, "sharp").or_else(|| here(chars, next, "整")).unwrap_or(to);
    match word(chars, space(chars, to), PARTS).filter(|_| chars.get(to) == Some(&' ')) {
        Some((part, end)) if !said.half => {
            (Said { minutes: part.minutes(said.minutes), sure: true, half: true, exact: false }, end)
        }
        _ => (said, to),
    }
}

/// 七点半, 19:30, 22时.
fn chinese(chars: &[char], at: usize, known: bool) -> Option<(Said, usize)> {
    if let Some((minutes, to)) = colon(chars, at).filter(|(_, to)| !has_half(chars, *to)) {
        return Some((Said { minutes, sure: true, half: false, exact: !(60..13 * 60).contains(&minutes) }, to));
    }
    let (hour, to) = integer(chars, at, 24)?;
    let han = chars.get(to) == Some(&'点');
    let formal = chars.get(to) == Some(&'时') && known && chars.get(to + 1) != Some(&'候');
    if !han && !formal {
        return None;
    }
    let mut end = to + 1;
    let mut minutes = hour * 60;
    let tails = [("钟", 0), ("整", 0), ("半", 30), ("一刻", 15), ("三刻", 45)];
    if let Some((more, next)) = tails.into_iter().find_map(|(w, m)| Some((m, here(chars, end, w)?))) {
        minutes += more;
        end = next;
    } else if let Some((more, next)) = integer(chars, here(chars, end, "过").unwrap_or(end), 59) {
        // 二十一点五度 is a number.
        if matches!(chars.get(next), Some('度' | '%' | '点' | '个' | '瓦' | '秒' | '成'))
            || here(chars, next, "分钟").is_some()
        {
            return None;
        }
        minutes += more;
        end = if chars.get(next) == Some(&'分') { next + 1 } else { next };
    }
    Some((Said { minutes, sure: true, half: false, exact: hour > 12 || hour == 0 }, end))
}

/// "7", "seven", "7:30 pm", "half past seven", "ten to eight".
fn english(chars: &[char], at: usize) -> Option<(Said, usize)> {
    if let Some(found) = relative(chars, at) {
        return Some(found);
    }
    // "9.30 pm".
    let dotted = |(h, to): (i32, usize)| {
        let digit = |i: usize| chars.get(i).and_then(|c| c.to_digit(10)).and_then(|d| i32::try_from(d).ok());
        let start = here(chars, to, ".")?;
        let minutes = digit(start)? * 10 + digit(start + 1)?;
        (has_half(chars, start + 2) && minutes < 60).then_some((h * 60 + minutes, start + 2))
    };
    let whole = digits(chars, at, 24);
    let (minutes, to, sure) = if let Some((m, to)) = colon(chars, at) {
        (m, to, true)
    } else if let Some((m, to)) = whole.and_then(dotted) {
        (m, to, true)
    } else if let Some((h, to)) = whole {
        (h * 60, to, false)
    } else {
        let (h, to) = word(chars, at, HOURS)?;
        match word(chars, space(chars, to), MINUTES).filter(|(m, _)| *m >= 10) {
            Some((m, end)) if here(chars, to, " half").is_none() && here(chars, to, " a ").is_none() => {
                (h * 60 + m, end, false)
            }
            _ => (h * 60, to, false),
        }
    };
    let next = space(chars, to);
    let halves = [("am", false), ("a.m.", false), ("a.m", false), ("pm", true), ("p.m.", true), ("p.m", true)];
    for (words, late) in halves {
        if let Some(end) = here(chars, next, words).filter(|e| boundary(chars, *e)) {
            let minutes = minutes % (DAY / 2) + if late { DAY / 2 } else { 0 };
            return Some((Said { minutes, sure: true, half: true, exact: false }, end));
        }
    }
    for words in ["o'clock", "oclock", "o clock"] {
        if let Some(end) = here(chars, next, words).filter(|e| boundary(chars, *e)) {
            return Some((Said { minutes, sure: true, half: false, exact: minutes > 12 * 60 }, end));
        }
    }
    // A number with something behind it counts that.
    let counted = !sure && measured(chars, to);
    (!counted).then_some((Said { minutes, sure, half: false, exact: minutes >= 13 * 60 }, to))
}

/// "half past seven", "quarter to eight", "half nine".
fn relative(chars: &[char], at: usize) -> Option<(Said, usize)> {
    let counted = || digits(chars, at, 59).and_then(|(m, to)| Some((m, here(chars, to, " minutes")?)));
    let (minutes, to) = word(chars, at, MINUTES).or_else(counted)?;
    let to = here(chars, to, " minutes").unwrap_or(to);
    // "from five to nine" is a period.
    if at.checked_sub(5).and_then(|b| here(chars, b, "from ")) == Some(at) {
        return None;
    }
    let ways = [(" past ", 1), (" after ", 1), (" to ", -1), (" before ", -1), (" till ", -1)];
    let way = ways.into_iter().find_map(|(w, s)| Some((s, here(chars, to, w)?)));
    let (sign, next) = match way {
        Some(found) => found,
        None if minutes == 30 && here(chars, at, "half").is_some() => (1, here(chars, to, " ")?),
        None => return None,
    };
    let (hour, mut end) = word(chars, next, HOURS)
        .or_else(|| digits(chars, next, 12))
        .or_else(|| word(chars, next, NAMED).map(|(m, e)| (m / 60, e)))?;
    if measured(chars, end) {
        return None;
    }
    end = [" o'clock", " oclock"].iter().find_map(|w| here(chars, end, w)).unwrap_or(end);
    let total = (hour * 60 + sign * minutes).rem_euclid(DAY);
    let half = [(" am", 0), (" pm", DAY / 2), (" a.m.", 0), (" p.m.", DAY / 2)];
    match half.into_iter().find_map(|(w, m)| Some((m, here(chars, end, w).filter(|e| boundary(chars, *e))?))) {
        Some((more, e)) => Some((Said { minutes: total % (DAY / 2) + more, sure: true, half: true, exact: false }, e)),
        None => Some((Said { minutes: total, sure: true, half: false, exact: false }, end)),
    }
}

/// Whether a unit follows a number: it counts something.
fn measured(chars: &[char], to: usize) -> bool {
    let next = space(chars, to);
    let follows: String = chars.iter().skip(next).take_while(|c| c.is_ascii_alphabetic()).collect();
    let mark =
        chars.get(next).is_some_and(|c| matches!(c, '%' | '°' | '/' | '.' | '度') || (!c.is_ascii() && next == to));
    const UNITS: &[&str] = &[
        "percent", "degrees", "degree", "deg", "minutes", "minute", "mins", "min", "seconds", "second", "secs",
        "hours", "hour", "days", "day", "times", "c", "f", "k", "w", "kw", "watts", "watt", "lux", "ppm", "per",
        "lights", "lamps", "of",
    ];
    mark || UNITS.contains(&follows.as_str())
}

/// `7:30`.
fn colon(chars: &[char], at: usize) -> Option<(i32, usize)> {
    let (hour, to) = digits(chars, at, 24)?;
    let next = here(chars, to, ":")?;
    let (minutes, end) = digits(chars, next, 59)?;
    if end - next != 2 {
        return None;
    }
    let seconds = here(chars, end, ":").and_then(|s| digits(chars, s, 59)).filter(|(s, _)| *s == 0);
    Some((hour * 60 + minutes, seconds.map_or(end, |(_, e)| e)))
}

fn has_half(chars: &[char], to: usize) -> bool {
    let next = space(chars, to);
    ["am", "pm", "a.m", "p.m"].iter().any(|w| here(chars, next, w).is_some_and(|e| boundary(chars, e)))
}

/// One or two digits that stand alone.
fn digits(chars: &[char], at: usize, most: i32) -> Option<(i32, usize)> {
    let before = at.checked_sub(1).and_then(|i| chars.get(i));
    let count = chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).count();
    if before.is_some_and(|c| c.is_ascii_digit() || *c == '.') || !(1..=2).contains(&count) {
        return None;
    }
    let text: String = chars.iter().skip(at).take(count).collect();
    text.parse::<i32>().ok().filter(|n| *n <= most).map(|n| (n, at + count))
}

/// Digits, or a Chinese number below a hundred.
fn integer(chars: &[char], at: usize, most: i32) -> Option<(i32, usize)> {
    if let Some(found) = digits(chars, at, most) {
        return Some(found);
    }
    let value = |c: &char| "零一二三四五六七八九".chars().position(|d| d == *c).or((*c == '两').then_some(2));
    let (mut n, mut i, mut tens) = (0, at, false);
    while let Some(c) = chars.get(i) {
        if *c == '十' && !tens {
            n = if i == at { 10 } else { n * 10 };
            tens = true;
        } else if let Some(d) = value(c).and_then(|d| i32::try_from(d).ok()) {
            let zero = i == at + 1 && chars.get(at) == Some(&'零');
            if i > at && !zero && (!tens || n % 10 != 0) {
                break;
            }
            n += d;
        } else {
            break;
        }
        i += 1;
    }
    (i > at && n <= most).then_some((n, i))
}

/// A period: "from 9 to 17:30", 晚上十点到六点, "after sunset", 早上七点以前.
pub(super) fn window_at(chars: &[char], at: usize, known: bool, part: Option<Part>) -> Option<(Window, usize)> {
    if let Some(found) = open_at(chars, at, known, part) {
        return Some(found);
    }
    let framed = ["from ", "between ", "从", "在"].iter().find_map(|w| here(chars, at, w));
    let start = framed.unwrap_or(at);
    let between = here(chars, at, "between ").is_some();
    let (first, to) = bound_at(chars, start, known, part)?;
    let joins: &[&str] = if between {
        &[" and ", " to "]
    } else {
        &[" to ", " until ", " till ", " til ", " through ", " - ", "-", "~", "到", "至", "一直到", "直到"]
    };
    let next = joins.iter().find_map(|w| here(chars, to, w))?;
    let next = ["第二天", "次日", "隔天", "转天", "翌日", "the next "]
        .iter()
        .find_map(|w| here(chars, next, w))
        .unwrap_or(next);
    let next = here(chars, next, "的").unwrap_or(next);
    let (last, end) = bound_at(chars, next, true, None)?;
    let sure = |b: &Bound| matches!(b, Bound::Sun(_)) || matches!(b, Bound::Clock(s) if s.sure);
    if !(sure(&first) || sure(&last) || known) {
        return None;
    }
    let (from, to) = ends(first, last, part);
    let end =
        ["之间", "期间", "这段时间", "的时候", "之内", "内"].iter().find_map(|w| here(chars, end, w)).unwrap_or(end);
    (from != to).then_some((Window { from, to, open: false }, end))
}

enum Bound {
    Clock(Said),
    Sun(Moment),
}

fn bound_at(chars: &[char], at: usize, known: bool, part: Option<Part>) -> Option<(Bound, usize)> {
    if let Some((moment, to)) = sun_at(chars, at) {
        return Some((Bound::Sun(moment), to));
    }
    let (said, to) = clock_at(chars, at, known)?;
    let minutes = match part {
        Some(p) if !said.half && !said.exact => p.minutes(said.minutes),
        _ => said.minutes,
    };
    Some((Bound::Clock(Said { minutes, half: said.half || part.is_some(), ..said }), to))
}

/// Which halves of the day are meant: "9 to 5 pm", "10 to 6 am", 晚上六点到九点.
fn ends(first: Bound, last: Bound, part: Option<Part>) -> (Moment, Moment) {
    let half = DAY / 2;
    let clock = |m: i32| Moment::Clock(m.rem_euclid(DAY));
    match (first, last) {
        (Bound::Clock(a), Bound::Clock(b)) => {
            let (mut from, mut to) = (a.minutes, b.minutes);
            if b.half && !a.half && !a.exact && from <= half {
                // The half of the day is that of the end, unless it would begin after it.
                let same = from % half + if to >= half { half } else { 0 };
                from = if same < to || to == 0 { same } else { (same + half).rem_euclid(DAY) };
            } else if !b.half && !b.exact && to <= half {
                let later = to + half;
                let forward = if to > from { to } else { later };
                if forward > from && (part.is_some() || a.half || from >= SMALL_HOURS) {
                    to = forward;
                }
            }
            (clock(from), clock(to))
        }
        (a, b) => {
            let moment = |b: Bound| match b {
                Bound::Clock(s) => clock(s.minutes),
                Bound::Sun(m) => m,
            };
            (moment(a), moment(b))
        }
    }
}

/// A period of which one end is said.
fn open_at(chars: &[char], at: usize, known: bool, part: Option<Part>) -> Option<(Window, usize)> {
    let window = |from, to, end| (from != to).then_some((Window { from, to, open: true }, end));
    let past = here(chars, at, "past ").filter(|next| known || english(chars, *next).is_some_and(|(s, _)| s.sure));
    let after =
        ["anytime after ", "any time after ", "after ", "later than "].iter().find_map(|w| here(chars, at, w)).or(past);
    let before = ["before ", "earlier than "].iter().find_map(|w| here(chars, at, w));
    if let Some(next) = after {
        if let Some(end) = here(chars, next, "dark").filter(|e| boundary(chars, *e)) {
            return window(Moment::Sun(Sun::Sunset, 0), Moment::Sun(Sun::Sunrise, 0), end);
        }
        let (moment, end) = moment_at(chars, next, true, part)?;
        return window(moment, after_it(moment), end);
    }
    if let Some(next) = before {
        let (moment, end) = moment_at(chars, next, known, part)?;
        return window(before_it(moment), moment, end);
    }
    if chars.get(at).is_some_and(char::is_ascii_alphabetic) {
        return None;
    }
    let start = ["过了", "过"].iter().find_map(|w| here(chars, at, w));
    let (moment, to) = moment_at(chars, start.unwrap_or(at), known || start.is_some(), part)?;
    let later = ["之后", "以后", "过后", "往后", "后"].iter().find_map(|w| here(chars, to, w)).or(start.map(|_| to));
    if let Some(end) = later {
        return window(moment, after_it(moment), end);
    }
    let end = ["之前", "以前", "前"].iter().find_map(|w| here(chars, to, w))?;
    window(before_it(moment), moment, end)
}

/// Until when something is after a time.
fn after_it(moment: Moment) -> Moment {
    match moment {
        Moment::Clock(m) if !(SMALL_HOURS..LATE).contains(&m) => Moment::Clock(SMALL_HOURS),
        Moment::Clock(_) => Moment::Clock(0),
        Moment::Sun(Sun::Sunset | Sun::Dusk, _) => Moment::Sun(Sun::Sunrise, 0),
        Moment::Sun(..) => Moment::Sun(Sun::Sunset, 0),
    }
}

/// From when on something is before a time.
fn before_it(moment: Moment) -> Moment {
    match moment {
        Moment::Clock(_) => Moment::Clock(0),
        Moment::Sun(Sun::Sunset | Sun::Dusk, _) => Moment::Sun(Sun::Sunrise, 0),
        Moment::Sun(..) => Moment::Sun(Sun::Sunset, 0),
    }
}
