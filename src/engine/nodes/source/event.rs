//! `event`: a device tells of something that has happened.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::Bilingual;
use base::id::{ConnectionId, DeviceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `event`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which device.
    pub(crate) device: DeviceId,
    /// Which event, by its identifier in the thing model.
    pub(crate) event: String,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event {
    topic: Filter,
}

impl Kind for Event {
    const TYPE: &'static str = "event";
    const TITLE: Text = Text::new("设备事件", "Event of a device");
    const DOC: Text = Text::new(
        "设备上报物模型里的一个事件时触发。事件的内容是消息的载荷，用 json_field 取值，用 gate 判断。",
        "A device tells of an event of its thing model. What the event carries is the payload of the message: `json_field` takes \
         values out of it, `gate` judges them.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("message", PortKind::Message, Text::new("事件及其内容", "the event with what it carries"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("门锁卡住", "a lock is jammed"),
        params: r#"{"device": "dv_ae221a717d018c3b8527aa83357cd7c9", "event": "jammed"}"#,
        inputs: &[("message", Carries::Message("$events/dv_ae221a717d018c3b8527aa83357cd7c9/jammed"))],
        rows: &[
            "0:00 | - | -",
            r#"0:10 | $events/dv_ae221a717d018c3b8527aa83357cd7c9/jammed {"force": 12} | !"#,
            "0:20 | - | -",
        ],
    }];
    const WORDS: &'static [Words] =
        &[Words::new("{device:device}上报事件 {event}", "{device:device} tells of the event {event}")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Event> {
        let Params { device, event } = params;
        if !scope.known_device("device", device) {
            return None;
        }
        let model = scope.world.model_of(device);
        let known: Vec<&str> = model.iter().flat_map(|m| &m.events).map(|e| e.identifier.as_str()).collect();
        if known.is_empty() {
            let message = Bilingual::new("这台设备没有事件", "this device tells of no events");
            scope.fault("rule.event", "device", message);
            return None;
        }
        if !known.contains(&event.as_str()) {
            scope.unknown_name("event", &event, &known);
            return None;
        }
        let topic = Filter::parse(&format!("$events/{device}/{event}")).ok()?;
        scope.hears(&topic);
        Some(Event { topic })
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
