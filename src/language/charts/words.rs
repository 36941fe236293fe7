//! What words of charts say: the table of `words.toml`.
//!
//! What it is *not*: ranges of time (`ranges.rs`) and names of the registry. Start at [`signs`].

use super::ranges::{self, Clock, Stretch};
use super::series;
use crate::text::lattice;
use crate::text::normalise::Text;
use crate::text::numerals::number_at;
use crate::words::lexicon::Lexicon;
use aho_corasick::AhoCorasick;
use documents::Bucket;
use documents::chart::{Aggregation, ChartKind, Direction, GroupBy, Range, Shift};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use things::traits;

/// Words without a value of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    Draw,
    Versus,
    Threshold,
    Edit,
    Only,
    Add,
    Remove,
    Numbered,
    Indoors,
    Filler,
}

/// What a word says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sign {
    /// A kind of chart, and whether the word says that a chart is wanted.
    Kind(ChartKind, bool),
    Agg(Aggregation),
    Bucket(Bucket),
    Group(GroupBy),
    Shift(Shift),
    Sort(Direction),
    Top(Direction),
    Traits(Vec<&'static str>),
    Word(Word),
    Time(Stretch),
    /// So much time: what a chart is drawn out to.
    Length(Range),
    /// Names that differ by their number only, as entries.
    Series(Vec<usize>),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Forms {
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    zh: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    kind: BTreeMap<ChartKind, Forms>,
    maybe: BTreeMap<ChartKind, Forms>,
    agg: BTreeMap<Aggregation, Forms>,
    bucket: BTreeMap<Bucket, Forms>,
    group: BTreeMap<GroupBy, Forms>,
    shift: BTreeMap<Shift, Forms>,
    sort: BTreeMap<Direction, Forms>,
    top: BTreeMap<Direction, Forms>,
    #[serde(rename = "trait")]
    trait_: BTreeMap<String, Forms>,
    both: BTreeMap<String, Forms>,
    word: BTreeMap<Word, Forms>,
}

struct Table {
    signs: Vec<Vec<Sign>>,
    automaton: Option<AhoCorasick>,
}

fn read() -> Result<File, toml::de::Error> {
    toml::from_str(include_str!("words.toml"))
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut forms: BTreeMap<String, Vec<Sign>> = BTreeMap::new();
    let file = read().unwrap_or_default();
    let mut take = |words: Forms, sign: Sign| {
        for word in words.en.iter().chain(&words.zh) {
            forms.entry(Text::form(word)).or_default().push(sign.clone());
        }
    };
    file.kind.into_iter().for_each(|(k, w)| take(w, Sign::Kind(k, true)));
    file.maybe.into_iter().for_each(|(k, w)| take(w, Sign::Kind(k, false)));
    file.agg.into_iter().for_each(|(k, w)| take(w, Sign::Agg(k)));
    file.bucket.into_iter().for_each(|(k, w)| take(w, Sign::Bucket(k)));
    file.group.into_iter().for_each(|(k, w)| take(w, Sign::Group(k)));
    file.shift.into_iter().for_each(|(k, w)| take(w, Sign::Shift(k)));
    file.sort.into_iter().for_each(|(k, w)| take(w, Sign::Sort(k)));
    file.top.into_iter().for_each(|(k, w)| take(w, Sign::Top(k)));
    for (ids, words) in file.trait_.into_iter().chain(file.both) {
        let found: Vec<&'static str> = ids.split('+').filter_map(traits::by_id).map(|t| t.id).collect();
        take(words, Sign::Traits(found));
    }
    file.word.into_iter().for_each(|(k, w)| take(w, Sign::Word(k)));
    let automaton = AhoCorasick::new(forms.keys()).ok();
    Table { signs: forms.into_values().collect(), automaton }
});

/// What stands where in a text, in normalised characters.
pub(super) type Signs = BTreeMap<(usize, usize), Vec<Sign>>;

/// Every word of charts and every range of time in a text, overlaps kept.
pub(super) fn signs(text: &Text, lexicon: &Lexicon, clock: &Clock) -> Signs {
    let table: &'static Table = &TABLE;
    let mut out = Signs::new();
    let string: String = text.chars.iter().collect();
    let index: BTreeMap<usize, usize> =
        string.char_indices().map(|(b, _)| b).chain([string.len()]).enumerate().map(|(i, b)| (b, i)).collect();
    for m in table.automaton.iter().flat_map(|a| a.find_overlapping_iter(&string)) {
        let span = index.get(&m.start()).zip(index.get(&m.end())).map(|(a, b)| (*a, *b));
        if let Some((from, to)) = span.filter(|(a, b)| lattice::whole(&text.chars, *a, *b))
            && let Some(found) = table.signs.get(m.pattern().as_usize())
        {
            out.insert((from, to), found.clone());
        }
    }
    for at in 0..text.chars.len() {
        if let Some((stretch, to)) = ranges::read(&text.chars, at, clock) {
            // "yesterday's" is the same time.
            if text.chars.get(to..to + 2).is_some_and(|s| matches!(s, ['\'' | '’', 's'])) {
                out.insert((at, to + 2), vec![Sign::Time(stretch.clone())]);
            }
            out.insert((at, to), vec![Sign::Time(stretch)]);
        }
        if number_at(&text.chars, at).is_some()
            && let Some((range, to)) = ranges::length_at(&text.chars, at)
        {
            out.entry((at, to)).or_insert_with(|| vec![Sign::Length(range)]);
        }
        if let Some((list, to)) = series::series_at(&text.chars, at, lexicon) {
            out.insert((at, to), vec![Sign::Series(list)]);
        }
    }
    out
}

/// Whether any of the signs says that a chart is wanted.
pub(super) fn wanted(list: &[Sign]) -> bool {
    list.iter().any(|s| matches!(s, Sign::Kind(_, true) | Sign::Word(Word::Draw)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_complete() {
        let file = read().unwrap();
        assert_eq!(file.kind.len(), 12);
        for id in file.trait_.keys().chain(file.both.keys()).flat_map(|k| k.split('+')) {
            assert!(traits::by_id(id).is_some(), "{id}");
        }
        assert!(TABLE.automaton.is_some());
    }
}
