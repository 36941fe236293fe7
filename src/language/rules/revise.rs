//! A rule said otherwise: another value, other hours or days, one more thing to do, something to wait for, another name.
//!
//! What it is *not*: it finds no rule by its name (that is `standing`) and takes nothing back; what becomes of the
//! proposal before is the agent's. A sentence with any other word stays what it is. Start at [`read`], for the rule that
//! was proposed last, or [`revised`].

use super::steps::{self, Step};
use crate::Utterance;
use crate::answers::refuse;
use crate::phrases::link::Scene;
use crate::phrases::pieces::act_of;
use crate::questions::ground::in_unit;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::text::times::When;
use crate::words::concept::Concept as C;
use base::id::{PointId, RuleId};
use base::{Bilingual, Span};
use documents::{Draft, Reason, Refusal, RuleGraph, Verdict};
use serde_json::{Value as Json, json};
use things::schedule::Days;

/// The entry of a graph's meta that says that it takes the place of another: of the rule with this id, or, when it only
/// says so, of the rule that was proposed before it.
pub const REVISES: &str = "revises";

/// Kinds of nodes that do something, or wait to.
const ACTING: &[&str] = &["command", "notify", "delay", "timeout", "write_value"];
/// Parameters that are spans.
const SPANS: &[&str] = &["span_ms", "every_ms"];
/// What a rule does when it begins.
const RUNS: &[&str] = &[
    "run",
    "runs",
    "fire",
    "fires",
    "trigger",
    "work",
    "apply",
    "during",
    "执行",
    "运行",
    "触发",
    "启动",
    "时",
    "的时候",
    "在",
    "时候",
];
/// What is said around a time to wait for.
const WAITS: &[&str] = &["wait", "first", "before", "先", "等", "等待", "再", "延迟", "先等", "wait for", "for"];
/// Words for the values of a rule, by what they stand for.
const FOCUS: &[(Focus, &[&str])] = &[
    (
        Focus::Threshold,
        &[
            "threshold",
            "limit",
            "trigger value",
            "level",
            "condition",
            "阈值",
            "门槛",
            "上限",
            "下限",
            "界限",
            "触发值",
            "条件",
            "标准",
        ],
    ),
    (
        Focus::Span,
        &[
            "delay",
            "wait",
            "waiting time",
            "time",
            "duration",
            "timeout",
            "延时",
            "延迟",
            "时长",
            "等待时间",
            "时间",
            "持续时间",
        ],
    ),
    (
        Focus::Clock,
        &["time", "start time", "hour", "starting time", "时间", "开始时间", "执行时间", "触发时间", "时刻"],
    ),
    (Focus::Set, &["target", "setpoint", "setting", "set point", "目标", "设定", "设定值", "目标值"]),
];
/// What is said in front of a new name.
const NAMING: &[&str] = &[
    "call it ",
    "name it ",
    "rename it to ",
    "rename it ",
    "call the rule ",
    "name the rule ",
    "叫它",
    "给它改名叫",
    "改名叫",
    "改名为",
    "命名为",
    "名字改成",
    "名字叫",
];

/// The last proposed rule as it is wanted now; none when the words are about something else.
pub(crate) fn read(tokens: &[Token], last: &[Draft], u: &Utterance, scene: &mut Scene<'_>) -> Option<Verdict> {
    let [Draft::Rule(graph)] = last else { return None };
    Some(match revised(graph, tokens, (&u.text, None), scene)? {
        Err(refusal) => Verdict::Refusal(refusal),
        Ok(mut graph) => {
            // What takes the place of a rule that exists still does.
            if !graph.meta.get(REVISES).is_some_and(Json::is_string) {
                graph.id = RuleId::of_name(&format!("{}@{}", u.text, u.now));
                graph.meta.insert(REVISES.into(), Json::Bool(true));
            }
            Verdict::Draft(Draft::Rule(Box::new(graph)))
        }
    })
}

/// A rule as words want it, with the word for the value that they change, where there is one; none when they are about
/// something else.
pub(crate) fn revised(
    graph: &RuleGraph,
    tokens: &[Token],
    (text, focus): (&str, Option<&str>),
    scene: &mut Scene<'_>,
) -> Option<Result<RuleGraph, Refusal>> {
    renamed(graph, text)
        .map(Ok)
        .or_else(|| during(graph, tokens).map(Ok))
        .or_else(|| delayed(graph, tokens).map(Ok))
        .or_else(|| valued(graph, tokens, focus, scene))
        .or_else(|| extended(graph, tokens, scene))
}

/// "call it night light": only the name is another.
fn renamed(graph: &RuleGraph, text: &str) -> Option<RuleGraph> {
    let text = text.trim().trim_end_matches(['.', '。', '!', '！']);
    let prefix = NAMING.iter().find(|p| text.get(..p.len()).is_some_and(|head| head.eq_ignore_ascii_case(p)))?;
    let name = text.get(prefix.len()..)?.trim_matches(['“', '”', '"', '「', '」', ' ']);
    (!name.is_empty()).then(|| RuleGraph { name: Bilingual::same(name), ..graph.clone() })
}

/// "only on weekdays", 周末不要执行: when it may begin.
fn during(graph: &RuleGraph, tokens: &[Token]) -> Option<RuleGraph> {
    let mut when: Option<When> = None;
    let (mut only, mut not) = (false, false);
    for t in tokens.iter().filter(|t| !t.punctuation()) {
        match &t.literal {
            Some(Literal::When(w)) if when.is_none() && !w.is_moment() => when = Some((**w).clone()),
            Some(_) => return None,
            None if t.entry.is_some() => return None,
            None if t.is_any(&[C::Not, C::Cancel, C::Void, C::Except]) => not = true,
            None if t.is_any(&[C::Only, C::InForce]) => only = true,
            None if t.is_any(&[
                C::Filler,
                C::At,
                C::It,
                C::Is,
                C::Activate,
                C::Start,
                C::AboutIt,
                C::And,
                C::Article,
                C::Then,
            ]) => {}
            None if RUNS.contains(&t.text.as_str()) => {}
            None => return None,
        }
    }
    let when = when.filter(|_| only || not)?;
    let mut graph = graph.clone();
    let period = windows(&mut graph, &when)?;
    let period = match not {
        true => {
            let id = fresh(&graph, "not");
            graph.node(&id, "not", json!({})).edge(&format!("{period}.out"), &format!("{id}.in"));
            id
        }
        false => period,
    };
    gated(&mut graph, &period).then_some(graph)
}

/// The condition that it is such a time.
fn windows(graph: &mut RuleGraph, when: &When) -> Option<String> {
    let days = when.days.clone().filter(|d| *d != Days::Everyday);
    let mut bounds: Vec<(String, String)> = when.periods().iter().map(|w| (w.from.code(), w.to.code())).collect();
    if bounds.is_empty() && days.is_some() {
        // A whole day is its two halves.
        bounds = vec![("00:00".into(), "12:00".into()), ("12:00".into(), "00:00".into())];
    }
    let mut ids = Vec::new();
    for (from, to) in bounds {
        let id = fresh(graph, "period");
        let mut params = json!({ "from": from, "to": to });
        if let (Some(days), Some(map)) = (&days, params.as_object_mut()) {
            map.insert("days".into(), json!(days));
        }
        graph.node(&id, "time_window", params);
        ids.push(id);
    }
    if ids.len() < 2 {
        return ids.pop();
    }
    let either = fresh(graph, "or");
    graph.node(&either, "or", json!({}));
    for (i, id) in ids.iter().enumerate() {
        graph.edge(&format!("{id}.out"), &format!("{either}.in{}", i + 1));
    }
    Some(either)
}

/// Lets what begins the rule through only while a condition holds; whether anything begins it.
fn gated(graph: &mut RuleGraph, condition: &str) -> bool {
    let starts = starts(graph);
    for start in &starts {
        let gate = fresh(graph, "gate");
        let acting = acting(graph);
        for e in graph.edges.iter_mut().filter(|e| e.from.node == *start && acting.contains(&e.to.node)) {
            e.from.node.clone_from(&gate);
        }
        graph.node(&gate, "gate", json!({}));
        graph
            .edge(&format!("{start}.out"), &format!("{gate}.in"))
            .edge(&format!("{condition}.out"), &format!("{gate}.if"));
    }
    !starts.is_empty()
}

/// The events that begin what is done; not those that end it.
fn starts(graph: &RuleGraph) -> Vec<String> {
    let node = |id: &str| graph.nodes.iter().find(|n| n.id == id);
    let begins = |id: &str| {
        node(id).is_some_and(|n| match n.type_.as_str() {
            "edge" => n.params.get("on").is_none_or(|on| on != "falling"),
            "gate" | "schedule" | "interval" | "count_within" => true,
            _ => false,
        })
    };
    let mut out: Vec<String> = Vec::new();
    for e in graph.edges.iter().filter(|e| begins(&e.from.node)) {
        let acts = node(&e.to.node).is_some_and(|n| ACTING.contains(&n.type_.as_str()));
        if acts && !out.contains(&e.from.node) {
            out.push(e.from.node.clone());
        }
    }
    out
}

/// What a word for a value of a rule stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// What it compares with.
    Threshold,
    /// How long it waits, or something lasts.
    Span,
    /// When it begins.
    Clock,
    /// What it sets something to.
    Set,
}

/// "wait ten minutes first": what begins the rule is let through later.
fn delayed(graph: &RuleGraph, tokens: &[Token]) -> Option<RuleGraph> {
    let own = |t: &&Token| !t.punctuation();
    let mut spans = tokens.iter().filter(own).filter_map(|t| t.literal.as_ref());
    let (Literal::Duration(span), None) = (spans.next()?, spans.next()) else { return None };
    let waits = |t: &Token| t.entry.is_none() && WAITS.contains(&t.text.as_str());
    let plain = |t: &Token| t.literal.is_some() || waits(t) || t.is_any(&[C::Filler, C::ForTime, C::Article, C::Then]);
    if !tokens.iter().filter(own).all(plain)
        || !tokens.iter().any(|t| waits(t) && !matches!(t.text.as_str(), "for" | "再"))
    {
        return None;
    }
    let mut graph = graph.clone();
    let starts = starts(&graph);
    for start in &starts {
        let delay = fresh(&graph, "delay");
        let acting = acting(&graph);
        for e in graph.edges.iter_mut().filter(|e| e.from.node == *start && acting.contains(&e.to.node)) {
            e.from.node.clone_from(&delay);
        }
        graph.node(&delay, "delay", json!({ "span_ms": span.as_millis() }));
        graph.edge(&format!("{start}.out"), &format!("{delay}.in"));
    }
    (!starts.is_empty()).then_some(graph)
}

/// The nodes that do something, or wait to.
fn acting(graph: &RuleGraph) -> Vec<String> {
    graph.nodes.iter().filter(|n| ACTING.contains(&n.type_.as_str())).map(|n| n.id.clone()).collect()
}

/// Whether a parameter of a node is what a word stands for; the word of a property is that of the point.
fn meant(graph: &RuleGraph, at: usize, key: &str, focus: &str, scene: &Scene<'_>) -> bool {
    let Some(node) = graph.nodes.get(at) else { return false };
    let is = match (node.type_.as_str(), key) {
        ("compare", _) => Focus::Threshold,
        ("command", _) => Focus::Set,
        (_, "times") => Focus::Clock,
        _ => Focus::Span,
    };
    let focus = focus.trim();
    if FOCUS.iter().any(|(_, words)| words.contains(&focus)) {
        return FOCUS.iter().any(|(f, words)| *f == is && words.contains(&focus));
    }
    let Some(entry) = scene.lexicon.find(focus).and_then(|e| scene.lexicon.entry(e)) else { return false };
    point_of(graph, node).and_then(|p| scene.world.point(p)).is_some_and(|spec| entry.traits.iter().any(|t| spec.is(t)))
}

/// The point of a node, or of the one before it.
fn point_of(graph: &RuleGraph, node: &documents::Node) -> Option<PointId> {
    let of = |n: &documents::Node| n.params.get("point").and_then(Json::as_str)?.parse::<PointId>().ok();
    let source = graph.edges.iter().find(|e| e.to.node == node.id).map(|e| &e.from.node);
    of(node).or_else(|| of(graph.nodes.iter().find(|n| Some(&n.id) == source)?))
}

/// "make it 24 instead": the one value of the rule that this can be.
fn valued(
    graph: &RuleGraph,
    tokens: &[Token],
    focus: Option<&str>,
    scene: &Scene<'_>,
) -> Option<Result<RuleGraph, Refusal>> {
    const AROUND: &[C] =
        &[C::Set, C::To, C::AboutIt, C::It, C::Filler, C::Article, C::At, C::Is, C::Correction, C::Not];
    let own = |t: &&Token| !t.punctuation();
    let mut values = tokens.iter().filter(own).filter_map(|t| t.literal.as_ref());
    let (value, None) = (values.next()?, values.next()) else { return None };
    let plain = |t: &Token| t.literal.is_some() && t.entry.is_none() || t.entry.is_none() && t.is_any(AROUND);
    if !tokens.iter().filter(own).all(plain) {
        return None;
    }
    let places: Vec<(usize, String, Json)> = graph
        .nodes
        .iter()
        .enumerate()
        .flat_map(|(i, n)| n.params.iter().map(move |(k, v)| (i, k.clone(), v.clone())))
        .filter_map(|(i, key, old)| Some((i, key.clone(), other(graph, i, &key, &old, value, scene)?)))
        .collect();
    // "the threshold": of several values that one.
    let named: Vec<(usize, String, Json)> = match focus {
        Some(focus) => places.iter().filter(|(i, key, _)| meant(graph, *i, key, focus, scene)).cloned().collect(),
        None => Vec::new(),
    };
    let places = if named.is_empty() { places } else { named };
    match places.as_slice() {
        [] => None,
        [(at, key, new)] => {
            let mut graph = graph.clone();
            graph.nodes.get_mut(*at)?.params.insert(key.clone(), new.clone());
            Some(Ok(graph))
        }
        _ => {
            let text = Bilingual::new(
                "这条规则里有几个值可以改，请说清是哪一个",
                "several values of the rule can be meant; please say which",
            );
            Some(Err(Refusal::new(Reason::Ambiguous, text)))
        }
    }
}

/// A parameter with another value; none where it is no such parameter.
fn other(graph: &RuleGraph, at: usize, key: &str, old: &Json, value: &Literal, scene: &Scene<'_>) -> Option<Json> {
    let node = graph.nodes.get(at)?;
    match value {
        Literal::Duration(span) => SPANS.contains(&key).then(|| json!(Span::as_millis(*span))),
        Literal::When(w) => match (key, w.times.as_slice()) {
            ("times", [one]) if old.as_array().is_some_and(|l| l.len() == 1) => Some(json!([one.code()])),
            _ => None,
        },
        Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_) => {
            let number = |point: Option<PointId>| match point.and_then(|p| scene.world.point(p)) {
                Some(spec) => in_unit(value, spec).ok(),
                None => match value {
                    Literal::Number(n) | Literal::Degrees(n) => Some(*n),
                    _ => None,
                },
            };
            match (node.type_.as_str(), key) {
                ("compare", "value") if old.is_number() => number(point_of(graph, node)).map(|n| json!(n)),
                ("command", "setting") if old.get("to").is_some_and(Json::is_number) => {
                    number(point_of(graph, node)).map(|n| json!({ "to": n }))
                }
                _ => None,
            }
        }
    }
}

/// "also turn off the fan", 还要通知我: one more thing to do when it begins.
fn extended(graph: &RuleGraph, tokens: &[Token], scene: &mut Scene<'_>) -> Option<Result<RuleGraph, Refusal>> {
    const MORE: &[&str] = &["also", "and also", "and", "还要", "同时", "另外", "再", "也", "顺便", "还", "并且"];
    let first = tokens.iter().find(|t| !t.punctuation())?;
    let rest: Vec<Token> = tokens.iter().skip_while(|t| t.punctuation() || t.from <= first.from).cloned().collect();
    let does = rest.iter().any(|t| act_of(t).is_some() || super::segments::asks_notice(t));
    if !MORE.contains(&first.text.as_str()) || !does || first.entry.is_some() {
        return None;
    }
    let told = graph.name.en.clone();
    let steps = match steps::steps(&rest, &told, scene, scene.states, &[]) {
        Ok((steps, _)) => steps,
        Err(verdict) => match *verdict {
            Verdict::Refusal(r) => return Some(Err(r)),
            _ => return Some(Err(refuse::not_understood(&[]))),
        },
    };
    let mut graph = graph.clone();
    for start in starts(&graph) {
        for step in &steps {
            match step {
                Step::Acts(acts, None) => {
                    for act in acts {
                        let id = fresh(&graph, "command");
                        graph.node(&id, "command", json!({ "point": act.point, "setting": act.setting }));
                        graph.edge(&format!("{start}.out"), &format!("{id}.in"));
                    }
                }
                Step::Notify(text) => {
                    let id = fresh(&graph, "notify");
                    let plain = text.replace('{', "{{").replace('}', "}}");
                    graph.node(&id, "notify", json!({ "zh": plain, "en": plain }));
                    graph.edge(&format!("{start}.out"), &format!("{id}.in"));
                }
                Step::Acts(_, Some(_)) | Step::Wait(_) | Step::Back(_) => {
                    return Some(Err(refuse::not_understood(&[])));
                }
            }
        }
    }
    Some(Ok(graph))
}

/// An id of a kind that no node has.
fn fresh(graph: &RuleGraph, word: &str) -> String {
    let taken = |id: &String| graph.nodes.iter().any(|n| n.id == *id);
    (1..).map(|n| format!("{word}{n}")).find(|id| !taken(id)).unwrap_or_default()
}
