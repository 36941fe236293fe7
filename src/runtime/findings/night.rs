//! A light that burns at night while nobody is there.

use super::empty::off_while_empty;
use super::seen::Seen;
use super::spans::{Spans, both, hours, lasting};
use super::{Case, LIGHT_KW, about, device_words, rule_id, space_words};
use crate::history::calendar;
use base::{Bilingual, Span};
use documents::RuleGraph;
use documents::finding::{FindingKind, Interval};
use store::StoreError;

/// From which hour on the night lasts, on the evening's day.
const FROM: Span = Span::from_secs(22 * 3600);
/// How long it lasts.
const LONG: Span = Span::from_secs(8 * 3600);
/// Shorter than this, somebody may just be back soon.
const LEAST: Span = Span::from_secs(3_600);
/// Hours in the time that is looked at from which on it is worth telling.
const HOURS_MIN: f64 = 30.0;
/// How often it has to have been so.
const TIMES_MIN: usize = 6;
/// How long nobody is there before the rule acts.
const RULE_WAITS: Span = Span::from_secs(30 * 60);

const KIND: FindingKind = FindingKind::LightAtNight;

pub(super) async fn cases(seen: &Seen<'_>) -> Result<Vec<Case>, StoreError> {
    let nights = nights(seen);
    let mut out = Vec::new();
    for device in seen.world.devices().filter(|d| !d.disabled) {
        if seen.world.kind_of(device.id) != Some("light") {
            continue;
        }
        let Some(room) = seen.room(device) else { continue };
        let Some(power) = seen.world.point_with(device.id, "on_off") else { continue };
        let Some((empty, sensors)) = seen.empty(room).await? else { continue };
        let spans = lasting(both(&both(&seen.on(device.id).await?, &empty), &nights), LEAST);
        if hours(&spans) < HOURS_MIN || spans.len() < TIMES_MIN {
            continue;
        }
        let (name, place) = (device_words(seen.world, device.id), space_words(seen.world, room));
        let (long, times) = (about(hours(&spans)), spans.len());
        let mut rule = RuleGraph::new(
            rule_id(KIND, device.id),
            Bilingual::new(
                format!("{}没人就关{}", place.zh, name.zh),
                format!("{} off when {} is empty", name.en, place.en),
            ),
        );
        off_while_empty(&mut rule, power.id, &sensors, RULE_WAITS);
        out.push(Case {
            kind: KIND,
            device: device.id,
            space: room,
            points: std::iter::once(power.id).chain(sensors.iter().copied()).collect(),
            spans,
            assumed_kw: LIGHT_KW,
            title: Bilingual::new(
                format!("{}夜里没人时亮着", name.zh),
                format!("{} is on at night while nobody is there", name.en),
            ),
            what: Bilingual::new(
                format!("过去 30 天的夜里，{}在{}没人时共亮了 {long} 小时（{times} 次）。", name.zh, place.zh),
                format!(
                    "In the nights of the last 30 days {} was on for {long} hours while nobody was in {} ({times} times).",
                    name.en, place.en
                ),
            ),
            rule,
        });
    }
    Ok(out)
}

/// The nights of the time that is looked at, in the site's zone.
fn nights(seen: &Seen<'_>) -> Spans {
    let zone = calendar::zone(&seen.world.site().time_zone);
    let mut out = Spans::new();
    let mut day = calendar::midnight(seen.range.from - LONG - FROM, &zone);
    while day < seen.range.to {
        out.push(Interval { from: day + FROM, to: day + FROM + LONG });
        // Safely in the next local day, however long this one is.
        day = calendar::midnight(day + Span::from_secs(30 * 3600), &zone);
    }
    both(&out, &[seen.range])
}
