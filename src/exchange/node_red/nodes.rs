//! The core nodes, one by one: where messages begin, and what comes out where one goes in.

use super::payload::{Kind, Payload, constant, escaped};
use super::{Flow, Object, Sent, number, said};
use crate::sketch::Wire;
use base::Value;
use serde_json::{Value as Json, json};

/// Why something cannot be taken: Chinese, English.
type Why = (String, String);

fn why(zh: impl Into<String>, en: impl Into<String>) -> Why {
    (zh.into(), en.into())
}

fn kept() -> Why {
    why(
        "消息的内容不会保留到以后；只有固定的内容可以",
        "what a message carries is not kept for later; only a constant is",
    )
}

fn unsupported(what: &str) -> Why {
    why(format!("不支持“{what}”"), format!("`{what}` is not supported"))
}

/// A time of so many of a unit, in milliseconds.
fn span(n: f64, unit: &str) -> Option<i64> {
    let ms = n * match unit {
        "ms" | "milliseconds" => 1.0,
        "s" | "second" | "seconds" | "" => 1e3,
        "min" | "minute" | "minutes" => 6e4,
        "hr" | "hour" | "hours" => 3.6e6,
        "day" | "days" => 8.64e7,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within the limits of a span")]
    let whole = ms.round() as i64;
    (1.0..=engine::limits::SPAN_MS_MAX as f64).contains(&ms).then_some(whole)
}

impl Flow<'_, '_, '_> {
    /// The messages with which a flow begins.
    pub(super) fn begin(&mut self, map: &Object, path: &str) -> Vec<Sent> {
        match said(map, "type") {
            "mqtt in" => match self.broker(map) {
                Ok(connection) => {
                    let mut params = json!({ "topic": said(map, "topic") });
                    if let Some(id) = connection {
                        params["connection"] = id;
                    }
                    let message = self.sketch.value("mqtt_topic", params, &[]).port("message");
                    vec![Sent { event: message.clone(), payload: Payload::Message(message) }]
                }
                Err((zh, en)) => {
                    self.leave(path, zh, en);
                    Vec::new()
                }
            },
            "http in" => {
                let name = said(map, "url").trim_matches('/').replace('/', "-");
                if said(map, "method") != "post" {
                    self.leave(path, "只支持 POST 的 http in", "only `http in` with POST is supported");
                    return Vec::new();
                }
                let event = self.sketch.webhook(&name);
                vec![Sent { event: event.clone(), payload: Payload::Message(event) }]
            }
            _ => self.inject(map, path),
        }
    }

    fn inject(&mut self, map: &Object, path: &str) -> Vec<Sent> {
        let mut events = Vec::new();
        let every = number(map, "repeat").filter(|n| *n > 0.0);
        let cron = said(map, "crontab");
        if let Some(seconds) = every {
            match span(seconds, "s").filter(|ms| *ms >= 1000) {
                Some(ms) => events.push(self.sketch.every(ms)),
                None => self.leave(path, "间隔至少一秒", "it repeats at most once in a second"),
            }
        }
        if !cron.is_empty() {
            events.push(self.sketch.cron(cron));
        }
        if map.get("once").and_then(Json::as_bool) == Some(true) {
            events.push(self.sketch.startup());
        }
        if events.is_empty() {
            events.push(self.sketch.manual());
        }
        let prop = map.get("props").and_then(Json::as_array).into_iter().flatten().find(|p| p["p"] == "payload");
        let (value, type_) = match prop {
            Some(p) if p.get("vt").is_some() => (p.get("v"), p["vt"].as_str().unwrap_or("")),
            _ => (map.get("payload"), said(map, "payloadType")),
        };
        let payload = constant(value.unwrap_or(&Json::Null), type_).unwrap_or(Json::Null);
        events.into_iter().map(|event| Sent { event, payload: Payload::Constant(payload.clone()) }).collect()
    }

    /// The connection of a broker; none is the embedded one.
    fn broker(&mut self, map: &Object) -> Result<Option<Json>, Why> {
        let id = said(map, "broker");
        let config = self.nodes.get(id).map(|(_, map)| *map);
        let host = config.map_or("", |c| said(c, "broker"));
        if config.is_none() || matches!(host, "localhost" | "127.0.0.1" | "::1") {
            return Ok(None);
        }
        let name = config.map(|c| said(c, "name")).filter(|n| !n.is_empty()).unwrap_or(host).to_owned();
        match self.reader.finder.connection(&name, "mqtt") {
            Ok(id) => Ok(Some(json!(id))),
            Err(why) => {
                let words = why.words(&name);
                Err((words.zh, words.en))
            }
        }
    }

    /// What comes out of a node, by output.
    ///
    /// # Errors
    /// It cannot be taken.
    pub(super) fn node(&mut self, map: &Object, sent: Sent) -> Result<Vec<(usize, Sent)>, Why> {
        let one = |sent: Sent| Ok(vec![(0, sent)]);
        match said(map, "type") {
            "switch" => self.switch(map, sent),
            "change" => one(self.change(map, sent)?),
            "range" => one(self.range(map, sent)?),
            "delay" => one(self.delay(map, sent)?),
            "trigger" => self.trigger(map, &sent).map(|out| out.into_iter().map(|s| (0, s)).collect()),
            "template" => one(self.template(map, sent)?),
            "rbe" => Err(why(
                "上一条消息的内容不会保留；请把值做成点位，再用边沿判断变化",
                "what the last message carried is not kept; make the value a point and take an edge of it",
            )),
            "mqtt out" => self.mqtt_out(map, &sent).map(|()| Vec::new()),
            "http request" => self.http_request(map, &sent).map(|()| Vec::new()),
            "function" => Err(why("函数节点不能执行", "a function node is not run")),
            other => Err(unsupported(other)),
        }
    }

    fn switch(&mut self, map: &Object, sent: Sent) -> Result<Vec<(usize, Sent)>, Why> {
        let property = said(map, "property");
        if !matches!(said(map, "propertyType"), "msg" | "") {
            return Err(unsupported("switch on flow or global context"));
        }
        let all = said(map, "checkall") != "false";
        let mut before: Vec<Wire> = Vec::new();
        let mut out = Vec::new();
        for (i, rule) in map.get("rules").and_then(Json::as_array).into_iter().flatten().enumerate() {
            let Some(rule) = rule.as_object() else { continue };
            let holds = if said(rule, "t") == "else" {
                let any = self.sketch.any(&before).ok_or_else(|| unsupported("otherwise"))?;
                self.sketch.not(&any)
            } else {
                self.holds(rule, property, &sent.payload)?
            };
            let mut needed = vec![holds.clone()];
            if !all && said(rule, "t") != "else" {
                needed.extend(self.sketch.any(&before).map(|any| self.sketch.not(&any)));
            }
            before.push(holds);
            let needed = self.sketch.all(&needed).ok_or_else(|| unsupported("switch"))?;
            let event =
                self.sketch.value("gate", json!({}), &[("in", std::slice::from_ref(&sent.event)), ("if", &[needed])]);
            out.push((i, Sent { event, payload: sent.payload.clone() }));
        }
        Ok(out)
    }

    fn holds(&mut self, rule: &Object, property: &str, payload: &Payload) -> Result<Wire, Why> {
        let test = said(rule, "t");
        let none = || unsupported(&format!("switch: {test} of {property}"));
        let given = |value: &str, type_: &str| -> Option<Json> {
            let kind = said(rule, type_);
            constant(rule.get(value)?, if kind.is_empty() { "str" } else { kind })
        };
        let mut compared = |op: &str, with: &Json| -> Option<Wire> {
            // A number that is typed as a text is still meant as one where order counts.
            let ordered = op != "=" && op != "!=";
            let n = with.as_f64().or_else(|| with.as_str().filter(|_| ordered)?.trim().parse().ok());
            let (kind, value) = match (n, with) {
                (Some(n), _) => (Kind::Number, Value::Number(n)),
                (None, Json::Bool(b)) => (Kind::Bool, Value::Bool(*b)),
                (None, Json::String(s)) if !ordered => (Kind::Text, Value::text(s.as_str())),
                _ => return None,
            };
            let wire = payload.value(&mut self.sketch, property, kind)?;
            Some(self.sketch.compare(&wire, op, &value))
        };
        let wire = match test {
            "eq" | "neq" | "lt" | "lte" | "gt" | "gte" => {
                let op = match test {
                    "eq" => "=",
                    "neq" => "!=",
                    "lt" => "<",
                    "lte" => "<=",
                    "gt" => ">",
                    _ => ">=",
                };
                given("v", "vt").and_then(|with| compared(op, &with))
            }
            "btwn" => {
                let ends = given("v", "vt").zip(given("v2", "v2t"));
                let both = ends.and_then(|(low, high)| Some([compared(">=", &low)?, compared("<=", &high)?]));
                both.and_then(|both| self.sketch.all(&both))
            }
            "true" => compared("=", &Json::Bool(true)),
            "false" => compared("=", &Json::Bool(false)),
            "cont" => {
                let part = given("v", "vt").and_then(|v| v.as_str().map(str::to_owned));
                let wire = payload.value(&mut self.sketch, property, Kind::Text);
                wire.zip(part).map(|(wire, part)| self.sketch.text_match(&wire, "contains", &part))
            }
            _ => None,
        };
        wire.ok_or_else(none)
    }

    fn change(&mut self, map: &Object, sent: Sent) -> Result<Sent, Why> {
        let mut sent = sent;
        for rule in map.get("rules").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_object) {
            let target = said(rule, "p");
            match (said(rule, "t"), target) {
                ("set", "payload") if said(rule, "tot") == "msg" => {
                    let from = said(rule, "to");
                    let Payload::Message(message) = &sent.payload else { return Err(unsupported("change: msg")) };
                    let path = super::payload::pointer(from).ok_or_else(|| unsupported(from))?;
                    if path.is_empty() {
                        continue;
                    }
                    let part = json!({ "part": "json", "path": path });
                    let wire = self.sketch.value("message_part", part, &[("in", std::slice::from_ref(message))]);
                    sent.payload = Payload::Template(json!("{payload}"), vec![("payload".into(), wire)]);
                }
                ("set", "payload") => {
                    let to = rule.get("to").unwrap_or(&Json::Null);
                    let value = constant(to, said(rule, "tot"));
                    sent.payload = Payload::Constant(
                        value.ok_or_else(|| unsupported(&format!("change to {}", said(rule, "tot"))))?,
                    );
                }
                // Where a message goes is what `mqtt out` says.
                ("set" | "delete", "topic" | "qos" | "retain") => {}
                (what, target) => return Err(unsupported(&format!("change: {what} {target}"))),
            }
        }
        Ok(sent)
    }

    fn range(&mut self, map: &Object, sent: Sent) -> Result<Sent, Why> {
        let bound = |key: &str| number(map, key).ok_or_else(|| unsupported(key));
        let property = if said(map, "property").is_empty() { "payload" } else { said(map, "property") };
        if property != "payload" {
            return Err(unsupported("range of another property"));
        }
        let clamp = match said(map, "action") {
            "scale" => false,
            "clamp" => true,
            other => return Err(unsupported(&format!("range: {other}"))),
        };
        let (from, to) = ((bound("minin")?, bound("maxin")?), (bound("minout")?, bound("maxout")?));
        let wire = sent.payload.value(&mut self.sketch, "payload", Kind::Number).ok_or_else(|| unsupported("range"))?;
        let wire = self.sketch.scale(&wire, from, to, clamp);
        let round = map.get("round").and_then(Json::as_bool) == Some(true);
        let wire = if round { self.sketch.round(&wire) } else { wire };
        Ok(Sent { payload: Payload::Value(wire), ..sent })
    }

    fn delay(&mut self, map: &Object, sent: Sent) -> Result<Sent, Why> {
        let input = std::slice::from_ref(&sent.event);
        match said(map, "pauseType") {
            "delay" => {
                let ms = number(map, "timeout").and_then(|n| span(n, said(map, "timeoutUnits")));
                let ms = ms.ok_or_else(|| unsupported("delay"))?;
                if !matches!(sent.payload, Payload::Constant(_)) {
                    return Err(kept());
                }
                let event = self.sketch.node("delay", json!({ "span_ms": ms }), &[("in", input)]);
                Ok(Sent { event, ..sent })
            }
            "rate" if map.get("drop").and_then(Json::as_bool) == Some(true) => {
                let units = number(map, "nbRateUnits").unwrap_or(1.0);
                let rate = number(map, "rate").filter(|n| *n > 0.0).ok_or_else(|| unsupported("rate"))?;
                let ms = span(units / rate, said(map, "rateUnits")).ok_or_else(|| unsupported("rate"))?;
                if !matches!(sent.payload, Payload::Constant(_)) {
                    return Err(kept());
                }
                let event = self.sketch.throttle(&sent.event, ms);
                Ok(Sent { event, ..sent })
            }
            other => Err(unsupported(&format!("delay: {other}"))),
        }
    }

    fn trigger(&mut self, map: &Object, sent: &Sent) -> Result<Vec<Sent>, Why> {
        let what = |value: &str, type_: &str| -> Option<Option<Payload>> {
            match said(map, type_) {
                "nul" => Some(None),
                "pay" => Some(Some(sent.payload.clone())),
                kind => constant(map.get(value)?, kind).map(|json| Some(Payload::Constant(json))),
            }
        };
        let first = what("op1", "op1type").ok_or_else(|| unsupported("trigger"))?;
        let then = what("op2", "op2type").ok_or_else(|| unsupported("trigger: op2"))?;
        let constant = |payload: &Option<Payload>| payload.as_ref().is_none_or(|p| matches!(p, Payload::Constant(_)));
        if !constant(&first) || !constant(&then) {
            return Err(kept());
        }
        let Some(ms) = number(map, "duration").filter(|n| *n > 0.0).and_then(|n| span(n, said(map, "units"))) else {
            return Err(unsupported("trigger: duration"));
        };
        let extend = map.get("extend").is_some_and(|e| e == &Json::Bool(true) || e == "true");
        let under_way = self.sketch.pulse(&sent.event, ms, !extend);
        let mut at = |on: &str, payload: Option<Payload>| {
            payload.map(|payload| Sent {
                event: self.sketch.value("edge", json!({ "on": on }), &[("in", std::slice::from_ref(&under_way))]),
                payload,
            })
        };
        Ok([at("rising", first), at("falling", then)].into_iter().flatten().collect())
    }

    fn template(&mut self, map: &Object, sent: Sent) -> Result<Sent, Why> {
        if !matches!(said(map, "field"), "payload" | "") {
            return Err(unsupported("template of another property"));
        }
        let text = said(map, "template");
        let payload = if said(map, "syntax") == "plain" {
            Payload::Constant(json!(text))
        } else {
            let (text, slots) = self.mustache(text, &sent.payload).ok_or_else(|| unsupported("template"))?;
            Payload::Template(json!(text), slots)
        };
        Ok(Sent { payload, ..sent })
    }

    fn mqtt_out(&mut self, map: &Object, sent: &Sent) -> Result<(), Why> {
        let topic = said(map, "topic");
        if topic.is_empty() {
            return Err(why("主题要写在节点里", "the topic has to stand in the node"));
        }
        let (payload, slots) = sent.payload.published(&mut self.sketch).ok_or_else(|| unsupported("mqtt out"))?;
        let mut params = json!({ "topic": escaped(&json!(topic)), "payload": payload });
        if let Some(connection) = self.broker(map)? {
            params["connection"] = connection;
        }
        if number(map, "qos").is_some_and(|q| q >= 1.0) {
            params["qos"] = json!(1);
        }
        if said(map, "retain") == "true" || map.get("retain").and_then(Json::as_bool) == Some(true) {
            params["retain"] = json!(true);
        }
        let mut inputs: Vec<(&str, &[Wire])> = vec![("in", std::slice::from_ref(&sent.event))];
        inputs.extend(slots.iter().map(|(name, wire)| (name.as_str(), std::slice::from_ref(wire))));
        self.sketch.node("publish", params, &inputs);
        Ok(())
    }

    fn http_request(&mut self, map: &Object, sent: &Sent) -> Result<(), Why> {
        if said(map, "method") != "POST" {
            return Err(why("只支持 POST", "only POST is supported"));
        }
        let url = said(map, "url");
        let connection = self.reader.finder.connection(url, "webhook").map_err(|e| {
            let words = e.words(url);
            (words.zh, words.en)
        })?;
        let (payload, slots) = sent.payload.published(&mut self.sketch).ok_or_else(|| unsupported("http request"))?;
        self.sketch.post(connection, payload, &slots, &sent.event);
        Ok(())
    }
}
