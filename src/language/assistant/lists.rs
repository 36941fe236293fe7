//! Lists: what is written down, done, taken off, and what stands on them, by the forms of `assistant.toml`, as whole
//! sentences.
//!
//! What it is *not*: which lists there are is not known here. Start at [`read`].

use super::said::Said;
use crate::forms::{Form, Gap, Gaps};
use documents::list::{ITEM_CHARS_MAX, ITEMS_AT_ONCE_MAX};
use documents::{Draft, ListAct, ListChange, ListRef, Verdict};
use serde::Deserialize;
use std::sync::LazyLock;
use things::Names;

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Add,
    Complete,
    Reopen,
    Drop,
    Tell,
    Empty,
    Tidy,
    Put,
    Remove,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    act: Kind,
    /// The list where the form has no gap for it.
    #[serde(default)]
    list: String,
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    list: Vec<Lines>,
    /// What the lists are called that everybody has.
    shopping: Vec<String>,
    todo: Vec<String>,
    pub(super) clock: Vec<super::clock::Lines>,
    pub(super) talk: Vec<super::talk::Lines>,
}

pub(super) fn file() -> Result<File, toml::de::Error> {
    toml::from_str(include_str!("assistant.toml"))
}

struct Table {
    forms: Vec<(Kind, ListRef, Form)>,
    shopping: Vec<String>,
    todo: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let File { list, shopping, todo, .. } = file().unwrap_or_default();
    let mut forms = Vec::new();
    for lines in list {
        let which = match lines.list.as_str() {
            "shopping" => ListRef::Shopping,
            "todo" => ListRef::Todo,
            _ => ListRef::Any,
        };
        for form in lines.en.iter().chain(&lines.zh).filter_map(|line| Form::read(line)).flatten() {
            forms.push((lines.act, which.clone(), form));
        }
    }
    Table { forms, shopping, todo }
});

/// Words of which every sentence about lists has one.
const HINTS: &[&str] = &[
    "list",
    "shopping",
    "to do",
    "todo",
    "to-do",
    "tasks",
    "errands",
    "chores",
    "groceries",
    "buy",
    "bought",
    "单",
    "列表",
    "待办",
    "买",
    "记",
];

/// A sentence about a list.
pub(super) fn read(said: &Said) -> Option<Verdict> {
    let table: &Table = &TABLE;
    let text = said.form((0, said.chars.len()));
    if !HINTS.iter().any(|h| text.contains(h)) {
        return None;
    }
    table.forms.iter().find_map(|(kind, which, form)| {
        let fits = form.fits(&said.chars);
        // Of several readings the one whose list has the shortest name: what is left of it was understood as words.
        let shortest = fits.iter().filter_map(|gaps| Some((length(gaps), act(*kind, which, gaps, said)?)));
        let (_, act) = shortest.min_by_key(|(length, _)| *length)?;
        Some(Verdict::Draft(Draft::List(act)))
    })
}

fn length(gaps: &Gaps) -> usize {
    gaps.values().map(|(from, to)| to - from).sum()
}

fn act(kind: Kind, which: &ListRef, gaps: &Gaps, said: &Said) -> Option<ListAct> {
    let list = match gaps.get(&Gap::Name) {
        Some(place) => called(&said.form(*place), &said.written(*place))?,
        None => which.clone(),
    };
    let items = || items(&said.written(*gaps.get(&Gap::Item)?), list == ListRef::Shopping);
    let change = match kind {
        Kind::Tell => None,
        Kind::Add => Some(ListChange::Add(items()?)),
        Kind::Complete => Some(ListChange::Complete(items()?)),
        Kind::Reopen => Some(ListChange::Reopen(items()?)),
        Kind::Drop => Some(ListChange::Drop(items()?)),
        Kind::Empty => Some(ListChange::Empty),
        Kind::Tidy => Some(ListChange::Tidy),
        Kind::Remove => Some(ListChange::Remove),
        Kind::Put => {
            let name = said.written(*gaps.get(&Gap::Name)?);
            let names = if name.chars().any(base::bilingual::is_han) {
                Names { zh: vec![name], en: Vec::new() }
            } else {
                Names { zh: Vec::new(), en: vec![name] }
            };
            Some(ListChange::Put(names))
        }
    };
    Some(ListAct { list, change })
}

/// The list of a name. Words for lists in general name none in particular.
fn called(form: &str, written: &str) -> Option<ListRef> {
    let table: &Table = &TABLE;
    let form = form.trim();
    let bare =
        ["the ", "my ", "our ", "your ", "我的", "我们的"].iter().fold(form, |f, w| f.strip_prefix(w).unwrap_or(f));
    let is = |names: &[String]| names.iter().any(|n| n == bare);
    let few = bare.split(' ').count() <= 5 && bare.chars().count() <= 30;
    let written = written.trim();
    let cut = written.len().saturating_sub(bare.len().min(written.len()));
    let name = if written.is_ascii() { written.get(cut..).unwrap_or(written) } else { written };
    match () {
        () if is(&table.shopping) => Some(ListRef::Shopping),
        () if is(&table.todo) => Some(ListRef::Todo),
        () if bare.is_empty() || matches!(bare, "the" | "my" | "a" | "our") => Some(ListRef::Any),
        () => few.then(|| ListRef::Named(name.to_owned())),
    }
}

/// Single items of an enumeration. "And" parts what is to be bought, and belongs to what is to be done.
fn items(written: &str, every: bool) -> Option<Vec<String>> {
    let mut parts: Vec<String> = vec![written.to_owned()];
    let split = |parts: Vec<String>, by: &str| {
        parts.into_iter().flat_map(|p| p.split(by).map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    for mark in ["、", "，", ", and ", ", ", ","] {
        parts = split(parts, mark);
    }
    if every {
        for word in [" and ", " plus ", "和", "跟", "还有", "以及"] {
            parts = split(parts, word);
        }
    }
    let bare = |p: String| {
        let p = p.trim();
        let first = ["some ", "a ", "an ", "the ", "一些", "点", "些"];
        first.iter().find_map(|w| p.strip_prefix(w)).unwrap_or(p).trim().to_owned()
    };
    let parts: Vec<String> = parts.into_iter().map(bare).filter(|p| !p.is_empty()).collect();
    let fits = parts.iter().all(|p| p.chars().count() <= ITEM_CHARS_MAX);
    (!parts.is_empty() && parts.len() <= ITEMS_AT_ONCE_MAX && fits).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_well_formed() {
        let File { list, clock, talk, .. } = file().unwrap();
        let forms = list.iter().flat_map(|l| l.en.iter().chain(&l.zh)).chain(clock.iter().flat_map(|l| l.lines()));
        let forms = forms.chain(talk.iter().flat_map(|l| l.lines()));
        for line in forms {
            assert!(Form::read(line).is_some_and(|f| !f.is_empty()), "{line}");
        }
    }
}
