//! Which messages what a node gives belongs to. A value taken from a message is known only while that message is looked
//! at; whoever uses it has to do so on the same occasion, or it would wait for something that never comes.
//!
//! What it is *not*: it follows no message at run time. Start at [`Origin`].

use crate::nodes::Registration;
use crate::plan::Plan;
use crate::ports::PortKind;
use crate::topic::Filter;
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::{RuleGraph, RuleMode};
use std::collections::BTreeMap;

/// When an event of a node happens, or a value of it is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Origin {
    /// Also without a message.
    pub(crate) always: bool,
    /// With the messages of these sources: their filters, by their place in the document.
    messages: BTreeMap<String, Filter>,
}

impl Origin {
    /// Of what needs no message.
    pub(crate) fn always() -> Origin {
        Origin { always: true, messages: BTreeMap::new() }
    }

    /// The messages of one source.
    pub(crate) fn message(place: &str, filter: &Filter) -> Origin {
        Origin { always: false, messages: BTreeMap::from([(place.to_owned(), filter.clone())]) }
    }

    /// The filters of the messages.
    pub(crate) fn filters(&self) -> impl Iterator<Item = &Filter> {
        self.messages.values()
    }
}

/// Of the outputs of a node: its values and its events, each none where that is not known.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Origins {
    pub(crate) values: Option<Origin>,
    pub(crate) events: Option<Origin>,
}

/// Of the outputs of a node, by what arrives.
///
/// # Errors
/// What arrives never does so on the same occasion.
pub(crate) fn of(kind: &Registration, arriving: &[Option<Vec<Origin>>]) -> Result<Origins, Bilingual> {
    let always = || Some(Origin::always());
    // A delay lets the message go. What feeds it may not be known yet.
    if kind.delays {
        return Ok(Origins { values: always(), events: always() });
    }
    let mut values = Origin::always();
    let mut events: Option<Origin> = None;
    for (spec, origins) in kind.inputs.iter().zip(arriving) {
        let Some(origins) = origins else { return Ok(Origins::default()) };
        for origin in origins {
            if spec.kind.is_event() {
                let all = events.get_or_insert_default();
                all.always |= origin.always;
                all.messages.extend(origin.messages.clone());
            } else if values.always {
                values = origin.clone();
            } else if !origin.always {
                values.messages.retain(|place, _| origin.messages.contains_key(place));
            }
        }
    }
    if !values.always && values.messages.is_empty() {
        return Err(Bilingual::new(
            "这里的值来自不同的消息，不会同时已知",
            "the values here come from different messages and are never known together",
        ));
    }
    let Some(events) = events else {
        // What hears messages says so itself, unless it is at fault.
        let hears = kind.outputs.iter().any(|o| o.kind == PortKind::Message);
        return Ok(Origins { values: Some(values), events: if hears { None } else { always() } });
    };
    let known = values.always || (!events.always && events.messages.keys().all(|m| values.messages.contains_key(m)));
    if !known {
        return Err(Bilingual::new(
            "这里的值来自一条消息，而事件不都是这条消息：事件到来时值未知",
            "a value here comes from a message, and not every event is that message: it is unknown when the event comes",
        ));
    }
    // What an event makes of values stays; what is taken out of a message does not.
    let takes = kind.inputs.iter().any(|i| i.kind == PortKind::Message);
    let values = if takes { Some(events.clone()) } else { always() };
    Ok(Origins { values, events: if kind.timed { always() } else { Some(events) } })
}

/// What concerns messages in a plan as a whole: a rule must not wake itself, and messages do not wait for their turn.
pub(crate) fn check_plan(graph: &RuleGraph, plan: &Plan, found: &mut Diagnostics) {
    let hears = plan.filters().any(|(.., filter)| !filter.is_reserved()) || plan.passing.contains(&true);
    if hears && graph.mode == RuleMode::Queued && plan.nodes.iter().any(|n| n.op.delays()) {
        let message = Bilingual::new("消息不能排队等待", "messages do not wait for their turn");
        let help = Bilingual::new("模式用 single、restart 或 parallel", "take mode single, restart or parallel");
        found.push(Diagnostic::error("rule.mode", "/mode", message).help(help));
    }
    for node in &plan.nodes {
        let Some((connection, reach)) = node.op.publishes() else { continue };
        let place = graph.nodes.iter().position(|n| *n.id == *node.id).unwrap_or_default();
        let path = format!("/nodes/{place}/params/topic");
        let heard = || plan.filters().filter(|(_, of, _)| *of == connection).map(|(.., filter)| filter);
        if let Some(filter) = heard().find(|filter| filter.covers(reach)) {
            let message = Bilingual::new(
                format!("规则监听“{filter}”，会被自己发布的消息触发"),
                format!("the rule listens to `{filter}` and would trigger itself"),
            );
            found.push(Diagnostic::error("rule.loop", path, message));
        } else if let Some(filter) = heard().find(|filter| filter.meets(reach)) {
            let message = Bilingual::new(
                format!("规则监听“{filter}”，可能被自己发布的消息触发"),
                format!("the rule listens to `{filter}` and may trigger itself"),
            );
            found.push(Diagnostic::warning("rule.loop", path, message));
        }
    }
}
