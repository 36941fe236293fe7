//! `webhook`: somebody else calls a web hook of this server.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::Bilingual;
use base::id::ConnectionId;
use base::limits::NAME_CHARS_MAX;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `webhook`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Name of the web hook: small letters, digits, `-` and `_`.
    #[schemars(length(min = 1, max = NAME_CHARS_MAX))]
    pub(crate) name: String,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Webhook {
    topic: Filter,
}

impl Kind for Webhook {
    const TYPE: &'static str = "webhook";
    const TITLE: Text = Text::new("网络钩子", "Web hook");
    const DOC: Text = Text::new(
        "别的系统向本服务器的 /api/hooks/NAME 发来请求时触发。请求的正文是消息的载荷。钩子的地址和密钥在接入页上建立。",
        "Somebody else's system calls `/api/hooks/NAME` of this server. The body of the request is the payload of the message. The \
         web hook itself, with its secret, is made on the page of connections.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("message", PortKind::Message, Text::new("请求的正文", "the body of the request"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("门铃的系统来访", "the system of the door bell calls"),
        params: r#"{"name": "bell"}"#,
        inputs: &[("message", Carries::Message("$webhooks/bell"))],
        rows: &["0:00 | - | -", r#"0:10 | $webhooks/bell {"button": 1} | !"#, "0:20 | - | -"],
    }];
    const WORDS: &'static [Words] = &[Words::new("网络钩子 {name} 被调用", "the web hook {name} is called")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Webhook> {
        let Params { name } = params;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(fits) {
            let message = Bilingual::new(
                format!("名称由小写字母、数字、- 和 _ 组成，最多 {NAME_CHARS_MAX} 个"),
                format!("a name has small letters, digits, `-` and `_`, at most {NAME_CHARS_MAX}"),
            );
            scope.fault("rule.params", "name", message);
            return None;
        }
        let topic = Filter::parse(&format!("$webhooks/{name}")).ok()?;
        scope.hears(&topic);
        Some(Webhook { topic })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.heard().is_some() {
            io.fire(0);
        }
    }

    fn listens(&self) -> Option<(Option<ConnectionId>, &Filter)> {
        Some((None, &self.topic))
    }
}
