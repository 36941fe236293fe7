//! Tables of devices: all rows or those that are right, with every fault at its line and column.

use super::*;
use crate::limits::TABLE_BYTES_MAX;
use runtime::sim;
use serde_json::json;

impl Site {
    async fn import(&self, who: &As, query: &str, table: impl Into<String>) -> Reply {
        let csv = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        self.send(who, Method::POST, &format!("/api/devices/import{query}"), &csv, table.into()).await
    }

    async fn count(&self) -> usize {
        self.handle.read(|core| core.world().devices().count()).await.unwrap()
    }
}

fn faults(found: &Json) -> Vec<String> {
    let found = found.as_array().unwrap();
    found.iter().map(|d| format!("{}@{}", d["code"].as_str().unwrap(), d["path"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_table_registers_all_its_devices() {
    let site = Site::new().await;
    let table = "产品,设备标识,中文名称,英文名称,空间,标签\npump,p-1,一号泵,Pump one,Lobby,wet;new\nroom_sensor,,,,大厅,\npump,p-2,,,,\n";
    let reply = site.import(&As::Token(Role::Operator), "", table).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let made = reply.json();
    let keys: Vec<&str> =
        made["credentials"].as_array().unwrap().iter().map(|c| c["device_key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["p-1", "room_sensor_17", "p-2"]);
    for credential in made["credentials"].as_array().unwrap() {
        let text = |key: &str| credential[key].as_str().unwrap();
        let kept = site.store.credentials().find(text("product_key"), text("device_key")).await.unwrap().unwrap();
        assert_eq!((kept.secret.expose(), kept.shown), (text("device_secret"), true));
    }
    assert_eq!(site.count().await, sim::world().devices.len() + 3);
    let secret = made["credentials"][0]["device_secret"].as_str().unwrap();
    assert!(!site.everything().await.contains(secret));
    // The same table again: every key that it names is taken.
    let again = site.import(&As::Token(Role::Operator), "", table).await;
    assert_eq!(again.problem(), (422, "import.invalid".into()));
    assert_eq!(faults(&again.json()["diagnostics"]), ["register.key@/2/key", "register.key@/4/key"]);
}

#[tokio::test]
async fn all_faults_are_named_and_nothing_is_done() {
    let site = Site::new().await;
    let long = "x".repeat(65);
    let table = format!(
        "product,key,name_en,space\npump,ok-1,,\npomp,,,\npump,a/b,,\npump,,{long},\npump,ok-1,,Nowhere\n,,No product,\npump,ok-1,,\npump,ok-2,,\n"
    );
    let expected = [
        "register.product@/3/product",
        "configure.key@/4/key",
        "configure.name@/5/name_en",
        "import.space@/6/space",
        "import.product@/7/product",
        "register.key@/8/key",
    ];
    let refused = site.import(&As::Socket, "", table.as_str()).await;
    assert_eq!(refused.problem(), (422, "import.invalid".into()));
    let found = &refused.json()["diagnostics"];
    assert_eq!(faults(found), expected);
    for d in found.as_array().unwrap() {
        let line = d["path"].as_str().unwrap().split('/').nth(1).unwrap();
        assert!(d["message"]["zh"].as_str().unwrap().starts_with(&format!("第 {line} 行")), "{d}");
        assert!(d["message"]["en"].as_str().unwrap().starts_with(&format!("line {line}")), "{d}");
    }
    assert_eq!(site.count().await, sim::world().devices.len());

    let partly = site.import(&As::Socket, "?partial=true", table.as_str()).await;
    assert_eq!(partly.status, StatusCode::CREATED, "{}", partly.text());
    let partly = partly.json();
    assert_eq!(faults(&partly["faults"]), expected);
    assert_eq!(partly["credentials"].as_array().unwrap().len(), 2);
    assert_eq!(site.count().await, sim::world().devices.len() + 2);
}

#[tokio::test]
async fn what_is_no_table_is_refused() {
    let site = Site::new().await;
    let large = format!("product\n{}", "pump\n".repeat(TABLE_BYTES_MAX / 5));
    let many = format!("product\n{}", "pump\n".repeat(runtime::registration::DEVICES_MAX + 1));
    for (table, problem) in [
        (String::new(), (422, "import.invalid")),
        ("product,colour\npump,red\n".into(), (422, "import.invalid")),
        ("product\n".into(), (422, "import.invalid")),
        (large, (413, "body.too_large")),
        (many, (422, "import.invalid")),
    ] {
        let reply = site.import(&As::Socket, "", table).await;
        assert_eq!(reply.problem(), (problem.0, problem.1.to_owned()));
    }
    let path = "/api/devices/import";
    let reply =
        site.send(&As::Socket, Method::POST, path, &[(header::CONTENT_TYPE, "text/csv")], vec![0xc7, 0xeb]).await;
    assert_eq!(reply.problem(), (400, "body.encoding".into()));
    assert_eq!(site.post(&As::Socket, path, &json!({})).await.problem(), (415, "body.media_type".into()));
    assert_eq!(site.count().await, sim::world().devices.len());
}

#[tokio::test]
async fn the_template_is_read_back_and_roles_hold() {
    let site = Site::new().await;
    for (lang, first) in [("zh-CN", "产品"), ("en", "product")] {
        let language = [(header::ACCEPT_LANGUAGE, lang)];
        let reply = site.send(&As::Socket, Method::GET, "/api/devices/import/template.csv", &language, "").await;
        assert!(reply.header(header::CONTENT_TYPE).starts_with("text/csv"));
        assert!(reply.text().trim_start_matches('\u{feff}').starts_with(first));
    }
    let refused = site.import(&As::Token(Role::Viewer), "", "product\npump\n").await;
    assert_eq!(refused.problem(), (403, "policy.denied".into()));
    let asked = site.import(&As::Token(Role::Agent), "", "product\npump\npump\n").await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    assert_eq!(site.count().await, sim::world().devices.len());
    let done = site.approve(&As::Socket, &asked.json()).await;
    assert_eq!((done.status, site.count().await), (StatusCode::OK, sim::world().devices.len() + 2), "{}", done.text());
}
