//! Whether a sentence asks how Castellan is used, so that its manual answers it and nothing else happens.
//!
//! What it is *not*: it never takes a sentence from the building. What was understood as a command, a question about
//! states, a rule or a chart stays that, and so does every sentence that names a device or a place.

use base::bilingual::is_han;
use documents::{DialogueAct, Draft, Understanding, Verdict};
use std::collections::BTreeSet;
use things::{World, templates};

/// Whether the manual answers the sentence.
pub(crate) fn answered(text: &str, understood: &Understanding, world: &World) -> bool {
    manual::asks(text, understood.lang).is_some()
        && !understood.parts.iter().any(|p| is_about_the_building(&p.verdict))
        && !names_something(text, world)
        && manual::answer(text, understood.lang).is_some()
}

/// Whether a part is to be done or answered as it was understood. "How do I add a light?" reads like a wish for one,
/// and is a question; nothing of it is to be done.
fn is_about_the_building(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Question(_) | Verdict::Refusal(_) => false,
        Verdict::Draft(draft) => match draft {
            Draft::Commands(_)
            | Draft::Query(_)
            | Draft::Past(_)
            | Draft::Rule(_)
            | Draft::Rules(_)
            | Draft::Chart(_)
            | Draft::Timer(_)
            | Draft::List(_)
            | Draft::Clock(_) => true,
            Draft::Dialogue(act) => !matches!(act, DialogueAct::SmallTalk),
            Draft::Device(_) | Draft::SaveScene { .. } => false,
        },
    }
}

/// Whether a device or place is named. A name that only says what kind of device it is names none in particular.
fn names_something(text: &str, world: &World) -> bool {
    let text = text.to_lowercase();
    let kinds: BTreeSet<String> =
        templates::all().flat_map(|(_, model)| model.x.names.all()).map(str::to_lowercase).collect();
    let names = world.devices().flat_map(|d| d.names.all()).chain(world.spaces().flat_map(|s| s.names.all()));
    names.map(str::to_lowercase).any(|name| !kinds.contains(&name) && says(&text, &name))
}

/// Whether a text has a name: as whole words, where words have ends.
fn says(text: &str, name: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_han(c));
    let (first, last) = (name.chars().next(), name.chars().next_back());
    name.chars().count() > 1
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|t| t.chars().next());
            !(inner(before) && inner(first) || inner(last) && inner(after))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_words_where_words_have_ends() {
        assert!(says("how do i dim the lobby light?", "lobby light"));
        assert!(!says("how do i dim the lobby lights2?", "lobby lights"));
        assert!(says("怎么调大厅灯的亮度", "大厅灯"));
        assert!(!says("how do i connect a lamp", "l"));
    }
}
