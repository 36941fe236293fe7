//! What a conversation has made clear: which devices "both" and "the other one" are, whose room "his" is, what a comment
//! beside a request leaves out.
//!
//! What it is *not*: requests that only continue the one before; those are in `follow`. Start at [`set`].

use crate::dialogue::Dialogue;
use crate::phrases::link::Scene;
use crate::phrases::pieces::act_of;
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;
use base::id::DeviceId;
use documents::{Draft, Question};
use things::traits;

/// Who or what something belongs to that was spoken of.
const OWNERS: &[&str] = &["his", "her", "their", "its", "它", "他", "她", "它的", "他的", "她的"];

/// Sets what pronouns stand for and where things without a place are.
pub(crate) fn set(tokens: &[Token], dialogue: &Dialogue, scene: &mut Scene<'_>) {
    let named = |t: &Token| t.entry(scene.lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty());
    let placed = tokens.iter().any(|t| t.entry(scene.lexicon).is_some_and(|e| e.is_place()) || t.is(C::Here));
    let nouns = tokens.iter().any(named);
    let owner = |w: &[Token]| matches!(w, [a, b] if OWNERS.contains(&a.text.as_str()) && named(b));
    let too = tokens.iter().any(|t| t.is(C::Same)) || tokens.first().is_some_and(|t| t.is(C::And));
    let goes_on = too || tokens.iter().any(|t| matches!(t.text.as_str(), "那" | "呢" | "what about" | "how about"));
    let belongs = tokens.windows(2).any(owner);
    let room = scene.room_of(&scene.salient);
    if !placed && room.is_some() && (belongs || goes_on || scene.space.is_none() && !nouns) {
        scene.space = room;
    }
    let sets = dialogue.sets(scene.world, scene.now);
    if let Some(others) = others(tokens, dialogue, &sets, scene) {
        scene.salient = others;
        return;
    }
    let several = tokens.iter().any(|t| {
        t.is(C::Them) || !nouns && matches!(t.text.as_str(), "both" | "俩" | "两个" | "两个都" | "都" | "全都")
    });
    if let (true, [.., before, last]) = (several, sets.as_slice())
        && last.len() == 1
    {
        scene.salient = before.iter().chain(last).copied().collect();
        scene.salient.sort();
        scene.salient.dedup();
    }
}

/// "the other one": of two that were asked about or spoken of, the one that was not meant last.
fn others(tokens: &[Token], dialogue: &Dialogue, sets: &[Vec<DeviceId>], scene: &Scene<'_>) -> Option<Vec<DeviceId>> {
    if !tokens.iter().any(|t| t.is(C::OtherOne)) {
        return None;
    }
    let last = sets.last()?;
    let of = |q: &Question| -> Vec<DeviceId> {
        let acts = q.options.iter().filter_map(|o| if let Draft::Commands(a) = &o.draft { Some(a) } else { None });
        acts.flatten().filter_map(|a| scene.world.point(a.point)).map(|p| p.device).collect()
    };
    let asked = dialogue.asked(scene.now).map(of).unwrap_or_default();
    let rest: Vec<DeviceId> = asked.iter().copied().filter(|d| !last.contains(d)).collect();
    if !rest.is_empty() && rest.len() < asked.len() {
        return Some(rest);
    }
    sets.iter().rev().skip(1).find(|s| *s != last).cloned()
}

/// "the other one" points as "it" does, at what [`set`] has found.
pub(crate) fn pointed(tokens: &[Token]) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    for t in tokens.iter_mut().filter(|t| t.is(C::OtherOne) && t.entry.is_none()) {
        t.concepts = vec![C::It];
    }
    tokens
}

/// The properties that were asked about last.
pub(crate) fn topic(dialogue: &Dialogue, scene: &Scene<'_>) -> Vec<&'static str> {
    let Some(Draft::Query(query)) = dialogue.last(scene.now).last() else { return Vec::new() };
    let points = query.select.points(scene.world, scene.now);
    let of = |p: &base::id::PointId| traits::by_id(scene.world.point(*p)?.trait_.as_deref()?).map(|t| t.id);
    let mut topic: Vec<&'static str> = points.iter().filter_map(of).collect();
    topic.sort_unstable();
    topic.dedup();
    topic
}

/// "it is late, ...", 车进来了，...: what is said beside a request and points at nothing here is left out; of what points
/// at a place only that place is left. Also whether something is taken back.
pub(crate) fn without_comments(tokens: &[Token], lexicon: &Lexicon) -> (Vec<Token>, bool) {
    let takes_back = |t: &Token| t.is_any(&[C::Correction, C::Cancel]) && t.entry.is_none();
    let waits = |t: Option<&Token>| t.is_some_and(|t| t.literal.is_some() || t.is(C::ForTime));
    let first = tokens.iter().position(|t| !t.punctuation() && !t.is(C::Filler) || takes_back(t)).unwrap_or_default();
    let corrects = tokens.get(first).is_some_and(takes_back) && tokens.len() > first + 1;
    let corrected = corrects && !waits(tokens.get(first + 1));
    let rest = if corrected { tokens.get(first + 1..).unwrap_or_default() } else { tokens };
    let skip = rest.iter().take_while(|t| t.punctuation() || corrected && t.is(C::Correction)).count();
    let rest = rest.get(skip..).unwrap_or_default();
    let conditional = [C::If, C::When, C::Unless, C::Until, C::While, C::Otherwise, C::Except];
    if rest.iter().any(|t| t.is_any(&conditional) && t.entry.is_none()) {
        return (rest.to_vec(), corrected);
    }
    let breaks = |t: &Token| t.punctuation() && matches!(t.text.as_str(), "," | "，" | ";" | "." | "。" | "!" | "！");
    let parts: Vec<&[Token]> = rest.split(breaks).filter(|p| !p.is_empty()).collect();
    let Some((last, before)) = parts.split_last() else { return (rest.to_vec(), corrected) };
    let placed = last.iter().any(|t| t.entry(lexicon).is_some_and(|e| e.is_reference()));
    let kept: Option<Vec<Vec<Token>>> = before.iter().map(|p| comment(p, lexicon, placed)).collect();
    match kept {
        Some(places) if !before.is_empty() => {
            (places.into_iter().flatten().chain(last.iter().cloned()).collect(), corrected)
        }
        _ => (rest.to_vec(), corrected),
    }
}

/// What is left of a statement that asks for nothing: its places, where what follows has no thing of its own. None where
/// it may ask for something.
fn comment(part: &[Token], lexicon: &Lexicon, placed: bool) -> Option<Vec<Token>> {
    let place = |t: &Token| t.entry(lexicon).is_some_and(|e| e.is_place());
    let ours = |t: &Token| {
        t.entry(lexicon).is_some_and(|e| e.is_reference() && !e.is_place() || !e.traits.is_empty())
            || t.is_any(&[C::ApplianceWord, C::Everything, C::Here])
            || t.is(C::RoomWord) && !place(t)
    };
    let be = |t: &Token| matches!(t.text.as_str(), "is" | "are" | "was" | "were" | "is not" | "are not");
    let acts = |t: &Token| act_of(t).is_some() && t.entry.is_none();
    let said = |t: &Token| t.is_any(&[C::Filler, C::Correction, C::Cancel, C::Confirm, C::Greeting, C::Thanks]);
    let spoken = part.iter().all(said);
    let exclaims = part.len() <= 2 && part.iter().all(|t| t.text.is_ascii() && (t.unknown() || said(t)));
    let english = part.iter().any(be) && !part.iter().any(acts);
    let chinese = part.iter().all(|t| !t.text.is_ascii()) && !part.iter().any(|t| acts(t) || t.literal.is_some());
    let strange = part.iter().any(Token::unknown);
    let places: Vec<Token> = part.iter().filter(|t| place(t)).cloned().collect();
    if part.iter().any(ours) || !(spoken || exclaims || english || chinese) {
        return None;
    }
    match (places.is_empty(), strange, placed) {
        (true, ..) => Some(Vec::new()),
        (false, true, false) => Some(places),
        _ => None,
    }
}
