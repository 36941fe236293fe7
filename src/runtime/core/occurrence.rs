//! Events of thing models: kept for a while, and an alarm where the model says `alert` or `error`.

use super::alarms::Cause;
use super::rules::reserved;
use super::{Core, bound_queue};
use base::id::DeviceId;
use base::{Bilingual, Timestamp, Value};
use documents::Outcome;
use documents::alarm::{AlarmSeverity, AlarmSource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most occurrences that are remembered.
pub const OCCURRENCES_MAX: usize = 2_000;

/// An event that a device told of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Occurrence {
    /// The device.
    pub device: DeviceId,
    /// Identifier of the event in the thing model.
    pub event: String,
    /// `info`, `alert` or `error`, as the model says.
    pub kind: String,
    /// What it carries.
    pub output: Value,
    /// When it happened.
    pub at: Timestamp,
}

impl Core {
    /// What devices told of, oldest first.
    pub fn occurrences(&self) -> impl DoubleEndedIterator<Item = &Occurrence> {
        self.state.occurrences.iter()
    }

    pub(super) fn on_occurrence(
        &mut self,
        device: DeviceId,
        event: &str,
        output: &Value,
        at: Timestamp,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let Some(found) = self.world.device(device).filter(|d| !d.disabled) else { return };
        let Some(spec) = self.world.model_of(device).and_then(|m| m.events.iter().find(|e| e.identifier == event))
        else {
            return;
        };
        let kind = spec.type_.clone();
        let alarm = match kind.as_str() {
            "alert" => Some(("device.alert", AlarmSeverity::Warning)),
            "error" => Some(("device.error", AlarmSeverity::Major)),
            _ => None,
        };
        if let Some((code, severity)) = alarm {
            let (name, what) = (found.names.bilingual(), &spec.name);
            let text = Bilingual::new(format!("{}：{what}", name.zh), format!("{}: {what}", name.en));
            self.raise_event(
                Cause { code: code.into(), source: AlarmSource::Device(device), severity, text },
                now,
                out,
            );
        }
        let topic = format!("$events/{device}/{event}");
        self.step_message(&reserved(topic, output), now, out);
        self.state.occurrences.push_back(Occurrence { device, event: event.into(), kind, output: output.clone(), at });
        bound_queue(&mut self.state.occurrences, OCCURRENCES_MAX);
    }
}
