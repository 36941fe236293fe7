//! Home Assistant: automations and blueprints, as they stand in YAML files or come from its API as JSON.
//!
//! Both spellings are read: `triggers`/`trigger`, `conditions`/`condition`, `actions`/`action`, `trigger`/`platform`,
//! `action`/`service`. Each file is a step: `trigger`, `condition`, `action`, with `state` for what a state of an entity
//! is here, `service` for what a service does here, `template` for the templates that are plain comparisons, `blueprint`
//! and `write`. Start at [`read`].

mod action;
mod blueprint;
mod condition;
mod service;
mod state;
mod template;
#[cfg(test)]
mod tests;
mod trigger;
mod write;

pub(crate) use write::write;

use crate::report::Reader;
use crate::sketch::{Sketch, Wire};
use crate::yaml;
use base::Bilingual;
use documents::RuleMode;
use serde_json::{Map, Value as Json};

type Object = Map<String, Json>;

/// Reads automations: one, a list, a list under `automation`, or a blueprint.
pub(crate) fn read(text: &str, reader: &mut Reader<'_>) {
    let json = match yaml::read(text) {
        Ok(json) => json,
        Err(why) => return reader.refuse("import.yaml", "", why.zh, why.en),
    };
    match &json {
        Json::Object(map) if map.contains_key("blueprint") => blueprint::read(map, reader),
        Json::Object(map) if map.contains_key("automation") => {
            for (i, (item, path)) in items(map.get("automation"), "/automation").into_iter().enumerate() {
                one(item, &path, i, reader);
            }
        }
        _ => {
            for (i, (item, path)) in items(Some(&json), "").into_iter().enumerate() {
                one(item, &path, i, reader);
            }
        }
    }
}

fn one(json: &Json, path: &str, place: usize, reader: &mut Reader<'_>) {
    let Some(map) = json.as_object() else {
        return reader.refuse("import.form", path, "自动化应为映射", "an automation is a map");
    };
    if map.contains_key("use_blueprint") {
        return reader.refuse(
            "import.blueprint",
            &format!("{path}/use_blueprint"),
            "请导入蓝图本身，并把这里的 input 作为 inputs 给出",
            "import the blueprint itself, with what `input` says here as `inputs`",
        );
    }
    if let Some(graph) = graph_of(map, path, &format!("{place}"), reader) {
        reader.rule(path, graph);
    }
}

/// The graph of an automation, if everything that has to be taken could be.
pub(super) fn graph_of(map: &Object, path: &str, place: &str, reader: &mut Reader<'_>) -> Option<documents::RuleGraph> {
    let name = text(map.get("alias")).or_else(|| text(map.get("id"))).unwrap_or_else(|| "Home Assistant".into());
    let key = text(map.get("id")).unwrap_or_else(|| format!("{place}:{name}"));
    let mut reading = Automation {
        reader,
        sketch: Sketch::new(&format!("home_assistant:{key}"), Bilingual::same(name)),
        sound: true,
        told_triggers: asks_for_trigger(&Json::Object(map.clone())),
        unrolled: 0,
    };
    for known in map.keys() {
        reading.check_key(known, path);
    }
    let (triggers, at) = field(map, &["triggers", "trigger"]);
    let flow = reading.triggers(triggers, &format!("{path}/{at}"));
    let (conditions, at) = field(map, &["conditions", "condition"]);
    let flow = reading.guarded(flow, conditions, &format!("{path}/{at}"));
    let (actions, at) = field(map, &["actions", "action"]);
    reading.sequence(flow, actions, &format!("{path}/{at}"));
    reading.mode(map, path);
    let Automation { sketch, sound, reader, .. } = reading;
    if !sound {
        reader.refuse(
            "import.rule",
            path,
            "缺少一个条件就会做得更多，因此不生成这条规则",
            "without one of its conditions it would do more than it should, so there is no rule",
        );
        return None;
    }
    if !sketch.acts() {
        reader.refuse("import.empty", path, "没有留下任何动作", "nothing is left that it would do");
        return None;
    }
    Some(sketch.done())
}

/// An automation while it is read.
pub(super) struct Automation<'r, 'w> {
    pub(super) reader: &'r mut Reader<'w>,
    pub(super) sketch: Sketch,
    /// Nothing was left out without which it would do more.
    sound: bool,
    /// A condition asks which trigger it was.
    told_triggers: bool,
    /// How many times loops were written out.
    unrolled: u64,
}

/// Events that go through an automation, each with the trigger that it comes from while somebody may ask for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow(Vec<(Option<String>, Wire)>);

impl Flow {
    pub(super) fn wires(&self) -> Vec<Wire> {
        self.0.iter().map(|(_, wire)| wire.clone()).collect()
    }
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    fn of(wire: Wire) -> Flow {
        Flow(vec![(None, wire)])
    }
    fn joined(flows: impl IntoIterator<Item = Flow>) -> Flow {
        let mut all: Vec<_> = flows.into_iter().flat_map(|f| f.0).collect();
        all.sort();
        all.dedup();
        Flow(all)
    }
    /// The wires of each trigger.
    fn groups(&self) -> Vec<(Option<String>, Vec<Wire>)> {
        let mut groups: Vec<(Option<String>, Vec<Wire>)> = Vec::new();
        for (id, wire) in &self.0 {
            match groups.iter_mut().find(|(of, _)| of == id) {
                Some((_, wires)) => wires.push(wire.clone()),
                None => groups.push((id.clone(), vec![wire.clone()])),
            }
        }
        groups
    }
}

impl Automation<'_, '_> {
    /// Something is left out, and the rule does less.
    pub(super) fn leave(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.reader.leave("import.left_out", path, zh, en);
    }

    /// A condition cannot be taken: there will be no rule.
    pub(super) fn unsound(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.sound = false;
        self.reader.refuse("import.condition", path, zh, en);
    }

    fn check_key(&mut self, key: &str, path: &str) {
        let known = [
            "id",
            "alias",
            "description",
            "trigger",
            "triggers",
            "condition",
            "conditions",
            "action",
            "actions",
            "mode",
            "max",
            "max_exceeded",
            "initial_state",
            "trace",
            "blueprint",
            "homeassistant",
            "domain",
            "icon",
        ];
        if !known.contains(&key) {
            self.leave(&format!("{path}/{key}"), format!("不支持“{key}”"), format!("`{key}` is not supported"));
        }
    }

    fn mode(&mut self, map: &Object, path: &str) {
        let mode = match map.get("mode").and_then(Json::as_str) {
            None | Some("single") => RuleMode::Single,
            Some("restart") => RuleMode::Restart,
            Some("queued") => RuleMode::Queued,
            Some("parallel") => RuleMode::Parallel,
            Some(other) => {
                let other = other.to_owned();
                self.leave(
                    &format!("{path}/mode"),
                    format!("没有模式“{other}”，用 single"),
                    format!("there is no mode `{other}`; it is `single`"),
                );
                RuleMode::Single
            }
        };
        self.sketch.graph().mode = mode;
        let Some(max) = map.get("max") else { return };
        match max.as_u64().and_then(|n| u32::try_from(n).ok()) {
            Some(max) if (1..=100).contains(&max) => self.sketch.graph().runs.max = max,
            _ => self.leave(&format!("{path}/max"), "应在 1 到 100 之间", "takes 1 to 100"),
        }
    }
}

/// The first of these keys that is there, and its name.
pub(super) fn field<'a>(map: &'a Object, names: &[&'a str]) -> (Option<&'a Json>, &'a str) {
    for name in names {
        if let Some(value) = map.get(*name) {
            return (Some(value), name);
        }
    }
    (None, names.first().copied().unwrap_or(""))
}

/// A list, or a single item as a list of one; with the path of each.
pub(super) fn items<'a>(json: Option<&'a Json>, path: &str) -> Vec<(&'a Json, String)> {
    match json {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(list)) => list.iter().enumerate().map(|(i, item)| (item, format!("{path}/{i}"))).collect(),
        Some(other) => vec![(other, path.to_owned())],
    }
}

/// Texts of a list, or of one text with commas.
pub(super) fn texts(json: Option<&Json>) -> Vec<String> {
    match json {
        Some(Json::String(s)) => s.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect(),
        Some(Json::Array(list)) => list.iter().filter_map(|item| text(Some(item))).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// A single value as text. `on` without quotes is true in YAML, and is meant as `on`.
pub(super) fn text(json: Option<&Json>) -> Option<String> {
    match json? {
        Json::String(s) => Some(s.clone()),
        Json::Number(n) => Some(n.to_string()),
        Json::Bool(b) => Some(if *b { "on" } else { "off" }.into()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// A number, also one that is written as a text.
pub(super) fn number(json: &Json) -> Option<f64> {
    json.as_f64().or_else(|| json.as_str()?.trim().parse().ok()).filter(|n| n.is_finite())
}

/// A time in milliseconds: `"00:05:00"`, `90`, `{minutes: 5}`.
pub(super) fn span_ms(json: &Json) -> Option<i64> {
    let seconds = match json {
        Json::Object(map) => {
            let mut sum = 0.0;
            for (unit, value) in map {
                let each = match unit.as_str() {
                    "days" => 86_400.0,
                    "hours" => 3_600.0,
                    "minutes" => 60.0,
                    "seconds" => 1.0,
                    "milliseconds" => 0.001,
                    _ => return None,
                };
                sum += number(value)? * each;
            }
            sum
        }
        Json::String(s) if s.contains(':') => clock(s)?,
        other => number(other)?,
    };
    let ms = (seconds * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within the limits of a span")]
    let whole = ms as i64;
    (0.0..=engine::limits::SPAN_MS_MAX as f64).contains(&ms).then_some(whole)
}

/// A time with a sign, in milliseconds: `"-00:30:00"`.
pub(super) fn signed_ms(text: &str) -> Option<i64> {
    let ms = (clock(text)? * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within the limits of a span")]
    let whole = ms as i64;
    (ms.abs() <= engine::limits::SPAN_MS_MAX as f64).then_some(whole)
}

/// A time of the day as the calendar has it: `07:30`, with seconds only where there are some.
pub(super) fn time_of_day(text: &str) -> Option<String> {
    let seconds = clock(text).filter(|s| (0.0..86_400.0).contains(s))?;
    #[expect(clippy::cast_possible_truncation, reason = "a day has fewer seconds")]
    let s = seconds as i64;
    let short = format!("{:02}:{:02}", s / 3600, s / 60 % 60);
    Some(if s % 60 == 0 { short } else { format!("{short}:{:02}", s % 60) })
}

/// A time by the sun as the calendar has it: `sunset-00:30`.
pub(super) fn sun_at(event: &str, offset: Option<&Json>) -> Option<String> {
    let ms = match offset {
        None => 0,
        Some(Json::String(s)) if s.contains(':') => signed_ms(s)?,
        Some(other) => span_ms(other)?,
    };
    let minutes = ms.abs() / 60_000;
    let sign = if ms < 0 { '-' } else { '+' };
    Some(if minutes == 0 { event.to_owned() } else { format!("{event}{sign}{:02}:{:02}", minutes / 60, minutes % 60) })
}

/// Whether somewhere in it a condition asks for a trigger.
fn asks_for_trigger(json: &Json) -> bool {
    match json {
        Json::Object(map) => {
            map.get("condition").and_then(Json::as_str) == Some("trigger") || map.values().any(asks_for_trigger)
        }
        Json::Array(items) => items.iter().any(asks_for_trigger),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// Seconds of `H:MM` or `H:MM:SS`, with a sign.
pub(super) fn clock(text: &str) -> Option<f64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1.0, text.trim_start_matches('+')), |rest| (-1.0, rest));
    let parts: Vec<f64> = rest.split(':').map(|p| p.trim().parse::<f64>().ok()).collect::<Option<_>>()?;
    if parts.iter().any(|p| !p.is_finite() || *p < 0.0) {
        return None;
    }
    match parts.as_slice() {
        [h, m] => Some(sign * (h * 3600.0 + m * 60.0)),
        [h, m, s] => Some(sign * (h * 3600.0 + m * 60.0 + s)),
        _ => None,
    }
}
