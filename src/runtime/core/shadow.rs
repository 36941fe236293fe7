//! Rules on trial: what they would have done, kept beside what others really did with the same points.
//!
//! What it is *not*: nothing leaves here. Promotion is the switch that every rule has. Start at [`Core::shadow`].

use super::{Core, bound_queue};
use base::id::{PointId, RuleId, RunId};
use base::{Bilingual, Sample, Span, Timestamp, Value};
use documents::shadow::{ENTRIES_MAX, ShadowEntry, ShadowKind, ShadowReal, ShadowReport, ShadowWould};
use documents::{Actor, Command, RuleGraph, RuleState};
use engine::Effect;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use things::PointSpec;

/// Most rules whose trial is remembered.
pub const SHADOWS_MAX: usize = 200;
/// Most actions, and most real changes, that are remembered of one trial.
pub const KEPT_MAX: usize = 500;
/// How far apart what a rule would have done and what somebody did may be and still go together.
pub const TOGETHER: Span = Span::from_secs(600);
/// How long a report after a command is taken to be its doing.
const OF_COMMAND: Span = Span::from_secs(120);

/// The trial of one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shadow {
    /// Hash of what is tried; another content is another trial.
    content: String,
    since: Timestamp,
    until: Option<Timestamp>,
    /// The points that it can write.
    points: BTreeSet<PointId>,
    would: VecDeque<Would>,
    real: VecDeque<(PointId, ShadowReal)>,
    forgotten: u64,
}

/// Something that it would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Would {
    point: Option<PointId>,
    words: Bilingual,
    what: ShadowWould,
}

impl Shadow {
    fn trim(&mut self) {
        self.forgotten += (self.would.len().saturating_sub(KEPT_MAX) + self.real.len().saturating_sub(KEPT_MAX)) as u64;
        bound_queue(&mut self.would, KEPT_MAX);
        bound_queue(&mut self.real, KEPT_MAX);
    }
}

impl Core {
    /// A rule is from now on as it was saved: its trial begins, goes on or ends.
    pub(super) fn follow_shadow(&mut self, graph: &RuleGraph, now: Timestamp) {
        let rule = graph.id;
        if graph.state != RuleState::Shadow {
            if let Some(shadow) = self.state.shadows.get_mut(&rule) {
                shadow.until.get_or_insert(now);
            }
            return;
        }
        let content = graph.content_hash();
        let known = self.state.shadows.remove(&rule).filter(|s| s.content == content);
        let mut shadow = known.unwrap_or(Shadow {
            content,
            since: now,
            until: None,
            points: BTreeSet::new(),
            would: VecDeque::new(),
            real: VecDeque::new(),
            forgotten: 0,
        });
        shadow.until = None;
        shadow.points = self.points_on_trial(rule);
        self.state.shadows.insert(rule, shadow);
        while self.state.shadows.len() > SHADOWS_MAX {
            let ended = self.state.shadows.iter().min_by_key(|(_, s)| (s.until.is_none(), s.until, s.since));
            let Some(oldest) = ended.map(|(rule, _)| *rule) else { return };
            self.state.shadows.remove(&oldest);
        }
    }

    fn points_on_trial(&self, rule: RuleId) -> BTreeSet<PointId> {
        engine::touched(self.state.engine.plans(rule)).1
    }

    /// What exists has changed, and plans with it.
    pub(super) fn follow_shadows(&mut self) {
        let running: Vec<RuleId> =
            self.state.shadows.iter().filter(|(_, s)| s.until.is_none()).map(|(rule, _)| *rule).collect();
        for rule in running {
            let points = self.points_on_trial(rule);
            if let Some(shadow) = self.state.shadows.get_mut(&rule) {
                shadow.points = points;
            }
        }
    }

    /// A rule on trial would have done something.
    pub(super) fn would_do(&mut self, rule: RuleId, run: RunId, effect: &Effect, now: Timestamp) {
        let present = |point: PointId| self.state.states.get(&point).map(|s| &s.value);
        let mut all: Vec<Would> = Vec::new();
        let acts = engine::scenario::spelled_out(effect, &self.world);
        let Some(asked) = engine::scenario::action(effect, &self.world, present) else { return };
        let would = |value, present| ShadowWould { at: now, run, node: asked.node.clone(), value, present };
        if acts.is_empty() {
            all.push(Would { point: None, words: asked.text.clone(), what: would(None, None) });
        }
        for act in acts {
            let value = self.world.point(act.point).and_then(|spec| act.setting.value(spec, present(act.point)));
            let what = would(value, present(act.point).cloned());
            all.push(Would { point: Some(act.point), words: asked.text.clone(), what });
        }
        if let Some(shadow) = self.state.shadows.get_mut(&rule) {
            shadow.would.extend(all);
            shadow.trim();
        }
    }

    /// Somebody has commanded a point.
    pub(super) fn shadows_see_command(&mut self, command: &Command) {
        let real = || ShadowReal { at: command.at, value: command.value.clone(), by: Some(command.actor.clone()) };
        self.shadows_see(command.point, real);
    }

    /// A point has another value than before; what a command made of it was seen when it was sent.
    pub(super) fn shadows_see_report(
        &mut self,
        point: PointId,
        before: Option<&Value>,
        sample: &Sample,
        now: Timestamp,
    ) {
        if self.state.shadows.is_empty() || before.is_none_or(|b| *b == sample.value) {
            return;
        }
        let tolerance = self.world.point(point).map_or(0.0, PointSpec::tolerance);
        let last = self.state.last.get(&point).and_then(|id| self.state.flights.get(id)).map(|f| &f.command);
        if last.is_some_and(|c| c.at + OF_COMMAND >= now && c.value.close_to(&sample.value, tolerance)) {
            return;
        }
        self.shadows_see(point, || ShadowReal { at: now, value: sample.value.clone(), by: None });
    }

    fn shadows_see(&mut self, point: PointId, real: impl Fn() -> ShadowReal) {
        let watching = self.state.shadows.values_mut().filter(|s| s.until.is_none() && s.points.contains(&point));
        for shadow in watching {
            shadow.real.push_back((point, real()));
            shadow.trim();
        }
    }

    /// What a rule on trial would have done beside what really happened; none when it never was on trial.
    pub fn shadow(&self, rule: RuleId, now: Timestamp) -> Option<ShadowReport> {
        let shadow = self.state.shadows.get(&rule)?;
        let name = self.state.rules.get(&rule).map(|r| r.graph.name.clone()).unwrap_or_default();
        let mut entries = self.compared(shadow, now);
        entries.sort_by_key(|e| std::cmp::Reverse(e.at));
        let count = |kind| entries.iter().filter(|e| e.kind == kind).count();
        let mut report = ShadowReport {
            rule,
            name,
            since: shadow.since,
            until: shadow.until,
            text: Bilingual::default(),
            agreed: count(ShadowKind::Agreed),
            already: count(ShadowKind::Already),
            different: count(ShadowKind::Different),
            extra: count(ShadowKind::Extra),
            missing: count(ShadowKind::Missing),
            shown: count(ShadowKind::Shown),
            open: count(ShadowKind::Open),
            entries: Vec::new(),
            forgotten: shadow.forgotten,
        };
        entries.truncate(ENTRIES_MAX);
        report.entries = entries;
        report.text = in_words(&report);
        Some(report)
    }

    /// Puts what it would have done and what really happened together: of a point, each with the nearest that is not
    /// taken, the same value before another one.
    fn compared(&self, shadow: &Shadow, now: Timestamp) -> Vec<ShadowEntry> {
        let mut free: Vec<Option<&(PointId, ShadowReal)>> = shadow.real.iter().map(Some).collect();
        let mut entries = Vec::with_capacity(shadow.would.len() + shadow.real.len());
        let until = shadow.until.unwrap_or(now);
        for would in &shadow.would {
            let Some((point, value)) = would.point.zip(would.what.value.as_ref()) else {
                entries.push(self.entry(ShadowKind::Shown, would.point, Some(would), None));
                continue;
            };
            let tolerance = self.world.point(point).map_or(0.0, PointSpec::tolerance);
            if would.what.present.as_ref().is_some_and(|p| p.close_to(value, tolerance)) {
                entries.push(self.entry(ShadowKind::Already, Some(point), Some(would), None));
                continue;
            }
            let apart = |real: &ShadowReal| Span::from_micros((real.at - would.what.at).as_micros().abs());
            let near = free.iter().enumerate().filter_map(|(i, slot)| slot.map(|(p, real)| (i, *p, real)));
            let near = near.filter(|(_, p, real)| *p == point && apart(real) <= TOGETHER);
            let best = near.min_by_key(|(_, _, real)| (!real.value.close_to(value, tolerance), apart(real)));
            let entry = match best {
                Some((i, _, real)) => {
                    if let Some(slot) = free.get_mut(i) {
                        *slot = None;
                    }
                    let same = real.value.close_to(value, tolerance);
                    let kind = if same { ShadowKind::Agreed } else { ShadowKind::Different };
                    self.entry(kind, Some(point), Some(would), Some(real))
                }
                None if would.what.at + TOGETHER > until => {
                    self.entry(ShadowKind::Open, Some(point), Some(would), None)
                }
                None => self.entry(ShadowKind::Extra, Some(point), Some(would), None),
            };
            entries.push(entry);
        }
        for (point, real) in free.into_iter().flatten() {
            let kind = if real.at + TOGETHER > until { ShadowKind::Open } else { ShadowKind::Missing };
            entries.push(self.entry(kind, Some(*point), None, Some(real)));
        }
        entries
    }

    fn entry(
        &self,
        kind: ShadowKind,
        point: Option<PointId>,
        would: Option<&Would>,
        real: Option<&ShadowReal>,
    ) -> ShadowEntry {
        let shown = |value: &Value| {
            let words = point.and_then(|p| self.world.point(p)).map(|spec| spec.words(value));
            words.unwrap_or_else(|| Bilingual::same(value.to_string()))
        };
        let name = point.map(|p| self.world.point_words(p)).unwrap_or_default();
        let done = real.map(|real| {
            let who = real.by.as_ref().map_or_else(
                || Bilingual::new("设备自身或手动", "the device itself or somebody by hand"),
                |actor| self.actor_words(actor),
            );
            (who, shown(&real.value))
        });
        let wanted = would.map(|w| w.what.value.as_ref().map_or_else(|| w.words.clone(), shown)).unwrap_or_default();
        let text = match (kind, &done) {
            (ShadowKind::Agreed, Some((who, _))) => Bilingual::new(
                format!("{}：规则会设为{}，{}也这样做了", name.zh, wanted.zh, who.zh),
                format!("{}: the rule would have made it {}, and {} did", name.en, wanted.en, who.en),
            ),
            (ShadowKind::Different, Some((who, value))) => Bilingual::new(
                format!("{}：规则会设为{}，而{}设为{}", name.zh, wanted.zh, who.zh, value.zh),
                format!("{}: the rule would have made it {}, {} made it {}", name.en, wanted.en, who.en, value.en),
            ),
            (_, Some((who, value))) => Bilingual::new(
                format!("{}：{}设为{}，规则没有动作", name.zh, who.zh, value.zh),
                format!("{}: {} made it {}, the rule did nothing", name.en, who.en, value.en),
            ),
            (ShadowKind::Shown, None) => {
                Bilingual::new(format!("规则会{}", wanted.zh), format!("the rule would have asked for: {}", wanted.en))
            }
            (ShadowKind::Already, None) => Bilingual::new(
                format!("{}：规则会设为{}，本来就是", name.zh, wanted.zh),
                format!("{}: the rule would have made it {}, which it was already", name.en, wanted.en),
            ),
            (_, None) => Bilingual::new(
                format!("{}：只有规则会设为{}", name.zh, wanted.zh),
                format!("{}: only the rule would have made it {}", name.en, wanted.en),
            ),
        };
        let at = would.map(|w| w.what.at).into_iter().chain(real.map(|r| r.at)).min().unwrap_or_default();
        ShadowEntry { kind, at, point, would: would.map(|w| w.what.clone()), real: real.cloned(), text }
    }

    /// Who somebody is; a rule by its name.
    pub(super) fn actor_words(&self, actor: &Actor) -> Bilingual {
        let rule = RuleId::parse(&actor.name).ok().and_then(|id| self.state.rules.get(&id));
        match rule.filter(|_| actor.kind == documents::ActorKind::Rule) {
            Some(rule) => {
                let name = &rule.graph.name;
                Bilingual::new(format!("规则“{}”", name.zh), format!("rule “{}”", name.en))
            }
            None => super::why::who(actor),
        }
    }
}

fn in_words(report: &ShadowReport) -> Bilingual {
    let parts = [
        (report.agreed, "次与实际一致", "times somebody else did the same"),
        (report.already, "次本来就是如此", "times it was so already"),
        (report.different, "次与实际的值不同", "times somebody set another value"),
        (report.extra, "次只有规则会动作", "times only the rule would have acted"),
        (report.missing, "次只有别人动作", "times only somebody else acted"),
        (report.shown, "个动作无法比较", "actions cannot be compared"),
        (report.open, "项尚不能判断", "are too new to tell"),
    ];
    let said: Vec<Bilingual> = parts
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, zh, en)| Bilingual::new(format!("{n} {zh}"), format!("{n} {en}")))
        .collect();
    if said.is_empty() {
        return Bilingual::new("还没有可以比较的。", "There is nothing to compare yet.");
    }
    let joined = Bilingual::join(&said, &Bilingual::new("，", ", "));
    Bilingual::new(
        format!("自 {} 试运行：{}。", report.since, joined.zh),
        format!("On trial since {}: {}.", report.since, joined.en),
    )
}
