//! `clear_alarm`: ends an alarm.

use crate::compile::Scope;
use crate::nodes::action::raise_alarm::{checked_code, checked_source};
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::id::{DeviceId, PointId};
use base::limits::NAME_CHARS_MAX;
use documents::Deed;
use documents::alarm::AlarmSource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `clear_alarm`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The code with which it was raised.
    #[schemars(length(min = 1, max = NAME_CHARS_MAX))]
    pub(crate) code: String,
    /// The point that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) point: Option<PointId>,
    /// The device that it is about. Without either it is about the rule itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<DeviceId>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClearAlarm {
    code: String,
    source: Option<AlarmSource>,
}

impl Kind for ClearAlarm {
    const TYPE: &'static str = "clear_alarm";
    const TITLE: Text = Text::new("清除告警", "Clear an alarm");
    const DOC: Text = Text::new(
        "每来一个事件，就清除这个代码、这个对象的告警；没有这样的告警时什么也不做。规则只能清除规则产生的告警。",
        "For every event, ends the alarm of this code about this thing; nothing happens when there is none. A rule ends only alarms \
         that rules have raised.",
    );
    const INPUTS: &'static [PortSpec] =
        &[PortSpec::one("in", PortKind::Event, Text::new("何时清除", "when to end it"))];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("空气好了", "the air is good again"),
        params: r#"{"code": "air.bad"}"#,
        inputs: &[("in", Carries::Event)],
        rows: &["0:00 | - | -", "0:10 | ! | clear air.bad"],
    }];
    const WORDS: &'static [Words] = &[Words::new(
        "清除[{point:point}的][设备{device:device}的]告警 {code}",
        "clear the alarm {code}[ about {point:point}][ about the device {device:device}]",
    )];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<ClearAlarm> {
        let code = checked_code(&params.code, scope);
        let source = checked_source(params.point, params.device, scope)?;
        code.then_some(ClearAlarm { code: params.code, source })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.event(0) {
            io.ask(Deed::Clear { code: self.code.clone(), source: self.source });
        }
    }
}
