//! What a rule would do together with those that are in use, before it is one of them.
//!
//! Only rules that have to do with it are looked at, directly or by way of others. What it is *not*: the findings about
//! all rules at once, which take longer, are made outside of the core (`crate::Handle::rule_findings`).

use super::Core;
use base::Diagnostics;
use base::id::PointId;
use documents::{RuleGraph, RuleState};
use engine::{Plan, touched};
use std::collections::BTreeSet;

/// A rule in use that may have to do with another one.
struct Neighbour<'a> {
    graph: &'a RuleGraph,
    reads: BTreeSet<PointId>,
    writes: BTreeSet<PointId>,
    messages: bool,
}

impl Core {
    /// What is found about a rule among those in use.
    pub(super) fn findings_about(&self, graph: &RuleGraph, plans: &[Plan]) -> Diagnostics {
        let found = engine::analyse_rule(graph, self.neighbours(plans), &self.world);
        found.iter().map(|f| f.diagnostic(graph)).collect()
    }

    /// Rules that are in use and share a point that one of them writes, or exchange messages, by any number of steps.
    fn neighbours(&self, plans: &[Plan]) -> Vec<&RuleGraph> {
        let used = self.state.rules.values().map(|r| &r.graph).filter(|g| g.state != RuleState::Draft);
        let mut rest: Vec<Neighbour<'_>> =
            used.map(|graph| Neighbour::new(graph, self.state.engine.plans(graph.id))).collect();
        let (mut reads, mut writes) = touched(plans);
        let mut messages = plans.iter().any(exchanges);
        let mut near = Vec::new();
        loop {
            let (joined, left): (Vec<_>, Vec<_>) = rest.into_iter().partition(|n| {
                !n.writes.is_disjoint(&writes)
                    || !n.writes.is_disjoint(&reads)
                    || !n.reads.is_disjoint(&writes)
                    || (messages && n.messages)
            });
            rest = left;
            if joined.is_empty() {
                return near;
            }
            for neighbour in joined {
                reads.extend(neighbour.reads);
                writes.extend(neighbour.writes);
                messages |= neighbour.messages;
                near.push(neighbour.graph);
            }
        }
    }
}

impl<'a> Neighbour<'a> {
    fn new<'p>(graph: &'a RuleGraph, plans: impl Iterator<Item = &'p Plan>) -> Neighbour<'a> {
        let plans: Vec<&Plan> = plans.collect();
        let messages = plans.iter().any(|plan| exchanges(plan));
        let (reads, writes) = touched(plans);
        Neighbour { graph, reads, writes, messages }
    }
}

fn exchanges(plan: &Plan) -> bool {
    !plan.listens().is_empty() || !plan.publishes().is_empty()
}
