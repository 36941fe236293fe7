//! How everything above the runtime speaks to it: messages to the one task that owns the core.

use crate::core::Core;
use crate::history::History;
use crate::sandbox::Sandbox;
use base::id::{CommandId, ConnectionId, DeviceId};
use base::{Clock, Span, Timestamp, Value};
use documents::{Batch, Event, Outcome, Receipt};
use drivers::simulated::Fault;
use drivers::{Candidate, Said};
use std::sync::Arc;
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot};

/// Why the runtime did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// It has stopped.
    #[error("the runtime has stopped")]
    Stopped,
    /// What was to be written down could not be: nothing is acknowledged. Control goes on.
    #[error("the log cannot be written: {0}")]
    NotWritten(String),
    /// Only a manual clock can be advanced.
    #[error("this runtime runs on the machine's clock")]
    RealTime,
}

impl HostError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            HostError::Stopped => "runtime.stopped",
            HostError::NotWritten(_) => "runtime.not_written",
            HostError::RealTime => "runtime.real_time",
        }
    }
}

/// Looks at the core and at the number of the last batch that was applied to it.
type Reader = Box<dyn FnOnce(&Core, u64) + Send>;

/// What the host is told.
pub(crate) enum Message {
    Apply(Box<Event>, oneshot::Sender<Result<Vec<Outcome>, HostError>>),
    Read(Reader),
    Settled(Vec<CommandId>, oneshot::Sender<Vec<Receipt>>),
    Simulate(Box<drivers::Input>, oneshot::Sender<()>),
    Sandbox(oneshot::Sender<Sandbox>),
    Faults(oneshot::Sender<Vec<(DeviceId, Fault)>>),
    Advance(Span, oneshot::Sender<Result<(), HostError>>),
    Durable(oneshot::Sender<Result<(), HostError>>),
    Reconnect(ConnectionId),
    Found(ConnectionId, oneshot::Sender<Vec<Candidate>>),
    Stop(oneshot::Sender<()>),
}

/// A handle to the running host. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) to: mpsc::Sender<Message>,
    pub(crate) field: mpsc::Sender<Said>,
    pub(crate) batches: broadcast::Sender<Arc<Batch>>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The machine's, where the runtime's own goes faster.
    pub(crate) wall: Arc<dyn Clock>,
    pub(crate) speed: u32,
    /// Who may run a copy of the building ahead.
    pub(crate) plays: Arc<Semaphore>,
    /// Who may run a rule over the past.
    pub(crate) backtests: Arc<Semaphore>,
    pub(crate) history: History,
}

impl Handle {
    /// Applies an event. The outcomes come once they are written down; effects have left then.
    ///
    /// # Errors
    /// When the host stopped, or the log could not be written (the event has taken effect all the same).
    pub async fn apply(&self, event: Event) -> Result<Vec<Outcome>, HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Apply(Box::new(event), reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)?
    }

    /// Waits until none of the commands changes by itself any more, and gives their receipts in the order asked for.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn settled(&self, commands: Vec<CommandId>) -> Result<Vec<Receipt>, HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Settled(commands, reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)
    }

    /// Looks at the core between two steps. Keep it short: everything else waits.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Core) -> T + Send + 'static,
    ) -> Result<T, HostError> {
        self.read_at(move |core, _| look(core)).await
    }

    /// The same, with the number of the last batch that was applied: what [`Handle::subscribe`] gave up to it is in
    /// what is seen, and nothing after it is.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn read_at<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Core, u64) -> T + Send + 'static,
    ) -> Result<T, HostError> {
        let (reply, answer) = oneshot::channel();
        let look = move |core: &Core, seq: u64| {
            // Nobody waits any more when the asker was cancelled.
            drop(reply.send(look(core, seq)));
        };
        self.send(Message::Read(Box::new(look))).await?;
        answer.await.map_err(|_| HostError::Stopped)
    }

    /// Every batch from now on. A slow reader misses some and is told how many.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Batch>> {
        self.batches.subscribe()
    }

    /// The present time of this runtime.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The present time of the world outside: logins and tokens go by it, however fast the building's own time goes.
    pub fn wall(&self) -> Timestamp {
        self.wall.now()
    }

    /// The clock that [`Handle::wall`] reads.
    pub fn wall_clock(&self) -> Arc<dyn Clock> {
        self.wall.clone()
    }

    /// How many times as fast as the machine's clock this runtime goes.
    pub fn speed(&self) -> u32 {
        self.speed
    }

    /// A copy of the building as it is between two steps.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn sandbox(&self) -> Result<Sandbox, HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Sandbox(reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)
    }

    /// The devices that misbehave since somebody wanted it, and how.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn faults(&self) -> Result<Vec<(DeviceId, Fault)>, HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Faults(reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)
    }

    /// Where what the field says goes in.
    pub fn field(&self) -> mpsc::Sender<Said> {
        self.field.clone()
    }

    /// The clock of this runtime.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// The past of points.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Closes a connection and opens it again, for instance since its password changed.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn reconnect(&self, connection: ConnectionId) -> Result<(), HostError> {
        self.send(Message::Reconnect(connection)).await
    }

    /// The devices that a connection's driver found by itself and nobody registered.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn found(&self, connection: ConnectionId) -> Result<Vec<Candidate>, HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Found(connection, reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)
    }

    /// Lets a simulated device measure a value.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn measure(&self, point: base::id::PointId, value: Value) -> Result<(), HostError> {
        self.simulate(drivers::Input::Measure(point, value)).await
    }

    /// Lets a simulated device misbehave.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn fault(&self, device: DeviceId, fault: Fault) -> Result<(), HostError> {
        self.simulate(drivers::Input::Fault(device, fault)).await
    }

    async fn simulate(&self, input: drivers::Input) -> Result<(), HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Simulate(Box::new(input), reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)
    }

    /// Lets time pass on a manual clock, with everything that is due on the way.
    ///
    /// # Errors
    /// When the host stopped or runs on the machine's clock.
    pub async fn advance(&self, by: Span) -> Result<(), HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Advance(by, reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)?
    }

    /// Resolves once everything applied so far is on disk: what a device may be told was received.
    ///
    /// # Errors
    /// When the host stopped or the disk refuses.
    pub async fn durable(&self) -> Result<(), HostError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Durable(reply)).await?;
        answer.await.map_err(|_| HostError::Stopped)?
    }

    /// Stops the host: a checkpoint is written, then the task ends.
    pub async fn stop(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Message::Stop(reply)).await.is_ok() {
            drop(answer.await);
        }
    }

    async fn send(&self, message: Message) -> Result<(), HostError> {
        self.to.send(message).await.map_err(|_| HostError::Stopped)
    }
}
