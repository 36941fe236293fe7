//! Things that are told apart by a number or a letter, spelled out one by one: 1到3号工坊 is 1号工坊和2号工坊和3号工坊, "chargers
//! 1 and 3" is "charger 1 and charger 3", 3号 alone is the one of what is spoken of.
//!
//! What it is *not*: nothing is linked here; only forms that the lexicon has are written. Start at [`spelled_out`].

use crate::text::normalise::Text;
use crate::text::numerals::number_at;
use crate::words::lexicon::{Entry, Lexicon};

/// Most things of one list.
const LIST_MAX: usize = 40;
/// Most lists and numbers of one request that are looked at: it has few, and each costs time.
const LISTS_MAX: usize = 16;
/// Longest name behind a number, in characters.
const NAME_MAX: usize = 12;
/// Largest number that tells things apart.
const NUMBER_MAX: f64 = 9999.0;
/// What stands between the parts of a list, and of a range, the longer first.
const LISTS: &[&str] = &["以及", "还有", "和", "跟", "与", "及", "、", "同埋", ", and ", " and ", " & ", ", ", ","];
const RANGES: &[&str] = &["到", "至", " through ", " thru ", " to ", "-", "~"];

/// A number or a letter, as it tells things apart.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mark {
    Number(u32),
    Letter(char),
}

impl Mark {
    /// How names may write it.
    fn forms(self) -> Vec<String> {
        match self {
            Mark::Number(n) => vec![n.to_string(), crate::words::places::chinese_number(n)],
            Mark::Letter(c) => vec![c.to_string()],
        }
    }

    /// This and all up to another one; none when they are not in order.
    fn up_to(self, last: Mark) -> Option<Vec<Mark>> {
        match (self, last) {
            (Mark::Number(a), Mark::Number(b)) if a < b && usize::try_from(b - a).is_ok_and(|n| n < LIST_MAX) => {
                Some((a..=b).map(Mark::Number).collect())
            }
            (Mark::Letter(a), Mark::Letter(b)) if a < b => Some((a..=b).map(Mark::Letter).collect()),
            _ => None,
        }
    }
}

/// A list as it stands in the text.
struct List {
    from: usize,
    to: usize,
    marks: Vec<Mark>,
    /// 号 stands behind the last one.
    numbered: bool,
    range: bool,
}

/// The text with its lists spelled out.
pub(crate) fn spelled_out(text: &Text, lexicon: &Lexicon) -> Text {
    let chars = &text.chars;
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    let mut noun: Option<String> = None;
    let (mut i, mut looked) = (0, 0);
    while i < chars.len() && looked < LISTS_MAX {
        let here = list(chars, i);
        looked += usize::from(here.is_some());
        let edit = here.and_then(|l| chinese(chars, &l, lexicon).or_else(|| latin(chars, &l, lexicon, &mut noun)));
        match edit {
            Some(edit) => {
                i = edit.1.max(i + 1);
                edits.push(edit);
            }
            None => i += 1,
        }
    }
    if edits.is_empty() { text.clone() } else { text.edited(&edits) }
}

/// Whether something of this name is told from its like by a number: then "charger 9" is another one.
pub(crate) fn family(name: &str, lexicon: &Lexicon) -> bool {
    let name = format!("{name} ");
    let digits = |r: &str| !r.is_empty() && r.chars().all(|c| c.is_ascii_digit());
    let marked = |e: &Entry| e.is_reference() && e.form.strip_prefix(&name).is_some_and(digits);
    lexicon.beginning(&name).any(marked)
}

/// Whether rooms are called by numbers alone, of as many digits.
pub(crate) fn rooms(number: &str, lexicon: &Lexicon) -> bool {
    let alike = |e: &Entry| e.is_place() && e.form.len() == number.len() && e.form.chars().all(|c| c.is_ascii_digit());
    let mut places = lexicon.index().places().iter().filter_map(|i| lexicon.entry(*i));
    number.chars().all(|c| c.is_ascii_digit()) && places.any(alike)
}

/// The list of marks that starts at a place: at least one, without what they belong to.
fn list(chars: &[char], at: usize) -> Option<List> {
    let before = at.checked_sub(1).and_then(|i| chars.get(i));
    let (first, mut to, mut numbered) = mark(chars, at)?;
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '第' | '.' | '-')) {
        return None;
    }
    let (mut marks, mut range) = (vec![first], false);
    while marks.len() < LIST_MAX {
        let starts = |words: &[&str]| words.iter().find_map(|w| after(chars, to, w));
        let (next, ranged) = match (starts(LISTS), starts(RANGES)) {
            (Some(n), _) => (n, false),
            (None, Some(n)) => (n, true),
            (None, None) => break,
        };
        let Some((m, end, also)) = mark(chars, next) else { break };
        match (ranged, marks.last().and_then(|l| l.up_to(m))) {
            (true, Some(all)) => marks.extend(all.into_iter().skip(1)),
            (true, None) => break,
            (false, _) => marks.push(m),
        }
        (to, numbered, range) = (end, also, range || ranged);
    }
    Some(List { from: at, to, marks, numbered, range })
}

fn after(chars: &[char], at: usize, word: &str) -> Option<usize> {
    word.chars().try_fold(at, |at, c| (chars.get(at) == Some(&c)).then_some(at + 1))
}

/// A number or a letter of its own, its end, and whether 号 stands behind it.
fn mark(chars: &[char], at: usize) -> Option<(Mark, usize, bool)> {
    let letter = chars.get(at).filter(|c| c.is_ascii_alphabetic());
    let alone = |to: usize| chars.get(to).is_none_or(|c| !c.is_ascii_alphanumeric());
    if let Some(c) = letter.filter(|_| alone(at + 1)) {
        return Some((Mark::Letter(*c), at + 1, false));
    }
    if !chars.get(at).is_some_and(|c| c.is_ascii_digit() || !c.is_ascii()) {
        return None;
    }
    let (n, to) = number_at(chars, at).filter(|(n, _)| *n >= 0.0 && *n <= NUMBER_MAX && n.fract() == 0.0)?;
    let n = n.to_string().parse().ok()?;
    let numbered = chars.get(to) == Some(&'号');
    let to = to + usize::from(numbered);
    (numbered || alone(to)).then_some((Mark::Number(n), to, numbered))
}

/// The form that the lexicon has of those that a mark and what it belongs to can have.
fn known(mark: Mark, write: impl Fn(&str) -> String, lexicon: &Lexicon) -> Option<String> {
    mark.forms().iter().map(|m| write(m)).find(|f| {
        lexicon.find(f).and_then(|i| lexicon.entry(i)).is_some_and(|e| e.is_reference() && e.kinds.is_empty())
    })
}

/// 1到3号工坊, 2号和5号充电桩, 801到803, 3号.
fn chinese(chars: &[char], list: &List, lexicon: &Lexicon) -> Option<(usize, usize, String)> {
    let rest: String = chars.iter().skip(list.to).take(NAME_MAX).collect();
    let ends: Vec<usize> = rest.char_indices().map(|(i, c)| i + c.len_utf8()).rev().collect();
    let named = |name: &str| {
        let write = |m: &str| if list.numbered { format!("{m}号{name}") } else { m.to_owned() };
        let found: Vec<Option<String>> = list.marks.iter().map(|m| known(*m, write, lexicon)).collect();
        found.iter().any(Option::is_some).then(|| {
            let all = list.marks.iter().zip(found).filter_map(|(mark, form)| {
                // In a range only what there is; in a list what there is not is named too.
                form.or_else(|| mark.forms().first().filter(|_| !list.range).map(|m| write(m)))
            });
            all.collect::<Vec<_>>().join("和")
        })
    };
    if !list.numbered {
        return (list.range && !rest.starts_with('度')).then(|| named(""))?.map(|all| (list.from, list.to, all));
    }
    let behind = ends.iter().filter_map(|end| rest.get(..*end)).find_map(|name| Some((name, named(name)?)));
    if let Some((name, all)) = behind {
        return Some((list.from, list.to + name.chars().count(), all));
    }
    // 3号留着: the one of what is spoken of.
    let whole: String = chars.iter().collect();
    let start: Vec<String> = list.marks.first()?.forms().iter().map(|m| format!("{m}号")).collect();
    let names = start.iter().flat_map(|m| lexicon.beginning(m).filter_map(move |e| Some((e, e.form.strip_prefix(m)?))));
    let spoken = |(e, n): &(&Entry, &str)| e.is_reference() && n.chars().count() > 1 && whole.contains(n);
    let (_, name) = names.filter(spoken).max_by_key(|(e, _)| e.form.chars().count())?;
    Some((list.from, list.to, named(name)?))
}

/// "chargers 1 and 3", "rows A to C", "rooms 801 and 803", and "C" alone after them.
fn latin(chars: &[char], list: &List, lexicon: &Lexicon, noun: &mut Option<String>) -> Option<(usize, usize, String)> {
    let places = |name: &str| lexicon.find(name).and_then(|i| lexicon.entry(i)).is_some_and(Entry::is_place);
    let write = |name: &str, m: Mark| {
        let bare = || known(m, str::to_owned, lexicon).filter(|_| places(name));
        known(m, |m| format!("{name} {m}"), lexicon).or_else(bare)
    };
    let spell = |name: &str| {
        let of = |m: &Mark| {
            write(name, *m).or_else(|| Some(format!("{name} {}", m.forms().first()?)).filter(|_| !list.range))
        };
        list.marks.iter().filter_map(of).collect::<Vec<_>>().join(" and ")
    };
    let first = *list.marks.first()?;
    let space = list.from.checked_sub(1).filter(|i| chars.get(*i) == Some(&' '));
    let begins = |i: &usize| *i == 0 || chars.get(i - 1) == Some(&' ');
    let before = space.into_iter().flat_map(|to| (to.saturating_sub(2 * NAME_MAX)..to).map(move |from| (from, to)));
    for (from, to) in before.filter(|(from, _)| begins(from)) {
        let said: String = chars.iter().skip(from).take(to - from).collect();
        let plural = said.strip_suffix('s').filter(|n| write(n, first).is_some());
        let Some(name) =
            plural.or(Some(said.as_str()).filter(|n| known(first, |m| format!("{n} {m}"), lexicon).is_some()))
        else {
            continue;
        };
        *noun = Some(name.to_owned());
        // "set light 1 to 30" is no range.
        let several = list.marks.len() > 1 && (plural.is_some() || !list.range);
        return several.then(|| (from, list.to, spell(name)));
    }
    let name = noun.as_ref().filter(|n| matches!(first, Mark::Letter(_)) && write(n, first).is_some())?;
    let starts = list.from == 0 || space.is_some_and(|i| matches!(chars.get(i.wrapping_sub(1)), Some(',' | ';')));
    starts.then(|| (list.from, list.to, spell(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::id::DeviceId;

    fn lexicon(forms: &[&str]) -> Lexicon {
        let entry = |f: &&str| Entry { form: (*f).to_owned(), parts: vec![DeviceId::of_name(f)], ..Entry::default() };
        let mut forms = forms.to_vec();
        forms.sort_unstable();
        Lexicon::of(forms.iter().map(entry).collect())
    }

    #[test]
    fn lists_and_ranges_are_spelled_out() {
        let known = lexicon(&[
            "1号机床",
            "2号机床",
            "3号机床",
            "408",
            "409",
            "410",
            "bay 1",
            "bay 2",
            "bay 4",
            "line a",
            "line b",
            "line c",
        ]);
        for (said, expected) in [
            ("把一到三号机床都关了", "把1号机床和2号机床和3号机床都关了"),
            ("2号和7号机床打开", "2号机床和7号机床打开"),
            ("二号机床打开", "2号机床打开"),
            ("所有的机床关掉，三号留着", "所有的机床关掉,3号机床留着"),
            ("408到410的灯", "408和409和410的灯"),
            ("turn on bays 1 and 4", "turn on bay 1 and bay 4"),
            ("bays 1 to 4 off", "bay 1 and bay 2 and bay 4 off"),
            ("lines A and B at 40, C off", "line a and line b at 40, line c off"),
            ("set bay 1 to 4", "set bay 1 to 4"),
            ("把灯开到30", "把灯开到30"),
        ] {
            let text: String = spelled_out(&Text::new(said), &known).chars.iter().collect();
            assert_eq!(text, expected);
        }
    }
}
