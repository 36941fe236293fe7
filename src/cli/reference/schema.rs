//! A JSON Schema as tables of fields.

use super::writer::{Writer, code, plain};
use base::Lang;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// Most words that are listed beside a field; a type with more, such as the units, is named.
const OPTIONS_MAX: usize = 12;

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

fn name_of(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// The fields of an object: name, type, whether it is needed, what it is.
pub(super) fn fields(w: &mut Writer, schema: &Json) {
    let empty = Map::new();
    let needed: BTreeSet<&str> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    let mut rows = Vec::new();
    for (name, of) in schema["properties"].as_object().unwrap_or(&empty) {
        let (mut type_, is) = match options(of, &schema["$defs"]) {
            Some(words) => (words, w.pick("，默认 ", ", by default ")),
            None => (type_of(w, of), " = "),
        };
        if let Some(default) = of.get("default").filter(|d| !d.is_null() && !d.is_object() && !d.is_array()) {
            type_ = format!("{type_}{is}`{default}`");
        }
        let needed = if needed.contains(name.as_str()) { w.pick("是", "yes") } else { "" }.to_owned();
        rows.push(vec![code(name), type_, needed, about(w, of)]);
    }
    let heads =
        [w.pick("字段", "field"), w.pick("类型", "type"), w.pick("必填", "needed"), w.pick("说明", "what it is")];
    w.table(&heads, &rows);
}

/// The words of a type that is one of some words, where it is explained in this schema.
fn options(of: &Json, defs: &Json) -> Option<String> {
    let ways = ["allOf", "anyOf", "oneOf"].iter().find_map(|k| of[*k].as_array());
    let ways = ways.map_or_else(|| std::slice::from_ref(of), Vec::as_slice);
    let mut ways = ways.iter().filter(|way| way["type"] != "null");
    let (Some(one), None) = (ways.next(), ways.next()) else { return None };
    let def = &defs[name_of(text(&one["$ref"]))];
    let mut words = Vec::new();
    let forms = def["oneOf"].as_array().map_or_else(|| std::slice::from_ref(def), Vec::as_slice);
    for form in forms {
        match (form.get("const"), form["enum"].as_array()) {
            (Some(word), _) => words.push(code(&word.to_string())),
            (None, Some(list)) => words.extend(list.iter().map(|word| code(&word.to_string()))),
            (None, None) => return None,
        }
    }
    (words.len() <= OPTIONS_MAX).then(|| words.join(", "))
}

/// What a field is. Forms have titles in both languages; the Chinese one is enough in Chinese.
fn about(w: &mut Writer, of: &Json) -> String {
    let title = text(&of["title"]).split_once(" / ");
    match (w.lang, title) {
        (Lang::Zh, Some((zh, _))) => plain(zh),
        _ => {
            let description = text(&of["description"]).to_owned();
            w.said(&description)
        }
    }
}

/// The types that a schema names, each with its fields or its words.
pub(super) fn definitions(w: &mut Writer, schema: &Json) {
    let empty = Map::new();
    for (name, of) in schema["$defs"].as_object().unwrap_or(&empty) {
        w.smaller_heading(name);
        let said = w.said(text(&of["description"]));
        w.paragraph(&said);
        if of["properties"].is_object() {
            fields(w, of);
            continue;
        }
        let forms: Vec<&Json> =
            ["oneOf", "anyOf"].iter().flat_map(|k| of[*k].as_array().into_iter().flatten()).collect();
        let mut rows = Vec::new();
        for form in forms.iter().filter(|f| f["type"] != "null") {
            let key = form["properties"].as_object().and_then(|p| p.iter().next());
            let said = w.said(text(&form["description"]));
            let type_ = match key {
                Some((key, inner)) if form["properties"].as_object().is_some_and(|p| p.len() == 1) => {
                    format!("{}: {}", code(key), type_of(w, inner))
                }
                _ => type_of(w, form),
            };
            rows.push(vec![type_, said]);
        }
        if rows.is_empty() {
            let type_ = type_of(w, of);
            w.paragraph(&type_);
        }
        let heads = [w.pick("形式", "form"), w.pick("说明", "what it is")];
        w.table(&heads, &rows);
    }
}

/// A type in a few words.
pub(super) fn type_of(w: &mut Writer, schema: &Json) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return code(name_of(reference));
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(list) = schema[key].as_array() {
            let kinds: Vec<String> = list.iter().filter(|s| s["type"] != "null").map(|s| type_of(w, s)).collect();
            return kinds.join(w.pick(" 或 ", " or "));
        }
    }
    if let Some(value) = schema.get("const") {
        return code(&value.to_string());
    }
    if let Some(list) = schema["enum"].as_array() {
        return list.iter().map(|v| code(&v.to_string())).collect::<Vec<_>>().join(", ");
    }
    let kind = match &schema["type"] {
        Json::Array(kinds) => kinds.iter().map(text).find(|k| *k != "null").unwrap_or("any"),
        kind => text(kind),
    };
    let range = range(schema);
    match kind {
        "array" => {
            let of = type_of(w, &schema["items"]);
            format!("{}{of}", w.pick("列表：", "list of "))
        }
        "object" => match schema.get("additionalProperties").filter(|p| p.is_object()) {
            Some(of) => {
                let of = type_of(w, of);
                format!("{}{of}", w.pick("按名称：", "by name: "))
            }
            None => w.pick("对象", "object").to_owned(),
        },
        "string" => w.pick("文本", "text").to_owned(),
        "integer" => format!("{}{range}", w.pick("整数", "whole number")),
        "number" => format!("{}{range}", w.pick("数值", "number")),
        "boolean" => w.pick("真假", "true or false").to_owned(),
        _ => w.pick("任意", "anything").to_owned(),
    }
}

fn range(schema: &Json) -> String {
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(min), Some(max)) => format!(" {min}…{max}"),
        (None, Some(max)) => format!(" ≤ {max}"),
        // A whole number from 0 on is what every count is.
        (Some(min), None) if min.as_f64().is_some_and(|m| m > 0.0) => format!(" ≥ {min}"),
        _ => String::new(),
    }
}
