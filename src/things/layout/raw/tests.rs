use crate::model::Origin;
use crate::{ThingModel, layout::RawLayout};
use base::canonical;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// A thermostat that speaks bytes: a report of 9 bytes, an alarm of 4, and frames to set and call.
fn model() -> Json {
    json!({
        "profile": {"productKey": "raw"},
        "properties": [
            {"identifier": "t", "name": "t", "accessMode": "r", "dataType": {"type": "float", "specs": {"min": "-40", "max": "80"}}},
            {"identifier": "set", "name": "s", "accessMode": "rw", "dataType": {"type": "float", "specs": {}}},
            {"identifier": "on", "name": "o", "accessMode": "rw", "dataType": {"type": "bool", "specs": {}}},
            {"identifier": "mode", "name": "m", "accessMode": "rw", "dataType": {"type": "enum", "specs": {"0": "a", "1": "b", "2": "c"}}},
            {"identifier": "name", "name": "n", "accessMode": "rw", "dataType": {"type": "text", "specs": {"length": "6"}}},
            {"identifier": "at", "name": "a", "accessMode": "rw", "dataType": {"type": "date", "specs": {}}}
        ],
        "events": [{"identifier": "alarm", "name": "a", "type": "alert", "outputData": [{"identifier": "level", "name": "l", "dataType": {"type": "int", "specs": {}}}]}],
        "services": [{"identifier": "beep", "name": "b", "callType": "async", "inputData": [{"identifier": "times", "name": "t", "dataType": {"type": "int", "specs": {}}}], "outputData": []}],
        "x": {"kind": "thermostat", "names": {"zh": ["温控器"], "en": ["thermostat"]}, "raw": {
            "up": [
                {"when": [{"at": 0, "equals": "AA01"}], "length": 9, "checksum": "crc16_modbus", "fields": [
                    {"identifier": "t", "at": 2, "type": "i16", "scale": 0.1},
                    {"identifier": "set", "at": 4, "type": "u16", "order": "little", "scale": 0.5},
                    {"identifier": "on", "at": 6, "type": "u8", "bits": {"from": 7, "count": 1}},
                    {"identifier": "mode", "at": 6, "type": "u8", "bits": {"from": 0, "count": 3}}
                ]},
                {"of": "alarm", "when": [{"at": 0, "equals": "aa"}, {"at": 1, "equals": "02"}], "length": 4, "checksum": "xor8", "fields": [{"identifier": "level", "at": 2, "type": "u8"}]}
            ],
            "down": [
                {"when": [{"at": 0, "equals": "55"}], "length": 5, "checksum": "sum8", "fields": [
                    {"identifier": "set", "at": 1, "type": "u16", "scale": 0.5},
                    {"identifier": "on", "at": 3, "type": "bool"}
                ]},
                {"when": [{"at": 0, "equals": "56"}], "length": 2, "fields": [{"identifier": "on", "at": 1, "type": "bool"}]},
                {"when": [{"at": 0, "equals": "57"}], "length": 7, "fields": [{"identifier": "name", "at": 1, "type": "text(6)"}]},
                {"when": [{"at": 0, "equals": "58"}], "length": 11, "checksum": "crc16_ccitt", "fields": [{"identifier": "at", "at": 1, "type": "u64"}]},
                {"of": "beep", "when": [{"at": 0, "equals": "59"}], "length": 2, "fields": [{"identifier": "times", "at": 1, "type": "bcd16"}]}
            ]
        }}
    })
}

fn parsed(json: &Json) -> (Option<ThingModel>, Vec<String>) {
    let (model, found) = ThingModel::parse(json, Origin::Created);
    (model, found.into_iter().map(|d| format!("{} {}", d.code, d.path)).collect())
}

fn layout() -> RawLayout {
    let mut json = model();
    json["x"]["raw"]["down"][4]["length"] = json!(3);
    let (model, found) = parsed(&json);
    assert_eq!(found, [""; 0]);
    model.unwrap().x.raw.unwrap()
}

fn object(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

#[test]
fn checksums_are_those_of_the_catalogue() {
    use super::Checksum::*;
    for (kind, sum) in
        [(Crc16Modbus, vec![0x37, 0x4b]), (Crc16Ccitt, vec![0x29, 0xb1]), (Sum8, vec![0xdd]), (Xor8, vec![0x31])]
    {
        assert_eq!(kind.over(b"123456789"), sum, "{kind:?}");
    }
}

#[test]
fn frames_become_what_a_tsl_device_would_say() {
    let layout = layout();
    let mut report = vec![0xaa, 0x01, 0xff, 0x38, 0x2b, 0x00, 0x82];
    report.extend(super::Checksum::Crc16Modbus.over(&report));
    let heard = layout.read(&report).unwrap();
    assert_eq!((heard.event, heard.faults), (None, vec![]));
    assert_eq!(Json::Object(heard.params), json!({"t": -20, "set": 21.5, "on": 1, "mode": 2}));
    let heard = layout.read(&[0xaa, 0x02, 0x07, 0xaf]).unwrap();
    assert_eq!((heard.event.as_deref(), Json::Object(heard.params)), (Some("alarm"), json!({"level": 7})));

    report[8] ^= 1;
    for (frame, code) in [
        (report.as_slice(), "layout.checksum"),
        (&[0xaa, 0x02, 0x07, 0xae], "layout.checksum"),
        (&[0xaa, 0x03, 0x07, 0xae], "layout.no_frame"),
        (&[0xaa, 0x02, 0x07], "layout.no_frame"),
        (&[], "layout.no_frame"),
    ] {
        let fault = layout.read(frame).unwrap_err();
        assert_eq!(fault.code(), code);
        assert!(!fault.text().zh.is_empty() && !fault.text().en.is_empty());
    }
}

#[test]
fn one_field_that_is_no_value_leaves_the_others() {
    let layout: RawLayout = serde_json::from_value(json!({"up": [{"length": 6, "fields": [
        {"identifier": "broken", "at": 0, "type": "f32"}, {"identifier": "good", "at": 4, "type": "u16"}
    ]}]}))
    .unwrap();
    let heard = layout.read(&[0x7f, 0xc0, 0, 0, 0, 9]).unwrap();
    assert_eq!(Json::Object(heard.params), json!({"good": 9}));
    assert_eq!((heard.faults[0].code, heard.faults[0].identifier.as_str()), ("layout.not_finite", "broken"));
}

#[test]
fn what_is_set_goes_into_the_fewest_frames() {
    let layout = layout();
    let mut dated = vec![0x58, 0, 0, 0, 0, 0, 0, 1, 0];
    dated.extend(super::Checksum::Crc16Ccitt.over(&dated));
    for (values, frames) in [
        (json!({"on": 1}), vec![vec![0x56, 1]]),
        (json!({"on": 0, "set": 21.5}), vec![vec![0x55, 0, 43, 0, 0x80]]),
        (json!({"on": true, "name": "ab"}), vec![vec![0x56, 1], vec![0x57, b'a', b'b', 0, 0, 0, 0]]),
        (json!({"at": "256"}), vec![dated]),
        (json!({}), vec![]),
    ] {
        assert_eq!(layout.set(&object(values.clone())), Ok(frames), "{values}");
    }
    assert_eq!(layout.call("beep", &object(json!({"times": 42}))), Ok(vec![0x59, 0x00, 0x42]));
    let code = |values: Json| layout.set(&object(values)).unwrap_err().code();
    assert_eq!(code(json!({"set": 1})), "layout.no_way", "its only frame sets `on` too");
    assert_eq!(code(json!({"mode": 1})), "layout.no_way");
    assert_eq!(code(json!({"on": 1, "set": 40_000})), "layout.range");
    assert_eq!(code(json!({"on": "x"})), "layout.kind");
    assert_eq!(code(json!({"name": "seven.."})), "layout.text");
    assert_eq!(layout.call("beep", &Map::new()).unwrap_err().code(), "layout.no_way");
    assert_eq!(layout.call("other", &Map::new()).unwrap_err().code(), "layout.no_way");
}

#[test]
fn a_model_with_frames_is_written_back_unchanged() {
    let mut json = model();
    json["x"]["raw"]["down"][4]["length"] = json!(3);
    let (model, _) = parsed(&json);
    assert_eq!(canonical::to_string(&model.unwrap()).unwrap(), canonical::to_string(&json).unwrap());
}

#[test]
fn the_example_of_the_documentation_is_sound() {
    for page in
        [include_str!("../../../../web/docs/zh-CN/messages.md"), include_str!("../../../../web/docs/en/messages.md")]
    {
        let example = page.split("```").find(|block| block.contains("\"up\"")).unwrap().trim_start_matches("json");
        let mut json = model();
        json["x"]["raw"] = serde_json::from_str(example).unwrap();
        json["properties"][0]["identifier"] = json!("temperature");
        json["properties"][2]["identifier"] = json!("power");
        assert_eq!(parsed(&json).1, [""; 0]);
    }
}

#[test]
fn all_faults_with_their_place() {
    assert_eq!(parsed(&model()).1, ["layout.beyond /x/raw/down/4/fields/0/at"]);
    let mut json = model();
    json["x"]["raw"] = json!({
        "up": [
            {"when": [{"at": 0, "equals": "a"}], "length": 3, "fields": [{"identifier": "tt", "at": 0, "type": "i16"}, {"identifier": "t", "at": 2, "type": "u16"}, {"identifier": "t", "at": 0, "type": "text(2)"}]},
            {"length": 0, "checksum": "sum8"},
            {"of": "boom", "length": 1},
            {"length": 4, "fields": [{"identifier": "on", "at": 0, "type": "u8", "scale": 0}, {"identifier": "t", "at": 0, "type": "u8", "bits": {"from": 7, "count": 2}}]},
            {"when": [{"at": 0, "equals": "01"}], "length": 4, "fields": [{"identifier": "t", "at": 0, "type": "i16"}]},
            {"length": 4, "fields": [{"identifier": "t", "at": 0, "type": "i17"}, {"identifier": "t", "at": 0, "type": "i16", "colour": 1}]}
        ],
        "down": [
            {"when": [{"at": 0, "equals": "01"}], "length": 3, "fields": [{"identifier": "t", "at": 1, "type": "i16"}, {"identifier": "set", "at": 0, "type": "u16"}]},
            {"when": [{"at": usize::MAX, "equals": "01"}], "length": 3, "fields": [{"identifier": "on", "at": 1, "type": "u8", "bits": {"from": 0, "count": 1}}, {"identifier": "mode", "at": 1, "type": "u8", "bits": {"from": 1, "count": 3}}]},
            {"length": "x"}
        ],
        "sideways": []
    });
    assert_eq!(
        parsed(&json).1,
        [
            "model.shape /x/raw/up/5/fields/0",
            "model.shape /x/raw/up/5/fields/1",
            "model.shape /x/raw/down/2",
            "model.unknown_field /x/raw/sideways",
            "layout.identifier /x/raw/up/0/fields/0/identifier",
            "layout.duplicate /x/raw/up/0/fields/2/identifier",
            "layout.type /x/raw/up/0/fields/2/type",
            "layout.mark /x/raw/up/0/when/0/equals",
            "layout.beyond /x/raw/up/0/fields/1/at",
            "layout.empty /x/raw/up/1/fields",
            "layout.length /x/raw/up/1/length",
            "layout.of /x/raw/up/2/of",
            "layout.scale /x/raw/up/3/fields/0/scale",
            "layout.bits /x/raw/up/3/fields/1/bits",
            "layout.shadowed /x/raw/up/4",
            "layout.empty /x/raw/up/5/fields",
            "layout.shadowed /x/raw/up/5",
            "layout.read_only /x/raw/down/0/fields/0/identifier",
            "layout.overlap /x/raw/down/0/fields/1/at",
            "layout.beyond /x/raw/down/1/when/0",
        ]
    );
    json["x"]["raw"] = json!([]);
    assert_eq!(parsed(&json).1, ["model.shape /x/raw"]);
}

proptest! {
    #[test]
    fn any_frame_is_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..12), which in 0usize..3) {
        let layout = layout();
        if which == 1 && bytes.len() >= 9 {
            bytes.truncate(7);
            bytes[0] = 0xaa;
            bytes[1] = 1;
            bytes.extend(super::Checksum::Crc16Modbus.over(&bytes.clone()));
            let heard = layout.read(&bytes).unwrap();
            prop_assert_eq!((heard.params.len(), heard.faults.len()), (4, 0));
        } else {
            prop_assert!(layout.read(&bytes).is_ok_and(|h| !h.params.is_empty()) || layout.read(&bytes).is_err());
        }
    }

    #[test]
    fn any_layout_is_taken_or_refused(at in any::<usize>(), length in any::<usize>(), equals in "[0-9a-f]{0,4}|.{0,3}", frame in proptest::collection::vec(any::<u8>(), 0..8)) {
        let mut json = model();
        json["x"]["raw"] = json!({"up": [{"when": [{"at": at, "equals": equals}], "length": length, "fields": [{"identifier": "t", "at": at, "type": "u16"}]}], "down": [{"when": [{"at": at, "equals": equals}], "length": length, "fields": [{"identifier": "on", "at": at, "type": "bool"}]}]});
        let layout: RawLayout = serde_json::from_value(json["x"]["raw"].clone()).unwrap();
        let sound = parsed(&json).0.is_some();
        // A layout that was never checked does no harm either.
        prop_assert!(layout.read(&frame).is_ok_and(|h| h.event.is_none()) || layout.read(&frame).is_err());
        let set = layout.set(&object(json!({"on": 1})));
        prop_assert!(!sound || set.is_ok());
    }
}
