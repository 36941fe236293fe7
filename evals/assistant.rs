//! Timers and lists of a home: those that stand in it at first, what a sentence did to them, and what was understood of
//! timers, lists and the clock in the words of the evaluation data's own assistant.
//!
//! What it is *not*: no device. A frame repeats the typed request that the tools got: the data's small homes leave out many
//! of the timers that its sentences speak of.

use crate::building::Building;
use crate::homes::{Built, space_id};
use crate::suite::{Home, HomeDevice};
use base::id::{ListId, SpaceId};
use base::{Bilingual, Span};
use documents::timer::{End, Purpose};
use documents::{
    Actor, ClockAsk, Event, ListAct, ListChange, ListRef, NewTimer, Outcome, TimerAct, TimerChange, TimerRef,
};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use things::Names;

/// The kind of a home's device that is a list.
const LIST: &str = "todo";

/// A timer that runs in a home at first.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HomeTimer {
    /// What it is called.
    pub name: String,
    /// The room, by id or name.
    pub area: Option<String>,
    /// How long it was meant to run.
    pub start_hours: i64,
    /// And minutes.
    pub start_minutes: i64,
    /// And seconds.
    pub start_seconds: i64,
    /// What is left of it, in seconds.
    pub total_seconds_left: Option<i64>,
    /// Whether it runs; it stands still otherwise.
    pub is_active: Option<bool>,
}

/// Puts the lists and timers of a home into its building.
///
/// # Errors
/// When the runtime stopped.
pub(crate) async fn furnish(home: &Home, built: &Built, building: &Building) -> anyhow::Result<()> {
    let actor = Actor::system();
    for device in home.devices.iter().filter(|d| d.domain == LIST) {
        let names: Vec<String> = std::iter::once(&device.name).chain(&device.aliases).cloned().collect();
        let names = Names { zh: Vec::new(), en: names };
        let list = list_id(device);
        for change in [ListChange::Put(names)].into_iter().chain(items(device).map(ListChange::Add)) {
            building.handle.apply(Event::ListChange { actor: actor.clone(), turn: None, list, change }).await?;
        }
    }
    for timer in &home.timers {
        let seconds = timer.start_hours * 3600 + timer.start_minutes * 60 + timer.start_seconds;
        let area = timer.area.as_deref().and_then(|a| area_of(built, a));
        let wanted = NewTimer {
            purpose: Purpose::Timer,
            end: End::AfterMs(Span::from_secs(seconds.max(1))),
            text: timer.name.clone(),
            space: area,
            acts: Vec::new(),
        };
        let event = Event::TimerStart { actor: actor.clone(), turn: None, timer: Box::new(wanted) };
        let started = building.handle.apply(event).await?;
        let timers: Vec<_> =
            started.iter().filter_map(|o| if let Outcome::Timer(t) = o { Some(t.id) } else { None }).collect();
        let past = timer.total_seconds_left.map(|left| TimerChange::ByMs(Span::from_secs(left - seconds)));
        let paused = (timer.is_active == Some(false)).then_some(TimerChange::Pause);
        for change in past.into_iter().chain(paused) {
            let (actor, timers) = (actor.clone(), timers.clone());
            building.handle.apply(Event::TimerChange { actor, turn: None, timers, change }).await?;
        }
    }
    Ok(())
}

fn list_id(device: &HomeDevice) -> ListId {
    ListId::of_name(&device.id)
}

fn items(device: &HomeDevice) -> Option<Vec<String>> {
    let items = device.attributes.get("todo_items")?.as_array()?;
    let texts = items.iter().filter_map(|i| i.as_str().or_else(|| i.get("summary")?.as_str()).map(str::to_owned));
    Some(texts.collect::<Vec<_>>()).filter(|t| !t.is_empty())
}

fn area_of(built: &Built, area: &str) -> Option<SpaceId> {
    built.areas.iter().find(|id| *id == area).map(|id| space_id(id)).or_else(|| built.area(area))
}

/// The lists that are not as they were at first: how many things are open on each.
///
/// # Errors
/// When the runtime stopped.
pub(crate) async fn changed_lists(built: &Built, building: &Building) -> anyhow::Result<Map<String, Json>> {
    let lists: Vec<HomeDevice> =
        built.bound.iter().filter(|b| b.device.domain == LIST).map(|b| b.device.clone()).collect();
    let look = move |core: &runtime::Core| {
        let mut out = Map::new();
        for device in &lists {
            let open = core.list(list_id(device)).map_or(0, |l| l.open().count());
            if open != items(device).map_or(0, |i| i.len()) {
                out.insert(device.id.clone(), json!({ "state": open.to_string() }));
            }
        }
        out
    };
    Ok(building.handle.read(look).await?)
}

/// A request about timers.
pub(crate) fn timer(built: &Built, act: &TimerAct) -> Option<(&'static str, Map<String, Json>)> {
    Some(match act {
        TimerAct::Start(timer) => {
            let (End::AfterMs(span), true) = (timer.end, timer.purpose != Purpose::Reminder) else { return None };
            let mut slots = parts(span, "");
            slots.extend(area(built, timer.space));
            if timer.purpose == Purpose::Commands {
                slots.insert("conversation_command".into(), json!(timer.text));
            } else if !timer.text.is_empty() {
                slots.insert("name".into(), json!(timer.text));
            }
            ("HassStartTimer", slots)
        }
        TimerAct::Change { which, change } => {
            let mut slots = of(built, which);
            let intent = match change {
                TimerChange::Cancel if which.all => "HassCancelAllTimers",
                TimerChange::Cancel => "HassCancelTimer",
                TimerChange::Pause => "HassPauseTimer",
                TimerChange::Resume => "HassUnpauseTimer",
                TimerChange::ByMs(by) => {
                    let longer = *by > Span::ZERO;
                    slots.extend(parts(Span::from_millis(by.as_millis().abs()), ""));
                    if longer { "HassIncreaseTimer" } else { "HassDecreaseTimer" }
                }
            };
            (intent, slots)
        }
        TimerAct::Ask(which) => ("HassTimerStatus", of(built, which)),
    })
}

/// Hours, minutes and seconds.
fn parts(span: Span, prefix: &str) -> Map<String, Json> {
    let seconds = span.as_millis() / 1_000;
    let all = [("hours", seconds / 3600), ("minutes", seconds / 60 % 60), ("seconds", seconds % 60)];
    all.into_iter().filter(|(_, n)| *n > 0).map(|(name, n)| (format!("{prefix}{name}"), json!(n))).collect()
}

fn of(built: &Built, which: &TimerRef) -> Map<String, Json> {
    let mut slots = which.length_ms.map_or_else(Map::new, |l| parts(l, "start_"));
    slots.extend(area(built, which.space));
    slots.extend(which.text.as_ref().map(|t| ("name".to_owned(), json!(t))));
    slots
}

fn area(built: &Built, space: Option<SpaceId>) -> Option<(String, Json)> {
    let id = built.areas.iter().find(|id| Some(space_id(id)) == space)?;
    Some(("area".into(), json!(id)))
}

/// A request about a list.
pub(crate) fn list(built: &Built, text: &str, act: &ListAct) -> Option<(&'static str, Map<String, Json>)> {
    let shopping = matches!(act.list, ListRef::Shopping | ListRef::Any);
    let (items, intent) = match (act.change.as_ref()?, shopping) {
        (ListChange::Add(items), true) => (items, "HassShoppingListAddItem"),
        (ListChange::Complete(items), true) => (items, "HassShoppingListCompleteItem"),
        (ListChange::Add(items), false) => (items, "HassListAddItem"),
        (ListChange::Complete(items), false) => (items, "HassListCompleteItem"),
        (ListChange::Drop(items), _) => (items, "HassListRemoveItem"),
        _ => return None,
    };
    let mut slots = Map::new();
    slots.insert("item".into(), json!(items.join(", ")));
    if !shopping || matches!(act.change, Some(ListChange::Drop(_))) {
        slots.insert("name".into(), json!(list_name(built, text, &act.list)));
    }
    Some((intent, slots))
}

/// The list of the home that is meant: the only one of it where none was named.
fn list_name(built: &Built, text: &str, list: &ListRef) -> String {
    let mut lists = built.bound.iter().filter(|b| b.device.domain == LIST).map(|b| b.device.id.clone());
    match (list, lists.next(), lists.next()) {
        (ListRef::Named(name), _, _) => name.clone(),
        (_, Some(only), None) => only,
        _ => {
            let names: Bilingual = list.common().map(|(_, n)| n.bilingual()).unwrap_or_default();
            names.get(base::Lang::of_text(text)).to_owned()
        }
    }
}

/// A question about the clock.
pub(crate) fn clock(ask: ClockAsk) -> Option<(&'static str, Map<String, Json>)> {
    match ask {
        ClockAsk::Time => Some(("HassGetCurrentTime", Map::new())),
        ClockAsk::Date(_) | ClockAsk::Weekday(_) => Some(("HassGetCurrentDate", Map::new())),
        ClockAsk::Sunrise(_) | ClockAsk::Sunset(_) | ClockAsk::Holiday | ClockAsk::Workday(_) => None,
    }
}
