//! The turn loop against a building made of three closures: no runtime, no language.

use crate::*;
use async_trait::async_trait;
use base::id::{CommandId, ConversationId, DeviceId, PointId, ProposalId, TurnId};
use base::{Bilingual, Lang, Span, Timestamp, Value};
use documents::{
    Act, Actor, Channel, DialogueAct, Draft, Part, Proposal, ProposalDoc, ProposalState, Receipt, ReceiptState, Role,
    Understanding, Verdict,
};
use futures::stream::{self, BoxStream, StreamExt};
use policy::Effect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use things::Safety;

/// Sends commands.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Send {
    /// What.
    #[schemars(length(min = 1))]
    acts: Vec<Act>,
}

#[derive(Serialize, JsonSchema)]
struct Sent {
    receipts: Vec<Receipt>,
}

struct CommandPropose;

#[async_trait]
impl Tool for CommandPropose {
    type Input = Send;
    type Output = Sent;
    const NAME: &'static str = "command_propose";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[];
    async fn run(&self, _: &Caller, input: Send) -> Result<Sent, ToolError> {
        Ok(Sent { receipts: input.acts.iter().map(receipt).collect() })
    }
}

/// Takes a turn back.
#[derive(Deserialize, JsonSchema)]
struct Undo {
    /// Which.
    turn: TurnId,
}

#[derive(Serialize, JsonSchema)]
struct Undone {
    text: Bilingual,
}

struct TurnUndo;

#[async_trait]
impl Tool for TurnUndo {
    type Input = Undo;
    type Output = Undone;
    const NAME: &'static str = "turn_undo";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[];
    async fn run(&self, _: &Caller, input: Undo) -> Result<Undone, ToolError> {
        Ok(Undone { text: Bilingual::same(input.turn.to_string()) })
    }
}

/// Never ends.
#[derive(Deserialize, JsonSchema)]
struct Wait {}

struct CauseExplain;

#[async_trait]
impl Tool for CauseExplain {
    type Input = Wait;
    type Output = Undone;
    const NAME: &'static str = "cause_explain";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[];
    async fn run(&self, _: &Caller, _: Wait) -> Result<Undone, ToolError> {
        std::future::pending().await
    }
}

fn receipt(act: &Act) -> Receipt {
    Receipt {
        command: CommandId::from_bits(act.point.bits()),
        device: DeviceId::from_bits(1),
        point: act.point,
        value: Value::Bool(true),
        state: ReceiptState::Confirmed,
        at: now(),
        observed: None,
        reason: None,
        words: None,
    }
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

fn ann(channel: Channel) -> Actor {
    Actor::person("ann", Role::Owner, channel)
}

fn act(point: u128) -> Act {
    Act::to(PointId::from_bits(point), true)
}

/// Understands what the test says it does.
struct Scripted(Vec<Verdict>);

impl Backend for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }
    fn understand(&self, inquiry: Inquiry) -> BoxStream<'static, Result<BackendEvent, BackendError>> {
        let parts = self.0.iter().map(|v| Part::new((0, 1), v.clone())).collect();
        let understood = Understanding { lang: inquiry.utterance.answer_lang(), parts, confidence: 1.0 };
        stream::iter([Ok(BackendEvent::Stage("scripted")), Ok(BackendEvent::Understood(understood))]).boxed()
    }
}

#[derive(Default)]
struct Building {
    pending: Mutex<Vec<Proposal>>,
    decided: Mutex<Vec<Consent>>,
    undoable: Mutex<Vec<TurnId>>,
}

#[async_trait]
impl Surroundings for Building {
    async fn snapshot(&self) -> Result<Snapshot, Gone> {
        let pending = self.pending.lock().unwrap().clone();
        Ok(Snapshot { world: Arc::default(), states: Arc::default(), rules: Arc::default(), pending, now: now() })
    }
    async fn decide(&self, consent: Consent) -> Result<Decided, Gone> {
        self.decided.lock().unwrap().push(consent);
        Ok(Decided { receipts: vec![receipt(&act(9))], ..Decided::default() })
    }
    async fn undoable(&self, turns: &[TurnId]) -> Result<Option<TurnId>, Gone> {
        Ok(turns.iter().find(|t| self.undoable.lock().unwrap().contains(t)).copied())
    }
}

fn agent(building: &Arc<Building>, verdicts: Vec<Verdict>) -> Agent {
    let tools = ToolSet::new(vec![Arc::new(CommandPropose), Arc::new(TurnUndo), Arc::new(CauseExplain)]).unwrap();
    let limits = TurnLimits { deadline: Duration::from_millis(200), tool_calls: 3 };
    Agent::new(Arc::new(Scripted(verdicts)), Arc::new(tools), building.clone(), 1, limits)
}

fn says(text: &str, conversation: Option<ConversationId>, actor: Actor) -> TurnRequest {
    TurnRequest { actor, text: text.into(), lang: None, conversation, space: None }
}

fn commands(points: &[u128]) -> Verdict {
    Verdict::Draft(Draft::Commands(points.iter().map(|p| act(*p)).collect()))
}

fn proposal(id: u128, safety: Safety) -> Proposal {
    let document = ProposalDoc::Commands(vec![act(id)]);
    Proposal {
        id: ProposalId::from_bits(id),
        hash: document.hash(),
        document,
        diagnostics: vec![],
        readback: Bilingual::default(),
        why: Bilingual::default(),
        safety,
        by: ann(Channel::Chat),
        turn: None,
        at: now(),
        expires: now() + Span::from_secs(60),
        state: ProposalState::Pending,
        decided_by: None,
    }
}

#[tokio::test]
async fn parts_become_calls_events_and_one_reply() {
    let building = Arc::new(Building::default());
    let (to, mut from) = tokio::sync::mpsc::channel(events::EVENTS_MAX);
    let agent = agent(&building, vec![commands(&[1]), commands(&[2])]);
    let reply = agent.turn(says("开灯", None, ann(Channel::Chat)), Some(to)).await.unwrap();
    assert_eq!((reply.receipts.len(), reply.lang), (2, Lang::Zh));
    let mut heard = Vec::new();
    let mut text = String::new();
    while let Some(event) = from.recv().await {
        if let TurnEvent::Text { delta } = &event {
            text.push_str(delta);
        }
        heard.push(event.name());
    }
    assert_eq!(heard, ["turn", "tool", "tool", "receipt", "tool", "tool", "receipt", "text", "reply"]);
    assert_eq!(text, reply.text);
}

#[tokio::test]
async fn a_turn_is_bounded_in_calls_and_time() {
    let building = Arc::new(Building::default());
    let many = agent(&building, vec![commands(&[1]), commands(&[2]), commands(&[3]), commands(&[4]), commands(&[5])]);
    let reply = many.turn(says("x", None, ann(Channel::Chat)), None).await.unwrap();
    assert_eq!((reply.receipts.len(), reply.refusals.len()), (3, 1));
    let why = Verdict::Draft(Draft::Dialogue(DialogueAct::Why(PointId::from_bits(1))));
    let slow = agent(&building, vec![commands(&[1]), why]);
    let reply = slow.turn(says("x", None, ann(Channel::Chat)), None).await.unwrap();
    assert_eq!((reply.receipts.len(), reply.refusals.len()), (1, 1), "{}", reply.text);
}

#[tokio::test]
async fn what_cannot_begin_says_why() {
    let agent = agent(&Arc::new(Building::default()), vec![commands(&[1])]);
    let id = ConversationId::from_bits(1);
    let long = "x".repeat(base::limits::UTTERANCE_CHARS_MAX + 1);
    for (text, actor, expected) in [
        ("on", ann(Channel::Chat), None),
        ("  ", ann(Channel::Chat), Some(TurnError::Empty)),
        (long.as_str(), ann(Channel::Chat), Some(TurnError::TooLong)),
        ("on", Actor::agent("ann", Channel::Chat), Some(TurnError::NotYours)),
    ] {
        assert_eq!(agent.turn(says(text, Some(id), actor), None).await.err(), expected);
    }
    let kept = agent.memory(id).unwrap();
    let back: Memory = serde_json::from_value(serde_json::to_value(&kept).unwrap()).unwrap();
    assert_eq!(back, kept);
}

/// Shows proposals in a conversation, then says yes in it: what is decided, and the first reason why not.
async fn yes_to(shown: Vec<Proposal>, pending: Vec<Proposal>, actor: Actor) -> (usize, Option<documents::Reason>) {
    let building = Arc::new(Building::default());
    let agent = agent(&building, vec![Verdict::Draft(Draft::Dialogue(DialogueAct::Confirm))]);
    let id = ConversationId::from_bits(7);
    let mut memory = Memory::default();
    assert!(memory.admit(&actor, now()));
    for p in &shown {
        memory.showed(p);
    }
    agent.restore(id, memory);
    *building.pending.lock().unwrap() = pending;
    let reply = agent.turn(says("Yes, please.", Some(id), actor), None).await.unwrap();
    let decided = building.decided.lock().unwrap().len();
    (decided, reply.refusals.first().map(|r| r.reason))
}

#[tokio::test]
async fn a_yes_decides_only_one_comfort_proposal_shown_here_to_a_person() {
    use documents::Reason::{Ambiguous, NotAllowed, NothingToDo};
    let comfort = || proposal(1, Safety::Comfort);
    let changed = Proposal { hash: "other".into(), ..comfort() };
    let person = || ann(Channel::Chat);
    for (name, shown, pending, actor, expected) in [
        ("comfort", vec![comfort()], vec![comfort()], person(), (1, None)),
        (
            "security",
            vec![proposal(2, Safety::Security)],
            vec![proposal(2, Safety::Security)],
            person(),
            (0, Some(NotAllowed)),
        ),
        (
            "two",
            vec![comfort(), proposal(3, Safety::None)],
            vec![comfort(), proposal(3, Safety::None)],
            person(),
            (0, Some(Ambiguous)),
        ),
        ("elsewhere", vec![], vec![comfort()], person(), (0, Some(NothingToDo))),
        ("no longer as shown", vec![comfort()], vec![changed], person(), (0, Some(NothingToDo))),
        ("agent", vec![comfort()], vec![comfort()], Actor::agent("bot", Channel::Chat), (0, Some(NotAllowed))),
        ("agent's channel", vec![comfort()], vec![comfort()], ann(Channel::Mcp), (0, Some(NotAllowed))),
        (
            "viewer",
            vec![comfort()],
            vec![comfort()],
            Actor::person("v", Role::Viewer, Channel::Chat),
            (0, Some(NotAllowed)),
        ),
    ] {
        assert_eq!(yes_to(shown, pending, actor).await, expected, "{name}");
    }
}

/// A back end (later a model) that claims to have heard a yes is not believed.
#[tokio::test]
async fn a_back_end_cannot_approve() {
    let building = Arc::new(Building::default());
    *building.pending.lock().unwrap() = vec![proposal(1, Safety::Comfort)];
    let agent = agent(&building, vec![Verdict::Draft(Draft::Dialogue(DialogueAct::Confirm))]);
    let mut memory = Memory::default();
    memory.admit(&ann(Channel::Chat), now());
    memory.showed(&proposal(1, Safety::Comfort));
    let id = ConversationId::from_bits(1);
    agent.restore(id, memory);
    let reply = agent.turn(says("sounds lovely", Some(id), ann(Channel::Chat)), None).await.unwrap();
    assert_eq!((building.decided.lock().unwrap().len(), reply.refusals.len()), (0, 1));
}

#[tokio::test]
async fn undo_takes_back_the_newest_turn_of_this_conversation() {
    let building = Arc::new(Building::default());
    let id = ConversationId::from_bits(1);
    let agent = agent(&building, vec![Verdict::Draft(Draft::Dialogue(DialogueAct::Undo))]);
    let mut memory = Memory::default();
    memory.admit(&ann(Channel::Chat), now());
    for n in 1..=3 {
        memory.acted(TurnId::from_bits(n));
    }
    agent.restore(id, memory);
    *building.undoable.lock().unwrap() = vec![TurnId::from_bits(1), TurnId::from_bits(2), TurnId::from_bits(4)];
    let undo = || says("undo", Some(id), ann(Channel::Chat));
    assert_eq!(agent.turn(undo(), None).await.unwrap().text, TurnId::from_bits(2).to_string());
    *building.undoable.lock().unwrap() = vec![TurnId::from_bits(4)];
    assert_eq!(agent.turn(undo(), None).await.unwrap().refusals.len(), 1);
}

#[tokio::test]
async fn calls_are_checked_before_they_run() {
    let tools = ToolSet::new(vec![Arc::new(CommandPropose)]).unwrap();
    let caller = |role| Caller {
        actor: Actor::person("p", role, Channel::Api),
        conversation: None,
        turn: TurnId::from_bits(1),
        lang: Lang::En,
        space: None,
    };
    let codes = async |name: &str, role, input| match tools.call(name, &caller(role), input).await {
        Ok(_) => vec![],
        Err(e) => {
            let f = e.fault();
            if f.diagnostics.is_empty() {
                vec![f.code.clone()]
            } else {
                f.diagnostics.iter().map(|d| d.code.clone()).collect()
            }
        }
    };
    let good = json!({ "acts": [act(1)] });
    assert_eq!(codes("command_propose", Role::Owner, good.clone()).await, [] as [&str; 0]);
    assert_eq!(codes("command_propose", Role::Viewer, good.clone()).await, ["not_allowed"]);
    assert_eq!(codes("command_proposal", Role::Owner, good).await, ["unknown_tool"]);
    let bad = json!({ "acts": [{ "point": "lamp", "setting": { "to": true } }], "now": 1 });
    let mut found = codes("command_propose", Role::Owner, bad).await;
    found.sort();
    assert_eq!(found, ["input.id", "input.unknown_field"]);
    assert_eq!(codes("command_propose", Role::Owner, json!({ "acts": [] })).await, ["input.minItems"]);
    assert_eq!(
        ToolSet::new(vec![Arc::new(CommandPropose), Arc::new(CommandPropose)]).err(),
        Some(ToolSetError::Duplicate("command_propose"))
    );
}
