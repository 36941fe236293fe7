//! Everything that is neither lines nor bars: fields of colour, dials, lanes, points, slices, tables and figures.

use crate::PALETTE;
use crate::sheet::{HEIGHT, LINE, NUMBER, Sheet, axis, category};
use base::Unit;
use documents::chart_frame::{Column, ColumnRole, FrameMetric};
use serde_json::{Value as Json, json};

/// Height of a lane of states, of a row and of a figure, in pixels.
const LANE: u32 = 34;
const ROW: u32 = 24;
const FIGURE: u32 = 56;
/// Diameter of a dial.
const DIAL: u32 = 150;
/// Dials beside each other; who draws fits it.
const DIALS_ACROSS: u32 = 2;
/// Colour of what is left of a dial.
const TRACK: &str = "#8a8a8a55";
/// Half of the angle over which a dial goes, in radians.
const REACH: f64 = 2.1;
/// How much longer than the largest value a dial is whose models name no limit.
const HEADROOM: f64 = 1.25;
/// Width of a column of a drawn table.
const COLUMN: u32 = 120;

pub(crate) fn heatmap(sheet: &Sheet<'_>) -> Json {
    let categories = sheet.categories();
    let along = |at: usize| categories.get(at).map_or_else(|| json!({ "value": 0 }), |c| axis(c));
    let metrics: Vec<&FrameMetric> = sheet.frame.metrics.iter().collect();
    let mut color = sheet.value(&metrics);
    color["scale"] = json!({ "scheme": "viridis" });
    json!({
        "width": "container",
        "height": { "step": ROW },
        "mark": { "type": "rect" },
        "encoding": { "x": along(0), "y": along(1), "color": color, "tooltip": sheet.tooltip() },
    })
}

/// What tells dials, figures and slices apart.
fn names<'a>(sheet: &Sheet<'a>) -> Vec<&'a Column> {
    let mut names = sheet.categories();
    names.extend(sheet.frame.column("metric"));
    names.extend(sheet.frame.column("period"));
    names
}

/// The name of each dial, figure or slice as a field.
fn named(sheet: &Sheet<'_>) -> (Json, Vec<Json>) {
    sheet.series(&names(sheet)).unwrap_or_else(|| {
        let all = sheet.frame.metrics.first().map_or("", |m| m.name.as_str());
        let made = json!({ "calculate": format!("{}", json!(all)), "as": "series" });
        (json!({ "field": "series", "type": "nominal", "title": null }), vec![made])
    })
}

pub(crate) fn gauge(sheet: &Sheet<'_>) -> Json {
    let (low, high) = reach(sheet);
    let unit = sheet.frame.column("value").and_then(|c| c.unit).map_or("", Unit::symbol);
    let (name, mut transform) = named(sheet);
    let share = format!("clamp((datum.value - {low}) / {}, 0, 1)", high - low);
    transform.push(json!({ "calculate": format!("-{REACH} + {} * {share}", 2.0 * REACH), "as": "angle" }));
    transform.push(json!({
        "calculate": format!("isValid(datum.value) ? format(datum.value, '{NUMBER}') + ' {unit}' : '–'"),
        "as": "figure",
    }));
    let track = json!({
        "mark": {
            "type": "arc", "innerRadius": 48, "outerRadius": 66, "theta": -REACH, "theta2": REACH, "color": TRACK,
        },
    });
    let hand = json!({
        "transform": [{ "filter": "isValid(datum.value)" }],
        "mark": { "type": "arc", "innerRadius": 48, "outerRadius": 66, "theta2": -REACH, "color": PALETTE[0] },
        "encoding": {
            "theta": { "field": "angle", "type": "quantitative", "scale": null, "stack": null },
            "tooltip": sheet.tooltip(),
        },
    });
    let mut layers = vec![track, hand];
    layers.extend(sheet.query.threshold.iter().map(|at| {
        let angle = -REACH + 2.0 * REACH * ((at - low) / (high - low)).clamp(0.0, 1.0);
        json!({
            "mark": {
                "type": "arc", "innerRadius": 44, "outerRadius": 70, "theta": angle - 0.02, "theta2": angle + 0.02,
                "color": LINE,
            },
        })
    }));
    layers.push(json!({
        "mark": { "type": "text", "fontSize": 18, "fontWeight": 600 },
        "encoding": { "text": { "field": "figure", "type": "nominal" } },
    }));
    json!({
        "transform": transform,
        "facet": { "field": name["field"], "type": "nominal", "title": null, "header": { "labelLimit": DIAL } },
        "columns": DIALS_ACROSS,
        "spec": { "width": DIAL, "height": DIAL, "layer": layers },
    })
}

/// From which value to which a dial goes: as far as the models say, else from nothing to beyond the largest value.
fn reach(sheet: &Sheet<'_>) -> (f64, f64) {
    let place = sheet.frame.place("value");
    let values = sheet.frame.rows.iter().filter_map(|r| r.get(place?)?.as_ref()?.as_number());
    let seen =
        values.chain(sheet.query.threshold.iter().copied()).fold((0.0f64, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    let metric = sheet.frame.metrics.first();
    let low = metric.and_then(|m| m.low).unwrap_or(seen.0);
    let high = metric.and_then(|m| m.high).unwrap_or(seen.1 * HEADROOM);
    if high > low { (low, high) } else { (low, low + 1.0) }
}

pub(crate) fn timeline(sheet: &Sheet<'_>) -> Json {
    let column = |name: &str| sheet.frame.column(name);
    json!({
        "width": "container",
        "height": { "step": LANE },
        "mark": { "type": "bar", "height": { "band": 0.7 } },
        "encoding": {
            "x": sheet.time("time"),
            "x2": { "field": "end" },
            "y": column("device").map_or(Json::Null, axis),
            "color": column("state").map_or(Json::Null, category),
            "tooltip": sheet.tooltip(),
        },
    })
}

pub(crate) fn scatter(sheet: &Sheet<'_>) -> Json {
    let along = |name: &str| {
        let title = sheet.frame.column(name).map_or("", |c| c.title.as_str());
        json!({ "field": name, "type": "quantitative", "title": title, "scale": { "zero": false } })
    };
    let mut encoding = json!({ "x": along("x"), "y": along("y"), "tooltip": sheet.tooltip() });
    let mut transform = Vec::new();
    if let Some((color, made)) = sheet.series(&sheet.categories()) {
        transform.extend(made);
        encoding["color"] = color;
    }
    let mark = json!({ "type": "point", "filled": true, "opacity": 0.6 });
    let own = json!({ "transform": transform, "mark": mark, "encoding": encoding });
    let mut spec = sheet.layered(own, "x");
    spec["width"] = json!("container");
    spec["height"] = json!(HEIGHT);
    spec
}

pub(crate) fn pie(sheet: &Sheet<'_>) -> Json {
    let (color, transform) = named(sheet);
    let metrics: Vec<&FrameMetric> = sheet.frame.metrics.iter().collect();
    let mut theta = sheet.value(&metrics);
    theta["stack"] = json!("zero");
    if let Some(theta) = theta.as_object_mut() {
        theta.remove("scale");
    }
    json!({
        "width": "container",
        "height": HEIGHT,
        "transform": transform,
        "mark": { "type": "arc", "innerRadius": 56 },
        "encoding": { "theta": theta, "color": color, "tooltip": sheet.tooltip() },
    })
}

/// The rows as text, for who has no table of their own.
pub(crate) fn table(sheet: &Sheet<'_>) -> Json {
    let cell = |(at, column): (usize, &Column)| {
        let text = match column.role {
            ColumnRole::Time => json!({
                "field": column.name, "type": "temporal", "timeUnit": "utcyearmonthdatehoursminutes",
                "format": "%m-%d %H:%M",
            }),
            ColumnRole::Number => {
                json!({ "field": column.name, "type": "quantitative", "format": NUMBER })
            }
            ColumnRole::Category | ColumnRole::Value => json!({ "field": column.name, "type": "nominal" }),
        };
        json!({
            "mark": { "type": "text", "align": "left", "x": COLUMN * u32::try_from(at).unwrap_or(0), "limit": COLUMN - 8 },
            "encoding": { "text": text },
        })
    };
    let layers: Vec<Json> = sheet.frame.columns.iter().enumerate().map(cell).collect();
    json!({
        "width": COLUMN * u32::try_from(sheet.frame.columns.len()).unwrap_or(1),
        "height": { "step": ROW },
        "transform": [{ "window": [{ "op": "row_number", "as": "row" }] }],
        "encoding": { "y": { "field": "row", "type": "ordinal", "axis": null } },
        "layer": layers,
    })
}

/// Values as large figures.
pub(crate) fn stat(sheet: &Sheet<'_>) -> Json {
    let unit = sheet.frame.column("value").and_then(|c| c.unit).map_or("", Unit::symbol);
    let (name, mut transform) = named(sheet);
    let number = format!("isNumber(datum.value) ? format(datum.value, '{}') + ' {unit}' : datum.value", NUMBER);
    transform.push(json!({ "calculate": format!("isValid(datum.value) ? ({number}) : '–'"), "as": "figure" }));
    json!({
        "width": "container",
        "height": { "step": FIGURE },
        "transform": transform,
        "mark": { "type": "text", "fontSize": 28, "fontWeight": 600 },
        "encoding": {
            "y": { "field": name["field"], "type": "ordinal", "title": null, "sort": null },
            "text": { "field": "figure", "type": "nominal" },
            "tooltip": sheet.tooltip(),
        },
    })
}
