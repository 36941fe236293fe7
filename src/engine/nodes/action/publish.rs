//! `publish`: sends a raw message. Where rules about traffic without a model end.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::slots::{self, EVENT};
use crate::template::{Filling, Slot, Template, Written};
use crate::topic::Filter;
use base::Bilingual;
use base::id::ConnectionId;
use documents::signal::{PAYLOAD_BYTES_MAX, Payload, TOPIC_BYTES_MAX};
use documents::{Deed, Message};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Highest quality of service that a rule asks for.
const QOS_MAX: u8 = 1;

/// Parameters of `publish`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The connection to another broker; the embedded broker when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) connection: Option<ConnectionId>,
    /// The topic. `{1}` is what the first wildcard of the filter stood for, `{name}` the value of the input `name`;
    /// `{{` and `}}` are braces.
    pub(crate) topic: String,
    /// The payload, with slots like those of the topic. A text is sent as it stands, anything else as JSON; in it a text
    /// that is nothing but a slot becomes the value itself: `{"on": true, "seq": "{seq}"}`. There `"{seq?}"` is `null`
    /// while the value is unknown, and `"{part:json}"` puts a text that is JSON in as JSON.
    pub(crate) payload: Json,
    /// MQTT quality of service.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1))]
    pub(crate) qos: u8,
    /// Whether the broker keeps it for those who subscribe later.
    #[serde(default)]
    pub(crate) retain: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Publish {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionId>,
    topic: Template<Slot>,
    payload: Template<Slot>,
    /// The topics that can come out.
    reach: Filter,
    qos: u8,
    retain: bool,
}

impl Kind for Publish {
    const TYPE: &'static str = "publish";
    const TITLE: Text = Text::new("发布消息", "Publish");
    const DOC: Text = Text::new(
        "每来一个事件就发布一条 MQTT 消息。主题和载荷里的 {1} 是主题过滤器第一个通配符匹配的内容，{名称} 是同名输入的值；\
         有一个值未知就不发布。载荷写成 JSON 时，无论值是什么，发出的总是合法的 JSON：文本自动加引号和转义。\
         主题里的值只能占一层，不能含 /、+、#。内置代理上不能发布到设备的主题（/sys/、/ota/、/ext/）和 $ 开头的主题，\
         第一层必须写明：要控制设备请用 command 节点，它经过仲裁并有回执。连接到别的代理时，那里由谁处理消息不在检查之内。",
        "Publishes an MQTT message for every event. In topic and payload `{1}` is what the first wildcard of the filter stood \
         for, and `{name}` the value of the input of that name; while one of them is unknown nothing is published. A payload \
         written as JSON comes out as valid JSON whatever the values are: texts are quoted and escaped. A value in the topic \
         is part of one level and has no `/`, `+` or `#`. On the embedded broker the topics of devices (`/sys/`, `/ota/`, \
         `/ext/`) and those that begin with `$` are refused and the first level is written out: what shall act on a device is \
         a `command`, which is arbitrated and ends in a receipt. Who acts on messages behind another broker is not checked.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("何时发布", "when to publish")),
        PortSpec::named("slot", PortKind::Value, Text::new("同名插槽的值", "the value of the slot of the same name")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("回复给发来消息的设备", "an answer to the device that the message came from"),
            params: r#"{"topic": "cmd/{1}/set", "payload": {"on": true, "seq": "{seq}"}}"#,
            inputs: &[("in", Carries::Message("bench/+/temp")), ("seq", Carries::Number("1"))],
            rows: &[
                "0:00 | - | ? | -",
                r#"0:10 | bench/7/temp {} | 123 | cmd/7/set {"on":true,"seq":123}"#,
                "0:20 | bench/8/temp {} | ? | -",
            ],
        },
        Example {
            title: Text::new("文本载荷", "a text"),
            params: r#"{"topic": "panel/text", "payload": "CO2 {co2} ppm"}"#,
            inputs: &[("in", Carries::Event), ("co2", Carries::Number("[ppm]"))],
            rows: &["0:00 | - | 812.5 | -", "0:10 | ! | 812.5 | panel/text CO2 812.5 ppm"],
        },
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Publish> {
        let connected = scope.checked_connection(params.connection);
        if params.qos > QOS_MAX {
            scope.fault("rule.params", "qos", Bilingual::new("qos 为 0 或 1", "`qos` is 0 or 1"));
        }
        let topic = slots::checked("topic", Template::text(&params.topic), scope);
        let payload = slots::checked("payload", Template::payload(&params.payload), scope);
        let (topic, payload) = topic.zip(payload)?;
        if payload.filled(|_| String::new()).len() > PAYLOAD_BYTES_MAX {
            let (zh, en) = (
                format!("载荷最多 {PAYLOAD_BYTES_MAX} 字节"),
                format!("a payload has at most {PAYLOAD_BYTES_MAX} bytes"),
            );
            scope.fault("rule.limit", "payload", Bilingual::new(zh, en));
        }
        let reach = reach(&topic, params.connection.is_none(), scope);
        let slot = slots::resolver(&[("topic", &topic), ("payload", &payload)], scope);
        let (topic, payload) = topic.resolved(&slot).zip(payload.resolved(&slot))?;
        let Params { connection, qos, retain, .. } = params;
        (connected && qos <= QOS_MAX).then_some(Publish { connection, topic, payload, reach: reach?, qos, retain })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if let Some(message) = io.event(EVENT).then(|| self.message(io)).flatten() {
            io.ask(Deed::Publish(message));
        }
    }

    fn publishes(&self) -> Option<(Option<ConnectionId>, &Filter)> {
        Some((self.connection, &self.reach))
    }
}

impl Publish {
    /// The message; none while a value is missing or does not fit.
    fn message(&self, io: &Io<'_>) -> Option<Message> {
        let value = |slot: Slot| slots::filling(slot, io);
        let level = |slot: Slot| {
            value(slot).filter(|filling| match (filling, slot) {
                // What `#` stood for has several levels.
                (Filling::Text(text), Slot::Wildcard(_)) => !text.contains(['+', '#', '\0']),
                (Filling::Text(text), Slot::Input(_)) => !text.contains(['/', '+', '#', '\0']),
                (Filling::Bool(_) | Filling::Number(_), _) => true,
            })
        };
        let topic = self.topic.written(TOPIC_BYTES_MAX, level).filter(|topic| !topic.is_empty())?;
        let payload = Payload::Text(self.payload.written(PAYLOAD_BYTES_MAX, value)?);
        Some(Message { connection: self.connection, topic, payload, qos: self.qos, retain: self.retain })
    }
}

/// The wildcards that topic and payload take something from.
pub(crate) fn slots(params: &Params) -> BTreeSet<usize> {
    let templates = [Template::text(&params.topic), Template::payload(&params.payload)];
    let numbers = |template: &Template<Written>| -> Vec<usize> {
        let number = |slot: &Written| if let Written::Wildcard(n) = slot { Some(*n) } else { None };
        template.slots().filter_map(number).collect()
    };
    templates.iter().flatten().flat_map(numbers).collect()
}

/// The topics that can come out: wildcards where slots are.
fn reach(topic: &Template<Written>, embedded: bool, scope: &mut Scope<'_>) -> Option<Filter> {
    if topic.filled(|_| String::new()).contains(['+', '#']) {
        let message = Bilingual::new("发布的主题不能含通配符 + 和 #", "what is published has no wildcards `+` and `#`");
        scope.fault("rule.topic", "topic", message);
        return None;
    }
    let rest = |n: usize| scope.heard(EVENT).iter().any(|filter| filter.is_rest(n));
    let filled = topic.filled(|slot| if matches!(slot, Written::Wildcard(n) if rest(*n)) { "#" } else { "+" }.into());
    // Part of a level, and all of it, can become anything.
    let levels: Vec<&str> =
        filled.split('/').map(|level| if level.contains('+') && !level.contains('#') { "+" } else { level }).collect();
    if levels.iter().rev().skip(1).any(|l| l.contains('#'))
        || levels.last().is_some_and(|l| l.contains('#') && *l != "#")
    {
        let message = Bilingual::new(
            "# 匹配的内容有多层，只能是主题的最后一层",
            "what `#` stood for has several levels; it can only be the last level of the topic",
        );
        scope.fault("rule.topic", "topic", message);
        return None;
    }
    let reach = match Filter::parse(&levels.join("/")) {
        Ok(reach) => reach,
        Err(why) => {
            scope.fault("rule.topic", "topic", why);
            return None;
        }
    };
    if embedded && (reach.reaches_devices() || !reach.begins_named()) {
        let message = Bilingual::new(
            "这个主题可能到达设备自己的主题（/sys/、/ota/、/ext/ 或 $ 开头）",
            "this topic can reach those of devices (`/sys/`, `/ota/`, `/ext/`, or such with `$`)",
        );
        scope.fault("rule.device_topic", "topic", message);
        scope.help(
            "控制设备用 command 节点；发布其他消息时写明第一层，如 house/{1}/set",
            "what shall act on a device is a `command` node; for other messages write the first level out, as in `house/{1}/set`",
        );
        return None;
    }
    Some(reach)
}
