//! What places are called: their names, floors by number, rooms by the word they share, by a word that people use for
//! the same room, with "room" and without.
//!
//! What it is *not*: entries of the lexicon are made in `lexicon.rs`. Start at [`called`].

use crate::text::normalise::Text;
use crate::text::numerals::number_at;
use crate::words::concept::{self, Concept};
use base::bilingual::is_han;
use base::id::SpaceId;
use std::collections::{BTreeMap, BTreeSet};
use things::{Space, SpaceKind, World};

/// Highest floor whose ordinal forms are made.
const FLOOR_MAX: usize = 200;
/// Fewest letters before "room" in a compound: "bath room".
const COMPOUND_MIN: usize = 3;

/// A form and the place that it stands for.
pub(crate) struct Called {
    pub(crate) form: String,
    pub(crate) space: SpaceId,
    /// The form is the common part of several names: "meeting room".
    pub(crate) shared: bool,
}

/// What the places of a world are called. `rooms` are words that people use for each other.
pub(crate) fn called(world: &World, rooms: &BTreeMap<String, Vec<String>>) -> Vec<Called> {
    // 一楼 of the ground floor does not make it the first floor where another one is called so.
    let mut said: BTreeSet<String> = world.spaces().flat_map(|s| s.names.all()).map(Text::form).collect();
    let mut out = Vec::new();
    for space in world.spaces() {
        let own = |form| Called { form, space: space.id, shared: false };
        out.extend(space.names.all().map(Text::form).map(own));
        let floor = floor_number(space).filter(|_| space.kind == SpaceKind::Floor);
        let floor = floor.map(floor_forms).unwrap_or_default();
        let names = space.names.all().map(Text::form).flat_map(|n| variants(&n));
        out.extend(floor.into_iter().chain(names).filter(|f| !said.contains(f)).map(own));
        let tags = space.tags.iter().map(|tag| tag.replace('_', " "));
        out.extend(tags.map(|form| Called { form, space: space.id, shared: true }));
    }
    said.extend(out.iter().filter(|c| !c.shared).map(|c| c.form.clone()));
    out.extend(other_words(world, rooms, &said));
    out.extend(up_and_down(world, &said));
    out.extend(shared(world));
    out
}

/// "Leo's" of "Leo's room", "study" of "study room", "bed room" of "bedroom".
fn variants(name: &str) -> Vec<String> {
    let mut out = Vec::new();
    let bare = name.strip_suffix(" room");
    out.extend(bare.filter(|n| n.ends_with("'s") || concept::means(n, Concept::RoomWord)).map(str::to_owned));
    out.extend(bare.map(|n| format!("{n}room")));
    if let Some(bare) = name.strip_suffix("room").filter(|n| n.len() >= COMPOUND_MIN && !n.ends_with(' ')) {
        out.push(format!("{bare} room"));
    } else if name.is_ascii() && bare.is_none() && concept::means(name, Concept::RoomWord) {
        out.push(format!("{name} room"));
    }
    out
}

/// The washroom is the bathroom where there is one bathroom and no washroom.
fn other_words(world: &World, rooms: &BTreeMap<String, Vec<String>>, said: &BTreeSet<String>) -> Vec<Called> {
    let mut out = Vec::new();
    for family in rooms.values().map(|words| words.iter().map(|w| Text::form(w)).collect::<Vec<_>>()) {
        // A washroom upstairs is one too.
        let ends = |name: &str| family.iter().any(|word| Text::form(name).ends_with(word));
        let mut meant = world.spaces().filter(|s| s.names.all().any(ends));
        if let (Some(space), None) = (meant.next(), meant.next()) {
            let words = family.into_iter().filter(|w| !said.contains(w));
            out.extend(words.map(|form| Called { form, space: space.id, shared: false }));
        }
    }
    out
}

/// With exactly two floors it is known which one is upstairs.
fn up_and_down(world: &World, said: &BTreeSet<String>) -> Vec<Called> {
    let floors = world.spaces().filter(|s| s.kind == SpaceKind::Floor);
    let mut floors: Vec<(usize, SpaceId)> = floors.filter_map(|s| Some((floor_number(s)?, s.id))).collect();
    floors.sort();
    let [(_, low), (_, high)] = floors.as_slice() else { return Vec::new() };
    let words = [("upstairs", high), ("楼上", high), ("downstairs", low), ("楼下", low)];
    let free = words.iter().filter(|(word, _)| !said.contains(*word));
    free.map(|(word, id)| Called { form: (*word).to_owned(), space: **id, shared: false }).collect()
}

/// What several rooms have in common in their names.
fn shared(world: &World) -> Vec<Called> {
    let mut shared: BTreeMap<String, Vec<SpaceId>> = BTreeMap::new();
    for space in world.spaces().filter(|s| matches!(s.kind, SpaceKind::Room | SpaceKind::Zone)) {
        let mut own: Vec<String> = space.names.all().flat_map(|n| group_forms(&Text::form(n))).collect();
        own.sort();
        own.dedup();
        for form in own {
            shared.entry(form).or_default().push(space.id);
        }
    }
    let several = shared.into_iter().filter(|(_, ids)| ids.len() > 1);
    several
        .flat_map(|(form, ids)| ids.into_iter().map(move |space| Called { form: form.clone(), space, shared: true }))
        .collect()
}

const ORDINALS: &[&str] = &[
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
];
const CARDINALS: &[&str] =
    &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// The number of a floor, from any of its names.
fn floor_number(space: &Space) -> Option<usize> {
    space.names.all().map(Text::form).find_map(|name| {
        if let Some(i) = ORDINALS.iter().position(|o| name.split(' ').any(|w| w == *o)) {
            return Some(i + 1);
        }
        let chars: Vec<char> = name.chars().collect();
        let n = (0..chars.len()).find_map(|i| number_at(&chars, i)).map(|(n, _)| n)?;
        (1..=FLOOR_MAX).find(|k| u32::try_from(*k).is_ok_and(|k| (f64::from(k) - n).abs() < 1e-9))
    })
}

fn floor_forms(n: usize) -> Vec<String> {
    let mut out = vec![
        format!("{n}楼"),
        format!("{n}层"),
        format!("第{n}层"),
        format!("floor {n}"),
        format!("level {n}"),
        format!("{n}f"),
        format!("f{n}"),
    ];
    let zh = chinese(n);
    out.extend([format!("{zh}楼"), format!("{zh}层"), format!("第{zh}层")]);
    if n == 2 {
        out.extend(["二楼".into(), "两层".into()]);
    }
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    out.extend([format!("{n}{suffix} floor"), format!("{n}{suffix} level")]);
    if let (Some(o), Some(c)) = (ORDINALS.get(n - 1), CARDINALS.get(n - 1)) {
        out.extend([format!("{o} floor"), format!("{o} level"), format!("floor {c}"), format!("level {c}")]);
    }
    out
}

/// A number as names write it in Chinese; in digits where it is too large.
pub(crate) fn chinese_number(n: u32) -> String {
    usize::try_from(n).ok().filter(|n| *n < FLOOR_MAX).map_or_else(|| n.to_string(), chinese)
}

/// A number below 200 in Chinese numerals.
fn chinese(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |d: usize| DIGITS.get(d).copied().unwrap_or("");
    match n {
        0..=9 => digit(n).into(),
        10..=19 => format!("十{}", digit(n - 10)),
        20..=99 => format!("{}十{}", digit(n / 10), digit(n % 10)),
        _ => format!("一百{}{}", if (1..10).contains(&(n % 100)) { "零" } else { "" }, chinese(n % 100)),
    }
}

/// What rooms are called together whose name is a number.
const NUMBERED: &[&str] = &["guest room", "room", "客房", "房", "房间"];

/// What similar rooms share: the name without its number, its last words, its last characters.
fn group_forms(name: &str) -> Vec<String> {
    let mut out = Vec::new();
    // Rooms with a number for a name are those for guests.
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_digit()) {
        return NUMBERED.iter().map(|w| (*w).to_string()).collect();
    }
    let bare = name
        .trim_end_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十号".contains(c))
        .trim()
        .trim_end_matches('#')
        .trim();
    let led = name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('号');
    if led != name && led.chars().count() >= 2 && led.chars().all(is_han) {
        out.push(led.to_string());
    }
    if bare != name && bare.chars().count() >= 2 && !matches!(bare, "room" | "area" | "floor" | "zone" | "hall") {
        out.push(bare.to_string());
    }
    let words: Vec<&str> = bare.split(' ').collect();
    if words.len() > 1 && words.iter().all(|w| w.is_ascii()) {
        // "room" and "area" alone say nothing.
        for n in 1..words.len() {
            let tail: Vec<&str> = words.iter().skip(n).copied().collect();
            if !matches!(tail.as_slice(), ["room" | "area" | "floor" | "zone" | "hall"])
                && !tail.iter().all(|w| w.chars().all(|c| c.is_ascii_digit()))
            {
                out.push(tail.join(" "));
            }
        }
    }
    let chars: Vec<char> = bare.chars().collect();
    if bare == name && chars.iter().all(|c| is_han(*c)) {
        for n in [2, 3] {
            if chars.len() > n {
                out.push(chars.iter().skip(chars.len() - n).collect());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_and_rooms() {
        assert!(floor_forms(3).contains(&"三楼".to_string()) && floor_forms(22).contains(&"22nd floor".to_string()));
        assert!(floor_forms(12).contains(&"第十二层".to_string()));
        assert_eq!(group_forms("maple meeting room"), vec!["meeting room"]);
        assert_eq!(group_forms("会议室2"), vec!["会议室"]);
        assert_eq!(variants("study room"), vec!["study", "studyroom"]);
        assert_eq!(variants("bedroom"), vec!["bed room"]);
        assert_eq!(variants("leo's room"), vec!["leo's", "leo'sroom"]);
    }
}
