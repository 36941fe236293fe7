//! Charts as they are drawn: a request and its numbers become Vega-Lite 6, a title and words. The same request and
//! numbers always give the same drawing.
//!
//! What it is *not*: no number is computed here (the runtime fills the table), and nothing draws pixels (the page does).
//! Start at [`chart`]; `sheet` says what the parts of a drawing are made of, `lines`, `bars` and `marks` have the kinds.

mod bars;
mod lines;
mod marks;
mod sheet;
#[cfg(test)]
mod tests;
mod words;

pub use words::summary;

use documents::chart_frame::{Chart, ChartFrame};
use documents::{ChartKind, ChartQuery};
use serde_json::{Value as Json, json};
use sheet::Sheet;

/// The language of the drawing.
pub const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v6.json";

/// Colours that people with a colour vision deficiency tell apart (after Okabe and Ito), on light and dark grounds.
pub const PALETTE: [&str; 8] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a8a8a", "#b59f00"];

/// A request and its numbers as a chart that can be drawn.
pub fn chart(query: ChartQuery, frame: ChartFrame) -> Chart {
    let title = words::title(&query, &frame);
    let words = words::words(&frame);
    let spec = spec(&query, &frame, &words);
    Chart { query, title, words, frame, spec }
}

/// The Vega-Lite of a chart, with its rows bound.
fn spec(query: &ChartQuery, frame: &ChartFrame, words: &str) -> Json {
    let sheet = Sheet::new(query, frame);
    let mut spec = match frame.kind {
        ChartKind::Trend | ChartKind::Compare => lines::lines(&sheet),
        ChartKind::Bar | ChartKind::TopN => bars::bars(&sheet),
        ChartKind::Heatmap => marks::heatmap(&sheet),
        ChartKind::Gauge => marks::gauge(&sheet),
        ChartKind::StateTimeline => marks::timeline(&sheet),
        ChartKind::Histogram => bars::histogram(&sheet),
        ChartKind::Scatter => marks::scatter(&sheet),
        ChartKind::Pie => marks::pie(&sheet),
        ChartKind::Table => marks::table(&sheet),
        ChartKind::Stat => marks::stat(&sheet),
    };
    if let Json::Object(spec) = &mut spec {
        spec.insert("$schema".into(), json!(SCHEMA));
        spec.insert("description".into(), json!(words));
        spec.insert("data".into(), json!({ "name": "frame" }));
        spec.insert("datasets".into(), json!({ "frame": sheet.rows() }));
        spec.insert(
            "config".into(),
            json!({
                "range": { "category": PALETTE },
                "mark": { "color": PALETTE[0] },
                "view": { "stroke": null },
                "axis": { "labelOverlap": true, "titleFontWeight": "normal" },
                "line": { "strokeWidth": 2 },
            }),
        );
    }
    spec
}
