//! `aggregate`: one value of all points of a selection: their mean, how many are on, whether any is.

use crate::checks::known;
use crate::compile::Scope;
use crate::each;
use crate::limits::LISTED_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::{Io, Wake};
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::Affine;
use crate::words::Words;
use base::id::PointId;
use base::{Bilingual, Quality, Unit, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{PointKind, PointSpec, Selector};

/// What is made of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Summary {
    /// Their mean.
    Mean,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// Their sum.
    Sum,
    /// How many satisfy the condition.
    Count,
    /// Whether one satisfies the condition.
    Any,
    /// Whether all satisfy the condition.
    All,
}

impl Summary {
    fn judges(self) -> bool {
        matches!(self, Summary::Count | Summary::Any | Summary::All)
    }
}

/// Parameters of `aggregate`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The points; give the trait, so that only points of one meaning are selected.
    pub(crate) select: Selector,
    /// Only the points in the room, or of the device, that the rule stands for (`each`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) here: bool,
    /// What is made of them: `mean`, `min`, `max`, `sum`, `count`, `any`, `all`.
    pub(crate) op: Summary,
    /// Of `count`, `any` and `all`: how each compares with `value`; `=` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) is: Option<Comparison>,
    /// Of `count`, `any` and `all`: what each is compared with; true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
    /// Unit of the result and of `value`; that of the first point when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// The result is unknown when one of the points is; otherwise those are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) strict: bool,
}

/// The node in a plan: the selection as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Aggregate {
    /// The points, and how their numbers come into one unit.
    members: Vec<(PointId, Affine)>,
    op: Summary,
    is: Comparison,
    value: Value,
    strict: bool,
}

impl Kind for Aggregate {
    const TYPE: &'static str = "aggregate";
    const TITLE: Text = Text::new("汇总", "Aggregate");
    const DOC: Text = Text::new(
        "把一组点位汇总为一个值：平均 mean、最小 min、最大 max、总和 sum，或满足条件的个数 count、是否有一个 any、是否全部 all\
         （条件由 is 和 value 给出，缺省为真）。未知的点位不计；strict 为真时有一个未知结果就未知（any、all 已能确定时除外）。\
         没有一个已知时未知。设备增减、搬动后规则重新编译，成员随之变化。",
        "Makes one value of all points of a selection: `mean`, `min`, `max`, `sum`, or how many satisfy a condition (`count`), \
         whether one does (`any`), whether all do (`all`); the condition is `is` and `value`, true when absent. Points that are \
         unknown are left out; with `strict` the result is unknown when one of them is, unless `any` or `all` is decided \
         already. Unknown when none is known. When devices come, go or move, the rule is compiled again and so has the members \
         of then.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("汇总值", "the result"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("全楼二氧化碳的平均值；坏值不计", "the mean CO2 of the building; bad values are left out"),
            params: r#"{"select": {"everything": true, "trait": "measure.co2"}, "op": "mean"}"#,
            inputs: &[("report", Carries::Report)],
            rows: &["0:00 | 600 | 600", "0:10 | 812 | 812", "0:20 | bad | ?"],
        },
        Example {
            title: Text::new("是否有一处超过 1000 ppm", "whether it is above 1000 ppm anywhere"),
            params: r#"{"select": {"everything": true, "trait": "measure.co2"}, "op": "any", "is": ">", "value": 1000}"#,
            inputs: &[("report", Carries::Report)],
            rows: &["0:00 | 600 | false", "0:10 | 1200 | true", "0:20 | bad | ?"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("op", "mean"), ("strict", "true")],
            "[{here:here}]{select:select}的平均值[（以 {unit} 计）]（须全部已知）",
            "the mean of {select:select}[{here:here}][ in {unit}] if all are known",
        ),
        Words::when(
            &[("op", "min"), ("strict", "true")],
            "[{here:here}]{select:select}的最小值[（以 {unit} 计）]（须全部已知）",
            "the minimum of {select:select}[{here:here}][ in {unit}] if all are known",
        ),
        Words::when(
            &[("op", "max"), ("strict", "true")],
            "[{here:here}]{select:select}的最大值[（以 {unit} 计）]（须全部已知）",
            "the maximum of {select:select}[{here:here}][ in {unit}] if all are known",
        ),
        Words::when(
            &[("op", "sum"), ("strict", "true")],
            "[{here:here}]{select:select}的总和[（以 {unit} 计）]（须全部已知）",
            "the sum of {select:select}[{here:here}][ in {unit}] if all are known",
        ),
        Words::when(
            &[("op", "count"), ("strict", "true")],
            "[{here:here}]{select:select}中[ {is}][ {value}][（以 {unit} 计）]的个数（须全部已知）",
            "the number of {select:select}[{here:here}] that are[ {is}][ {value}][ in {unit}] if all are known",
        ),
        Words::when(
            &[("op", "any"), ("strict", "true")],
            "[{here:here}]{select:select}中有一个[ {is}][ {value}][（以 {unit} 计）]成立（须全部已知）",
            "any of {select:select}[{here:here}] is[ {is}][ {value}][ in {unit}] if all are known",
        ),
        Words::when(
            &[("op", "all"), ("strict", "true")],
            "[{here:here}]{select:select}全部[ {is}][ {value}][（以 {unit} 计）]成立（须全部已知）",
            "all of {select:select}[{here:here}] are[ {is}][ {value}][ in {unit}] if all are known",
        ),
        Words::when(
            &[("op", "mean")],
            "[{here:here}]{select:select}的平均值[（以 {unit} 计）]",
            "the mean of {select:select}[{here:here}][ in {unit}]",
        ),
        Words::when(
            &[("op", "min")],
            "[{here:here}]{select:select}的最小值[（以 {unit} 计）]",
            "the minimum of {select:select}[{here:here}][ in {unit}]",
        ),
        Words::when(
            &[("op", "max")],
            "[{here:here}]{select:select}的最大值[（以 {unit} 计）]",
            "the maximum of {select:select}[{here:here}][ in {unit}]",
        ),
        Words::when(
            &[("op", "sum")],
            "[{here:here}]{select:select}的总和[（以 {unit} 计）]",
            "the sum of {select:select}[{here:here}][ in {unit}]",
        ),
        Words::when(
            &[("op", "count")],
            "[{here:here}]{select:select}中[ {is}][ {value}][（以 {unit} 计）]的个数",
            "the number of {select:select}[{here:here}] that are[ {is}][ {value}][ in {unit}]",
        ),
        Words::when(
            &[("op", "any")],
            "[{here:here}]{select:select}中有一个[ {is}][ {value}][（以 {unit} 计）]成立",
            "any of {select:select}[{here:here}] is[ {is}][ {value}][ in {unit}]",
        ),
        Words::when(
            &[("op", "all")],
            "[{here:here}]{select:select}全部[ {is}][ {value}][（以 {unit} 计）]成立",
            "all of {select:select}[{here:here}] are[ {is}][ {value}][ in {unit}]",
        ),
    ];

    type Params = Params;
    /// The present value of each member.
    type State = Vec<Option<Value>>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Aggregate> {
        let ids = each::selected(&params.select, params.here, scope)?;
        let world = scope.world;
        let specs: Vec<&PointSpec> = ids.iter().filter_map(|id| world.point(*id)).collect();
        let types: Vec<PortType> = specs.iter().filter_map(|spec| type_of(spec)).collect();
        let Some(first) = types.first().filter(|_| types.len() == specs.len()) else {
            let message =
                Bilingual::new("选中的点位里有没有值可读的", "some of the points have no value that a rule can read");
            scope.fault("rule.not_readable", "select", message);
            return None;
        };
        let own = if let PortType::Number(unit) = first { Some(params.unit.unwrap_or(*unit)) } else { None };
        let how: Vec<Option<Affine>> = types.iter().map(|type_| brought(type_, first, own)).collect();
        let misfits =
            specs.iter().zip(&how).filter(|(_, how)| how.is_none()).map(|(spec, _)| world.point_words(spec.id));
        let misfits: Vec<Bilingual> = misfits.take(LISTED_MAX).collect();
        if !misfits.is_empty() {
            let names = Bilingual::join(&misfits, &Bilingual::new("、", ", "));
            let words = own.map_or(first.clone(), PortType::Number).words();
            scope.fault(
                "rule.value_kind",
                "select",
                Bilingual::new(format!("不是{}：{}", words.zh, names.zh), format!("not {}: {}", words.en, names.en)),
            );
            scope.help("在选择里写明 trait", "give the trait in the selection");
            return None;
        }
        let judged =
            if params.op.judges() { condition(&params, first, own, scope) } else { plain(&params, own, scope) };
        scope.produces(
            0,
            match (params.op, own) {
                (Summary::Any | Summary::All, _) => PortType::Bool,
                (Summary::Count, _) | (_, None) => PortType::Number(Unit::one()),
                (_, Some(unit)) => PortType::Number(unit),
            },
        );
        let (is, value) = judged?;
        let members = ids.into_iter().zip(how.into_iter().flatten()).collect();
        Some(Aggregate { members, op: params.op, is, value, strict: params.strict })
    }

    fn init(&self) -> Vec<Option<Value>> {
        vec![None; self.members.len()]
    }

    fn step(&self, values: &mut Vec<Option<Value>>, io: &mut Io<'_>) {
        values.resize(self.members.len(), None);
        for ((point, how), value) in self.members.iter().zip(values.iter_mut()) {
            let Some(sample) = io.report(*point) else { continue };
            *value = Some(&sample.value).filter(|_| sample.quality != Quality::Bad).and_then(|value| match value {
                Value::Number(n) => known(how.of(*n)),
                Value::List(_) | Value::Map(_) => None,
                other => Some(other.clone()),
            });
        }
        let result = if self.op.judges() { self.judged(values) } else { self.reckoned(values) };
        io.set(0, result);
    }

    fn wakes(&self) -> Vec<Wake> {
        self.members.iter().map(|(point, _)| Wake::Point(*point)).collect()
    }
}

impl Aggregate {
    fn reckoned(&self, values: &[Option<Value>]) -> Option<Value> {
        let numbers: Vec<f64> = values.iter().flatten().filter_map(Value::as_number).collect();
        if numbers.is_empty() || self.strict && numbers.len() < self.members.len() {
            return None;
        }
        let sum: f64 = numbers.iter().sum();
        known(match self.op {
            Summary::Mean => sum / numbers.len() as f64,
            Summary::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
            Summary::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Summary::Sum | Summary::Count | Summary::Any | Summary::All => sum,
        })
    }

    fn judged(&self, values: &[Option<Value>]) -> Option<Value> {
        let verdicts: Vec<bool> = values.iter().flatten().map(|value| self.is.holds(value, &self.value)).collect();
        let missing = self.strict && verdicts.len() < self.members.len();
        let whole = |result: Value| (!missing).then_some(result);
        if verdicts.is_empty() {
            return None;
        }
        match self.op {
            Summary::Any if verdicts.contains(&true) => Some(Value::Bool(true)),
            Summary::Any => whole(Value::Bool(false)),
            Summary::All if verdicts.contains(&false) => Some(Value::Bool(false)),
            Summary::All => whole(Value::Bool(true)),
            _ => whole(Value::Number(verdicts.iter().filter(|holds| **holds).count() as f64)),
        }
    }
}

fn type_of(spec: &PointSpec) -> Option<PortType> {
    match &spec.kind {
        PointKind::Bool => Some(PortType::Bool),
        PointKind::Number { unit, .. } => Some(PortType::Number(*unit)),
        PointKind::Enum { tokens } => Some(PortType::Enum(tokens.iter().map(|t| t.token.clone()).collect())),
        PointKind::Text { .. } => Some(PortType::Text),
        PointKind::Service | PointKind::Other => None,
    }
}

/// How a point of this type comes together with the first.
fn brought(type_: &PortType, first: &PortType, unit: Option<Unit>) -> Option<Affine> {
    match (type_, unit) {
        (PortType::Number(from), Some(unit)) => Affine::between(*from, unit),
        (PortType::Enum(_) | PortType::Text, None) if !matches!(first, PortType::Bool) => Some(Affine::SAME),
        (PortType::Bool, None) => (*first == PortType::Bool).then_some(Affine::SAME),
        _ => None,
    }
}

/// What each point is compared with.
fn condition(
    params: &Params,
    first: &PortType,
    unit: Option<Unit>,
    scope: &mut Scope<'_>,
) -> Option<(Comparison, Value)> {
    let is = params.is.unwrap_or(Comparison::Eq);
    let value = params.value.clone().unwrap_or(Value::Bool(true));
    let listed = match (first, &value) {
        (PortType::Enum(tokens), Value::Text(token)) => tokens.contains(token),
        _ => first.admits(&value),
    };
    if !listed {
        scope.wrong_value("value", first, &value);
        return None;
    }
    if unit.is_none() && !matches!(is, Comparison::Eq | Comparison::Ne) {
        let words = first.words();
        scope.fault(
            "rule.value_kind",
            "is",
            Bilingual::new(
                format!("{}没有大小之分，只能用 = 或 !=", words.zh),
                format!("{} has no order; use = or !=", words.en),
            ),
        );
        return None;
    }
    Some((is, value)).filter(|_| params.unit.is_none() || unit.is_some())
}

/// Numbers have no condition.
fn plain(params: &Params, unit: Option<Unit>, scope: &mut Scope<'_>) -> Option<(Comparison, Value)> {
    let message = match (unit, &params.is, &params.value) {
        (Some(_), None, None) => return Some((Comparison::Eq, Value::Bool(true))),
        (None, ..) => Bilingual::new("只有数值才能这样汇总", "only numbers are put together like this"),
        _ => Bilingual::new("只有 count、any、all 才有条件", "only `count`, `any` and `all` have a condition"),
    };
    scope.fault("rule.params", "op", message);
    None
}
