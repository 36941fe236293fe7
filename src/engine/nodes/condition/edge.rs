//! `edge`: the moment at which a condition becomes true or false. Runs begin here.

use crate::analysis::{Meaning, Moment, Region, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_input};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use base::{Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum On {
    /// The condition becomes true.
    #[default]
    Rising,
    /// The condition becomes false.
    Falling,
    /// Either.
    Both,
}

impl On {
    fn counts(self, becomes: bool) -> bool {
        match self {
            On::Rising => becomes,
            On::Falling => !becomes,
            On::Both => true,
        }
    }
}

/// Parameters of `edge`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which change counts.
    #[serde(default)]
    pub(crate) on: On,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Edge {
    on: On,
    /// A source of the condition says `initial: fire`.
    at_start: bool,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The condition when it was last known.
    level: Option<bool>,
    /// The event of a condition that was already true when the rule was enabled: it follows in the next step.
    due: Option<Timestamp>,
}

impl Kind for Edge {
    const TYPE: &'static str = "edge";
    const TITLE: Text = Text::new("边沿", "Edge");
    const DOC: Text = Text::new(
        "条件变为 true（rising）、变为 false（falling）或任一变化（both）时发出一个事件，开始一次运行。\
         启用规则后第一个已知的值只被记住，不算变化，除非条件的某个点位设为 initial: fire。值暂时未知不算变化。",
        "Gives an event, and so begins a run, when the condition becomes true (`rising`), false (`falling`) or either (`both`). \
         The first value that is known after the rule was enabled is only remembered, unless a point of the condition says \
         `initial: fire`. A value that is unknown for a while is no change.",
    );
    const INPUTS: &'static [PortSpec] = &[bool_input(Text::new("条件", "the condition"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("变化的时刻", "the moment of the change"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new(
                "变为 true；启用时已成立不算",
                "becoming true; what already holds at first does not count",
            ),
            params: r#"{"on": "rising"}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &["0:00 | true | -", "0:10 | false | -", "0:20 | true | !", "0:30 | ? | -", "0:40 | true | -"],
        },
        Example {
            title: Text::new("变为 false，即使中间未知", "becoming false, even by way of unknown"),
            params: r#"{"on": "falling"}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &["0:00 | true | -", "0:10 | ? | -", "0:20 | false | !", "0:30 | true | -"],
        },
        Example {
            title: Text::new("任一变化", "either change"),
            params: r#"{"on": "both"}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &["0:00 | ? | -", "0:05 | false | -", "0:10 | true | !", "0:20 | false | !"],
        },
    ];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Edge> {
        scope.lasting(0, "").then(|| Edge { on: params.on, at_start: scope.input_fires_at_start() })
    }

    fn init(&self) -> Memory {
        Memory { level: None, due: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let before = memory.level;
        let now = io.value(0).and_then(Value::as_bool);
        memory.level = now.or(before);
        let changed = match (before, now) {
            (Some(a), Some(b)) => a != b && self.on.counts(b),
            (None, Some(b)) => self.at_start && self.on.counts(b),
            (_, None) => false,
        };
        if io.first {
            memory.due = changed.then_some(io.now);
        } else if changed || memory.due.is_some_and(|t| t <= io.now) {
            memory.due = None;
            io.fire(0);
        }
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        memory.due
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let condition = seen.condition(0);
        // What never was otherwise does not become so.
        let becomes = |to: Region, from: &Region| {
            if from.is_empty() && !self.at_start { Region::nothing() } else { to }
        };
        let region = match self.on {
            On::Rising => becomes(condition.rise, &condition.no),
            On::Falling => becomes(condition.fall, &condition.yes),
            On::Both => becomes(condition.rise, &condition.no).join(&becomes(condition.fall, &condition.yes)),
        };
        vec![Meaning::Moment(Moment::level(region))]
    }
}
