//! Commands in flight: made from acts, arbitrated, timed, confirmed by the device's own report.
//!
//! Arbitration (architecture): life safety over a person's hold over normal; within normal the latest wins, and what
//! it replaces says so.

use super::{COMMANDS_MAX, Core, bound};
use base::id::{CommandId, PointId};
use base::{Bilingual, Sample, Span, Timestamp, Value};
use documents::{
    Act, Actor, ActorKind, Cause, Command, Outcome, Priority, Reason, Receipt, ReceiptState, Refusal, Setting,
};
use serde::{Deserialize, Serialize};
use things::{PointKind, PointSpec};

/// How long a device has to report what it was told.
const DEADLINE: Span = Span::from_secs(10);
/// The same for what moves or travels.
const DEADLINE_SLOW: Span = Span::from_secs(90);
/// How long a person's command to a blind holds against rules.
const HOLD: Span = Span::from_secs(2 * 3600);
/// Traits that take their time.
const SLOW: &[&str] = &["position", "tilt", "run", "opening"];
/// Traits whose point a person's command holds against rules.
const HELD: &[&str] = &["position", "tilt"];

/// A command and how far it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Flight {
    pub(super) command: Command,
    pub(super) receipt: Receipt,
    /// Value before it, for taking back.
    pub(super) before: Option<Value>,
    /// How many rules in a row led to it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) hops: u8,
}

fn is_zero(hops: &u8) -> bool {
    *hops == 0
}

impl Flight {
    pub(super) fn is_final(&self) -> bool {
        self.receipt.state.is_final(self.command.expect.is_some())
    }
}

/// Who wants a command and why.
#[derive(Debug, Clone)]
pub(super) struct Wish<'a> {
    pub(super) actor: &'a Actor,
    pub(super) cause: Cause,
    pub(super) priority: Priority,
}

impl Core {
    /// Makes a command from an act and lets it leave, or a receipt that says why not. Policy was asked before.
    pub(super) fn issue(&mut self, act: &Act, wish: &Wish<'_>, now: Timestamp, out: &mut Vec<Outcome>) -> CommandId {
        let id: CommandId = self.state.ids.next(now);
        let world = self.world.clone();
        let checked = match world.point(act.point) {
            None => Err(Refusal::new(Reason::UnknownDevice, Bilingual::new("点位不存在", "there is no such point"))),
            Some(spec) => {
                self.absolute(spec, &act.setting).and_then(|v| self.admitted(spec, wish, now).map(|()| (spec, v)))
            }
        };
        let (spec, value) = match checked {
            Ok(ready) => ready,
            Err(refusal) => {
                self.refuse(id, act, wish, refusal, now, out);
                return id;
            }
        };
        self.replace_older(spec.id, now, out);
        let slow = spec.trait_.as_deref().is_some_and(|t| SLOW.contains(&t));
        let command = Command {
            id,
            device: spec.device,
            point: spec.id,
            expect: spec.feedback.then(|| value.clone()),
            value,
            actor: wish.actor.clone(),
            cause: wish.cause.clone(),
            priority: wish.priority,
            at: now,
            deadline: now + if slow { DEADLINE_SLOW } else { DEADLINE },
        };
        if wish.actor.kind == ActorKind::Person && spec.trait_.as_deref().is_some_and(|t| HELD.contains(&t)) {
            self.state.holds.insert(spec.id, now + HOLD);
        }
        let receipt = self.receipt_of(&command, ReceiptState::Sent, now);
        let before = self.state.states.get(&spec.id).map(|s| s.value.clone());
        self.state.last.insert(spec.id, id);
        let hops = if wish.actor.kind == ActorKind::Rule { self.hops + 1 } else { 0 };
        self.remember(Flight { command: command.clone(), receipt: receipt.clone(), before, hops });
        self.shadows_see_command(&command);
        out.push(Outcome::Send(command));
        out.push(Outcome::Receipt(receipt));
        id
    }

    /// The absolute value an act means now.
    fn absolute(&self, spec: &PointSpec, setting: &Setting) -> Result<Value, Refusal> {
        // A difference counts from where the point is going, not from where it still is.
        let under_way = self
            .state
            .last
            .get(&spec.id)
            .filter(|id| self.state.open.contains(id))
            .and_then(|id| self.state.flights.get(id));
        let present = under_way.map(|f| &f.command.value).or(self.state.states.get(&spec.id).map(|s| &s.value));
        let unknown = || {
            let name = self.world.point_words(spec.id);
            Refusal::new(
                Reason::Offline,
                Bilingual::new(
                    format!("{}的当前值未知，无法相对调整", name.zh),
                    format!("the present value of {} is not known, so it cannot be changed by a difference", name.en),
                ),
            )
        };
        let value = match setting {
            Setting::To(v) | Setting::Call(v) => v.clone(),
            Setting::By(delta) => Value::Number(present.and_then(Value::as_number).ok_or_else(unknown)? + delta),
            Setting::Toggle => Value::Bool(!present.and_then(Value::as_bool).ok_or_else(unknown)?),
        };
        // A difference stops at the end of the range; an absolute value outside is refused.
        let value = if matches!(setting, Setting::By(_)) { spec.settle(value) } else { value };
        if !spec.writable {
            return Err(self.misfit(spec, Reason::NoCapability, &things::point::Misfit::ReadOnly));
        }
        spec.check(&value).map_err(|m| {
            let reason = match m {
                things::point::Misfit::Range { .. } => Reason::OutOfRange,
                _ => Reason::NoCapability,
            };
            self.misfit(spec, reason, &m)
        })?;
        Ok(spec.settle(value))
    }

    fn misfit(&self, spec: &PointSpec, reason: Reason, misfit: &things::point::Misfit) -> Refusal {
        let name = self.world.point_words(spec.id);
        let range = match &spec.kind {
            PointKind::Number { unit, min: Some(min), max: Some(max), .. } => {
                let (a, b) = (base::Quantity::new(*min, *unit), base::Quantity::new(*max, *unit));
                Some(Bilingual::new(format!("{a} 到 {b}"), format!("{a} to {b}")))
            }
            _ => None,
        };
        let text = match (reason, &range) {
            (Reason::OutOfRange, Some(r)) => {
                Bilingual::new(format!("{}只能设为 {}", name.zh, r.zh), format!("{} takes {}", name.en, r.en))
            }
            _ => Bilingual::new(format!("{}不接受该值（{misfit}）", name.zh), format!("{} {misfit}", name.en)),
        };
        Refusal { reason, text, nearest: range.into_iter().collect(), sought: None }
    }

    /// Whether a command may leave now.
    fn admitted(&self, spec: &PointSpec, wish: &Wish<'_>, now: Timestamp) -> Result<(), Refusal> {
        let name = self.world.point_words(spec.id);
        if self.world.device(spec.device).is_none_or(|d| d.disabled) {
            return Err(Refusal::new(
                Reason::NotAllowed,
                Bilingual::new(format!("{}已停用", name.zh), format!("{} is disabled", name.en)),
            ));
        }
        if self.state.links.get(&spec.device).is_none_or(|l| !l.online) {
            return Err(Refusal::new(
                Reason::Offline,
                Bilingual::new(format!("{}不在线", name.zh), format!("{} is offline", name.en)),
            ));
        }
        let held = self.state.holds.get(&spec.id).is_some_and(|until| *until > now);
        if held && wish.actor.kind == ActorKind::Rule && wish.priority < Priority::ManualLock {
            return Err(Refusal::new(
                Reason::NotAllowed,
                Bilingual::new(format!("{}正由人手动控制", name.zh), format!("a person holds {} by hand", name.en)),
            ));
        }
        Ok(())
    }

    pub(super) fn refuse(
        &mut self,
        id: CommandId,
        act: &Act,
        wish: &Wish<'_>,
        refusal: Refusal,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let device = self.world.point(act.point).map(|p| p.device);
        let value = match &act.setting {
            Setting::To(v) | Setting::Call(v) => v.clone(),
            Setting::By(d) => Value::Number(*d),
            Setting::Toggle => Value::text("toggle"),
        };
        let command = Command {
            id,
            device: device.unwrap_or(base::Id::from_bits(0)),
            point: act.point,
            value,
            actor: wish.actor.clone(),
            cause: wish.cause.clone(),
            priority: wish.priority,
            at: now,
            deadline: now,
            expect: None,
        };
        let mut receipt = self.receipt_of(&command, ReceiptState::Refused, now);
        receipt.reason = Some(refusal);
        self.remember(Flight { command, receipt: receipt.clone(), before: None, hops: 0 });
        out.push(Outcome::Receipt(receipt));
    }

    fn receipt_of(&self, command: &Command, state: ReceiptState, now: Timestamp) -> Receipt {
        let words = self.world.point(command.point).map(|spec| {
            let name = self.world.point_words(command.point);
            if spec.kind == PointKind::Service {
                return name;
            }
            let value = spec.words(&command.value);
            Bilingual::new(format!("{}：{}", name.zh, value.zh), format!("{}: {}", name.en, value.en))
        });
        Receipt {
            command: command.id,
            device: command.device,
            point: command.point,
            value: command.value.clone(),
            state,
            at: now,
            observed: None,
            reason: None,
            words,
        }
    }

    fn remember(&mut self, flight: Flight) {
        if !flight.is_final() {
            self.state.open.insert(flight.command.id);
        }
        self.state.flights.insert(flight.command.id, flight);
        let last = &self.state.last;
        bound(&mut self.state.flights, COMMANDS_MAX, |f| {
            f.is_final() && last.get(&f.command.point) != Some(&f.command.id)
        });
    }

    /// Brings a command further and says so.
    fn progress(&mut self, id: CommandId, now: Timestamp, out: &mut Vec<Outcome>, change: impl FnOnce(&mut Receipt)) {
        let Some(flight) = self.state.flights.get_mut(&id) else { return };
        change(&mut flight.receipt);
        flight.receipt.at = now;
        if flight.is_final() {
            self.state.open.remove(&id);
        }
        out.push(Outcome::Receipt(flight.receipt.clone()));
    }

    /// An unfinished command to the same point gives way to a later one.
    fn replace_older(&mut self, point: PointId, now: Timestamp, out: &mut Vec<Outcome>) {
        let Some(older) = self.state.last.get(&point).copied().filter(|id| self.state.open.contains(id)) else {
            return;
        };
        self.progress(older, now, out, |receipt| {
            receipt.state = ReceiptState::Refused;
            receipt.reason = Some(Refusal::new(
                Reason::Contradiction,
                Bilingual::new("已被后来的命令取代", "replaced by a later command"),
            ));
        });
    }

    /// A report came: the command that waits for it is confirmed when it is within half a step.
    pub(super) fn match_flights(&mut self, point: PointId, sample: &Sample, now: Timestamp, out: &mut Vec<Outcome>) {
        let Some(flight) = self.state.last.get(&point).and_then(|id| self.state.flights.get(id)) else { return };
        let (id, Some(expect)) = (flight.command.id, &flight.command.expect) else { return };
        let lost = match flight.receipt.state {
            ReceiptState::Sent | ReceiptState::Acked => false,
            // Resolved by the next report, whatever it says.
            ReceiptState::Unknown | ReceiptState::TimedOut if flight.receipt.observed.is_none() => true,
            _ => return,
        };
        let tolerance = self.world.point(point).map_or(0.0, PointSpec::tolerance);
        let reached = sample.value.close_to(expect, tolerance);
        if sample.at + super::CLOCK_BEHIND_MAX < flight.command.at || !(reached || lost) {
            return;
        }
        self.progress(id, now, out, |receipt| {
            receipt.state = if reached { ReceiptState::Confirmed } else { ReceiptState::TimedOut };
            receipt.observed = Some(sample.value.clone());
        });
    }

    pub(super) fn on_delivered(
        &mut self,
        command: CommandId,
        refused: Option<&str>,
        reply: Option<&Value>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        if self.state.flights.get(&command).is_none_or(|f| f.receipt.state != ReceiptState::Sent) {
            return;
        }
        self.progress(command, now, out, |receipt| match refused {
            None => {
                receipt.state = ReceiptState::Acked;
                receipt.observed = reply.cloned();
            }
            Some(why) => {
                receipt.state = ReceiptState::Refused;
                receipt.reason = Some(Refusal::new(
                    Reason::NotAllowed,
                    Bilingual::new(format!("设备拒绝：{why}"), format!("the device refused: {why}")),
                ));
            }
        });
    }

    /// When the next command times out.
    pub(super) fn next_timeout(&self) -> Option<Timestamp> {
        self.state.open.iter().filter_map(|id| self.state.flights.get(id)).map(|f| f.command.deadline).min()
    }

    pub(super) fn time_out_flights(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        let due = |f: &&Flight| f.command.deadline <= now;
        let late: Vec<(CommandId, PointId, Timestamp)> = self
            .state
            .open
            .iter()
            .filter_map(|id| self.state.flights.get(id))
            .filter(due)
            .map(|f| (f.command.id, f.command.point, f.command.at))
            .collect();
        for (id, point, sent) in late {
            let observed = self.state.states.get(&point).filter(|s| s.at >= sent).map(|s| s.value.clone());
            self.progress(id, now, out, |receipt| {
                receipt.state = ReceiptState::TimedOut;
                receipt.observed = observed;
            });
        }
    }

    /// After a restart nobody knows what became of a command; it is never sent again by itself.
    pub(super) fn forget_flights(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        for id in self.state.open.clone() {
            self.progress(id, now, out, |receipt| receipt.state = ReceiptState::Unknown);
        }
    }
}
