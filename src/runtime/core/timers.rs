//! Timers: what happens once, after a while or at a moment. A timer and a reminder become a notice; commands that are
//! done later go the way of every request when they are due: policy is asked then, and arbitration sees them.
//!
//! What it is *not*: what happens again and again is a rule. Start at [`Core::timers`].

use super::turns::Before;
use super::{Core, bound};
use base::id::{TimerId, TurnId};
use base::{Bilingual, Span, Timestamp};
use documents::journal::Denial;
use documents::timer::{
    End, LENGTH_MAX, LENGTH_MIN, NewTimer, Purpose, TIMER_TEXT_MAX, Timer, TimerChange, TimerState,
};
use documents::{Actor, Cause, Notice, NoticeLevel, Outcome, Reason, Refusal};
use policy::{Decision, Effect};
use things::Safety;

/// Most timers that are not over.
pub const TIMERS_MAX: usize = 200;
/// Most timers that are remembered, those that are over included.
pub const TIMERS_KEPT: usize = 1_000;
/// What was to be done while Castellan did not run is done up to this much later, and then no more.
pub const LATE_MAX: Span = Span::from_secs(10 * 60);

impl Core {
    /// All timers that are remembered, oldest first.
    pub fn timers(&self) -> impl DoubleEndedIterator<Item = &Timer> {
        self.state.timers.values()
    }

    /// A timer.
    pub fn timer(&self, id: TimerId) -> Option<&Timer> {
        self.state.timers.get(&id)
    }

    /// When the next one is over.
    pub(super) fn next_timer(&self) -> Option<Timestamp> {
        self.state.timers.values().filter_map(Timer::due).min()
    }

    pub(super) fn on_timer_start(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        wanted: &NewTimer,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        if let Some(refusal) = self.refuses_timer(actor, wanted, now) {
            let safety = Safety::None;
            return out.push(Outcome::Denied(Denial { refusal, safety, diagnostics: Vec::new() }));
        }
        let due = due(wanted.end, now);
        let timer = Timer {
            id: self.state.ids.next(now),
            purpose: wanted.purpose,
            text: wanted.text.trim().to_owned(),
            space: wanted.space,
            acts: wanted.acts.clone(),
            length_ms: due - now,
            state: TimerState::Running { due },
            by: actor.clone(),
            turn,
            at: now,
        };
        if let Some(turn) = turn {
            let note = Before::Timer { before: None, after: Box::new(timer.clone()) };
            self.turn_mut(turn, actor).noted.push(note);
        }
        self.keep_timer(timer, out);
        bound(&mut self.state.timers, TIMERS_KEPT, |t| !t.is_open());
    }

    /// Why a timer is not set.
    fn refuses_timer(&self, actor: &Actor, wanted: &NewTimer, now: Timestamp) -> Option<Refusal> {
        let verdict = self.verdict_in_general(actor, Effect::Actuate, Safety::None);
        if verdict.decision == Decision::Deny {
            return Some(Refusal::new(Reason::NotAllowed, verdict.why));
        }
        // What needs a person's yes is asked for when it is due; what is forbidden is said at once.
        let points: Vec<_> = wanted.acts.iter().map(|a| a.point).collect();
        let verdict = self.verdict_for(actor, Effect::Actuate, &points);
        if !points.is_empty() && verdict.decision == Decision::Deny {
            return Some(Refusal::new(Reason::NotAllowed, verdict.why));
        }
        let refuse = |reason, zh: String, en: String| Some(Refusal::new(reason, Bilingual::new(zh, en)));
        let length = due(wanted.end, now) - now;
        if matches!(wanted.end, End::At(at) if at <= now) {
            return refuse(Reason::OutOfRange, "该时间已经过去".into(), "that time has passed".into());
        }
        if length < LENGTH_MIN || length > LENGTH_MAX {
            return refuse(Reason::OutOfRange, "时长须为 1 秒到 366 天".into(), "it takes 1 second to 366 days".into());
        }
        if wanted.space.is_some_and(|s| self.world.space(s).is_none()) {
            return refuse(Reason::UnknownPlace, "没有这个空间".into(), "there is no such place".into());
        }
        if (wanted.purpose == Purpose::Commands) == wanted.acts.is_empty() {
            return refuse(Reason::NothingToDo, "没有可以执行的内容".into(), "there is nothing to do then".into());
        }
        if wanted.acts.len() > base::limits::COMMANDS_PER_REQUEST_MAX || wanted.text.chars().count() > TIMER_TEXT_MAX {
            return refuse(Reason::OutOfRange, "内容过长".into(), "that is too much for one timer".into());
        }
        if self.state.timers.values().filter(|t| t.is_open()).count() >= TIMERS_MAX {
            let zh = format!("最多同时有 {TIMERS_MAX} 个计时器");
            return refuse(Reason::OutOfRange, zh, format!("at most {TIMERS_MAX} timers are possible at once"));
        }
        None
    }

    pub(super) fn on_timer_change(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        (timers, change): (&[TimerId], TimerChange),
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let verdict = self.verdict_in_general(actor, Effect::Actuate, Safety::None);
        if verdict.decision == Decision::Deny {
            return self.say(Reason::NotAllowed, verdict.why, out);
        }
        for id in timers.iter().take(TIMERS_MAX) {
            let Some(before) = self.state.timers.get(id).cloned() else {
                self.say(Reason::UnknownDevice, Bilingual::new("没有这个计时器", "there is no such timer"), out);
                continue;
            };
            match changed(&before, change, now) {
                Ok(state) => {
                    let after = Timer { state, ..before.clone() };
                    if let Some(turn) = turn {
                        let note = Before::Timer { before: Some(Box::new(before)), after: Box::new(after.clone()) };
                        self.turn_mut(turn, actor).noted.push(note);
                    }
                    self.keep_timer(after, out);
                }
                Err((zh, en)) => self.say(Reason::NothingToDo, Bilingual::new(zh, en), out),
            }
        }
    }

    fn keep_timer(&mut self, timer: Timer, out: &mut Vec<Outcome>) {
        self.state.timers.insert(timer.id, timer.clone());
        out.push(Outcome::Timer(Box::new(timer)));
    }

    /// Takes a change of a timer back, unless it was changed since: an earlier form comes back, a new one ends.
    pub(super) fn revert_timer(
        &mut self,
        (before, after): (Option<Timer>, &Timer),
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) -> Option<Bilingual> {
        let now_is = self.state.timers.get(&after.id);
        // Commands that were done meanwhile are taken back as commands.
        let done = |t: &Timer| t.purpose == Purpose::Commands && matches!(t.state, TimerState::Finished { .. });
        if now_is.is_some_and(done) {
            return None;
        }
        let same = now_is == Some(after);
        if !same || (before.is_none() && !after.is_open()) {
            return Some(Bilingual::new("计时器之后已变化，保持现状", "the timer went on since and stays as it is"));
        }
        let cancelled = || Timer { state: TimerState::Cancelled { at: now }, ..after.clone() };
        self.keep_timer(before.unwrap_or_else(cancelled), out);
        None
    }

    /// Ends the timers whose time has come, in the order in which they were due.
    pub(super) fn end_timers(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        let mut over: Vec<(Timestamp, TimerId)> =
            self.state.timers.values().filter_map(|t| Some((t.due().filter(|d| *d <= now)?, t.id))).collect();
        over.sort_unstable();
        for (due, id) in over {
            let Some(timer) = self.state.timers.get(&id).cloned() else { continue };
            let timer = Timer { state: TimerState::Finished { at: now }, ..timer };
            self.keep_timer(timer.clone(), out);
            if timer.purpose != Purpose::Commands {
                self.tell_of(&timer, words_of_end(&timer), now, out);
            } else if now - due > LATE_MAX {
                let text = Bilingual::new(
                    format!("到时未能执行，已放弃：{}", timer.text),
                    format!("It was not done when it was due, and is given up: {}", timer.text),
                );
                self.tell_of(&timer, text, now, out);
            } else {
                let cause = Cause::Timer { timer: id, turn: timer.turn };
                self.request(&timer.by, (timer.turn, &cause), &timer.acts, now, out);
            }
        }
    }

    fn tell_of(&mut self, timer: &Timer, text: Bilingual, now: Timestamp, out: &mut Vec<Outcome>) {
        let level = if timer.purpose == Purpose::Commands { NoticeLevel::Warning } else { NoticeLevel::Info };
        let id = self.state.ids.next(now);
        self.keep_notice(Notice { id, level, text, rule: None, run: None, at: now, read: None }, out);
    }
}

fn due(end: End, now: Timestamp) -> Timestamp {
    match end {
        End::AfterMs(span) => now + span,
        End::At(at) => at,
    }
}

/// What a change makes of a timer, or why it changes nothing.
fn changed(timer: &Timer, change: TimerChange, now: Timestamp) -> Result<TimerState, (&'static str, &'static str)> {
    match (change, timer.state) {
        (_, TimerState::Finished { .. } | TimerState::Cancelled { .. }) => {
            Err(("该计时器已经结束", "that timer is over"))
        }
        (TimerChange::Cancel, _) => Ok(TimerState::Cancelled { at: now }),
        (TimerChange::Pause, TimerState::Running { .. }) => Ok(TimerState::Paused { left_ms: timer.left(now) }),
        (TimerChange::Pause, _) => Err(("该计时器已经暂停", "that timer stands still already")),
        (TimerChange::Resume, TimerState::Paused { left_ms }) => Ok(TimerState::Running { due: now + left_ms }),
        (TimerChange::Resume, _) => Err(("该计时器正在运行", "that timer is running")),
        (TimerChange::ByMs(by), state) => {
            let left = Span::from_micros(timer.left(now).as_micros().saturating_add(by.as_micros()));
            if left <= Span::ZERO {
                return Err(("剩余时间没有这么长", "there is not that much left of it"));
            }
            if left > LENGTH_MAX {
                return Err(("时长最多 366 天", "at most 366 days are possible"));
            }
            Ok(match state {
                TimerState::Paused { .. } => TimerState::Paused { left_ms: left },
                _ => TimerState::Running { due: now + left },
            })
        }
    }
}

/// What people are told when a timer is over.
fn words_of_end(timer: &Timer) -> Bilingual {
    let text = &timer.text;
    match timer.purpose {
        Purpose::Reminder if text.is_empty() => Bilingual::new("提醒时间到了", "It is time"),
        Purpose::Reminder => Bilingual::new(format!("提醒：{text}"), format!("Reminder: {text}")),
        _ if text.is_empty() => Bilingual::new("计时器时间到了", "The timer is over"),
        _ => Bilingual::new(format!("“{text}”计时器时间到了"), format!("The “{text}” timer is over")),
    }
}
