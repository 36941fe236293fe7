//! Lines over time, or over the hours of a day and the days of a week; an earlier time as a dashed line.

use crate::sheet::{HEIGHT, Sheet, axis, category};
use documents::chart_frame::{Column, FrameMetric};
use serde_json::{Value as Json, json};

/// Pieces of time up to which each has a dot.
const DOTS_MAX: usize = 60;

pub(crate) fn lines(sheet: &Sheet<'_>) -> Json {
    let first = sheet.panels().first().map(|(unit, _)| *unit);
    sheet.stacked(json!(HEIGHT), |metrics| {
        let own = line(sheet, metrics);
        // Lines at values are in the unit of the first quantity.
        if Some(metrics.first().and_then(|m| m.unit)) == first { sheet.layered(own, "y") } else { own }
    })
}

fn line(sheet: &Sheet<'_>, metrics: &[&FrameMetric]) -> Json {
    let categories = sheet.categories();
    let timed = sheet.has("time");
    let (x, mut rest): (Json, Vec<&Column>) = match categories.split_first() {
        Some((first, rest)) if !timed => (axis(first), rest.to_vec()),
        _ => (sheet.time("time"), categories),
    };
    let metric = sheet.frame.column("metric").filter(|_| metrics.len() > 1);
    rest.extend(metric);
    let period = sheet.frame.column("period");
    let mut encoding = json!({ "x": x, "y": sheet.value(metrics), "tooltip": sheet.tooltip() });
    let mut transform = sheet.only(metrics);
    if let Some((color, made)) = sheet.series(&rest) {
        transform.extend(made);
        encoding["color"] = color;
    } else if let Some(period) = period {
        encoding["color"] = category(period);
    }
    if let Some(period) = period {
        encoding["strokeDash"] = category(period);
    }
    let dots = sheet.frame.rows.len() / sheet.frame.counts.series.max(1) <= DOTS_MAX;
    json!({ "transform": transform, "mark": { "type": "line", "point": dots }, "encoding": encoding })
}
