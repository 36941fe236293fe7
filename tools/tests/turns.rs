//! The turn loop over the real runtime, with a back end that understands what the test says it does.

use super::{building, li, rule};
use agent::{Agent, Backend, BackendError, BackendEvent, Embedded, Inquiry, TurnLimits, TurnRequest};
use base::id::ConversationId;
use documents::{Act, Actor, Channel, DialogueAct, Draft, Part, Query, Reply, Understanding, Verdict};
use documents::{Ask, ProposalDoc, ReceiptState};
use futures::stream::{self, BoxStream, StreamExt};
use runtime::{Handle, sim};
use std::collections::BTreeMap;
use std::sync::Arc;
use things::Selector;

struct Script(BTreeMap<&'static str, Draft>);

impl Backend for Script {
    fn name(&self) -> &'static str {
        "script"
    }
    fn understand(&self, inquiry: Inquiry) -> BoxStream<'static, Result<BackendEvent, BackendError>> {
        let draft = self.0.get(inquiry.utterance.text.as_str()).cloned();
        let parts = draft.map(|d| Part::new((0, 1), Verdict::Draft(d))).into_iter().collect();
        let understood = Understanding { lang: inquiry.utterance.answer_lang(), parts, confidence: 1.0 };
        stream::iter([Ok(BackendEvent::Understood(understood))]).boxed()
    }
}

fn script() -> Script {
    let set =
        |device, property, value: base::Value| Draft::Commands(vec![Act::to(sim::point(device, property), value)]);
    Script(BTreeMap::from([
        ("light", set("lobby_light", "power", true.into())),
        ("unlock", set("front_lock", "locked", false.into())),
        ("开灯", set("lobby_light", "power", true.into())),
        ("too hot", set("meeting_ac", "target_temperature", 99.0.into())),
        ("rule", Draft::Rule(Box::new(rule()))),
        ("read", Draft::Query(Query { select: Selector::point(sim::point("meeting_air", "co2")), ask: Ask::Value })),
        ("why", Draft::Dialogue(DialogueAct::Why(sim::point("desk_lamp", "power")))),
        ("undo", Draft::Dialogue(DialogueAct::Undo)),
    ]))
}

struct Talk {
    handle: Handle,
    agent: Agent,
}

impl Talk {
    async fn new() -> Talk {
        Talk::with(Arc::new(script())).await
    }
    async fn with(backend: Arc<dyn Backend>) -> Talk {
        let handle = building().await;
        let (tools, around) = (crate::all(&handle).unwrap(), crate::Building::new(handle.clone()));
        let agent = Agent::new(backend, Arc::new(tools), Arc::new(around), 5, TurnLimits::default());
        Talk { handle, agent }
    }
    async fn say(&self, text: &str, actor: Actor) -> Reply {
        let conversation = Some(ConversationId::from_bits(1));
        self.agent
            .turn(TurnRequest { actor, text: text.into(), lang: None, conversation, space: None }, None)
            .await
            .unwrap()
    }
    async fn lobby_light(&self) -> Option<base::Value> {
        let point = sim::point("lobby_light", "power");
        self.handle.read(move |c| c.states().get(&point).map(|s| s.value.clone())).await.unwrap()
    }
}

#[tokio::test]
async fn done_told_undone() {
    let talk = Talk::new().await;
    let chat = || li(Channel::Chat);
    let reply = talk.say("light", chat()).await;
    assert_eq!(reply.receipts[0].state, ReceiptState::Confirmed);
    assert!(reply.can_undo && reply.text.contains("Lobby light"), "{}", reply.text);
    assert_eq!(talk.lobby_light().await, Some(true.into()));
    let reply = talk.say("开灯", chat()).await;
    assert!(reply.text.contains("大厅灯"), "{}", reply.text);
    let reply = talk.say("undo", chat()).await;
    assert_eq!(reply.receipts[0].state, ReceiptState::Confirmed, "{}", reply.text);
    assert!(talk.say("read", chat()).await.text.contains("620"));
    assert!(talk.say("why", chat()).await.text.contains("Li"));
    let refused = talk.say("too hot", chat()).await;
    assert_eq!(refused.refusals[0].reason, documents::Reason::OutOfRange, "{}", refused.text);
}

#[tokio::test]
async fn the_words_of_a_rule_propose_that_rule() {
    let talk = Talk::with(Arc::new(Embedded::default())).await;
    let world = talk.handle.read(|c| c.world().clone()).await.unwrap();
    let words = engine::explain(&rule(), &world);
    for text in [&words.zh, &words.en] {
        let reply = talk.say(text, li(Channel::Chat)).await;
        let [proposal] = reply.proposals.as_slice() else { panic!("{text}: {}", reply.text) };
        let ProposalDoc::Rule(found) = &proposal.document else { panic!("{proposal:?}") };
        assert_eq!(engine::meaning_hash(found, &world), engine::meaning_hash(&rule(), &world), "{text}");
        assert_eq!(proposal.readback, words);
    }
}

#[tokio::test]
async fn a_yes_makes_a_rule_live_but_never_unlocks() {
    let talk = Talk::new().await;
    let chat = || li(Channel::Chat);
    let runs = async || talk.handle.read(|c| c.rules().len()).await.unwrap();
    let before = runs().await;
    let proposed = talk.say("rule", chat()).await;
    assert_eq!((proposed.proposals.len(), runs().await), (1, before), "{}", proposed.text);
    let approved = talk.say("Yes.", chat()).await;
    assert_eq!((approved.refusals.len(), runs().await), (0, before + 1), "{}", approved.text);
    assert!(approved.text.contains("in use"), "{}", approved.text);
    let undone = talk.say("undo", chat()).await;
    assert!(undone.text.contains("not in use"), "{}", undone.text);

    assert_eq!(talk.say("unlock", chat()).await.proposals.len(), 1);
    let said = talk.say("yes", chat()).await;
    assert_eq!(said.refusals[0].reason, documents::Reason::NotAllowed, "{}", said.text);
    let locked = sim::point("front_lock", "locked");
    let now = talk.handle.read(move |c| c.states().get(&locked).map(|s| s.value.clone())).await.unwrap();
    assert_eq!(now, Some(true.into()));
}
