//! Rules: words that say when something shall be done become rule graphs of the engine's nodes.
//!
//! Three steps, each a file: `segments` (cuts the words), `assemble` (what belongs together), `graph` (nodes and edges);
//! this one links the words of each rule to devices. What it is *not*: it decides nothing; a graph is a proposal. Start
//! at [`read`].

pub(crate) mod assemble;
pub(crate) mod clash;
mod each;
pub(crate) mod graph;
mod order;
mod prepare;
pub(crate) mod revise;
pub(crate) mod segments;
mod steps;

use crate::Utterance;
use crate::answers::refuse;
use crate::orders::commands::Found;
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Item, Verb, act_of, pieces};
use crate::questions::ground;
use crate::questions::predicate::{self, Tree};
use crate::reading::rank::Reading;
use crate::reading::sentence::tells;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::text::normalise::Text;
use crate::words::concept::Concept as C;
use assemble::RuleWords;
use base::id::DeviceId;
use base::{Bilingual, Dimension, Span};
use documents::{Act, Draft, Reason, Refusal, Verdict};
use each::Every;
use graph::{Guard, Rule};
use std::collections::BTreeSet;
use steps::Step;
use things::States;

/// The rules of a request as graphs.
pub(crate) fn read(
    list: &[RuleWords],
    said: &Text,
    u: &Utterance,
    scene: &mut Scene<'_>,
    states: &States,
    (from, to): (usize, usize),
) -> Reading {
    let mut parts = Vec::new();
    let mut subject = None;
    let mut begun: Vec<Act> = Vec::new();
    let mut rooms: Option<Every> = None;
    let mut seen: Vec<DeviceId> = Vec::new();
    for words in list {
        let span = (
            words.condition.first().map_or(from, |t| t.from),
            words.acts.last().map_or(to, |t| t.to).max(words.condition.last().map_or(from, |t| t.to)),
        );
        let (a, b) = if list.len() == 1 { (from, to) } else { span };
        let text = if list.len() == 1 { u.text.clone() } else { own_words(words) };
        let told = notice(words, said, u).unwrap_or_else(|| text.trim().to_owned());
        let texts = (text.as_str(), told.as_str());
        let known = (subject.as_ref(), seen.as_slice());
        let every = each::every(words, scene).or_else(|| rooms.as_ref().and_then(|r| r.carried(words, scene)));
        let of_each = every.as_ref().and_then(|e| for_each(e, words, known, texts, scene, states, &mut begun));
        rooms = every.filter(|_| of_each.is_some());
        let read = of_each.unwrap_or_else(|| one(words, known, texts, scene, states, &mut begun));
        match read {
            Ok((draft, confidence)) => {
                parts.push(Found { from: a, to: b, verdict: Verdict::Draft(draft), confidence, loose: false })
            }
            Err(verdict) => parts.push(Found { from: a, to: b, verdict: *verdict, confidence: 1.0, loose: false }),
        }
        // 高于26开，低于24关: the second speaks of what the first spoke of.
        let mut spoken =
            predicate::tree(&pieces(&words.condition, scene.lexicon, true), scene.lexicon, subject.as_ref());
        spoken.iter_mut().for_each(|t| definite(t, &seen, scene));
        seen.extend(spoken.as_ref().map(|t| self::spoken(t, scene)).unwrap_or_default());
        subject = spoken.as_ref().and_then(first_subject).or(subject);
    }
    if let Some(refusal) = clash::between(&parts) {
        parts = vec![Found { from, to, verdict: Verdict::Refusal(refusal), confidence: 1.0, loose: false }];
    }
    // Of several rules all are made, or none.
    if parts.iter().any(|p| !matches!(p.verdict, Verdict::Draft(_))) {
        parts.retain(|p| !matches!(p.verdict, Verdict::Draft(_)));
    }
    Reading::new(parts)
}

type Ruled = Result<(Draft, f64), Box<Verdict>>;

fn refused(r: Refusal) -> Box<Verdict> {
    Box::new(Verdict::Refusal(r))
}

/// A rule for each of several rooms, by way of the first of them in which it can be read; none where it is no such rule.
fn for_each(
    every: &Every,
    words: &RuleWords,
    known: (Option<&Np>, &[DeviceId]),
    texts: (&str, &str),
    scene: &Scene<'_>,
    states: &States,
    begun: &mut Vec<Act>,
) -> Option<Ruled> {
    every.named(words, scene).into_iter().find_map(|(words, room)| {
        let (mut scene, mut began) = (scene.clone(), begun.clone());
        let (draft, sure) = one(&words, known, texts, &mut scene, states, &mut began).ok()?;
        let Draft::Rule(graph) = draft else { return None };
        let graph = every.graph(&graph, room, scene.world)?;
        *begun = began;
        Some(Ok((Draft::Rule(Box::new(graph)), sure)))
    })
}

fn one(
    words: &RuleWords,
    (subject, seen): (Option<&Np>, &[DeviceId]),
    (text, told): (&str, &str),
    scene: &mut Scene<'_>,
    states: &States,
    begun: &mut Vec<Act>,
) -> Ruled {
    let lexicon = scene.lexicon;
    let (count, said) = counted(&words.condition);
    let mut tree = match said.is_empty() {
        true => None,
        false => Some(parsed(&said, subject, scene)?),
    };
    if let Some(tree) = tree.as_mut().filter(|_| words.negated) {
        negate(tree);
    }
    tree.iter_mut().for_each(|t| definite(t, seen, scene));
    let subject = tree.as_ref().and_then(|t| measure(t, scene)).or_else(|| subject.cloned());
    let until = match words.until.is_empty() {
        true => None,
        false => {
            let end = predicate::tree(&pieces(&words.until, lexicon, true), lexicon, subject.as_ref());
            Some(end.ok_or_else(|| refused(refuse::not_understood(&words_of(&words.until))))?)
        }
    };
    let cancel = match words.cancel.is_empty() {
        true => None,
        false => Some(parsed(&words.cancel, subject.as_ref(), scene)?),
    };
    let mut guards = Vec::new();
    // 要是没在制冷: of what the acts speak of, where nothing else was spoken of.
    let acted = || {
        pieces(&words.acts, lexicon, false)
            .into_iter()
            .find_map(|p| if let Item::Np(np) = p.item { Some(np) } else { None })
    };
    for g in &words.guards {
        let tree = if g.words.is_empty() { None } else { Some(guard(&g.words, subject.as_ref(), acted(), scene)?) };
        guards.push(Guard { tree, when: g.when.clone(), negated: g.negated });
    }
    // "it" in the acts is what the condition spoke of.
    let spoken = tree.as_ref().map(|t| spoken(t, scene)).unwrap_or_default();
    let outer = scene.space;
    if !spoken.is_empty() {
        // "if the window opens, turn off the heating": that of the same room.
        let room = if tree.as_ref().is_some_and(|t| elsewhere(t, scene)) { None } else { scene.room_of(&spoken) };
        scene.space = room.or(outer);
        scene.before = std::mem::replace(&mut scene.salient, spoken);
    }
    // "..., also off if the lights go off": of what the rule before acted on.
    let bare = acted().is_none() && !words.acts.iter().any(|t| t.is_any(&[C::It, C::Them]));
    if bare && !begun.is_empty() {
        let devices: BTreeSet<DeviceId> =
            begun.iter().filter_map(|a| scene.world.point(a.point)).map(|p| p.device).collect();
        scene.before = std::mem::replace(&mut scene.salient, devices.into_iter().collect());
    }
    // "turn the heating on below 18": the temperature where the heating is.
    if scene.space.is_none() && tree.as_ref().map_or(!guards.is_empty(), |t| first_subject(t).is_none()) {
        let mut aside = scene.clone();
        if steps::steps(&words.acts, told, &mut aside, states, begun).is_ok() {
            scene.space = scene.room_of(&aside.salient);
        }
    }
    let rule = Linked { tree, until, cancel, guards, count, event: count.is_some() || event(&said) };
    let ruled = linked(words, &rule, (text, told), scene, states, begun);
    scene.space = outer;
    ruled
}

/// What the conditions of a rule are.
struct Linked {
    tree: Option<Tree>,
    until: Option<Tree>,
    cancel: Option<Tree>,
    guards: Vec<Guard>,
    count: Option<(usize, Span)>,
    event: bool,
}

fn linked(
    words: &RuleWords,
    rule: &Linked,
    (text, told): (&str, &str),
    scene: &mut Scene<'_>,
    states: &States,
    begun: &mut Vec<Act>,
) -> Ruled {
    for tree in rule.tree.iter().chain(&rule.cancel).chain(rule.guards.iter().filter_map(|g| g.tree.as_ref())) {
        check(tree, scene).map_err(refused)?;
    }
    let (mut steps, confidence) = steps::steps(&words.acts, told, scene, states, begun)?;
    let mut condition = rule.tree.clone();
    let lasting = rule.cancel.is_none() && rule.count.is_none() && lasts(&mut steps, condition.as_mut(), begun);
    *begun = steps::acts_of(&steps);
    let otherwise = match words.otherwise.is_empty() {
        true => Vec::new(),
        false => steps::otherwise(&words.acts, &words.otherwise, told, scene, states, begun)?,
    };
    let rule = Rule {
        condition: condition.as_ref(),
        event: rule.event && !lasting,
        count: rule.count,
        guards: &rule.guards,
        when: &words.when,
        until: rule.until.as_ref(),
        until_when: &words.until_when,
        cancel: rule.cancel.as_ref(),
        repeat: words.repeat,
        once: words.once,
        steps,
        otherwise,
        text,
        now: scene.now,
    };
    let graph = graph::graph(&rule, scene).map_err(refused)?;
    Ok((Draft::Rule(Box::new(graph)), confidence * words.condition.iter().map(|t| t.sure).fold(1.0, f64::min)))
}

/// "stop it 30 seconds after the door closes": what ends an act of the rule before waits as long as its condition lasts,
/// so that it is called off when that no longer holds.
fn lasts(steps: &mut Vec<Step>, condition: Option<&mut Tree>, begun: &[Act]) -> bool {
    let (Some(Step::Wait(span)), Some(Tree::One(p))) = (steps.first(), condition) else { return false };
    let ended = steps::acts_of(steps);
    let ends = ended.iter().any(|e| begun.iter().any(|b| b.point == e.point && b.setting != e.setting));
    if !ends || p.dwell.is_some() {
        return false;
    }
    p.dwell = Some(*span);
    steps.remove(0);
    true
}

/// A condition beside another: of what was spoken of, or, where that has no such state, of what is acted on.
fn guard(words: &[Token], subject: Option<&Np>, acted: Option<Np>, scene: &Scene<'_>) -> Result<Tree, Box<Verdict>> {
    let anywhere = words.iter().any(|t| t.is_any(&[C::Everywhere, C::AtHome]) && t.entry.is_none());
    let tree = parsed(words, subject.or(acted.as_ref()).filter(|_| !anywhere), scene)?;
    if check(&tree, scene).is_err()
        && let Some(np) = acted.as_ref().filter(|_| subject.is_some())
        && let Ok(other) = parsed(words, Some(np), scene)
        && check(&other, scene).is_ok()
    {
        return Ok(other);
    }
    Ok(tree)
}

/// "the door", after another rule of the request spoke of the balcony door: that one.
fn definite(tree: &mut Tree, seen: &[DeviceId], scene: &Scene<'_>) {
    match tree {
        Tree::And(l) | Tree::Or(l) => l.iter_mut().for_each(|t| definite(t, seen, scene)),
        Tree::One(p) => {
            let Some(np) = p.np.as_mut().filter(|n| !n.has_place() && !n.all && !n.any && n.modifiers.is_empty())
            else {
                return;
            };
            let kinds = np.head.and_then(|h| scene.lexicon.entry(h)).filter(|e| e.devices.is_empty());
            let Some(kinds) = kinds.map(|e| &e.kinds) else { return };
            let alike =
                |d: &&DeviceId| scene.world.kind_of(**d).is_some_and(|kind| kinds.iter().any(|(k, _)| k == kind));
            let known: BTreeSet<DeviceId> = seen.iter().filter(alike).copied().collect();
            if let [one] = known.into_iter().collect::<Vec<_>>().as_slice() {
                np.head = scene.lexicon.entries().iter().position(|e| e.devices == [*one]).or(np.head);
            }
        }
    }
}

/// Whether a condition names devices in several rooms, so that none of them is where the acts are.
fn elsewhere(tree: &Tree, scene: &Scene<'_>) -> bool {
    let (Tree::And(list) | Tree::Or(list)) = tree else { return false };
    let placed = |t: &&Tree| first_subject(t).is_some_and(|n| n.has_place());
    let rooms: BTreeSet<_> = list.iter().filter(placed).map(|t| scene.room_of(&spoken(t, scene))).collect();
    rooms.len() > 1
}

fn parsed(words: &[Token], subject: Option<&Np>, scene: &Scene<'_>) -> Result<Tree, Box<Verdict>> {
    let words = &measured(words).map_err(refused)?;
    predicate::tree(&pieces(words, scene.lexicon, true), scene.lexicon, subject)
        .ok_or_else(|| refused(refuse::not_understood(&words_of(words))))
}

/// A condition without the circumstances that stand before it in words of their own, and without "today" where a meter
/// counts by the day.
fn told_of(words: &[Token]) -> Vec<Token> {
    let numbered =
        |t: &Token| matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_)));
    let energy = words
        .iter()
        .any(|t| matches!(&t.literal, Some(Literal::Quantity(q)) if q.unit.dimension() == Dimension::Energy));
    let mut out = words.to_vec();
    if let Some(at) = words.iter().rposition(|t| t.text == ",") {
        let (before, behind) = (words.get(..at).unwrap_or_default(), words.get(at + 1..).unwrap_or_default());
        // 车在车库充电，…: where something is, with words that nobody knows or without any state.
        let located = before.iter().any(|t| t.is(C::At) && t.entry.is_none() && !t.text.is_ascii())
            && before.len() > 2
            && !before.iter().any(|t| act_of(t).is_some() || t.is_any(&[C::Somebody, C::Nobody]));
        if (before.iter().any(Token::unknown) || located)
            && !before.iter().any(|t| t.literal.is_some())
            && behind.iter().any(numbered)
        {
            out = behind.to_vec();
        }
    }
    out.retain(|t| !(energy && matches!(t.text.as_str(), "today" | "今天" | "今日" | "当天")));
    out
}

/// "steamy, say over 75": beside a measure a word without one says nothing; alone it does not say from when.
fn measured(words: &[Token]) -> Result<Vec<Token>, Refusal> {
    const WISHES: &[C] = &[
        C::Vague,
        C::TooHot,
        C::TooCold,
        C::TooBright,
        C::TooDark,
        C::TooLoud,
        C::TooQuiet,
        C::Stuffy,
        C::TooDry,
        C::TooHumid,
    ];
    let own = |t: &Token| t.entry.is_none() && t.literal.is_none();
    let vague = |t: &Token| own(t) && t.is_any(WISHES);
    let number = |t: &Token| matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_)));
    // "two presses mean trouble": what they mean is said, but nothing more of them.
    let means = words.iter().position(|t| own(t) && t.is(C::Means));
    let words = match means.filter(|m| !words.iter().skip(*m).any(number)) {
        Some(at) => words.get(..at).unwrap_or_default(),
        None => words,
    };
    let words = &told_of(words);
    if !words.iter().any(vague) {
        return Ok(words.clone());
    }
    if words.iter().any(number) {
        return Ok(words.iter().filter(|t| !(vague(t) || own(t) && t.is(C::Means))).cloned().collect());
    }
    let others = words
        .iter()
        .any(|t| t.is_any(&[C::Somebody, C::Nobody, C::On, C::Off]) || t.entry.is_some() && act_of(t).is_some());
    if others {
        return Ok(words.clone());
    }
    let text = Bilingual::new("到多少算是？请说出数值", "from which value on? please name it");
    Err(Refusal::new(Reason::Ambiguous, text))
}

fn words_of(tokens: &[Token]) -> Vec<String> {
    tokens.iter().filter(|t| !t.punctuation()).map(|t| t.text.clone()).collect()
}

/// What people are told where nothing is said about it: the condition, in the words of who asked.
fn notice(words: &RuleWords, said: &Text, u: &Utterance) -> Option<String> {
    let content = |t: &&Token| !t.punctuation() && !t.is_any(&[C::Filler, C::If, C::When]);
    let mut tokens = words.condition.iter().filter(content);
    let first = tokens.next()?;
    let (from, to) = said.original(first.from, tokens.next_back().unwrap_or(first).to);
    let mut chars = u.text.chars().skip(from).take(to.saturating_sub(from));
    let begin = chars.next()?.to_uppercase();
    Some(begin.chain(chars).collect())
}

/// The words of one of several rules: its name.
fn own_words(words: &RuleWords) -> String {
    let mut all: Vec<&Token> = words.condition.iter().chain(&words.acts).filter(|t| !t.punctuation()).collect();
    all.sort_by_key(|t| t.from);
    let all: Vec<&str> = all.into_iter().map(|t| t.text.as_str()).collect();
    all.join(if all.iter().all(|w| w.is_ascii()) { " " } else { "" })
}

/// A condition that cannot be met is refused before its acts are looked at.
fn check(tree: &Tree, scene: &Scene<'_>) -> Result<(), Refusal> {
    match tree {
        Tree::One(p) => ground::ground(p, scene).map(|_| ()),
        Tree::Or(l) => l.iter().try_for_each(|t| check(t, scene)),
        Tree::And(l) => l.iter().try_for_each(|t| check(t, scene)).and_then(|()| clash::within(l, scene)),
    }
}

/// "three times within two minutes", 一分钟内按了三次: how often, and within what time.
fn counted(words: &[Token]) -> (Option<(usize, Span)>, Vec<Token>) {
    let number = |t: &Token| match t.literal {
        Some(Literal::Number(n)) if (2.0..=100.0).contains(&n) && n.fract().abs() < 1e-9 => Some(n),
        _ => None,
    };
    let times = |t: &Token| t.is(C::Times) || (t.is(C::Press) && t.text.is_ascii());
    let found = words.iter().enumerate().find_map(|(i, t)| {
        if t.text == "twice" {
            return Some((2.0, i, i + 1));
        }
        let n = number(t)?;
        words.get(i + 1).filter(|next| times(next)).map(|next| (n, i, if next.is(C::Press) { i + 1 } else { i + 2 }))
    });
    let span = words.iter().enumerate().find_map(|(i, t)| match t.literal {
        Some(Literal::Duration(span)) => Some((i, span)),
        _ => None,
    });
    let (Some((n, a, b)), Some((at, span))) = (found, span) else { return (None, words.to_vec()) };
    let within = |i: usize, t: &Token| {
        (i + 1 == at && t.is_any(&[C::Between, C::At, C::ForTime, C::AfterTime]))
            || (i == at + 1 && t.is_any(&[C::At, C::AtMost, C::ForTime]) && !t.text.is_ascii())
    };
    let rest = words.iter().enumerate().filter(|(i, t)| !(a..b).contains(i) && *i != at && !within(*i, t));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number up to a hundred")]
    let count = n as usize;
    (Some((count, span)), rest.map(|(_, t)| t.clone()).collect())
}

/// Whether a condition tells of something that happens, and not of how something is.
fn event(words: &[Token]) -> bool {
    const COMES: &[&str] =
        &["enters", "comes", "walks", "passes", "arrives", "goes", "进", "来", "经过", "到了", "走过", "出现", "moves"];
    let level = words.iter().any(|t| {
        matches!(t.literal, Some(Literal::Duration(_)))
            || t.is(C::Not)
            || (t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost, C::Between]) && t.literal.is_none())
            || matches!(t.text.as_str(), "is" | "are" | "has been" | "have been" | "is still")
    });
    let happens = |t: &Token| {
        let acts = act_of(t).is_some_and(|a| a.verb != Verb::Turn && a.verb != Verb::Set);
        acts && (if t.text.is_ascii() { tells(t) || t.is(C::Press) } else { !t.text.ends_with('着') })
            || (t.is(C::Somebody) && COMES.iter().any(|w| t.text.contains(w)))
            || matches!(
                t.text.as_str(),
                "detects" | "detected" | "is detected" | "检测到" | "感应到" | "有人走动" | "有人经过"
            )
    };
    !level && words.iter().any(happens)
}

fn negate(tree: &mut Tree) {
    match tree {
        Tree::One(p) => p.not = !p.not,
        Tree::And(l) => {
            l.iter_mut().for_each(negate);
            *tree = Tree::Or(std::mem::take(l));
        }
        Tree::Or(l) => {
            l.iter_mut().for_each(negate);
            *tree = Tree::And(std::mem::take(l));
        }
    }
}

fn first_subject(tree: &Tree) -> Option<Np> {
    match tree {
        Tree::One(p) => p.np.clone(),
        Tree::And(l) | Tree::Or(l) => l.first().and_then(first_subject),
    }
}

/// What a condition is about, with the property that its unit has said: "over 75 percent ..., until it is under 65".
fn measure(tree: &Tree, scene: &Scene<'_>) -> Option<Np> {
    let mut np = first_subject(tree)?;
    if let Tree::One(p) = tree
        && np.props.is_empty()
        && np.head.is_none()
        && let Some(predicate::Check::Number(..)) = p.check
        && let Ok(g) = ground::ground(p, scene)
    {
        let traits = g.tests.iter().filter_map(|(point, _)| scene.world.point(*point)?.trait_.as_deref());
        np.props = traits.filter_map(things::traits::by_id).map(|t| t.id).take(1).collect();
    }
    Some(np)
}

fn spoken(tree: &Tree, scene: &Scene<'_>) -> Vec<DeviceId> {
    match tree {
        Tree::One(p) => ground::ground(p, scene).map(|g| g.devices).unwrap_or_default(),
        Tree::And(l) | Tree::Or(l) => l.first().map(|t| spoken(t, scene)).unwrap_or_default(),
    }
}
