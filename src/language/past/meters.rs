//! Which meters "how much did it use" is about.
//!
//! What it is *not*: what they show now; that is a question about a value. Start at [`meters`].

use crate::answers::refuse;
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Item, pieces};
use crate::questions::values;
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use base::id::PointId;
use documents::{Ask, Refusal};
use things::Selector;

/// Meters by the words for what they count; the first is meant where none was said.
const COUNTED: &[(&str, &[&str])] = &[
    (
        "meter.energy",
        &["energy", "electricity", "electric", "power", "kwh", "电", "电量", "能源", "能耗", "电力", "度电"],
    ),
    ("meter.water", &["water", "水", "自来水", "水量"]),
    ("meter.gas", &["gas", "燃气", "天然气", "煤气", "气"]),
];

/// The meters of what is named in tokens, or of as much as there is; none where something else is left over. What they
/// count is said anywhere in the sentence.
pub(super) fn meters(tokens: &[Token], all: &[Token], scene: &Scene<'_>) -> Option<Result<Selector, Refusal>> {
    let counts = |t: &Token| COUNTED.iter().find(|(_, words)| words.iter().any(|w| t.text == *w || han(t, w)));
    let named = |t: &Token| t.entry(scene.lexicon).is_some_and(|e| !e.devices.is_empty() || e.is_place());
    let said = all.iter().filter(|t| !named(t)).find_map(|t| counts(t).map(|(of, _)| *of));
    let idle = |t: &Token| t.is_any(&[C::HowMuch, C::HowMany, C::UsesPower, C::HasUsed, C::Than, C::Higher, C::Lower]);
    let left = tokens.iter().filter(|t| named(t) || counts(t).is_none() && !idle(t));
    let mut nps: Vec<Np> = Vec::new();
    for piece in pieces(&left.cloned().collect::<Vec<_>>(), scene.lexicon, true) {
        match piece.item {
            Item::Np(np) => values::merge(&mut nps, &values::as_property(&np, scene)),
            Item::Unknown(word) if !matches!(word.as_str(), "we" | "house" | "we all" | "我们" | "家里" | "咱们") =>
            {
                return None;
            }
            _ => {}
        }
    }
    let np = match nps.len() {
        0 => Np { everywhere: true, ..Np::default() },
        1 => nps.remove(0),
        _ => return None,
    };
    let own = COUNTED.iter().map(|(of, _)| *of).find(|of| np.props.contains(of));
    let of = things::traits::by_id(said.or(own).unwrap_or("meter.energy"))?.id;
    let whole = np.head.is_none() && np.places.is_empty() && !np.here;
    let np = Np { props: vec![of], everywhere: np.everywhere || whole, ..np };
    Some(values::points_of(&np, &Ask::Sum, scene).and_then(|points| {
        let points: Vec<PointId> =
            points.into_iter().filter(|p| scene.world.point(*p).is_some_and(|s| s.is(of))).collect();
        let points = if whole { topmost(points, scene) } else { points };
        if points.is_empty() { Err(refuse::nothing_to_do()) } else { Ok(points) }
    }))
    .map(|found| found.map(|points| Selector { points, ..Selector::default() }))
}

/// A Chinese word that ends in what is counted: 用了多少度电.
fn han(t: &Token, word: &str) -> bool {
    !word.is_ascii() && t.entry.is_none() && t.text.contains(word)
}

/// Of all meters those of the largest part of the site: others count a part of what they count.
fn topmost(points: Vec<PointId>, scene: &Scene<'_>) -> Vec<PointId> {
    let depth = |p: &PointId| {
        let device = scene.world.point(*p).and_then(|s| scene.world.device(s.device));
        device.and_then(|d| d.space_at(scene.now)).map_or(0, |s| scene.world.path_of(s).len())
    };
    let least = points.iter().map(depth).min().unwrap_or_default();
    points.into_iter().filter(|p| depth(p) == least).collect()
}
