//! What a rule does, step by step: acts, times to wait, notices, scenes.
//!
//! What it is *not*: when it does so. Start at [`steps`].

use super::refused;
use super::segments::asks_notice;
use crate::answers::refuse;
use crate::orders::clause::{self, Clause};
use crate::orders::commands;
use crate::phrases::link::Scene;
use crate::phrases::pieces::{Act as Deed, Verb, act_of, pieces};
use crate::reading::sentence::tells;
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use base::id::{DeviceId, PointId};
use base::{Span, Value};
use documents::{Act, Draft, Refusal, Setting, Verdict};
use things::{States, World};

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Wait(Span),
    /// Acts, and how long they last.
    Acts(Vec<Act>, Option<Span>),
    /// People are told this.
    Notify(String),
    /// These are as they were when the rule began.
    Back(Vec<PointId>),
}

/// The steps and how sure they are.
type Stepped = Result<(Vec<Step>, f64), Box<Verdict>>;

/// The steps of the acts of a rule; `told` is what a notice says that has no words of its own. A rule with a part that cannot be done is not made.
pub(crate) fn steps(tokens: &[Token], told: &str, scene: &mut Scene<'_>, states: &States, begun: &[Act]) -> Stepped {
    let mut out = Vec::new();
    let mut confidence: f64 = 1.0;
    let mut run: Vec<Token> = Vec::new();
    let tokens = &without_idle(tokens);
    for chunk in chunks(tokens) {
        if restores(chunk) {
            confidence = confidence.min(acts(&std::mem::take(&mut run), scene, states, &mut out)?);
            out.extend(back(begun, scene.world).map_err(refused)?);
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
    out.retain(|s| !matches!(s, Step::Acts(acts, _) if acts.is_empty()));
    if !out.iter().any(|s| !matches!(s, Step::Wait(_))) {
        return Err(refused(refuse::not_understood(&[])));
    }
    Ok((out, confidence))
}

/// The steps of "otherwise": what they leave out is that of the acts before. "... at 40 percent, otherwise at full".
pub(crate) fn otherwise(
    acts: &[Token],
    tokens: &[Token],
    told: &str,
    scene: &mut Scene<'_>,
    states: &States,
    begun: &[Act],
) -> Result<Vec<Step>, Box<Verdict>> {
    let complete =
        tokens.iter().any(|t| act_of(t).is_some() || notifies(t) || t.is_any(&[C::On, C::Off, C::Undo, C::Void]));
    if complete {
        return Ok(steps(tokens, told, scene, states, begun)?.0);
    }
    let valued = |t: &Token| t.literal.is_some() || t.is_any(&[C::Maximum, C::Minimum]);
    let at = acts.iter().rposition(valued).map_or(acts.len(), |last| {
        let lead = acts.get(..last).unwrap_or_default();
        if lead.last().is_some_and(|t| t.is_any(&[C::To, C::At]) && t.entry.is_none()) { last - 1 } else { last }
    });
    let mut whole: Vec<Token> = acts.get(..at).unwrap_or_default().to_vec();
    whole.extend(tokens.iter().cloned());
    Ok(steps(&whole, told, scene, states, begun)?.0)
}

/// 只按一下不用理, 开门搬货那种别吵我: parts between breaks that ask for nothing and point at nothing.
fn without_idle(tokens: &[Token]) -> Vec<Token> {
    let parts = || tokens.split_inclusive(Token::punctuation);
    let idle = |part: &[Token]| {
        let negated = part.iter().any(|t| t.is_any(&[C::Not, C::Void]) && t.entry.is_none() && !t.is(C::Stop));
        let means = part.iter().find(|t| !t.punctuation()).is_some_and(|t| t.is(C::Means) && t.entry.is_none());
        means
            || negated
                && (part.iter().any(Token::unknown)
                    || !part.iter().any(|t| t.entry.is_some() || t.is_any(&[C::On, C::Off, C::It, C::Them])))
    };
    let asked = parts().filter(|p| !idle(p)).any(|p| p.iter().any(|t| !t.punctuation()));
    if !asked {
        return tokens.to_vec();
    }
    parts().filter(|p| !idle(p)).flatten().cloned().collect()
}

/// All the acts of some steps.
pub(crate) fn acts_of(steps: &[Step]) -> Vec<Act> {
    steps.iter().flat_map(|s| if let Step::Acts(acts, _) = s { acts.clone() } else { Vec::new() }).collect()
}

/// Switches go the other way; what was set to a value is as it was before.
fn back(begun: &[Act], world: &World) -> Result<Vec<Step>, Refusal> {
    let switch = |a: &&Act| matches!(a.setting, Setting::To(Value::Bool(_)));
    let (switched, set): (Vec<Act>, Vec<Act>) = begun.iter().cloned().partition(|a| switch(&a));
    let mut out = Vec::new();
    if !set.is_empty() {
        out.push(Step::Back(set.iter().map(|a| a.point).collect()));
    }
    if !switched.is_empty() || set.is_empty() {
        out.push(Step::Acts(super::graph::inverse(&switched, world)?, None));
    }
    Ok(out)
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
    let tokens = orders(&without_remarks(tokens, scene), scene);
    for mut c in clause::clauses(&pieces(&tokens, scene.lexicon, false), scene.lexicon) {
        if c.not {
            spared(&mut c, scene, states, out);
            continue;
        }
        // 喷雾两分钟: a thing and a time.
        if c.act.is_none() && c.vals.is_empty() && c.lasting.is_some() && !c.nps.is_empty() {
            c.act = Some(Deed { verb: Verb::On, trait_: None });
        }
        // 亮度20%: a property and its value.
        if c.act.is_none() && !c.vals.is_empty() && !c.nps.is_empty() && c.nps.iter().all(|n| n.only_prop()) {
            c.act = Some(Deed { verb: Verb::Set, trait_: None });
        }
        // "leave the lights": they are not touched.
        let left = |t: &Token| t.text.starts_with("leave") && t.from >= c.from && t.to <= c.to;
        if c.act.is_some_and(|a| a.verb == Verb::Turn) && c.vals.is_empty() && tokens.iter().any(left) {
            continue;
        }
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
        // "the lights there on and the blinds down": those of the same room.
        scene.space = scene.space.or(scene.room_of(&scene.salient));
    }
    Ok(confidence)
}

/// What is told of a thing is an order in a rule: "the sign goes off at midnight".
fn orders(tokens: &[Token], scene: &Scene<'_>) -> Vec<Token> {
    let base = |t: &Token| {
        let (first, rest) = t.text.split_once(' ').unwrap_or((&t.text, ""));
        let first = first.strip_suffix("es").filter(|f| f.ends_with('o')).or(first.strip_suffix('s')).unwrap_or(first);
        format!("{first} {rest}").trim().to_owned()
    };
    let told =
        |t: &Token| t.entry.is_none() && t.literal.is_none() && t.text.is_ascii() && tells(t) && act_of(t).is_some();
    // 给它合上: a circuit that is closed carries current.
    let circuit = |d: &DeviceId| {
        let has = |trait_: &str| scene.world.points_of(*d).any(|p| p.is(trait_) && p.writable);
        has("on_off") && !has("opening") && !has("position")
    };
    let circuits = !scene.salient.is_empty() && scene.salient.iter().all(circuit);
    let lock = |t: &Token| match t.text.as_str() {
        "合上" | "合起来" | "推上" if circuits => Some(C::TurnOn),
        "locked" => Some(C::Lock),
        "unlocked" => Some(C::Unlock),
        _ => None,
    };
    let mended = |t: &Token| match lock(t).filter(|c| act_of(t).is_none() || *c == C::TurnOn) {
        Some(c) => Token { concepts: vec![c], entry: None, ..t.clone() },
        None => t.clone(),
    };
    let tokens: Vec<Token> = tokens.iter().map(mended).collect();
    tokens.iter().map(|t| if told(t) { Token { text: base(t), ..t.clone() } } else { t.clone() }).collect()
}

/// "but leave the lamp alone": what is not to be done is taken out of what is.
fn spared(c: &mut Clause, scene: &mut Scene<'_>, states: &States, out: &mut [Step]) {
    c.not = false;
    let mut aside = scene.clone();
    let Ok((acts, _)) = clause_acts(c, &mut aside, states) else { return };
    for step in out {
        if let Step::Acts(done, _) = step {
            done.retain(|a| !acts.iter().any(|x| x.point == a.point));
        }
    }
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
    let elsewhere = |part: &[Token]| {
        let same = |other: &[Token]| other.first().map(|t| t.from) == part.first().map(|t| t.from);
        tokens.split_inclusive(Token::punctuation).any(|other| !same(other) && other.iter().any(says))
    };
    let mut out: Vec<Token> = Vec::new();
    for part in tokens.split_inclusive(Token::punctuation) {
        let refers = |t: &Token| t.entry(scene.lexicon).is_some_and(crate::words::lexicon::Entry::is_reference);
        let spared = part.iter().find(|t| !t.punctuation()).is_some_and(|t| {
            t.is(C::Not)
                || matches!(t.text.as_str(), "免得" | "省得" | "以免" | "防止" | "so that" | "to save" | "because")
        });
        let negated = part.iter().any(|t| t.is_any(&[C::Not, C::Void]) && t.entry.is_none());
        let nothing = negated && (!part.iter().any(says) || part.iter().any(Token::unknown));
        let remark = nothing
            || part.iter().any(Token::unknown) && (!part.iter().any(says) || spared && !part.iter().any(refers));
        if !remark || !elsewhere(part) {
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
