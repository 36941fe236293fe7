//! What rules did, kept by what came of it: of each rule its last failures and its last actions stay, however many steps
//! there were in which nothing happened.
//!
//! What it is *not*: the log, in which all of them stand. Start at [`Traces::keep`].

use super::Core;
use base::id::{RuleId, RunId};
use documents::{Outcome, PortValue, Reason, Receipt, ReceiptState, RuleValues, Trace, TraceClass};
use engine::Plan;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use things::PointSpec;

/// Most traces of one rule and of all rules, by what came of them.
const fn limits(class: TraceClass) -> (usize, usize) {
    match class {
        TraceClass::Failed => (50, 4_000),
        TraceClass::Acted => (100, 4_000),
        TraceClass::Ran => (50, 2_000),
        TraceClass::Changed => (20, 2_000),
    }
}

/// The traces that are kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "VecDeque<Trace>", into = "VecDeque<Trace>")]
pub(super) struct Traces {
    /// The number of the next one.
    next: u64,
    kept: BTreeMap<u64, Trace>,
    of_rule: BTreeMap<(RuleId, TraceClass), VecDeque<u64>>,
    of_class: BTreeMap<TraceClass, BTreeSet<u64>>,
}

impl From<VecDeque<Trace>> for Traces {
    fn from(all: VecDeque<Trace>) -> Traces {
        let mut traces = Traces::default();
        all.into_iter().for_each(|trace| traces.keep(trace));
        traces
    }
}

impl From<Traces> for VecDeque<Trace> {
    fn from(traces: Traces) -> VecDeque<Trace> {
        traces.kept.into_values().collect()
    }
}

/// What came of a trace that nobody has judged: builds before this one wrote such.
fn judged(trace: &Trace) -> TraceClass {
    trace.class.unwrap_or(match trace {
        t if !t.errors.is_empty() => TraceClass::Failed,
        t if !t.commands.is_empty() => TraceClass::Acted,
        t if t.run.is_some() => TraceClass::Ran,
        _ => TraceClass::Changed,
    })
}

impl Traces {
    /// Keeps one; the oldest of its class gives way.
    pub(super) fn keep(&mut self, trace: Trace) {
        let (rule, class, number) = (trace.rule, judged(&trace), self.next);
        self.next += 1;
        self.kept.insert(number, trace);
        self.file(rule, class, number);
    }

    fn file(&mut self, rule: RuleId, class: TraceClass, number: u64) {
        let (of_rule, of_all) = limits(class);
        let own = self.of_rule.entry((rule, class)).or_default();
        let place = own.partition_point(|n| *n < number);
        own.insert(place, number);
        let all = self.of_class.entry(class).or_default();
        all.insert(number);
        let crowded = if own.len() > of_rule { own.front().copied() } else { None };
        let oldest = crowded.or_else(|| if all.len() > of_all { all.first().copied() } else { None });
        if let Some(oldest) = oldest {
            self.unfile(class, oldest);
            self.kept.remove(&oldest);
        }
    }

    fn unfile(&mut self, class: TraceClass, number: u64) {
        let Some(rule) = self.kept.get(&number).map(|t| t.rule) else { return };
        if let Some(all) = self.of_class.get_mut(&class) {
            all.remove(&number);
        }
        if let Some(own) = self.of_rule.get_mut(&(rule, class)) {
            own.retain(|n| *n != number);
            if own.is_empty() {
                self.of_rule.remove(&(rule, class));
            }
        }
    }

    /// A command of a run has failed later.
    pub(super) fn fail(&mut self, rule: RuleId, run: RunId) {
        let own = self.of_rule.get(&(rule, TraceClass::Acted)).into_iter().flatten();
        let of_run = |n: &&u64| self.kept.get(n).is_some_and(|t| t.run == Some(run));
        let Some(number) = own.rev().find(of_run).copied() else { return };
        self.unfile(TraceClass::Acted, number);
        if let Some(trace) = self.kept.get_mut(&number) {
            trace.class = Some(TraceClass::Failed);
        }
        self.file(rule, TraceClass::Failed, number);
    }

    /// All of them, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Trace> {
        self.kept.values()
    }

    /// Those of a rule, newest first.
    pub(super) fn of(&self, rule: RuleId) -> impl Iterator<Item = &Trace> {
        let numbers = TraceClass::ALL.iter().filter_map(|class| self.of_rule.get(&(rule, *class))).flatten();
        let mut numbers: Vec<u64> = numbers.copied().collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers.into_iter().filter_map(|n| self.kept.get(&n))
    }
}

impl Core {
    /// What rules did as far as it is remembered, oldest first.
    pub fn traces(&self) -> impl DoubleEndedIterator<Item = &Trace> {
        self.state.traces.iter()
    }

    /// What a rule did as far as it is remembered, newest first.
    pub fn traces_of(&self, rule: RuleId) -> impl Iterator<Item = &Trace> {
        self.state.traces.of(rule)
    }

    /// The present values of a rule, of one that stands for several rooms or devices those of the first; none when there is
    /// no such rule. Of an event it says when it happened last, and of
    /// what only a message carries what the last one carried.
    pub fn rule_values(&self, rule: RuleId) -> Option<RuleValues> {
        self.state.rules.get(&rule)?;
        let here = self.state.engine.plans(rule).next().and_then(Plan::here);
        let mut ports = self.state.engine.values(rule, here).unwrap_or_default();
        let place = here.map_or_else(String::new, |here| here.to_string());
        let unknown = |port: &PortValue| port.value.is_none() && port.fired.is_none();
        let mut missing = ports.iter().filter(|port| unknown(port)).count();
        for trace in self.state.traces.of(rule).filter(|trace| trace.instance == place) {
            if missing == 0 {
                break;
            }
            for entry in &trace.entries {
                let same = |port: &&mut PortValue| port.node == entry.node && port.port == entry.port;
                let Some(port) = ports.iter_mut().find(same).filter(|port| unknown(port)) else { continue };
                let passing = trace.message.is_some() && entry.value.is_some();
                if entry.value.is_none() || passing {
                    port.fired = Some(trace.at);
                    port.value.clone_from(&entry.value);
                    missing -= 1;
                }
            }
        }
        Some(RuleValues { rule, runs: self.rule_runs(rule), ports })
    }

    /// Whether somebody sees every point that a rule reads or writes; none when there is no such rule.
    pub fn sees_rule(&self, rule: RuleId, sees: impl Fn(&PointSpec) -> bool) -> Option<bool> {
        let saved = self.state.rules.get(&rule)?;
        let (reads, writes) = if self.state.engine.contains(rule) {
            engine::touched(self.state.engine.plans(rule))
        } else {
            self.points_of_rule(&saved.graph)
        };
        Some(reads.iter().chain(&writes).filter_map(|p| self.world.point(*p)).all(sees))
    }

    /// What came of a step in which these commands were made.
    pub(super) fn class_of(&self, trace: &Trace, acted: bool) -> TraceClass {
        let refused = |r: &Receipt| r.state == ReceiptState::Refused;
        if !trace.errors.is_empty() || trace.commands.iter().filter_map(|c| self.receipt(*c)).any(refused) {
            TraceClass::Failed
        } else if acted {
            TraceClass::Acted
        } else if trace.run.is_some() {
            TraceClass::Ran
        } else {
            trace.class.unwrap_or(TraceClass::Changed)
        }
    }

    /// A command that a rule has sent failed later: its run did.
    pub(super) fn judge_runs(&mut self, out: &[Outcome]) {
        for outcome in out {
            let Outcome::Receipt(receipt) = outcome else { continue };
            let gave_way = receipt.reason.as_ref().is_some_and(|r| r.reason == Reason::Contradiction);
            let failed = matches!(receipt.state, ReceiptState::TimedOut | ReceiptState::Refused) && !gave_way;
            let cause = self.state.flights.get(&receipt.command).map(|f| &f.command.cause);
            if let (true, Some(documents::Cause::Run { rule, run, .. })) = (failed, cause) {
                let (rule, run) = (*rule, *run);
                self.state.traces.fail(rule, run);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Timestamp;

    fn trace(rule: &str, class: TraceClass, run: u128) -> Trace {
        Trace {
            rule: RuleId::of_name(rule),
            run: Some(RunId::from_bits(run)),
            instance: String::new(),
            at: Timestamp::from_millis(i64::try_from(run).unwrap()),
            trigger: None,
            message: None,
            timers: Vec::new(),
            entries: Vec::new(),
            commands: Vec::new(),
            errors: Vec::new(),
            class: Some(class),
        }
    }

    fn count(traces: &Traces, rule: &str, class: TraceClass) -> usize {
        traces.of(RuleId::of_name(rule)).filter(|t| t.class == Some(class)).count()
    }

    #[test]
    fn what_matters_survives_thousands_of_steps_in_which_nothing_happened() {
        let mut traces = Traces::default();
        traces.keep(trace("a", TraceClass::Failed, 1));
        traces.keep(trace("a", TraceClass::Acted, 2));
        (10..20_000).for_each(|run| traces.keep(trace("a", TraceClass::Changed, run)));
        (0..20_000).for_each(|run| traces.keep(trace(&format!("{}", run % 400), TraceClass::Changed, run)));
        assert_eq!((count(&traces, "a", TraceClass::Failed), count(&traces, "a", TraceClass::Acted)), (1, 1));
        // Those of all rules are bounded too.
        assert_eq!(traces.kept.len(), 2_000 + 2);
        assert_eq!(traces.of_class.values().map(BTreeSet::len).sum::<usize>(), traces.kept.len());
        assert_eq!(traces.of_rule.values().map(VecDeque::len).sum::<usize>(), traces.kept.len());
    }

    #[test]
    fn a_run_whose_command_fails_later_has_failed() {
        let mut traces = Traces::default();
        (1..=5).for_each(|run| traces.keep(trace("a", TraceClass::Acted, run)));
        traces.fail(RuleId::of_name("a"), RunId::from_bits(3));
        traces.fail(RuleId::of_name("a"), RunId::from_bits(9));
        assert_eq!((count(&traces, "a", TraceClass::Failed), count(&traces, "a", TraceClass::Acted)), (1, 4));
        // The order of time stays, also over a restart.
        let runs = |t: &Traces| t.iter().map(|t| t.at.as_millis()).collect::<Vec<_>>();
        let saved = serde_json::to_string(&traces).unwrap();
        let restored: Traces = serde_json::from_str(&saved).unwrap();
        assert_eq!((runs(&traces), runs(&restored)), (vec![1, 2, 3, 4, 5], vec![1, 2, 3, 4, 5]));
        assert_eq!(count(&restored, "a", TraceClass::Failed), 1);
    }
}
