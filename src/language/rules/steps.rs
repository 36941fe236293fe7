//! What a rule does, step by step: acts, times to wait, notices, scenes.
//!
//! What it is *not*: when it does so. Start at [`steps`].

use super::refused;
use super::segments::asks_notice;
use crate::clause::{self, Clause};
use crate::commands;
use crate::concept::Concept as C;
use crate::lattice::Token;
use crate::link::Scene;
use crate::pieces::{act_of, pieces};
use crate::refuse;
use base::Span;
use documents::{Act, Draft, Verdict};
use things::States;

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Wait(Span),
    /// Acts, and how long they last.
    Acts(Vec<Act>, Option<Span>),
    /// People are told this.
    Notify(String),
}

/// The steps and how sure they are.
type Stepped = Result<(Vec<Step>, f64), Box<Verdict>>;

/// The steps of the acts of a rule; `told` is what a notice says that has no words of its own. A rule with a part that cannot be done is not made.
pub(crate) fn steps(tokens: &[Token], told: &str, scene: &mut Scene<'_>, states: &States, begun: &[Act]) -> Stepped {
    let mut out = Vec::new();
    let mut confidence: f64 = 1.0;
    let mut run: Vec<Token> = Vec::new();
    for chunk in chunks(tokens) {
        if restores(chunk) {
            confidence = confidence.min(acts(&std::mem::take(&mut run), scene, states, &mut out)?);
            let back = super::graph::inverse(begun, scene.world).map_err(refused)?;
            out.push(Step::Acts(back, None));
            continue;
        }
        let Some(at) = chunk.iter().position(notifies) else {
            run.extend_from_slice(chunk);
            continue;
        };
        run.extend_from_slice(chunk.get(..at).unwrap_or_default());
        confidence = confidence.min(acts(&std::mem::take(&mut run), scene, states, &mut out)?);
        let said = message(chunk.get(at + 1..).unwrap_or_default());
        out.push(Step::Notify(said.unwrap_or_else(|| told.to_owned())));
    }
    confidence = confidence.min(acts(&run, scene, states, &mut out)?);
    if !out.iter().any(|s| !matches!(s, Step::Wait(_))) {
        return Err(refused(refuse::not_understood(&[])));
    }
    Ok((out, confidence))
}

/// All the acts of some steps.
pub(crate) fn acts_of(steps: &[Step]) -> Vec<Act> {
    steps.iter().flat_map(|s| if let Step::Acts(acts, _) = s { acts.clone() } else { Vec::new() }).collect()
}

/// "put it back", 调回来: what the rule before began is taken back.
fn restores(chunk: &[Token]) -> bool {
    let idle =
        |t: &&Token| !t.punctuation() && !t.is_any(&[C::Filler, C::And, C::Then, C::Again, C::It, C::Them, C::Object]);
    let mut words = chunk.iter().filter(idle).peekable();
    words.peek().is_some() && words.all(|t| t.is(C::Undo) && t.entry.is_none())
}

/// Whether a word asks for a notice.
fn notifies(t: &Token) -> bool {
    t.entry.is_none() && asks_notice(t)
}

/// The words between breaks, each with the break in front of it.
fn chunks(tokens: &[Token]) -> Vec<&[Token]> {
    let mut cuts = vec![0];
    for (i, t) in tokens.iter().enumerate().skip(1) {
        if t.punctuation() || (t.is_any(&[C::And, C::Then]) && t.entry.is_none()) {
            cuts.push(i);
        }
    }
    cuts.push(tokens.len());
    cuts.windows(2).filter_map(|w| if let [a, b] = w { tokens.get(*a..*b) } else { None }).collect()
}

/// What shall be said: the words behind the one that asks for a notice.
fn message(tokens: &[Token]) -> Option<String> {
    let idle = |t: &Token| {
        t.punctuation() || t.is_any(&[C::Filler, C::Then, C::To, C::Article, C::Now, C::ABit]) || t.is_any(&[C::Notify])
    };
    let from = tokens.iter().position(|t| !idle(t))?;
    let words: Vec<&Token> = tokens.iter().skip(from).collect();
    // "tell me about it" says nothing of its own.
    let content = words.iter().any(|t| t.unknown() || t.entry.is_some() || act_of(t).is_some());
    if !content {
        return None;
    }
    let mut said = String::new();
    for (i, t) in words.iter().enumerate() {
        let gap = i.checked_sub(1).and_then(|p| words.get(p)).is_some_and(|p| p.to < t.from);
        if gap {
            said.push(' ');
        }
        said.push_str(&t.text);
    }
    Some(said)
}

/// Acts and times to wait.
fn acts(tokens: &[Token], scene: &mut Scene<'_>, states: &States, out: &mut Vec<Step>) -> Result<f64, Box<Verdict>> {
    let idle = |t: &Token| t.punctuation() || t.is_any(&[C::Filler, C::And, C::Then, C::Now]) && act_of(t).is_none();
    if tokens.iter().all(idle) {
        return Ok(1.0);
    }
    let mut confidence: f64 = 1.0;
    let tokens = without_remarks(tokens, scene);
    for mut c in clause::clauses(&pieces(&tokens, scene.lexicon, false), scene.lexicon) {
        let (after, lasting) = (c.after.take(), c.lasting.take());
        out.extend(after.map(Step::Wait));
        if c.is_empty() {
            // "wait half a minute".
            out.extend(lasting.filter(|_| after.is_none()).map(Step::Wait));
            continue;
        }
        let (acts, sure) = clause_acts(&mut c, scene, states)?;
        confidence = confidence.min(sure);
        out.push(Step::Acts(acts, lasting));
    }
    Ok(confidence)
}

/// 免得浪费: words between breaks that point at nothing and ask for nothing, beside others that do, are a remark.
fn without_remarks(tokens: &[Token], scene: &Scene<'_>) -> Vec<Token> {
    let says = |t: &Token| {
        t.literal.is_some()
            || act_of(t).is_some()
            || t.entry(scene.lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty() || !e.states.is_empty())
            || t.is_any(&[
                C::On,
                C::Off,
                C::It,
                C::Them,
                C::All,
                C::Everything,
                C::Except,
                C::RoomWord,
                C::ApplianceWord,
                C::TimeWord,
            ])
    };
    let mut out: Vec<Token> = Vec::new();
    for part in tokens.split_inclusive(Token::punctuation) {
        let refers = |t: &Token| t.entry(scene.lexicon).is_some_and(crate::lexicon::Entry::is_reference);
        let spared = part.iter().find(|t| !t.punctuation()).is_some_and(|t| {
            t.is(C::Not)
                || matches!(t.text.as_str(), "免得" | "省得" | "以免" | "防止" | "so that" | "to save" | "because")
        });
        let remark = part.iter().any(Token::unknown) && (!part.iter().any(says) || spared && !part.iter().any(refers));
        if !remark || out.iter().all(|t| !says(t)) {
            out.extend_from_slice(part);
        }
    }
    out
}

fn clause_acts(c: &mut Clause, scene: &mut Scene<'_>, states: &States) -> Result<(Vec<Act>, f64), Box<Verdict>> {
    let mut acts = Vec::new();
    let mut confidence: f64 = 1.0;
    for f in commands::clause(c, scene, states) {
        match f.verdict {
            Verdict::Draft(Draft::Commands(a)) => acts.extend(a),
            other => return Err(Box::new(other)),
        }
        confidence = confidence.min(f.confidence);
    }
    if acts.is_empty() {
        return Err(refused(refuse::not_understood(&[])));
    }
    Ok((acts, confidence))
}
