//! Questions about present states become queries.
//!
//! What it is *not*: no answer is made here; the runtime answers, `render.rs` says it. Start at [`question`].

use crate::concept::Concept as C;
use crate::lattice::Token;
use crate::link::Scene;
use crate::phrase::Np;
use crate::pieces::{Item, Piece, asked_state, pieces};
use crate::predicate::{self, Check, Predicate, Tree};
use crate::refuse;
use base::id::{DeviceId, PointId};
use documents::{Ask, DialogueAct, Draft, Query, Refusal};
use things::{PointKind, Selector};

/// What kind of question the words ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Value,
    YesNo,
    Count,
    Which,
    Extreme { highest: bool },
    Mean,
    Sum,
    Why,
}

/// Extremes that imply their property.
const EXTREMES: &[(C, &[&str], bool)] = &[
    (C::Hottest, &["measure.temperature"], true),
    (C::Coldest, &["measure.temperature"], false),
    (C::Brightest, &["measure.illuminance"], true),
    (C::Darkest, &["measure.illuminance"], false),
    (C::Dampest, &["measure.humidity"], true),
    (C::Driest, &["measure.humidity"], false),
    (C::Noisiest, &["measure.noise"], true),
    (C::Quietest, &["measure.noise"], false),
    (C::Warmer, &["measure.temperature"], true),
    (C::Cooler, &["measure.temperature"], false),
];
/// Questions that imply their property.
const QUALITIES: &[(C, &[&str])] = &[
    (C::HowHot, &["measure.temperature"]),
    (C::HowBright, &["measure.illuminance", "brightness"]),
    (C::HowHumid, &["measure.humidity", "measure.soil_moisture"]),
    (C::HowLoud, &["measure.noise", "volume"]),
    (C::HowManyPeople, &["measure.count"]),
];

/// Whether and what the tokens ask.
pub(crate) fn form(tokens: &[Token]) -> Option<Form> {
    let any = |c: C| tokens.iter().any(|t| t.is(c) && !t.is(C::TimeWord));
    let first = tokens
        .iter()
        .position(|t| !t.punctuation() && (!t.is(C::Filler) || t.is_any(&[C::Is, C::What, C::LookUp, C::Which])));
    let starts = |list: &[C]| first.and_then(|i| tokens.get(i)).is_some_and(|t| t.is_any(list));
    let asks = |list: &[C]| tokens.iter().any(|t| t.is_any(list));
    // "set to the highest" is a command: an extreme asks only with a question word.
    let wh = [C::What, C::LookUp, C::Which, C::Where, C::HowMany, C::HowMuch];
    if any(C::Why) {
        return Some(Form::Why);
    }
    let questioning = asks(&wh) || starts(&[C::Is]) || asks(&[C::YesNo]);
    if asks(&wh) {
        if let Some((_, _, highest)) = EXTREMES.iter().find(|(c, _, _)| any(*c) && !matches!(c, C::Warmer | C::Cooler))
        {
            return Some(Form::Extreme { highest: *highest });
        }
        if (any(C::Which) || any(C::Where)) && (any(C::Warmer) || any(C::Cooler)) {
            return Some(Form::Extreme { highest: any(C::Warmer) });
        }
        if any(C::Highest) || any(C::Lowest) {
            return Some(Form::Extreme { highest: any(C::Highest) });
        }
    }
    if questioning && any(C::Average) || starts(&[C::Average]) {
        return Some(Form::Mean);
    }
    if any(C::HowMany) {
        return Some(Form::Count);
    }
    if questioning && any(C::Total) {
        return Some(Form::Sum);
    }
    if any(C::Which) || any(C::Where) {
        return Some(Form::Which);
    }
    // 看看门关了没: a look, and yes or no.
    if any(C::LookUp) && !any(C::What) && asks_yes_no(tokens) {
        return Some(Form::YesNo);
    }
    if QUALITIES.iter().any(|(c, _)| any(*c)) || any(C::LookUp) || any(C::What) || any(C::HowMuch) {
        return Some(Form::Value);
    }
    let literal = tokens.iter().any(|t| t.text == "?");
    (starts(&[C::Is]) || asks_yes_no(tokens) || (literal && first.is_some())).then_some(Form::YesNo)
}

/// 吗 and its like at the end, or 有没有, 是不是 anywhere; 没 and 不 alone ask only as the last word.
fn asks_yes_no(tokens: &[Token]) -> bool {
    let last = tokens.iter().rposition(|t| !t.punctuation());
    tokens.iter().enumerate().any(|(i, t)| {
        t.is(C::YesNo)
            && t.text != "?"
            && !t.text.is_ascii()
            && (Some(i) == last
                || matches!(t.text.as_str(), "有没有" | "是不是" | "是否" | "有没" | "开没开" | "关没关" | "锁没锁"))
    })
}

/// A question as a draft.
pub(crate) fn question(tokens: &[Token], form: Form, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let implied = tokens.iter().find_map(|t| {
        EXTREMES
            .iter()
            .find(|(c, _, _)| t.is(*c))
            .map(|(_, p, _)| *p)
            .or_else(|| QUALITIES.iter().find(|(c, _)| t.is(*c)).map(|(_, p)| *p))
    });
    let kept: Vec<Token> = tokens.iter().filter(|t| !question_word(t, form)).cloned().collect();
    let list = pieces(&kept, scene.lexicon, true);
    let tree = predicate::tree(&list, scene.lexicon, None);
    if form == Form::Why {
        return why(tree.as_ref(), scene);
    }
    let tree = tree.map(|t| locked(t, form, scene));
    // "what lights are on" asks which.
    let form = if form == Form::Value && stated(tree.as_ref()) { Form::Which } else { form };
    match form {
        Form::YesNo | Form::Count | Form::Which if has_check(tree.as_ref(), form) => {
            condition(tree.as_ref(), tokens, form, scene)
        }
        _ => value(&list, implied, form, scene),
    }
}

/// Words that ask and say nothing about what is asked for.
fn question_word(t: &Token, form: Form) -> bool {
    let named = t.entry.is_some();
    let asking = t.is_any(&[
        C::What,
        C::LookUp,
        C::Which,
        C::Where,
        C::HowMany,
        C::HowMuch,
        C::Why,
        C::YesNo,
        C::HowHot,
        C::HowBright,
        C::HowHumid,
        C::HowLoud,
        C::HowManyPeople,
    ]);
    let extreme = matches!(form, Form::Extreme { .. })
        && (t.is_any(&[C::Highest, C::Lowest]) || EXTREMES.iter().any(|(c, _, _)| t.is(*c)));
    let gathered = (form == Form::Mean && t.is(C::Average)) || (form == Form::Sum && t.is(C::Total));
    let whether = matches!(t.text.as_str(), "if" | "whether");
    let people = t.is(C::Somebody) || asked_state(t).is_some();
    !named && !people && (whether || asking || extreme || gathered || (t.is(C::Now) && !t.is(C::AfterTime)))
}

fn has_check(tree: Option<&Tree>, form: Form) -> bool {
    match tree {
        Some(Tree::One(p)) => {
            p.check.is_some()
                || (form == Form::YesNo && p.np.as_ref().is_some_and(|n| n.props.iter().any(|t| predicate::boolean(t))))
        }
        Some(Tree::And(l) | Tree::Or(l)) => l.iter().any(|t| has_check(Some(t), form)),
        None => false,
    }
}

/// 门锁了吗: the name of the lock has taken the word for its state.
fn locked(tree: Tree, form: Form, scene: &Scene<'_>) -> Tree {
    let mut p = match tree {
        Tree::One(p) => p,
        other => return other,
    };
    if form == Form::YesNo
        && p.check.is_none()
        && p.unknown.is_empty()
        && let Some(np) = &p.np
        && predicate::devices(scene, np, &|_| true)
            .is_ok_and(|l| l.iter().all(|d| scene.world.point_with(*d, "lock").is_some()))
    {
        p.check = Some(Check::State(vec![("lock".into(), "true".into())]));
    }
    Tree::One(p)
}

/// Whether kinds of devices or everything are said to be in a state.
fn stated(tree: Option<&Tree>) -> bool {
    let Some(Tree::One(p)) = tree else { return false };
    matches!(p.check, Some(Check::State(_)))
        && p.np.as_ref().is_none_or(|n| (n.plural || n.everything || n.only_place()) && n.props.is_empty())
}

/// The one predicate of a question; several subjects share theirs.
fn predicates<'a>(tree: &'a Tree, out: &mut Vec<&'a Predicate>) {
    match tree {
        Tree::One(p) => out.push(p),
        Tree::And(l) | Tree::Or(l) => l.iter().for_each(|t| predicates(t, out)),
    }
}

fn condition(tree: Option<&Tree>, tokens: &[Token], form: Form, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let mut list = Vec::new();
    if let Some(t) = tree {
        predicates(t, &mut list);
    }
    let mut points = Vec::new();
    let mut condition = None;
    let mut plural = false;
    for p in &list {
        let mut wide = (*p).clone();
        if wide.np.is_none() && matches!(wide.check, Some(Check::State(_))) {
            wide.np = Some(Np { everything: true, ..Np::default() });
        }
        if let Some(np) = wide.np.as_mut().filter(|n| form != Form::YesNo && !n.has_place()) {
            np.everywhere = true;
        }
        let g = predicate::ground(&wide, scene)?;
        points.extend(g.tests.iter().map(|(id, _)| *id));
        condition = condition.or_else(|| g.tests.first().map(|(_, c)| c.clone()));
        plural |= p.np.as_ref().is_some_and(|n| n.any || (!n.all && n.plural) || n.only_place() || n.everything)
            || matches!(p.check, Some(Check::People(true)));
        if p.not
            && let Some(c) = &mut condition
        {
            c.op = c.op.negated();
        }
        if g.second.is_some() {
            // "between" has no single comparison that a query could carry.
            return Err(refuse::not_understood(&["between".to_string()]));
        }
    }
    let condition = condition.ok_or_else(|| refuse::not_understood(&[]))?;
    let select = selector(&points, list.first().and_then(|p| p.np.as_ref()), scene);
    let any = list.iter().any(|p| p.np.as_ref().is_some_and(|n| n.any))
        || tokens.iter().any(|t| t.is(C::Any) || (t.text == "有没有") || t.text == "有" || t.text == "有没")
        || (list.len() > 1 && matches!(tree, Some(Tree::Or(_))));
    let ask = match form {
        Form::Count => Ask::Count(condition),
        Form::Which => Ask::Which(condition),
        _ if any || (plural && tokens.first().is_some_and(|t| t.text.contains("there"))) => Ask::Any(condition),
        _ => Ask::All(condition),
    };
    Ok(Draft::Query(Query { select, ask }))
}

/// Points by a description where one says the same, so that the answer can be worded; otherwise by a list.
fn selector(points: &[PointId], np: Option<&Np>, scene: &Scene<'_>) -> Selector {
    let mut list = points.to_vec();
    list.sort();
    list.dedup();
    let by_list = Selector { points: list.clone(), ..Selector::default() };
    let Some(head) = np.and_then(|n| n.head).and_then(|h| scene.lexicon.entry(h)) else { return by_list };
    let traits: std::collections::BTreeSet<Option<String>> =
        list.iter().filter_map(|p| scene.world.point(*p)).map(|p| p.trait_.clone()).collect();
    let Some(Some(trait_)) = traits.first().filter(|_| traits.len() == 1).cloned() else { return by_list };
    let kinds: Vec<String> = head.kinds.iter().map(|(k, _)| k.clone()).collect();
    let spaces = np.map(|n| n.places.clone()).unwrap_or_default();
    let spaces = spaces
        .iter()
        .filter_map(|p| scene.lexicon.entry(*p))
        .flat_map(|e| if e.spaces.is_empty() { e.group.clone() } else { e.spaces.clone() })
        .collect();
    let described = Selector { kinds, trait_: Some(trait_), spaces, ..Selector::default() };
    if !described.kinds.is_empty() && described.points(scene.world, scene.now) == list { described } else { by_list }
}

fn value(
    list: &[Piece],
    implied: Option<&'static [&'static str]>,
    form: Form,
    scene: &Scene<'_>,
) -> Result<Draft, Refusal> {
    let mut nps: Vec<Np> = Vec::new();
    for p in list {
        match &p.item {
            Item::Np(np) => merge(&mut nps, np),
            Item::Unknown(word) => return Err(refuse::not_understood(std::slice::from_ref(word))),
            Item::Time(word) => return Err(refuse::timed(word)),
            _ => {}
        }
    }
    if nps.is_empty() {
        nps.push(Np::default());
    }
    if implied.is_none() && nps.iter().all(Np::is_empty) {
        return Err(refuse::not_understood(&[]));
    }
    // "the temperature in the lab and the greenhouse".
    if let Some(props) = nps.iter().find(|n| !n.props.is_empty()).map(|n| n.props.clone()) {
        nps.iter_mut().filter(|n| n.only_place()).for_each(|n| n.props = props.clone());
    }
    let ask = match form {
        Form::Extreme { highest: true } => Ask::Highest,
        Form::Extreme { highest: false } => Ask::Lowest,
        Form::Mean => Ask::Mean,
        Form::Sum => Ask::Sum,
        _ => Ask::Value,
    };
    let mut points = Vec::new();
    for np in &mut nps {
        np.everywhere |= form != Form::Value && !np.has_place();
        if let Some(t) = implied
            && np.props.is_empty()
        {
            np.props = t.to_vec();
        }
        points.extend(values_of(np, &ask, scene)?);
    }
    points.sort();
    points.dedup();
    Ok(Draft::Query(Query { select: Selector { points, ..Selector::default() }, ask }))
}

/// "the temperature" and "the office" said apart belong together.
fn merge(nps: &mut Vec<Np>, np: &Np) {
    match nps.last_mut() {
        Some(last) if last.only_prop() && !np.only_prop() && np.props.is_empty() => {
            let props = last.props.clone();
            *last = Np { props, ..np.clone() };
        }
        Some(last) if np.only_prop() && last.props.is_empty() => last.props = np.props.clone(),
        Some(last) if np.only_place() && !last.has_place() => {
            last.places = np.places.clone();
            last.here = np.here;
        }
        _ => nps.push(np.clone()),
    }
}

/// The points that a question about values is about.
fn values_of(np: &Np, ask: &Ask, scene: &Scene<'_>) -> Result<Vec<PointId>, Refusal> {
    let numeric = *ask != Ask::Value;
    let point = |d: DeviceId| -> Option<PointId> {
        if np.props.is_empty() {
            return main_point(scene, d, numeric);
        }
        let found = predicate::numeric_point(scene.world, d, &np.props, None).map(|p| p.id);
        found.or_else(|| {
            np.props
                .iter()
                .find_map(|t| scene.world.points_of(d).find(|p| p.is(t) && !matches!(p.kind, PointKind::Service)))
                .map(|p| p.id)
        })
    };
    // What is measured comes before what is set, wherever both go by one word.
    let measured: Vec<&'static str> = np.props.iter().copied().filter(|p| p.starts_with("measure")).collect();
    if !measured.is_empty() && measured.len() < np.props.len() && np.head.is_none() {
        let narrow = Np { props: measured, ..np.clone() };
        if let Ok(found) = values_of(&narrow, ask, scene) {
            return Ok(found);
        }
    }
    let found = predicate::devices(scene, np, &|d| point(d).is_some())?;
    let found = if np.props.is_empty() { found } else { predicate::sensors_first(scene.world, found, np) };
    Ok(found.into_iter().filter_map(point).collect())
}

/// What "how is X" asks of a device: its state, or what it measures.
fn main_point(scene: &Scene<'_>, device: DeviceId, numeric: bool) -> Option<PointId> {
    const FIRST: &[&str] = &["on_off", "lock", "contact", "opening", "position", "run", "playback"];
    let readable = || scene.world.points_of(device).filter(|p| !matches!(p.kind, PointKind::Service));
    if numeric {
        return readable().find(|p| matches!(p.kind, PointKind::Number { .. })).map(|p| p.id);
    }
    FIRST.iter().find_map(|t| readable().find(|p| p.is(t))).or_else(|| readable().next()).map(|p| p.id)
}

fn why(tree: Option<&Tree>, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let mut list = Vec::new();
    if let Some(t) = tree {
        predicates(t, &mut list);
    }
    let p = list.first().ok_or_else(|| refuse::not_understood(&[]))?;
    if let Some(word) = p.unknown.first() {
        return Err(refuse::not_understood(std::slice::from_ref(word)));
    }
    let point = match (predicate::ground(p, scene), &p.np) {
        (Ok(g), _) => g.tests.first().map(|(id, _)| *id),
        (Err(_), Some(np)) => values_of(np, &Ask::Value, scene)?.first().copied(),
        (Err(e), None) => return Err(e),
    };
    point.map(|p| Draft::Dialogue(DialogueAct::Why(p))).ok_or_else(|| refuse::not_understood(&[]))
}
