//! Answers about the past in words, made by code from the numbers of a frame.
//!
//! What it is *not*: it understands no question; it is the other half of `render`.

use crate::render::NAMED_MAX;
use base::{Bilingual, Quantity, Unit, Value};
use documents::chart::Aggregation;
use documents::history::{HistoryFrame, HistorySeries};
use things::World;

/// The answer to a question about the past: what each series came to over the whole range.
pub fn history(frame: &HistoryFrame, world: &World) -> Bilingual {
    let known: Vec<&HistorySeries> = frame.series.iter().filter(|s| s.whole.is_some()).collect();
    let Some(first) = known.first() else {
        return Bilingual::new("这段时间没有数据。", "There are no values in that time.");
    };
    let alone = frame.series_total == 1 && first.point.is_none() && first.device.is_none() && first.space.is_none();
    let mut parts: Vec<Bilingual> = known
        .iter()
        .take(NAMED_MAX)
        .map(|s| {
            let said = value(s, frame, world);
            if alone {
                return said;
            }
            Bilingual::new(format!("{}{}", s.name.zh, said.zh), format!("{}: {}", s.name.en, said.en))
        })
        .collect();
    let more = frame.series_total.saturating_sub(parts.len());
    if more > 0 {
        parts.push(Bilingual::new(format!("另有 {more} 项"), format!("and {more} more")));
    }
    let said = Bilingual::join(&parts, &Bilingual::new("，", "; "));
    let missing = if frame.without_value > 0 {
        let n = frame.without_value;
        Bilingual::new(format!("（{n} 个点位没有数据）"), format!(" ({n} points have no values)"))
    } else {
        Bilingual::default()
    };
    Bilingual::new(format!("{}{}。", said.zh, missing.zh), format!("{}{}.", said.en, missing.en))
}

/// What a series came to: `平均 23.4°C`, `23.4°C on average`.
fn value(series: &HistorySeries, frame: &HistoryFrame, world: &World) -> Bilingual {
    let Some(whole) = &series.whole else { return Bilingual::new("没有数据", "no values") };
    let Value::Number(n) = whole else {
        let spec = series.point.and_then(|p| world.point(p));
        let words = spec.map_or_else(|| Bilingual::same(whole.to_string()), |s| s.words(whole));
        return Bilingual::new(format!("最后{}", words.zh), format!("{} at the end", words.en));
    };
    let said = Quantity::new(rounded(*n), frame.unit.unwrap_or_else(Unit::one)).to_string();
    match frame.agg {
        Aggregation::Mean => Bilingual::new(format!("平均 {said}"), format!("{said} on average")),
        Aggregation::Min => Bilingual::new(format!("最低 {said}"), format!("{said} at the lowest")),
        Aggregation::Max => Bilingual::new(format!("最高 {said}"), format!("{said} at the highest")),
        Aggregation::Sum | Aggregation::Delta => Bilingual::new(format!("共 {said}"), format!("{said} in all")),
        Aggregation::Last => Bilingual::new(format!("最后 {said}"), format!("{said} at the end")),
        Aggregation::Count => Bilingual::new(format!("共 {said} 个数据"), format!("{said} values")),
        Aggregation::DurationOn => Bilingual::new(format!("共 {said}（开启时长）"), format!("on for {said}")),
        Aggregation::P95 => {
            Bilingual::new(format!("95% 的时候不超过 {said}"), format!("at most {said} in 95 of 100 values"))
        }
    }
}

/// One decimal below a thousand, whole from there on.
fn rounded(n: f64) -> f64 {
    if n.abs() >= 1_000.0 { n.round() } else { (n * 10.0).round() / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Timestamp;
    use documents::history::Bucket;

    fn frame(agg: Aggregation, unit: &str, wholes: &[(&str, Option<Value>)]) -> HistoryFrame {
        let series = |(name, whole): &(&str, Option<Value>)| HistorySeries {
            name: Bilingual::same(*name),
            point: None,
            device: None,
            space: (*name != "all").then(|| base::id::SpaceId::of_name(name)),
            points: 1,
            samples: 1,
            values: vec![],
            whole: whole.clone(),
        };
        HistoryFrame {
            from: Timestamp::MIN,
            to: Timestamp::MAX,
            time_zone: "Asia/Shanghai".into(),
            bucket: Bucket::Whole,
            agg,
            unit: Unit::by_code(unit),
            starts: vec![],
            series: wholes.iter().map(series).collect(),
            series_total: wholes.len(),
            points: wholes.len(),
            without_value: wholes.iter().filter(|(_, w)| w.is_none()).count(),
            samples: 0,
            gaps: 0,
        }
    }

    #[test]
    fn answers_are_sentences_in_both_languages() {
        let n = |n: f64| Some(Value::Number(n));
        for (frame, zh, en) in [
            (frame(Aggregation::Mean, "Cel", &[("all", n(23.44))]), "平均 23.4°C。", "23.4°C on average."),
            (frame(Aggregation::Delta, "kW.h", &[("all", n(1_234.5))]), "共 1235 kWh。", "1235 kWh in all."),
            (frame(Aggregation::DurationOn, "h", &[("all", n(3.25))]), "共 3.3 h（开启时长）。", "on for 3.3 h."),
            (
                frame(Aggregation::Max, "Cel", &[("A", n(30.0)), ("B", n(20.0)), ("C", None)]),
                "A最高 30°C，B最高 20°C，另有 1 项（1 个点位没有数据）。",
                "A: 30°C at the highest; B: 20°C at the highest; and 1 more (1 points have no values).",
            ),
            (
                frame(Aggregation::Mean, "Cel", &[("all", None)]),
                "这段时间没有数据。",
                "There are no values in that time.",
            ),
        ] {
            assert_eq!(history(&frame, &World::default()), Bilingual::new(zh, en));
        }
    }
}
