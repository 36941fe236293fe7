//! The one task that owns core, log and drivers. It works in batches: take what is queued, apply, write down, let the
//! effects leave, answer.
//!
//! Losing the store leaves control running: a batch that cannot be written still takes effect, an alarm is raised and
//! nothing is acknowledged.

use crate::clock::{ManualClock, SystemClock, sleep_until};
use crate::connections::Connections;
use crate::core::{CHECKPOINT_VERSION, Core};
use crate::handle::{Handle, HostError, Message};
use crate::history::History;
use crate::sandbox::Sandbox;
use crate::{identities, replay, revisions};
use base::id::CommandId;
use base::{Clock, Span, Timestamp};
use documents::journal::JOURNAL_VERSION;
use documents::{Batch, Event, Outcome, Receipt};
use drivers::contract::SAID_MAX;
use drivers::{Input, Said, Session};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use store::{Store, StoreError};
use things::{Route, World};
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot};

/// Most messages that wait for the host.
pub const QUEUE_MAX: usize = 1_024;
/// Most events of one batch.
pub const BATCH_EVENTS_MAX: usize = 1_000;
/// Batches between two checkpoints.
pub const CHECKPOINT_EVERY: u64 = 5_000;
/// Batches that the log keeps; history of values lives in them too.
pub const LOG_BATCHES_MAX: u64 = 5_000_000;
/// Batches that a slow subscriber may lag behind.
pub const SUBSCRIBER_LAG_MAX: usize = 512;
/// What the field says so soon after the last batch of it waits until [`FIELD_PAUSE`] after that one, so that thousands
/// of messages a second share the cost of writing. Who speaks more seldom waits for nothing; people never wait for it.
const FIELD_BUSY: Span = Span::from_micros(250);
/// From one batch to the next while the field speaks that fast.
const FIELD_PAUSE: Span = Span::from_millis(1);
/// Rounds of drivers answering at once within one wake-up; what is left waits for the next.
const ROUNDS_MAX: usize = 64;

/// Copies of the building that are run ahead at the same time.
const PLAYS_MAX: usize = 1;

/// Which clock a host runs on.
#[derive(Debug, Clone)]
pub enum Time {
    /// The machine's.
    Real,
    /// One that goes so many times as fast as the machine's, from the latest time that a device named or from now.
    Paced(u32),
    /// One that only moves when told, or when somebody waits for a receipt.
    Manual(Timestamp),
}

/// How a host starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which clock.
    pub time: Time,
    /// Seed of the ids on an empty log; taken from the operating system by the caller.
    pub seed: u64,
    /// No rule runs.
    pub safe: bool,
    /// Version of the build, written to the log.
    pub build: String,
}

enum HostClock {
    Real(SystemClock),
    Manual(ManualClock),
}

struct Waiter {
    commands: Vec<CommandId>,
    reply: oneshot::Sender<Vec<Receipt>>,
}

/// The host.
pub struct Host {
    core: Core,
    store: Store,
    /// Who reaches devices and raw topics, by route.
    sessions: BTreeMap<Route, Box<dyn Session>>,
    connections: Connections,
    /// What the field says.
    said: mpsc::Receiver<Said>,
    /// When the last batch of it was begun.
    heard: Timestamp,
    /// The raw topics that rules listen to, as the sessions were told.
    listening: BTreeMap<Route, Vec<String>>,
    clock: HostClock,
    from: mpsc::Receiver<Message>,
    batches: broadcast::Sender<Arc<Batch>>,
    seq: u64,
    checkpointed: u64,
    waiters: Vec<Waiter>,
    /// Events that drivers gave and that wait for the next batch.
    inbox: VecDeque<Event>,
    /// Set while the log refuses.
    broken: Option<String>,
}

/// What the host woke up for.
enum Woken {
    Asked,
    Heard,
    Due,
    Alone,
}

/// An event and who waits for its outcomes.
type Job = (Event, Option<oneshot::Sender<Result<Vec<Outcome>, HostError>>>);

impl Host {
    /// Restores the core from the store, and gives the handle and the host to run.
    ///
    /// # Errors
    /// When the log or a checkpoint cannot be read.
    pub async fn start(store: Store, options: Options) -> Result<(Handle, Host), StoreError> {
        let (core, seq) = replay::restore(&store).await?;
        let real = SystemClock::default();
        let (clock, shared): (HostClock, Arc<dyn Clock>) = match options.time {
            Time::Real => (HostClock::Real(real.clone()), Arc::new(real.clone())),
            Time::Paced(speed) => {
                let latest = core.states().values().map(|s| s.at).max();
                let c = SystemClock::paced(speed, latest.map_or(real.now(), |at| at.max(real.now())));
                (HostClock::Real(c.clone()), Arc::new(c))
            }
            Time::Manual(at) => {
                let c = ManualClock::at(at);
                (HostClock::Manual(c.clone()), Arc::new(c))
            }
        };
        let (wall, speed): (Arc<dyn Clock>, u32) = match &clock {
            HostClock::Real(c) => (Arc::new(real), c.speed()),
            HostClock::Manual(c) => (Arc::new(c.clone()), 1),
        };
        let (to, from) = mpsc::channel(QUEUE_MAX);
        let batches = broadcast::Sender::new(SUBSCRIBER_LAG_MAX);
        let (field, said) = mpsc::channel(SAID_MAX);
        let history = History::new(store.clone(), shared.clone());
        let handle = Handle {
            to,
            field: field.clone(),
            batches: batches.clone(),
            clock: shared.clone(),
            wall,
            speed,
            history,
            plays: Arc::new(Semaphore::new(PLAYS_MAX)),
            backtests: Arc::new(Semaphore::new(crate::backtest::AT_ONCE_MAX)),
        };
        let mut host = Host {
            core,
            connections: Connections::new(store.clone(), field, shared),
            store,
            sessions: BTreeMap::new(),
            said,
            heard: Timestamp::MIN,
            listening: BTreeMap::new(),
            clock,
            from,
            batches,
            seq,
            checkpointed: seq,
            waiters: Vec::new(),
            inbox: VecDeque::new(),
            broken: None,
        };
        let started = Event::Started {
            build: options.build,
            time_zone_data: base::time::time_zone_data_version().into(),
            seed: options.seed,
            safe: options.safe,
        };
        host.process(vec![(started, None)]).await;
        Ok((handle, host))
    }

    /// Gives a world to an empty installation before the drivers start.
    pub async fn configure(&mut self, event: Event) {
        self.process(vec![(event, None)]).await;
    }

    /// The core, before it runs.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Adds a driver before the host runs.
    pub fn attach(&mut self, session: Box<dyn Session>) {
        self.sessions.insert(session.route(), session);
    }

    /// Runs until it is told to stop or every handle is gone.
    pub async fn run(mut self) {
        self.follow_world().await;
        self.tell_all(&Input::Start);
        self.follow_rules();
        self.settle_now().await;
        let mut queue = Vec::with_capacity(BATCH_EVENTS_MAX);
        let mut said = Vec::with_capacity(SAID_MAX);
        loop {
            let wake = self.deadline();
            if self.may_skip_time(wake) {
                self.move_to(wake).await;
                continue;
            }
            match self.woken(&mut queue, &mut said, wake).await {
                Woken::Asked => {
                    if self.take(&mut queue).await {
                        break;
                    }
                }
                Woken::Heard => self.hear(&mut said).await,
                Woken::Due => self.wake().await,
                Woken::Alone => break,
            }
        }
        // Nobody is heard any more: what waits to be acknowledged is not, and no driver waits for room to say more.
        said.clear();
        self.said.close();
        while self.said.try_recv().is_ok() {}
        self.connections.stop().await;
        self.checkpoint().await;
    }

    /// Waits for whatever comes first. People and programs go before the field; what is due is looked after in between.
    async fn woken(&mut self, queue: &mut Vec<Message>, said: &mut Vec<Said>, wake: Option<Timestamp>) -> Woken {
        let due = async {
            match &self.clock {
                HostClock::Real(clock) => sleep_until(clock, wake).await,
                HostClock::Manual(_) => std::future::pending().await,
            }
        };
        let heard = async {
            // What was taken out before somebody came in between is still here.
            if said.is_empty() {
                self.said.recv_many(said, SAID_MAX).await;
            }
            if let HostClock::Real(clock) = &self.clock
                && clock.now() < self.heard + FIELD_BUSY
            {
                sleep_until(clock, Some(self.heard + FIELD_PAUSE)).await;
                while said.len() < SAID_MAX
                    && let Ok(more) = self.said.try_recv()
                {
                    said.push(more);
                }
            }
        };
        tokio::select! {
            biased;
            n = self.from.recv_many(queue, BATCH_EVENTS_MAX) => if n == 0 { Woken::Alone } else { Woken::Asked },
            () = heard => Woken::Heard,
            () = due => Woken::Due,
        }
    }

    /// Applies what the field said; who waits for the disk is answered when it is there.
    async fn hear(&mut self, said: &mut Vec<Said>) {
        self.heard = self.now();
        let mut waiting = Vec::new();
        let mut jobs: Vec<Job> = Vec::new();
        for group in said.drain(..) {
            jobs.extend(group.signals.into_iter().map(|signal| (signal.into(), None)));
            group.found.into_iter().for_each(|found| self.connections.offer(found));
            waiting.extend(group.durable);
            if jobs.len() >= BATCH_EVENTS_MAX {
                self.process(std::mem::take(&mut jobs)).await;
            }
        }
        if !jobs.is_empty() {
            self.process(jobs).await;
        }
        if !waiting.is_empty() {
            let written = self.on_disk();
            tokio::spawn(async move {
                let durable = written.await.is_ok();
                for waiter in waiting {
                    // An error means that nobody waits any more.
                    waiter.send(durable).ok();
                }
            });
        }
        self.wake().await;
    }

    fn now(&self) -> Timestamp {
        match &self.clock {
            HostClock::Real(c) => c.now(),
            HostClock::Manual(c) => c.now(),
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.core.deadline().into_iter().chain(self.sessions.values().filter_map(|s| s.deadline())).min()
    }

    /// On a manual clock, whoever waits for a receipt lets time pass.
    fn may_skip_time(&self, wake: Option<Timestamp>) -> bool {
        matches!(self.clock, HostClock::Manual(_))
            && !self.waiters.is_empty()
            && wake.is_some()
            && self.from.is_empty()
            && self.said.is_empty()
    }

    async fn move_to(&mut self, wake: Option<Timestamp>) {
        if let (HostClock::Manual(clock), Some(wake)) = (&self.clock, wake) {
            clock.set(wake);
        }
        self.wake().await;
    }

    /// Handles what was queued. True: stop.
    async fn take(&mut self, queue: &mut Vec<Message>) -> bool {
        let mut jobs: Vec<Job> = Vec::new();
        for message in queue.drain(..) {
            // Order is kept: what was asked before something else is applied before it.
            if !matches!(message, Message::Apply(..)) && !jobs.is_empty() {
                self.process(std::mem::take(&mut jobs)).await;
            }
            match message {
                Message::Apply(event, reply) => jobs.push((*event, Some(reply))),
                Message::Read(look) => look(&self.core, self.seq),
                Message::Settled(commands, reply) => self.waiters.push(Waiter { commands, reply }),
                Message::Simulate(input, reply) => {
                    self.tell_all(&input);
                    self.settle_now().await;
                    reply.send(()).ok();
                }
                Message::Sandbox(reply) => drop(reply.send(self.sandbox())),
                Message::Faults(reply) => {
                    drop(reply.send(self.sessions.values().flat_map(|s| s.faults()).collect()));
                }
                Message::Advance(by, reply) => drop(reply.send(self.advance(by).await)),
                Message::Durable(reply) => self.answer_when_durable(reply),
                Message::Found(id, reply) => drop(reply.send(self.connections.found(id, self.core.world()))),
                Message::Reconnect(id) => {
                    self.connections.forget(id);
                    self.follow_world().await;
                    self.follow_rules();
                    self.settle_now().await;
                }
                Message::Stop(reply) => {
                    self.checkpoint().await;
                    reply.send(()).ok();
                    return true;
                }
            }
        }
        if !jobs.is_empty() {
            self.process(jobs).await;
        }
        self.wake().await;
        false
    }

    /// The building as it is, to try something out on.
    fn sandbox(&self) -> Sandbox {
        let copied = self.sessions.iter().filter_map(|(route, session)| Some((*route, session.copy()?)));
        Sandbox::new(self.core.clone(), copied.collect(), self.now())
    }

    async fn advance(&mut self, by: Span) -> Result<(), HostError> {
        let HostClock::Manual(clock) = &self.clock else { return Err(HostError::RealTime) };
        let (clock, until) = (clock.clone(), self.now() + by);
        self.wake().await;
        while let Some(next) = self.deadline().filter(|t| *t <= until) {
            clock.set(next);
            self.wake().await;
        }
        clock.set(until);
        Ok(())
    }

    fn answer_when_durable(&self, reply: oneshot::Sender<Result<(), HostError>>) {
        let written = self.on_disk();
        tokio::spawn(async move { drop(reply.send(written.await)) });
    }

    /// Resolves when everything applied so far is on disk.
    fn on_disk(&self) -> impl Future<Output = Result<(), HostError>> + Send + 'static {
        let (log, seq, broken) = (self.store.log().clone(), self.seq, self.broken.clone());
        async move {
            if let Some(why) = broken {
                return Err(HostError::NotWritten(why));
            }
            log.durable(seq).await.map_err(|e| HostError::NotWritten(e.to_string()))
        }
    }

    /// Does what is due.
    async fn wake(&mut self) {
        let now = self.now();
        for session in self.sessions.values_mut() {
            if session.deadline().is_some_and(|t| t <= now) {
                let said = session.handle(Input::Tick, now);
                self.inbox.extend(said.into_iter().map(Event::from));
            }
        }
        if self.core.deadline().is_some_and(|t| t <= now) {
            self.inbox.push_back(Event::Tick);
        }
        self.settle_now().await;
        self.answer_waiters();
    }

    fn tell_all(&mut self, input: &Input) {
        let now = self.now();
        for session in self.sessions.values_mut() {
            self.inbox.extend(session.handle(input.clone(), now).into_iter().map(Event::from));
        }
    }

    /// Tells the session of a route, if there is one.
    fn tell(&mut self, route: Route, input: Input) -> bool {
        let now = self.now();
        let Some(session) = self.sessions.get_mut(&route) else { return false };
        self.inbox.extend(session.handle(input, now).into_iter().map(Event::from));
        true
    }

    /// Lets what the core decided leave.
    fn let_leave(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Send(command) => {
                let route = self.core.world().device(command.device).map(|d| d.route).unwrap_or_default();
                if !self.tell(route, Input::Command(command.clone())) {
                    let refused = Some("nothing reaches this device at present".into());
                    self.inbox.push_back(Event::Delivered { command: command.id, refused, reply: None });
                }
            }
            Outcome::Publish(message) => {
                let route = message.connection.map_or(Route::Direct, Route::Via);
                if !self.tell(route, Input::Publish(message.clone())) {
                    tracing::warn!(topic = message.topic, "a rule's message is dropped: its connection is not there");
                }
            }
            Outcome::Post(post) if !self.tell(Route::Via(post.connection), Input::Post((**post).clone())) => {
                tracing::warn!(connection = %post.connection, "a rule's post is dropped: its connection is not there");
                let failed = Some("its connection is not there".into());
                self.inbox.extend(post.cause.clone().map(|cause| Event::Posted { cause, failed }));
            }
            _ => {}
        }
    }

    /// What exists changed: drivers start, stop and are told.
    async fn follow_world(&mut self) {
        let now = self.now();
        let world = self.core.world().clone();
        for (id, session) in self.connections.follow(&world).await {
            let route = Route::Via(id);
            match session {
                Some(session) => drop(self.sessions.insert(route, session)),
                None => drop(self.sessions.remove(&route)),
            }
            self.listening.remove(&route);
        }
        for (device, reason) in self.connections.unreachable(&world) {
            self.inbox.push_back(Event::Link { device, online: false, reason });
        }
        for session in self.sessions.values_mut() {
            self.inbox.extend(session.handle(Input::World(world.clone()), now).into_iter().map(Event::from));
        }
    }

    /// Rules changed: the sessions are told which raw topics count now.
    fn follow_rules(&mut self) {
        let mut topics: BTreeMap<Route, Vec<String>> = BTreeMap::new();
        for (connection, filter) in self.core.topics() {
            topics.entry(connection.map_or(Route::Direct, Route::Via)).or_default().push(filter);
        }
        let routes: Vec<Route> = self.sessions.keys().copied().collect();
        for route in routes {
            let filters = topics.remove(&route).unwrap_or_default();
            if self.listening.get(&route).map_or(!filters.is_empty(), |told| *told != filters) {
                self.listening.insert(route, filters.clone());
                self.tell(route, Input::Listen(filters));
            }
        }
    }

    /// Applies what drivers said, and what they say to that, until they are quiet.
    async fn settle_now(&mut self) {
        for _ in 0..ROUNDS_MAX {
            if self.inbox.is_empty() {
                return;
            }
            let n = self.inbox.len().min(BATCH_EVENTS_MAX);
            let jobs = self.inbox.drain(..n).map(|e| (e, None)).collect();
            self.apply_and_log(jobs).await;
        }
    }

    async fn process(&mut self, jobs: Vec<Job>) {
        self.apply_and_log(jobs).await;
        self.settle_now().await;
        self.answer_waiters();
    }

    /// One batch: apply, write down, let effects leave, answer.
    async fn apply_and_log(&mut self, jobs: Vec<Job>) {
        let now = self.now();
        let before: Arc<World> = self.core.world().clone();
        let (events, replies): (Vec<Event>, Vec<_>) = jobs.into_iter().unzip();
        let outcomes = self.core.apply_all(&events, now);
        let batch = Batch {
            version: JOURNAL_VERSION,
            seq: self.seq + 1,
            at: now,
            events,
            outcomes: outcomes.iter().flatten().cloned().collect(),
        };
        let written = self.write(&batch).await;
        if !Arc::ptr_eq(&before, self.core.world()) {
            self.follow_world().await;
        }
        let mut rules_changed = false;
        for outcome in &batch.outcomes {
            self.let_leave(outcome);
            rules_changed |= matches!(outcome, Outcome::Rule(_) | Outcome::RuleGone(_) | Outcome::Configured(_));
        }
        if rules_changed {
            self.follow_rules();
        }
        for (outcomes, reply) in outcomes.into_iter().zip(replies) {
            if let Some(reply) = reply {
                drop(reply.send(written.clone().map(|()| outcomes)));
            }
        }
        // An error means that nobody listens.
        drop(self.batches.send(Arc::new(batch)));
        if self.seq - self.checkpointed >= CHECKPOINT_EVERY {
            self.checkpoint().await;
        }
    }

    async fn write(&mut self, batch: &Batch) -> Result<(), HostError> {
        if self.broken.is_some() {
            self.mend().await;
        }
        self.seq = batch.seq;
        let mut result = match &self.broken {
            None => self.store.log().append(batch).await.map_err(|e| e.to_string()),
            Some(why) => Err(why.clone()),
        };
        if result.is_ok() {
            result = revisions::write(&self.store, batch).await.map_err(|e| e.to_string());
        }
        identities::follow(&self.store, batch, self.core.world()).await;
        if let Err(why) = &result
            && self.broken.is_none()
        {
            tracing::error!(seq = batch.seq, %why, "the log cannot be written; control goes on without it");
            self.broken = Some(why.clone());
        }
        result.map_err(HostError::NotWritten)
    }

    /// After a failure, the whole state as a checkpoint lets the log go on behind the gap.
    async fn mend(&mut self) {
        if self.store.log().put_checkpoint(self.seq, CHECKPOINT_VERSION, &self.core.save()).await.is_ok() {
            tracing::info!(seq = self.seq, "the log can be written again");
            self.broken = None;
            self.checkpointed = self.seq;
        }
    }

    async fn checkpoint(&mut self) {
        if self.broken.is_some() || self.seq == self.checkpointed {
            return;
        }
        match self.store.log().put_checkpoint(self.seq, CHECKPOINT_VERSION, &self.core.save()).await {
            Ok(()) => {
                self.checkpointed = self.seq;
                if let Err(why) = self.store.retain(self.seq.saturating_sub(LOG_BATCHES_MAX)).await {
                    tracing::warn!(%why, "old batches could not be deleted");
                }
            }
            Err(why) => tracing::warn!(%why, "the checkpoint could not be written; the log is kept longer"),
        }
    }

    fn answer_waiters(&mut self) {
        let core = &self.core;
        let idle = matches!(self.clock, HostClock::Manual(_)) && self.deadline().is_none();
        for waiter in std::mem::take(&mut self.waiters) {
            if waiter.reply.is_closed() {
                continue;
            }
            if idle || waiter.commands.iter().all(|c| core.is_settled(*c)) {
                let receipts = waiter.commands.iter().filter_map(|c| core.receipt(*c)).cloned().collect();
                drop(waiter.reply.send(receipts));
            } else {
                self.waiters.push(waiter);
            }
        }
    }
}
