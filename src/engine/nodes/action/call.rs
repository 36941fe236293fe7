//! `call`: calls a service of a device and waits for the answer.

use crate::compile::Scope;
use crate::nodes::action::command;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::id::{ConnectionId, PointId};
use base::{Span, Timestamp, Value};
use documents::{Act, Deed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where answers come.
const REPLIES: &str = "$replies/+";
/// Where good ones do.
const REPLY_DONE: &str = "$replies/done";

/// Parameters of `call`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The service, by its point.
    pub(crate) point: PointId,
    /// Its arguments; none when absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) arguments: BTreeMap<String, Value>,
    /// How long the answer is waited for, in milliseconds.
    pub(crate) timeout_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    act: Act,
    timeout_ms: Span,
    replies: Filter,
}

const DONE: usize = 0;
const FAILED: usize = 1;

impl Kind for Call {
    const TYPE: &'static str = "call";
    const TITLE: Text = Text::new("调用服务", "Call a service");
    const DOC: Text = Text::new(
        "每来一个事件，就请求调用设备的服务，并等待答复。答复到来时从 done 发出，答复是消息的载荷；被拒绝、失败，\
         或到时间没有答复时从 failed 发出。等待期间运行一直在进行；同一次运行里等待答复时再来的事件被丢弃。不需要答复时用 command。",
        "For every event, asks for a service of a device to be called, and waits for the answer. It comes out of `done`, with the \
         answer as payload; what is refused, fails or is not answered in time comes out of `failed`. Meanwhile the run is under \
         way, and further events of the same run are dropped. Where no answer is needed take `command`.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Event, Text::new("何时调用", "when to call"))];
    const OUTPUTS: &'static [PortSpec] = &[
        PortSpec::one("done", PortKind::Message, Text::new("答复", "the answer")),
        PortSpec::one("failed", PortKind::Event, Text::new("没有成功", "it has failed")),
    ];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("八秒没有答复", "no answer for eight seconds"),
        params: r#"{"point": "pt_b0438a475c6f86a291bd4cdd77dfe3b9", "timeout_ms": 8000}"#,
        inputs: &[("in", Carries::Event)],
        rows: &["0:00 | - | - -", "0:10 | ! | - -", "0:12 | ! | - -", "0:18 | - | - !", "0:30 | - | - -"],
    }];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("$out", "failed")],
            "{in}时调用{point:point}[（参数 {arguments}）]，{timeout_ms:span}内没有成功",
            "{point:point}, called[ with {arguments}] because {in}, has not answered within {timeout_ms:span}",
        ),
        Words::new(
            "{in}时调用{point:point}[（参数 {arguments}）]，{timeout_ms:span}内得到答复",
            "{point:point}, called[ with {arguments}] because {in}, has answered within {timeout_ms:span}",
        ),
    ];
    const DELAYS: bool = true;

    type Params = Params;
    /// Until when the answer is waited for.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Call> {
        let Params { point, arguments, timeout_ms } = params;
        let timeout_ms = scope.checked_span("timeout_ms", timeout_ms);
        let setting = command::checked_call("arguments", point, arguments, scope)?;
        let replies = Filter::parse(REPLIES).ok()?;
        scope.hears(&replies);
        Some(Call { act: Act { point, setting }, timeout_ms: timeout_ms?, replies })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, due: &mut Option<Timestamp>, io: &mut Io<'_>) {
        // What has triggered the run can be a message too.
        let reply = io.heard().filter(|heard| heard.filter == &self.replies).filter(|_| due.is_some());
        if let Some(heard) = reply {
            *due = None;
            io.fire(if heard.incoming.message.topic == REPLY_DONE { DONE } else { FAILED });
        } else if due.is_some_and(|t| t <= io.now) {
            *due = None;
            io.fire(FAILED);
        }
        if io.event(0) && due.is_none() {
            *due = Some(io.now + self.timeout_ms);
            io.ask(Deed::Act(self.act.clone()));
        }
    }

    fn deadline(&self, due: &Option<Timestamp>) -> Option<Timestamp> {
        *due
    }

    fn effects_on(&self) -> Vec<PointId> {
        vec![self.act.point]
    }

    fn listens(&self) -> Option<(Option<ConnectionId>, &Filter)> {
        Some((None, &self.replies))
    }
}
