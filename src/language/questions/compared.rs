//! Questions that compare two things: "how much warmer is the lab than the hall", 书房比客厅热吗, 离设定温度还差几度.
//!
//! What it is *not*: a comparison with a number; that is a predicate. Start at [`halves`].

use crate::answers::refuse;
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Item, pieces};
use crate::questions::asking::Form;
use crate::questions::ground;
use crate::questions::values;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;
use base::Bilingual;
use base::id::PointId;
use documents::{Ask, Comparison, Draft, Query, Reason, Refusal, Than};
use things::Selector;

/// What words of comparison compare, and whether they ask for more of it. Without a property it is that of the things.
pub(crate) const DEGREES: &[(C, &[&str], bool)] = &[
    (C::Hotter, &["measure.temperature"], true),
    (C::WarmerThan, &["measure.temperature"], true),
    (C::Colder, &["measure.temperature"], false),
    (C::ColderThan, &["measure.temperature"], false),
    (C::Lighter, &["measure.illuminance", "brightness"], true),
    (C::BrighterThan, &["measure.illuminance", "brightness"], true),
    (C::Darker, &["measure.illuminance", "brightness"], false),
    (C::DarkerThan, &["measure.illuminance", "brightness"], false),
    (C::Damper, &["measure.humidity"], true),
    (C::DamperThan, &["measure.humidity"], true),
    (C::Drier, &["measure.humidity"], false),
    (C::DrierThan, &["measure.humidity"], false),
    (C::Noisier, &["measure.noise", "volume"], true),
    (C::LouderThan, &["measure.noise", "volume"], true),
    (C::Calmer, &["measure.noise", "volume"], false),
    (C::Stuffier, &["measure.co2"], true),
    (C::Higher, &[], true),
    (C::LevelHigh, &[], true),
    (C::Above, &[], true),
    (C::AtLeast, &[], true),
    (C::Lower, &[], false),
    (C::LevelLow, &[], false),
    (C::Below, &[], false),
];

/// What a degree word says, where a token is one.
pub(crate) fn degree(t: &Token) -> Option<(&'static [&'static str], bool)> {
    DEGREES.iter().find(|(c, _, _)| t.is(*c)).map(|(_, props, more)| (*props, *more))
}

/// The two sides of a comparison.
pub(crate) struct Halves {
    left: Vec<Token>,
    right: Vec<Token>,
    props: &'static [&'static str],
    more: bool,
}

/// Whether tokens compare two things, and which.
pub(crate) fn halves(tokens: &[Token], lexicon: &Lexicon) -> Option<Halves> {
    if tokens.iter().any(|t| t.is_any(&[C::Which, C::Where, C::If, C::When])) {
        return None;
    }
    let far = tokens.iter().any(|t| t.is(C::HowMuch) && t.text == "how far");
    let at = tokens.iter().position(|t| than(t) || far && t.text == "from").or_else(|| {
        let differs = tokens.iter().any(|t| t.is(C::Differs));
        tokens.iter().position(|t| t.is(C::And)).filter(|_| differs)
    })?;
    let (before, after) = (tokens.get(..at)?, tokens.get(at + 1..)?);
    // 离设定温度还差几度, "the difference between A and B".
    let said = |t: &&Token| !t.is_any(&[C::Differs, C::Rises, C::Between]) && degree(t).is_none() && !asking(t);
    let left: Vec<Token> = before.iter().filter(said).cloned().collect();
    let chinese = tokens.get(at).is_some_and(|t| !t.text.is_ascii());
    let ends = |t: &&Token| !(chinese && (degree(t).is_some() && t.entry.is_none() || asking(t)));
    let right: Vec<Token> = after.iter().take_while(ends).filter(said).cloned().collect();
    let names = |t: &Token| t.entry(lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty());
    let number = |t: &Token| t.literal.is_some() && !names(t) && !matches!(t.literal, Some(Literal::When(_)));
    if !right.iter().any(names) || right.first().is_some_and(number) || left.iter().all(|t| t.punctuation()) {
        return None;
    }
    let words = tokens.iter().filter(|t| !t.is(C::Than) || t.is_any(&[C::WarmerThan, C::ColderThan]));
    let found = words
        .filter_map(degree)
        .fold((&[][..], None), |(props, more), (p, m)| (if props.is_empty() { p } else { props }, more.or(Some(m))));
    let warmth = tokens.iter().any(|t| t.is(C::HowHot)).then_some(&["measure.temperature"][..]);
    // 冷吗 is one word.
    let cold = tokens.iter().any(|t| t.is(C::HowHot) && t.text.contains(['冷', '凉']));
    let props = if found.0.is_empty() { warmth.unwrap_or_default() } else { found.0 };
    Some(Halves { left, right, props, more: found.1.unwrap_or(!cold) })
}

fn than(t: &Token) -> bool {
    t.is(C::Than) || t.is_any(&[C::Above, C::Below]) && t.text.ends_with(" than") || t.text.ends_with("er than")
}

fn asking(t: &Token) -> bool {
    t.entry.is_none() && t.is_any(&[C::What, C::HowMuch, C::HowHot, C::HowMany, C::YesNo, C::LookUp, C::Is])
}

/// The question as a draft.
pub(crate) fn ask(halves: &Halves, form: Form, scene: &Scene<'_>) -> Result<Draft, Refusal> {
    let (mut left, mut right) = (side(&halves.left, scene)?, side(&halves.right, scene)?);
    // 比设定温度高: of the same thing.
    if right.only_prop() && !right.has_place() {
        right = Np { props: right.props.clone(), ..left.clone() };
        let measured = |p: &&'static str| right.props.contains(p) && !p.starts_with("measure");
        let own: &[&str] =
            if ["setpoint"].iter().any(measured) { &["measure.temperature"] } else { &["measure.humidity"] };
        left.props = own.iter().filter_map(|p| things::traits::by_id(p)).map(|t| t.id).collect();
        right.props.retain(|p| !p.starts_with("measure"));
    }
    let shared = [&left.props, &right.props].into_iter().find(|p| !p.is_empty()).cloned();
    let shared = shared.unwrap_or_else(|| halves.props.to_vec());
    for np in [&mut left, &mut right] {
        if np.props.is_empty() {
            np.props.clone_from(&shared);
        }
    }
    let (first, second) = (single(&left, scene)?, single(&right, scene)?);
    let ask = match form {
        Form::Difference => Ask::Difference(second),
        _ => Ask::Than(Than { op: if halves.more { Comparison::Gt } else { Comparison::Lt }, point: second }),
    };
    Ok(Draft::Query(Query { select: Selector::point(first), ask }))
}

/// The phrase of one side.
fn side(tokens: &[Token], scene: &Scene<'_>) -> Result<Np, Refusal> {
    let mut nps = Vec::new();
    for p in pieces(tokens, scene.lexicon, true) {
        match &p.item {
            Item::Np(np) => values::merge(&mut nps, &values::as_property(np, scene)),
            Item::Unknown(word) => return Err(refuse::not_understood(std::slice::from_ref(word))),
            Item::Time(word) => return Err(refuse::timed(word)),
            _ => {}
        }
    }
    match nps.len() {
        0 => Err(refuse::not_understood(&[])),
        1 => Ok(nps.remove(0)),
        _ => Err(unclear()),
    }
}

fn unclear() -> Refusal {
    Refusal::new(Reason::Ambiguous, Bilingual::new("要比较的是哪两个？", "which two shall be compared?"))
}

/// The one point that a side is about.
fn single(np: &Np, scene: &Scene<'_>) -> Result<PointId, Refusal> {
    let found = values::points_of(np, &Ask::Highest, scene)?;
    let device = |p: &PointId| scene.world.point(*p).map(|s| s.device);
    // A room's own sensor, where other things in it measure too.
    let devices: Vec<_> = found.iter().filter_map(device).collect();
    let own = ground::named_after_its_room(scene.world, &devices);
    match (found.as_slice(), own.as_slice()) {
        ([one], _) => Ok(*one),
        (_, [one]) => found.iter().copied().find(|p| device(p) == Some(*one)).ok_or_else(unclear),
        _ => Err(unclear()),
    }
}
