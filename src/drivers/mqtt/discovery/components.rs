//! The components that are understood, one function each.
//!
//! What it is *not*: it joins no entities; [`super::candidate`] does. Start at [`part`].

use super::part::{Control, Entity, Part, State, Type, entity_identifier, slug, two};
use base::Unit;
use base::unit::UNITS;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What an entity adds to its device.
pub(super) fn part(entity: &Entity) -> Part {
    let mut part = Part::default();
    match entity.component.as_str() {
        "sensor" => sensor(entity, &mut part),
        "binary_sensor" => binary_sensor(entity, &mut part),
        "switch" => switch(entity, &mut part),
        "light" => light(entity, &mut part),
        "cover" => cover(entity, &mut part),
        "climate" => climate(entity, &mut part),
        "fan" => fan(entity, &mut part),
        "lock" => lock(entity, &mut part),
        "number" => number(entity, &mut part),
        "select" => select(entity, &mut part),
        "button" => button(entity, &mut part),
        "scene" => scene(entity, &mut part),
        "event" => event(entity, &mut part),
        "device_automation" => trigger(entity, &mut part),
        other => part.lose(entity, format!("不支持组件“{other}”"), format!("component `{other}` is not supported")),
    }
    if entity.text("encoding").is_some_and(|e| !e.is_empty() && !e.eq_ignore_ascii_case("utf-8")) {
        part.lose(entity, "只支持 UTF-8 编码", "only UTF-8 is read");
    }
    for key in ["off_delay", "expire_after"] {
        if entity.config.get(key).is_some_and(|v| !v.is_null()) {
            part.lose(entity, format!("不支持 {key}"), format!("{key} is not supported"));
        }
    }
    part
}

/// Says which of these keys are there and are not taken over.
fn lose_all(entity: &Entity, part: &mut Part, keys: &[&str]) {
    for key in keys.iter().filter(|k| entity.config.get(**k).is_some_and(|v| !v.is_null())) {
        part.lose(entity, format!("不支持 {key}"), format!("{key} is not supported"));
    }
}

fn unit(entity: &Entity, part: &mut Part) -> Option<Unit> {
    let written = entity.text("unit_of_measurement").filter(|u| !u.is_empty())?;
    let lower = written.to_lowercase();
    let micro = written.replace('μ', "µ");
    let known = UNITS.iter().find(|u| u.code == written || u.symbol == micro || u.en.contains(&lower.as_str()));
    if known.is_none() {
        part.lose(
            entity,
            format!("未知单位“{written}”，按纯数字处理"),
            format!("the unit `{written}` is unknown: a plain number"),
        );
    }
    Unit::by_code(known?.code)
}

/// What a sensor's class means, and the shipped template of such a device.
fn measured(class: &str) -> Option<(&'static str, &'static str)> {
    Some(match class {
        "temperature" => ("measure.temperature", "sensor_temperature"),
        "humidity" => ("measure.humidity", "sensor_humidity"),
        "battery" => ("battery", "sensor_battery"),
        "illuminance" => ("measure.illuminance", "sensor_illuminance"),
        "power" => ("measure.power", "sensor_power"),
        "energy" => ("meter.energy", "meter_energy"),
        "voltage" => ("measure.voltage", "sensor_power"),
        "current" => ("measure.current", "sensor_power"),
        "pressure" | "atmospheric_pressure" => ("measure.pressure", "sensor_pressure"),
        "carbon_dioxide" => ("measure.co2", "sensor_co2"),
        "carbon_monoxide" => ("measure.co", "sensor_co"),
        "pm25" => ("measure.pm25", "sensor_pm25"),
        "sound_pressure" => ("measure.noise", "sensor_noise"),
        "wind_speed" => ("measure.wind_speed", "sensor_wind"),
        "moisture" => ("measure.soil_moisture", "sensor_soil_moisture"),
        "gas" => ("meter.gas", "meter_gas"),
        "water" => ("meter.water", "meter_water"),
        _ => return None,
    })
}

fn sensor(entity: &Entity, part: &mut Part) {
    let class = entity.text("device_class").unwrap_or_default();
    let meaning = measured(class);
    let options = entity.list("options");
    let unit = unit(entity, part);
    let numeric = meaning.is_some()
        || entity.text("unit_of_measurement").is_some()
        || entity.text("state_class").is_some()
        || entity.config.contains_key("suggested_display_precision");
    let type_ = match numeric {
        true => Type::Number(unit, None, None, None),
        false if options.is_empty() => Type::Text,
        false => Type::Tokens(options),
    };
    let state = part.state(entity, "state_topic", "value_template");
    part.property(entity, (&entity_identifier(entity), meaning.map(|m| m.0)), &type_, state, None);
    part.kind = meaning.map(|m| m.1).or(Some("sensor_count"));
}

fn binary_sensor(entity: &Entity, part: &mut Part) {
    let meaning = match entity.text("device_class").unwrap_or_default() {
        "door" | "opening" => Some(("contact", "contact_door")),
        "window" => Some(("contact", "contact_window")),
        "garage_door" => Some(("contact", "contact_garage")),
        "motion" | "moving" | "vibration" => Some(("motion", "sensor_motion")),
        "occupancy" | "presence" => Some(("occupancy", "sensor_occupancy")),
        "smoke" => Some(("smoke", "sensor_smoke")),
        "gas" | "carbon_monoxide" => Some(("gas", "sensor_gas")),
        "moisture" => Some(("leak", "sensor_leak")),
        "problem" => Some(("problem", "sensor_problem")),
        _ => None,
    };
    let state = part.state(entity, "state_topic", "value_template").map(|state| State {
        values: two(entity.word("payload_on", "ON"), entity.word("payload_off", "OFF")),
        ..state
    });
    part.property(entity, (&entity_identifier(entity), meaning.map(|m| m.0)), &Type::Bool, state, None);
    part.kind = meaning.map(|m| m.1).or(Some("sensor_problem"));
}

/// Something that is on or off: `state_topic`, `command_topic` and the words for both.
fn on_off(entity: &Entity, part: &mut Part, template: &str) {
    let (on, off) = (entity.word("payload_on", "ON"), entity.word("payload_off", "OFF"));
    let state = part
        .state(entity, "state_topic", template)
        .map(|state| State { values: two(entity.word("state_on", &on), entity.word("state_off", &off)), ..state });
    let control = part
        .control(entity, "command_topic", "command_template")
        .map(|control| Control { values: two(on, off), ..control });
    part.property(entity, (&entity_identifier(entity), Some("on_off")), &Type::Bool, state, control);
}

fn switch(entity: &Entity, part: &mut Part) {
    on_off(entity, part, "value_template");
    part.kind = Some(if entity.text("device_class") == Some("outlet") { "outlet" } else { "switch" });
}

fn percent() -> Type {
    Type::Number(Unit::by_code("%"), Some(0.0), Some(100.0), Some(1.0))
}

fn light(entity: &Entity, part: &mut Part) {
    let own = entity_identifier(entity);
    let scale = entity.number("brightness_scale").filter(|s| *s > 0.0).unwrap_or(255.0);
    part.kind = Some("light_switch");
    match entity.text("schema").unwrap_or("basic") {
        "basic" | "default" => {
            let template = if entity.config.contains_key("state_value_template") {
                "state_value_template"
            } else {
                "value_template"
            };
            on_off(entity, part, template);
            let state = part.state(entity, "brightness_state_topic", "brightness_value_template");
            let control = part.control(entity, "brightness_command_topic", "brightness_command_template");
            brightness(entity, part, &own, scale, state, control);
        }
        "json" => {
            json_light(entity, part, &own, scale);
        }
        other => {
            return part.lose(
                entity,
                format!("不支持灯的格式“{other}”"),
                format!("light schema `{other}` is not supported"),
            );
        }
    }
    lose_all(
        entity,
        part,
        &[
            "color_temp_command_topic",
            "effect_command_topic",
            "effect_list",
            "hs_command_topic",
            "rgb_command_topic",
            "rgbw_command_topic",
            "rgbww_command_topic",
            "white_command_topic",
            "xy_command_topic",
        ],
    );
}

fn brightness(entity: &Entity, part: &mut Part, own: &str, scale: f64, state: Option<State>, control: Option<Control>) {
    if state.is_some() || control.is_some() {
        part.kind = Some("light_dimmable");
    }
    let state = state.map(|state| State { scale: Some((100.0 / scale, 0.0)), ..state });
    let control = control.map(|control| Control { decimals: Some(0), ..control });
    part.property(entity, (&format!("{own}_brightness"), Some("brightness")), &percent(), state, control);
}

/// A light whose state and commands are one JSON object.
fn json_light(entity: &Entity, part: &mut Part, own: &str, scale: f64) {
    let modes = entity.list("supported_color_modes");
    let dimmable = entity.flag("brightness") || modes.iter().any(|m| m != "onoff");
    let words = || two("ON".into(), "OFF".into());
    let (reports, is_told) = (part.topic(entity, "state_topic"), part.topic(entity, "command_topic"));
    let state = |path: &str| Some(State { topic: reports.clone()?, path: Some(path.to_string()), ..State::default() });
    let control = |template: &str| {
        Some(Control { topic: is_told.clone()?, template: Some(template.to_string()), ..Control::default() })
    };
    let on_off = state("$.state").map(|s| State { values: words(), ..s });
    let switch = control(r#"{"state": "{value}"}"#).map(|c| Control { values: words(), ..c });
    part.property(entity, (own, Some("on_off")), &Type::Bool, on_off, switch);
    if dimmable {
        let dim = control(r#"{"state": "ON", "brightness": {value}}"#);
        brightness(entity, part, own, scale, state("$.brightness"), dim);
    }
    let lost: Vec<&String> = modes.iter().filter(|m| !matches!(m.as_str(), "onoff" | "brightness")).collect();
    for mode in lost {
        part.lose(entity, format!("不支持颜色模式“{mode}”"), format!("colour mode `{mode}` is not supported"));
    }
}

fn cover(entity: &Entity, part: &mut Part) {
    let own = entity_identifier(entity);
    part.kind = Some(match entity.text("device_class").unwrap_or_default() {
        "awning" => "awning",
        "blind" => "blind",
        "curtain" => "curtain",
        "shutter" => "shutter",
        "door" => "door_opener",
        "garage" => "garage_door",
        "gate" => "gate",
        "window" => "window_opener",
        _ => "shade",
    });
    let (open, close) = (entity.word("payload_open", "OPEN"), entity.word("payload_close", "CLOSE"));
    let command = part.topic(entity, "command_topic");
    if entity.text("position_topic").is_some() || entity.text("set_position_topic").is_some() {
        let closed = entity.number("position_closed").unwrap_or(0.0);
        let range = entity.number("position_open").unwrap_or(100.0) - closed;
        let range = if range == 0.0 { 100.0 } else { range };
        let scale = Some((100.0 / range, -closed * 100.0 / range));
        let state = part.state(entity, "position_topic", "position_template").map(|s| State { scale, ..s });
        let set = match part.topic(entity, "set_position_topic") {
            Some(topic) => part.placed(entity, "set_position_template", "position").map(|template| Control {
                topic,
                template,
                decimals: Some(0),
                ..Control::default()
            }),
            None => command.clone().map(|topic| Control {
                topic,
                values: BTreeMap::from([(open, Json::from(100)), (close, Json::from(0))]),
                ..Control::default()
            }),
        };
        part.property(entity, (&own, Some("position")), &percent(), state, set);
    } else {
        let mut words = two(entity.word("state_open", "open"), entity.word("state_closed", "closed"));
        for (key, otherwise) in [("state_opening", "opening"), ("state_closing", "closing")] {
            words.insert(entity.word(key, otherwise), Json::Bool(true));
        }
        let state = part.state(entity, "state_topic", "value_template").map(|s| State { values: words, ..s });
        let control = command.clone().map(|topic| Control { topic, values: two(open, close), ..Control::default() });
        part.property(entity, (&own, Some("opening")), &Type::Bool, state, control);
    }
    // A `null` says that it cannot be stopped.
    if let Some(topic) = command.filter(|_| !entity.config.get("payload_stop").is_some_and(Json::is_null)) {
        part.service(entity, &format!("{own}_stop"), "stop", topic, entity.word("payload_stop", "STOP"));
    }
    tilt(entity, part, &own);
}

fn tilt(entity: &Entity, part: &mut Part, own: &str) {
    let closed = entity.number("tilt_closed_value").unwrap_or(0.0);
    let range = entity.number("tilt_opened_value").unwrap_or(100.0) - closed;
    let range = if range == 0.0 { 100.0 } else { range };
    let scale = Some((100.0 / range, -closed * 100.0 / range));
    let state = part.state(entity, "tilt_status_topic", "tilt_status_template").map(|s| State { scale, ..s });
    let control =
        part.control(entity, "tilt_command_topic", "tilt_command_template").map(|c| Control { decimals: Some(0), ..c });
    part.property(entity, (&format!("{own}_tilt"), Some("tilt")), &percent(), state, control);
}

fn climate(entity: &Entity, part: &mut Part) {
    let own = entity_identifier(entity);
    let fahrenheit = entity.text("temperature_unit") == Some("F");
    let unit = Unit::by_code(if fahrenheit { "[degF]" } else { "Cel" });
    let (low, high) = if fahrenheit { (45.0, 95.0) } else { (7.0, 35.0) };
    let set = Type::Number(
        unit,
        Some(entity.number("min_temp").unwrap_or(low)),
        Some(entity.number("max_temp").unwrap_or(high)),
        Some(entity.number("temp_step").unwrap_or(1.0)),
    );
    let state = part.state(entity, "temperature_state_topic", "temperature_state_template");
    let control = part.control(entity, "temperature_command_topic", "temperature_command_template");
    part.property(entity, (&format!("{own}_target"), Some("setpoint")), &set, state, control);
    let state = part.state(entity, "current_temperature_topic", "current_temperature_template");
    let plain = Type::Number(unit, None, None, None);
    part.property(entity, (&format!("{own}_temperature"), Some("measure.temperature")), &plain, state, None);
    let mut modes = entity.list("modes");
    if modes.is_empty() {
        modes = ["auto", "off", "cool", "heat", "dry", "fan_only"].map(str::to_string).to_vec();
    }
    part.kind = Some(if modes.iter().any(|m| m == "cool") { "air_conditioner" } else { "thermostat" });
    let state = part.state(entity, "mode_state_topic", "mode_state_template");
    let control = part.control(entity, "mode_command_topic", "mode_command_template");
    part.property(entity, (&own, Some("mode")), &Type::Tokens(modes), state, control);
    if let Some(topic) = part.topic(entity, "power_command_topic") {
        let values = two(entity.word("payload_on", "ON"), entity.word("payload_off", "OFF"));
        let control = Control { topic, values, ..Control::default() };
        part.property(entity, (&format!("{own}_power"), Some("on_off")), &Type::Bool, None, Some(control));
    }
    lose_all(
        entity,
        part,
        &[
            "fan_mode_command_topic",
            "preset_mode_command_topic",
            "swing_mode_command_topic",
            "temperature_high_command_topic",
            "temperature_low_command_topic",
        ],
    );
}

fn fan(entity: &Entity, part: &mut Part) {
    let own = entity_identifier(entity);
    let template =
        if entity.config.contains_key("state_value_template") { "state_value_template" } else { "value_template" };
    on_off(entity, part, template);
    part.kind = Some("fan");
    let low = entity.number("speed_range_min").unwrap_or(1.0) - 1.0;
    let range = entity.number("speed_range_max").unwrap_or(100.0) - low;
    let range = if range == 0.0 { 100.0 } else { range };
    let state = part
        .state(entity, "percentage_state_topic", "percentage_value_template")
        .map(|s| State { scale: Some((100.0 / range, -low * 100.0 / range)), ..s });
    let control = part
        .control(entity, "percentage_command_topic", "percentage_command_template")
        .map(|c| Control { decimals: Some(0), ..c });
    part.property(entity, (&format!("{own}_speed"), Some("fan_speed")), &percent(), state, control);
    lose_all(entity, part, &["direction_command_topic", "oscillation_command_topic", "preset_mode_command_topic"]);
}

fn lock(entity: &Entity, part: &mut Part) {
    part.kind = Some("lock");
    let state = part.state(entity, "state_topic", "value_template").map(|s| State {
        values: two(entity.word("state_locked", "LOCKED"), entity.word("state_unlocked", "UNLOCKED")),
        ..s
    });
    let control = part.control(entity, "command_topic", "command_template").map(|c| Control {
        values: two(entity.word("payload_lock", "LOCK"), entity.word("payload_unlock", "UNLOCK")),
        ..c
    });
    part.property(entity, (&entity_identifier(entity), Some("lock")), &Type::Bool, state, control);
    lose_all(entity, part, &["code_format", "payload_open"]);
}

fn number(entity: &Entity, part: &mut Part) {
    let unit = unit(entity, part);
    let bound = |key: &str, otherwise: f64| Some(entity.number(key).unwrap_or(otherwise));
    let type_ = Type::Number(unit, bound("min", 1.0), bound("max", 100.0), bound("step", 1.0));
    let state = part.state(entity, "state_topic", "value_template");
    let control = part.control(entity, "command_topic", "command_template");
    part.property(entity, (&entity_identifier(entity), None), &type_, state, control);
}

fn select(entity: &Entity, part: &mut Part) {
    let options = entity.list("options");
    if options.is_empty() {
        return part.lose(entity, "没有选项", "it has no options");
    }
    let state = part.state(entity, "state_topic", "value_template");
    let control = part.control(entity, "command_topic", "command_template");
    part.property(entity, (&entity_identifier(entity), None), &Type::Tokens(options), state, control);
}

fn button(entity: &Entity, part: &mut Part) {
    part.kind = Some("button");
    let Some(topic) = part.topic(entity, "command_topic") else { return };
    let Some(template) = part.placed(entity, "command_template", "value") else { return };
    let word = entity.word("payload_press", "PRESS");
    let payload = template.map_or(word.clone(), |t| t.replace(super::super::codec::VALUE, &word));
    part.service(entity, &entity_identifier(entity), "press", topic, payload);
}

fn scene(entity: &Entity, part: &mut Part) {
    part.kind = Some("scene");
    if let Some(topic) = part.topic(entity, "command_topic") {
        part.service(entity, &entity_identifier(entity), "activate", topic, entity.word("payload_on", "ON"));
    }
}

fn event(entity: &Entity, part: &mut Part) {
    let Some(topic) = part.topic(entity, "state_topic") else { return };
    if entity.text("value_template").is_some() {
        return part.lose(entity, "不支持 value_template", "value_template is not supported");
    }
    for word in entity.list("event_types") {
        let identifier = format!("{}_{}", entity_identifier(entity), slug(&word));
        let name = format!("{} {word}", entity.name());
        part.event(&identifier, &name, &topic, Some("$.event_type".into()), word);
    }
}

/// A press of a remote control and the like, announced one by one.
fn trigger(entity: &Entity, part: &mut Part) {
    let (Some(topic), Some(type_)) = (part.topic(entity, "topic"), entity.text("type")) else { return };
    let Some(path) = part.picked(entity, "value_template") else { return };
    let word = entity.word("payload", "");
    if word.is_empty() {
        return part.lose(entity, "触发器没有载荷", "the trigger has no payload");
    }
    let name = format!("{} {type_}", entity.text("subtype").unwrap_or_default());
    part.event(&slug(&name), name.trim(), &topic, path, word);
}
