//! Alarms: raised by points that say so, by devices that cannot be reached or say something wrong, and by rules that no
//! longer fit. What comes and goes is one alarm that counts; it is closed once it is over and a person has seen it.
//!
//! What it is *not*: nothing is sent to anybody from here. Start at [`Core::alarms`].

use super::Core;
use base::id::{AlarmId, DeviceId, PointId, RuleId};
use base::{Bilingual, Quality, Sample, Span, Timestamp, Unit};
use documents::alarm::{Acknowledgement, AlarmSeverity, AlarmSource, AlarmState};
use documents::{Actor, Alarm, Outcome, Raise, Reason};
use policy::{Decision, Effect};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use things::{PointSpec, Safety};

/// Most alarms that are remembered. Closed ones go first, then those that are over, then the oldest.
pub const ALARMS_MAX: usize = 1_000;
/// How long a device may be away before it is an alarm: a connection that comes back is none.
pub const OFFLINE_DELAY: Span = Span::from_secs(60);
/// What is raised again so soon after it was over is the same alarm still, although it was seen.
pub const FLAP_WINDOW: Span = Span::from_secs(600);
/// Carbon monoxide in the air at which it is an alarm, in ppm.
const CO_HIGH_PPM: f64 = 70.0;
/// Carbon monoxide in the air below which the alarm is over, in ppm.
const CO_SAFE_PPM: f64 = 50.0;

/// Traits of points that are an alarm while they are true: trait, code, severity.
const OF_TRAITS: &[(&str, &str, AlarmSeverity)] = &[
    ("gas", "point.gas", AlarmSeverity::Critical),
    ("leak", "point.leak", AlarmSeverity::Major),
    ("problem", "point.problem", AlarmSeverity::Minor),
    ("smoke", "point.smoke", AlarmSeverity::Critical),
];

/// The alarms of a core.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Alarms {
    all: BTreeMap<AlarmId, Alarm>,
    /// The newest of each code and source.
    newest: BTreeMap<String, AlarmId>,
    /// Devices that went away, and when that becomes an alarm.
    away: BTreeMap<DeviceId, Timestamp>,
    /// The rule that raised an alarm, by its code and source: it is over when the rule is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    by_rule: BTreeMap<String, RuleId>,
}

/// Something that somebody should know.
pub(super) struct Cause {
    pub(super) code: Cow<'static, str>,
    pub(super) source: AlarmSource,
    pub(super) severity: AlarmSeverity,
    pub(super) text: Bilingual,
}

impl Alarms {
    fn newest(&self, code: &str, source: AlarmSource) -> Option<&Alarm> {
        if self.all.is_empty() {
            return None;
        }
        self.all.get(self.newest.get(&key(code, source))?)
    }

    fn bound(&mut self) {
        while self.all.len() > ALARMS_MAX {
            let closed = self.all.values().find(|a| a.is_closed());
            let over = || self.all.values().find(|a| a.state == AlarmState::Cleared);
            let Some(gone) = closed.or_else(over).or(self.all.values().next()).map(|a| a.id) else { return };
            self.all.remove(&gone);
            self.newest.retain(|_, id| *id != gone);
        }
    }
}

/// Codes of rules stand apart from those of Castellan itself.
fn code_of_rules(code: &str) -> String {
    format!("rule.{code}")
}

fn key(code: &str, source: AlarmSource) -> String {
    format!("{code} {source}")
}

impl Core {
    /// All alarms, in the order in which they were raised first; the last ones are kept.
    pub fn alarms(&self) -> impl DoubleEndedIterator<Item = &Alarm> {
        self.state.alarms.all.values()
    }

    /// An alarm.
    pub fn alarm(&self, id: AlarmId) -> Option<&Alarm> {
        self.state.alarms.all.get(&id)
    }

    /// Raises an alarm that lasts until it is cleared. While it lasts it only counts.
    pub(super) fn raise(&mut self, cause: Cause, now: Timestamp, out: &mut Vec<Outcome>) {
        let alarms = &mut self.state.alarms;
        let newest = alarms.newest(&cause.code, cause.source).map(|a| a.id);
        if let Some(alarm) = newest.and_then(|id| alarms.all.get_mut(&id)) {
            let flaps = alarm.cleared.is_none_or(|over| now - over < FLAP_WINDOW);
            if alarm.acknowledged.is_none() || flaps {
                let again = alarm.state == AlarmState::Cleared;
                alarm.count += 1;
                alarm.last = now;
                alarm.cleared = None;
                alarm.state = AlarmState::Active;
                if again {
                    // It is not over after all: whoever has seen it has to see it again.
                    alarm.acknowledged = None;
                    alarm.text = cause.text;
                    out.push(Outcome::Alarm(Box::new(alarm.clone())));
                }
                return;
            }
        }
        let alarm = Alarm {
            id: self.state.ids.next(now),
            code: cause.code.to_string(),
            source: cause.source,
            severity: cause.severity,
            text: cause.text,
            state: AlarmState::Active,
            raised: now,
            last: now,
            count: 1,
            cleared: None,
            acknowledged: None,
        };
        let alarms = &mut self.state.alarms;
        alarms.newest.insert(key(&cause.code, cause.source), alarm.id);
        alarms.all.insert(alarm.id, alarm.clone());
        alarms.bound();
        out.push(Outcome::Alarm(Box::new(alarm)));
    }

    /// Raises an alarm about something that happened and does not last: it is over at once and waits to be seen.
    pub(super) fn raise_event(&mut self, cause: Cause, now: Timestamp, out: &mut Vec<Outcome>) {
        let (code, source) = (cause.code.clone(), cause.source);
        let mut raised = Vec::new();
        self.raise(cause, now, &mut raised);
        self.clear(&code, source, now, &mut raised);
        out.extend(raised.pop());
    }

    /// A rule raises an alarm.
    pub(super) fn raise_by_rule(&mut self, rule: RuleId, raise: &Raise, now: Timestamp, out: &mut Vec<Outcome>) {
        let (code, source) = (code_of_rules(&raise.code), raise.source.unwrap_or(AlarmSource::Rule(rule)));
        self.state.alarms.by_rule.insert(key(&code, source), rule);
        let cause = Cause { code: code.into(), source, severity: raise.severity, text: raise.text.clone() };
        self.raise(cause, now, out);
    }

    /// A rule says that its alarm is over.
    pub(super) fn clear_by_rule(
        &mut self,
        rule: RuleId,
        (code, source): (&str, Option<AlarmSource>),
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let (code, source) = (code_of_rules(code), source.unwrap_or(AlarmSource::Rule(rule)));
        self.state.alarms.by_rule.remove(&key(&code, source));
        self.clear(&code, source, now, out);
    }

    /// A rule is no longer in use: nobody would say that its alarms are over.
    pub(super) fn clear_of_rule(&mut self, rule: RuleId, now: Timestamp, out: &mut Vec<Outcome>) {
        let alarms = &mut self.state.alarms;
        let (gone, kept) = std::mem::take(&mut alarms.by_rule).into_iter().partition(|(_, of)| *of == rule);
        alarms.by_rule = kept;
        let gone: BTreeMap<String, RuleId> = gone;
        let ids: Vec<AlarmId> = gone.keys().filter_map(|k| alarms.newest.get(k).copied()).collect();
        for id in ids {
            if let Some((code, source)) = self.alarm(id).map(|a| (a.code.clone(), a.source)) {
                self.clear(&code, source, now, out);
            }
        }
    }

    /// What an alarm was raised about is over.
    pub(super) fn clear(&mut self, code: &str, source: AlarmSource, now: Timestamp, out: &mut Vec<Outcome>) {
        let Some(id) = self.active(code, source) else { return };
        if let Some(alarm) = self.state.alarms.all.get_mut(&id) {
            alarm.state = AlarmState::Cleared;
            alarm.cleared = Some(now);
            out.push(Outcome::Alarm(Box::new(alarm.clone())));
        }
    }

    fn active(&self, code: &str, source: AlarmSource) -> Option<AlarmId> {
        self.state.alarms.newest(code, source).filter(|a| a.state == AlarmState::Active).map(|a| a.id)
    }

    /// A point was reported: some are alarms by themselves.
    pub(super) fn watch(&mut self, point: PointId, sample: &Sample, now: Timestamp, out: &mut Vec<Outcome>) {
        let Some((code, severity, is)) = self.world.point(point).and_then(|spec| condition(spec, sample)) else {
            return;
        };
        let source = AlarmSource::Point(point);
        match (is, self.active(code, source)) {
            (Some(true), None) => {
                let (name, value) = (self.world.point_words(point), self.value_words(point, sample));
                let text = Bilingual::new(format!("{}：{}", name.zh, value.zh), format!("{}: {}", name.en, value.en));
                self.raise(Cause { code: code.into(), source, severity, text }, now, out);
            }
            (Some(false), Some(_)) => self.clear(code, source, now, out),
            _ => {}
        }
    }

    fn value_words(&self, point: PointId, sample: &Sample) -> Bilingual {
        self.world.point(point).map_or_else(Bilingual::default, |spec| spec.words(&sample.value))
    }

    /// A device went away: an alarm unless it is back soon.
    pub(super) fn went_away(&mut self, device: DeviceId, now: Timestamp) {
        if self.world.device(device).is_some_and(|d| !d.disabled) {
            self.state.alarms.away.entry(device).or_insert(now + OFFLINE_DELAY);
        }
    }

    /// A device is back.
    pub(super) fn came_back(&mut self, device: DeviceId, now: Timestamp, out: &mut Vec<Outcome>) {
        self.state.alarms.away.remove(&device);
        self.clear("device.offline", AlarmSource::Device(device), now, out);
    }

    /// When the next device has been away for too long.
    pub(super) fn next_alarm(&self) -> Option<Timestamp> {
        self.state.alarms.away.values().min().copied()
    }

    /// Raises what has been waited for long enough.
    pub(super) fn raise_due(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        let away = &mut self.state.alarms.away;
        let due: Vec<DeviceId> = away.iter().filter(|(_, at)| **at <= now).map(|(device, _)| *device).collect();
        away.retain(|_, at| *at > now);
        for device in due {
            let source = AlarmSource::Device(device);
            let Some(found) = self.world.device(device).filter(|d| !d.disabled) else { continue };
            if self.active("device.offline", source).is_some() {
                continue;
            }
            let name = found.names.bilingual();
            let text = Bilingual::new(format!("{}离线", name.zh), format!("{} cannot be reached", name.en));
            let (code, severity) = ("device.offline".into(), AlarmSeverity::Minor);
            self.raise(Cause { code, source, severity, text }, now, out);
        }
    }

    /// What exists has changed: alarms about what is gone are over, and those about rules that fit again.
    pub(super) fn clear_gone(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        let world = self.world.clone();
        let in_service = |device: &DeviceId| world.device(*device).is_some_and(|d| !d.disabled);
        self.state.alarms.away.retain(|device, _| in_service(device));
        let active = self.state.alarms.all.values().filter(|a| a.state == AlarmState::Active);
        let over =
            active.filter(|alarm| match alarm.source {
                AlarmSource::Point(point) => !world.point(point).is_some_and(|p| in_service(&p.device)),
                AlarmSource::Device(device) => !in_service(&device),
                AlarmSource::Space(space) => world.space(space).is_none(),
                AlarmSource::Rule(rule) => self.state.rules.get(&rule).is_none_or(|r| {
                    alarm.code == "rule.world_changed" && !engine::compile(&r.graph, &world).0.is_empty()
                }),
            });
        let over: Vec<(String, AlarmSource)> = over.map(|a| (a.code.clone(), a.source)).collect();
        for (code, source) in over {
            self.clear(&code, source, now, out);
        }
    }

    pub(super) fn on_acknowledge(&mut self, actor: &Actor, id: AlarmId, now: Timestamp, out: &mut Vec<Outcome>) {
        let verdict = self.verdict_in_general(actor, Effect::Actuate, Safety::None);
        if verdict.decision != Decision::Allow {
            return self.say(Reason::NotAllowed, verdict.why, out);
        }
        if !actor.may_approve() {
            let text = Bilingual::new("只有人可以确认告警", "only a person acknowledges an alarm");
            return self.say(Reason::NotAllowed, text, out);
        }
        let Some(alarm) = self.state.alarms.all.get_mut(&id) else {
            return self.say(Reason::UnknownDevice, Bilingual::new("没有这个告警", "there is no such alarm"), out);
        };
        if alarm.acknowledged.is_some() {
            let text = Bilingual::new("该告警已被确认", "the alarm was acknowledged already");
            return self.say(Reason::NothingToDo, text, out);
        }
        alarm.acknowledged = Some(Acknowledgement { by: actor.clone(), at: now });
        out.push(Outcome::Alarm(Box::new(alarm.clone())));
    }
}

/// Whether a point that is an alarm by itself is one now: code, severity, and none where it stays as it was.
fn condition(spec: &PointSpec, sample: &Sample) -> Option<(&'static str, AlarmSeverity, Option<bool>)> {
    let trait_ = spec.trait_.as_deref()?;
    if sample.quality != Quality::Good {
        return None;
    }
    if trait_ == "measure.co" {
        let ppm = spec.unit()?.convert(sample.value.as_number()?, Unit::by_code("[ppm]")?)?;
        let is = if ppm >= CO_HIGH_PPM { Some(true) } else { (ppm < CO_SAFE_PPM).then_some(false) };
        return Some(("point.co", AlarmSeverity::Critical, is));
    }
    let (_, code, severity) = OF_TRAITS.iter().find(|(id, ..)| *id == trait_)?;
    Some((code, *severity, Some(sample.value.as_bool()?)))
}
