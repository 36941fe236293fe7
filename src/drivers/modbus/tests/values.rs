use super::*;
use crate::modbus::codec::{self, Misread};
use crate::modbus::config::{Register, WriteFunction};
use crate::modbus::csv;
use proptest::prelude::*;
use things::layout::{Bits, NumberType, Order};

fn register(json: Json) -> Register {
    serde_json::from_value(json).unwrap()
}

fn words(list: &[u16]) -> Raw {
    Raw::Words(list.to_vec())
}

#[test]
fn registers_become_values_and_back() {
    let on = Value::Bool(true);
    let table = [
        (json!({"identifier": "level", "address": 0}), "level", words(&[40]), Value::Number(40.0)),
        (json!({"identifier": "level", "address": 0, "type": "i32"}), "level", words(&[0, 40]), Value::Number(40.0)),
        (
            json!({"identifier": "level", "address": 0, "type": "u32", "order": "little_swapped"}),
            "level",
            words(&[40, 0]),
            Value::Number(40.0),
        ),
        (
            json!({"identifier": "setpoint", "address": 0, "type": "i16", "scale": 0.1, "offset": 10.0}),
            "setpoint",
            words(&[115]),
            Value::Number(21.5),
        ),
        (json!({"identifier": "level", "address": 0, "type": "bcd16"}), "level", words(&[0x0042]), Value::Number(42.0)),
        (json!({"identifier": "on", "address": 0}), "on", words(&[1]), on.clone()),
        (json!({"identifier": "on", "address": 0, "type": "bool"}), "on", words(&[1]), on.clone()),
        (json!({"identifier": "on", "table": "coil", "address": 0}), "on", Raw::Bits(vec![true]), on),
        (json!({"identifier": "mode", "address": 0}), "mode", words(&[2]), Value::text("heat")),
        (
            json!({"identifier": "mode", "table": "coil", "address": 0}),
            "mode",
            Raw::Bits(vec![true]),
            Value::text("cool"),
        ),
        (
            json!({"identifier": "label", "address": 0, "type": "text(4)"}),
            "label",
            words(&[0x6162, 0x6300]),
            "abc".into(),
        ),
    ];
    for (json, identifier, raw, value) in table {
        let (register, spec) = (register(json), spec(identifier));
        assert_eq!(codec::read(&register, &spec, &raw), Ok(value.clone()), "{register:?}");
        let many = register.count() > 1;
        assert_eq!(codec::write(&register, &spec, &value, None), Ok(Request::Write { start: 0, raw, many }));
    }
}

#[test]
fn what_is_no_value_says_why() {
    let (level, mode) = (register(json!({"identifier": "level", "address": 0})), spec("mode"));
    assert!(matches!(codec::read(&level, &mode, &words(&[7])), Err(Misread::Misfit(_))));
    assert!(matches!(codec::read(&level, &spec("level"), &words(&[])), Err(Misread::Unfit(_))));
    assert_eq!(codec::read(&level, &spec("on"), &Raw::Bits(vec![])), Err(Misread::Form));
    assert!(matches!(codec::write(&level, &spec("level"), &Value::Number(-1.0), None), Err(Misread::Unfit(_))));
    for code in 0..=255 {
        assert!(codec::exception(code).ends_with(&format!("(Modbus exception {code})")));
    }
}

#[test]
fn a_map_in_chinese_and_one_in_english() {
    let english = "identifier,table,address,type,order,scale,offset,bits,poll_ms,write,read_back\n\
                   temperature,input,0x10,i16,,0.1,-40,,2000,,\n\
                   mode,holding,3,,,,,4-5,,mask,no\n\
                   alarm,holding,4,,,,,7,,,\n\
                   on,coil,2,,,,,,,multiple,\n";
    let chinese = "\u{feff}标识符,类别,地址,数据类型,字序,系数,偏移,位,轮询周期,写功能,回读\r\n\
                   temperature,输入寄存器,16,I16,,0.1,-40,,2000,,\r\n\
                   mode,保持寄存器,3,,,,,4-5,,掩码,否\r\n\
                   alarm,,4,,,,,7,,,是\r\n\
                   on,线圈,2,,,,,,,多个,\r\n";
    let read = |text: &str| {
        let (rows, found) = csv::parse(text, "/x");
        assert_eq!(found, []);
        rows.into_iter().map(|p| p.register).collect::<Vec<_>>()
    };
    assert_eq!(read(english), read(chinese));
    assert_eq!(read(english)[1].bits, Some(Bits { from: 4, count: 2 }));
    assert_eq!(read("").len(), 0);
    assert_eq!(read("address,identifier\n1,\"a,b\"\n")[0].identifier, "a,b");
    assert_eq!(read("identifier,address,order\nx,1,CDAB\n")[0].order, Some(Order::LittleSwapped));
}

#[test]
fn the_example_of_the_documentation_is_the_same_in_both_languages() {
    let pages = ["en", "zh-CN"].map(|lang| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        std::fs::read_to_string(root.join(format!("web/docs/{lang}/modbus.md"))).unwrap()
    });
    let [english, chinese] = pages.map(|page| {
        let text = page.split("```csv\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
        let (rows, found) = csv::parse(&text, "/x");
        assert_eq!(found, []);
        rows.into_iter().map(|p| p.register).collect::<Vec<_>>()
    });
    assert_eq!(english.len(), 5);
    assert_eq!(english, chinese);
}

#[test]
fn every_faulty_cell_is_told_with_row_and_column() {
    let text = "identifier,tabel,address,type,scale,bits,read_back,table,address\n\
                a,,x,i17,much,9-,maybe,river,\n\
                b,,70000,u16,,,,,\n\
                c,,3,u16,,,,,\n\
                ,,4,u16,,,,,\n\
                d,,5,u16,,,,,,more\n";
    let (rows, found) = csv::parse(text, "/devices/0/registers_csv");
    assert_eq!(rows.iter().map(|p| (p.register.identifier.as_str(), p.row)).collect::<Vec<_>>(), [("c", Some(4))]);
    let english: Vec<String> = found.iter().map(|d| d.message.en.clone()).collect();
    let starts = [
        "row 1: no column `tabel`; did you mean table?",
        "row 1: column `address` stands twice",
        "row 2, column `address`: `x`: takes a whole number",
        "row 2, column `type`: does not have the expected form: no number type",
        "row 2, column `scale`: `much`: takes a number",
        "row 2, column `bits`: `9-`: takes a bit or a range",
        "row 2, column `read_back`: `maybe`: takes yes or no",
        "row 2, column `table`: does not have the expected form: unknown variant `river`",
        "row 3, column `address`: does not have the expected form: invalid value: integer `70000`",
        "row 5: does not have the expected form: missing field `identifier`",
        "row 6: there are more cells than columns",
    ];
    assert_eq!(english.len(), starts.len(), "{english:#?}");
    for (got, start) in english.iter().zip(starts) {
        assert!(got.starts_with(start), "{got} / {start}");
    }
    assert!(found.iter().all(|d| d.path == "/devices/0/registers_csv" && d.message.zh.starts_with("第 ")));
    let (_, found) = csv::parse("table\nholding\n", "");
    assert_eq!(found.len(), 3, "two columns are missing, and the row has no address: {found:?}");
}

fn any_register() -> impl Strategy<Value = Register> {
    let type_ = prop_oneof![
        Just(NumberType::U16),
        Just(NumberType::I64),
        Just(NumberType::F32),
        Just(NumberType::Bcd32),
        (1usize..100).prop_map(|n| NumberType::Text(2 * n)),
    ];
    let table = prop_oneof![Just(Table::Coil), Just(Table::Discrete), Just(Table::Holding), Just(Table::Input)];
    let order = prop_oneof![Just(Order::Big), Just(Order::Little), Just(Order::BigSwapped), Just(Order::LittleSwapped)];
    let write = prop_oneof![Just(WriteFunction::Single), Just(WriteFunction::Multiple), Just(WriteFunction::Mask)];
    let bits = (0u32..64, 1u32..64).prop_map(|(from, count)| Bits { from, count });
    let number = prop_oneof![-1e6..1e6, Just(0.1), Just(1e-9)];
    use proptest::option::of;
    (
        ("[a-zA-Z_][a-zA-Z0-9_]{0,20}", table, any::<u16>(), of(type_), of(order)),
        (of(number.clone()), of(number), of(bits), of(50u32..1_000_000), of(write), any::<bool>()),
    )
        .prop_map(
            |((identifier, table, address, type_, order), (scale, offset, bits, poll_ms, write, read_back))| Register {
                identifier,
                table,
                address,
                type_,
                order,
                scale,
                offset,
                bits,
                poll_ms,
                write,
                read_back,
            },
        )
}

proptest! {
    #[test]
    fn csv_is_read_as_it_was_written(registers in proptest::collection::vec(any_register(), 0..20)) {
        let (rows, found) = csv::parse(&csv::write(&registers), "/x");
        prop_assert_eq!(found, vec![]);
        prop_assert_eq!(rows.into_iter().map(|p| p.register).collect::<Vec<_>>(), registers);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(identifier|address|[a-z0-9,\"\n ]){0,60}") {
        let (rows, _) = csv::parse(&text, "/x");
        prop_assert!(rows.len() <= text.lines().count());
    }

    #[test]
    fn what_is_written_is_what_is_read(
        register in any_register(), number in -1e5..1e5f64, text in "[a-z温]{0,8}", present in any::<u16>(),
    ) {
        let mut specs = vec![(spec("on"), Value::Bool(number > 0.0)), (spec("mode"), "cool".into())];
        specs.extend([(spec("temperature"), Value::Number(number)), (spec("label"), Value::text(text))]);
        let scaled = register.scale.is_some() || register.offset.is_some();
        for (spec, value) in specs {
            // Only numbers are scaled; the check of a configuration says so.
            if scaled && value.as_number().is_none() {
                continue;
            }
            let present = words(&vec![present; register.count().into()]);
            let Ok(request) = codec::write(&register, &spec, &value, Some(&present)) else { continue };
            let raw = match request {
                Request::Write { raw, .. } => raw,
                Request::Mask { and, or, .. } => {
                    let Raw::Words(old) = &present else { unreachable!() };
                    words(&[old[0] & and | or & !and])
                }
                Request::Read { .. } => unreachable!(),
            };
            prop_assert_eq!(raw.len(), usize::from(register.count()));
            let Ok(back) = codec::read(&register, &spec, &raw) else { continue };
            let step = register.codec().resolution().max(number.abs() * 1e-6 + register.scale.unwrap_or(1.0).abs());
            prop_assert!(back.close_to(&value, step), "{:?}: {:?} became {:?}", register, value, back);
        }
    }
}
