//! Blueprints: automations with inputs. Each input is taken at its default, so that what remains is an automation.

use super::{Object, graph_of};
use crate::report::Reader;
use documents::template::INPUT_KEY;
use serde_json::{Map, Value as Json};

/// Reads a blueprint as the automation that it is with the defaults of its inputs.
pub(super) fn read(map: &Object, reader: &mut Reader<'_>) {
    let blueprint = map.get("blueprint").and_then(Json::as_object);
    let mut defaults = Map::new();
    let mut missing = Vec::new();
    collect(blueprint.and_then(|b| b.get("input")), &mut defaults, &mut missing);
    for name in &missing {
        reader.leave(
            "import.input",
            &format!("/blueprint/input/{name}"),
            format!("输入“{name}”没有默认值；用到它的部分按这个名称在 mapping 中查找"),
            format!("input `{name}` has no default; where it is used, `mapping` is asked for this name"),
        );
    }
    let mut body = filled(&Json::Object(map.clone()), &defaults);
    if let (Some(body), Some(name)) = (body.as_object_mut(), blueprint.and_then(|b| b.get("name"))) {
        body.entry("alias").or_insert_with(|| name.clone());
        if let Some(graph) = graph_of(body, "", "blueprint", reader) {
            reader.rule("", graph);
        }
    }
}

/// The inputs with their defaults; sections of inputs are looked into.
fn collect(inputs: Option<&Json>, defaults: &mut Object, missing: &mut Vec<String>) {
    for (name, input) in inputs.and_then(Json::as_object).into_iter().flatten() {
        match (input.get("input"), input.get("default")) {
            (Some(section), _) => collect(Some(section), defaults, missing),
            (None, Some(default)) => _ = defaults.insert(name.clone(), default.clone()),
            (None, None) => missing.push(name.clone()),
        }
    }
}

/// A document with its inputs filled in; one without a default stands for an entity of its own name.
fn filled(json: &Json, defaults: &Object) -> Json {
    match json {
        Json::Object(map) => match map.get(INPUT_KEY).and_then(Json::as_str) {
            Some(name) => defaults.get(name).cloned().unwrap_or_else(|| Json::String(name.to_owned())),
            None => map.iter().map(|(k, v)| (k.clone(), filled(v, defaults))).collect(),
        },
        Json::Array(items) => items.iter().map(|v| filled(v, defaults)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => json.clone(),
    }
}
