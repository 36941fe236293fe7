//! `history_query`: what points were, over a range of time.

use crate::shared::{check_selector, history_failed, host, sees};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::{Bilingual, Diagnostic};
use documents::chart::{Aggregation, Range};
use documents::history::SERIES_MAX;
use documents::{Bucket, Grouping, HistoryFrame, HistoryQuery};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Selector;

/// Most values of an answer: series times pieces of time.
const VALUES_MAX: usize = 2_000;

/// Reads what points were in the past and puts it together: the mean, lowest, highest, sum, last value or 95th percentile
/// of numbers, what meters counted (`delta`), how long something was on, open or occupied (`duration_on`), how many values
/// were reported (`count`). One value for the whole range, or one per piece of time; everything together, or by point,
/// device, room or floor. Reads only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which points, by id or by kind, trait and space. Give the trait, so that values of one meaning are put together.
    pub select: Selector,
    /// Over which time: `{"last": "24h"}`, `{"calendar": "yesterday"}`, `{"between": {"from": .., "to": ..}}`.
    pub range: Range,
    /// How values become one. Numbers are weighed by the time they held.
    pub agg: Aggregation,
    /// Into which pieces of time; the whole range is one piece when absent.
    #[serde(default = "whole")]
    pub bucket: Bucket,
    /// What becomes one series.
    #[serde(default)]
    pub group: Grouping,
    /// How many series are wanted, those with the largest value over the whole range first.
    #[serde(default)]
    #[schemars(range(min = 1, max = SERIES_MAX))]
    pub limit: Option<usize>,
}

fn whole() -> Bucket {
    Bucket::Whole
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The answer in words.
    pub text: Bilingual,
    /// The numbers; null where nothing is known.
    pub history: HistoryFrame,
}

/// The tool.
pub struct HistoryQueryTool(pub(crate) Handle);

#[async_trait]
impl Tool for HistoryQueryTool {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "history_query";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "the mean temperature of the meeting room in the last hour",
            input: r#"{"select": {"spaces": ["sp_4a139096171888ddada1e2521864ebed"], "trait": "measure.temperature"}, "range": {"last": "1h"}, "agg": "mean"}"#,
            expect: &[("/history/unit", "\"Cel\""), ("/history/bucket", "\"whole\"")],
        },
        Example {
            name: "how long lights were on today, by floor",
            input: r#"{"select": {"kinds": ["light"], "trait": "on_off"}, "range": {"calendar": "today"}, "agg": "duration_on", "group": "floor", "limit": 3}"#,
            expect: &[("/history/unit", "\"h\""), ("/history/agg", "\"duration_on\"")],
        },
        Example {
            name: "what the meters counted each day of the last week",
            input: r#"{"select": {"everything": true, "trait": "meter.energy"}, "range": {"last": "7d"}, "agg": "delta", "bucket": "1d"}"#,
            expect: &[("/history/unit", "\"kW.h\""), ("/history/bucket", "\"1d\""), ("/history/series_total", "1")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let world = self.0.read(|core| core.world().clone()).await.map_err(|e| host(&e))?;
        let faults = check_selector(&input.select, &world, caller, "/select");
        if !faults.is_empty() {
            return Err(ToolError::input(faults));
        }
        let Input { select, range, agg, bucket, group, limit } = input;
        let query = HistoryQuery { select, range, bucket, agg, group, limit };
        let answer = self.0.history().query(&world, &query, |p| sees(caller, p)).await;
        let history = answer.map_err(|e| history_failed(&e))?;
        let values = history.series.len() * history.starts.len();
        if values > VALUES_MAX {
            let text = Bilingual::new(
                format!("结果有 {values} 个值，最多 {VALUES_MAX} 个"),
                format!("the answer has {values} values, at most {VALUES_MAX} are given"),
            );
            let help = Bilingual::new(
                "加大 bucket，或用 group、limit 减少序列",
                "take a larger bucket, or fewer series with `group` and `limit`",
            );
            return Err(ToolError::input(vec![Diagnostic::error("history.limit", "/bucket", text).help(help)]));
        }
        Ok(Output { text: language::recall::history(&history, &world), history })
    }
}
