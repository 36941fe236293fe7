//! Sentences that are pinned as tests, and which words were read as what.

use super::*;
use serde_json::json;

#[tokio::test]
async fn a_pinned_sentence_is_read_again_and_does_nothing() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let pin = async |body: serde_json::Value| site.post(&operator, "/api/pins", &body).await;
    let own = pin(json!({ "text": " turn on the lobby light " })).await.json();
    assert_eq!((&own["text"], &own["holds"]), (&json!("turn on the lobby light"), &json!(true)), "{own}");
    assert_eq!(own["shall"], own["means"]);
    assert_eq!(own["shall"][0]["en"], "Lobby light: on");
    // What it should mean is said in other words: this one does not.
    let wrong = pin(json!({ "text": "turn on the lobby light", "like": "open the meeting room blind" })).await.json();
    assert_eq!(wrong["holds"], json!(false), "{wrong}");
    let like = pin(json!({ "text": "lobby light on please", "like": "turn on the lobby light" })).await.json();
    assert_eq!(like["holds"], json!(true), "{like}");

    let viewer = As::Token(Role::Viewer);
    let listed = site.get(&viewer, "/api/pins").await.json();
    let holds: Vec<bool> = listed["items"].as_array().unwrap().iter().map(|p| p["holds"] == true).collect();
    assert_eq!(holds, [false, true], "the same sentence is pinned once");
    let one = format!("/api/pins/{}", like["id"]);
    assert_eq!(site.delete(&viewer, &one).await.problem().0, 403);
    assert_eq!(site.delete(&operator, &one).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.delete(&operator, &one).await.problem().0, 404);
    assert_eq!(pin(json!({ "text": " " })).await.problem(), (422, "turn.empty".into()));
}

#[tokio::test]
async fn an_answer_says_which_words_were_read_as_what() {
    let site = Site::new().await;
    let said = json!({ "text": "把大厅灯调到４０％" });
    let answer = site.post(&As::Token(Role::Operator), "/api/conversation/process", &said).await.json();
    let read = |n: usize| (answer["words"][n]["sense"].clone(), answer["words"][n]["span"].clone());
    assert_eq!(read(0), (json!("device"), json!([1, 4])), "{answer}");
    assert_eq!(answer["words"][0]["text"]["en"], "Lobby light");
    let last = answer["words"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["sense"], &last["span"], &last["text"]["zh"]), (&json!("value"), &json!([6, 9]), &json!("40%")));
}
