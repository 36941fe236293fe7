//! What a rule stands for one by one, in words and found again in a text: "In every meeting room: ", 每间会议室：.
//!
//! What it is *not*: the rest of the rule, where what is there is "here". Start at [`said`] and [`read`].

use super::deeds;
use super::literal::{eat, quoted, read_json, read_quoted};
use super::names::Index;
use super::pick;
use base::Lang;
use base::id::SpaceId;
use things::{Each, SpaceKind, Spaces};

/// Kinds of spaces: in Chinese, with the word before it and the noun in English.
const KINDS: [(SpaceKind, &str, &str, &str); 5] = [
    (SpaceKind::Site, "每个场地", "On every ", "site"),
    (SpaceKind::Building, "每栋楼", "In every ", "building"),
    (SpaceKind::Floor, "每层楼", "On every ", "floor"),
    (SpaceKind::Room, "每个房间", "In every ", "room"),
    (SpaceKind::Zone, "每个区域", "In every ", "zone"),
];
/// Spaces of any kind.
const ANY: (&str, &str, &str) = ("每处", "In every ", "space");
/// What rooms are for: tag, Chinese, English.
const ROOMS: &[(&str, &str, &str)] = &[
    ("bathroom", "每间卫生间", "bathroom"),
    ("bedroom", "每间卧室", "bedroom"),
    ("classroom", "每间教室", "classroom"),
    ("corridor", "每条走廊", "corridor"),
    ("kitchen", "每间厨房", "kitchen"),
    ("laboratory", "每间实验室", "laboratory"),
    ("living_room", "每间客厅", "living room"),
    ("meeting_room", "每间会议室", "meeting room"),
    ("office", "每间办公室", "office"),
    ("storage", "每间储藏室", "storage room"),
    ("ward", "每间病房", "ward"),
];

/// In words, up to where the rule begins.
pub(crate) fn said(index: &Index<'_>, each: &Each) -> String {
    let spaces = match each {
        Each::Spaces(spaces) => spaces,
        Each::Devices(select) => {
            let words = deeds::selection(index, select);
            return match index.lang {
                Lang::Zh => format!("对{words}逐一："),
                Lang::En => format!("One by one for {words}: "),
            };
        }
    };
    let known = |ids: &[SpaceId]| ids.iter().all(|id| index.world.space(*id).is_some());
    if !known(&spaces.within) || !known(&spaces.only) || !known(&spaces.except) {
        let json = base::canonical::to_string(spaces).unwrap_or_default();
        return format!("{}{json}{}", pick(index.lang, "每个 ", "In every "), pick(index.lang, "：", ": "));
    }
    let list = |ids: &[SpaceId]| deeds::list(&ids.iter().map(|id| index.space(*id)).collect::<Vec<_>>(), index.lang);
    let ((zh, before, en), rest) = noun(spaces);
    let tags: Vec<String> = rest.iter().map(|tag| quoted(tag, index.lang)).collect();
    let part = |has: bool, zh: String, en: String| {
        if has { pick(index.lang, zh.as_str(), en.as_str()).to_owned() } else { String::new() }
    };
    let tags = deeds::list(&tags, index.lang);
    let tagged = part(!rest.is_empty(), format!("带标签{tags}的"), format!(" tagged {tags}"));
    let within = list(&spaces.within);
    let within = part(!spaces.within.is_empty(), format!("{within}里的"), format!(" in {within}"));
    let only = list(&spaces.only);
    let only = part(!spaces.only.is_empty(), format!("（限{only}）"), format!(" among {only}"));
    let except = list(&spaces.except);
    let except = part(!spaces.except.is_empty(), format!("（{except}除外）"), format!(" except {except}"));
    match index.lang {
        Lang::Zh => format!("{within}{tagged}{zh}{only}{except}："),
        Lang::En => format!("{before}{en}{tagged}{within}{only}{except}: "),
    }
}

/// What such a space is called, and the tags that this does not say.
fn noun(spaces: &Spaces) -> ((&'static str, &'static str, &'static str), &[String]) {
    if let Some(kind) = spaces.kind {
        let words = KINDS.iter().find(|k| k.0 == kind).map_or(ANY, |(_, zh, before, en)| (*zh, *before, *en));
        return (words, &spaces.tags);
    }
    let room = spaces.tags.split_first().and_then(|(tag, rest)| Some((ROOMS.iter().find(|r| r.0 == tag)?, rest)));
    room.map_or((ANY, &spaces.tags), |((_, zh, en), rest)| ((*zh, "In every ", *en), rest))
}

/// What a text can begin with: where that ends, and what it is.
pub(crate) fn read(index: &Index<'_>, text: &str) -> Vec<(usize, Each)> {
    let lang = index.lang;
    let mut found = devices(index, text);
    found.extend(spaces(index, text).into_iter().map(|(len, spaces)| (len, Each::Spaces(spaces))));
    if let Some(start) = eat(text, pick(lang, "每个 ", "In every "), lang)
        && let Some((len, json)) = text.get(start..).and_then(read_json)
        && let Some(end) = text.get(start + len..).and_then(|rest| eat(rest, pick(lang, "：", ": "), lang))
    {
        found.extend(serde_json::from_value(json).ok().map(|spaces| (start + len + end, Each::Spaces(spaces))));
    }
    found.retain(|(len, each)| text.get(..*len).is_some_and(|t| said(index, each) == t));
    found.dedup();
    found
}

fn devices(index: &Index<'_>, text: &str) -> Vec<(usize, Each)> {
    let lang = index.lang;
    let Some(start) = eat(text, pick(lang, "对", "One by one for "), lang) else { return Vec::new() };
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let read = deeds::read_selection(index, rest(start), 0).into_iter();
    let ended = |(len, select)| {
        let end = start + len + eat(rest(start + len), pick(lang, "逐一：", ": "), lang)?;
        Some((end, Each::Devices(select)))
    };
    read.filter_map(ended).collect()
}

/// A text as far as it was read, and what it says so far.
type Ways = Vec<(usize, Spaces)>;

fn spaces(index: &Index<'_>, text: &str) -> Ways {
    let lang = index.lang;
    let start: Ways = vec![(0, Spaces::default())];
    let within = |s: &mut Spaces, ids: Vec<SpaceId>| s.within = ids;
    let only = |s: &mut Spaces, ids: Vec<SpaceId>| s.only = ids;
    let except = |s: &mut Spaces, ids: Vec<SpaceId>| s.except = ids;
    let listed = |ways: Ways, before: &str, after: &str, set: fn(&mut Spaces, Vec<SpaceId>)| {
        optional(index, text, ways, (before, after), |t| index.spaces_at(t), set)
    };
    let tagged = |ways: Ways, before: &str, after: &str| {
        let one = |t: &str| read_quoted(t, lang).into_iter().collect();
        optional(index, text, ways, (before, after), one, |s, tags| s.tags.extend(tags))
    };
    let named = |ways: Ways| -> Ways { ways.into_iter().flat_map(|(at, s)| nouns(index, text, at, &s)).collect() };
    let ways = match lang {
        Lang::Zh => {
            let ways = named(tagged(listed(start, "", "里的", within), "带标签", "的"));
            listed(listed(ways, "（限", "）", only), "（", "除外）", except)
        }
        Lang::En => {
            let ways = tagged(named(start), " tagged ", "");
            listed(listed(listed(ways, " in ", "", within), " among ", "", only), " except ", "", except)
        }
    };
    let ended =
        |(at, spaces): (usize, Spaces)| Some((at + eat(text.get(at..)?, pick(lang, "：", ": "), lang)?, spaces));
    ways.into_iter().filter_map(ended).collect()
}

/// Every noun that stands at a place.
fn nouns(index: &Index<'_>, text: &str, at: usize, so_far: &Spaces) -> Ways {
    let lang = index.lang;
    let rest = text.get(at..).unwrap_or_default();
    let says = |zh: &str, before: &str, en: &str| match lang {
        Lang::Zh => eat(rest, zh, lang),
        Lang::En => eat(rest, &format!("{before}{en}"), lang),
    };
    let mut found: Ways = Vec::new();
    for (kind, zh, before, en) in KINDS {
        found.extend(says(zh, before, en).map(|len| (at + len, Spaces { kind: Some(kind), ..so_far.clone() })));
    }
    for (tag, zh, en) in ROOMS {
        let mut tags = vec![(*tag).to_owned()];
        tags.extend(so_far.tags.iter().cloned());
        found.extend(says(zh, "In every ", en).map(|len| (at + len, Spaces { tags, ..so_far.clone() })));
    }
    found.extend(says(ANY.0, ANY.1, ANY.2).map(|len| (at + len, so_far.clone())));
    found
}

/// With and without a list between two words.
fn optional<T: Clone>(
    index: &Index<'_>,
    text: &str,
    ways: Ways,
    (before, after): (&str, &str),
    one: impl Fn(&str) -> Vec<(usize, T)>,
    set: impl Fn(&mut Spaces, Vec<T>),
) -> Ways {
    let mut all = ways.clone();
    for (at, so_far) in ways {
        let rest = |at: usize| text.get(at..).unwrap_or_default();
        let Some(start) = eat(rest(at), before, index.lang).map(|len| at + len) else { continue };
        for (len, items) in deeds::read_list(rest(start), index.lang, &one) {
            let Some(end) = eat(rest(start + len), after, index.lang) else { continue };
            let mut spaces = so_far.clone();
            set(&mut spaces, items);
            all.push((start + len + end, spaces));
        }
    }
    all
}
