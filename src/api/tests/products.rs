//! Products and templates.

use super::*;
use serde_json::json;

fn model(properties: &Json) -> Json {
    json!({ "profile": { "productKey": "th2" }, "properties": properties, "events": [], "services": [] })
}

fn number(identifier: &str, mode: &str) -> Json {
    json!({ "identifier": identifier, "name": identifier, "accessMode": mode,
        "dataType": { "type": "double", "specs": { "min": "-40", "max": "80", "unit": "°C" } } })
}

#[tokio::test]
async fn templates_say_what_a_device_can_do() {
    let site = Site::new().await;
    let templates = site.get(&As::Token(Role::Viewer), "/api/templates").await.json();
    let items = templates["items"].as_array().unwrap();
    let sensor = items.iter().find(|t| t["name"] == "room_sensor").unwrap();
    assert_eq!(
        (items.len(), &sensor["properties"][0]["trait"]),
        (things::templates::all().count(), &json!("measure.temperature"))
    );
}

#[tokio::test]
async fn a_product_is_made_of_a_template_or_a_model() {
    let site = Site::new().await;
    let owner = As::Socket;
    let made = site.post(&owner, "/api/products", &json!({ "template": "pump" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!((&made.json()["product"]["key"], &made.json()["findings"]), (&json!("pump"), &json!([])));
    let own = json!({ "template": "pump", "key": "well", "names": { "zh": ["井泵"] } });
    let own = site.post(&owner, "/api/products", &own).await.json();
    assert_eq!((&own["product"]["key"], &own["product"]["names"]["zh"][0]), (&json!("well"), &json!("井泵")));

    let mut tsl = model(&json!([number("temperature", "r")]));
    tsl["vendor"] = json!({ "kept": true });
    let made = site.post(&owner, "/api/products", &json!({ "model": tsl })).await.json();
    assert_eq!((&made["product"]["key"], &made["product"]["names"]["en"][0]), (&json!("th2"), &json!("th2")), "{made}");
    let path = format!("/api/products/{}", made["product"]["id"].as_str().unwrap());
    let one = site.get(&As::Token(Role::Viewer), &path).await.json();
    assert_eq!((&one["model"]["vendor"]["kept"], &one["devices"]), (&json!(true), &json!(0)));
    let keys: Vec<Json> = site.get(&owner, "/api/products?limit=500").await.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["key"].clone())
        .collect();
    assert!(["pump", "well", "th2"].iter().all(|k| keys.contains(&json!(k))), "{keys:?}");

    for (wanted, status, code) in [
        (json!({}), 422, "product.source"),
        (json!({ "template": "pump", "model": {} }), 422, "product.source"),
        (json!({ "template": "pomp" }), 422, "product.template"),
        (json!({ "template": "pump" }), 409, "product.taken"),
        (json!({ "template": "siren", "key": "well" }), 409, "product.taken"),
        (json!({ "model": {} }), 422, "product.key"),
        (json!({ "model": [] , "key": "x" }), 422, "product.model"),
        (json!({ "model": { "properties": [{}, 1] }, "key": "x" }), 422, "product.model"),
        (json!({ "template": "siren", "key": "a b" }), 422, "configure.invalid"),
    ] {
        let reply = site.post(&owner, "/api/products", &wanted).await;
        assert_eq!(reply.problem(), (status, code.to_owned()), "{wanted}");
    }
    let broken = json!({ "model": { "properties": [{}, 1] }, "key": "x" });
    let found = site.post(&owner, "/api/products", &broken).await.json();
    let paths: Vec<&str> =
        found["diagnostics"].as_array().unwrap().iter().map(|d| d["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/model/properties/0", "/model/properties/1"]);
}

#[tokio::test]
async fn another_model_is_compared_with_the_old_one() {
    let site = Site::new().await;
    let owner = As::Socket;
    let tsl = model(&json!([number("temperature", "r"), number("setpoint", "rw")]));
    let made = site.post(&owner, "/api/products", &json!({ "model": tsl })).await.json();
    let path = format!("/api/products/{}", made["product"]["id"].as_str().unwrap());
    let put = async |query: &str, model: &Json| {
        site.say(&owner, Method::PUT, &format!("{path}{query}"), &json!({ "model": model })).await
    };
    let more = model(&json!([number("temperature", "r"), number("setpoint", "rw"), number("humidity", "r")]));
    assert_eq!(put("", &more).await.json()["findings"], json!([]));
    // Saying the same again changes nothing.
    let seq = site.store.log().last_seq();
    assert_eq!((put("", &more).await.status, site.store.log().last_seq()), (StatusCode::OK, seq));
    let device = site.post(&owner, "/api/devices", &json!({ "product": "th2" })).await.json();
    let less = model(&json!([number("temperature", "r"), number("setpoint", "r")]));
    let refused = put("", &less).await;
    assert_eq!(refused.problem(), (409, "product.incompatible".into()));
    let codes: Vec<Json> =
        refused.json()["diagnostics"].as_array().unwrap().iter().map(|d| d["code"].clone()).collect();
    assert_eq!(codes, [json!("compat.access"), json!("compat.removed")]);
    let forced = put("?force=true", &less).await.json();
    assert_eq!(forced["findings"].as_array().unwrap().len(), 2, "{forced}");
    let id = device["device"]["id"].as_str().unwrap();
    let points = site.get(&owner, &format!("/api/points?device={id}")).await.json();
    assert_eq!(points["items"].as_array().unwrap().len(), 2);

    assert_eq!(site.delete(&owner, &path).await.problem(), (409, "configure.used".into()));
    site.delete(&owner, &format!("/api/devices/{id}")).await;
    assert_eq!(site.delete(&owner, &path).await.status, StatusCode::OK);
    assert_eq!(site.delete(&owner, &path).await.problem().0, 404);
}

#[tokio::test]
async fn products_are_changed_by_who_may() {
    let site = Site::new().await;
    let wanted = json!({ "template": "pump" });
    for (role, status) in [(Role::Viewer, 403), (Role::Agent, 202), (Role::Operator, 201)] {
        let reply = site.post(&As::Token(role), "/api/products", &wanted).await;
        assert_eq!(reply.status.as_u16(), status, "{role:?} {}", reply.text());
    }
}

#[tokio::test]
async fn a_model_is_proposed_from_what_was_said() {
    let site = Site::new().await;
    let owner = As::Socket;
    let made = site.post(&owner, "/api/products", &json!({ "key": "mystery", "model": {} })).await.json();
    let path = format!("/api/products/{}", made["product"]["id"].as_str().unwrap());
    let infer = async |who: &As, body: Json| site.post(who, &format!("{path}/infer"), &body).await;
    assert_eq!(infer(&owner, json!({})).await.problem(), (422, "infer.nothing".into()));
    for (payloads, code) in [(json!([1]), "infer.message"), (json!(vec![json!({}); 101]), "infer.limit")] {
        let reply = infer(&owner, json!({ "payloads": payloads })).await;
        assert_eq!(reply.problem(), (422, code.to_owned()));
    }
    let envelope =
        json!({ "id": "1", "version": "1.0", "params": { "humidity": 40.5 }, "method": "thing.event.property.post" });
    let said = json!({ "payloads": [{ "temperature": 21.5, "switch": 1 }, envelope] });
    assert_eq!(infer(&As::Token(Role::Viewer), said.clone()).await.problem().0, 403);
    let asked = infer(&As::Token(Role::Agent), said.clone()).await.json();
    assert_eq!(asked["guesses"].as_array().unwrap().len(), 4, "{asked}");
    assert!(asked["guesses"][0]["reason"]["zh"].as_str().is_some_and(|r| !r.is_empty()));
    assert_eq!(
        site.get(&owner, &path).await.json()["model"]["properties"],
        json!([]),
        "nothing before a person approves"
    );
    let done = site.approve(&owner, &json!({ "proposals": [asked["proposal"]] })).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let model = site.get(&owner, &path).await.json()["model"].clone();
    let identifiers: Vec<&Json> = model["properties"].as_array().unwrap().iter().map(|p| &p["identifier"]).collect();
    assert_eq!(identifiers, ["temperature", "switch", "humidity"]);
    assert_eq!(model["properties"][0]["x"]["trait"], "measure.temperature");
    // What is known stays as it is.
    assert_eq!(infer(&owner, said).await.problem(), (422, "infer.nothing".into()));
}
