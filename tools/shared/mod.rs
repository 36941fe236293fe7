//! What the tools have in common: what a caller sees, checks with words, and reading outcomes of the runtime.

pub(crate) mod devices;
pub(crate) mod lists;
pub(crate) mod scenes;
pub(crate) mod timers;

use agent::{Caller, ToolError};
use base::id::{CommandId, PointId};
use base::{Bilingual, Diagnostic, Diagnostics, Quantity};
use documents::journal::{Configured, RuleRevision};
use documents::{Act, List, Outcome, Proposal, Reason, Receipt, Refusal, RuleGraph, RuleState, Setting, Timer};
use engine::Flat;
use policy::{Decision, Effect};
use runtime::{Handle, HistoryError, HostError};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::time::Duration;
use things::point::Misfit;
use things::{Assistant, PointKind, PointSpec, Selector, World};

/// How long a call waits for devices to report. A receipt that is not final by then says so.
const SETTLE_WAIT: Duration = Duration::from_secs(10);
/// Most tokens of an enumeration that are told.
const TOKENS_MAX: usize = 20;

/// The runtime did not answer.
pub(crate) fn host(error: &HostError) -> ToolError {
    let text = match error {
        HostError::NotWritten(_) => Bilingual::new(
            "已执行，但无法写入日志，因此不能确认",
            "it took effect, but the log cannot be written, so it is not acknowledged",
        ),
        HostError::Stopped | HostError::RealTime => Bilingual::new("系统正在停止", "the building does not answer"),
    };
    ToolError::stop(error.code(), text)
}

/// What a tool says when the past cannot be asked.
pub(crate) fn history_failed(error: &HistoryError) -> ToolError {
    match error.diagnostic() {
        Some(found) => ToolError::input(vec![found]),
        None => ToolError::stop("history.store", Bilingual::new("历史数据无法读取", "the history cannot be read")),
    }
}

/// Whether a caller sees a point: never one that is hidden from the assistant.
pub(crate) fn sees(caller: &Caller, spec: &PointSpec) -> bool {
    let request = policy::Request {
        role: caller.actor.role,
        channel: caller.actor.channel,
        effect: Effect::Read,
        exposure: spec.assistant,
        safety: spec.safety,
    };
    spec.assistant != Assistant::Hidden && policy::decide(&request).decision == Decision::Allow
}

/// A finding about an id that names nothing the caller sees.
pub(crate) fn unknown(code: &str, path: String, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(code, path, Bilingual::new(zh, en))
        .help(Bilingual::new("用 point_search 查找 id", "point_search finds ids"))
}

/// Ids of a selector that name nothing the caller sees.
pub(crate) fn check_selector(select: &Selector, world: &World, caller: &Caller, path: &str) -> Diagnostics {
    let mut found = Diagnostics::new();
    for (i, id) in select.points.iter().enumerate() {
        if !world.point(*id).is_some_and(|p| sees(caller, p)) {
            found.push(unknown("unknown_point", format!("{path}/points/{i}"), "点位不存在", "there is no such point"));
        }
    }
    for (i, id) in select.devices.iter().enumerate() {
        if world.device(*id).is_none() {
            found.push(devices::no_device(format!("{path}/devices/{i}")));
        }
    }
    for (i, id) in select.spaces.iter().enumerate() {
        if world.space(*id).is_none() {
            found.push(unknown("unknown_place", format!("{path}/spaces/{i}"), "空间不存在", "there is no such space"));
        }
    }
    for (i, except) in select.except.iter().enumerate() {
        found.extend(check_selector(except, world, caller, &format!("{path}/except/{i}")));
    }
    found
}

/// What a point takes: `16 °C to 30 °C`, `one of cool, heat`.
pub(crate) fn takes(spec: &PointSpec) -> Bilingual {
    match &spec.kind {
        PointKind::Bool => Bilingual::same("true / false"),
        PointKind::Number { unit, min: Some(min), max: Some(max), .. } => {
            let (a, b) = (Quantity::new(*min, *unit), Quantity::new(*max, *unit));
            Bilingual::new(format!("{a} 到 {b}"), format!("{a} to {b}"))
        }
        PointKind::Number { unit, .. } => Bilingual::new(format!("数字，单位 {unit}"), format!("a number in {unit}")),
        PointKind::Enum { tokens } => {
            let list = tokens.iter().take(TOKENS_MAX).map(|t| t.token.as_str()).collect::<Vec<_>>().join(", ");
            Bilingual::new(format!("{list} 之一"), format!("one of {list}"))
        }
        PointKind::Text { max_chars } => {
            Bilingual::new(format!("文本，最多 {max_chars} 字"), format!("a text of at most {max_chars} characters"))
        }
        PointKind::Other => Bilingual::new("结构", "a structure"),
        PointKind::Service => Bilingual::new("服务：{\"call\": {参数}}", "a service: {\"call\": {arguments}}"),
    }
}

/// Every fault of acts that the world alone shows. What policy says of them is the runtime's.
pub(crate) fn check_acts(acts: &[Act], world: &World, caller: &Caller) -> Diagnostics {
    let mut found = Diagnostics::new();
    for (i, act) in acts.iter().enumerate() {
        let Some(spec) = world.point(act.point).filter(|p| sees(caller, p)) else {
            found.push(unknown("unknown_point", format!("/acts/{i}/point"), "点位不存在", "there is no such point"));
            continue;
        };
        if let Some(misfit) = misfit(spec, &act.setting) {
            let (name, takes) = (world.point_words(spec.id), takes(spec));
            let (code, help) = match misfit {
                Misfit::ReadOnly => ("no_capability", Bilingual::new("该点位只读", "it can only be read")),
                Misfit::Range { .. } => {
                    ("out_of_range", Bilingual::new(format!("可设为 {}", takes.zh), format!("it takes {}", takes.en)))
                }
                _ => {
                    ("no_capability", Bilingual::new(format!("可设为 {}", takes.zh), format!("it takes {}", takes.en)))
                }
            };
            let text = Bilingual::new(format!("{}不接受该值（{misfit}）", name.zh), format!("{} {misfit}", name.en));
            found.push(Diagnostic::error(code, format!("/acts/{i}/setting"), text).help(help));
        }
    }
    found
}

fn misfit(spec: &PointSpec, setting: &Setting) -> Option<Misfit> {
    let expected = spec.kind.expects();
    match (setting, &spec.kind) {
        _ if !spec.writable => Some(Misfit::ReadOnly),
        (Setting::Call(value), PointKind::Service) => spec.check(value).err(),
        (Setting::Call(_), _) => Some(Misfit::Kind { expected, got: "call" }),
        (Setting::To(value), _) => spec.check(value).err(),
        (Setting::By(n), PointKind::Number { .. }) if n.is_finite() => None,
        (Setting::By(_), _) => Some(Misfit::Kind { expected, got: "by" }),
        (Setting::Toggle, PointKind::Bool) => None,
        (Setting::Toggle, _) => Some(Misfit::Kind { expected, got: "toggle" }),
    }
}

/// What came out of one event, sorted.
#[derive(Debug, Default)]
pub(crate) struct Came {
    /// The commands it made, in order, also those that did not leave.
    pub(crate) commands: Vec<CommandId>,
    /// The proposals it made or decided.
    pub(crate) proposals: Vec<Proposal>,
    /// The rules it changed.
    pub(crate) rules: Vec<RuleRevision>,
    /// How many rules it removed.
    pub(crate) removed: usize,
    /// What it changed of what exists.
    pub(crate) configured: Vec<Configured>,
    /// Why something was not done.
    pub(crate) refusals: Vec<Refusal>,
    /// The timers it set, changed or ended.
    pub(crate) timers: Vec<Timer>,
    /// The lists it changed.
    pub(crate) lists: Vec<List>,
    /// Findings about a document.
    pub(crate) diagnostics: Diagnostics,
}

impl Came {
    pub(crate) fn of(outcomes: Vec<Outcome>) -> Came {
        let mut came = Came::default();
        let mut known = BTreeSet::new();
        for outcome in outcomes {
            match outcome {
                Outcome::Send(command) => {
                    known.insert(command.id);
                    came.commands.push(command.id);
                }
                // An older command that gave way is not of this event; its own that did not leave is.
                Outcome::Receipt(receipt) => {
                    let gave_way = receipt.reason.as_ref().is_some_and(|r| r.reason == Reason::Contradiction);
                    if !gave_way && known.insert(receipt.command) {
                        came.commands.push(receipt.command);
                    }
                }
                Outcome::Proposal(proposal) => came.proposals.push(*proposal),
                Outcome::Rule(rule) => came.rules.push(*rule),
                Outcome::RuleGone(_) => came.removed += 1,
                Outcome::Denied(denial) => {
                    came.refusals.push(denial.refusal);
                    came.diagnostics.extend(denial.diagnostics);
                }
                Outcome::Configured(done) => came.configured.push(*done),
                Outcome::Timer(timer) => came.timers.push(*timer),
                Outcome::List(list) => came.lists.push(*list),
                Outcome::Trace(_)
                | Outcome::Publish(_)
                | Outcome::Notice(_)
                | Outcome::ListGone(_)
                | Outcome::Post(_)
                | Outcome::Alarm(_)
                | Outcome::Told { .. } => {}
            }
        }
        came
    }

    /// The receipts of its commands, once they are final or the wait is over.
    pub(crate) async fn receipts(&self, handle: &Handle) -> Result<Vec<Receipt>, HostError> {
        if self.commands.is_empty() {
            return Ok(Vec::new());
        }
        match tokio::time::timeout(SETTLE_WAIT, handle.settled(self.commands.clone())).await {
            Ok(settled) => settled,
            Err(_) => {
                let commands = self.commands.clone();
                handle.read(move |core| commands.iter().filter_map(|c| core.receipt(*c)).cloned().collect()).await
            }
        }
    }

    /// The rules it changed, in words.
    pub(crate) fn rules_in_words(&self) -> Option<Bilingual> {
        let mut words: Vec<Bilingual> = self.rules.iter().map(rule_words).collect();
        if self.removed > 0 {
            words.push(Bilingual::new("规则已删除。", "The rule is deleted."));
        }
        (!words.is_empty()).then(|| Bilingual::join(&words, &Bilingual::new("", " ")))
    }

    /// What it changed of rules and of what exists, in words.
    pub(crate) fn in_words(&self, before: &World) -> Option<Bilingual> {
        let parts: Vec<Bilingual> =
            self.rules_in_words().into_iter().chain(devices::changed_words(&self.configured, before)).collect();
        (!parts.is_empty()).then(|| Bilingual::join(&parts, &Bilingual::new("", " ")))
    }
}

/// Points of a graph that the caller does not see. For the compiler, which knows no caller, they exist.
pub(crate) fn unseen(graph: &RuleGraph, world: &World, caller: &Caller) -> Diagnostics {
    let mut found = Diagnostics::new();
    let flat = Flat::of(graph, &mut Diagnostics::new());
    for (i, node) in flat.graph().nodes.iter().enumerate() {
        let point = node.params.get("point").and_then(Json::as_str).and_then(|id| PointId::parse(id).ok());
        if point.and_then(|id| world.point(id)).is_some_and(|p| !sees(caller, p)) {
            let path = format!("/nodes/{i}/params/point");
            found.push(unknown("unknown_point", path, "点位不存在", "there is no such point"));
        }
    }
    flat.placed(found)
}

/// A rule that does not exist.
pub(crate) fn unknown_rule() -> ToolError {
    let text = Bilingual::new("没有这条规则", "there is no such rule");
    ToolError::input(vec![
        Diagnostic::error("unknown_rule", "/rule", text)
            .help(Bilingual::new("用 rule_list 查找规则", "rule_list lists rules")),
    ])
}

/// How far a rule is in use, in words.
pub(crate) fn rule_words(rule: &RuleRevision) -> Bilingual {
    let (zh, en) = match rule.graph.state {
        RuleState::Draft => ("没有启用", "is not in use"),
        RuleState::Shadow => ("试运行，只显示不执行", "runs in shadow: what it would do is only shown"),
        RuleState::Live => ("已启用", "is in use"),
    };
    let name = &rule.graph.name;
    Bilingual::new(format!("规则“{}”{zh}。", name.zh), format!("Rule “{}” {en}.", name.en))
}
