//! Devices that are registered, changed, removed, restored and replaced, and what they log in with.

use super::*;
use base::Span;
use base::id::DeviceId;
use documents::ProposalDoc;
use runtime::sim;
use serde_json::json;

/// The id of a device that an answer is about.
fn id_of(made: &Json) -> String {
    made["device"]["id"].as_str().unwrap().to_owned()
}

fn secret_of(made: &Json) -> String {
    made["credential"]["device_secret"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_device_is_registered_with_a_secret_and_a_line_to_paste() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let wanted =
        json!({ "product": "pump", "names": { "zh": ["循环泵"], "en": ["Pump"] }, "space": "Lobby", "tags": ["new"] });
    let reply = site.post(&operator, "/api/devices", &wanted).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let made = reply.json();
    let device = &made["device"];
    assert_eq!(
        (&device["key"], &device["product"], &device["names"]["zh"][0], &device["space"], &device["route"]),
        (&json!("pump_1"), &json!("pump"), &json!("循环泵"), &json!(sim::space("lobby")), &json!("direct"))
    );
    assert_eq!(device["points"].as_array().unwrap().len(), 1, "{device}");
    let credential = &made["credential"];
    let secret = secret_of(&made);
    assert!(secret.len() == 32 && secret.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
    assert_eq!((&credential["product_key"], &credential["device_key"]), (&json!("pump"), &json!("pump_1")));
    let mqtt = &credential["mqtt"];
    assert_eq!((&mqtt["host"], &mqtt["port"]), (&json!("127.0.0.1"), &json!(site.broker.bound().tcp.unwrap().port())));
    assert_eq!(mqtt["client_id"], "pump_1|securemode=3,signmethod=hmacsha256,timestamp=TIMESTAMP|");
    assert_eq!(mqtt["username"], "pump_1&pump");
    let line = mqtt["line"].as_str().unwrap();
    assert!(line.contains("mosquitto_pub") && line.contains(&secret) && line.contains("/sys/pump/pump_1/"), "{line}");
    // It is what the store checks logins against, and it is on the disk.
    let kept = site.store.credentials().find("pump", "pump_1").await.unwrap().unwrap();
    assert_eq!((kept.secret.expose(), kept.shown, kept.device.to_string()), (secret.as_str(), true, id_of(&made)));
    let one = site.get(&operator, &format!("/api/devices/{}", id_of(&made))).await.json();
    assert_eq!(one, *device);
    assert!(!site.everything().await.contains(&secret));
}

#[tokio::test]
async fn faults_of_a_registration_name_their_field() {
    let site = Site::new().await;
    for (wanted, status, code, finding, path) in [
        (json!({ "product": "rom_sensor" }), 422, "register.invalid", "register.product", "/product"),
        (json!({ "product": "pump", "space": "Loby" }), 422, "space.unknown", "space.unknown", "/space"),
        (json!({ "product": "pump", "key": "a/b" }), 422, "configure.invalid", "configure.key", "/key"),
        (
            json!({ "product": "pump", "names": { "en": ["x".repeat(65)] } }),
            422,
            "configure.invalid",
            "configure.name",
            "/names",
        ),
        (json!({ "product": "room_sensor", "key": "meeting_air" }), 409, "register.key", "register.key", "/key"),
        (
            json!({ "product": "pump", "route": { "via": base::id::ConnectionId::from_bits(1) } }),
            422,
            "configure.invalid",
            "world.connection",
            "/route",
        ),
    ] {
        let reply = site.post(&As::Socket, "/api/devices", &wanted).await;
        assert_eq!(reply.problem(), (status, code.to_owned()), "{wanted}");
        let found = &reply.json()["diagnostics"][0];
        assert_eq!((&found["code"], &found["path"]), (&json!(finding), &json!(path)), "{found}");
        for lang in ["zh", "en"] {
            assert!(found["message"][lang].as_str().is_some_and(|m| !m.is_empty()), "{found}");
        }
    }
    let near = site.post(&As::Socket, "/api/devices", &json!({ "product": "rom_sensor" })).await.json();
    assert!(near["diagnostics"][0]["help"]["en"].as_str().unwrap().contains("room_sensor"), "{near}");
    assert_eq!(
        site.get(&As::Socket, "/api/devices?limit=500").await.json()["items"].as_array().unwrap().len(),
        sim::world().devices.len()
    );
}

#[tokio::test]
async fn an_agent_proposes_and_never_sees_a_secret() {
    let site = Site::new().await;
    let (agent, operator) = (As::Token(Role::Agent), As::Token(Role::Operator));
    let refused = site.post(&As::Token(Role::Viewer), "/api/devices", &json!({ "product": "pump" })).await;
    assert_eq!(refused.problem(), (403, "policy.denied".into()));
    let asked = site.post(&agent, "/api/devices", &json!({ "product": "pump" })).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text());
    let asked = asked.json();
    assert!(asked["proposals"][0]["readback"]["en"].as_str().unwrap().contains("add device"), "{asked}");
    let document: ProposalDoc = serde_json::from_value(asked["proposals"][0]["document"].clone()).unwrap();
    assert!(matches!(document, ProposalDoc::Configuration(changes) if changes.len() == 2));
    assert!(site.store.credentials().find("pump", "pump_1").await.unwrap().is_none());

    assert_eq!(site.approve(&agent, &asked).await.problem().0, 403);
    let done = site.approve(&operator, &asked).await.json();
    assert_eq!(done["revisions"].as_array().unwrap().len(), 1, "{done}");
    let kept = site.store.credentials().find("pump", "pump_1").await.unwrap().unwrap();
    assert!(!kept.shown);
    let path = format!("/api/devices/{}", kept.device);
    for verb in ["secret", "secret?rotate=true", "token", "replace"] {
        let reply = site.post(&agent, &format!("{path}/{verb}"), &json!({})).await;
        assert_eq!(reply.problem(), (403, "policy.denied".into()), "{verb}");
    }
    let shown = site.post(&operator, &format!("{path}/secret"), &json!({})).await;
    assert_eq!(shown.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(shown.json()["device_secret"], kept.secret.expose());
    assert!(!site.everything().await.contains(kept.secret.expose()));
}

#[tokio::test]
async fn a_secret_is_shown_once_and_rotated() {
    let site = Site::new().await;
    let made = site.post(&As::Socket, "/api/devices", &json!({ "product": "pump" })).await.json();
    let path = format!("/api/devices/{}/secret", id_of(&made));
    assert_eq!(site.post(&As::Socket, &path, &json!({})).await.problem(), (409, "secret.seen".into()));
    let rotated = site.post(&As::Socket, &format!("{path}?rotate=true"), &json!({})).await.json();
    let new = rotated["device_secret"].as_str().unwrap();
    assert_ne!(new, secret_of(&made));
    assert_eq!(site.store.credentials().find("pump", "pump_1").await.unwrap().unwrap().secret.expose(), new);
    assert_eq!(site.post(&As::Socket, &path, &json!({})).await.problem(), (409, "secret.seen".into()));
    // A device whose secret is gone for some reason gets one when somebody asks.
    let device = DeviceId::parse(&id_of(&made)).unwrap();
    site.store.credentials().remove(device).await.unwrap();
    assert_eq!(site.post(&As::Socket, &path, &json!({})).await.status, StatusCode::OK);
    // Simulated devices have none.
    let simulated = format!("/api/devices/{}/secret", sim::device("lobby_light"));
    assert_eq!(site.post(&As::Socket, &simulated, &json!({})).await.problem(), (409, "device.route".into()));
    let unknown = format!("/api/devices/{}/secret", DeviceId::from_bits(1));
    assert_eq!(site.post(&As::Socket, &unknown, &json!({})).await.problem(), (404, "not_found".into()));
}

#[tokio::test]
async fn new_hardware_has_the_old_id_and_a_secret_of_its_own() {
    let site = Site::new().await;
    let credentials = site.store.credentials();
    let made = site.post(&As::Socket, "/api/devices", &json!({ "product": "pump", "space": "Lobby" })).await.json();
    let path = format!("/api/devices/{}", id_of(&made));
    let token = site.post(&As::Socket, &format!("{path}/token"), &json!({})).await.json();
    let token = token["token"].as_str().unwrap();
    assert_eq!(credentials.verify_device_token(token).await.unwrap().to_string(), id_of(&made));
    let new = site.post(&As::Socket, &format!("{path}/replace"), &json!({ "key": "pump-b" })).await.json();
    assert_eq!((id_of(&new), &new["device"]["key"]), (id_of(&made), &json!("pump-b")));
    assert_eq!(new["device"]["space"], made["device"]["space"]);
    assert_ne!(secret_of(&new), secret_of(&made));
    // The old login is nobody's any more, by name and by token.
    assert!(credentials.find("pump", "pump_1").await.unwrap().is_none());
    assert!(credentials.verify_device_token(token).await.is_err());
    assert_eq!(credentials.find("pump", "pump-b").await.unwrap().unwrap().secret.expose(), secret_of(&new));
    // The same key with other hardware.
    let again = site.post(&As::Socket, &format!("{path}/replace"), &json!({})).await.json();
    assert_eq!((id_of(&again), &again["device"]["key"]), (id_of(&made), &json!("pump-b")));
    assert_ne!(secret_of(&again), secret_of(&new));
    let other = site.post(&As::Socket, "/api/devices", &json!({ "product": "pump" })).await.json();
    let taken = json!({ "key": other["device"]["key"] });
    let reply = site.post(&As::Socket, &format!("{path}/replace"), &taken).await;
    assert_eq!(reply.problem(), (409, "register.key".into()));
}

#[tokio::test]
async fn a_device_is_changed_field_by_field() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let path = format!("/api/devices/{}", sim::device("lobby_light"));
    let before = site.get(&operator, &path).await.json();
    let change = async |body: Json| site.say(&operator, Method::PATCH, &path, &body).await;
    let named = change(json!({ "names": { "en": ["Entrance lamp"] } })).await.json();
    assert_eq!((&named["names"], &named["space"]), (&json!({ "en": ["Entrance lamp"] }), &before["space"]));
    let moved = change(json!({ "space": "Meeting room", "tags": ["moved"] })).await.json();
    assert_eq!((&moved["space"], &moved["tags"]), (&json!(sim::space("meeting")), &json!(["moved"])));
    assert_eq!(change(json!({ "space": null })).await.json()["space"], Json::Null);
    assert_eq!(change(json!({ "disabled": true })).await.json()["disabled"], true);
    // Saying the same again changes nothing, and makes no revision.
    let seq = site.store.log().last_seq();
    assert_eq!(change(json!({ "disabled": true })).await.status, StatusCode::OK);
    assert_eq!(site.store.log().last_seq(), seq);
    let command = format!("/api/points/{}/command", sim::point("lobby_light", "power"));
    let refused = site.post(&operator, &command, &json!({ "value": true })).await.json();
    assert_eq!(refused["receipts"][0]["state"], "refused", "{refused}");
    for (body, problem) in [
        (json!({ "space": "nowhere" }), (422, "space.unknown")),
        (json!({ "names": {} }), (422, "configure.invalid")),
        (json!({ "key": "x" }), (422, "body.shape")),
    ] {
        assert_eq!(change(body.clone()).await.problem(), (problem.0, problem.1.to_owned()), "{body}");
    }
    let asked = site.say(&As::Token(Role::Agent), Method::PATCH, &path, &json!({ "disabled": false })).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_removed_device_comes_back_within_a_day() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let made = site.post(&operator, "/api/devices", &json!({ "product": "pump" })).await.json();
    let (id, secret) = (id_of(&made), secret_of(&made));
    let path = format!("/api/devices/{id}");
    assert_eq!(site.delete(&As::Token(Role::Viewer), &path).await.problem().0, 403);
    assert_eq!(site.delete(&operator, &path).await.status, StatusCode::OK);
    assert_eq!(site.get(&operator, &path).await.problem().0, 404);
    assert_eq!(site.delete(&operator, &path).await.problem(), (404, "not_found".into()));
    let removed = site.get(&operator, "/api/devices/removed").await.json();
    assert_eq!((&removed["items"][0]["id"], &removed["items"][0]["product"]), (&json!(id), &json!("pump")));
    let back = site.post(&operator, &format!("{path}/restore"), &json!({})).await.json();
    assert_eq!(back["id"], json!(id), "{back}");
    // It logs in as before.
    assert_eq!(site.store.credentials().find("pump", "pump_1").await.unwrap().unwrap().secret.expose(), secret);
    assert_eq!(site.post(&operator, &format!("{path}/restore"), &json!({})).await.problem().0, 404);
    site.delete(&operator, &path).await;
    site.handle.advance(Span::from_secs(24 * 3600)).await.unwrap();
    assert_eq!(site.post(&operator, &format!("{path}/restore"), &json!({})).await.problem().0, 404);
    assert_eq!(site.get(&operator, "/api/devices/removed").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_device_that_rules_use_is_removed_only_by_force() {
    let site = Site::new().await;
    let owner = As::Socket;
    let said = json!({ "text": "When the CO2 in the meeting room is above 1000 ppm for 6 seconds, turn on the meeting room light" });
    let answer = site.post(&owner, "/api/conversation/process", &said).await.json();
    let done = site.approve(&owner, &answer).await.json();
    assert_eq!(done["rules"].as_array().map(Vec::len), Some(1), "{answer} {done}");
    let path = format!("/api/devices/{}", sim::device("meeting_light"));
    let uses = site.get(&owner, &format!("{path}/uses")).await.json();
    assert_eq!(uses["items"][0]["id"], done["rules"][0]["id"], "{uses}");
    let refused = site.delete(&owner, &path).await;
    assert_eq!(refused.problem(), (409, "configure.used".into()));
    let name = done["rules"][0]["name"]["en"].as_str().unwrap();
    let found = refused.json()["diagnostics"][0]["message"]["en"].as_str().unwrap().to_owned();
    assert!(found.contains(name), "{found} {name}");
    assert_eq!(site.delete(&owner, &format!("{path}?force=true")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn events_of_a_device_come_newest_first() {
    let site = Site::new().await;
    let mut model = things::templates::by_name("pump").unwrap().clone();
    let event = |id: &str, kind: &str| json!({ "identifier": id, "name": id, "type": kind, "outputData": [] });
    model.events = serde_json::from_value(json!([event("started", "info"), event("dry", "alert")])).unwrap();
    let product = json!({ "key": "well", "names": { "en": ["Well pump"] }, "model": model });
    let made = site.post(&As::Socket, "/api/products", &product).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = site.post(&As::Socket, "/api/devices", &json!({ "product": "well" })).await.json();
    let device = DeviceId::parse(&id_of(&made)).unwrap();
    for (n, event) in ["started", "dry", "started"].into_iter().enumerate() {
        let at = Timestamp::from_millis(NOON_MS + i64::try_from(n / 2).unwrap());
        let output = base::Value::no_arguments();
        site.handle.apply(Event::Occurrence { device, event: event.into(), output, at }).await.unwrap();
    }
    let path = format!("/api/devices/{device}/events");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = site.get(&As::Token(Role::Viewer), &format!("{path}?limit=1{cursor}")).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|e| format!("{} {}", e["event"], e["kind"])));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [r#""started" "info""#, r#""dry" "alert""#, r#""started" "info""#]);
}
