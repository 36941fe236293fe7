//! A simulated building with everything a person meets: runtime, tools, agent. Sentences go in as a person's words in a
//! chat; what the devices received, what waits for approval and what was answered comes out.
//!
//! What it is *not*: no shortcut. Commands are observed where they leave for the driver, after policy and arbitration.

use crate::cases::Saved;
use crate::homes::ops::Write;
use crate::watched::Watched;
use agent::{Agent, Backend, Inquiry, Surroundings, TurnLimits, TurnRequest};
use anyhow::Context;
use base::id::{ConversationId, DeviceId, PointId, RevisionId, SpaceId};
use base::{Bilingual, Clock, Id, Span, Timestamp, Value};
use documents::journal::Batch;
use documents::{
    Act, Actor, Channel, ChartQuery, Event, Outcome, Proposal, ProposalDoc, Refusal, Reply, Role, RuleState, Setting,
    Understanding,
};
use drivers::simulated::{Config, Fault, Simulated};
use language::{Dialogue, Utterance};
use runtime::{Handle, Host, Options, Time};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use things::{States, WorldDoc};
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

/// Seed of the ids of every building: a measurement repeats exactly.
const SEED: u64 = 20_261_121;

/// A running building.
pub struct Building {
    /// The runtime.
    pub handle: Handle,
    /// The moment at which its virtual time began.
    pub now: Timestamp,
    agent: Agent,
    watched: Arc<Watched>,
    batches: Receiver<Arc<Batch>>,
    conversation: ConversationId,
    role: Role,
    clock: Arc<dyn Clock>,
}

/// What stands in a building at first.
pub struct Plan {
    /// What exists.
    pub doc: WorldDoc,
    /// First values.
    pub values: BTreeMap<PointId, Value>,
    /// Devices that cannot be reached.
    pub unreachable: Vec<DeviceId>,
    /// The moment at which its virtual time begins.
    pub now: Timestamp,
    /// The role of who speaks.
    pub role: Role,
}

/// What one sentence led to.
pub struct Said {
    /// The reply.
    pub reply: Reply,
    /// What was understood; none when the words were a plain yes or no to a proposal.
    pub understood: Option<Understanding>,
    /// Commands that left, by themselves or after approval.
    pub writes: Vec<Write>,
    /// Whether commands were shown for confirmation first.
    pub asked: bool,
    /// From the sentence to the reply.
    pub took: Span,
    /// Understanding alone.
    pub thought: Option<Span>,
}

impl Said {
    /// Every reason why something was not done.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.reply.refusals.iter().chain(self.reply.receipts.iter().filter_map(|r| r.reason.as_ref()))
    }
    /// The charts that were drawn.
    pub fn charts(&self) -> impl Iterator<Item = &ChartQuery> {
        self.reply.charts.iter().map(|c| &c.query)
    }
    /// Rules that wait for approval, and changes of rules.
    pub fn rules(&self) -> impl Iterator<Item = &Proposal> {
        let of_rules = |p: &&Proposal| matches!(p.document, ProposalDoc::Rule(_) | ProposalDoc::RuleChange { .. });
        self.reply.proposals.iter().filter(of_rules)
    }
    /// Whether nothing came of it but a refusal.
    pub fn rejected(&self) -> bool {
        self.refusals().next().is_some()
            && self.writes.is_empty()
            && self.reply.proposals.is_empty()
            && self.reply.frames.is_empty()
            && self.reply.charts.is_empty()
    }
}

/// What came out of the runtime since somebody last listened.
#[derive(Default)]
struct Heard {
    sent: Vec<(PointId, Value)>,
    differences: BTreeMap<PointId, f64>,
    notices: usize,
}

impl Building {
    /// Starts it.
    ///
    /// # Errors
    /// When the runtime does not start.
    pub async fn start(plan: Plan, backend: Arc<dyn Backend>, clock: Arc<dyn Clock>) -> anyhow::Result<Building> {
        let now = plan.now;
        let options = Options { time: Time::Manual(now), seed: SEED, safe: false, build: "evals".into() };
        let (handle, mut host) = Host::start(Store::open_in_memory(), options).await?;
        let revision = RevisionId::of_name("evals");
        host.configure(Event::World { revision, doc: Box::new(plan.doc), by: Actor::system() }).await;
        let config = Config { latency_ms: Span::ZERO, instant: true, ..Config::default() };
        host.attach(Box::new(Simulated::new(config, host.core().world().clone(), plan.values)));
        tokio::spawn(host.run());
        for device in plan.unreachable {
            handle.fault(device, Fault::Offline).await?;
        }
        let surroundings: Arc<dyn Surroundings> = Arc::new(tools::Building::new(handle.clone()));
        let tools = Arc::new(tools::all(&handle)?);
        let watched = Arc::new(Watched::new(backend, clock.clone()));
        warm_up(&watched, surroundings.as_ref()).await?;
        let agent = Agent::new(watched.clone(), tools, surroundings, SEED, TurnLimits::default());
        let batches = handle.subscribe();
        let (conversation, role) = (Id::of_name("evals"), plan.role);
        Ok(Building { handle, now, agent, watched, batches, conversation, role, clock })
    }

    /// Says something in a chat, and approves commands that are shown for confirmation.
    ///
    /// # Errors
    /// When the turn could not begin, or the runtime stopped.
    pub async fn say(&mut self, text: &str, space: Option<SpaceId>) -> anyhow::Result<Said> {
        self.listen();
        let before = self.clock.now();
        let request = TurnRequest {
            actor: Actor::person("owner", self.role, Channel::Chat),
            text: text.to_owned(),
            lang: None,
            conversation: Some(self.conversation),
            space,
        };
        let reply = self.agent.turn(request, None).await?;
        let took = self.clock.now() - before;
        let (understood, thought) = self.watched.take().unzip();
        let shown: Vec<&Proposal> =
            reply.proposals.iter().filter(|p| matches!(p.document, ProposalDoc::Commands(_))).collect();
        for proposal in &shown {
            self.approve(proposal).await?;
        }
        let asked = !shown.is_empty();
        let heard = self.listen();
        let mut writes: Vec<Write> = heard
            .sent
            .into_iter()
            .map(|(point, value)| Write { by: heard.differences.get(&point).copied(), point, value })
            .collect();
        if asked && writes.is_empty() {
            writes = shown.iter().flat_map(|p| acts(p)).filter_map(shown_write).collect();
        }
        Ok(Said { reply, understood, writes, asked, took, thought })
    }

    /// Approves a proposal on the page, as the owner.
    ///
    /// # Errors
    /// When the runtime stopped.
    pub async fn approve(&self, proposal: &Proposal) -> anyhow::Result<()> {
        let actor = Actor::person("owner", Role::Owner, Channel::Ui);
        let (id, hash) = (proposal.id, proposal.hash.clone());
        self.handle.apply(Event::Decide { actor, turn: None, proposal: id, hash, approve: true }).await?;
        self.settle().await
    }

    /// Puts a rule into the building, by words that are said in another conversation.
    ///
    /// # Errors
    /// When the words make no rule, or the runtime stopped.
    pub async fn keep(&mut self, rule: &Saved) -> anyhow::Result<()> {
        let own = std::mem::replace(&mut self.conversation, Id::of_name(&rule.en));
        let said = self.say(&rule.said, None).await;
        self.conversation = own;
        let reply = said?.reply;
        let drawn = reply.proposals.iter().find_map(|p| match &p.document {
            ProposalDoc::Rule(graph) => Some(graph.clone()),
            _ => None,
        });
        let mut graph = drawn.with_context(|| format!("{}: no rule, but {}", rule.said, reply.text))?;
        graph.name = Bilingual::new(rule.zh.clone(), rule.en.clone());
        let (id, actor) = (graph.id, Actor::person("owner", Role::Owner, Channel::Ui));
        let document = ProposalDoc::Rule(graph);
        let event = Event::Propose { actor: actor.clone(), turn: None, document };
        for outcome in self.handle.apply(event).await? {
            if let Outcome::Proposal(proposal) = outcome {
                self.approve(&proposal).await?;
            }
        }
        if rule.off {
            let state = RuleState::Draft;
            self.handle.apply(Event::RuleSwitch { actor, turn: None, rule: id, state }).await?;
        }
        self.settle().await
    }

    /// How far the rule of a name is in use: `live`, `shadow`, `draft`, or `gone`.
    ///
    /// # Errors
    /// When the runtime stopped.
    pub async fn rule_state(&self, name: &str) -> anyhow::Result<&'static str> {
        let name = name.to_owned();
        let look = move |core: &runtime::Core| {
            let called = |n: &Bilingual| n.en == name || n.zh == name;
            core.rules().values().find(|r| called(&r.graph.name)).map(|r| r.graph.state)
        };
        Ok(match self.handle.read(look).await? {
            Some(RuleState::Live) => "live",
            Some(RuleState::Shadow) => "shadow",
            Some(RuleState::Draft) => "draft",
            None => "gone",
        })
    }

    /// Lets everything that is due happen.
    ///
    /// # Errors
    /// When the runtime stopped.
    pub async fn settle(&self) -> anyhow::Result<()> {
        Ok(self.handle.advance(Span::ZERO).await?)
    }

    /// Present values.
    ///
    /// # Errors
    /// When the runtime stopped.
    pub async fn states(&self) -> anyhow::Result<States> {
        Ok(self.handle.read(|core| core.states().clone()).await?)
    }

    /// Whether everything is as it was, apart from when it was measured.
    ///
    /// # Errors
    /// When the runtime stopped.
    pub async fn rests(&self, before: &States) -> anyhow::Result<bool> {
        let now = self.states().await?;
        Ok(now.len() == before.len() && now.iter().all(|(p, s)| before.get(p).is_some_and(|b| b.value == s.value)))
    }

    /// How often people were told something since the last time.
    pub fn notices(&mut self) -> usize {
        self.listen().notices
    }

    /// Takes what came out of the runtime since the last time.
    fn listen(&mut self) -> Heard {
        let mut heard = Heard::default();
        loop {
            match self.batches.try_recv() {
                Ok(batch) => heard.take(&batch),
                // A subscriber that was too slow goes on with the oldest batch there is.
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return heard,
            }
        }
    }

    /// Ends it.
    pub async fn stop(self) {
        self.handle.stop().await;
    }
}

impl Heard {
    fn take(&mut self, batch: &Batch) {
        for event in &batch.events {
            if let Event::Request { acts, .. } = event {
                self.asked_for(acts);
            }
        }
        for outcome in &batch.outcomes {
            match outcome {
                Outcome::Send(command) => self.sent.push((command.point, command.value.clone())),
                Outcome::Proposal(p) => self.asked_for(acts(p)),
                Outcome::Notice(_) => self.notices += 1,
                _ => {}
            }
        }
    }

    fn asked_for(&mut self, acts: &[Act]) {
        for act in acts {
            if let Setting::By(by) = act.setting {
                self.differences.insert(act.point, by);
            }
        }
    }
}

fn acts(proposal: &Proposal) -> &[Act] {
    match &proposal.document {
        ProposalDoc::Commands(acts) => acts,
        ProposalDoc::Rule(_) | ProposalDoc::Configuration(_) | ProposalDoc::RuleChange { .. } => &[],
    }
}

/// A command of a proposal that policy did not let through even after approval: what was shown counts.
fn shown_write(act: &Act) -> Option<Write> {
    match &act.setting {
        Setting::To(value) | Setting::Call(value) => Some(Write { point: act.point, value: value.clone(), by: None }),
        Setting::By(_) | Setting::Toggle => None,
    }
}

/// The words of the world are gathered once for each world; that is no part of understanding a sentence.
async fn warm_up(watched: &Watched, surroundings: &dyn Surroundings) -> anyhow::Result<()> {
    let snapshot = surroundings.snapshot().await.context("the building does not answer")?;
    let utterance = Utterance::new("-", snapshot.now);
    drop(watched.understand(Inquiry { utterance, dialogue: Dialogue::default(), snapshot }));
    watched.take();
    Ok(())
}
