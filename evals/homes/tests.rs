use super::ops::{Differences, Write, effects};
use super::*;
use base::Sample;
use serde_json::json;

fn home() -> Home {
    serde_json::from_value(json!({
        "floors": [{ "id": "up", "name": "Upstairs", "aliases": ["楼上"] }],
        "areas": [{ "id": "study", "name": "Study", "aliases": ["书房"], "floor": "up" }],
        "devices": [
            { "id": "light.desk", "name": "Desk", "domain": "light", "area": "study", "state": "on",
              "attributes": { "brightness": 128, "supported_color_modes": ["brightness"] } },
            { "id": "climate.ac", "name": "AC", "domain": "climate", "area": "study", "state": "off",
              "attributes": { "hvac_modes": ["off", "cool", "heat"], "min_temp": 18, "max_temp": 28, "temperature": 22 } },
            { "id": "media_player.radio", "name": "Radio", "domain": "media_player", "state": "playing",
              "attributes": { "volume_level": 0.3 } },
            { "id": "sensor.temp", "name": "Study temperature", "domain": "sensor", "device_class": "temperature",
              "area": "study", "state": "71.5", "attributes": { "unit_of_measurement": "°F" } },
            { "id": "sensor.hum", "name": "Study humidity", "domain": "sensor", "device_class": "humidity",
              "area": "study", "state": "40", "attributes": { "unit_of_measurement": "%" } },
            { "id": "cover.blind", "name": "Blind", "domain": "cover", "device_class": "blind", "state": "open" },
            { "id": "todo.list", "name": "List", "domain": "todo" },
        ],
    }))
    .unwrap()
}

fn point(built: &Built, device: &str, trait_id: &str) -> PointId {
    let bound = built.bound.iter().find(|b| b.device.id == device).unwrap();
    *bound.points.iter().find(|p| built.world.point(**p).unwrap().is(trait_id)).unwrap()
}

#[test]
fn states_and_ranges_become_points_and_values() {
    let built = build(&home(), &How { now: Some("2026-11-18T10:00:00+08:00"), ..How::default() });
    assert_eq!(built.left_out(), 1);
    assert_eq!(built.doc.site.time_zone, "Etc/GMT-8");
    for (device, trait_id, expected) in [
        ("light.desk", "brightness", Value::Number(50.0)),
        ("light.desk", "on_off", Value::Bool(true)),
        ("climate.ac", "on_off", Value::Bool(false)),
        ("climate.ac", "mode", Value::text("off")),
        ("media_player.radio", "volume", Value::Number(30.0)),
        ("sensor.temp", "measure.temperature", Value::Number(71.5)),
        ("cover.blind", "position", Value::Number(100.0)),
    ] {
        assert_eq!(built.values.get(&point(&built, device, trait_id)), Some(&expected), "{device} {trait_id}");
    }
    let setpoint = built.world.point(point(&built, "climate.ac", "setpoint")).unwrap();
    assert!(setpoint.check(&Value::Number(29.0)).is_err() && setpoint.check(&Value::Number(28.0)).is_ok());
    let temperature = built.world.point(point(&built, "sensor.temp", "measure.temperature")).unwrap();
    assert_eq!(temperature.unit().unwrap().symbol(), "°F");
}

#[test]
fn what_changed_reads_as_the_home_would_show_it() {
    let built = build(&home(), &How::default());
    let at = Timestamp::MIN;
    let mut states: States = built.values.iter().map(|(p, v)| (*p, Sample::good(v.clone(), at))).collect();
    let first = built.values.clone();
    let shown = |states: &States, id: &str| {
        let bound = built.bound.iter().find(|b| b.device.id == id).unwrap();
        built.shown(bound, &first, states)
    };
    assert_eq!(shown(&states, "cover.blind")["state"], json!("open"));
    assert_eq!(shown(&states, "todo.list")["state"], json!(null));
    for (device, trait_id, value) in [
        ("light.desk", "brightness", Value::Number(20.0)),
        ("climate.ac", "on_off", Value::Bool(true)),
        ("climate.ac", "mode", Value::text("cool")),
        ("cover.blind", "position", Value::Number(0.0)),
    ] {
        states.insert(point(&built, device, trait_id), Sample::good(value, at));
    }
    assert_eq!(shown(&states, "light.desk")["attributes"]["brightness"], json!(51.0));
    assert_eq!(shown(&states, "climate.ac")["state"], json!("cool"));
    assert_eq!(shown(&states, "cover.blind")["state"], json!("closed"));
}

#[test]
fn commands_read_as_operations() {
    let built = build(&home(), &How::default());
    let write = |device: &str, trait_id: &str, value: Value, by: Option<f64>| Write {
        point: point(&built, device, trait_id),
        value,
        by,
    };
    let check = |writes: &[Write], differences, expected: serde_json::Value| {
        assert_eq!(Json::Array(effects(&built, writes, differences)), expected);
    };
    let on = write("light.desk", "on_off", Value::Bool(true), None);
    let dim = write("light.desk", "brightness", Value::Number(40.0), None);
    let results = Differences::Results;
    check(std::slice::from_ref(&on), results, json!([{ "op": "turn_on", "targets": ["light.desk"], "args": {} }]));
    check(&[on, dim], results, json!([{ "op": "set", "targets": ["light.desk"], "args": { "brightness": 40.0 } }]));
    let louder = write("media_player.radio", "volume", Value::Number(40.0), Some(10.0));
    check(
        std::slice::from_ref(&louder),
        Differences::Steps,
        json!([{ "op": "set_volume_relative", "targets": ["media_player.radio"], "args": { "volume_step": [10.0, "up"] } }]),
    );
    check(
        &[louder],
        results,
        json!([{ "op": "set_volume", "targets": ["media_player.radio"], "args": { "volume_level": 40.0 } }]),
    );
    let shut = write("cover.blind", "position", Value::Number(0.0), None);
    check(&[shut], results, json!([{ "op": "close", "targets": ["cover.blind"], "args": {} }]));
}

#[test]
fn sensors_of_a_room_become_one_device_with_their_names() {
    let built = build(&home(), &How { merged: true, ..How::default() });
    let temperature = built.world.point(point(&built, "sensor.temp", "measure.temperature")).unwrap();
    let humidity = built.world.point(point(&built, "sensor.hum", "measure.humidity")).unwrap();
    assert_eq!(temperature.device, humidity.device);
    assert!(temperature.names.all().any(|n| n == "Study temperature"));
    assert_eq!(built.device_of(humidity.id).unwrap().id, "sensor.hum");
}
