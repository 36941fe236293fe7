//! Graphs of any kind of node with any parameters: made of the kinds' own schemas and examples, the building's points,
//! and what fits the ports. What comes out compiles.

use super::pt;
use crate::compile;
use crate::nodes::{Carries, Example, KINDS, Registration};
use crate::ports::{PortKind, PortSpec};
use base::Bilingual;
use base::canonical::splitmix64;
use base::diagnostic::has_errors;
use base::id::{ConnectionId, DeviceId, RuleId, SpaceId};
use documents::{RuleGraph, RuleMode};
use serde_json::{Map, Value as Json, json};
use things::World;

/// Most tries for one graph.
const TRIES: usize = 200;

const NUMBERS: [f64; 12] = [0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 21.5, 60.0, 0.1, -4.0, 1e-7, 1000.0 / 3.0];
const TEXTS: [&str; 8] =
    ["cool", "on", "a, b and (c)", "“引号”与`x`", "line\nbreak \\ end", "{v}", "", "当门打开时，关灯。"];
const SPANS: [i64; 7] = [1, 1_500, 10_000, 60_000, 3_600_000, 5_430_000, 86_400_000];

/// What chooses.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(splitmix64(seed))
    }
    fn below(&mut self, n: usize) -> usize {
        self.0 = splitmix64(self.0);
        usize::try_from(self.0 >> 33).unwrap() % n.max(1)
    }
    fn of<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// A graph that uses this kind of node; none where no try compiled.
pub(crate) fn with_kind(type_: &str, dice: &mut Dice, world: &World) -> Option<RuleGraph> {
    let kind = KINDS.iter().find(|k| k.type_ == type_)?;
    let examples = (kind.spec)(kind.group).examples;
    let schema = serde_json::to_value((kind.spec)(kind.group).params).unwrap();
    for _ in 0..TRIES {
        let example = dice.of(examples);
        let params = params(&schema, example, dice, world);
        let mut making =
            Making { rule: RuleGraph::new(RuleId::of_name("made"), Bilingual::same("made")), dice, next: 0 };
        making.around(kind, params, example);
        let mut rule = making.rule;
        if compile(&rule, world).1.iter().any(|d| d.code == "rule.mode") {
            rule.mode = RuleMode::Single;
        }
        if !has_errors(&compile(&rule, world).1) {
            return Some(rule);
        }
    }
    None
}

/// The example's parameters with some of them anything, or all anything.
fn params(schema: &Json, example: &Example, dice: &mut Dice, world: &World) -> Map<String, Json> {
    let mut params: Map<String, Json> = serde_json::from_str(example.params).unwrap();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let anew = dice.one_in(3);
    if anew {
        params.clear();
    }
    let changes = if anew { properties.len() } else { dice.below(3).min(properties.len()) };
    let names: Vec<&String> = properties.keys().collect();
    for i in 0..changes {
        let name = if anew { names[i] } else { names[dice.below(names.len())] };
        let required = schema["required"].as_array().is_some_and(|r| r.iter().any(|r| r == name));
        if !required && dice.one_in(2) {
            params.remove(name);
        } else {
            params.insert(name.clone(), any(&properties[name], schema, name, dice, world, 0));
        }
    }
    params
}

/// Anything of a schema.
fn any(schema: &Json, root: &Json, name: &str, dice: &mut Dice, world: &World, depth: usize) -> Json {
    if let Some(target) = schema["$ref"].as_str() {
        let def = target.rsplit('/').next().unwrap();
        return known(def, dice, world).unwrap_or_else(|| any(&root["$defs"][def], root, name, dice, world, depth + 1));
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(list) = schema["enum"].as_array() {
        return dice.of(list).clone();
    }
    for ways in ["oneOf", "anyOf"] {
        if let Some(list) = schema[ways].as_array() {
            let list: Vec<Json> = list.iter().filter(|s| s["type"] != "null").cloned().collect();
            return any(dice.of(&list), root, name, dice, world, depth + 1);
        }
    }
    let type_ = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("string");
    match type_ {
        "boolean" => json!(dice.one_in(2)),
        "integer" => json!([1, 2, 3, 10][dice.below(4)]),
        "number" => json!(dice.of(&NUMBERS)),
        "array" => {
            let item = |place: usize| schema["prefixItems"].get(place).unwrap_or(&schema["items"]);
            let count = schema["prefixItems"].as_array().map_or_else(|| 1 + dice.below(3), Vec::len);
            (0..count).map(|i| any(item(i), root, name, dice, world, depth + 1)).collect()
        }
        "object" if depth < 6 => {
            let mut object = Map::new();
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let required = schema["required"].as_array().is_some_and(|r| r.iter().any(|r| r == name));
                if required || dice.one_in(3) {
                    object.insert(name.clone(), any(property, root, name, dice, world, depth + 1));
                }
            }
            if let Some(more) = schema.get("additionalProperties").filter(|m| m.is_object()) {
                object.insert((*dice.of(&TEXTS)).to_owned(), any(more, root, name, dice, world, depth + 1));
            }
            Json::Object(object)
        }
        _ => text(schema, name, dice),
    }
}

/// What is known by its name.
fn known(def: &str, dice: &mut Dice, world: &World) -> Option<Json> {
    Some(match def {
        "PointId" => json!(dice.of(&world.points().map(|p| p.id).collect::<Vec<_>>())),
        "DeviceId" => json!(dice.of(&world.devices().map(|d| d.id).collect::<Vec<_>>())),
        "SpaceId" => json!(dice.of(&["hall", "living", "meeting"].map(SpaceId::of_name))),
        "ConnectionId" => json!(ConnectionId::of_name("mqtt")),
        "SceneId" => json!(dice.of(&world.scenes().map(|s| s.id).collect::<Vec<_>>())),
        "Milliseconds" => json!(dice.of(&SPANS)),
        "Selector" => {
            let living = SpaceId::of_name("living");
            dice.of(&[
                json!({"kinds": ["light"], "trait": "on_off", "spaces": [living]}),
                json!({"trait": "brightness", "devices": [DeviceId::of_name("floor_lamp"), DeviceId::of_name("reading_lamp")]}),
                json!({"everything": true, "trait": "on_off", "except": [{"kinds": ["fan"]}]}),
                json!({"trait": "measure_temperature", "spaces": [living, SpaceId::of_name("meeting")]}),
                json!({"trait": "contact", "everything": true}),
                json!({"kinds": ["light"], "trait": "brightness", "tags": []}),
                json!({"points": [pt("floor_lamp.brightness")], "trait": "brightness"}),
            ])
            .clone()
        }
        _ => return None,
    })
}

fn text(schema: &Json, name: &str, dice: &mut Dice) -> Json {
    if schema["pattern"].as_str().is_some_and(|p| p.contains("sunset")) {
        return json!(dice.of(&["08:00", "22:15:30", "sunset", "sunrise-00:30", "dusk+01:00"]));
    }
    match name {
        "topic" => json!(dice.of(&["a/b", "house/+/set", "x/#", "panel/text"])),
        "path" => json!(dice.of(&["/t", "", "/a b/0", "/x~1y"])),
        "expression" => json!(dice.of(&["*/5 * * * *", "0 8 * * 1-5", "30 22 1 * *"])),
        _ => json!(dice.of(&TEXTS)),
    }
}

/// A graph that grows.
struct Making<'d> {
    rule: RuleGraph,
    dice: &'d mut Dice,
    next: usize,
}

impl Making<'_> {
    fn node(&mut self, type_: &str, params: Json) -> String {
        self.next += 1;
        let id = format!("n{}", self.next);
        self.rule.node(&id, type_, params);
        id
    }

    fn value(&mut self) -> String {
        let point = *self.dice.of(&[
            "co2.co2",
            "room.temperature",
            "lux.illuminance",
            "ac.target_temperature",
            "ac.mode",
            "door.open",
        ]);
        let id = self.node("point", json!({"point": pt(point)}));
        format!("{id}.out")
    }

    fn number(&mut self) -> String {
        let point = *self.dice.of(&["co2.co2", "room.temperature", "lux.illuminance"]);
        let id = self.node("point", json!({"point": pt(point)}));
        format!("{id}.out")
    }

    fn condition(&mut self) -> String {
        let way = self.dice.below(8);
        let id = match way {
            0..=2 => {
                let point = *self.dice.of(&["door.open", "window.open", "motion.motion", "fan.power"]);
                self.node("point", json!({"point": pt(point)}))
            }
            3 | 4 => {
                let op = *self.dice.of(&["<", "<=", ">", ">="]);
                let value = *self.dice.of(&NUMBERS);
                let from = self.number();
                let id = self.node("compare", json!({"op": op, "value": value}));
                self.rule.edge(&from, &format!("{id}.in"));
                id
            }
            5 => {
                let from = self.condition();
                let id = self.node("not", json!({}));
                self.rule.edge(&from, &format!("{id}.in"));
                id
            }
            6 => {
                let (a, b) = (self.condition(), self.condition());
                let type_ = *self.dice.of(&["and", "or"]);
                let id = self.node(type_, json!({}));
                self.rule.edge(&a, &format!("{id}.in1")).edge(&b, &format!("{id}.in2"));
                id
            }
            _ => {
                let from = self.condition();
                let span = *self.dice.of(&SPANS);
                let id = self.node("for_duration", json!({"span_ms": span}));
                self.rule.edge(&from, &format!("{id}.in"));
                id
            }
        };
        format!("{id}.out")
    }

    fn edge_of(&mut self, condition: &str) -> String {
        let on = *self.dice.of(&["rising", "falling", "both"]);
        let id = self.node("edge", json!({"on": on}));
        self.rule.edge(condition, &format!("{id}.in"));
        format!("{id}.out")
    }

    fn event(&mut self) -> String {
        let condition = self.condition();
        let mut event = self.edge_of(&condition);
        if self.dice.one_in(4) {
            let condition = self.condition();
            let id = self.node("gate", json!({}));
            self.rule.edge(&event, &format!("{id}.in")).edge(&condition, &format!("{id}.if"));
            event = format!("{id}.out");
        }
        if self.dice.one_in(4) {
            let span = *self.dice.of(&SPANS);
            let id = self.node("delay", json!({"span_ms": span}));
            self.rule.edge(&event, &format!("{id}.in"));
            event = format!("{id}.out");
        }
        event
    }

    /// The node with something at each input, and something that follows from it.
    fn around(&mut self, kind: &Registration, params: Map<String, Json>, example: &Example) {
        let mut message = None;
        let node = self.node(kind.type_, Json::Object(params));
        for spec in kind.inputs {
            self.feed(&node, spec, kind, example, &mut message);
        }
        let modes = [RuleMode::Single, RuleMode::Restart, RuleMode::Queued, RuleMode::Parallel];
        self.rule.mode = *self.dice.of(&modes);
        if kind.outputs.is_empty() {
            return;
        }
        let port = self.dice.of(kind.outputs);
        let out = format!("{node}.{}", port.name);
        if port.kind == PortKind::Value && message.is_none() && self.dice.one_in(2) {
            let event = self.event();
            let tell = self.node("publish", json!({"topic": "out", "payload": {"v": "{v}"}}));
            self.rule.edge(&event, &format!("{tell}.in")).edge(&out, &format!("{tell}.v"));
            return;
        }
        let event = match (port.kind, &message) {
            (PortKind::Event | PortKind::Message, _) => out,
            (PortKind::Bool, Some(message)) => self.judged(message, &out),
            (PortKind::Value, Some(message)) => {
                let condition = self.compared(&out);
                self.judged(message, &condition)
            }
            (PortKind::Bool, None) => self.edge_of(&out),
            (PortKind::Value, None) => {
                let condition = self.compared(&out);
                self.edge_of(&condition)
            }
        };
        let act = self.node("command", json!({"point": pt("hall_light.power"), "setting": {"to": true}}));
        self.rule.edge(&event, &format!("{act}.in"));
    }

    fn compared(&mut self, out: &str) -> String {
        let params = match self.dice.below(4) {
            0 => json!({"op": "=", "value": self.dice.of(&TEXTS)}),
            1 => json!({"op": "=", "value": true}),
            _ => json!({"op": self.dice.of(&["<", ">="]), "value": self.dice.of(&NUMBERS)}),
        };
        let id = self.node("compare", params);
        self.rule.edge(out, &format!("{id}.in"));
        format!("{id}.out")
    }

    fn judged(&mut self, message: &str, condition: &str) -> String {
        let id = self.node("gate", json!({}));
        self.rule.edge(message, &format!("{id}.in")).edge(condition, &format!("{id}.if"));
        format!("{id}.out")
    }

    fn feed(
        &mut self,
        node: &str,
        spec: &PortSpec,
        kind: &Registration,
        example: &Example,
        message: &mut Option<String>,
    ) {
        let ports: Vec<(String, Option<Carries>)> = if spec.named {
            let other = |name: &str| kind.inputs.iter().any(|p| !p.named && p.name == name);
            example.inputs.iter().filter(|(name, _)| !other(name)).map(|(n, c)| ((*n).to_owned(), Some(*c))).collect()
        } else if spec.many {
            (1..=2 + self.dice.below(2)).map(|n| (format!("{}{n}", spec.name), None)).collect()
        } else if example.inputs.iter().any(|(n, _)| *n == spec.name) || self.dice.one_in(2) {
            let carries = example.inputs.iter().find(|(n, _)| *n == spec.name).map(|(_, c)| *c);
            vec![(spec.name.to_owned(), carries)]
        } else {
            Vec::new()
        };
        for (port, carries) in ports {
            let from = match (spec.kind, carries) {
                (PortKind::Bool, _) => self.condition(),
                (PortKind::Value, Some(Carries::Bool)) => self.condition(),
                (PortKind::Value, Some(Carries::Number(_))) => self.number(),
                (PortKind::Value, _) => self.value(),
                (PortKind::Event, _) => self.event(),
                (PortKind::Message, _) => {
                    let topic = self.node("mqtt_topic", json!({"topic": "bench/+/temp"}));
                    *message = Some(format!("{topic}.message"));
                    format!("{topic}.message")
                }
            };
            self.rule.edge(&from, &format!("{node}.{port}"));
        }
    }
}
