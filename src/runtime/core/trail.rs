//! The trail behind a state, link by link: the command, the run with its node, the time that was over, the report or
//! message that set it off, and, where another command made that report, on from there; each rule with who asked for it.
//!
//! What it is *not*: a guess. Where the record ends, the trail does. Start at [`Core::trail`].

use super::Core;
use base::id::{CommandId, PointId, RuleId, RunId};
use base::{Bilingual, Diagnostics, Span, Timestamp, Value};
use documents::trace::HeardMessage;
use documents::{Cause, Command, ReceiptState, Trace};
use engine::{Flat, Plan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::PointSpec;

/// Most links of a trail.
const LINKS_MAX: usize = 40;

/// How far a report may be from the beginning of a time that it began.
const BEGAN_WITHIN: Span = Span::from_secs(2);

/// What kind of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrailKind {
    /// A point is, or was, so.
    State,
    /// The device said so by itself.
    Device,
    /// A command was sent.
    Command,
    /// A rule ran.
    Run,
    /// A time that a node of the rule waited for was over.
    Timer,
    /// A message was heard: a raw one, an event of a device, an alarm, a run by hand.
    Message,
    /// A scene was run.
    Scene,
    /// Somebody asked for it.
    Person,
    /// Who asked for the rule, and who approved it.
    Author,
}

/// One link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrailLink {
    /// What kind.
    pub kind: TrailKind,
    /// In words.
    pub text: Bilingual,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
    /// The command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
    /// The rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// The run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

impl TrailLink {
    fn new(kind: TrailKind, at: Option<Timestamp>, text: Bilingual) -> TrailLink {
        TrailLink { kind, text, at, point: None, command: None, rule: None, run: None, node: None }
    }
}

/// Where a trail goes on.
struct Next {
    point: PointId,
    value: Value,
    at: Timestamp,
}

impl Core {
    /// The trail behind the present state of a point, the newest link first.
    pub(super) fn trail(&self, point: PointId, command: Option<&Command>) -> Vec<TrailLink> {
        let mut links = Vec::new();
        let Some(sample) = self.state.states.get(&point) else { return links };
        links.push(self.state_link(point, &sample.value, sample.at));
        let mut next = match command {
            Some(command) => self.behind_command(command, &mut links),
            None => {
                links.push(self.by_itself(point, sample.at));
                None
            }
        };
        while let Some(Next { point, value, at }) = next.take().filter(|_| links.len() < LINKS_MAX) {
            links.push(self.state_link(point, &value, at));
            match self.command_before(point, &value, at) {
                Some(command) => next = self.behind_command(command, &mut links),
                None => links.push(self.by_itself(point, at)),
            }
        }
        links.truncate(LINKS_MAX);
        links
    }

    fn state_link(&self, point: PointId, value: &Value, at: Timestamp) -> TrailLink {
        let name = self.world.point_words(point);
        let value = self.world.point(point).map_or_else(|| Bilingual::same(value.to_string()), |p| p.words(value));
        let text = Bilingual::new(format!("{}为{}", name.zh, value.zh), format!("{} was {}", name.en, value.en));
        TrailLink { point: Some(point), ..TrailLink::new(TrailKind::State, Some(at), text) }
    }

    fn by_itself(&self, point: PointId, at: Timestamp) -> TrailLink {
        let device = self.world.point(point).and_then(|p| self.world.device(p.device));
        let name = device.map(|d| d.names.bilingual()).unwrap_or_default();
        let text = Bilingual::new(
            format!("{}自身上报，没有对应的命令", name.zh),
            format!("{} reported it by itself, no command made it so", name.en),
        );
        TrailLink { point: Some(point), ..TrailLink::new(TrailKind::Device, Some(at), text) }
    }

    /// The command that made a point so by a time, as far as it is remembered.
    fn command_before(&self, point: PointId, value: &Value, at: Timestamp) -> Option<&Command> {
        let tolerance = self.world.point(point).map_or(0.0, PointSpec::tolerance);
        let own = self.state.flights.values().rev().filter(|f| f.command.point == point && f.command.at <= at);
        let last = own.into_iter().find(|f| f.receipt.state != ReceiptState::Refused)?;
        last.command.value.close_to(value, tolerance).then_some(&last.command)
    }

    /// What stands behind a command, and the report from which the trail goes on.
    fn behind_command(&self, command: &Command, links: &mut Vec<TrailLink>) -> Option<Next> {
        let who = self.actor_words(&command.actor);
        let name = self.world.point_words(command.point);
        let value = self.world.point(command.point).map_or_else(Bilingual::default, |p| p.words(&command.value));
        let text = Bilingual::new(
            format!("命令：{}设为{}", name.zh, value.zh),
            format!("a command made {} {}", name.en, value.en),
        );
        links.push(TrailLink {
            point: Some(command.point),
            command: Some(command.id),
            ..TrailLink::new(TrailKind::Command, Some(command.at), text)
        });
        let person = |zh: &str, en: &str| {
            let text = Bilingual::new(format!("{}{zh}", who.zh), format!("{} {en}", who.en));
            TrailLink::new(TrailKind::Person, Some(command.at), text)
        };
        match &command.cause {
            Cause::Run { rule, run, node } => {
                let next = self.behind_run((*rule, *run, node), command.at, links);
                links.extend(self.author(*rule));
                return next;
            }
            Cause::Scene { scene, .. } => {
                let name = self.world.scene(*scene).map(|s| s.names.bilingual()).unwrap_or_default();
                let text = Bilingual::new(format!("场景“{}”被执行", name.zh), format!("scene “{}” was run", name.en));
                links.push(TrailLink::new(TrailKind::Scene, Some(command.at), text));
                links.push(person("执行了它", "ran it"));
            }
            Cause::Timer { timer, .. } => {
                let said = self.timer(*timer).map(|t| t.text.clone()).unwrap_or_default();
                let text = Bilingual::new(format!("到了“{said}”的时间"), format!("it was time for “{said}”"));
                links.push(TrailLink::new(TrailKind::Timer, Some(command.at), text));
                links.push(person("之前要求在这个时候执行", "had asked for it at this time"));
            }
            Cause::Turn(_) => links.push(person("在对话中要求", "asked for it in a conversation")),
            Cause::Undo(_) => links.push(person("撤销了先前的操作", "took an earlier change back")),
            Cause::Direct => links.push(person("这样操作", "did it")),
        }
        None
    }

    /// What set a run off: times that were over, then a message or a report.
    fn behind_run(
        &self,
        (rule, run, node): (RuleId, RunId, &str),
        at: Timestamp,
        links: &mut Vec<TrailLink>,
    ) -> Option<Next> {
        let of_rule = |kind, at, text| TrailLink { rule: Some(rule), ..TrailLink::new(kind, at, text) };
        let name = self.state.rules.get(&rule).map(|r| r.graph.name.clone()).unwrap_or_default();
        let text = Bilingual::new(
            format!("规则“{}”的节点 {node} 要求", name.zh),
            format!("node {node} of rule “{}” asked for it", name.en),
        );
        links.push(TrailLink { run: Some(run), node: Some(node.into()), ..of_rule(TrailKind::Run, Some(at), text) });
        // The step that asked for it, then the steps before it: those of the run, or whatever last moved the rule.
        let steps: Vec<&Trace> = self.state.traces.of(rule).filter(|t| t.at <= at).collect();
        let begin = steps.iter().position(|t| t.run == Some(run) && t.at == at).unwrap_or(0);
        let mut since = None;
        for trace in steps.into_iter().skip(begin) {
            for timer in &trace.timers {
                since = since.or(self.waited_of(rule, timer).map(|span| trace.at - span));
                let link = of_rule(TrailKind::Timer, Some(trace.at), self.timer_words(rule, timer, trace.at));
                links.push(TrailLink { node: Some(timer.clone()), ..link });
            }
            if let Some(message) = &trace.message {
                links.push(of_rule(TrailKind::Message, Some(trace.at), self.message_words(message)));
                return None;
            }
            if let Some(trigger) = &trace.trigger {
                return Some(Next { point: trigger.point, value: trigger.value.clone(), at: trace.at });
            }
            // A schedule begins by itself: nothing stands before it.
            if trace.timers.iter().any(|timer| self.is_source(rule, timer)) || links.len() >= LINKS_MAX {
                return None;
            }
        }
        self.reported_at(rule, since?)
    }

    /// What a rule reads and was reported when a time began: where only a value changed then, no step was written down.
    fn reported_at(&self, rule: RuleId, since: Timestamp) -> Option<Next> {
        let known = self
            .state
            .engine
            .plans(rule)
            .flat_map(Plan::reads)
            .filter_map(|point| Some((point, self.state.states.get(&point)?)));
        let apart = |at: Timestamp| Span::from_micros((at - since).as_micros().abs());
        let (point, sample) = known.min_by_key(|(_, sample)| apart(sample.at))?;
        let near = apart(sample.at) <= BEGAN_WITHIN;
        near.then(|| Next { point, value: sample.value.clone(), at: sample.at })
    }

    /// The graph of a rule, without sub-graphs.
    fn flat(&self, rule: RuleId) -> Option<Flat<'_>> {
        Some(Flat::of(&self.state.rules.get(&rule)?.graph, &mut Diagnostics::new()))
    }

    /// How long a node waits, where its parameters say so.
    fn waited_of(&self, rule: RuleId, node: &str) -> Option<Span> {
        let flat = self.flat(rule)?;
        let found = flat.graph().nodes.iter().find(|n| n.id == node)?;
        found.params.get("span_ms")?.as_i64().map(Span::from_millis)
    }

    fn is_source(&self, rule: RuleId, node: &str) -> bool {
        self.flat(rule).is_some_and(|flat| !flat.graph().edges.iter().any(|edge| edge.to.node == node))
    }

    fn timer_words(&self, rule: RuleId, node: &str, at: Timestamp) -> Bilingual {
        let flat = self.flat(rule);
        let found = flat.as_ref().and_then(|flat| flat.graph().nodes.iter().find(|n| n.id == node));
        let kind = found.map_or("", |n| n.type_.as_str());
        match self.waited_of(rule, node) {
            Some(span) => {
                let (from, seconds) = (at - span, span.as_millis() / 1_000);
                Bilingual::new(
                    format!("节点 {node}（{kind}）从 {from} 起等待的 {seconds} 秒已到"),
                    format!("the {seconds} s that node {node} ({kind}) waited since {from} were over"),
                )
            }
            None => Bilingual::new(
                format!("节点 {node}（{kind}）的时间已到"),
                format!("the time of node {node} ({kind}) had come"),
            ),
        }
    }

    /// A message in words: those by which Castellan itself tells what happened, and raw ones.
    fn message_words(&self, message: &HeardMessage) -> Bilingual {
        let levels: Vec<&str> = message.topic.split('/').collect();
        match levels.as_slice() {
            ["$events", device, event] => {
                let found = base::id::DeviceId::parse(device).ok().and_then(|id| self.world.device(id));
                let name = found.map(|d| d.names.bilingual()).unwrap_or_default();
                Bilingual::new(format!("{}发生事件 {event}", name.zh), format!("{} told of its event {event}", name.en))
            }
            ["$alarms", what, severity, code @ ..] => {
                let code = code.join("/");
                Bilingual::new(
                    format!("告警 {code}（{severity}）{what}"),
                    format!("alarm {code} ({severity}) was {what}"),
                )
            }
            ["$calls", point] => {
                let name = PointId::parse(point).map(|id| self.world.point_words(id)).unwrap_or_default();
                Bilingual::new(format!("{}被调用", name.zh), format!("{} was called", name.en))
            }
            ["$rules", _, "run"] => Bilingual::new("有人手动运行了它", "somebody ran it by hand"),
            ["$webhooks", name] => {
                Bilingual::new(format!("网络钩子 {name} 被调用"), format!("web hook {name} was called"))
            }
            ["$started"] => Bilingual::new("系统启动", "the system started"),
            _ => Bilingual::new(
                format!("主题 {} 上来了一条消息", message.topic),
                format!("a message came on topic {}", message.topic),
            ),
        }
    }

    fn author(&self, rule: RuleId) -> Option<TrailLink> {
        let saved = self.state.rules.get(&rule)?;
        let by = self.actor_words(&saved.by);
        let (mut zh, mut en) = (
            format!("规则“{}”由{}提出", saved.graph.name.zh, by.zh),
            format!("rule “{}” was asked for by {}", saved.graph.name.en, by.en),
        );
        if let Some(approved) = &saved.approved_by {
            let approved = self.actor_words(approved);
            zh.push_str(&format!("、{}批准", approved.zh));
            en.push_str(&format!(" and approved by {}", approved.en));
        }
        let link = TrailLink::new(TrailKind::Author, Some(saved.at), Bilingual::new(zh, en));
        Some(TrailLink { rule: Some(rule), ..link })
    }
}
