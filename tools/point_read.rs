//! `point_read`: present values, and what follows from them.

use crate::shared::{check_selector, host, sees};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use documents::{Ask, Frame, Query};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{PointKind, Selector};

/// Most rows that are given; result and count are of all.
const ROWS_MAX: usize = 200;

/// Reads present values of points and answers one question about them: the values themselves, whether all or any
/// satisfy a condition, how many or which do, the highest, the lowest, the mean or the sum. Reads only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which points, by id or by kind, trait and space. Give the trait, so that values of one meaning are compared.
    pub select: Selector,
    /// What is asked. Values of a condition are in the point's own unit.
    #[serde(default = "value")]
    pub ask: Ask,
}

fn value() -> Ask {
    Ask::Value
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The answer in words.
    pub text: Bilingual,
    /// What it was made from: one frame.
    pub frames: Vec<Frame>,
}

/// The tool.
pub struct PointRead(pub(crate) Handle);

#[async_trait]
impl Tool for PointRead {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "point_read";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "the value of one point",
            input: r#"{"select": {"points": ["pt_5a40d2dd8fde8002b815af77c5d5df64"]}}"#,
            expect: &[("/frames/0/rows/0/value", "23.5"), ("/frames/0/points", "1")],
        },
        Example {
            name: "which rooms are above 23.8 °C",
            input: r#"{"select": {"everything": true, "trait": "measure.temperature"}, "ask": {"which": {"op": ">", "value": 23.8}}}"#,
            expect: &[("/frames/0/rows/0/value", "24.0"), ("/frames/0/result", "\"rows\"")],
        },
        Example {
            name: "is any light on in a space",
            input: r#"{"select": {"kinds": ["light"], "trait": "on_off", "spaces": ["sp_4a139096171888ddada1e2521864ebed"]}, "ask": {"any": {"op": "=", "value": true}}}"#,
            expect: &[("/frames/0/result/truth", "false")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let now = self.0.now();
        let caller = caller.clone();
        let look = move |core: &runtime::Core| {
            let world = core.world();
            let faults = check_selector(&input.select, world, &caller, "/select");
            if !faults.is_empty() {
                return Err(ToolError::input(faults));
            }
            let seen = |id: &base::id::PointId| {
                world.point(*id).is_some_and(|p| p.kind != PointKind::Service && sees(&caller, p))
            };
            let points = input.select.points(world, now).into_iter().filter(seen).collect();
            let query = Query { select: Selector { points, ..Selector::default() }, ask: input.ask };
            let mut frame = query.answer(world, core.states(), now);
            let text = language::render::frame(&query, &frame, world);
            frame.rows.truncate(ROWS_MAX);
            Ok(Output { text, frames: vec![frame] })
        };
        self.0.read(look).await.map_err(|e| host(&e))?
    }
}
