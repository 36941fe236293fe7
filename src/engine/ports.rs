//! Ports of nodes: what they are declared to carry, and what they carry in one graph once points are known.
//!
//! A *value* port carries a sampled level, which may be unknown (no report yet, bad quality). An *event* port carries
//! a token that belongs to a run. A *message* is an event that brings a topic and a payload; a value taken from it is
//! known only while that message is looked at.

use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::Serialize;

/// A text in both languages that is written in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// Both texts.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Text { zh, en }
    }
    /// As a text that can be joined with others.
    pub fn bilingual(self) -> Bilingual {
        Bilingual::new(self.zh, self.en)
    }
}

/// What a port is declared to carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortKind {
    /// True or false.
    Bool,
    /// Any value: bool, number with unit, token of an enumeration, text. Which one follows from the graph.
    Value,
    /// A token that starts or continues a run.
    Event,
    /// An event that brings a raw message.
    Message,
}

/// A port of a node kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortSpec {
    /// Its name in edges. With `many`, the ports are this name and a number from 1: `in1`, `in2`; with `named` they have
    /// names of their own.
    pub name: &'static str,
    /// What it carries.
    pub kind: PortKind,
    /// Whether there are several of it.
    pub many: bool,
    /// Whether there are any number of it, each under a name that the graph gives: a letter or an underscore, then
    /// letters, digits and underscores.
    pub named: bool,
    /// Whether nothing needs to arrive there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// What it is for.
    pub doc: Text,
}

impl PortSpec {
    /// One port.
    pub const fn one(name: &'static str, kind: PortKind, doc: Text) -> Self {
        PortSpec { name, kind, many: false, named: false, optional: false, doc }
    }
    /// One port that may stay unconnected.
    pub const fn optional(name: &'static str, kind: PortKind, doc: Text) -> Self {
        PortSpec { name, kind, many: false, named: false, optional: true, doc }
    }
    /// Two ports or more, numbered from 1.
    pub const fn many(name: &'static str, kind: PortKind, doc: Text) -> Self {
        PortSpec { name, kind, many: true, named: false, optional: false, doc }
    }
    /// Any number of ports, each with a name of its own.
    pub const fn named(name: &'static str, kind: PortKind, doc: Text) -> Self {
        PortSpec { name, kind, many: true, named: true, optional: false, doc }
    }
}

/// What a port carries in one graph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PortType {
    Bool,
    Number(Unit),
    /// The tokens it can have.
    Enum(Vec<String>),
    Text,
    Event,
    Message,
}

impl PortType {
    /// What a declaration leaves no choice about.
    pub(crate) fn fixed(kind: PortKind) -> Option<PortType> {
        match kind {
            PortKind::Bool => Some(PortType::Bool),
            PortKind::Event => Some(PortType::Event),
            PortKind::Message => Some(PortType::Message),
            PortKind::Value => None,
        }
    }

    /// Whether it may arrive at a port of this kind.
    pub(crate) fn fits(&self, kind: PortKind) -> bool {
        match kind {
            PortKind::Bool => *self == PortType::Bool,
            PortKind::Event => matches!(self, PortType::Event | PortType::Message),
            PortKind::Message => *self == PortType::Message,
            PortKind::Value => !matches!(self, PortType::Event | PortType::Message),
        }
    }

    /// Whether a value is of this type. Tokens that the model does not list are let through: they equal nothing.
    pub(crate) fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (PortType::Bool, Value::Bool(_)) | (PortType::Enum(_) | PortType::Text, Value::Text(_)) => true,
            (PortType::Number(_), Value::Number(n)) => n.is_finite(),
            _ => false,
        }
    }

    /// In words, for findings.
    pub(crate) fn words(&self) -> Bilingual {
        match self {
            PortType::Bool => Bilingual::new("布尔值", "a boolean"),
            PortType::Number(unit) if unit.symbol().is_empty() => Bilingual::new("数值", "a number"),
            PortType::Number(unit) => Bilingual::new(format!("数值（{unit}）"), format!("a number in {unit}")),
            PortType::Enum(tokens) => {
                let list = tokens.join(", ");
                Bilingual::new(format!("枚举值（{list}）"), format!("one of {list}"))
            }
            PortType::Text => Bilingual::new("文本", "a text"),
            PortType::Event => PortKind::Event.words(),
            PortType::Message => PortKind::Message.words(),
        }
    }
}

impl PortKind {
    /// In words, for findings.
    pub(crate) fn words(self) -> Bilingual {
        match self {
            PortKind::Bool => Bilingual::new("布尔值", "a boolean"),
            PortKind::Value => Bilingual::new("值", "a value"),
            PortKind::Event => Bilingual::new("事件", "an event"),
            PortKind::Message => Bilingual::new("消息", "a message"),
        }
    }

    /// Whether it carries events, messages included, rather than values.
    pub(crate) fn is_event(self) -> bool {
        matches!(self, PortKind::Event | PortKind::Message)
    }

    /// Whether an output of this kind may lead to an input of that one, as far as the kinds tell.
    pub(crate) fn leads_to(self, input: PortKind) -> bool {
        match input {
            PortKind::Message => self == PortKind::Message,
            PortKind::Event => self.is_event(),
            PortKind::Bool | PortKind::Value => !self.is_event(),
        }
    }
}
