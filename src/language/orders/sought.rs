//! What a request wanted of a device that is not there: its kind, where, and what should have become of it.
//!
//! What it is *not*: nothing is looked for here; `phrases::link` has done that in vain. Start at [`sought`].

use crate::orders::clause::Clause;
use crate::orders::deed::{self, NUMERIC};
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Val, Verb};
use crate::text::literals::Literal;
use crate::words::lexicon::Lexicon;
use base::{Dimension, Unit, Value};
use documents::Sought;
use things::model::{Property, ThingModel};
use things::templates;
use things::traits::{self, Shape, Write};

/// What is all the way open.
const OPEN: f64 = 100.0;
/// What is all the way closed.
const CLOSED: f64 = 0.0;

/// The request, where everything in it is understood but the device is missing.
pub(crate) fn sought(c: &Clause, np: &Np, props: &[&'static str], scene: &Scene<'_>) -> Option<Sought> {
    let strange = !np.unknown.is_empty() || !np.modifiers.is_empty();
    if strange || np.pronoun || np.everything || !c.except.is_empty() {
        return None;
    }
    let kind = kind(c, np, scene.lexicon).ok()?;
    let models: Vec<&ThingModel> =
        templates::all().map(|(_, m)| m).filter(|m| kind.as_ref().is_none_or(|k| *k == m.x.kind)).collect();
    let (trait_, value) = wanted(c, props, &models, scene.lexicon)?;
    Some(Sought { kind, spaces: spaces(np, scene), trait_: trait_.to_owned(), value })
}

/// The kind that a phrase names; a name that somebody bears is no kind.
fn kind(c: &Clause, np: &Np, lexicon: &Lexicon) -> Result<Option<String>, ()> {
    // "lock the kitchen door": that is what its lock does.
    if matches!(c.verb(), Some(Verb::Lock | Verb::Unlock)) && np.head.is_some() {
        return Ok(Some("lock".to_owned()));
    }
    let Some(head) = np.head else { return Ok(None) };
    let kinds = lexicon.entry(head).map(|e| e.kinds.clone()).unwrap_or_default();
    kinds.into_iter().min_by_key(|(_, rank)| *rank).map(|(kind, _)| Some(kind)).ok_or(())
}

/// The places of a phrase, where each of its words means one.
pub(crate) fn spaces(np: &Np, scene: &Scene<'_>) -> Vec<base::id::SpaceId> {
    let here = scene.space.filter(|_| np.here && np.places.is_empty());
    let places = np.places.iter().filter_map(|p| scene.lexicon.entry(*p));
    places.filter_map(|e| e.spaces.first().copied()).chain(here).collect()
}

/// The trait and the value that a device of one of the models would have been given.
fn wanted(
    c: &Clause,
    props: &[&'static str],
    models: &[&ThingModel],
    lexicon: &Lexicon,
) -> Option<(&'static str, Value)> {
    match c.vals.as_slice() {
        [] => switched(c.verb()?, models),
        [Val::Literal(literal)] if !c.delta => {
            let implied = c.act.and_then(|a| a.trait_);
            let named: Vec<&'static str> = implied.into_iter().chain(deed::writable_props(props)).collect();
            number(literal, if named.is_empty() { NUMERIC } else { &named }, models)
        }
        [Val::State(entry) | Val::Either(entry, _)] => {
            let states = lexicon.entry(*entry).map(|e| e.states.as_slice()).unwrap_or_default();
            states.iter().find_map(|(id, state)| {
                let of = traits::by_id(id).filter(|t| property(models, t.id).is_some())?;
                let value = if of.shape == Shape::Bool { Value::Bool(state == "true") } else { Value::text(state) };
                Some((of.id, value))
            })
        }
        _ => None,
    }
}

/// A writable property of a trait.
fn property<'a>(models: &[&'a ThingModel], trait_id: &str) -> Option<&'a Property> {
    let mut all = models.iter().flat_map(|m| &m.properties);
    all.find(|p| p.access_mode.writable() && p.x.trait_.as_deref() == Some(trait_id))
}

fn switched(verb: Verb, models: &[&ThingModel]) -> Option<(&'static str, Value)> {
    deed::ways(verb).iter().find_map(|(id, operation)| {
        property(models, id)?;
        let value = match traits::by_id(id)?.operation(operation)?.write {
            Write::Bool(b) => Value::Bool(b),
            Write::Token(token) => Value::text(token),
            Write::Max => Value::Number(OPEN),
            Write::Min => Value::Number(CLOSED),
            Write::Given | Write::Up | Write::Down | Write::Toggle | Write::Call => return None,
        };
        Some((*id, value))
    })
}

fn number(literal: &Literal, among: &[&'static str], models: &[&ThingModel]) -> Option<(&'static str, Value)> {
    let (n, unit, dimension): (f64, Option<Unit>, Option<Dimension>) = match literal {
        Literal::Number(n) => (*n, None, None),
        Literal::Degrees(n) => (*n, None, Some(Dimension::Temperature)),
        Literal::Quantity(q) => (q.number, Some(q.unit), Some(q.unit.dimension())),
        Literal::Duration(_) | Literal::When(_) => return None,
    };
    among.iter().find_map(|id| {
        let Shape::Number(own) = traits::by_id(id)?.shape else { return None };
        let set = property(models, id).filter(|_| dimension.is_none_or(|d| d == own))?;
        let n = unit.zip(set.x.unit).map_or(Some(n), |(said, own)| said.convert(n, own))?;
        Some((*id, Value::Number(n)))
    })
}
