//! The embedded compiler: Chinese and English text into typed drafts, against the live registry.
//!
//! The pipeline, a folder a step: `text` (one form, all readings as words), `words` (what they mean, and the names of the
//! registry), `phrases` (acts, noun phrases, the devices they point at), then by what is wanted `orders`, `questions`,
//! `rules`; `reading` says which of these a sentence is, which reading wins and which words made what. What stands apart
//! has its own way from the text: `forms` (whole sentences with gaps: which devices there are, scenes), `charts`, `past`
//! (what was), `assistant` (timers, lists, the clock), `standing` (rules that exist). `dialogue` completes a turn that leaves something out from the
//! turns before; `answers` is what is said back. The words are in TOML files beside the code that reads them; names and
//! states come from the world.
//!
//! What it is *not*: it executes nothing, asks no policy, knows no clock and no network; whether a device is reachable
//! is the runtime's to say. Start at [`understand`].

mod answers;
mod assistant;
#[cfg(test)]
mod cases;
mod charts;
mod dialogue;
mod forms;
mod orders;
mod past;
mod phrases;
mod questions;
mod reading;
mod rules;
mod standing;
mod text;
mod words;

pub use answers::recall;
pub use answers::render;
pub use dialogue::Dialogue;
pub use rules::revise::REVISES;
pub use standing::{KnownRule, never_acts, read as understand_rules};
pub use words::lexicon::Lexicon;

use base::id::SpaceId;
use base::{Lang, Timestamp, limits};
use documents::{Part, Understanding, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{States, World};

/// What was said, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Utterance {
    /// The words.
    pub text: String,
    /// The language to answer in; that of the text when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// Where the speaker is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// When it was said.
    pub now: Timestamp,
}

impl Utterance {
    /// Words without a place.
    pub fn new(text: impl Into<String>, now: Timestamp) -> Self {
        Utterance { text: text.into(), lang: None, space: None, now }
    }
    /// The language to answer in.
    pub fn answer_lang(&self) -> Lang {
        self.lang.unwrap_or_else(|| Lang::of_text(&self.text))
    }
}

/// Turns words into drafts, questions and refusals, clause by clause. Total and deterministic.
pub fn understand(
    u: &Utterance,
    dialogue: &Dialogue,
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Understanding {
    let cut: String = u.text.chars().take(limits::UTTERANCE_CHARS_MAX).collect();
    let text = text::numbered::spelled_out(&text::normalise::Text::new(&cut), lexicon);
    if let Some(verdict) = past::read(&text, u, dialogue, &scene_of(u, dialogue, world, lexicon, states)) {
        return whole(u, &cut, verdict);
    }
    assistant::read(u, &text, dialogue, world, lexicon, states)
        .unwrap_or_else(|| grammar(u, (&cut, &text), dialogue, world, lexicon, states))
}

/// As [`understand`], for words of which the time when they count has been taken.
pub(crate) fn plainly(
    u: &Utterance,
    dialogue: &Dialogue,
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Understanding {
    let text = text::numbered::spelled_out(&text::normalise::Text::new(&u.text), lexicon);
    grammar(u, (&u.text, &text), dialogue, world, lexicon, states)
}

fn grammar(
    u: &Utterance,
    (cut, text): (&str, &text::normalise::Text),
    dialogue: &Dialogue,
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Understanding {
    let whole = |verdict| whole(u, cut, verdict);
    if let Some(verdict) = forms::scenes::read(text, u, world, lexicon) {
        return whole(verdict);
    }
    let scene = scene_of(u, dialogue, world, lexicon, states);
    if let Some(verdict) = forms::devices::read(text, u, scene.clone()) {
        return whole(verdict);
    }
    if let Some(verdict) = questions::weather::read(text, &scene) {
        return whole(verdict);
    }
    if let Some(verdict) = charts::read(text, u, dialogue, &scene) {
        return whole(verdict);
    }
    let covers = text::lattice::covers(text, lexicon);
    if covers.iter().any(|c| c.tokens.len() > text::lattice::WORDS_MAX) {
        return whole(Verdict::Refusal(answers::refuse::too_much()));
    }
    let readings =
        covers.iter().map(|c| (c.excess, reading::talk::read(&c.tokens, text, u, dialogue, world, lexicon, states)));
    let (place, best) = reading::rank::best(readings.collect());
    let tokens = covers.get(place).map_or(&[][..], |c| &c.tokens);
    let part = |f: orders::commands::Found| Part {
        span: text.original(f.from, f.to),
        words: reading::provenance::words(tokens, (f.from, f.to), &f.verdict, text, world, lexicon),
        verdict: f.verdict,
    };
    Understanding {
        lang: u.answer_lang(),
        parts: best.parts.into_iter().map(part).collect(),
        confidence: best.confidence,
    }
}

/// One verdict for all that was said.
fn whole(u: &Utterance, cut: &str, verdict: Verdict) -> Understanding {
    let span = (0, cut.chars().count());
    Understanding { lang: u.answer_lang(), parts: vec![Part::new(span, verdict)], confidence: 1.0 }
}

fn scene_of<'a>(
    u: &Utterance,
    dialogue: &Dialogue,
    world: &'a World,
    lexicon: &'a Lexicon,
    states: &'a States,
) -> phrases::link::Scene<'a> {
    let salient = dialogue.salient(world, u.now);
    phrases::link::Scene { world, lexicon, states, now: u.now, space: u.space, salient, before: Vec::new() }
}
