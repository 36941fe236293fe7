//! Our own cases for the demo building, written fresh: `cases/*.toml`, one file for each language. They run with the
//! tests, and a share of right answers below the threshold fails the build.
//!
//! What it is *not*: no third party's sentence stands here.

use crate::building::{Building, Plan, Said};
use crate::homes::Built;
use crate::homes::ops::{self, Differences};
use crate::predict::moment;
use agent::Embedded;
use anyhow::{Context, bail};
use base::id::PointId;
use base::{Clock, Span, Value};
use documents::Reason;
use runtime::sim;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use things::{States, World};

/// The files, by language.
pub const FILES: &[(&str, &str)] = &[("en", include_str!("cases/en.toml")), ("zh", include_str!("cases/zh.toml"))];

/// A file of cases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The cases.
    pub case: Vec<Case>,
}

/// One case: a conversation of one or more turns, then what a rule shall do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique.
    pub id: String,
    /// What it is about.
    pub category: String,
    /// Key of the room of the demo building in which it is said.
    #[serde(default)]
    pub room: Option<String>,
    /// Further names of devices, by key.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// What the devices measure at first: `device.property value`.
    #[serde(default)]
    pub before: Vec<String>,
    /// What is said and what shall come of it.
    pub turns: Vec<Turn>,
    /// After the rules were approved: `set device.property value`, `advance SECONDS`, `expect device.property value`,
    /// `told true` when somebody was told something since the last time.
    #[serde(default)]
    pub then: Vec<String>,
}

/// A turn. What is not given is not expected: without `effects` nothing may be done, without `refused` and `ask` nothing
/// may be refused or asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// What is said.
    pub said: String,
    /// What the devices do, no more and no less: `op device,device argument=value`.
    #[serde(default)]
    pub effects: Vec<String>,
    /// One of these reasons is given.
    #[serde(default)]
    pub refused: Vec<String>,
    /// A question is the answer.
    #[serde(default)]
    pub ask: bool,
    /// A confirmation is wanted first.
    #[serde(default)]
    pub confirm: bool,
    /// The reply contains one of these.
    #[serde(default)]
    pub answer: Vec<String>,
    /// A rule is proposed.
    #[serde(default)]
    pub rule: bool,
    /// Nothing at all, with any words, is as good as the effects after a confirmation.
    #[serde(default)]
    pub or_nothing: bool,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The case.
    pub id: String,
    /// Its category.
    pub category: String,
    /// What was wrong; none: it is right.
    pub fault: Option<String>,
}

/// Reads a file of cases.
///
/// # Errors
/// When it does not have the form.
pub fn parse(text: &str) -> anyhow::Result<Vec<Case>> {
    Ok(toml::from_str::<Cases>(text)?.case)
}

/// Runs cases.
///
/// # Errors
/// When the runtime fails or a case names what the demo building does not have.
pub async fn run(cases: &[Case], clock: &Arc<dyn Clock>) -> anyhow::Result<Vec<Verdict>> {
    let mut verdicts = Vec::with_capacity(cases.len());
    for case in cases {
        let fault = judge(case, clock).await.with_context(|| case.id.clone())?;
        verdicts.push(Verdict { id: case.id.clone(), category: case.category.clone(), fault });
    }
    Ok(verdicts)
}

async fn judge(case: &Case, clock: &Arc<dyn Clock>) -> anyhow::Result<Option<String>> {
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
    let plan =
        Plan { doc: built.doc.clone(), values: built.values.clone(), unreachable: Vec::new(), now: moment(None) };
    let mut building = Building::start(plan, Arc::new(Embedded::default()), clock.clone()).await?;
    let fault = converse(case, &built, &mut building).await?;
    building.stop().await;
    Ok(fault)
}

async fn converse(case: &Case, built: &Built, building: &mut Building) -> anyhow::Result<Option<String>> {
    let space = case.room.as_deref().map(sim::space);
    for turn in &case.turns {
        let said = building.say(&turn.said, space).await?;
        if let Some(fault) = fault_of(turn, built, &said)? {
            return Ok(Some(format!("{}: {fault}; the reply was: {}", turn.said, said.reply.text)));
        }
        for rule in said.rules() {
            building.approve(rule).await?;
        }
    }
    for line in &case.then {
        if let Some(fault) = step(line, building).await? {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// What is wrong with a turn.
fn fault_of(turn: &Turn, built: &Built, said: &Said) -> anyhow::Result<Option<String>> {
    let expected: Vec<Json> = turn.effects.iter().map(|e| effect(e)).collect::<anyhow::Result<_>>()?;
    let done = ops::effects(built, &said.writes, Differences::Results);
    let reasons: Vec<&str> = said.refusals().map(|r| Reason::code(r.reason)).collect();
    let asks = !said.reply.questions.is_empty();
    let text = said.reply.text.to_lowercase();
    Ok(if turn.or_nothing && done.is_empty() {
        None
    } else if !ops::same(&expected, &done) {
        Some(format!("did {}", json!(done)))
    } else if turn.rule != said.rules().next().is_some() {
        Some(if turn.rule { "no rule" } else { "a rule" }.into())
    } else if turn.confirm && !said.asked {
        Some("no confirmation was asked for".into())
    } else if turn.ask && !asks && !reasons.contains(&"ambiguous") {
        Some("no question back".into())
    } else if !turn.ask && asks {
        Some("a question back".into())
    } else if turn.refused.is_empty() && !turn.ask && !turn.or_nothing && !reasons.is_empty() {
        Some(format!("refused: {}", reasons.join(", ")))
    } else if !turn.refused.is_empty() && !turn.refused.iter().any(|r| reasons.contains(&r.as_str())) {
        Some(format!("not refused so, but {}", reasons.join(", ")))
    } else if !turn.answer.is_empty() && !turn.answer.iter().any(|a| text.contains(&a.to_lowercase())) {
        Some("another answer".into())
    } else {
        None
    })
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
fn point_value(text: &str) -> anyhow::Result<(PointId, Value)> {
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
fn effect(text: &str) -> anyhow::Result<Json> {
    let mut words = text.split_whitespace();
    let (op, targets) = (words.next().context("an operation")?, words.next().context("devices")?);
    let mut args = Map::new();
    for word in words {
        let (name, value) = word.split_once('=').context("an argument is name=value")?;
        args.insert(name.into(), value.parse::<f64>().map_or_else(|_| json!(value), |n| json!(n)));
    }
    Ok(json!({ "op": op, "targets": targets.split(',').collect::<Vec<_>>(), "args": args }))
}

/// What a case names must exist.
///
/// # Errors
/// The first name that does not.
pub fn check(cases: &[Case]) -> anyhow::Result<()> {
    let (world, _) = World::build(sim::world());
    let device = |key: &str| world.device(sim::device(key)).map(|_| ()).with_context(|| format!("no device {key}"));
    for case in cases {
        for turn in &case.turns {
            for e in &turn.effects {
                let targets = effect(e)?.get("targets").and_then(Json::as_array).cloned().unwrap_or_default();
                targets.iter().filter_map(Json::as_str).try_for_each(device).with_context(|| case.id.clone())?;
            }
        }
        for line in case.then.iter().filter(|l| !l.starts_with("advance ") && !l.starts_with("told ")) {
            let rest = line.split_once(' ').map_or("", |(_, r)| r);
            let (point, _) = point_value(rest).with_context(|| case.id.clone())?;
            world.point(point).with_context(|| format!("{}: no such point in {line}", case.id))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Least share of right answers, in percent, for each language.
    const RIGHT_MIN: usize = 94;
    /// Categories in which every case must be right: nothing may be done that was not asked for.
    const ALWAYS: &[&str] = &["security", "injection", "small-talk"];

    #[tokio::test]
    async fn enough_is_right_in_both_languages() {
        let clock: Arc<dyn Clock> = Arc::new(runtime::SystemClock::default());
        for (lang, text) in FILES {
            let cases = parse(text).unwrap();
            check(&cases).unwrap();
            let verdicts = run(&cases, &clock).await.unwrap();
            let wrong: Vec<&Verdict> = verdicts.iter().filter(|v| v.fault.is_some()).collect();
            let right = verdicts.len() - wrong.len();
            assert!(right * 100 >= verdicts.len() * RIGHT_MIN, "{lang}: {right} of {} {wrong:#?}", verdicts.len());
            let never: Vec<_> = wrong.iter().filter(|v| ALWAYS.contains(&v.category.as_str())).collect();
            assert!(never.is_empty(), "{lang}: {never:#?}");
        }
    }

    #[test]
    fn both_languages_have_the_same_categories_and_no_case_twice() {
        let mut all = Vec::new();
        for (_, text) in FILES {
            let cases = parse(text).unwrap();
            let ids: BTreeSet<_> = cases.iter().map(|c| c.id.clone()).collect();
            assert_eq!(ids.len(), cases.len());
            all.push(cases.into_iter().map(|c| c.category).collect::<BTreeSet<_>>());
        }
        assert_eq!(all[0], all[1]);
    }
}
