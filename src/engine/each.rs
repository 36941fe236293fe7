//! Rules that stand for several rooms or devices: one plan for each, and what is said of those where it does not work.
//!
//! What it is *not*: which ones there are is up to `things::Each`; how `here` is resolved, to the nodes that have it.
//! Start at [`plans`].

use crate::compile::Scope;
use crate::limits::LISTED_MAX;
use crate::plan::Plan;
use base::diagnostic::has_errors;
use base::id::PointId;
use base::limits::{COMMANDS_PER_REQUEST_MAX, RULE_PLACES_MAX};
use base::{Bilingual, Diagnostic, Diagnostics, Timestamp};
use documents::RuleGraph;
use serde_json::Value as Json;
use things::{Each, Here, Selector, World};

/// Where it stands in the document.
const PATH: &str = "/each";

/// A place where the rule does not work, and why.
struct LeftOut {
    here: Here,
    found: Diagnostics,
}

/// A plan for each of them. Those where it does not work are left out, with a warning that says why; where it works
/// nowhere, the faults are those of the first.
pub(crate) fn plans(
    each: &Each,
    world: &World,
    compile: impl Fn(Here) -> (Option<Plan>, Diagnostics),
) -> (Vec<Plan>, Diagnostics) {
    let all = each.all(world);
    if all.is_empty() {
        let message = Bilingual::new("没有选中任何房间或设备", "it selects no room and no device");
        return (Vec::new(), vec![Diagnostic::error("rule.each", PATH, message)]);
    }
    if all.len() > RULE_PLACES_MAX {
        let count = all.len();
        let message = Bilingual::new(
            format!("选中 {count} 处，最多 {RULE_PLACES_MAX} 处"),
            format!("it selects {count}, at most {RULE_PLACES_MAX} are possible"),
        );
        return (Vec::new(), vec![Diagnostic::error("rule.limit", PATH, message)]);
    }
    let (mut plans, mut found, mut left) = (Vec::new(), Diagnostics::new(), Vec::new());
    for here in all {
        match compile(here) {
            (Some(plan), said) if !has_errors(&said) => {
                plans.push(plan);
                let new: Vec<Diagnostic> = said.into_iter().filter(|d| !found.contains(d)).collect();
                found.extend(new);
            }
            (_, said) => left.push(LeftOut { here, found: said }),
        }
    }
    if plans.is_empty() {
        return (plans, left.into_iter().next().map(|first| first.found).unwrap_or_default());
    }
    found.extend(told(&left, world));
    (plans, found)
}

/// What is left out, reason by reason.
fn told(left: &[LeftOut], world: &World) -> Diagnostics {
    let mut reasons: Vec<(&Diagnostic, Vec<Bilingual>)> = Vec::new();
    for LeftOut { here, found } in left {
        let Some(why) = found.iter().find(|d| d.is_error()) else { continue };
        let name = here.words(world);
        match reasons.iter_mut().find(|(known, _)| known.path == why.path && known.message == why.message) {
            Some((_, names)) => names.push(name),
            None => reasons.push((why, vec![name])),
        }
    }
    let said = |(why, names): (&Diagnostic, Vec<Bilingual>)| {
        let listed = names.get(..LISTED_MAX).unwrap_or(&names);
        let list = Bilingual::join(listed, &Bilingual::new("、", ", "));
        let more = names.len() - listed.len();
        let rest = if more == 0 {
            Bilingual::default()
        } else {
            Bilingual::new(format!("等 {} 处", names.len()), format!(" and {more} more"))
        };
        let message = Bilingual::new(
            format!("不包括{}{}：{}", list.zh, rest.zh, why.message.zh),
            format!("without {}{}: {}", list.en, rest.en, why.message.en),
        );
        Diagnostic::warning("rule.each_without", why.path.clone(), message)
    };
    reasons.into_iter().map(said).collect()
}

/// Something has to be `here` in a rule that stands for several, or each of them would do the same.
pub(crate) fn check(graph: &RuleGraph, found: &mut Diagnostics) {
    let here = graph.nodes.iter().any(|n| n.params.get("here") == Some(&Json::Bool(true)));
    if graph.each.is_some() && !here {
        let message = Bilingual::new(
            "没有一个节点写明 here，每一处都会做同样的事",
            "no node says `here`: each of them would do the same",
        );
        found.push(Diagnostic::error("rule.each", PATH, message));
    }
}

/// The points that a selection means: all of them, or those in the place that the rule stands for. Says so if there is
/// none, or too many.
pub(crate) fn selected(select: &Selector, here: bool, scope: &mut Scope<'_>) -> Option<Vec<PointId>> {
    // Where devices are from now on: rules recompile when that changes.
    let mut points = select.points(scope.world, Timestamp::MAX);
    if here {
        let Some(place) = scope.here else {
            let message = Bilingual::new(
                "here 只能用在写明 each 的规则里",
                "`here` is for rules that stand for each of several rooms or devices",
            );
            scope.fault("rule.each", "here", message);
            return None;
        };
        points.retain(|point| place.has_point(scope.world, *point));
    }
    if points.is_empty() {
        scope.fault("rule.select", "select", Bilingual::new("没有选中任何点位", "it selects no point"));
        return None;
    }
    if points.len() > COMMANDS_PER_REQUEST_MAX {
        let count = points.len();
        let message = Bilingual::new(
            format!("选中 {count} 个点位，最多 {COMMANDS_PER_REQUEST_MAX} 个"),
            format!("it selects {count} points, at most {COMMANDS_PER_REQUEST_MAX} are possible"),
        );
        scope.fault("rule.limit", "select", message);
        return None;
    }
    Some(points)
}
