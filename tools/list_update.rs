//! `list_update`: writes down, ticks off and takes off what stands on a list; makes and removes lists.

use crate::shared::lists::list_meant;
use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::ListId;
use documents::{Event, List, ListChange, ListRef, Refusal};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Changes a list: what is to be bought (`"shopping"`), what is to be done (`"todo"`), or a list by its name. `add` writes
/// down, `complete` ticks off, `drop` takes off; `put` makes a list. It moves nothing of the building.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which list: `"shopping"`, `"todo"`, `{"named": "id or name"}`, or `"any"` for the only one.
    pub list: ListRef,
    /// What shall become of it: `{"add": ["milk"]}`, `{"complete": [..]}`, `{"drop": [..]}`, `"tidy"`, `"empty"`, ...
    pub change: ListChange,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Option<Bilingual>,
    /// The list as it is now; none when it is gone.
    pub lists: Vec<List>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct ListUpdate(pub(crate) Handle);

#[async_trait]
impl Tool for ListUpdate {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "list_update";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "bread and salt are to be bought",
            input: r#"{"list": "shopping", "change": {"add": ["bread", "salt"]}}"#,
            expect: &[("/lists/0/items/2/text", "\"salt\""), ("/text/en", "\"Added bread, salt to “Shopping list”.\"")],
        },
        Example {
            name: "the milk was bought",
            input: r#"{"list": "any", "change": {"complete": ["milk"]}}"#,
            expect: &[("/lists/0/items/0/done", "true")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let Input { list: wanted, change } = input;
        let (id, names) = match (&change, &wanted) {
            (ListChange::Put(_), ListRef::Named(name)) => {
                // The turn and the time make an id that no other list has.
                (ListId::of_name(&format!("{} {} {name}", caller.turn, self.0.now())), None)
            }
            _ => {
                let (wanted, items) = (wanted.clone(), said(&change).to_vec());
                let look = move |core: &Core| list_meant(core, &wanted, &items).map(|id| (id, core.list(id).is_none()));
                let (id, missing) = self.0.read(look).await.map_err(|e| host(&e))?.map_err(ToolError::input)?;
                let common = [ListRef::Shopping, ListRef::Todo].iter().filter_map(ListRef::common).find(|c| c.0 == id);
                (id, common.filter(|_| missing && matches!(change, ListChange::Add(_))).map(|c| c.1))
            }
        };
        let (mut lists, mut refusals) = (Vec::new(), Vec::new());
        for change in names.map(ListChange::Put).into_iter().chain([change.clone()]) {
            let event = Event::ListChange { actor: caller.actor.clone(), turn: Some(caller.turn), list: id, change };
            let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
            lists = came.lists;
            refusals.extend(came.refusals);
        }
        let text = refusals.is_empty().then(|| words(lists.first(), &change));
        Ok(Output { text, lists, refusals })
    }
}

/// The items that a change names.
fn said(change: &ListChange) -> &[String] {
    match change {
        ListChange::Complete(i) | ListChange::Reopen(i) | ListChange::Drop(i) => i,
        _ => &[],
    }
}

fn words(list: Option<&List>, change: &ListChange) -> Bilingual {
    let name = list.map(|l| l.names.bilingual()).unwrap_or_default();
    let of = |items: &[String]| {
        let all: Vec<Bilingual> = items.iter().map(|i| Bilingual::same(i.clone())).collect();
        Bilingual::join(&all, &Bilingual::new("、", ", "))
    };
    let (zh, en) = match change {
        ListChange::Add(items) => {
            let items = of(items);
            (format!("已将{}加入“{}”。", items.zh, name.zh), format!("Added {} to “{}”.", items.en, name.en))
        }
        ListChange::Complete(items) => {
            let items = of(items);
            (format!("“{}”：{}已完成。", name.zh, items.zh), format!("Ticked {} off on “{}”.", items.en, name.en))
        }
        ListChange::Reopen(items) => {
            let items = of(items);
            (format!("“{}”：{}重新打开。", name.zh, items.zh), format!("{} is open again on “{}”.", items.en, name.en))
        }
        ListChange::Drop(items) => {
            let items = of(items);
            (format!("已从“{}”移除{}。", name.zh, items.zh), format!("Took {} off “{}”.", items.en, name.en))
        }
        ListChange::Tidy => (format!("“{}”已清理。", name.zh), format!("“{}” is tidied up.", name.en)),
        ListChange::Empty => (format!("“{}”已清空。", name.zh), format!("“{}” is empty now.", name.en)),
        ListChange::Put(_) => (format!("清单“{}”已建立。", name.zh), format!("There is a list “{}” now.", name.en)),
        ListChange::Remove => ("清单已删除。".into(), "The list is gone.".into()),
    };
    Bilingual::new(zh, en)
}
