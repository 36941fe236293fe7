//! What an assistant is asked beside devices: timers, reminders, commands for later, lists, the clock and the calendar.
//!
//! Every reader here takes a sentence only as a whole: what it cannot account for to the last word stays with the grammar
//! of commands, questions and rules. Which timers and lists there are is not known here; the runtime resolves what is
//! meant. Start at [`read`].

mod clock;
mod later;
mod lists;
mod moment;
mod reminders;
mod said;
mod talk;
mod timers;

use crate::{Dialogue, Lexicon, Utterance, plainly};
use base::Timestamp;
use documents::{Act, Draft, Part, TimerAct, Understanding, Verdict};
use said::Said;
use things::{States, World};

/// What is looked at beside the words.
#[derive(Clone, Copy)]
struct Around<'a> {
    u: &'a Utterance,
    dialogue: &'a Dialogue,
    world: &'a World,
    lexicon: &'a Lexicon,
    states: &'a States,
}

impl Around<'_> {
    fn now(&self) -> Timestamp {
        self.u.now
    }

    /// The commands that words stand for; none when they stand for anything else, or not for commands alone.
    fn commands(&self, words: &str) -> Option<Vec<Act>> {
        self.commands_after(words, self.dialogue)
    }

    fn commands_after(&self, words: &str, dialogue: &Dialogue) -> Option<Vec<Act>> {
        let mut acts = Vec::new();
        for verdict in self.verdicts(words, dialogue) {
            let Verdict::Draft(Draft::Commands(more)) = verdict else { return None };
            acts.extend(more);
        }
        Some(acts).filter(|a| !a.is_empty())
    }

    /// What words are by the grammar of commands, questions and rules.
    fn plainly(&self, words: &str) -> Vec<Verdict> {
        self.verdicts(words, self.dialogue)
    }

    fn verdicts(&self, words: &str, dialogue: &Dialogue) -> Vec<Verdict> {
        let words = words.trim();
        if words.is_empty() {
            return Vec::new();
        }
        let u = Utterance { text: words.to_owned(), ..self.u.clone() };
        let understood = plainly(&u, dialogue, self.world, self.lexicon, self.states);
        understood.parts.into_iter().map(|p| p.verdict).collect()
    }
}

/// A request that is about one of these; none when it is about anything else.
pub(crate) fn read(
    u: &Utterance,
    text: &crate::text::normalise::Text,
    dialogue: &Dialogue,
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Option<Understanding> {
    let said = Said::new(text, &u.text);
    let around = Around { u, dialogue, world, lexicon, states };
    let verdicts = clock::read(&said)
        .or_else(|| talk::read(&said))
        .or_else(|| lists::read(&said))
        .or_else(|| reminders::read(&said, around))
        .map(|v| vec![v])
        .or_else(|| later::read(&said, around).filter(|_| !standing(text, lexicon)))
        .or_else(|| timers::read(&said, around).map(|v| vec![v]))?;
    let span = (0, u.text.chars().count());
    let parts = verdicts.into_iter().map(|verdict| Part::new(span, verdict)).collect();
    Some(Understanding { lang: u.answer_lang(), parts, confidence: 1.0 })
}

/// Whether the words are those of a rule that begins with a condition: 都没人，过了半小时就…
fn standing(text: &crate::text::normalise::Text, lexicon: &Lexicon) -> bool {
    let covers = crate::text::lattice::covers(text, lexicon);
    let rules = covers.first().and_then(|c| crate::rules::assemble::rules(&c.tokens, lexicon));
    rules.is_some_and(|list| list.iter().all(|r| !r.condition.is_empty()))
}

fn timer(act: TimerAct) -> Verdict {
    Verdict::Draft(Draft::Timer(act))
}
