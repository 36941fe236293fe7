//! Rules for each of several rooms, and rules that only sound like it.

use super::{hear, world};
use crate::Dialogue;
use documents::{Draft, RuleGraph, Verdict};
use serde_json::{Value as Json, json};
use things::{Each, Spaces};

fn rule(text: &str) -> RuleGraph {
    let u = hear(text, "", &Dialogue::default());
    match u.parts.as_slice() {
        [p] => match &p.verdict {
            Verdict::Draft(Draft::Rule(g)) => (**g).clone(),
            other => panic!("{text}: {other:?}"),
        },
        other => panic!("{text}: {other:?}"),
    }
}

/// The nodes with what is here: type, kinds or trait, and what is made of it.
fn here(graph: &RuleGraph) -> Vec<String> {
    let said = |n: &&documents::Node| n.params.get("here") == Some(&json!(true));
    let text = |j: Option<&Json>| j.and_then(Json::as_str).unwrap_or_default().to_owned();
    let told = |n: &documents::Node| {
        let select = n.params.get("select").cloned().unwrap_or_default();
        let what = n.params.get("op").map_or_else(|| n.params["setting"].to_string(), |op| text(Some(op)));
        format!("{} {} {what}", n.type_, text(select.get("trait")))
    };
    graph.nodes.iter().filter(said).map(told).collect()
}

#[test]
fn every_meeting_room_is_by_itself() {
    let both = Each::Spaces(Spaces { only: sorted(&["meet1", "meet2"]), ..Spaces::default() });
    let lights = vec!["aggregate occupancy any".to_owned(), r#"command on_off {"to":false}"#.to_owned()];
    for text in [
        "in every meeting room, when nobody has been there for 10 minutes, turn off the lights",
        "when any meeting room is empty for 10 minutes, turn off its lights",
        "if a meeting room is empty for 10 minutes, turn off the lights in that room",
        "when each meeting room is empty for 10 minutes, turn off its lights",
        "每间会议室没人10分钟就关灯",
    ] {
        let graph = rule(text);
        assert_eq!(graph.each, Some(both.clone()), "{text}");
        assert_eq!(here(&graph), lights, "{text}");
    }
}

#[test]
fn all_at_once_stays_one_rule() {
    for text in [
        "when all the meeting rooms are empty for 10 minutes, turn off the reception light",
        "if the maple meeting room is empty for 10 minutes, turn off its light",
        "所有会议室都没人10分钟就关掉前台灯",
        "枫树会议室没人10分钟就关灯",
    ] {
        let u = hear(text, "", &Dialogue::default());
        for part in &u.parts {
            if let Verdict::Draft(Draft::Rule(graph)) = &part.verdict {
                assert_eq!(graph.each, None, "{text}");
            }
        }
    }
}

fn sorted(keys: &[&str]) -> Vec<base::id::SpaceId> {
    let mut ids: Vec<_> = keys.iter().map(|key| world::space(key)).collect();
    ids.sort();
    ids
}
