//! `convert`: a number in another unit.

use crate::analysis::{Function, Meaning, Seen};
use crate::checks::known;
use crate::compile::{Scope, tidy};
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::Affine;
use crate::words::Words;
use base::{Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `convert`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Unit of the result.
    pub(crate) unit: Unit,
    /// Take the number as being in this unit, whatever its own is. The same as `unit` only gives it that unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Unit>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Convert {
    how: Affine,
}

impl Kind for Convert {
    const TYPE: &'static str = "convert";
    const TITLE: Text = Text::new("单位换算", "Convert");
    const DOC: Text = Text::new(
        "把数值换算为另一单位。from 说明数值实际的单位（例如没有单位的数）；unit 和 from 都写 1 就去掉单位。",
        "Converts a number to another unit. `from` says in which unit it is taken to be, where it has none or another; `unit` and \
         `from` both `1` take its unit away.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("换算后的数", "the number in that unit"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("华氏度到摄氏度", "°F to °C"),
            params: r#"{"unit": "Cel"}"#,
            inputs: &[("in", Carries::Number("[degF]"))],
            rows: &["0:00 | 68 | 20", "0:10 | ? | ?"],
        },
        Example {
            title: Text::new("没有单位的数其实是瓦", "a number without unit is watts"),
            params: r#"{"unit": "kW", "from": "W"}"#,
            inputs: &[("in", Carries::Number("1"))],
            rows: &["0:00 | 1500 | 1.5"],
        },
    ];
    const WORDS: &'static [Words] =
        &[Words::new("{in}[（当作 {from}）]换算为 {unit}", "{in}[ taken as {from}] converted to {unit}")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Convert> {
        scope.produces(0, PortType::Number(params.unit));
        let own = scope.number(0, "in")?;
        let from = params.from.unwrap_or(own);
        let how = Affine::between(from, params.unit);
        if how.is_none() {
            scope.wrong_unit("unit", from, params.unit);
        }
        how.map(|how| Convert { how })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let result = io.value(0).and_then(Value::as_number).and_then(|n| known(tidy(self.how.of(n))));
        io.set(0, result);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let how = self.how;
        vec![Meaning::Value(seen.term(0).through(Function::steady(move |n| tidy(how.of(n)))))]
    }
}
