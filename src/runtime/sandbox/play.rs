//! Playing a rule: a copy of the building is run ahead until the rule acts by itself, or for some hours. What set it
//! off, what it did and what the devices said is told; where it does not act, how near it came.

use super::Sandbox;
use crate::clock::SystemClock;
use crate::core::Core;
use crate::handle::{Handle, HostError};
use base::id::{PointId, ProposalId, RuleId};
use base::{Bilingual, Clock, Quantity, Span, Timestamp, Unit, Value};
use documents::journal::Denial;
use documents::trace::Trigger;
use documents::{Event, Outcome, ProposalDoc, Receipt, ReceiptState, RuleGraph, RuleState, Trace};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use things::{PointKind, World};

/// Hours that are played when nobody names a number.
pub const HOURS_DEFAULT: u32 = 48;
/// Most hours that are played.
pub const HOURS_MAX: u32 = 14 * 24;
/// Longest that a play may take of the machine's own time; what was reached by then is told.
pub const TIME_MAX: Span = Span::from_secs(20);
/// Points whose course is told.
pub const SERIES_MAX: usize = 8;
/// Values of one course.
pub const SAMPLES_MAX: usize = 300;
/// How long before it acts the course begins.
const BEFORE: Span = Span::from_secs(2 * 3600);
/// How long the devices are waited for once it has acted.
const AFTER: Span = Span::from_secs(120);
/// Values of one course that are kept on the way.
const KEPT_MAX: usize = 4_000;
/// Steps of the rule before it acted that are told.
const LEADING_MAX: usize = 6;

/// What shall be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A rule, as if it were in use.
    Rule(RuleId),
    /// A proposal of a rule, as if it had been approved.
    Proposal(ProposalId),
}

/// Why nothing was played.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlayError {
    /// There is no such rule or proposal.
    #[error("there is no such rule or proposal")]
    Unknown,
    /// The proposal is of something else.
    #[error("the proposal is not of a rule")]
    NotARule,
    /// The number of hours is outside of the limits.
    #[error("a play takes 1 to {HOURS_MAX} hours")]
    Hours,
    /// Another play is under way.
    #[error("another play is under way")]
    Busy,
    /// The rule does not fit what exists.
    #[error("the rule does not fit what exists")]
    Unfit(Box<Denial>),
    /// The runtime did not answer.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Play {
    /// Whether the rule acted by itself.
    pub fired: bool,
    /// The moment of the building at which the copy was taken.
    pub began: Timestamp,
    /// When it acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired_at: Option<Timestamp>,
    /// How much time went by in the copy.
    pub simulated_ms: Span,
    /// The report that set it off; none where it was the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// Why it acted, or how near it came.
    pub why: Bilingual,
    /// What happened, in order.
    pub steps: Vec<PlayStep>,
    /// What became of its commands.
    pub commands: Vec<Receipt>,
    /// The step of the rule in which it acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// The course of what it looks at and what it sets, around the moment in which it acted.
    pub series: Vec<PlaySeries>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlayStep {
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: Bilingual,
}

/// The course of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaySeries {
    /// The point.
    pub point: PointId,
    /// Its values, in order.
    pub samples: Vec<PlaySample>,
}

/// A value at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaySample {
    /// When.
    pub at: Timestamp,
    /// What.
    pub value: Value,
}

impl Handle {
    /// Plays a rule or a proposal of one in a copy. One at a time; the building itself goes on untouched.
    ///
    /// # Errors
    /// See [`PlayError`].
    pub async fn play(&self, subject: Subject, hours: u32) -> Result<Play, PlayError> {
        if !(1..=HOURS_MAX).contains(&hours) {
            return Err(PlayError::Hours);
        }
        let Ok(turn) = self.plays.clone().try_acquire_owned() else { return Err(PlayError::Busy) };
        let sandbox = self.sandbox().await?;
        let played = tokio::task::spawn_blocking(move || {
            let played = play(sandbox, subject, hours);
            drop(turn);
            played
        });
        played.await.map_err(|_| HostError::Stopped)?
    }
}

/// Plays in a copy.
///
/// # Errors
/// When there is no such rule, or it does not fit what exists.
pub fn play(mut sandbox: Sandbox, subject: Subject, hours: u32) -> Result<Play, PlayError> {
    let graph = graph_of(&sandbox.core, subject)?;
    let began = sandbox.now();
    let until = began + Span::from_secs(i64::from(hours) * 3_600);
    sandbox.core.try_out(&graph, began).map_err(|denial| PlayError::Unfit(Box::new(denial)))?;
    let (reads, writes) = sandbox.core.points_of_rule(&graph);
    let mut seen = Seen::new(graph.id, &sandbox.core, reads.iter().chain(&writes));
    let clock = SystemClock::default();
    let latest = clock.now() + TIME_MAX;
    let mut end = until;
    while sandbox.now() < end && clock.now() < latest {
        sandbox.step(end, |event, outcomes, now| seen.look(event, outcomes, now));
        if let Some(fired) = &seen.fired {
            end = end.min(fired.at + AFTER);
        }
    }
    Ok(told(&sandbox, &graph, seen, (began, &reads)))
}

fn graph_of(core: &Core, subject: Subject) -> Result<RuleGraph, PlayError> {
    match subject {
        Subject::Rule(id) => core.rules().get(&id).map(|r| r.graph.clone()).ok_or(PlayError::Unknown),
        Subject::Proposal(id) => match core.proposals().get(&id).map(|p| &p.document) {
            None => Err(PlayError::Unknown),
            Some(ProposalDoc::Rule(graph)) => Ok((**graph).clone()),
            Some(_) => Err(PlayError::NotARule),
        },
    }
}

/// The course of a point on the way.
#[derive(Debug, Default)]
struct Course {
    samples: VecDeque<PlaySample>,
    /// Every which value is kept, so that a long play does not grow.
    every: usize,
    heard: usize,
    least: Option<f64>,
    most: Option<f64>,
}

impl Course {
    fn push(&mut self, at: Timestamp, value: &Value) {
        if let Some(n) = value.as_number() {
            self.least = Some(self.least.map_or(n, |l| l.min(n)));
            self.most = Some(self.most.map_or(n, |m| m.max(n)));
        }
        if self.heard.is_multiple_of(self.every.max(1)) {
            self.samples.push_back(PlaySample { at, value: value.clone() });
        }
        self.heard += 1;
        if self.samples.len() > KEPT_MAX {
            self.every = self.every.max(1) * 2;
            let kept = std::mem::take(&mut self.samples);
            self.samples = kept.into_iter().step_by(2).collect();
        }
    }

    /// What is told: from a time on with the value that held then, thinned.
    fn told(&self, from: Timestamp) -> Vec<PlaySample> {
        let first = self.samples.iter().rposition(|s| s.at <= from).unwrap_or(0);
        let part: Vec<PlaySample> = self.samples.iter().skip(first).cloned().collect();
        let every = part.len().div_ceil(SAMPLES_MAX).max(1);
        let last = part.last().filter(|_| !(part.len() - 1).is_multiple_of(every)).cloned();
        part.into_iter().step_by(every).chain(last).collect()
    }
}

/// What was seen on the way.
struct Seen {
    rule: RuleId,
    courses: BTreeMap<PointId, Course>,
    leading: VecDeque<Trace>,
    fired: Option<Trace>,
    commands: BTreeMap<base::id::CommandId, Receipt>,
    published: Vec<(Timestamp, String)>,
}

impl Seen {
    fn new<'a>(rule: RuleId, core: &Core, points: impl Iterator<Item = &'a PointId>) -> Seen {
        let mut courses: BTreeMap<PointId, Course> = BTreeMap::new();
        for point in points {
            if courses.len() < SERIES_MAX || courses.contains_key(point) {
                let course = courses.entry(*point).or_default();
                if let (true, Some(sample)) = (course.samples.is_empty(), core.states().get(point)) {
                    course.push(sample.at, &sample.value);
                }
            }
        }
        Seen { rule, courses, leading: VecDeque::new(), fired: None, commands: BTreeMap::new(), published: Vec::new() }
    }

    fn look(&mut self, event: &Event, outcomes: &[Outcome], now: Timestamp) {
        if let Event::Report { values, .. } = event {
            for (point, sample) in values {
                if let Some(course) = self.courses.get_mut(point) {
                    course.push(sample.at, &sample.value);
                }
            }
        }
        for outcome in outcomes {
            match outcome {
                Outcome::Trace(trace) if trace.rule == self.rule && self.fired.is_none() => {
                    if trace.run.is_some() {
                        self.fired = Some(trace.clone());
                    } else {
                        self.leading.push_back(trace.clone());
                        if self.leading.len() > LEADING_MAX {
                            self.leading.pop_front();
                        }
                    }
                }
                Outcome::Publish(message) if self.fired.is_some() => {
                    self.published.push((now, message.topic.clone()));
                }
                _ => {}
            }
        }
        // A receipt stands before the trace of the run that it belongs to.
        let of_run = self.fired.as_ref().map(|t| t.commands.clone()).unwrap_or_default();
        for outcome in outcomes {
            if let Outcome::Receipt(receipt) = outcome
                && of_run.contains(&receipt.command)
            {
                self.commands.insert(receipt.command, receipt.clone());
            }
        }
    }

    /// The report that set the rule off: of the step in which it acted, or of the last one before where it waited.
    fn trigger(&self) -> Option<(Timestamp, Trigger)> {
        let fired = self.fired.as_ref()?;
        let mut all = [fired].into_iter().chain(self.leading.iter().rev());
        all.find_map(|t| Some((t.at, t.trigger.clone()?)))
    }
}

fn told(sandbox: &Sandbox, graph: &RuleGraph, seen: Seen, (began, reads): (Timestamp, &BTreeSet<PointId>)) -> Play {
    let world = sandbox.core.world().clone();
    let fired_at = seen.fired.as_ref().map(|t| t.at);
    let trigger = seen.trigger();
    let from = fired_at.map_or(began, |at| at - BEFORE);
    let series = seen.courses.iter().map(|(point, c)| PlaySeries { point: *point, samples: c.told(from) }).collect();
    let why = match (&seen.fired, &trigger) {
        (Some(fired), Some((at, trigger))) => why_fired(&world, graph, (*at, trigger), fired.at),
        (Some(_), None) => Bilingual::new(
            format!("到了规定的时间，规则“{}”运行", graph.name.zh),
            format!("the time had come, and rule “{}” ran", graph.name.en),
        ),
        (None, _) => how_near(&world, graph, &seen, (began, sandbox.now()), reads),
    };
    Play {
        fired: seen.fired.is_some(),
        began,
        fired_at,
        simulated_ms: fired_at.unwrap_or(sandbox.now()) - began,
        trigger: trigger.map(|t| t.1),
        why,
        steps: steps(&world, graph, &seen, began),
        commands: seen.commands.into_values().collect(),
        trace: seen.fired,
        series,
    }
}

/// Point and value in words.
fn shows(world: &World, point: PointId, value: &Value) -> Bilingual {
    let name = world.point_words(point);
    let value = world.point(point).map_or_else(|| Bilingual::same(value.to_string()), |p| p.words(value));
    Bilingual::new(format!("{}为{}", name.zh, value.zh), format!("{} is {}", name.en, value.en))
}

/// A span in words: the two largest units.
fn lasting(span: Span) -> Bilingual {
    let minutes = span.as_millis() / 60_000;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) if rest == 0 => {
            let s = span.as_millis() / 1_000;
            Bilingual::new(format!("{s} 秒"), format!("{s} s"))
        }
        (0, 0) => Bilingual::new(format!("{rest} 分钟"), format!("{rest} min")),
        (0, _) => Bilingual::new(format!("{hours} 小时 {rest} 分钟"), format!("{hours} h {rest} min")),
        _ => Bilingual::new(format!("{days} 天 {hours} 小时"), format!("{days} d {hours} h")),
    }
}

fn why_fired(world: &World, graph: &RuleGraph, (at, trigger): (Timestamp, &Trigger), fired: Timestamp) -> Bilingual {
    let shows = shows(world, trigger.point, &trigger.value);
    let (mut zh, mut en) = (shows.zh, shows.en);
    if fired > at {
        let after = lasting(fired - at);
        zh.push_str(&format!("，{}后", after.zh));
        en.push_str(&format!("; {} later", after.en));
    }
    zh.push_str(&format!("，规则“{}”运行", graph.name.zh));
    en.push_str(&format!(", rule “{}” ran", graph.name.en));
    Bilingual::new(zh, en)
}

/// It did not act: the extremes of what it looks at, and where its limits are.
fn how_near(
    world: &World,
    graph: &RuleGraph,
    seen: &Seen,
    (began, end): (Timestamp, Timestamp),
    reads: &BTreeSet<PointId>,
) -> Bilingual {
    let span = lasting(end - began);
    let mut parts = vec![Bilingual::new(
        format!("在 {}内没有自行触发", span.zh),
        format!("it did not act by itself within {}", span.en),
    )];
    for point in reads {
        let Some(course) = seen.courses.get(point) else { continue };
        let (name, limit) = (world.point_words(*point), limit_of(world, graph, *point));
        let limit = limit.unwrap_or_default();
        parts.push(match (course.least, course.most) {
            (Some(least), Some(most)) => {
                let unit = match world.point(*point).map(|p| &p.kind) {
                    Some(PointKind::Number { unit, .. }) => *unit,
                    _ => Unit::one(),
                };
                let (least, most) = (Quantity::new(least, unit), Quantity::new(most, unit));
                Bilingual::new(
                    format!("{}在 {least} 到 {most} 之间{}", name.zh, limit.zh),
                    format!("{} was between {least} and {most}{}", name.en, limit.en),
                )
            }
            _ => match course.samples.back() {
                Some(last) if course.heard <= 1 => {
                    let shows = shows(world, *point, &last.value);
                    Bilingual::new(format!("{}，没有变化", shows.zh), format!("{} throughout", shows.en))
                }
                Some(_) => Bilingual::new(
                    format!("{}变化了 {} 次", name.zh, course.heard - 1),
                    format!("{} changed {} times", name.en, course.heard - 1),
                ),
                None => Bilingual::new(format!("{}没有值", name.zh), format!("{} has no value", name.en)),
            },
        });
    }
    Bilingual::join(&parts, &Bilingual::new("；", "; "))
}

/// What a comparison behind a point wants of it: `, it wants > 1000 ppm`.
fn limit_of(world: &World, graph: &RuleGraph, point: PointId) -> Option<Bilingual> {
    let own = match &world.point(point)?.kind {
        PointKind::Number { unit, .. } => *unit,
        _ => return None,
    };
    let is_point = |id: &str| {
        graph
            .nodes
            .iter()
            .any(|n| n.id == id && n.params.get("point").and_then(|p| p.as_str()) == Some(&point.to_string()))
    };
    let behind = graph.edges.iter().filter(|e| is_point(&e.from.node)).map(|e| &e.to.node);
    let compare = behind.filter_map(|id| graph.nodes.iter().find(|n| n.id == *id && n.type_ == "compare")).next()?;
    let (op, value) = (compare.params.get("op")?.as_str()?, compare.params.get("value")?.as_f64()?);
    let unit = compare.params.get("unit").and_then(|u| Unit::by_code(u.as_str()?)).unwrap_or(own);
    let limit = Quantity::new(value, unit);
    Some(Bilingual::new(format!("，条件是 {op} {limit}"), format!(", it wants {op} {limit}")))
}

fn steps(world: &World, graph: &RuleGraph, seen: &Seen, began: Timestamp) -> Vec<PlayStep> {
    let first = seen.courses.iter().filter_map(|(p, c)| Some(shows(world, *p, &c.samples.front()?.value)));
    let first: Vec<Bilingual> = first.take(LEADING_MAX).collect();
    let first = Bilingual::join(&first, &Bilingual::new("，", ", "));
    let mut steps = vec![PlayStep {
        at: began,
        text: Bilingual::new(format!("开始：{}", first.zh), format!("at first: {}", first.en)),
    }];
    let Some(fired) = &seen.fired else { return steps };
    for trace in seen.leading.iter().chain([fired]) {
        if let Some(trigger) = &trace.trigger {
            steps.push(PlayStep { at: trace.at, text: shows(world, trigger.point, &trigger.value) });
        }
    }
    steps.push(PlayStep {
        at: fired.at,
        text: Bilingual::new(format!("规则“{}”运行", graph.name.zh), format!("rule “{}” runs", graph.name.en)),
    });
    for receipt in seen.commands.values() {
        let what = receipt.words.clone().unwrap_or_else(|| shows(world, receipt.point, &receipt.value));
        let became = became(receipt);
        let text = Bilingual::new(format!("{}（{}）", what.zh, became.zh), format!("{} ({})", what.en, became.en));
        steps.push(PlayStep { at: receipt.at, text });
    }
    for (at, topic) in &seen.published {
        let text = Bilingual::new(format!("发布到 {topic}"), format!("a message to {topic}"));
        steps.push(PlayStep { at: *at, text });
    }
    steps
}

/// How far a command came.
fn became(receipt: &Receipt) -> Bilingual {
    match receipt.state {
        ReceiptState::Confirmed => Bilingual::new("设备已确认", "confirmed by the device"),
        ReceiptState::Acked => Bilingual::new("设备已收到", "taken by the device"),
        ReceiptState::Sent | ReceiptState::Unknown => Bilingual::new("已发出", "sent"),
        ReceiptState::TimedOut => Bilingual::new("设备没有回应", "the device did not answer"),
        ReceiptState::Refused => receipt.reason.as_ref().map_or_else(
            || Bilingual::new("被拒绝", "refused"),
            |r| Bilingual::new(format!("被拒绝：{}", r.text.zh), format!("refused: {}", r.text.en)),
        ),
    }
}

/// Whether a rule is in use as it is, so that a copy goes on with what it waits for.
pub(crate) fn is_in_use(graph: &RuleGraph, saved: Option<&RuleGraph>) -> bool {
    saved.is_some_and(|s| s.state == RuleState::Live && s.content_hash() == graph.content_hash())
}
