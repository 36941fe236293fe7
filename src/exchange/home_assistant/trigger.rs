//! Triggers: the moments at which an automation begins. One that cannot be taken is left out.

use super::{Automation, Flow, Object, field, items, span_ms, text, texts};
use crate::sketch::Wire;
use base::Value;
use serde_json::{Value as Json, json};
use things::PointKind;

/// Why something cannot be taken: Chinese, English.
type Why = (String, String);

impl Automation<'_, '_> {
    /// The moments of all triggers, each marked with the id of its trigger where a condition asks for it.
    pub(super) fn triggers(&mut self, list: Option<&Json>, path: &str) -> Flow {
        let mut out = Vec::new();
        for (i, (item, path)) in items(list, path).into_iter().enumerate() {
            let Some(map) = item.as_object() else {
                self.leave(&path, "看不懂的触发器", "this is no trigger");
                continue;
            };
            if map.get("enabled").and_then(Json::as_bool) == Some(false) {
                continue;
            }
            if let Some(inner) = map.get("triggers").filter(|_| !map.contains_key("trigger")) {
                out.extend(self.triggers(Some(inner), &format!("{path}/triggers")).0);
                continue;
            }
            let id = text(map.get("id")).unwrap_or_else(|| i.to_string());
            let mark = self.told_triggers.then_some(id);
            match self.trigger(map) {
                Ok(wires) => out.extend(wires.into_iter().map(|w| (mark.clone(), w))),
                Err((zh, en)) => self.leave(&path, zh, en),
            }
        }
        out.sort();
        out.dedup();
        Flow(out)
    }

    /// The moments of one trigger.
    pub(super) fn trigger(&mut self, map: &Object) -> Result<Vec<Wire>, Why> {
        let kind = text(field(map, &["trigger", "platform"]).0).unwrap_or_default();
        match kind.as_str() {
            "state" => self.state_changes(map),
            "numeric_state" => {
                let ms = length(map)?;
                let found = self
                    .numeric(map, "")
                    .ok_or_else(|| why("这个数值触发器不能表示", "this trigger on a number cannot be said here"))?;
                Ok(found.iter().map(|w| self.begins(w, ms)).collect())
            }
            "template" => {
                let ms = length(map)?;
                let wire = self.template(&text(map.get("value_template")).unwrap_or_default())?;
                Ok(vec![self.begins(&wire, ms)])
            }
            "time" => self.times(map),
            "time_pattern" => {
                let part = |key: &str| text(map.get(key));
                let cron = pattern(part("hours"), part("minutes"), part("seconds"))
                    .ok_or_else(|| why("看不懂的时间模式", "this is no pattern of times"))?;
                Ok(vec![self.sketch.cron(&cron)])
            }
            "sun" => {
                let event = text(map.get("event")).filter(|e| e == "sunset" || e == "sunrise");
                let event =
                    event.ok_or_else(|| why("事件应为 sunrise 或 sunset", "the event is `sunrise` or `sunset`"))?;
                let at = super::sun_at(&event, map.get("offset")).ok_or_else(no_length)?;
                Ok(vec![self.sketch.daily(&[at], &[])])
            }
            "homeassistant" if text(map.get("event")).as_deref() == Some("start") => Ok(vec![self.sketch.startup()]),
            "webhook" => {
                let name = text(map.get("webhook_id")).unwrap_or_default();
                Ok(vec![self.sketch.webhook(&name)])
            }
            "mqtt" => self.messages(map),
            "zone" => self.zone(map),
            "device" => {
                let (entity, state) = device_state(map)?;
                let ms = length(map)?;
                let wire = self.is_in(&entity, None, state)?;
                Ok(vec![self.begins(&wire, ms)])
            }
            other => Err(unsayable(other)),
        }
    }

    fn begins(&mut self, wire: &Wire, ms: i64) -> Wire {
        let lasting = self.sketch.lasting(wire, ms);
        self.sketch.rising(&lasting)
    }

    fn state_changes(&mut self, map: &Object) -> Result<Vec<Wire>, Why> {
        let ms = length(map)?;
        for key in ["not_to", "not_from"] {
            if map.contains_key(key) {
                return Err(why(format!("不支持 {key}"), format!("`{key}` is not supported")));
            }
        }
        let attribute = text(map.get("attribute"));
        let (to, from) = (texts(map.get("to")), texts(map.get("from")));
        let mut out = Vec::new();
        for entity in texts(field(map, &["entity_id", "entity"]).0) {
            let attribute = attribute.as_deref();
            let spec = self.point(&entity, attribute).map_err(|e| {
                let words = e.words(&entity);
                (words.zh, words.en)
            })?;
            let two_valued = spec.kind == PointKind::Bool;
            if !to.is_empty() {
                if !from.is_empty() && !two_valued {
                    return Err(why(
                        "只有两个值的状态才能给出 from",
                        "`from` is only possible for a state of two values",
                    ));
                }
                let any = to.iter().map(|s| self.is_in(&entity, attribute, s)).collect::<Result<Vec<_>, _>>()?;
                let wire = self.sketch.any(&any).ok_or_else(|| unsayable("state"))?;
                out.push(self.begins(&wire, ms));
            } else if !from.is_empty() {
                let any = from.iter().map(|s| self.is_in(&entity, attribute, s)).collect::<Result<Vec<_>, _>>()?;
                let wire = self.sketch.any(&any).ok_or_else(|| unsayable("state"))?;
                let left = self.sketch.not(&wire);
                out.push(self.begins(&left, ms));
            } else if two_valued && ms == 0 {
                let level = self.level(&spec);
                let on = self.sketch.compare(&level, "=", &Value::Bool(true));
                out.push(self.sketch.value("edge", json!({ "on": "both" }), &[("in", &[on])]));
            } else if ms == 0 && matches!(spec.kind, PointKind::Number { .. }) {
                let level = self.level(&spec);
                out.push(self.sketch.changed(&level));
            } else {
                return Err(why("这种任意变化不能表示", "any change of this state cannot be said here"));
            }
        }
        Ok(out)
    }

    fn times(&mut self, map: &Object) -> Result<Vec<Wire>, Why> {
        let mut times = Vec::new();
        for at in texts(map.get("at")) {
            times.push(super::time_of_day(&at).ok_or_else(|| {
                why(
                    format!("“{at}”不是时刻；由实体给出的时刻不支持"),
                    format!("`{at}` is no time of the day; times given by an entity are not supported"),
                )
            })?);
        }
        if times.is_empty() {
            return Err(why("缺少 at", "`at` is missing"));
        }
        Ok(vec![self.sketch.daily(&times, &texts(map.get("weekday")))])
    }

    fn messages(&mut self, map: &Object) -> Result<Vec<Wire>, Why> {
        let topic = text(map.get("topic")).unwrap_or_default();
        let message = self.sketch.value("mqtt_topic", json!({ "topic": topic }), &[]).port("message");
        let Some(payload) = text(map.get("payload")) else { return Ok(vec![message]) };
        let template = text(map.get("value_template"));
        let path = match template.as_deref().map(super::template::json_path) {
            None => None,
            Some(Some(path)) => Some(path),
            Some(None) => return Err(why("这个模板不支持", "this template is not supported")),
        };
        let wire = match path {
            Some(path) => self.sketch.value(
                "json_field",
                json!({ "path": path, "as": "text" }),
                &[("in", std::slice::from_ref(&message))],
            ),
            None => self.sketch.payload(&message),
        };
        let holds = self.sketch.compare(&wire, "=", &Value::text(payload));
        Ok(vec![self.sketch.value("gate", json!({}), &[("in", &[message]), ("if", &[holds])])])
    }

    fn zone(&mut self, map: &Object) -> Result<Vec<Wire>, Why> {
        if text(map.get("zone")).as_deref() != Some("zone.home") {
            return Err(why("只支持 zone.home", "only `zone.home` is supported"));
        }
        let state = if text(map.get("event")).as_deref() == Some("leave") { "not_home" } else { "home" };
        let mut out = Vec::new();
        for entity in texts(map.get("entity_id")) {
            let wire = self.is_in(&entity, None, state)?;
            out.push(self.sketch.rising(&wire));
        }
        Ok(out)
    }
}

/// The entity of a device trigger or condition, and the state that its type means.
pub(super) fn device_state(map: &Object) -> Result<(String, &'static str), Why> {
    let type_ = text(map.get("type")).unwrap_or_default();
    let state = match type_.trim_start_matches("is_") {
        "turned_on" | "on" | "motion" | "occupied" | "present" | "opened" | "open" | "moist" | "smoke" | "gas"
        | "problem" | "plugged_in" => "on",
        "turned_off" | "off" | "no_motion" | "not_occupied" | "not_present" | "not_opened" | "not_open" | "closed"
        | "not_moist" | "no_smoke" | "no_gas" | "no_problem" | "not_plugged_in" => "off",
        "locked" => "locked",
        "unlocked" => "unlocked",
        other => {
            return Err(why(
                format!("不支持设备触发器“{other}”"),
                format!("device trigger `{other}` is not supported"),
            ));
        }
    };
    Ok((entity_of(map), state))
}

/// The entity of a device trigger, condition or action; ids of the registry get their domain in front.
pub(super) fn entity_of(map: &Object) -> String {
    let entity = text(field(map, &["entity_id", "device_id"]).0).unwrap_or_default();
    let domain = text(map.get("domain")).unwrap_or_default();
    if entity.contains('.') { entity } else { format!("{domain}.{entity}") }
}

fn length(map: &Object) -> Result<i64, Why> {
    map.get("for").map_or(Ok(0), |json| span_ms(json).ok_or_else(no_length))
}

fn no_length() -> Why {
    why("看不懂的时长", "this is no length of time")
}

fn unsayable(kind: &str) -> Why {
    why(format!("不支持“{kind}”"), format!("`{kind}` is not supported"))
}

fn why(zh: impl Into<String>, en: impl Into<String>) -> Why {
    (zh.into(), en.into())
}

/// A pattern of times as cron with seconds. What is left out below the largest unit that is given is zero.
fn pattern(hours: Option<String>, minutes: Option<String>, seconds: Option<String>) -> Option<String> {
    let minutes = minutes.or_else(|| hours.is_some().then(|| "0".into()));
    let seconds = seconds.or_else(|| minutes.is_some().then(|| "0".into()));
    let part = |text: Option<String>, most: u32| -> Option<String> {
        let Some(text) = text else { return Some("*".into()) };
        if text == "*" {
            return Some(text);
        }
        let (step, digits) = text.strip_prefix('/').map_or((false, text.as_str()), |rest| (true, rest));
        let n: u32 = digits.parse().ok().filter(|n| *n <= most && (!step || *n > 0))?;
        Some(if step { format!("*/{n}") } else { n.to_string() })
    };
    Some(format!("{} {} {} * * *", part(seconds, 59)?, part(minutes, 59)?, part(hours, 23)?))
}
