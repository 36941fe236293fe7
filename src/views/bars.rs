//! Bars: over time, over names, and how often values fall into which range.

use crate::sheet::{HEIGHT, Sheet, adds_up, axis, titled};
use documents::chart_frame::{Column, FrameMetric};
use serde_json::{Value as Json, json};

/// Height of a bar that lies, with its space, in pixels.
const BAR: u32 = 26;

pub(crate) fn bars(sheet: &Sheet<'_>) -> Json {
    let lying = lying(sheet);
    let height = if lying { json!({ "step": BAR }) } else { json!(HEIGHT) };
    let first = sheet.panels().first().map(|(unit, _)| *unit);
    sheet.stacked(height, |metrics| {
        let own = bar(sheet, metrics, lying);
        let channel = if lying { "x" } else { "y" };
        if Some(metrics.first().and_then(|m| m.unit)) == first { sheet.layered(own, channel) } else { own }
    })
}

/// Names have room beside bars that lie; time goes from left to right.
fn lying(sheet: &Sheet<'_>) -> bool {
    let names = |c: &&Column| !matches!(c.name.as_str(), "hour" | "weekday" | "day");
    !sheet.has("time") && sheet.categories().first().is_some_and(names)
}

fn bar(sheet: &Sheet<'_>, metrics: &[&FrameMetric], lying: bool) -> Json {
    let categories = sheet.categories();
    let (along, mut rest): (Json, Vec<&Column>) = match categories.split_first() {
        _ if sheet.has("time") => (sheet.pieces(), categories),
        Some((first, rest)) => (axis(first), rest.to_vec()),
        None => match sheet.frame.column("metric") {
            Some(metric) => (axis(metric), Vec::new()),
            None => (json!({ "value": 0 }), Vec::new()),
        },
    };
    let metric = sheet.frame.column("metric").filter(|_| metrics.len() > 1 && along["field"] != "metric");
    rest.extend(metric);
    let beside = metric.or(sheet.frame.column("period"));
    let mut value = sheet.value(metrics);
    value["scale"]["zero"] = json!(true);
    // Parts stand on each other where they add up, and beside each other where they do not.
    let stack = adds_up(metrics) && beside.is_none();
    value["stack"] = if stack { json!("zero") } else { Json::Null };
    let mut encoding = json!({ "tooltip": sheet.tooltip() });
    let (long, short, offset) = if lying { ("x", "y", "yOffset") } else { ("y", "x", "xOffset") };
    encoding[long] = value;
    encoding[short] = along;
    let mut transform = sheet.only(metrics);
    if let Some(period) = sheet.frame.column("period") {
        rest.push(period);
    }
    if let Some((color, made)) = sheet.series(&rest) {
        transform.extend(made);
        if !stack {
            encoding[offset] = json!({ "field": color["field"], "type": "nominal" });
        }
        encoding["color"] = color;
    }
    json!({ "transform": transform, "mark": { "type": "bar" }, "encoding": encoding })
}

pub(crate) fn histogram(sheet: &Sheet<'_>) -> Json {
    let metric = sheet.frame.metrics.first();
    let title = metric.map_or_else(String::new, |m| titled(&m.name, m.unit));
    let count = sheet.frame.column("count").map_or("", |c| c.title.as_str());
    let mut encoding = json!({
        "x": { "field": "low", "type": "quantitative", "bin": { "binned": true }, "title": title },
        "x2": { "field": "high" },
        "y": { "field": "count", "type": "quantitative", "title": count, "stack": "zero" },
        "tooltip": sheet.tooltip(),
    });
    let mut transform = Vec::new();
    if let Some((color, made)) = sheet.series(&sheet.categories()) {
        transform.extend(made);
        encoding["color"] = color;
    }
    let own = json!({ "transform": transform, "mark": { "type": "bar" }, "encoding": encoding });
    let mut spec = sheet.layered(own, "x");
    spec["width"] = json!("container");
    spec["height"] = json!(HEIGHT);
    spec
}
