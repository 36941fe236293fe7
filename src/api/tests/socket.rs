//! The socket over a real connection: what is in the first message, how it goes on, who is let in, how it ends.

use super::*;
use crate::listen;
use crate::socket::reader::LOGGED_OUT;
use crate::{SocketEvent, SocketMessage};
use futures::{SinkExt, StreamExt};
use runtime::sim;
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A site that listens, and its address.
async fn listening(site: &Site) -> SocketAddr {
    let tcp = listen::bind(listen::LOCAL, 0, None).await.unwrap();
    let unix = listen::bind_socket(site._folder.path()).unwrap();
    let address = tcp.local_addr().unwrap();
    tokio::spawn(listen::serve(site.api.clone(), site.router.clone(), (tcp, None), unix, site.api.stop()));
    address
}

async fn open(address: SocketAddr, query: &str, headers: &[(header::HeaderName, String)]) -> Result<Client, u16> {
    let mut request = format!("ws://{address}/api/socket{query}").into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((client, _)) => Ok(client),
        Err(Error::Http(refused)) => Err(refused.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

fn bearer(site: &Site, role: Role) -> Vec<(header::HeaderName, String)> {
    vec![(header::AUTHORIZATION, format!("Bearer {}", site.tokens[&role]))]
}

async fn next(client: &mut Client) -> SocketMessage {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), client.next()).await;
        match message.expect("something is said in time").unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) => {}
            other => panic!("{other}"),
        }
    }
}

async fn snapshot(client: &mut Client) -> crate::Snapshot {
    match next(client).await {
        SocketMessage::Snapshot(snapshot) => *snapshot,
        other => panic!("a snapshot comes first: {other:?}"),
    }
}

/// The events of the deltas until one is as wanted, with the last number.
async fn until(client: &mut Client, wanted: impl Fn(&SocketEvent) -> bool) -> (u64, SocketEvent) {
    loop {
        if let SocketMessage::Delta { seq, events } = next(client).await
            && let Some(found) = events.into_iter().find(|e| wanted(e))
        {
            return (seq, found);
        }
    }
}

fn is_value(event: &SocketEvent, point: base::id::PointId, value: f64) -> bool {
    matches!(event, SocketEvent::Report(values)
        if values.iter().any(|v| v.point == point && v.sample.value == base::Value::Number(value)))
}

#[tokio::test]
async fn a_snapshot_then_deltas_and_who_was_away_goes_on() {
    let site = Site::new().await;
    let address = listening(&site).await;
    let owner = bearer(&site, Role::Owner);
    let mut client = open(address, "", &owner).await.unwrap();
    let first = snapshot(&mut client).await;
    assert_eq!((first.devices.len(), first.rules.len()), (sim::world().devices.len(), 0));
    let temperature = sim::point("meeting_air", "temperature");
    let shown = first.points.iter().find(|p| p.spec.id == temperature).unwrap();
    assert_eq!(shown.words.as_ref().unwrap().en, "23.5°C");

    site.handle.measure(temperature, base::Value::Number(29.0)).await.unwrap();
    let (seq, _) = until(&mut client, |e| is_value(e, temperature, 29.0)).await;
    assert!(seq > first.seq);
    let light = sim::point("lobby_light", "power");
    site.post(&As::Token(Role::Operator), &format!("/api/points/{light}/command"), &json!({ "value": true })).await;
    let done = |e: &SocketEvent| matches!(e, SocketEvent::Receipt(r) if r.point == light && r.state == documents::ReceiptState::Confirmed);
    let (last, _) = until(&mut client, done).await;
    drop(client);

    // What happened while it was away is repeated, and no more than that.
    let away = format!("?epoch={}&after={seq}", first.epoch);
    let mut again = open(address, &away, &owner).await.unwrap();
    assert_eq!(next(&mut again).await, SocketMessage::Resumed { epoch: first.epoch.clone(), seq });
    assert_eq!(until(&mut again, done).await.0, last);
    let other = format!("?epoch=other&after={seq}");
    for query in [other, format!("?epoch={}&after=999999", first.epoch)] {
        let mut anew = open(address, &query, &owner).await.unwrap();
        // It may be one that was taken a moment ago, with what happened since after it.
        if !snapshot(&mut anew).await.receipts.iter().any(|r| r.point == light) {
            assert_eq!(until(&mut anew, done).await.0, last, "{query}");
        }
    }
}

#[tokio::test]
async fn what_exists_now_comes_as_a_snapshot() {
    let site = Site::new().await;
    let address = listening(&site).await;
    let mut client = open(address, "", &bearer(&site, Role::Viewer)).await.unwrap();
    let before = snapshot(&mut client).await;
    let room = json!({ "kind": "room", "names": { "en": ["Attic"] } });
    assert_eq!(site.post(&As::Socket, "/api/spaces", &room).await.status, StatusCode::CREATED);
    let after = snapshot(&mut client).await;
    assert!(after.spaces.len() == before.spaces.len() + 1 && after.seq > before.seq);
}

#[tokio::test]
async fn an_agent_does_not_hear_of_what_is_hidden_from_it() {
    let site = Site::new().await;
    let address = listening(&site).await;
    let agent = As::Token(Role::Agent);
    let (mut of_agent, mut of_owner) = (
        open(address, "", &bearer(&site, Role::Agent)).await.unwrap(),
        open(address, "", &bearer(&site, Role::Owner)).await.unwrap(),
    );
    let (told, all) = (snapshot(&mut of_agent).await, snapshot(&mut of_owner).await);
    let listed = site.get(&agent, "/api/points?limit=500").await.json();
    assert_eq!(told.points.len(), listed["items"].as_array().unwrap().len());
    assert!(told.points.len() <= all.points.len());
    let shown: std::collections::BTreeSet<_> = told.points.iter().map(|p| p.spec.id).collect();
    assert!(told.devices.iter().flat_map(|d| &d.points).all(|p| shown.contains(p)));
}

#[tokio::test]
async fn only_who_is_logged_in_reads_and_only_from_the_own_page() {
    let site = Site::new().await;
    let address = listening(&site).await;
    assert_eq!(open(address, "", &[]).await.err(), Some(401));
    assert_eq!(open(address, "", &bearer(&site, Role::Bridge)).await.err(), Some(403));
    assert_eq!(open(address, "?after=x", &bearer(&site, Role::Owner)).await.err(), Some(400));
    let cookie = (header::COOKIE, format!("castellan_session={}", site.log_in().await));
    for (origin, status) in [
        (None, Some(403)),
        (Some("http://evil.example".to_owned()), Some(403)),
        (Some(format!("http://{address}")), None),
    ] {
        let mut headers = vec![cookie.clone()];
        headers.extend(origin.map(|o| (header::ORIGIN, o)));
        assert_eq!(open(address, "", &headers).await.err(), status, "{headers:?}");
    }
    let plain = site.get(&As::Token(Role::Owner), "/api/socket").await;
    assert_eq!(plain.problem(), (426, "socket.upgrade".into()));
}

/// The code with which the server ends a socket.
async fn ends(mut client: Client) -> u16 {
    loop {
        match tokio::time::timeout(Duration::from_secs(20), client.next()).await.expect("it ends in time") {
            Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
            Some(Ok(_)) => {}
            other => panic!("it ends with a code: {other:?}"),
        }
    }
}

#[tokio::test]
async fn it_ends_with_the_login_and_with_the_server_and_when_it_is_spoken_to() {
    use futures::SinkExt;
    let site = Site::new().await;
    let address = listening(&site).await;
    let minted = site.post(&As::Socket, "/api/tokens", &json!({ "name": "x", "role": "viewer" })).await.json();
    let token = [(header::AUTHORIZATION, format!("Bearer {}", minted["secret"].as_str().unwrap()))];
    let origin = format!("http://{address}");
    let cookie = site.log_in().await;
    let of_page = [(header::COOKIE, format!("castellan_session={cookie}")), (header::ORIGIN, origin)];
    let (of_token, of_page) = (open(address, "", &token).await.unwrap(), open(address, "", &of_page).await.unwrap());
    let mut stays = open(address, "", &bearer(&site, Role::Owner)).await.unwrap();
    let mut talks = open(address, "", &bearer(&site, Role::Owner)).await.unwrap();

    site.delete(&As::Socket, &format!("/api/tokens/{}", minted["token"]["id"].as_str().unwrap())).await;
    assert_eq!(ends(of_token).await, LOGGED_OUT);
    let own = [(header::ORIGIN, "http://127.0.0.1:8080")];
    site.send(&As::Cookie(cookie), Method::DELETE, "/api/session", &own, Body::empty()).await;
    assert_eq!(ends(of_page).await, LOGGED_OUT);
    talks.send(Message::text("hello")).await.unwrap();
    assert_eq!(ends(talks).await, 1008);
    snapshot(&mut stays).await;
    site._stop.send(true).unwrap();
    assert_eq!(ends(stays).await, 1001);
}

#[tokio::test]
async fn places_are_bounded_and_given_back() {
    let site = Site::new().await;
    let hub = site.api.hub();
    let places: Vec<_> = (0..crate::limits::SOCKETS_OF_ONE_MAX).map(|_| hub.join(1).unwrap()).collect();
    assert!(hub.join(1).is_none() && hub.join(2).is_some());
    drop(places);
    assert!(hub.join(1).is_some());
}

#[tokio::test]
async fn the_values_inside_a_rule_come_as_they_change() {
    let site = Site::new().await;
    let address = listening(&site).await;
    let rule = base::id::RuleId::of_name("watched");
    let graph = json!({
        "schemaVersion": 1, "id": rule, "name": { "zh": "看", "en": "Watched" },
        "nodes": [
            { "id": "co2", "type": "point", "params": { "point": sim::point("meeting_air", "co2") } },
            { "id": "high", "type": "compare", "params": { "op": ">", "value": 1000 } },
        ],
        "edges": [{ "from": { "node": "co2", "port": "out" }, "to": { "node": "high", "port": "in" } }],
    });
    let asked = site.post(&As::Token(Role::Agent), "/api/rules", &graph).await.json();
    site.approve(&As::Token(Role::Operator), &asked).await;
    let mut client = open(address, "", &bearer(&site, Role::Viewer)).await.unwrap();
    snapshot(&mut client).await;
    let mut say = async |text: String| client.send(Message::Text(text.into())).await.unwrap();
    say(json!({ "type": "watch", "rule": base::id::RuleId::of_name("none") }).to_string()).await;
    say(json!({ "type": "watch", "rule": rule }).to_string()).await;
    let mut heard = Vec::new();
    let mut values = async |heard: &mut Vec<SocketMessage>| loop {
        let message = next(&mut client).await;
        if matches!(message, SocketMessage::Values { .. } | SocketMessage::Unwatched { .. }) {
            heard.push(message.clone());
            return message;
        }
    };
    assert!(matches!(values(&mut heard).await, SocketMessage::Unwatched { .. }));
    let SocketMessage::Values { runs: true, whole: true, ports, .. } = values(&mut heard).await else { panic!() };
    let named: Vec<&str> = ports.iter().map(|p| p.node.as_str()).collect();
    assert_eq!(named, ["co2", "high"]);
    assert_eq!(ports[1].value, Some(base::Value::Bool(false)));
    site.handle.measure(sim::point("meeting_air", "co2"), base::Value::Number(1500.0)).await.unwrap();
    let SocketMessage::Values { whole: false, ports, .. } = values(&mut heard).await else { panic!("{heard:?}") };
    assert_eq!(ports[1].value, Some(base::Value::Bool(true)));
    let snapshot = site.get(&As::Token(Role::Viewer), &format!("/api/rules/{rule}/values")).await.json();
    assert_eq!((&snapshot["ports"][1]["value"], &snapshot["runs"]), (&json!(true), &json!(true)));
}
