//! The rows of all tables of words, found by what they give and by what a text of them begins with.

use crate::nodes::{self, Registration};
use crate::ports::PortKind;
use crate::words::{OUT, Piece, Words, denied};
use base::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A row of words with its pattern in the language of the text.
pub(super) struct Row {
    pub(super) kind: &'static Registration,
    pub(super) port: usize,
    pub(super) words: &'static Words,
    pub(super) pieces: Vec<Piece>,
    /// It says the opposite.
    pub(super) denied: bool,
}

/// What a row gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gives {
    Act,
    Event,
    Bool,
    Value,
    /// A value that is a condition on many.
    Judgement,
}

/// The rows of a language.
struct Table {
    rows: Vec<Row>,
    /// Places of rows by the first character; without one are those that begin with a slot.
    places: BTreeMap<(Gives, Option<char>), Vec<usize>>,
}

static TABLES: LazyLock<[Table; 2]> = LazyLock::new(|| [Table::new(Lang::Zh), Table::new(Lang::En)]);

impl Table {
    fn new(lang: Lang) -> Table {
        let mut table = Table { rows: Vec::new(), places: BTreeMap::new() };
        for kind in nodes::KINDS {
            for words in kind.words {
                let named = words.when.iter().find(|(name, _)| *name == OUT).map(|(_, is)| *is);
                let port = named.and_then(|is| kind.outputs.iter().position(|o| o.name == is)).unwrap_or(0);
                let gives = match kind.outputs.get(port).map(|o| o.kind) {
                    None => Gives::Act,
                    Some(PortKind::Event | PortKind::Message) => Gives::Event,
                    Some(PortKind::Bool) => Gives::Bool,
                    Some(PortKind::Value) => Gives::Value,
                };
                let pieces = words.pieces(lang);
                if let Some(opposite) = denied(&pieces).filter(|_| gives == Gives::Value) {
                    table.add(Gives::Judgement, Row { kind, port, words, pieces: pieces.clone(), denied: false });
                    table.add(Gives::Judgement, Row { kind, port, words, pieces: opposite, denied: true });
                }
                table.add(gives, Row { kind, port, words, pieces, denied: false });
            }
        }
        table
    }

    fn add(&mut self, gives: Gives, row: Row) {
        for first in firsts(&row.pieces) {
            self.places.entry((gives, first)).or_default().push(self.rows.len());
        }
        self.rows.push(row);
    }
}

/// The characters with which a text of a pattern can begin; none for a slot.
fn firsts(pieces: &[Piece]) -> BTreeSet<Option<char>> {
    match pieces.split_first() {
        None | Some((Piece::Slot(..), _)) => [None].into(),
        Some((Piece::Text(text), _)) => [text.chars().next()].into(),
        Some((Piece::Maybe(inner), rest)) => firsts(inner).into_iter().chain(firsts(rest)).collect(),
    }
}

/// The rows that a text can begin with, in the order of the tables.
pub(super) fn rows_at(gives: Gives, text: &str, lang: Lang) -> Vec<&'static Row> {
    let [zh, en] = &*TABLES;
    let (table, text) = match lang {
        Lang::Zh => (zh, text.trim_start_matches(' ')),
        Lang::En => (en, text),
    };
    let begun = text.chars().next().and_then(|first| table.places.get(&(gives, Some(first))));
    let open = table.places.get(&(gives, None));
    let mut places: Vec<usize> = begun.into_iter().chain(open).flatten().copied().collect();
    places.sort_unstable();
    places.into_iter().filter_map(|place| table.rows.get(place)).collect()
}
