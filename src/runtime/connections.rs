//! The drivers that run: one per connection that is configured and not disabled. Follows what exists, and stands as a
//! [`Session`] for each in the host.
//!
//! What it is *not*: it knows no protocol; a driver is found by name in `drivers::registry`.

use base::id::{ConnectionId, DeviceId};
use base::{Clock, Lang, Span, Timestamp};
use documents::Signal;
use drivers::contract::{INPUTS_MAX, Password};
use drivers::{Candidate, Found, Input, Said, Session, Setup, Started};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use things::{Connection, Route, World};
use tokio::sync::mpsc;

/// Most devices that are offered per connection.
const FOUND_MAX: usize = 1_000;
/// How long a driver may take to stop before it is left behind.
const STOP_TIME: Duration = Duration::from_secs(5);
/// When a driver that had no room is told again what exists.
const RETRY: Span = Span::from_secs(1);

/// One driver that runs, or why it does not.
struct Entry {
    connection: Connection,
    running: Result<Started, String>,
}

/// All of them.
pub(crate) struct Connections {
    store: Store,
    said: mpsc::Sender<Said>,
    clock: Arc<dyn Clock>,
    entries: BTreeMap<ConnectionId, Entry>,
    /// What drivers found by themselves and nobody registered yet.
    found: BTreeMap<ConnectionId, BTreeMap<String, Candidate>>,
}

impl Connections {
    pub(crate) fn new(store: Store, said: mpsc::Sender<Said>, clock: Arc<dyn Clock>) -> Self {
        Connections { store, said, clock, entries: BTreeMap::new(), found: BTreeMap::new() }
    }

    /// Stops what is gone or changed and starts what is new. Gives the sessions that came, and the routes that went.
    pub(crate) async fn follow(&mut self, world: &Arc<World>) -> Vec<(ConnectionId, Option<Box<dyn Session>>)> {
        let wanted: BTreeMap<ConnectionId, &Connection> =
            world.connections().filter(|c| !c.disabled).map(|c| (c.id, c)).collect();
        let gone: Vec<ConnectionId> = self
            .entries
            .iter()
            .filter(|(id, entry)| wanted.get(id).is_none_or(|c| **c != entry.connection))
            .map(|(id, _)| *id)
            .collect();
        let mut changed: Vec<(ConnectionId, Option<Box<dyn Session>>)> = Vec::new();
        for id in gone {
            if let Some(Entry { running: Ok(started), .. }) = self.entries.remove(&id) {
                // In the background: the host does not wait for a bus.
                tokio::spawn(stop(id, started));
            }
            self.found.remove(&id);
            changed.push((id, None));
        }
        for (id, connection) in wanted {
            if self.entries.contains_key(&id) {
                continue;
            }
            let running = self.start(connection, world).await;
            match &running {
                Ok(started) => {
                    changed.push((id, Some(Box::new(Remote::new(id, started.inputs.clone())))));
                }
                Err(why) => tracing::warn!(connection = %id, %why, "a connection could not be opened"),
            }
            self.entries.insert(id, Entry { connection: connection.clone(), running });
        }
        changed
    }

    /// The devices that nothing reaches: their connection is disabled, or its driver could not start.
    pub(crate) fn unreachable(&self, world: &World) -> Vec<(DeviceId, String)> {
        let why = |id: &ConnectionId| match self.entries.get(id).map(|e| &e.running) {
            Some(Ok(_)) => None,
            Some(Err(why)) => Some(why.clone()),
            None => Some("the connection is disabled".to_string()),
        };
        let of = |route: Route| if let Route::Via(id) = route { Some(id) } else { None };
        world.devices().filter_map(|d| Some((d.id, why(&of(d.route)?)?))).collect()
    }

    /// Takes what a driver found.
    pub(crate) fn offer(&mut self, found: Found) {
        match found {
            Found::Offer(candidate) => {
                let Route::Via(connection) = candidate.device.route else { return };
                if !self.entries.contains_key(&connection) {
                    return;
                }
                let offered = self.found.entry(connection).or_default();
                if offered.len() < FOUND_MAX || offered.contains_key(&candidate.key) {
                    offered.insert(candidate.key.clone(), *candidate);
                } else {
                    tracing::warn!(%connection, key = candidate.key, "too many devices are offered; one is left out");
                }
            }
            Found::Gone { connection, key } => {
                self.found.get_mut(&connection).and_then(|offered| offered.remove(&key));
            }
        }
    }

    /// What a connection offers and the world does not have.
    pub(crate) fn found(&self, connection: ConnectionId, world: &World) -> Vec<Candidate> {
        let offered = self.found.get(&connection).into_iter().flat_map(BTreeMap::values);
        offered.filter(|c| world.device(c.device.id).is_none()).cloned().collect()
    }

    /// Lets the next [`Connections::follow`] start a connection anew.
    pub(crate) fn forget(&mut self, id: ConnectionId) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.connection.config.clear();
            entry.connection.driver.clear();
        }
    }

    /// Stops all of them.
    pub(crate) async fn stop(&mut self) {
        let running = std::mem::take(&mut self.entries).into_iter();
        let stops = running.filter_map(|(id, entry)| Some(stop(id, entry.running.ok()?)));
        futures::future::join_all(stops).await;
    }

    async fn start(&self, connection: &Connection, world: &Arc<World>) -> Result<Started, String> {
        let driver = drivers::registry::by_name(&connection.driver)
            .ok_or_else(|| format!("there is no driver `{}`", connection.driver))?;
        let password = self.store.credentials().connection_password(connection.id).await.map_err(|e| e.to_string())?;
        let setup = Setup {
            connection: connection.clone(),
            password: Password(password.map(|p| p.expose().to_owned())),
            world: world.clone(),
            clock: self.clock.clone(),
            said: self.said.clone(),
        };
        (driver.start)(setup).map_err(|found| {
            found.first().map_or_else(|| "it cannot start".to_string(), |d| d.message.get(Lang::En).to_string())
        })
    }
}

async fn stop(id: ConnectionId, started: Started) {
    drop(started.inputs);
    let mut task = started.task;
    if tokio::time::timeout(STOP_TIME, &mut task).await.is_err() {
        tracing::warn!(connection = %id, "a driver did not stop in time and is cut off");
        task.abort();
    }
}

/// A driver as the host sees it: told without waiting.
struct Remote {
    id: ConnectionId,
    inputs: mpsc::Sender<Input>,
    /// What it must hear, and had no room for.
    missed: BTreeMap<&'static str, Input>,
    retry: Option<Timestamp>,
}

impl Remote {
    fn new(id: ConnectionId, inputs: mpsc::Sender<Input>) -> Self {
        Remote { id, inputs, missed: BTreeMap::new(), retry: None }
    }

    fn pass(&mut self, input: Input, now: Timestamp) -> Vec<Signal> {
        let Err(refused) = self.inputs.try_send(input) else { return Vec::new() };
        match refused.into_inner() {
            Input::Command(command) => {
                let why = format!("the connection has {INPUTS_MAX} inputs waiting, or has stopped");
                return vec![Signal::Delivered { command: command.id, refused: Some(why), reply: None }];
            }
            Input::Publish(message) => {
                tracing::warn!(connection = %self.id, topic = message.topic, "busy: a rule's message is dropped");
            }
            Input::Post(post) => {
                tracing::warn!(connection = %self.id, path = post.path, "busy: a rule's post is dropped");
                let failed = Some(format!("the connection has {INPUTS_MAX} inputs waiting, or has stopped"));
                return post.cause.map(|cause| Signal::Posted { cause, failed }).into_iter().collect();
            }
            input @ Input::World(_) => drop(self.missed.insert("world", input)),
            input @ Input::Listen(_) => drop(self.missed.insert("listen", input)),
            Input::Start | Input::Tick | Input::Measure(..) | Input::Fault(..) => {}
        }
        self.retry = (!self.missed.is_empty()).then(|| now + RETRY);
        Vec::new()
    }
}

impl Session for Remote {
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Signal> {
        match input {
            Input::Start | Input::Measure(..) | Input::Fault(..) => Vec::new(),
            Input::Tick => {
                self.retry = None;
                let missed = std::mem::take(&mut self.missed);
                missed.into_values().flat_map(|input| self.pass(input, now)).collect()
            }
            other => self.pass(other, now),
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.retry
    }

    fn route(&self) -> Route {
        Route::Via(self.id)
    }
}
