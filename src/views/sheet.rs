//! What a drawing is made of: axes, colours and rows, from the columns of a frame.
//!
//! What it is *not*: no kind of chart is decided here. Start at [`Sheet`].

use base::{Unit, Value};
use documents::chart::Aggregation;
use documents::chart_frame::{ChartFrame, Column, ColumnRole, FrameMetric};
use documents::{Bucket, ChartQuery};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

/// Characters of a time without its offset: `2026-11-18T10:00:00`.
const WALL_CLOCK: usize = 19;
/// Height of a chart with a vertical axis of numbers, in pixels.
pub(crate) const HEIGHT: u32 = 260;
/// Colour of a line at a value.
pub(crate) const LINE: &str = "#d55e00";
/// How numbers are written where one is pointed at.
pub(crate) const NUMBER: &str = ",.2~f";
/// The longest range whose axis shows hours, and the longest whose axis shows days, in microseconds.
const HOURS_SHOWN: i64 = 3 * 86_400_000_000;
const DAYS_SHOWN: i64 = 200 * 86_400_000_000;

/// A request and its numbers, while they are drawn.
pub(crate) struct Sheet<'a> {
    pub(crate) query: &'a ChartQuery,
    pub(crate) frame: &'a ChartFrame,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(query: &'a ChartQuery, frame: &'a ChartFrame) -> Sheet<'a> {
        Sheet { query, frame }
    }

    /// The rows as objects. Times are the wall clock of the site, as if it were UTC: a drawing shows the site's time
    /// wherever it is looked at.
    pub(crate) fn rows(&self) -> Vec<Json> {
        let row = |row: &Vec<Option<Value>>| {
            let cells = self.frame.columns.iter().zip(row);
            let cell = |(column, value): (&Column, &Option<Value>)| {
                let json = match (value, column.role) {
                    (Some(Value::Text(t)), ColumnRole::Time) => json!(wall_clock(t)?),
                    (Some(value), _) => json!(value),
                    (None, ColumnRole::Category) => return None,
                    (None, _) => Json::Null,
                };
                Some((column.name.clone(), json))
            };
            Json::Object(cells.filter_map(cell).collect::<Map<String, Json>>())
        };
        self.frame.rows.iter().map(row).collect()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.frame.column(name).is_some()
    }

    /// The columns of names, without quantity and period.
    pub(crate) fn categories(&self) -> Vec<&'a Column> {
        let own = |c: &&Column| c.role == ColumnRole::Category && c.name != "metric" && c.name != "period";
        self.frame.columns.iter().filter(own).collect()
    }

    /// The quantities of each unit, in the order of the request: those of one unit share an axis.
    pub(crate) fn panels(&self) -> Vec<(Option<Unit>, Vec<&'a FrameMetric>)> {
        let mut out: Vec<(Option<Unit>, Vec<&FrameMetric>)> = Vec::new();
        for metric in &self.frame.metrics {
            match out.iter_mut().find(|(unit, _)| *unit == metric.unit) {
                Some((_, list)) => list.push(metric),
                None => out.push((metric.unit, vec![metric])),
            }
        }
        out
    }

    /// Only the rows of some quantities, where there are others.
    pub(crate) fn only(&self, metrics: &[&FrameMetric]) -> Vec<Json> {
        if !self.has("metric") || metrics.len() == self.frame.metrics.len() {
            return Vec::new();
        }
        let names: Vec<&str> = metrics.iter().map(|m| m.name.as_str()).collect();
        vec![json!({ "filter": { "field": "metric", "oneOf": names } })]
    }

    /// What tells the lines, bars or points apart: a field, and how it is made where it is of more than one column.
    pub(crate) fn series(&self, columns: &[&Column]) -> Option<(Json, Vec<Json>)> {
        match columns {
            [] => None,
            [one] => Some((category(one), Vec::new())),
            several => {
                let parts: Vec<String> = several.iter().map(|c| format!("datum['{}']", c.name)).collect();
                let made = json!({ "calculate": parts.join(" + ' · ' + "), "as": "series" });
                Some((json!({ "field": "series", "type": "nominal", "title": null }), vec![made]))
            }
        }
    }

    /// An axis of time.
    pub(crate) fn time(&self, name: &str) -> Json {
        json!({
            "field": name, "type": "temporal", "title": null, "scale": { "type": "utc" },
            "axis": { "format": self.time_format(), "labelOverlap": true },
        })
    }

    /// An axis of pieces of time, one beside the other.
    pub(crate) fn pieces(&self) -> Json {
        json!({
            "field": "time", "type": "ordinal", "timeUnit": "utcyearmonthdatehoursminutes", "title": null,
            "axis": { "format": self.time_format(), "labelOverlap": true, "labelAngle": 0 },
        })
    }

    fn time_format(&self) -> &'static str {
        let long = (self.frame.to - self.frame.from).as_micros();
        match self.frame.bucket {
            Bucket::Month => "%Y-%m",
            Bucket::Day | Bucket::Week => "%m-%d",
            _ if long <= HOURS_SHOWN => "%H:%M",
            _ if long <= DAYS_SHOWN => "%m-%d",
            _ => "%Y-%m",
        }
    }

    /// The value of some quantities, with their names and unit.
    pub(crate) fn value(&self, metrics: &[&FrameMetric]) -> Json {
        let names: Vec<&str> = metrics.iter().map(|m| m.name.as_str()).collect();
        let unit = metrics.first().and_then(|m| m.unit);
        // What is counted or lasts begins at nothing; a temperature does not.
        let zero = metrics.iter().any(|m| m.agg.adds_up());
        json!({
            "field": "value", "type": "quantitative", "title": titled(&names.join(", "), unit), "scale": { "zero": zero },
        })
    }

    /// What is shown where one points at a mark.
    pub(crate) fn tooltip(&self) -> Json {
        let of = |c: &Column| match c.role {
            ColumnRole::Time => json!({
                "field": c.name, "type": "temporal", "timeUnit": "utcyearmonthdatehoursminutes",
                "format": "%Y-%m-%d %H:%M", "title": c.title,
            }),
            ColumnRole::Category => json!({ "field": c.name, "type": "nominal", "title": c.title }),
            ColumnRole::Number | ColumnRole::Value => {
                json!({ "field": c.name, "type": "quantitative", "format": NUMBER, "title": c.title })
            }
        };
        Json::Array(self.frame.columns.iter().map(of).collect())
    }

    /// Lines at values, laid over a drawing.
    pub(crate) fn thresholds(&self, channel: &str) -> Vec<Json> {
        let line = |value: &f64| {
            json!({
                "mark": { "type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5, "color": LINE },
                "encoding": { channel: { "datum": value, "type": "quantitative" } },
            })
        };
        self.query.threshold.iter().map(line).collect()
    }

    /// Marks with the lines at values laid over them.
    pub(crate) fn layered(&self, own: Json, channel: &str) -> Json {
        let lines = self.thresholds(channel);
        if lines.is_empty() {
            return own;
        }
        let mut layers = vec![own];
        layers.extend(lines);
        json!({ "layer": layers })
    }

    /// One drawing for each unit, one below the other; a single one fills its place.
    pub(crate) fn stacked(&self, height: Json, draw: impl Fn(&[&FrameMetric]) -> Json) -> Json {
        let panels = self.panels();
        let mut drawn: Vec<Json> = panels
            .iter()
            .map(|(_, metrics)| {
                let mut own = draw(metrics);
                if let Json::Object(own) = &mut own {
                    own.insert("width".into(), json!("container"));
                    own.insert("height".into(), height.clone());
                }
                own
            })
            .collect();
        if drawn.len() == 1 {
            return drawn.remove(0);
        }
        for own in &mut drawn {
            if let Json::Object(own) = own {
                own.insert("width".into(), json!(PANEL_WIDTH));
            }
        }
        json!({ "vconcat": drawn, "resolve": { "scale": { "color": "shared" } } })
    }
}

/// Width of a drawing that stands above another, in pixels; who draws fits it.
const PANEL_WIDTH: u32 = 480;

/// A field of names in their own order.
pub(crate) fn category(column: &Column) -> Json {
    let mut out = json!({ "field": column.name, "type": "nominal", "title": null });
    if !column.order.is_empty() {
        out["scale"] = json!({ "domain": column.order });
    }
    out
}

/// An axis of names in their own order.
pub(crate) fn axis(column: &Column) -> Json {
    json!({ "field": column.name, "type": "ordinal", "title": null, "sort": column.order, "axis": { "labelAngle": 0 } })
}

/// A title with its unit.
pub(crate) fn titled(title: &str, unit: Option<Unit>) -> String {
    match unit.map(Unit::symbol).filter(|s| !s.is_empty()) {
        Some(symbol) => format!("{title} ({symbol})"),
        None => title.to_owned(),
    }
}

/// A wall clock in milliseconds, as if it were UTC.
fn wall_clock(text: &str) -> Option<i64> {
    let there: DateTime = text.get(..WALL_CLOCK)?.parse().ok()?;
    there.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp().as_millisecond())
}

/// Whether values of all quantities add up.
pub(crate) fn adds_up(metrics: &[&FrameMetric]) -> bool {
    metrics.iter().map(|m| m.agg).all(Aggregation::adds_up)
}
