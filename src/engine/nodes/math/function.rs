//! `function`: a number changed by a function of one variable.

use crate::analysis::{Function as Graph, Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::is_scale;
use crate::words::Words;
use base::unit::Dimension;
use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Function {
    /// Without its sign.
    Abs,
    /// With the other sign.
    Negate,
    /// -1, 0 or 1.
    Sign,
    /// The square root.
    Sqrt,
    /// The exponential function.
    Exp,
    /// The natural logarithm.
    Ln,
    /// The logarithm to base 10.
    Log10,
    /// The sine of an angle.
    Sin,
    /// The cosine of an angle.
    Cos,
}

/// Parameters of `function`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which function: `abs`, `negate`, `sign`, `sqrt`, `exp`, `ln`, `log10`, `sin`, `cos`.
    #[serde(rename = "fn")]
    pub(crate) function: Function,
}

/// The node in a plan; its name is that of the parameter's type as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FunctionOf {
    function: Function,
    /// By which an angle becomes radians.
    factor: f64,
}

impl Kind for FunctionOf {
    const TYPE: &'static str = "function";
    const TITLE: Text = Text::new("函数", "Function");
    const DOC: Text = Text::new(
        "绝对值 abs、取负 negate、符号 sign、平方根 sqrt、指数 exp、对数 ln 和 log10、正弦 sin、余弦 cos。abs 和 negate 保持单位\
         （摄氏、华氏温度除外），sign 得纯数，sin 和 cos 取角度或弧度（纯数），其余只取纯数。无结果时（如负数的平方根）输出未知。",
        "`abs`olute value, `negate`, `sign`, square root, exponential, logarithms, sine and cosine. `abs` and `negate` keep the \
         unit (but take no °C or °F), `sign` gives a pure number, `sin` and `cos` take an angle in degrees or, as a pure \
         number, in radians, the others pure numbers. Unknown where there is no result, as of the root of a negative number.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("结果", "the result"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("偏差的大小", "how large a deviation is"),
            params: r#"{"fn": "abs"}"#,
            inputs: &[("in", Carries::Number("K"))],
            rows: &["0:00 | -1.5 | 1.5", "0:10 | 0.5 | 0.5", "0:20 | ? | ?"],
        },
        Example {
            title: Text::new("负数没有平方根", "a negative number has no root"),
            params: r#"{"fn": "sqrt"}"#,
            inputs: &[("in", Carries::Number("1"))],
            rows: &["0:00 | 9 | 3", "0:10 | -9 | ?"],
        },
        Example {
            title: Text::new("角度的正弦", "the sine of an angle"),
            params: r#"{"fn": "sin"}"#,
            inputs: &[("in", Carries::Number("deg"))],
            rows: &["0:00 | 30 | 0.5", "0:10 | 90 | 1"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("fn", "abs")], "{in}的绝对值", "the absolute value of {in}"),
        Words::when(&[("fn", "negate")], "{in}的相反数", "the negative of {in}"),
        Words::when(&[("fn", "sign")], "{in}的符号", "the sign of {in}"),
        Words::when(&[("fn", "sqrt")], "{in}的平方根", "the square root of {in}"),
        Words::when(&[("fn", "exp")], "{in}的指数函数值", "the exponential of {in}"),
        Words::when(&[("fn", "ln")], "{in}的自然对数", "the natural logarithm of {in}"),
        Words::when(&[("fn", "log10")], "{in}的常用对数", "the decimal logarithm of {in}"),
        Words::when(&[("fn", "sin")], "{in}的正弦", "the sine of {in}"),
        Words::when(&[("fn", "cos")], "{in}的余弦", "the cosine of {in}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<FunctionOf> {
        let unit = scope.number(0, "in")?;
        let pure = unit == Unit::one();
        let angle = unit.dimension() == Dimension::Angle;
        let (takes, gives) = match params.function {
            Function::Abs | Function::Negate => (!is_scale(unit), unit),
            Function::Sign => (!is_scale(unit), Unit::one()),
            Function::Sin | Function::Cos => (pure || angle, Unit::one()),
            Function::Sqrt | Function::Exp | Function::Ln | Function::Log10 => (pure, Unit::one()),
        };
        if !takes {
            let words = PortType::Number(unit).words();
            scope.fault(
                "rule.unit",
                "fn",
                Bilingual::new(
                    format!("这个函数对{}没有意义", words.zh),
                    format!("this function makes no sense of {}", words.en),
                ),
            );
            scope.help(
                "用 convert 节点以 unit: 1、from: 1 当作纯数",
                "a `convert` node makes a pure number with `unit` and `from` 1",
            );
            return None;
        }
        scope.produces(0, PortType::Number(gives));
        Some(FunctionOf { function: params.function, factor: if angle { unit.def().factor } else { 1.0 } })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let result = io.value(0).and_then(Value::as_number).and_then(|n| known(self.of(n)));
        io.set(0, result);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let this = self.clone();
        let of = move |n| this.of(n);
        let function = match self.function {
            Function::Sin | Function::Cos => return vec![seen.bounded((-1.0, 1.0))],
            Function::Negate | Function::Sign | Function::Exp => Graph::steady(of),
            Function::Abs | Function::Sqrt | Function::Ln | Function::Log10 => Graph::turning([0.0], of),
        };
        vec![Meaning::Value(seen.term(0).through(function))]
    }
}

impl FunctionOf {
    fn of(&self, n: f64) -> f64 {
        match self.function {
            Function::Abs => n.abs(),
            Function::Negate => -n,
            Function::Sign if n > 0.0 => 1.0,
            Function::Sign if n < 0.0 => -1.0,
            Function::Sign => 0.0,
            Function::Sqrt => n.sqrt(),
            Function::Exp => libm::exp(n),
            Function::Ln => libm::log(n),
            Function::Log10 => libm::log10(n),
            Function::Sin => libm::sin(n * self.factor),
            Function::Cos => libm::cos(n * self.factor),
        }
    }
}
