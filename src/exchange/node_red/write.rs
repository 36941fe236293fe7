//! A graph of messages as a flow of core nodes, on one tab.

use crate::outline::{Outline, Shape, Start, Step, blocked, param, span, text, value};
use base::id::{ConnectionId, RuleId};
use base::{Bilingual, Diagnostic, Diagnostics, Value};
use documents::{Node, RuleGraph};
use serde_json::{Value as Json, json};
use things::World;

/// Writes a flow.
///
/// # Errors
/// The nodes that have no counterpart.
pub(crate) fn write(graph: &RuleGraph, world: &World) -> Result<String, Diagnostics> {
    let outline = Outline::of(graph)?;
    let mut writing = Writing { graph, world, shape: Shape::new(graph), flow: Vec::new(), found: Diagnostics::new() };
    let name = if graph.name.en.is_empty() { &graph.name.zh } else { &graph.name.en };
    writing.flow.push(json!({ "id": writing.id("tab"), "type": "tab", "label": name }));
    for start in &outline.starts {
        writing.start(start);
    }
    if outline.starts.is_empty() {
        let message = Bilingual::new("规则没有动作", "the rule does nothing");
        writing.found.push(Diagnostic::error("export.form", "/nodes", message));
    }
    if !writing.found.is_empty() {
        return Err(writing.found);
    }
    base::canonical::to_string_pretty(&writing.flow)
        .map_err(|e| vec![Diagnostic::error("export.json", "", Bilingual::same(e.to_string()))])
}

struct Writing<'g> {
    graph: &'g RuleGraph,
    world: &'g World,
    shape: Shape<'g>,
    flow: Vec<Json>,
    found: Diagnostics,
}

impl Writing<'_> {
    /// The id of a node there: the same whenever the same rule is written.
    fn id(&self, of: &str) -> String {
        let digits = format!("{:032x}", RuleId::of_name(&format!("{} {of}", self.graph.id)).bits());
        digits.chars().take(16).collect()
    }

    fn none(&mut self, node: &Node) {
        let kind = &node.type_;
        let finding =
            blocked(self.graph, node, &format!("“{kind}”没有对应的写法"), &format!("`{kind}` has no counterpart"));
        self.found.push(finding);
    }

    fn add(&mut self, of: &str, mut node: Json, wires: Json) -> String {
        let id = self.id(of);
        let place = self.flow.len();
        node["id"] = json!(id);
        node["z"] = json!(self.id("tab"));
        node["x"] = json!(160 + 200 * (place % 5));
        node["y"] = json!(60 + 60 * (place / 5));
        node["wires"] = wires;
        self.flow.push(node);
        id
    }

    fn broker(&mut self, node: &Node) -> String {
        let connection = text(node, "connection").and_then(|id| ConnectionId::parse(id).ok());
        let name = connection
            .and_then(|id| self.world.connection(id))
            .map_or("Castellan", |c| c.names.display(base::Lang::En));
        let id = self.id(&format!("broker {name}"));
        if !self.flow.iter().any(|n| n["id"] == json!(id)) {
            let broker = if connection.is_none() { "localhost" } else { "" };
            self.flow.push(json!({ "id": id, "type": "mqtt-broker", "name": name, "broker": broker, "port": "1883" }));
        }
        id
    }

    fn start(&mut self, start: &Start<'_>) {
        let next = self.steps(&start.steps);
        for node in &start.triggers {
            let written = match node.type_.as_str() {
                "mqtt_topic" => {
                    let broker = self.broker(node);
                    json!({ "type": "mqtt in", "topic": text(node, "topic"), "qos": "1", "datatype": "auto-detect", "broker": broker })
                }
                "startup" => json!({ "type": "inject", "once": true, "onceDelay": 0.1, "repeat": "", "crontab": "" }),
                _ => {
                    self.none(node);
                    continue;
                }
            };
            self.add(&node.id, written, json!([next]));
        }
    }

    /// Writes what follows; the ids of its first nodes.
    fn steps(&mut self, steps: &[Step<'_>]) -> Vec<String> {
        steps.iter().flat_map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: &Step<'_>) -> Option<String> {
        match step {
            Step::Do(node) => self.deed(node),
            Step::Wait(node, inner) => {
                let next = self.steps(inner);
                let ms = span(node, "span_ms").unwrap_or(0).to_string();
                let delay =
                    json!({ "type": "delay", "pauseType": "delay", "timeout": ms, "timeoutUnits": "milliseconds" });
                Some(self.add(&node.id, delay, json!([next])))
            }
            Step::If(gate, inner) => {
                let mut next = self.steps(inner);
                let held = self.shape.input(gate, "if")?;
                let all = if held.type_ == "and" { self.shape.inputs(held) } else { vec![held] };
                // One switch behind the other: all of them have to let it through.
                for (i, node) in all.into_iter().enumerate().rev() {
                    let Some(mut switch) = self.switch(node) else {
                        self.none(node);
                        return None;
                    };
                    switch["outputs"] = json!(1);
                    next = vec![self.add(&format!("{} {i}", gate.id), switch, json!([next]))];
                }
                next.pop()
            }
        }
    }

    fn switch(&self, node: &Node) -> Option<Json> {
        let field = self.shape.input(node, "in").filter(|n| node.type_ == "compare" && n.type_ == "json_field")?;
        let plain = param(node, "hysteresis").is_none() && param(node, "unit").is_none();
        let pointer = text(field, "path")?;
        let property = pointer.replace('/', ".");
        let sound =
            plain && !pointer.contains('~') && property.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '_');
        let test = match text(node, "op")? {
            "=" => "eq",
            "!=" => "neq",
            "<" => "lt",
            "<=" => "lte",
            ">" => "gt",
            ">=" => "gte",
            _ => return None,
        };
        let rule = match value(node, "value")? {
            Value::Number(n) => json!({ "t": test, "v": json!(n).to_string(), "vt": "num" }),
            Value::Text(t) => json!({ "t": test, "v": &*t, "vt": "str" }),
            Value::Bool(b) if test == "eq" => json!({ "t": if b { "true" } else { "false" } }),
            Value::Bool(b) if test == "neq" => json!({ "t": if b { "false" } else { "true" } }),
            Value::Bool(_) | Value::List(_) | Value::Map(_) => return None,
        };
        let property = format!("payload{property}");
        sound.then(|| json!({ "type": "switch", "property": property, "propertyType": "msg", "rules": [rule], "checkall": "true" }))
    }

    fn deed(&mut self, node: &Node) -> Option<String> {
        let template = text(node, "topic").zip(param(node, "payload")).filter(|_| node.type_ == "publish");
        let written = template.and_then(|(topic, payload)| {
            let topic = plain(topic)?;
            let payload = match payload {
                Json::String(s) => (plain(s)?, "str"),
                other if !other.to_string().contains('{') || other.is_object() || other.is_array() => {
                    (constants(other)?.to_string(), "json")
                }
                other => (other.to_string(), "json"),
            };
            Some((topic, payload))
        });
        let Some((topic, (payload, type_))) = written else {
            self.none(node);
            return None;
        };
        let broker = self.broker(node);
        let qos = if param(node, "qos").and_then(Json::as_u64) == Some(1) { "1" } else { "0" };
        let retain = param(node, "retain").and_then(Json::as_bool).unwrap_or(false).to_string();
        let out = json!({ "type": "mqtt out", "topic": topic, "qos": qos, "retain": retain, "broker": broker });
        let id = self.add(&node.id, out, json!([]));
        let rule = json!({ "t": "set", "p": "payload", "pt": "msg", "to": payload, "tot": type_ });
        Some(self.add(&format!("{} payload", node.id), json!({ "type": "change", "rules": [rule] }), json!([[id]])))
    }
}

/// A text without slots, its braces single again.
fn plain(text: &str) -> Option<String> {
    let bare = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    (!bare.contains(['{', '}'])).then(|| bare.replace('\u{1}', "{").replace('\u{2}', "}"))
}

/// A payload without slots.
fn constants(json: &Json) -> Option<Json> {
    Some(match json {
        Json::String(s) => Json::String(plain(s)?),
        Json::Array(items) => Json::Array(items.iter().map(constants).collect::<Option<_>>()?),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(k, v)| Some((k.clone(), constants(v)?))).collect::<Option<_>>()?)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => json.clone(),
    })
}
