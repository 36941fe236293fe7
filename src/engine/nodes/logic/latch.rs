//! `latch`: once set it stays true until it is reset.

use crate::analysis::{Condition, Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which counts while both inputs hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wins {
    /// It is reset.
    #[default]
    Reset,
    /// It is set.
    Set,
}

/// Parameters of `latch`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which counts while both inputs hold.
    #[serde(default, skip_serializing_if = "is_reset")]
    pub(crate) wins: Wins,
}

fn is_reset(wins: &Wins) -> bool {
    *wins == Wins::Reset
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Latch {
    wins: Wins,
}

const SET: usize = 0;
const RESET: usize = 1;

impl Kind for Latch {
    const TYPE: &'static str = "latch";
    const TITLE: Text = Text::new("锁存", "Latch");
    const DOC: Text = Text::new(
        "set 成立时置位，reset 成立时复位，都不成立时保持原状；起初未置位。两者同时成立时由 wins 决定，默认复位优先。\
         未知的输入不改变状态。由事件置位和复位请用 flip_flop。",
        "Set while `set` holds, reset while `reset` holds, and otherwise as it was; not set at first. `wins` decides while \
         both hold: by default it is reset. An unknown input changes nothing. For events take `flip_flop`.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("set", PortKind::Bool, Text::new("置位条件", "what sets it")),
        PortSpec::one("reset", PortKind::Bool, Text::new("复位条件", "what resets it")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否置位", "whether it is set"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("水泵：低水位启动，高水位停止", "a pump: started at low level, stopped at high level"),
            params: "{}",
            inputs: &[("set", Carries::Bool), ("reset", Carries::Bool)],
            rows: &[
                "0:00 | ? | ? | false",
                "0:10 | true | false | true",
                "0:20 | false | false | true",
                "0:30 | ? | ? | true",
                "0:40 | false | true | false",
                "0:50 | true | true | false",
            ],
        },
        Example {
            title: Text::new("置位优先", "setting wins"),
            params: r#"{"wins": "set"}"#,
            inputs: &[("set", Carries::Bool), ("reset", Carries::Bool)],
            rows: &["0:00 | false | true | false", "0:10 | true | true | true"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("wins", "set")],
            "曾经“{set}”且此后未曾“{reset}”（同时成立时前者优先）",
            "{set}, latched until {reset} (the first wins)",
        ),
        Words::new("曾经“{set}”且此后未曾“{reset}”", "{set}, latched until {reset}"),
    ];

    type Params = Params;
    /// Whether it is set.
    type State = bool;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Latch> {
        let lasting = [scope.lasting(SET, ""), scope.lasting(RESET, "")];
        lasting.iter().all(|ok| *ok).then_some(Latch { wins: params.wins })
    }

    fn init(&self) -> bool {
        false
    }

    fn step(&self, set: &mut bool, io: &mut Io<'_>) {
        let holds = |port: usize| io.value(port).and_then(Value::as_bool) == Some(true);
        *set = match (holds(SET), holds(RESET)) {
            (true, true) => self.wins == Wins::Set,
            (true, false) => true,
            (false, true) => false,
            (false, false) => *set,
        };
        io.set(0, Some(Value::Bool(*set)));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let (set, reset) = (seen.condition(SET), seen.condition(RESET));
        vec![Meaning::Condition(Condition::latched(&set, &reset, self.wins == Wins::Set))]
    }
}
