//! `changed_by`: a number has changed by at least so much.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which way counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Way {
    /// Up or down.
    #[default]
    Either,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// Parameters of `changed_by`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// By how much at least.
    #[schemars(range(min = 0.0))]
    pub(crate) by: f64,
    /// Unit of it; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// Which way counts: `either`, `up`, `down`.
    #[serde(default, skip_serializing_if = "is_either")]
    pub(crate) way: Way,
}

fn is_either(way: &Way) -> bool {
    *way == Way::Either
}

/// The node in a plan: in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ChangedBy {
    by: f64,
    way: Way,
}

impl Kind for ChangedBy {
    const TYPE: &'static str = "changed_by";
    const TITLE: Text = Text::new("变化达到", "Changed by");
    const DOC: Text = Text::new(
        "数值变化达到给定的量时发出一个事件，再从新值算起。either 与上次事件时（起初为第一个已知值）相比；\
         up 与其后的最低值相比，down 与其后的最高值相比。未知的时候不算变化。",
        "An event each time that a number has changed by at least so much; then it counts from the new value on. `either` \
         compares with the value at the last event (at first, the first known one), `up` with the lowest since, `down` with the \
         highest since. Being unknown for a while is no change.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("数值", "the number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("变化够大的时刻", "the moment at which it has"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("变化一度", "by one degree"),
            params: r#"{"by": 1}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | 20 | -",
                "0:10 | 20.9 | -",
                "0:20 | 21 | !",
                "0:30 | ? | -",
                "0:40 | 20.5 | -",
                "0:50 | 20 | !",
            ],
        },
        Example {
            title: Text::new("从低处升高 0.5 kPa", "up by 0.5 kPa from its lowest"),
            params: r#"{"by": 0.5, "unit": "kPa", "way": "up"}"#,
            inputs: &[("in", Carries::Number("Pa"))],
            rows: &[
                "0:00 | 1000 | -",
                "0:10 | 300 | -",
                "0:20 | 799 | -",
                "0:30 | 800 | !",
                "0:40 | 1200 | -",
                "0:50 | 1300 | !",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("way", "up")], "{in}升高了 {by:difference}", "{in} has risen by {by:difference}"),
        Words::when(&[("way", "down")], "{in}降低了 {by:difference}", "{in} has fallen by {by:difference}"),
        Words::new("{in}变化了 {by:difference}", "{in} has changed by {by:difference}"),
    ];

    type Params = Params;
    /// What it is compared with.
    type State = Option<f64>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<ChangedBy> {
        let lasting = scope.lasting(0, "");
        let by = scope.positive("by", params.by);
        let own = scope.number(0, "in")?;
        let by = scope.converted_delta("by", by?, params.unit, own)?;
        lasting.then_some(ChangedBy { by, way: params.way })
    }

    fn init(&self) -> Option<f64> {
        None
    }

    fn step(&self, reference: &mut Option<f64>, io: &mut Io<'_>) {
        let Some(n) = io.value(0).and_then(Value::as_number) else { return };
        let Some(from) = *reference else {
            *reference = Some(n);
            return;
        };
        let (far, nearer) = match self.way {
            Way::Either => ((n - from).abs() >= self.by, from),
            Way::Up => (n - from >= self.by, from.min(n)),
            Way::Down => (from - n >= self.by, from.max(n)),
        };
        *reference = Some(if far { n } else { nearer });
        if far {
            io.fire(0);
        }
    }
}
