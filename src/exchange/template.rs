//! Rule templates: those that are shipped, and filling one in.
//!
//! A value for each input makes a template a graph. What is wrong is told all at once: values that do not fit under
//! `/values/NAME`, and what the compiler says of the filled graph. Start at [`instantiate`].

use base::diagnostic::has_errors;
use base::id::{DeviceId, PointId, RuleId, SpaceId};
use base::{Bilingual, Diagnostic, Diagnostics, Quantity};
use documents::template::{INPUT_KEY, INPUTS_MAX, SCHEMA_VERSION};
use documents::{InputKind, RuleGraph, RuleTemplate, TemplateInput};
use serde_json::{Map, Value as Json, json};
use std::sync::LazyLock;
use things::{PointKind, Selector, World};

macro_rules! files {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("templates/", $name, ".json")))),*] };
}

/// Every file of `templates/`, in alphabetical order.
const FILES: &[(&str, &str)] = files![
    "awning_by_wind",
    "fan_by_humidity",
    "frost_guard",
    "leak_shuts_valve",
    "light_by_motion",
    "light_with_door",
    "lights_off_when_empty",
    "lock_when_closed",
    "night_setback",
    "peak_shaving",
    "ventilation_by_co2",
    "wake_up_light",
    "watering",
    "window_stops_climate",
];

static PARSED: LazyLock<Vec<RuleTemplate>> =
    LazyLock::new(|| FILES.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect());

/// All templates that are shipped, by name.
pub fn shipped() -> &'static [RuleTemplate] {
    &PARSED
}

/// A template that is shipped.
pub fn by_name(name: &str) -> Option<&'static RuleTemplate> {
    PARSED.iter().find(|t| t.name == name)
}

/// The rule that a template is with these values, and what is wrong with it. Without errors there is a graph.
pub fn instantiate(
    template: &RuleTemplate,
    values: &Map<String, Json>,
    id: RuleId,
    world: &World,
) -> (Option<RuleGraph>, Diagnostics) {
    let mut found = check(template);
    let mut given = Map::new();
    for name in values.keys().filter(|name| !template.inputs.iter().any(|i| i.name == **name)) {
        let known: Vec<&str> = template.inputs.iter().map(|i| i.name.as_str()).collect();
        let known = known.join(", ");
        let message = Bilingual::new(
            format!("没有输入“{name}”；有：{known}"),
            format!("there is no input `{name}`; known: {known}"),
        );
        found.push(Diagnostic::error("template.unknown_input", format!("/values/{name}"), message));
    }
    for input in &template.inputs {
        let value = values.get(&input.name).filter(|v| !v.is_null()).or(input.default.as_ref());
        match value {
            None => found.push(fault(input, "请给出这个值", "a value is needed")),
            Some(value) => match taken(input, value, world) {
                Ok(value) => _ = given.insert(input.name.clone(), value),
                Err((zh, en)) => found.push(fault(input, &zh, &en)),
            },
        }
    }
    if has_errors(&found) {
        return (None, found);
    }
    let mut graph = RuleGraph::new(id, template.title.clone());
    graph.mode = template.mode;
    graph.nodes = template.nodes.clone();
    graph.edges = template.edges.clone();
    for node in &mut graph.nodes {
        node.params = node.params.iter().map(|(k, v)| (k.clone(), filled(v, &given))).collect();
    }
    graph
        .meta
        .insert("template".into(), json!({ "name": template.name, "version": template.version, "values": given }));
    found.extend(engine::compile(&graph, world).1);
    ((!has_errors(&found)).then_some(graph), found)
}

fn fault(input: &TemplateInput, zh: &str, en: &str) -> Diagnostic {
    let message = Bilingual::new(format!("{}：{zh}", input.title.zh), format!("{}: {en}", input.title.en));
    Diagnostic::error("template.value", format!("/values/{}", input.name), message)
}

/// What is wrong with the template itself.
pub fn check(template: &RuleTemplate) -> Diagnostics {
    let mut found = Diagnostics::new();
    if template.schema_version != SCHEMA_VERSION {
        let message = Bilingual::new("不认识这个版本", "this version is not known");
        found.push(Diagnostic::error("template.version", "/schemaVersion", message));
    }
    if template.inputs.len() > INPUTS_MAX {
        let message = Bilingual::new(format!("最多 {INPUTS_MAX} 个输入"), format!("at most {INPUTS_MAX} inputs"));
        found.push(Diagnostic::error("template.limit", "/inputs", message));
    }
    let mut used = Vec::new();
    template.nodes.iter().for_each(|n| n.params.values().for_each(|v| inputs_of(v, &mut used)));
    for (i, input) in template.inputs.iter().enumerate() {
        let again = template.inputs.iter().take(i).any(|other| other.name == input.name);
        if again || !used.contains(&input.name) {
            let (zh, en) =
                if again { ("名称重复", "the name is taken") } else { ("没有用到", "nothing uses it") };
            found.push(Diagnostic::error("template.input", format!("/inputs/{i}"), Bilingual::new(zh, en)));
        }
    }
    for name in used.iter().filter(|name| !template.inputs.iter().any(|i| i.name == **name)) {
        let message = Bilingual::new(format!("没有输入“{name}”"), format!("there is no input `{name}`"));
        found.push(Diagnostic::error("template.input", "/nodes", message));
    }
    found
}

fn inputs_of(json: &Json, used: &mut Vec<String>) {
    match json {
        Json::Object(map) => match map.get(INPUT_KEY).and_then(Json::as_str) {
            Some(name) => used.push(name.to_owned()),
            None => map.values().for_each(|v| inputs_of(v, used)),
        },
        Json::Array(items) => items.iter().for_each(|v| inputs_of(v, used)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Parameters with their inputs filled in.
fn filled(json: &Json, given: &Map<String, Json>) -> Json {
    match json {
        Json::Object(map) => match map.get(INPUT_KEY).and_then(Json::as_str) {
            Some(name) => given.get(name).cloned().unwrap_or(Json::Null),
            None => map.iter().map(|(k, v)| (k.clone(), filled(v, given))).collect(),
        },
        Json::Array(items) => items.iter().map(|v| filled(v, given)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => json.clone(),
    }
}

/// Why a value does not fit: Chinese, English.
pub(crate) type Why = (String, String);

/// A value as it goes into the parameters.
pub(crate) fn taken(input: &TemplateInput, value: &Json, world: &World) -> Result<Json, Why> {
    let why = |zh: &str, en: &str| -> Why { (zh.into(), en.into()) };
    let text = value.as_str();
    match &input.takes {
        InputKind::Point { traits, writable, many } => match value {
            Json::Array(items) if *many => {
                items.iter().try_for_each(|item| is_point(item, traits, *writable, world))?;
            }
            one => is_point(one, traits, *writable, world)?,
        },
        InputKind::Device { kinds } => {
            let id = text.and_then(|t| DeviceId::parse(t).ok()).filter(|id| world.device(*id).is_some());
            let id = id.ok_or_else(|| why("没有这台设备", "there is no such device"))?;
            if !kinds.is_empty() && !world.kind_of(id).is_some_and(|k| kinds.iter().any(|w| w == k)) {
                let list = kinds.join(", ");
                return Err((format!("应为 {list}"), format!("it has to be one of {list}")));
            }
        }
        InputKind::Space => {
            let known = text.and_then(|t| SpaceId::parse(t).ok()).is_some_and(|id| world.space(id).is_some());
            if !known {
                return Err(why("没有这个空间", "there is no such space"));
            }
        }
        InputKind::Selector { trait_ } => {
            let mut selector: Selector = serde_json::from_value(value.clone())
                .map_err(|e| (format!("不是选择：{e}"), format!("it is no selection: {e}")))?;
            if trait_.is_some() {
                selector.trait_.clone_from(trait_);
            }
            return Ok(json!(selector));
        }
        InputKind::Number { unit, min, max } => {
            let quantity = serde_json::from_value::<Quantity>(value.clone()).ok();
            let bare = value.as_f64().or_else(|| quantity.and_then(|q| q.to(*unit)).map(|q| q.number));
            let n = bare.filter(|n| n.is_finite()).ok_or_else(|| {
                let code = unit.code();
                (format!("应为以 {code} 计的数"), format!("it has to be a number in {code}"))
            })?;
            if min.is_some_and(|min| n < min) || max.is_some_and(|max| n > max) {
                return Err(outside(*min, *max));
            }
            return Ok(json!(n));
        }
        InputKind::Span { min_ms, max_ms } => {
            let ms = value.as_i64().ok_or_else(|| why("应为毫秒数", "it has to be milliseconds"))?;
            if min_ms.is_some_and(|min| ms < min) || max_ms.is_some_and(|max| ms > max) {
                return Err(outside(min_ms.map(|n| n as f64), max_ms.map(|n| n as f64)));
            }
        }
        InputKind::Time => {
            if !text.is_some_and(is_time) {
                return Err(why("应为时刻，如 22:30", "it has to be a time such as 22:30"));
            }
        }
        InputKind::Bool => {
            value.as_bool().ok_or_else(|| why("应为 true 或 false", "it has to be true or false"))?;
        }
        InputKind::Token { choices } => {
            if !text.is_some_and(|t| choices.iter().any(|c| c == t)) {
                let list = choices.join(", ");
                return Err((format!("应为其中之一：{list}"), format!("it has to be one of {list}")));
            }
        }
        InputKind::Text { max_chars } => {
            let text = text.ok_or_else(|| why("应为文本", "it has to be a text"))?;
            if max_chars.is_some_and(|most| text.chars().count() > most) {
                return Err(why("文本过长", "the text is too long"));
            }
        }
        InputKind::Any => {}
    }
    Ok(value.clone())
}

/// Whether a value is a point with one of these traits.
fn is_point(value: &Json, traits: &[String], writable: bool, world: &World) -> Result<(), Why> {
    let spec = value.as_str().and_then(|t| PointId::parse(t).ok()).and_then(|id| world.point(id));
    let spec = spec.ok_or_else(|| -> Why { ("没有这个点位".into(), "there is no such point".into()) })?;
    if !traits.is_empty() && !traits.iter().any(|t| spec.is(t)) {
        let list = traits.join(", ");
        return Err((format!("应为 {list}"), format!("it has to be one of {list}")));
    }
    if writable && !spec.writable && spec.kind != PointKind::Service {
        return Err(("它只能读".into(), "it can only be read".into()));
    }
    Ok(())
}

/// A time of day such as `22:30`, with seconds where there are some.
fn is_time(text: &str) -> bool {
    let parts: Option<Vec<u8>> = text.split(':').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some([h, m]) => *h <= 23 && *m <= 59,
        Some([h, m, s]) => *h <= 23 && *m <= 59 && *s <= 59,
        _ => false,
    }
}

fn outside(min: Option<f64>, max: Option<f64>) -> Why {
    let (low, high) =
        (min.map_or_else(String::new, |n| n.to_string()), max.map_or_else(String::new, |n| n.to_string()));
    (format!("应在 {low} 到 {high} 之间"), format!("takes {low} to {high}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::world;

    /// A value for every input that has no default: the first of the building that fits.
    fn values(template: &RuleTemplate, world: &World) -> Map<String, Json> {
        let mut out = Map::new();
        for input in template.inputs.iter().filter(|i| i.default.is_none()) {
            let value = match &input.takes {
                InputKind::Point { traits, writable, .. } => {
                    let fits = |p: &&things::PointSpec| traits.iter().any(|t| p.is(t)) && (!writable || p.writable);
                    json!(world.points().find(fits).unwrap_or_else(|| panic!("{traits:?}")).id)
                }
                InputKind::Selector { .. } => json!({ "kinds": ["light"] }),
                other => panic!("{other:?} needs a default"),
            };
            out.insert(input.name.clone(), value);
        }
        out
    }

    #[test]
    fn every_template_becomes_a_rule_that_compiles() {
        let world = world();
        let mut said = String::new();
        for (name, text) in FILES {
            let template: RuleTemplate = serde_json::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!((template.name.as_str(), check(&template)), (*name, vec![]));
            assert_eq!(base::canonical::to_string_pretty(&template).unwrap(), *text, "{name} is canonical");
            let (graph, found) = instantiate(&template, &values(&template, &world), RuleId::of_name(name), &world);
            assert_eq!(found, vec![], "{name}");
            let graph = graph.unwrap();
            assert_eq!(graph.meta["template"]["version"], json!(1));
            let words = engine::explain(&graph, &world);
            said.push_str(&format!("{name}\n{}\n{}\n", words.zh, words.en));
        }
        insta::assert_snapshot!(said);
    }

    #[test]
    fn faults_are_told_by_input() {
        let (world, template) = (world(), by_name("ventilation_by_co2").unwrap());
        let mut given = values(template, &world);
        given.insert("co2".into(), given["fan"].clone());
        given.insert("limit".into(), json!({"number": 1, "unit": "%"}));
        given.insert("band".into(), json!("much"));
        given.insert("fun".into(), json!(1));
        let (graph, found) = instantiate(template, &given, RuleId::of_name("x"), &world);
        let faults: Vec<String> = found.iter().map(|d| format!("{} {}", d.path, d.message.en)).collect();
        assert_eq!(graph, None);
        insta::assert_snapshot!(faults.join("\n"));
    }

    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let name = |f: std::io::Result<std::fs::DirEntry>| f.unwrap().file_name().into_string().unwrap();
        let mut files: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
        files.sort();
        assert_eq!(files, FILES.iter().map(|f| format!("{}.json", f.0)).collect::<Vec<_>>());
    }
}
