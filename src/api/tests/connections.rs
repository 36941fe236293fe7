//! Connections: opened, changed, removed, and a password that never comes back.

use super::*;
use base::id::{ConnectionId, DeviceId, ProductId};
use drivers::registry::DRIVERS;
use drivers::{Candidate, Found, Said};
use serde_json::json;
use things::{Device, Names, Product, Route};

const PASSWORD: &str = "correct horse battery staple";

/// A connection that stays closed: nothing outside is asked for.
fn wish(name: &str) -> Json {
    let driver = drivers::registry::by_name("mqtt").unwrap();
    let mut config = (driver.sample)();
    // The devices of the sample are not registered here.
    config["devices"] = json!([]);
    json!({ "driver": driver.name, "names": { "en": [name] }, "config": config, "disabled": true })
}

async fn kept(site: &Site, made: &Json) -> Option<String> {
    let id = ConnectionId::parse(made["id"].as_str().unwrap()).unwrap();
    let password = site.store.credentials().connection_password(id).await.unwrap();
    password.map(|p| p.expose().to_owned())
}

#[tokio::test]
async fn drivers_come_with_their_form() {
    let site = Site::new().await;
    let drivers = site.get(&As::Token(Role::Viewer), "/api/drivers").await.json();
    let items = drivers["items"].as_array().unwrap();
    assert_eq!(items.len(), DRIVERS.len());
    for driver in items {
        assert!(driver["schema"]["properties"].is_object() && driver["sample"].is_object(), "{driver}");
        assert!(driver["title"]["zh"] != json!("") && driver["title"]["en"] != json!(""), "{driver}");
        assert!(driver["schema"][manual::chinese::DESCRIPTION].is_string(), "{driver}");
    }
}

#[tokio::test]
async fn a_password_is_sealed_and_never_given_back() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let mut wanted = wish("Plant");
    wanted["password"] = json!(PASSWORD);
    let made = site.post(&operator, "/api/connections", &wanted).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["has_password"], &made["devices"], &made["names"]["en"][0]),
        (&json!(true), &json!(0), &json!("Plant"))
    );
    assert_eq!(kept(&site, &made).await.as_deref(), Some(PASSWORD));
    let path = format!("/api/connections/{}", made["id"].as_str().unwrap());
    assert_eq!(site.get(&As::Token(Role::Viewer), &path).await.json(), made);
    // Absent keeps it, another replaces it, empty takes it away.
    let put = async |body: Json| site.say(&operator, Method::PUT, &path, &body).await.json();
    assert_eq!(put(wish("Plant B")).await["has_password"], true);
    let mut other = wish("Plant B");
    other["password"] = json!("another");
    assert_eq!(put(other.clone()).await["names"]["en"][0], "Plant B");
    assert_eq!(kept(&site, &made).await.as_deref(), Some("another"));
    // A change that is refused leaves the password as it was.
    other["names"] = json!({});
    other["password"] = json!("lost");
    let refused = site.say(&operator, Method::PUT, &path, &other).await;
    assert_eq!(refused.problem(), (422, "configure.invalid".into()));
    assert_eq!(kept(&site, &made).await.as_deref(), Some("another"));
    let mut none = wish("Plant B");
    none["password"] = json!("");
    assert_eq!(put(none).await["has_password"], false);
    assert_eq!(kept(&site, &made).await, None);
    put(wanted).await;
    assert_eq!(site.delete(&operator, &path).await.status, StatusCode::OK);
    assert_eq!((kept(&site, &made).await, site.get(&operator, &path).await.problem().0), (None, 404));
    assert!(!site.everything().await.contains(PASSWORD));
}

#[tokio::test]
async fn what_is_wrong_with_a_connection_is_said() {
    let site = Site::new().await;
    let with = |field: &str, value: Json| {
        let mut wanted = wish("Plant");
        wanted[field] = value;
        wanted
    };
    for (wanted, code, path) in [
        (with("driver", json!("mqt")), "connection.driver", "/driver"),
        (with("config", json!({ "nonsense": 1 })), "connection.config", "/config"),
        (with("names", json!({})), "configure.invalid", "/names"),
        (with("password", json!("x".repeat(5_000))), "connection.password", "/password"),
    ] {
        let reply = site.post(&As::Socket, "/api/connections", &wanted).await;
        assert_eq!(reply.problem(), (422, code.to_owned()), "{wanted}");
        let found = reply.json();
        let first = found["diagnostics"][0]["path"].as_str().unwrap();
        assert!(first.starts_with(path), "{first}");
    }
    assert_eq!(site.get(&As::Socket, "/api/connections").await.json()["items"], json!([]));
}

#[tokio::test]
async fn an_agent_proposes_a_connection_without_a_password() {
    let site = Site::new().await;
    let agent = As::Token(Role::Agent);
    let mut secret = wish("Plant");
    secret["password"] = json!(PASSWORD);
    assert_eq!(site.post(&agent, "/api/connections", &secret).await.problem(), (403, "policy.denied".into()));
    let asked = site.post(&agent, "/api/connections", &wish("Plant")).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text());
    assert_eq!(site.approve(&As::Socket, &asked.json()).await.status, StatusCode::OK);
    let list = site.get(&agent, "/api/connections").await.json();
    assert_eq!(
        (&list["items"][0]["names"]["en"][0], &list["items"][0]["has_password"]),
        (&json!("Plant"), &json!(false))
    );
    let viewer = As::Token(Role::Viewer);
    assert_eq!(site.post(&viewer, "/api/connections", &wish("Other")).await.problem().0, 403);
}

/// A device that the driver of a connection found.
fn candidate(connection: ConnectionId, key: &str) -> Candidate {
    let model = things::templates::by_name("outlet").unwrap().clone();
    let id = ProductId::of_name("found");
    let product = Product { id, key: "found_outlet".into(), names: Names::new("插座", "Outlet"), model };
    let device = Device {
        id: DeviceId::of_name(key),
        product: id,
        key: key.into(),
        names: Names::new("发现的插座", "Found outlet"),
        placements: Vec::new(),
        route: Route::Via(connection),
        tags: Default::default(),
        disabled: false,
    };
    let mapping = json!({ "product": "found_outlet", "device": key, "template": "plug" });
    Candidate { key: key.into(), names: device.names.clone(), product, device, mapping, losses: Vec::new() }
}

#[tokio::test]
async fn what_a_driver_found_is_adopted_by_a_person() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let mut wanted = wish("Plant");
    // Nobody listens there; the driver goes on trying.
    wanted["config"]["port"] = json!(1);
    wanted["disabled"] = json!(false);
    let made = site.post(&operator, "/api/connections", &wanted).await.json();
    let id = ConnectionId::parse(made["id"].as_str().unwrap()).unwrap();
    let path = format!("/api/connections/{id}/found");
    assert_eq!(site.get(&operator, &path).await.json()["items"], json!([]));
    let found = vec![Found::Offer(Box::new(candidate(id, "plug-1")))];
    site.handle.field().send(Said { found, ..Said::default() }).await.unwrap();
    let mut offered = json!([]);
    while offered.as_array().unwrap().is_empty() {
        offered = site.get(&As::Token(Role::Viewer), &path).await.json()["items"].clone();
    }
    assert_eq!((&offered[0]["key"], &offered[0]["names"]["zh"][0]), (&json!("plug-1"), &json!("发现的插座")));
    let adopt = async |who: &As, key: &str, body: Json| site.post(who, &format!("{path}/{key}/adopt"), &body).await;
    assert_eq!(adopt(&As::Token(Role::Viewer), "plug-1", json!({})).await.problem().0, 403);
    assert_eq!(adopt(&operator, "plug-9", json!({})).await.problem(), (404, "not_found".into()));
    let asked = adopt(&As::Token(Role::Agent), "plug-1", json!({})).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text());
    let body = json!({ "names": { "en": ["Kettle"] }, "space": "Pantry" });
    let reply = adopt(&operator, "plug-1", body).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let device = reply.json();
    assert_eq!(
        (&device["names"]["en"][0], &device["route"]["via"], &device["product"], &device["space"]),
        (&json!("Kettle"), &json!(id), &json!("found_outlet"), &json!(sim::space("pantry")))
    );
    let config = site.get(&operator, &format!("/api/connections/{id}")).await.json();
    assert_eq!((&config["config"]["devices"][0]["device"], &config["devices"]), (&json!("plug-1"), &json!(1)));
    // What was adopted is no longer offered.
    let left = site.get(&operator, &path).await.json();
    assert!(left["items"].as_array().unwrap().iter().all(|c| c["key"] != "plug-1"), "{left}");
    assert_eq!(
        site.delete(&operator, &format!("/api/connections/{id}")).await.problem(),
        (409, "configure.used".into())
    );
}
