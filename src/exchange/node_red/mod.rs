//! Flows of Node-RED: the core nodes, one rule for each tab.
//!
//! A message there is an object that each node may change; here an event flows, and beside it what its payload is:
//! that of a message, a value, a constant, or a text with slots. Wires are followed from the nodes where messages begin;
//! a node that cannot be taken ends its way. Start at [`read`]; `wires` follows them, `payload` says what flows.

mod nodes;
mod payload;
mod write;

pub(crate) use write::write;

use crate::limits::DEPTH_MAX;
use crate::report::Reader;
use crate::sketch::{Sketch, Wire};
use base::Bilingual;
use base::limits::RULE_NODES_MAX;
use payload::Payload;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

type Object = Map<String, Json>;

/// Nodes that end a way without doing anything here.
const SILENT: &[&str] =
    &["debug", "comment", "link out", "http response", "catch", "status", "complete", "group", "junction"];
/// Nodes where messages begin.
const SOURCES: &[&str] = &["inject", "mqtt in", "http in"];

/// Reads an exported flow: a list of nodes, tabs and configurations.
pub(crate) fn read(text: &str, reader: &mut Reader<'_>) {
    let json: Json = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(e) => return reader.refuse("import.json", "", format!("不是 JSON：{e}"), format!("it is no JSON: {e}")),
    };
    let list = json.as_array().or_else(|| json.get("flows").and_then(Json::as_array));
    let Some(list) = list else {
        return reader.refuse("import.form", "", "流程应为列表", "a flow is a list of nodes");
    };
    let nodes: BTreeMap<&str, (usize, &Object)> = list
        .iter()
        .enumerate()
        .filter_map(|(i, json)| json.as_object().map(|map| (said(map, "id"), (i, map))))
        .collect();
    let mut tabs: Vec<&str> = Vec::new();
    for map in list.iter().filter_map(Json::as_object) {
        if SOURCES.contains(&said(map, "type")) && !tabs.contains(&said(map, "z")) {
            tabs.push(said(map, "z"));
        }
    }
    let functions: Vec<String> = list
        .iter()
        .filter_map(Json::as_object)
        .filter(|map| said(map, "type") == "function")
        .map(|map| if said(map, "name").is_empty() { said(map, "id").to_owned() } else { said(map, "name").to_owned() })
        .collect();
    if !functions.is_empty() {
        let names = functions.join(", ");
        reader.leave(
            "import.function",
            "",
            format!("函数节点不能执行：{names}"),
            format!("function nodes are not run: {names}"),
        );
        reader.help(
            "用 script、template 或运算节点重写",
            "write them again with a `script`, a `template` or a node of mathematics",
        );
    }
    if tabs.is_empty() {
        return reader.refuse("import.empty", "", "没有可以开始的节点", "there is no node where a flow could begin");
    }
    for tab in tabs {
        read_tab(tab, &nodes, reader);
    }
}

fn read_tab(tab: &str, nodes: &BTreeMap<&str, (usize, &Object)>, reader: &mut Reader<'_>) {
    let label = nodes.get(tab).map_or("", |(_, map)| said(map, "label"));
    let path = nodes.get(tab).map_or_else(String::new, |(i, _)| format!("/{i}"));
    let name = if label.is_empty() { "Node-RED" } else { label };
    let sketch = Sketch::new(&format!("node_red:{tab}"), Bilingual::same(name));
    let mut flow = Flow { reader, sketch, nodes, told: BTreeSet::new() };
    for (id, (_, map)) in nodes {
        if said(map, "z") == tab && SOURCES.contains(&said(map, "type")) && !disabled(map) {
            for sent in flow.begin(map, &flow.path(id)) {
                flow.follow(map, 0, sent, 0);
            }
        }
    }
    let Flow { reader, sketch, .. } = flow;
    if !sketch.acts() {
        return reader.refuse(
            "import.empty",
            &path,
            format!("“{name}”没有留下任何动作"),
            format!("nothing is left that `{name}` would do"),
        );
    }
    reader.rule(&path, sketch.done());
}

/// What flows along a wire.
#[derive(Debug, Clone)]
struct Sent {
    event: Wire,
    payload: Payload,
}

/// A tab while it is read.
struct Flow<'r, 'w, 'n> {
    reader: &'r mut Reader<'w>,
    sketch: Sketch,
    nodes: &'n BTreeMap<&'n str, (usize, &'n Object)>,
    /// What was told already: a node may be reached by several ways.
    told: BTreeSet<(String, String)>,
}

impl<'n> Flow<'_, '_, 'n> {
    fn path(&self, id: &str) -> String {
        self.nodes.get(id).map_or_else(String::new, |(i, _)| format!("/{i}"))
    }

    /// Something is left out, and what follows it with it.
    fn leave(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        let (zh, en) = (zh.into(), en.into());
        if self.told.insert((path.to_owned(), en.clone())) {
            self.reader.leave("import.left_out", path, zh, en);
        }
    }

    /// Hands a message to what is wired to an output.
    fn follow(&mut self, from: &Object, output: usize, sent: Sent, depth: usize) {
        let wired = from.get("wires").and_then(|w| w.get(output)).and_then(Json::as_array);
        for id in wired.into_iter().flatten().filter_map(Json::as_str) {
            self.arrive(id, sent.clone(), depth + 1);
        }
    }

    fn arrive(&mut self, id: &str, sent: Sent, depth: usize) {
        let Some((_, map)) = self.nodes.get(id).copied() else { return };
        let path = self.path(id);
        if disabled(map) {
            return;
        }
        if depth > DEPTH_MAX || self.sketch.len() > RULE_NODES_MAX {
            return self.leave(&path, "流程太大或有循环", "the flow is too large, or has a loop");
        }
        match said(map, "type") {
            "link out" => {
                for id in map.get("links").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
                    self.arrive(id, sent.clone(), depth + 1);
                }
            }
            "link in" | "junction" => self.follow(map, 0, sent, depth),
            type_ if SILENT.contains(&type_) => {}
            _ => match self.node(map, sent) {
                Ok(outputs) => {
                    for (output, sent) in outputs {
                        self.follow(map, output, sent, depth);
                    }
                }
                Err((zh, en)) => self.leave(&path, zh, en),
            },
        }
    }
}

fn disabled(map: &Object) -> bool {
    map.get("d").and_then(Json::as_bool) == Some(true)
}

/// A text of a node; empty when there is none.
fn said<'a>(map: &'a Object, key: &str) -> &'a str {
    map.get(key).and_then(Json::as_str).unwrap_or("")
}

/// A number of a node, also one that is written as a text.
fn number(map: &Object, key: &str) -> Option<f64> {
    let json = map.get(key)?;
    json.as_f64().or_else(|| json.as_str()?.trim().parse().ok()).filter(|n| n.is_finite())
}
