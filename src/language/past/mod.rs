//! Questions about what was: "when was the gate last open", 灯开了多久了, "how often did it run today", 昨晚超过26度没有.
//!
//! Words of such questions (`words.toml`) and ranges of time are taken out; what is left is read as a question about the
//! present, whose points and condition are then asked about in the past.
//!
//! What it is *not*: no history is read here, and values in pieces of time are charts. Start at [`read`].

mod heard;
mod meters;
mod words;

use crate::Utterance;
use crate::charts::{self, Clock};
use crate::dialogue::Dialogue;
use crate::dialogue::context;
use crate::phrases::link::Scene;
use crate::text::lattice;
use crate::text::normalise::Text;
use documents::chart::Range;
use documents::{Ask, Comparison, Condition, Draft, PastAsk, PastQuery, Query, Reason, Setting, Verdict};
use heard::Heard;
use things::Selector;

/// A question about what was, or why it cannot be asked; nothing where the sentence is about anything else.
pub(crate) fn read(text: &Text, u: &Utterance, dialogue: &Dialogue, scene: &Scene<'_>) -> Option<Verdict> {
    if text.chars.len() > charts::TEXT_MAX {
        return None;
    }
    let before = dialogue.last(u.now).last();
    let signs = words::signs(text);
    let again = if let Some(Draft::Past(query)) = before { Some(query) } else { None };
    if signs.is_empty() && again.is_none() {
        return None;
    }
    let clock = Clock::new(u.now, &scene.world.site().time_zone);
    let (drawn, times) = charts::times(text, &clock, scene);
    let spans: Vec<_> =
        signs.keys().chain(&drawn).chain(times.iter().map(|(span, _)| span)).map(|s| (*s, None)).collect();
    let cover = lattice::covers_with(text, scene.lexicon, &spans).into_iter().next()?;
    let known = |span: &charts::Place| signs.contains_key(span) || times.iter().any(|(time, _)| time == span);
    if cover.tokens.iter().map(|t| (t.from, t.to)).any(|span| drawn.contains(&span) && !known(&span)) {
        return None;
    }
    let mut scene = scene.clone();
    if before.is_some() {
        context::set(&cover.tokens, dialogue, &mut scene);
    }
    let heard = Heard::of(&cover.tokens, &signs, &times, &clock, &scene)?;
    if let Some(query) = again.and_then(|query| heard.at_another_time(query)) {
        return Some(Verdict::Draft(Draft::Past(query)));
    }
    match heard.query(before.and_then(|d| spoken(d, &scene)), &scene)? {
        Ok(query) => Some(Verdict::Draft(Draft::Past(query))),
        // What is not understood as such a question may be another one.
        Err(r) => (r.reason != Reason::NotUnderstood).then_some(Verdict::Refusal(r)),
    }
}

/// What was said or done last as something that can be asked about: "since when", 谁弄的.
fn spoken(draft: &Draft, scene: &Scene<'_>) -> Option<(Selector, Condition)> {
    match draft {
        Draft::Query(Query { select, ask: Ask::All(c) | Ask::Any(c) | Ask::Which(c) | Ask::Count(c) }) => {
            // Of what is not so it is asked since when it is not.
            let points = select.points(scene.world, scene.now);
            let holds = |p| scene.states.get(p).is_none_or(|s| c.op.holds(&s.value, &c.value));
            let open = matches!(c.op, Comparison::Eq | Comparison::Ne) || points.iter().any(holds);
            let op = if points.iter().any(holds) || !open { c.op } else { c.op.negated() };
            Some((select.clone(), Condition { op, value: c.value.clone() }))
        }
        Draft::Query(Query { select, ask: Ask::Value }) => {
            let points = select.points(scene.world, scene.now);
            let value = points.first().and_then(|p| scene.states.get(p)).map(|s| s.value.clone());
            let value = value.filter(|v| v.as_number().is_none())?;
            Some((select.clone(), Condition { op: Comparison::Eq, value }))
        }
        Draft::Past(query) => Some((query.select.clone(), query.ask.condition()?.clone())),
        Draft::Commands(acts) => {
            let first = acts.first()?;
            let Setting::To(value) = &first.setting else { return None };
            let alike = |a: &&documents::Act| a.setting == first.setting;
            let points = acts.iter().filter(alike).map(|a| a.point).collect();
            let select = Selector { points, ..Selector::default() };
            Some((select, Condition { op: Comparison::Eq, value: value.clone() }))
        }
        _ => None,
    }
}

/// The question about the present that a question about the past is made of: for what follows it.
pub(crate) fn as_query(past: &PastQuery) -> Query {
    let ask = match &past.ask {
        PastAsk::Highest => Ask::Highest,
        PastAsk::Lowest => Ask::Lowest,
        PastAsk::Mean => Ask::Mean,
        PastAsk::Used => Ask::Sum,
        PastAsk::Value => Ask::Value,
        other => other.condition().map_or(Ask::Value, |c| Ask::All(c.clone())),
    };
    Query { select: past.select.clone(), ask }
}

/// The same question about the past of other points.
pub(crate) fn of_others(past: &PastQuery, query: Query) -> Option<PastQuery> {
    // A state is asked of what has that state.
    let same = past.ask.condition().is_none() || matches!(query.ask, Ask::All(_));
    same.then(|| PastQuery { select: query.select, ..past.clone() })
}

/// Today, where a question needs a time and none was said.
fn today() -> Range {
    Range::Calendar("today".into())
}
