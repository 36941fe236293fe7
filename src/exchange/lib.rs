//! What others have written becomes our rule graphs, and our graphs become what others can read: SQL stream rules,
//! Alibaba `RuleContent`, Home Assistant automations and blueprints, Node-RED flows, and templates of our own.
//!
//! One principle: **an imported rule does less than its source, never more**. A trigger or an action that cannot be
//! taken is left out and told; a condition that cannot be taken refuses the whole rule, and a wait that cannot be taken
//! ends what follows it. What it is *not*: it saves nothing and decides nothing; every graph goes through
//! `engine::compile` and becomes a proposal like any other. Start at [`import`] and [`export`].

mod alibaba;
mod canonical;
mod home_assistant;
pub mod limits;
mod names;
mod node_red;
mod outline;
mod path;
mod report;
mod sketch;
pub mod sql;
pub mod template;
#[cfg(test)]
mod tests;
mod yaml;

pub use names::{How, Mapping, Match, Open, Target, Wanted};
pub use report::{Blueprint, Imported, ImportedRule};

use base::{Bilingual, Diagnostic, Diagnostics};
use documents::RuleGraph;
use engine::Flat;
use limits::TEXT_BYTES_MAX;
use report::Reader;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use things::World;

/// Who reads or writes it otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RuleFormat")]
pub enum Format {
    /// Our own rule graphs, one or a list; JSON. Reading and writing again gives the same bytes.
    Castellan,
    /// Automations and blueprints of Home Assistant; YAML or JSON.
    HomeAssistant,
    /// Flows of Node-RED's core nodes; JSON.
    NodeRed,
    /// Scene rules (`RuleContent`) of Alibaba Cloud IoT; JSON.
    Alibaba,
    /// A stream rule, `SELECT ... FROM ... WHERE ...`.
    Sql,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] =
        [Format::Castellan, Format::HomeAssistant, Format::NodeRed, Format::Alibaba, Format::Sql];

    /// As it is written in requests and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Castellan => "castellan",
            Format::HomeAssistant => "home_assistant",
            Format::NodeRed => "node_red",
            Format::Alibaba => "alibaba",
            Format::Sql => "sql",
        }
    }

    /// The format of a name.
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// What the caller says about a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// What names of the other system mean here.
    pub mapping: Mapping,
    /// A value for each input of a blueprint, by its name; what has a default may be left out.
    pub inputs: Map<String, Json>,
}

/// Reads rules of another system. Total: whatever the text is, there is an answer, and it says what was left out.
pub fn import(format: Format, text: &str, given: &Given, world: &World) -> Imported {
    let mut reader = Reader::new(format, world, given);
    if text.len() > TEXT_BYTES_MAX {
        let size = text.len();
        reader.refuse(
            "import.limit",
            "",
            format!("文本有 {size} 字节，最多 {TEXT_BYTES_MAX} 字节"),
            format!("the text has {size} bytes, at most {TEXT_BYTES_MAX} are possible"),
        );
        return reader.done();
    }
    match format {
        Format::Castellan => canonical::read(text, &mut reader),
        Format::HomeAssistant => home_assistant::read(text, &mut reader),
        Format::NodeRed => node_red::read(text, &mut reader),
        Format::Alibaba => alibaba::read(text, &mut reader),
        Format::Sql => sql::read(text, &mut reader),
    }
    reader.done()
}

/// Writes a rule for another system.
///
/// # Errors
/// Every node that has no counterpart there, with its place in the graph.
pub fn export(format: Format, graph: &RuleGraph, world: &World) -> Result<String, Diagnostics> {
    let mut found = Diagnostics::new();
    let flat = Flat::of(graph, &mut found);
    if !found.is_empty() && format != Format::Castellan {
        return Err(found);
    }
    if graph.each.is_some() && format != Format::Castellan {
        let message = Bilingual::new(
            "为多处各立一份的规则在那边没有对应的写法",
            "there is no counterpart of a rule that stands for each of several rooms or devices",
        );
        return Err(vec![Diagnostic::error("export.each", "/each", message)]);
    }
    let written = match format {
        Format::Castellan => canonical::write(graph),
        Format::HomeAssistant => home_assistant::write(flat.graph(), world),
        Format::NodeRed => node_red::write(flat.graph(), world),
        Format::Alibaba => alibaba::write(flat.graph(), world),
        Format::Sql => Err(vec![Diagnostic::error(
            "export.format",
            "",
            Bilingual::new("规则不能写成 SQL", "rules are not written as SQL"),
        )]),
    };
    written.map_err(|found| flat.placed(found))
}
