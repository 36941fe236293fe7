//! Our own form: rule graphs in canonical JSON. Reading and writing again gives the same bytes.

use crate::report::Reader;
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::RuleGraph;
use serde_json::Value as Json;

/// Reads one graph, or a list of them.
pub(crate) fn read(text: &str, reader: &mut Reader<'_>) {
    let json: Json = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(e) => return reader.refuse("import.json", "", format!("不是 JSON：{e}"), format!("it is no JSON: {e}")),
    };
    match json {
        Json::Array(items) => {
            for (i, item) in items.into_iter().enumerate() {
                one(item, &format!("/{i}"), reader);
            }
        }
        other => one(other, "", reader),
    }
}

fn one(json: Json, path: &str, reader: &mut Reader<'_>) {
    match serde_json::from_value::<RuleGraph>(json) {
        Ok(graph) => reader.keep(path, graph),
        Err(e) => reader.refuse("import.form", path, format!("不是规则图：{e}"), format!("it is no rule graph: {e}")),
    }
}

/// Writes a graph.
pub(crate) fn write(graph: &RuleGraph) -> Result<String, Diagnostics> {
    base::canonical::to_string_pretty(graph)
        .map_err(|e| vec![Diagnostic::error("export.json", "", Bilingual::same(e.to_string()))])
}
