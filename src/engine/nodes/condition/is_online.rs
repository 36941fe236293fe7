//! `is_online`: whether a device can be reached.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::{Io, Wake};
use crate::ports::{PortSpec, Text};
use crate::words::Words;
use base::Value;
use base::id::DeviceId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `is_online`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which device.
    pub(crate) device: DeviceId,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct IsOnline {
    device: DeviceId,
}

impl Kind for IsOnline {
    const TYPE: &'static str = "is_online";
    const TITLE: Text = Text::new("在线", "Is online");
    const DOC: Text = Text::new(
        "设备是否在线。还没有它的消息时未知。上线和离线的时刻接 edge 节点；短暂掉线不算时先接 for_duration。",
        "Whether a device can be reached; unknown while nothing was heard of it. Coming and going are an `edge` of it, by way of \
         `for_duration` where a short absence does not count.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否在线", "whether it can be reached"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("上线、离线", "coming and going"),
        params: r#"{"device": "dv_020402bdc98c89b7af96249a0078e272"}"#,
        inputs: &[("link", Carries::Report)],
        rows: &["0:00 | - | ?", "0:10 | true | true", "0:20 | false | false"],
    }];
    const WORDS: &'static [Words] = &[Words::new("{device:device}在线", "{device:device} is online")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<IsOnline> {
        scope.known_device("device", params.device).then_some(IsOnline { device: params.device })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if let Some(online) = io.link(self.device) {
            io.set(0, Some(Value::Bool(online)));
        }
    }

    fn wakes(&self) -> Vec<Wake> {
        vec![Wake::Device(self.device)]
    }
}
