//! `hysteresis`: on at one limit, off at another.

use crate::analysis::{Condition, Meaning, Seen};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `hysteresis`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Where it becomes true.
    pub(crate) on: f64,
    /// Where it becomes false again; below `on` for what rises, above it for what falls.
    pub(crate) off: f64,
    /// Unit of the limits; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan: limits are in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hysteresis {
    on: f64,
    off: f64,
}

impl Kind for Hysteresis {
    const TYPE: &'static str = "hysteresis";
    const TITLE: Text = Text::new("回差开关", "Hysteresis");
    const DOC: Text = Text::new(
        "到达 on 时变为 true，回到 off 时变为 false，其间保持不变。on 大于 off 时用于升高（如除湿），小于时用于降低（如供暖）。\
         启用规则时正在两者之间，则为 false。输入未知时输出未知，恢复后按原状态继续。",
        "Becomes true at `on` and false again at `off`; between them it stays as it is. With `on` above `off` it is for what \
         rises (drying), with `on` below `off` for what falls (heating). Between them it is false at first. While the input is \
         unknown so is the output; afterwards it goes on from where it was.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("数值", "the number"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否为开", "whether it is on"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("供暖：19 度开，21 度关", "heating: on at 19 degrees, off at 21"),
            params: r#"{"on": 19, "off": 21}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | 20 | false",
                "0:10 | 19 | true",
                "0:20 | 20.9 | true",
                "0:30 | ? | ?",
                "0:40 | 20 | true",
                "0:50 | 21 | false",
                "1:00 | 19.1 | false",
            ],
        },
        Example {
            title: Text::new("除湿：65% 开，55% 关", "drying: on at 65 %, off at 55 %"),
            params: r#"{"on": 65, "off": 55}"#,
            inputs: &[("in", Carries::Number("%"))],
            rows: &[
                "0:00 | 70 | true",
                "0:10 | 55.1 | true",
                "0:20 | 55 | false",
                "0:30 | 64 | false",
                "0:40 | 65 | true",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "{in}已到 {on:number}，还没有回到 {off:number}",
        "{in} has reached {on:number} and is not back at {off:number}",
    )];

    type Params = Params;
    /// Whether it was on when the input was last known.
    type State = bool;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Hysteresis> {
        let lasting = scope.lasting(0, "");
        let own = scope.number(0, "in")?;
        let on = scope.converted("on", params.on, params.unit, own);
        let off = scope.converted("off", params.off, params.unit, own);
        let (on, off) = (on?, off?);
        let apart = (on - off).abs() > 0.0;
        if !apart {
            let message = Bilingual::new(
                "on 与 off 不能相同；只有一个界限时用 compare",
                "`on` and `off` differ; with one limit use `compare`",
            );
            scope.fault("rule.params", "off", message);
        }
        (apart && lasting).then_some(Hysteresis { on, off })
    }

    fn init(&self) -> bool {
        false
    }

    fn step(&self, on: &mut bool, io: &mut Io<'_>) {
        let Some(n) = io.value(0).and_then(Value::as_number) else { return io.set(0, None) };
        let rising = self.on > self.off;
        let reached = |limit: f64, up: bool| if up { n >= limit } else { n <= limit };
        *on = if *on { !reached(self.off, !rising) } else { reached(self.on, rising) };
        io.set(0, Some(Value::Bool(*on)));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let (reach, leave) =
            if self.on > self.off { (Comparison::Ge, Comparison::Le) } else { (Comparison::Le, Comparison::Ge) };
        let on = seen.compared(0, reach, &Value::Number(self.on));
        let off = seen.compared(0, leave, &Value::Number(self.off));
        vec![Meaning::Condition(Condition { yes: off.no, fall: off.yes, no: on.no, rise: on.yes })]
    }
}
