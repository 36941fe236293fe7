//! `past_read`: when it last became so, since when, for how long, how often, whether ever, what was reached.

use crate::shared::{check_selector, history_failed, host, sees};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use documents::chart::{Range, Shift};
use documents::{PastAsk, PastFrame, PastQuery};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Selector;

/// Most rows of which it is told who made them so.
const MAKERS_MAX: usize = 5;

/// Answers one question about what points were: when it last became so and who or what made it so (`last`, `who`), since
/// when it is so (`since`), for how long or how often it was so (`how_long`, `how_often`), whether it ever was (`ever`),
/// the highest or lowest number and when (`highest`, `lowest`), the mean, what meters counted (`used`), or what the points
/// were (`value`). For values in pieces of time there is `history_query`. Reads only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which points, by id or by kind, trait and space. Give the trait, so that values of one meaning are put together.
    pub select: Selector,
    /// What is asked, such as `{"last": {"op": "=", "value": true}}` or `"highest"`.
    pub ask: PastAsk,
    /// Over which time; as far back as there is a record, at most a year, when absent.
    #[serde(default)]
    pub range: Option<Range>,
    /// Compares with the same time, so much earlier. Only for `mean`, `used`, `how_long` and `how_often`.
    #[serde(default)]
    pub compare: Option<Shift>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The answer in words.
    pub text: Bilingual,
    /// What it was made from.
    pub past: PastFrame,
}

/// The tool.
pub struct PastRead(pub(crate) Handle);

#[async_trait]
impl Tool for PastRead {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "past_read";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "who turned the desk lamp on, and when",
            input: r#"{"select": {"points": ["pt_932d357c51cd832d86870260466766b7"]}, "ask": {"who": {"op": "=", "value": true}}}"#,
            expect: &[("/past/rows/0/by/en", "\"Li asked for it in a conversation\"")],
        },
        Example {
            name: "how often lights were switched on today",
            input: r#"{"select": {"kinds": ["light"], "trait": "on_off"}, "range": {"calendar": "today"}, "ask": {"how_often": {"op": "=", "value": true}}}"#,
            expect: &[("/past/time_zone", "\"Asia/Shanghai\"")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let world = self.0.read(|core| core.world().clone()).await.map_err(|e| host(&e))?;
        let faults = check_selector(&input.select, &world, caller, "/select");
        if !faults.is_empty() {
            return Err(ToolError::input(faults));
        }
        let Input { select, ask, range, compare } = input;
        let query = PastQuery { select, range, ask, compare };
        let answer = self.0.history().past(&world, &query, |p| sees(caller, p)).await;
        let mut past = answer.map_err(|e| history_failed(&e))?;
        if let PastAsk::Last(_) | PastAsk::Who(_) = query.ask {
            let rows: Vec<_> = past.rows.iter().take(MAKERS_MAX).cloned().collect();
            let made = move |core: &runtime::Core| {
                let by = |r: &documents::PastRow| core.made_by(r.point, r.value.as_ref()?, r.at?);
                rows.iter().map(by).collect::<Vec<_>>()
            };
            let made = self.0.read(made).await.map_err(|e| host(&e))?;
            past.rows.iter_mut().zip(made).for_each(|(row, by)| row.by = by);
        }
        Ok(Output { text: language::recall::past(&query, &past, &world), past })
    }
}
