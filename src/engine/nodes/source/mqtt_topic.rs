//! `mqtt_topic`: raw messages of a topic filter, where rules about traffic without a model begin.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use base::Bilingual;
use base::id::ConnectionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `mqtt_topic`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The connection to another broker; the embedded broker when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) connection: Option<ConnectionId>,
    /// Topic filter: `+` stands for one level, `#` at the end for all that follow.
    pub(crate) topic: String,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MqttTopic {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionId>,
    topic: Filter,
}

impl Kind for MqttTopic {
    const TYPE: &'static str = "mqtt_topic";
    const TITLE: Text = Text::new("MQTT 主题", "MQTT topic");
    const DOC: Text = Text::new(
        "主题过滤器匹配的每条消息都是一个事件，不做边沿判断。消息经 json_field 取值、gate 判断，再到 publish 或 command。\
         内置代理上的设备主题（/sys/、/ota/、/ext/）和 $ 开头的主题不能用：设备的数据按物模型解析，请用 point 节点。\
         一条规则里的两个 mqtt_topic 都匹配同一条消息时，各算一次。规则发布的消息也会被听到：编译时拒绝触发自身的规则；\
         几条规则互相触发不会被发现，请避免。",
        "Every message that the topic filter matches is an event; there is no edge. It goes by `json_field` for its values and \
         by `gate` for a condition to `publish` or `command`. On the embedded broker the topics of devices (`/sys/`, `/ota/`, \
         `/ext/`) and those that begin with `$` are not to be had: what devices say is read by their thing model, use `point`. \
         Where two of these nodes in one rule match the same message, each counts on its own. What rules publish is heard too: \
         a rule that triggers itself is refused; several that trigger each other in a circle are not found, so avoid them.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("message", PortKind::Message, Text::new("收到的消息", "the message"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("每台设备的温度", "the temperature of each device"),
        params: r#"{"topic": "bench/+/temp"}"#,
        inputs: &[("message", Carries::Message("bench/+/temp"))],
        rows: &["0:00 | - | -", r#"0:10 | bench/7/temp {"t": 26.3} | !"#, "0:20 | - | -"],
    }];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<MqttTopic> {
        let connected = scope.checked_connection(params.connection);
        let topic = match Filter::parse(&params.topic) {
            Ok(topic) => topic,
            Err(why) => {
                scope.fault("rule.topic", "topic", why);
                return None;
            }
        };
        if params.connection.is_none() && topic.reaches_devices() {
            scope.fault(
                "rule.device_topic",
                "topic",
                Bilingual::new(
                    format!("“{topic}”可能匹配设备自己的主题（/sys/、/ota/、/ext/ 或 $ 开头）"),
                    format!("`{topic}` can match topics of devices (`/sys/`, `/ota/`, `/ext/`, or such with `$`)"),
                ),
            );
            scope.help(
                "读设备的值用 point 节点；读其他消息时写明第一层，如 house/+/temp",
                "read the values of devices with a `point` node; for other messages write the first level out, as in \
                 `house/+/temp`",
            );
            return None;
        }
        scope.hears(&topic);
        connected.then_some(MqttTopic { connection: params.connection, topic })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.heard().is_some() {
            io.fire(0);
        }
    }

    fn listens(&self) -> Option<(Option<ConnectionId>, &Filter)> {
        Some((self.connection, &self.topic))
    }
}
