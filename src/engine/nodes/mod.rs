//! The kinds of nodes: one file each in the folder of its group, and two lines here (`mod`, and a name in the list). A
//! file carries everything about its kind: ports, parameters, words, examples, checks, state and step. Start at [`Kind`].

use crate::analysis::{Meaning, Seen};
use crate::compile::Scope;
use crate::plan::{Io, Wake};
use crate::ports::{PortKind, PortSpec, Text};
use crate::subgraph;
use crate::topic::Filter;
use crate::words::Words;
use base::id::{ConnectionId, PointId};
use base::{Bilingual, Timestamp};
use documents::Act;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub(crate) mod action {
    pub(crate) mod call;
    pub(crate) mod clear_alarm;
    pub(crate) mod command;
    pub(crate) mod notify;
    pub(crate) mod publish;
    pub(crate) mod raise_alarm;
    pub(crate) mod scene;
    pub(crate) mod webhook_post;
    pub(crate) mod write_value;
}
pub(crate) mod condition {
    pub(crate) mod changed_by;
    pub(crate) mod compare;
    pub(crate) mod edge;
    pub(crate) mod gate;
    pub(crate) mod geofence;
    pub(crate) mod hysteresis;
    pub(crate) mod is_online;
    pub(crate) mod one_of;
    pub(crate) mod quality;
    pub(crate) mod range;
    pub(crate) mod text_match;
    pub(crate) mod time_window;
}
pub(crate) mod data {
    pub(crate) mod age;
    pub(crate) mod aggregate;
    pub(crate) mod convert;
    pub(crate) mod default;
    pub(crate) mod hold;
    pub(crate) mod json_field;
    pub(crate) mod map;
    pub(crate) mod message_part;
    pub(crate) mod script;
}
pub(crate) mod logic {
    pub(crate) mod and;
    pub(crate) mod constant;
    pub(crate) mod counter;
    pub(crate) mod flip_flop;
    pub(crate) mod latch;
    pub(crate) mod not;
    pub(crate) mod or;
    pub(crate) mod select;
    pub(crate) mod state_machine;
    pub(crate) mod switch;
    pub(crate) mod xor;
}
pub(crate) mod math {
    pub(crate) mod arithmetic;
    pub(crate) mod clamp;
    pub(crate) mod curve;
    pub(crate) mod deadband;
    pub(crate) mod function;
    pub(crate) mod min_max;
    pub(crate) mod pid;
    pub(crate) mod ramp;
    pub(crate) mod round;
    pub(crate) mod scale;
}
pub(crate) mod source {
    pub(crate) mod alarm;
    pub(crate) mod called;
    pub(crate) mod cron;
    pub(crate) mod event;
    pub(crate) mod interval;
    pub(crate) mod manual;
    pub(crate) mod mqtt_topic;
    pub(crate) mod point;
    pub(crate) mod schedule;
    pub(crate) mod scheduled;
    pub(crate) mod startup;
    pub(crate) mod sun_position;
    pub(crate) mod webhook;
}
pub(crate) mod statistics {
    pub(crate) mod anomaly;
    pub(crate) mod integral;
    pub(crate) mod rate;
    pub(crate) mod trend;
    pub(crate) mod window;
}
pub(crate) mod text {
    pub(crate) mod template;
    pub(crate) mod text_change;
}
pub(crate) mod time {
    pub(crate) mod count_within;
    pub(crate) mod debounce;
    pub(crate) mod delay;
    pub(crate) mod for_duration;
    pub(crate) mod hold_true;
    pub(crate) mod once_per;
    pub(crate) mod pulse;
    pub(crate) mod run_time;
    pub(crate) mod sequence;
    pub(crate) mod since;
    pub(crate) mod throttle;
    pub(crate) mod timeout;
}

/// What a kind of node is. `Self` is the node as it stands in a plan: parameters checked and resolved.
pub(crate) trait Kind: Sized {
    /// Name in graphs; the file has the same.
    const TYPE: &'static str;
    /// Version of its parameters and meaning.
    const VERSION: u32 = 1;
    /// Name for people.
    const TITLE: Text;
    /// What it does, in a few sentences.
    const DOC: Text;
    /// What flows in.
    const INPUTS: &'static [PortSpec];
    /// What flows out.
    const OUTPUTS: &'static [PortSpec];
    /// Shown in the documentation and run as tests.
    const EXAMPLES: &'static [Example];
    /// How it is said; the first row that fits the parameters counts.
    const WORDS: &'static [Words] = &[];
    /// Its events may come without what arrives, because time has passed.
    const TIMED: bool = false;
    /// Its state belongs to a run and it never answers an event in the same instant, so it may close a loop.
    const DELAYS: bool = false;

    /// Its parameters as people write them.
    type Params: Serialize + DeserializeOwned + JsonSchema;
    /// What it remembers.
    type State: Clone + PartialEq + Serialize + DeserializeOwned;

    /// Checks the parameters against the world and the types of the inputs. Reports every fault to the scope; without
    /// a fault there is a node.
    fn compile(params: Self::Params, scope: &mut Scope<'_>) -> Option<Self>;
    /// What it remembers at first.
    fn init(&self) -> Self::State;
    /// Reads inputs, changes the state, writes outputs. Total: any inputs, any times.
    fn step(&self, state: &mut Self::State, io: &mut Io<'_>);
    /// When it wants to be stepped although no input changes.
    fn deadline(&self, _state: &Self::State) -> Option<Timestamp> {
        None
    }
    /// The points and devices that it reads.
    fn wakes(&self) -> Vec<Wake> {
        Vec::new()
    }
    /// The points that it writes.
    fn effects_on(&self) -> Vec<PointId> {
        Vec::new()
    }
    /// What it asks to be written, where that is known beforehand.
    fn acts(&self) -> &[Act] {
        &[]
    }
    /// The raw topics that it hears: of a connection, where none is the embedded broker.
    fn listens(&self) -> Option<(Option<ConnectionId>, &Filter)> {
        None
    }
    /// The raw topics that it publishes to, with wildcards where a slot is.
    fn publishes(&self) -> Option<(Option<ConnectionId>, &Filter)> {
        None
    }
    /// What its outputs mean apart from any moment, in their order; what is left out is not looked into.
    fn meaning(&self, _seen: &Seen<'_>) -> Vec<Meaning> {
        Vec::new()
    }
}

/// One use of a node as a table: what comes in at which time, and what goes out.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// What it shows.
    pub title: Text,
    /// Parameters as JSON.
    #[serde(serialize_with = "as_json")]
    #[schemars(with = "Map<String, Json>")]
    pub params: &'static str,
    /// Inputs in the order of the columns, and what they carry: `bool`, `event`, a unit, or tokens.
    pub inputs: &'static [(&'static str, Carries)],
    /// Rows `time | inputs ... | outputs ...`. Time is `m:ss`, the first row is the moment at which the rule is
    /// enabled. `?` is an unknown value, `!` an event, `-` nothing; `bad` is a report of bad quality.
    pub rows: &'static [&'static str],
}

/// Serves the parameters as JSON rather than as a text.
fn as_json<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_str::<Json>(text).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// What an input of an example carries.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Carries {
    /// True or false.
    Bool,
    /// Numbers of this unit, as UCUM code.
    Number(&'static str),
    /// One of these tokens.
    Enum(&'static [&'static str]),
    /// Events.
    Event,
    /// Messages that this filter matches: topic, space, payload.
    Message(&'static str),
    /// Reports of the point; only for nodes that read one.
    Report,
}

/// What nodes are for: how the palette and the documentation put them together. Each group is a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Where rules begin: points, events, times.
    Source,
    /// What has to hold.
    Condition,
    /// What waits and counts time.
    Time,
    /// What joins and remembers.
    Logic,
    /// Arithmetic and control.
    Math,
    /// What is known of many values.
    Statistics,
    /// Texts.
    Text,
    /// Payloads, units, many points at once, scripts.
    Data,
    /// Where rules end.
    Action,
}

impl Group {
    /// Every group in the order of the palette.
    pub const ALL: [Group; 9] = [
        Group::Source,
        Group::Condition,
        Group::Time,
        Group::Logic,
        Group::Math,
        Group::Statistics,
        Group::Text,
        Group::Data,
        Group::Action,
    ];
    /// In words.
    pub fn words(self) -> Bilingual {
        let (zh, en) = match self {
            Group::Source => ("来源", "Sources"),
            Group::Condition => ("条件", "Conditions"),
            Group::Time => ("时间", "Time"),
            Group::Logic => ("逻辑", "Logic"),
            Group::Math => ("运算", "Mathematics"),
            Group::Statistics => ("统计", "Statistics"),
            Group::Text => ("文本", "Texts"),
            Group::Data => ("数据", "Data"),
            Group::Action => ("动作", "Actions"),
        };
        Bilingual::new(zh, en)
    }
}

/// A kind of node as it is served to editors, models and documentation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeSpec {
    /// What it is for.
    pub group: Group,
    /// Name in graphs.
    #[serde(rename = "type")]
    pub type_: &'static str,
    /// Version of its parameters and meaning.
    pub type_version: u32,
    /// Name for people.
    pub title: Bilingual,
    /// What it does.
    pub doc: Bilingual,
    /// What flows in.
    pub inputs: &'static [PortSpec],
    /// What flows out.
    pub outputs: &'static [PortSpec],
    /// JSON Schema of its parameters.
    pub params: Schema,
    /// How it behaves.
    pub examples: &'static [Example],
}

/// Parameters as they are written.
pub(crate) type Params = Map<String, Json>;

/// A row of the list of kinds: the contract without its types.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) group: Group,
    pub(crate) type_: &'static str,
    pub(crate) version: u32,
    pub(crate) inputs: &'static [PortSpec],
    pub(crate) outputs: &'static [PortSpec],
    pub(crate) timed: bool,
    pub(crate) delays: bool,
    pub(crate) compile: fn(&Map<String, Json>, &mut Scope<'_>) -> Option<Op>,
    /// The parameters in one way of writing, with what is left out filled in; none where they are wrong.
    pub(crate) normal: fn(&Params) -> Option<Params>,
    pub(crate) words: &'static [Words],
    pub(crate) spec: fn(Group) -> NodeSpec,
}

const fn registration<K: Kind>(group: Group) -> Registration
where
    Op: From<K>,
{
    Registration {
        group,
        type_: K::TYPE,
        version: K::VERSION,
        inputs: K::INPUTS,
        outputs: K::OUTPUTS,
        timed: K::TIMED,
        delays: K::DELAYS,
        compile: |params, scope| match serde_json::from_value(Json::Object(params.clone())) {
            Ok(params) => K::compile(params, scope).map(Op::from),
            Err(e) => {
                scope.fault(
                    "rule.params",
                    "",
                    Bilingual::new(
                        format!("参数格式不符：{e}"),
                        format!("the parameters do not have the expected form: {e}"),
                    ),
                );
                None
            }
        },
        normal: |params| {
            let params: K::Params = serde_json::from_value(Json::Object(params.clone())).ok()?;
            if let Ok(Json::Object(params)) = serde_json::to_value(params) { Some(params) } else { None }
        },
        words: K::WORDS,
        spec: |group| NodeSpec {
            group,
            type_: K::TYPE,
            type_version: K::VERSION,
            title: K::TITLE.bilingual(),
            doc: K::DOC.bilingual(),
            inputs: K::INPUTS,
            outputs: K::OUTPUTS,
            params: schemars::schema_for!(K::Params),
            examples: K::EXAMPLES,
        },
    }
}

macro_rules! kinds {
    ($($group:ident $name:ident { $($file:ident $kind:ident),* $(,)? })*) => {
        kinds! { @flat $($(($group $name $file $kind))*)* }
    };
    (@flat $(($group:ident $name:ident $file:ident $kind:ident))*) => {
        /// Every kind, group by group as the palette shows them.
        pub(crate) static KINDS: &[Registration] = &[$(registration::<$group::$file::$kind>(Group::$name)),*];

        /// A node of a plan.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Op { $($kind(Box<$group::$file::$kind>)),* }

        /// What a node remembers.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum State { $($kind(Box<<$group::$file::$kind as Kind>::State>)),* }

        $(impl From<$group::$file::$kind> for Op {
            fn from(node: $group::$file::$kind) -> Op { Op::$kind(Box::new(node)) }
        })*

        impl Op {
            /// What it remembers at first.
            pub(crate) fn init(&self) -> State {
                match self { $(Op::$kind(node) => State::$kind(Box::new(node.init()))),* }
            }
            /// Whether a state is one of this kind.
            pub(crate) fn owns(&self, state: &State) -> bool {
                matches!((self, state), $((Op::$kind(_), State::$kind(_)))|*)
            }
            /// One step; nothing happens when the state is another kind's.
            pub(crate) fn step(&self, state: &mut State, io: &mut Io<'_>) {
                match (self, state) { $((Op::$kind(node), State::$kind(state)) => node.step(state, io),)* _ => {} }
            }
            /// When it wants to be stepped.
            pub(crate) fn deadline(&self, state: &State) -> Option<Timestamp> {
                match (self, state) { $((Op::$kind(node), State::$kind(state)) => node.deadline(state),)* _ => None }
            }
            /// The points and devices that it reads.
            pub(crate) fn wakes(&self) -> Vec<Wake> {
                match self { $(Op::$kind(node) => node.wakes()),* }
            }
            /// The points that it writes.
            pub(crate) fn effects_on(&self) -> Vec<PointId> {
                match self { $(Op::$kind(node) => node.effects_on()),* }
            }
            /// What it asks to be written, as far as that is known beforehand.
            pub(crate) fn acts(&self) -> &[Act] {
                match self { $(Op::$kind(node) => node.acts()),* }
            }
            /// The raw topics that it hears.
            pub(crate) fn listens(&self) -> Option<(Option<ConnectionId>, &Filter)> {
                match self { $(Op::$kind(node) => node.listens()),* }
            }
            /// The raw topics that it publishes to.
            pub(crate) fn publishes(&self) -> Option<(Option<ConnectionId>, &Filter)> {
                match self { $(Op::$kind(node) => node.publishes()),* }
            }
            /// What its outputs mean.
            pub(crate) fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
                match self { $(Op::$kind(node) => node.meaning(seen)),* }
            }
            /// Its outputs.
            pub(crate) fn outputs(&self) -> &'static [PortSpec] {
                match self { $(Op::$kind(_) => <$group::$file::$kind as Kind>::OUTPUTS),* }
            }
            /// Its inputs.
            pub(crate) fn inputs(&self) -> &'static [PortSpec] {
                match self { $(Op::$kind(_) => <$group::$file::$kind as Kind>::INPUTS),* }
            }
            /// Whether its state belongs to a run and it may close a loop.
            pub(crate) fn delays(&self) -> bool {
                match self { $(Op::$kind(_) => <$group::$file::$kind as Kind>::DELAYS),* }
            }
        }
    };
}

kinds! {
    source Source {
        alarm Alarm,
        called Called,
        cron Cron,
        event Event,
        interval Interval,
        manual Manual,
        mqtt_topic MqttTopic,
        point Point,
        schedule Schedule,
        scheduled Scheduled,
        startup Startup,
        sun_position SunPosition,
        webhook Webhook,
    }
    condition Condition {
        changed_by ChangedBy,
        compare Compare,
        edge Edge,
        gate Gate,
        geofence Geofence,
        hysteresis Hysteresis,
        is_online IsOnline,
        one_of OneOf,
        quality Quality,
        range Range,
        text_match TextMatch,
        time_window TimeWindow,
    }
    time Time {
        count_within CountWithin,
        debounce Debounce,
        delay Delay,
        for_duration ForDuration,
        hold_true HoldTrue,
        once_per OncePer,
        pulse Pulse,
        run_time RunTime,
        sequence Sequence,
        since Since,
        throttle Throttle,
        timeout Timeout,
    }
    logic Logic {
        and And, constant Constant, counter Counter, flip_flop FlipFlop, latch Latch, not Not, or Or, select Select, state_machine Machine, switch Switch, xor Xor
    }
    math Math {
        arithmetic Arithmetic, clamp Clamp, curve Curve, deadband Deadband, function FunctionOf, min_max MinMax, pid Pid, ramp Ramp, round Round, scale Scale
    }
    statistics Statistics { anomaly Anomaly, integral Integral, rate Rate, trend Trend, window Window }
    text Text {
        template TextTemplate, text_change TextChange
    }
    data Data {
        age Age, aggregate Aggregate, convert Convert, default Fallback, hold Hold, json_field JsonField, map Map,
        message_part MessagePart, script ScriptOf
    }
    action Action {
        call Call,
        clear_alarm ClearAlarm,
        command Command,
        notify Notify,
        publish Publish,
        raise_alarm RaiseAlarm,
        scene Scene,
        webhook_post WebhookPost,
        write_value WriteValue,
    }
}

/// The kind of a name.
pub(crate) fn by_type(type_: &str) -> Option<&'static Registration> {
    KINDS.iter().find(|k| k.type_ == type_)
}

/// Every kind of node, for editors, models and documentation.
pub fn catalogue() -> Vec<NodeSpec> {
    KINDS.iter().map(|k| (k.spec)(k.group)).chain([subgraph::spec()]).collect()
}

/// The one boolean input that several kinds have.
pub(crate) const fn bool_input(doc: Text) -> PortSpec {
    PortSpec::one("in", PortKind::Bool, doc)
}

/// The one boolean output that several kinds have.
pub(crate) const fn bool_output(doc: Text) -> PortSpec {
    PortSpec::one("out", PortKind::Bool, doc)
}

#[cfg(test)]
mod tests;
