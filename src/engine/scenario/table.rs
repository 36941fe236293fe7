//! From a text to rows. All faults at once, each with its row and column.

use super::{Expected, Row, Scenario, What};
use crate::limits::SUGGESTIONS_MAX;
use base::diagnostic::nearest;
use base::id::{DeviceId, PointId};
use base::{Bilingual, Diagnostic, Diagnostics, Quality, Sample, Span, Timestamp, Unit, Value};
use documents::scenario::{COLUMNS_MAX, ROWS_MAX, TABLE_BYTES_MAX};
use documents::signal::TOPIC_BYTES_MAX;
use documents::{Message, Payload};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use things::{PointKind, PointSpec, World};

/// What a column is.
enum Column {
    Point(PointId),
    Device(DeviceId),
    Topic(String),
    Expect,
    Port {
        node: String,
        port: String,
    },
    /// At fault.
    Nothing,
}

/// Reads a table.
pub(super) fn parse(text: &str, world: &World, start: Timestamp) -> Result<Scenario, Diagnostics> {
    let lines = cells(text);
    let limits = [
        (text.len(), TABLE_BYTES_MAX, "字节", "bytes"),
        (lines.len(), ROWS_MAX + 1, "行", "rows"),
        (lines.iter().map(Vec::len).max().unwrap_or(0), COLUMNS_MAX, "列", "columns"),
    ];
    for (is, most, zh, en) in limits {
        if is > most {
            let text =
                Bilingual::new(format!("表格过大：最多 {most} {zh}"), format!("at most {most} {en} are possible"));
            return Err(vec![Diagnostic::error("scenario.limit", "", text)]);
        }
    }
    let [header, rows @ ..] = lines.as_slice() else { return Err(vec![no_table()]) };
    if rows.is_empty() {
        return Err(vec![no_table()]);
    }
    let mut reader = Reader { world, names: names(world), found: Diagnostics::new() };
    let columns: Vec<Column> = header.iter().enumerate().skip(1).map(|(i, cell)| reader.column(i, cell)).collect();
    reader.twice(&columns);
    let mut clock = Clock { zone: zone(world), begin: start, latest: None, day: None };
    let mut out = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let place = i + 1;
        let at = match clock.read(row.first().map_or("", String::as_str)) {
            Ok(at) => at,
            Err(fault) => {
                reader.fault("scenario.time", place, 0, fault);
                clock.latest.unwrap_or(start)
            }
        };
        if row.len() > header.len() {
            let text = Bilingual::new("这一行比表头的列多", "the row has more columns than the header");
            reader.fault("scenario.columns", place, header.len(), text);
        }
        out.push(reader.row(place, at, row, &columns));
    }
    if reader.found.is_empty() {
        let points = columns.iter().filter_map(|c| if let Column::Point(p) = c { Some(*p) } else { None }).collect();
        let expects = columns.iter().any(|c| matches!(c, Column::Expect));
        Ok(Scenario { points, expects, rows: out })
    } else {
        Err(reader.found)
    }
}

fn no_table() -> Diagnostic {
    let text = Bilingual::new(
        "没有表格：第一行是列名，之后每行一个时刻",
        "there is no table: a line of names, then a line for each moment",
    );
    Diagnostic::error("scenario.empty", "", text)
        .help(Bilingual::same("| time | meeting_air.co2 |\n|---|---|\n| 0:00 | 620 |\n| 5:00 | 1200 |"))
}

/// The cells of a text, line by line; the line below a header of Markdown is left out.
fn cells(text: &str) -> Vec<Vec<String>> {
    let lines = || text.lines().map(str::trim);
    if lines().any(|l| l.starts_with('|')) {
        // Only the first table of the text.
        let table = lines().skip_while(|l| !l.starts_with('|')).take_while(|l| l.starts_with('|'));
        let rule = |line: &&str| !line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
        return table.filter(rule).map(of_markdown).collect();
    }
    let mut lines = lines().filter(|l| !l.is_empty() && !l.starts_with('#')).peekable();
    let mark =
        lines.peek().and_then(|header| ['\t', ';', ','].into_iter().find(|c| header.contains(*c))).unwrap_or(',');
    lines.map(|line| of_plain(line, mark)).collect()
}

/// The cells between `|`; `\|` is a bar within one.
fn of_markdown(line: &str) -> Vec<String> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => {
                chars.next();
                cell.push('|');
            }
            '|' => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if !cell.trim().is_empty() {
        cells.push(cell);
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The cells of a line of columns; within double quotes the mark is part of a cell, and `""` is one quote.
fn of_plain(line: &str, mark: char) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            c if c == mark && !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Every name of every point that can be read, folded.
fn names(world: &World) -> BTreeMap<String, Vec<PointId>> {
    let mut all: BTreeMap<String, Vec<PointId>> = BTreeMap::new();
    for spec in world.points().filter(|p| p.kind != PointKind::Service) {
        let words = world.point_words(spec.id);
        let mut own = vec![spec.id.to_string(), words.zh.replace('的', ""), words.zh, words.en];
        own.extend(world.device(spec.device).map(|d| format!("{}.{}", d.key, spec.identifier)));
        for name in own {
            let points = all.entry(folded(&name)).or_default();
            if !points.contains(&spec.id) {
                points.push(spec.id);
            }
        }
    }
    all
}

/// Without differences that nobody means.
pub(super) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a cell says nothing.
pub(super) fn is_nothing(cell: &str) -> bool {
    matches!(cell, "" | "-" | "—" | "–")
}

struct Reader<'a> {
    world: &'a World,
    names: BTreeMap<String, Vec<PointId>>,
    found: Diagnostics,
}

impl Reader<'_> {
    /// A fault of a cell. Row 0 is the header.
    fn fault(&mut self, code: &str, row: usize, column: usize, text: Bilingual) {
        let text = Bilingual::new(
            format!("第 {row} 行第 {} 列：{}", column + 1, text.zh),
            format!("row {row}, column {}: {}", column + 1, text.en),
        );
        self.found.push(Diagnostic::error(code, format!("/rows/{row}/{column}"), text));
    }

    fn column(&mut self, column: usize, cell: &str) -> Column {
        let words = |prefixes: [&str; 2]| prefixes.iter().find_map(|p| cell.strip_prefix(p)).map(str::trim);
        if matches!(folded(cell).as_str(), "expect" | "expected" | "期望" | "预期") {
            return Column::Expect;
        }
        if let Some((node, port)) = cell.strip_prefix('=').and_then(|port| port.trim().rsplit_once('.')) {
            return Column::Port { node: node.into(), port: port.into() };
        }
        if let Some(topic) = words(["topic ", "主题 "]).or_else(|| words(["topic:", "主题："])) {
            if !topic.is_empty() && topic.len() <= TOPIC_BYTES_MAX && !topic.contains(['+', '#']) {
                return Column::Topic(topic.into());
            }
            self.fault("scenario.topic", 0, column, Bilingual::new("不是一个主题", "this is no topic"));
            return Column::Nothing;
        }
        if let Some(name) = words(["device ", "设备 "]) {
            let called = |n: &str| folded(n) == folded(name);
            let found =
                self.world.devices().find(|d| called(&d.key) || called(&d.id.to_string()) || d.names.all().any(called));
            if let Some(device) = found {
                return Column::Device(device.id);
            }
            let text = Bilingual::new(format!("没有设备“{name}”"), format!("there is no device `{name}`"));
            self.fault("scenario.unknown_device", 0, column, text);
            return Column::Nothing;
        }
        match self.names.get(&folded(cell)).map(Vec::as_slice) {
            Some([point]) => Column::Point(*point),
            Some(several) => {
                let list: Vec<String> = several.iter().filter_map(|p| self.key(*p)).collect();
                let list = list.join(", ");
                let text = Bilingual::new(
                    format!("“{cell}”指多个点位：{list}"),
                    format!("`{cell}` is the name of several points: {list}"),
                );
                self.fault("scenario.several", 0, column, text);
                Column::Nothing
            }
            None => {
                let near = nearest(&folded(cell), self.names.keys().map(String::as_str), SUGGESTIONS_MAX).join(", ");
                let text = Bilingual::new(format!("没有点位“{cell}”"), format!("there is no point `{cell}`"));
                self.fault("scenario.unknown_point", 0, column, text);
                if let Some(last) = self.found.last_mut().filter(|_| !near.is_empty()) {
                    last.help = Some(Bilingual::new(format!("您是否指：{near}"), format!("did you mean: {near}")));
                }
                Column::Nothing
            }
        }
    }

    /// `device.identifier`.
    fn key(&self, point: PointId) -> Option<String> {
        let spec = self.world.point(point)?;
        Some(format!("{}.{}", self.world.device(spec.device)?.key, spec.identifier))
    }

    /// Columns that say the same thing.
    fn twice(&mut self, columns: &[Column]) {
        for (i, column) in columns.iter().enumerate() {
            let same = |other: &Column| match (column, other) {
                (Column::Point(a), Column::Point(b)) => a == b,
                (Column::Expect, Column::Expect) => true,
                _ => false,
            };
            if columns.iter().take(i).any(same) {
                self.fault(
                    "scenario.twice",
                    0,
                    i + 1,
                    Bilingual::new("这一列已经有了", "there is such a column already"),
                );
            }
        }
    }

    fn row(&mut self, place: usize, at: Timestamp, cells: &[String], columns: &[Column]) -> Row {
        let mut row = Row { at, reports: Vec::new(), links: Vec::new(), messages: Vec::new(), expected: Vec::new() };
        for (i, column) in columns.iter().enumerate() {
            let (at_column, cell) = (i + 1, cells.get(i + 1).map_or("", String::as_str));
            match column {
                Column::Nothing => {}
                Column::Expect => {
                    let parts = cell.split([';', '；']).map(folded).filter(|part| !is_nothing(part)).collect();
                    row.expected.push(Expected { column: at_column, what: What::Actions(parts) });
                }
                Column::Port { .. } if cell.is_empty() => {}
                Column::Port { node, port } => {
                    let what = What::Port { node: node.clone(), port: port.clone(), cell: cell.into() };
                    row.expected.push(Expected { column: at_column, what });
                }
                _ if is_nothing(cell) => {}
                Column::Device(device) => match folded(cell).as_str() {
                    "online" | "在线" => row.links.push((*device, true)),
                    "offline" | "离线" => row.links.push((*device, false)),
                    _ => {
                        let text = Bilingual::new("写 online 或 offline", "write `online` or `offline`");
                        self.fault("scenario.value", place, at_column, text);
                    }
                },
                Column::Topic(topic) => row.messages.push(Message {
                    connection: None,
                    topic: topic.clone(),
                    payload: Payload::Text(cell.into()),
                    qos: 0,
                    retain: false,
                }),
                Column::Point(point) => match self.sample(*point, cell, at) {
                    Ok(sample) => row.reports.push((*point, sample)),
                    Err(text) => self.fault("scenario.value", place, at_column, text),
                },
            }
        }
        row
    }

    fn sample(&self, point: PointId, cell: &str, at: Timestamp) -> Result<Sample, Bilingual> {
        let Some(spec) = self.world.point(point) else { return Err(Bilingual::default()) };
        if matches!(folded(cell).as_str(), "?" | "bad" | "未知" | "坏") {
            return Ok(Sample { value: Value::Bool(false), quality: Quality::Bad, at });
        }
        let misfit = |why: String| {
            Bilingual::new(format!("值“{cell}”不合适：{why}"), format!("the value `{cell}` does not fit: {why}"))
        };
        let value = value(spec, cell).ok_or_else(|| misfit(format!("it takes {}", spec.kind.expects())))?;
        spec.check(&value).map_err(|e| misfit(e.to_string()))?;
        Ok(Sample::good(value, at))
    }
}

/// A cell as a value of a point.
fn value(spec: &PointSpec, cell: &str) -> Option<Value> {
    let said = folded(cell);
    let named = |value: &Value| {
        let words = spec.words(value);
        said == folded(&words.zh) || said == folded(&words.en)
    };
    match &spec.kind {
        PointKind::Bool => match said.as_str() {
            "true" | "on" | "yes" | "1" | "开" | "是" => Some(Value::Bool(true)),
            "false" | "off" | "no" | "0" | "关" | "否" => Some(Value::Bool(false)),
            _ => [true, false].into_iter().map(Value::Bool).find(named),
        },
        PointKind::Number { unit, .. } => number(cell, *unit).map(Value::Number),
        PointKind::Enum { tokens } => {
            let known = tokens.iter().map(|t| Value::text(t.token.as_str()));
            known.into_iter().find(|v| v.as_text().is_some_and(|t| folded(t) == said) || named(v))
        }
        PointKind::Text { .. } => Some(Value::text(cell)),
        PointKind::Other => Value::from_json(&serde_json::from_str(cell).ok()?),
        PointKind::Service => None,
    }
}

/// A number, in its own unit or with one that converts.
fn number(cell: &str, own: Unit) -> Option<f64> {
    let end =
        cell.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'))).unwrap_or(cell.len());
    let (digits, unit) = cell.split_at_checked(end)?;
    let number: f64 = digits.parse().ok().filter(|n: &f64| n.is_finite())?;
    let unit = unit.trim();
    if unit.is_empty() {
        return Some(number);
    }
    let written = Unit::by_code(unit).or_else(|| {
        let symbol = base::unit::UNITS.iter().find(|u| u.symbol == unit)?;
        Unit::by_code(symbol.code)
    })?;
    written.convert(number, own).map(crate::compile::tidy)
}

/// The zone of the site; UTC where there is none of that name.
fn zone(world: &World) -> TimeZone {
    TimeZone::get(&world.site().time_zone).unwrap_or(TimeZone::UTC)
}

/// How times are read: since the beginning, or by the clock once a date was named.
struct Clock {
    zone: TimeZone,
    begin: Timestamp,
    latest: Option<Timestamp>,
    /// The local day of the row before, where clock times are read.
    day: Option<Date>,
}

impl Clock {
    fn read(&mut self, cell: &str) -> Result<Timestamp, Bilingual> {
        let at = self.parse(cell)?;
        if self.latest.is_some_and(|latest| at < latest) {
            return Err(Bilingual::new("时间比上一行早", "the time is before that of the row above"));
        }
        self.latest = Some(at);
        Ok(at)
    }

    fn parse(&mut self, cell: &str) -> Result<Timestamp, Bilingual> {
        let unread = || {
            Bilingual::new(
                format!("“{cell}”不是时间：写成 5:00（分:秒）、1:05:00 或 2026-11-17 08:00"),
                format!("`{cell}` is no time: write 5:00 (m:ss), 1:05:00 or 2026-11-17 08:00"),
            )
        };
        if let Some(at) = Timestamp::parse(cell) {
            self.day = Some(at.to_jiff().to_zoned(self.zone.clone()).date());
            return Ok(at);
        }
        let (date, time) = match cell.split_once([' ', 'T']) {
            Some((date, time)) => (Some(date.parse::<Date>().map_err(|_| unread())?), time.trim()),
            None => match cell.parse::<Date>() {
                Ok(date) => (Some(date), "0:00"),
                Err(_) => (None, cell),
            },
        };
        let parts: Vec<i64> = time.split(':').map(str::parse).collect::<Result<_, _>>().map_err(|_| unread())?;
        if parts.iter().any(|n| *n < 0) {
            return Err(unread());
        }
        if date.is_none() && self.day.is_none() {
            // Since the beginning.
            let seconds = match parts.as_slice() {
                [m, s] if *s < 60 => m.checked_mul(60).and_then(|m| m.checked_add(*s)),
                [h, m, s] if *m < 60 && *s < 60 => h.checked_mul(3_600).and_then(|h| h.checked_add(m * 60 + s)),
                _ => None,
            };
            return Ok(self.begin + Span::from_secs(seconds.ok_or_else(unread)?));
        }
        let (hour, minute, second) = match parts.as_slice() {
            [h, m] => (*h, *m, 0),
            [h, m, s] => (*h, *m, *s),
            _ => return Err(unread()),
        };
        let small = |n: i64| i8::try_from(n).map_err(|_| unread());
        let time = Time::new(small(hour)?, small(minute)?, small(second)?, 0).map_err(|_| unread())?;
        let mut day = date.or(self.day).ok_or_else(unread)?;
        let on = |day: Date| self.zone.to_zoned(day.to_datetime(time)).map(|z| Timestamp::from_jiff(z.timestamp()));
        let mut at = on(day).map_err(|_| unread())?;
        // A clock time that is earlier than the one before is that of the next day.
        if date.is_none() && self.latest.is_some_and(|latest| at < latest) {
            day = day.tomorrow().map_err(|_| unread())?;
            at = on(day).map_err(|_| unread())?;
        }
        self.day = Some(day);
        Ok(at)
    }
}
