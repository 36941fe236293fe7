//! `switch`: an event goes on where a value says.

use crate::analysis::{Condition, Meaning, Moment, Seen};
use crate::compile::Scope;
use crate::limits::CASES_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a value is in one of the cases: this one, or a number within limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// It is this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) is: Option<Value>,
    /// It is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<f64>,
    /// It is below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<f64>,
}

/// Parameters of `switch`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The cases in the order of the outputs; the first that fits counts. Each has `is`, or `min`, `max` or both.
    pub(crate) cases: Vec<Case>,
    /// Unit of the numbers; that of `by` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan: numbers are in the unit of what chooses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Switch {
    cases: Vec<Case>,
}

const EVENT: usize = 0;
const BY: usize = 1;

impl Kind for Switch {
    const TYPE: &'static str = "switch";
    const TITLE: Text = Text::new("分支", "Switch");
    const DOC: Text = Text::new(
        "事件到来时按 by 的值从一个输出发出：第一个符合的情况对应的 out1、out2……，都不符合则 else。情况是一个取值（is），\
         或数值范围（min 以上、max 以下，不含 max）。by 未知时事件被丢弃。最多 8 种情况，更多的接在 else 之后。",
        "Lets each event out where the value of `by` says: at out1, out2 and so on for the first case that fits, else at `else`. \
         A case is a value (`is`), or a range of numbers from `min` to below `max`. While `by` is unknown the event is dropped. \
         There are 8 cases at most; further ones follow after `else`.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("事件", "the event")),
        PortSpec::one("by", PortKind::Value, Text::new("按什么分支", "what decides")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[
        PortSpec::one("out1", PortKind::Event, Text::new("第一种情况", "the first case")),
        PortSpec::one("out2", PortKind::Event, Text::new("第二种情况", "the second case")),
        PortSpec::one("out3", PortKind::Event, Text::new("第三种情况", "the third case")),
        PortSpec::one("out4", PortKind::Event, Text::new("第四种情况", "the fourth case")),
        PortSpec::one("out5", PortKind::Event, Text::new("第五种情况", "the fifth case")),
        PortSpec::one("out6", PortKind::Event, Text::new("第六种情况", "the sixth case")),
        PortSpec::one("out7", PortKind::Event, Text::new("第七种情况", "the seventh case")),
        PortSpec::one("out8", PortKind::Event, Text::new("第八种情况", "the eighth case")),
        PortSpec::one("else", PortKind::Event, Text::new("其余情况", "all other cases")),
    ];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("按模式分支", "by mode"),
            params: r#"{"cases": [{"is": "cool"}, {"is": "heat"}]}"#,
            inputs: &[("in", Carries::Event), ("by", Carries::Enum(&["off", "cool", "heat"]))],
            rows: &[
                "0:00 | - | cool | - - - - - - - - -",
                "0:10 | ! | cool | ! - - - - - - - -",
                "0:20 | ! | heat | - ! - - - - - - -",
                "0:30 | ! | off | - - - - - - - - !",
                "0:40 | ! | ? | - - - - - - - - -",
                "0:50 | - | heat | - - - - - - - - -",
            ],
        },
        Example {
            title: Text::new("按范围分支，含下限不含上限", "by range, from the lower limit to below the upper"),
            params: r#"{"cases": [{"max": 0.08}, {"min": 0.08, "max": 0.1}], "unit": "%"}"#,
            inputs: &[("in", Carries::Event), ("by", Carries::Number("[ppm]"))],
            rows: &[
                "0:00 | - | 600 | - - - - - - - - -",
                "0:10 | ! | 799 | ! - - - - - - - -",
                "0:20 | ! | 800 | - ! - - - - - - -",
                "0:30 | ! | 1000 | - - - - - - - - !",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("$out", "out1")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之一",
            "{in} with {by} in the first of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "out2")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之二",
            "{in} with {by} in the second of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "out3")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之三",
            "{in} with {by} in the third of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "out4")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之四",
            "{in} with {by} in the fourth of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "out5")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之五",
            "{in} with {by} in the fifth of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "out6")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之六",
            "{in} with {by} in the sixth of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "out7")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之七",
            "{in} with {by} in the seventh of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "out8")],
            "{in}且{by}属于情况 {cases}[（{unit}）]之八",
            "{in} with {by} in the eighth of the cases {cases}[ in {unit}]",
        ),
        Words::when(
            &[("$out", "else")],
            "{in}且{by}不属于情况 {cases}[（{unit}）]",
            "{in} with {by} in none of the cases {cases}[ in {unit}]",
        ),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Switch> {
        let counted = scope.counted("cases", params.cases.len(), 1, CASES_MAX);
        let type_ = scope.input(BY)?.clone();
        let unit = params.unit;
        if unit.is_some() && !matches!(type_, PortType::Number(_)) {
            scope.fault("rule.unit", "unit", Bilingual::new("只有数值才有单位", "only numbers have a unit"));
            return None;
        }
        let cases: Vec<Option<Case>> =
            params.cases.into_iter().enumerate().map(|(i, case)| checked(i, case, &type_, unit, scope)).collect();
        let cases: Option<Vec<Case>> = cases.into_iter().collect();
        cases.filter(|_| counted).map(|cases| Switch { cases })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if !io.event(EVENT) {
            return;
        }
        let Some(value) = io.value(BY) else { return };
        let place = self.cases.iter().position(|case| case.fits(value)).unwrap_or(CASES_MAX);
        io.fire(place);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let event = seen.moment(EVENT);
        let mut rest = Condition::always(true);
        let mut out = vec![Meaning::Moment(Moment::default()); CASES_MAX];
        for (case, place) in self.cases.iter().zip(&mut out) {
            let limit = |op, n: Option<f64>| n.map(|n| seen.compared(BY, op, &Value::Number(n)));
            let is = case.is.as_ref().map(|value| seen.compared(BY, Comparison::Eq, value));
            let all = [is, limit(Comparison::Ge, case.min), limit(Comparison::Lt, case.max)];
            let fits = Condition::all(all.into_iter().flatten());
            *place = Meaning::Moment(event.only(&rest.and(&fits).yes));
            rest = rest.and(&fits.not());
        }
        out.push(Meaning::Moment(event.only(&rest.yes)));
        out
    }
}

impl Case {
    fn fits(&self, value: &Value) -> bool {
        if let Some(is) = &self.is {
            return is.close_to(value, 1e-9);
        }
        let Some(n) = value.as_number() else { return false };
        self.min.is_none_or(|min| n >= min) && self.max.is_none_or(|max| n < max)
    }
}

/// A case in the unit of what chooses.
fn checked(i: usize, case: Case, type_: &PortType, unit: Option<Unit>, scope: &mut Scope<'_>) -> Option<Case> {
    let place = format!("cases/{i}");
    let range = case.min.is_some() || case.max.is_some();
    if case.is.is_some() == range {
        let message = Bilingual::new("写 is，或者写 min、max", "give either `is`, or `min`, `max` or both");
        scope.fault("rule.params", &place, message);
        return None;
    }
    match (type_, &case.is) {
        (PortType::Number(own), Some(Value::Number(n))) => {
            let n = scope.converted(&format!("{place}/is"), *n, unit, *own)?;
            Some(Case { is: Some(Value::Number(n)), ..case })
        }
        (PortType::Number(own), None) => {
            if !scope.ordered(&format!("{place}/min"), case.min, case.max) {
                return None;
            }
            let mut limit = |name: &str, n: Option<f64>| match n {
                Some(n) => scope.converted(&format!("{place}/{name}"), n, unit, *own).map(Some),
                None => Some(None),
            };
            let (min, max) = (limit("min", case.min), limit("max", case.max));
            Some(Case { is: None, min: min?, max: max? })
        }
        (PortType::Enum(tokens), Some(Value::Text(token))) if tokens.contains(token) => Some(case),
        (PortType::Bool, Some(Value::Bool(_))) | (PortType::Text, Some(Value::Text(_))) => Some(case),
        (_, Some(value)) => {
            scope.wrong_value(&format!("{place}/is"), type_, value);
            None
        }
        (_, None) => {
            let words = type_.words();
            scope.fault(
                "rule.value_kind",
                &place,
                Bilingual::new(format!("{}没有范围，写 is", words.zh), format!("{} has no range; give `is`", words.en)),
            );
            None
        }
    }
}
