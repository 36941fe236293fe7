//! Rules: a condition and acts become a rule graph of the engine's nodes.
//!
//! What it is *not*: the words are taken apart in `sentence.rs`. Nodes: `point`, `compare`, `for_duration`, `and`,
//! `or`, `not`, `edge`, `delay`, `command`. Start at [`graph`].

use crate::link::Scene;
use crate::predicate::{self, Grounded, Predicate, Tree};
use crate::refuse;
use base::id::{PointId, RuleId, SpaceId};
use base::{Bilingual, Span, Timestamp, Value};
use documents::{Act, Comparison, Condition, Reason, Refusal, RuleGraph, Setting};
use serde_json::json;
use std::collections::BTreeMap;
use things::{PointKind, World};

/// More acts than this that agree become one node with a selector.
const SINGLE_ACTS_MAX: usize = 4;

/// A rule as it was said.
pub(crate) struct Rule<'a> {
    pub(crate) condition: &'a Tree,
    /// Until when; ends what the rule began.
    pub(crate) until: Option<&'a Tree>,
    pub(crate) acts: Vec<Act>,
    /// What is done when the condition no longer holds.
    pub(crate) otherwise: Vec<Act>,
    /// How long after the condition.
    pub(crate) delay: Option<Span>,
    /// How long what is done lasts.
    pub(crate) lasting: Option<Span>,
    /// The words, which name the rule.
    pub(crate) text: &'a str,
    pub(crate) now: Timestamp,
}

struct Builder<'a, 'b> {
    scene: &'a Scene<'b>,
    /// The room of the predicate before: "the window is open and the temperature is low" is one room.
    near: Option<SpaceId>,
    graph: RuleGraph,
    counts: BTreeMap<&'static str, usize>,
    sources: BTreeMap<PointId, String>,
    /// Hysteresis for the comparison of a point.
    hysteresis: BTreeMap<PointId, f64>,
}

/// The graph of a rule.
pub(crate) fn graph(rule: &Rule<'_>, scene: &Scene<'_>) -> Result<RuleGraph, Refusal> {
    let id = RuleId::of_name(&format!("{}@{}", rule.text, rule.now));
    let name = Bilingual::same(rule.text.trim());
    let mut b = Builder {
        scene,
        near: None,
        graph: RuleGraph::new(id, name),
        counts: BTreeMap::new(),
        sources: BTreeMap::new(),
        hysteresis: BTreeMap::new(),
    };
    let back = rule.until.map(|u| b.hysteresis_of(rule.condition, u)).transpose()?.flatten();
    let holds = b.tree(rule.condition)?;
    let mut edge = b.add("edge", json!({ "on": "rising" }));
    b.link(&holds, &edge);
    if let Some(span) = rule.delay {
        let delay = b.add("delay", json!({ "span_ms": span.as_millis() }));
        b.link(&edge, &delay);
        edge = delay;
    }
    b.commands(&rule.acts, &edge);
    if let Some(span) = rule.lasting {
        let over = b.add("delay", json!({ "span_ms": span.as_millis() }));
        b.link(&edge, &over);
        let ending = inverse(&rule.acts, scene.world)?;
        b.commands(&ending, &over);
    }
    if let Some(until) = rule.until {
        let ending = if rule.otherwise.is_empty() { inverse(&rule.acts, scene.world)? } else { rule.otherwise.clone() };
        let end = if back.is_some() {
            let falling = b.add("edge", json!({ "on": "falling" }));
            b.link(&holds, &falling);
            falling
        } else {
            let ended = b.tree(until)?;
            let rising = b.add("edge", json!({ "on": "rising" }));
            b.link(&ended, &rising);
            rising
        };
        b.commands(&ending, &end);
    } else if !rule.otherwise.is_empty() {
        let falling = b.add("edge", json!({ "on": "falling" }));
        b.link(&holds, &falling);
        b.commands(&rule.otherwise, &falling);
    }
    Ok(b.graph)
}

impl Builder<'_, '_> {
    /// Ids are the kind and a number: `source1`, `compare2`.
    fn add(&mut self, kind: &'static str, params: serde_json::Value) -> String {
        let word = match kind {
            "point" => "source",
            "for_duration" => "hold",
            other => other,
        };
        let n = self.counts.entry(word).or_insert(0);
        *n += 1;
        let id = format!("{word}{n}");
        self.graph.node(&id, kind, params);
        id
    }

    fn link(&mut self, from: &str, to: &str) {
        self.graph.edge(&format!("{from}.out"), &format!("{to}.in"));
    }

    fn source(&mut self, point: PointId) -> String {
        if let Some(id) = self.sources.get(&point) {
            return id.clone();
        }
        let id = self.add("point", json!({ "point": point }));
        self.sources.insert(point, id.clone());
        id
    }

    fn tree(&mut self, tree: &Tree) -> Result<String, Refusal> {
        match tree {
            Tree::One(p) => self.predicate(p),
            Tree::And(list) | Tree::Or(list) => {
                let ids = list.iter().map(|t| self.tree(t)).collect::<Result<Vec<_>, _>>()?;
                Ok(self.joined(if matches!(tree, Tree::And(_)) { "and" } else { "or" }, ids))
            }
        }
    }

    fn joined(&mut self, kind: &'static str, mut ids: Vec<String>) -> String {
        if ids.len() == 1
            && let Some(only) = ids.pop()
        {
            return only;
        }
        let node = self.add(kind, json!({}));
        for (i, id) in ids.iter().enumerate() {
            self.graph.edge(&format!("{id}.out"), &format!("{node}.in{}", i + 1));
        }
        node
    }

    fn predicate(&mut self, p: &Predicate) -> Result<String, Refusal> {
        let scene = Scene { space: self.near.or(self.scene.space), ..self.scene.clone() };
        let g = predicate::ground(p, &scene)?;
        self.near = scene.room_of(&g.devices).or(self.near);
        if g.tests.len() > predicate::POINTS_MAX {
            let n = predicate::POINTS_MAX;
            let text = Bilingual::new(
                format!("条件涉及的点位太多，最多{n}个"),
                format!("the condition is about too many points; at most {n} are possible"),
            );
            return Err(Refusal::new(Reason::NotAllowed, text));
        }
        let mut ids = Vec::new();
        for (point, condition) in &g.tests {
            let first = self.compare(*point, condition);
            ids.push(match &g.second {
                None => first,
                Some(second) => {
                    let other = self.compare(*point, second);
                    self.joined("and", vec![first, other])
                }
            });
        }
        // "if not any is open" is none of them; "if all are not open" likewise.
        let mut id = self.joined(if g.any { "or" } else { "and" }, ids);
        if p.not {
            let not = self.add("not", json!({}));
            self.link(&id, &not);
            id = not;
        }
        if let Some(span) = p.dwell {
            let hold = self.add("for_duration", json!({ "span_ms": span.as_millis() }));
            self.link(&id, &hold);
            id = hold;
        }
        Ok(id)
    }

    fn compare(&mut self, point: PointId, c: &Condition) -> String {
        let source = self.source(point);
        let mut params = json!({ "op": c.op, "value": c.value });
        if let (Some(h), Some(map)) = (self.hysteresis.get(&point), params.as_object_mut()) {
            map.insert("hysteresis".into(), json!(h));
        }
        let id = self.add("compare", params);
        self.link(&source, &id);
        id
    }

    /// "above 26 until it falls below 24" on one point is hysteresis, not a second comparison.
    fn hysteresis_of(&mut self, condition: &Tree, until: &Tree) -> Result<Option<f64>, Refusal> {
        let (Tree::One(p), Tree::One(u)) = (condition, until) else { return Ok(None) };
        if u.dwell.is_some() || u.not || p.not {
            return Ok(None);
        }
        let (first, last) = (predicate::ground(p, self.scene)?, predicate::ground(u, self.scene)?);
        let (Some((a, x)), Some((b, y))) = (only(&first), only(&last)) else { return Ok(None) };
        let up = |op| matches!(op, Comparison::Gt | Comparison::Ge);
        let down = |op| matches!(op, Comparison::Lt | Comparison::Le);
        match (x.value.as_number(), y.value.as_number()) {
            (Some(on), Some(off))
                if a == b && ((up(x.op) && down(y.op) && off <= on) || (down(x.op) && up(y.op) && off >= on)) =>
            {
                let width = (on - off).abs();
                if width > 0.0 {
                    self.hysteresis.insert(*a, width);
                }
                Ok(Some(width))
            }
            _ => Ok(None),
        }
    }

    /// One node for each act, or one for many that agree.
    fn commands(&mut self, acts: &[Act], trigger: &str) {
        let mut groups: Vec<(Option<String>, Setting, Vec<PointId>)> = Vec::new();
        for a in acts {
            let trait_ = self.scene.world.point(a.point).and_then(|p| p.trait_.clone());
            match groups.iter_mut().find(|(t, s, _)| *t == trait_ && *s == a.setting) {
                Some((_, _, points)) => points.push(a.point),
                None => groups.push((trait_, a.setting.clone(), vec![a.point])),
            }
        }
        for (trait_, setting, points) in groups {
            if points.len() > SINGLE_ACTS_MAX && trait_.is_some() {
                let node =
                    self.add("command", json!({ "select": { "points": points, "trait": trait_ }, "setting": setting }));
                self.link(trigger, &node);
                continue;
            }
            for p in points {
                let node = self.add("command", json!({ "point": p, "setting": setting }));
                self.link(trigger, &node);
            }
        }
    }
}

fn only(g: &Grounded) -> Option<&(PointId, Condition)> {
    match (g.tests.as_slice(), &g.second) {
        ([one], None) => Some(one),
        _ => None,
    }
}

/// What takes the acts back when the rule says "until".
fn inverse(acts: &[Act], world: &World) -> Result<Vec<Act>, Refusal> {
    let mut out = Vec::new();
    for a in acts {
        let Some(spec) = world.point(a.point) else { continue };
        let back = match (&a.setting, &spec.kind) {
            (Setting::To(Value::Bool(b)), _) => Some(Value::Bool(!b)),
            (Setting::To(Value::Number(n)), PointKind::Number { min: Some(low), max: Some(high), .. })
                if spec.is("position") =>
            {
                Some(Value::Number(if *n > *low { *low } else { *high }))
            }
            (Setting::To(Value::Text(t)), _) if spec.is("run") => (t == "cleaning").then(|| Value::text("docked")),
            (Setting::To(Value::Text(t)), _) if spec.is("playback") => (t == "playing").then(|| Value::text("paused")),
            _ => None,
        };
        out.extend(back.map(|v| Act::to(a.point, v)));
    }
    if out.is_empty() {
        return Err(refuse::not_understood(&["until".to_string()]));
    }
    Ok(out)
}
