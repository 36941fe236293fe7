//! Words that nobody knows, beside those that somebody does: the name of a device or of a place that is not here. They
//! are named whole in the refusal, and never widen what is meant.
//!
//! What it is *not*: names that are only mistyped are mended by `text::fuzzy`. Start at [`called`] and [`before`].

use crate::phrases::phrase::{Np, Reader};
use crate::phrases::pieces::{Item, Mark, Piece};
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Entry;

/// Confidence of a kind with a word of a name before it.
pub(crate) const MODIFIED: f64 = 0.9;

/// What Chinese names of rooms end with.
const ROOM_ENDS: &[char] = &[
    '房', '室', '厅', '间', '库', '楼', '层', '区', '院', '园', '廊', '堂', '馆', '棚', '窖', '所', '吧', '坊', '店',
    '台',
];

/// "the zorbo", "the zorbo lamp", "in the zorbo": words behind an article that nobody knows are a name or a place.
pub(crate) fn called(reader: &Reader<'_>, start: usize, out: &mut Vec<Piece>) -> usize {
    let mut end = start;
    let mut words = Vec::new();
    while let Some(t) = reader.token(end).filter(|t| t.unknown()) {
        words.push(t.text.clone());
        end += 1;
    }
    let place = matches!(out.last(), Some(Piece { item: Item::Mark(Mark::At), .. })) && !reader.nominal(end);
    let from = reader.token(start).map_or(0, |t| t.from);
    let (mut np, next) = if reader.nominal(end) { reader.read(end) } else { (Np::new(from), end) };
    np.to = np.to.max(reader.token(end - 1).map_or(from, |t| t.to));
    np.from = from;
    if reader.refers(end) && words.len() == 1 && np.head.is_some() {
        np.modifiers.append(&mut words);
        np.sure *= MODIFIED;
    } else {
        np.unknown.insert(0, (words.join(" "), place));
    }
    out.push(Piece { from, to: np.to, item: Item::Np(np) });
    next
}

/// 708房, 5号充电桩, "in 708": what is told from its like by a number that nobody knows; and the token behind it.
pub(crate) fn numbered(reader: &Reader<'_>, i: usize) -> Option<(Np, usize)> {
    let number = reader.token(i).filter(|t| matches!(t.literal, Some(Literal::Number(_))) && t.entry.is_none())?;
    let at = |k: usize| reader.token(k).map_or("", |t| t.text.as_str());
    let joined = reader.token(i + 1).is_some_and(|t| t.from == number.to);
    let located = i.checked_sub(1).and_then(|p| reader.token(p)).is_some_and(|p| p.is(C::At) || p.is(C::RoomWord));
    let (to, place) = match at(i + 1) {
        "房" | "号房" | "房间" | "室" if joined => (i + 2, true),
        "号" if joined && reader.nominal(i + 2) => (i + 3, reader.place_at(i + 2)),
        next if (located || next == "的" || reader.refers(i + 1))
            && crate::text::numbered::rooms(&number.text, reader.lexicon) =>
        {
            (i + 1, true)
        }
        _ => return None,
    };
    let mut np = Np::new(number.from);
    np.to = reader.token(to - 1)?.to;
    np.unknown.push(((i..to).map(at).collect(), place));
    Some((np, to))
}

/// "charger 9", where chargers have numbers and there is no ninth: another one, that nobody knows.
pub(crate) fn another(reader: &Reader<'_>, np: &mut Np, next: usize) -> usize {
    let number = reader.token(next).filter(|t| matches!(t.literal, Some(Literal::Number(_))) && t.entry.is_none());
    let name = next.checked_sub(1).and_then(|p| reader.token(p));
    let (Some(number), Some(name)) = (number, name) else { return next };
    let place = reader.place_at(next - 1) && np.head.is_none();
    if number.from != name.to + 1 || !name.text.is_ascii() || !crate::text::numbered::family(&name.text, reader.lexicon)
    {
        return next;
    }
    np.unknown.push((format!("{} {}", name.text, number.text), place));
    np.to = number.to;
    next + 1
}

/// 708房, "room 708": a number of a room that nobody knows.
pub(crate) fn numbered_room(tokens: &[Token], i: usize) -> Option<Np> {
    /// Smaller numbers can be of something else.
    const ROOM_MIN: f64 = 100.0;
    const BEFORE: &[&str] = &["room", "suite", "apartment", "unit"];
    const BEHIND: &[&str] = &["房", "号房", "房间", "室"];
    let (first, second) = (tokens.get(i)?, tokens.get(i + 1)?);
    let number = |t: &Token, min: f64| matches!(t.literal, Some(Literal::Number(n)) if n >= min) && t.entry.is_none();
    let behind = number(first, 0.0) && BEHIND.contains(&second.text.as_str()) && second.from == first.to;
    let before = number(second, ROOM_MIN) && BEFORE.contains(&first.text.as_str());
    if !behind && !before {
        return None;
    }
    let mut np = Np::new(first.from);
    np.to = second.to;
    let gap = if before { " " } else { "" };
    np.unknown.push((format!("{}{gap}{}", first.text, second.text), true));
    Some(np)
}

/// Whether a word that nobody knows is a room by its end.
pub(crate) fn is_room(word: &str) -> bool {
    word.chars().count() > 1 && word.ends_with(ROOM_ENDS)
}

/// 舞蹈房: what counts rooms is the end of a name behind characters that nobody knows.
pub(crate) fn name_rooms(tokens: &mut [Token]) {
    for i in 1..tokens.len() {
        let [.., before, t] = tokens.get_mut(..=i).unwrap_or_default() else { continue };
        if t.is(C::AnyRoom)
            && t.entry.is_none()
            && is_room(&format!("{}{}", before.text, t.text))
            && before.unknown()
            && before.to == t.from
        {
            t.concepts.clear();
        }
    }
}

/// 宴会厅: a particle between two characters that nobody knows is one of the same name.
pub(crate) fn inside(tokens: &[Token], i: usize) -> String {
    let at = |k: usize| i.checked_sub(k).and_then(|k| tokens.get(k));
    let (Some(first), Some(between), Some(last)) = (at(2), at(1), at(0)) else { return String::new() };
    let particle = between.is(C::Filler) && between.to - between.from == 1 && !between.text.is_ascii();
    let joined = first.to == between.from && between.to == last.from && first.unknown() && last.unknown();
    if particle && joined { between.text.clone() } else { String::new() }
}

/// An unknown word right before a phrase belongs to it: a name of its thing, a place, or the rest of a name that only
/// ends in a known word.
pub(crate) fn before(reader: &Reader<'_>, i: usize, np: &mut Np, out: &mut Vec<Piece>) {
    let Some(Piece { from, to, item: Item::Unknown(word) }) = out.last() else { return };
    let (from, to, word) = (*from, *to, word.clone());
    let Some(t) = reader.token(i) else { return };
    let of = i.checked_sub(1).and_then(|p| reader.token(p)).is_some_and(|p| p.text == "的" && p.from == to);
    let adjacent = t.from - to <= usize::from(word.is_ascii());
    if !adjacent && !of {
        return;
    }
    let gap = if word.is_ascii() { " " } else { "" };
    let group = t.entry(reader.lexicon).is_some_and(|e| !e.group.is_empty());
    let begins = np.from == t.from;
    if let Some((known, _)) = np.unknown.first_mut() {
        // 烤面包机, 宴会厅: the word for such things is the end of its name.
        if !adjacent || !begins || !t.text.starts_with(known.as_str()) {
            return;
        }
        *known = format!("{word}{gap}{known}");
    } else if adjacent && group && np.places.len() == 1 {
        // 竹园会议室, "bamboo meeting room": what several places share names one that nobody knows.
        np.unknown.push((format!("{word}{gap}{}", t.text), true));
        np.places.clear();
    } else if reader.refers(i) && np.head.is_some() && !reader.place_at(i) {
        if !named_before(reader, np, (word, of)) {
            return;
        }
    } else if of && !word.is_ascii() && np.only_prop() && !np.has_place() {
        // 北塔的温度: where that is.
        np.unknown.push((word, true));
    } else {
        return;
    }
    np.from = from;
    out.pop();
}

/// 枫树灯, "maple light": an unknown word right before a kind is one of its names, unless it is a place: by its end
/// (陶艺室的灯), or because 的 stands between them (北塔的灯).
fn named_before(reader: &Reader<'_>, np: &mut Np, (word, of): (String, bool)) -> bool {
    let called = |e: &Entry| (!e.devices.is_empty() || e.is_place()) && e.form.contains(word.as_str());
    let known = reader.lexicon.index().with(&word).into_iter().filter_map(|i| reader.lexicon.entry(i)).any(called);
    let long = word.chars().count() > 1;
    if long && !known && (of && !word.is_ascii() || is_room(&word)) {
        np.unknown.push((word, true));
    } else if of {
        return false;
    } else {
        np.modifiers.push(word);
        np.sure *= MODIFIED;
    }
    true
}
