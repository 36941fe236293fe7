//! Rule graphs: what begins a rule, what must hold, what is done, as nodes and edges of the engine.
//!
//! What it is *not*: the words are taken apart in `segments.rs` and linked in `mod.rs`. Start at [`graph`].

use super::steps::{Step, acts_of};
use crate::answers::refuse;
use crate::answers::render;
use crate::phrases::link::Scene;
use crate::questions::ground::{self, Grounded};
use crate::questions::predicate::{Predicate, Tree};
use crate::text::times::{When, Window};
use base::id::{PointId, RuleId, SpaceId};
use base::{Bilingual, Span, Timestamp, Value};
use documents::{Act, Comparison, Condition, Reason, Refusal, RuleGraph, RuleMode, Setting};
use serde_json::json;
use std::collections::BTreeMap;
use things::{PointKind, World};

/// More acts than this that agree become one node with a selector.
const SINGLE_ACTS_MAX: usize = 4;
/// Most characters of a notice.
const NOTICE_CHARS_MAX: usize = 300;
/// Most values that a notice shows.
const NOTICE_VALUES_MAX: usize = 2;

/// Something that must hold when the rule is to act.
pub(crate) struct Guard {
    pub(crate) tree: Option<Tree>,
    pub(crate) when: When,
    pub(crate) negated: bool,
}

/// A rule as it was said.
pub(crate) struct Rule<'a> {
    pub(crate) condition: Option<&'a Tree>,
    /// The condition tells of something that happens: what else must hold is looked at in that moment.
    pub(crate) event: bool,
    /// So often within so long.
    pub(crate) count: Option<(usize, Span)>,
    pub(crate) guards: &'a [Guard],
    /// When it begins, or when it holds.
    pub(crate) when: &'a When,
    /// Until when; ends what the rule began.
    pub(crate) until: Option<&'a Tree>,
    pub(crate) until_when: &'a When,
    /// What calls off that which still waits.
    pub(crate) cancel: Option<&'a Tree>,
    /// Said again so often, while the condition holds.
    pub(crate) repeat: Option<Span>,
    /// One time and no more.
    pub(crate) once: bool,
    pub(crate) steps: Vec<Step>,
    /// What is done when the condition no longer holds.
    pub(crate) otherwise: Vec<Step>,
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
    /// The event that calls off what waits.
    cancel: Option<String>,
    /// The event with which the rule begins, and the points whose values were kept then.
    begun: String,
    kept: BTreeMap<PointId, String>,
}

/// What begins a rule.
struct Start {
    /// The event.
    event: String,
    /// The condition whose change it is; none when something happens.
    level: Option<String>,
    /// What else must hold in that moment.
    guard: Option<String>,
    /// The event before it is let through.
    bare: String,
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
        cancel: None,
        begun: String::new(),
        kept: BTreeMap::new(),
    };
    let back = match (rule.condition, rule.until) {
        (Some(c), Some(u)) if rule.guards.iter().all(|g| g.tree.is_none()) => b.hysteresis_of(c, u)?,
        _ => None,
    };
    let start = b.start(rule)?;
    let start = b.called_off(rule, start)?;
    let start = if rule.once { b.once(start) } else { start };
    b.begun = start.event.clone();
    b.steps(&rule.steps, &start.event)?;
    b.again(rule, &start)?;
    b.endings(rule, &start, back)?;
    let waits = |s: &Step| matches!(s, Step::Wait(_) | Step::Acts(_, Some(_)));
    if b.cancel.is_none() && rule.steps.iter().chain(&rule.otherwise).any(waits) {
        b.graph.mode = RuleMode::Restart;
    }
    Ok(b.graph)
}

impl Builder<'_, '_> {
    /// Ids are the kind and a number: `source1`, `compare2`.
    fn add(&mut self, kind: &'static str, params: serde_json::Value) -> String {
        let word = match kind {
            "point" => "source",
            "for_duration" => "hold",
            "hold" => "kept",
            "write_value" => "write",
            "time_window" => "period",
            "count_within" => "count",
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

    /// What begins the rule: a time, something that happens, or a condition that comes to hold.
    fn start(&mut self, rule: &Rule<'_>) -> Result<Start, Refusal> {
        let holds = rule.condition.map(|t| self.tree(t)).transpose()?;
        let mut guards: Vec<String> = Vec::new();
        for g in rule.guards {
            guards.extend(self.guard(g)?);
        }
        if let Some(moment) = self.moment(rule.when, rule.once) {
            let during = self.during(rule.when, false);
            let day = self.day(rule.when);
            let all: Vec<String> = holds.into_iter().chain(guards).chain(during).chain(day).collect();
            return Ok(self.gated(moment, all));
        }
        guards.extend(self.during(rule.when, true));
        guards.extend(self.day(rule.when));
        match holds {
            Some(holds) if rule.event => {
                let mut event = self.edge("rising", &holds);
                if let Some((count, span)) = rule.count {
                    let node = self.add("count_within", json!({ "count": count, "span_ms": span.as_millis() }));
                    self.link(&event, &node);
                    event = node;
                }
                let level = guards.is_empty().then_some(holds);
                let start = self.gated(event, guards);
                Ok(Start { level, ..start })
            }
            holds => {
                let all: Vec<String> = holds.into_iter().chain(guards).collect();
                if all.is_empty() {
                    return Err(refuse::not_understood(&[]));
                }
                let level = self.joined("and", all);
                let event = self.edge("rising", &level);
                Ok(Start { bare: event.clone(), event, level: Some(level), guard: None })
            }
        }
    }

    /// "unless ... by then": what waits is called off; where nothing waits, it must not have happened.
    fn called_off(&mut self, rule: &Rule<'_>, start: Start) -> Result<Start, Refusal> {
        let Some(tree) = rule.cancel else { return Ok(start) };
        let holds = self.tree(tree)?;
        let event = self.edge("rising", &holds);
        if rule.steps.iter().any(|s| matches!(s, Step::Wait(_))) {
            self.cancel = Some(event);
            return Ok(start);
        }
        let never = self.counted(&event, Comparison::Lt, 1.0);
        Ok(self.passes(start, &never))
    }

    /// Passes the first time only.
    fn once(&mut self, start: Start) -> Start {
        let first = self.counted(&start.event.clone(), Comparison::Le, 1.0);
        self.passes(start, &first)
    }

    /// How often something has happened, compared.
    fn counted(&mut self, event: &str, op: Comparison, count: f64) -> String {
        let counter = self.add("counter", json!({}));
        self.graph.edge(&format!("{event}.out"), &format!("{counter}.up"));
        let compare = self.add("compare", json!({ "op": op, "value": count }));
        self.link(&counter, &compare);
        compare
    }

    /// What began the rule, only while something holds.
    fn passes(&mut self, start: Start, condition: &str) -> Start {
        let gate = self.gate(&start.event, condition);
        Start { event: gate, ..start }
    }

    /// An event that passes only while all of these hold.
    fn gated(&mut self, event: String, guards: Vec<String>) -> Start {
        if guards.is_empty() {
            return Start { bare: event.clone(), event, level: None, guard: None };
        }
        let guard = self.joined("and", guards);
        let gate = self.gate(&event, &guard);
        Start { event: gate, level: None, guard: Some(guard), bare: event }
    }

    fn gate(&mut self, event: &str, guard: &str) -> String {
        let gate = self.add("gate", json!({}));
        self.link(event, &gate);
        self.graph.edge(&format!("{guard}.out"), &format!("{gate}.if"));
        gate
    }

    fn edge(&mut self, on: &str, condition: &str) -> String {
        let edge = self.add("edge", json!({ "on": on }));
        self.link(condition, &edge);
        edge
    }

    fn not(&mut self, condition: &str) -> String {
        let not = self.add("not", json!({}));
        self.link(condition, &not);
        not
    }

    fn guard(&mut self, g: &Guard) -> Result<Option<String>, Refusal> {
        let mut parts: Vec<String> = g.tree.as_ref().map(|t| self.tree(t)).transpose()?.into_iter().collect();
        parts.extend(self.during(&g.when, true));
        if parts.is_empty() {
            return Ok(None);
        }
        let both = self.joined("and", parts);
        Ok(Some(if g.negated { self.not(&both) } else { both }))
    }

    /// A time at which something begins.
    fn moment(&mut self, when: &When, once: bool) -> Option<String> {
        if let Some(every) = when.every {
            let mut params = json!({ "every_ms": every.as_millis() });
            // Once in an hour is an hour from now.
            if let Some(map) = params.as_object_mut().filter(|_| once) {
                map.insert("from".into(), json!("enabled"));
            }
            return Some(self.add("interval", params));
        }
        if when.times.is_empty() {
            return None;
        }
        let times: Vec<String> = when.times.iter().map(|t| t.code()).collect();
        Some(match &when.days {
            Some(days) => self.add("schedule", json!({ "times": times, "days": days })),
            None => self.add("schedule", json!({ "times": times })),
        })
    }

    /// "tomorrow", "just for today": so many midnights from now.
    fn day(&mut self, when: &When) -> Option<String> {
        let ahead = when.ahead?;
        let midnight = self.add("schedule", json!({ "times": ["00:00"] }));
        Some(self.counted(&midnight, Comparison::Eq, f64::from(ahead)))
    }

    /// The periods of the day, or the days, in which something holds.
    fn during(&mut self, when: &When, days: bool) -> Option<String> {
        let periods = when.periods();
        let of_days = when.days.clone().filter(|d| *d != things::schedule::Days::Everyday);
        let bounds: Vec<(String, String)> = if !periods.is_empty() {
            periods.iter().map(|w: &Window| (w.from.code(), w.to.code())).collect()
        } else if of_days.is_some() && (days || when.every.is_some()) {
            // A whole day is its two halves.
            vec![("00:00".into(), "12:00".into()), ("12:00".into(), "00:00".into())]
        } else {
            return None;
        };
        let nodes = bounds
            .into_iter()
            .map(|(from, to)| match &of_days {
                Some(d) => self.add("time_window", json!({ "from": from, "to": to, "days": d })),
                None => self.add("time_window", json!({ "from": from, "to": to })),
            })
            .collect();
        Some(self.joined("or", nodes))
    }

    /// "... and again every five minutes": until the condition no longer holds.
    fn again(&mut self, rule: &Rule<'_>, start: &Start) -> Result<(), Refusal> {
        let (Some(every), Some(level)) = (rule.repeat, start.level.clone()) else { return Ok(()) };
        let over = self.edge("falling", &level);
        let timeout = self.add("timeout", json!({ "span_ms": every.as_millis(), "repeat": true }));
        self.graph.edge(&format!("{}.out", start.event), &format!("{timeout}.start"));
        self.graph.edge(&format!("{over}.out"), &format!("{timeout}.in"));
        self.steps(&rule.steps, &timeout)
    }

    /// What ends what was begun: "until", "otherwise", the end of a period.
    fn endings(&mut self, rule: &Rule<'_>, start: &Start, back: Option<f64>) -> Result<(), Refusal> {
        if let Some(moment) = self.moment(rule.until_when, false) {
            return self.taken_back(rule, &moment);
        }
        if let Some(until) = rule.until {
            let end = match start.level.as_ref().filter(|_| back.is_some()) {
                Some(level) => self.edge("falling", &level.clone()),
                None => {
                    let ended = self.tree(until)?;
                    self.edge("rising", &ended)
                }
            };
            return self.taken_back(rule, &end);
        }
        if !rule.otherwise.is_empty() {
            let end = match (&start.level, &start.guard) {
                (Some(level), _) => self.edge("falling", &level.clone()),
                (None, Some(guard)) => {
                    let not = self.not(&guard.clone());
                    self.gate(&start.bare, &not)
                }
                (None, None) => return Err(refuse::not_understood(&[])),
            };
            return self.steps(&rule.otherwise, &end);
        }
        // "from nine to five the lights on": they go off at five.
        let period = rule.condition.is_none() && rule.when.windows.iter().all(|w| !w.open) && !rule.when.is_moment();
        if let Some(level) = start.level.clone().filter(|_| period) {
            let begun = |a: &&Act| matches!(a.setting, Setting::To(Value::Bool(true)));
            let on: Vec<Act> = acts_of(&rule.steps).iter().filter(begun).cloned().collect();
            if let Ok(off) = inverse(&on, self.scene.world) {
                let end = self.edge("falling", &level);
                self.commands(&off, &end);
            }
        }
        Ok(())
    }

    fn taken_back(&mut self, rule: &Rule<'_>, end: &str) -> Result<(), Refusal> {
        if !rule.otherwise.is_empty() {
            return self.steps(&rule.otherwise, end);
        }
        let ending = inverse(&acts_of(&rule.steps), self.scene.world)?;
        self.commands(&ending, end);
        Ok(())
    }

    /// One step behind the other.
    fn steps(&mut self, steps: &[Step], from: &str) -> Result<(), Refusal> {
        let mut now = from.to_owned();
        for step in steps {
            match step {
                Step::Wait(span) => now = self.delayed(*span, &now),
                Step::Acts(acts, lasting) => {
                    self.commands(acts, &now);
                    if let Some(span) = lasting {
                        let over = self.delayed(*span, &now);
                        let ending = inverse(acts, self.scene.world)?;
                        self.commands(&ending, &over);
                    }
                }
                Step::Notify(text) => self.notify(text, &now),
                Step::Back(points) => self.put_back(points, &now),
            }
        }
        Ok(())
    }

    fn delayed(&mut self, span: Span, from: &str) -> String {
        let params = json!({ "span_ms": span.as_millis() });
        let Some(cancel) = self.cancel.clone() else {
            let delay = self.add("delay", params);
            self.link(from, &delay);
            return delay;
        };
        let timeout = self.add("timeout", params);
        self.graph.edge(&format!("{from}.out"), &format!("{timeout}.start"));
        self.graph.edge(&format!("{cancel}.out"), &format!("{timeout}.in"));
        timeout
    }

    /// "put it back as it was": the values that points had when the rule began.
    fn put_back(&mut self, points: &[PointId], from: &str) {
        for point in points {
            let kept = match self.kept.get(point) {
                Some(kept) => kept.clone(),
                None => {
                    let source = self.source(*point);
                    let kept = self.add("hold", json!({}));
                    self.link(&source, &kept);
                    self.graph.edge(&format!("{}.out", self.begun), &format!("{kept}.each"));
                    self.kept.insert(*point, kept.clone());
                    kept
                }
            };
            let write = self.add("write_value", json!({ "point": point }));
            self.graph.edge(&format!("{kept}.out"), &format!("{write}.value"));
            self.link(from, &write);
        }
    }

    /// People are told, with the values that the condition is about.
    fn notify(&mut self, text: &str, from: &str) {
        let cut: String = text.chars().take(NOTICE_CHARS_MAX).collect();
        let plain = cut.replace('{', "{{").replace('}', "}}");
        let (mut zh, mut en) = (plain.clone(), plain);
        let world = self.scene.world;
        let numbers = |p: &&PointId| world.point(**p).is_some_and(|s| matches!(s.kind, PointKind::Number { .. }));
        let shown: Vec<(PointId, String)> = self
            .sources
            .iter()
            .filter(|(p, _)| numbers(p))
            .take(NOTICE_VALUES_MAX)
            .map(|(p, n)| (*p, n.clone()))
            .collect();
        for (i, (point, _)) in shown.iter().enumerate() {
            let Some(spec) = world.point(*point) else { continue };
            let name = render::device(spec.device, world);
            let braced = |n: &str| n.replace('{', "{{").replace('}', "}}");
            zh.push_str(&format!("（{}：{{v{}}}）", braced(&name.zh), i + 1));
            en.push_str(&format!(" ({}: {{v{}}})", braced(&name.en), i + 1));
        }
        let node = self.add("notify", json!({ "zh": zh, "en": en }));
        self.link(from, &node);
        for (i, (_, source)) in shown.iter().enumerate() {
            self.graph.edge(&format!("{source}.out"), &format!("{node}.v{}", i + 1));
        }
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
        let g = ground::ground(p, &scene)?;
        self.near = scene.room_of(&g.devices).or(self.near);
        if g.tests.len() > ground::POINTS_MAX {
            let n = ground::POINTS_MAX;
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
            id = self.not(&id);
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
        let (first, last) = (ground::ground(p, self.scene)?, ground::ground(u, self.scene)?);
        let (Some((a, x)), Some((b, y))) = (only(&first), only(&last)) else { return Ok(None) };
        let up = |op| matches!(op, Comparison::Gt | Comparison::Ge);
        let down = |op| matches!(op, Comparison::Lt | Comparison::Le);
        match (x.value.as_number(), y.value.as_number()) {
            (Some(on), Some(off))
                if a == b && ((up(x.op) && down(y.op) && off <= on) || (down(x.op) && up(y.op) && off >= on)) =>
            {
                let width = (on - off).abs();
                // What has to last is not begun by a value between the two.
                if p.dwell.is_some() && width > 0.0 {
                    return Ok(None);
                }
                if width > 0.0 {
                    self.hysteresis.insert(*a, width);
                }
                Ok(Some(width))
            }
            // When the door is shut again: the opposite of what began it.
            _ if a == b && matches!((&x.value, &y.value), (Value::Bool(m), Value::Bool(n)) if m != n) => Ok(Some(0.0)),
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
pub(super) fn inverse(acts: &[Act], world: &World) -> Result<Vec<Act>, Refusal> {
    let mut out = Vec::new();
    for a in acts {
        let Some(spec) = world.point(a.point) else { continue };
        if let Setting::By(n) = a.setting {
            out.push(Act { point: a.point, setting: Setting::By(-n) });
            continue;
        }
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
