use super::*;
use crate::ingest::properties;
use crate::model::Origin;
use crate::{Device, Product, World, WorldDoc};
use base::id::{DeviceId, ProductId};
use base::{Severity, Timestamp};
use proptest::prelude::*;

fn messages(list: Json) -> Vec<Map<String, Json>> {
    list.as_array().unwrap().iter().map(|m| m.as_object().unwrap().clone()).collect()
}

/// Each property as `identifier type access trait unit name`.
fn lines(list: Json) -> Vec<String> {
    let inferred = propose("p", &messages(list));
    let line = |p: &Property| {
        let type_ = serde_json::to_value(p.data_type.type_).unwrap();
        let access = if p.access_mode.writable() { "rw" } else { "r" };
        let unit = p.x.unit.map_or("-", Unit::code);
        format!(
            "{} {} {access} {} {unit} {}",
            p.identifier,
            type_.as_str().unwrap(),
            p.x.trait_.as_deref().unwrap_or("-"),
            p.name
        )
    };
    inferred.model.properties.iter().map(line).collect()
}

#[test]
fn identifiers_are_taken_apart() {
    for (identifier, words) in [
        ("temperature", vec!["temperature"]),
        ("roomTemp_2", vec!["room", "temp", "2"]),
        ("CurrentTemperature", vec!["current", "temperature"]),
        ("PM2.5", vec!["pm2", "5"]),
        ("CO2Value", vec!["co2", "value"]),
        ("ENERGY:Total", vec!["energy", "total"]),
        ("__", vec![]),
    ] {
        assert_eq!(of_words(identifier), words, "{identifier}");
    }
}

fn of_words(identifier: &str) -> Vec<String> {
    words::of(identifier)
}

#[test]
fn names_types_and_units_are_guessed() {
    for (message, line) in [
        (json!({"temperature": 21.5}), "temperature double r measure.temperature Cel 温度"),
        (json!({"CurrentTemperature": 21}), "CurrentTemperature double r measure.temperature Cel 温度"),
        (json!({"temp_f": 70}), "temp_f double r measure.temperature [degF] 温度"),
        (json!({"target_temperature": 21}), "target_temperature double rw setpoint Cel 设定温度"),
        (json!({"hum": 40}), "hum double r measure.humidity % 湿度"),
        (json!({"co2": 600}), "co2 double r measure.co2 [ppm] 二氧化碳浓度"),
        (json!({"CO2Value": 600}), "CO2Value double r measure.co2 [ppm] 二氧化碳浓度"),
        (json!({"pm25": 12}), "pm25 double r measure.pm25 ug/m3 PM2.5"),
        (json!({"lux": 300}), "lux double r measure.illuminance lx 光照度"),
        (json!({"power": 12.5}), "power double r measure.power W 功率"),
        (json!({"power_kw": 12.5}), "power_kw double r measure.power kW 功率"),
        (json!({"power": true}), "power bool rw on_off - 开关"),
        (json!({"switch_1": 1}), "switch_1 bool rw on_off - 开关"),
        (json!({"relay2": 0}), "relay2 bool rw on_off - 开关"),
        (json!({"energy": 12.5}), "energy double r meter.energy kW.h 用电量"),
        (json!({"energy_wh": 12.5}), "energy_wh double r meter.energy W.h 用电量"),
        (json!({"batteryLevel": 80}), "batteryLevel double r battery % 电池电量"),
        (json!({"brightness": 80}), "brightness double rw brightness % 亮度"),
        (json!({"motion": false}), "motion bool r motion - 移动"),
        (json!({"door": 1}), "door bool r contact - 开合状态"),
        (json!({"pressure": 1013.2}), "pressure double r measure.pressure hPa 压力"),
        (json!({"pressure": 101_325}), "pressure double r measure.pressure Pa 压力"),
        (json!({"mode": "cool"}), "mode enum r mode - 模式"),
        (json!({"mode": "turbo"}), "mode text r - - mode"),
        (json!({"firmwareVersion": "1.2.3"}), "firmwareVersion text r - - firmware version"),
        (json!({"rssi": -60}), "rssi double r - - rssi"),
        (json!({"flag": true}), "flag bool r - - flag"),
        (json!({"t": {"value": 1.5, "time": 1_763_700_000_000_i64}}), "t double r - - t"),
        (json!({"gps": {"lat": 31.2}}), "gps struct r - - gps"),
        (json!({"list": [1, 2, 3]}), "list array r - - list"),
    ] {
        assert_eq!(lines(json!([message])), [line], "{message}");
    }
}

#[test]
fn more_messages_say_more() {
    for (list, line) in [
        (json!([{"n": 1}, {"n": 2}, {"n": 3}]), "n int r - - n"),
        (json!([{"n": 1}, {"n": 2}, {"n": 3}, {"n": 3.5}]), "n double r - - n"),
        (json!([{"n": 0}, {"n": true}]), "n bool r - - n"),
        (json!([{"n": 7}, {"n": true}]), "n struct r - - n"),
        (json!([{"n": 7}, {"n": "seven"}]), "n struct r - - n"),
        (json!([{"n": "on"}, {"n": "off"}, {"n": "on"}]), "n enum r - - n"),
        (json!([{"n": "a1"}, {"n": "a2"}, {"n": "a1"}]), "n text r - - n"),
        (json!([{"n": null}, {"n": 1.5}]), "n double r - - n"),
        (json!([{"power": 0}, {"power": 60}]), "power double r measure.power W 功率"),
    ] {
        assert_eq!(lines(list.clone()), [line], "{list}");
    }
    let two = lines(json!([{"temp_in": 20, "temp_out": 5}]));
    assert_eq!(
        two,
        ["temp_in double r measure.temperature Cel temp in", "temp_out double r measure.temperature Cel temp out"],
        "two of a kind are told apart"
    );
}

#[test]
fn each_guess_has_its_reason_and_what_is_left_out_too() {
    let inferred = propose("p", &messages(json!([{"temperature": 21.5, "on": 1, "a b": 1, "nothing": null}])));
    let reasons: Vec<(&str, &str, &str)> =
        inferred.guesses.iter().map(|g| (g.identifier.as_str(), g.reason.zh.as_str(), g.reason.en.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (
                "temperature",
                "见到 1 个数；标识符可读作“temperature”，即温度，单位估计为 °C",
                "numbers seen: 1; the identifier reads as \"temperature\", which is temperature, presumably in °C"
            ),
            (
                "on",
                "只见到 0 和 1；标识符可读作“switch”，即开关；这是可控制的，故设为可写",
                "only 0 and 1 were seen; the identifier reads as \"switch\", which is power; this can be controlled, so it is writable"
            ),
            ("", "无法判断是哪类设备，请填写", "what kind of device it is cannot be told; please say"),
        ]
    );
    let left: Vec<&str> = inferred.left_out.iter().map(|f| f.identifier.as_str()).collect();
    assert_eq!(left, ["a b", "nothing"]);
    assert!(inferred.left_out.iter().all(|f| f.severity == Severity::Warning && f.code == "infer.left_out"));
    let many: Map<String, Json> = (0..=PROPERTIES_MAX).map(|i| (format!("p{i}"), json!(1))).collect();
    let inferred = propose("p", &[many]);
    assert_eq!((inferred.model.properties.len(), inferred.left_out.len()), (PROPERTIES_MAX, 1));
}

#[test]
fn the_kind_of_device_is_that_of_its_traits() {
    for (message, kind) in [
        (json!({"temperature": 1, "co2": 2}), "sensor"),
        (json!({"power": true, "brightness": 2}), "light"),
        (json!({"power": true}), "device"),
    ] {
        assert_eq!(propose("p", &messages(json!([message]))).model.x.kind, kind, "{message}");
    }
}

fn any_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::from),
        (0i64..3).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e9f64..1e9).prop_map(Json::from),
        "on|off|[a-z]{0,5}|\\PC{0,5}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::vec(("[a-c]", inner), 0..3).prop_map(|kv| Json::Object(kv.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_model_takes_every_message_that_it_was_made_of(list in proptest::collection::vec(proptest::collection::vec(("temp|on|mode|power|[a-z]{1,2}|a b|\\PC{0,4}", any_value()), 0..4), 0..6)) {
        let list: Vec<Map<String, Json>> = list.into_iter().map(|m| m.into_iter().collect()).collect();
        let inferred = propose("p", &list);
        let (model, found) = ThingModel::parse(&serde_json::to_value(&inferred.model).unwrap(), Origin::Created);
        prop_assert_eq!(found, vec![]);
        prop_assert_eq!(inferred.guesses.len(), inferred.model.properties.len() + 1);
        let product = Product { id: ProductId::of_name("p"), key: "p".into(), names: Names::new("p", "p"), model: model.unwrap() };
        let device = Device { id: DeviceId::of_name("d"), product: product.id, key: "d".into(), names: Names::new("d", "d"), placements: vec![], route: crate::Route::Direct, tags: BTreeSet::new(), disabled: false };
        let (world, found) = World::build(WorldDoc { products: vec![product], devices: vec![device], ..WorldDoc::default() });
        prop_assert_eq!(found, vec![]);
        for message in &list {
            let taken = properties(&world, DeviceId::of_name("d"), message, Timestamp::default());
            for fault in taken.faults {
                prop_assert!(inferred.left_out.iter().any(|f| f.identifier == fault.identifier), "{:?} {:?}", fault, message);
            }
        }
    }
}
