//! What an act means for one device: by what it can do, within its range, in its unit.
//!
//! What it is *not*: which devices are meant is settled in `link.rs`. Start at [`deed`].

use crate::answers::refuse;
use crate::answers::render;
use crate::orders::clause::Clause;
use crate::phrases::pieces::{Val, Verb};
use crate::text::literals::Literal;
use crate::text::normalise::Text;
use crate::words::lexicon::Lexicon;
use base::id::DeviceId;
use base::{Bilingual, Dimension, Unit, Value};
use documents::{Act, Reason, Refusal, Setting};
use things::point::Misfit;
use things::{Assistant, PointKind, PointSpec, States, World, traits};

/// The least light of a lamp that is on, in percent.
const DIMMEST: f64 = 1.0;
/// Code of the unit of concentrations.
const PARTS: &str = "[ppm]";
/// Half of the way, in percent.
const HALF: f64 = 50.0;
/// "A lot" is this many nudges.
const LOT: f64 = 2.0;

/// What is asked of a device: the clause and the properties its phrase names.
pub(crate) struct Wish<'a> {
    pub(crate) clause: &'a Clause,
    pub(crate) props: &'a [&'static str],
    pub(crate) world: &'a World,
    pub(crate) states: &'a States,
    pub(crate) lexicon: &'a Lexicon,
}

type Done = Result<Vec<Act>, Refusal>;

/// Numeric properties in the order in which a device is most likely meant by a bare number.
pub(crate) const NUMERIC: &[&str] =
    &["brightness", "setpoint", "volume", "position", "fan_speed", "humidity_setpoint", "tilt", "colour_temperature"];

/// The acts of one device.
pub(crate) fn deed(w: &Wish<'_>, device: DeviceId) -> Done {
    let Some(act) = w.clause.act else { return Err(refuse::nothing_to_do()) };
    let mut verb = act.verb;
    if verb == Verb::Set
        && let Some(direction) = w.clause.direction.filter(|_| !w.clause.absolute)
    {
        verb = direction;
    }
    if verb == Verb::Stow {
        verb = match w.world.kind_of(device) {
            Some("awning") => Verb::Close,
            Some(kind) if COVERINGS.contains(&kind) => Verb::Open,
            _ => return Err(incapable(w, device)),
        };
    }
    if w.clause.vals.is_empty() && matches!(verb, Verb::Set | Verb::Turn) {
        return match w.world.kind_of(device) {
            _ if w.props.contains(&"colour") => other_colour(w, device),
            // 切到备用泵: what can only be switched is switched on.
            Some("outlet" | "switch" | "pump") if verb == Verb::Set && w.props.is_empty() => {
                switch(w, device, Verb::On)
            }
            _ => Err(incapable(w, device)),
        };
    }
    match verb {
        Verb::Set | Verb::Turn => {
            w.clause.vals.iter().map(|v| set(w, device, v)).collect::<Result<Vec<_>, _>>().map(|l| l.concat())
        }
        Verb::Up | Verb::Down => relative(w, device, act.trait_, if verb == Verb::Up { 1.0 } else { -1.0 }),
        Verb::Light => light(w, device),
        Verb::Heat => relief(w, device, ("setpoint", 1.0), &["heater", "thermostat", "boiler"], &["浴霸"]),
        Verb::Cool => relief(w, device, ("setpoint", -1.0), &["air_conditioner", "fan"], &[]),
        Verb::Air => relief(w, device, ("fan_speed", 1.0), &["fan", "ventilation", "air_purifier"], EXTRACTORS),
        Verb::Moisten => relief(w, device, ("humidity_setpoint", 1.0), &["humidifier"], &[]),
        Verb::Dry => relief(w, device, ("humidity_setpoint", -1.0), &["dehumidifier", "fan"], EXTRACTORS),
        Verb::Shade if COVERINGS.contains(&w.world.kind_of(device).unwrap_or_default()) => {
            switch(w, device, Verb::Close)
        }
        Verb::Shade => Err(incapable(w, device)),
        Verb::Mow if w.world.kind_of(device) != Some("lawn_mower") => Err(incapable(w, device)),
        Verb::Water if waters(w, device) => switch(w, device, Verb::Open),
        Verb::Water => Err(incapable(w, device)),
        Verb::Halve | Verb::Double => scaled(w, device, if verb == Verb::Halve { 0.5 } else { 2.0 }),
        _ => {
            let first = switch(w, device, verb)?;
            with_values(w, device, verb, first)
        }
    }
}

/// "turn on at 50%" is on and 50%; "open to 50%" is 50%.
fn with_values(w: &Wish<'_>, device: DeviceId, verb: Verb, first: Vec<Act>) -> Done {
    // "open the curtain a little".
    let opening = matches!(verb, Verb::Open | Verb::OnOrOpen | Verb::Close | Verb::OffOrClose);
    if let Some(spec) = point(w, device, "position").filter(|_| opening && w.clause.vals.contains(&Val::Bit)) {
        let sign = if matches!(verb, Verb::Open | Verb::OnOrOpen) { 1.0 } else { -1.0 };
        let nudge = traits::by_id("position").map_or(0.0, |t| t.nudge);
        return Ok(vec![Act { point: spec.id, setting: Setting::By(sign * nudge) }]);
    }
    // 再开两成: two tenths more.
    if (w.clause.again || w.clause.delta)
        && !w.clause.absolute
        && opening
        && matches!(w.clause.vals.as_slice(), [Val::Literal(_)])
    {
        return relative(
            w,
            device,
            Some("position"),
            if matches!(verb, Verb::Open | Verb::OnOrOpen) { 1.0 } else { -1.0 },
        );
    }
    let mut out = Vec::new();
    for v in w.clause.vals.iter().filter(|v| !matches!(v, Val::Bit | Val::Lot)) {
        match set(w, device, v) {
            Ok(acts) => out.extend(acts),
            Err(_) if matches!(v, Val::Max | Val::Min) => {}
            Err(e) => return Err(e),
        }
    }
    if out.is_empty() {
        return Ok(first);
    }
    // "open halfway" does not open all the way first; "open fully" is open.
    let stops = |a: &Act| w.world.point(a.point).is_some_and(|p| p.is("opening"));
    let way = out.iter().any(|a: &Act| w.world.point(a.point).is_some_and(|p| p.is("position")));
    if opening && way && first.iter().any(stops) {
        return Ok(if w.clause.vals.contains(&Val::Max) { first } else { out });
    }
    let closing = matches!(verb, Verb::Off | Verb::OffOrClose | Verb::Close);
    let switched: Vec<Act> =
        first.into_iter().filter(|f| !closing && !out.iter().any(|o| o.point == f.point)).collect();
    Ok(switched.into_iter().chain(out).collect())
}

fn point<'a>(w: &Wish<'a>, device: DeviceId, trait_id: &str) -> Option<&'a PointSpec> {
    w.world.points_of(device).find(|p| p.is(trait_id) && p.writable && p.assistant != Assistant::Hidden)
}

fn name(w: &Wish<'_>, device: DeviceId) -> Bilingual {
    render::device(device, w.world)
}

/// What the device can do instead.
fn incapable(w: &Wish<'_>, device: DeviceId) -> Refusal {
    let able: Vec<Bilingual> = w
        .world
        .points_of(device)
        .filter(|p| p.writable)
        .filter_map(|p| p.trait_.as_deref().and_then(traits::by_id))
        .map(|t| t.names().bilingual())
        .take(refuse::NEAREST_MAX)
        .collect();
    refuse::no_capability(&name(w, device), able)
}

/// For each verb the properties that it can act on, in order, with the operation of the trait.
pub(crate) type Ways = &'static [(&'static str, &'static str)];
const ON: Ways = &[
    ("on_off", "turn_on"),
    ("opening", "open"),
    ("position", "open"),
    ("playback", "play"),
    ("run", "start"),
    ("lock", "lock"),
    ("activate", "activate"),
    ("press", "press"),
];
const OFF: Ways = &[
    ("on_off", "turn_off"),
    ("opening", "close"),
    ("position", "close"),
    ("playback", "stop"),
    ("run", "stop"),
    ("lock", "unlock"),
];
const OPEN: Ways = &[("opening", "open"), ("position", "open"), ("lock", "unlock"), ("on_off", "turn_on")];
const CLOSE: Ways = &[("opening", "close"), ("position", "close"), ("lock", "lock"), ("on_off", "turn_off")];
const ON_OR_OPEN: Ways = &[
    ("on_off", "turn_on"),
    ("opening", "open"),
    ("position", "open"),
    ("lock", "unlock"),
    ("playback", "play"),
    ("run", "start"),
    ("activate", "activate"),
    ("press", "press"),
];
const OFF_OR_CLOSE: Ways = &[
    ("on_off", "turn_off"),
    ("opening", "close"),
    ("position", "close"),
    ("lock", "lock"),
    ("playback", "stop"),
    ("run", "stop"),
];
const START: Ways =
    &[("run", "start"), ("playback", "play"), ("activate", "activate"), ("on_off", "turn_on"), ("opening", "open")];
// A robot that shall stop goes out of the way; what plays can be resumed.
const STOP: Ways = &[
    ("stop", "stop"),
    ("run", "dock"),
    ("run", "stop"),
    ("playback", "pause"),
    ("playback", "stop"),
    ("on_off", "turn_off"),
    ("opening", "close"),
];
const RESUME: Ways = &[("playback", "play"), ("run", "start")];

/// The ways of a verb that needs no value; none for those that do.
pub(crate) fn ways(verb: Verb) -> Ways {
    match verb {
        Verb::On => ON,
        Verb::Off => OFF,
        Verb::Open => OPEN,
        Verb::Close => CLOSE,
        Verb::OnOrOpen => ON_OR_OPEN,
        Verb::OffOrClose => OFF_OR_CLOSE,
        Verb::Start => START,
        Verb::Stop => STOP,
        Verb::Resume => RESUME,
        Verb::Clean | Verb::Mow => &[("run", "start")],
        Verb::Dock => &[("run", "dock")],
        Verb::Pause => &[("playback", "pause"), ("run", "pause")],
        Verb::Play => &[("playback", "play")],
        Verb::Next => &[("next", "next")],
        Verb::Previous => &[("previous", "previous")],
        Verb::Mute => &[("mute", "mute")],
        Verb::Unmute => &[("mute", "unmute")],
        Verb::Lock => &[("lock", "lock")],
        Verb::Unlock => &[("lock", "unlock")],
        Verb::Activate => &[("activate", "activate"), ("on_off", "turn_on")],
        Verb::Press => &[("press", "press")],
        Verb::Toggle => &[("on_off", "toggle"), ("opening", "toggle")],
        Verb::Set
        | Verb::Turn
        | Verb::Stow
        | Verb::Up
        | Verb::Down
        | Verb::Halve
        | Verb::Double
        | Verb::Light
        | Verb::Heat
        | Verb::Cool
        | Verb::Air
        | Verb::Moisten
        | Verb::Dry
        | Verb::Shade
        | Verb::Water => &[][..],
    }
}

/// Verbs without a value: what the device can do of it.
fn switch(w: &Wish<'_>, device: DeviceId, verb: Verb) -> Done {
    // "stop mowing" stops no music, "light up" opens no curtain.
    let only = w.clause.act.and_then(|a| a.trait_).filter(|t| matches!(*t, "run" | "playback"));
    if verb == Verb::On && w.clause.act.is_some_and(|a| a.trait_ == Some("brightness")) && !is_light(w, device) {
        return Err(incapable(w, device));
    }
    for (trait_id, operation) in ways(verb).iter().filter(|(t, _)| only.is_none_or(|o| o == *t)) {
        let found = point(w, device, trait_id).zip(traits::by_id(trait_id).and_then(|t| t.operation(operation)));
        if let Some((spec, op)) = found
            && let Some(setting) = setting_of(spec, op.write)
        {
            return Ok(vec![Act { point: spec.id, setting }]);
        }
    }
    Err(incapable(w, device))
}

/// The setting of an operation that needs no value; none when the point does not take it.
fn setting_of(spec: &PointSpec, write: traits::Write) -> Option<Setting> {
    let value = match write {
        traits::Write::Bool(b) => Value::Bool(b),
        traits::Write::Token(t) => Value::text(t),
        traits::Write::Max => Value::Number(bound(spec, true)?),
        traits::Write::Min => Value::Number(bound(spec, false)?),
        traits::Write::Toggle => return Some(Setting::Toggle),
        traits::Write::Call => return Some(Setting::Call(Value::no_arguments())),
        traits::Write::Given | traits::Write::Up | traits::Write::Down => return None,
    };
    spec.check(&value).is_ok().then_some(Setting::To(value))
}

fn bound(spec: &PointSpec, top: bool) -> Option<f64> {
    match &spec.kind {
        PointKind::Number { min, max, .. } => {
            if top {
                *max
            } else {
                *min
            }
        }
        _ => None,
    }
}

/// Properties that can be written under the words that name what is read: "temperature" sets the set point.
pub(crate) fn writable_props(props: &[&'static str]) -> Vec<&'static str> {
    let mut out: Vec<&'static str> = Vec::new();
    for p in props {
        let w = match *p {
            "measure.temperature" => "setpoint",
            "measure.humidity" => "humidity_setpoint",
            "measure.illuminance" => "brightness",
            "measure.noise" => "volume",
            "measure.wind_speed" => "fan_speed",
            "opening" | "contact" => "position",
            other => other,
        };
        if !out.contains(&w) {
            out.push(w);
        }
    }
    out
}

/// The numeric property that a value or a direction is about.
fn numeric<'a>(
    w: &Wish<'a>,
    device: DeviceId,
    implied: Option<&'static str>,
    wanted: &[Dimension],
) -> Option<&'a PointSpec> {
    let props = writable_props(w.props);
    let named: Vec<&'static str> = implied.into_iter().chain(props.iter().copied()).collect();
    let order: Vec<&str> = if named.is_empty() { NUMERIC.to_vec() } else { named };
    let fits = |p: &&PointSpec| {
        matches!(p.kind, PointKind::Number { .. })
            && (wanted.is_empty() || p.unit().is_some_and(|u| wanted.contains(&u.dimension())))
    };
    order.iter().filter_map(|t| point(w, device, t)).find(fits)
}

fn set(w: &Wish<'_>, device: DeviceId, val: &Val) -> Done {
    match val {
        Val::Literal(l) => number(w, device, l),
        Val::State(entry) | Val::Either(entry, _) => token(w, device, *entry),
        Val::Max | Val::Min => {
            let spec =
                numeric(w, device, w.clause.act.and_then(|a| a.trait_), &[]).ok_or_else(|| incapable(w, device))?;
            let n = bound(spec, *val == Val::Max).ok_or_else(|| incapable(w, device))?;
            // As dim as it gets is not dark.
            let n = if spec.is("brightness") { n.max(DIMMEST) } else { n };
            Ok(vec![Act::to(spec.id, n)])
        }
        Val::Bit | Val::Lot => Err(incapable(w, device)),
    }
}

fn number(w: &Wish<'_>, device: DeviceId, literal: &Literal) -> Done {
    let implied = w.clause.act.and_then(|a| a.trait_);
    let (n, unit, dimensions): (f64, Option<Unit>, Vec<Dimension>) = match literal {
        Literal::Number(n) if *n >= 1000.0 => (*n, None, vec![Dimension::ColourTemperature]),
        Literal::Number(n) => (*n, None, Vec::new()),
        Literal::Degrees(n) => (*n, None, vec![Dimension::Temperature]),
        Literal::Quantity(q) => (q.number, Some(q.unit), vec![q.unit.dimension()]),
        Literal::Duration(_) | Literal::When(_) => return Err(incapable(w, device)),
    };
    let Some(spec) = numeric(w, device, implied, &dimensions) else {
        // The device has a number to set, but not one of this unit.
        return Err(match numeric(w, device, implied, &[]) {
            Some(spec) if *literal == Literal::Number(n) => refuse::out_of_range(&name(w, device), spec),
            Some(spec) => refuse::wrong_unit(&name(w, device), spec),
            None => incapable(w, device),
        });
    };
    let own = spec.unit().unwrap_or_else(Unit::one);
    // Parts per million tell how much of something is in the air; no level of a device is meant by them.
    let parts = |u: Unit| u.code() == PARTS;
    if unit.is_some_and(|u| parts(u) != parts(own)) {
        return Err(refuse::wrong_unit(&name(w, device), spec));
    }
    let n = unit.map_or(Some(n), |u| u.convert(n, own)).ok_or_else(|| refuse::wrong_unit(&name(w, device), spec))?;
    checked(w, device, spec, Value::Number(n))
}

fn checked(w: &Wish<'_>, device: DeviceId, spec: &PointSpec, value: Value) -> Done {
    match spec.check(&value) {
        Ok(()) => Ok(vec![Act::to(spec.id, spec.settle(value))]),
        Err(Misfit::Range { .. } | Misfit::Size) => Err(refuse::out_of_range(&name(w, device), spec)),
        Err(Misfit::Token { .. }) => {
            let PointKind::Enum { tokens } = &spec.kind else { return Err(incapable(w, device)) };
            let able = tokens
                .iter()
                .map(|t| if t.names.is_empty() { Bilingual::same(t.token.clone()) } else { t.names.bilingual() })
                .take(refuse::NEAREST_MAX + 2)
                .collect();
            Err(refuse::no_capability(&name(w, device), able))
        }
        Err(Misfit::Kind { .. } | Misfit::ReadOnly) => Err(incapable(w, device)),
    }
}

/// A state word as a value: the first of its meanings that the device takes.
fn token(w: &Wish<'_>, device: DeviceId, entry: usize) -> Done {
    let states = w.lexicon.entry(entry).map(|e| e.states.clone()).unwrap_or_default();
    let props = writable_props(w.props);
    let mut refused = None;
    for (trait_id, value) in &states {
        if !props.is_empty() && !props.contains(&trait_id.as_str()) && !w.props.contains(&trait_id.as_str()) {
            continue;
        }
        let Some(spec) = point(w, device, trait_id) else { continue };
        let value = match spec.kind {
            PointKind::Bool => Value::Bool(value == "true"),
            _ => Value::text(value.clone()),
        };
        match checked(w, device, spec, value) {
            Ok(acts) => return Ok(with_power(w, device, spec, acts)),
            Err(e) => refused = Some(e),
        }
    }
    // "set the blinds to open".
    for (trait_id, value) in &states {
        if matches!(trait_id.as_str(), "opening" | "contact")
            && let Some(spec) = point(w, device, "position")
            && let Some(n) = bound(spec, value == "true")
        {
            return Ok(vec![Act::to(spec.id, n)]);
        }
    }
    Err(refused.unwrap_or_else(|| incapable(w, device)))
}

/// A mode is of no use to a device that is off: what is known to be off is switched on too, and the other way round.
fn with_power(w: &Wish<'_>, device: DeviceId, spec: &PointSpec, acts: Vec<Act>) -> Vec<Act> {
    if !spec.is("mode") {
        return acts;
    }
    let Some(power) = point(w, device, "on_off") else { return acts };
    let off = w.states.get(&power.id).is_some_and(|s| s.value == Value::Bool(false));
    if off && !acts.iter().any(|a| a.setting == Setting::To(Value::text("off"))) {
        return std::iter::once(Act::to(power.id, true)).chain(acts).collect();
    }
    acts
}

fn relative(w: &Wish<'_>, device: DeviceId, implied: Option<&'static str>, sign: f64) -> Done {
    let value = w.clause.vals.iter().find(|v| matches!(v, Val::Literal(_) | Val::Max | Val::Min));
    match value {
        Some(Val::Max | Val::Min) => {
            let top = matches!(value, Some(Val::Max)) == (sign > 0.0) || matches!(value, Some(Val::Max));
            let v = if top { Val::Max } else { Val::Min };
            set(w, device, &v)
        }
        Some(Val::Literal(l)) if (w.clause.absolute || halfway(l)) && !w.clause.delta => number(w, device, l),
        Some(Val::Literal(l)) => by(w, device, implied, l, sign),
        _ => {
            let spec = numeric(w, device, implied, &[]).ok_or_else(|| incapable(w, device))?;
            let bit = w.clause.vals.contains(&Val::Bit);
            // "blinds down" goes all the way, "blinds down a bit" does not.
            if spec.is("position") && !bit && w.props.is_empty() {
                let n = bound(spec, sign > 0.0).ok_or_else(|| incapable(w, device))?;
                return Ok(vec![Act::to(spec.id, n)]);
            }
            let nudge = spec.trait_.as_deref().and_then(traits::by_id).map_or(0.0, |t| t.nudge);
            let amount = if w.clause.vals.contains(&Val::Lot) { nudge * LOT } else { nudge };
            Ok(vec![Act { point: spec.id, setting: Setting::By(sign * amount) }])
        }
    }
}

/// "lower it halfway" says where to stop.
fn halfway(l: &Literal) -> bool {
    matches!(l, Literal::Quantity(q) if q.unit.dimension() == Dimension::Ratio && q.number == HALF)
}

fn by(w: &Wish<'_>, device: DeviceId, implied: Option<&'static str>, literal: &Literal, sign: f64) -> Done {
    let (n, unit) = match literal {
        Literal::Number(n) | Literal::Degrees(n) => (*n, None),
        Literal::Quantity(q) => (q.number, Some(q.unit)),
        Literal::Duration(_) | Literal::When(_) => return Err(incapable(w, device)),
    };
    let wanted: Vec<Dimension> = match literal {
        Literal::Degrees(_) => vec![Dimension::Temperature],
        Literal::Quantity(q) => vec![q.unit.dimension()],
        _ => Vec::new(),
    };
    let Some(spec) = numeric(w, device, implied, &wanted) else {
        return Err(numeric(w, device, implied, &[])
            .map_or_else(|| incapable(w, device), |s| refuse::wrong_unit(&name(w, device), s)));
    };
    let own = spec.unit().unwrap_or_else(Unit::one);
    let n =
        unit.map_or(Some(n), |u| u.convert_delta(n, own)).ok_or_else(|| refuse::wrong_unit(&name(w, device), spec))?;
    let width = bound(spec, true).zip(bound(spec, false)).map(|(a, b)| a - b);
    if width.is_some_and(|width| n.abs() > width) {
        return Err(refuse::out_of_range(&name(w, device), spec));
    }
    Ok(vec![Act { point: spec.id, setting: Setting::By(sign * n) }])
}

fn is_light(w: &Wish<'_>, device: DeviceId) -> bool {
    w.world.kind_of(device) == Some("light")
}

/// More light: a lamp that is on gets brighter, another one goes on.
fn light(w: &Wish<'_>, device: DeviceId) -> Done {
    if !is_light(w, device) {
        return Err(incapable(w, device));
    }
    let lit =
        point(w, device, "on_off").and_then(|p| w.states.get(&p.id)).is_some_and(|s| s.value == Value::Bool(true));
    if lit && point(w, device, "brightness").is_some() {
        relative(w, device, Some("brightness"), 1.0)
    } else {
        switch(w, device, Verb::On)
    }
}

/// What shades a room.
const COVERINGS: &[&str] = &["blind", "curtain", "shade", "shutter", "awning"];

/// What is called so draws air out, whatever its kind.
const EXTRACTORS: &[&str] = &["hood", "exhaust", "extractor", "油烟机", "排风", "抽风机"];

/// What helps against heat, cold, bad air: its value, where it has one, else it goes on.
fn relief(
    w: &Wish<'_>,
    device: DeviceId,
    (trait_id, sign): (&'static str, f64),
    kinds: &[&str],
    words: &[&str],
) -> Done {
    let on = || point(w, device, "on_off").and_then(|p| w.states.get(&p.id)).map(|s| s.value == Value::Bool(true));
    if point(w, device, trait_id).is_some() && (trait_id == "setpoint" || on() == Some(true)) {
        return relative(w, device, Some(trait_id), sign);
    }
    let kind = w.world.kind_of(device).unwrap_or_default();
    let called = || {
        let forms: Vec<String> = things::templates::all()
            .filter(|(_, m)| kinds.contains(&m.x.kind.as_str()))
            .flat_map(|(_, m)| m.x.names.all().map(Text::form))
            .collect();
        names(w, device).any(|n| forms.iter().map(String::as_str).chain(words.iter().copied()).any(|x| n.ends_with(x)))
    };
    // A heater on a switched socket is a socket by its kind.
    let helps = kinds.contains(&kind) || (matches!(kind, "outlet" | "switch") && called());
    if helps { switch(w, device, Verb::On) } else { Err(incapable(w, device)) }
}

/// The normal forms of a device's names.
fn names<'a>(w: &Wish<'a>, device: DeviceId) -> impl Iterator<Item = String> + use<'a> {
    w.world.device(device).into_iter().flat_map(|d| d.names.all().map(Text::form))
}

/// Whether a device gives water to plants: what is called so, by whatever it is switched.
fn waters(w: &Wish<'_>, device: DeviceId) -> bool {
    const KINDS: &[&str] = &["valve", "pump", "outlet", "switch"];
    const WORDS: &[&str] = &[
        "irrigation",
        "sprinkler",
        "watering",
        "drip",
        "灌溉",
        "喷灌",
        "滴灌",
        "浇水",
        "浇花",
        "浇灌",
        "喷淋",
        "洒水",
    ];
    KINDS.contains(&w.world.kind_of(device).unwrap_or_default())
        && names(w, device).any(|n| WORDS.iter().any(|word| n.contains(word)))
}

/// "change the colour": the next one.
fn other_colour(w: &Wish<'_>, device: DeviceId) -> Done {
    let spec = point(w, device, "colour").ok_or_else(|| incapable(w, device))?;
    let PointKind::Enum { tokens } = &spec.kind else { return Err(incapable(w, device)) };
    let now = w.states.get(&spec.id).and_then(|s| tokens.iter().position(|t| s.value == Value::text(t.token.clone())));
    let next = tokens.iter().cycle().nth(now.unwrap_or(0) + 1).ok_or_else(|| incapable(w, device))?;
    Ok(vec![Act::to(spec.id, Value::text(next.token.clone()))])
}

/// Half or twice the present value, where it is known.
fn scaled(w: &Wish<'_>, device: DeviceId, factor: f64) -> Done {
    let spec = numeric(w, device, None, &[]).ok_or_else(|| incapable(w, device))?;
    let now = w.states.get(&spec.id).and_then(|s| s.value.as_number()).ok_or_else(|| {
        let text = Bilingual::new(
            format!("不知道{}现在的值", name(w, device).zh),
            format!("the present value of {} is not known", name(w, device).en),
        );
        Refusal::new(Reason::Offline, text)
    })?;
    checked(w, device, spec, Value::Number(now * factor))
}
