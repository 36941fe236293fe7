//! Slots of templates in the parameters of actions: what may stand in them, and what does when an event comes.
//!
//! Actions with templates have their event at the first input and the values of their slots, named, at the second. What
//! it is *not*: it reads no template; that is `template.rs`. Start at [`resolver`].

use crate::compile::Scope;
use crate::plan::Io;
use crate::template::{Filling, Slot, Template, Written};
use base::Bilingual;
use std::collections::BTreeSet;

/// The input of the event.
pub(crate) const EVENT: usize = 0;
/// The input of the values.
pub(crate) const VALUES: usize = 1;

/// Reads a template of the parameters; says what is wrong with it.
pub(crate) fn checked(
    field: &str,
    read: Result<Template<Written>, Bilingual>,
    scope: &mut Scope<'_>,
) -> Option<Template<Written>> {
    read.map_err(|why| scope.fault("rule.template", field, why)).ok()
}

/// How slots stand in a plan. Every slot has to have something to take, and every input a slot; says what has not.
pub(crate) fn resolver(
    templates: &[(&str, &Template<Written>)],
    scope: &mut Scope<'_>,
) -> impl Fn(Written) -> Option<Slot> + use<> {
    let names = scope.names(VALUES).to_vec();
    let mut used = BTreeSet::new();
    for (field, template) in templates {
        for slot in template.slots().collect::<BTreeSet<_>>() {
            match slot {
                Written::Wildcard(n) => check_wildcard(*n, field, scope),
                Written::Input(name) if names.contains(name) => _ = used.insert(name.as_str()),
                Written::Input(name) => {
                    let message = Bilingual::new(
                        format!("插槽 {{{name}}} 没有输入：把值连接到 {name}"),
                        format!("slot `{{{name}}}` has no input: connect a value to `{name}`"),
                    );
                    scope.fault("rule.slot", field, message);
                }
            }
        }
    }
    let fields = templates.iter().map(|(field, _)| format!("`{field}`")).collect::<Vec<_>>();
    for name in names.iter().filter(|name| !used.contains(name.as_str())) {
        let message = Bilingual::new(
            format!("输入 {name} 没有插槽：在 {} 里写 {{{name}}}", fields.join("、")),
            format!("input `{name}` has no slot: write `{{{name}}}` in {}", fields.join(" or ")),
        );
        scope.fault("rule.slot", "", message);
    }
    move |written| match written {
        Written::Wildcard(n) => Some(Slot::Wildcard(n)),
        Written::Input(name) => names.iter().position(|n| *n == name).map(Slot::Input),
    }
}

fn check_wildcard(n: usize, field: &str, scope: &mut Scope<'_>) {
    let message = if scope.unheard(EVENT) {
        Bilingual::new(
            format!("{{{n}}} 取自消息的主题，而这里的事件不都来自消息"),
            format!("`{{{n}}}` comes from the topic of a message, and not every event here is one"),
        )
    } else if let Some(filter) = scope.heard(EVENT).into_iter().find(|filter| filter.wildcards() < n) {
        let count = filter.wildcards();
        Bilingual::new(
            format!("“{filter}”只有 {count} 个通配符，没有 {{{n}}}"),
            format!("`{filter}` has {count} wildcards, there is no `{{{n}}}`"),
        )
    } else {
        return;
    };
    scope.fault("rule.slot", field, message);
}

/// What stands in a slot now; none while it is unknown.
pub(crate) fn filling<'v>(slot: Slot, io: &'v Io<'_>) -> Option<Filling<'v>> {
    match slot {
        Slot::Wildcard(n) => {
            let heard = io.heard()?;
            heard.filter.captured(n, &heard.incoming.message.topic).map(Filling::Text)
        }
        Slot::Input(place) => io.nth_value(VALUES, place).and_then(Filling::of),
    }
}

/// The text for people: what is unknown is said to be so. Cut at this many bytes.
pub(crate) fn told(template: &Template<Slot>, most: usize, unknown: &str, io: &Io<'_>) -> String {
    let mut text = template.said(|slot| filling(slot, io), unknown);
    if text.len() > most {
        let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}
