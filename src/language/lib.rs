//! The embedded compiler: Chinese and English text into typed drafts, against the live registry.
//!
//! Sentences about which devices there are stand apart: `devices`, by the whole-sentence forms of `forms`; so do requests
//! for charts: `charts`, for what was: `past`, and for timers, lists and the clock: `assistant`. For all others the
//! pipeline is, each step a file: `normalise` (one form, with a map back), `numbered` (lists by number), `lattice` (all
//! words, the best covers),
//! `sentence` (rule, question or commands), `pieces` and `phrase` (acts, noun phrases, values), `clause`, `ellipsis`,
//! `predicate` (what belongs together), `link` and `ground` (which devices and points), `deed`, `rules`, `asking` and
//! `question` (drafts), `rank` (which reading wins), `provenance` (which words made what). A turn that leaves something
//! out is completed by `context` and `follow` from the turns before. The words are in `lexicon.toml`; names and states
//! come from the world.
//!
//! What it is *not*: it executes nothing, asks no policy, knows no clock and no network; whether a device is reachable
//! is the runtime's to say. Start at [`understand`].

mod asking;
mod assistant;
#[cfg(test)]
mod cases;
mod charts;
mod clause;
mod commands;
mod compared;
mod concept;
mod context;
mod deed;
mod devices;
mod dialogue;
mod ellipsis;
mod follow;
mod forms;
mod fuzzy;
mod ground;
mod lattice;
mod lexicon;
mod link;
mod literals;
mod nicknames;
mod normalise;
mod numbered;
mod numerals;
mod past;
mod phrase;
mod pieces;
mod places;
mod predicate;
mod presence;
mod provenance;
mod question;
mod rank;
pub mod recall;
mod refuse;
pub mod render;
mod rules;
mod scenes;
mod sentence;
mod signs;
mod slips;
mod sounds;
mod talk;
mod times;
mod values;
mod weather;

pub use dialogue::Dialogue;
pub use lexicon::Lexicon;
pub use rules::revise::REVISES;

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
    let text = numbered::spelled_out(&normalise::Text::new(&cut), lexicon);
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
    let text = numbered::spelled_out(&normalise::Text::new(&u.text), lexicon);
    grammar(u, (&u.text, &text), dialogue, world, lexicon, states)
}

fn grammar(
    u: &Utterance,
    (cut, text): (&str, &normalise::Text),
    dialogue: &Dialogue,
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Understanding {
    let whole = |verdict| whole(u, cut, verdict);
    if let Some(verdict) = scenes::read(text, u, world, lexicon) {
        return whole(verdict);
    }
    let scene = scene_of(u, dialogue, world, lexicon, states);
    if let Some(verdict) = devices::read(text, u, scene.clone()) {
        return whole(verdict);
    }
    if let Some(verdict) = weather::read(text, &scene) {
        return whole(verdict);
    }
    if let Some(verdict) = charts::read(text, u, dialogue, &scene) {
        return whole(verdict);
    }
    let covers = lattice::covers(text, lexicon);
    if covers.iter().any(|c| c.tokens.len() > lattice::WORDS_MAX) {
        return whole(Verdict::Refusal(refuse::too_much()));
    }
    let readings = covers.iter().map(|c| (c.excess, talk::read(&c.tokens, text, u, dialogue, world, lexicon, states)));
    let (place, best) = rank::best(readings.collect());
    let tokens = covers.get(place).map_or(&[][..], |c| &c.tokens);
    let part = |f: commands::Found| Part {
        span: text.original(f.from, f.to),
        words: provenance::words(tokens, (f.from, f.to), &f.verdict, text, world, lexicon),
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
) -> link::Scene<'a> {
    let salient = dialogue.salient(world, u.now);
    link::Scene { world, lexicon, states, now: u.now, space: u.space, salient, before: Vec::new() }
}
