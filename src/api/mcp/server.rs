//! What an agent can ask for: the list of tools, and calls of them.
//!
//! What it is *not*: it knows no tool by name, and whoever it is for was let in before. Start at [`Server`].

use super::words;
use crate::Api;
use crate::auth::Identity;
use crate::limits::{MCP_CALLS_MAX, MCP_TOOLS_PAGE};
use crate::metrics::Metric;
use crate::problem::language_of;
use agent::{Caller, ToolError, ToolSpec};
use axum::http::request::Parts;
use documents::{Actor, Channel};
use policy::Effect;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Extensions, Implementation, JsonObject,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler};
use serde_json::Value as Json;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What agents are told first.
const INSTRUCTIONS: &str = "\
Castellan controls a building. Find points with `point_search`; ids are stable, names are for people. Ask for changes with \
`command_propose` or `scene_run` and believe only receipts: `confirmed` means that the device itself reported it. Rules, \
devices and whatever touches security become proposals, which a person approves on the page; you cannot. \
命令是否执行只看回执；规则、设备和安防操作须由人在页面上批准。";

/// The server of one session. Cheap to clone.
#[derive(Clone)]
pub(super) struct Server {
    api: Api,
    tools: Arc<Vec<Tool>>,
    calls: Arc<Semaphore>,
}

impl Server {
    pub(super) fn new(api: Api) -> Server {
        let tools = api.agent().tools().specs().map(described).collect();
        Server { api, tools: Arc::new(tools), calls: Arc::new(Semaphore::new(MCP_CALLS_MAX)) }
    }

    async fn call(&self, caller: &Caller, params: CallToolRequestParams) -> Result<Json, ToolError> {
        // Closing the semaphore is the only error, and nobody closes it.
        let _place = self.calls.acquire().await.ok();
        self.api.metrics().add(Metric::AgentCalls, 1);
        let input = Json::Object(params.arguments.unwrap_or_default());
        tracing::info!(tool = %params.name, by = caller.actor.name, turn = %caller.turn, "an agent calls a tool");
        self.api.agent().tools().call(&params.name, caller, input).await
    }

    fn effect(&self, tool: &str) -> Option<Effect> {
        self.api.agent().tools().specs().find(|s| s.name == tool).map(|s| s.effect)
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let about = Implementation::new("castellan", env!("CARGO_PKG_VERSION")).with_title("Castellan");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(about)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        wanted: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let from = match wanted.and_then(|w| w.cursor) {
            None => 0,
            Some(cursor) => {
                cursor.parse::<usize>().ok().filter(|from| *from < self.tools.len()).ok_or_else(|| {
                    ErrorData::invalid_params("the cursor is not valid; list from the beginning", None)
                })?
            }
        };
        let tools: Vec<Tool> = self.tools.iter().skip(from).take(MCP_TOOLS_PAGE).cloned().collect();
        let next = from + tools.len();
        let mut page = ListToolsResult::with_all_items(tools);
        page.next_cursor = (next < self.tools.len()).then(|| next.to_string());
        Ok(page)
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(effect) = self.effect(&params.name) else {
            let names: Vec<&str> = self.tools.iter().map(|t| t.name.as_ref()).collect();
            let near = base::diagnostic::nearest(&params.name, names.iter().copied(), 3);
            let list = if near.is_empty() { names.join(", ") } else { near.join(", ") };
            let text = format!("there is no tool `{}`; try {list}", params.name);
            return Err(ErrorData::invalid_params(text, None));
        };
        let caller = self.caller(&context.extensions)?;
        // What was sent to a device before the call was cancelled stays sent, and has its receipt.
        let answer = tokio::select! {
            answer = self.call(&caller, params) => answer,
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("the call was cancelled", None)),
        };
        Ok(match answer {
            Ok(output) => {
                let mut content = vec![ContentBlock::text(output.to_string())];
                if effect > Effect::Propose {
                    content.push(ContentBlock::text(words::of_turn(caller.turn)));
                }
                let mut result = CallToolResult::success(content);
                result.structured_content = Some(output);
                result.into()
            }
            Err(error) => CallToolResult::error(vec![ContentBlock::text(words::of_fault(&error, caller.lang))]).into(),
        })
    }
}

impl Server {
    /// On whose behalf a request calls: every request of a session says it anew.
    fn caller(&self, extensions: &Extensions) -> Result<Caller, ErrorData> {
        let parts = extensions.get::<Parts>();
        let found = parts.and_then(|p| Some((p.extensions.get::<Identity>()?, language_of(&p.headers))));
        let (who, lang) = found.ok_or_else(|| ErrorData::internal_error("nobody asks", None))?;
        let actor = Actor::agent(who.name.clone(), Channel::Mcp);
        let turn = self.api.agent().new_turn(self.api.now());
        Ok(Caller { actor, conversation: None, turn, lang, space: None })
    }
}

/// A tool as the protocol shows it.
fn described(spec: &ToolSpec) -> Tool {
    let hints = spec.annotations;
    let annotations = ToolAnnotations::from_raw(
        None,
        Some(hints.read_only_hint),
        Some(hints.destructive_hint),
        Some(hints.idempotent_hint),
        Some(hints.open_world_hint),
    );
    Tool::new(spec.name, spec.description.clone(), schema(&spec.input_schema))
        .with_raw_output_schema(schema(&spec.output_schema))
        .with_annotations(annotations)
}

/// A schema without the name of its dialect: it is the protocol's own, and some clients know only the name of another.
fn schema(schema: &schemars::Schema) -> Arc<JsonObject> {
    let mut schema = schema.as_object().cloned().unwrap_or_default();
    schema.remove("$schema");
    Arc::new(schema)
}
