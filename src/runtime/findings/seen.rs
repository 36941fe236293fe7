//! What the kinds of findings look at: the building, and the past of its points within the time that is looked at.

use super::spans::{Spans, Times, both, either, integral, longer, times, without};
use crate::history::aggregate::{HOLD_NUMBER, is_on};
use base::id::{DeviceId, PointId, SpaceId};
use base::{Sample, Span, Timestamp, Unit, Value};
use documents::finding::{Energy, EnergySource, Interval};
use store::telemetry::SCAN_SAMPLES_MAX;
use store::{Store, StoreError};
use things::{Device, PointSpec, SpaceKind, World};

/// How long somebody is taken to be there after a presence sensor saw nobody any more.
const PRESENCE_TAIL: Span = Span::from_secs(10 * 60);
/// The same after a movement: who sits still is there too.
const MOTION_TAIL: Span = Span::from_secs(30 * 60);
/// Part of the time of a finding for which power has to be known to count as measured.
const MEASURED_PART: f64 = 0.5;
/// Values of one point that are read at most.
const SAMPLES_MAX: usize = 2 * SCAN_SAMPLES_MAX;

/// The building and its past.
pub(super) struct Seen<'a> {
    pub(super) store: &'a Store,
    pub(super) world: &'a World,
    /// The time that is looked at.
    pub(super) range: Interval,
}

impl Seen<'_> {
    /// The room of a device.
    pub(super) fn room(&self, device: &Device) -> Option<SpaceId> {
        let rooms =
            |s: &SpaceId| self.world.space(*s).is_some_and(|s| matches!(s.kind, SpaceKind::Room | SpaceKind::Zone));
        self.world.path_of(device.space()?).into_iter().find(rooms)
    }

    /// Whether a room is for one of these.
    pub(super) fn is_for(&self, room: SpaceId, tags: &[&str]) -> bool {
        self.world.space(room).is_some_and(|s| tags.iter().any(|t| s.tags.contains(*t)))
    }

    /// The devices of a room in use.
    fn devices_in(&self, room: SpaceId) -> impl Iterator<Item = &Device> {
        self.world.devices().filter(move |d| !d.disabled && self.room(d) == Some(room))
    }

    /// The points of a room with a trait.
    pub(super) fn points_in<'a>(&'a self, room: SpaceId, trait_: &'a str) -> impl Iterator<Item = &'a PointSpec> {
        self.devices_in(room).flat_map(|d| self.world.points_of(d.id)).filter(move |p| p.is(trait_))
    }

    async fn samples(&self, point: PointId) -> Result<(Option<Sample>, Vec<Sample>), StoreError> {
        let telemetry = self.store.telemetry();
        let before = telemetry.before(point, self.range.from).await?;
        let (mut all, mut from): (Vec<Sample>, Timestamp) = (Vec::new(), self.range.from);
        loop {
            let page = telemetry.scan(point, from, self.range.to, SCAN_SAMPLES_MAX).await?;
            let full = page.len() == SCAN_SAMPLES_MAX;
            all.extend(page);
            match all.last().map(|s| s.at) {
                Some(at) if full && all.len() < SAMPLES_MAX => from = at + Span::from_micros(1),
                _ => return Ok((before, all)),
            }
        }
    }

    /// When a point was as wanted.
    pub(super) async fn times(&self, point: PointId, so: impl Fn(&Value) -> bool) -> Result<Times, StoreError> {
        let (before, samples) = self.samples(point).await?;
        Ok(times(before, &samples, self.range, so))
    }

    /// When a device was switched on.
    pub(super) async fn on(&self, device: DeviceId) -> Result<Spans, StoreError> {
        match self.world.point_with(device, "on_off") {
            Some(power) => Ok(self.times(power.id, is_on).await?.so),
            None => Ok(Spans::new()),
        }
    }

    /// When an air conditioner, a heater or the like was at work: on, and in a mode that cools or heats.
    pub(super) async fn conditioning(&self, device: DeviceId) -> Result<Spans, StoreError> {
        let works = |v: &Value| !matches!(v.as_text(), Some("off" | "fan_only"));
        let mode = match self.world.point_with(device, "mode") {
            Some(mode) => Some(self.times(mode.id, works).await?.so),
            None => None,
        };
        let power = match self.world.point_with(device, "on_off") {
            Some(power) => Some(self.times(power.id, is_on).await?.so),
            None => None,
        };
        Ok(match (power, mode) {
            (Some(power), Some(mode)) => both(&power, &mode),
            (power, mode) => power.or(mode).unwrap_or_default(),
        })
    }

    /// When nobody was in a room, as all its sensors say, and which they are; none where it has none.
    pub(super) async fn empty(&self, room: SpaceId) -> Result<Option<(Spans, Vec<PointId>)>, StoreError> {
        let (mut there, mut known): (Spans, Option<Spans>) = (Spans::new(), None);
        let mut sensors = Vec::new();
        for (trait_, tail) in [("occupancy", PRESENCE_TAIL), ("motion", MOTION_TAIL)] {
            for sensor in self.points_in(room, trait_) {
                let seen = self.times(sensor.id, is_on).await?;
                there = either(&there, &longer(&seen.so, tail));
                known = Some(known.map_or_else(|| seen.known.clone(), |k| both(&k, &seen.known)));
                sensors.push(sensor.id);
            }
        }
        Ok(known.map(|known| (without(&known, &there), sensors)))
    }

    /// Where the power of a device is measured: by itself, or by a meter in its room that is named after it.
    fn power_of(&self, device: &Device) -> Option<&PointSpec> {
        if let Some(own) = self.world.point_with(device.id, "measure.power") {
            return Some(own);
        }
        let named = |other: &&Device| {
            let after = |a: &[String], b: &[String]| match (a.first(), b.first()) {
                (Some(a), Some(b)) => !b.is_empty() && a.starts_with(b.as_str()),
                _ => false,
            };
            other.id != device.id
                && (after(&other.names.zh, &device.names.zh) || after(&other.names.en, &device.names.en))
        };
        let room = self.room(device)?;
        self.devices_in(room).filter(named).find_map(|d| self.world.point_with(d.id, "measure.power"))
    }

    /// The energy of a device over pieces of time, and the point that measured it.
    pub(super) async fn energy(
        &self,
        device: &Device,
        spans: &[Interval],
        assumed_kw: f64,
    ) -> Result<(Energy, Option<PointId>), StoreError> {
        let hours = super::spans::hours(spans);
        if let Some(power) = self.power_of(device) {
            let (before, samples) = self.samples(power.id).await?;
            let (area, known) = integral(before, &samples, spans, HOLD_NUMBER);
            let kw = power.unit().zip(Unit::by_code("kW")).and_then(|(own, kw)| own.convert(area, kw));
            if let Some(kwh) = kw.filter(|_| known >= hours * MEASURED_PART && known > 0.0) {
                // What is not known is taken to be as what is.
                let kwh = kwh * (hours / known);
                return Ok((Energy { kwh, source: EnergySource::Measured }, Some(power.id)));
            }
        }
        Ok((Energy { kwh: hours * assumed_kw, source: EnergySource::Assumed }, None))
    }
}
