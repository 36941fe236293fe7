//! Runs our own cases: what is said in the demo building, what came of it, what was wrong.
//!
//! What it is *not*: it knows no suite and no threshold. Start at [`run`].

use crate::building::{Building, Plan, Said};
use crate::cases::{Case, Turn};
use crate::charts;
use crate::homes::Built;
use crate::homes::ops::{self, Differences};
use crate::predict::moment;
use agent::Embedded;
use anyhow::{Context, bail};
use base::id::PointId;
use base::{Clock, Span, Timestamp, Value};
use documents::{Reason, Role};
use runtime::sim;
use serde_json::{Map, Value as Json, json};
use std::fmt;
use std::sync::Arc;
use things::States;

/// What became of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The case.
    pub id: String,
    /// Its category.
    pub category: String,
    /// What was wrong; none: it is right.
    pub fault: Option<Fault>,
    /// From each sentence to its reply.
    pub took: Vec<Span>,
    /// Understanding alone.
    pub thought: Vec<Span>,
}

/// What was wrong with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// The turn that was wrong; the last one when it is about what came after the talk.
    pub said: String,
    /// What was seen instead.
    pub detail: String,
    /// What was replied.
    pub reply: String,
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// Something was done at once that was not asked for.
    Done,
    /// Something was shown for confirmation that was not asked for.
    Shown,
    /// What was asked for was not done, or not all of it.
    Missing,
    /// A rule was wanted and none was proposed, or the other way round.
    Rule,
    /// A confirmation was wanted and something ran at once.
    Unasked,
    /// A question was wanted and none came, or the other way round.
    Question,
    /// It was refused, or not for the right reason.
    Refusal,
    /// The reply does not say what was asked.
    Answer,
    /// A chart was wanted and none was drawn, or another one, or the other way round.
    Chart,
    /// The rule does something else than it should.
    Scenario,
}

impl FaultKind {
    /// Whether something was done that nobody asked for.
    pub fn harmful(self) -> bool {
        matches!(self, FaultKind::Done | FaultKind::Unasked)
    }
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            FaultKind::Done => "something else was done",
            FaultKind::Shown => "something else was shown for confirmation",
            FaultKind::Missing => "not done",
            FaultKind::Rule => "a rule too many or too few",
            FaultKind::Unasked => "no confirmation",
            FaultKind::Question => "a question too many or too few",
            FaultKind::Refusal => "refused, or for another reason",
            FaultKind::Answer => "another answer",
            FaultKind::Chart => "another chart",
            FaultKind::Scenario => "the rule does something else",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}; the reply was: {}", self.said, self.kind.words(), self.detail, self.reply)
    }
}

/// Runs cases.
///
/// # Errors
/// When the runtime fails or a case names what the demo building does not have.
pub async fn run(cases: &[Case], clock: &Arc<dyn Clock>) -> anyhow::Result<Vec<Verdict>> {
    let mut verdicts = Vec::with_capacity(cases.len());
    for case in cases {
        verdicts.push(judge(case, clock).await.with_context(|| case.id.clone())?);
    }
    Ok(verdicts)
}

async fn judge(case: &Case, clock: &Arc<dyn Clock>) -> anyhow::Result<Verdict> {
    let mut doc = sim::world();
    for (key, name) in &case.names {
        let device = doc.devices.iter_mut().find(|d| d.key == *key).with_context(|| format!("no device {key}"))?;
        let han = base::Lang::of_text(name) == base::Lang::Zh;
        if han { &mut device.names.zh } else { &mut device.names.en }.insert(0, name.clone());
    }
    let mut values = sim::values();
    for line in &case.before {
        let (point, value) = point_value(line)?;
        values.insert(point, value);
    }
    let built = Built::of_demo(doc, values);
    let plan = Plan {
        doc: built.doc.clone(),
        values: built.values.clone(),
        unreachable: case.offline.iter().map(|key| sim::device(key)).collect(),
        now: moment(None),
        role: case.role.unwrap_or(Role::Owner),
    };
    let mut building = Building::start(plan, Arc::new(Embedded::default()), clock.clone()).await?;
    for rule in &case.rules {
        building.keep(rule).await?;
    }
    let mut verdict = Verdict {
        id: case.id.clone(),
        category: case.category.clone(),
        fault: None,
        took: Vec::new(),
        thought: Vec::new(),
    };
    verdict.fault = converse(case, &built, &mut building, &mut verdict).await?;
    building.stop().await;
    Ok(verdict)
}

async fn converse(
    case: &Case,
    built: &Built,
    building: &mut Building,
    verdict: &mut Verdict,
) -> anyhow::Result<Option<Fault>> {
    let space = case.room.as_deref().map(sim::space);
    for turn in &case.turns {
        let before = building.states().await?;
        let said = building.say(&turn.said, space).await?;
        verdict.took.push(said.took);
        verdict.thought.extend(said.thought);
        if let Some((kind, detail)) = fault_of(turn, built, &said, building.now)? {
            return Ok(Some(Fault { kind, said: turn.said.clone(), detail, reply: said.reply.text }));
        }
        if said.rejected() && !building.rests(&before).await? {
            let (kind, detail) = (FaultKind::Done, "refused, and something is another".to_owned());
            return Ok(Some(Fault { kind, said: turn.said.clone(), detail, reply: said.reply.text }));
        }
        for rule in said.rules() {
            building.approve(rule).await?;
        }
    }
    for line in &case.then {
        if let Some(detail) = step(line, building).await? {
            let said = case.turns.last().map(|t| t.said.clone()).unwrap_or_default();
            return Ok(Some(Fault { kind: FaultKind::Scenario, said, detail, reply: String::new() }));
        }
    }
    Ok(None)
}

/// What is wrong with a turn.
fn fault_of(turn: &Turn, built: &Built, said: &Said, now: Timestamp) -> anyhow::Result<Option<(FaultKind, String)>> {
    let expected: Vec<Json> = turn.effects.iter().map(|e| effect(e)).collect::<anyhow::Result<_>>()?;
    let done = ops::effects(built, &said.writes, Differences::Results);
    let reasons: Vec<&str> = said.refusals().map(|r| Reason::code(r.reason)).collect();
    let asks = !said.reply.questions.is_empty();
    let text = said.reply.text.to_lowercase();
    let fault = |kind, detail: &str| Some((kind, detail.to_owned()));
    let rules = said.rules().next().is_some();
    let chart = match &turn.chart {
        Some(expected) => charts::fault(expected, said.charts().next(), now)?,
        None => said.charts().next().map(|_| "a chart".to_owned()),
    };
    let pages: Vec<&str> = said.reply.links.iter().filter_map(|l| slug(&l.url)).collect();
    Ok(if turn.or_nothing && done.is_empty() && !rules {
        None
    } else if !ops::same(&expected, &done) {
        let kind = match (done.is_empty(), said.asked) {
            (true, _) => FaultKind::Missing,
            (false, true) => FaultKind::Shown,
            (false, false) => FaultKind::Done,
        };
        fault(kind, &format!("did {}", json!(done)))
    } else if turn.rule != rules {
        fault(FaultKind::Rule, if turn.rule { "no rule" } else { "a rule" })
    } else if let Some(detail) = chart {
        fault(FaultKind::Chart, &detail)
    } else if turn.chart.is_some() {
        None
    } else if turn.confirm && !said.asked {
        fault(FaultKind::Unasked, "no confirmation was asked for")
    } else if turn.ask && !asks && !reasons.contains(&"ambiguous") {
        fault(FaultKind::Question, "no question back")
    } else if !turn.ask && asks {
        fault(FaultKind::Question, "a question back")
    } else if turn.refused.is_empty() && !turn.ask && !turn.or_nothing && !reasons.is_empty() {
        fault(FaultKind::Refusal, &format!("refused: {}", reasons.join(", ")))
    } else if !turn.refused.is_empty() && !turn.refused.iter().any(|r| reasons.contains(&r.as_str())) {
        fault(FaultKind::Refusal, &format!("not refused so, but {}", reasons.join(", ")))
    } else if !turn.answer.is_empty() && !turn.answer.iter().any(|a| text.contains(&a.to_lowercase())) {
        fault(FaultKind::Answer, "not what was asked")
    } else if turn.page.is_empty() != pages.is_empty()
        || !pages.is_empty() && !turn.page.iter().any(|p| pages.contains(&p.as_str()))
    {
        fault(FaultKind::Answer, &format!("pages of the manual: {}", pages.join(", ")))
    } else {
        None
    })
}

/// The page of the manual in an address of it: `/docs/en/modbus#registers`.
fn slug(url: &str) -> Option<&str> {
    url.strip_prefix("/docs/")?.split_once('/')?.1.split('#').next()
}

/// One line of what happens after the talk; gives what was not as expected.
async fn step(line: &str, building: &mut Building) -> anyhow::Result<Option<String>> {
    let (verb, rest) = line.split_once(' ').context("a step is a verb and more")?;
    match verb {
        "set" => {
            let (point, value) = point_value(rest)?;
            building.handle.measure(point, value).await?;
            building.settle().await?;
        }
        "advance" => building.handle.advance(Span::from_secs(rest.parse()?)).await?,
        "expect" => {
            let (point, value) = point_value(rest)?;
            let states: States = building.states().await?;
            let seen = states.get(&point).map(|s| s.value.clone());
            if !seen.as_ref().is_some_and(|s| s.close_to(&value, 0.5)) {
                return Ok(Some(format!(
                    "after the rule: {line}, but it is {}",
                    seen.map_or_else(String::new, |v| v.to_string())
                )));
            }
        }
        "rule" => {
            let (state, name) = rest.split_once(' ').context("a state and a name")?;
            let seen = building.rule_state(name).await?;
            if seen != state {
                return Ok(Some(format!("after the rule: {line}, but it is {seen}")));
            }
        }
        "told" => {
            let told = building.notices() > 0;
            if told != rest.parse::<bool>()? {
                return Ok(Some(format!("after the rule: {line}, but it is {told}")));
            }
        }
        other => bail!("no such step: {other}"),
    }
    Ok(None)
}

/// `device.property value`.
pub(crate) fn point_value(text: &str) -> anyhow::Result<(PointId, Value)> {
    let (path, value) = text.split_once(' ').context("a point and its value")?;
    let (device, property) = path.split_once('.').context("a device and its property")?;
    let value = match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        other => other.parse().map_or_else(|_| Value::text(other), Value::Number),
    };
    Ok((sim::point(device, property), value))
}

/// `op device,device argument=value`.
pub(crate) fn effect(text: &str) -> anyhow::Result<Json> {
    let mut words = text.split_whitespace();
    let (op, targets) = (words.next().context("an operation")?, words.next().context("devices")?);
    let mut args = Map::new();
    for word in words {
        let (name, value) = word.split_once('=').context("an argument is name=value")?;
        args.insert(name.into(), value.parse::<f64>().map_or_else(|_| json!(value), |n| json!(n)));
    }
    Ok(json!({ "op": op, "targets": targets.split(',').collect::<Vec<_>>(), "args": args }))
}
