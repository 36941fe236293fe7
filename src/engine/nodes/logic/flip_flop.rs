//! `flip_flop`: a switch that events turn over, on and off.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Bilingual, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `flip_flop`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Whether it is on at first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) initial: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FlipFlop {
    initial: bool,
}

const TOGGLE: usize = 0;
const ON: usize = 1;
const OFF: usize = 2;

impl Kind for FlipFlop {
    const TYPE: &'static str = "flip_flop";
    const TITLE: Text = Text::new("翻转开关", "Flip-flop");
    const DOC: Text = Text::new(
        "由事件翻转（toggle）、打开（on）、关闭（off）的开关，至少连接一个。同一时刻先翻转，再打开，再关闭。",
        "A switch that events turn over (`toggle`), on (`on`) and off (`off`); connect one of them at least. In the same \
         instant it is turned over first, then on, then off.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::optional("toggle", PortKind::Event, Text::new("翻转", "turns it over")),
        PortSpec::optional("on", PortKind::Event, Text::new("打开", "turns it on")),
        PortSpec::optional("off", PortKind::Event, Text::new("关闭", "turns it off")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否打开", "whether it is on"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("按一下开，再按一下关", "press for on, press again for off"),
            params: "{}",
            inputs: &[("toggle", Carries::Event)],
            rows: &["0:00 | - | false", "0:10 | ! | true", "0:20 | - | true", "0:30 | ! | false"],
        },
        Example {
            title: Text::new("起初打开；关闭优先", "on at first; off comes last"),
            params: r#"{"initial": true}"#,
            inputs: &[("on", Carries::Event), ("off", Carries::Event)],
            rows: &["0:00 | - | - | true", "0:10 | - | ! | false", "0:20 | ! | - | true", "0:30 | ! | ! | false"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("initial", "true")],
            "翻转开关为开（[{toggle}翻转；][{on}打开；][{off}关闭；]起初为开）",
            "a flip-flop is on ([turned over {toggle}; ][turned on {on}; ][turned off {off}; ]on at first)",
        ),
        Words::new(
            "翻转开关为开（[{toggle}翻转；][{on}打开；][{off}关闭；]起初为关）",
            "a flip-flop is on ([turned over {toggle}; ][turned on {on}; ][turned off {off}; ]off at first)",
        ),
    ];

    type Params = Params;
    /// Whether it is on.
    type State = bool;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<FlipFlop> {
        if !(TOGGLE..=OFF).any(|port| scope.connected(port)) {
            scope.fault(
                "rule.port_unconnected",
                "",
                Bilingual::new("toggle、on、off 至少连接一个", "connect one of `toggle`, `on` and `off` at least"),
            );
            return None;
        }
        Some(FlipFlop { initial: params.initial })
    }

    fn init(&self) -> bool {
        self.initial
    }

    fn step(&self, on: &mut bool, io: &mut Io<'_>) {
        *on ^= io.event(TOGGLE);
        *on = (*on || io.event(ON)) && !io.event(OFF);
        io.set(0, Some(Value::Bool(*on)));
    }
}
