//! Devices by tool and sentence: a person approves, everything is said in words, and no secret passes through here.

use super::{caller, li, start};
use agent::{Agent, TurnLimits, TurnRequest};
use base::Lang;
use base::id::{ConversationId, DeviceId};
use documents::{Actor, Channel, Event, Outcome, ProposalDoc, Reply};
use runtime::{Handle, sim};
use serde_json::json;
use things::{Device, Route};

struct Talk {
    handle: Handle,
    agent: Agent,
    conversation: Option<ConversationId>,
}

impl Talk {
    async fn new() -> Talk {
        let handle = start(sim::world()).await;
        let agent = crate::agent(&handle, 11, TurnLimits::default()).unwrap();
        Talk { handle, agent, conversation: None }
    }

    async fn say(&mut self, text: &str) -> Reply {
        let request = TurnRequest {
            actor: li(Channel::Chat),
            text: text.into(),
            lang: None,
            conversation: self.conversation,
            space: None,
        };
        let reply = self.agent.turn(request, None).await.unwrap();
        self.conversation = Some(reply.conversation);
        reply
    }

    async fn called(&self, name: &str) -> Option<Device> {
        let name = name.to_owned();
        let look =
            move |core: &runtime::Core| core.world().devices().find(|d| d.names.all().any(|n| n == name)).cloned();
        self.handle.read(look).await.unwrap()
    }
}

#[tokio::test]
async fn a_sentence_adds_a_device_once_a_person_says_yes() {
    for (sentence, name, yes, lang, added) in [
        (
            "Add a temperature and humidity sensor called By the window to the lobby",
            "By the window",
            "yes",
            Lang::En,
            "Added “By the window”. The secret is shown once: open the device on the page to see it.",
        ),
        (
            "在大厅添加一个温湿度传感器，叫窗边温度",
            "窗边温度",
            "确认",
            Lang::Zh,
            "已添加设备“窗边温度”。密钥只显示一次：请在页面上打开该设备查看。",
        ),
    ] {
        let mut talk = Talk::new().await;
        let reply = talk.say(sentence).await;
        assert_eq!((reply.lang, reply.proposals.len()), (lang, 1), "{reply:?}");
        assert!(reply.text.contains(name), "{}", reply.text);
        assert_eq!(talk.called(name).await, None, "nothing exists before a person says yes");
        let reply = talk.say(yes).await;
        assert_eq!(reply.text, added);
        let device = talk.called(name).await.unwrap();
        assert_eq!((device.space(), device.route), (Some(sim::space("lobby")), Route::Direct));
        let reply = talk.say(if lang == Lang::En { "undo" } else { "撤销" }).await;
        assert!(reply.text.contains(name), "{}", reply.text);
        assert_eq!(talk.called(name).await, None);
    }
}

#[tokio::test]
async fn a_device_is_renamed_moved_retired_removed_and_restored() {
    let mut talk = Talk::new().await;
    for (sentence, becomes) in [
        ("rename the desk lamp to Green lamp", "Green lamp"),
        ("move the green lamp to the pantry", "Green lamp"),
        ("take the green lamp out of service", "Green lamp"),
        ("put the green lamp back into service", "Green lamp"),
    ] {
        assert_eq!(talk.say(sentence).await.proposals.len(), 1, "{sentence}");
        assert_eq!(talk.say("yes").await.text, format!("Changed “{becomes}”."), "{sentence}");
    }
    let lamp = talk.called("Green lamp").await.unwrap();
    assert_eq!((lamp.id, lamp.space(), lamp.disabled), (sim::device("desk_lamp"), Some(sim::space("pantry")), false));
    assert_eq!(lamp.names.zh, ["经理室台灯", "台灯"], "the other language keeps its names");
    assert_eq!(talk.say("删除台灯").await.proposals.len(), 1);
    assert_eq!(talk.say("确认").await.text, "已删除设备“经理室台灯”。");
    assert_eq!(talk.say("restore the device green lamp").await.proposals.len(), 1);
    assert_eq!(talk.say("yes").await.text, "Added “Green lamp”.");
    assert_eq!(talk.called("Green lamp").await, Some(lamp));
}

/// Two proposals of one turn do not exclude each other.
#[tokio::test]
async fn proposals_that_wait_keep_their_keys() {
    let handle = start(sim::world()).await;
    let tools = crate::all(&handle).unwrap();
    let who = caller(li(Channel::Chat), 5);
    let mut keys = Vec::new();
    for input in [json!({ "product": "pump" }), json!({ "product": "pump", "count": 2 })] {
        let out = tools.call("device_register", &who, input).await.unwrap();
        let changes = out["proposals"][0]["document"]["configuration"].as_array().unwrap().clone();
        keys.extend(changes.iter().filter_map(|c| c["put_device"]["key"].as_str().map(str::to_owned)));
    }
    assert_eq!(keys, ["pump_1", "pump_2", "pump_3"]);
    let waiting = handle.read(|c| c.proposals().values().cloned().collect::<Vec<_>>()).await.unwrap();
    for proposal in waiting {
        let decide = Event::Decide {
            actor: li(Channel::Ui),
            turn: None,
            proposal: proposal.id,
            hash: proposal.hash,
            approve: true,
        };
        let out = handle.apply(decide).await.unwrap();
        assert!(out.iter().any(|o| matches!(o, Outcome::Configured(_))), "{out:?}");
    }
}

/// What an agent proposes has no secret in it, and neither has what comes of its approval.
#[tokio::test]
async fn no_secret_passes_through_a_tool() {
    let handle = start(sim::world()).await;
    let tools = crate::all(&handle).unwrap();
    let who = caller(Actor::agent("bot", Channel::Mcp), 5);
    let out = tools.call("device_register", &who, json!({ "product": "outlet" })).await.unwrap();
    assert_eq!((&out["text"], &out["devices"]), (&json!(null), &json!([])));
    assert!(!out.to_string().contains("secret"), "{out}");
    let people = caller(li(Channel::Ui), 6);
    let out = tools.call("device_register", &people, json!({ "product": "outlet" })).await.unwrap();
    let device: DeviceId = serde_json::from_value(out["devices"][0].clone()).unwrap();
    assert!(handle.read(move |c| c.world().device(device).is_some()).await.unwrap());
    assert_eq!(out["text"]["en"].as_str().map(|t| t.contains("open the device on the page")), Some(true), "{out}");
    let fields: Vec<&String> = out.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["text", "devices", "proposals", "refusals"]);
}

#[tokio::test]
async fn faults_name_what_is_possible() {
    let handle = start(sim::world()).await;
    let tools = crate::all(&handle).unwrap();
    let who = caller(li(Channel::Chat), 5);
    for (tool, input, expected) in [
        (
            "device_register",
            json!({ "product": "outlett", "space": "Lobbi" }),
            vec![("/product", "unknown_product"), ("/space", "unknown_place")],
        ),
        ("device_register", json!({ "product": "light" }), vec![("/product", "ambiguous")]),
        ("device_update", json!({ "device": "desk lamb" }), vec![("/device", "unknown_device")]),
        ("device_remove", json!({ "device": "zorbo" }), vec![("/device", "unknown_device")]),
        ("device_restore", json!({ "device": "Desk lamp" }), vec![("/device", "unknown_device")]),
    ] {
        let error = tools.call(tool, &who, input).await.unwrap_err();
        let found: Vec<(&str, &str)> =
            error.fault().diagnostics.iter().map(|d| (d.path.as_str(), d.code.as_str())).collect();
        assert_eq!(found, expected, "{tool}");
    }
    let waiting = handle.read(|c| c.proposals().values().any(|p| matches!(p.document, ProposalDoc::Configuration(_))));
    assert!(!waiting.await.unwrap());
}
