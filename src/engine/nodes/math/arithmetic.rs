//! `arithmetic`: two numbers added, subtracted, multiplied, divided; with their units.

use crate::analysis::{Function, Meaning, Seen, Set};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::{Affine, Calculation, Join};
use crate::words::Words;
use base::{Bilingual, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Operation {
    /// The sum.
    #[serde(rename = "+")]
    Add,
    /// The difference.
    #[serde(rename = "-")]
    Subtract,
    /// The product.
    #[serde(rename = "*")]
    Multiply,
    /// The quotient.
    #[serde(rename = "/")]
    Divide,
    /// The remainder of the division, never below zero.
    #[serde(rename = "%")]
    Remainder,
    /// The power.
    #[serde(rename = "^")]
    Power,
}

/// Parameters of `arithmetic`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What is done: `+`, `-`, `*`, `/`, `%` (remainder), `^` (power).
    pub(crate) op: Operation,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Arithmetic {
    op: Operation,
    a: Affine,
    b: Affine,
}

impl Operation {
    fn join(self) -> Join {
        match self {
            Operation::Add => Join::Add,
            Operation::Subtract => Join::Subtract,
            Operation::Multiply => Join::Multiply,
            Operation::Divide => Join::Divide,
            Operation::Remainder => Join::Remainder,
            Operation::Power => Join::Power,
        }
    }
}

impl Kind for Arithmetic {
    const TYPE: &'static str = "arithmetic";
    const TITLE: Text = Text::new("四则运算", "Arithmetic");
    const DOC: Text = Text::new(
        "对 a 和 b 做加、减、乘、除、取余（结果不为负）或乘方。单位在编译时推算：同类量可以相加减、取余、相除，\
         纯数按另一个的单位计；百分比乘以量是它的一部分；功率×时间=能量、电压×电流=功率、速度×时间=长度、流量×时间=体积，\
         除法反之。两个摄氏或华氏温度只能相减，差以 K 计。没有意义的组合在编译时拒绝，可先用 convert 去掉单位。\
         有一个未知、除以 0 或结果超出范围时输出未知。",
        "Adds, subtracts, multiplies, divides, takes the remainder (never below zero) or the power of `a` and `b`. Units are \
         worked out when the rule is compiled: amounts of one kind add up, subtract, divide; a pure number counts in the unit \
         of the other; a percentage times an amount is a part of it; power × time is energy, voltage × current power, speed × \
         time length, flow × time volume, and back by division. Two temperatures in °C or °F can only be subtracted, which \
         gives K. What makes no sense is refused; `convert` takes a unit away. Unknown when one of them is, when the divisor \
         is 0, and when the result is beyond all bounds.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("a", PortKind::Value, Text::new("第一个数", "the first number")),
        PortSpec::one("b", PortKind::Value, Text::new("第二个数", "the second number")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("结果", "the result"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("室内外温差，以 K 计", "how much warmer it is inside, in K"),
            params: r#"{"op": "-"}"#,
            inputs: &[("a", Carries::Number("Cel")), ("b", Carries::Number("[degF]"))],
            rows: &["0:00 | 25 | 68 | 5", "0:10 | 25 | ? | ?"],
        },
        Example {
            title: Text::new("电压乘电流是功率", "voltage times current is power"),
            params: r#"{"op": "*"}"#,
            inputs: &[("a", Carries::Number("V")), ("b", Carries::Number("A"))],
            rows: &["0:00 | 230 | 2 | 460"],
        },
        Example {
            title: Text::new("除以 0 没有结果", "nothing is divided by 0"),
            params: r#"{"op": "/"}"#,
            inputs: &[("a", Carries::Number("kW")), ("b", Carries::Number("W"))],
            rows: &["0:00 | 1 | 500 | 2", "0:10 | 1 | 0 | ?"],
        },
        Example {
            title: Text::new("余数不为负", "a remainder is never below zero"),
            params: r#"{"op": "%"}"#,
            inputs: &[("a", Carries::Number("1")), ("b", Carries::Number("1"))],
            rows: &["0:00 | 7 | 3 | 1", "0:10 | -7 | 3 | 2", "0:20 | 7 | 0 | ?"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("op", "+")], "{a}与{b}之和", "the sum of {a} and {b}"),
        Words::when(&[("op", "-")], "{a}与{b}之差", "the difference of {a} and {b}"),
        Words::when(&[("op", "*")], "{a}与{b}之积", "the product of {a} and {b}"),
        Words::when(&[("op", "/")], "{a}与{b}之商", "the quotient of {a} and {b}"),
        Words::when(&[("op", "%")], "{a}除以{b}的余数", "the remainder of {a} divided by {b}"),
        Words::when(&[("op", "^")], "{a}的{b}次方", "{a} to the power of {b}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Arithmetic> {
        let (a, b) = (scope.number(0, "a"), scope.number(1, "b"));
        let (a, b) = (a?, b?);
        let Some(how) = Calculation::of(params.op.join(), a, b) else {
            let (a, b) = (PortType::Number(a).words(), PortType::Number(b).words());
            scope.fault(
                "rule.unit",
                "op",
                Bilingual::new(
                    format!("这样运算没有意义：{}与{}", a.zh, b.zh),
                    format!("this makes no sense of {} and {}", a.en, b.en),
                ),
            );
            scope.help(
                "用 convert 节点换算单位，或以 unit: 1、from: 1 当作纯数",
                "a `convert` node brings them into units that go together, or makes pure numbers with `unit` and `from` 1",
            );
            return None;
        };
        scope.produces(0, PortType::Number(how.unit));
        Some(Arithmetic { op: params.op, a: how.a, b: how.b })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let number = |port: usize| io.value(port).and_then(Value::as_number);
        let result = number(0).zip(number(1)).and_then(|(a, b)| known(self.of(a, b)));
        io.set(0, result);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let (a, b, this) = (seen.term(0), seen.term(1), self.clone());
        let term = match (self.op, a.number(), b.number()) {
            (Operation::Remainder, ..) | (_, None, None) => seen.hidden(0, self.range(a.bounds(), b.bounds())),
            (Operation::Power, _, Some(b)) => a.through(Function::turning([0.0], move |n| this.of(n, b))),
            (_, _, Some(b)) => a.through(Function::steady(move |n| this.of(n, b))),
            (Operation::Power, Some(a), None) if a < 0.0 => seen.hidden(0, None),
            (_, Some(a), None) => {
                b.through(Function::turning([-self.b.offset / self.b.factor], move |n| this.of(a, n)))
            }
        };
        vec![Meaning::Value(term)]
    }
}

impl Arithmetic {
    fn of(&self, a: f64, b: f64) -> f64 {
        let (a, b) = (self.a.of(a), self.b.of(b));
        match self.op {
            Operation::Add => a + b,
            Operation::Subtract => a - b,
            Operation::Multiply => a * b,
            Operation::Divide => a / b,
            Operation::Remainder => a.rem_euclid(b),
            Operation::Power => libm::pow(a, b),
        }
    }

    /// Between which numbers the result lies for numbers between others; none where that is not known.
    fn range(&self, a: (f64, f64), b: (f64, f64)) -> Option<Set> {
        let divisor = (self.b.of(b.0), self.b.of(b.1));
        let (low, high) = match self.op {
            Operation::Power => return None,
            Operation::Divide | Operation::Remainder if divisor.0 <= 0.0 && divisor.1 >= 0.0 => return None,
            Operation::Remainder => (0.0, divisor.0.abs().max(divisor.1.abs())),
            Operation::Add | Operation::Subtract | Operation::Multiply | Operation::Divide => {
                // It is largest and smallest in corners; what is undefined there lies between the others.
                let corners = [(a.0, b.0), (a.0, b.1), (a.1, b.0), (a.1, b.1)].map(|(a, b)| self.of(a, b));
                (
                    corners.into_iter().fold(f64::INFINITY, f64::min),
                    corners.into_iter().fold(f64::NEG_INFINITY, f64::max),
                )
            }
        };
        (low <= high).then(|| Set::between(low, high))
    }
}
