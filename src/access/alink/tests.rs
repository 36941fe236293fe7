use super::*;
use base::id::{DeviceId, PointId};
use base::{Sample, Timestamp};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use things::ingest::{Ingested, properties};
use things::{Device, Names, Product, ThingModel, World, WorldDoc};

const ME: Address<'static> = Address { product: "pk", device: "dn" };

#[test]
fn topics_are_known_with_and_without_a_slash() {
    for (topic, up) in [
        ("/sys/pk/dn/thing/event/property/post", Up::PropertyPost),
        ("/sys/pk/dn/thing/event/property/pack/post", Up::PackPost),
        ("/sys/pk/dn/thing/event/alarm/post", Up::EventPost { identifier: "alarm" }),
        ("/sys/pk/dn/thing/event/module:alarm/post", Up::EventPost { identifier: "module:alarm" }),
        ("/sys/pk/dn/thing/service/property/set_reply", Up::PropertySetReply),
        ("/sys/pk/dn/thing/service/open_door_reply", Up::ServiceReply { identifier: "open_door" }),
        ("/sys/pk/dn/thing/model/up_raw", Up::UpRaw),
        ("/sys/pk/dn/thing/model/down_raw_reply", Up::DownRawReply),
        ("/sys/pk/dn/rrpc/response/77", Up::RrpcResponse { id: "77" }),
        ("/ext/rrpc/77/a/b", Up::ExtRrpc { id: "77", topic: "a/b" }),
        ("/sys/pk/dn/thing/deviceinfo/update", Up::TagsUpdate),
        ("/sys/pk/dn/thing/deviceinfo/delete", Up::TagsDelete),
        ("/sys/pk/dn/thing/config/get", Up::ConfigGet),
        ("/sys/pk/dn/thing/config/push_reply", Up::ConfigPushReply),
        ("/sys/pk/dn/thing/property/desired/get", Up::DesiredGet),
        ("/sys/pk/dn/thing/property/desired/delete", Up::DesiredDelete),
        ("/sys/pk/dn/thing/ota/firmware/get", Up::OtaRequest),
        ("/ota/device/inform/pk/dn", Up::OtaInform),
        ("/ota/device/progress/pk/dn", Up::OtaProgress),
        ("/pk/dn/user/a/b", Up::User { rest: "a/b" }),
    ] {
        let owner = (!topic.starts_with("/ext")).then_some(ME);
        assert_eq!(Up::parse(topic), (owner, up), "{topic}");
        assert_eq!(Up::parse(topic.trim_start_matches('/')), (owner, up), "{topic}");
        assert_eq!(up.topic(ME), topic);
        assert_eq!(up.is_answered(), topic.contains("/thing/") && !topic.ends_with("_reply"), "{topic}");
    }
    for topic in [
        "",
        "/",
        "sys",
        "/sys/pk/dn",
        "/sys/pk/dn/thing",
        "/sys/pk/dn/thing/service/open_door",
        "/sys/pk/dn/thing/service/_reply",
        "/sys/pk/dn/thing/event//post",
        "/sys/pk/dn/thing/event/alarm/post/more",
        "/sys/pk/dn/rrpc/response/",
        "/sys/pk/dn/rrpc/request/77",
        "/ota/device/inform/pk",
        "/ota/device/other/pk/dn",
        "/ext/rrpc/77",
        "/ext/dn/user/x",
        "/pk/dn/other/x",
    ] {
        assert_eq!(Up::parse(topic).1, Up::Foreign, "{topic}");
    }
    assert_eq!(Up::parse("/sys//dn/thing/model/up_raw"), (None, Up::Foreign));
    assert_eq!(reply_topic("sys/pk/dn/thing/model/up_raw"), "/sys/pk/dn/thing/model/up_raw_reply");
    assert_eq!(canonical("/a"), "/a");
}

#[test]
fn devices_are_told_where_they_listen() {
    for (down, topic, method) in [
        (Down::PropertySet, "/sys/pk/dn/thing/service/property/set", Some("thing.service.property.set")),
        (Down::Service { identifier: "go" }, "/sys/pk/dn/thing/service/go", Some("thing.service.go")),
        (Down::DownRaw, "/sys/pk/dn/thing/model/down_raw", None),
        (Down::RrpcRequest { id: "7" }, "/sys/pk/dn/rrpc/request/7", None),
        (Down::ExtRrpc { id: "7", topic: "a/b" }, "/ext/rrpc/7/a/b", None),
        (Down::ConfigPush, "/sys/pk/dn/thing/config/push", Some("thing.config.push")),
    ] {
        assert_eq!((down.topic(ME).as_str(), down.method().as_deref()), (topic, method));
    }
    for (up, method) in [
        (Up::PropertyPost, Some("thing.event.property.post")),
        (Up::EventPost { identifier: "alarm" }, Some("thing.event.alarm.post")),
        (Up::PropertySetReply, Some("thing.service.property.set")),
        (Up::ServiceReply { identifier: "go" }, Some("thing.service.go")),
        (Up::TagsUpdate, Some("thing.deviceinfo.update")),
        (Up::RrpcResponse { id: "1" }, None),
    ] {
        assert_eq!(up.method().as_deref(), method);
    }
    let told: Json = serde_json::from_slice(&command("9", "thing.service.property.set", &json!({"on": 1}))).unwrap();
    assert_eq!(told, json!({"id": "9", "version": "1.0", "params": {"on": 1}, "method": "thing.service.property.set"}));
}

/// The paths of the faults of a request, and the id that an answer would have.
fn broken(payload: &[u8]) -> (Json, Vec<String>) {
    let broken = Request::read(payload).unwrap_err();
    assert_eq!(Reply::to_broken(&broken).code, Code::Request);
    assert!(!broken.text().zh.is_empty() && !broken.text().en.is_empty());
    (broken.id, broken.found.into_iter().map(|d| format!("{} {}", d.code, d.path)).collect())
}

#[test]
fn requests_are_read_or_all_their_faults_told() {
    for (written, id, ack) in [
        (
            json!({"id": "123", "version": "1.0", "sys": {"ack": 0}, "params": {"t": 1}, "method": "m"}),
            json!("123"),
            false,
        ),
        (json!({"id": "123", "sys": {"ack": 1}, "params": {"t": 1}}), json!("123"), true),
        (json!({"id": 123, "sys": {}, "params": {"t": 1}}), json!(123), true),
        (json!({"id": "1", "params": {"t": 1}, "more": true}), json!("1"), true),
    ] {
        let read = Request::read(written.to_string().as_bytes());
        assert_eq!(read, Ok(Request { id, ack, params: json!({"t": 1}) }), "{written}");
    }
    let deep = format!(r#"{{"id": "7", "params": {}1{}}}"#, "[".repeat(20), "]".repeat(20));
    let bottomless = format!(r#"{{"id": "7", "params": {}"#, "[".repeat(100_000));
    let huge = vec![b' '; 300 * 1024];
    for (payload, id, faults) in [
        (&b"{"[..], json!(null), vec!["alink.json "]),
        (b"", json!(null), vec!["alink.json "]),
        (b"\xff\xfe", json!(null), vec!["alink.json "]),
        (b"[]", json!(null), vec!["alink.shape "]),
        (b"{}", json!(null), vec!["alink.shape /id", "alink.shape /params"]),
        (
            br#"{"id": {}, "sys": {"ack": []}, "params": 1}"#,
            json!(null),
            vec!["alink.shape /id", "alink.shape /sys/ack", "alink.shape /params"],
        ),
        (br#"{"id": "7", "params": null}"#, json!("7"), vec!["alink.shape /params"]),
        (br#"{"id": 1.5, "params": {}}"#, json!(null), vec!["alink.shape /id"]),
        (deep.as_bytes(), json!("7"), vec!["alink.depth "]),
        (bottomless.as_bytes(), json!(null), vec!["alink.json "]),
        (&huge, json!(null), vec!["alink.size "]),
    ] {
        assert_eq!(broken(payload), (id, faults.into_iter().map(String::from).collect()), "{:?}", payload.get(..40));
    }
    let long = format!(r#"{{"id": "{}", "params": {{}}}}"#, "9".repeat(65));
    assert_eq!(broken(long.as_bytes()).1, ["alink.shape /id"]);
}

#[test]
fn answers_of_devices_are_read() {
    let read = |json: Json| Response::read(json.to_string().as_bytes());
    let answer = read(json!({"id": "5", "code": 200, "data": {"a": 1}})).unwrap();
    assert_eq!((answer.id.as_str(), &answer.data, answer.refusal()), ("5", &json!({"a": 1}), None));
    let answer = read(json!({"id": 5, "code": "6306", "message": "no"})).unwrap();
    assert_eq!((answer.id.as_str(), &answer.data, answer.refusal()), ("5", &json!({}), Some("6306 no".into())));
    assert_eq!(read(json!({"id": "5", "code": 100_000})).unwrap().refusal(), Some("100000".into()));
    let faults: Vec<String> = read(json!({"data": 1})).unwrap_err().found.into_iter().map(|d| d.path).collect();
    assert_eq!(faults, ["/id", "/code"]);
}

fn world() -> World {
    let property = |id: &str, type_: &str, specs: Json| json!({"identifier": id, "name": id, "accessMode": "r", "dataType": {"type": type_, "specs": specs}});
    let model = json!({"properties": [
        property("i", "int", json!({"max": "9"})), property("f", "float", json!({})), property("d", "double", json!({})),
        property("b", "bool", json!({})), property("e", "enum", json!({"0": "a"})), property("x", "text", json!({})),
        property("t", "date", json!({})), property("s", "struct", json!([])), property("a", "array", json!({"size": "1", "item": {"type": "int"}})),
    ]});
    let (model, found) = ThingModel::parse(&model, things::model::Origin::Created);
    assert_eq!(found, vec![]);
    let product = Product {
        id: base::id::ProductId::of_name("p"),
        key: "pk".into(),
        names: Names::new("p", "p"),
        model: model.unwrap(),
    };
    let device = Device {
        id: DeviceId::of_name("d"),
        product: product.id,
        key: "dn".into(),
        names: Names::new("d", "d"),
        placements: vec![],
        route: things::Route::Direct,
        tags: BTreeSet::new(),
        disabled: false,
    };
    World::build(WorldDoc { products: vec![product], devices: vec![device], ..WorldDoc::default() }).0
}

#[test]
fn every_fault_has_the_number_that_devices_know() {
    let world = world();
    let answer = |params: Json| {
        let taken = properties(
            &world,
            DeviceId::of_name("d"),
            params.as_object().unwrap(),
            Timestamp::from_millis(1_763_700_000_000),
        );
        let reply = Reply::to_properties(json!("1"), &taken);
        serde_json::from_slice::<Json>(&reply.payload("thing.event.property.post")).unwrap()
    };
    for (params, code) in [
        (json!({"i": 10}), 6306),
        (json!({"i": 1.5}), 6306),
        (json!({"f": "1"}), 6307),
        (json!({"d": null}), 6322),
        (json!({"b": 2}), 6308),
        (json!({"e": 7}), 6309),
        (json!({"x": 1}), 6310),
        (json!({"t": "now"}), 6311),
        (json!({"s": 1}), 6312),
        (json!({"a": [1, 2]}), 6328),
        (json!({"zzz": 1}), 6304),
        (json!({}), 460),
        (json!({"i": 1}), 200),
    ] {
        assert_eq!(answer(params.clone())["code"], code, "{params}");
    }
    let many: Json = (0..201).map(|i| (format!("p{i}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(answer(many)["code"], 6106);
    assert_eq!(
        answer(json!({"i": 1, "zzz": 1, "b": 5})),
        json!({"id": "1", "code": 200, "message": "success", "method": "thing.event.property.post", "version": "1.0", "data": {
            "zzz": {"code": 6304, "message": "`zzz` is not in the thing model"},
            "b": {"code": 6308, "message": "`b` takes true or false, not number"},
        }}),
        "what was taken counts, the rest is listed"
    );
    assert_eq!(answer(json!({"zzz": 1}))["message"], "`zzz` is not in the thing model");
    let late =
        Ingested { values: vec![(PointId::of_name("x"), Sample::good(1.0, Timestamp::default()))], faults: vec![] };
    assert_eq!(Reply::to_properties(json!(7), &late).id, json!(7), "the id is repeated as it was");
}

#[test]
fn the_table_of_codes_is_whole() {
    let numbers: Vec<u16> = Code::all().map(Code::number).collect();
    assert!(numbers.windows(2).all(|w| w[0] < w[1]), "{numbers:?}");
    for code in Code::all() {
        assert_eq!(base::Lang::of_text(&code.text().zh), base::Lang::Zh, "{code:?}");
        assert_eq!(base::Lang::of_text(&code.text().en), base::Lang::En, "{code:?}");
    }
    for (code, number) in
        [(Code::Success, 200), (Code::Request, 460), (Code::Topic, 6203), (Code::Disabled, 6204), (Code::Raw, 6450)]
    {
        assert_eq!(code.number(), number);
    }
}

#[test]
fn the_documentation_lists_every_code() {
    let pages = [include_str!("../../../web/docs/zh-CN/messages.md"), include_str!("../../../web/docs/en/messages.md")];
    for code in Code::all() {
        let text = code.text();
        for (page, text) in pages.iter().zip([text.zh, text.en]) {
            let line = format!("| {} | {text} |", code.number());
            assert!(page.lines().any(|l| l == line), "{line}");
        }
    }
}

#[test]
fn packs_are_taken_apart() {
    let pack = Pack::read(&json!({
        "properties": {"p": [{"value": 1, "time": 1}, {"value": 2, "time": 2}], "q": {"value": 3, "time": 1}, "list": [1, 2], "none": []},
        "events": {"e": {"value": {"x": 1}, "time": 1}, "f": [{"value": {}, "time": 1}, {"value": {}, "time": 2}]},
        "subDevices": []
    }))
    .unwrap();
    let sets: Vec<Json> = pack.properties.into_iter().map(Json::Object).collect();
    let first = json!({"p": {"value": 1, "time": 1}, "q": {"value": 3, "time": 1}, "list": [1, 2], "none": []});
    assert_eq!(sets, [first, json!({"p": {"value": 2, "time": 2}})]);
    assert_eq!(pack.events.iter().map(|e| e.0.as_str()).collect::<Vec<_>>(), ["e", "f", "f"]);
    let many: Vec<Json> = (0..101).map(|i| json!({"value": i, "time": i})).collect();
    for (params, faults) in [
        (json!([]), vec!["/params"]),
        (json!({"properties": 1, "more": 1}), vec!["/params/properties", "/params/more"]),
        (json!({"subDevices": [{}]}), vec!["/params/subDevices"]),
        (json!({"properties": {"p": many}}), vec!["/params/properties/p"]),
    ] {
        let found = Pack::read(&params).unwrap_err();
        assert_eq!(found.iter().map(|d| d.path.as_str()).collect::<Vec<_>>(), faults, "{params}");
    }
}

#[test]
fn tags_become_labels() {
    let tags = |list: &[&str]| list.iter().map(|t| t.to_string()).collect::<BTreeSet<String>>();
    let set = Label::updates(&json!([{"attrKey": "room", "attrValue": "三楼"}, {"attrKey": "fw", "attrValue": "1.2"}]))
        .unwrap();
    assert_eq!(labelled(&tags(&["mine", "room=二楼", "room"]), &set), tags(&["mine", "room", "room=三楼", "fw=1.2"]));
    let gone = Label::deletions(&json!([{"attrKey": "fw"}])).unwrap();
    assert_eq!(labelled(&tags(&["mine", "fw=1.2"]), &gone), tags(&["mine"]));
    let found = Label::updates(&json!([{"attrKey": "a b", "attrValue": 1}, {"attrKey": "a", "attrValue": "x\n"}, 1]))
        .unwrap_err();
    let paths: Vec<&str> = found.iter().map(|d| d.path.as_str()).collect();
    assert_eq!(
        paths,
        ["/params/0/attrKey", "/params/0/attrValue", "/params/1/attrValue", "/params/2/attrKey", "/params/2/attrValue"]
    );
    assert!(Label::updates(&json!({})).is_err() && Label::deletions(&json!([])).is_err());
}

fn any_up() -> impl Strategy<Value = (String, String, u8)> {
    ("[a-z:_]{1,8}", "[a-z]{1,4}(/[a-z]{1,4}){0,2}", 0u8..6)
}

proptest! {
    #[test]
    fn any_topic_is_read(topic in "/{0,2}(sys|ota|ext|[a-z]{0,3})?(/(device|rrpc|thing|event|service|post|user|[a-z_]{0,6}|\\PC{0,3})){0,7}") {
        let (owner, up) = Up::parse(&topic);
        if up != Up::Foreign {
            let built = up.topic(owner.unwrap_or(ME));
            prop_assert_eq!(built, canonical(&topic).into_owned());
        }
    }

    #[test]
    fn what_was_built_is_read_the_same((identifier, rest, which) in any_up(), product in "[a-zA-Z0-9]{1,8}", device in "[a-zA-Z0-9_.:-]{1,8}") {
        prop_assume!(identifier != "property" && !matches!(product.as_str(), "sys" | "ota" | "ext"));
        let of = Address { product: &product, device: &device };
        let up = match which {
            0 => Up::EventPost { identifier: &identifier },
            1 => Up::ServiceReply { identifier: &identifier },
            2 => Up::RrpcResponse { id: &identifier },
            3 => Up::User { rest: &rest },
            4 => Up::OtaProgress,
            _ => Up::ExtRrpc { id: &identifier, topic: &rest },
        };
        let topic = up.topic(of);
        let owner = (which != 5).then_some(of);
        prop_assert_eq!(Up::parse(&topic), (owner, up));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[{\"idparams:0-9,}\\] ]{0,60}") {
        for payload in [bytes.as_slice(), text.as_bytes()] {
            if let Err(broken) = Request::read(payload) {
                prop_assert!(!broken.found.is_empty());
                let answer: Json = serde_json::from_slice(&Reply::to_broken(&broken).payload("m")).unwrap();
                prop_assert_eq!(&answer["code"], &json!(460));
            }
            prop_assert!(Response::read(payload).is_ok_and(|r| !r.id.is_empty()) || Response::read(payload).is_err());
        }
    }

    #[test]
    fn what_we_answer_can_be_read(id in "[a-z0-9]{1,20}", which in 0usize..19) {
        let code = Code::all().nth(which).unwrap();
        let read = Response::read(&Reply::new(json!(id), code).payload("m")).unwrap();
        prop_assert_eq!((read.id, read.code), (id, i64::from(code.number())));
    }
}
