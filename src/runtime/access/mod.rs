//! Device access joined to the rest: the embedded broker, whose signals go to the host, whose logins are checked
//! against the store, and which stands in the host as the session of every device that logs in by itself.
//!
//! Start at [`open`].

mod keep;
mod register;

use crate::Handle;
use access::contract::{Inlet, InletError};
use access::{AccessError, Broker, Options};
use arc_swap::ArcSwap;
use async_trait::async_trait;
use base::Timestamp;
use base::id::DeviceId;
use documents::{Actor, Change, Event, Outcome, Signal};
use drivers::{Input, Said, Session};
use keep::Keeper;
use register::Register;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Store;
use things::{Route, World};
use tokio::sync::{mpsc, oneshot};

/// Opens the broker, and gives it with the session to attach to the host before it runs.
///
/// # Errors
/// What [`Broker::start`] says.
pub async fn open(
    handle: &Handle,
    store: &Store,
    world: Arc<World>,
    options: Options,
) -> Result<(Arc<Broker>, Box<dyn Session>), AccessError> {
    let clock = handle.clock();
    let shared = Arc::new(ArcSwap::new(world.clone()));
    let register = Register { store: store.clone(), world: shared.clone(), clock: handle.wall_clock() };
    let keeper = Keeper { store: store.broker().clone(), clock: clock.clone() };
    let inlet = Field { to: handle.field(), handle: handle.clone(), world: shared.clone() };
    let broker = Broker::start(options, Arc::new(inlet), Arc::new(register), Arc::new(keeper), world, clock).await?;
    let broker = Arc::new(broker);
    Ok((broker.clone(), Box::new(Direct { broker, world: shared })))
}

/// The queue of the host as the broker sees it.
struct Field {
    to: mpsc::Sender<Said>,
    handle: Handle,
    world: Arc<ArcSwap<World>>,
}

#[async_trait]
impl Inlet for Field {
    async fn accept(&self, signals: Vec<Signal>, durable: bool) -> Result<(), InletError> {
        let (done, written) = oneshot::channel();
        let said = Said { signals, durable: durable.then_some(done), ..Said::default() };
        self.to.send(said).await.map_err(|_| InletError::Stopped)?;
        if !durable {
            return Ok(());
        }
        match written.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(InletError::Store),
            Err(_) => Err(InletError::Stopped),
        }
    }

    async fn tags(&self, device: DeviceId, tags: BTreeSet<String>) -> Result<(), InletError> {
        let Some(mut device) = self.world.load().device(device).cloned() else { return Err(InletError::Stopped) };
        if device.tags == tags {
            return Ok(());
        }
        let actor = Actor { name: device.id.to_string(), ..Actor::system() };
        device.tags = tags;
        let changes = vec![Change::PutDevice(Box::new(device))];
        match self.handle.apply(Event::Configure { actor, turn: None, changes }).await {
            Ok(outcomes) if outcomes.iter().any(|o| matches!(o, Outcome::Configured(_))) => Ok(()),
            Ok(_) => Err(InletError::Busy),
            Err(_) => Err(InletError::Store),
        }
    }
}

/// The broker as the host sees it.
struct Direct {
    broker: Arc<Broker>,
    world: Arc<ArcSwap<World>>,
}

impl Session for Direct {
    fn handle(&mut self, input: Input, _now: Timestamp) -> Vec<Signal> {
        match input {
            Input::Command(command) => return self.broker.command(&command).into_iter().collect(),
            Input::Publish(message) => {
                if let Err(why) = self.broker.publish(&message) {
                    tracing::warn!(topic = message.topic, %why, "a rule's message is not published");
                }
            }
            Input::Listen(filters) => {
                if let Err(why) = self.broker.listens(&filters) {
                    tracing::warn!(%why, "rules do not hear what they listen to");
                }
            }
            Input::World(world) => {
                self.world.store(world.clone());
                self.broker.world(world);
            }
            Input::Start | Input::Tick | Input::Post(_) | Input::Measure(..) | Input::Fault(..) => {}
        }
        Vec::new()
    }

    fn deadline(&self) -> Option<Timestamp> {
        None
    }

    fn route(&self) -> Route {
        Route::Direct
    }
}
