//! `cause_explain`: why a point is as it is.

use crate::shared::{host, sees, unknown};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::PointId;
use policy::Effect;
use runtime::Handle;
use runtime::why::Chain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Explains why a point has its present value: the command, the rule's run with node and trigger, and the person behind
/// it. From the record, never from guesses.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which point.
    pub point: PointId,
}

/// The cause.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// Link by link.
    pub cause: Chain,
}

/// The tool.
pub struct CauseExplain(pub(crate) Handle);

#[async_trait]
impl Tool for CauseExplain {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "cause_explain";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "somebody turned it on",
            input: r#"{"point": "pt_932d357c51cd832d86870260466766b7"}"#,
            expect: &[("/cause/actor/name", "\"Li\""), ("/cause/turn", "\"tn_9fe4e8f4443e8f10a2995b508f6f5a77\"")],
        },
        Example {
            name: "the device reported it by itself",
            input: r#"{"point": "pt_5a40d2dd8fde8002b815af77c5d5df64"}"#,
            expect: &[("/cause/command", "null"), ("/cause/sample/value", "23.5")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let caller = caller.clone();
        let look = move |core: &runtime::Core| {
            let world = core.world();
            let mut cause = world.point(input.point).filter(|p| sees(&caller, p)).and_then(|p| core.why(p.id))?;
            // What is hidden keeps its place in the trail to itself.
            cause.trail.retain(|link| link.point.and_then(|p| world.point(p)).is_none_or(|p| sees(&caller, p)));
            Some(cause)
        };
        let cause = self.0.read(look).await.map_err(|e| host(&e))?.ok_or_else(|| {
            ToolError::input(vec![unknown("unknown_point", "/point".into(), "点位不存在", "there is no such point")])
        })?;
        Ok(Output { text: cause.words.clone(), cause })
    }
}
