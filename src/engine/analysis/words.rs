//! How findings are said. What it is *not*: it finds nothing.

use super::effects::Outline;
use super::simulate::Situation;
use crate::limits::LISTED_MAX;
use base::Bilingual;
use base::id::PointId;
use std::collections::BTreeSet;
use things::World;

/// The name of a rule in quotes.
pub(super) fn name(outline: &Outline<'_>) -> Bilingual {
    let name = &outline.graph.name;
    Bilingual::new(format!("“{}”", name.zh), format!("“{}”", name.en))
}

/// Rules by name, each once: “A” and “B”.
pub(super) fn names(rules: &[&Outline<'_>]) -> Bilingual {
    let mut seen = BTreeSet::new();
    let each: Vec<Bilingual> = rules.iter().filter(|r| seen.insert(r.id())).map(|r| name(r)).collect();
    match each.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            let rest = Bilingual::join(rest, &Bilingual::new("、", ", "));
            Bilingual::new(format!("{}与{}", rest.zh, last.zh), format!("{} and {}", rest.en, last.en))
        }
        _ => each.into_iter().next().unwrap_or_default(),
    }
}

/// Points by name, the first few of them.
pub(super) fn points(points: &[PointId], world: &World) -> Bilingual {
    let named: Vec<Bilingual> = points.iter().take(LISTED_MAX).map(|p| world.point_words(*p)).collect();
    let list = Bilingual::join(&named, &Bilingual::new("、", ", "));
    match points.len().checked_sub(LISTED_MAX) {
        None | Some(0) => list,
        Some(more) => {
            Bilingual::new(format!("{}等 {} 个点位", list.zh, points.len()), format!("{} and {more} more", list.en))
        }
    }
}

/// Values of points: “CO2 1200 ppm, window open”.
pub(super) fn situation(situation: &Situation, of: &BTreeSet<PointId>, world: &World) -> Bilingual {
    let said = situation.iter().filter(|(p, _)| of.contains(p)).take(LISTED_MAX).map(|(point, value)| {
        let name = world.point_words(*point);
        let value = world.point(*point).map_or_else(Bilingual::default, |spec| spec.words(value));
        Bilingual::new(format!("{}为{}", name.zh, value.zh), format!("{} {}", name.en, value.en))
    });
    Bilingual::join(&said.collect::<Vec<_>>(), &Bilingual::new("、", ", "))
}
