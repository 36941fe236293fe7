//! The words of questions about what was, with where they stand in a text.
//!
//! What it is *not*: ranges of time; those are read as they are for charts. Start at [`signs`].

use crate::text::lattice;
use crate::text::normalise::Text;
use aho_corasick::AhoCorasick;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a word says; the file tells what each stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    When,
    Since,
    Long,
    Often,
    Who,
    Last,
    Ever,
    Past,
    Reached,
    Used,
    Run,
    Silent,
    Ahead,
    End,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    en: Vec<String>,
    zh: Vec<String>,
}

struct Table {
    senses: Vec<Vec<Word>>,
    automaton: Option<AhoCorasick>,
}

fn read() -> Result<BTreeMap<Word, Forms>, toml::de::Error> {
    toml::from_str(include_str!("words.toml"))
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut forms: BTreeMap<String, Vec<Word>> = BTreeMap::new();
    for (word, of) in read().unwrap_or_default() {
        for form in of.en.iter().chain(&of.zh) {
            forms.entry(Text::form(form)).or_default().push(word);
        }
    }
    let automaton = AhoCorasick::new(forms.keys()).ok();
    Table { senses: forms.into_values().collect(), automaton }
});

/// What stands where in a text, in normalised characters.
pub(super) type Signs = BTreeMap<(usize, usize), Vec<Word>>;

/// Every word of such questions in a text, overlaps kept.
pub(super) fn signs(text: &Text) -> Signs {
    let table: &'static Table = &TABLE;
    let string: String = text.chars.iter().collect();
    let index: BTreeMap<usize, usize> =
        string.char_indices().map(|(b, _)| b).chain([string.len()]).enumerate().map(|(i, b)| (b, i)).collect();
    let matches = table.automaton.iter().flat_map(|a| a.find_overlapping_iter(&string));
    let found = matches.filter_map(|m| {
        let span = (*index.get(&m.start())?, *index.get(&m.end())?);
        let senses = table.senses.get(m.pattern().as_usize())?;
        lattice::whole(&text.chars, span.0, span.1).then(|| (span, senses.clone()))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_complete() {
        assert_eq!(read().unwrap().len(), 14);
        assert!(TABLE.automaton.is_some());
    }
}
