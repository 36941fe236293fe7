//! What all connections share: the sessions, who gets what, what is retained, and the ways into the runtime. A session
//! is found by the identity of its client; who connects anew takes it over from the connection that has it.

use crate::acl::{Filter, Identity, subscribe};
use crate::contract::{InletError, Kept, Registry, Subscription};
use crate::downlink::Downlink;
use crate::filter::Tree;
use crate::keeper::Keeper;
use crate::lanes::Lanes;
use crate::limits::{Limits, SESSIONS_MAX};
use crate::message::Post;
use crate::metrics::Counters;
use crate::presence::Presence;
use crate::rejected::Ring;
use crate::retained::Retained;
use crate::routes::Routes;
use crate::session::{Delivery, Held, Link, Pushed, Session};
use crate::wire::reason;
use arc_swap::ArcSwap;
use base::id::{CommandId, DeviceId};
use base::{Clock, Span, Timestamp};
use documents::Signal;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use things::{Device, Route, World};
use tokio::sync::Semaphore;

/// What all connections share.
pub(crate) struct Hub {
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) world: ArcSwap<World>,
    /// The raw topics that rules listen to.
    pub(crate) listens: ArcSwap<Tree<usize, ()>>,
    pub(crate) registry: Arc<dyn Registry>,
    pub(crate) inlet: Arc<dyn crate::contract::Inlet>,
    pub(crate) lanes: Lanes,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) retained: Retained,
    pub(crate) routes: Routes,
    pub(crate) rejected: Ring,
    pub(crate) counters: Counters,
    pub(crate) downlink: Downlink,
    /// One permit for each connection.
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) stopping: AtomicBool,
    sessions: RwLock<BTreeMap<Arc<str>, Arc<Session>>>,
    presence: Mutex<Presence>,
    numbers: AtomicU64,
}

/// What a connection gets of a session.
pub(crate) struct Attached {
    pub(crate) session: Arc<Session>,
    /// The number of the connection.
    pub(crate) number: u64,
    /// Whether the session was there before.
    pub(crate) present: bool,
}

/// How a client wants its session.
pub(crate) struct Wish {
    /// A new one.
    pub(crate) clean: bool,
    pub(crate) expiry: Span,
    pub(crate) window: usize,
    pub(crate) silence: Option<Span>,
}

/// What a connection leaves behind.
pub(crate) struct Left {
    pub(crate) will: Option<Post>,
    pub(crate) will_delay: Span,
    pub(crate) reason: &'static str,
}

/// The parts of a hub that it is given.
pub(crate) struct Parts {
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) world: Arc<World>,
    pub(crate) registry: Arc<dyn Registry>,
    pub(crate) inlet: Arc<dyn crate::contract::Inlet>,
    pub(crate) lanes: Lanes,
    pub(crate) keeper: Arc<Keeper>,
}

impl Hub {
    pub(crate) fn new(parts: Parts, kept: Kept) -> Hub {
        let hub = Hub {
            connections: Arc::new(Semaphore::new(parts.limits.connections)),
            presence: Mutex::new(Presence::new(parts.limits.grace)),
            limits: parts.limits,
            clock: parts.clock,
            world: ArcSwap::from(parts.world),
            listens: ArcSwap::default(),
            registry: parts.registry,
            inlet: parts.inlet,
            lanes: parts.lanes,
            keeper: parts.keeper,
            retained: Retained::default(),
            routes: Routes::default(),
            rejected: Ring::default(),
            counters: Counters::default(),
            downlink: Downlink::default(),
            stopping: AtomicBool::new(false),
            sessions: RwLock::default(),
            numbers: AtomicU64::new(1),
        };
        hub.restore(kept);
        hub
    }

    /// Brings back what was kept. Who was connected then is away now.
    fn restore(&self, kept: Kept) {
        let now = self.clock.now();
        let mut sessions = BTreeMap::new();
        for kept in kept.sessions {
            let session = Arc::new(Session::new(&kept.key));
            let expiry = Span::from_secs(i64::from(kept.expiry_secs));
            {
                let mut state = session.state();
                state.expiry = expiry;
                state.expires = Some(kept.expires.unwrap_or(now + expiry));
            }
            let Some(identity) = self.identity_of(&kept.key) else {
                self.keeper.no_session(&kept.key);
                continue;
            };
            for subscription in kept.subscriptions {
                self.subscribe(&session, &identity, subscription);
            }
            sessions.insert(session.key.clone(), session);
        }
        for (key, seq, message) in kept.queued {
            if let Some(session) = sessions.get(key.as_str()) {
                self.keeper.number_after(seq);
                session.restore(seq, Post::of_kept(message));
            }
        }
        for message in kept.retained {
            self.retained.restore(Post::of_kept(message));
        }
        *self.sessions.write().unwrap_or_else(PoisonError::into_inner) = sessions;
    }

    /// Whose session a kept one is, as far as its rights go.
    fn identity_of(&self, key: &str) -> Option<Identity> {
        match key.split_once('/')? {
            ("device", rest) => {
                let (product, device) = rest.split_once('/')?;
                let id = self.world.load().device_by_key(product, device)?.id;
                Some(Identity::Device { id, product: product.into(), device: device.into() })
            }
            (token, name) => Some(Identity::Bridge { token: token.parse().ok()?, name: name.into() }),
        }
    }

    pub(crate) fn sessions(&self) -> Vec<Arc<Session>> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn session(&self, key: &str) -> Option<Arc<Session>> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(crate) fn session_of(&self, device: DeviceId) -> Option<Arc<Session>> {
        let world = self.world.load();
        let device = world.device(device)?;
        let product = world.product(device.product)?;
        self.session(&format!("device/{}/{}", product.key, device.key))
    }

    /// Gives a connection its session; the connection that had it ends.
    pub(crate) fn attach(&self, identity: &Identity, wish: &Wish, now: Timestamp) -> Attached {
        let key = identity.session_key();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
        let old = sessions.get(key.as_str()).cloned();
        if let Some(old) = old.as_ref().filter(|_| wish.clean) {
            old.close(reason::TAKEN_OVER);
            self.end(old);
        }
        let present = old.filter(|_| !wish.clean);
        let session = match &present {
            Some(session) => session.clone(),
            None => {
                let session = Arc::new(Session::new(&key));
                sessions.insert(session.key.clone(), session.clone());
                session
            }
        };
        let link = Link { number, window: wish.window, silence: wish.silence, close: None };
        session.attach(link, wish.expiry, now);
        drop(sessions);
        if wish.expiry > Span::ZERO {
            self.keeper.session(session.kept());
        } else if present.is_some() {
            self.keeper.no_session(&key);
        }
        Attached { session, number, present: present.is_some() }
    }

    /// A connection ended. Its session goes on for a while, or ends with it; of a connection that was taken over there
    /// is nothing to do but its will.
    pub(crate) async fn detach(self: &Arc<Self>, identity: &Identity, attached: &Attached, left: Left) {
        let now = self.clock.now();
        let session = &attached.session;
        let mut will = left.will;
        let replaced = !self.session(&session.key).is_some_and(|s| Arc::ptr_eq(&s, session));
        let (current, lives) = {
            let mut state = session.state();
            let current = !replaced && state.link.as_ref().is_some_and(|l| l.number == attached.number);
            let lives = state.expiry > Span::ZERO;
            if current {
                state.link = None;
                state.expires = Some(now + state.expiry);
                if lives && left.will_delay > Span::ZERO {
                    let due = now + left.will_delay.min(state.expiry);
                    state.will = will.take().map(|post| (due, post));
                }
            }
            (current, lives)
        };
        if current {
            if lives {
                self.keeper.session(session.kept());
            } else {
                self.drop_session(session);
            }
            if let Some(device) = identity.device() {
                self.downlink.gone(device);
                self.present(device, false, left.reason, now).await;
            }
        }
        if let Some(will) = will {
            crate::uplink::publish_will(self, identity, will, now).await;
        }
    }

    /// Takes a session out and forgets what it had, unless somebody has come back to it.
    fn drop_session(&self, session: &Arc<Session>) {
        let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
        let current = sessions.get(&session.key).is_some_and(|s| Arc::ptr_eq(s, session));
        if !current || session.is_online() {
            return;
        }
        sessions.remove(&session.key);
        drop(sessions);
        self.end(session);
    }

    fn end(&self, session: &Session) {
        let held = {
            let mut state = session.state();
            state.ended = true;
            std::mem::take(&mut state.subscriptions)
        };
        for held in held.into_values() {
            if let Filter::Open { filter, group } = held.filter {
                self.routes.remove(session.number, &filter, group.as_deref());
            }
        }
        self.keeper.no_session(&session.key);
    }

    /// Adds a subscription. Returns the code that the client gets, whether it is new, and the filter for what is
    /// retained.
    pub(crate) fn subscribe(
        &self,
        session: &Arc<Session>,
        identity: &Identity,
        subscription: Subscription,
    ) -> (u8, bool, Option<String>) {
        let filter = match subscribe(identity, &subscription.filter) {
            Ok(filter) => filter,
            Err(crate::acl::Denied::Malformed) => return (reason::FILTER_INVALID, false, None),
            Err(crate::acl::Denied::Foreign) => return (reason::NOT_AUTHORIZED, false, None),
        };
        let (new, many) = {
            let state = session.state();
            (!state.subscriptions.contains_key(&subscription.filter), state.subscriptions.len())
        };
        if new && many >= self.limits.subscriptions {
            return (reason::QUOTA, false, None);
        }
        let qos = subscription.qos;
        let mut open = None;
        // The routes are never asked for while a session is locked: routing a message does it the other way round.
        if let Filter::Open { filter, group } = &filter {
            self.routes.add(session, filter, group.as_deref(), &subscription);
            // What is retained is not for groups.
            open = Some(filter.clone()).filter(|_| group.is_none());
        }
        let mut state = session.state();
        if state.ended {
            drop(state);
            if let Filter::Open { filter, group } = &filter {
                self.routes.remove(session.number, filter, group.as_deref());
            }
            return (reason::UNSPECIFIED, false, None);
        }
        state.subscriptions.insert(subscription.filter.clone(), Held { subscription, filter });
        (qos, new, open)
    }

    /// Takes a subscription away; says whether it was there.
    pub(crate) fn unsubscribe(&self, session: &Session, filter: &str) -> bool {
        let Some(held) = session.state().subscriptions.remove(filter) else { return false };
        if let Filter::Open { filter, group } = held.filter {
            self.routes.remove(session.number, &filter, group.as_deref());
        }
        true
    }

    /// A session that outlives its connection has changed.
    pub(crate) fn keep(&self, session: &Session) {
        let lives = {
            let state = session.state();
            state.expiry > Span::ZERO && !state.ended
        };
        if lives {
            self.keeper.session(session.kept());
        }
    }

    /// Gives a raw message to all who subscribed it, and retains it when it shall be. Says whether there was room to
    /// retain it, and names a client that is too slow for what it gets.
    pub(crate) fn route(&self, post: Post) -> (bool, Option<Arc<Session>>) {
        let retained = !post.retain || self.retained.set(&post, self.limits.retained, &self.keeper);
        let routed = self.routes.route(&Arc::new(post), &self.keeper);
        self.counters.delivered.fetch_add(routed.queued, Ordering::Relaxed);
        self.counters.dropped.fetch_add(routed.dropped, Ordering::Relaxed);
        (retained, routed.crowded)
    }

    /// Tells a device something on a topic between it and this server, when it has subscribed that.
    /// Only the present connection is told. Says how well it is told.
    pub(crate) fn tell(&self, session: &Session, post: Post, receipt: Option<CommandId>) -> Result<u8, Untold> {
        if !session.is_online() {
            return Err(Untold::Offline);
        }
        let wanted = session.listens(&post.topic).ok_or(Untold::Deaf)?;
        let qos = post.qos.min(wanted);
        let mut delivery = Delivery::new(Arc::new(post), qos);
        delivery.fleeting = true;
        delivery.receipt = receipt;
        match session.push(delivery, &self.keeper) {
            Pushed::Queued | Pushed::Crowded => Ok(qos),
            Pushed::Away => Err(Untold::Offline),
            Pushed::Full => Err(Untold::Full),
        }
    }

    /// A device came or went.
    pub(crate) async fn present(&self, device: DeviceId, online: bool, reason: &str, now: Timestamp) {
        let told = {
            let mut presence = self.presence.lock().unwrap_or_else(PoisonError::into_inner);
            // It may be back already, and that be told first.
            if !online && self.session_of(device).is_some_and(|s| s.is_online()) {
                return;
            }
            presence.change(device, online, reason, now)
        };
        self.lanes.hand_over(told.into_iter().collect()).await;
    }

    /// Whether a device may be connected, and which it is.
    pub(crate) fn admits(device: &Device) -> bool {
        device.route == Route::Direct && !device.disabled
    }

    /// What exists is now this: who may no longer be connected is not, and what no longer exists is forgotten.
    pub(crate) fn set_world(&self, world: Arc<World>) {
        self.world.store(world.clone());
        for session in self.sessions() {
            let Some(("device", rest)) = session.key.split_once('/') else { continue };
            let device = rest.split_once('/').and_then(|(p, d)| world.device_by_key(p, d));
            if device.is_none_or(|d| !Hub::admits(d)) {
                session.close(reason::ADMINISTRATIVE);
            }
            if device.is_none() && !session.is_online() {
                self.drop_session(&session);
            }
        }
    }

    /// What time alone does. Called about once a second.
    pub(crate) async fn tick(self: &Arc<Self>) {
        let now = self.clock.now();
        let sessions = self.sessions();
        let away = sessions.iter().filter(|s| !s.is_online()).count();
        let mut surplus = away.saturating_sub(SESSIONS_MAX);
        for session in sessions {
            session.judge_silence(now);
            let (will, ended) = {
                let mut state = session.state();
                let ended = state.link.is_none() && (surplus > 0 || state.expires.is_some_and(|at| at <= now));
                let due = ended || state.will.as_ref().is_some_and(|(due, _)| *due <= now);
                (if due { state.will.take() } else { None }, ended)
            };
            if let (Some((_, will)), Some(identity)) = (will, self.identity_of(&session.key)) {
                crate::uplink::publish_will(self, &identity, will, now).await;
            }
            if ended {
                surplus = surplus.saturating_sub(1);
                self.drop_session(&session);
            }
        }
        self.retained.sweep(now, &self.keeper);
        self.downlink.sweep(now);
        let told = self.presence.lock().unwrap_or_else(PoisonError::into_inner).tick(now);
        self.lanes.hand_over(told).await;
    }

    /// Hands signals to the runtime and waits until they are on disk.
    pub(crate) async fn accept(&self, signals: Vec<Signal>) -> Result<(), InletError> {
        self.lanes.keep(signals).await.await.unwrap_or(Err(InletError::Stopped))
    }
}

/// Why a device was not told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untold {
    /// It is not connected.
    Offline,
    /// It is connected and has not subscribed the topic.
    Deaf,
    /// Too much waits for it.
    Full,
}

impl Untold {
    /// Stable code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Untold::Offline => "offline",
            Untold::Deaf => "not_subscribed",
            Untold::Full => "busy",
        }
    }
}
