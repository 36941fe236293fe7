//! The faults of a configuration that its form cannot show: topics, paths, templates, and what does not exist.
//!
//! What it is *not*: form; [`crate::form`] reads that. Start at [`check`].

use super::codec::VALUE;
use super::config::{
    Availability, CommandMap, Config, DEVICES_MAX, EventMap, ITEMS_MAX, LISTEN_MAX, Mapped, Mapping, PointMap,
    TEMPLATE_BYTES_MAX, TEMPLATES_MAX, VALUES_MAX,
};
use super::{plan, topics};
use base::{Bilingual, Diagnostic, Diagnostics, Value};
use serde_json::{Map, Value as Json};
use serde_json_path::JsonPath;
use std::collections::{BTreeMap, BTreeSet};
use things::{PointKind, PointSpec, World};

/// Longest name of a broker, user or client, in bytes.
const NAME_BYTES_MAX: usize = 256;
/// How many near names a fault offers.
const NEAR_MAX: usize = 3;

/// All faults of a configuration against what exists.
pub(super) fn check(config: &Map<String, Json>, world: &World) -> Diagnostics {
    let config: Config = match crate::form::read(config) {
        Ok(config) => config,
        Err(found) => return found,
    };
    let mut check = Check { config: &config, world, found: Diagnostics::new() };
    check.connection();
    check.listen();
    check.templates();
    check.devices();
    check.commands_heard();
    check.found
}

struct Check<'a> {
    config: &'a Config,
    world: &'a World,
    found: Diagnostics,
}

impl Check<'_> {
    fn error(&mut self, code: &str, path: impl Into<String>, zh: String, en: String) {
        self.found.push(Diagnostic::error(code, path, Bilingual::new(zh, en)));
    }

    fn near(&mut self, code: &str, path: String, message: Bilingual, near: &[&str]) {
        let fault = Diagnostic::error(code, path, message);
        self.found.push(if near.is_empty() {
            fault
        } else {
            let near = near.join(", ");
            fault.help(Bilingual::new(format!("相近的有：{near}"), format!("nearest: {near}")))
        });
    }

    fn connection(&mut self) {
        let config = self.config;
        let fine = |text: &str| !text.trim().is_empty() && text.len() <= NAME_BYTES_MAX && !text.contains(['\0', '/']);
        if !fine(&config.host) {
            self.error("mqtt.host", "/host", "不是主机名或地址".into(), "is no name or address of a host".into());
        }
        for (name, text) in [("client_id", &config.client_id), ("user", &config.user)] {
            if text.as_ref().is_some_and(|t| t.is_empty() || t.len() > NAME_BYTES_MAX || t.contains('\0')) {
                let (zh, en) =
                    (format!("应为 1 到 {NAME_BYTES_MAX} 字节"), format!("must have 1 to {NAME_BYTES_MAX} bytes"));
                self.error("mqtt.name", format!("/{name}"), zh, en);
            }
        }
        if let Some(presence) = &config.presence {
            self.availability("/presence", presence, false);
        }
        if config.discovery.prefix.contains(topics::DEVICE) || !topics::valid_topic(&config.discovery.prefix) {
            self.error("mqtt.topic", "/discovery/prefix", "不是主题".into(), "is no topic".into());
        }
    }

    fn listen(&mut self) {
        let listen = &self.config.listen;
        self.limit("/listen", listen.len(), LISTEN_MAX);
        for (i, filter) in listen.iter().enumerate() {
            if !topics::valid_filter(filter) {
                self.found.push(
                    Diagnostic::error(
                        "mqtt.filter",
                        format!("/listen/{i}"),
                        Bilingual::new(format!("“{filter}”不是主题过滤器"), format!("`{filter}` is no topic filter")),
                    )
                    .help(Bilingual::new(
                        "+ 代表一整级，# 只能是最后一级",
                        "`+` stands for one whole level, and `#` can only be the last one",
                    )),
                );
            }
        }
    }

    fn limit(&mut self, path: &str, len: usize, max: usize) {
        if len > max {
            let (zh, en) =
                (format!("最多 {max} 项，现有 {len} 项"), format!("at most {max} are possible, there are {len}"));
            self.error("mqtt.limit", path, zh, en);
        }
    }

    fn templates(&mut self) {
        self.limit("/templates", self.config.templates.len(), TEMPLATES_MAX);
        let mut seen = BTreeSet::new();
        for (i, template) in self.config.templates.iter().enumerate() {
            if template.name.is_empty() || !seen.insert(&template.name) {
                let (zh, en) = ("模板名称为空或重复".to_string(), "is empty or used twice".to_string());
                self.error("mqtt.template_name", format!("/templates/{i}/name"), zh, en);
            }
            self.mapping(&format!("/templates/{i}/mapping"), &template.mapping, true);
        }
    }

    fn devices(&mut self) {
        let config = self.config;
        self.limit("/devices", config.devices.len(), DEVICES_MAX);
        let mut seen = BTreeMap::new();
        for (i, mapped) in config.devices.iter().enumerate() {
            let path = format!("/devices/{i}");
            if let Some(first) = seen.insert((&mapped.product, &mapped.device), i) {
                let (zh, en) = (format!("与第 {first} 项是同一设备"), format!("is the same device as entry {first}"));
                self.error("mqtt.duplicate", format!("{path}/device"), zh, en);
            }
            if let Some(name) = &mapped.template
                && !config.templates.iter().any(|t| t.name == *name)
            {
                let names = config.templates.iter().map(|t| t.name.as_str());
                let near = base::diagnostic::nearest(name, names, NEAR_MAX);
                let message = Bilingual::new(format!("没有模板“{name}”"), format!("there is no template `{name}`"));
                self.near("mqtt.template", format!("{path}/template"), message, &near);
            }
            self.mapping(&format!("{path}/mapping"), &mapped.mapping, false);
            self.device(&path, mapped);
        }
    }

    /// The device and what its mappings name exist.
    fn device(&mut self, path: &str, mapped: &Mapped) {
        let world = self.world;
        let Some(product) = world.product_by_key(&mapped.product) else {
            let near = base::diagnostic::nearest(&mapped.product, world.products().map(|p| p.key.as_str()), NEAR_MAX);
            let key = &mapped.product;
            let message = Bilingual::new(format!("没有产品“{key}”"), format!("there is no product `{key}`"));
            return self.near("mqtt.product", format!("{path}/product"), message, &near);
        };
        let Some(device) = world.device_by_key(&mapped.product, &mapped.device) else {
            let keys = world.devices().filter(|d| d.product == product.id).map(|d| d.key.as_str());
            let near = base::diagnostic::nearest(&mapped.device, keys, NEAR_MAX);
            let key = &mapped.device;
            let message = Bilingual::new(
                format!("产品“{}”没有设备“{key}”", product.key),
                format!("product `{}` has no device `{key}`", product.key),
            );
            return self.near("mqtt.device", format!("{path}/device"), message, &near);
        };
        let points: BTreeMap<&str, &PointSpec> =
            world.points_of(device.id).map(|p| (p.identifier.as_str(), p)).collect();
        for mapping in plan::mappings(self.config, mapped) {
            let own = std::ptr::eq(mapping, &mapped.mapping);
            let place = if own { format!("{path}/mapping") } else { format!("{path}/template") };
            let at = |list: &str, i: usize| if own { format!("{place}/{list}/{i}/identifier") } else { place.clone() };
            for (i, p) in mapping.points.iter().enumerate() {
                match points.get(p.identifier.as_str()) {
                    Some(spec) if spec.kind != PointKind::Service => {
                        let place = if own { format!("{place}/points/{i}/values") } else { place.clone() };
                        self.words(&place, &p.values, spec);
                    }
                    _ => self.identifier(at("points", i), &p.identifier, points.keys().copied()),
                }
            }
            for (i, c) in mapping.commands.iter().enumerate() {
                match points.get(c.identifier.as_str()) {
                    Some(spec) if spec.writable => {
                        let place = if own { format!("{place}/commands/{i}/values") } else { place.clone() };
                        self.words(&place, &c.values, spec);
                    }
                    Some(_) => {
                        let (zh, en) =
                            (format!("“{}”只读", c.identifier), format!("`{}` can only be read", c.identifier));
                        self.error("mqtt.read_only", at("commands", i), zh, en);
                    }
                    None => self.identifier(at("commands", i), &c.identifier, points.keys().copied()),
                }
            }
            let events: Vec<&str> = product.model.events.iter().map(|e| e.identifier.as_str()).collect();
            for (i, e) in mapping.events.iter().enumerate() {
                if !events.contains(&e.identifier.as_str()) {
                    self.identifier(at("events", i), &e.identifier, events.iter().copied());
                }
            }
        }
    }

    fn identifier<'b>(&mut self, path: String, written: &str, known: impl Iterator<Item = &'b str>) {
        let near = base::diagnostic::nearest(written, known, NEAR_MAX);
        let message = Bilingual::new(format!("物模型没有“{written}”"), format!("the thing model has no `{written}`"));
        self.near("mqtt.identifier", path, message, &near);
    }

    /// What words mean fits the point.
    fn words(&mut self, path: &str, values: &BTreeMap<String, Json>, spec: &PointSpec) {
        for (word, json) in values {
            let fits = match spec.kind {
                PointKind::Service => Value::from_json(json).is_some(),
                _ => spec.decode(json).is_ok(),
            };
            if !fits {
                let (zh, en) = (
                    format!("“{word}”的含义 {json} 与“{}”不符", spec.identifier),
                    format!("`{word}` means {json}, which does not fit `{}`", spec.identifier),
                );
                self.error("mqtt.values", path, zh, en);
            }
        }
    }

    fn mapping(&mut self, path: &str, mapping: &Mapping, shared: bool) {
        for (list, len) in [
            ("points", mapping.points.len()),
            ("commands", mapping.commands.len()),
            ("events", mapping.events.len()),
            ("availability", mapping.availability.len()),
        ] {
            self.limit(&format!("{path}/{list}"), len, ITEMS_MAX);
        }
        for (i, p) in mapping.points.iter().enumerate() {
            self.point(&format!("{path}/points/{i}"), p, shared);
        }
        for (i, c) in mapping.commands.iter().enumerate() {
            self.command(&format!("{path}/commands/{i}"), c, shared);
        }
        for (i, e) in mapping.events.iter().enumerate() {
            self.event(&format!("{path}/events/{i}"), e, shared);
        }
        for (i, a) in mapping.availability.iter().enumerate() {
            self.availability(&format!("{path}/availability/{i}"), a, shared);
        }
    }

    fn point(&mut self, path: &str, p: &PointMap, shared: bool) {
        self.topic(&format!("{path}/topic"), &p.topic, shared);
        self.json_path(&format!("{path}/path"), p.path.as_deref());
        self.limit(&format!("{path}/values"), p.values.len(), VALUES_MAX);
        self.scale(path, p.scale, p.offset);
    }

    fn command(&mut self, path: &str, c: &CommandMap, shared: bool) {
        self.topic(&format!("{path}/topic"), &c.topic, shared);
        self.limit(&format!("{path}/values"), c.values.len(), VALUES_MAX);
        self.scale(path, c.scale.unwrap_or(1.0), c.offset.unwrap_or(0.0));
        let Some(template) = &c.template else { return };
        if template.len() > TEMPLATE_BYTES_MAX {
            let (zh, en) =
                (format!("最多 {TEMPLATE_BYTES_MAX} 字节"), format!("has at most {TEMPLATE_BYTES_MAX} bytes"));
            self.error("mqtt.limit", format!("{path}/template"), zh, en);
        }
        let is_json = |text: &str| serde_json::from_str::<Json>(text).is_ok();
        if template.trim_start().starts_with(['{', '['])
            && !template.trim_start().starts_with(VALUE)
            && !is_json(&template.replace(VALUE, "1"))
        {
            self.found.push(
                Diagnostic::error(
                    "mqtt.payload_template",
                    format!("{path}/template"),
                    Bilingual::new("填入值之后不是 JSON", "is not JSON once the value is filled in"),
                )
                .help(Bilingual::new(
                    "文本值需加引号：{\"state\": \"{value}\"}",
                    "a text needs its quotes: {\"state\": \"{value}\"}",
                )),
            );
        }
    }

    fn event(&mut self, path: &str, e: &EventMap, shared: bool) {
        self.topic(&format!("{path}/topic"), &e.topic, shared);
        self.json_path(&format!("{path}/path"), e.path.as_deref());
        self.limit(&format!("{path}/words"), e.words.len(), VALUES_MAX);
    }

    fn availability(&mut self, path: &str, a: &Availability, shared: bool) {
        self.topic(&format!("{path}/topic"), &a.topic, shared);
        self.json_path(&format!("{path}/path"), a.path.as_deref());
        if a.online == a.offline {
            let (zh, en) = ("在线与离线不能是同一个词".into(), "the words for there and gone must differ".into());
            self.error("mqtt.availability", path, zh, en);
        }
    }

    /// A topic that is written; `{device}` has a meaning everywhere but in what belongs to no device.
    fn topic(&mut self, path: &str, written: &str, shared: bool) {
        let placed = written.replace(topics::DEVICE, "d");
        if !topics::valid_topic(&placed) || placed.contains(['{', '}']) {
            self.found.push(
                Diagnostic::error(
                    "mqtt.topic",
                    path,
                    Bilingual::new(format!("“{written}”不是主题"), format!("`{written}` is no topic")),
                )
                .help(Bilingual::new(
                    "不含 + 和 #；{device} 代表设备",
                    "it has neither `+` nor `#`; `{device}` stands for the device",
                )),
            );
        } else if shared && !written.contains(topics::DEVICE) {
            self.found.push(Diagnostic::warning(
                "mqtt.shared_topic",
                path,
                Bilingual::new(
                    "主题中没有 {device}，所有设备将共用它",
                    "the topic has no `{device}`: all devices of the template share it",
                ),
            ));
        }
    }

    fn json_path(&mut self, path: &str, written: Option<&str>) {
        if let Some(Err(e)) = written.map(JsonPath::parse) {
            self.found.push(
                Diagnostic::error(
                    "mqtt.path",
                    path,
                    Bilingual::new(format!("不是 JSON 路径：{e}"), format!("is no JSON path: {e}")),
                )
                .help(Bilingual::new("例如 $.sensor.temperature", "such as $.sensor.temperature")),
            );
        }
    }

    fn scale(&mut self, path: &str, scale: f64, offset: f64) {
        if scale == 0.0 || !scale.is_finite() || !offset.is_finite() {
            self.error("mqtt.scale", format!("{path}/scale"), "比例不能为 0".into(), "must not be 0".into());
        }
    }

    /// A rule that hears commands could take them for reports.
    fn commands_heard(&mut self) {
        let config = self.config;
        let mut commands = BTreeMap::new();
        for (i, mapped) in config.devices.iter().enumerate() {
            for c in plan::mappings(config, mapped).flat_map(|m| &m.commands) {
                commands.entry(mapped.topic(&c.topic)).or_insert(i);
            }
        }
        for (i, filter) in config.listen.iter().enumerate() {
            let path = format!("/listen/{i}");
            if commands.contains_key(filter) {
                let (zh, en) = (
                    format!("“{filter}”是设备的命令主题，规则不能监听"),
                    format!("`{filter}` is where a device is told what to do: no rule hears that"),
                );
                self.error("mqtt.command_heard", path, zh, en);
            } else if let Some(topic) = commands.keys().find(|topic| topics::matches(filter, topic)) {
                self.found.push(Diagnostic::warning(
                    "mqtt.command_heard",
                    path,
                    Bilingual::new(
                        format!("“{filter}”包含设备的命令主题“{topic}”"),
                        format!("`{filter}` takes in the command topic `{topic}` of a device"),
                    ),
                ));
            }
        }
    }
}
