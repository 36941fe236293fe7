//! Connections: opened, changed, removed, and a password that never comes back.

use super::*;
use base::id::ConnectionId;
use drivers::registry::DRIVERS;
use serde_json::json;

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
