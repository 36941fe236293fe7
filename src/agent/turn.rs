//! The turn loop: words in, typed parts from a back end, tool calls for each, a reply made by code from what came out.
//!
//! What it is *not*: it decides no policy and writes no device; tools and the runtime behind them do. A yes to a
//! proposal is the one thing that is no tool call: fixed code recognises it here, so that no model can say it.

use crate::backend::{Backend, BackendEvent, Inquiry};
use crate::consent;
use crate::conversation::{Conversations, Memory};
use crate::events::{Listener, Phase, TurnEvent};
use crate::gather::Gathered;
use crate::howto;
use crate::readback;
use crate::surroundings::{Consent, Snapshot, Surroundings};
use crate::tool::{Caller, Shown, ToolError};
use crate::tool_set::ToolSet;
use base::id::{ConversationId, RuleId, SpaceId, TurnId};
use base::{Bilingual, IdGen, Lang, Timestamp, limits};
use documents::{
    Actor, Channel, DeviceAct, DialogueAct, Draft, ListAct, Part, Proposal, ProposalDoc, Reason, Refusal, Reply,
    RuleAct, RuleAsk, RuleGraph, TimerAct, Understanding, Verdict,
};
use futures::StreamExt;
use language::{Dialogue, REVISES, Utterance, render};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use things::Safety;
use tokio::sync::mpsc;

/// What a turn may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnLimits {
    /// Longest time of one turn.
    pub deadline: Duration,
    /// Most tool calls of one turn.
    pub tool_calls: usize,
}

impl Default for TurnLimits {
    fn default() -> Self {
        TurnLimits { deadline: Duration::from_secs(60), tool_calls: 16 }
    }
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnRequest {
    /// Who.
    pub actor: Actor,
    /// The words.
    pub text: String,
    /// The language to answer in; that of the words when absent.
    pub lang: Option<Lang>,
    /// The conversation; a new one when absent.
    pub conversation: Option<ConversationId>,
    /// Where the speaker is.
    pub space: Option<SpaceId>,
}

/// Why a turn did not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TurnError {
    /// No words.
    #[error("there are no words")]
    Empty,
    /// Too many words.
    #[error("at most {} characters are possible", limits::UTTERANCE_CHARS_MAX)]
    TooLong,
    /// Another turn of this conversation runs.
    #[error("another turn of this conversation still runs")]
    Busy,
    /// Somebody else's conversation.
    #[error("this conversation is somebody else's")]
    NotYours,
    /// The building does not answer.
    #[error("the building does not answer")]
    Gone,
}

impl TurnError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            TurnError::Empty => "turn.empty",
            TurnError::TooLong => "turn.too_long",
            TurnError::Busy => "turn.busy",
            TurnError::NotYours => "turn.not_yours",
            TurnError::Gone => "turn.gone",
        }
    }
}

/// The agent: a back end, tools, and the conversations.
pub struct Agent {
    backend: Arc<dyn Backend>,
    tools: Arc<ToolSet>,
    surroundings: Arc<dyn Surroundings>,
    conversations: Conversations,
    ids: Mutex<IdGen>,
    limits: TurnLimits,
}

impl Agent {
    /// An agent; `seed` is that of the ids of conversations and turns.
    pub fn new(
        backend: Arc<dyn Backend>,
        tools: Arc<ToolSet>,
        surroundings: Arc<dyn Surroundings>,
        seed: u64,
        limits: TurnLimits,
    ) -> Self {
        let conversations = Conversations::default();
        Agent { backend, tools, surroundings, conversations, ids: Mutex::new(IdGen::new(seed)), limits }
    }

    /// The tools that its turns use.
    pub fn tools(&self) -> &Arc<ToolSet> {
        &self.tools
    }

    /// A new turn, for a tool call from outside.
    pub fn new_turn(&self, now: Timestamp) -> TurnId {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now)
    }

    /// Whether a conversation is in memory.
    pub fn knows(&self, conversation: ConversationId) -> bool {
        self.conversations.knows(conversation)
    }

    /// Puts a conversation back that was kept elsewhere, unless it is in memory.
    pub fn restore(&self, conversation: ConversationId, memory: Memory) {
        self.conversations.restore(conversation, memory);
    }

    /// What a conversation remembers, to be kept elsewhere; none while a turn of it runs.
    pub fn memory(&self, conversation: ConversationId) -> Option<Memory> {
        self.conversations.memory(conversation)
    }

    /// Forgets a conversation that was deleted.
    pub fn forget(&self, conversation: ConversationId) {
        self.conversations.forget(conversation);
    }

    /// What a first sentence is understood as, and the same in words: nothing is done, nothing is remembered, and what
    /// the devices report makes no difference.
    ///
    /// # Errors
    /// When there are no words or too many, or the building does not answer.
    pub async fn reading(
        &self,
        text: &str,
        space: Option<SpaceId>,
        at: Option<Timestamp>,
    ) -> Result<(Understanding, Vec<Bilingual>), TurnError> {
        let text = spoken(text)?;
        let mut snapshot = self.surroundings.snapshot().await.map_err(|_| TurnError::Gone)?;
        snapshot.states = Arc::default();
        let now = at.unwrap_or(snapshot.now);
        let utterance = Utterance { text: text.to_owned(), lang: None, space, now };
        let (lang, world) = (utterance.answer_lang(), snapshot.world.clone());
        let understood = self.understand(Inquiry { utterance, dialogue: Dialogue::default(), snapshot }).await;
        let understood = understood.unwrap_or_else(|refusal| {
            let verdict = Verdict::Refusal(refusal);
            Understanding { lang, parts: vec![Part::new((0, text.chars().count()), verdict)], confidence: 0.0 }
        });
        let words = understood.parts.iter().flat_map(|p| readback::words(&p.verdict, &world, now)).collect();
        Ok((understood, words))
    }

    /// What the back end understands, or why it does not.
    async fn understand(&self, inquiry: Inquiry) -> Result<Understanding, Refusal> {
        let mut events = self.backend.understand(inquiry);
        while let Some(event) = events.next().await {
            match event {
                Ok(BackendEvent::Stage(stage)) => tracing::debug!(stage, "understanding"),
                Ok(BackendEvent::Understood(understood)) => return Ok(understood),
                Err(error) => {
                    tracing::warn!(backend = self.backend.name(), %error, "the back end failed");
                    return Err(Refusal::new(Reason::NotUnderstood, error.text));
                }
            }
        }
        Err(Refusal::new(Reason::NotUnderstood, Bilingual::new("没有听懂", "I did not understand that")))
    }

    /// Runs a turn to its end. The listener hears of everything on the way; the last it hears is the reply.
    ///
    /// # Errors
    /// When the turn could not begin. What goes wrong later stands in the reply.
    pub async fn turn(
        &self,
        request: TurnRequest,
        listener: Option<mpsc::Sender<TurnEvent>>,
    ) -> Result<Reply, TurnError> {
        let text = spoken(&request.text)?;
        let snapshot = self.surroundings.snapshot().await.map_err(|_| TurnError::Gone)?;
        let now = snapshot.now;
        let utterance = Utterance { text: text.to_owned(), lang: request.lang, space: request.space, now };
        let conversation =
            request.conversation.unwrap_or_else(|| self.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now));
        let mut memory = self.conversations.open(conversation).ok_or(TurnError::Busy)?;
        if !memory.admit(&request.actor, now) {
            return Err(TurnError::NotYours);
        }
        let caller = Caller {
            actor: request.actor,
            conversation: Some(conversation),
            turn: self.new_turn(now),
            lang: utterance.answer_lang(),
            space: request.space,
        };
        let mut turn = Turn {
            agent: self,
            caller,
            snapshot,
            memory: &mut memory,
            listener: Listener(listener),
            out: Gathered::default(),
            calls: 0,
            stopped: false,
        };
        Ok(Box::pin(turn.run(conversation, &utterance)).await)
    }
}

/// The words of a request, if there are some and not too many.
fn spoken(text: &str) -> Result<&str, TurnError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TurnError::Empty);
    }
    if text.chars().count() > limits::UTTERANCE_CHARS_MAX {
        return Err(TurnError::TooLong);
    }
    Ok(text)
}

/// One turn while it runs.
struct Turn<'a> {
    agent: &'a Agent,
    caller: Caller,
    snapshot: Snapshot,
    memory: &'a mut Memory,
    listener: Listener,
    out: Gathered,
    calls: usize,
    /// Nothing more is tried.
    stopped: bool,
}

impl Turn<'_> {
    async fn run(&mut self, conversation: ConversationId, utterance: &Utterance) -> Reply {
        let turn = self.caller.turn;
        self.listener.tell(TurnEvent::Turn { conversation_id: conversation, turn_id: turn }).await;
        let deadline = self.agent.limits.deadline;
        if tokio::time::timeout(deadline, self.work(utterance)).await.is_err() {
            let text = Bilingual::new(
                "用时过长，已停止；以上是目前已知的结果",
                "this took too long and was stopped; what is told here is what is known so far",
            );
            self.refuse(Refusal::new(Reason::NothingToDo, text)).await;
        }
        let can_undo = matches!(self.agent.surroundings.undoable(&[turn]).await, Ok(Some(_)));
        for delta in self.out.pieces(self.caller.lang, &self.snapshot.world) {
            self.listener.tell(TurnEvent::Text { delta }).await;
        }
        let out = std::mem::take(&mut self.out);
        let reply = out.reply(conversation, turn, self.caller.lang, can_undo, &self.snapshot.world);
        self.listener.tell(TurnEvent::Reply(Box::new(reply.clone()))).await;
        reply
    }

    async fn work(&mut self, utterance: &Utterance) {
        if self.consented(utterance).await {
            return;
        }
        let Some(understood) = self.understand(utterance).await else { return };
        self.caller.lang = understood.lang;
        if howto::answered(&utterance.text, &understood, &self.snapshot.world) {
            return self.call("docs_search", json!({ "query": utterance.text, "lang": understood.lang })).await;
        }
        for part in &understood.parts {
            if self.stopped {
                break;
            }
            self.out.read(&part.words);
            match &part.verdict {
                Verdict::Draft(draft) => self.draft(draft, utterance).await,
                Verdict::Question(question) => {
                    self.out.question(question.clone());
                    self.listener.tell(TurnEvent::Question(question.clone())).await;
                }
                Verdict::Refusal(refusal) => self.refuse(refusal.clone()).await,
            }
        }
        self.memory.dialogue.remember(utterance, &understood);
    }

    async fn understand(&mut self, utterance: &Utterance) -> Option<Understanding> {
        let inquiry = Inquiry {
            utterance: utterance.clone(),
            dialogue: self.memory.dialogue.clone(),
            snapshot: self.snapshot.clone(),
        };
        match self.agent.understand(inquiry).await {
            Ok(understood) => Some(understood),
            Err(refusal) => {
                self.refuse(refusal).await;
                None
            }
        }
    }

    async fn draft(&mut self, draft: &Draft, utterance: &Utterance) {
        match draft {
            Draft::Commands(acts) => self.call("command_propose", json!({ "acts": acts })).await,
            Draft::Query(query) => self.call("point_read", json!(query)).await,
            Draft::Past(query) => self.call("past_read", json!(query)).await,
            Draft::Rule(graph) => self.rule(graph, utterance).await,
            Draft::Rules(act) => self.rules(act).await,
            Draft::Chart(query) => self.call("chart_query", json!(query)).await,
            Draft::Device(act) => self.device(act).await,
            Draft::SaveScene { names, space } => {
                self.call("scene_save", json!({ "names": names, "space": space })).await;
            }
            Draft::Timer(act) => self.timer(act).await,
            Draft::List(ListAct { list, change: Some(change) }) => {
                self.call("list_update", json!({ "list": list, "change": change })).await;
            }
            Draft::List(ListAct { list, change: None }) => self.call("list_read", json!({ "list": list })).await,
            Draft::Clock(ask) => self.call("clock_read", json!({ "ask": ask })).await,
            Draft::Dialogue(act) => self.dialogue(act, utterance).await,
        }
    }

    /// Proposes a rule. One that says another one otherwise takes its place: a proposal that still waits is taken back,
    /// and a rule that exists is replaced once the new one is approved; what it is now is said with it.
    async fn rule(&mut self, graph: &RuleGraph, utterance: &Utterance) {
        let mut input = json!({
            "name": graph.name, "mode": graph.mode, "each": graph.each, "nodes": graph.nodes, "edges": graph.edges,
            "said": utterance.text,
        });
        let named = graph.meta.get(REVISES).and_then(Json::as_str).and_then(|id| RuleId::parse(id).ok());
        if graph.meta.contains_key(REVISES) {
            let same = |p: &&Proposal| matches!(&p.document, ProposalDoc::Rule(rule) if named.is_none_or(|named| rule.id == named));
            let waiting = self.memory.waiting(&self.snapshot.pending).into_iter().rfind(same).cloned();
            match &waiting {
                Some(old) => self.take_back(old).await,
                None => input["replaces"] = json!(self.memory.rule()),
            }
        }
        if let Some(old) = named.and_then(|id| self.known(id)) {
            input["replaces"] = json!(named);
            match self.as_it_is(&old, graph) {
                Some(text) => self.out.say(text),
                None => return self.nothing("这条规则已经是这样", "the rule is so already").await,
            }
        }
        self.call("rule_propose", input).await;
    }

    /// A rule that exists.
    fn known(&self, rule: RuleId) -> Option<RuleGraph> {
        self.snapshot.rules.iter().find(|r| r.graph.id == rule).map(|r| r.graph.clone())
    }

    /// What a rule is before it is changed, in words; none where nothing of it becomes another.
    fn as_it_is(&self, old: &RuleGraph, new: &RuleGraph) -> Option<Bilingual> {
        let (world, name) = (&self.snapshot.world, &old.name);
        if engine::meaning_hash(old, world) != engine::meaning_hash(new, world) {
            let does = engine::explain(old, world);
            return Some(Bilingual::new(
                format!("要更改规则“{}”，它现在是：{}", name.zh, does.zh),
                format!("This changes the rule “{}”, which is now: {}", name.en, does.en),
            ));
        }
        (old.name != new.name).then(|| {
            Bilingual::new(
                format!("规则“{}”将改名为“{}”，内容不变。", name.zh, new.name.zh),
                format!("The rule “{}” will be called “{}”; what it does stays.", name.en, new.name.en),
            )
        })
    }

    /// Answers about rules, or does what is wanted of one.
    async fn rules(&mut self, act: &RuleAct) {
        match act {
            RuleAct::Ask { rules, ask: ask @ (RuleAsk::What | RuleAsk::When | RuleAsk::Why) } if rules.len() == 1 => {
                self.call("rule_get", json!({ "rule": rules.first(), "ask": ask })).await;
            }
            RuleAct::Ask { rules, ask } => self.call("rule_list", json!({ "rules": rules, "ask": ask })).await,
            RuleAct::Switch { rule, state } => {
                self.call("rule_enable", json!({ "rule": rule, "state": state })).await;
            }
            RuleAct::Run(rule) => self.call("rule_run", json!({ "rule": rule })).await,
            RuleAct::Remove(rule) => {
                let same = |p: &&Proposal| matches!(&p.document, ProposalDoc::Rule(graph) if graph.id == *rule);
                let waiting = self.memory.waiting(&self.snapshot.pending).into_iter().rfind(same).cloned();
                match waiting.filter(|_| self.known(*rule).is_none()) {
                    Some(proposal) => match may_consent(&self.caller.actor, &proposal, false) {
                        None => self.decide(&proposal, false).await,
                        Some(refusal) => self.refuse(refusal).await,
                    },
                    None => self.call("rule_remove", json!({ "rule": rule })).await,
                }
            }
        }
    }

    /// Rejects a proposal in whose place another one comes, where who speaks may do so.
    async fn take_back(&mut self, old: &Proposal) {
        if may_consent(&self.caller.actor, old, false).is_some() {
            return;
        }
        let consent = Consent {
            actor: self.caller.actor.clone(),
            turn: self.caller.turn,
            proposal: old.id,
            hash: old.hash.clone(),
            approve: false,
        };
        if let Ok(decided) = self.agent.surroundings.decide(consent).await
            && let Some(p) = decided.proposal
        {
            self.listener.tell(TurnEvent::Proposal(Box::new(p))).await;
        }
    }

    async fn timer(&mut self, act: &TimerAct) {
        let (tool, input) = match act {
            TimerAct::Start(timer) => ("timer_start", json!(timer)),
            TimerAct::Change { which, change } => ("timer_update", json!({ "which": which, "change": change })),
            TimerAct::Ask(which) => ("timer_list", json!({ "which": which })),
        };
        self.call(tool, input).await;
    }

    async fn device(&mut self, act: &DeviceAct) {
        let (tool, input) = match act {
            DeviceAct::Register { product, count, names, space } => {
                ("device_register", json!({ "product": product, "count": count, "names": names, "space": space }))
            }
            DeviceAct::Rename { device, names } => ("device_update", json!({ "device": device, "names": names })),
            DeviceAct::Move { device, space } => ("device_update", json!({ "device": device, "space": space })),
            DeviceAct::Service { device, disabled } => {
                ("device_update", json!({ "device": device, "disabled": disabled }))
            }
            DeviceAct::Remove { device, force } => ("device_remove", json!({ "device": device, "force": force })),
            DeviceAct::Restore { name } => ("device_restore", json!({ "device": name })),
        };
        self.call(tool, input).await;
    }

    async fn dialogue(&mut self, act: &DialogueAct, utterance: &Utterance) {
        match act {
            DialogueAct::Undo => match self.agent.surroundings.undoable(&self.memory.turns()).await {
                Ok(Some(turn)) => self.call("turn_undo", json!({ "turn": turn })).await,
                Ok(None) => self.nothing("没有可以撤销的操作", "there is nothing to take back").await,
                Err(_) => self.gone().await,
            },
            DialogueAct::Confirm if consent::recognise(&utterance.text) == Some(true) => {
                self.nothing("没有等待确认的内容", "nothing waits for a confirmation here").await;
            }
            DialogueAct::Confirm => {
                let text = Bilingual::new(
                    "要批准提案，请只说“确认”，或按提案上的按钮",
                    "to approve a proposal say just “yes”, or press the button on it",
                );
                self.refuse(Refusal::new(Reason::Ambiguous, text)).await;
            }
            DialogueAct::Why(point) => self.call("cause_explain", json!({ "point": point })).await,
            DialogueAct::Cancel | DialogueAct::SmallTalk => {
                if let Some(text) = render::dialogue(act, self.caller.lang) {
                    self.out.say(Bilingual::same(text));
                }
            }
        }
    }

    /// A bare yes or no while a proposal that was shown here waits. True: it was meant for that.
    async fn consented(&mut self, utterance: &Utterance) -> bool {
        let Some(approve) = consent::recognise(&utterance.text) else { return false };
        let waiting: Vec<Proposal> = self.memory.waiting(&self.snapshot.pending).into_iter().cloned().collect();
        let refusal = match waiting.as_slice() {
            [] => return false,
            [one] => match may_consent(&self.caller.actor, one, approve) {
                None if self.memory.dialogue.pending(utterance.now).is_none() => {
                    self.decide(one, approve).await;
                    return true;
                }
                None => unclear(),
                Some(refusal) => refusal,
            },
            _ => unclear(),
        };
        self.refuse(refusal).await;
        true
    }

    async fn decide(&mut self, proposal: &Proposal, approve: bool) {
        let consent = Consent {
            actor: self.caller.actor.clone(),
            turn: self.caller.turn,
            proposal: proposal.id,
            hash: proposal.hash.clone(),
            approve,
        };
        let Ok(decided) = self.agent.surroundings.decide(consent).await else { return self.gone().await };
        if let Some(p) = decided.proposal {
            self.listener.tell(TurnEvent::Proposal(Box::new(p))).await;
            if !approve {
                self.out
                    .say(Bilingual::new("好的，已拒绝，不会执行。", "All right, it is rejected and will not be done."));
            }
        }
        let (receipts, refusals) = (decided.receipts, decided.refusals);
        self.take(Shown { receipts, refusals, ..Shown::default() }).await;
        for text in decided.changed {
            self.out.say(text);
        }
    }

    async fn call(&mut self, tool: &str, input: Json) {
        if self.calls >= self.agent.limits.tool_calls {
            self.stopped = true;
            let text =
                Bilingual::new("一次要求的事情太多，其余没有执行", "that is too much at once; the rest is not done");
            return self.refuse(Refusal::new(Reason::OutOfRange, text)).await;
        }
        self.calls += 1;
        let id = self.calls;
        let event = |phase, summary| TurnEvent::Tool { id, name: tool.to_owned(), phase, summary };
        self.listener.tell(event(Phase::Start, None)).await;
        // Noted before it is done: a turn that is cut off can still be taken back.
        if tool != "turn_undo" {
            self.memory.acted(self.caller.turn);
        }
        match self.agent.tools.call(tool, &self.caller, input).await {
            Ok(output) => {
                self.listener.tell(event(Phase::Done, None)).await;
                match serde_json::from_value::<Shown>(output) {
                    Ok(shown) => self.take(shown).await,
                    Err(error) => tracing::error!(tool, %error, "the output of a tool does not read as documents"),
                }
            }
            Err(error) => {
                let why = error.fault().message.get(self.caller.lang).to_owned();
                self.listener.tell(event(Phase::Error, Some(why))).await;
                self.stopped = matches!(error, ToolError::Stop(_));
                self.refuse(error.refusal()).await;
            }
        }
    }

    async fn take(&mut self, shown: Shown) {
        for receipt in &shown.receipts {
            self.listener.tell(TurnEvent::Receipt(receipt.clone())).await;
        }
        for proposal in &shown.proposals {
            self.memory.showed(proposal);
            self.listener.tell(TurnEvent::Proposal(Box::new(proposal.clone()))).await;
        }
        for refusal in &shown.refusals {
            self.listener.tell(TurnEvent::Refusal(refusal.clone())).await;
        }
        self.out.take(shown);
    }

    async fn refuse(&mut self, refusal: Refusal) {
        self.listener.tell(TurnEvent::Refusal(refusal.clone())).await;
        self.out.take(Shown { refusals: vec![refusal], ..Shown::default() });
    }

    async fn nothing(&mut self, zh: &str, en: &str) {
        self.refuse(Refusal::new(Reason::NothingToDo, Bilingual::new(zh, en))).await;
    }

    async fn gone(&mut self) {
        let text = Bilingual::new("系统正在停止", "the building does not answer");
        self.refuse(Refusal::new(Reason::Offline, text)).await;
        self.stopped = true;
    }
}

/// Why a spoken or typed yes or no of this actor does not decide this proposal. The runtime asks policy again.
fn may_consent(actor: &Actor, proposal: &Proposal, approve: bool) -> Option<Refusal> {
    let by_person = actor.may_approve() && matches!(actor.channel, Channel::Chat | Channel::Voice | Channel::Ui);
    let text = if !by_person {
        Bilingual::new("只有有权限的人可以批准", "only an authorised person approves")
    } else if approve && proposal.safety > Safety::Comfort {
        Bilingual::new("涉及安全，请在页面上批准", "it touches security or safety: approve it on the page")
    } else {
        return None;
    };
    Some(Refusal::new(Reason::NotAllowed, text))
}

fn unclear() -> Refusal {
    let text = Bilingual::new(
        "不止一项在等待，请在要批准的提案上按按钮",
        "more than one thing waits: press the button on the proposal you mean",
    );
    Refusal::new(Reason::Ambiguous, text)
}
