//! The socket of a connection: carries the session's messages, acknowledges what is on disk, and comes back when the
//! broker does.
//!
//! What it is *not*: it decides nothing about devices; [`super::session`] does. Start at [`start`].
//!
//! The client library is used packet by packet: its own queue of requests would flush each acknowledgement alone, and
//! would send again, after an interruption, a command that is late by then. What was under way when a connection ends
//! is not repeated; a command without an answer ends as unknown at its deadline.

use super::config::Config;
use super::session::{Follows, Heard, Publish, Session};
use crate::Input;
use crate::contract::{INPUTS_MAX, Said, Setup, Started};
use crate::tls;
use base::id::{CommandId, ConnectionId};
use base::{Clock, Diagnostics, Span, Timestamp};
use documents::Signal;
use futures::FutureExt;
use rumqttc::mqttbytes::Error as PacketError;
use rumqttc::{
    ConnectReturnCode, ConnectionError, Disconnect, Event, EventLoop, LastWill, MqttOptions, Packet, PubAck, QoS,
    Request, StateError, Subscribe, SubscribeFilter, SubscribeReasonCode, TlsConfiguration, Transport, Unsubscribe,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How long a broker may take to answer when a connection is made, or to take what is sent, in seconds.
const ANSWER_S_MAX: u64 = 10;
/// First and longest pause before a connection is tried again.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// A connection that holds as long as this is a good one: after it, the first pause is short again.
const GOOD: Span = Span::from_secs(30);
/// How long what is under way may take when the driver shall stop.
const STOP_MAX: Duration = Duration::from_secs(2);
/// Largest packet that is read at all.
const PACKET_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Messages of one group.
const GROUP_MESSAGES_MAX: usize = 512;
/// Bytes of one group; it may be more by one message.
const GROUP_BYTES_MAX: usize = 1024 * 1024;
/// Messages with QoS 1 that wait for the broker's answer.
const IN_FLIGHT_MAX: u16 = 256;
/// Filters of one subscription.
const FILTERS_AT_ONCE: usize = 200;

/// Starts the driver.
///
/// # Errors
/// When the configuration cannot be read, or its certificates cannot.
pub(super) fn start(setup: Setup) -> Result<Started, Diagnostics> {
    let config: Config = crate::form::read(&setup.connection.config)?;
    let options = options(&config, &setup)?;
    let mut mqtt = EventLoop::new(options, 1);
    let mut network = mqtt.network_options();
    network.set_connection_timeout(ANSWER_S_MAX);
    network.set_tcp_nodelay(true);
    mqtt.set_network_options(network);
    let (inputs, receiver) = mpsc::channel(INPUTS_MAX);
    let clean = config.clean;
    let desk = Desk {
        session: Session::new(setup.connection.id, config, setup.world),
        clock: setup.clock,
        said: setup.said,
        inputs: receiver,
        waiting: VecDeque::new(),
    };
    let task = Task { id: setup.connection.id, desk, line: Line::new(mqtt, clean) };
    Ok(Started { inputs, task: tokio::spawn(task.run()) })
}

fn options(config: &Config, setup: &Setup) -> Result<MqttOptions, Diagnostics> {
    let port = config.port.unwrap_or(if config.tls.is_some() { 8883 } else { 1883 });
    let client = config.client_id.clone().filter(|c| !c.is_empty()).unwrap_or_else(|| client_id(setup.connection.id));
    let ipv6 = config.tls.is_none() && config.host.parse::<std::net::Ipv6Addr>().is_ok();
    let host = if ipv6 { format!("[{}]", config.host) } else { config.host.clone() };
    let mut options = MqttOptions::new(client, host, port);
    options.set_keep_alive(Duration::from_secs(config.keep_alive_s.max(1).into()));
    options.set_clean_session(config.clean);
    options.set_manual_acks(true);
    options.set_inflight(IN_FLIGHT_MAX);
    options.set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
    if let Some(user) = &config.user {
        options.set_credentials(user, setup.password.0.clone().unwrap_or_default());
    }
    if let Some(presence) = &config.presence {
        options.set_last_will(LastWill::new(&presence.topic, presence.offline.clone(), QoS::AtLeastOnce, true));
    }
    if let Some(settings) = &config.tls {
        let (ca, server_name) = (settings.ca.as_deref(), settings.server_name.as_deref());
        let trust = tls::Wanted { ca, server_name, code: "mqtt.tls", path: "/tls" };
        let client = tls::client(&trust)?;
        options.set_transport(Transport::Tls(TlsConfiguration::Rustls(Arc::new(client))));
    }
    Ok(options)
}

/// A name of its own, within the 23 characters that every broker takes.
fn client_id(id: ConnectionId) -> String {
    format!("castellan-{:012x}", id.bits() & 0xffff_ffff_ffff)
}

/// Why the driver goes on no longer, or the line is gone.
enum End {
    /// The runtime wants no more.
    Stop,
    /// The line is gone.
    Lost(String),
}

impl From<StateError> for End {
    fn from(e: StateError) -> Self {
        End::Lost(e.to_string())
    }
}

fn words(e: &ConnectionError) -> String {
    match e {
        ConnectionError::ConnectionRefused(
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
        ) => "the broker refused user and password".into(),
        ConnectionError::ConnectionRefused(code) => format!("the broker refused the connection: {code:?}"),
        ConnectionError::NetworkTimeout => "the broker does not answer".into(),
        ConnectionError::MqttState(StateError::AwaitPingResp) => "the broker has fallen silent".into(),
        other => other.to_string(),
    }
}

/// What a group of messages waits for, and its acknowledgements.
struct Unacknowledged {
    durable: Option<oneshot::Receiver<bool>>,
    packets: Vec<u16>,
}

/// The line to the broker and what is under way on it.
struct Line {
    mqtt: EventLoop,
    /// Whether the broker forgets the session when a connection ends.
    clean: bool,
    /// Commands that the broker has not answered, by number of the packet.
    commands: BTreeMap<u16, CommandId>,
    /// Subscriptions that it has not answered.
    subscribing: BTreeMap<u16, Vec<String>>,
    subscribed: BTreeSet<String>,
    /// Heard and not yet on disk, oldest first: MQTT wants them acknowledged in order.
    unacknowledged: VecDeque<Unacknowledged>,
}

impl Line {
    fn new(mqtt: EventLoop, clean: bool) -> Line {
        Line {
            mqtt,
            clean,
            commands: BTreeMap::new(),
            subscribing: BTreeMap::new(),
            subscribed: BTreeSet::new(),
            unacknowledged: VecDeque::new(),
        }
    }

    /// Whether one more message with QoS 1 can be under way.
    fn has_room(&self) -> bool {
        self.mqtt.state.inflight() < IN_FLIGHT_MAX && self.mqtt.state.collision.is_none()
    }

    /// Puts a request on the line; [`Line::flush`] sends it. The number of the packet, where it has one.
    async fn write(&mut self, request: Request) -> Result<u16, End> {
        let packet = self.mqtt.state.handle_outgoing_packet(request)?;
        let number = match &packet {
            Some(Packet::Publish(p)) => p.pkid,
            Some(Packet::Subscribe(s)) => s.pkid,
            Some(_) => 0,
            // It waits behind one with the same number.
            None => self.mqtt.state.collision.as_ref().map_or(0, |p| p.pkid),
        };
        if let (Some(packet), Some(network)) = (packet, self.mqtt.network.as_mut()) {
            in_time(network.write(packet)).await?;
        }
        Ok(number)
    }

    async fn flush(&mut self) -> Result<(), End> {
        match self.mqtt.network.as_mut() {
            Some(network) => in_time(network.flush()).await,
            None => Ok(()),
        }
    }

    /// Subscribes to what is wanted and was not, and unsubscribes from the rest.
    async fn subscribe(&mut self, wanted: Vec<String>, qos: u8) -> Result<(), End> {
        let qos = level(qos);
        let wanted: BTreeSet<String> = wanted.into_iter().collect();
        let gone: Vec<String> = self.subscribed.difference(&wanted).cloned().collect();
        let new: Vec<String> = wanted.difference(&self.subscribed).cloned().collect();
        for filters in gone.chunks(FILTERS_AT_ONCE) {
            self.write(Request::Unsubscribe(Unsubscribe { pkid: 0, topics: filters.to_vec() })).await?;
        }
        for filters in new.chunks(FILTERS_AT_ONCE) {
            let list = filters.iter().map(|f| SubscribeFilter::new(f.clone(), qos));
            let number = self.write(Request::Subscribe(Subscribe::new_many(list))).await?;
            self.subscribing.insert(number, filters.to_vec());
        }
        self.subscribed = wanted;
        self.flush().await
    }

    async fn publish(&mut self, publish: Publish) -> Result<u16, End> {
        let mut packet = rumqttc::Publish::new(publish.topic, level(publish.qos), publish.payload);
        packet.retain = publish.retain;
        self.write(Request::Publish(packet)).await
    }

    /// Acknowledges the oldest group, and with it those behind that are on disk too: one disk write serves many.
    async fn acknowledge(&mut self) -> Result<(), End> {
        let mut packets = self.unacknowledged.pop_front().map(|u| u.packets).unwrap_or_default();
        let mut written = true;
        while let Some(next) = self.unacknowledged.front_mut() {
            match next.durable.as_mut().map_or(Ok(true), oneshot::Receiver::try_recv) {
                Ok(true) => packets.append(&mut next.packets),
                Err(TryRecvError::Empty) => break,
                Ok(false) | Err(TryRecvError::Closed) => {
                    written = false;
                    break;
                }
            }
            self.unacknowledged.pop_front();
        }
        let Some(network) = self.mqtt.network.as_mut() else { return Ok(()) };
        in_time(async {
            for number in packets {
                network.write(Packet::PubAck(PubAck::new(number))).await?;
            }
            network.flush().await
        })
        .await?;
        if written { Ok(()) } else { Err(unwritten()) }
    }

    /// The line is gone. A packet beyond the limit would come again and again: the broker is asked once to forget it.
    fn gone(&mut self, e: &ConnectionError) -> End {
        if matches!(
            e,
            ConnectionError::MqttState(StateError::Deserialization(PacketError::PayloadSizeLimitExceeded(_)))
        ) {
            tracing::error!("a packet of more than {PACKET_BYTES_MAX} bytes came; the broker's session is given up");
            self.mqtt.mqtt_options.set_clean_session(true);
        }
        End::Lost(words(e))
    }

    /// Forgets what was under way.
    fn cut(&mut self) {
        self.mqtt.clean();
        self.mqtt.pending.clear();
        self.mqtt.state.collision = None;
        self.mqtt.state.events.clear();
        self.commands.clear();
        self.subscribing.clear();
        self.subscribed.clear();
        self.unacknowledged.clear();
    }
}

/// What is not acknowledged, the broker sends again on the next connection.
fn unwritten() -> End {
    End::Lost("what was heard could not be written to disk".into())
}

/// What is sent must be taken within the time of a connection.
async fn in_time(sent: impl Future<Output = Result<(), StateError>>) -> Result<(), End> {
    match timeout(Duration::from_secs(ANSWER_S_MAX), sent).await {
        Ok(sent) => Ok(sent?),
        Err(_) => Err(End::Lost("the broker takes nothing".into())),
    }
}

fn level(qos: u8) -> QoS {
    if qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce }
}

/// What is heard in one go.
#[derive(Default)]
struct Group {
    follows: Follows,
    packets: Vec<u16>,
    messages: usize,
    bytes: usize,
}

impl Group {
    fn is_full(&self) -> bool {
        self.messages >= GROUP_MESSAGES_MAX || self.bytes >= GROUP_BYTES_MAX
    }
}

/// What happened next.
enum Next {
    Event(Result<Event, ConnectionError>),
    OnDisk(bool),
    Input(Option<Input>),
}

/// The runtime's side: what it tells and is told.
struct Desk {
    session: Session,
    clock: Arc<dyn Clock>,
    said: mpsc::Sender<Said>,
    inputs: mpsc::Receiver<Input>,
    /// Inputs that came and cannot be carried out yet.
    waiting: VecDeque<Input>,
}

impl Desk {
    /// Tells the runtime, as soon as it listens.
    async fn tell(&mut self, said: Said) -> Result<(), End> {
        if said.signals.is_empty() && said.found.is_empty() {
            return Ok(());
        }
        loop {
            tokio::select! {
                permit = self.said.reserve() => {
                    permit.map_err(|_| End::Stop)?.send(said);
                    return Ok(());
                }
                input = self.inputs.recv(), if self.waiting.len() < INPUTS_MAX => {
                    self.waiting.push_back(input.ok_or(End::Stop)?);
                }
            }
        }
    }

    /// Waits for something while there is no connection: inputs are answered without it.
    async fn meanwhile<T>(&mut self, wait: impl Future<Output = T>) -> Result<T, End> {
        let mut wait = std::pin::pin!(wait);
        let mut answers = Vec::new();
        for input in std::mem::take(&mut self.waiting) {
            answers.extend(self.session.told(input, self.clock.now()).signals);
        }
        let out = loop {
            tokio::select! {
                out = &mut wait => break out,
                permit = self.said.reserve(), if !answers.is_empty() => {
                    permit.map_err(|_| End::Stop)?.send(said(std::mem::take(&mut answers)));
                }
                input = self.inputs.recv(), if answers.len() < INPUTS_MAX => {
                    answers.extend(self.session.told(input.ok_or(End::Stop)?, self.clock.now()).signals);
                }
            }
        };
        self.tell(said(answers)).await.map(|()| out)
    }
}

fn said(signals: Vec<Signal>) -> Said {
    Said { signals, ..Said::default() }
}

struct Task {
    id: ConnectionId,
    desk: Desk,
    line: Line,
}

impl Task {
    async fn run(mut self) {
        let first = said(self.desk.session.links());
        let mut pause = PAUSE_FIRST;
        let mut end = self.desk.tell(first).await;
        while end.is_ok() {
            end = match self.connect().await {
                Ok(()) => {
                    let since = self.desk.clock.now();
                    let end = self.serve().await;
                    if self.desk.clock.now() - since >= GOOD {
                        pause = PAUSE_FIRST;
                    }
                    end
                }
                Err(e) => Err(e),
            };
            if let Err(End::Lost(reason)) = end {
                tracing::info!(connection = %self.id, reason, "the broker is not connected");
                self.line.cut();
                let lost = said(self.desk.session.lost(&reason));
                end = self.desk.tell(lost).await;
                if end.is_ok() {
                    end = self.desk.meanwhile(timeout(pause, std::future::pending::<()>())).await.map(|_| ());
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        }
        if !matches!(timeout(STOP_MAX, self.farewell()).await, Ok(Ok(()))) {
            tracing::warn!(connection = %self.id, "the connection ended without a farewell");
        }
    }

    async fn connect(&mut self) -> Result<(), End> {
        let made = self.desk.meanwhile(self.line.mqtt.poll()).await?;
        made.map_err(|e| self.line.gone(&e))?;
        tracing::info!(connection = %self.id, "the broker is connected");
        self.line.mqtt.mqtt_options.set_clean_session(self.line.clean);
        Ok(())
    }

    /// Carries messages until the line is gone or the runtime wants no more.
    async fn serve(&mut self) -> Result<(), End> {
        let up = said(self.desk.session.connected());
        self.desk.tell(up).await?;
        if let Some(presence) = self.desk.session.presence(true) {
            self.line.publish(presence).await?;
        }
        self.line.subscribe(self.desk.session.filters(), self.desk.session.qos()).await?;
        loop {
            self.carry_out().await?;
            let Task { desk, line, .. } = self;
            let next = tokio::select! {
                event = line.mqtt.poll() => Next::Event(event),
                durable = oldest(&mut line.unacknowledged) => Next::OnDisk(durable),
                input = desk.inputs.recv(), if desk.waiting.len() < INPUTS_MAX => Next::Input(input),
            };
            match next {
                Next::Event(event) => self.heard(event).await?,
                Next::OnDisk(true) => self.line.acknowledge().await?,
                Next::OnDisk(false) => return Err(unwritten()),
                Next::Input(None) => return Err(End::Stop),
                Next::Input(Some(input)) => self.desk.waiting.push_back(input),
            }
        }
    }

    /// Carries out what the runtime wants, as far as there is room on the line.
    async fn carry_out(&mut self) -> Result<(), End> {
        let (mut signals, mut sent, mut wrote) = (Vec::new(), Vec::new(), false);
        while let Some(input) = self.desk.waiting.pop_front() {
            if matches!(input, Input::Command(_) | Input::Publish(_)) && !self.line.has_room() {
                self.desk.waiting.push_front(input);
                break;
            }
            let listens = matches!(input, Input::World(_) | Input::Listen(_));
            let answer = self.desk.session.told(input, self.desk.clock.now());
            signals.extend(answer.signals);
            if let Some(publish) = answer.publish {
                let (command, qos) = (publish.command, publish.qos);
                let number = self.line.publish(publish).await?;
                wrote = true;
                match (command, qos) {
                    (Some(command), 0) => sent.push(command),
                    (Some(command), _) => drop(self.line.commands.insert(number, command)),
                    (None, _) => {}
                }
            }
            if listens {
                self.line.subscribe(self.desk.session.filters(), self.desk.session.qos()).await?;
            }
        }
        if wrote {
            self.line.flush().await?;
        }
        signals.extend(sent.into_iter().map(taken));
        self.desk.tell(said(signals)).await
    }

    /// Takes what the line brings in one go, and tells it as one group.
    async fn heard(&mut self, first: Result<Event, ConnectionError>) -> Result<(), End> {
        let now = self.desk.clock.now();
        let (mut group, mut next, mut lost) = (Group::default(), Some(first), None);
        while let Some(event) = next {
            match event {
                Ok(event) => self.event(event, now, &mut group),
                // What came before the end still counts.
                Err(e) => lost = Some(self.line.gone(&e)),
            }
            if group.is_full() && lost.is_none() {
                break;
            }
            next = match self.line.mqtt.state.events.pop_front() {
                Some(event) => Some(Ok(event)),
                None if lost.is_some() => None,
                None => self.line.mqtt.poll().now_or_never(),
            };
        }
        let Group { follows: Follows { signals, found }, packets, .. } = group;
        // What a device announces is kept by the broker, not here.
        let (durable, written) = match packets.is_empty() || signals.is_empty() {
            true => (None, None),
            false => Some(oneshot::channel()).unzip(),
        };
        self.desk.tell(Said { signals, found, durable }).await?;
        if !packets.is_empty() {
            self.line.unacknowledged.push_back(Unacknowledged { durable: written, packets });
        }
        lost.map_or(Ok(()), Err)
    }

    fn event(&mut self, event: Event, now: Timestamp, group: &mut Group) {
        let Event::Incoming(packet) = event else { return };
        match packet {
            Packet::Publish(p) => {
                if p.qos == QoS::AtLeastOnce {
                    group.packets.push(p.pkid);
                }
                group.messages += 1;
                group.bytes += p.payload.len() + p.topic.len();
                let heard = Heard { topic: p.topic, payload: p.payload, qos: p.qos as u8, retain: p.retain };
                self.desk.session.heard(heard, now, &mut group.follows);
            }
            Packet::PubAck(ack) => {
                group.follows.signals.extend(self.line.commands.remove(&ack.pkid).map(taken));
            }
            Packet::SubAck(ack) => {
                let filters = self.line.subscribing.remove(&ack.pkid).unwrap_or_default();
                let answers = filters.into_iter().zip(ack.return_codes);
                let refused = answers.filter(|(_, code)| *code == SubscribeReasonCode::Failure).map(|(f, _)| f);
                group.follows.signals.extend(self.desk.session.refused(refused));
            }
            _ => {}
        }
    }

    /// Ends what is under way: what is on its way to the disk is acknowledged, and the broker is told.
    async fn farewell(&mut self) -> Result<(), End> {
        while self.line.mqtt.network.is_some() && !self.line.unacknowledged.is_empty() {
            if !oldest(&mut self.line.unacknowledged).await {
                break;
            }
            self.line.acknowledge().await?;
        }
        if self.line.mqtt.network.is_some() {
            if let Some(presence) = self.desk.session.presence(false) {
                self.line.publish(presence).await?;
            }
            self.line.write(Request::Disconnect(Disconnect)).await?;
            self.line.flush().await?;
        }
        Ok(())
    }
}

/// Resolves once the oldest group is on disk, or is known not to come there.
async fn oldest(groups: &mut VecDeque<Unacknowledged>) -> bool {
    match groups.front_mut() {
        Some(Unacknowledged { durable: Some(durable), .. }) => durable.await.unwrap_or(false),
        Some(_) => true,
        None => std::future::pending().await,
    }
}

fn taken(command: CommandId) -> Signal {
    Signal::Delivered { command, refused: None, reply: None }
}
