//! A graph as an automation in YAML. Entities are named `DOMAIN.KEY` after the keys of our devices.

use super::clock;
use crate::outline::{Outline, Shape, Start, Step, blocked, param, span, text, value};
use crate::yaml;
use base::id::{PointId, SceneId};
use base::{Bilingual, Diagnostic, Diagnostics, Value};
use documents::{Node, RuleGraph, RuleMode, Setting};
use serde_json::{Map, Value as Json, json};
use things::{PointKind, PointSpec, World};

/// Writes one automation for each start of the graph.
///
/// # Errors
/// The nodes that have no counterpart.
pub(crate) fn write(graph: &RuleGraph, world: &World) -> Result<String, Diagnostics> {
    let outline = Outline::of(graph)?;
    let mut writing = Writing { graph, world, shape: Shape::new(graph), found: Diagnostics::new() };
    for node in graph.nodes.iter().filter(|n| text(n, "initial") == Some("fire")) {
        writing.found.push(blocked(
            graph,
            node,
            "那边启用时已成立的条件不会触发",
            "a condition that already holds triggers nothing there",
        ));
    }
    let several = outline.starts.len() > 1;
    let automations: Vec<Json> = outline
        .starts
        .iter()
        .enumerate()
        .map(|(i, start)| writing.automation(start, several.then_some(i + 1)))
        .collect();
    if automations.is_empty() {
        let message = Bilingual::new("规则没有动作", "the rule does nothing");
        writing.found.push(Diagnostic::error("export.form", "/nodes", message));
    }
    if writing.found.is_empty() { Ok(yaml::write(&Json::Array(automations))) } else { Err(writing.found) }
}

struct Writing<'g> {
    graph: &'g RuleGraph,
    world: &'g World,
    shape: Shape<'g>,
    found: Diagnostics,
}

impl Writing<'_> {
    fn automation(&mut self, start: &Start<'_>, part: Option<usize>) -> Json {
        let part = part.map_or_else(String::new, |n| format!("-{n}"));
        let name = if self.graph.name.en.is_empty() { &self.graph.name.zh } else { &self.graph.name.en };
        let mode = match self.graph.mode {
            RuleMode::Single => "single",
            RuleMode::Restart => "restart",
            RuleMode::Queued => "queued",
            RuleMode::Parallel => "parallel",
        };
        let triggers: Vec<Json> = start.triggers.iter().filter_map(|n| self.trigger(n)).collect();
        // One condition in front of everything is the automation's own.
        let (conditions, steps) = match start.steps.as_slice() {
            [Step::If(gate, inner)] => (self.gate(gate), inner.as_slice()),
            steps => (Vec::new(), steps),
        };
        let actions = self.steps(steps);
        let mut out = json!({
            "id": format!("{}{part}", self.graph.id),
            "alias": format!("{name}{part}"),
            "triggers": triggers,
            "conditions": conditions,
            "actions": actions,
            "mode": mode,
        });
        if matches!(self.graph.mode, RuleMode::Queued | RuleMode::Parallel) {
            out["max"] = json!(self.graph.runs.max);
        }
        out
    }

    fn none(&mut self, node: &Node) {
        let kind = &node.type_;
        let finding =
            blocked(self.graph, node, &format!("“{kind}”没有对应的写法"), &format!("`{kind}` has no counterpart"));
        self.found.push(finding);
    }

    fn trigger(&mut self, node: &Node) -> Option<Json> {
        let done = match node.type_.as_str() {
            "edge" => self.becomes(node),
            "mqtt_topic" if param(node, "connection").is_none() => {
                Some(json!({ "trigger": "mqtt", "topic": text(node, "topic") }))
            }
            "startup" => Some(json!({ "trigger": "homeassistant", "event": "start" })),
            "webhook" => Some(json!({ "trigger": "webhook", "webhook_id": text(node, "name") })),
            "schedule" => scheduled(node),
            _ => None,
        };
        if done.is_none() {
            self.none(node);
        }
        done
    }

    fn becomes(&self, node: &Node) -> Option<Json> {
        let mut held = self.shape.input(node, "in")?;
        let mut wait = None;
        if held.type_ == "for_duration" {
            wait = span(held, "span_ms");
            held = self.shape.input(held, "in")?;
        }
        let falling = match text(node, "on") {
            None | Some("rising") => false,
            // That something has not lasted long enough any more is no state there.
            Some("falling") if wait.is_none() => true,
            Some(_) => return None,
        };
        let mut trigger = self.compared(held, falling, "trigger")?;
        if let Some(ms) = wait {
            trigger["for"] = length(ms);
        }
        Some(trigger)
    }

    /// A comparison with a point, as a trigger or a condition.
    fn compared(&self, node: &Node, negated: bool, as_: &str) -> Option<Json> {
        if node.type_ == "not" {
            return self.compared(self.shape.input(node, "in")?, !negated, as_);
        }
        let point = self.shape.input(node, "in").filter(|n| n.type_ == "point" && node.type_ == "compare")?;
        let spec = self.spec(point)?;
        let entity = self.entity(spec);
        let plain = param(node, "hysteresis").is_none() && param(node, "unit").is_none();
        let (op, with) = (text(node, "op")?, value(node, "value")?);
        let state = if as_ == "trigger" { "to" } else { "state" };
        let number = |bound: &str, n: f64| json!({ as_: "numeric_state", "entity_id": entity, bound: n });
        match (op, &with, negated) {
            _ if !plain => None,
            ("=", Value::Bool(b), _) => {
                Some(json!({ as_: "state", "entity_id": entity, state: word(spec, *b != negated) }))
            }
            ("!=", Value::Bool(b), _) => {
                Some(json!({ as_: "state", "entity_id": entity, state: word(spec, *b == negated) }))
            }
            ("=", Value::Text(token), false) => Some(json!({ as_: "state", "entity_id": entity, state: &**token })),
            (">", Value::Number(n), false) => Some(number("above", *n)),
            ("<", Value::Number(n), false) => Some(number("below", *n)),
            _ => None,
        }
    }

    fn gate(&mut self, gate: &Node) -> Vec<Json> {
        let Some(node) = self.shape.input(gate, "if") else { return Vec::new() };
        if node.type_ == "and" {
            self.shape.inputs(node).into_iter().filter_map(|n| self.condition(n)).collect()
        } else {
            self.condition(node).into_iter().collect()
        }
    }

    fn condition(&mut self, node: &Node) -> Option<Json> {
        let inner = |this: &mut Self| -> Vec<Json> {
            this.shape.inputs(node).into_iter().filter_map(|n| this.condition(n)).collect()
        };
        match node.type_.as_str() {
            "and" | "or" => {
                let conditions = inner(self);
                return Some(json!({ "condition": node.type_, "conditions": conditions }));
            }
            "not" if self.compared(node, false, "condition").is_none() => {
                let conditions = inner(self);
                return Some(json!({ "condition": "not", "conditions": conditions }));
            }
            "time_window" => {
                if let Some(window) = window(node) {
                    return Some(window);
                }
            }
            "for_duration" => {
                let held = self.shape.input(node, "in").and_then(|n| self.compared(n, false, "condition"));
                if let Some(mut held) = held.filter(|h| h["condition"] == "state") {
                    held["for"] = length(span(node, "span_ms").unwrap_or(0));
                    return Some(held);
                }
            }
            _ => {
                if let Some(done) = self.compared(node, false, "condition") {
                    return Some(done);
                }
            }
        }
        if let Some(done) = self.compared(node, false, "condition") {
            return Some(done);
        }
        self.none(node);
        None
    }

    fn steps(&mut self, steps: &[Step<'_>]) -> Vec<Json> {
        let waits = steps.iter().filter(|s| waits(s)).count();
        // What waits comes last; several that wait go side by side.
        let (later, now): (Vec<&Step<'_>>, Vec<&Step<'_>>) = steps.iter().partition(|s| waits_at(s));
        let deeds: Vec<&Node> =
            now.iter().filter_map(|s| if let Step::Do(node) = s { Some(*node) } else { None }).collect();
        let mut out = self.deeds(&deeds);
        out.extend(now.into_iter().filter(|s| !matches!(s, Step::Do(_))).flat_map(|s| self.step(s)));
        if waits > 1 {
            let branches: Vec<Json> = later.into_iter().map(|s| json!({ "sequence": self.step(s) })).collect();
            out.push(json!({ "parallel": branches }));
        } else {
            out.extend(later.into_iter().flat_map(|s| self.step(s)));
        }
        out
    }

    fn step(&mut self, step: &Step<'_>) -> Vec<Json> {
        match step {
            Step::Do(node) => self.deeds(&[node]),
            Step::If(gate, inner) => {
                let (held, then) = (self.gate(gate), self.steps(inner));
                vec![json!({ "if": held, "then": then })]
            }
            Step::Wait(node, inner) => {
                let mut out = vec![json!({ "delay": length(span(node, "span_ms").unwrap_or(0)) })];
                out.extend(self.steps(inner));
                out
            }
        }
    }

    /// What is done at one moment. There a brightness, a colour or a mode switches on as well, so that it is said together
    /// with the command that does so here.
    fn deeds(&mut self, nodes: &[&Node]) -> Vec<Json> {
        let mut out = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            let spec = self.commanded(node);
            let same = |other: &&&Node| self.commanded(other).map(|s| s.device) == spec.map(|s| s.device);
            let on = |other: &&&Node| same(other) && self.switches_on(other);
            if spec.is_some_and(|spec| self.with_on(spec).is_some()) {
                if !nodes.iter().any(|n| on(&n)) {
                    let zh = "那边这样设置时也会打开设备；请同时打开它";
                    let en = "there this switches the device on as well; switch it on at the same time";
                    self.found.push(blocked(self.graph, node, zh, en));
                }
                continue;
            }
            let first = self.switches_on(node) && !nodes.iter().take(i).any(|n| on(&n));
            let with: Vec<&Node> = nodes
                .iter()
                .filter(|n| first && same(n) && self.commanded(n).is_some_and(|s| self.with_on(s).is_some()))
                .copied()
                .collect();
            match if with.is_empty() { self.deed(node) } else { self.switched_on(&with) } {
                Some(done) => out.push(done),
                None => self.none(node),
            }
        }
        out
    }

    /// The one call that switches a device on and sets all this.
    fn switched_on(&self, with: &[&Node]) -> Option<Json> {
        let mut data = Map::new();
        let mut call = None;
        for node in with {
            let spec = self.commanded(node)?;
            let (key, value) = piece(spec, &self.setting(node)?, text(node, "unit"))?;
            if data.insert(key.to_owned(), value).is_some() {
                return None;
            }
            call = Some((self.with_on(spec)?, self.entity(spec)));
        }
        let (action, entity) = call?;
        Some(json!({ "action": action, "target": { "entity_id": entity }, "data": data }))
    }

    /// The point that a command sets.
    fn commanded(&self, node: &Node) -> Option<&PointSpec> {
        if node.type_ == "command" { self.spec(node) } else { None }
    }

    fn setting(&self, node: &Node) -> Option<Setting> {
        serde_json::from_value(param(node, "setting")?.clone()).ok()
    }

    fn switches_on(&self, node: &Node) -> bool {
        self.commanded(node).is_some_and(|spec| spec.is("on_off"))
            && self.setting(node) == Some(Setting::To(Value::Bool(true)))
    }

    /// The action that sets a point and switches its device on, where there is only such a one.
    fn with_on(&self, spec: &PointSpec) -> Option<&'static str> {
        let domain = domain(spec, self.world.kind_of(spec.device).unwrap_or(""));
        let switched = self.world.points_of(spec.device).any(|p| p.is("on_off"));
        match (domain, spec.trait_.as_deref()?) {
            ("light", "brightness" | "colour" | "colour_temperature") => Some("light.turn_on"),
            ("climate", "mode") if switched => Some("climate.set_hvac_mode"),
            _ => None,
        }
    }

    fn deed(&self, node: &Node) -> Option<Json> {
        match node.type_.as_str() {
            "command" => {
                let spec = self.spec(node)?;
                let domain = domain(spec, self.world.kind_of(spec.device).unwrap_or(""));
                let (action, data) = action(spec, domain, &self.setting(node)?, text(node, "unit"))?;
                let mut done = json!({ "action": action, "target": { "entity_id": self.entity(spec) } });
                if let Some(data) = data {
                    done["data"] = data;
                }
                Some(done)
            }
            "publish" if param(node, "connection").is_none() => {
                let plain = |s: &str| {
                    let bare = s.replace("{{", "\u{1}").replace("}}", "\u{2}");
                    (!bare.contains(['{', '}'])).then(|| bare.replace('\u{1}', "{").replace('\u{2}', "}"))
                };
                let payload = param(node, "payload")?;
                let payload = payload.as_str().map_or_else(|| payload.to_string(), str::to_owned);
                let mut data = json!({ "topic": plain(text(node, "topic")?)?, "payload": plain(&payload)? });
                for key in ["qos", "retain"] {
                    if let Some(value) = param(node, key) {
                        data[key] = value.clone();
                    }
                }
                Some(json!({ "action": "mqtt.publish", "data": data }))
            }
            "scene" => {
                let scene = self.world.scene(SceneId::parse(text(node, "scene")?).ok()?)?;
                let name = scene.names.display(base::Lang::En).to_lowercase();
                let slug: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
                Some(json!({ "action": "scene.turn_on", "target": { "entity_id": format!("scene.{slug}") } }))
            }
            _ => None,
        }
    }

    fn spec(&self, node: &Node) -> Option<&PointSpec> {
        self.world.point(PointId::parse(text(node, "point")?).ok()?)
    }

    fn entity(&self, spec: &PointSpec) -> String {
        let key = self.world.device(spec.device).map_or("", |d| d.key.as_str());
        let key: String = key.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let domain = domain(spec, self.world.kind_of(spec.device).unwrap_or(""));
        let several = self.world.points_of(spec.device).count() > 1;
        if domain == "sensor" && several {
            format!("{domain}.{key}_{}", spec.identifier)
        } else {
            format!("{domain}.{key}")
        }
    }
}

fn waits(step: &Step<'_>) -> bool {
    match step {
        Step::Do(_) => false,
        Step::Wait(..) => true,
        Step::If(_, inner) => inner.iter().any(waits),
    }
}

fn waits_at(step: &&Step<'_>) -> bool {
    waits(step)
}

/// A time as `HH:MM:SS`, with milliseconds where there are any.
fn length(ms: i64) -> Json {
    if ms % 1000 != 0 {
        return json!({ "milliseconds": ms });
    }
    let s = ms / 1000;
    json!(format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60))
}

/// The domain of the entity that a point belongs to.
fn domain(spec: &PointSpec, kind: &str) -> &'static str {
    match (kind, spec.trait_.as_deref().unwrap_or("")) {
        ("light", _) => "light",
        ("fan", _) => "fan",
        (_, "lock") => "lock",
        ("valve", _) => "valve",
        (_, "position" | "opening" | "tilt" | "stop") => "cover",
        ("air_conditioner" | "thermostat" | "fan_coil" | "heater" | "boiler", "on_off" | "mode" | "setpoint") => {
            "climate"
        }
        ("television" | "speaker", _) => "media_player",
        (_, "run") => "vacuum",
        (_, "humidity_setpoint") => "humidifier",
        (_, "press") => "button",
        _ if spec.kind == PointKind::Bool && !spec.writable => "binary_sensor",
        (_, "on_off") => "switch",
        _ => "sensor",
    }
}

/// The word of a boolean state.
fn word(spec: &PointSpec, yes: bool) -> &'static str {
    match (spec.trait_.as_deref(), yes) {
        (Some("lock"), true) => "locked",
        (Some("lock"), false) => "unlocked",
        (Some("opening"), true) => "open",
        (Some("opening"), false) => "closed",
        (_, true) => "on",
        (_, false) => "off",
    }
}

/// What stands in a call that switches a device on: its key, and its value.
fn piece(spec: &PointSpec, setting: &Setting, unit: Option<&str>) -> Option<(&'static str, Json)> {
    let Setting::To(value) = setting else { return None };
    Some(match (spec.trait_.as_deref()?, value) {
        ("brightness", Value::Number(n)) if in_unit(spec, unit, "%") => ("brightness_pct", json!(n)),
        ("colour_temperature", Value::Number(n)) if in_unit(spec, unit, "[K_cct]") => ("color_temp_kelvin", json!(n)),
        ("colour", Value::Text(t)) => ("color_name", json!(&**t)),
        ("mode", Value::Text(t)) if &**t != "off" => ("hvac_mode", json!(&**t)),
        _ => return None,
    })
}

/// Whether a number is in this unit, which is that of the point too.
fn in_unit(spec: &PointSpec, unit: Option<&str>, code: &str) -> bool {
    unit.is_none_or(|u| u == code) && spec.unit().is_some_and(|u| u.code() == code)
}

/// The action that sets a point, and its data.
fn action(
    spec: &PointSpec,
    domain: &str,
    setting: &Setting,
    unit: Option<&str>,
) -> Option<(&'static str, Option<Json>)> {
    let percent = in_unit(spec, unit, "%");
    Some(match (domain, spec.trait_.as_deref()?, setting) {
        (_, "on_off", Setting::To(Value::Bool(true))) => ("homeassistant.turn_on", None),
        (_, "on_off", Setting::To(Value::Bool(false))) => ("homeassistant.turn_off", None),
        (_, "on_off", Setting::Toggle) => ("homeassistant.toggle", None),
        ("fan", "fan_speed", Setting::To(Value::Number(n))) if percent => {
            ("fan.set_percentage", Some(json!({ "percentage": n })))
        }
        ("cover", "position", Setting::To(Value::Number(n))) if percent => {
            ("cover.set_cover_position", Some(json!({ "position": n })))
        }
        ("valve", "opening", Setting::To(Value::Bool(true))) => ("valve.open_valve", None),
        ("valve", "opening", Setting::To(Value::Bool(false))) => ("valve.close_valve", None),
        ("cover", "stop", Setting::Call(args)) if is_empty(args) => ("cover.stop_cover", None),
        ("button", "press", Setting::Call(args)) if is_empty(args) => ("button.press", None),
        ("lock", "lock", Setting::To(Value::Bool(true))) => ("lock.lock", None),
        ("lock", "lock", Setting::To(Value::Bool(false))) => ("lock.unlock", None),
        ("climate", "setpoint", Setting::To(Value::Number(n))) if unit.is_none() => {
            ("climate.set_temperature", Some(json!({ "temperature": n })))
        }
        ("climate", "mode", Setting::To(Value::Text(t))) if &**t != "off" => {
            ("climate.set_hvac_mode", Some(json!({ "hvac_mode": &**t })))
        }
        ("media_player", "volume", Setting::To(Value::Number(n))) if percent => {
            ("media_player.volume_set", Some(json!({ "volume_level": n / 100.0 })))
        }
        ("media_player", "mute", Setting::To(Value::Bool(b))) => {
            ("media_player.volume_mute", Some(json!({ "is_volume_muted": b })))
        }
        _ => return None,
    })
}

fn is_empty(args: &Value) -> bool {
    matches!(args, Value::Map(map) if map.is_empty())
}

/// Times of the day as a trigger; each day, or on days of the week.
fn scheduled(node: &Node) -> Option<Json> {
    let times: Vec<&str> = param(node, "times")?.as_array()?.iter().filter_map(Json::as_str).collect();
    if text(node, "missed").is_some_and(|missed| missed != "skip") {
        return None;
    }
    let days = weekdays(node)?;
    match times.as_slice() {
        [time] if time.starts_with("sun") && days.is_empty() => {
            let (event, offset) = by_sun(time)?;
            let mut trigger = json!({ "trigger": "sun", "event": event });
            if let Some(offset) = offset {
                trigger["offset"] = json!(offset);
            }
            Some(trigger)
        }
        times if times.iter().all(|time| clock(time).is_some()) => {
            let at: Vec<String> = times.iter().map(|time| full(time)).collect();
            let mut trigger = json!({ "trigger": "time", "at": at });
            if !days.is_empty() {
                trigger["weekday"] = json!(days);
            }
            Some(trigger)
        }
        _ => None,
    }
}

/// A span of the day as a condition.
fn window(node: &Node) -> Option<Json> {
    let (from, to) = (text(node, "from")?, text(node, "to")?);
    let days = weekdays(node)?;
    if clock(from).is_some() && clock(to).is_some() {
        let mut condition = json!({ "condition": "time", "after": full(from), "before": full(to) });
        if !days.is_empty() {
            condition["weekday"] = json!(days);
        }
        return Some(condition);
    }
    let mut condition = json!({ "condition": "sun" });
    for (key, time) in [("after", from), ("before", to)] {
        if time == "00:00" {
            continue;
        }
        let (event, offset) = by_sun(time)?;
        condition[key] = json!(event);
        if let Some(offset) = offset {
            condition[format!("{key}_offset")] = json!(offset);
        }
    }
    days.is_empty().then_some(condition)
}

/// The days of the week of a node; empty for every day. None for days that only the calendar knows.
fn weekdays(node: &Node) -> Option<Vec<&str>> {
    match param(node, "days") {
        None => Some(Vec::new()),
        Some(Json::Object(map)) if map.len() == 1 => {
            Some(map.get("weekdays")?.as_array()?.iter().filter_map(Json::as_str).collect())
        }
        Some(_) => None,
    }
}

/// `sunset-00:30` as the event, and the offset with its sign.
fn by_sun(time: &str) -> Option<(&'static str, Option<String>)> {
    let event = ["sunrise", "sunset"].into_iter().find(|event| time.starts_with(event))?;
    let offset = time.strip_prefix(event)?;
    Some((event, (!offset.is_empty()).then(|| format!("{offset}:00"))))
}

/// A time of the day with its seconds.
fn full(time: &str) -> String {
    if time.matches(':').count() == 1 { format!("{time}:00") } else { time.to_owned() }
}
