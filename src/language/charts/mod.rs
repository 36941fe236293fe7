//! Requests for charts: what is drawn, how its values become one, over which time, in which groups, as what; and changes
//! of the chart before.
//!
//! Words of charts (`words.toml`), ranges of time (`ranges.rs`) and names of the registry compete for the characters in
//! one lattice. What is left over is read as noun phrases and linked as questions are. A sentence that says nothing of a
//! chart is one only when all of it is understood: a quantity that is measured and a range of the past.
//!
//! What it is *not*: nothing is drawn here and no value is read. Start at [`read`].

mod change;
mod days;
mod heard;
mod points;
mod ranges;
mod series;
mod shape;
mod words;

use crate::Utterance;
use crate::answers::refuse;
use crate::dialogue::Dialogue;
use crate::phrases::link::Scene;
use crate::text::lattice;
use crate::text::normalise::Text;
pub(crate) use days::Grain;
use documents::{ChartQuery, Draft, Refusal, Verdict};
use heard::Heard;
pub(crate) use ranges::{Clock, Stretch};
use things::Selector;
use words::Sign;

/// Longest text that is taken for a chart or a question about the past, in characters.
pub(crate) const TEXT_MAX: usize = 500;

/// From and to, in normalised characters.
pub(crate) type Place = (usize, usize);

/// Where in a text a word stands that only a chart has: that it is drawn, or in pieces; and every range of the past.
pub(crate) fn times(text: &Text, clock: &Clock, scene: &Scene<'_>) -> (Vec<Place>, Vec<(Place, Stretch)>) {
    let signs = words::signs(text, scene.lexicon, clock);
    let pieces = |s: &Sign| matches!(s, Sign::Bucket(_) | Sign::Group(_));
    let drawn = signs.iter().filter(|(_, list)| words::wanted(list) || list.iter().any(pieces));
    let time = |s: &Sign| if let Sign::Time(stretch) = s { Some(stretch.clone()) } else { None };
    let times = signs.iter().filter_map(|(span, list)| Some((*span, list.iter().find_map(time)?)));
    (drawn.map(|(span, _)| *span).collect(), times.collect())
}

/// A chart, or why there is none; nothing where the sentence is not about one.
pub(crate) fn read(text: &Text, u: &Utterance, dialogue: &Dialogue, scene: &Scene<'_>) -> Option<Verdict> {
    if text.chars.len() > TEXT_MAX {
        return None;
    }
    let clock = Clock::new(u.now, &scene.world.site().time_zone);
    let signs = words::signs(text, scene.lexicon, &clock);
    let spoken =
        dialogue.last(u.now).iter().rev().find_map(|d| if let Draft::Query(q) = d { Some(&q.select) } else { None });
    let before = dialogue.last(u.now).iter().rev().find_map(|d| if let Draft::Chart(q) = d { Some(q) } else { None });
    let wanted = signs.values().any(|s| words::wanted(s));
    let timed = signs.values().flatten().any(|s| matches!(s, Sign::Time(_) | Sign::Bucket(_)));
    if !wanted && !timed && before.is_none() {
        return None;
    }
    let named =
        |list: &[Sign]| list.iter().find_map(|s| if let Sign::Series(l) = s { l.first().copied() } else { None });
    let spans: Vec<_> = signs.iter().map(|(span, list)| (*span, named(list))).collect();
    let mut refused = None;
    for cover in lattice::covers_with(text, scene.lexicon, &spans) {
        let Some(heard) = Heard::of(&cover.tokens, &signs, scene, &clock) else { continue };
        match chart(&heard, before, spoken, scene) {
            Some(Ok(query)) => return Some(Verdict::Draft(Draft::Chart(query))),
            Some(Err(refusal)) => refused = refused.or(Some(refusal)),
            None => {}
        }
    }
    refused.map(Verdict::Refusal)
}

fn chart(
    heard: &Heard,
    before: Option<&ChartQuery>,
    spoken: Option<&Selector>,
    scene: &Scene<'_>,
) -> Option<Result<ChartQuery, Refusal>> {
    if let Some(query) = before.filter(|_| heard.changes())
        && let Some(changed) = change::apply(query, heard, scene)
    {
        return Some(changed);
    }
    if !heard.wanted && !heard.speaks_of_the_past() {
        return None;
    }
    if !heard.left.is_empty() {
        return heard.wanted.then(|| Err(refuse::not_understood(&heard.left)));
    }
    // "chart that": what was asked about before.
    let pointed = heard.nps.iter().any(|n| !n.is_empty() && !n.pronoun);
    let found = match spoken.filter(|_| heard.wanted && !pointed) {
        Some(select) => Ok(select.points(scene.world, scene.now)),
        None => points::points(heard, scene),
    };
    match found {
        Ok(points) if points.is_empty() => None,
        Ok(points) => {
            let query = shape::query(heard, &points, scene);
            (heard.wanted || shape::is_measured(&query, scene)).then_some(query_or_refusal(query))
        }
        Err(refusal) => heard.wanted.then_some(Err(refusal)),
    }
}

/// What cannot be drawn is said in the words of its check.
fn query_or_refusal(query: ChartQuery) -> Result<ChartQuery, Refusal> {
    match query.check().into_iter().next() {
        None => Ok(query),
        Some(fault) => Err(Refusal {
            reason: documents::Reason::OutOfRange,
            text: fault.message,
            nearest: fault.help.into_iter().collect(),
            sought: None,
        }),
    }
}
