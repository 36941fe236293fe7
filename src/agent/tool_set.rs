//! The list that every call goes through: known name, coarse policy, schema of the input, size of the output.

use crate::tool::{Caller, DynTool, ToolError, ToolSpec};
use crate::validate::Checker;
use base::Bilingual;
use base::diagnostic::nearest;
use policy::{Decision, Request};
use serde_json::Value as Json;
use std::sync::Arc;
use things::{Assistant, Safety};

/// Most tools of one set.
const TOOLS_MAX: usize = 64;
/// Longest input of a call, in bytes of JSON.
pub const INPUT_BYTES_MAX: usize = 512 * 1024;
/// Longest output of a call, in bytes of JSON. Each tool bounds its lists well below; this is the wall behind them.
pub const OUTPUT_BYTES_MAX: usize = 1024 * 1024;

/// Why a set cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolSetError {
    /// Two tools have one name.
    #[error("two tools are called `{0}`")]
    Duplicate(&'static str),
    /// A schema is none.
    #[error("the schema of `{0}` cannot be used: {1}")]
    Schema(&'static str, String),
    /// Too many.
    #[error("at most {TOOLS_MAX} tools are possible")]
    TooMany,
}

struct Entry {
    tool: Arc<dyn DynTool>,
    spec: ToolSpec,
    checker: Checker,
}

/// Tools in order, by name.
pub struct ToolSet {
    entries: Vec<Entry>,
}

impl ToolSet {
    /// Takes tools in the order in which they are shown.
    ///
    /// # Errors
    /// When two have one name, there are too many, or a schema cannot be used.
    pub fn new(tools: Vec<Arc<dyn DynTool>>) -> Result<ToolSet, ToolSetError> {
        if tools.len() > TOOLS_MAX {
            return Err(ToolSetError::TooMany);
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(tools.len());
        for tool in tools {
            if entries.iter().any(|e| e.tool.name() == tool.name()) {
                return Err(ToolSetError::Duplicate(tool.name()));
            }
            let spec = tool.spec();
            let checker = Checker::new(spec.input_schema.clone().to_value())
                .map_err(|why| ToolSetError::Schema(tool.name(), why))?;
            entries.push(Entry { tool, spec, checker });
        }
        Ok(ToolSet { entries })
    }

    /// All about every tool, in order.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.entries.iter().map(|e| &e.spec)
    }

    /// The tools, in order.
    pub fn tools(&self) -> impl Iterator<Item = &Arc<dyn DynTool>> {
        self.entries.iter().map(|e| &e.tool)
    }

    /// Calls a tool.
    ///
    /// # Errors
    /// When there is no such tool, the actor may never use it, the input is wrong, or the tool says so.
    pub async fn call(&self, name: &str, caller: &Caller, input: Json) -> Result<Json, ToolError> {
        let entry = self.entries.iter().find(|e| e.spec.name == name).ok_or_else(|| self.unknown(name))?;
        admit(entry.spec.effect, caller)?;
        if size(&input) > INPUT_BYTES_MAX {
            let text = Bilingual::new("输入过长", "the input is too long");
            return Err(ToolError::tell("input.too_long", text));
        }
        let faults = entry.checker.check(&input);
        if !faults.is_empty() {
            return Err(ToolError::input(faults));
        }
        let output = entry.tool.call(caller, input).await?;
        if size(&output) > OUTPUT_BYTES_MAX {
            let text = Bilingual::new("结果过大，请缩小范围", "the result is too large; narrow the call");
            return Err(ToolError::tell("output.too_long", text));
        }
        Ok(output)
    }

    fn unknown(&self, name: &str) -> ToolError {
        let names: Vec<&str> = self.entries.iter().map(|e| e.spec.name).collect();
        let near = nearest(name, names.iter().copied(), 3);
        let list = if near.is_empty() { names.join(", ") } else { near.join(", ") };
        let text =
            Bilingual::new(format!("没有工具 {name}；可用：{list}"), format!("there is no tool `{name}`; try {list}"));
        ToolError::tell("unknown_tool", text)
    }
}

/// Refuses what the actor may do with no point whatever; what it may do with this one is the runtime's to decide.
fn admit(effect: policy::Effect, caller: &Caller) -> Result<(), ToolError> {
    let verdict = policy::decide(&Request {
        role: caller.actor.role,
        channel: caller.actor.channel,
        effect,
        exposure: Assistant::Act,
        safety: Safety::None,
    });
    match verdict.decision {
        Decision::Allow | Decision::Ask => Ok(()),
        Decision::Deny => Err(ToolError::tell("not_allowed", verdict.why)),
    }
}

fn size(json: &Json) -> usize {
    serde_json::to_vec(json).map_or(usize::MAX, |b| b.len())
}
