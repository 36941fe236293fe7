//! Conversations and the stream of a turn.

use super::*;
use futures::StreamExt;
use runtime::sim;
use serde_json::json;

#[tokio::test]
async fn a_sentence_is_answered_and_kept() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let said = json!({ "text": "turn on the lobby light", "language": "en-GB", "conversation_id": "panel-1" });
    let answer = site.post(&operator, "/api/conversation/process", &said).await.json();
    assert_eq!(answer["response"]["response_type"], "action_done", "{answer}");
    assert_eq!(answer["response"]["language"], "en");
    assert_eq!(answer["response"]["data"]["success"][0]["id"], sim::device("lobby_light").to_string());
    assert_eq!(answer["receipts"][0]["state"], "confirmed");
    assert!(answer["response"]["speech"]["plain"]["extra_data"].is_null());
    let id = answer["conversation_id"].as_str().unwrap();
    let kept = site.get(&operator, &format!("/api/conversations/{id}")).await.json();
    assert_eq!(kept["turns"][0]["text"], "turn on the lobby light");
    assert_eq!(kept["turns"][0]["answer"], answer);

    // Others do not see it, the owner does; and the same words of another client open another conversation.
    let list = async |who: As| site.get(&who, "/api/conversations").await.json()["items"].as_array().unwrap().len();
    assert_eq!((list(operator.clone()).await, list(As::Token(Role::Viewer)).await, list(As::Socket).await), (1, 0, 1));
    assert_eq!(site.get(&As::Token(Role::Viewer), &format!("/api/conversations/{id}")).await.problem().0, 404);
    let own = json!({ "text": "hello", "conversation_id": id });
    let stolen = site.post(&As::Token(Role::Viewer), "/api/conversation/process", &own).await;
    assert_eq!(stolen.problem(), (403, "turn.not_yours".into()));

    let undone =
        site.post(&operator, &format!("/api/turns/{}/undo", answer["turn_id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(undone.json()["receipts"][0]["value"], false, "{}", undone.text());
}

#[tokio::test]
async fn what_cannot_be_a_turn_is_refused() {
    let site = Site::new().await;
    for (said, problem) in [
        (json!({ "text": "  " }), (422, "turn.empty")),
        (json!({ "text": "x".repeat(2_001) }), (422, "turn.too_long")),
        (json!({ "text": "x", "language": "fr" }), (422, "language.unknown")),
        (json!({ "text": "x", "area": "no such room" }), (422, "area.unknown")),
        (json!({ "text": "x", "conversation_id": "" }), (422, "conversation.id")),
    ] {
        for path in ["/api/conversation/process", "/api/conversation/stream"] {
            let reply = site.post(&As::Socket, path, &said).await;
            assert_eq!(reply.problem(), (problem.0, problem.1.to_owned()), "{said}");
        }
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_whole_answer() {
    let site = Site::new().await;
    let said = json!({ "text": "打开大厅灯" });
    let reply = site.post(&As::Token(Role::Owner), "/api/conversation/stream", &said).await;
    assert_eq!(reply.header(header::CONTENT_TYPE), "text/event-stream");
    let text = reply.text();
    let names: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("event: ")).collect();
    assert_eq!((names.first(), names.last()), (Some(&"turn"), Some(&"reply")), "{text}");
    assert!(names.contains(&"receipt") && names.contains(&"text"), "{names:?}");
    let last = text.lines().filter_map(|l| l.strip_prefix("data: ")).next_back().unwrap();
    let answer: Json = serde_json::from_str(last).unwrap();
    assert_eq!(answer["response"]["language"], "zh-CN");
    assert_eq!(answer["can_undo"], true);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the store writes on threads of its own, in the machine's time")]
async fn a_turn_goes_on_without_its_listener() {
    let site = Site::new().await;
    let request = Request::post("/api/conversation/stream")
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, "application/json")
        .extension(Peer::Socket)
        .body(Body::from(r#"{"text":"turn on the lobby light"}"#))
        .unwrap();
    let mut body = site.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
    body.next().await.unwrap().unwrap();
    drop(body);
    // It is kept when it is over; on this clock that is soon.
    for _ in 0..1_000 {
        if !site.store.conversations().list(&store::conversations::Wanted::default(), 1).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the turn was not kept");
}

#[tokio::test]
async fn a_conversation_is_remembered_across_a_restart_of_the_agent() {
    let site = Site::new().await;
    let said = json!({ "text": "turn on the lobby light" });
    let answer = site.post(&As::Socket, "/api/conversation/process", &said).await.json();
    let agent = Arc::new(tools::agent(&site.handle, 9, TurnLimits::default()).unwrap());
    let (_stop, stopped) = watch::channel(false);
    let (handle, store, address) = (site.handle.clone(), site.store.clone(), HOST.parse().unwrap());
    let parts = Parts {
        handle,
        store,
        agent,
        simulated: true,
        seed: 10,
        broker: None,
        address,
        tls: false,
        names: Vec::new(),
        stop: stopped,
    };
    let api = Api::new(parts);
    let again = Site { router: router(api.clone()), api, ..site };
    let undo = json!({ "text": "undo that", "conversation_id": answer["conversation_id"] });
    let undone = again.post(&As::Socket, "/api/conversation/process", &undo).await.json();
    assert_eq!(undone["receipts"][0]["value"], false, "{undone}");
}

#[tokio::test]
async fn conversations_are_searched_named_and_deleted_by_whose_they_are() {
    let site = Site::new().await;
    let (operator, viewer, owner) = (As::Token(Role::Operator), As::Token(Role::Viewer), As::Token(Role::Owner));
    let mut ids = Vec::new();
    for (who, text) in [(&operator, "打开大厅灯"), (&operator, "turn on the desk lamp"), (&viewer, "哪些窗户开着？")]
    {
        let answer = site.post(who, "/api/conversation/process", &json!({ "text": text })).await.json();
        ids.push(answer["conversation_id"].as_str().unwrap().to_owned());
    }
    let found = async |who: &As, query: &str| {
        let list = site.get(who, &format!("/api/conversations?query={query}")).await.json();
        let ids = list["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    // %E5%A4%A7%E5%8E%85 is 大厅, %E7%AA%97 is 窗.
    assert_eq!(found(&operator, "%E5%A4%A7%E5%8E%85").await, [ids[0].clone()]);
    assert_eq!(found(&operator, "DESK").await, [ids[1].clone()]);
    assert_eq!((found(&operator, "%E7%AA%97").await.len(), found(&owner, "%E7%AA%97").await.len()), (0, 1));
    assert_eq!((found(&viewer, "").await.len(), found(&owner, "").await.len()), (1, 3));

    let path = format!("/api/conversations/{}", ids[0]);
    assert_eq!(site.say(&viewer, Method::PATCH, &path, &json!({ "title": "x" })).await.problem().0, 404);
    let named = site.say(&operator, Method::PATCH, &path, &json!({ "title": " Evening " })).await.json();
    assert_eq!((&named["title"], &named["turns"]), (&json!("Evening"), &json!(1)));
    assert_eq!(found(&operator, "evening").await, [ids[0].clone()]);
    assert_eq!(site.get(&operator, &path).await.json()["title"], "Evening");
    let long = site.say(&operator, Method::PATCH, &path, &json!({ "title": "n".repeat(65) })).await;
    assert_eq!(long.problem(), (422, "conversation.title".into()));
    assert_eq!(site.delete(&viewer, &path).await.problem().0, 404);
    assert_eq!(site.delete(&operator, &path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.get(&operator, &path).await.problem().0, 404);
    assert_eq!(found(&operator, "").await, [ids[1].clone()]);
}
