//! `webhook_post`: calls a web hook of somebody else.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::slots::{self, EVENT};
use crate::template::{Slot, Template};
use crate::words::Words;
use base::Bilingual;
use base::id::ConnectionId;
use documents::Deed;
use documents::deed::Post;
use documents::signal::PAYLOAD_BYTES_MAX;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The driver whose connections take requests.
const DRIVER: &str = "webhook";
/// Longest path, in bytes.
const PATH_BYTES_MAX: usize = 256;

/// Parameters of `webhook_post`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The connection, of driver `webhook`: it has the address and the secret.
    pub(crate) connection: ConnectionId,
    /// What follows the address of the connection, beginning with `/`; nothing when absent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = PATH_BYTES_MAX))]
    pub(crate) path: String,
    /// The body, as JSON. `{name}` in its texts is the value of the input `name`; a text that is nothing but a slot becomes
    /// the value itself: `{"co2": "{co2}"}`.
    pub(crate) body: Json,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WebhookPost {
    connection: ConnectionId,
    path: String,
    body: Template<Slot>,
}

impl Kind for WebhookPost {
    const TYPE: &'static str = "webhook_post";
    const TITLE: Text = Text::new("调用网络钩子", "Call a web hook");
    const DOC: Text = Text::new(
        "每来一个事件，就向一个 webhook 连接发出 POST 请求，正文是 JSON，其中 {名称} 是同名输入的值；有一个值未知就不发。\
         地址和密钥在连接里，规则看不到。",
        "For every event, sends a POST request by a connection of driver `webhook`. The body is JSON with values of inputs as \
         `{name}`; while one of them is unknown nothing is sent. Address and secret stand in the connection, where rules do not \
         see them.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("何时调用", "when to call")),
        PortSpec::named("slot", PortKind::Value, Text::new("同名插槽的值", "the value of the slot of the same name")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("把数值送出去", "a value for somebody else"),
        params: r#"{"connection": "cn_84e4668bebcf85d78e80b09e0d8e9e34", "path": "/air", "body": {"co2": "{co2}"}}"#,
        inputs: &[("in", Carries::Event), ("co2", Carries::Number("[ppm]"))],
        rows: &["0:00 | - | 812.5 | -", r#"0:10 | ! | 812.5 | post /air {"co2":812.5}"#, "0:20 | ! | ? | -"],
    }];
    const WORDS: &'static [Words] = &[Words::new(
        "向{connection:connection}[的 {path}]发送 {body}[，其中 {slot}]",
        "send {body} to {connection:connection}[ at {path}][ with {slot}]",
    )];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<WebhookPost> {
        let Params { connection, path, body } = params;
        let driver = scope.world.connection(connection).map(|c| c.driver.as_str());
        let known = driver == Some(DRIVER);
        if !known {
            let message = Bilingual::new(
                format!("{connection} 不是 webhook 连接"),
                format!("{connection} is no connection of driver `{DRIVER}`"),
            );
            scope.fault("rule.connection", "connection", message);
        }
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '#' | '\\' | '"' | '<' | '>');
        let sound = path.is_empty()
            || (path.starts_with('/')
                && path.len() <= PATH_BYTES_MAX
                && path.chars().all(plain)
                && !path.split('/').any(|part| part == ".." || part == "."));
        if !sound {
            let message = Bilingual::new(
                format!("路径以 / 开头，由可见的 ASCII 字符组成，不含 ..，最多 {PATH_BYTES_MAX} 字节"),
                format!(
                    "a path begins with `/`, has visible ASCII characters, no `..`, and {PATH_BYTES_MAX} bytes at most"
                ),
            );
            scope.fault("rule.params", "path", message);
        }
        if body.is_string() {
            let message = Bilingual::new("正文应为 JSON 对象或数组", "the body is a JSON object or array");
            scope.fault("rule.params", "body", message);
            return None;
        }
        let body = slots::checked("body", Template::payload(&body), scope)?;
        let slot = slots::resolver(&[("body", &body)], scope);
        let body = body.resolved(slot)?;
        (known && sound).then_some(WebhookPost { connection, path, body })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if !io.event(EVENT) {
            return;
        }
        if let Some(body) = self.body.written(PAYLOAD_BYTES_MAX, |slot| slots::filling(slot, io)) {
            io.ask(Deed::Post(Post { connection: self.connection, path: self.path.clone(), body, cause: None }));
        }
    }
}
