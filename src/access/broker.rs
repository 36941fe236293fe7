//! The embedded broker: MQTT 3.1.1 and 5 on one port, over TCP, TLS and WebSocket. Listeners, TLS, WebSocket and the
//! codec are those of rmqtt; sessions, rights, retained messages and the ways into the runtime are ours, since
//! acknowledgements wait for the disk and sessions belong to identities. Start at [`Broker::start`].

use crate::client::{Raw, serve};
use crate::contract::{Inlet, InletError, Keep, KeepError, Registry};
use crate::downlink::{self, RrpcResult};
use crate::filter::{Tree, is_filter};
use crate::hub::{Hub, Parts};
use crate::keeper::Keeper;
use crate::lanes::{Lanes, stopped};
use crate::limits::{CONNECT_BYTES_MAX, HANDSHAKE_TIMEOUT, HANDSHAKES_MAX, Limits};
use crate::message::Post;
use crate::metrics::Metrics;
use crate::rejected::Rejected;
use crate::wire::reason;
use base::id::{DeviceId, TokenId};
use base::{Bilingual, Clock};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use documents::signal::Payload;
use documents::{Command, Message, Signal};
use rmqtt_net::{Builder, Listener, MqttStream};
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use things::World;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::JoinHandle;

/// How often what time alone does is done.
const TICK: Duration = Duration::from_secs(1);
/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;
/// How long a stopping broker waits for its clients to be told.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Files of a certificate chain and its key, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The chain, the server's own first.
    pub chain: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// How the broker is started. Port 0 takes a free one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Plain TCP.
    pub tcp: Option<SocketAddr>,
    /// TLS; needs the certificate.
    pub tls: Option<SocketAddr>,
    /// WebSocket.
    pub ws: Option<SocketAddr>,
    /// WebSocket over TLS; needs the certificate.
    pub wss: Option<SocketAddr>,
    /// For TLS.
    pub certificate: Option<Certificate>,
    /// Its limits.
    pub limits: Limits,
}

/// Why the broker did not start, or does not do something.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// An address cannot be used.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why, in the system's words.
        why: String,
    },
    /// TLS without a certificate, or with a broken one.
    #[error("the certificate cannot be used: {0}")]
    Certificate(String),
    /// What was kept cannot be read.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// A topic or filter that is not possible here.
    #[error("`{0}` is no raw topic")]
    Topic(String),
    /// A payload that is not base64, or too large.
    #[error("the payload is too large, or not in base64")]
    Payload,
    /// The runtime did not take it.
    #[error(transparent)]
    Inlet(#[from] InletError),
}

impl AccessError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            AccessError::Listen { .. } => "access.listen",
            AccessError::Certificate(_) => "access.certificate",
            AccessError::Keep(_) => "access.keep",
            AccessError::Topic(_) => "access.topic",
            AccessError::Payload => "access.payload",
            AccessError::Inlet(_) => "access.inlet",
        }
    }
    /// In words.
    pub fn words(&self) -> Bilingual {
        let zh = match self {
            AccessError::Listen { address, why } => format!("无法监听 {address}：{why}"),
            AccessError::Certificate(why) => format!("证书不可用：{why}"),
            AccessError::Keep(why) => format!("无法读写保存的 MQTT 会话：{}", why.0),
            AccessError::Topic(topic) => format!("“{topic}”不是自由主题"),
            AccessError::Payload => "载荷过大，或不是 base64".into(),
            AccessError::Inlet(InletError::Busy) => "等待处理的消息过多".into(),
            AccessError::Inlet(InletError::Store) => "无法写入磁盘".into(),
            AccessError::Inlet(InletError::Stopped) => "服务器正在停止".into(),
        };
        Bilingual::new(zh, self.to_string())
    }
}

/// Where the broker listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Bound {
    /// Plain TCP.
    pub tcp: Option<SocketAddr>,
    /// TLS.
    pub tls: Option<SocketAddr>,
    /// WebSocket.
    pub ws: Option<SocketAddr>,
    /// WebSocket over TLS.
    pub wss: Option<SocketAddr>,
}

/// The embedded broker. Dropping it without [`Broker::stop`] closes the listeners and leaves the clients to their end.
pub struct Broker {
    pub(crate) hub: Arc<Hub>,
    bound: Bound,
    stop: watch::Sender<bool>,
    /// Ends last: what was handed over is taken, what is to be kept is written.
    drain: watch::Sender<bool>,
    listeners: Mutex<Vec<JoinHandle<()>>>,
    others: Mutex<Vec<JoinHandle<()>>>,
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").field("bound", &self.bound).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy)]
enum Door {
    Tcp,
    Tls,
    Ws,
    Wss,
}

impl Broker {
    /// Brings back what was kept and begins to listen. Needs a tokio runtime.
    ///
    /// # Errors
    /// When it cannot listen, the certificate cannot be used, or what was kept cannot be read.
    pub async fn start(
        options: Options,
        inlet: Arc<dyn Inlet>,
        registry: Arc<dyn Registry>,
        keep: Arc<dyn Keep>,
        world: Arc<World>,
        clock: Arc<dyn Clock>,
    ) -> Result<Broker, AccessError> {
        let doors =
            [(Door::Tcp, options.tcp), (Door::Tls, options.tls), (Door::Ws, options.ws), (Door::Wss, options.wss)];
        let mut bound = Bound::default();
        let mut opened = Vec::new();
        for (door, address) in doors {
            let Some(address) = address else { continue };
            let listener = open(door, address, options.certificate.as_ref())?;
            let at = listener.local_addr().map_err(|e| AccessError::Listen { address, why: e.to_string() })?;
            match door {
                Door::Tcp => bound.tcp = Some(at),
                Door::Tls => bound.tls = Some(at),
                Door::Ws => bound.ws = Some(at),
                Door::Wss => bound.wss = Some(at),
            }
            opened.push((door, listener));
        }
        let kept = keep.load().await?;
        let (stop, stopped) = watch::channel(false);
        let (drain, drained) = watch::channel(false);
        let (lanes, lane_tasks) = Lanes::start(inlet.clone(), &drained);
        let keeper = Arc::new(Keeper::default());
        let parts = Parts { limits: options.limits, clock, world, registry, inlet, lanes, keeper: keeper.clone() };
        let hub = Arc::new(Hub::new(parts, kept));
        let mut others = Vec::from(lane_tasks);
        others.push(tokio::spawn(async move { keeper.run(keep.as_ref(), drained).await }));
        others.push(tokio::spawn(tick(hub.clone(), stopped.clone())));
        let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
        let numbers = Arc::new(AtomicU64::new(1));
        let listeners = opened.into_iter().map(|(door, listener)| {
            let (hub, handshakes, numbers) = (hub.clone(), handshakes.clone(), numbers.clone());
            tokio::spawn(listen(hub, door, listener, handshakes, numbers, stopped.clone()))
        });
        let listeners = Mutex::new(listeners.collect());
        Ok(Broker { hub, bound, stop, drain, listeners, others: Mutex::new(others) })
    }

    /// Where it listens.
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// What exists is now this: devices that were removed or disabled are disconnected.
    pub fn world(&self, world: Arc<World>) {
        self.hub.set_world(world);
    }

    /// Sends a command to a device that logs in here. What is returned says why it did not leave; the device's own
    /// answer goes to the inlet.
    pub fn command(&self, command: &Command) -> Option<Signal> {
        downlink::send(&self.hub, command)
    }

    /// Publishes a raw message for a rule. It does not come back to rules.
    ///
    /// # Errors
    /// When the topic is between a device and this server, or the payload is not possible.
    pub fn publish(&self, message: &Message) -> Result<(), AccessError> {
        if !crate::filter::is_topic(&message.topic) || crate::acl::is_reserved(&message.topic) {
            return Err(AccessError::Topic(message.topic.clone()));
        }
        let payload = match &message.payload {
            Payload::Text(text) => text.clone().into_bytes(),
            Payload::Base64(text) => STANDARD.decode(text).map_err(|_| AccessError::Payload)?,
        };
        if payload.len() > crate::limits::PAYLOAD_BYTES_MAX {
            return Err(AccessError::Payload);
        }
        let post = Post::ours(message.topic.clone(), payload, message.qos.min(2));
        self.hub.route(Post { retain: message.retain, ..post });
        Ok(())
    }

    /// Asks a device and waits for its answer, from 1 to 8 seconds. `topic` is that of a request on a topic of one's
    /// own (`/ext/rrpc/{id}/{topic}`).
    pub async fn rrpc(&self, device: DeviceId, topic: Option<&str>, payload: Vec<u8>, timeout: Duration) -> RrpcResult {
        downlink::call(&self.hub, device, topic, payload, timeout).await
    }

    /// Disconnects a device. It may log in again while it is enabled.
    pub fn kick(&self, device: DeviceId) {
        if let Some(session) = self.hub.session_of(device) {
            session.close(reason::ADMINISTRATIVE);
        }
    }

    /// Disconnects the clients of a token that was revoked.
    pub fn revoke(&self, token: TokenId) {
        let prefix = format!("{token}/");
        for session in self.hub.sessions().iter().filter(|s| s.key.starts_with(&prefix)) {
            session.close(reason::ADMINISTRATIVE);
        }
    }

    /// Whether a device is connected.
    pub fn is_online(&self, device: DeviceId) -> bool {
        self.hub.session_of(device).is_some_and(|s| s.is_online())
    }

    /// The raw topics that rules listen to are now these; only what matches them goes to the inlet.
    ///
    /// # Errors
    /// When one of them is no filter; then nothing changes.
    pub fn listens(&self, filters: &[String]) -> Result<(), AccessError> {
        let mut tree = Tree::default();
        for (i, filter) in filters.iter().enumerate() {
            if !is_filter(filter) || crate::acl::is_reserved(filter) {
                return Err(AccessError::Topic(filter.clone()));
            }
            tree.insert(filter, i, ());
        }
        self.hub.listens.store(Arc::new(tree));
        Ok(())
    }

    /// The last payloads of devices that were not taken, newest first.
    pub fn rejected(&self) -> Vec<Rejected> {
        self.hub.rejected.list()
    }

    /// What it has counted.
    pub fn metrics(&self) -> Metrics {
        let hub = &self.hub;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Metrics {
            connections: count(hub.limits.connections.saturating_sub(hub.connections.available_permits())),
            sessions: count(hub.sessions().len()),
            subscriptions: count(hub.routes.len()),
            retained: count(hub.retained.len()),
            rejected: hub.rejected.count(),
            lost: hub.lanes.lost.load(Ordering::Relaxed),
            keep_failed: hub.keeper.failed.load(Ordering::Relaxed),
            keep_dropped: hub.keeper.dropped.load(Ordering::Relaxed),
            ..hub.counters.read()
        }
    }

    /// Stops: nobody is let in any more, clients are told, what they said is handed over, what is to be kept is
    /// written. No will is published, and no device is said to be offline: we are gone, not they.
    pub async fn stop(&self) {
        self.hub.stopping.store(true, Ordering::Relaxed);
        self.stop.send_replace(true);
        for listener in self.listeners.lock().await.drain(..) {
            let _ended = listener.await;
        }
        for session in self.hub.sessions() {
            session.close(reason::SHUTTING_DOWN);
        }
        // All permits are free when all connections have ended.
        let all = u32::try_from(self.hub.limits.connections).unwrap_or(u32::MAX);
        let _ended = tokio::time::timeout(STOP_TIMEOUT, self.hub.connections.acquire_many(all)).await;
        self.drain.send_replace(true);
        for task in self.others.lock().await.drain(..) {
            let _ended = task.await;
        }
    }
}

fn open(door: Door, address: SocketAddr, certificate: Option<&Certificate>) -> Result<Listener, AccessError> {
    let failed = |e: rmqtt_net::Error| AccessError::Listen { address, why: e.to_string() };
    let mut builder = Builder::new().name("mqtt").laddr(address).backlog(BACKLOG).nodelay(true).reuseaddr(Some(true));
    builder = builder.max_packet_size(CONNECT_BYTES_MAX).handshake_timeout(HANDSHAKE_TIMEOUT);
    if matches!(door, Door::Tls | Door::Wss) {
        let none = || AccessError::Certificate("none is configured".into());
        let Certificate { chain, key } = certificate.ok_or_else(none)?;
        builder = builder.tls_cert(Some(chain.to_string_lossy())).tls_key(Some(key.to_string_lossy()));
    }
    let listener = builder.bind().map_err(failed)?;
    match door {
        Door::Tcp => listener.tcp().map_err(failed),
        Door::Ws => listener.ws().map_err(failed),
        Door::Tls => listener.tls().map_err(|e| AccessError::Certificate(format!("{e:#}"))),
        Door::Wss => listener.wss().map_err(|e| AccessError::Certificate(format!("{e:#}"))),
    }
}

async fn tick(hub: Arc<Hub>, mut stop: watch::Receiver<bool>) {
    while tokio::time::timeout(TICK, stopped(&mut stop)).await.is_err() {
        hub.tick().await;
    }
}

async fn listen(
    hub: Arc<Hub>,
    door: Door,
    listener: Listener,
    handshakes: Arc<Semaphore>,
    numbers: Arc<AtomicU64>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let permit = tokio::select! {
            permit = handshakes.clone().acquire_owned() => permit,
            () = stopped(&mut stop) => return,
        };
        let Ok(permit) = permit else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => return,
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, as a rule: others must end before one can begin.
                tracing::warn!(%error, "a connection cannot be accepted");
                let _stopped = tokio::time::timeout(TICK, stopped(&mut stop)).await;
                continue;
            }
        };
        let (hub, number) = (hub.clone(), numbers.fetch_add(1, Ordering::Relaxed));
        tokio::spawn(async move {
            // TLS, WebSocket and version; the task that lives on is no larger for them.
            match door {
                Door::Tcp => {
                    let Ok(stream) = accepted.tcp() else { return };
                    begin(hub, tokio::time::timeout(HANDSHAKE_TIMEOUT, stream.mqtt()).await, false, permit, number)
                        .await;
                }
                Door::Tls => {
                    let Ok(stream) = Box::pin(accepted.tls()).await else { return };
                    begin(hub, tokio::time::timeout(HANDSHAKE_TIMEOUT, stream.mqtt()).await, true, permit, number)
                        .await;
                }
                Door::Ws => {
                    let Ok(stream) = Box::pin(accepted.ws()).await else { return };
                    begin(hub, tokio::time::timeout(HANDSHAKE_TIMEOUT, stream.mqtt()).await, false, permit, number)
                        .await;
                }
                Door::Wss => {
                    let Ok(stream) = Box::pin(accepted.wss()).await else { return };
                    begin(hub, tokio::time::timeout(HANDSHAKE_TIMEOUT, stream.mqtt()).await, true, permit, number)
                        .await;
                }
            }
        });
    }
}

type Probed<Io> = Result<rmqtt_net::Result<MqttStream<Io>>, tokio::time::error::Elapsed>;

async fn begin<Io>(hub: Arc<Hub>, probed: Probed<Io>, tls: bool, permit: tokio::sync::OwnedSemaphorePermit, number: u64)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let framed = match probed {
        Ok(Ok(MqttStream::V3(stream))) => stream.io,
        Ok(Ok(MqttStream::V5(stream))) => stream.io,
        _ => return,
    };
    let parts = framed.into_parts();
    let raw = Raw { io: parts.io, codec: parts.codec, input: parts.read_buf, tls };
    Box::pin(serve(hub, raw, permit, number)).await;
}
