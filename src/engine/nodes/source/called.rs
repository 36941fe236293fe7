//! `called`: a service of a device is called.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::Bilingual;
use base::id::{ConnectionId, PointId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::PointKind;

/// Parameters of `called`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which service, by its point.
    pub(crate) point: PointId,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Called {
    topic: Filter,
}

impl Kind for Called {
    const TYPE: &'static str = "called";
    const TITLE: Text = Text::new("服务被调用", "Service called");
    const DOC: Text = Text::new(
        "有人或规则调用设备的一个服务时触发：命令已经发出，还不知道结果。调用的参数是消息的载荷。",
        "A person or a rule calls a service of a device: the command has left, what comes of it is not known yet. The arguments are \
         the payload of the message.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("message", PortKind::Message, Text::new("调用及其参数", "the call with its arguments"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("窗帘被叫停", "a curtain is told to stop"),
        params: r#"{"point": "pt_b0438a475c6f86a291bd4cdd77dfe3b9"}"#,
        inputs: &[("message", Carries::Message("$calls/pt_b0438a475c6f86a291bd4cdd77dfe3b9"))],
        rows: &["0:00 | - | -", r#"0:10 | $calls/pt_b0438a475c6f86a291bd4cdd77dfe3b9 {} | !"#, "0:20 | - | -"],
    }];
    const WORDS: &'static [Words] = &[Words::new("{point:point}被调用", "{point:point} is called")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Called> {
        let Params { point } = params;
        let world = scope.world;
        match world.point(point).map(|spec| &spec.kind) {
            Some(PointKind::Service) => {}
            Some(_) => {
                let words = world.point_words(point);
                let message = Bilingual::new(
                    format!("“{}”不是服务，不能被调用", words.zh),
                    format!("`{}` is no service that could be called", words.en),
                );
                scope.fault("rule.setting", "point", message);
                return None;
            }
            None => {
                scope.unknown_point("point", point);
                return None;
            }
        }
        let topic = Filter::parse(&format!("$calls/{point}")).ok()?;
        scope.hears(&topic);
        Some(Called { topic })
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
