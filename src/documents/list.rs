//! Lists: what is to be bought, what is to be done, and whatever else people write down.

use crate::Actor;
use base::Timestamp;
use base::id::ListId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Names;

/// Most lists.
pub const LISTS_MAX: usize = 50;
/// Most items of one list.
pub const ITEMS_MAX: usize = 500;
/// Most items that are changed at once.
pub const ITEMS_AT_ONCE_MAX: usize = 50;
/// Longest item, in characters.
pub const ITEM_CHARS_MAX: usize = 200;

/// A list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Its id.
    pub id: ListId,
    /// What it is called.
    pub names: Names,
    /// What stands on it, in the order in which it was written down.
    pub items: Vec<ListItem>,
    /// When it was changed last.
    pub at: Timestamp,
}

impl List {
    /// What is still to be done.
    pub fn open(&self) -> impl Iterator<Item = &ListItem> {
        self.items.iter().filter(|i| !i.done)
    }
}

/// What stands on a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListItem {
    /// The words.
    pub text: String,
    /// Whether it is done, or bought.
    pub done: bool,
    /// Who wrote it down.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// Which list is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListRef {
    /// What is to be bought. It is there as soon as something is put on it.
    Shopping,
    /// What is to be done. It is there as soon as something is put on it.
    Todo,
    /// The list of a name.
    Named(String),
    /// The only one, or the one that has what is spoken of.
    Any,
}

impl ListRef {
    /// The id and the names of a list that everybody has.
    pub fn common(&self) -> Option<(ListId, Names)> {
        match self {
            ListRef::Shopping => {
                let names = Names::of(&["购物清单", "采购清单"], &["Shopping list", "Grocery list", "Shopping"]);
                Some((ListId::of_name("shopping"), names))
            }
            ListRef::Todo => {
                let names = Names::of(&["待办清单", "待办事项", "待办"], &["To-do list", "To-dos", "Todo list"]);
                Some((ListId::of_name("todo"), names))
            }
            ListRef::Named(_) | ListRef::Any => None,
        }
    }
}

/// What shall become of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListChange {
    /// It is there, with these names; what stands on it stays.
    Put(Names),
    /// These are written down; what stands there already is open again.
    Add(Vec<String>),
    /// These are done.
    Complete(Vec<String>),
    /// These are open again.
    Reopen(Vec<String>),
    /// These are taken off.
    Drop(Vec<String>),
    /// What is done is taken off.
    Tidy,
    /// Everything is taken off.
    Empty,
    /// The list itself goes.
    Remove,
}
