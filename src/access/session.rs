//! A session: what a client has subscribed and what is on its way to it. It is named by the identity of the client, not
//! by its client id, which changes with every login of a device; so it outlives connections, and a new connection takes
//! it over.

use crate::acl::Filter;
use crate::contract::{KeptMessage, KeptSession, Subscription};
use crate::filter::matches;
use crate::keeper::Keeper;
use crate::limits::{CROWD, CROWD_WAIT, INFLIGHT_MAX, QUEUE_BYTES_MAX, QUEUE_MAX};
use crate::message::Post;
use crate::wire::reason;
use base::id::CommandId;
use base::{Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The present connection of a session.
#[derive(Debug)]
pub(crate) struct Link {
    /// Numbers rise, so that a connection knows when it is no longer the present one.
    pub(crate) number: u64,
    /// Messages that the client takes before it acknowledges one.
    pub(crate) window: usize,
    /// Longest silence; none for ever.
    pub(crate) silence: Option<Span>,
    /// The connection shall end with this code.
    pub(crate) close: Option<u8>,
}

/// A subscription, with what the right to it made of its filter.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) subscription: Subscription,
    pub(crate) filter: Filter,
}

/// A message for this client.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) post: Arc<Post>,
    pub(crate) qos: u8,
    pub(crate) retain: bool,
    pub(crate) ids: Vec<u32>,
    /// Whether it is only for the present connection: a command that comes late does harm.
    pub(crate) fleeting: bool,
    /// The command that counts as taken when the client has acknowledged this.
    pub(crate) receipt: Option<CommandId>,
    /// Its number among what is kept.
    seq: Option<u64>,
}

impl Delivery {
    pub(crate) fn new(post: Arc<Post>, qos: u8) -> Delivery {
        Delivery { post, qos, retain: false, ids: Vec::new(), fleeting: false, receipt: None, seq: None }
    }
}

#[derive(Debug)]
struct Flight {
    delivery: Delivery,
    packet: NonZeroU16,
    /// QoS 2: the client has it and is to be released.
    released: bool,
    /// A new connection must be sent it again.
    resend: bool,
}

/// What is to be written to the client.
#[derive(Debug)]
pub(crate) enum Sending {
    Publish { delivery: Delivery, packet: Option<NonZeroU16>, dup: bool },
    Release(NonZeroU16),
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) link: Option<Link>,
    /// Life without a connection; none ends with it.
    pub(crate) expiry: Span,
    /// When it ends, while the client is away.
    pub(crate) expires: Option<Timestamp>,
    /// The will, while it is delayed.
    pub(crate) will: Option<(Timestamp, Post)>,
    pub(crate) subscriptions: BTreeMap<String, Held>,
    queue: VecDeque<Delivery>,
    bytes: usize,
    flight: VecDeque<Flight>,
    last_packet: u16,
    /// It is over; a connection that has not noticed yet changes nothing any more.
    pub(crate) ended: bool,
    /// QoS 2: what the client published and has not released.
    received: BTreeSet<NonZeroU16>,
}

/// A session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) key: Arc<str>,
    /// Tells it from an earlier one of the same name.
    pub(crate) number: u64,
    /// There is something to write, or the connection shall end.
    pub(crate) wake: Notify,
    /// There is room again after a crowd.
    room: Notify,
    /// When the client was last heard, in microseconds.
    seen: AtomicI64,
    state: Mutex<State>,
}

/// What became of a message for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    Queued,
    /// Queued, and a crowd is waiting.
    Crowded,
    /// The client is away and the message does not wait.
    Away,
    Full,
}

impl Session {
    pub(crate) fn new(key: &str) -> Session {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        Session {
            key: key.into(),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            wake: Notify::new(),
            room: Notify::new(),
            seen: AtomicI64::new(0),
            state: Mutex::default(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn heard(&self, now: Timestamp) {
        self.seen.store(now.as_micros(), Ordering::Relaxed);
    }

    /// Asks the present connection to end.
    pub(crate) fn close(&self, code: u8) {
        if let Some(link) = self.state().link.as_mut() {
            link.close.get_or_insert(code);
        }
        self.wake.notify_one();
    }

    /// Ends the connection when the client was silent for too long.
    pub(crate) fn judge_silence(&self, now: Timestamp) {
        let seen = Timestamp::from_micros(self.seen.load(Ordering::Relaxed));
        let silent = self.state().link.as_ref().and_then(|l| l.silence).is_some_and(|s| now - seen > s);
        if silent {
            self.close(reason::KEEP_ALIVE);
        }
    }

    pub(crate) fn is_online(&self) -> bool {
        self.state().link.is_some()
    }

    /// A new connection: what was not acknowledged is sent again, but for what was only for the old one.
    pub(crate) fn attach(&self, link: Link, expiry: Span, now: Timestamp) {
        self.heard(now);
        let mut state = self.state();
        state.link = Some(link);
        state.expiry = expiry;
        state.expires = None;
        state.will = None;
        state.flight.retain(|f| !f.delivery.fleeting);
        state.queue.retain(|d| !d.fleeting);
        state.bytes = state.queue.iter().map(|d| d.post.weight()).sum();
        state.flight.iter_mut().for_each(|f| f.resend = true);
        self.wake.notify_one();
    }

    /// What is to be kept of it.
    pub(crate) fn kept(&self) -> KeptSession {
        let state = self.state();
        KeptSession {
            key: self.key.to_string(),
            subscriptions: state.subscriptions.values().map(|h| h.subscription.clone()).collect(),
            expiry_secs: u32::try_from(state.expiry.as_millis() / 1_000).unwrap_or(u32::MAX),
            expires: state.expires,
        }
    }

    /// A message that was kept.
    pub(crate) fn restore(&self, seq: u64, post: Post) {
        let mut state = self.state();
        state.bytes += post.weight();
        let qos = post.qos;
        state.queue.push_back(Delivery { seq: Some(seq), ..Delivery::new(Arc::new(post), qos) });
    }

    /// A message for the client.
    pub(crate) fn push(&self, mut delivery: Delivery, keeper: &Keeper) -> Pushed {
        let mut state = self.state();
        let online = state.link.is_some();
        if !online && (delivery.qos == 0 || delivery.fleeting) {
            return Pushed::Away;
        }
        let weight = delivery.post.weight();
        if state.queue.len() >= QUEUE_MAX || state.bytes + weight > QUEUE_BYTES_MAX {
            return Pushed::Full;
        }
        if !online {
            delivery.post = Arc::new(delivery.post.detached());
        }
        if delivery.qos > 0 && !delivery.fleeting && state.expiry > Span::ZERO {
            let seq = keeper.number();
            delivery.seq = Some(seq);
            keeper.queued(&self.key, seq, || KeptMessage { qos: delivery.qos, ..delivery.post.kept() });
        }
        state.bytes += weight;
        state.queue.push_back(delivery);
        let crowded = online && state.queue.len() > CROWD;
        drop(state);
        if online {
            self.wake.notify_one();
        }
        if crowded { Pushed::Crowded } else { Pushed::Queued }
    }

    /// Waits until the crowd is smaller, for a short time.
    pub(crate) async fn disperse(&self) {
        let mut room = std::pin::pin!(self.room.notified());
        room.as_mut().enable();
        if self.state().queue.len() > CROWD {
            let _waited = tokio::time::timeout(CROWD_WAIT, room).await;
        }
    }

    /// What is to be written now, at most so much; says whether there is more.
    ///
    /// # Errors
    /// The code with which the connection ends.
    pub(crate) fn take(&self, number: u64, most: usize, now: Timestamp, out: &mut Vec<Sending>) -> Result<bool, u8> {
        let mut state = self.state();
        let state = &mut *state;
        let window = match &state.link {
            Some(link) if link.number == number => match link.close {
                Some(code) => return Err(code),
                None => link.window.min(INFLIGHT_MAX),
            },
            _ => return Err(reason::TAKEN_OVER),
        };
        for flight in state.flight.iter_mut().filter(|f| f.resend) {
            flight.resend = false;
            out.push(match flight.released {
                true => Sending::Release(flight.packet),
                false => {
                    let delivery = flight.delivery.clone();
                    Sending::Publish { delivery, packet: Some(flight.packet), dup: true }
                }
            });
        }
        while out.len() < most {
            let Some(next) = state.queue.front() else { return Ok(false) };
            if next.qos > 0 && state.flight.len() >= window {
                return Ok(false);
            }
            let Some(delivery) = state.queue.pop_front() else { return Ok(false) };
            state.bytes = state.bytes.saturating_sub(delivery.post.weight());
            if delivery.post.is_stale(now) {
                continue;
            }
            let mut packet = None;
            if delivery.qos > 0 {
                let free = next_packet(&mut state.last_packet, &state.flight);
                let flight = Flight { delivery: delivery.clone(), packet: free, released: false, resend: false };
                state.flight.push_back(flight);
                packet = Some(free);
            }
            out.push(Sending::Publish { delivery, packet, dup: false });
        }
        if state.queue.len() <= CROWD && state.queue.len() + out.len() > CROWD {
            self.room.notify_waiters();
        }
        Ok(!state.queue.is_empty())
    }

    /// PUBACK, PUBCOMP, or PUBREC with an error: the client is done with a message. Returns the command that it has
    /// thereby taken.
    pub(crate) fn done(&self, packet: NonZeroU16, keeper: &Keeper) -> Option<CommandId> {
        let mut state = self.state();
        let at = state.flight.iter().position(|f| f.packet == packet)?;
        let delivery = state.flight.remove(at)?.delivery;
        if let Some(seq) = delivery.seq {
            keeper.unqueued(&self.key, seq);
        }
        delivery.receipt
    }

    /// PUBREC: the client has a message and is to be released.
    pub(crate) fn release(&self, packet: NonZeroU16) {
        if let Some(flight) = self.state().flight.iter_mut().find(|f| f.packet == packet) {
            flight.released = true;
        }
    }

    /// QoS 2: whether the client publishes this for the first time.
    pub(crate) fn receive(&self, packet: NonZeroU16) -> bool {
        self.state().received.insert(packet)
    }

    /// PUBREL, or the publish was refused: the packet id is free again. Says whether it was taken.
    pub(crate) fn forget(&self, packet: NonZeroU16) -> bool {
        self.state().received.remove(&packet)
    }

    /// Whether the client itself has subscribed a topic, and how well it wants it.
    pub(crate) fn listens(&self, topic: &str) -> Option<u8> {
        let state = self.state();
        let heard = state.subscriptions.values().filter(|h| match &h.filter {
            Filter::Own(filter) | Filter::Open { filter, group: None } => matches(filter, topic),
            Filter::Open { .. } => false,
        });
        heard.map(|h| h.subscription.qos).max()
    }
}

/// The next packet id that is not in flight; fewer are in flight than there are.
fn next_packet(last: &mut u16, flight: &VecDeque<Flight>) -> NonZeroU16 {
    loop {
        *last = last.wrapping_add(1);
        if let Some(packet) = NonZeroU16::new(*last)
            && flight.iter().all(|f| f.packet != packet)
        {
            return packet;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }
    fn link(number: u64) -> Link {
        Link { number, window: 2, silence: Some(Span::from_secs(60)), close: None }
    }
    fn post(n: usize, qos: u8) -> Delivery {
        Delivery::new(Arc::new(Post::ours(format!("t/{n}"), "x", qos)), qos)
    }
    fn take(session: &Session, number: u64) -> Result<Vec<String>, u8> {
        let mut out = Vec::new();
        session.take(number, 10, now(), &mut out)?;
        let words = out.iter().map(|s| match s {
            Sending::Publish { delivery, packet, dup } => {
                format!("{} {:?}{}", delivery.post.topic, packet.map(NonZeroU16::get), if *dup { " dup" } else { "" })
            }
            Sending::Release(packet) => format!("release {packet}"),
        });
        Ok(words.collect())
    }
    fn id(n: u16) -> NonZeroU16 {
        NonZeroU16::new(n).unwrap()
    }

    #[test]
    fn the_window_holds_back_and_a_new_connection_is_sent_again() {
        let (session, keeper) = (Session::new("s"), Keeper::default());
        session.attach(link(1), Span::from_secs(60), now());
        for n in 0..4 {
            assert_eq!(session.push(post(n, 1), &keeper), Pushed::Queued);
        }
        assert_eq!(take(&session, 1).unwrap(), ["t/0 Some(1)", "t/1 Some(2)"]);
        session.done(id(1), &keeper);
        assert_eq!(take(&session, 1).unwrap(), ["t/2 Some(3)"]);
        session.attach(link(2), Span::from_secs(60), now());
        assert_eq!(take(&session, 1), Err(reason::TAKEN_OVER));
        assert_eq!(take(&session, 2).unwrap(), ["t/1 Some(2) dup", "t/2 Some(3) dup"]);
        session.done(id(2), &keeper);
        session.done(id(3), &keeper);
        assert_eq!(take(&session, 2).unwrap(), ["t/3 Some(4)"]);
    }

    #[test]
    fn exactly_once_is_released_and_freed() {
        let (session, keeper) = (Session::new("s"), Keeper::default());
        session.attach(link(1), Span::ZERO, now());
        session.push(post(0, 2), &keeper);
        assert_eq!(take(&session, 1).unwrap(), ["t/0 Some(1)"]);
        session.release(id(1));
        session.attach(link(2), Span::ZERO, now());
        assert_eq!(take(&session, 2).unwrap(), ["release 1"]);
        session.done(id(1), &keeper);
        session.attach(link(3), Span::ZERO, now());
        assert_eq!(take(&session, 3).unwrap(), Vec::<String>::new());
        assert!(session.receive(id(9)));
        assert!(!session.receive(id(9)), "a second time is not taken again");
        assert!(session.forget(id(9)) && !session.forget(id(9)));
        assert!(session.receive(id(9)));
    }

    #[test]
    fn what_does_not_wait_and_what_is_too_much() {
        let (session, keeper) = (Session::new("s"), Keeper::default());
        assert_eq!(session.push(post(0, 0), &keeper), Pushed::Away);
        assert_eq!(session.push(Delivery { fleeting: true, ..post(0, 1) }, &keeper), Pushed::Away);
        for n in 0..QUEUE_MAX {
            assert_eq!(session.push(post(n, 1), &keeper), Pushed::Queued);
        }
        assert_eq!(session.push(post(0, 1), &keeper), Pushed::Full);
        session.attach(link(1), Span::ZERO, now());
        assert_eq!(take(&session, 1).unwrap().len(), 2);
        assert_eq!(session.push(post(0, 1), &keeper), Pushed::Crowded);
    }

    #[test]
    fn what_is_for_one_connection_does_not_come_to_the_next() {
        let (session, keeper) = (Session::new("s"), Keeper::default());
        session.attach(link(1), Span::from_secs(60), now());
        for n in 0..3 {
            session.push(Delivery { fleeting: true, ..post(n, 1) }, &keeper);
        }
        session.push(post(3, 1), &keeper);
        assert_eq!(take(&session, 1).unwrap(), ["t/0 Some(1)", "t/1 Some(2)"]);
        session.attach(link(2), Span::from_secs(60), now());
        assert_eq!(take(&session, 2).unwrap(), ["t/3 Some(3)"]);
    }

    #[test]
    fn silence_ends_a_connection() {
        let session = Session::new("s");
        session.attach(link(1), Span::ZERO, now());
        session.judge_silence(now() + Span::from_secs(60));
        assert!(take(&session, 1).is_ok());
        session.judge_silence(now() + Span::from_secs(61));
        assert_eq!(take(&session, 1), Err(reason::KEEP_ALIVE));
    }
}
