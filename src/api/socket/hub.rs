//! Follows the runtime while somebody reads, and gives out what changed: the first change after a quiet time at once,
//! then at most one delta each [`FRAME_TIME`]. What is written is the state of what changed, read from the core in one
//! go, so that a delta and a snapshot never disagree.

use super::ring::{Item, Next, READERS, Ring, Seen, index, written};
use super::watch::Watcher;
use super::{LinkEvent, ListEvent, ReportedPoint, Snapshot, SocketEvent, SocketMessage};
use crate::auth::Identity;
use crate::limits::{
    FRAME_TIME, NOTICES_SHOWN, RECEIPTS_SHOWN, RESUME_TIME, SNAPSHOT_FRAMES_MAX, SOCKETS_MAX, SOCKETS_OF_ONE_MAX,
    WATCHERS_MAX, WORLD_FRAMES,
};
use crate::views::{self, LinkView, RuleView};
use axum::extract::ws::Utf8Bytes;
use base::Sample;
use base::id::{AlarmId, CommandId, DeviceId, ListId, NoticeId, PointId, ProposalId, RuleId, TimerId};
use documents::{Alarm, Batch, Event, Notice, Outcome, Proposal, ProposalState, Receipt, Timer};
use runtime::{Core, Handle, HostError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use things::World;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::timeout;

/// What is sent, and who reads it.
pub(crate) struct Hub {
    epoch: String,
    handle: Handle,
    state: Mutex<State>,
    /// Counts up with each delta; readers look when it moves.
    newest: watch::Sender<u64>,
    /// Counts up when values inside rules may have changed.
    moved: watch::Sender<u64>,
    /// How many read.
    open: watch::Sender<usize>,
    /// The last snapshot of each kind of reader, for those who come at about the same time.
    taken: [tokio::sync::Mutex<Option<Taken>>; READERS.len()],
}

#[derive(Default)]
struct State {
    ring: Ring,
    /// Whether a task follows the runtime.
    following: bool,
    /// Open sockets of each login.
    of_one: BTreeMap<u64, usize>,
    /// Sockets that watch a rule.
    watchers: usize,
}

/// A snapshot as it is written, with its number.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) seq: u64,
    pub(crate) text: Utf8Bytes,
    /// What existed then.
    world: Arc<World>,
}

/// A place among the open sockets; dropping it gives it back.
pub(crate) struct Place {
    hub: Arc<Hub>,
    login: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        if let Some(count) = state.of_one.get_mut(&self.login) {
            *count -= 1;
            if *count == 0 {
                state.of_one.remove(&self.login);
            }
        }
        drop(state);
        self.hub.open.send_modify(|n| *n -= 1);
    }
}

impl Hub {
    /// A hub for one run of the server.
    pub(crate) fn new(handle: Handle) -> Arc<Hub> {
        Arc::new(Hub {
            epoch: format!("{:x}", handle.now().as_micros()),
            handle,
            state: Mutex::default(),
            newest: watch::Sender::new(0),
            moved: watch::Sender::new(0),
            open: watch::Sender::new(0),
            taken: Default::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run of the server.
    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// A place for one more reader, unless all are taken, or this login has as many as one may have.
    pub(crate) fn join(self: &Arc<Self>, login: u64) -> Option<Place> {
        let mut state = self.state();
        let all: usize = state.of_one.values().sum();
        let own = state.of_one.entry(login).or_insert(0);
        if all >= SOCKETS_MAX || *own >= SOCKETS_OF_ONE_MAX {
            return None;
        }
        *own += 1;
        self.open.send_modify(|n| *n += 1);
        if !state.following {
            state.following = true;
            // What happened while nobody read is in no delta.
            state.ring.begin_again(0);
            tokio::spawn(follow(self.clone(), self.handle.subscribe()));
        }
        drop(state);
        Some(Place { hub: self.clone(), login })
    }

    /// Moves when there is something new.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// Moves when values inside rules may have changed.
    pub(crate) fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// A place among those who watch a rule, unless all are taken.
    pub(crate) fn watch_begins(self: &Arc<Self>) -> Option<Watcher> {
        let mut state = self.state();
        if state.watchers >= WATCHERS_MAX {
            return None;
        }
        state.watchers += 1;
        drop(state);
        Some(Watcher::new(self.clone()))
    }

    pub(super) fn watch_ends(&self) {
        self.state().watchers -= 1;
    }

    /// Whether a reader who knows everything up to a number of this run can go on.
    pub(crate) fn can_resume(&self, epoch: &str, after: u64) -> bool {
        epoch == self.epoch && self.state().ring.can_resume(after)
    }

    /// What comes after a number.
    pub(crate) fn after(&self, seq: u64) -> Next {
        self.state().ring.after(seq)
    }

    /// The number of the newest delta.
    pub(crate) fn newest(&self) -> u64 {
        self.state().ring.newest()
    }

    /// Everything that one kind of reader may see.
    ///
    /// # Errors
    /// When the runtime stopped.
    pub(crate) async fn snapshot(&self, reader: usize) -> Result<Taken, HostError> {
        let (Some(role), Some(place)) = (READERS.get(reader), self.taken.get(reader)) else {
            return Err(HostError::Stopped);
        };
        let mut taken = place.lock().await;
        // Who has just changed what exists, and begins anew for that, sees it.
        let world = self.handle.read(|core| core.world().clone()).await?;
        if let Some(known) = taken.as_ref().filter(|t| Arc::ptr_eq(&t.world, &world) && self.is_fresh(t)) {
            return Ok(known.clone());
        }
        loop {
            let who = Identity::reader(*role);
            let look = move |core: &Core, batch| (batch, core.world().clone(), look(core, &who));
            let (batch, world, mut snapshot) = self.handle.read_at(look).await?;
            // Older than what exists now: it changed in between.
            let Some(seq) = self.state().ring.number_of(batch) else { continue };
            (snapshot.seq, snapshot.at) = (seq, self.handle.now());
            snapshot.epoch.clone_from(&self.epoch);
            let text = written(&SocketMessage::Snapshot(Box::new(snapshot))).unwrap_or_default();
            let new = Taken { seq, text: text.into(), world };
            *taken = Some(new.clone());
            return Ok(new);
        }
    }

    fn is_fresh(&self, taken: &Taken) -> bool {
        let ring = &self.state().ring;
        ring.can_resume(taken.seq) && ring.newest() - taken.seq <= SNAPSHOT_FRAMES_MAX
    }

    /// Snapshots that nobody would be given any more are not kept.
    fn forget_old(&self) {
        for place in &self.taken {
            if let Ok(mut taken) = place.try_lock()
                && taken.as_ref().is_some_and(|t| !self.is_fresh(t))
            {
                *taken = None;
            }
        }
    }

    fn publish(&self, add: impl FnOnce(&mut Ring)) {
        let mut state = self.state();
        add(&mut state.ring);
        let newest = state.ring.newest();
        drop(state);
        self.newest.send_replace(newest);
        self.forget_old();
    }

    /// Resolves when nobody has read for as long as somebody may be away and go on.
    async fn deserted(&self) {
        let mut open = self.open.subscribe();
        loop {
            // The sender is this hub's own.
            drop(open.wait_for(|n| *n == 0).await);
            if timeout(RESUME_TIME, open.wait_for(|n| *n > 0)).await.is_err() {
                return;
            }
        }
    }

    /// Whether it is still deserted; nothing is followed any more then.
    fn rest(&self) -> bool {
        let mut state = self.state();
        if !state.of_one.is_empty() {
            return false;
        }
        state.following = false;
        state.ring.begin_again(0);
        drop(state);
        self.forget_old();
        true
    }
}

/// Everything that a reader may see.
fn look(core: &Core, who: &Identity) -> Snapshot {
    let world = core.world();
    let sees = |point: PointId| world.point(point).is_none_or(|p| who.sees(p));
    Snapshot {
        epoch: String::new(),
        seq: 0,
        at: base::Timestamp::MIN,
        devices: world.devices().map(|d| views::device(core, d, who)).collect(),
        points: world.points().filter(|p| who.sees(p)).map(|p| views::point(core, p)).collect(),
        spaces: world.spaces().map(views::space).collect(),
        rules: core.rules().values().map(|r| views::rule(world, r)).collect(),
        proposals: core.proposals().values().filter(|p| p.state == ProposalState::Pending).cloned().collect(),
        receipts: core.receipts().filter(|r| sees(r.point)).take(RECEIPTS_SHOWN).cloned().collect(),
        alarms: core.alarms().rev().filter(|a| !a.is_closed() && views::sees_alarm(world, a, who)).cloned().collect(),
        notices: core.notices().rev().filter(|n| n.read.is_none()).take(NOTICES_SHOWN).cloned().collect(),
        timers: core.timers().filter(|t| t.is_open()).cloned().collect(),
        lists: core.lists().cloned().collect(),
    }
}

/// What changed since the last delta, by id.
#[derive(Debug, Default, PartialEq, Eq)]
struct Dirty {
    points: BTreeSet<PointId>,
    links: BTreeSet<DeviceId>,
    rules: BTreeSet<RuleId>,
    proposals: BTreeSet<ProposalId>,
    commands: BTreeSet<CommandId>,
    alarms: BTreeSet<AlarmId>,
    notices: BTreeSet<NoticeId>,
    timers: BTreeSet<TimerId>,
    lists: BTreeSet<ListId>,
    /// What exists changed, or some of what happened was missed.
    world: bool,
    /// Values inside rules may have changed.
    moved: bool,
}

impl Dirty {
    fn take(&mut self, batch: &Batch) {
        let reports = batch.events.iter().any(|e| matches!(e, Event::Report { .. } | Event::Link { .. }));
        self.moved |= reports || batch.outcomes.iter().any(|o| matches!(o, Outcome::Trace(_) | Outcome::Rule(_)));
        for event in &batch.events {
            match event {
                Event::Report { values, .. } => self.points.extend(values.iter().map(|(point, _)| *point)),
                Event::Link { device, .. } => {
                    self.links.insert(*device);
                }
                Event::World { .. } | Event::Started { .. } => self.world = true,
                _ => {}
            }
        }
        for outcome in &batch.outcomes {
            match outcome {
                Outcome::Receipt(receipt) => drop(self.commands.insert(receipt.command)),
                Outcome::Proposal(proposal) => drop(self.proposals.insert(proposal.id)),
                Outcome::Rule(saved) => drop(self.rules.insert(saved.graph.id)),
                Outcome::Configured(_) | Outcome::RuleGone(_) => self.world = true,
                Outcome::Send(_)
                | Outcome::Publish(_)
                | Outcome::Trace(_)
                | Outcome::Post(_)
                | Outcome::Denied(_)
                | Outcome::Told { .. } => {}
                Outcome::Alarm(alarm) => drop(self.alarms.insert(alarm.id)),
                Outcome::Notice(notice) => drop(self.notices.insert(notice.id)),
                Outcome::Timer(timer) => drop(self.timers.insert(timer.id)),
                Outcome::List(list) => drop(self.lists.insert(list.id)),
                Outcome::ListGone(list) => drop(self.lists.insert(*list)),
            }
        }
    }

    fn is_empty(&self) -> bool {
        *self == Dirty::default()
    }

    /// How all of it is now.
    fn look(self, core: &Core, batch: u64) -> Changes {
        let world = core.world();
        // A device that cannot be reached makes its values bad.
        let values_of = self.links.iter().flat_map(|d| world.points_of(*d)).map(|p| p.id);
        let points: BTreeSet<PointId> = values_of.chain(self.points.iter().copied()).collect();
        let link = |d: DeviceId| core.link(d).map(|l| LinkEvent { device: d, link: LinkView::of(l) });
        Changes {
            batch,
            world: world.clone(),
            points: points.into_iter().filter_map(|p| Some((p, core.states().get(&p)?.clone()))).collect(),
            links: self.links.into_iter().filter_map(link).collect(),
            rules: self.rules.iter().filter_map(|r| Some(views::rule(world, core.rules().get(r)?))).collect(),
            proposals: self.proposals.iter().filter_map(|p| core.proposals().get(p).cloned()).collect(),
            receipts: self.commands.into_iter().filter_map(|c| core.receipt(c).cloned()).collect(),
            alarms: self.alarms.iter().filter_map(|a| core.alarm(*a).cloned()).collect(),
            notices: self.notices.iter().filter_map(|n| core.notice(*n).cloned()).collect(),
            timers: self.timers.iter().filter_map(|t| core.timer(*t).cloned()).collect(),
            lists: self.lists.iter().map(|l| ListEvent { list: *l, now: core.list(*l).cloned() }).collect(),
        }
    }
}

/// How what changed is now.
struct Changes {
    batch: u64,
    world: Arc<World>,
    points: Vec<(PointId, Sample)>,
    links: Vec<LinkEvent>,
    rules: Vec<RuleView>,
    proposals: Vec<Proposal>,
    receipts: Vec<Receipt>,
    alarms: Vec<Alarm>,
    notices: Vec<Notice>,
    timers: Vec<Timer>,
    lists: Vec<ListEvent>,
}

impl Changes {
    fn items(self) -> Vec<Item> {
        const EVERYBODY: Seen = [true; READERS.len()];
        let world = &self.world;
        let seen = |point: PointId| match world.point(point) {
            Some(spec) => READERS.map(|role| Identity::reader(role).sees(spec)),
            None => EVERYBODY,
        };
        let receipts = self.receipts.into_iter().map(|r| (seen(r.point), SocketEvent::Receipt(r)));
        let proposals = self.proposals.into_iter().map(|p| (EVERYBODY, SocketEvent::Proposal(Box::new(p))));
        let rules = self.rules.into_iter().map(|r| (EVERYBODY, SocketEvent::Rule(r)));
        let links = self.links.into_iter().map(|l| (EVERYBODY, SocketEvent::Link(l)));
        let seen_alarm = |a: &Alarm| READERS.map(|role| views::sees_alarm(world, a, &Identity::reader(role)));
        let alarms = self.alarms.into_iter().map(|a| (seen_alarm(&a), SocketEvent::Alarm(Box::new(a))));
        let notices = self.notices.into_iter().map(|n| (EVERYBODY, SocketEvent::Notice(Box::new(n))));
        let timers = self.timers.into_iter().map(|t| (EVERYBODY, SocketEvent::Timer(Box::new(t))));
        let lists = self.lists.into_iter().map(|l| (EVERYBODY, SocketEvent::List(Box::new(l))));
        let events = receipts.chain(proposals).chain(rules).chain(links).chain(alarms).chain(notices);
        let events = events.chain(timers).chain(lists);
        let mut items: Vec<Item> = events.filter_map(|(seen, event)| Item::event(&event, seen)).collect();
        items.extend(self.points.into_iter().filter_map(|(point, sample)| {
            let words = world.point(point).map(|spec| spec.words(&sample.value));
            let json = written(&ReportedPoint { point, sample, words })?;
            Some(Item { json, seen: seen(point), point: true })
        }));
        items
    }
}

/// Follows the runtime until it stops, or nobody reads any more.
async fn follow(hub: Arc<Hub>, mut batches: broadcast::Receiver<Arc<Batch>>) {
    let mut dirty = Dirty::default();
    // Deltas until what exists may be sent anew.
    let mut quiet = 0;
    loop {
        if dirty.is_empty() {
            let first = tokio::select! {
                first = batches.recv() => first,
                () = hub.deserted() => {
                    if hub.rest() {
                        return;
                    }
                    continue;
                }
            };
            if take(&mut dirty, first).is_err() {
                return;
            }
        }
        while let Ok(more) = batches.try_recv() {
            dirty.take(&more);
        }
        if flush(&hub, &mut dirty, &mut quiet).await.is_err() {
            return;
        }
        let collect = async {
            loop {
                let more = batches.recv().await;
                if take(&mut dirty, more).is_err() {
                    return;
                }
            }
        };
        drop(timeout(FRAME_TIME, collect).await);
    }
}

fn take(dirty: &mut Dirty, batch: Result<Arc<Batch>, RecvError>) -> Result<(), HostError> {
    match batch {
        Ok(batch) => dirty.take(&batch),
        Err(RecvError::Lagged(_)) => dirty.world = true,
        Err(RecvError::Closed) => return Err(HostError::Stopped),
    }
    Ok(())
}

/// Gives out what changed. When what exists changed, all begin again with a snapshot, but not too often.
async fn flush(hub: &Hub, dirty: &mut Dirty, quiet: &mut u32) -> Result<(), HostError> {
    *quiet = quiet.saturating_sub(1);
    if dirty.world && *quiet == 0 {
        *quiet = WORLD_FRAMES;
        *dirty = Dirty::default();
        hub.moved.send_modify(|n| *n += 1);
        let batch = hub.handle.read_at(|_, batch| batch).await?;
        hub.publish(|ring| ring.begin_again(batch));
        return Ok(());
    }
    let world = dirty.world;
    let now = Dirty { world: false, ..std::mem::take(dirty) };
    dirty.world = world;
    if now.is_empty() {
        return Ok(());
    }
    if now.moved {
        hub.moved.send_modify(|n| *n += 1);
    }
    if now == (Dirty { moved: true, ..Dirty::default() }) {
        return Ok(());
    }
    let changes = hub.handle.read_at(move |core, batch| now.look(core, batch)).await?;
    let batch = changes.batch;
    let items = changes.items();
    if !items.is_empty() {
        hub.publish(|ring| ring.push(batch, items));
    }
    Ok(())
}

/// Which of the kinds of readers a role is.
pub(crate) fn reader_of(role: documents::Role) -> Option<usize> {
    index(role)
}
