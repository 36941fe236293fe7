//! What clauses leave out: places and things told before, exceptions said beside an order, the act, kind or property of
//! the clause before, the place of a neighbour.
//!
//! What it is *not*: clauses are cut in `clause.rs`; no device is looked up here. Start at [`complete`].

use crate::orders::clause::Clause;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Act, Verb};
use crate::words::lexicon::Lexicon;

/// Completes the clauses of a request.
pub(crate) fn complete(clauses: &mut Vec<Clause>, lexicon: &Lexicon) {
    remarks(clauses);
    stay(clauses);
    inherit(clauses, lexicon);
    for c in clauses {
        spread_places(c, lexicon);
        // "every curtain except the left one".
        let head = c.nps.iter().find_map(|n| n.head);
        c.except.iter_mut().filter(|e| !e.modifiers.is_empty()).for_each(|e| e.head = e.head.or(head));
    }
}

/// "the meeting in Oak is over, lights off", "the radio is still on, mute it": what is told says what the orders behind it
/// are about.
fn remarks(clauses: &mut Vec<Clause>) {
    let last = clauses.iter().rposition(Clause::orders).unwrap_or(0);
    let mut context: Vec<Np> = Vec::new();
    let mut out = Vec::new();
    for (i, mut c) in std::mem::take(clauses).into_iter().enumerate() {
        if i < last && c.only_remarks() {
            context = c.nps;
            continue;
        }
        context = c.setting.take().map_or(context, |place| vec![place]);
        // "the speaker is too loud, turn it down".
        if c.nps.iter().any(|n| n.head.is_some()) {
            c.nps.retain(|n| !n.pronoun || n.has_place());
        }
        let about = |n: &Np| n.head.is_some() && !context.is_empty();
        if c.nps.is_empty() && context.iter().any(about) && c.orders() {
            c.nps.clone_from(&context);
        }
        // 卧室太冷了，调高两度: what is there.
        if c.nps.is_empty() && c.except.is_empty() && c.orders() {
            c.nps.extend(context.iter().find(|n| n.only_place()).cloned());
        }
        for np in c.nps.iter_mut().filter(|n| n.pronoun) {
            if let Some(said) = context.iter().find(|n| about(n)) {
                *np = said.clone();
            }
        }
        for np in c.nps.iter_mut().filter(|n| !n.has_place() && !n.pronoun && !n.other) {
            if let Some(said) = context.iter().find(|n| n.only_place()) {
                (np.places, np.here) = (said.places.clone(), said.here);
            }
        }
        out.push(c);
    }
    *clauses = out;
}

/// "all lights off, the lamp stays", 灯都关了，玄关那盏别关: what stays is an exception of the order beside it.
fn stay(clauses: &mut Vec<Clause>) {
    let sets = |c: &Clause| {
        c.act.is_some()
            && !c.keep
            && !c.not
            && (c.nps.is_empty() || c.nps.iter().any(|n| n.all || n.plural || n.each || n.everything || n.only_place()))
    };
    let stays = |c: &Clause| (c.keep || c.not && c.act.is_some()) && !c.nps.is_empty() && c.vals.is_empty();
    let mut i = 0;
    while let Some(c) = clauses.get(i) {
        let beside = i.checked_sub(1).filter(|b| clauses.get(*b).is_some_and(sets));
        let beside = beside.or(Some(i + 1).filter(|b| clauses.get(*b).is_some_and(sets)));
        match beside.filter(|_| stays(c)) {
            Some(b) => {
                let said = clauses.remove(i);
                if let Some(order) = clauses.get_mut(if b > i { b - 1 } else { b }) {
                    order.except.extend(said.nps);
                }
            }
            None => i += 1,
        }
    }
}

/// What later clauses leave out is that of the clause before; a first clause without an act takes the next one's.
fn inherit(clauses: &mut [Clause], lexicon: &Lexicon) {
    // "open and close the door".
    for i in 1..clauses.len() {
        let next = clauses.get(i).filter(|n| n.act.is_some() && !n.then).map(|n| n.nps.clone()).unwrap_or_default();
        if let Some(c) = clauses.get_mut(i - 1).filter(|c| c.nps.is_empty() && c.joined && c.vals.is_empty()) {
            c.nps = next;
        }
    }
    let mut before: Option<Clause> = None;
    let following: Vec<Option<Act>> = clauses.iter().skip(1).map(|c| c.act).chain([None]).collect();
    for (c, next) in clauses.iter_mut().zip(following) {
        // "wait half a minute".
        if c.is_empty() {
            continue;
        }
        if let Some(b) = &before {
            if c.act.is_none() && !c.nps.is_empty() {
                let own_value = !c.vals.is_empty();
                c.act = b.act.or(next);
                c.not |= b.not && !own_value;
                if !own_value {
                    c.vals = b.vals.clone();
                }
                c.absolute |= b.absolute;
                c.delta |= b.delta;
                c.direction = c.direction.or(b.direction);
            } else if c.act.is_none() && !c.vals.is_empty() {
                c.act = Some(Act { verb: Verb::Set, trait_: None });
            }
            // "lights off and start cleaning": what cleans needs no name.
            let roams = c.verb().is_some_and(|v| matches!(v, Verb::Clean | Verb::Mow));
            if c.nps.is_empty() && c.act.is_some() && !c.notify && !roams {
                c.nps = b.nps.clone();
                c.except.extend(b.except.iter().cloned());
            } else {
                fill(c, b, lexicon);
            }
        } else if c.act.is_none() && c.vals.is_empty() {
            c.act = next;
        }
        before = Some(c.clone());
    }
}

/// 客厅灯打开，卧室的关掉: a place alone takes the kind, a name alone the property of the clause before.
fn fill(c: &mut Clause, before: &Clause, lexicon: &Lexicon) {
    let kind = before
        .nps
        .iter()
        .rev()
        .find_map(|n| n.head)
        .filter(|h| lexicon.entry(*h).is_some_and(|e| !e.kinds.is_empty() || !e.parts.is_empty()));
    let props: Vec<&'static str> =
        before.nps.iter().rev().find(|n| !n.props.is_empty()).map(|n| n.props.clone()).unwrap_or_default();
    let named = before.nps.iter().rev().find_map(|n| n.head);
    for np in &mut c.nps {
        if np.head.is_none() && !np.modifiers.is_empty() {
            np.head = kind.or(named);
            continue;
        }
        if let Some(head) = named.filter(|_| np.only_place()).and_then(|h| elsewhere(h, np, lexicon)) {
            np.head = Some(head);
            np.places.clear();
        } else if np.only_place() {
            np.head = kind;
            if kind.is_none() {
                np.props = props.clone();
            }
        } else if np.props.is_empty() && np.head.is_some() && !c.vals.is_empty() && before.vals.len() == c.vals.len() {
            np.props = props.clone();
        }
        np.all |= before.nps.iter().any(|n| n.all) && np.only_place();
    }
}

/// 六楼走廊灯 ... 五楼的: the device of the same name with the other place in it.
fn elsewhere(head: usize, np: &Np, lexicon: &Lexicon) -> Option<usize> {
    let head = lexicon.entry(head).filter(|e| !e.devices.is_empty())?;
    let places = lexicon.index().places().iter().filter_map(|i| lexicon.entry(*i)).map(|e| e.form.as_str());
    let [place] = np.places.as_slice() else { return None };
    let place = lexicon.entry(*place)?;
    let own = places.filter(|p| head.form.starts_with(p));
    own.map(|p| head.form.replacen(p, &place.form, 1))
        .filter_map(|other| lexicon.find(&other))
        .find(|i| lexicon.entry(*i).is_some_and(|e| !e.devices.is_empty()))
}

/// "the kitchen and bedroom lights", 客厅的灯和空调, "in the kitchen turn on the light".
fn spread_places(c: &mut Clause, lexicon: &Lexicon) {
    join_properties(&mut c.nps);
    let headed = c.nps.iter().any(|n| !n.placeish());
    if !headed {
        return;
    }
    let own = |np: &Np| np.has_place() || np.unknown.iter().any(|(_, place)| *place);
    // Places alone take the next phrase's head, or else the one before; a place in front of everything is everybody's.
    let mut out: Vec<Np> = Vec::new();
    let mut waiting: Vec<Np> = Vec::new();
    for np in std::mem::take(&mut c.nps) {
        if np.placeish() {
            match out.last() {
                Some(last) if last.has_place() && last.head.is_some() => {
                    let mut more = last.clone();
                    more.places = np.places;
                    more.unknown = np.unknown;
                    more.here = np.here;
                    more.everywhere = np.everywhere;
                    (more.from, more.to) = (np.from, np.to);
                    out.push(more);
                }
                Some(_) => out.iter_mut().filter(|n| !n.has_place()).for_each(|n| place(n, &np)),
                None => waiting.push(np),
            }
            continue;
        }
        for w in waiting.drain(..) {
            let mut first = np.clone();
            if own(&np) {
                first.places = Vec::new();
                first.unknown.retain(|(_, place)| !place);
            }
            place(&mut first, &w);
            out.push(first);
        }
        // The phrase that gave its head to the places before it stands for itself only with a place of its own.
        let lent = out.last().is_some_and(|o| o.head == np.head && o.to == np.to && !own(&np));
        if !lent {
            out.push(np);
        }
    }
    // "turn on the light and the fan in the bedroom", 客厅的灯和空调: one place serves the phrases without one.
    let placed: Vec<Np> = out.iter().filter(|n| n.has_place()).cloned().collect();
    if let [one] = placed.as_slice() {
        let called = |n: &Np| n.head.and_then(|h| lexicon.entry(h)).is_some_and(|e| e.devices.len() == 1);
        out.iter_mut().filter(|n| !n.has_place() && !n.pronoun && !called(n)).for_each(|n| {
            n.places = one.places.clone();
            n.here = one.here;
            n.unknown.extend(one.unknown.iter().filter(|(_, place)| *place).cloned());
        });
    }
    c.nps = out;
}

/// "volume up on the tv": a property and the thing it belongs to, said apart.
fn join_properties(nps: &mut Vec<Np>) {
    let mut out: Vec<Np> = Vec::new();
    for np in std::mem::take(nps) {
        match out.last_mut() {
            Some(last) if last.only_prop() && !last.has_place() && np.head.is_some() && np.props.is_empty() => {
                *last = Np { props: last.props.clone(), from: last.from.min(np.from), ..np };
            }
            Some(last) if np.only_prop() && !np.has_place() && last.head.is_some() && last.props.is_empty() => {
                last.props = np.props;
            }
            _ => out.push(np),
        }
    }
    *nps = out;
}

fn place(np: &mut Np, from: &Np) {
    np.places.extend(&from.places);
    np.here |= from.here;
    np.everywhere |= from.everywhere;
    np.unknown.extend(from.unknown.iter().cloned());
    np.all |= from.all;
    np.plural |= from.plural;
    np.from = np.from.min(from.from);
}
