//! `chart_query`: what points were, as a chart.

use crate::shared::{check_selector, host, sees};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use documents::{Chart, ChartQuery};
use policy::Effect;
use runtime::{Handle, HistoryError};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What the tool does.
const WHAT: &str = "Draws what points were in the past: lines, bars, heat maps, dials, lanes of states, distributions, \
    scatter plots, pies, tables and figures, by room, floor, device, hour or day of the week, compared with an earlier \
    time. Gives the drawing (Vega-Lite), its numbers and both in words. Reads only.";

/// A chart request.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Input(ChartQuery);

impl JsonSchema for Input {
    fn schema_name() -> Cow<'static, str> {
        "ChartInput".into()
    }
    /// That of a request, as an object of its own: clients take no reference at the top.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = ChartQuery::json_schema(generator);
        schema.insert("description".into(), WHAT.into());
        schema
    }
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The chart in a sentence.
    pub text: Bilingual,
    /// The chart.
    pub charts: Vec<Chart>,
}

/// The tool.
pub struct ChartQueryTool(pub(crate) Handle);

#[async_trait]
impl Tool for ChartQueryTool {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "chart_query";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "the temperature of the meeting room today, with a line at 26",
            input: r#"{"kind": "trend", "metrics": [{"select": {"spaces": ["sp_4a139096171888ddada1e2521864ebed"], "trait": "measure.temperature"}, "agg": "mean"}], "range": {"calendar": "today"}, "threshold": [26]}"#,
            expect: &[("/charts/0/frame/kind", "\"trend\""), ("/charts/0/frame/metrics/0/unit", "\"Cel\"")],
        },
        Example {
            name: "how long lights were on in the last week, the three floors with most",
            input: r#"{"kind": "top_n", "metrics": [{"select": {"kinds": ["light"], "trait": "on_off"}, "agg": "duration_on"}], "range": {"last": "7d"}, "group": ["floor"], "limit": 3}"#,
            expect: &[("/charts/0/frame/metrics/0/unit", "\"h\""), ("/charts/0/frame/columns/0/name", "\"floor\"")],
        },
        Example {
            name: "what the building used this week, beside the week before",
            input: r#"{"kind": "compare", "metrics": [{"select": {"everything": true, "trait": "meter.energy"}, "agg": "delta"}], "range": {"calendar": "this_week"}, "compare": {"shift": "1w"}, "bucket": "1d"}"#,
            expect: &[("/charts/0/frame/bucket", "\"1d\""), ("/charts/0/frame/metrics/0/unit", "\"kW.h\"")],
        },
    ];

    async fn run(&self, caller: &Caller, Input(query): Input) -> Result<Output, ToolError> {
        let world = self.0.read(|core| core.world().clone()).await.map_err(|e| host(&e))?;
        let mut faults = query.check();
        for (i, metric) in query.metrics.iter().enumerate() {
            faults.extend(check_selector(&metric.select, &world, caller, &format!("/metrics/{i}/select")));
        }
        if !faults.is_empty() {
            return Err(ToolError::input(faults));
        }
        let frame = self.0.history().chart(&world, &query, caller.lang, |p| sees(caller, p)).await;
        let chart = views::chart(query, frame.map_err(|e| failed(&e))?);
        Ok(Output { text: Bilingual::same(views::summary(&chart.title, &chart.frame)), charts: vec![chart] })
    }
}

fn failed(error: &HistoryError) -> ToolError {
    match error.diagnostic() {
        Some(found) => ToolError::input(vec![found]),
        None => ToolError::stop("history.store", Bilingual::new("历史数据无法读取", "the history cannot be read")),
    }
}
