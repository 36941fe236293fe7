//! Blueprints: automations with inputs. Selectors become inputs with types, as those of our templates; with a value for
//! each of them a blueprint is an automation, which is read as any other.
//!
//! What it is *not*: nothing is kept. Who wants another rule of a blueprint gives its text again, with other inputs.
//! Start at [`read`].

mod input;

use super::{Object, graph_of, text};
use crate::limits::{DEPTH_MAX, VALUES_MAX};
use crate::report::{Blueprint, Reader};
use crate::yaml;
use base::Bilingual;
use documents::template::{INPUT_KEY, INPUTS_MAX};
use input::Input;
use serde_json::{Map, Value as Json, json};

/// Reads a blueprint as the automation that it is with these inputs.
pub(super) fn read(map: &Object, reader: &mut Reader<'_>) {
    let none = Object::new();
    let head = map.get("blueprint").and_then(Json::as_object).unwrap_or(&none);
    let domain = text(head.get("domain"));
    if domain.as_deref().is_some_and(|d| d != "automation") {
        let path = "/blueprint/domain";
        return reader.refuse(
            "import.blueprint",
            path,
            "只支持自动化的蓝图",
            "only blueprints of automations are read",
        );
    }
    let mut inputs = Vec::new();
    collect(head.get("input"), &mut inputs);
    if inputs.len() > INPUTS_MAX {
        return reader.refuse(
            "import.limit",
            "/blueprint/input",
            format!("最多 {INPUTS_MAX} 个输入"),
            format!("at most {INPUTS_MAX} inputs"),
        );
    }
    let name = text(head.get("name")).unwrap_or_else(|| "Home Assistant".into());
    reader.blueprint(Blueprint {
        title: Bilingual::same(&name),
        doc: Bilingual::same(text(head.get("description")).unwrap_or_default().trim()),
        inputs: inputs.iter().map(|i| i.template.clone()).collect(),
    });
    let Some(values) = values(&inputs, reader) else { return };
    let body = map.iter().filter(|(key, _)| *key != "blueprint").map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut left = VALUES_MAX;
    let body = filled(&Json::Object(body), &values, &mut left).filter(|body| depth(body) <= DEPTH_MAX);
    let Some(Json::Object(mut body)) = body else {
        return reader.refuse("import.limit", "/inputs", "填入后文档过大", "the document is too large once filled in");
    };
    body.entry("alias").or_insert_with(|| json!(name));
    // The same inputs make the same rule again; others make another.
    let given = &reader.given.inputs;
    let which = if given.is_empty() { String::new() } else { base::canonical::hash(given).unwrap_or_default() };
    let source = json!({ "format": reader.format.name(), "blueprint": name, "inputs": given });
    if let Some(mut graph) = graph_of(&body, "", &format!("blueprint{which}"), reader) {
        graph.meta.insert("source".into(), source);
        reader.rule("", graph);
    }
}

/// The inputs in their order; sections of inputs are looked into.
fn collect(inputs: Option<&Json>, out: &mut Vec<Input>) {
    for (name, input) in inputs.and_then(Json::as_object).into_iter().flatten() {
        match input.get("input") {
            Some(section) => collect(Some(section), out),
            None => out.push(Input::of(name, input)),
        }
    }
}

/// What stands for each input in the text, if there is a value that fits for all of them.
fn values(inputs: &[Input], reader: &mut Reader<'_>) -> Option<Object> {
    let given = reader.given;
    let mut sound = true;
    for name in given.inputs.keys().filter(|name| !inputs.iter().any(|i| i.template.name == **name)) {
        let known: Vec<&str> = inputs.iter().map(|i| i.template.name.as_str()).collect();
        let known = known.join(", ");
        let (zh, en) =
            (format!("没有输入“{name}”；有：{known}"), format!("there is no input `{name}`; known: {known}"));
        reader.refuse("import.input", &format!("/inputs/{name}"), zh, en);
        sound = false;
    }
    let mut values = Map::new();
    for input in inputs {
        let name = &input.template.name;
        let value = given.inputs.get(name).filter(|v| !v.is_null()).or(input.template.default.as_ref());
        let written = match value {
            None => Err(("请给出这个值".into(), "a value is needed".into())),
            Some(value) => input.written(value, reader),
        };
        match written {
            Ok(written) => _ = values.insert(name.clone(), written),
            Err((zh, en)) => {
                let title = &input.template.title;
                let (zh, en) = (format!("{}：{zh}", title.zh), format!("{}: {en}", title.en));
                reader.refuse("import.input", &format!("/inputs/{name}"), zh, en);
                sound = false;
            }
        }
    }
    sound.then_some(values)
}

/// A document with its inputs filled in; a list in a list becomes a part of it. None where it would become too large.
fn filled(json: &Json, values: &Object, left: &mut usize) -> Option<Json> {
    Some(match json {
        Json::Object(map) => match input_of(json) {
            Some(name) => {
                let value = values.get(name).cloned().unwrap_or(Json::Null);
                *left = left.checked_sub(yaml::count(&value))?;
                value
            }
            None => {
                let entries = map.iter().map(|(k, v)| Some((k.clone(), filled(v, values, left)?)));
                Json::Object(entries.collect::<Option<_>>()?)
            }
        },
        Json::Array(items) => {
            let mut out = Vec::new();
            for item in items {
                match (input_of(item), filled(item, values, left)?) {
                    (Some(_), Json::Array(inner)) => out.extend(inner),
                    (_, one) => out.push(one),
                }
            }
            Json::Array(out)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => json.clone(),
    })
}

fn input_of(json: &Json) -> Option<&str> {
    json.get(INPUT_KEY).and_then(Json::as_str)
}

/// How deep a document is nested.
fn depth(json: &Json) -> usize {
    match json {
        Json::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
    }
}
