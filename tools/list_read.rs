//! `list_read`: what stands on a list, or which lists there are.

use crate::shared::host;
use crate::shared::lists::{list_meant, list_words};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use documents::{List, ListRef};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reads what is still open on a list: what is to be bought, what is to be done, or a list by its name. Without `list`
/// all lists are given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which list: `"shopping"`, `"todo"` or `{"named": "id or name"}`.
    #[serde(default)]
    pub list: Option<ListRef>,
}

/// What stands there.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The lists.
    pub lists: Vec<List>,
}

/// The tool.
pub struct ListRead(pub(crate) Handle);

#[async_trait]
impl Tool for ListRead {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "list_read";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "what is to be bought",
        input: r#"{"list": "shopping"}"#,
        expect: &[("/text/en", "\"1 on “Shopping list”: milk.\"")],
    }];

    async fn run(&self, _caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let look = move |core: &Core| match &input.list {
            None | Some(ListRef::Any) => Ok(core.lists().cloned().collect()),
            Some(wanted) => list_meant(core, wanted, &[]).map(|id| core.list(id).cloned().into_iter().collect()),
        };
        let lists: Vec<List> = self.0.read(look).await.map_err(|e| host(&e))?.map_err(ToolError::input)?;
        let words: Vec<Bilingual> = lists.iter().map(list_words).collect();
        let text = if words.is_empty() {
            Bilingual::new("清单上还没有内容。", "There is nothing on that list.")
        } else {
            Bilingual::join(&words, &Bilingual::new("", " "))
        };
        Ok(Output { text, lists })
    }
}
