//! `state_machine`: named states, changed by events and by time.

use crate::compile::Scope;
use crate::limits::{STATES_MAX, TRANSITIONS_MAX};
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::template::is_name;
use crate::words::Words;
use base::{Bilingual, Span, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way from one state to another: by an event or after a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transition {
    /// From which state; from any other when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// The name of the input whose event leads there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<String>,
    /// The time in the state after which it leads there. Needs `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after_ms: Option<Span>,
    /// To which state.
    pub(crate) to: String,
}

/// Parameters of `state_machine`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Its states; it begins in the first.
    pub(crate) states: Vec<String>,
    /// How it goes from one to another; of those of the same instant the first that fits counts.
    pub(crate) transitions: Vec<Transition>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machine {
    states: Vec<String>,
    by_event: Vec<ByEvent>,
    by_time: Vec<ByTime>,
}

/// A way that an event leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ByEvent {
    from: Option<usize>,
    /// The places of its events among the named inputs.
    on: Vec<usize>,
    to: usize,
}

/// A way that time leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ByTime {
    from: usize,
    after: Span,
    to: usize,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    state: usize,
    /// Since when.
    since: Option<Timestamp>,
}

impl Kind for Machine {
    const TYPE: &'static str = "state_machine";
    const TITLE: Text = Text::new("状态机", "State machine");
    const DOC: Text = Text::new(
        "有几个命名的状态，从第一个开始。每条转换由一个命名输入的事件（on）或在状态中停留的时间（after_ms）引起，\
         from 缺省时从任何其他状态都可以。输出是当前状态，作为枚举值；用 compare 和 edge 得到进入某状态的事件。",
        "Has named states and begins in the first. Each transition follows from the event of a named input (`on`) or from the \
         time in a state (`after_ms`); without `from` it leads from any other state. The output is the present state as a \
         token; `compare` and `edge` give the moment at which a state is entered.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::named(
        "on",
        PortKind::Event,
        Text::new("引起转换的事件", "an event that leads from state to state"),
    )];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("当前状态", "the present state"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("布防：延时 30 秒后生效", "an alarm system: armed 30 seconds later"),
            params: r#"{"states": ["off", "arming", "armed"], "transitions": [
                {"from": "off", "on": "arm", "to": "arming"},
                {"from": "arming", "after_ms": 30000, "to": "armed"},
                {"on": "disarm", "to": "off"}]}"#,
            inputs: &[("arm", Carries::Event), ("disarm", Carries::Event)],
            rows: &[
                "0:00 | - | - | off",
                "0:10 | ! | - | arming",
                "0:39 | - | - | arming",
                "0:40 | - | - | armed",
                "0:50 | ! | - | armed",
                "1:00 | - | ! | off",
            ],
        },
        Example {
            title: Text::new("时间先于同一时刻的事件", "time counts before an event of the same instant"),
            params: r#"{"states": ["red", "green"], "transitions": [
                {"from": "red", "after_ms": 10000, "to": "green"}, {"from": "green", "on": "stop", "to": "red"}]}"#,
            inputs: &[("stop", Carries::Event)],
            rows: &["0:00 | - | red", "0:10 | ! | red", "0:15 | - | red", "0:20 | - | green"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "状态机的状态（状态 {states}；转换 {transitions}；{on:named}）",
        "the state of a machine (states {states}; transitions {transitions}; {on:named})",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Machine> {
        let mut sound = scope.counted("states", params.states.len(), 2, STATES_MAX)
            & scope.counted("transitions", params.transitions.len(), 1, TRANSITIONS_MAX);
        scope.produces(0, PortType::Enum(params.states.clone()));
        for (i, state) in params.states.iter().enumerate() {
            let again = params.states.iter().take(i).any(|s| s == state);
            if again || !is_name(state) {
                scope.fault(
                    "rule.params",
                    &format!("states/{i}"),
                    Bilingual::new(
                        "状态名由字母、数字和下划线组成，且不能重复",
                        "a state has a name of letters, digits and underscores that no other has",
                    ),
                );
                sound = false;
            }
        }
        let (mut by_event, mut by_time) = (Vec::new(), Vec::new());
        for (i, transition) in params.transitions.iter().enumerate() {
            match way(i, transition, &params.states, scope) {
                Some(Way::Event(way)) => by_event.push(way),
                Some(Way::Time(way)) => by_time.push(way),
                None => sound = false,
            }
        }
        let names = scope.names(0).to_vec();
        for name in names.iter().filter(|n| params.transitions.iter().all(|t| t.on.as_ref() != Some(n))) {
            let all: Vec<&str> = params.transitions.iter().filter_map(|t| t.on.as_deref()).collect();
            scope.unknown_name("transitions", name, &all);
            sound = false;
        }
        sound.then_some(Machine { states: params.states, by_event, by_time })
    }

    fn init(&self) -> Memory {
        Memory { state: 0, since: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let mut since = *memory.since.get_or_insert(io.now);
        if let Some(way) = self.timed(memory).filter(|way| since + way.after <= io.now) {
            memory.state = way.to;
            since = since + way.after;
        }
        // What time has brought about counts from then on; further steps of it follow by the next deadline.
        memory.since = Some(since);
        let here = |way: &&ByEvent| way.from.map_or(way.to != memory.state, |from| from == memory.state);
        let fired = |way: &&ByEvent| way.on.iter().any(|place| io.nth_event(0, *place));
        if let Some(way) = self.by_event.iter().filter(here).find(fired) {
            *memory = Memory { state: way.to, since: Some(io.now) };
        }
        io.set(0, self.states.get(memory.state).cloned().map(Value::Text));
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        Some(memory.since? + self.timed(memory)?.after)
    }
}

impl Machine {
    /// The way that time leads from the present state: the one that comes first.
    fn timed(&self, memory: &Memory) -> Option<&ByTime> {
        self.by_time.iter().filter(|way| way.from == memory.state).min_by_key(|way| way.after)
    }
}

enum Way {
    Event(ByEvent),
    Time(ByTime),
}

/// A transition, checked.
fn way(i: usize, transition: &Transition, states: &[String], scope: &mut Scope<'_>) -> Option<Way> {
    let all: Vec<&str> = states.iter().map(String::as_str).collect();
    let mut place = |field: &str, name: &str| {
        let place = states.iter().position(|s| s == name);
        if place.is_none() {
            scope.unknown_name(&format!("transitions/{i}/{field}"), name, &all);
        }
        place
    };
    let to = place("to", &transition.to);
    let from = match &transition.from {
        Some(name) => Some(place("from", name)?),
        None => None,
    };
    let to = to?;
    match (&transition.on, transition.after_ms, from) {
        (Some(name), None, _) => {
            let ports = scope.names(0).to_vec();
            let on: Vec<usize> = ports.iter().enumerate().filter(|(_, port)| *port == name).map(|(at, _)| at).collect();
            if on.is_empty() {
                scope.fault(
                    "rule.port_unconnected",
                    &format!("transitions/{i}/on"),
                    Bilingual::new(
                        format!("没有连接名为“{name}”的输入"),
                        format!("nothing is connected to an input `{name}`"),
                    ),
                );
                return None;
            }
            Some(Way::Event(ByEvent { from, on, to }))
        }
        (None, Some(after), Some(from)) if from != to => {
            let after = scope.checked_span(&format!("transitions/{i}/after_ms"), after)?;
            Some(Way::Time(ByTime { from, after, to }))
        }
        (None, Some(_), _) => {
            scope.fault(
                "rule.params",
                &format!("transitions/{i}/from"),
                Bilingual::new(
                    "按时间的转换需要 from，且与 to 不同",
                    "a transition by time needs a `from` that is not its `to`",
                ),
            );
            None
        }
        (Some(_), Some(_), _) | (None, None, _) => {
            scope.fault(
                "rule.params",
                &format!("transitions/{i}"),
                Bilingual::new("on 和 after_ms 要给出其中一个", "give either `on` or `after_ms`"),
            );
            None
        }
    }
}
