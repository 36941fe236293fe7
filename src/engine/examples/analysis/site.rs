//! A generated site: rooms with devices, rules that are right, and rules with a fault of each kind planted among them.
//! The same seed gives the same site.

use base::canonical::splitmix64;
use base::id::{DeviceId, PointId, ProductId, RuleId, SpaceId};
use base::{Bilingual, Timestamp};
use documents::{RuleFindingKind, RuleGraph};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use things::{
    Assistant, Device, Names, Placement, PointSpec, Product, Route, Site, Space, SpaceKind, World, WorldDoc, templates,
};

/// What stands in each room: template and key.
const DEVICES: &[&str] = &[
    "sensor_co2",
    "fan",
    "room_sensor",
    "air_conditioner",
    "heater",
    "humidifier",
    "light_switch",
    "light_dimmable",
    "sensor_motion",
    "contact_window",
    "sensor_illuminance",
    "curtain",
    "lock",
    "sensor_noise",
    "blind",
    "outlet",
    "pump",
    "television",
];

/// Rules, what exists, and what is wrong.
pub(crate) struct Generated {
    pub(crate) world: World,
    pub(crate) rules: Vec<RuleGraph>,
    /// Each fault with the rules that it is about.
    pub(crate) planted: BTreeSet<(RuleFindingKind, Vec<RuleId>)>,
}

/// So many rules, at least, with so many faults of each kind.
pub(crate) fn generate(rules: usize, faults: usize, seed: u64) -> Generated {
    let mut maker = Maker { seed, room: 0, rules: Vec::new(), planted: BTreeSet::new() };
    for _ in 0..faults {
        for fault in FAULTS {
            maker.room += 1;
            fault(&mut maker);
        }
    }
    while maker.rules.len() < rules {
        maker.room += 1;
        RIGHT.iter().for_each(|right| right(&mut maker));
    }
    maker.rules.truncate(rules.max(faults * FAULTS.len() * 4));
    let world = world(maker.room);
    // The order does not tell where the faults are: ids are hashes.
    let mut rules = maker.rules;
    rules.sort_by_key(|r| r.id);
    Generated { world, rules, planted: maker.planted }
}

fn world(rooms: usize) -> World {
    let mut doc = WorldDoc { site: Site::default(), ..WorldDoc::default() };
    for template in DEVICES {
        let mut model = templates::by_name(template).cloned().unwrap_or_default();
        if *template == "sensor_noise" {
            model.properties.iter_mut().for_each(|p| p.x.assistant = Some(Assistant::Hidden));
        }
        let (id, names) = (ProductId::of_name(template), Names::new(template, template));
        doc.products.push(Product { id, key: (*template).into(), names, model });
    }
    for room in 1..=rooms {
        let space = SpaceId::of_name(&format!("room{room}"));
        doc.spaces.push(Space {
            id: space,
            kind: SpaceKind::Room,
            names: Names::new(&format!("房间{room}"), &format!("Room {room}")),
            parent: None,
            tags: BTreeSet::new(),
            outline: Vec::new(),
        });
        for template in DEVICES {
            let key = format!("{template}{room}");
            doc.devices.push(Device {
                id: DeviceId::of_name(&key),
                product: ProductId::of_name(template),
                names: Names::new(&key, &key),
                key,
                placements: vec![Placement { space: Some(space), from: Timestamp::MIN }],
                route: Route::Simulated,
                tags: BTreeSet::new(),
                disabled: false,
            });
        }
    }
    World::build(doc).0
}

/// A way from a condition on a point to a write.
struct Way<'a> {
    point: &'a str,
    compare: Json,
    /// How long it has to last, in seconds.
    lasting: Option<i64>,
    on: &'a str,
    write: &'a str,
    to: Json,
}

impl<'a> Way<'a> {
    fn new(point: &'a str, op: &str, value: impl Into<Json>, write: &'a str, to: impl Into<Json>) -> Way<'a> {
        let (compare, to) = (json!({"op": op, "value": value.into()}), json!({"to": to.into()}));
        Way { point, compare, lasting: None, on: "rising", write, to }
    }
    fn lasting(self, seconds: i64) -> Way<'a> {
        Way { lasting: Some(seconds), ..self }
    }
}

struct Maker {
    seed: u64,
    room: usize,
    rules: Vec<RuleGraph>,
    planted: BTreeSet<(RuleFindingKind, Vec<RuleId>)>,
}

impl Maker {
    /// A number from the seed, below a limit.
    fn below(&mut self, limit: u64) -> f64 {
        self.seed = splitmix64(self.seed);
        let number = u32::try_from(self.seed % limit).unwrap_or_default();
        f64::from(number)
    }

    /// A point of the present room, by `device.identifier`.
    fn point(&self, name: &str) -> PointId {
        let (device, identifier) = name.split_once('.').unwrap_or((name, ""));
        PointSpec::id_of(DeviceId::of_name(&format!("{device}{}", self.room)), identifier)
    }

    /// Adds a rule, its nodes in any order and under any names.
    fn rule(&mut self, ways: &[Way<'_>]) -> RuleId {
        let number = self.rules.len();
        let id = RuleId::of_name(&format!("{}.{number}", self.seed));
        let mut rule = RuleGraph::new(id, Bilingual::new(format!("规则 {number}"), format!("Rule {number}")));
        let salt = self.below(1_000_000);
        for (i, way) in ways.iter().enumerate() {
            let node = |what: &str| format!("{what}{i}x{salt}");
            let link = |from: &str, to: &str| (format!("{}.out", node(from)), format!("{}.in", node(to)));
            rule.node(&node("point"), "point", json!({"point": self.point(way.point)}));
            rule.node(&node("is"), "compare", way.compare.clone());
            let mut last = "is";
            let mut links = vec![link("point", "is")];
            if let Some(seconds) = way.lasting {
                rule.node(&node("long"), "for_duration", json!({"span_ms": seconds * 1000}));
                links.push(link("is", "long"));
                last = "long";
            }
            rule.node(&node("edge"), "edge", json!({"on": way.on}));
            rule.node(&node("do"), "command", json!({"point": self.point(way.write), "setting": way.to}));
            links.extend([link(last, "edge"), link("edge", "do")]);
            for (from, to) in links {
                rule.edge(&from, &to);
            }
        }
        self.rules.push(rule);
        id
    }

    /// Adds a rule from rows: nodes as id, type and parameters, edges as `A.out -> B.in`.
    fn graph(&mut self, nodes: &[(&str, &str, Json)], edges: &[&str]) -> RuleId {
        let id = self.rule(&[]);
        if let Some(rule) = self.rules.last_mut() {
            for (id, type_, params) in nodes {
                rule.node(id, type_, params.clone());
            }
            for (from, to) in edges.iter().filter_map(|edge| edge.split_once(" -> ")) {
                rule.edge(from, to);
            }
        }
        id
    }

    /// Adds a rule that acts by a source of events.
    fn at(&mut self, type_: &str, params: Json, write: &str, to: impl Into<Json>) -> RuleId {
        let write = json!({"point": self.point(write), "setting": {"to": to.into()}});
        let port = if type_ == "mqtt_topic" { "at.message -> do.in" } else { "at.out -> do.in" };
        self.graph(&[("at", type_, params), ("do", "command", write)], &[port])
    }

    /// Adds a rule that acts by a message of the room with such a field.
    fn told(&mut self, filter: &str, path: &str, compare: Json, write: &str, to: impl Into<Json>) -> RuleId {
        let topic = format!("rooms/{}/{filter}", self.room);
        let as_ = if compare["value"].is_string() { "text" } else { "number" };
        let write = json!({"point": self.point(write), "setting": {"to": to.into()}});
        self.graph(
            &[
                ("heard", "mqtt_topic", json!({"topic": topic})),
                ("part", "json_field", json!({"path": path, "as": as_})),
                ("is", "compare", compare),
                ("gate", "gate", json!({})),
                ("do", "command", write),
            ],
            &[
                "heard.message -> part.in",
                "part.out -> is.in",
                "heard.message -> gate.in",
                "is.out -> gate.if",
                "gate.out -> do.in",
            ],
        )
    }

    /// Adds a rule that acts where a point, changed by these nodes, compares so.
    fn changed(
        &mut self,
        point: &str,
        steps: &[(&str, Json)],
        compare: Json,
        write: &str,
        to: impl Into<Json>,
    ) -> RuleId {
        let ids: Vec<String> = (0..steps.len()).map(|i| format!("step{i}")).collect();
        let mut nodes = vec![("in", "point", json!({"point": self.point(point)}))];
        nodes.extend(ids.iter().zip(steps).map(|(id, (type_, params))| (id.as_str(), *type_, params.clone())));
        let write = json!({"point": self.point(write), "setting": {"to": to.into()}});
        nodes.extend([("is", "compare", compare), ("edge", "edge", json!({})), ("do", "command", write)]);
        let edges: Vec<String> =
            nodes.iter().zip(nodes.iter().skip(1)).map(|(a, b)| format!("{}.out -> {}.in", a.0, b.0)).collect();
        self.graph(&nodes, &edges.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn plant(&mut self, kind: RuleFindingKind, mut rules: Vec<RuleId>) {
        rules.sort_unstable();
        self.planted.insert((kind, rules));
    }
}

/// Rules that are right, each on actuators of its own.
const RIGHT: &[fn(&mut Maker)] = &[
    // Air on and off with a wide band.
    |m| {
        let high = 900.0 + m.below(300);
        m.rule(&[
            Way::new("sensor_co2.co2", ">", high, "fan.power", true).lasting(300),
            Way::new("sensor_co2.co2", "<", high - 200.0, "fan.power", false),
        ]);
    },
    // Heat by two rules.
    |m| {
        let low = 18.0 + m.below(3);
        m.rule(&[Way::new("room_sensor.temperature", "<", low, "heater.power", true)]);
        m.rule(&[Way::new("room_sensor.temperature", ">", low + 1.5, "heater.power", false)]);
    },
    // One comparison with hysteresis, both of its edges.
    |m| {
        let compare = json!({"op": ">", "value": 25.0 + m.below(3), "hysteresis": 1.0});
        let way = |on, to: bool| Way {
            compare: compare.clone(),
            on,
            ..Way::new("air_conditioner.current_temperature", ">", 0, "air_conditioner.power", to)
        };
        m.rule(&[way("rising", true), way("falling", false)]);
    },
    // A light by motion.
    |m| {
        m.rule(&[
            Way::new("sensor_motion.motion", "=", true, "light_switch.power", true),
            Way::new("sensor_motion.motion", "=", false, "light_switch.power", false).lasting(600),
        ]);
    },
    // Curtains by the light outside.
    |m| {
        let bright = 15_000.0 + m.below(5_000);
        m.rule(&[
            Way::new("sensor_illuminance.illuminance", ">", bright, "curtain.position", 0),
            Way::new("sensor_illuminance.illuminance", "<", bright / 2.0, "curtain.position", 100),
        ]);
    },
    // Locking needs no guard.
    |m| {
        m.rule(&[Way::new("contact_window.open", "=", false, "lock.locked", true)]);
    },
    |m| {
        let low = 30.0 + m.below(10);
        m.rule(&[Way::new("room_sensor.humidity", "<", low, "humidifier.power", true)]);
        m.rule(&[Way::new("room_sensor.humidity", ">", low + 10.0, "humidifier.power", false)]);
    },
    // A light by motion, dark at night and bright by day.
    |m| {
        for (from, to, level) in [("22:00", "06:00", 10), ("06:00", "22:00", 80)] {
            let write = json!({"point": m.point("light_dimmable.brightness"), "setting": {"to": level}});
            let motion = json!({"point": m.point("sensor_motion.motion")});
            m.graph(
                &[
                    ("motion", "point", motion),
                    ("when", "time_window", json!({"from": from, "to": to})),
                    ("both", "and", json!({})),
                    ("edge", "edge", json!({})),
                    ("do", "command", write),
                ],
                &["motion.out -> both.in1", "when.out -> both.in2", "both.out -> edge.in", "edge.out -> do.in"],
            );
        }
    },
    // In summer and in winter, on workdays and on days off.
    |m| {
        m.at("cron", json!({"expression": "0 8 * 5-9 *"}), "pump.power", true);
        m.at("cron", json!({"expression": "0 8 * 1-4,10-12 *"}), "pump.power", false);
        m.at("schedule", json!({"times": ["09:00"], "days": "workdays"}), "outlet.power", true);
        m.at("schedule", json!({"times": ["09:00"], "days": "days_off"}), "outlet.power", false);
    },
    // A button: pressed once, and twice.
    |m| {
        m.told("button", "/action", json!({"op": "=", "value": "single"}), "television.power", true);
        m.told("+", "/action", json!({"op": "=", "value": "double"}), "television.power", false);
    },
    // One limit in per cent, the other in ppm, with a wide band between.
    |m| {
        let share = json!({"from_min": 0, "from_max": 2000, "to_min": 0, "to_max": 100, "unit": "%"});
        let high = 45.0 + m.below(10);
        let compare = |op: &str, value: f64| json!({"op": op, "value": value});
        m.changed("sensor_co2.co2", &[("scale", share.clone())], compare(">", high), "blind.position", 100);
        m.changed("sensor_co2.co2", &[], compare("<", 20.0 * high - 100.0), "blind.position", 0);
    },
];

/// One fault each, in a room of its own.
const FAULTS: &[fn(&mut Maker)] = &[
    |m| {
        let a = m.rule(&[
            Way::new("light_switch.power", "=", true, "fan.power", false),
            Way::new("light_switch.power", "=", false, "fan.power", true),
        ]);
        let b = m.rule(&[
            Way::new("fan.power", "=", true, "light_switch.power", true),
            Way::new("fan.power", "=", false, "light_switch.power", false),
        ]);
        m.plant(RuleFindingKind::Loop, vec![a, b]);
    },
    |m| {
        let high = 900.0 + m.below(300);
        let a = m.rule(&[Way::new("sensor_co2.co2", ">", high, "fan.speed", 100)]);
        let b = m.rule(&[Way::new("contact_window.open", "=", true, "fan.speed", 0)]);
        m.plant(RuleFindingKind::Contradiction, vec![a, b]);
    },
    |m| {
        let high = 20.0 + m.below(5);
        let a = m.rule(&[Way::new("room_sensor.temperature", ">", high, "light_dimmable.brightness", 10)]);
        let b = m.rule(&[Way::new("room_sensor.temperature", "<", high + 2.0, "light_dimmable.brightness", 90)]);
        m.plant(RuleFindingKind::Contradiction, vec![a, b]);
    },
    |m| {
        let limit = 19.0 + m.below(4);
        let a = m.rule(&[Way::new("room_sensor.temperature", "<", limit, "heater.power", true)]);
        let b = m.rule(&[Way::new("room_sensor.temperature", ">=", limit, "heater.power", false)]);
        m.plant(RuleFindingKind::Oscillation, vec![a, b]);
    },
    |m| {
        let high = 24.0 + m.below(4);
        let a = m.rule(&[Way::new("room_sensor.temperature", ">", high, "fan.power", true)]);
        let b = m.rule(&[Way::new("room_sensor.temperature", ">", high, "fan.power", true)]);
        m.plant(RuleFindingKind::Duplicate, vec![a, b]);
    },
    |m| {
        let high = 24.0 + m.below(4);
        let a = m.rule(&[Way::new("room_sensor.temperature", ">", high, "fan.power", true)]);
        let b = m.rule(&[Way::new("room_sensor.temperature", ">", high + 3.0, "fan.power", true)]);
        m.plant(RuleFindingKind::Shadowed, vec![a, b]);
    },
    |m| {
        let a = m.rule(&[Way::new("light_dimmable.brightness", ">", 100, "light_switch.power", true)]);
        m.plant(RuleFindingKind::Never, vec![a]);
    },
    |m| {
        let a = m.rule(&[Way::new("light_dimmable.brightness", ">=", 0, "light_switch.power", true)]);
        m.plant(RuleFindingKind::Always, vec![a]);
    },
    |m| {
        let a = m.rule(&[Way::new("sensor_motion.motion", "=", true, "lock.locked", false)]);
        m.plant(RuleFindingKind::Unguarded, vec![a]);
    },
    // The same in several places is told once.
    |m| {
        let high = 900.0 + m.below(300);
        let a = m
            .rule(&[100, 60].map(|speed| Way::new("sensor_co2.co2", ">", high + f64::from(speed), "fan.speed", speed)));
        let b = m.rule(&[
            Way::new("contact_window.open", "=", true, "fan.speed", 0),
            Way::new("sensor_motion.motion", "=", false, "fan.speed", 0),
        ]);
        m.plant(RuleFindingKind::Contradiction, vec![a, b]);
        m.plant(RuleFindingKind::Contradiction, vec![a]);
    },
    |m| {
        let a = m.told("button", "/action", json!({"op": "=", "value": "single"}), "television.power", true);
        let low = json!({"op": "<", "value": 20.0 + m.below(5)});
        let b = m.told("+", "/battery", low, "television.power", false);
        m.plant(RuleFindingKind::Contradiction, vec![a, b]);
    },
    |m| {
        let a = m.at("cron", json!({"expression": "30 7 * 6-9 1-5"}), "pump.power", true);
        let b =
            m.at("schedule", json!({"times": ["07:30"], "days": {"weekdays": ["fri", "sat"]}}), "pump.power", false);
        m.plant(RuleFindingKind::Contradiction, vec![a, b]);
    },
    |m| {
        let limit = 18.0 + m.below(4);
        let band = [("deadband", json!({"band": 0.5}))];
        let a = m.changed("room_sensor.temperature", &band, json!({"op": ">", "value": limit}), "blind.position", 100);
        let b =
            m.changed("room_sensor.temperature", &[], json!({"op": ">", "value": limit + 2.0}), "blind.position", 0);
        m.plant(RuleFindingKind::Contradiction, vec![a, b]);
    },
    |m| {
        let half = json!({"min": 0, "max": 50});
        let a = m.changed(
            "light_dimmable.brightness",
            &[("clamp", half)],
            json!({"op": ">", "value": 60}),
            "light_switch.power",
            true,
        );
        m.plant(RuleFindingKind::Never, vec![a]);
    },
    |m| {
        let loud = 70.0 + m.below(9);
        let a = m.rule(&[Way::new("sensor_noise.noise", ">", loud, "fan.speed", 20)]);
        m.plant(RuleFindingKind::Hidden, vec![a]);
    },
];
