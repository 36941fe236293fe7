//! One reading of a request from its tokens: the conversation itself, rules, questions, wishes, commands.
//!
//! What it is *not*: which of several readings wins is `rank.rs`. Start at [`read`].

use crate::Utterance;
use crate::commands::{self, Found};
use crate::concept::Concept as C;
use crate::dialogue::Dialogue;
use crate::lattice::Token;
use crate::lexicon::Lexicon;
use crate::link::Scene;
use crate::phrase::Np;
use crate::pieces::{Act, Item, Mark, Piece, Verb, act_of, pieces};
use crate::predicate::{self, Tree};
use crate::question;
use crate::rank::Reading;
use crate::refuse;
use crate::rule;
use crate::sentence::{self, RuleWords, Shell};
use base::Span;
use documents::{DialogueAct, Draft, Reason, Refusal, Verdict};
use things::{States, World};

/// Confidence of a reading with words that were not understood.
const HALF: f64 = 0.3;

/// Reads tokens as a request.
pub(crate) fn read(
    tokens: &[Token],
    u: &Utterance,
    dialogue: &Dialogue,
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Reading {
    let (from, to) = (tokens.first().map_or(0, |t| t.from), tokens.last().map_or(0, |t| t.to));
    let whole = |verdict: Verdict, confidence: f64| Reading::new(vec![Found { from, to, verdict, confidence }]);
    let mut scene = Scene {
        world,
        lexicon,
        states,
        now: u.now,
        space: u.space,
        salient: dialogue.salient(world, u.now),
        before: Vec::new(),
    };
    if let Some(verdict) = conversation(tokens, u, dialogue) {
        return whole(verdict, 1.0);
    }
    if outside(tokens, lexicon) {
        return whole(Verdict::Refusal(refuse::outside()), 1.0);
    }
    match sentence::shell(tokens, lexicon) {
        Shell::Question(form) => match question::question(tokens, form, &scene) {
            Ok(draft) => whole(Verdict::Draft(draft), sure(tokens)),
            Err(r) => whole(Verdict::Refusal(r), 1.0),
        },
        Shell::Rules(list) => rules(&list, u, &mut scene, states, (from, to)),
        Shell::Commands => {
            let list = wishes(tokens, lexicon).unwrap_or_else(|| pieces(&without_wishes(tokens), lexicon, false));
            let found = commands::commands(&list, &mut scene, states);
            if found.is_empty() {
                whole(Verdict::Refusal(refuse::not_understood(&[])), HALF)
            } else {
                Reading::new(all_understood(found))
            }
        }
    }
}

/// A request of which a part was not understood is not done in part: the rest may have depended on it.
fn all_understood(found: Vec<Found>) -> Vec<Found> {
    let lost = |f: &Found| matches!(&f.verdict, Verdict::Refusal(r) if r.reason == Reason::NotUnderstood);
    if !found.iter().any(lost) {
        return found;
    }
    found.into_iter().filter(|f| !matches!(f.verdict, Verdict::Draft(_) | Verdict::Question(_))).collect()
}

fn sure(tokens: &[Token]) -> f64 {
    tokens.iter().map(|t| t.sure).fold(1.0, f64::min)
}

/// Requests without anything of a building in them: small talk's topics, or no known noun and no act.
fn outside(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let ours = tokens.iter().any(|t| {
        t.entry(lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty())
            || t.is_any(&[C::RoomWord, C::ApplianceWord, C::Everything])
    });
    let topic = tokens.iter().any(|t| t.is(C::Outside) && t.entry.is_none());
    let act = tokens.iter().any(|t| {
        act_of(t).is_some_and(|a| !matches!(a.verb, Verb::Turn | Verb::Set | Verb::Start | Verb::Play | Verb::Activate))
            || wish(t).is_some()
    });
    let wordless = tokens.iter().all(|t| {
        t.punctuation()
            || t.unknown()
            || t.is(C::Filler)
            || t.is_any(&[C::Article, C::Of, C::At, C::Is, C::What, C::To, C::It])
    });
    !ours && (topic || (wordless && tokens.iter().any(Token::unknown) && !act))
}

/// Turns of the conversation itself: an answer to a question, undo, yes, no, thanks.
fn conversation(tokens: &[Token], u: &Utterance, dialogue: &Dialogue) -> Option<Verdict> {
    let words: Vec<&Token> = tokens.iter().filter(|t| !t.punctuation()).collect();
    if let Some(verdict) = pending(&words, u, dialogue) {
        return Some(verdict);
    }
    let only = |c: C| {
        !words.is_empty()
            && words.iter().any(|t| t.is(c))
            && words.iter().all(|t| t.is(c) || t.is_any(&[C::Filler, C::Again, C::Object, C::It]))
    };
    let act = |a| Some(Verdict::Draft(Draft::Dialogue(a)));
    if only(C::Undo) {
        return act(DialogueAct::Undo);
    }
    if only(C::Confirm) {
        return act(DialogueAct::Confirm);
    }
    if only(C::Cancel) {
        return act(DialogueAct::Cancel);
    }
    let social = words.iter().all(|t| t.is_any(&[C::Greeting, C::Thanks, C::Filler, C::Confirm]));
    (social && words.iter().any(|t| t.is_any(&[C::Greeting, C::Thanks])))
        .then_some(Verdict::Draft(Draft::Dialogue(DialogueAct::SmallTalk)))
}

/// An answer to the question that waits: a number, "both", or words of a label.
fn pending(words: &[&Token], u: &Utterance, dialogue: &Dialogue) -> Option<Verdict> {
    let question = dialogue.pending(u.now)?;
    let place = [C::OptionFirst, C::OptionSecond, C::OptionThird, C::OptionFourth]
        .iter()
        .position(|c| words.iter().any(|t| t.is(*c)));
    let act = words.iter().any(|t| act_of(t).is_some_and(|a| a.verb != Verb::Turn));
    if let Some(choice) = place.and_then(|p| question.options.get(p)).filter(|_| !act) {
        return Some(Verdict::Draft(choice.draft.clone()));
    }
    if !act
        && !words.is_empty()
        && words.iter().all(|t| t.is_any(&[C::OptionAll, C::Filler, C::Confirm]))
        && words.iter().any(|t| t.is(C::OptionAll))
    {
        let all: Vec<documents::Act> = question
            .options
            .iter()
            .filter_map(|o| if let Draft::Commands(a) = &o.draft { Some(a.clone()) } else { None })
            .flatten()
            .collect();
        return (!all.is_empty()).then_some(Verdict::Draft(Draft::Commands(all)));
    }
    if let [only] = question.options.as_slice()
        && words.iter().all(|t| t.is_any(&[C::Confirm, C::Filler]))
        && words.iter().any(|t| t.is(C::Confirm))
    {
        return Some(Verdict::Draft(only.draft.clone()));
    }
    if act || words.len() > 6 {
        return None;
    }
    let said: Vec<&str> = words.iter().filter(|t| t.entry.is_some() || t.unknown()).map(|t| t.text.as_str()).collect();
    let label = |o: &documents::draft::Choice| {
        let zh = crate::normalise::Text::form(&o.label.zh);
        let en = crate::normalise::Text::form(&o.label.en);
        said.iter().all(|w| zh.contains(w)) || said.iter().all(|w| en.contains(w))
    };
    let mut matching = question.options.iter().filter(|o| label(o));
    let first = matching.next().filter(|_| !said.is_empty())?;
    matching.next().is_none().then(|| Verdict::Draft(first.draft.clone()))
}

/// "it is too dark": the act that is wished for.
fn wish(t: &Token) -> Option<Vec<Item>> {
    let act = |verb, trait_| vec![Item::Act(Act { verb, trait_: Some(trait_) })];
    Some(match () {
        () if t.is(C::TooHot) => act(Verb::Down, "setpoint"),
        () if t.is(C::TooCold) => act(Verb::Up, "setpoint"),
        () if t.is(C::TooBright) => act(Verb::Down, "brightness"),
        () if t.is(C::TooDark) => act(Verb::Light, "brightness"),
        () if t.is(C::TooLoud) => act(Verb::Down, "volume"),
        () if t.is(C::TooQuiet) => act(Verb::Up, "volume"),
        () if t.is(C::Stuffy) => act(Verb::Up, "fan_speed"),
        () if t.is(C::TooDry) => act(Verb::Up, "humidity_setpoint"),
        () if t.is(C::TooHumid) => act(Verb::Down, "humidity_setpoint"),
        () => return None,
    })
}

/// A wish beside an order is its reason: 太热了，把空调打开.
fn without_wishes(tokens: &[Token]) -> Vec<Token> {
    tokens.iter().filter(|t| wish(t).is_none()).cloned().collect()
}

/// Pieces of a wish, when no act is said outright.
fn wishes(tokens: &[Token], lexicon: &Lexicon) -> Option<Vec<Piece>> {
    let at = tokens.iter().position(|t| wish(t).is_some())?;
    if tokens.iter().enumerate().any(|(i, t)| i != at && act_of(t).is_some_and(|a| a.verb != Verb::Turn)) {
        return None;
    }
    let t = tokens.get(at)?;
    let rest: Vec<Token> = tokens.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, t)| t.clone()).collect();
    let mut list: Vec<Piece> = wish(t)?.into_iter().map(|item| Piece { from: t.from, to: t.to, item }).collect();
    list.extend(pieces(&rest, lexicon, false).into_iter().filter(|p| {
        matches!(&p.item, Item::Np(np) if !np.pronoun)
            || matches!(p.item, Item::Unknown(_) | Item::Time(_) | Item::For(_))
    }));
    Some(list)
}

fn rules(
    list: &[RuleWords],
    u: &Utterance,
    scene: &mut Scene<'_>,
    states: &States,
    (from, to): (usize, usize),
) -> Reading {
    let mut parts = Vec::new();
    let mut subject = None;
    for words in list {
        let span = (
            words.condition.first().map_or(from, |t| t.from),
            words.acts.last().map_or(to, |t| t.to).max(words.condition.last().map_or(from, |t| t.to)),
        );
        let (a, b) = if list.len() == 1 { (from, to) } else { span };
        let text = if list.len() == 1 { u.text.clone() } else { own_words(words) };
        match one_rule(words, subject.as_ref(), &text, scene, states) {
            Ok((draft, confidence)) => parts.push(Found { from: a, to: b, verdict: Verdict::Draft(draft), confidence }),
            Err(verdict) => parts.push(Found { from: a, to: b, verdict: *verdict, confidence: 1.0 }),
        }
        // 高于26开，低于24关: the second speaks of what the first spoke of.
        let spoken = predicate::tree(&pieces(&words.condition, scene.lexicon, true), scene.lexicon, subject.as_ref());
        subject = spoken.as_ref().and_then(first_subject);
    }
    // Of several rules all are made, or none.
    if parts.iter().any(|p| !matches!(p.verdict, Verdict::Draft(_))) {
        parts.retain(|p| !matches!(p.verdict, Verdict::Draft(_)));
    }
    Reading::new(parts)
}

type Ruled = Result<(Draft, f64), Box<Verdict>>;

fn one_rule(words: &RuleWords, subject: Option<&Np>, text: &str, scene: &mut Scene<'_>, states: &States) -> Ruled {
    let refuse = |r: Refusal| Box::new(Verdict::Refusal(r));
    let lexicon = scene.lexicon;
    let condition = pieces(&words.condition, lexicon, true);
    let mut tree = predicate::tree(&condition, lexicon, subject).ok_or_else(|| refuse(refuse::not_understood(&[])))?;
    if words.negated {
        negate(&mut tree);
    }
    let subject = first_subject(&tree);
    let until = if words.until.is_empty() {
        None
    } else {
        let end = predicate::tree(&pieces(&words.until, lexicon, true), lexicon, subject.as_ref());
        Some(end.ok_or_else(|| refuse(refuse::not_understood(&words_of(&words.until))))?)
    };
    // "it" in the acts is what the condition spoke of.
    let spoken = spoken(&tree, scene);
    let outer = scene.space;
    if !spoken.is_empty() {
        // "if the window opens, turn off the heating": that of the same room.
        scene.space = scene.room_of(&spoken).or(outer);
        scene.before = std::mem::replace(&mut scene.salient, spoken);
    }
    let ruled = one_graph(words, text, scene, states, (&tree, until.as_ref()));
    scene.space = outer;
    ruled
}

fn one_graph(
    words: &RuleWords,
    text: &str,
    scene: &mut Scene<'_>,
    states: &States,
    (tree, until): (&Tree, Option<&Tree>),
) -> Ruled {
    let refuse = |r: Refusal| Box::new(Verdict::Refusal(r));
    check(tree, scene).map_err(refuse)?;
    let lexicon = scene.lexicon;
    let (delay, lasting, list) = timed(pieces(&words.acts, lexicon, false));
    let (acts, confidence) = acts(&list, scene, states)?;
    let otherwise = if words.otherwise.is_empty() { Vec::new() } else { acts_of(&words.otherwise, scene, states)? };
    let rule = rule::Rule { condition: tree, until, acts, otherwise, delay, lasting, text, now: scene.now };
    let graph = rule::graph(&rule, scene).map_err(refuse)?;
    Ok((Draft::Rule(Box::new(graph)), confidence * sure(&words.condition)))
}

fn words_of(tokens: &[Token]) -> Vec<String> {
    tokens.iter().filter(|t| !t.punctuation()).map(|t| t.text.clone()).collect()
}

/// The words of one of several rules: its name.
fn own_words(words: &RuleWords) -> String {
    let all: Vec<String> = [&words.condition, &words.acts].into_iter().flat_map(|l| words_of(l)).collect();
    all.join(if all.iter().all(|w| w.is_ascii()) { " " } else { "" })
}

/// A condition that cannot be met is refused before its acts are looked at.
fn check(tree: &Tree, scene: &Scene<'_>) -> Result<(), Refusal> {
    match tree {
        Tree::One(p) => predicate::ground(p, scene).map(|_| ()),
        Tree::And(l) | Tree::Or(l) => l.iter().try_for_each(|t| check(t, scene)),
    }
}

fn acts_of(tokens: &[Token], scene: &mut Scene<'_>, states: &States) -> Result<Vec<documents::Act>, Box<Verdict>> {
    acts(&pieces(tokens, scene.lexicon, false), scene, states).map(|(a, _)| a)
}

/// All the acts of a rule; a rule with a part that cannot be done is not made.
fn acts(list: &[Piece], scene: &mut Scene<'_>, states: &States) -> Result<(Vec<documents::Act>, f64), Box<Verdict>> {
    let mut out = Vec::new();
    let mut confidence: f64 = 1.0;
    for f in commands::commands(list, scene, states) {
        match f.verdict {
            Verdict::Draft(Draft::Commands(a)) => out.extend(a),
            other => return Err(Box::new(other)),
        }
        confidence = confidence.min(f.confidence);
    }
    if out.is_empty() {
        return Err(Box::new(Verdict::Refusal(refuse::not_understood(&[]))));
    }
    Ok((out, confidence))
}

/// "after ten minutes" in the acts of a rule delays them, "for ten minutes" ends them.
fn timed(list: Vec<Piece>) -> (Option<Span>, Option<Span>, Vec<Piece>) {
    let (mut delay, mut lasting) = (None, None);
    for (i, p) in list.iter().enumerate() {
        let Item::For(span) = p.item else { continue };
        let before = i.checked_sub(1).and_then(|b| list.get(b)).map(|p| &p.item);
        let behind = list.get(i + 1).map(|p| &p.item);
        // "in ten minutes", 十分钟后; a bare duration lasts.
        let after = matches!(before, Some(Item::Mark(Mark::After))) || matches!(behind, Some(Item::Mark(Mark::After)));
        if after {
            delay = Some(span);
        } else {
            lasting = Some(span);
        }
    }
    let rest = list.into_iter().filter(|p| !matches!(p.item, Item::For(_) | Item::Mark(Mark::After))).collect();
    (delay, lasting, rest)
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

fn spoken(tree: &Tree, scene: &Scene<'_>) -> Vec<base::id::DeviceId> {
    match tree {
        Tree::One(p) => predicate::ground(p, scene).map(|g| g.devices).unwrap_or_default(),
        Tree::And(l) | Tree::Or(l) => l.first().map(|t| spoken(t, scene)).unwrap_or_default(),
    }
}
