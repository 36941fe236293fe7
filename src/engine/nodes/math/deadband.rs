//! `deadband`: a number that follows only changes that are large enough.

use crate::analysis::{Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `deadband`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The smallest change that is followed.
    #[schemars(range(min = 0.0))]
    pub(crate) band: f64,
    /// Unit of the band; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan: the band is in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Deadband {
    band: f64,
}

impl Kind for Deadband {
    const TYPE: &'static str = "deadband";
    const TITLE: Text = Text::new("死区", "Dead band");
    const DOC: Text = Text::new(
        "输入与上次输出相差达到 band 时才跟随，较小的变化不传下去。输入未知时输出未知，恢复后与上次输出比较。",
        "Follows the input once it differs from the last output by `band` or more; smaller changes go no further. Unknown when \
         the input is; afterwards the last output counts again.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("稳定的数", "the number without small changes"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("半度以下的变化不算", "changes below half a degree do not count"),
        params: r#"{"band": 0.5}"#,
        inputs: &[("in", Carries::Number("Cel"))],
        rows: &[
            "0:00 | 21 | 21",
            "0:10 | 21.4 | 21",
            "0:20 | 21.5 | 21.5",
            "0:30 | ? | ?",
            "0:40 | 21.1 | 21.5",
            "0:50 | 20 | 20",
        ],
    }];
    const WORDS: &'static [Words] =
        &[Words::new("{in}（变化不足 {band:number} 不计）", "{in} in changes of at least {band:number}")];

    type Params = Params;
    /// The last output.
    type State = Option<f64>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Deadband> {
        let own = scope.number(0, "in")?;
        scope.produces(0, PortType::Number(own));
        let lasting = scope.lasting(0, "");
        let band = scope.converted_delta("band", params.band, params.unit, own)?;
        let band = scope.positive("band", band)?;
        lasting.then_some(Deadband { band })
    }

    fn init(&self) -> Option<f64> {
        None
    }

    fn step(&self, last: &mut Option<f64>, io: &mut Io<'_>) {
        let Some(n) = io.value(0).and_then(Value::as_number) else { return io.set(0, None) };
        // Decimal fractions are not exact: 21.5 - 21 may come out a little below a half.
        let given = last.filter(|last| (n - last).abs() < self.band - 1e-9 * self.band).unwrap_or(n);
        *last = Some(given).filter(|n| n.is_finite());
        io.set(0, known(given));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.near(0, self.band, self.band)]
    }
}
