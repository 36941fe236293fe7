//! Rule templates: a graph with typed inputs and a version. With a value for each input it becomes a rule.
//!
//! What it is *not*: nothing here fills one in or checks it; that is the exchange's. Start at [`RuleTemplate`].

use crate::{Edge, Node, RuleMode};
use base::{Bilingual, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Version of this form.
pub const SCHEMA_VERSION: u32 = 1;
/// Most inputs of a template.
pub const INPUTS_MAX: usize = 32;
/// The key of the object that stands for an input in the parameters of a node: `{"$input": "limit"}`.
pub const INPUT_KEY: &str = "$input";

/// A rule with holes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleTemplate {
    /// Version of the form, [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Its name in addresses: `frost_guard`.
    pub name: String,
    /// Its own version; a rule made of it says which one it was.
    pub version: u32,
    /// What it is called.
    pub title: Bilingual,
    /// What a rule made of it does.
    pub doc: Bilingual,
    /// What has to be given, at most [`INPUTS_MAX`].
    #[schemars(length(max = INPUTS_MAX))]
    pub inputs: Vec<TemplateInput>,
    /// What happens when the rule is triggered while it runs.
    #[serde(default)]
    pub mode: RuleMode,
    /// Its nodes. In their parameters `{"$input": NAME}` stands for the value of an input.
    pub nodes: Vec<Node>,
    /// What flows where.
    pub edges: Vec<Edge>,
}

/// Something that has to be given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateInput {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: Bilingual,
    /// What can be given.
    pub takes: InputKind,
    /// What is taken when nothing is given; without it a value has to be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
}

/// What can be given for an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum InputKind {
    /// The id of a point, or a list of them.
    Point {
        /// It has one of these traits; any when empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        traits: Vec<String>,
        /// It has to be writable.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        writable: bool,
        /// Several can be given, as a list.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        many: bool,
    },
    /// The id of a device.
    Device {
        /// It is of one of these kinds; any when empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kinds: Vec<String>,
    },
    /// A number: bare in this unit, or with a unit that converts.
    Number {
        /// Its unit.
        unit: Unit,
        /// Smallest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// Largest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// A time in milliseconds.
    Span {
        /// Shortest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_ms: Option<i64>,
        /// Longest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_ms: Option<i64>,
    },
    /// A time of the day: `22:30`.
    Time,
    /// True or false.
    Bool,
    /// One of these.
    Token {
        /// The choices.
        choices: Vec<String>,
    },
    /// A text.
    Text {
        /// Longest, in characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_chars: Option<usize>,
    },
    /// The id of a space.
    Space,
    /// A selection of points.
    Selector {
        /// Their trait; given in the selection when absent.
        #[serde(rename = "trait", default, skip_serializing_if = "Option::is_none")]
        trait_: Option<String>,
    },
    /// Anything: the source that the template came from did not say.
    Any,
}
