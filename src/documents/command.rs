//! Commands to devices, and what became of them.

use crate::Actor;
use base::id::{CommandId, DeviceId, PointId, RuleId, RunId, SceneId, TimerId, TurnId};
use base::{Bilingual, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{PointKind, PointSpec, Scene, SceneAct, World};

/// What a request wants of one point. The runtime turns it into a [`Command`] with an absolute value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Which point.
    pub point: PointId,
    /// What it shall become.
    pub setting: Setting,
}

/// What a point shall become.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// This value, in the point's own unit.
    To(Value),
    /// The present value changed by this much, in the point's own unit; clamped to its range.
    By(f64),
    /// The other boolean.
    Toggle,
    /// Calls a service with these arguments (a map).
    Call(Value),
}

impl Setting {
    /// The value that a point gets by it, where that is known; a difference stops at the end of the range. None for a
    /// call, and where it counts from a present value that is not known.
    pub fn value(&self, spec: &PointSpec, present: Option<&Value>) -> Option<Value> {
        match self {
            Setting::To(value) => Some(spec.settle(value.clone())),
            Setting::By(delta) => Some(spec.settle(Value::Number(present?.as_number()? + delta))),
            Setting::Toggle => Some(Value::Bool(!present?.as_bool()?)),
            Setting::Call(_) => None,
        }
    }
}

impl Act {
    /// Sets a point to a value.
    pub fn to(point: PointId, value: impl Into<Value>) -> Self {
        Act { point, setting: Setting::To(value.into()) }
    }
    /// What running a scene asks for.
    pub fn of_scene(scene: &Scene, world: &World) -> Vec<Act> {
        let call = |point| world.point(point).is_some_and(|p| p.kind == PointKind::Service);
        let setting = |act: &SceneAct| {
            let value = act.value.clone();
            if call(act.point) { Setting::Call(value) } else { Setting::To(value) }
        };
        scene.acts.iter().map(|act| Act { point: act.point, setting: setting(act) }).collect()
    }
}

/// Which of two commands wins. Higher wins; within `Normal` the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Persons, rules, assistants.
    #[default]
    Normal,
    /// A person holds the point by hand until a time.
    ManualLock,
    /// Protects people.
    LifeSafety,
}

/// Why a command exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A turn of a conversation.
    Turn(TurnId),
    /// A node of a rule that ran.
    Run {
        /// The rule.
        rule: RuleId,
        /// The run.
        run: RunId,
        /// The node that asked for it.
        node: String,
    },
    /// A scene was run.
    Scene {
        /// Which.
        scene: SceneId,
        /// The turn of a conversation in which it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<TurnId>,
    },
    /// Somebody had asked for it before, to be done at this time.
    Timer {
        /// The timer.
        timer: TimerId,
        /// The turn of a conversation in which it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<TurnId>,
    },
    /// A person or program asked directly.
    Direct,
    /// The turn that was taken back.
    Undo(TurnId),
}

/// One write to one point of one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Its id.
    pub id: CommandId,
    /// The device.
    pub device: DeviceId,
    /// The point.
    pub point: PointId,
    /// The value, or the arguments of a service.
    pub value: Value,
    /// Who.
    pub actor: Actor,
    /// Why.
    pub cause: Cause,
    /// Which of two wins.
    pub priority: Priority,
    /// When it was made.
    pub at: Timestamp,
    /// When it counts as timed out.
    pub deadline: Timestamp,
    /// The report that confirms it; none for a point without feedback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Value>,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// It left.
    Sent,
    /// The device or its protocol took it.
    Acked,
    /// The device reported the value after it was sent.
    Confirmed,
    /// No report came in time.
    TimedOut,
    /// It did not leave, or the device refused it.
    Refused,
    /// Castellan restarted before a report came; it is not sent again by itself.
    Unknown,
}

impl ReceiptState {
    /// Whether it can still change by itself. `unknown` and `timed_out` are resolved by a later report.
    pub fn is_final(self, has_feedback: bool) -> bool {
        match self {
            ReceiptState::Sent => false,
            ReceiptState::Acked => !has_feedback,
            ReceiptState::Confirmed | ReceiptState::TimedOut | ReceiptState::Refused | ReceiptState::Unknown => true,
        }
    }
}

/// What became of a command, with the reason. Answers about actions are rendered from receipts only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The command.
    pub command: CommandId,
    /// Its device.
    pub device: DeviceId,
    /// Its point.
    pub point: PointId,
    /// The value that was asked for.
    pub value: Value,
    /// How far it came.
    pub state: ReceiptState,
    /// When it came there.
    pub at: Timestamp,
    /// What the device reported, or what a service answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Value>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<crate::Refusal>,
    /// What changed, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Bilingual>,
}
