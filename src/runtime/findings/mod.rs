//! Findings: what the past month shows that somebody should know, each with its evidence, what it costs, and a rule that
//! would mend it. One file per kind.
//!
//! What it is *not*: nothing is changed and nobody is told here; a rule becomes a proposal when a person asks for it.
//! Start at [`find`].

mod empty;
mod night;
mod open;
mod seen;
pub(crate) mod spans;
#[cfg(test)]
mod tests;

use base::diagnostic::has_errors;
use base::id::{DeviceId, FindingId, PointId, RuleId, SpaceId};
use base::value::number_text;
use base::{Bilingual, Span, Timestamp};
use documents::RuleGraph;
use documents::finding::{Cost, EVIDENCE_MAX, Energy, EnergySource, Finding, FindingKind, Interval};
use seen::Seen;
use spans::{Spans, hours};
use store::{Store, StoreError};
use things::World;

/// The time that is looked at.
pub const LOOKED_AT: Span = Span::from_secs(30 * 24 * 3600);
/// Price of one kWh, in the currency below: about what shops and offices pay in China.
pub const PRICE_PER_KWH: f64 = 0.80;
/// Currency of the price, by ISO 4217.
pub const CURRENCY: &str = "CNY";
/// Kinds of devices that cool or heat a room, and the electric power of one that nobody measures, in kW. That of a fan coil
/// is its fan's: what its water carries is not known here.
const CLIMATE: &[(&str, f64)] = &[("air_conditioner", 0.8), ("fan_coil", 0.06), ("heater", 1.0)];
/// Power of a light that nobody measures, in kW.
const LIGHT_KW: f64 = 0.03;
/// Most findings that are told.
pub const FINDINGS_MAX: usize = 100;

/// Something that one kind of finding is about.
struct Case {
    kind: FindingKind,
    device: DeviceId,
    space: SpaceId,
    /// The points that show it, that of the device first.
    points: Vec<PointId>,
    /// When it was so.
    spans: Spans,
    assumed_kw: f64,
    title: Bilingual,
    /// What was seen, without its cost.
    what: Bilingual,
    rule: RuleGraph,
}

/// Looks at the past month. Reads only; the costliest comes first.
///
/// # Errors
/// When the store cannot be read.
pub async fn find(store: &Store, world: &World, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let seen = Seen { store, world, range: Interval { from: now - LOOKED_AT, to: now } };
    let mut cases = empty::cases(&seen).await?;
    cases.extend(night::cases(&seen).await?);
    cases.extend(open::cases(&seen).await?);
    let mut found = Vec::new();
    for case in cases {
        found.extend(finding(&seen, case).await?);
    }
    found.sort_by(|a: &Finding, b| b.cost.amount.total_cmp(&a.cost.amount).then(a.id.cmp(&b.id)));
    found.truncate(FINDINGS_MAX);
    Ok(found)
}

/// What is told of a case; none when its rule would not compile.
async fn finding(seen: &Seen<'_>, case: Case) -> Result<Option<Finding>, StoreError> {
    let Some(device) = seen.world.device(case.device) else { return Ok(None) };
    if has_errors(&engine::compile(&case.rule, seen.world).1) {
        return Ok(None);
    }
    let (energy, measured_by) = seen.energy(device, &case.spans, case.assumed_kw).await?;
    let hours = hours(&case.spans);
    let amount = energy.kwh * PRICE_PER_KWH;
    let mut points = case.points;
    points.extend(measured_by.filter(|p| !points.contains(p)));
    let text = told(&case.what, &energy, amount);
    Ok(Some(Finding {
        id: FindingId::of_name(&format!("{:?}.{}", case.kind, case.device)),
        kind: case.kind,
        title: case.title,
        text,
        space: Some(case.space),
        device: case.device,
        points,
        looked_at: seen.range,
        times: case.spans.len(),
        evidence: case.spans.iter().rev().take(EVIDENCE_MAX).copied().collect(),
        hours: tenth(hours),
        energy: Energy { kwh: tenth(energy.kwh), ..energy },
        cost: Cost { amount: tenth(amount), currency: CURRENCY.into(), per_kwh: PRICE_PER_KWH },
        readback: engine::explain(&case.rule, seen.world),
        rule: case.rule,
    }))
}

fn tenth(n: f64) -> f64 {
    (n * 10.0).round() / 10.0
}

/// A number of hours, energy or money in words: whole from ten on.
fn about(n: f64) -> String {
    number_text(if n >= 10.0 { n.round() } else { tenth(n) })
}

/// What was seen, and what it costs.
fn told(what: &Bilingual, energy: &Energy, amount: f64) -> Bilingual {
    let (kwh, money) = (about(energy.kwh), about(amount));
    let price = format!("{PRICE_PER_KWH:.2}");
    let (zh, en) = match energy.source {
        EnergySource::Measured => ("电表实测", "as its meter counted"),
        EnergySource::Assumed => ("按同类设备的常见功率估算", "with the usual power of such a device"),
    };
    Bilingual::new(
        format!("{}这期间用电约 {kwh} kWh（{zh}），按每度 {price} 元计约 {money} 元。", what.zh),
        format!(
            "{} Meanwhile it used about {kwh} kWh ({en}), which is about {money} {CURRENCY} at {price} {CURRENCY} per kWh.",
            what.en
        ),
    )
}

/// The id of the rule of a finding: the same as long as it is about the same device.
fn rule_id(kind: FindingKind, device: DeviceId) -> RuleId {
    RuleId::of_name(&format!("finding.{kind:?}.{device}"))
}

/// The power of a device that cools or heats, where nobody measures it; none of other devices.
fn climate_kw(world: &World, device: DeviceId) -> Option<f64> {
    let kind = world.kind_of(device)?;
    CLIMATE.iter().find(|(k, _)| *k == kind).map(|(_, kw)| *kw)
}

/// The usual power of a device that nobody measures, in kW; none where its kind is of no usual power.
pub(crate) fn usual_kw(world: &World, device: DeviceId) -> Option<f64> {
    climate_kw(world, device).or_else(|| (world.kind_of(device)? == "light").then_some(LIGHT_KW))
}

/// The energy of a device while it was on; none where neither a meter nor the usual power of its kind is known.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn energy_of(
    (store, world): (&Store, &World),
    range: Interval,
    device: DeviceId,
    on: &[Interval],
) -> Result<Option<Energy>, StoreError> {
    let Some(found) = world.device(device) else { return Ok(None) };
    let assumed = usual_kw(world, device);
    let seen = Seen { store, world, range };
    let (energy, _) = seen.energy(found, on, assumed.unwrap_or_default()).await?;
    Ok(Some(energy).filter(|e| e.source == EnergySource::Measured || assumed.is_some()))
}

/// The name of a device or a space.
fn device_words(world: &World, id: DeviceId) -> Bilingual {
    world.device(id).map_or_else(Bilingual::default, |d| d.names.bilingual())
}

fn space_words(world: &World, id: SpaceId) -> Bilingual {
    world.space(id).map_or_else(Bilingual::default, |s| s.names.bilingual())
}
