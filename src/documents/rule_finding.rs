//! What the rules of a site are found to do together, each with a witness: inputs and times that show it.
//!
//! What it is *not*: nothing is changed by it, and no history is needed for it; what the history shows is a
//! [`crate::Finding`].

use crate::{Message, RuleGraph};
use base::diagnostic::Severity;
use base::id::{PointId, RuleId};
use base::{Bilingual, Diagnostic, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kinds of findings about rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleFindingKind {
    /// What rules write triggers them again, without end.
    Loop,
    /// Different values are written to one point in situations that can be at once.
    Contradiction,
    /// An actuator is set and reset at nearly the same value of what it drives.
    Oscillation,
    /// Two rules do the same.
    Duplicate,
    /// Whatever a rule does, another one has done already.
    Shadowed,
    /// Something can never happen.
    Never,
    /// A condition always holds.
    Always,
    /// A single report is enough to open, unlock or endanger something.
    Unguarded,
    /// A rule looks at a point that is hidden from the assistant.
    Hidden,
}

impl RuleFindingKind {
    /// Its code among diagnostics.
    pub fn code(self) -> &'static str {
        match self {
            RuleFindingKind::Loop => "rules.loop",
            RuleFindingKind::Contradiction => "rules.contradiction",
            RuleFindingKind::Oscillation => "rules.oscillation",
            RuleFindingKind::Duplicate => "rules.duplicate",
            RuleFindingKind::Shadowed => "rules.shadowed",
            RuleFindingKind::Never => "rules.never",
            RuleFindingKind::Always => "rules.always",
            RuleFindingKind::Unguarded => "rules.unguarded",
            RuleFindingKind::Hidden => "rules.hidden",
        }
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It follows from something that is not looked into, or the simulation did not show it.
    Possible,
    /// The engine showed it in a simulation of the witness.
    Certain,
}

/// A rule that a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concerned {
    /// Which.
    pub rule: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// Its nodes that matter, the most important first.
    pub nodes: Vec<String>,
}

/// A value that is reported in a witness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessInput {
    /// The point.
    pub point: PointId,
    /// Its new value.
    pub value: Value,
    /// Both in words.
    pub words: Bilingual,
}

/// Something that a rule asks for in a witness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessAction {
    /// The rule.
    pub rule: RuleId,
    /// The node.
    pub node: String,
    /// The point that is written; none for what writes no point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
    /// What it becomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// In words.
    pub words: Bilingual,
}

/// One moment of a witness: what comes in, and what the rules do then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessStep {
    /// When, on a clock of its own: the witness begins on a Monday at midnight.
    pub at: Timestamp,
    /// What is reported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<WitnessInput>,
    /// What is said on a topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// What the rules do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<WitnessAction>,
}

/// Something about the rules that somebody should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFinding {
    /// What kind.
    pub kind: RuleFindingKind,
    /// Stable code: `rules.loop`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub certainty: Certainty,
    /// The rules that it is about.
    pub rules: Vec<Concerned>,
    /// The points that it is about.
    pub points: Vec<PointId>,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do about it.
    pub help: Bilingual,
    /// Inputs and times that show it. Where nothing can ever happen there is nothing to show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witness: Vec<WitnessStep>,
}

impl RuleFinding {
    /// Whether it is about a rule.
    pub fn concerns(&self, rule: RuleId) -> bool {
        self.rules.iter().any(|r| r.rule == rule)
    }

    /// As a finding about one of its rules, with its place in the graph.
    pub fn diagnostic(&self, graph: &RuleGraph) -> Diagnostic {
        let mine = self.rules.iter().find(|r| r.rule == graph.id).and_then(|r| r.nodes.first());
        // What stands within a sub-graph is found there.
        let within =
            |id: &str, node: &str| id.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let place = mine.and_then(|id| graph.nodes.iter().position(|n| within(id, &n.id)));
        Diagnostic {
            code: self.code.clone(),
            severity: self.severity,
            path: place.map_or_else(String::new, |i| format!("/nodes/{i}")),
            message: self.message.clone(),
            help: Some(self.help.clone()),
        }
    }
}
