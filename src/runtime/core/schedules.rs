//! What follows a schedule: a rule, made of it by code and made anew whenever the schedule is changed. The engine runs it
//! like any other, and it is seen like any other.
//!
//! What it is *not*: what a schedule says at a time is its own matter (`things::schedule`). Start at [`rule_of`].

use super::Core;
use base::id::{DeviceId, PointId, RuleId, SceneId, ScheduleId, TurnId};
use base::{Bilingual, Timestamp, Value};
use documents::{Actor, Change, Outcome, RuleGraph, RuleState};
use serde_json::{Value as Json, json};
use things::schedule::{Follower, Says};
use things::{Safety, Scene, Schedule, World};

/// Where the graph says of which schedule it is made.
const MADE_OF: &str = "schedule";

/// The id of the rule that makes what follows a schedule follow it.
pub fn rule_id(schedule: ScheduleId) -> RuleId {
    RuleId::of_name(&schedule.to_string())
}

/// Whether a graph is made of a schedule.
pub fn is_made(graph: &RuleGraph) -> bool {
    graph.meta.contains_key(MADE_OF)
}

/// The rule that makes what follows a schedule follow it: whenever it begins to say a value, points are set to it and
/// scenes are run. What is so when the schedule is put down is set at once.
pub fn rule_of(schedule: &Schedule) -> RuleGraph {
    let name = schedule.names.bilingual();
    let name = Bilingual::new(format!("时间表“{}”", name.zh), format!("Schedule “{}”", name.en));
    let mut graph = RuleGraph::new(rule_id(schedule.id), name);
    graph.state = if schedule.disabled || schedule.followers.is_empty() { RuleState::Draft } else { RuleState::Live };
    graph.meta.insert(MADE_OF.into(), json!(schedule.id));
    graph.node("says", "scheduled", json!({ "schedule": schedule.id, "initial": "fire" }));
    let points: Vec<PointId> =
        schedule.followers.iter().filter_map(|f| if let Follower::Point(p) = f { Some(*p) } else { None }).collect();
    for (i, value) in schedule.values().into_iter().enumerate() {
        let scenes = schedule.followers.iter().filter_map(|f| match f {
            Follower::Scene { scene, at } if at == value => Some(*scene),
            _ => None,
        });
        let scenes: Vec<SceneId> = scenes.collect();
        if points.is_empty() && scenes.is_empty() {
            continue;
        }
        let n = i + 1;
        graph.node(&format!("is{n}"), "compare", json!({ "op": "=", "value": value }));
        graph.node(&format!("begins{n}"), "edge", json!({ "on": "rising" }));
        graph.edge("says.out", &format!("is{n}.in")).edge(&format!("is{n}.out"), &format!("begins{n}.in"));
        let mut acts: Vec<(String, &str, Json)> = scenes
            .iter()
            .enumerate()
            .map(|(k, s)| (format!("run{n}_{}", k + 1), "scene", json!({ "scene": s })))
            .collect();
        if let Some(params) = setting(schedule, &points, value) {
            acts.push((format!("set{n}"), "command", params));
        }
        for (id, type_, params) in acts {
            graph.node(&id, type_, params).edge(&format!("begins{n}.out"), &format!("{id}.in"));
        }
    }
    graph
}

/// What sets points to a value; none where there are none.
fn setting(schedule: &Schedule, points: &[PointId], value: &Value) -> Option<Json> {
    let mut params = match points {
        [] => return None,
        [one] => json!({ "point": one, "setting": { "to": value } }),
        several => json!({ "select": { "points": several }, "setting": { "to": value } }),
    };
    if let (Says::Number(unit), Some(params)) = (&schedule.says, params.as_object_mut()) {
        params.insert("unit".into(), json!(unit));
    }
    Some(params)
}

/// The points that changes let follow schedules, and the strictest safety class of them; comfort at least.
pub(super) fn written(changes: &[Change], world: &World) -> (Vec<PointId>, Safety) {
    let schedules = changes.iter().filter_map(|c| if let Change::PutSchedule(s) = c { Some(s) } else { None });
    let points: Vec<PointId> = schedules.flat_map(|s| s.points(world).collect::<Vec<_>>()).collect();
    let safety = points.iter().filter_map(|p| world.point(*p)).map(|p| p.safety).max();
    (points, safety.unwrap_or(Safety::Comfort).max(Safety::Comfort))
}

impl Core {
    /// The scenes that write points of a device.
    pub fn scenes_with(&self, device: DeviceId) -> impl Iterator<Item = &Scene> {
        let of_device = move |point| self.world.point(point).is_some_and(|p| p.device == device);
        self.world.scenes().filter(move |s| s.acts.iter().any(|a| of_device(a.point)))
    }

    /// The rules that name something in their parameters, in use or not.
    pub fn rules_naming(&self, id: &str) -> Vec<RuleId> {
        let names = |graph: &RuleGraph| graph.nodes.iter().any(|n| n.params.values().any(|v| v.as_str() == Some(id)));
        self.state.rules.values().filter(|r| names(&r.graph)).map(|r| r.graph.id).collect()
    }

    /// Before what exists is changed: rules of schedules that go, or that say something else, stop.
    pub(super) fn release_schedules(&mut self, changes: &[Change]) {
        for change in changes {
            let id = match change {
                Change::RemoveSchedule(id) => *id,
                Change::PutSchedule(s) if self.world.schedule(s.id).is_some_and(|before| before.says != s.says) => s.id,
                _ => continue,
            };
            self.state.engine.disable(rule_id(id));
        }
    }

    /// After what exists was changed: the rules of schedules that were put are made anew, those of removed ones are put
    /// out of use.
    pub(super) fn follow_schedules(
        &mut self,
        changes: &[Change],
        by: &Actor,
        approved_by: Option<&Actor>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let approved_by = approved_by.or(by.may_approve().then_some(by));
        for change in changes {
            match change {
                Change::PutSchedule(schedule) => self.follow_schedule(schedule, by, approved_by, now, out),
                Change::RemoveSchedule(id) => {
                    let Some(saved) = self.state.rules.get(&rule_id(*id)).cloned() else { continue };
                    let graph = RuleGraph { state: RuleState::Draft, ..saved.graph };
                    self.save_rule(graph, by, saved.approved_by, None, now, out);
                }
                _ => {}
            }
        }
    }

    /// Makes the rule of a schedule, where something follows it or did. It belongs to no turn: taking back the turn takes
    /// back the schedule, and the rule with it.
    pub(super) fn follow_schedule(
        &mut self,
        schedule: &Schedule,
        by: &Actor,
        approved_by: Option<&Actor>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let graph = rule_of(schedule);
        let same = match self.state.rules.get(&graph.id) {
            Some(saved) => saved.graph == graph,
            None => graph.state == RuleState::Draft,
        };
        if !same || (graph.state == RuleState::Live && !self.state.engine.contains(graph.id)) {
            self.save_rule(graph, by, approved_by.cloned(), None::<TurnId>, now, out);
        }
    }
}
