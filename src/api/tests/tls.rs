//! Served to other machines: over TLS and not otherwise, by the names it has, with a cookie that goes nowhere else.

use super::*;
use crate::listen::{self, Tls};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// One request on a connection of its own, as text.
async fn ask(address: SocketAddr, trusted: &RootCertStore, request: &str) -> String {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(trusted.clone()).with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("hall.example").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    stream.write_all(request.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The server closes without the last word of TLS when it is asked to close.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn others_get_in_by_tls_only() {
    let site = Site::new().await;
    let folder = site._folder.path();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["hall.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    let (chain, of_key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&chain, certificate.pem()).unwrap();
    std::fs::write(&of_key, key.serialize_pem()).unwrap();
    assert!(matches!(Tls::open(&chain, &chain), Err(listen::ListenError::Certificate { .. })));
    let tls = Tls::open(&chain, &of_key).unwrap();
    let wide = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let tcp = listen::bind(wide, 0, Some(&tls)).await.unwrap();
    let port = tcp.local_addr().unwrap().port();
    let parts = Parts {
        handle: site.handle.clone(),
        store: site.store.clone(),
        agent: Arc::new(tools::agent(&site.handle, 9, TurnLimits::default()).unwrap()),
        simulated: true,
        seed: 10,
        broker: None,
        address: tcp.local_addr().unwrap(),
        tls: true,
        names: vec!["hall.example".into()],
        stop: site.api.stop(),
    };
    let api = Api::new(parts);
    let unix = listen::bind_socket(folder).unwrap();
    tokio::spawn(listen::serve(api.clone(), router(api.clone()), (tcp, Some(tls)), unix, site.api.stop()));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut trusted = RootCertStore::empty();
    trusted.add(certificate.der().clone()).unwrap();

    let link = api.login_link("ann", Role::Operator).await.unwrap();
    let begins = format!("https://hall.example:{port}/#code=");
    let code = link.url.strip_prefix(&begins).unwrap_or_else(|| panic!("{}", link.url));
    assert!(link.reachable && link.qr.contains("<svg"));
    let body = json!({ "code": code }).to_string();
    let head = format!("Host: hall.example:{port}\nConnection: close\n");
    let post = |origin: &str| {
        let length = body.len();
        format!(
            "POST /api/session HTTP/1.1\n{head}Origin: {origin}\nContent-Type: application/json\nContent-Length: {length}\n\n{body}"
        )
    };
    let plain_page = ask(address, &trusted, &post(&format!("http://hall.example:{port}"))).await;
    assert!(plain_page.starts_with("HTTP/1.1 403"), "{plain_page}");
    let own_page = ask(address, &trusted, &post(&format!("https://hall.example:{port}"))).await.to_lowercase();
    assert!(own_page.starts_with("http/1.1 204"), "{own_page}");
    for said in ["; secure", "httponly", "samesite=strict", "strict-transport-security: max-age="] {
        assert!(own_page.contains(said), "{said}: {own_page}");
    }
    let other = ask(address, &trusted, "GET /healthz HTTP/1.1\nHost: evil.example\nConnection: close\n\n").await;
    assert!(other.starts_with("HTTP/1.1 421"), "{other}");

    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: hall.example\r\n\r\n").await.unwrap();
    let mut said = Vec::new();
    drop(plain.read_to_end(&mut said).await);
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
}

#[tokio::test]
async fn links_let_in_as_who_made_them() {
    let site = Site::new().await;
    for (who, status) in [
        (As::Token(Role::Owner), 200),
        (As::Token(Role::Operator), 403),
        (As::Token(Role::Agent), 403),
        (As::Socket, 200),
        (As::Cookie(site.log_in().await), 200),
    ] {
        let own = [(header::ORIGIN, "http://127.0.0.1:8080"), (header::CONTENT_TYPE, "application/json")];
        let link = site.send(&who, Method::POST, "/api/session/link", &own, "{}").await;
        assert_eq!(link.status.as_u16(), status, "{who:?}: {}", link.text());
        if status == 200 {
            let json = link.json();
            assert_eq!((&json["reachable"], link.header(header::CACHE_CONTROL)), (&json!(false), "no-store"));
            assert!(json["qr"].as_str().unwrap().contains("<svg"));
        }
    }
    let viewer = site.api.login_link("vic", Role::Viewer).await.unwrap();
    let code = json!({ "code": viewer.url.split_once("#code=").unwrap().1 });
    let cookie = site.post(&As::Nobody, "/api/session", &code).await;
    let cookie = cookie.header(header::SET_COOKIE).split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
    let own = [(header::ORIGIN, "http://127.0.0.1:8080")];
    let phone = site.send(&As::Cookie(cookie), Method::POST, "/api/session/link", &own, "").await.json();
    let code = json!({ "code": phone["url"].as_str().unwrap().split_once("#code=").unwrap().1 });
    let on_phone = site.post(&As::Nobody, "/api/session", &code).await;
    let cookie = on_phone.header(header::SET_COOKIE).split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
    let session = site.get(&As::Cookie(cookie), "/api/session").await.json();
    assert_eq!((&session["name"], &session["role"]), (&json!("vic"), &json!("viewer")));
}
