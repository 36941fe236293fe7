//! Questions about present states become queries.
//!
//! What it is *not*: no answer is made here; the runtime answers, `render.rs` says it. Start at [`question`].

use crate::answers::refuse;
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Item, Mark, Piece, Verb, pieces};
use crate::phrases::strangers;
use crate::questions::asking::{self, EXTREMES, Form, QUALITIES, question_word};
use crate::questions::compared::{self, degree};
use crate::questions::ground;
use crate::questions::predicate::{self, Check, Predicate, Tree};
use crate::questions::presence;
use crate::questions::values;
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;
use base::Value;
use base::id::{DeviceId, PointId};
use documents::{Ask, Comparison, Condition, DialogueAct, Draft, Query, Reason, Refusal};
use things::{PointKind, Selector};

/// Below this a battery is low, in percent.
const BATTERY_LOW: f64 = 20.0;

/// A question as a draft.
pub(crate) fn question(
    tokens: &[Token],
    form: Form,
    scene: &Scene<'_>,
    topic: &[&'static str],
) -> Result<Draft, Refusal> {
    if let Form::Difference | Form::Than = form {
        let halves = compared::halves(tokens, scene.lexicon).ok_or_else(|| refuse::not_understood(&[]))?;
        return compared::ask(&halves, form, scene);
    }
    if let Some(draft) = presence::persons(tokens, form, scene) {
        return Ok(draft);
    }
    let mut tokens = tokens.to_vec();
    strangers::name_rooms(&mut tokens);
    let rooms = presence::take_rooms(&mut tokens, scene.lexicon);
    if let (Some(there), Form::YesNo | Form::Count | Form::Which | Form::Where) = (rooms, form)
        && let Some(np) = only_rooms(&tokens, form, scene)
    {
        let check = Some(Check::People(there));
        let tree = Tree::One(Box::new(Predicate { np: Some(np), check, ..Predicate::default() }));
        return condition(Some(&tree), &tokens, form, scene);
    }
    let tokens = without_prelude(&tokens, form, scene.lexicon);
    let draft = asked(&predicative(tokens, form, scene.lexicon), form, scene, topic)?;
    match (rooms, draft) {
        (Some(there), Draft::Query(query)) => among(query, there, scene),
        (_, draft) => Ok(draft),
    }
}

/// The rooms of a question that names nothing but rooms.
fn only_rooms(tokens: &[Token], form: Form, scene: &Scene<'_>) -> Option<Np> {
    let kept: Vec<Token> = tokens.iter().filter(|t| !question_word(t, form)).cloned().collect();
    let list = pieces(&kept, scene.lexicon, true);
    let said =
        |p: &&Piece| !matches!(p.item, Item::Mark(Mark::Comma | Mark::Stop | Mark::Now | Mark::At | Mark::Become));
    let mut rest = list.iter().filter(said);
    match (rest.next().map(|p| &p.item), rest.next()) {
        (Some(Item::Np(np)), None) if np.only_place() => Some(Np { any: true, ..np.clone() }),
        _ => None,
    }
}

/// Only what is in rooms with people, or without.
fn among(query: Query, there: bool, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let rooms = presence::rooms(scene, there);
    let mut points = query.select.points(scene.world, scene.now);
    let room = |p: &PointId| scene.world.device(scene.world.point(*p)?.device)?.space_at(scene.now);
    points.retain(|p| room(p).is_some_and(|s| rooms.contains(&s)));
    if points.is_empty() {
        return Err(refuse::nothing_to_do());
    }
    Ok(Draft::Query(Query { select: Selector { points, ..Selector::default() }, ask: query.ask }))
}

/// What is said before a comma and points at nothing: "before I go to bed, ...".
fn without_prelude(tokens: &[Token], form: Form, lexicon: &Lexicon) -> Vec<Token> {
    let Some(at) = tokens.iter().position(|t| matches!(t.text.as_str(), "," | "，" | "。" | ".")) else {
        return tokens.to_vec();
    };
    let (before, after) = tokens.split_at(at);
    let points = |t: &Token| {
        t.entry(lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty() || !e.states.is_empty())
            || t.is_any(&[C::RoomWord, C::ApplianceWord])
    };
    let strange = before.iter().any(Token::unknown);
    // 出门前看看，哪扇窗户没关: what is looked for follows.
    let looks = before.iter().rfind(|t| !t.punctuation()).is_some_and(|t| t.is(C::LookUp));
    if strange && (looks || !before.iter().any(points)) && asking::form(after, lexicon) == Some(form) {
        return after.to_vec();
    }
    tokens.to_vec()
}

/// "any unlocked doors": a state before its noun is said of it.
fn predicative(mut tokens: Vec<Token>, form: Form, lexicon: &Lexicon) -> Vec<Token> {
    let entry = |i: usize, tokens: &[Token]| tokens.get(i).and_then(|t: &Token| t.entry(lexicon)).cloned();
    let state = |i: usize, tokens: &[Token]| {
        tokens.get(i).is_some_and(|t| t.text.is_ascii())
            && entry(i, tokens).is_some_and(|e| !e.states.is_empty() && !e.is_reference() && e.traits.is_empty())
    };
    let at = (0..tokens.len()).find(|i| {
        state(*i, &tokens)
            && entry(i + 1, &tokens).is_some_and(|e| e.is_reference() && e.plural)
            && !(0..tokens.len()).any(|j| j != *i && state(j, &tokens))
    });
    if let Some(at) = at.filter(|_| matches!(form, Form::YesNo | Form::Count | Form::Which | Form::Where)) {
        let word = tokens.remove(at);
        let end = tokens.iter().rposition(|t| !t.punctuation()).map_or(tokens.len(), |i| i + 1);
        tokens.insert(end, word);
    }
    tokens
}

/// What is asked, of whatever rooms.
fn asked(tokens: &[Token], form: Form, scene: &Scene<'_>, topic: &[&'static str]) -> Result<Draft, Refusal> {
    let implied = tokens.iter().find_map(|t| {
        EXTREMES
            .iter()
            .find(|(c, _, _)| t.is(*c) && matches!(form, Form::Extreme { .. }))
            .map(|(_, p, _)| *p)
            .or_else(|| QUALITIES.iter().find(|(c, _)| t.is(*c)).map(|(_, p)| *p))
            .or_else(|| degree(t).map(|(p, _)| p).filter(|p| matches!(form, Form::Extreme { .. }) && !p.is_empty()))
    });
    // "which of the rooms has the least": of what was asked about before.
    let ranks = matches!(form, Form::Extreme { .. } | Form::Mean | Form::Sum);
    let implied = implied.or(Some(topic).filter(|t| ranks && !t.is_empty()));
    let kept: Vec<Token> = tokens.iter().filter(|t| !question_word(t, form)).cloned().collect();
    let list = pieces(&kept, scene.lexicon, true);
    if form != Form::Value && tokens.iter().any(|t| t.is(C::BatteryLow)) {
        return low_battery(&list, form, scene);
    }
    // "up or down": the first of the two says what is asked about.
    let either = list.iter().position(|p| matches!(p.item, Item::Mark(Mark::Or)));
    let either = either.filter(|_| form == Form::YesNo).filter(|at| {
        let stated = |p: &Piece| {
            matches!(p.item, Item::Val(_) | Item::Act(_) | Item::Mark(Mark::Up | Mark::Down | Mark::On | Mark::Off))
        };
        let named = |p: &Piece| matches!(p.item, Item::Np(_));
        let (before, after) = list.split_at(*at);
        before.iter().any(named) && !after.iter().any(named) && (before.iter().any(stated) || after.iter().any(stated))
    });
    let mut first = list.clone();
    if let Some(at) = either {
        let cut = if list.iter().take(at).any(|p| matches!(p.item, Item::Unknown(_))) { None } else { Some(at) };
        match cut {
            Some(at) => first.truncate(at),
            None => first.retain(|p| !matches!(p.item, Item::Unknown(_) | Item::Mark(Mark::Or))),
        }
    }
    let tree = predicate::tree(&first, scene.lexicon, None);
    if form == Form::Why {
        return why(tree.as_ref(), scene);
    }
    let tree = tree.map(|t| locked(t, form, scene)).map(|t| upright(t, &list, scene)).map(|t| told(t, form, scene));
    if either.is_some() {
        return which_state(tree.as_ref(), scene);
    }
    if form == Form::Where && !has_check(tree.as_ref(), form) {
        return place(&list, scene);
    }
    // "what lights are on" asks which.
    let form = if form == Form::Value && stated(tree.as_ref()) { Form::Which } else { form };
    match form {
        Form::YesNo | Form::Count | Form::Which | Form::Where if has_check(tree.as_ref(), form) => {
            condition(tree.as_ref(), tokens, form, scene)
        }
        _ => value(&list, implied, tokens, form, scene),
    }
}

fn has_check(tree: Option<&Tree>, form: Form) -> bool {
    match tree {
        Some(Tree::One(p)) => {
            p.check.is_some()
                || (form != Form::Value && p.np.as_ref().is_some_and(|n| n.props.iter().any(|t| predicate::boolean(t))))
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
        && ground::devices(scene, np, &|_| true)
            .is_ok_and(|l| l.iter().all(|d| scene.world.point_with(*d, "lock").is_some()))
    {
        p.check = Some(Check::State(vec![("lock".into(), "true".into())]));
    }
    Tree::One(p)
}

/// "is the garage door up": what goes up and down is open or closed.
fn upright(tree: Tree, list: &[Piece], scene: &Scene<'_>) -> Tree {
    let up = list.iter().find_map(|p| match p.item {
        Item::Mark(Mark::Up) => Some(Verb::Open),
        Item::Mark(Mark::Down) => Some(Verb::Close),
        _ => None,
    });
    let (Tree::One(mut p), Some(verb)) = (tree.clone(), up) else { return tree };
    let covers = |t: &&str| ["position", "opening"].contains(t);
    let moves = p.np.as_ref().is_some_and(|np| {
        ground::devices(scene, np, &|d| {
            scene.world.points_of(d).any(|s| s.trait_.as_deref().as_ref().is_some_and(covers))
        })
        .is_ok()
    });
    if p.check.is_none() && moves {
        p.check = predicate::states_of(verb).map(Check::State);
    }
    Tree::One(p)
}

/// "is sound heard", "is the mains power on": a thing with one yes or no is asked for it.
fn told(tree: Tree, form: Form, scene: &Scene<'_>) -> Tree {
    let Tree::One(mut p) = tree else { return tree };
    let Some(np) = p.np.clone().filter(|np| form == Form::YesNo && values::one_reading(np, scene)) else {
        return Tree::One(p);
    };
    let np = Np { props: Vec::new(), ..np };
    let spec = |d: DeviceId| scene.world.points_of(d).next().filter(|s| s.kind == PointKind::Bool);
    if let Ok(devices) = ground::devices(scene, &np, &|d| spec(d).is_some())
        && (p.check.is_none() || !p.unknown.is_empty())
    {
        let of = devices.iter().find_map(|d| spec(*d)).and_then(|s| s.trait_.clone());
        let meaning = of.clone().filter(|t| predicate::boolean(t));
        if p.unknown.is_empty() && meaning.is_some() || of.is_none() && devices.len() == 1 {
            let of = meaning.unwrap_or_else(|| "plain".to_string());
            (p.check, p.unknown, p.np) = (Some(Check::State(vec![(of, "true".into())])), Vec::new(), Some(np));
        }
    }
    Tree::One(p)
}

/// Batteries that are nearly empty.
fn low_battery(list: &[Piece], form: Form, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let phrase = list.iter().find_map(|p| if let Item::Np(np) = &p.item { Some(np.clone()) } else { None });
    let mut np = phrase.filter(|np| np.has_place() || values::named(np, scene)).unwrap_or_default();
    np.props = vec!["battery"];
    np.everywhere = np.head.is_none() && !np.has_place();
    let one = np.head.is_some();
    let battery = |d: DeviceId| scene.world.point_with(d, "battery").map(|p| p.id);
    let found = ground::devices(scene, &np, &|d| battery(d).is_some())?;
    let points = found.into_iter().filter_map(battery).collect();
    let low = Condition { op: Comparison::Lt, value: Value::Number(BATTERY_LOW) };
    let ask = match form {
        Form::Count => Ask::Count(low),
        Form::Which | Form::Where => Ask::Which(low),
        _ if one => Ask::All(low),
        _ => Ask::Any(low),
    };
    Ok(Draft::Query(Query { select: Selector { points, ..Selector::default() }, ask }))
}

/// "open or closed": the state of what was named.
fn which_state(tree: Option<&Tree>, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let mut list = Vec::new();
    if let Some(t) = tree {
        predicates(t, &mut list);
    }
    let p = list.iter().find(|p| p.check.is_some() && p.np.is_some()).ok_or_else(|| refuse::not_understood(&[]))?;
    let ground = ground::ground(&Predicate { unknown: Vec::new(), ..(*p).clone() }, scene)?;
    let points = ground.tests.iter().map(|(id, _)| *id).collect();
    Ok(Draft::Query(Query { select: Selector { points, ..Selector::default() }, ask: Ask::Value }))
}

/// "where is the vacuum": its place.
fn place(list: &[Piece], scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let mut nps: Vec<Np> = Vec::new();
    for p in list {
        match &p.item {
            Item::Np(np) => values::merge(&mut nps, np),
            Item::Unknown(word) => return Err(refuse::unknown_device(word, scene.lexicon, scene.world)),
            _ => {}
        }
    }
    let np = nps.first().filter(|np| np.head.is_some()).ok_or_else(|| refuse::not_understood(&[]))?;
    let devices = ground::devices(scene, &Np { everywhere: !np.has_place(), ..np.clone() }, &|_| true)?;
    let points = devices.iter().filter_map(|d| values::main_point(scene, *d, false)).collect();
    Ok(Draft::Query(Query { select: Selector { points, ..Selector::default() }, ask: Ask::Place }))
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
        let g = match ground::ground(&wide, scene) {
            Err(r) if nothing_there(&r, wide.np.as_ref(), scene) => continue,
            g => g?,
        };
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
    if list.iter().all(|p| p.unknown.is_empty()) && points.is_empty() {
        condition = condition.or(Some(Condition { op: Comparison::Eq, value: Value::Bool(true) }));
    }
    let condition = condition.ok_or_else(|| refuse::not_understood(&[]))?;
    let select = selector(&points, list.first().and_then(|p| p.np.as_ref()), scene);
    let any = list.iter().any(|p| p.np.as_ref().is_some_and(|n| n.any))
        || tokens.iter().any(|t| t.is(C::Any) || (t.text == "有没有") || t.text == "有" || t.text == "有没")
        || (list.len() > 1 && matches!(tree, Some(Tree::Or(_))));
    let ask = match form {
        Form::Count => Ask::Count(condition),
        Form::Which | Form::Where => Ask::Which(condition),
        _ if any || (plural && tokens.first().is_some_and(|t| t.text.contains("there"))) => Ask::Any(condition),
        _ => Ask::All(condition),
    };
    Ok(Draft::Query(Query { select, ask }))
}

/// "is any blind up in the yard" where there are none: the answer is no.
fn nothing_there(r: &Refusal, np: Option<&Np>, scene: &Scene<'_>) -> bool {
    let Some(np) = np else { return false };
    let kind =
        np.head.and_then(|h| scene.lexicon.entry(h)).is_some_and(|e| e.devices.is_empty() && !e.kinds.is_empty());
    r.reason == Reason::UnknownDevice
        && kind
        && !np.places.is_empty()
        && np.unknown.is_empty()
        && np.modifiers.is_empty()
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
    implied: Option<&[&'static str]>,
    tokens: &[Token],
    form: Form,
    scene: &Scene<'_>,
) -> Result<Draft, Refusal> {
    let mut nps: Vec<Np> = Vec::new();
    let (mut unknown, mut timed) = (Vec::new(), None);
    for p in list {
        match &p.item {
            Item::Np(np) => values::merge(&mut nps, &values::as_property(np, scene)),
            Item::Unknown(word) => unknown.push(word.clone()),
            Item::Time(word) => timed = timed.or(Some(refuse::timed(word))),
            _ => {}
        }
    }
    // Whatever noun stands beside the name of something with one reading, that reading is meant.
    if let Some(np) = nps.iter().find(|np| form == Form::Value && values::one_reading(np, scene)).cloned() {
        let props = np.props.clone();
        (nps, unknown, timed) = (vec![Np { unknown: Vec::new(), props, ..np }], Vec::new(), None);
    }
    if let Some(refusal) = timed {
        return Err(refusal);
    }
    // A word that is only part of a sensor's name.
    if let ([word], true) = (unknown.as_slice(), nps.iter().all(|np| np.only_prop() && !np.has_place())) {
        let np = Np { unknown: vec![(word.clone(), strangers::is_room(word))], ..nps.pop().unwrap_or_default() };
        (nps, unknown) = (vec![np], Vec::new());
    }
    if !unknown.is_empty() {
        return Err(refuse::not_understood(&unknown));
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
        let pointed = nps.iter().any(|n| n.has_place() || n.head.is_some());
        nps.retain(|n| !pointed || !n.only_prop() || n.has_place());
    }
    let ask = match form {
        Form::Extreme { highest: true } => Ask::Highest,
        Form::Extreme { highest: false } => Ask::Lowest,
        Form::Mean => Ask::Mean,
        Form::Sum => Ask::Sum,
        _ => Ask::Value,
    };
    let set = form == Form::Value && tokens.iter().any(|t| t.is(C::Set) || t.is(C::SetTo));
    let found = |props: &[&'static str]| -> Result<Vec<PointId>, Refusal> {
        let mut points = Vec::new();
        for np in &nps {
            let mut np = np.clone();
            np.everywhere |= form != Form::Value && !np.has_place();
            if np.props.is_empty() {
                np.props = props.to_vec();
            }
            points.extend(if set { values::settings_of(&np, scene)? } else { values::points_of(&np, &ask, scene)? });
        }
        points.sort();
        points.dedup();
        Ok(points)
    };
    // What a word can ask for is looked for one after the other.
    let implied = implied.unwrap_or_default();
    let one = |p: &&'static str| found(&[*p]).ok();
    let points = match implied.iter().find_map(one) {
        Some(points) => points,
        None => found(implied)?,
    };
    // Kilowatts and degrees are neither added nor ranked.
    if !matches!(ask, Ask::Value) && !values::alike(&points, scene) {
        return Err(refuse::not_understood(&[]));
    }
    Ok(Draft::Query(Query { select: Selector { points, ..Selector::default() }, ask }))
}

fn why(tree: Option<&Tree>, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let mut list = Vec::new();
    if let Some(t) = tree {
        predicates(t, &mut list);
    }
    // "why?": of what was spoken of.
    let Some(p) = list.first() else {
        let spoken = scene.salient.first().and_then(|d| values::main_point(scene, *d, false));
        return spoken.map(|p| Draft::Dialogue(DialogueAct::Why(p))).ok_or_else(|| refuse::not_understood(&[]));
    };
    if let Some(word) = p.unknown.first() {
        return Err(refuse::not_understood(std::slice::from_ref(word)));
    }
    let point = match (ground::ground(p, scene), &p.np) {
        (Ok(g), _) => g.tests.first().map(|(id, _)| *id),
        (Err(_), Some(np)) => values::points_of(np, &Ask::Value, scene)?.first().copied(),
        (Err(e), None) => return Err(e),
    };
    point.map(|p| Draft::Dialogue(DialogueAct::Why(p))).ok_or_else(|| refuse::not_understood(&[]))
}
