//! Typed questions about present states, and their answers.

use base::id::{DeviceId, PointId};
use base::{Quality, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{Selector, States, World};

/// Most rows of a frame; the count in the answer is of all.
pub const ROWS_MAX: usize = 1_000;

/// A question about present states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Which points.
    pub select: Selector,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked about the selected points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// What are they?
    Value,
    /// Does every one satisfy it? (A question about a single point is `all`.)
    All(Condition),
    /// Does any satisfy it?
    Any(Condition),
    /// How many satisfy it?
    Count(Condition),
    /// Which satisfy it?
    Which(Condition),
    /// Which is highest?
    Highest,
    /// Which is lowest?
    Lowest,
    /// What is the mean?
    Mean,
    /// What is the sum?
    Sum,
    /// How far is the value above that of another point? Below it when negative.
    Difference(PointId),
    /// Does the value compare so with that of another point?
    Than(Than),
    /// Where are the devices?
    Place,
}

/// A comparison with the present value of another point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Than {
    /// How to compare.
    pub op: Comparison,
    /// With which point.
    pub point: PointId,
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Comparison {
    /// Equal.
    #[serde(rename = "=")]
    Eq,
    /// Not equal.
    #[serde(rename = "!=")]
    Ne,
    /// Less.
    #[serde(rename = "<")]
    Lt,
    /// Less or equal.
    #[serde(rename = "<=")]
    Le,
    /// Greater.
    #[serde(rename = ">")]
    Gt,
    /// Greater or equal.
    #[serde(rename = ">=")]
    Ge,
}

impl Comparison {
    /// Compares; order exists only between numbers.
    pub fn holds(self, left: &Value, right: &Value) -> bool {
        match (self, left, right) {
            (Comparison::Eq, a, b) => a.close_to(b, 1e-9),
            (Comparison::Ne, a, b) => !a.close_to(b, 1e-9),
            (Comparison::Lt, Value::Number(a), Value::Number(b)) => a < b,
            (Comparison::Le, Value::Number(a), Value::Number(b)) => a <= b,
            (Comparison::Gt, Value::Number(a), Value::Number(b)) => a > b,
            (Comparison::Ge, Value::Number(a), Value::Number(b)) => a >= b,
            _ => false,
        }
    }
    /// The comparison that holds exactly when this one does not.
    pub fn negated(self) -> Comparison {
        match self {
            Comparison::Eq => Comparison::Ne,
            Comparison::Ne => Comparison::Eq,
            Comparison::Lt => Comparison::Ge,
            Comparison::Le => Comparison::Gt,
            Comparison::Gt => Comparison::Le,
            Comparison::Ge => Comparison::Lt,
        }
    }
}

/// A condition on one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// How to compare.
    pub op: Comparison,
    /// With what, in the point's own unit.
    pub value: Value,
}

/// A table of present values and what follows from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// The rows that answer the question, at most [`ROWS_MAX`].
    pub rows: Vec<FrameRow>,
    /// What follows.
    pub result: FrameResult,
    /// How many points were looked at.
    pub points: usize,
    /// How many of them have no good value.
    pub without_value: usize,
    /// When.
    pub at: Timestamp,
}

/// One present value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameRow {
    /// The device.
    pub device: DeviceId,
    /// The point.
    pub point: PointId,
    /// Its value; none when there never was one.
    pub value: Option<Value>,
    /// How far it can be trusted.
    pub quality: Quality,
    /// When it was measured.
    pub at: Option<Timestamp>,
}

/// What follows from the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrameResult {
    /// The rows themselves.
    Rows,
    /// Yes or no.
    Truth(bool),
    /// How many.
    Count(usize),
    /// A number in the unit of the points.
    Number(f64),
    /// No value is known.
    Nothing,
}

impl Query {
    /// Answers from a snapshot. Points without any value never satisfy a condition.
    pub fn answer(&self, world: &World, states: &States, now: Timestamp) -> Frame {
        let mut ids = self.select.points(world, now);
        if let Ask::Difference(other) | Ask::Than(Than { point: other, .. }) = self.ask {
            ids.truncate(1);
            ids.push(other);
        }
        let mut rows: Vec<FrameRow> = ids.iter().filter_map(|id| FrameRow::of(*id, world, states)).collect();
        let points = rows.len();
        let without_value = rows.iter().filter(|r| r.value.is_none() || r.quality == Quality::Bad).count();
        let known = rows.iter().any(|r| r.value.is_some());
        let result = match &self.ask {
            Ask::Place => FrameResult::Rows,
            _ if !known => FrameResult::Nothing,
            Ask::Value => FrameResult::Rows,
            Ask::All(c) => {
                let all = rows.iter().all(|r| r.satisfies(c));
                if rows.len() > 1 {
                    rows.retain(|r| r.satisfies(c) == all);
                }
                FrameResult::Truth(all)
            }
            Ask::Any(c) => {
                rows.retain(|r| r.satisfies(c));
                FrameResult::Truth(!rows.is_empty())
            }
            Ask::Count(c) => {
                rows.retain(|r| r.satisfies(c));
                FrameResult::Count(rows.len())
            }
            Ask::Which(c) => {
                rows.retain(|r| r.satisfies(c));
                FrameResult::Rows
            }
            Ask::Highest | Ask::Lowest => extreme(&mut rows, self.ask == Ask::Highest),
            Ask::Mean | Ask::Sum => {
                let all = numbers(&rows);
                let sum: f64 = all.iter().sum();
                match (all.len(), &self.ask) {
                    (0, _) => FrameResult::Nothing,
                    (n, Ask::Mean) => FrameResult::Number(sum / n as f64),
                    _ => FrameResult::Number(sum),
                }
            }
            Ask::Difference(_) => apart(&rows, world).map_or(FrameResult::Nothing, FrameResult::Number),
            Ask::Than(than) => apart(&rows, world).map_or(FrameResult::Nothing, |n| {
                FrameResult::Truth(than.op.holds(&Value::Number(n), &Value::Number(0.0)))
            }),
        };
        rows.truncate(ROWS_MAX);
        Frame { rows, result, points, without_value, at: now }
    }
}

impl FrameRow {
    fn of(id: PointId, world: &World, states: &States) -> Option<FrameRow> {
        let sample = states.get(&id);
        Some(FrameRow {
            device: world.point(id)?.device,
            point: id,
            value: sample.map(|s| s.value.clone()),
            quality: sample.map_or(Quality::Bad, |s| s.quality),
            at: sample.map(|s| s.at),
        })
    }

    fn satisfies(&self, c: &Condition) -> bool {
        self.value.as_ref().is_some_and(|v| c.op.holds(v, &c.value))
    }
}

fn numbers(rows: &[FrameRow]) -> Vec<f64> {
    rows.iter().filter_map(|r| r.value.as_ref()?.as_number()).collect()
}

/// Leaves the rows with the highest or lowest number.
fn extreme(rows: &mut Vec<FrameRow>, highest: bool) -> FrameResult {
    let all = numbers(rows).into_iter();
    let best = if highest { all.fold(f64::NEG_INFINITY, f64::max) } else { all.fold(f64::INFINITY, f64::min) };
    rows.retain(|r| r.value.as_ref().and_then(Value::as_number).is_some_and(|n| (n - best).abs() < 1e-9));
    if rows.is_empty() { FrameResult::Nothing } else { FrameResult::Number(best) }
}

/// The first row's number less the second's, in the unit of the first.
fn apart(rows: &[FrameRow], world: &World) -> Option<f64> {
    let [first, second] = rows else { return None };
    let number = |r: &FrameRow| r.value.as_ref().and_then(Value::as_number);
    let unit = |r: &FrameRow| world.point(r.point).and_then(things::PointSpec::unit);
    let (a, b) = (number(first)?, number(second)?);
    let b = match (unit(first), unit(second)) {
        (Some(own), Some(other)) => other.convert(b, own)?,
        (None, None) => b,
        _ => return None,
    };
    Some(a - b)
}
