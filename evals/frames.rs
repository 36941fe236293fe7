//! What was understood, in the words of the evaluation data's own assistant: the name of an intent and its slots. They
//! stand nowhere else in the repository.
//!
//! What it is *not*: no second understanding. A frame repeats the typed query that the tools answered, or the act of
//! conversation that was recognised; which devices it is about comes from the query's own selection.

use crate::assistant;
use crate::building::Said;
use crate::homes::{Built, space_id, table};
use crate::suite::HomeDevice;
use base::Value;
use base::id::SpaceId;
use documents::query::{Ask, Comparison, Condition};
use documents::{Act, DialogueAct, Draft, Query, Question, Setting, Sought, Verdict};
use serde_json::{Map, Value as Json, json};
use things::{PointSpec, Selector};

/// Domains in which a class says what is meant.
const CLASSED: &[&str] = &["binary_sensor", "cover", "sensor"];

/// The domain that a set point is of.
const CLIMATE: &str = "climate";

/// The frame of a sentence that asked one thing, sent one device, or wanted it of one that is not there or not yet known;
/// none for anything else.
pub(crate) fn frame(built: &Built, text: &str, said: &Said) -> Option<Json> {
    let parts = &said.understood.as_ref()?.parts;
    let [part] = &parts[..] else { return None };
    let (intent, slots) = match &part.verdict {
        Verdict::Draft(Draft::Dialogue(DialogueAct::Cancel)) => ("HassNevermind", Map::new()),
        Verdict::Draft(Draft::Dialogue(DialogueAct::SmallTalk)) => ("HassRespond", Map::new()),
        Verdict::Draft(Draft::Query(query)) => asked(built, text, query)?,
        Verdict::Draft(Draft::Commands(_)) => commanded(built, text, said)?,
        Verdict::Draft(Draft::Timer(act)) => assistant::timer(built, act)?,
        Verdict::Draft(Draft::List(act)) => assistant::list(built, text, act)?,
        Verdict::Draft(Draft::Clock(ask)) => assistant::clock(*ask)?,
        Verdict::Refusal(refusal) => sought(built, refusal.sought.as_ref()?)?,
        Verdict::Question(question) => which(built, question)?,
        _ => return None,
    };
    Some(json!({ "intent": intent, "slots": slots }))
}

/// What was wanted of a device that is not there.
fn sought(built: &Built, sought: &Sought) -> Option<(&'static str, Map<String, Json>)> {
    let (domain, class) = match &sought.kind {
        Some(kind) => table::of_kind(kind)?,
        None if sought.trait_ == "setpoint" => (CLIMATE, None),
        None => return None,
    };
    let (intent, mut slots, implies) = wanted(domain, &sought.trait_, &sought.value)?;
    if !implies {
        slots.insert("domain".into(), json!(domain));
    }
    slots.extend(class.map(|c| ("device_class".to_owned(), json!(c))));
    slots.extend(places(built, &Selector { spaces: sought.spaces.clone(), ..Selector::default() }));
    Some((intent, slots))
}

/// What all choices of a question want alike, where no room was said: they stand in several.
fn which(built: &Built, question: &Question) -> Option<(&'static str, Map<String, Json>)> {
    let acts: Vec<&Act> = question
        .options
        .iter()
        .filter_map(|o| if let Draft::Commands(acts) = &o.draft { Some(acts) } else { None })
        .flatten()
        .collect();
    let devices: Vec<&HomeDevice> = acts.iter().filter_map(|a| built.device_of(a.point)).collect();
    let first = devices.first()?;
    let trait_of = |a: &Act| built.world.point(a.point).and_then(|p| p.trait_.clone());
    let (act, trait_) = (acts.first()?, trait_of(acts.first()?)?);
    let alike = devices.iter().all(|d| d.domain == first.domain)
        && devices.iter().any(|d| d.area != first.area)
        && acts.iter().all(|a| a.setting == act.setting && trait_of(a).as_ref() == Some(&trait_));
    let Setting::To(value) = &act.setting else { return None };
    let (intent, slots, implies) = wanted(&first.domain, &trait_, value).filter(|_| alike)?;
    implies.then_some((intent, slots))
}

/// The intent that sets a trait of a domain to a value, its slots, and whether it implies the domain.
fn wanted(domain: &str, trait_: &str, value: &Value) -> Option<(&'static str, Map<String, Json>, bool)> {
    let (number, flag, token) = (value.as_number(), value.as_bool(), value.as_text());
    let end = number.filter(|n| trait_ == "position" && (*n <= 0.0 || *n >= 100.0)).map(|n| n > 0.0);
    let switch = |on: bool| (if on { "HassTurnOn" } else { "HassTurnOff" }, None, false);
    let set = |intent, slot: &'static str| Some((intent, Some((slot, number?)), true));
    let (intent, slot, implies) = match (trait_, flag.or(end), token) {
        ("on_off" | "opening" | "lock" | "position", Some(on), _) => switch(on),
        ("position", ..) => set("HassSetPosition", "position")?,
        ("setpoint", ..) => set("HassClimateSetTemperature", "temperature")?,
        ("brightness", ..) => set("HassLightSet", "brightness")?,
        ("volume", ..) => set("HassSetVolume", "volume_level")?,
        ("fan_speed", ..) if domain == "fan" => set("HassFanSetSpeed", "percentage")?,
        ("run", _, Some("cleaning")) if domain == "lawn_mower" => ("HassLawnMowerStartMowing", None, true),
        ("run", _, Some("cleaning")) => ("HassVacuumStart", None, true),
        ("run", _, Some(_)) if domain == "lawn_mower" => ("HassLawnMowerDock", None, true),
        ("run", _, Some("docked" | "returning")) => ("HassVacuumReturnToBase", None, true),
        _ => return None,
    };
    let slots = slot.into_iter().map(|(name, n)| (name.to_owned(), json!(n))).collect();
    Some((intent, slots, implies))
}

/// One device that was switched or sent, with the room or floor that the sentence says beside its name.
fn commanded(built: &Built, text: &str, said: &Said) -> Option<(&'static str, Map<String, Json>)> {
    let devices: Vec<&HomeDevice> = said.writes.iter().filter_map(|w| built.device_of(w.point)).collect();
    let first = devices.first().filter(|f| devices.iter().all(|d| d.id == f.id))?;
    let value = &said.writes.last()?.value;
    let text = text.to_lowercase();
    let named = all_names(first).filter(|n| text.contains(n)).max_by_key(|n| n.chars().count());
    let rest = text.replace(named.as_deref().unwrap_or("\0"), " ");
    let called = |names: Vec<String>| names.iter().any(|n| rest.contains(&n.to_lowercase()));
    let place = |slot: &str, prefix: &str, ids: &[String]| {
        let id = ids.iter().find(|id| {
            let space = built.world.space(space_id(&format!("{prefix}{id}")));
            space.is_some_and(|s| called(s.names.all().map(str::to_owned).collect()))
        })?;
        Some((slot.to_owned(), json!(id)))
    };
    let mut slots = Map::new();
    slots.extend(place("area", "", &built.areas).or_else(|| place("floor", "floor.", &built.floors)));
    if named.is_some() {
        slots.insert("name".into(), json!(first.name));
    }
    let intent = match (value, value.as_text()) {
        (_, Some("cleaning")) if first.domain == "vacuum" || first.domain == "lawn_mower" => "HassVacuumCleanArea",
        (Value::Bool(on), _) => {
            if *on {
                "HassTurnOn"
            } else {
                "HassTurnOff"
            }
        }
        (Value::Number(n), _) if first.domain == "cover" && (*n <= 0.0 || *n >= 100.0) => {
            if *n > 0.0 {
                "HassTurnOn"
            } else {
                "HassTurnOff"
            }
        }
        _ => return None,
    };
    Some((intent, slots))
}

fn asked(built: &Built, text: &str, query: &Query) -> Option<(&'static str, Map<String, Json>)> {
    let points = query.select.points(&built.world, crate::predict::moment(None));
    let specs: Vec<&PointSpec> = points.iter().filter_map(|p| built.world.point(*p)).collect();
    let devices: Vec<&HomeDevice> = points.iter().filter_map(|p| built.device_of(*p)).collect();
    let first = devices.first()?;
    let text = text.to_lowercase();
    let one = devices.iter().all(|d| d.id == first.id);
    let named = all_names(first).filter(|n| one && text.contains(n)).max_by_key(|n| n.chars().count());
    let mut slots = places(built, &query.select);
    if slots.is_empty() {
        // What was found by its room is in the selection as devices: the room was said beside the name.
        slots.extend(said_place(built, &devices, &text.replace(named.as_deref().unwrap_or("\0"), " ")));
    }
    let reading = |s: &&PointSpec| s.is("measure.temperature") || s.is("setpoint");
    if devices.iter().all(|d| d.domain == "climate") && specs.iter().all(reading) && query.ask == Ask::Value {
        return Some(("HassClimateGetTemperature", slots));
    }
    if devices.iter().all(|d| d.domain == "weather") && query.ask == Ask::Value {
        slots.extend(named.map(|_| ("name".to_owned(), json!(first.name))));
        return Some(("HassGetWeather", slots));
    }
    match named {
        Some(_) => {
            slots.insert("name".into(), json!(first.name));
        }
        None => slots.extend(kind(&devices)),
    }
    if let Some(c) = condition(&query.ask) {
        slots.insert("state".into(), json!(state(first, specs.first()?, c)?));
    }
    Some(("HassGetState", slots))
}

/// What a device is called, in lower case.
fn all_names(device: &HomeDevice) -> impl Iterator<Item = String> {
    std::iter::once(&device.name).chain(&device.aliases).map(|n| n.to_lowercase())
}

/// The room or floor that all devices are in, where the sentence says it.
fn said_place(built: &Built, devices: &[&HomeDevice], text: &str) -> Option<(String, Json)> {
    let path = |d: &HomeDevice| d.area.as_ref().map_or_else(Vec::new, |a| built.world.path_of(space_id(a)));
    let said = |id: SpaceId| {
        let everybody = devices.iter().all(|d| path(d).contains(&id));
        let space = built.world.space(id).filter(|_| everybody);
        space.is_some_and(|s| s.names.all().any(|n| text.contains(&n.to_lowercase())))
    };
    let slot = |slot: &str, prefix: &str, ids: &[String]| {
        let id = ids.iter().find(|id| said(space_id(&format!("{prefix}{id}"))))?;
        Some((slot.to_owned(), json!(id)))
    };
    slot("area", "", &built.areas).or_else(|| slot("floor", "floor.", &built.floors))
}

/// Rooms and floors of the selection.
fn places(built: &Built, select: &Selector) -> Map<String, Json> {
    let mut slots = Map::new();
    for space in &select.spaces {
        for (slot, prefix, all) in [("area", "", &built.areas), ("floor", "floor.", &built.floors)] {
            if let Some(id) = all.iter().find(|id| space_id(&format!("{prefix}{id}")) == *space) {
                slots.insert(slot.into(), json!(id));
            }
        }
    }
    slots
}

/// Kind of several devices: their class where the domain has several kinds, else their domains.
fn kind(devices: &[&HomeDevice]) -> Map<String, Json> {
    let mut slots = Map::new();
    let mut domains: Vec<&str> = devices.iter().map(|d| d.domain.as_str()).collect();
    domains.sort();
    domains.dedup();
    let mut classes: Vec<&str> = devices.iter().map(|d| d.device_class.as_deref().unwrap_or("")).collect();
    classes.sort();
    classes.dedup();
    slots.insert("domain".into(), if let [one] = domains[..] { json!(one) } else { json!(domains) });
    match (&domains[..], &classes[..]) {
        ([domain], [class]) if CLASSED.contains(domain) && !class.is_empty() => {
            slots.insert("device_class".into(), json!(class));
        }
        _ => {}
    }
    slots
}

fn condition(ask: &Ask) -> Option<&Condition> {
    match ask {
        Ask::All(c) | Ask::Any(c) | Ask::Count(c) | Ask::Which(c) => Some(c),
        Ask::Value
        | Ask::Highest
        | Ask::Lowest
        | Ask::Mean
        | Ask::Sum
        | Ask::Difference(_)
        | Ask::Than(_)
        | Ask::Place => None,
    }
}

/// The state that a condition asks for, in the words of the device's domain.
fn state(device: &HomeDevice, spec: &PointSpec, condition: &Condition) -> Option<String> {
    let holds = match (&condition.value, condition.op) {
        (Value::Bool(b), Comparison::Eq) => *b,
        (Value::Bool(b), Comparison::Ne) => !*b,
        (Value::Number(n), op) if spec.is("position") => match op {
            Comparison::Gt | Comparison::Ge | Comparison::Ne => true,
            Comparison::Eq => *n > 0.0,
            Comparison::Lt | Comparison::Le => false,
        },
        (Value::Text(token), Comparison::Eq) => return Some(token.clone()),
        _ => return None,
    };
    let (yes, no) = match device.domain.as_str() {
        "lock" => ("locked", "unlocked"),
        "binary_sensor" if spec.is("lock") => ("off", "on"),
        "cover" | "valve" => ("open", "closed"),
        "person" => ("home", "not_home"),
        _ => ("on", "off"),
    };
    Some(if holds { yes } else { no }.to_owned())
}
