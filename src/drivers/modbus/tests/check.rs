use super::*;
use crate::modbus::check::check;
use crate::modbus::config::sample;
use crate::registry;
use base::Severity;

fn faults(config: Json) -> Vec<String> {
    let found = check(&super::config(config), &world(&["a", "b"]));
    assert!(found.iter().all(|d| !d.message.zh.is_empty() && !d.message.en.is_empty()));
    found.iter().map(|d| format!("{} {}", d.code, d.path)).collect()
}

fn one(register: Json) -> Vec<String> {
    faults(json!({ "devices": [{ "product": "ctl", "device": "a", "unit": 1, "registers": [register] }] }))
}

#[test]
fn the_sample_parses_and_the_map_of_these_tests_is_right() {
    let sample = Config::parse(&sample()).unwrap();
    let (registers, found) = sample.registers(0, &sample.devices[0]);
    assert_eq!((registers.len(), found), (4, vec![]));
    assert_eq!(sample.devices.len(), 2);
    assert_eq!(faults(json!({})), [""; 0]);
    let driver = registry::by_name("modbus").unwrap();
    assert_eq!((driver.sample)(), super::super::config::sample());
    let schema = (driver.schema)().to_value();
    let properties = schema["properties"].as_object().unwrap();
    for (name, field) in properties {
        assert!(field["title"].as_str().is_some_and(|t| t.contains(" / ")), "{name} has a title in both languages");
        assert!(field["description"].is_string(), "{name}");
    }
}

#[test]
fn faults_of_form_have_their_places() {
    for (config, expected) in [
        (json!({ "transport": { "tpc": {} } }), vec!["driver.type /transport"]),
        (json!({ "transport": { "tcp": { "host": "" } } }), vec!["modbus.empty /transport/tcp/host"]),
        (json!({ "transport": { "rtu": { "device": "x", "baud": 1 } } }), vec!["driver.range /transport/rtu/baud"]),
        (json!({ "retries": 9, "max_registers": 126 }), vec!["driver.range /retries", "driver.range /max_registers"]),
        (json!({ "devics": [] }), vec!["driver.unknown_key /devics"]),
    ] {
        assert_eq!(faults(config.clone()), expected, "{config}");
    }
    assert_eq!(one(json!({ "identifier": "level" })), ["driver.missing /devices/0/registers/0/address"]);
    assert_eq!(
        one(json!({ "identifier": "level", "address": 1, "type": "i17" })),
        ["modbus.type /devices/0/registers/0/type"]
    );
    assert_eq!(
        one(json!({ "identifier": "level", "address": 1, "table": "river", "order": "wild" })),
        ["driver.type /devices/0/registers/0/table", "driver.type /devices/0/registers/0/order"]
    );
}

#[test]
fn faults_of_a_register() {
    let at = |fault: &str| {
        fault.split_once(' ').map(|(code, field)| format!("modbus.{code} /devices/0/registers/0/{field}"))
    };
    for (register, expected) in [
        (json!({ "identifier": "levle", "address": 0 }), vec!["identifier identifier"]),
        (json!({ "identifier": "extra", "address": 0 }), vec!["type type"]),
        (json!({ "identifier": "level", "address": 65535, "type": "u32" }), vec!["address address"]),
        (json!({ "identifier": "level", "address": 0, "type": "u8" }), vec!["type type"]),
        (json!({ "identifier": "label", "address": 0, "type": "text(7)" }), vec!["type type"]),
        (json!({ "identifier": "label", "address": 0, "type": "text(252)" }), vec!["width type"]),
        (json!({ "identifier": "label", "address": 0 }), vec!["type type"]),
        (json!({ "identifier": "level", "address": 0, "type": "text(4)" }), vec!["type type"]),
        (json!({ "identifier": "mode", "address": 0, "scale": 2.0 }), vec!["type type"]),
        (json!({ "identifier": "level", "address": 0, "table": "coil" }), vec!["type type"]),
        (json!({ "identifier": "on", "address": 0, "table": "coil", "order": "big" }), vec!["bit order"]),
        (json!({ "identifier": "on", "address": 0, "table": "coil", "write": "mask" }), vec!["write write"]),
        (json!({ "identifier": "on", "address": 0, "write": "mask" }), vec!["write write"]),
        (json!({ "identifier": "level", "address": 0, "type": "u32", "write": "single" }), vec!["write write"]),
        (json!({ "identifier": "level", "address": 0, "table": "input" }), vec!["read_only table"]),
    ] {
        let expected: Vec<String> = expected.into_iter().filter_map(at).collect();
        assert_eq!(one(register.clone()), expected, "{register}");
    }
    let bits = one(json!({ "identifier": "level", "address": 0, "bits": { "from": 12, "count": 8 } }));
    assert_eq!(bits, ["layout.bits /devices/0/registers/0/bits"]);
    assert_eq!(
        one(json!({ "identifier": "level", "address": 0, "poll_ms": 1 })),
        ["driver.range /devices/0/registers/0/poll_ms"]
    );
}

#[test]
fn faults_against_what_exists() {
    let unit = |product: &str, device: &str, unit: u8| json!({ "product": product, "device": device, "unit": unit });
    for (devices, expected) in [
        (json!([unit("clt", "a", 1)]), vec!["modbus.product /devices/0/product"]),
        (json!([unit("ctl", "x", 1)]), vec!["modbus.device /devices/0/device"]),
        (json!([unit("ctl", "a", 248)]), vec!["modbus.unit /devices/0/unit"]),
        (json!([unit("ctl", "a", 255)]), vec![]),
        (json!([unit("ctl", "a", 1), unit("ctl", "a", 2)]), vec!["modbus.device_twice /devices/1/device"]),
    ] {
        assert_eq!(faults(json!({ "devices": devices.clone() })), expected, "{devices}");
    }
    let map = json!([{ "product": "ctl", "device": "a", "unit": 1, "map": "clt" }]);
    let found = check(&config(json!({ "devices": map })), &world(&["a"]));
    assert_eq!(found[0].help.as_ref().unwrap().en, "did you mean ctl?");
}

#[test]
fn two_properties_that_write_the_same_are_found() {
    let device = |registers: Json| json!({ "devices": [{ "product": "ctl", "device": "a", "unit": 1, "registers": registers }] });
    let both = |a: Json, b: Json| faults(device(json!([a, b])));
    let level = json!({ "identifier": "level", "address": 1, "type": "u32" });
    let overlap = ["modbus.overlap /devices/0/registers/1/address"];
    assert_eq!(both(level.clone(), json!({ "identifier": "setpoint", "address": 2 })), overlap);
    assert_eq!(both(level.clone(), json!({ "identifier": "setpoint", "address": 3 })), [""; 0]);
    assert_eq!(both(level.clone(), json!({ "identifier": "temperature", "address": 2 })), [""; 0], "only read");
    assert_eq!(
        both(level, json!({ "identifier": "level", "address": 9 })),
        ["modbus.identifier_twice /devices/0/registers/1/identifier"]
    );
    let bits = |name: &str, from: u32, count: u32| json!({ "identifier": name, "address": 5, "bits": { "from": from, "count": count } });
    assert_eq!(both(bits("mode", 0, 2), bits("on", 2, 1)), [""; 0]);
    assert_eq!(both(bits("mode", 0, 2), bits("on", 1, 1)), overlap);
}

#[test]
fn faults_of_a_csv_text_name_row_and_column() {
    let csv = "identifier,address,type\nlevel,1,u16\nlevle,2,u16\nsetpoint,1,\n";
    let devices = json!([{ "product": "ctl", "device": "a", "unit": 1, "registers_csv": csv }]);
    let found = check(&config(json!({ "devices": devices })), &world(&["a"]));
    let told: Vec<(&str, &str)> = found.iter().map(|d| (d.path.as_str(), d.message.en.as_str())).collect();
    assert_eq!(
        told,
        [
            ("/devices/0/registers_csv", "row 3, column `identifier`: product `ctl` has no property `levle`"),
            ("/devices/0/registers_csv", "row 4, column `address`: writes what property `level` writes, too"),
        ]
    );
    assert!(found.iter().all(|d| d.severity == Severity::Error));
    assert_eq!(found[0].help.as_ref().unwrap().en, "did you mean level?");
}
