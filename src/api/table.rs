//! Tables of devices to register, comma-separated, as spreadsheets write them.
//!
//! What it is *not*: it registers nothing. Start at [`read`]; every fault names its line and column, all at once.

use crate::routes::space_named;
use base::{Bilingual, Diagnostic, Diagnostics, Lang};
use csv::{ReaderBuilder, StringRecord, Trim};
use runtime::registration::NewDevice;
use std::collections::BTreeSet;
use things::{Names, World};

/// What a table can say of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Product,
    Key,
    NameZh,
    NameEn,
    Space,
    Tags,
}

/// Columns with their names: ours, the Chinese one, an example.
const COLUMNS: &[(Column, &str, &str, &str)] = &[
    (Column::Product, "product", "产品", "room_sensor"),
    (Column::Key, "key", "设备标识", "sensor-1"),
    (Column::NameZh, "name_zh", "中文名称", "大厅温湿度"),
    (Column::NameEn, "name_en", "英文名称", "Lobby climate"),
    (Column::Space, "space", "空间", ""),
    (Column::Tags, "tags", "标签", ""),
];

/// What stands between tags.
const TAG_SEPARATORS: &[char] = &[';', '；', '，', '、', ',', '|'];
/// What spreadsheets write at the beginning of a text in UTF-8.
const MARK: char = '\u{feff}';

/// A table with the names of the columns and one example, which spreadsheets open as UTF-8.
pub(crate) fn template(lang: Lang) -> String {
    let name = |c: &(Column, &'static str, &'static str, &'static str)| match lang {
        Lang::Zh => c.2,
        Lang::En => c.1,
    };
    let names: Vec<&str> = COLUMNS.iter().map(name).collect();
    let example: Vec<&str> = COLUMNS.iter().map(|c| c.3).collect();
    format!("{MARK}{}\r\n{}\r\n", names.join(","), example.join(","))
}

/// The devices of a table, each with its line, and all that is wrong with the other rows.
pub(crate) fn read(text: &str, world: &World) -> (Vec<(u64, NewDevice)>, Diagnostics) {
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let (mut devices, mut found) = (Vec::new(), Diagnostics::new());
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(names) => columns(names, &mut found),
        Err(e) => {
            found.push(broken(1, &e));
            return (devices, found);
        }
    };
    if !found.is_empty() {
        return (devices, found);
    }
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |p| line_at(text, p));
                let before = found.len();
                let device = device(&record, line, &columns, world, &mut found);
                if found.len() == before {
                    devices.push((line, device));
                }
            }
            Err(e) => found.push(broken(e.position().map_or(0, csv::Position::line), &e)),
        }
    }
    (devices, found)
}

/// Findings about devices in their order (`/2/key`) become findings about lines of the table (`/4/key`).
pub(crate) fn of_rows(found: Diagnostics, rows: &[(u64, NewDevice)]) -> Diagnostics {
    found
        .into_iter()
        .map(|mut d| {
            let (at, field) = d.path.strip_prefix('/').and_then(|p| p.split_once('/')).unwrap_or_default();
            let row = at.parse::<usize>().ok().and_then(|at| rows.get(at));
            let Some((line, device)) = row else { return d };
            let column = match field.split('/').next().unwrap_or_default() {
                "names" if device.names.zh.is_empty() => "name_en",
                "names" => "name_zh",
                other => other,
            };
            d.message = said_of(*line, column, &d.message);
            d.path = format!("/{line}/{column}");
            d
        })
        .collect()
}

/// The line of a finding about a row.
pub(crate) fn line_of(path: &str) -> Option<u64> {
    path.strip_prefix('/')?.split('/').next()?.parse().ok()
}

/// The line of a record; the reader's own number is that of empty lines before it.
fn line_at(text: &str, position: &csv::Position) -> u64 {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let empty = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
    position.line() + u64::try_from(empty).unwrap_or(0)
}

/// Some spreadsheets write semicolons or tabs: what stands most often in the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: u8| first.bytes().filter(|b| *b == c).count();
    [b';', b'\t'].into_iter().find(|c| count(*c) > count(b',')).unwrap_or(b',')
}

fn columns(names: &StringRecord, found: &mut Diagnostics) -> Vec<Option<Column>> {
    let mut seen: Vec<Option<Column>> = Vec::new();
    for written in names {
        let known = COLUMNS.iter().find(|c| c.1.eq_ignore_ascii_case(written) || c.2 == written).map(|c| c.0);
        match known {
            None if !written.is_empty() => {
                let known = COLUMNS.iter().map(|c| format!("{} ({})", c.1, c.2)).collect::<Vec<_>>().join(", ");
                found.push(
                    fault(
                        "import.column",
                        1,
                        written,
                        format!("没有“{written}”这一列"),
                        format!("there is no column `{written}`"),
                    )
                    .help(Bilingual::new(format!("可用的列：{known}"), format!("the columns are: {known}"))),
                );
            }
            Some(column) if seen.contains(&Some(column)) => {
                found.push(fault("import.column", 1, written, "这一列出现了两次", "the column is there twice"));
            }
            _ => {}
        }
        seen.push(known);
    }
    if !seen.contains(&Some(Column::Product)) {
        found.push(fault(
            "import.column",
            1,
            "product",
            "第一行须写列名，其中要有 product（产品）",
            "the first line names the columns, and one of them is `product`",
        ));
    }
    seen
}

fn device(
    record: &StringRecord,
    line: u64,
    columns: &[Option<Column>],
    world: &World,
    found: &mut Diagnostics,
) -> NewDevice {
    let mut new = NewDevice::default();
    let mut names = Names::default();
    for (at, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        match columns.get(at).copied().flatten() {
            None => found.push(fault(
                "import.cell",
                line,
                &(at + 1).to_string(),
                "这一格没有对应的列名",
                "this cell is in no column",
            )),
            Some(Column::Product) => new.product = cell.into(),
            Some(Column::Key) => new.key = Some(cell.into()),
            Some(Column::NameZh) => names.zh.push(cell.into()),
            Some(Column::NameEn) => names.en.push(cell.into()),
            Some(Column::Space) => match space_named(world, cell) {
                Ok(space) => new.space = Some(space),
                Err((message, help)) => {
                    let fault = fault("import.space", line, "space", message.zh, message.en);
                    found.push(Diagnostic { help, ..fault });
                }
            },
            Some(Column::Tags) => {
                let tags = cell.split(TAG_SEPARATORS).map(str::trim).filter(|t| !t.is_empty());
                new.tags = tags.map(str::to_owned).collect::<BTreeSet<String>>();
            }
        }
    }
    new.names = names;
    if new.product.is_empty() {
        found.push(fault("import.product", line, "product", "缺少产品", "the product is missing"));
    }
    new
}

fn broken(line: u64, error: &csv::Error) -> Diagnostic {
    fault("import.syntax", line, "", format!("无法读取：{error}"), format!("cannot be read: {error}"))
}

fn fault(code: &'static str, line: u64, column: &str, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, format!("/{line}/{column}"), said_of(line, column, &Bilingual::new(zh, en)))
}

/// A message with its place in words.
fn said_of(line: u64, column: &str, message: &Bilingual) -> Bilingual {
    let zh = COLUMNS.iter().find(|c| c.1 == column).map_or(column, |c| c.2);
    Bilingual::new(format!("第 {line} 行“{zh}”：{}", message.zh), format!("line {line}, `{column}`: {}", message.en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::sim;

    fn world() -> World {
        World::build(sim::world()).0
    }

    #[test]
    fn tables_of_spreadsheets_are_read() {
        let english =
            "product,key,name_zh,name_en,space,tags\r\nroom_sensor, s-1 ,大厅,Lobby climate,Lobby,a; b\r\n\r\nlock\r\n";
        let chinese = "\u{feff}产品;设备标识;中文名称;英文名称;空间;标签\nroom_sensor;s-1;大厅;\"Lobby climate\";大厅;\"a、b\"\n\nlock;;;;;\n";
        for text in [english, chinese] {
            let (rows, found) = read(text, &world());
            assert_eq!(found, [], "{text}");
            let lines: Vec<u64> = rows.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [2, 4], "{text}");
            let first = NewDevice {
                product: "room_sensor".into(),
                key: Some("s-1".into()),
                names: Names::new("大厅", "Lobby climate"),
                space: Some(sim::space("lobby")),
                tags: ["a".to_owned(), "b".to_owned()].into(),
                route: None,
            };
            assert_eq!(rows[0].1, first);
            assert_eq!(rows[1].1, NewDevice { product: "lock".into(), ..NewDevice::default() });
        }
    }

    #[test]
    fn every_fault_names_line_and_column() {
        for (text, expected) in [
            ("", vec!["import.column@/1/product"]),
            ("name_zh,product,colour,product\n", vec!["import.column@/1/colour", "import.column@/1/product"]),
            (
                "product,space\n,Lobby\nlock,Nowhere at all\nlock,Lobby,x\nlock,Lobby\n",
                vec!["import.product@/2/product", "import.space@/3/space", "import.cell@/4/3"],
            ),
        ] {
            let (rows, found) = read(text, &world());
            let got: Vec<String> = found.iter().map(|d| format!("{}@{}", d.code, d.path)).collect();
            assert_eq!(got, expected, "{text}");
            assert!(
                rows.len() <= 1 && found.iter().all(|d| d.message.en.contains("line") && d.message.zh.contains("行"))
            );
        }
        let row = |product: &str| NewDevice { product: product.into(), ..NewDevice::default() };
        let of_second = Diagnostic::error("register.key", "/1/key", Bilingual::new("重复", "taken"));
        let found = of_rows(vec![of_second], &[(2, row("a")), (7, row("b"))]);
        assert_eq!((found[0].path.as_str(), line_of(&found[0].path)), ("/7/key", Some(7)));
        assert_eq!(found[0].message.en, "line 7, `key`: taken");
        assert_eq!(found[0].message.zh, "第 7 行“设备标识”：重复");
    }

    #[test]
    fn the_template_is_a_table() {
        for lang in [Lang::Zh, Lang::En] {
            let (rows, found) = read(&template(lang), &world());
            assert_eq!((rows.len(), found), (1, vec![]), "{lang:?}");
        }
    }

    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            /// Whatever the text is, every row is a device or has a fault that says where.
            #[test]
            fn any_text_is_read_or_refused(text in "(product|产品|key|tags)?([,;\"\n\t]|[a-z]{0,5}|\\PC){0,60}") {
                let (rows, found) = read(&text, &World::default());
                prop_assert!(rows.iter().all(|(line, new)| *line > 1 && !new.product.is_empty()));
                prop_assert!(found.iter().all(|d| line_of(&d.path).is_some()));
            }
        }
    }
}
