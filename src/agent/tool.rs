//! The contract of a tool: typed for who writes one ([`Tool`]), untyped for who calls one ([`DynTool`]).
//!
//! What it is *not*: no tool is here, and none decides policy for a point; the runtime does. Start at [`Tool`]; the list
//! that calls go through is [`crate::ToolSet`].

use async_trait::async_trait;
use base::id::{ConversationId, SpaceId, TurnId};
use base::{Bilingual, Diagnostic, Diagnostics, Lang};
use documents::reply::Link;
use documents::{Actor, Chart, Frame, Proposal, Reason, Receipt, Refusal};
use policy::Effect;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// On whose behalf a tool is called, and in which turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The conversation; none for a call from outside.
    pub conversation: Option<ConversationId>,
    /// The turn. What is done in it can be taken back as one.
    pub turn: TurnId,
    /// Language to answer in.
    pub lang: Lang,
    /// Where the speaker is.
    pub space: Option<SpaceId>,
}

/// One call that shows how a tool is used: run as a test, shown to models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub name: &'static str,
    /// The input, as JSON.
    pub input: &'static str,
    /// What the output has at which place: JSON Pointer and JSON.
    pub expect: &'static [(&'static str, &'static str)],
}

/// A tool.
#[async_trait]
pub trait Tool: Send + Sync + 'static {
    /// What it takes. Its doc comment is the description of the tool, those of its fields are theirs.
    type Input: DeserializeOwned + JsonSchema + Send;
    /// What it gives. Documents that a reply shows stand in it under the names of [`Shown`].
    type Output: Serialize + JsonSchema + Send;
    /// Its name, `object_verb`.
    const NAME: &'static str;
    /// The most dangerous thing it can do. There is no default.
    const EFFECT: Effect;
    /// How it is used.
    const EXAMPLES: &'static [Example];

    /// Does it.
    async fn run(&self, caller: &Caller, input: Self::Input) -> Result<Self::Output, ToolError>;
}

/// What a tool says instead of an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ToolError {
    /// For the caller, who can mend the call and try again.
    #[error("{}: {}", .0.code, .0.message.en)]
    Tell(Box<Fault>),
    /// The turn ends: nothing else will succeed either.
    #[error("{}: {}", .0.code, .0.message.en)]
    Stop(Box<Fault>),
}

/// What is wrong, for a model and a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// Stable code.
    pub code: String,
    /// In words.
    pub message: Bilingual,
    /// Every finding, with its place in the input and how to mend it.
    pub diagnostics: Diagnostics,
}

impl ToolError {
    /// Something the caller can mend.
    pub fn tell(code: impl Into<String>, message: Bilingual) -> Self {
        ToolError::Tell(Box::new(Fault { code: code.into(), message, diagnostics: Diagnostics::new() }))
    }
    /// Findings about the input: all at once.
    pub fn input(diagnostics: Diagnostics) -> Self {
        let first = diagnostics.iter().find(|d| d.is_error()).or(diagnostics.first());
        let message = first.map_or_else(|| Bilingual::new("输入有误", "the input is wrong"), |d| d.message.clone());
        let code = first.map_or_else(|| "input".into(), |d| d.code.clone());
        ToolError::Tell(Box::new(Fault { code, message, diagnostics }))
    }
    /// The end of the turn.
    pub fn stop(code: impl Into<String>, message: Bilingual) -> Self {
        ToolError::Stop(Box::new(Fault { code: code.into(), message, diagnostics: Diagnostics::new() }))
    }
    /// What is wrong.
    pub fn fault(&self) -> &Fault {
        match self {
            ToolError::Tell(f) | ToolError::Stop(f) => f,
        }
    }
    /// As a refusal of what was asked for.
    pub fn refusal(&self) -> Refusal {
        let fault = self.fault();
        let reason = serde_json::from_value(Json::from(fault.code.clone())).unwrap_or(Reason::NotAllowed);
        Refusal::new(reason, fault.message.clone())
    }
}

/// The documents in a tool's output that a reply shows. An output has any of these fields, and more of its own.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// What came out, in words.
    pub text: Option<Bilingual>,
    /// What became of commands.
    pub receipts: Vec<Receipt>,
    /// What waits for approval.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
    /// What answers are made from.
    pub frames: Vec<Frame>,
    /// Charts.
    pub charts: Vec<Chart>,
    /// Where more of it is read.
    pub links: Vec<Link>,
}

/// What a caller may expect of a tool, in the words of the Model Context Protocol. Derived from the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the protocol has four flags")]
pub struct Hints {
    /// It changes nothing.
    pub read_only_hint: bool,
    /// It may change the state of devices, or what rules do.
    pub destructive_hint: bool,
    /// Calling it twice is calling it once.
    pub idempotent_hint: bool,
    /// It reaches beyond this building.
    pub open_world_hint: bool,
}

impl Hints {
    /// The hints of an effect.
    pub fn of(effect: Effect) -> Hints {
        let reads = effect == Effect::Read;
        Hints {
            read_only_hint: reads,
            destructive_hint: !matches!(effect, Effect::Read | Effect::Propose),
            idempotent_hint: reads,
            open_world_hint: false,
        }
    }
}

/// A tool as it is shown to models, clients and documentation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolSpec {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: String,
    /// The most dangerous thing it can do.
    pub effect: Effect,
    /// What a caller may expect.
    pub annotations: Hints,
    /// JSON Schema of the input.
    pub input_schema: Schema,
    /// JSON Schema of the output.
    pub output_schema: Schema,
    /// Inputs that show how it is used.
    pub examples: Vec<ToolExample>,
}

/// An example as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolExample {
    /// What it shows.
    pub name: &'static str,
    /// The input.
    pub input: Json,
}

/// A tool as it is called. Every [`Tool`] is one.
#[async_trait]
pub trait DynTool: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// The most dangerous thing it can do.
    fn effect(&self) -> Effect;
    /// How it is used.
    fn examples(&self) -> &'static [Example];
    /// All about it.
    fn spec(&self) -> ToolSpec;
    /// Calls it with an input that its schema admits.
    async fn call(&self, caller: &Caller, input: Json) -> Result<Json, ToolError>;
}

#[async_trait]
impl<T: Tool> DynTool for T {
    fn name(&self) -> &'static str {
        T::NAME
    }
    fn effect(&self) -> Effect {
        T::EFFECT
    }
    fn examples(&self) -> &'static [Example] {
        T::EXAMPLES
    }
    fn spec(&self) -> ToolSpec {
        let mut input_schema = schemars::schema_for!(T::Input);
        input_schema.remove("title");
        let description = input_schema.remove("description");
        let mut output_schema = schemars::schema_for!(T::Output);
        output_schema.remove("title");
        let examples = T::EXAMPLES.iter();
        let examples = examples.filter_map(|e| Some(ToolExample { name: e.name, input: json(e.input)? })).collect();
        ToolSpec {
            name: T::NAME,
            description: description.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned(),
            effect: T::EFFECT,
            annotations: Hints::of(T::EFFECT),
            input_schema,
            output_schema,
            examples,
        }
    }
    async fn call(&self, caller: &Caller, input: Json) -> Result<Json, ToolError> {
        let input = serde_json::from_value(input).map_err(|e| {
            ToolError::input(vec![Diagnostic::error(
                "input.form",
                "",
                Bilingual::new(format!("输入无法读取：{e}"), format!("the input cannot be read: {e}")),
            )])
        })?;
        let output = self.run(caller, input).await?;
        serde_json::to_value(output).map_err(|e| {
            ToolError::stop(
                "output.form",
                Bilingual::new(format!("结果无法写出：{e}"), format!("the result cannot be written: {e}")),
            )
        })
    }
}

fn json(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}
