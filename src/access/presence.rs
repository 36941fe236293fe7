//! Whether devices are there, without the noise: a device that comes back within a grace time was never away, and one
//! that comes and goes too often is spoken of again once it is stable. Pure; time is passed in.

use base::id::DeviceId;
use base::{Span, Timestamp};
use documents::Signal;
use std::collections::{BTreeMap, BTreeSet};

/// Changes within [`FLAP_WINDOW`] from which a device counts as flapping.
pub const FLIPS_MAX: u32 = 6;
/// The time in which changes are counted, and for which a flapping device must be stable.
pub const FLAP_WINDOW: Span = Span::from_secs(60);

#[derive(Debug)]
struct Entry {
    told: bool,
    online: bool,
    reason: String,
    /// Changes since `since`.
    flips: u32,
    since: Timestamp,
    due: Option<Timestamp>,
}

/// The presence of all devices.
#[derive(Debug)]
pub struct Presence {
    grace: Span,
    devices: BTreeMap<DeviceId, Entry>,
    due: BTreeSet<(Timestamp, DeviceId)>,
}

impl Presence {
    /// With this time within which a device may come back unnoticed.
    pub fn new(grace: Span) -> Self {
        Presence { grace, devices: BTreeMap::new(), due: BTreeSet::new() }
    }

    /// A device came or went. Returns what is to be told at once.
    pub fn change(&mut self, device: DeviceId, online: bool, reason: &str, now: Timestamp) -> Option<Signal> {
        let entry = self.devices.entry(device).or_insert_with(|| Entry {
            told: false,
            online: false,
            reason: String::new(),
            flips: 0,
            since: now,
            due: None,
        });
        if entry.online == online {
            return None;
        }
        if now - entry.since >= FLAP_WINDOW {
            (entry.flips, entry.since) = (0, now);
        }
        entry.flips = entry.flips.saturating_add(1);
        entry.online = online;
        entry.reason = reason.to_owned();
        let flapping = entry.flips > FLIPS_MAX;
        let wait = if flapping {
            Some(FLAP_WINDOW)
        } else if online {
            None
        } else {
            Some(self.grace)
        };
        if let Some(due) = entry.due.take() {
            self.due.remove(&(due, device));
        }
        if entry.told == online {
            return None;
        }
        if let Some(wait) = wait {
            entry.due = Some(now + wait);
            self.due.insert((now + wait, device));
            return None;
        }
        entry.told = online;
        Some(Signal::Link { device, online, reason: entry.reason.clone() })
    }

    /// When something is to be told, if nothing changes before.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// What is to be told now.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Signal> {
        let mut told = Vec::new();
        while let Some((_, device)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_first();
            let Some(entry) = self.devices.get_mut(&device) else { continue };
            entry.due = None;
            if entry.told != entry.online {
                entry.told = entry.online;
                told.push(Signal::Link { device, online: entry.online, reason: entry.reason.clone() });
            }
        }
        told
    }

    /// Forgets a device that no longer exists.
    pub fn forget(&mut self, device: DeviceId) {
        if let Some(Entry { due: Some(due), .. }) = self.devices.remove(&device) {
            self.due.remove(&(due, device));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + s * 1000)
    }
    fn lamp() -> DeviceId {
        DeviceId::of_name("lamp")
    }
    fn link(online: bool, reason: &str) -> Signal {
        Signal::Link { device: lamp(), online, reason: reason.into() }
    }

    #[test]
    fn coming_is_told_at_once_and_going_after_the_grace() {
        let mut p = Presence::new(Span::from_secs(10));
        assert_eq!(p.change(lamp(), true, "connected", at(0)), Some(link(true, "connected")));
        assert_eq!(p.change(lamp(), false, "keepalive", at(1)), None);
        assert_eq!(p.deadline(), Some(at(11)));
        assert_eq!(p.tick(at(10)), []);
        assert_eq!(p.tick(at(11)), [link(false, "keepalive")]);
        assert_eq!(p.deadline(), None);
    }

    #[test]
    fn back_within_the_grace_was_never_away() {
        let mut p = Presence::new(Span::from_secs(10));
        p.change(lamp(), true, "connected", at(0));
        assert_eq!(p.change(lamp(), false, "closed", at(1)), None);
        assert_eq!(p.change(lamp(), true, "connected", at(9)), None);
        assert_eq!(p.deadline(), None);
        assert_eq!(p.tick(at(100)), []);
    }

    #[test]
    fn flapping_is_told_once_it_is_stable() {
        let mut p = Presence::new(Span::from_secs(0));
        let mut told = Vec::new();
        for s in 0..40 {
            told.extend(p.change(lamp(), s % 2 == 0, "x", at(s)));
            told.extend(p.tick(at(s)));
        }
        assert!(told.len() <= usize::try_from(FLIPS_MAX).unwrap(), "{told:?}");
        let last = p.deadline();
        told.extend(p.tick(last.unwrap_or(at(0))));
        assert_eq!(told.last(), Some(&link(false, "x")), "the last state is told in the end");
    }

    proptest! {
        /// Whatever happens, told states alternate, and after silence the last one told is the real one.
        #[test]
        fn alternates_and_settles(steps in prop::collection::vec((0i64..30, any::<bool>()), 1..60)) {
            let mut p = Presence::new(Span::from_secs(5));
            let (mut now, mut told, mut real) = (0, Vec::new(), false);
            for (wait, online) in steps {
                now += wait;
                told.extend(p.tick(at(now)));
                told.extend(p.change(lamp(), online, "x", at(now)));
                real = online;
            }
            told.extend(p.tick(at(now + 1000)));
            let states: Vec<bool> = told.iter().map(|s| matches!(s, Signal::Link { online: true, .. })).collect();
            prop_assert!(states.windows(2).all(|w| w[0] != w[1]));
            prop_assert_eq!(states.last().copied().unwrap_or(false), real);
        }
    }
}
