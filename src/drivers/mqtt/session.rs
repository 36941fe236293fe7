//! The session with a broker, without the broker: what is subscribed to, what a message means, what a command becomes,
//! and who is there.
//!
//! What it is *not*: it opens no socket and has no clock. [`super::task`] carries its messages. Start at
//! [`Session::heard`].

use super::codec::{self, Body};
use super::config::{Config, LISTEN_MAX};
use super::discovery::Finder;
use super::plan::{Plan, Use};
use super::topics;
use crate::Input;
use crate::contract::Found;
use base::Timestamp;
use base::id::{CommandId, ConnectionId, DeviceId};
use base64::Engine as _;
use bytes::Bytes;
use documents::signal::{PAYLOAD_BYTES_MAX, Payload, TOPIC_BYTES_MAX};
use documents::{Command, Message, Signal};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use things::{World, ingest};

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its topic.
    pub topic: String,
    /// What it carries.
    pub payload: Bytes,
    /// Its quality of service.
    pub qos: u8,
    /// Whether the broker had kept it.
    pub retain: bool,
}

/// A message that shall be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Its topic.
    pub topic: String,
    /// What it carries.
    pub payload: Vec<u8>,
    /// Its quality of service, 0 or 1.
    pub qos: u8,
    /// Whether the broker keeps it.
    pub retain: bool,
    /// The command that it is.
    pub command: Option<CommandId>,
}

/// What follows from what was heard.
#[derive(Debug, Default)]
pub struct Follows {
    /// For the runtime.
    pub signals: Vec<Signal>,
    /// Devices that announce themselves.
    pub found: Vec<Found>,
}

/// What follows from what the runtime wants.
#[derive(Debug, Default)]
pub struct Answer {
    /// For the runtime.
    pub signals: Vec<Signal>,
    /// For the broker.
    pub publish: Option<Publish>,
}

/// Why a rule's message is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// The topic belongs to a device; only commands write there.
    #[error("the topic belongs to a device")]
    Owned,
    /// It is no topic, or the payload cannot be read.
    #[error("the topic or the payload is malformed")]
    Malformed,
    /// There is no connection.
    #[error("there is no connection to the broker")]
    Offline,
}

/// Counts what must not fill the log: it is worth a line the first time, then the second, the fourth, the eighth …
#[derive(Debug, Default)]
struct Seldom(u64);

impl Seldom {
    fn worth_a_line(&mut self) -> bool {
        self.0 += 1;
        self.0.is_power_of_two()
    }
}

/// The state of a session.
#[derive(Debug)]
pub struct Session {
    id: ConnectionId,
    config: Config,
    world: Arc<World>,
    plan: Arc<Plan>,
    finder: Option<Finder>,
    /// What rules listen to beyond the configuration.
    listen: Vec<String>,
    /// None while it is up; else why it is not.
    down: Option<String>,
    /// Filters that the broker refused.
    refused: BTreeSet<String>,
    /// What availability topics said, in the order of the plan.
    said: BTreeMap<DeviceId, Vec<Option<bool>>>,
    /// Devices that gave a sign of life before their availability was known.
    alive: BTreeSet<DeviceId>,
    /// What was told of each device.
    told: BTreeMap<DeviceId, (bool, String)>,
    /// Messages beyond the limits.
    dropped: Seldom,
    /// Messages of rules that were not sent.
    unsent: Seldom,
}

impl Session {
    /// A session that is not connected yet.
    pub fn new(id: ConnectionId, config: Config, world: Arc<World>) -> Session {
        let plan = Arc::new(Plan::of(&config, id, &world));
        let finder = config.discovery.enabled.then(|| Finder::new(id, &config));
        Session {
            id,
            config,
            world,
            plan,
            finder,
            listen: Vec::new(),
            down: Some("not connected yet".into()),
            refused: BTreeSet::new(),
            said: BTreeMap::new(),
            alive: BTreeSet::new(),
            told: BTreeMap::new(),
            dropped: Seldom::default(),
            unsent: Seldom::default(),
        }
    }

    /// The topic filters it wants, none within another.
    pub fn filters(&self) -> Vec<String> {
        let found = self.finder.iter().flat_map(|f| f.filters());
        let raw = self.config.listen.iter().chain(&self.listen).cloned();
        topics::without_covered(self.plan.topics.keys().cloned().chain(found).chain(raw))
    }

    /// The quality of service of its subscriptions.
    pub fn qos(&self) -> u8 {
        self.config.qos
    }

    /// What is true of the devices and was not told yet.
    pub fn links(&mut self) -> Vec<Signal> {
        let plan = self.plan.clone();
        // A device that is no longer ours is told of no more: whose it is now, tells.
        self.told.retain(|d, _| plan.devices.contains_key(d));
        self.links_of(plan.devices.keys().copied())
    }

    fn links_of(&mut self, devices: impl Iterator<Item = DeviceId>) -> Vec<Signal> {
        let mut out = Vec::new();
        for device in devices {
            let Some((online, reason)) = self.state(device) else { continue };
            // Why a device is gone may change, and is told then: first the line broke, now the broker refuses the login.
            let known = self.told.get(&device).is_some_and(|(on, why)| *on == online && (online || *why == reason));
            if !known {
                self.told.insert(device, (online, reason.clone()));
                out.push(Signal::Link { device, online, reason });
            }
        }
        out
    }

    /// Whether a device can be reached, and why. `None`: it has not said so yet.
    fn state(&self, device: DeviceId) -> Option<(bool, String)> {
        if let Some(reason) = &self.down {
            return Some((false, reason.clone()));
        }
        let topics = self.plan.devices.get(&device)?;
        if self.plan.unmapped.contains(&device) {
            return Some((false, "its connection says nothing of its topics".into()));
        }
        if let Some(filter) = self.refused.iter().find(|f| self.speaks_on(device, f)) {
            return Some((false, format!("the broker refused the subscription to {filter}")));
        }
        if topics.is_empty() {
            return Some((true, "the broker is connected".into()));
        }
        let none = Vec::new();
        let said = self.said.get(&device).unwrap_or(&none);
        let at = |i: usize| said.get(i).copied().flatten();
        if let Some((_, topic)) = topics.iter().enumerate().find(|(i, _)| at(*i) == Some(false)) {
            return Some((false, format!("offline, says {topic}")));
        }
        if (0..topics.len()).all(|i| at(i) == Some(true)) {
            return Some((true, "online, say its topics".into()));
        }
        self.alive.contains(&device).then(|| (true, "it reports".into()))
    }

    fn speaks_on(&self, device: DeviceId, filter: &str) -> bool {
        self.plan
            .topics
            .iter()
            .any(|(topic, uses)| topics::matches(filter, topic) && uses.iter().any(|(d, _)| *d == device))
    }

    /// The connection is there.
    pub fn connected(&mut self) -> Vec<Signal> {
        self.down = None;
        self.refused.clear();
        self.links()
    }

    /// The broker refused subscriptions.
    pub fn refused(&mut self, filters: impl IntoIterator<Item = String>) -> Vec<Signal> {
        self.refused.extend(filters);
        self.links()
    }

    /// The connection is gone, or could not be made.
    pub fn lost(&mut self, reason: &str) -> Vec<Signal> {
        self.down = Some(reason.to_string());
        self.said.clear();
        self.alive.clear();
        self.links()
    }

    /// What exists is now this.
    fn become_world(&mut self, world: Arc<World>) -> Vec<Signal> {
        self.plan = Arc::new(Plan::of(&self.config, self.id, &world));
        self.world = world;
        let plan = &self.plan;
        self.said.retain(|d, said| plan.devices.get(d).is_some_and(|topics| topics.len() == said.len()));
        self.links()
    }

    /// The runtime wants something.
    pub fn told(&mut self, input: Input, now: Timestamp) -> Answer {
        let mut answer = Answer::default();
        match input {
            Input::Start => answer.signals = self.links(),
            Input::World(world) => answer.signals = self.become_world(world),
            Input::Listen(filters) => self.listen(filters),
            Input::Command(command) => match self.command(&command, now) {
                Ok(publish) => answer.publish = Some(publish),
                Err(why) => {
                    answer.signals = vec![Signal::Delivered { command: command.id, refused: Some(why), reply: None }];
                }
            },
            Input::Publish(message) => {
                let topic = message.topic.clone();
                match self.publish(message) {
                    Ok(publish) => answer.publish = Some(publish),
                    Err(why) if self.unsent.worth_a_line() => {
                        let count = self.unsent.0;
                        tracing::warn!(connection = %self.id, topic, %why, count, "a message of a rule was not sent");
                    }
                    Err(_) => {}
                }
            }
            Input::Tick | Input::Post(_) | Input::Measure(..) | Input::Fault(..) => {}
        }
        answer
    }

    /// Rules listen to this now.
    fn listen(&mut self, filters: Vec<String>) {
        let valid: Vec<String> = filters.into_iter().filter(|f| topics::valid_filter(f)).collect();
        if valid.len() > LISTEN_MAX {
            let count = valid.len();
            tracing::warn!(connection = %self.id, count, "rules listen to more than {LISTEN_MAX} filters; the rest is not heard");
        }
        self.listen = valid.into_iter().take(LISTEN_MAX).collect();
    }

    /// A message came.
    pub fn heard(&mut self, heard: Heard, now: Timestamp, follows: &mut Follows) {
        if heard.payload.len() > PAYLOAD_BYTES_MAX || heard.topic.len() > TOPIC_BYTES_MAX {
            if self.dropped.worth_a_line() {
                let (bytes, count) = (heard.payload.len(), self.dropped.0);
                tracing::warn!(connection = %self.id, bytes, count, "a message beyond the limits was dropped");
            }
            return;
        }
        let plan = self.plan.clone();
        if let Some(uses) = plan.topics.get(&heard.topic) {
            self.device_said(uses, &heard, now, &mut follows.signals);
        }
        if let Some(finder) = &mut self.finder
            && let Some(found) = finder.heard(&heard.topic, &heard.payload)
        {
            follows.found.push(found);
        }
        let raw = self.config.listen.iter().chain(&self.listen);
        if raw.into_iter().any(|filter| topics::matches(filter, &heard.topic)) {
            follows.signals.push(Signal::Message(Message {
                connection: Some(self.id),
                topic: heard.topic,
                payload: payload(&heard.payload),
                qos: heard.qos,
                retain: heard.retain,
            }));
        }
    }

    fn device_said(&mut self, uses: &[(DeviceId, Use)], heard: &Heard, now: Timestamp, out: &mut Vec<Signal>) {
        let body = Body::new(&heard.payload);
        let mut reports: Vec<(DeviceId, Map<String, Json>)> = Vec::new();
        let mut changed = BTreeSet::new();
        for (device, said) in uses {
            match said {
                Use::Availability { index, path, online, offline } => {
                    let topics = self.plan.devices.get(device).map_or(0, Vec::len);
                    let known = match codec::word_at(&body, path.as_deref()) {
                        Some(word) if word == *online => Some(true),
                        Some(word) if word == *offline => Some(false),
                        _ => continue,
                    };
                    let said = self.said.entry(*device).or_default();
                    said.resize(topics, None);
                    if let Some(place) = said.get_mut(*index) {
                        *place = known;
                        changed.insert(*device);
                    }
                }
                Use::Event { identifier, path, words } if !heard.retain => {
                    let word = codec::word_at(&body, path.as_deref());
                    if word.as_ref().is_some_and(|w| !w.is_empty() && (words.is_empty() || words.contains(w))) {
                        out.extend(self.occurrence(*device, identifier, &heard.topic, now));
                    }
                    if self.alive.insert(*device) {
                        changed.insert(*device);
                    }
                }
                Use::Event { .. } => {}
                Use::Point { point, identifier, reading } => {
                    let Some(spec) = self.world.point(*point) else { continue };
                    match reading.read(&body, &spec.kind) {
                        Ok(Some(json)) => match reports.last_mut().filter(|(d, _)| d == device) {
                            Some((_, map)) => drop(map.insert(identifier.to_string(), json)),
                            None => reports.push((*device, Map::from_iter([(identifier.to_string(), json)]))),
                        },
                        Ok(None) => {}
                        Err(e) => fault(*device, &heard.topic, e.code(), &e.to_string()),
                    }
                }
            }
        }
        for (device, said) in reports {
            let taken = ingest::properties(&self.world, device, &said, now);
            for f in &taken.faults {
                fault(device, &heard.topic, f.code, &f.message.en);
            }
            if !taken.values.is_empty() {
                out.push(Signal::Report { device, values: taken.values });
                if !heard.retain && self.alive.insert(device) {
                    changed.insert(device);
                }
            }
        }
        out.extend(self.links_of(changed.into_iter()));
    }

    fn occurrence(&self, device: DeviceId, identifier: &str, topic: &str, now: Timestamp) -> Option<Signal> {
        match ingest::event(&self.world, device, identifier, &Json::Null, now) {
            Ok(told) => {
                Some(Signal::Occurrence { device, event: identifier.to_string(), output: told.output, at: told.at })
            }
            Err(faults) => {
                for f in faults {
                    fault(device, topic, f.code, &f.message.en);
                }
                None
            }
        }
    }

    /// What a command becomes.
    ///
    /// # Errors
    /// Why it cannot be sent.
    fn command(&self, command: &Command, now: Timestamp) -> Result<Publish, String> {
        if let Some(reason) = &self.down {
            return Err(format!("there is no connection to the broker: {reason}"));
        }
        if command.deadline < now {
            return Err("it is too late for it".into());
        }
        let order = self.plan.orders.get(&command.point).ok_or("no topic is given for this command")?;
        let payload = order.writing.write(&command.value).map_err(|e| e.to_string())?;
        Ok(Publish {
            topic: order.topic.clone(),
            payload: payload.into_bytes(),
            qos: order.qos,
            retain: order.retain,
            command: Some(command.id),
        })
    }

    /// A message of a rule.
    ///
    /// # Errors
    /// Why it is not sent.
    fn publish(&self, message: Message) -> Result<Publish, Unsent> {
        if self.down.is_some() {
            return Err(Unsent::Offline);
        }
        if self.plan.own.contains(&message.topic) {
            return Err(Unsent::Owned);
        }
        let payload = match message.payload {
            Payload::Text(text) => text.into_bytes(),
            Payload::Base64(text) => {
                base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| Unsent::Malformed)?
            }
        };
        if !topics::valid_topic(&message.topic) || payload.len() > PAYLOAD_BYTES_MAX {
            return Err(Unsent::Malformed);
        }
        Ok(Publish { topic: message.topic, payload, qos: message.qos.min(1), retain: message.retain, command: None })
    }

    /// What is said of this connection when it comes (`true`) and when it ends.
    pub fn presence(&self, online: bool) -> Option<Publish> {
        let presence = self.config.presence.as_ref()?;
        let word = if online { &presence.online } else { &presence.offline };
        Some(Publish {
            topic: presence.topic.clone(),
            payload: word.clone().into_bytes(),
            qos: 1,
            retain: true,
            command: None,
        })
    }
}

fn payload(bytes: &Bytes) -> Payload {
    match std::str::from_utf8(bytes) {
        Ok(text) => Payload::Text(text.to_string()),
        Err(_) => Payload::Base64(base64::engine::general_purpose::STANDARD.encode(bytes)),
    }
}

fn fault(device: DeviceId, topic: &str, code: &str, why: &str) {
    tracing::debug!(%device, topic, code, why, "a message of a device was not taken");
}
