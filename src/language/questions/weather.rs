//! What the weather is: answered from what is measured outside, where a home measures it.
//!
//! What it is *not*: a forecast; nobody here knows one, and without a station the question is out of domain. Start at
//! [`read`].

use crate::phrases::link::{self, Scene};
use crate::text::lattice::{self, Token};
use crate::text::normalise::Text;
use crate::words::concept::Concept as C;
use crate::words::signs;
use base::id::PointId;
use documents::{Ask, Draft, Query, Verdict};
use things::{PointKind, Selector};

/// The kind of device that measures it.
const STATION: &str = "weather_station";
/// Words for it.
const WEATHER: &[&str] = &["weather", "the weather", "天气", "天气情况", "气象"];
/// What is measured outside and is weather, in the order in which it is told.
const MEASURED: &[&str] = &["measure.temperature", "measure.humidity"];
/// Most values that are told.
const TOLD_MAX: usize = 5;

/// The question about present weather; none where it is about anything else, or nothing is measured outside.
pub(crate) fn read(text: &Text, scene: &Scene<'_>) -> Option<Verdict> {
    let whole: String = text.chars.iter().collect();
    if !WEATHER.iter().any(|w| whole.contains(w)) {
        return None;
    }
    let cover = lattice::covers(text, scene.lexicon).into_iter().next()?;
    let weather = |t: &Token| WEATHER.contains(&t.text.as_str());
    let idle = |t: &Token| {
        let asks = [C::What, C::LookUp, C::Is, C::Now, C::Filler, C::Article, C::Of, C::At, C::It, C::YesNo, C::HowHot];
        let present =
            matches!(t.text.as_str(), "like" | "today" | "right now" | "at the moment" | "今天" | "今日" | "目前");
        t.punctuation() || present || t.entry.is_none() && (t.is_any(&asks) || t.is(C::Outdoors))
    };
    if !cover.tokens.iter().any(weather) || !cover.tokens.iter().all(|t| weather(t) || idle(t)) {
        return None;
    }
    let points = points(scene);
    let select = Selector { points, ..Selector::default() };
    (!select.points.is_empty()).then_some(Verdict::Draft(Draft::Query(Query { select, ask: Ask::Value })))
}

/// What a station measures; else what sensors measure that are called after the outside.
fn points(scene: &Scene<'_>) -> Vec<PointId> {
    let station = link::of_kind(scene.world, STATION).into_iter().next();
    if let Some(station) = station {
        let read = scene.world.points_of(station).filter(|p| !p.writable && p.kind != PointKind::Service);
        return read.map(|p| p.id).take(TOLD_MAX).collect();
    }
    let outside = signs::called_outdoors(scene);
    let measured = |of: &&str| outside.iter().find_map(|d| scene.world.point_with(*d, of));
    MEASURED.iter().filter_map(measured).map(|p| p.id).collect()
}
