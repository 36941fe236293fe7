//! Answers about the past in words, made by code from the numbers of a frame.
//!
//! What it is *not*: it understands no question; it is the other half of `render`.

use crate::answers::render::{self, NAMED_MAX};
use base::{Bilingual, Quantity, Span, Timestamp, Unit, Value};
use documents::chart::{Aggregation, Range};
use documents::history::{HistoryFrame, HistorySeries};
use documents::{Comparison, Condition, PastAsk, PastFrame, PastQuery, PastRow};
use jiff::civil::Date;
use jiff::tz::TimeZone;
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

/// The answer to a question about what was.
pub fn past(query: &PastQuery, frame: &PastFrame, world: &World) -> Bilingual {
    let told = Told { query, frame, world };
    if frame.points == 0 || frame.points == frame.without_value {
        return match told.range() {
            Some(range) => {
                Bilingual::new(format!("{}没有记录。", range.zh), format!("There is no record {}.", range.en))
            }
            None => Bilingual::new("没有记录。", "There is no record of it."),
        };
    }
    let said = match &query.ask {
        PastAsk::Last(c) | PastAsk::Who(c) => told.last(c),
        PastAsk::Since(c) => told.each(|r| told.since(r, c)),
        PastAsk::HowLong(c) => told.how_long(c),
        PastAsk::HowOften(c) => told.how_often(c),
        PastAsk::Ever(c) => told.ever(c),
        PastAsk::Highest => told.extreme("最高", "highest"),
        PastAsk::Lowest => told.extreme("最低", "lowest"),
        PastAsk::Mean => told.summed(&Bilingual::new("平均", "on average")),
        PastAsk::Used => told.summed(&Bilingual::new("共", "in all")),
        PastAsk::Value => told.each(|r| told.value(r)),
    };
    let missing = match frame.without_value {
        0 => Bilingual::default(),
        n => Bilingual::new(format!("（{n} 个点位没有记录）"), format!(" ({n} points have no record)")),
    };
    Bilingual::new(format!("{}{}。", said.zh, missing.zh), format!("{}{}.", render::capital(&said.en), missing.en))
}

/// An answer while it is put into words.
struct Told<'a> {
    query: &'a PastQuery,
    frame: &'a PastFrame,
    world: &'a World,
}

impl Told<'_> {
    /// The first rows, each in its words.
    fn each(&self, words: impl Fn(&PastRow) -> Bilingual) -> Bilingual {
        let parts: Vec<Bilingual> = self.frame.rows.iter().take(NAMED_MAX).map(words).collect();
        let all = Bilingual::join(&parts, &Bilingual::new("；", "; "));
        match self.frame.rows.len().saturating_sub(NAMED_MAX) {
            0 => all,
            more => Bilingual::new(format!("{}；另有 {more} 项", all.zh), format!("{}; and {more} more", all.en)),
        }
    }

    fn name(&self, row: &PastRow) -> Bilingual {
        render::device(row.device, self.world)
    }

    /// How it is when a condition holds: `open`, `above 26°C`.
    fn state(&self, row: &PastRow, condition: &Condition) -> Bilingual {
        let Some(spec) = self.world.point(row.point) else { return Bilingual::default() };
        let words = spec.words(&condition.value);
        match (condition.op, &condition.value) {
            (Comparison::Eq, _) => words,
            // What is true or false is the one or the other.
            (Comparison::Ne, Value::Bool(b)) => spec.words(&Value::Bool(!b)),
            // A cover that is not quite closed is open.
            (Comparison::Gt, Value::Number(n)) if spec.is("position") && *n <= 0.0 => Bilingual::new("打开", "open"),
            (Comparison::Le, Value::Number(n)) if spec.is("position") && *n <= 0.0 => Bilingual::new("关闭", "closed"),
            (op, _) => {
                let (zh, en) = match op {
                    Comparison::Gt => ("高于", "above"),
                    Comparison::Ge => ("不低于", "at least"),
                    Comparison::Lt => ("低于", "below"),
                    Comparison::Le => ("不高于", "at most"),
                    _ => ("不是", "not"),
                };
                Bilingual::new(format!("{zh}{}", words.zh), format!("{en} {}", words.en))
            }
        }
    }

    fn moment(&self, at: Timestamp) -> Bilingual {
        moment(at, self.frame.at, &self.frame.time_zone)
    }

    /// The time of the question in words; none where it had none.
    fn range(&self) -> Option<Bilingual> {
        let named = |name: &str| {
            Some(match name {
                "today" => Bilingual::new("今天", "today"),
                "yesterday" => Bilingual::new("昨天", "yesterday"),
                "this_week" => Bilingual::new("本周", "this week"),
                "last_week" => Bilingual::new("上周", "last week"),
                "this_month" => Bilingual::new("本月", "this month"),
                "last_month" => Bilingual::new("上月", "last month"),
                "this_year" => Bilingual::new("今年", "this year"),
                _ => return None,
            })
        };
        let name = match self.query.range.as_ref()? {
            Range::Calendar(name) => named(name),
            _ => None,
        };
        name.or_else(|| {
            let (from, to) = (self.moment(self.frame.from), self.moment(self.frame.to));
            Some(Bilingual::new(format!("{}至{}", from.zh, to.zh), format!("from {} to {}", from.en, to.en)))
        })
    }

    /// The time of the question, with the space before it; nothing where it had none.
    fn within(&self) -> Bilingual {
        self.range().map_or_else(Bilingual::default, |r| Bilingual::new(r.zh, format!(" {}", r.en)))
    }

    fn last(&self, condition: &Condition) -> Bilingual {
        let Some(row) = self.frame.rows.first() else {
            let within = self.within();
            return Bilingual::new(
                format!("{}没有过", if within.zh.is_empty() { "有记录以来" } else { &within.zh }),
                format!("not{}", if within.en.is_empty() { " as far as the record goes back" } else { &within.en }),
            );
        };
        let said = self.since(row, condition);
        let by = row.by.as_ref().map(|by| Bilingual::new(format!("，因为{}", by.zh), format!(", because {}", by.en)));
        let unknown = || {
            let writable = self.world.point(row.point).is_some_and(|p| p.writable);
            match (&self.query.ask, writable) {
                (PastAsk::Who(_), true) => Bilingual::new(
                    "；没有对应的命令，是手动操作或设备自身动作",
                    "; no command made it so: it was done by hand or by the device itself",
                ),
                (PastAsk::Who(_), false) => Bilingual::new("；记录里没有是谁", "; the record does not say who it was"),
                _ => Bilingual::default(),
            }
        };
        let by = by.unwrap_or_else(unknown);
        Bilingual::new(format!("{}{}", said.zh, by.zh), format!("{}{}", said.en, by.en))
    }

    /// Since when it is so, or when it last was.
    fn since(&self, row: &PastRow, condition: &Condition) -> Bilingual {
        let (name, state) = (self.name(row), self.state(row, condition));
        let from = row.at.map(|at| self.moment(at));
        match (&row.value, from, row.until) {
            (None, ..) => Bilingual::new(
                format!("{}没有{}过", name.zh, state.zh),
                format!("{} has not been {}", name.en, state.en),
            ),
            (_, Some(from), None) => {
                let long = row.at.map_or_else(Bilingual::default, |at| span(self.frame.to - at));
                Bilingual::new(
                    format!("{}从{}起{}，已有{}", name.zh, from.zh, state.zh, long.zh),
                    format!("{} has been {} since {}, for {}", name.en, state.en, from.en, long.en),
                )
            }
            (_, None, None) => {
                let from = self.moment(self.frame.from);
                Bilingual::new(
                    format!("{}{}，{}之前就已如此", name.zh, state.zh, from.zh),
                    format!("{} is {}, and was so before {} already", name.en, state.en, from.en),
                )
            }
            (_, Some(from), Some(until)) => {
                let until = self.moment(until);
                Bilingual::new(
                    format!("{}最近一次{}是{}至{}", name.zh, state.zh, from.zh, until.zh),
                    format!("{} was last {} from {} to {}", name.en, state.en, from.en, until.en),
                )
            }
            (_, None, Some(until)) => {
                let until = self.moment(until);
                Bilingual::new(
                    format!("{}最近一次{}到{}为止", name.zh, state.zh, until.zh),
                    format!("{} was last {} until {}", name.en, state.en, until.en),
                )
            }
        }
    }

    /// Of one point what it came to; of several the whole, and each.
    fn counted(&self, whole: &Bilingual, each: impl Fn(&PastRow) -> Bilingual, state: Option<&Bilingual>) -> Bilingual {
        let (within, compared) = (self.within(), self.compared());
        if let ([row], Some(state)) = (self.frame.rows.as_slice(), state) {
            let name = self.name(row);
            return Bilingual::new(
                format!("{}{}{}{}{}", within.zh, name.zh, state.zh, whole.zh, compared.zh),
                format!("{} was {} {}{}{}", name.en, state.en, whole.en, within.en, compared.en),
            );
        }
        let rows = self.frame.rows.iter().filter(|r| r.often > 0 || r.long_ms > Span::ZERO).take(NAMED_MAX);
        let parts: Vec<Bilingual> = rows
            .map(|r| {
                let (name, own) = (self.name(r), each(r));
                Bilingual::new(format!("{}{}", name.zh, own.zh), format!("{} {}", name.en, own.en))
            })
            .collect();
        let all = Bilingual::join(&parts, &Bilingual::new("，", ", "));
        let colon = if parts.is_empty() { ("", "") } else { ("：", ": ") };
        Bilingual::new(
            format!("{}{}{}{}{}", within.zh, whole.zh, compared.zh, colon.0, all.zh),
            format!("{}{}{}{}{}", whole.en, within.en, compared.en, colon.1, all.en),
        )
    }

    fn how_long(&self, condition: &Condition) -> Bilingual {
        let state = self.frame.rows.first().map(|r| self.state(r, condition));
        let all: i64 = self.frame.rows.iter().map(|r| r.long_ms.as_millis()).sum();
        let long = |s: Span| Bilingual::new(format!("共{}", span(s).zh), format!("for {}", span(s).en));
        self.counted(&long(Span::from_millis(all)), |r| long(r.long_ms), state.as_ref())
    }

    fn how_often(&self, condition: &Condition) -> Bilingual {
        let state = self.frame.rows.first().map(|r| self.state(r, condition));
        let state = state.map(|s| Bilingual::new(format!("变为{}", s.zh), s.en));
        let times = |n: u64| match n {
            1 => Bilingual::new("1次", "once"),
            2 => Bilingual::new("2次", "twice"),
            n => Bilingual::new(format!("{n}次"), format!("{n} times")),
        };
        let all = self.frame.rows.iter().map(|r| r.often).sum();
        self.counted(&times(all), |r| times(r.often), state.as_ref())
    }

    fn ever(&self, condition: &Condition) -> Bilingual {
        let number = matches!(condition.value, Value::Number(_));
        let found = self.frame.rows.iter().find(|r| r.often > 0 || r.long_ms > Span::ZERO);
        let within = self.within();
        let Some(row) = found.or_else(|| self.frame.rows.first().filter(|_| number)) else {
            return Bilingual::new(format!("没有，{}没有过", within.zh), format!("no, not{}", within.en));
        };
        let (yes_zh, yes_en) = if found.is_some() { ("有过", "yes") } else { ("没有", "no") };
        let spec = self.world.point(row.point);
        if let (Some(spec), Some(Value::Number(n)), Some(at)) =
            (spec.filter(|s| number && !s.is("position")), &row.value, row.at)
        {
            let (name, at, words) = (self.name(row), self.moment(at), spec.words(&Value::Number(rounded(*n))));
            let low = matches!(condition.op, Comparison::Lt | Comparison::Le);
            let (zh, en) = if low { ("最低", "lowest") } else { ("最高", "highest") };
            return Bilingual::new(
                format!("{yes_zh}，{}{zh}{}，在{}", name.zh, words.zh, at.zh),
                format!("{yes_en}, the {en} at {} was {}, {}", name.en, words.en, at.en),
            );
        }
        if found.is_none() {
            return Bilingual::new(format!("没有，{}没有过", within.zh), format!("no, not{}", within.en));
        }
        let said = self.since(row, condition);
        Bilingual::new(format!("{yes_zh}，{}", said.zh), format!("{yes_en}, {}", said.en))
    }

    fn extreme(&self, zh: &str, en: &str) -> Bilingual {
        let Some(row) = self.frame.rows.first() else { return Bilingual::new("没有记录", "there is no record") };
        let (name, words) = (self.name(row), self.words(row));
        let at = row.at.map_or_else(Bilingual::default, |at| self.moment(at));
        let within = self.within();
        Bilingual::new(
            format!("{}{}{zh}{}，在{}", within.zh, name.zh, words.zh, at.zh),
            format!("the {en}{} was {} at {}, {}", within.en, words.en, name.en, at.en),
        )
    }

    fn words(&self, row: &PastRow) -> Bilingual {
        let value = match &row.value {
            Some(Value::Number(n)) => Value::Number(rounded(*n)),
            Some(other) => other.clone(),
            None => return Bilingual::new("没有记录", "without a record"),
        };
        self.world.point(row.point).map_or_else(|| Bilingual::same(value.to_string()), |s| s.words(&value))
    }

    fn value(&self, row: &PastRow) -> Bilingual {
        let (name, within) = (self.name(row), self.within());
        let number = |n: f64| {
            self.world.point(row.point).map_or_else(Bilingual::default, |s| s.words(&Value::Number(rounded(n))))
        };
        if let (Some(low), Some(high), Some(mean)) = (row.low, row.high, row.mean) {
            let (low, high, mean) = (number(low), number(high), number(mean));
            return Bilingual::new(
                format!("{}{}{}到{}，平均{}", within.zh, name.zh, low.zh, high.zh, mean.zh),
                format!("{} was between {} and {}{}, {} on average", name.en, low.en, high.en, within.en, mean.en),
            );
        }
        let words = self.words(row);
        Bilingual::new(
            format!("{}{}最后{}", within.zh, name.zh, words.zh),
            format!("{} was {} at the end{}", name.en, words.en, within.en),
        )
    }

    /// One number for all points, and how it compares.
    fn summed(&self, how: &Bilingual) -> Bilingual {
        let (within, compared) = (self.within(), self.compared());
        let Some(n) = self.frame.whole else { return Bilingual::new("没有记录", "there is no record") };
        let said = Quantity::new(rounded(n), self.frame.unit.unwrap_or_else(Unit::one)).to_string();
        let mut names: Vec<Bilingual> = Vec::new();
        for p in self.query.select.points(self.world, self.frame.at) {
            names.extend(self.world.point(p).map(|s| render::device(s.device, self.world)));
        }
        let names = render::list(&names);
        Bilingual::new(
            format!("{}{}{} {said}{}", within.zh, names.zh, how.zh, compared.zh),
            format!("{}: {said} {}{}{}", names.en, how.en, within.en, compared.en),
        )
    }

    /// What it came to in the time that it is compared with.
    fn compared(&self) -> Bilingual {
        let (Some(now), Some(before)) = (self.frame.whole, self.frame.earlier) else { return Bilingual::default() };
        let number = |n: f64| match &self.query.ask {
            PastAsk::HowLong(_) => span(hours(n)),
            PastAsk::HowOften(_) => Bilingual::new(format!("{n}次"), format!("{n} times")),
            _ => Bilingual::same(Quantity::new(rounded(n), self.frame.unit.unwrap_or_else(Unit::one)).to_string()),
        };
        let (then, apart) = (number(before), number((now - before).abs()));
        let (zh, en) = if now < before { ("少", "less") } else { ("多", "more") };
        if rounded(now - before) == 0.0 {
            return Bilingual::new(format!("，与之前的{}相同", then.zh), format!(", as before ({})", then.en));
        }
        Bilingual::new(
            format!("，之前同期{}，{zh}{}", then.zh, apart.zh),
            format!(", {} {en} than the {} of the time before", apart.en, then.en),
        )
    }
}

fn hours(n: f64) -> Span {
    #[expect(clippy::cast_possible_truncation, reason = "hours of at most some years")]
    Span::from_millis((n * 3_600_000.0).round() as i64)
}

/// A moment, in the site's zone: 今天08:12, "yesterday at 08:12".
pub fn moment(at: Timestamp, now: Timestamp, zone: &str) -> Bilingual {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let (there, here) = (at.to_jiff().to_zoned(zone.clone()), now.to_jiff().to_zoned(zone));
    let time = there.strftime("%H:%M").to_string();
    let day: Date = there.date();
    match here.date().since(day).map_or(i32::MAX, |s| s.get_days()) {
        0 => Bilingual::new(format!("今天{time}"), format!("today at {time}")),
        1 => Bilingual::new(format!("昨天{time}"), format!("yesterday at {time}")),
        -1 => Bilingual::new(format!("明天{time}"), format!("tomorrow at {time}")),
        _ if day.year() == here.date().year() => Bilingual::new(
            format!("{}月{}日{time}", day.month(), day.day()),
            format!("{} at {time}", there.strftime("%-d %B")),
        ),
        _ => Bilingual::new(
            format!("{}年{}月{}日{time}", day.year(), day.month(), day.day()),
            format!("{} at {time}", there.strftime("%-d %B %Y")),
        ),
    }
}

/// A duration with its two largest parts: 2小时5分钟, "2 hours 5 minutes".
fn span(long: Span) -> Bilingual {
    let seconds = long.as_millis() / 1_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts: Vec<Bilingual> =
        [(days, "天", "day"), (hours, "小时", "hour"), (minutes, "分钟", "minute"), (seconds % 60, "秒", "second")]
            .into_iter()
            .skip_while(|(n, ..)| *n == 0)
            .take(2)
            .filter(|(n, ..)| *n > 0)
            .map(|(n, zh, en)| Bilingual::new(format!("{n}{zh}"), format!("{n} {en}{}", if n == 1 { "" } else { "s" })))
            .collect();
    if parts.is_empty() {
        return Bilingual::new("0秒", "0 seconds");
    }
    Bilingual::join(&parts, &Bilingual::new("", " "))
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

    /// A world of one lamp, and its point.
    fn lamp() -> (World, base::id::PointId) {
        use base::id::{DeviceId, ProductId};
        use things::{Device, Names, PointSpec, Product, Route, WorldDoc, templates};
        let (product, device) = (ProductId::of_name("lamp"), DeviceId::of_name("lamp"));
        let model = templates::by_name("light_switch").unwrap().clone();
        let doc = WorldDoc {
            products: vec![Product { id: product, key: "lamp".into(), names: Names::new("灯", "lamp"), model }],
            devices: vec![Device {
                id: device,
                product,
                key: "lamp".into(),
                names: Names::new("走廊灯", "Hall lamp"),
                placements: Vec::new(),
                route: Route::Simulated,
                tags: Default::default(),
                disabled: false,
            }],
            ..WorldDoc::default()
        };
        (World::build(doc).0, PointSpec::id_of(device, "power"))
    }

    #[test]
    fn what_was_is_told_with_its_times() {
        let (world, point) = lamp();
        let now = Timestamp::parse("2026-11-21T10:00:00Z").unwrap();
        let ago = |minutes: i64| now - Span::from_secs(minutes * 60);
        let on = || Condition { op: Comparison::Eq, value: Value::Bool(true) };
        let row = |at: Option<i64>, until: Option<i64>| PastRow {
            device: world.point(point).unwrap().device,
            point,
            at: at.map(ago),
            until: until.map(ago),
            value: at.map(|_| Value::Bool(true)),
            low: None,
            high: None,
            mean: None,
            long_ms: Span::from_secs(4_500),
            often: 2,
            by: None,
        };
        let told = |ask: PastAsk, row: PastRow, range: Option<Range>| {
            let frame = PastFrame {
                from: ago(600),
                to: now,
                at: now,
                time_zone: "UTC".into(),
                unit: None,
                rows: vec![row],
                whole: None,
                earlier: None,
                points: 1,
                without_value: 0,
            };
            let select = things::Selector::point(point);
            let said = past(&PastQuery { select, range, ask, compare: None }, &frame, &world);
            format!("{} | {}", said.zh, said.en)
        };
        let today = || Some(Range::Calendar("today".into()));
        let by = PastRow { by: Some(Bilingual::new("李要求", "Li asked")), ..row(Some(75), None) };
        for (got, expected) in [
            (
                told(PastAsk::Last(on()), row(Some(75), Some(60)), None),
                "走廊灯最近一次开着是今天08:45至今天09:00。 | Hall lamp was last on from today at 08:45 to today at 09:00.",
            ),
            (
                told(PastAsk::Who(on()), row(Some(75), Some(60)), None),
                "走廊灯最近一次开着是今天08:45至今天09:00；没有对应的命令，是手动操作或设备自身动作。 | Hall lamp was last on from today at 08:45 to today at 09:00; no command made it so: it was done by hand or by the device itself.",
            ),
            (
                told(PastAsk::Who(on()), by, None),
                "走廊灯从今天08:45起开着，已有1小时15分钟，因为李要求。 | Hall lamp has been on since today at 08:45, for 1 hour 15 minutes, because Li asked.",
            ),
            (
                told(PastAsk::Since(on()), row(Some(1_500), None), None),
                "走廊灯从昨天09:00起开着，已有1天1小时。 | Hall lamp has been on since yesterday at 09:00, for 1 day 1 hour.",
            ),
            (told(PastAsk::Since(on()), row(None, None), None), "走廊灯没有开着过。 | Hall lamp has not been on."),
            (
                told(PastAsk::HowLong(on()), row(Some(75), None), today()),
                "今天走廊灯开着共1小时15分钟。 | Hall lamp was on for 1 hour 15 minutes today.",
            ),
            (
                told(PastAsk::HowOften(on()), row(Some(75), None), today()),
                "今天走廊灯变为开着2次。 | Hall lamp was on twice today.",
            ),
            (
                told(PastAsk::Ever(on()), row(Some(75), Some(60)), today()),
                "有过，走廊灯最近一次开着是今天08:45至今天09:00。 | Yes, Hall lamp was last on from today at 08:45 to today at 09:00.",
            ),
        ] {
            assert_eq!(got, expected);
        }
    }
}
