//! Rule graphs: checked against the world, compiled to a plan, stepped, explained.
//!
//! What it is *not*: it has no clock, no I/O and no ids of its own (time and ids are passed in), it writes no device
//! (it says what it wants as [`Effect`]s) and decides no policy. Start at [`Engine`].

use base::id::{PointId, RuleId, RunId};
use base::{Bilingual, Diagnostics, IdGen, Sample, Timestamp};
use documents::{Act, RuleGraph, Trace};
use serde::{Deserialize, Serialize};
use things::{States, World};

/// A graph that passed every check, ready to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {}

/// Checks a graph and compiles it. All faults at once; without errors there is a plan.
pub fn compile(graph: &RuleGraph, world: &World) -> (Option<Plan>, Diagnostics) {
    let _ = (graph, world);
    (None, Vec::new())
}

/// A graph in words.
pub fn explain(graph: &RuleGraph, world: &World) -> Bilingual {
    let _ = (graph, world);
    Bilingual::default()
}

/// Every kind of node, for editors, models and documentation.
pub fn catalogue() -> Vec<NodeSpec> {
    Vec::new()
}

/// A kind of node as it is served.
#[derive(Debug, Clone, Serialize)]
pub struct NodeSpec {}

/// What the engine wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Something shall be written.
    Command {
        /// The rule.
        rule: RuleId,
        /// The run.
        run: RunId,
        /// The node that asks for it.
        node: String,
        /// Instance key; empty for the only instance.
        instance: String,
        /// What.
        act: Act,
    },
    /// What a step changed; follows the commands of the same step. Its `commands` are filled by the runtime.
    Trace(Trace),
}

/// All rules that run, and their state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Engine {}

impl Engine {
    /// Compiles a graph and makes it run, or replaces the running one and keeps the state of nodes that stayed.
    /// A graph with errors changes nothing.
    pub fn enable(&mut self, graph: RuleGraph, world: &World, states: &States, now: Timestamp) -> Diagnostics {
        let _ = (states, now);
        compile(&graph, world).1
    }
    /// Ends a rule and forgets its state.
    pub fn disable(&mut self, rule: RuleId) {
        let _ = rule;
    }
    /// Whether a rule runs.
    pub fn contains(&self, rule: RuleId) -> bool {
        let _ = rule;
        false
    }
    /// The world became another one: recompiles every rule. What no longer compiles keeps its old plan and is returned.
    pub fn world_changed(&mut self, world: &World, states: &States, now: Timestamp) -> Vec<(RuleId, Diagnostics)> {
        let _ = (world, states, now);
        Vec::new()
    }
    /// Applies due timers, then the reports in their order.
    pub fn step(&mut self, changed: &[(PointId, Sample)], now: Timestamp, ids: &mut IdGen) -> Vec<Effect> {
        let _ = (changed, now, ids);
        Vec::new()
    }
    /// When `step` has to be called next even if nothing is reported.
    pub fn deadline(&self) -> Option<Timestamp> {
        None
    }
}
