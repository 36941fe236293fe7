//! What an import found: rules, which names became which points, and what was left out and why.
//!
//! Start at [`Imported`]; importers write by way of [`Reader`].

use crate::limits::{FINDINGS_MAX, RULES_MAX};
use crate::names::{Finder, Match, Open};
use crate::{Format, Given};
use base::limits::{RULE_EDGES_MAX, RULE_NODES_MAX};
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::{RuleGraph, TemplateInput};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use things::World;

/// What was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ImportedRules")]
pub struct Imported {
    /// The rules, in the order of the text. None is saved; proposing one is the next step.
    pub rules: Vec<ImportedRule>,
    /// Which name became which device or point, and how it was found.
    pub matches: Vec<Match>,
    /// Names that have no meaning here yet: say them in `mapping`, and more of the text can be taken.
    pub unmatched: Vec<Open>,
    /// What was left out, and why: a warning where the rule does less without it, an error where there is no rule.
    pub report: Diagnostics,
    /// Where the text is a blueprint: what it is called, and what can be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<Blueprint>,
}

/// A rule of another system with holes. The server keeps none: who wants another rule of it gives its text again, with
/// other inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Blueprint {
    /// What it is called.
    pub title: Bilingual,
    /// What it says about itself.
    pub doc: Bilingual,
    /// What can be given in `inputs`; a default is what is taken without.
    pub inputs: Vec<TemplateInput>,
}

/// A rule that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedRule {
    /// Where it stands in the text, as a JSON Pointer.
    pub path: String,
    /// The graph; a draft.
    pub graph: RuleGraph,
    /// What it does, in words.
    pub readback: Bilingual,
    /// What the compiler says about it.
    pub diagnostics: Diagnostics,
}

/// What an importer writes to.
pub(crate) struct Reader<'w> {
    pub(crate) format: Format,
    pub(crate) world: &'w World,
    pub(crate) given: &'w Given,
    /// Finds what a name means.
    pub(crate) finder: Finder<'w>,
    imported: Imported,
    /// Findings beyond the limit.
    more: usize,
}

impl<'w> Reader<'w> {
    pub(crate) fn new(format: Format, world: &'w World, given: &'w Given) -> Reader<'w> {
        let imported = Imported { rules: vec![], matches: vec![], unmatched: vec![], report: vec![], blueprint: None };
        Reader { format, world, given, finder: Finder::new(world, &given.mapping), imported, more: 0 }
    }

    /// Something is left out, and the rule does less.
    pub(crate) fn leave(&mut self, code: &str, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.tell(Diagnostic::warning(code, path, Bilingual::new(zh, en)));
    }

    /// There is no rule.
    pub(crate) fn refuse(&mut self, code: &str, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.tell(Diagnostic::error(code, path, Bilingual::new(zh, en)));
    }

    pub(crate) fn tell(&mut self, finding: Diagnostic) {
        if self.imported.report.len() < FINDINGS_MAX {
            self.imported.report.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// Says how to mend what was told last.
    pub(crate) fn help(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        if self.more == 0
            && let Some(last) = self.imported.report.last_mut()
        {
            last.help = Some(Bilingual::new(zh, en));
        }
    }

    /// The text is a blueprint.
    pub(crate) fn blueprint(&mut self, blueprint: Blueprint) {
        self.imported.blueprint = Some(blueprint);
    }

    /// A rule is complete; its source is written into `meta`.
    pub(crate) fn rule(&mut self, path: &str, mut graph: RuleGraph) {
        graph.meta.entry("source").or_insert_with(|| json!({ "format": self.format.name() }));
        self.keep(path, graph);
    }

    /// A rule as it stands.
    pub(crate) fn keep(&mut self, path: &str, graph: RuleGraph) {
        if self.imported.rules.len() >= RULES_MAX {
            self.refuse(
                "import.limit",
                path,
                format!("一次最多 {RULES_MAX} 条规则"),
                format!("at most {RULES_MAX} rules at once"),
            );
            return;
        }
        let (_, diagnostics) = engine::compile(&graph, self.world);
        // What is beyond the limits of a rule is not put into words.
        let sayable = graph.nodes.len() <= RULE_NODES_MAX && graph.edges.len() <= RULE_EDGES_MAX;
        let readback = if sayable { engine::explain(&graph, self.world) } else { Bilingual::default() };
        self.imported.rules.push(ImportedRule { path: path.into(), graph, readback, diagnostics });
    }

    pub(crate) fn done(mut self) -> Imported {
        if self.imported.blueprint.is_none() && !self.given.inputs.is_empty() {
            self.leave("import.inputs", "/inputs", "只有蓝图才有输入", "only a blueprint takes inputs");
        }
        if self.more > 0 {
            let more = self.more;
            self.imported.report.push(Diagnostic::warning(
                "import.limit",
                "",
                Bilingual::new(format!("另有 {more} 处"), format!("{more} more findings")),
            ));
        }
        (self.imported.matches, self.imported.unmatched) = self.finder.done();
        self.imported
    }
}
