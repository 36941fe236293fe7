//! Devices that are real MQTT clients on the built program. The whole way in both languages: a sensor and a plug log in
//! with their secrets, a spoken rule is approved, the plug is pulled in the dwell, and the command goes out once. And
//! the promise of the broker under load: what it acknowledged is in the log once, whatever happens to the program.

use crate::peers::{self, Peer};
use crate::server::{Server, pause, run, soak};
use base::Bilingual;
use base::id::{DeviceId, PointId, RuleId};
use documents::{Event, Role, RuleGraph};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What is said in one language.
struct Script {
    rule: &'static str,
    readback: &'static [&'static str],
    off: &'static str,
    on: &'static str,
    offline: &'static str,
}

const ENGLISH: Script = Script {
    rule: "When the CO2 in the laboratory is above 1000 ppm for 6 seconds, turn on the laboratory extractor",
    readback: &["1000 ppm", "6", "Laboratory extractor"],
    off: "turn off the laboratory extractor",
    on: "turn on the laboratory extractor",
    offline: "offline",
};

const CHINESE: Script = Script {
    rule: "如果实验室二氧化碳持续6秒超过1000ppm，就打开实验室排风",
    readback: &["1000 ppm", "6", "实验室排风"],
    off: "关闭实验室排风",
    on: "打开实验室排风",
    offline: "不在线",
};

/// A device that was registered, with what it logs in with.
struct Registered {
    id: DeviceId,
    product: String,
    key: String,
    secret: String,
}

impl Registered {
    async fn new(server: &Server, token: &str, body: Json) -> Registered {
        let (status, made) = server.post(token, "/api/devices", body).await;
        assert_eq!(status, 201, "{made}");
        let text = |v: &Json| v.as_str().unwrap_or_else(|| panic!("{made}")).to_string();
        let credential = &made["credential"];
        Registered {
            id: DeviceId::parse(&text(&made["device"]["id"])).unwrap(),
            product: text(&credential["product_key"]),
            key: text(&credential["device_key"]),
            secret: text(&credential["device_secret"]),
        }
    }

    fn plug_in(&self, port: u16, more: &[&str]) -> Peer {
        let mut command = peers::python();
        command.arg(peers::script("device.py")).args([&port.to_string(), &self.product, &self.key]).args(more);
        Peer::start(&self.key, command.env("DEVICE_SECRET", &self.secret))
    }

    fn point(&self, identifier: &str) -> PointId {
        things::PointSpec::id_of(self.id, identifier)
    }
}

fn start(data: &Path, port: u16) -> Server {
    Server::start_with(data, &["--demo", "--mqtt-port", &port.to_string()])
}

#[tokio::test]
async fn a_sensor_and_a_plug_are_connected_and_ruled_in_english() {
    tell(&ENGLISH, &["--311"]).await;
}

#[tokio::test]
async fn a_sensor_and_a_plug_are_connected_and_ruled_in_chinese() {
    tell(&CHINESE, &[]).await;
}

async fn tell(script: &Script, more: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let port = peers::free_port();
    let server = start(dir.path(), port);
    let (agent, operator, owner) = (server.token(Role::Agent), server.token(Role::Operator), server.token(Role::Owner));
    let room = json!({"kind": "room", "names": {"zh": ["实验室"], "en": ["Laboratory"]}});
    let (status, space) = server.post(&operator, "/api/spaces", room).await;
    assert_eq!(status, 201, "{space}");
    let in_room = |product: &str, zh: &str, en: &str| json!({"product": product, "space": space["id"], "names": {"zh": [zh], "en": [en]}});
    let sensor = Registered::new(&server, &operator, in_room("room_sensor", "实验室空气", "Laboratory air")).await;
    let plug = Registered::new(&server, &operator, in_room("outlet", "实验室排风", "Laboratory extractor")).await;

    // They log in, and the first value is there.
    let (mut air, extractor) = (sensor.plug_in(port, more), plug.plug_in(port, more));
    air.wait_for_text("online");
    air.tell("{\"co2\": 500}\n");
    air.wait_for_text("reply 200");
    let (co2, power) = (sensor.point("co2"), plug.point("power"));
    server.until(&owner, &format!("/api/points/{co2}"), |p| p["sample"]["value"] == 500.0).await;
    extractor.wait_for_text("online");

    // The rule, and the plug pulled in the dwell: both devices come back by themselves.
    let reply = server.say(&agent, None, script.rule).await;
    let proposal = &reply["proposals"][0];
    for part in script.readback {
        assert!(proposal["readback"].to_string().contains(part), "{reply} lacks {part}");
    }
    let approve = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
    let hash = json!({ "hash": proposal["hash"] });
    assert_eq!(server.post(&agent, &approve, hash.clone()).await.0, 403);
    assert_eq!(server.post(&operator, &approve, hash).await.0, 200);
    air.tell("{\"co2\": 1200}\n");
    server.until(&owner, &format!("/api/points/{co2}"), |p| p["sample"]["value"] == 1200.0).await;
    pause(500).await;
    server.kill();
    let server = start(dir.path(), port);
    server.until(&owner, &format!("/api/points/{power}"), |p| p["sample"]["value"] == true).await;
    let why = server.until(&owner, &format!("/api/points/{power}/why"), |w| w["receipt"]["state"] == "confirmed").await;
    assert_eq!(why["rule"]["trigger"]["value"], 1200.0, "{why}");
    assert_eq!(extractor.output().matches("set ").count(), 1, "{}", extractor.output());

    // Spoken: done only when the device says so, refused while it is unplugged, done again when it is back.
    let reply = server.say(&operator, None, script.off).await;
    assert_eq!(reply["receipts"][0]["state"], "confirmed", "{reply}");
    drop(extractor);
    server.until(&owner, &format!("/api/devices/{}", plug.id), |d| d["link"]["online"] == false).await;
    let reply = server.say(&operator, None, script.on).await;
    assert_eq!(reply["receipts"][0]["state"], "refused", "{reply}");
    let speech = reply["response"]["speech"]["plain"]["speech"].as_str().unwrap();
    assert!(speech.contains(script.offline), "{speech}");
    let extractor = plug.plug_in(port, more);
    extractor.wait_for_text("online");
    server.until(&owner, &format!("/api/devices/{}", plug.id), |d| d["link"]["online"] == true).await;
    let reply = server.say(&operator, None, script.on).await;
    assert_eq!(reply["receipts"][0]["state"], "confirmed", "{reply}");
    assert!(extractor.output().contains("set "), "{}", extractor.output());

    // A disabled device is thrown out and does not come in again.
    let (status, body) = server.patch(&operator, &format!("/api/devices/{}", plug.id), json!({"disabled": true})).await;
    assert_eq!(status, 200, "{body}");
    extractor.wait_for_text("refused");
    drop((air, extractor));
    replays(server, dir.path());
}

fn replays(server: Server, data: &Path) {
    server.stop();
    let out = run(&["replay", "--json", "--data", data.to_str().unwrap()]);
    let report: Json = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((out.status.success(), &report["differs"]), (true, &Json::Null), "{report}");
}

/// Devices of the flood, and what each sends in a second.
const DEVICES: usize = 4;
const PER_SECOND: usize = 500;
/// Times that the plug is pulled in `make test`.
const ROUNDS: usize = 3;

#[tokio::test]
async fn what_the_broker_acknowledged_is_in_the_log_once() {
    let dir = tempfile::tempdir().unwrap();
    let port = peers::free_port();
    let server = start(dir.path(), port);
    let operator = server.token(Role::Operator);
    let mut devices = Vec::new();
    for i in 0..DEVICES {
        let body = json!({"product": "sensor_power", "key": format!("meter{i}")});
        devices.push(Registered::new(&server, &operator, body).await);
    }
    let mut meters: Vec<Peer> = devices.iter().map(|d| d.plug_in(port, &[])).collect();
    for meter in &meters {
        meter.wait_for_text("online");
    }
    let mut server = Some(server);
    let mut number = 0;
    for round in 0..ROUNDS * soak() {
        let steps = 8 + round % 5;
        for _ in 0..steps {
            let lines: String = (0..PER_SECOND / 10).map(|i| format!("{{\"power\": {}}}\n", number + i + 1)).collect();
            number += PER_SECOND / 10;
            meters.iter_mut().for_each(|meter| meter.tell(&lines));
            pause(100).await;
        }
        server.take().unwrap().kill();
        server = Some(start(dir.path(), port));
    }
    // What a device had under way when the plug was pulled is gone with its connection; what it says now is answered.
    number += 1;
    for meter in &mut meters {
        let times = ROUNDS * soak();
        peers::wait_until("a device does not come back", || meter.output().matches("online").count() > times);
        meter.tell(&format!("{{\"power\": {number}}}\n"));
        meter.wait_for_text(&format!("acked {number}\n"));
    }
    let acked: Vec<Vec<String>> = meters.iter().map(|m| numbers(&m.output())).collect();
    drop(meters);
    replays(server.take().unwrap(), dir.path());

    let store = store::Store::open(dir.path()).await.unwrap();
    let mut seen: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); DEVICES];
    let mut reader = store.log().read_from(1);
    while let Some(page) = reader.next_page().await.unwrap() {
        for event in page.into_iter().flat_map(|batch| batch.events) {
            let Event::Report { device, values } = event else { continue };
            let Some(at) = devices.iter().position(|d| d.id == device) else { continue };
            for (_, sample) in values {
                *seen[at].entry(sample.value.to_string()).or_default() += 1;
            }
        }
    }
    store.close().await;
    for (acked, seen) in acked.iter().zip(&seen) {
        assert!(acked.len() > number / 4, "{} of {number} were acknowledged", acked.len());
        let lost: Vec<&String> = acked.iter().filter(|n| !seen.contains_key(*n)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let doubled: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
        assert!(doubled.is_empty(), "no device sent anything twice: {doubled:?}");
    }
}

fn numbers(output: &str) -> Vec<String> {
    output.lines().filter_map(|line| Some(line.strip_prefix("acked ")?.to_owned())).collect()
}

/// The rule of a gateway's raw messages: above 25 degrees, `cmd/DEVICE/set` with the number of the message.
fn raw_rule() -> RuleGraph {
    let mut rule = RuleGraph::new(RuleId::of_name("hot"), Bilingual::new("过热", "Too hot"));
    rule.node("heard", "mqtt_topic", json!({"topic": "bench/+/temp"}))
        .node("t", "json_field", json!({"path": "/t", "as": "number"}))
        .node("seq", "json_field", json!({"path": "/seq", "as": "number"}))
        .node("hot", "compare", json!({"op": ">", "value": 25}))
        .node("if", "gate", json!({}))
        .node("out", "publish", json!({"topic": "cmd/{1}/set", "payload": {"on": true, "seq": "{seq}"}}))
        .edge("heard.message", "t.in")
        .edge("heard.message", "seq.in")
        .edge("t.out", "hot.in")
        .edge("heard.message", "if.in")
        .edge("hot.out", "if.if")
        .edge("if.out", "out.in")
        .edge("seq.out", "out.seq");
    rule
}

#[tokio::test]
async fn a_rule_answers_each_hot_message_of_a_gateway_once() {
    let dir = tempfile::tempdir().unwrap();
    let port = peers::free_port();
    let server = start(dir.path(), port);
    let (operator, gateway) = (server.token(Role::Operator), server.token(Role::Bridge));
    let (status, proposed) = server.post(&operator, "/api/rules", serde_json::to_value(raw_rule()).unwrap()).await;
    assert_eq!(status, 200, "{proposed}");
    let proposal = &proposed["proposals"][0];
    assert!(proposal["readback"]["en"].as_str().unwrap().contains("bench/+/temp"), "{proposed}");
    let approve = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
    assert_eq!(server.post(&operator, &approve, json!({ "hash": proposal["hash"] })).await.0, 200);

    let at = port.to_string();
    let login = ["-p", at.as_str(), "-u", "token", "-P", gateway.as_str()];
    let mut listener = peers::program("mosquitto_sub");
    let listener = Peer::start("listener", listener.args(login).args(["-i", "ears", "-t", "cmd/+/set", "-v", "-d"]));
    listener.wait_for_text("SUBACK");
    let mut mouth = peers::program("mosquitto_pub");
    let mut mouth =
        Peer::start("mouth", mouth.args(login).args(["-i", "mouth", "-t", "bench/7/temp", "-q", "1", "-l"]));
    mouth.tell("{\"t\": 26.3, \"seq\": 1}\n{\"t\": 24, \"seq\": 2}\nnonsense\n{\"t\": 27, \"seq\": 3}\n{\"t\": 27, \"seq\": 4}\n");
    listener.wait_for_text("\"seq\":4");
    let said: Vec<String> = listener.output().lines().filter(|l| l.starts_with("cmd/")).map(str::to_string).collect();
    let expected = [1, 3, 4].map(|n| format!("cmd/7/set {{\"on\":true,\"seq\":{n}}}"));
    assert_eq!(said, expected);
    drop((listener, mouth));
    replays(server, dir.path());
}

/// A bell that is pressed twice or more within one message turns the plug on.
fn bell_rule(bell: &Registered, plug: &Registered) -> RuleGraph {
    let mut rule = RuleGraph::new(RuleId::of_name("bell"), Bilingual::new("门铃", "Bell"));
    rule.node("pressed", "event", json!({"device": bell.id, "event": "pressed"}))
        .node("times", "json_field", json!({"path": "/times", "as": "number"}))
        .node("often", "compare", json!({"op": ">=", "value": 2}))
        .node("if", "gate", json!({}))
        .node("on", "command", json!({"point": plug.point("power"), "setting": {"to": true}}))
        .edge("pressed.message", "times.in")
        .edge("times.out", "often.in")
        .edge("pressed.message", "if.in")
        .edge("often.out", "if.if")
        .edge("if.out", "on.in");
    rule
}

#[tokio::test]
async fn an_event_of_a_device_commands_another_one() {
    let dir = tempfile::tempdir().unwrap();
    let port = peers::free_port();
    let server = start(dir.path(), port);
    let owner = server.token(Role::Owner);
    let model = json!({
        "profile": {"productKey": "bell"}, "properties": [], "services": [],
        "events": [{"identifier": "pressed", "name": "按下", "type": "info", "outputData": [
            {"identifier": "times", "name": "次数", "dataType": {"type": "int"}},
        ]}],
    });
    let (status, made) = server.post(&owner, "/api/products", json!({ "model": model })).await;
    assert_eq!(status, 201, "{made}");
    let bell = Registered::new(&server, &owner, json!({"product": "bell", "names": {"en": ["Bell"]}})).await;
    let plug = Registered::new(&server, &owner, json!({"product": "outlet", "names": {"en": ["Chime"]}})).await;
    let (mut button, chime) = (bell.plug_in(port, &[]), plug.plug_in(port, &["--311"]));
    button.wait_for_text("online");
    chime.wait_for_text("online");
    server.until(&owner, &format!("/api/devices/{}", plug.id), |d| d["link"]["online"] == true).await;

    let rule = serde_json::to_value(bell_rule(&bell, &plug)).unwrap();
    let (status, proposed) = server.post(&owner, "/api/rules", rule).await;
    assert_eq!(status, 200, "{proposed}");
    let proposal = &proposed["proposals"][0];
    let approve = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
    assert_eq!(server.post(&owner, &approve, json!({ "hash": proposal["hash"] })).await.0, 200);

    // Once is not enough.
    button.tell("pressed {\"times\": 1}\npressed {\"times\": 2}\n");
    button.wait_for_text("acked 2\n");
    chime.wait_for_text("set ");
    let power = format!("/api/points/{}", plug.point("power"));
    server.until(&owner, &power, |p| p["sample"]["value"] == true).await;
    let confirmed = |why: &Json| why["receipt"]["state"] == "confirmed";
    let why = server.until(&owner, &format!("{power}/why"), confirmed).await;
    assert_eq!(why["rule"]["rule"], json!(RuleId::of_name("bell")), "{why}");
    assert_eq!(chime.output().matches("set ").count(), 1, "{}", chime.output());
    drop((button, chime));
    replays(server, dir.path());
}
