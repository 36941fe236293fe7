//! The configuration of a connection to a broker: one type from which parser, schema, form and documentation come.
//!
//! What it is *not*: [`super::check`] holds it against what exists, and [`super::plan`] resolves it. Start at
//! [`Config`].

use super::topics;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Most topic filters that are handed to rules, of the configuration or of the rules.
pub const LISTEN_MAX: usize = 200;
/// Most templates.
pub const TEMPLATES_MAX: usize = 200;
/// Most devices of one connection.
pub const DEVICES_MAX: usize = 10_000;
/// Most points, commands or events of one device or template, each.
pub const ITEMS_MAX: usize = 500;
/// Most words that one mapping translates.
pub const VALUES_MAX: usize = 200;
/// Longest template of a payload, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 4_096;

/// A connection to an MQTT broker: which devices are behind it, and by which topics they speak.
///
/// The password of the user is kept apart from this, sealed. MQTT 3.1.1; QoS 0 and 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name or address of the broker.
    #[schemars(title = "服务器地址 / Host")]
    pub host: String,
    /// Its port: 1883, or 8883 with TLS, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "端口 / Port", range(min = 1, max = 65_535))]
    pub port: Option<u16>,
    /// Whether and how the connection is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "加密 / TLS")]
    pub tls: Option<Tls>,
    /// By which name this connection is known to the broker; one of its own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "客户端标识 / Client id")]
    pub client_id: Option<String>,
    /// User name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "用户名 / User")]
    pub user: Option<String>,
    /// Seconds of silence after which each side asks whether the other is there.
    #[serde(default = "keep_alive_s")]
    #[schemars(title = "心跳间隔（秒） / Keep alive (s)", range(min = 5, max = 3_600))]
    pub keep_alive_s: u16,
    /// Whether the broker forgets this connection when it ends. When not, it keeps what is sent with QoS 1 meanwhile.
    #[serde(default)]
    #[schemars(title = "断开即清除会话 / Clean session")]
    pub clean: bool,
    /// Quality of service of what is subscribed to.
    #[serde(default = "one")]
    #[schemars(title = "订阅 QoS / QoS of subscriptions", range(max = 1))]
    pub qos: u8,
    /// Where others can see whether this connection is there. The broker itself says the word for gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "上线通告与遗嘱 / Presence and last will")]
    pub presence: Option<Availability>,
    /// Raw topics that rules can hear even when none is running yet (topic filters). What rules listen to is added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "供规则使用的主题 / Topics for rules")]
    pub listen: Vec<String>,
    /// Whether devices are found that announce themselves as to Home Assistant.
    #[serde(default)]
    #[schemars(title = "自动发现 / Discovery")]
    pub discovery: Discovery,
    /// Mappings that several devices share; `{device}` in a topic stands for the device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "映射模板 / Templates")]
    pub templates: Vec<Template>,
    /// The devices behind this broker.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "设备 / Devices")]
    pub devices: Vec<Mapped>,
}

/// How the connection is encrypted. A certificate that cannot be verified is never accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The authorities to trust: a PEM file's path, or its text. Those of this machine when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "CA 证书 / CA certificates")]
    pub ca: Option<String>,
    /// The name that the certificate shall have; the host when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "证书名称 / Name of the certificate")]
    pub server_name: Option<String>,
}

/// Discovery of devices that announce themselves as to Home Assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discovery {
    /// Whether they are looked for. What is found is offered, never taken over by itself.
    #[serde(default)]
    #[schemars(title = "启用 / Enabled")]
    pub enabled: bool,
    /// The topic under which they announce themselves.
    #[serde(default = "prefix")]
    #[schemars(title = "主题前缀 / Prefix")]
    pub prefix: String,
}

impl Default for Discovery {
    fn default() -> Self {
        Discovery { enabled: false, prefix: prefix() }
    }
}

/// How a device speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What it reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "点位 / Points")]
    pub points: Vec<PointMap>,
    /// What it is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "命令 / Commands")]
    pub commands: Vec<CommandMap>,
    /// Events of its model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "事件 / Events")]
    pub events: Vec<EventMap>,
    /// Where it says whether it is there; several must all say so. Without any it counts as there while the broker is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "在线状态 / Availability")]
    pub availability: Vec<Availability>,
}

/// A mapping that several devices share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    #[schemars(title = "名称 / Name")]
    pub name: String,
    /// How such a device speaks.
    #[schemars(title = "映射 / Mapping")]
    pub mapping: Mapping,
}

/// A device behind the broker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapped {
    /// Key of its product.
    #[schemars(title = "产品 / Product")]
    pub product: String,
    /// Its key.
    #[schemars(title = "设备 / Device")]
    pub device: String,
    /// What `{device}` stands for in its topics; its key when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "主题中的名称 / Name in topics")]
    pub topic_name: Option<String>,
    /// The template that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "模板 / Template")]
    pub template: Option<String>,
    /// How it speaks beyond its template.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(title = "映射 / Mapping")]
    pub mapping: Mapping,
}

impl Mapped {
    /// A topic of it.
    pub fn topic(&self, written: &str) -> String {
        written.replace(topics::DEVICE, self.topic_name.as_deref().unwrap_or(&self.device))
    }
}

/// A property that is reported on a topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointMap {
    /// Identifier in the thing model.
    #[schemars(title = "标识符 / Identifier")]
    pub identifier: String,
    /// Where it is reported.
    #[schemars(title = "主题 / Topic")]
    pub topic: String,
    /// Where the value stands in the payload (JSONPath, RFC 9535); the whole payload when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "JSON 路径 / JSON path")]
    pub path: Option<String>,
    /// What the payload's words mean: `{"ON": true, "OFF": false}`. Other words are refused then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(title = "取值对照 / Values")]
    pub values: BTreeMap<String, Json>,
    /// The value is the number times this.
    #[serde(default = "unit_scale", skip_serializing_if = "is_unit_scale")]
    #[schemars(title = "比例 / Scale")]
    pub scale: f64,
    /// And then plus this.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(title = "偏移 / Offset")]
    pub offset: f64,
}

/// A property that is set, or a service that is called, by a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandMap {
    /// Identifier in the thing model.
    #[schemars(title = "标识符 / Identifier")]
    pub identifier: String,
    /// Where it is told.
    #[schemars(title = "主题 / Topic")]
    pub topic: String,
    /// The payload; `{value}` stands for the value. The value alone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "载荷模板 / Payload template")]
    pub template: Option<String>,
    /// What the payload's words mean, as for points. Those of the point with the same identifier when absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(title = "取值对照 / Values")]
    pub values: BTreeMap<String, Json>,
    /// The value is the payload's number times this; that of the point with the same identifier when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "比例 / Scale")]
    pub scale: Option<f64>,
    /// And then plus this; that of the point with the same identifier when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "偏移 / Offset")]
    pub offset: Option<f64>,
    /// Decimals of a number that is sent.
    #[serde(default = "decimals", skip_serializing_if = "is_decimals")]
    #[schemars(title = "小数位数 / Decimals", range(max = 9))]
    pub decimals: u8,
    /// Whether the broker keeps it for those who subscribe later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(title = "保留消息 / Retain")]
    pub retain: bool,
    /// Quality of service. With 1 a command counts as taken once the broker has it, with 0 once it is sent.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(title = "QoS", range(max = 1))]
    pub qos: u8,
}

/// An event of the thing model that is told on a topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventMap {
    /// Identifier in the thing model.
    #[schemars(title = "标识符 / Identifier")]
    pub identifier: String,
    /// Where it is told.
    #[schemars(title = "主题 / Topic")]
    pub topic: String,
    /// Where the word stands that is compared (JSONPath, RFC 9535); the whole payload when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "JSON 路径 / JSON path")]
    pub path: Option<String>,
    /// The words that mean this event; any when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "触发词 / Words")]
    pub words: Vec<String>,
}

/// Where is said whether somebody is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Availability {
    /// The topic.
    #[schemars(title = "主题 / Topic")]
    pub topic: String,
    /// Where the word stands in the payload (JSONPath, RFC 9535); the whole payload when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "JSON 路径 / JSON path")]
    pub path: Option<String>,
    /// The word for there.
    #[serde(default = "online")]
    #[schemars(title = "在线 / Online")]
    pub online: String,
    /// The word for gone.
    #[serde(default = "offline")]
    #[schemars(title = "离线 / Offline")]
    pub offline: String,
}

fn keep_alive_s() -> u16 {
    30
}
fn one() -> u8 {
    1
}
fn prefix() -> String {
    "homeassistant".into()
}
fn unit_scale() -> f64 {
    1.0
}
fn decimals() -> u8 {
    3
}
fn online() -> String {
    "online".into()
}
fn offline() -> String {
    "offline".into()
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_unit_scale(n: &f64) -> bool {
    (*n - 1.0).abs() < f64::EPSILON
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(n: &f64) -> bool {
    n.abs() < f64::EPSILON
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_one(n: &u8) -> bool {
    *n == 1
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_decimals(n: &u8) -> bool {
    *n == decimals()
}
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
