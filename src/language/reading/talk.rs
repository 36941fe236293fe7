//! One reading of a request from its tokens: the conversation itself, rules, questions, wishes, commands.
//!
//! What it is *not*: which of several readings wins is `rank.rs`. Start at [`read`].

use crate::Utterance;
use crate::answers::refuse;
use crate::dialogue::Dialogue;
use crate::dialogue::context;
use crate::dialogue::follow;
use crate::orders::commands::{self, Found};
use crate::phrases::link::Scene;
use crate::phrases::pieces::{Act, Item, Piece, Verb, act_of, pieces};
use crate::questions::question;
use crate::reading::rank::Reading;
use crate::reading::remarks;
use crate::reading::sentence::{self, Shell};
use crate::rules;
use crate::text::lattice::Token;
use crate::text::normalise::Text;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;
use documents::{DialogueAct, Draft, Reason, Verdict};
use things::{States, World};

/// Confidence of a reading with words that were not understood.
const HALF: f64 = 0.3;

/// Reads tokens as a request.
pub(crate) fn read(
    tokens: &[Token],
    text: &Text,
    u: &Utterance,
    dialogue: &Dialogue,
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Reading {
    let (from, to) = (tokens.first().map_or(0, |t| t.from), tokens.last().map_or(0, |t| t.to));
    let whole =
        |verdict: Verdict, confidence: f64| Reading::new(vec![Found { from, to, verdict, confidence, loose: true }]);
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
    let ongoing = !dialogue.last(u.now).is_empty() || dialogue.held(u.now).is_some();
    let (tokens, corrects) =
        &if ongoing { context::without_comments(tokens, lexicon) } else { (tokens.to_vec(), false) };
    if ongoing {
        context::set(tokens, dialogue, &mut scene);
    }
    let tokens = &context::pointed(tokens);
    if ongoing && let Some(verdict) = rules::revise::read(tokens, dialogue.last(u.now), u, &mut scene) {
        return whole(verdict, 1.0);
    }
    if ongoing && let Some(found) = follow::read(tokens, *corrects, dialogue, &mut scene) {
        return Reading::new(found);
    }
    if outside(tokens, lexicon) {
        return whole(Verdict::Refusal(refuse::outside()), 1.0);
    }
    if let Some(refusal) = rules::clash::wishes(tokens) {
        return whole(Verdict::Refusal(refusal), 1.0);
    }
    match sentence::shell(tokens, lexicon) {
        Shell::Question(form) => match question::question(tokens, form, &scene, &context::topic(dialogue, &scene)) {
            Ok(draft) => whole(Verdict::Draft(draft), sure(tokens)),
            Err(r) => whole(Verdict::Refusal(r), 1.0),
        },
        Shell::Rules(list) => rules::read(&list, text, u, &mut scene, states, (from, to)),
        Shell::Commands if sentence::quoted(tokens) => whole(Verdict::Refusal(refuse::quoted()), 1.0),
        Shell::Commands => {
            let tokens = &remarks::without(tokens, lexicon);
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

/// Orders have a verdict each. Where words were lost that are no order of their own, nothing is done that they may say
/// something about: what stands behind them, and all if they are not understood at all.
fn all_understood(found: Vec<Found>) -> Vec<Found> {
    let made = |f: &Found| matches!(f.verdict, Verdict::Draft(_) | Verdict::Question(_));
    let lost = |f: &Found| match &f.verdict {
        Verdict::Refusal(r) if f.loose => {
            let before = || found.iter().any(|other| made(other) && other.from > f.from);
            match r.reason {
                Reason::NotUnderstood => true,
                Reason::UnknownDevice | Reason::UnknownPlace => before(),
                _ => false,
            }
        }
        _ => false,
    };
    if !found.iter().any(lost) {
        return found;
    }
    found.into_iter().filter(|f| !made(f)).collect()
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
    // "remind me every friday ..." is a rule, whatever it is about.
    let reminder = tokens.iter().any(|t| t.is(C::Notify))
        && tokens.iter().any(|t| matches!(t.literal, Some(crate::text::literals::Literal::When(_))));
    !ours && !reminder && (topic || (wordless && tokens.iter().any(Token::unknown) && !act))
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
        let zh = Text::form(&o.label.zh);
        let en = Text::form(&o.label.en);
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
        () if t.is(C::TooHot) => act(Verb::Cool, "setpoint"),
        () if t.is(C::TooCold) => act(Verb::Heat, "setpoint"),
        () if t.is(C::TooSunny) => act(Verb::Shade, "position"),
        () if t.is(C::TooBright) => act(Verb::Down, "brightness"),
        () if t.is(C::TooDark) => act(Verb::Light, "brightness"),
        () if t.is(C::TooLoud) => act(Verb::Down, "volume"),
        () if t.is(C::TooQuiet) => act(Verb::Up, "volume"),
        () if t.is(C::Stuffy) => act(Verb::Air, "fan_speed"),
        () if t.is(C::TooDry) => act(Verb::Moisten, "humidity_setpoint"),
        () if t.is(C::TooHumid) => act(Verb::Dry, "humidity_setpoint"),
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
    let turned = tokens.iter().any(|t| act_of(t).is_some() && wish(t).is_none());
    let moved = tokens.iter().any(|t| t.literal.is_some() || turned && t.is_any(&[C::On, C::Off, C::Up, C::Down]));
    if moved || tokens.iter().any(|t| wish(t).is_none() && act_of(t).is_some_and(|a| a.verb != Verb::Turn)) {
        return None;
    }
    let t = tokens.get(at)?;
    let rest: Vec<Token> = tokens.iter().filter(|t| wish(t).is_none()).cloned().collect();
    let mut list: Vec<Piece> = wish(t)?.into_iter().map(|item| Piece { from: t.from, to: t.to, item }).collect();
    list.extend(pieces(&rest, lexicon, false).into_iter().filter(|p| {
        matches!(&p.item, Item::Np(np) if !np.pronoun)
            || matches!(p.item, Item::Unknown(_) | Item::Time(_) | Item::For(_))
    }));
    Some(list)
}
