//! Lists by what people call them.

use base::diagnostic::nearest;
use base::id::ListId;
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::{List, ListRef};
use runtime::Core;

/// Most names that one finding suggests.
const NEAR_MAX: usize = 3;
/// Most items that one text names.
const ITEMS_NAMED_MAX: usize = 20;
/// Words of names of lists on which stands what is to be done.
const TASKS: &[&str] = &["task", "todo", "to-do", "to do", "chore", "errand", "待办", "任务", "事项"];

/// Letters and digits alone: an apostrophe or a mark makes no other name.
fn form(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let bare = ["list", "清单", "列表", "清單"].iter().fold(lower.as_str(), |n, w| n.strip_suffix(w).unwrap_or(n));
    bare.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a name of a list says that it is about what is to be done.
fn is_tasks(list: &List) -> bool {
    list.names.all().any(|n| TASKS.iter().any(|w| n.to_lowercase().contains(w)))
}

/// The list that is meant. One that everybody has is also the only one of its kind, whatever it is called.
pub(crate) fn list_meant(core: &Core, wanted: &ListRef, items: &[String]) -> Result<ListId, Diagnostics> {
    let all: Vec<&List> = core.lists().collect();
    let only = |fits: &dyn Fn(&List) -> bool| {
        let mut fitting = all.iter().filter(|l| fits(l));
        fitting.next().filter(|_| fitting.next().is_none()).map(|l| l.id)
    };
    let found = match wanted {
        ListRef::Named(name) => return called(core, name),
        ListRef::Shopping | ListRef::Todo => {
            let common = wanted.common().map(|(id, _)| id);
            let kind = *wanted == ListRef::Todo;
            let names: Vec<String> = wanted.common().iter().flat_map(|(_, n)| n.all().map(form)).collect();
            let named = |l: &List| l.names.all().any(|n| names.contains(&form(n)));
            common
                .filter(|id| core.list(*id).is_some())
                .or_else(|| all.iter().find(|l| named(l)).map(|l| l.id))
                .or_else(|| only(&|l| is_tasks(l) == kind))
                .or(common)
        }
        ListRef::Any => {
            let has = |l: &List| {
                let text = |i: &String| i.to_lowercase();
                items.iter().all(|i| l.items.iter().any(|k| k.text.to_lowercase() == text(i)))
            };
            let having = if items.is_empty() { None } else { only(&has) };
            having.or_else(|| only(&|_| true)).or_else(|| ListRef::Shopping.common().map(|(id, _)| id))
        }
    };
    found.ok_or_else(|| unknown("", &[]))
}

fn called(core: &Core, name: &str) -> Result<ListId, Diagnostics> {
    if let Some(list) = ListId::parse(name).ok().and_then(|id| core.list(id)) {
        return Ok(list.id);
    }
    let wanted = form(name);
    if let Some(list) = core.lists().find(|l| l.names.all().any(|n| form(n) == wanted)) {
        return Ok(list.id);
    }
    // "my tasks" for "Personal Tasks": the only one that has the word.
    let mut having = core.lists().filter(|l| l.names.all().any(|n| form(n).contains(&wanted)));
    if let (Some(list), None) = (having.next(), having.next()) {
        return Ok(list.id);
    }
    // "my personal tasks to-do list".
    let mut within = core.lists().filter(|l| l.names.all().any(|n| !form(n).is_empty() && wanted.contains(&form(n))));
    if let (Some(list), None) = (within.next(), within.next()) {
        return Ok(list.id);
    }
    let all: Vec<String> = core.lists().flat_map(|l| l.names.all().map(str::to_owned)).collect();
    Err(unknown(name, &all))
}

fn unknown(name: &str, known: &[String]) -> Diagnostics {
    let text = Bilingual::new(format!("没有叫“{name}”的清单"), format!("there is no list called “{name}”"));
    let near = nearest(name, known.iter().map(String::as_str), NEAR_MAX).join(", ");
    let help = if near.is_empty() {
        Bilingual::new(format!("说“新建{name}清单”可以新建"), format!("say “create a list called {name}” to make one"))
    } else {
        Bilingual::new(format!("最接近的：{near}"), format!("the nearest are: {near}"))
    };
    vec![Diagnostic::error("unknown_device", "/list", text).help(help)]
}

/// What is still open on a list, in words.
pub(crate) fn list_words(list: &List) -> Bilingual {
    let name = list.names.bilingual();
    let open: Vec<Bilingual> = list.open().map(|i| Bilingual::same(i.text.clone())).collect();
    if open.is_empty() {
        return Bilingual::new(format!("“{}”是空的。", name.zh), format!("“{}” is empty.", name.en));
    }
    let mut named: Vec<Bilingual> = open.iter().take(ITEMS_NAMED_MAX).cloned().collect();
    if let Some(more) = open.len().checked_sub(ITEMS_NAMED_MAX).filter(|n| *n > 0) {
        named.push(Bilingual::new(format!("另有 {more} 项"), format!("{more} more")));
    }
    let items = Bilingual::join(&named, &Bilingual::new("、", ", "));
    let n = open.len();
    Bilingual::new(format!("“{}”上有 {n} 项：{}。", name.zh, items.zh), format!("{n} on “{}”: {}.", name.en, items.en))
}
