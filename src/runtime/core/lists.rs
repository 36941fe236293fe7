//! Lists: what is to be bought, what is to be done. Kept with everything else, so that they survive a restart and a turn
//! that changed one can be taken back.
//!
//! What it is *not*: nothing of a building is moved by them. Start at [`Core::lists`].

use super::Core;
use super::turns::Before;
use base::id::{ListId, TurnId};
use base::{Bilingual, Timestamp, limits};
use documents::list::{ITEM_CHARS_MAX, ITEMS_AT_ONCE_MAX, ITEMS_MAX, LISTS_MAX, List, ListChange, ListItem};
use documents::{Actor, Outcome, Reason};
use policy::{Decision, Effect};
use things::Safety;

type Why = (Reason, Bilingual);

impl Core {
    /// All lists, by id.
    pub fn lists(&self) -> impl Iterator<Item = &List> {
        self.state.lists.values()
    }

    /// A list.
    pub fn list(&self, id: ListId) -> Option<&List> {
        self.state.lists.get(&id)
    }

    pub(super) fn on_list_change(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        (id, change): (ListId, &ListChange),
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let verdict = self.verdict_in_general(actor, Effect::Actuate, Safety::None);
        if verdict.decision == Decision::Deny {
            return self.say(Reason::NotAllowed, verdict.why, out);
        }
        let before = self.state.lists.get(&id).cloned();
        let after = match self.changed_list(before.as_ref(), (id, change), actor, now) {
            Ok(after) => after,
            Err((reason, text)) => return self.say(reason, text, out),
        };
        if let Some(turn) = turn {
            let note = Before::List { id, before: before.map(Box::new), after: after.clone().map(Box::new) };
            self.turn_mut(turn, actor).noted.push(note);
        }
        self.keep_list(id, after, out);
    }

    fn keep_list(&mut self, id: ListId, list: Option<List>, out: &mut Vec<Outcome>) {
        match list {
            Some(list) => {
                self.state.lists.insert(id, list.clone());
                out.push(Outcome::List(Box::new(list)));
            }
            None => {
                self.state.lists.remove(&id);
                out.push(Outcome::ListGone(id));
            }
        }
    }

    /// Takes a change of a list back, unless it was changed since.
    pub(super) fn revert_list(
        &mut self,
        id: ListId,
        (before, after): (Option<List>, Option<&List>),
        out: &mut Vec<Outcome>,
    ) -> Option<Bilingual> {
        if self.state.lists.get(&id) != after {
            return Some(Bilingual::new("清单之后已被更改，保持现状", "the list was changed since and stays as it is"));
        }
        self.keep_list(id, before, out);
        None
    }

    /// What a change makes of a list; none when it is gone.
    fn changed_list(
        &self,
        before: Option<&List>,
        (id, change): (ListId, &ListChange),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<List>, Why> {
        if let ListChange::Put(names) = change {
            let fits = |n: &str| !n.trim().is_empty() && n.chars().count() <= limits::NAME_CHARS_MAX;
            if names.is_empty() || !names.all().all(fits) {
                return Err(limit(limits::NAME_CHARS_MAX, "名称为 1 到", "个字", "a name has 1 to", "characters"));
            }
            if before.is_none() && self.state.lists.len() >= LISTS_MAX {
                return Err(limit(LISTS_MAX, "最多", "个清单", "at most", "lists are possible"));
            }
            let items = before.map_or_else(Vec::new, |b| b.items.clone());
            return Ok(Some(List { id, names: names.clone(), items, at: now }));
        }
        let Some(before) = before else {
            return Err((Reason::UnknownDevice, Bilingual::new("没有这个清单", "there is no such list")));
        };
        let mut list = List { at: now, ..before.clone() };
        match change {
            ListChange::Put(_) => {}
            ListChange::Remove => return Ok(None),
            ListChange::Empty => list.items.clear(),
            ListChange::Tidy => list.items.retain(|i| !i.done),
            ListChange::Add(texts) => add(&mut list, texts, actor, now)?,
            ListChange::Complete(texts) => each(&mut list, texts, |items, at| items[at].done = true)?,
            ListChange::Reopen(texts) => each(&mut list, texts, |items, at| items[at].done = false)?,
            ListChange::Drop(texts) => each(&mut list, texts, |items, at| drop(items.remove(at)))?,
        }
        Ok(Some(list))
    }
}

fn limit(n: usize, zh_before: &str, zh_after: &str, en_before: &str, en_after: &str) -> Why {
    let (zh, en) = (format!("{zh_before} {n} {zh_after}"), format!("{en_before} {n} {en_after}"));
    (Reason::OutOfRange, Bilingual::new(zh, en))
}

fn at_once(texts: &[String]) -> Result<(), Why> {
    if texts.is_empty() || texts.len() > ITEMS_AT_ONCE_MAX {
        return Err(limit(ITEMS_AT_ONCE_MAX, "一次须为 1 到", "项", "1 to", "items are changed at once"));
    }
    Ok(())
}

fn same(item: &ListItem, text: &str) -> bool {
    item.text.to_lowercase() == text.trim().to_lowercase()
}

fn add(list: &mut List, texts: &[String], actor: &Actor, now: Timestamp) -> Result<(), Why> {
    at_once(texts)?;
    for text in texts {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > ITEM_CHARS_MAX {
            return Err(limit(ITEM_CHARS_MAX, "每项为 1 到", "个字", "an item has 1 to", "characters"));
        }
        if let Some(item) = list.items.iter_mut().find(|i| same(i, text)) {
            item.done = false;
            continue;
        }
        list.items.push(ListItem { text: text.to_owned(), done: false, by: actor.clone(), at: now });
    }
    if list.items.len() > ITEMS_MAX {
        return Err(limit(ITEMS_MAX, "一个清单最多", "项", "at most", "items are possible on one list"));
    }
    Ok(())
}

/// Does something to each item that is named: the one of these words, else the only one that has them.
fn each(list: &mut List, texts: &[String], mut act: impl FnMut(&mut Vec<ListItem>, usize)) -> Result<(), Why> {
    at_once(texts)?;
    for text in texts {
        let part = text.trim().to_lowercase();
        let whole = list.items.iter().position(|i| same(i, text));
        let mut having = list.items.iter().enumerate().filter(|(_, i)| i.text.to_lowercase().contains(&part));
        let only = having.next().filter(|_| having.next().is_none()).map(|(at, _)| at);
        let Some(at) = whole.or(only) else {
            let name = list.names.bilingual();
            let (zh, en) = (format!("“{}”里没有“{text}”", name.zh), format!("“{text}” is not on “{}”", name.en));
            return Err((Reason::UnknownDevice, Bilingual::new(zh, en)));
        };
        act(&mut list.items, at);
    }
    Ok(())
}
