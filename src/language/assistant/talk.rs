//! What is said to the assistant itself: that nothing is wanted, and small talk, by the forms of `assistant.toml`.
//!
//! What it is *not*: nothing here does anything. Start at [`read`].

use super::lists;
use super::said::Said;
use crate::forms::Form;
use documents::{DialogueAct, Draft, Verdict};
use serde::Deserialize;
use std::sync::LazyLock;

/// Sentences of one kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lines {
    /// Whether nothing is wanted; small talk otherwise.
    #[serde(default)]
    cancel: bool,
    en: Vec<String>,
    zh: Vec<String>,
}

impl Lines {
    pub(super) fn lines(&self) -> impl Iterator<Item = &String> {
        self.en.iter().chain(&self.zh)
    }
}

static FORMS: LazyLock<Vec<(bool, Form)>> = LazyLock::new(|| {
    let lines = lists::file().unwrap_or_default().talk;
    let each =
        |l: &Lines| l.lines().filter_map(|line| Form::read(line)).flatten().map(|f| (l.cancel, f)).collect::<Vec<_>>();
    lines.iter().flat_map(each).collect()
});

/// A sentence to the assistant itself.
pub(super) fn read(said: &Said) -> Option<Verdict> {
    let cancel = FORMS.iter().find(|(_, form)| !form.fits(&said.chars).is_empty()).map(|(cancel, _)| *cancel)?;
    let act = if cancel { DialogueAct::Cancel } else { DialogueAct::SmallTalk };
    Some(Verdict::Draft(Draft::Dialogue(act)))
}
