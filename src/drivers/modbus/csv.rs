//! Register maps as CSV text: a header row, then one register a row. The header and the words of a cell may be Chinese
//! or English.
//!
//! What it is *not*: a second parser. A row becomes the JSON object of a [`Register`], and that type reads it. Start at
//! [`parse`] and [`write`].

use super::config::{Placed, REGISTERS_MAX, Register};
use base::{Bilingual, Diagnostic, Diagnostics, diagnostic};
use serde_json::{Map, Value as Json, json};

/// How a cell becomes JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Word,
    Whole,
    Number,
    Truth,
    /// `3` is one bit, `4-7` are four.
    Bits,
}

/// A column: its field, how it is called, and what its cells hold.
struct Column {
    field: &'static str,
    names: &'static [&'static str],
    cell: Cell,
}

/// All columns, in the order in which they are written.
const COLUMNS: &[Column] = &[
    Column { field: "identifier", names: &["标识符", "属性", "property"], cell: Cell::Word },
    Column { field: "table", names: &["寄存器类别", "类别", "区"], cell: Cell::Word },
    Column { field: "address", names: &["地址", "寄存器地址", "register"], cell: Cell::Whole },
    Column { field: "type", names: &["数据类型", "类型"], cell: Cell::Word },
    Column { field: "order", names: &["字节序", "字序", "word order", "byte order"], cell: Cell::Word },
    Column { field: "scale", names: &["系数", "倍率", "factor"], cell: Cell::Number },
    Column { field: "offset", names: &["偏移", "偏移量"], cell: Cell::Number },
    Column { field: "bits", names: &["位", "位段", "bit"], cell: Cell::Bits },
    Column { field: "poll_ms", names: &["轮询周期", "轮询周期毫秒", "poll"], cell: Cell::Whole },
    Column { field: "write", names: &["写功能", "写入"], cell: Cell::Word },
    Column { field: "read_back", names: &["回读", "写后回读", "read back"], cell: Cell::Truth },
];

/// Words of a cell, and what they mean.
const WORDS: &[(&str, &[(&str, &str)])] = &[
    ("table", &[("线圈", "coil"), ("离散输入", "discrete"), ("保持寄存器", "holding"), ("输入寄存器", "input")]),
    (
        "order",
        &[
            ("abcd", "big"),
            ("dcba", "little"),
            ("badc", "big_swapped"),
            ("cdab", "little_swapped"),
            ("ab", "big"),
            ("ba", "little"),
        ],
    ),
    ("type", &[("布尔", "bool")]),
    ("write", &[("单个", "single"), ("多个", "multiple"), ("掩码", "mask")]),
];

const YES: &[&str] = &["true", "yes", "1", "是"];
const NO: &[&str] = &["false", "no", "0", "否"];

/// A message with its place in the text.
pub fn at(row: usize, field: Option<&str>, message: &Bilingual) -> Bilingual {
    match field {
        Some(f) => Bilingual::new(
            format!("第 {row} 行，列“{f}”：{}", message.zh),
            format!("row {row}, column `{f}`: {}", message.en),
        ),
        None => Bilingual::new(format!("第 {row} 行：{}", message.zh), format!("row {row}: {}", message.en)),
    }
}

/// Reads a register map; all faults at once, each with row and column. Rows with a fault are left out.
pub fn parse(text: &str, path: &str) -> (Vec<Placed>, Diagnostics) {
    let mut found = Diagnostics::new();
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return (Vec::new(), found);
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let fault = |code: &str, words: Bilingual| Diagnostic::error(format!("modbus.csv_{code}"), path, words);
    let header = match reader.headers() {
        Ok(header) => columns(header, &mut |code, words| found.push(fault(code, at(1, None, &words)))),
        Err(e) => {
            found.push(fault("text", at(1, None, &Bilingual::same(e.to_string()))));
            return (Vec::new(), found);
        }
    };
    let mut out = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                let row = e.position().map_or(0, row_of);
                found.push(fault("text", at(row, None, &Bilingual::same(e.to_string()))));
                continue;
            }
        };
        let row = record.position().map_or(0, row_of);
        if out.len() >= REGISTERS_MAX {
            let words = Bilingual::new(format!("最多 {REGISTERS_MAX} 行"), format!("at most {REGISTERS_MAX} rows"));
            found.push(fault("limit", at(row, None, &words)));
            break;
        }
        let before = found.len();
        let object = object(&record, &header, &mut |field, words| found.push(fault("cell", at(row, field, &words))));
        if found.len() > before {
            continue;
        }
        match serde_json::from_value::<Register>(Json::Object(object)) {
            Ok(register) => out.push(Placed { register, path: path.into(), row: Some(row) }),
            Err(e) => found.push(fault("row", at(row, None, &wrong(&e)))),
        }
    }
    (out, found)
}

fn row_of(position: &csv::Position) -> usize {
    usize::try_from(position.line()).unwrap_or(usize::MAX)
}

fn wrong(e: &serde_json::Error) -> Bilingual {
    Bilingual::new(format!("格式不符：{e}"), format!("does not have the expected form: {e}"))
}

/// Which column stands where.
fn columns(header: &csv::StringRecord, fault: &mut dyn FnMut(&str, Bilingual)) -> Vec<Option<&'static Column>> {
    let mut seen: Vec<Option<&'static Column>> = Vec::new();
    for name in header {
        let name = name.to_lowercase();
        let column = COLUMNS.iter().find(|c| c.field == name || c.names.contains(&name.as_str()));
        match column {
            None if name.is_empty() => {}
            None => {
                let near = diagnostic::nearest(&name, COLUMNS.iter().map(|c| c.field), 1).join(", ");
                let all = COLUMNS.iter().map(|c| c.field).collect::<Vec<_>>().join(", ");
                let (zh, en) = if near.is_empty() {
                    (format!("没有列“{name}”；可用的列：{all}"), format!("no column `{name}`; there are {all}"))
                } else {
                    (format!("没有列“{name}”；是否指 {near}？"), format!("no column `{name}`; did you mean {near}?"))
                };
                fault("column", Bilingual::new(zh, en));
            }
            Some(c) if seen.iter().flatten().any(|s| s.field == c.field) => {
                fault(
                    "column",
                    Bilingual::new(format!("列“{}”重复", c.field), format!("column `{}` stands twice", c.field)),
                );
            }
            Some(_) => {}
        }
        seen.push(column);
    }
    for field in ["identifier", "address"] {
        if !seen.iter().flatten().any(|c| c.field == field) {
            fault("column", Bilingual::new(format!("缺少列“{field}”"), format!("column `{field}` is missing")));
        }
    }
    seen
}

/// The JSON object of a row. Empty cells are absent fields.
fn object(
    record: &csv::StringRecord,
    header: &[Option<&'static Column>],
    fault: &mut dyn FnMut(Option<&str>, Bilingual),
) -> Map<String, Json> {
    let mut out = Map::new();
    if record.len() > header.len() {
        fault(None, Bilingual::new("单元格比表头多", "there are more cells than columns"));
    }
    for (cell, column) in record.iter().zip(header) {
        let Some(column) = column.filter(|_| !cell.is_empty()) else { continue };
        match json_of(column, cell) {
            Some(json) => match fits(column.field, &json) {
                Ok(()) => {
                    out.insert(column.field.into(), json);
                }
                Err(e) => fault(Some(column.field), wrong(&e)),
            },
            None => {
                let (zh, en) = match column.cell {
                    Cell::Word => ("不是文本", "is no text"),
                    Cell::Whole => ("应为整数，例如 40 或 0x28", "takes a whole number such as 40 or 0x28"),
                    Cell::Number => ("应为数字", "takes a number"),
                    Cell::Truth => ("应为 是 或 否", "takes yes or no"),
                    Cell::Bits => ("应为位号或范围，例如 3 或 4-7", "takes a bit or a range such as 3 or 4-7"),
                };
                fault(Some(column.field), Bilingual::new(format!("“{cell}”：{zh}"), format!("`{cell}`: {en}")));
            }
        }
    }
    out
}

/// Whether the type takes a cell: it is read in an otherwise faultless row, so that its fault names its column.
fn fits(field: &str, cell: &Json) -> Result<(), serde_json::Error> {
    let mut row = json!({ "identifier": "x", "address": 0 });
    if let Some(row) = row.as_object_mut() {
        row.insert(field.into(), cell.clone());
    }
    serde_json::from_value::<Register>(row).map(|_| ())
}

fn json_of(column: &Column, cell: &str) -> Option<Json> {
    Some(match column.cell {
        Cell::Word if column.field == "identifier" => Json::from(cell),
        Cell::Word => {
            let lower = cell.to_lowercase();
            let words = WORDS.iter().find(|(field, _)| *field == column.field).map_or(&[][..], |(_, words)| *words);
            Json::from(words.iter().find(|(word, _)| *word == lower).map_or(lower.as_str(), |(_, meaning)| *meaning))
        }
        Cell::Whole => Json::from(match cell.strip_prefix("0x").or_else(|| cell.strip_prefix("0X")) {
            Some(hex) => i64::from_str_radix(hex, 16).ok()?,
            None => cell.parse::<i64>().ok()?,
        }),
        Cell::Number => Json::from(cell.parse::<f64>().ok().filter(|n| n.is_finite())?),
        Cell::Truth => {
            let lower = cell.to_lowercase();
            let (yes, no) = (YES.contains(&lower.as_str()), NO.contains(&lower.as_str()));
            if yes || no { Json::from(yes) } else { return None }
        }
        Cell::Bits => {
            let (from, to) = cell.split_once(['-', '~', ':']).unwrap_or((cell, cell));
            let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            json!({ "from": from, "count": to.checked_sub(from)?.checked_add(1)? })
        }
    })
}

/// Writes a register map; [`parse`] reads it back as it was.
pub fn write(registers: &[Register]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut put = |cells: Vec<String>| writer.write_record(cells).is_ok();
    let mut whole = put(COLUMNS.iter().map(|c| c.field.to_owned()).collect());
    for register in registers {
        let row = serde_json::to_value(register).unwrap_or_default();
        whole &= put(COLUMNS.iter().map(|c| text_of(row.get(c.field))).collect());
    }
    let bytes = writer.into_inner().unwrap_or_default();
    debug_assert!(whole, "writing to memory does not fail");
    String::from_utf8(bytes).unwrap_or_default()
}

fn text_of(cell: Option<&Json>) -> String {
    match cell {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Object(bits)) => {
            let number = |key: &str| bits.get(key).and_then(Json::as_u64).unwrap_or_default();
            let (from, count) = (number("from"), number("count"));
            if count == 1 { from.to_string() } else { format!("{from}-{}", (from + count).saturating_sub(1)) }
        }
        Some(other) => other.to_string(),
    }
}
