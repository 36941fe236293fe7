//! Rules in words, and back: what a person approves is this text, and reading it gives the same rule.
//!
//! `say/` puts the canonical form of a rule into sentences, `hear/` finds it in them again. Both use the tables of
//! words of the kinds, the names of the world (`names.rs`), how commands are said (`deeds.rs`) and how numbers, times and
//! texts are written (`literal.rs`). Start at [`explain`] and [`read`].

mod deeds;
mod each;
mod hear;
mod literal;
mod names;
mod say;

use crate::compile::compile;
use crate::form::Form;
use crate::limits::READ_CHARS_MAX;
use base::id::RuleId;
use base::{Bilingual, Diagnostic, Diagnostics, Lang};
use documents::RuleGraph;
use hear::Hearing;
use names::Index;
use say::Saying;
use things::World;

/// What belongs to a language.
const fn pick<'t, T: ?Sized>(lang: Lang, zh: &'t T, en: &'t T) -> &'t T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// A graph in words: "When Meeting room CO2 is above 1000 ppm for 5 minutes, turn on Meeting room fan." Graphs with
/// faults are said too, as far as that is possible.
pub fn explain(graph: &RuleGraph, world: &World) -> Bilingual {
    let form = Form::of(graph, world);
    let said = |lang| Saying::new(&form, &Index::new(world, lang, &form.places)).rule();
    Bilingual::new(said(Lang::Zh), said(Lang::En))
}

/// Hash of what a rule does, however it is written: neither ids and order of nodes nor layout, state and origin count.
/// Ids decide one thing that is left out of it: which of several triggers of the same moment comes first. That of the
/// document is `RuleGraph::content_hash`.
pub fn meaning_hash(graph: &RuleGraph, world: &World) -> String {
    Form::of(graph, world).hash()
}

/// The rule that a text says in the words of [`explain`]. Its name is the text.
///
/// # Errors
/// When the text is no such text, with the place up to which it made sense.
pub fn read(text: &str, lang: Lang, world: &World) -> Result<RuleGraph, Diagnostics> {
    let text = text.trim();
    if text.chars().count() > READ_CHARS_MAX {
        let (zh, en) = (format!("最多 {READ_CHARS_MAX} 个字符"), format!("at most {READ_CHARS_MAX} characters"));
        return Err(vec![Diagnostic::error("rule.limit", "", Bilingual::new(zh, en))]);
    }
    heard(&mut Hearing::new(text, lang, world))
}

/// The first reading that can run and is said with these words.
fn heard(hearing: &mut Hearing<'_>) -> Result<RuleGraph, Diagnostics> {
    let (text, world) = (hearing.text, hearing.index.world);
    let mut faulty: Option<RuleGraph> = None;
    for reading in hearing.readings() {
        if hearing.spent() {
            break;
        }
        let graph = hearing.built(&reading, RuleId::of_name(text));
        let form = Form::of(&graph, world);
        if deeds::alike(&Saying::new(&form, &hearing.index).rule(), text) {
            if !compile(&graph, world).0.is_empty() {
                return Ok(graph);
            }
            faulty.get_or_insert(graph);
        }
    }
    // What cannot run can still be said, and mended.
    if let Some(graph) = faulty {
        return Ok(graph);
    }
    if hearing.spent() {
        let (zh, en) = ("这段文字的读法太多", "this text can be read in too many ways");
        return Err(vec![Diagnostic::error("rule.limit", "", Bilingual::new(zh, en))]);
    }
    let rest: String = text.get(hearing.furthest..).unwrap_or_default().chars().take(REST_CHARS).collect();
    Err(vec![Diagnostic::error(
        "rule.words",
        "",
        Bilingual::new(format!("从“{rest}”起无法读成规则"), format!("from `{rest}` on this does not read as a rule")),
    )])
}

/// The steps of work that reading a text takes.
#[cfg(test)]
pub(crate) fn steps(text: &str, lang: Lang, world: &World) -> usize {
    let mut hearing = Hearing::new(text, lang, world);
    drop(heard(&mut hearing));
    hearing.steps
}

/// How much of what was not understood is shown.
const REST_CHARS: usize = 40;
