//! One input of a blueprint: what its selector takes, and how a value is written into the text.

use crate::home_assistant::state::traits_of;
use crate::home_assistant::{field, items, number, span_ms, text, texts, time_of_day};
use crate::names::Target;
use crate::report::Reader;
use crate::template::{Why, taken};
use base::id::{DeviceId, PointId, SpaceId};
use base::{Bilingual, Unit};
use documents::{InputKind, TemplateInput};
use serde_json::{Value as Json, json};

/// Domains whose entities only tell something.
const READ_ONLY: &[&str] =
    &["binary_sensor", "sensor", "person", "device_tracker", "zone", "weather", "sun", "calendar", "event"];

/// An input of a blueprint.
pub(super) struct Input {
    /// As one of our templates.
    pub(super) template: TemplateInput,
    /// The domain that its entities have.
    domain: String,
    /// It stands for a whole target: entities, devices and areas.
    target: bool,
}

impl Input {
    /// Reads the input of a name.
    pub(super) fn of(name: &str, json: &Json) -> Input {
        let title = text(json.get("name")).unwrap_or_else(|| name.to_owned());
        let selector = json.get("selector").and_then(Json::as_object).and_then(|s| s.iter().next());
        let (kind, spec) = selector.map_or(("", &Json::Null), |(kind, spec)| (kind.as_str(), spec));
        let (domains, classes) = filters(kind, spec);
        let takes = takes(kind, spec, &domains, &classes);
        let default = json.get("default").filter(|d| !d.is_null()).map(|d| shown(&takes, d));
        let domain = domains.into_iter().next().unwrap_or_else(|| "input".into());
        let template = TemplateInput { name: name.into(), title: Bilingual::same(title), takes, default };
        Input { template, domain, target: kind == "target" }
    }

    /// A value as it stands in the text. Ours are ids, milliseconds and the like; what Home Assistant writes is taken
    /// as well.
    pub(super) fn written(&self, value: &Json, reader: &mut Reader<'_>) -> Result<Json, Why> {
        let input = &self.template;
        let word = value.as_str();
        match &input.takes {
            InputKind::Point { .. } if value.is_object() && self.target => Ok(value.clone()),
            InputKind::Point { many, .. } => {
                let list = items(Some(value), "");
                if list.len() > 1 && !many {
                    return Err(("只能给出一个".into(), "only one can be given".into()));
                }
                let mut entities = Vec::new();
                for (i, (one, _)) in list.into_iter().enumerate() {
                    entities.push(self.entity(one, i, reader)?);
                }
                Ok(match entities.as_slice() {
                    _ if self.target => json!({ "entity_id": entities }),
                    [one] => json!(one),
                    several => json!(several),
                })
            }
            InputKind::Device { .. } => {
                let id = taken(input, value, reader.world).map(|_| word.and_then(|t| DeviceId::parse(t).ok()))?;
                Ok(self.named(id.map(Target::Device), reader))
            }
            InputKind::Space => match word.map(SpaceId::parse) {
                Some(Err(_)) => Ok(value.clone()),
                parsed => {
                    taken(input, value, reader.world)?;
                    Ok(self.named(parsed.and_then(Result::ok).map(Target::Space), reader))
                }
            },
            InputKind::Span { .. } => {
                // A bare number is ours, in milliseconds.
                let ms = value.as_i64().or_else(|| span_ms(value));
                let ms = taken(input, &json!(ms), reader.world)?;
                Ok(json!({ "milliseconds": ms }))
            }
            InputKind::Time => taken(input, &word.and_then(time_of_day).into(), reader.world),
            InputKind::Number { .. } => {
                let bare = number(value).map(Json::from);
                taken(input, bare.as_ref().unwrap_or(value), reader.world)
            }
            InputKind::Token { .. } | InputKind::Text { .. } => {
                let value = text(Some(value)).map_or_else(|| value.clone(), Json::String);
                taken(input, &value, reader.world)
            }
            InputKind::Bool | InputKind::Selector { .. } | InputKind::Any => taken(input, value, reader.world),
        }
    }

    /// The entity that a value is: one of our points gets a name, and any other name is looked for later.
    fn entity(&self, value: &Json, place: usize, reader: &mut Reader<'_>) -> Result<String, Why> {
        let name = value.as_str().unwrap_or_default();
        match PointId::parse(name) {
            Ok(id) => {
                taken(&self.template, value, reader.world)?;
                let name = &self.template.name;
                let entity = if place == 0 {
                    format!("{}.{name}", self.domain)
                } else {
                    format!("{}.{name}_{}", self.domain, place + 1)
                };
                reader.finder.means(&entity, Target::Point(id));
                Ok(entity)
            }
            Err(_) if name.contains('.') => Ok(name.to_owned()),
            Err(_) => Err(("没有这个点位".into(), "there is no such point".into())),
        }
    }

    /// The name of the input itself, which from now on means this.
    fn named(&self, target: Option<Target>, reader: &mut Reader<'_>) -> Json {
        if let Some(target) = target {
            reader.finder.means(&self.template.name, target);
        }
        json!(self.template.name)
    }
}

/// The domains and device classes that a selector of entities asks for, with and without `filter`.
fn filters(kind: &str, spec: &Json) -> (Vec<String>, Vec<String>) {
    let of = if kind == "target" { spec.get("entity") } else { Some(spec) };
    let (mut domains, mut classes) = (Vec::new(), Vec::new());
    for (item, _) in items(of, "") {
        let filters = items(item.get("filter"), "").into_iter().map(|(filter, _)| filter);
        for filter in std::iter::once(item).chain(filters) {
            domains.extend(texts(filter.get("domain")));
            classes.extend(texts(filter.get("device_class")));
        }
    }
    (domains, classes)
}

/// What a selector takes.
fn takes(kind: &str, spec: &Json, domains: &[String], classes: &[String]) -> InputKind {
    let flag = |key: &str| spec.get(key).and_then(Json::as_bool) == Some(true);
    let bound = |key: &str| spec.get(key).and_then(number);
    match kind {
        "entity" | "target" => {
            let mut traits: Vec<String> = Vec::new();
            for id in traits_for(domains, classes) {
                if !traits.iter().any(|t| t == id) {
                    traits.push(id.into());
                }
            }
            let writable = !domains.is_empty() && !domains.iter().any(|d| READ_ONLY.contains(&d.as_str()));
            InputKind::Point { traits, writable, many: kind == "target" || flag("multiple") }
        }
        "device" if !flag("multiple") => InputKind::Device { kinds: Vec::new() },
        "area" if !flag("multiple") => InputKind::Space,
        "number" => {
            let unit = text(spec.get("unit_of_measurement")).unwrap_or_default();
            InputKind::Number { unit: unit_of(&unit), min: bound("min"), max: bound("max") }
        }
        "duration" => InputKind::Span { min_ms: Some(0), max_ms: Some(engine::limits::SPAN_MS_MAX) },
        "time" => InputKind::Time,
        "boolean" => InputKind::Bool,
        "select" if !flag("multiple") && !flag("custom_value") => {
            let option = |(json, _): (&Json, _)| {
                text(json.as_object().map_or(Some(json), |map| field(map, &["value", "label"]).0))
            };
            InputKind::Token { choices: items(spec.get("options"), "").into_iter().filter_map(option).collect() }
        }
        "text" if !flag("multiple") => InputKind::Text { max_chars: None },
        _ => InputKind::Any,
    }
}

/// Traits of points that entities of these domains and device classes are.
fn traits_for<'a>(domains: &'a [String], classes: &'a [String]) -> Vec<&'static str> {
    let of_classes: Vec<&str> = classes.iter().flat_map(|class| class_traits(class)).copied().collect();
    if !of_classes.is_empty() {
        return of_classes;
    }
    domains.iter().flat_map(|domain| traits_of(domain)).copied().collect()
}

fn class_traits(class: &str) -> &'static [&'static str] {
    match class {
        "motion" | "occupancy" | "presence" => &["motion", "occupancy"],
        "door" | "window" | "opening" | "garage_door" => &["contact", "opening"],
        "moisture" => &["leak"],
        "smoke" => &["smoke"],
        "gas" => &["gas"],
        "lock" => &["lock"],
        "plug" => &["plug"],
        "problem" => &["problem"],
        "battery" => &["battery"],
        "temperature" => &["measure.temperature"],
        "humidity" => &["measure.humidity"],
        "illuminance" => &["measure.illuminance"],
        "carbon_dioxide" => &["measure.co2"],
        "carbon_monoxide" => &["measure.co"],
        "pm25" => &["measure.pm25"],
        "power" => &["measure.power"],
        "energy" => &["meter.energy"],
        "current" => &["measure.current"],
        "voltage" => &["measure.voltage"],
        "wind_speed" => &["measure.wind_speed"],
        _ => &[],
    }
}

/// The unit of a name as blueprints write it; without one where it is not known.
fn unit_of(name: &str) -> Unit {
    let code = match name {
        "seconds" | "second" | "sec" => "s",
        "minutes" | "minute" => "min",
        "hours" | "hour" => "h",
        "days" | "day" => "d",
        "°C" => "Cel",
        "°F" => "[degF]",
        "lux" => "lx",
        other => other,
    };
    Unit::by_code(code).unwrap_or_else(Unit::one)
}

/// A default of the text as it is shown: in our own form where there is one.
fn shown(takes: &InputKind, default: &Json) -> Json {
    let ours = match takes {
        InputKind::Span { .. } => span_ms(default).map(Json::from),
        InputKind::Number { .. } => number(default).map(Json::from),
        InputKind::Time => text(Some(default)).and_then(|t| time_of_day(&t)).map(Json::from),
        InputKind::Token { .. } | InputKind::Text { .. } => text(Some(default)).map(Json::from),
        InputKind::Point { .. }
        | InputKind::Device { .. }
        | InputKind::Space
        | InputKind::Bool
        | InputKind::Selector { .. }
        | InputKind::Any => None,
    };
    ours.unwrap_or_else(|| default.clone())
}
