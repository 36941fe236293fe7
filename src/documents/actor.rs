//! Who asks for something, and by which way.

use base::id::RuleId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a token or a person may do at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything.
    Owner,
    /// Operates and approves.
    Operator,
    /// Reads.
    Viewer,
    /// A program that acts for somebody; never approves.
    Agent,
    /// A device gateway; only raw topics.
    Bridge,
}

/// By which way a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A button on the page.
    Ui,
    /// REST.
    Api,
    /// Text in a conversation.
    Chat,
    /// Speech.
    Voice,
    /// A tool call of an outside agent.
    Mcp,
    /// A rule that runs.
    Rule,
    /// Castellan itself.
    System,
}

/// What kind of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A person.
    Person,
    /// A program.
    Agent,
    /// A rule.
    Rule,
    /// Castellan itself.
    System,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// Name of the token or person, id of the rule.
    pub name: String,
    /// What it may do at most.
    pub role: Role,
    /// By which way it came.
    pub channel: Channel,
}

impl Actor {
    /// A person.
    pub fn person(name: impl Into<String>, role: Role, channel: Channel) -> Self {
        Actor { kind: ActorKind::Person, name: name.into(), role, channel }
    }
    /// A program with a token of role `agent`.
    pub fn agent(name: impl Into<String>, channel: Channel) -> Self {
        Actor { kind: ActorKind::Agent, name: name.into(), role: Role::Agent, channel }
    }
    /// A rule.
    pub fn rule(rule: RuleId) -> Self {
        Actor { kind: ActorKind::Rule, name: rule.to_string(), role: Role::Operator, channel: Channel::Rule }
    }
    /// Castellan itself.
    pub fn system() -> Self {
        Actor { kind: ActorKind::System, name: "castellan".into(), role: Role::Owner, channel: Channel::System }
    }
    /// Whether approvals may come from here: a person who may operate, never an agent or a rule.
    pub fn may_approve(&self) -> bool {
        self.kind == ActorKind::Person && matches!(self.role, Role::Owner | Role::Operator)
    }
}
