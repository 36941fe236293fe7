//! The door of other people's agents: who comes in, and what it answers to. What real clients make of it is in
//! `tests/it/mcp.rs`.

use super::*;
use serde_json::json;

fn begin() -> Json {
    let about = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params })
}

#[tokio::test]
async fn only_agents_come_in() {
    let site = Site::new().await;
    assert_eq!(site.post(&As::Nobody, "/mcp", &begin()).await.problem(), (401, "auth.required".into()));
    for role in [Role::Owner, Role::Operator, Role::Viewer] {
        let reply = site.post(&As::Token(role), "/mcp", &begin()).await;
        assert_eq!(reply.problem(), (403, "mcp.agents_only".into()), "{role:?}");
    }
    assert_eq!(site.get(&As::Token(Role::Agent), "/mcp").await.problem(), (405, "method_not_allowed".into()));
    // What the protocol says of a request that it does not take is not reshaped.
    let reply = site.post(&As::Token(Role::Agent), "/mcp", &begin()).await;
    assert_eq!(reply.status, StatusCode::NOT_ACCEPTABLE, "{}", reply.text());
    assert_ne!(reply.header(header::CONTENT_TYPE), "application/problem+json");
}
