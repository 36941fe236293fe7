//! A chart in words: its title, what is drawn as it was resolved, and what the numbers come to.
//!
//! What it is *not*: no sentence is understood here. Start at [`words`].

use base::{Bilingual, Lang, Quantity, Timestamp, Unit, Value};
use documents::chart_frame::ChartFrame;
use documents::{Bucket, ChartKind, ChartQuery};
use jiff::tz::TimeZone;

/// Names that a title or a sentence gives; the others are counted.
const NAMED_MAX: usize = 3;

/// The title: what was asked for, else quantities, places where they are few, and time.
pub(crate) fn title(query: &ChartQuery, frame: &ChartFrame) -> String {
    if let Some(title) = &query.title {
        return title.get(frame.lang).to_owned();
    }
    let mut parts = vec![quantities(frame)];
    let places = frame.columns.iter().find(|c| matches!(c.name.as_str(), "device" | "area" | "floor"));
    if let Some(places) = places.filter(|c| !c.order.is_empty() && c.order.len() <= NAMED_MAX) {
        parts.push(listed(&places.order, frame.lang));
    }
    parts.push(range(frame));
    parts.join(" · ")
}

/// What is drawn, as it was resolved, and what is missing.
pub(crate) fn words(frame: &ChartFrame) -> String {
    let lang = frame.lang;
    let mut parts: Vec<Bilingual> = frame
        .metrics
        .iter()
        .map(|m| {
            let agg = m.agg.words();
            if frame.kind == ChartKind::StateTimeline {
                return Bilingual::new(format!("{}的状态", m.name), format!("States of {}", m.name));
            }
            Bilingual::new(format!("{}，{}", m.name, agg.zh), format!("{}, {}", m.name, agg.en))
        })
        .collect();
    let groups: Vec<String> = frame
        .columns
        .iter()
        .filter(|c| matches!(c.name.as_str(), "device" | "area" | "floor" | "hour" | "weekday" | "day" | "state"))
        .map(|c| c.title.clone())
        .collect();
    if !groups.is_empty() {
        let list = groups.join(" × ");
        parts.push(Bilingual::new(format!("按{list}"), format!("by {}", list.to_lowercase())));
    }
    if frame.column("time").is_some() && frame.kind != ChartKind::StateTimeline {
        parts.push(step(frame.bucket));
    }
    parts.push(Bilingual::same(format!("{} ({})", range(frame), frame.time_zone)));
    let counts = &frame.counts;
    parts.push(Bilingual::new(
        format!("{} 个点位，{} 条历史数据", counts.points, counts.samples),
        format!("{} points, {} stored values", counts.points, counts.samples),
    ));
    if counts.series < counts.series_total {
        parts.push(Bilingual::new(
            format!("共 {} 组，显示 {} 组", counts.series_total, counts.series),
            format!("{} of {} series shown", counts.series, counts.series_total),
        ));
    }
    if counts.gaps > 0 {
        parts.push(Bilingual::new(
            format!("{} 处没有数据，图上留空", counts.gaps),
            format!("gaps where nothing is known: {}", counts.gaps),
        ));
    }
    if counts.without_value > 0 {
        let more = counts.without_value.saturating_sub(counts.missing.len());
        let names = listed(&counts.missing, lang);
        let (zh, en) = if more > 0 {
            (format!("等 {} 个", counts.without_value), format!(" and {more} more"))
        } else {
            Default::default()
        };
        parts.push(Bilingual::new(format!("没有数据的点位：{names}{zh}"), format!("without any value: {names}{en}")));
    }
    let joined = Bilingual::join(&parts, &Bilingual::new("；", "; "));
    Bilingual::new(format!("{}。", joined.zh), format!("{}.", joined.en)).get(lang).to_owned()
}

/// The chart in a sentence: what it is of, and the lowest and highest of it.
pub fn summary(title: &str, frame: &ChartFrame) -> String {
    let said = if frame.is_empty() {
        Bilingual::new("这段时间没有数据", "there are no values in that time")
    } else {
        match (extremes(frame), frame.rows.len()) {
            (Some((low, high)), 2..) if low != high => Bilingual::new(
                format!("最低 {low}，最高 {high}"),
                format!("{low} at the lowest, {high} at the highest"),
            ),
            (Some((low, _)), _) => Bilingual::same(low),
            (None, n) if frame.kind == ChartKind::StateTimeline => {
                Bilingual::new(format!("共 {n} 段状态"), format!("{n} spells of a state"))
            }
            (None, n) => Bilingual::new(format!("共 {n} 行"), format!("{n} rows")),
        }
    };
    Bilingual::new(format!("{title}：{}。", said.zh), format!("{title}: {}.", said.en)).get(frame.lang).to_owned()
}

/// The lowest and the highest value, where all are of one unit.
fn extremes(frame: &ChartFrame) -> Option<(String, String)> {
    let at = frame.place("value")?;
    let first = frame.metrics.first()?;
    if frame.metrics.iter().any(|m| m.unit != first.unit) {
        return None;
    }
    let numbers = || frame.rows.iter().filter_map(|r| r.get(at)?.as_ref().and_then(Value::as_number));
    let (low, high) = numbers().fold(None, |found: Option<(f64, f64)>, n| {
        Some(found.map_or((n, n), |(low, high)| (low.min(n), high.max(n))))
    })?;
    let said = |n: f64| {
        let n = if n.abs() >= 1_000.0 { libm::round(n) } else { libm::round(n * 10.0) / 10.0 };
        Quantity::new(n, first.unit.unwrap_or_else(Unit::one)).to_string()
    };
    Some((said(low), said(high)))
}

fn quantities(frame: &ChartFrame) -> String {
    let names: Vec<String> = frame.metrics.iter().map(|m| m.name.clone()).collect();
    let list = listed(&names, frame.lang);
    match frame.lang {
        Lang::Zh => list,
        Lang::En => {
            let mut chars = list.chars();
            chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
        }
    }
}

fn listed(names: &[String], lang: Lang) -> String {
    names.join(if lang == Lang::Zh { "、" } else { ", " })
}

/// From when until when, at the site: whole days as days, else with the time.
fn range(frame: &ChartFrame) -> String {
    let zone = TimeZone::get(&frame.time_zone).unwrap_or(TimeZone::UTC);
    let there = |at: Timestamp| at.to_jiff().to_zoned(zone.clone());
    let (from, to) = (there(frame.from), there(frame.to));
    let midnight = |z: &jiff::Zoned| z.hour() == 0 && z.minute() == 0;
    if midnight(&from) && midnight(&to) {
        let last = there(frame.to - base::Span::from_secs(1));
        return if last.date() == from.date() {
            from.strftime("%Y-%m-%d").to_string()
        } else {
            format!("{} – {}", from.strftime("%Y-%m-%d"), last.strftime("%Y-%m-%d"))
        };
    }
    let until = if to.date() == from.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    format!("{} – {}", from.strftime("%Y-%m-%d %H:%M"), to.strftime(until))
}

fn step(bucket: Bucket) -> Bilingual {
    match bucket {
        Bucket::Minute => Bilingual::new("每分钟", "every minute"),
        Bucket::Minutes5 => Bilingual::new("每 5 分钟", "every 5 minutes"),
        Bucket::Minutes15 => Bilingual::new("每 15 分钟", "every 15 minutes"),
        Bucket::Minutes30 => Bilingual::new("每 30 分钟", "every 30 minutes"),
        Bucket::Hour => Bilingual::new("每小时", "every hour"),
        Bucket::Hours2 => Bilingual::new("每 2 小时", "every 2 hours"),
        Bucket::Hours6 => Bilingual::new("每 6 小时", "every 6 hours"),
        Bucket::Day => Bilingual::new("每天", "every day"),
        Bucket::Week => Bilingual::new("每周", "every week"),
        Bucket::Month => Bilingual::new("每月", "every month"),
        Bucket::Auto | Bucket::Whole => Bilingual::new("整段时间", "over the whole time"),
    }
}
