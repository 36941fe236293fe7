//! Actions on entities: which point of the device is set to what.

use super::state::{token, truth};
use super::{Automation, Flow, Object, field, number, text, texts, trigger};
use base::Value;
use documents::Setting;
use serde_json::{Value as Json, json};
use things::{PointKind, PointSpec, traits};

/// What is asked of a point with one of these traits.
struct Wish {
    traits: &'static [&'static str],
    to: To,
    /// Whether a device may lack it, since another wish of the same call does it.
    optional: bool,
}

/// What it shall become.
enum To {
    Yes(bool),
    Toggle,
    /// A number in this unit; in the point's own where none is named.
    Number(f64, Option<&'static str>),
    /// Changed by this much.
    By(f64),
    /// The largest or the smallest value.
    End(bool),
    Word(String),
    Call,
}

const ON_OFF: &[&str] = &["on_off"];
/// What opens and closes: by degrees, or only so.
const OPENING: &[&str] = &["position", "opening"];

fn wish(traits: &'static [&'static str], to: To) -> Wish {
    Wish { traits, to, optional: false }
}

impl Automation<'_, '_> {
    /// One action on entities, areas or a broker.
    pub(super) fn call(&mut self, flow: &Flow, map: &Object, path: &str) {
        let name = text(field(map, &["action", "service"]).0).unwrap_or_default();
        let (domain, service) = name.split_once('.').unwrap_or((name.as_str(), ""));
        let mut data = Object::new();
        for key in ["data", "data_template"] {
            data.extend(map.get(key).and_then(Json::as_object).cloned().unwrap_or_default());
        }
        let target = map.get("target").and_then(Json::as_object);
        let named = |key: &str| -> Vec<String> {
            [target.and_then(|t| t.get(key)), data.get(key), map.get(key)].into_iter().flat_map(texts).collect()
        };
        let (mut entities, areas) = (named("entity_id"), named("area_id"));
        match domain {
            "mqtt" if service == "publish" => return self.publish(flow, &data, path),
            "notify" | "persistent_notification" => return self.notify(flow, domain, service, &data, path),
            "scene" if service == "turn_on" => return self.scenes(flow, &entities, path),
            _ => {}
        }
        for device in named("device_id") {
            if self.reader.finder.is_given(&device) {
                entities.push(format!("{domain}.{device}"));
            } else {
                self.leave(path, "请用实体代替 device_id", "name the entities instead of `device_id`");
            }
        }
        for entity in &entities {
            let of = entity.split('.').next().unwrap_or(domain);
            let of = if of == "group" { domain } else { of };
            match wishes(if domain == "homeassistant" { of } else { domain }, service, &data) {
                Ok(wishes) => self.entity(flow, entity, &wishes, path),
                Err((zh, en)) => self.leave(path, zh, en),
            }
        }
        for area in &areas {
            match wishes(domain, service, &data) {
                Ok(wishes) => self.area(flow, domain, area, &wishes, path),
                Err((zh, en)) => self.leave(path, zh, en),
            }
        }
        if entities.is_empty() && areas.is_empty() {
            self.leave(path, format!("“{name}”没有可用的目标"), format!("`{name}` has no target that could be taken"));
        }
    }

    /// An action that the editor of Home Assistant wrote about a device.
    pub(super) fn device_action(&mut self, flow: &Flow, map: &Object, path: &str) {
        let entity = trigger::entity_of(map);
        let type_ = text(map.get("type")).unwrap_or_default();
        let domain = entity.split('.').next().unwrap_or("").to_owned();
        match wishes(&domain, &type_, map) {
            Ok(wishes) => self.entity(flow, &entity, &wishes, path),
            Err((zh, en)) => self.leave(path, zh, en),
        }
    }

    fn entity(&mut self, flow: &Flow, entity: &str, wishes: &[Wish], path: &str) {
        for wish in wishes {
            let found = if wish.traits.is_empty() {
                self.point(entity, None)
            } else {
                self.reader.finder.point(entity, wish.traits).cloned()
            };
            match found {
                Ok(spec) => match params(&spec, &wish.to) {
                    Some(params) => _ = self.sketch.node("command", params, &[("in", &flow.wires())]),
                    None => self.leave(path, format!("“{entity}”不能这样设置"), format!("`{entity}` cannot be set so")),
                },
                Err(_) if wish.optional => {}
                Err(why) => {
                    let words = why.words(entity);
                    self.leave(path, words.zh, words.en);
                }
            }
        }
    }

    /// All devices of a kind in an area.
    fn area(&mut self, flow: &Flow, domain: &str, area: &str, wishes: &[Wish], path: &str) {
        let kinds: &[&str] = match domain {
            "light" => &["light"],
            "switch" => &["switch", "outlet"],
            "fan" => &["fan"],
            "cover" => &["curtain", "blind", "shade", "shutter", "awning"],
            "climate" => &["air_conditioner", "thermostat", "fan_coil", "heater"],
            "media_player" => &["television", "speaker"],
            _ => &[],
        };
        let space = match self.reader.finder.space(area) {
            Ok(space) if !kinds.is_empty() => space,
            Ok(_) => {
                return self.leave(
                    path,
                    format!("不支持按区域操作“{domain}”"),
                    format!("`{domain}` is not supported by area"),
                );
            }
            Err(why) => {
                let words = why.words(area);
                return self.leave(path, words.zh, words.en);
            }
        };
        for wish in wishes {
            let setting = match &wish.to {
                To::Yes(b) => Setting::To(Value::Bool(*b)),
                To::Toggle => Setting::Toggle,
                To::Number(n, _) => Setting::To(Value::Number(*n)),
                To::By(n) => Setting::By(*n),
                To::End(top) => Setting::To(Value::Number(if *top { 100.0 } else { 0.0 })),
                To::Word(word) => Setting::To(Value::text(word.as_str())),
                To::Call => continue,
            };
            let select = json!({ "kinds": kinds, "trait": wish.traits.first(), "spaces": [space] });
            self.sketch.node("command", json!({ "select": select, "setting": setting }), &[("in", &flow.wires())]);
        }
    }

    /// Scenes of Home Assistant by the name of ours.
    pub(super) fn scenes(&mut self, flow: &Flow, entities: &[String], path: &str) {
        for entity in entities {
            match self.reader.finder.scene(entity) {
                Ok(scene) => self.sketch.scene(scene, &flow.wires()),
                Err(why) => {
                    let words = why.words(entity);
                    self.leave(path, words.zh, words.en);
                }
            }
        }
    }

    fn publish(&mut self, flow: &Flow, data: &Object, path: &str) {
        let (topic, payload) = (text(data.get("topic")), text(data.get("payload")));
        let templates = [&topic, &payload].into_iter().flatten().any(|t| t.contains("{{") || t.contains("{%"));
        let Some(topic) = topic.filter(|_| !templates && !data.contains_key("payload_template")) else {
            return self.leave(path, "主题或载荷里有模板", "the topic or the payload has a template");
        };
        let braces = |s: &str| s.replace('{', "{{").replace('}', "}}");
        let mut params = json!({ "topic": braces(&topic), "payload": braces(&payload.unwrap_or_default()) });
        if let Some(qos) = data.get("qos").and_then(number).filter(|q| *q >= 1.0) {
            if qos > 1.0 {
                self.leave(path, "qos 最高为 1", "the highest qos is 1");
            }
            params["qos"] = json!(1);
        }
        if data.get("retain").and_then(Json::as_bool) == Some(true) {
            params["retain"] = json!(true);
        }
        self.sketch.node("publish", params, &[("in", &flow.wires())]);
    }

    fn notify(&mut self, flow: &Flow, domain: &str, service: &str, data: &Object, path: &str) {
        if domain == "persistent_notification" && service != "create" {
            return self.leave(
                path,
                format!("不支持“{domain}.{service}”"),
                format!("`{domain}.{service}` is not supported"),
            );
        }
        let parts: Vec<String> = ["title", "message"].iter().filter_map(|k| text(data.get(*k))).collect();
        let said = parts.join(": ");
        if said.contains("{{") || said.contains("{%") {
            return self.leave(path, "文字里有模板", "the text has a template");
        }
        if said.is_empty() {
            return self.leave(path, "没有文字", "there is no text");
        }
        self.sketch.notify(&said, &flow.wires());
    }
}

/// The parameters of a command.
fn params(spec: &PointSpec, to: &To) -> Option<Json> {
    let mut unit = None;
    let setting = match (to, &spec.kind) {
        (To::Yes(b), PointKind::Bool) => Setting::To(Value::Bool(*b)),
        (To::Toggle, PointKind::Bool) => Setting::Toggle,
        (To::Word(word), PointKind::Bool) => Setting::To(Value::Bool(truth(spec, word)?)),
        (To::Word(word), PointKind::Enum { .. }) => Setting::To(Value::text(token(spec, word)?)),
        (To::Word(word), PointKind::Text { .. }) => Setting::To(Value::text(word.as_str())),
        (To::Number(n, of), PointKind::Number { .. }) => {
            unit = of.filter(|code| spec.unit().is_none_or(|own| own.code() != *code));
            Setting::To(Value::Number(*n))
        }
        (To::By(n), PointKind::Number { .. }) => Setting::By(*n),
        (To::End(top), PointKind::Number { min, max, .. }) => {
            Setting::To(Value::Number(if *top { max.unwrap_or(100.0) } else { min.unwrap_or(0.0) }))
        }
        (To::End(top), PointKind::Bool) => Setting::To(Value::Bool(*top)),
        (To::Call, PointKind::Service) => Setting::Call(Value::Map(Default::default())),
        _ => return None,
    };
    let mut params = json!({ "point": spec.id, "setting": setting });
    if let Some(unit) = unit {
        params["unit"] = json!(unit);
    }
    Some(params)
}

/// What an action of a domain wishes.
fn wishes(domain: &str, service: &str, data: &Object) -> Result<Vec<Wish>, (String, String)> {
    let value = |key: &str| data.get(key).and_then(number);
    let word = |key: &str| text(data.get(key)).filter(|t| !t.contains("{{"));
    let missing = |key: &str| (format!("缺少固定的 {key}"), format!("a fixed `{key}` is missing"));
    let unknown = || (format!("不支持“{domain}.{service}”"), format!("`{domain}.{service}` is not supported"));
    let needed = |key: &str| value(key).ok_or_else(|| missing(key));
    let on = |b: bool| wish(ON_OFF, To::Yes(b));
    Ok(match (domain, service) {
        ("light", "turn_on") => return light(data),
        ("fan", "turn_on") => {
            let speed = value("percentage").map(|n| wish(&["fan_speed"], To::Number(n, Some("%"))));
            [Some(on(true)), speed].into_iter().flatten().collect()
        }
        ("climate", "set_temperature") => {
            let mode = word("hvac_mode").map(|m| wish(&["mode"], To::Word(m)));
            [mode, Some(wish(&["setpoint"], To::Number(needed("temperature")?, None)))].into_iter().flatten().collect()
        }
        ("climate", "set_hvac_mode") => match word("hvac_mode").ok_or_else(|| missing("hvac_mode"))?.as_str() {
            "off" => vec![on(false)],
            mode => vec![Wish { optional: true, ..on(true) }, wish(&["mode"], To::Word(mode.into()))],
        },
        ("climate", "set_preset_mode") => {
            vec![wish(&["mode"], To::Word(word("preset_mode").ok_or_else(|| missing("preset_mode"))?))]
        }
        ("water_heater", "set_temperature") => vec![wish(&["setpoint"], To::Number(needed("temperature")?, None))],
        ("humidifier", "set_humidity") => {
            vec![wish(&["humidity_setpoint"], To::Number(needed("humidity")?, Some("%")))]
        }
        ("fan", "set_percentage") => vec![wish(&["fan_speed"], To::Number(needed("percentage")?, Some("%")))],
        ("cover", "open_cover" | "open") | ("valve", "open_valve") => vec![wish(OPENING, To::End(true))],
        ("cover", "close_cover" | "close") | ("valve", "close_valve") => vec![wish(OPENING, To::End(false))],
        ("cover", "set_cover_position" | "set_position") | ("valve", "set_valve_position") => {
            vec![wish(&["position"], To::Number(needed("position")?, Some("%")))]
        }
        ("cover", "set_cover_tilt_position") => vec![wish(&["tilt"], To::Number(needed("tilt_position")?, Some("%")))],
        ("cover", "stop_cover" | "stop") => vec![wish(&["stop"], To::Call)],
        ("lock", "lock") => vec![wish(&["lock"], To::Yes(true))],
        ("lock", "unlock") => vec![wish(&["lock"], To::Yes(false))],
        ("media_player", "volume_set") => {
            // A share of one, whose digits beyond the binary ones are no difference.
            let percent = (needed("volume_level")? * 1e8).round() / 1e6;
            vec![wish(&["volume"], To::Number(percent, Some("%")))]
        }
        ("media_player", "volume_up") => vec![wish(&["volume"], To::By(nudge("volume")))],
        ("media_player", "volume_down") => vec![wish(&["volume"], To::By(-nudge("volume")))],
        ("media_player", "volume_mute") => {
            let mute = data.get("is_volume_muted").and_then(Json::as_bool).ok_or_else(|| missing("is_volume_muted"))?;
            vec![wish(&["mute"], To::Yes(mute))]
        }
        ("media_player", "media_play") => vec![wish(&["playback"], To::Word("playing".into()))],
        ("media_player", "media_pause") => vec![wish(&["playback"], To::Word("paused".into()))],
        ("media_player", "media_stop") => vec![wish(&["playback"], To::Word("idle".into()))],
        ("media_player", "media_next_track") => vec![wish(&["next"], To::Call)],
        ("media_player", "media_previous_track") => vec![wish(&["previous"], To::Call)],
        ("vacuum", "start") | ("lawn_mower", "start_mowing") => vec![wish(&["run"], To::Word("cleaning".into()))],
        ("vacuum" | "lawn_mower", "pause") => vec![wish(&["run"], To::Word("paused".into()))],
        ("vacuum", "stop") => vec![wish(&["run"], To::Word("idle".into()))],
        ("vacuum", "return_to_base") | ("lawn_mower", "dock") => vec![wish(&["run"], To::Word("docked".into()))],
        ("button" | "input_button", "press") => vec![wish(&["press"], To::Call)],
        ("number" | "input_number", "set_value") => vec![wish(&[], To::Number(needed("value")?, None))],
        ("select" | "input_select", "select_option") => {
            vec![wish(&["mode"], To::Word(word("option").ok_or_else(|| missing("option"))?))]
        }
        ("automation" | "script" | "shell_command" | "rest_command" | "timer" | "counter" | "scene", _) => {
            return Err(unknown());
        }
        (_, "turn_on") => vec![on(true)],
        (_, "turn_off") => vec![on(false)],
        (_, "toggle") => vec![wish(ON_OFF, To::Toggle)],
        _ => return Err(unknown()),
    })
}

/// Turning on a light: with a brightness, a colour or a colour temperature.
fn light(data: &Object) -> Result<Vec<Wish>, (String, String)> {
    let mut wishes = vec![wish(ON_OFF, To::Yes(true))];
    for (key, value) in data {
        let n = number(value);
        wishes.push(match (key.as_str(), n) {
            ("entity_id" | "transition" | "area_id" | "device_id" | "type" | "domain", _) => continue,
            ("brightness_pct", Some(n)) => wish(&["brightness"], To::Number(n, Some("%"))),
            ("brightness", Some(n)) => wish(&["brightness"], To::Number((n / 2.55).round(), Some("%"))),
            ("brightness_step_pct", Some(n)) => wish(&["brightness"], To::By(n)),
            ("color_temp_kelvin" | "kelvin", Some(n)) => wish(&["colour_temperature"], To::Number(n, Some("[K_cct]"))),
            ("color_temp", Some(n)) if n > 0.0 => {
                wish(&["colour_temperature"], To::Number((1e6 / n).round(), Some("[K_cct]")))
            }
            ("color_name", _) => wish(&["colour"], To::Word(text(Some(value)).unwrap_or_default())),
            (other, _) => {
                return Err((format!("不支持灯的“{other}”"), format!("`{other}` of a light is not supported")));
            }
        });
    }
    Ok(wishes)
}

/// How much "up" and "down" change a trait.
fn nudge(id: &str) -> f64 {
    traits::by_id(id).map_or(10.0, |t| t.nudge)
}
