//! `call`: calls a service of a device and waits for the answer.

use crate::checks::{in_unit_of, taken};
use crate::compile::Scope;
use crate::nodes::action::command;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::id::{ConnectionId, PointId};
use base::{Bilingual, Span, Timestamp, Unit, Value};
use documents::{Act, Deed, Setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use things::PointSpec;

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
    /// Those of its arguments that are always the same; the others arrive at ports of their names.
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
    /// The arguments that arrive, in the order of their ports.
    #[serde(default)]
    arriving: Vec<Argument>,
}

/// An argument that arrives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Argument {
    /// What it takes.
    spec: PointSpec,
    /// Unit of what arrives, where it is a number.
    unit: Option<Unit>,
}

/// When what cannot be called has failed.
const AT_ONCE: Span = Span::from_millis(1);

const EVENT: usize = 0;
const ARGUMENTS: usize = 1;

const DONE: usize = 0;
const FAILED: usize = 1;

impl Kind for Call {
    const TYPE: &'static str = "call";
    const TITLE: Text = Text::new("调用服务", "Call a service");
    const DOC: Text = Text::new(
        "每来一个事件，就请求调用设备的服务，并等待答复。不变的参数写在 arguments 里，其余的接到同名的输入；有一个值未知、\
         或服务不接受时不调用，立即从 failed 发出。答复到来时从 done 发出，答复是消息的载荷；被拒绝、失败，\
         或到时间没有答复时从 failed 发出。等待期间运行一直在进行；同一次运行里等待答复时再来的事件被丢弃。不需要答复时用 command。",
        "For every event, asks for a service of a device to be called, and waits for the answer. Arguments that never change stand \
         in `arguments`, the others arrive at inputs of their names; while one of them is unknown, or nothing that the service takes, \
         nothing is called and `failed` comes at once. The answer comes out of `done`, as payload; what is refused, fails or is \
         not answered in time comes out of `failed`. Meanwhile the run is under way, and further events of the same run are \
         dropped. Where no answer is needed take `command`.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("何时调用", "when to call")),
        PortSpec::named("argument", PortKind::Value, Text::new("同名的参数", "the argument of the same name")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[
        PortSpec::one("done", PortKind::Message, Text::new("答复", "the answer")),
        PortSpec::one("failed", PortKind::Event, Text::new("没有成功", "it has failed")),
    ];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("八秒没有答复", "no answer for eight seconds"),
            params: r#"{"point": "pt_b0438a475c6f86a291bd4cdd77dfe3b9", "timeout_ms": 8000}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | - -", "0:10 | ! | - -", "0:12 | ! | - -", "0:18 | - | - !", "0:30 | - | - -"],
        },
        Example {
            title: Text::new("参数未知时不调用", "no call while an argument is unknown"),
            params: r#"{"point": "pt_fe0aea49596080e88cad765470a7162f", "arguments": {"code": "7"}, "timeout_ms": 8000}"#,
            inputs: &[("in", Carries::Event), ("seconds", Carries::Number("min"))],
            rows: &[
                "0:00 | - | ? | - -",
                "0:10 | ! | ? | - -",
                "0:11 | - | ? | - !",
                "0:20 | ! | 2 | - -",
                "0:28 | - | 2 | - !",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("$out", "failed")],
            "{in}时调用{point:point}[（参数 {arguments}）][，其中 {argument}]，{timeout_ms:span}内没有成功",
            "{point:point}, called[ with {arguments}][ and {argument}] because {in}, has not answered within {timeout_ms:span}",
        ),
        Words::new(
            "{in}时调用{point:point}[（参数 {arguments}）][，其中 {argument}]，{timeout_ms:span}内得到答复",
            "{point:point}, called[ with {arguments}][ and {argument}] because {in}, has answered within {timeout_ms:span}",
        ),
    ];
    const DELAYS: bool = true;

    type Params = Params;
    /// Until when the answer is waited for.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Call> {
        let Params { point, arguments, timeout_ms } = params;
        let timeout_ms = scope.checked_span("timeout_ms", timeout_ms);
        let replies = Filter::parse(REPLIES).ok()?;
        scope.hears(&replies);
        let setting = command::checked_call("arguments", point, arguments.clone(), scope)?;
        let (names, types) = (scope.names(ARGUMENTS).to_vec(), scope.types(ARGUMENTS).to_vec());
        let mut arriving = Vec::with_capacity(names.len());
        for (name, type_) in names.iter().zip(&types) {
            if arguments.contains_key(name) {
                let message = Bilingual::new(
                    format!("参数 {name} 已写在 arguments 里"),
                    format!("argument `{name}` stands in `arguments` already"),
                );
                scope.fault("rule.params", "arguments", message);
            }
            let Some(spec) = command::argument(name, point, scope) else { continue };
            if let Some(unit) = scope.fitting("", (&spec, &Bilingual::same(name.as_str())), type_) {
                arriving.push(Argument { spec, unit });
            }
        }
        let sound = arriving.len() == names.len();
        sound.then_some(Call { act: Act { point, setting }, timeout_ms: timeout_ms?, replies, arriving })
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
        if io.event(EVENT) && due.is_none() {
            let act = self.asked(io);
            // An event is never answered in the same instant.
            *due = Some(io.now + if act.is_some() { self.timeout_ms } else { AT_ONCE });
            act.into_iter().for_each(|act| io.ask(Deed::Act(act)));
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

impl Call {
    /// The call with the arguments as they are now; none while one of them is unknown or not what the service takes.
    fn asked(&self, io: &mut Io<'_>) -> Option<Act> {
        let mut act = self.act.clone();
        let Setting::Call(Value::Map(arguments)) = &mut act.setting else { return Some(act) };
        for (place, Argument { spec, unit }) in self.arriving.iter().enumerate() {
            let name = &spec.identifier;
            let Some(value) = io.nth_value(ARGUMENTS, place) else {
                let text = Bilingual::new(format!("参数 {name} 未知"), format!("argument `{name}` is unknown"));
                io.fail("call.argument", text);
                return None;
            };
            let Some(value) = in_unit_of(spec, *unit, value).and_then(|value| taken(spec, value)) else {
                let text = Bilingual::new(
                    format!("服务不接受参数 {name} 的值 {value}"),
                    format!("the service does not take {value} as argument `{name}`"),
                );
                io.fail("call.argument", text);
                return None;
            };
            arguments.insert(name.clone(), value);
        }
        Some(act)
    }
}
