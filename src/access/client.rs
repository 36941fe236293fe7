//! One connection: it reads what the client says, writes what waits for it, and acknowledges in order, each publish when
//! what came of it is on disk. One task, small when nothing happens.

use crate::acl::{self, Denied, Identity, Topic};
use crate::gate::{Hello, admit, hello, refusal, welcome};
use crate::hub::{Attached, Hub, Left};
use crate::lanes::Done;
use crate::limits::{
    Bucket, CONNECT_BYTES_MAX, HANDSHAKE_TIMEOUT, LINGER, PACKET_BYTES_MAX, PAYLOAD_BYTES_MAX, RECEIVE_MAX, TAGS_RATE,
    WRITE_TIMEOUT,
};
use crate::login::Refusal;
use crate::message::Post;
use crate::metrics::Counters;
use crate::session::{Delivery, Pushed, Sending, Session};
use crate::uplink::{heard, own};
use crate::wire::{In, Out, Wire, code_of, read, reason};
use base::{Span, Timestamp};
use bytes::BytesMut;
use documents::Signal;
use rmqtt_codec::types::Publish;
use rmqtt_codec::{MqttCodec, v5};
use std::collections::{BTreeSet, VecDeque};
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;

/// Bytes asked for at once of a connection where nothing happens, and of a busy one.
const CHUNK_MIN: usize = 256;
const CHUNK_MAX: usize = 16 * 1024;
/// Messages written at once.
const BATCH_MAX: usize = 256;

/// A connection whose version is known, as the listener hands it over.
pub(crate) struct Raw<Io> {
    pub(crate) io: Io,
    pub(crate) codec: MqttCodec,
    /// What was read already.
    pub(crate) input: BytesMut,
    pub(crate) tls: bool,
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy)]
struct End {
    /// What an MQTT 5 client is told; none when it is gone.
    code: Option<u8>,
    /// For people.
    reason: &'static str,
    /// Whether its will is published.
    will: bool,
}

impl End {
    fn gone(reason: &'static str) -> End {
        End { code: None, reason, will: true }
    }
    fn with(code: u8) -> End {
        let reason = match code {
            reason::TAKEN_OVER => "taken_over",
            reason::KEEP_ALIVE => "keep_alive",
            reason::ADMINISTRATIVE => "disabled",
            reason::SHUTTING_DOWN => "shutting_down",
            reason::RATE | reason::QUOTA | reason::RECEIVE_MAX | reason::TOO_LARGE => "limit",
            reason::NOT_AUTHORIZED => "not_authorized",
            _ => "protocol",
        };
        // Whom we no longer want has nothing to say, and nobody else died when we stop.
        let will = !matches!(code, reason::ADMINISTRATIVE | reason::SHUTTING_DOWN);
        End { code: Some(code), reason, will }
    }
}

/// A publish that is to be acknowledged.
struct Ack {
    packet: NonZeroU16,
    qos: u8,
    code: u8,
    reply: Option<Post>,
    failed: Option<Post>,
    tags: Option<BTreeSet<String>>,
}

/// Publishes that are acknowledged together, in their order, when what came of them is on disk.
struct Group {
    done: Option<Done>,
    acks: Vec<Ack>,
}

struct Client<Io> {
    hub: Arc<Hub>,
    io: Io,
    wire: Wire,
    input: BytesMut,
    output: BytesMut,
    chunk: usize,
    identity: Identity,
    session: Arc<Session>,
    number: u64,
    bucket: Bucket,
    tag_bucket: Bucket,
    groups: VecDeque<Group>,
    /// Publishes in all groups.
    unacked: usize,
    sending: Vec<Sending>,
    /// What came of the packets that were read at once.
    plain: Vec<Signal>,
    durable: Vec<Signal>,
    acks: Vec<Ack>,
    replies: Vec<Post>,
    /// Tags that a device gave itself, and what it is answered when they are kept or not.
    tags: Vec<(BTreeSet<String>, Option<Post>, Option<Post>)>,
    /// A client that is too slow for what this one says.
    crowded: Option<Arc<Session>>,
}

/// Judges a new connection and, when it is let in, serves it in a task of its own, which is small: what the handshake
/// needed ends with it. The permit is that of the handshake.
pub(crate) async fn serve<Io>(hub: Arc<Hub>, mut raw: Raw<Io>, handshake: OwnedSemaphorePermit, number: u64)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut wire = Wire::new(std::mem::replace(&mut raw.codec, MqttCodec::Version(VERSION)), CONNECT_BYTES_MAX);
    let Ok(first) = tokio::time::timeout(HANDSHAKE_TIMEOUT, first(&hub, &mut raw, &mut wire, number)).await else {
        return;
    };
    let Some((hello, admitted)) = first else { return };
    let place = hub.connections.clone().try_acquire_owned();
    let refused = match (admitted, place) {
        (Ok(identity), Ok(place)) if !hub.stopping.load(Ordering::Relaxed) => {
            Counters::add(&hub.counters.accepted);
            tokio::spawn(run(hub, raw, wire, Box::new(hello), identity, place));
            return;
        }
        (Ok(_), _) => Refusal::Full,
        (Err(refusal), _) => refusal,
    };
    Counters::add(&hub.counters.refused);
    let mut output = BytesMut::new();
    if wire.put_raw(refusal(hello.five, refused), &mut output).is_ok() {
        let _told = tokio::time::timeout(HANDSHAKE_TIMEOUT, say(&mut raw.io, &mut output)).await;
        let _closed = raw.io.shutdown().await;
    }
    drop(handshake);
}

const VERSION: rmqtt_codec::version::VersionCodec = rmqtt_codec::version::VersionCodec;

/// Reads the first packet and judges it.
async fn first<Io: AsyncRead + Unpin>(
    hub: &Hub,
    raw: &mut Raw<Io>,
    wire: &mut Wire,
    number: u64,
) -> Option<(Hello, Result<Identity, Refusal>)> {
    let packet = loop {
        if let Some(packet) = wire.next(&mut raw.input).ok()? {
            break packet;
        }
        if raw.io.read_buf(&mut raw.input).await.ok()? == 0 {
            return None;
        }
    };
    let now = hub.clock.now();
    let hello = hello(packet, number, now)?;
    let admitted = admit(hub, &hello, raw.tls, now).await;
    Some((hello, admitted))
}

async fn say<Io: AsyncWrite + Unpin>(io: &mut Io, output: &mut BytesMut) -> std::io::Result<()> {
    io.write_all_buf(output).await?;
    io.flush().await
}

/// The life of a connection that was let in, which has a place among all.
async fn run<Io>(
    hub: Arc<Hub>,
    raw: Raw<Io>,
    mut wire: Wire,
    hello: Box<Hello>,
    identity: Identity,
    place: OwnedSemaphorePermit,
) where
    Io: AsyncRead + AsyncWrite + Unpin + Send,
{
    let now = hub.clock.now();
    let attached = hub.attach(&identity, &hello.wish, now);
    wire = wire.taking(PACKET_BYTES_MAX);
    wire.set_outbound(hello.largest);
    let rate = if identity.device().is_some() { hub.limits.device_rate } else { 0 };
    let mut client = Client {
        hub: hub.clone(),
        io: raw.io,
        wire,
        input: if raw.input.is_empty() { BytesMut::new() } else { raw.input },
        output: BytesMut::new(),
        chunk: CHUNK_MIN,
        identity,
        session: attached.session.clone(),
        number: attached.number,
        bucket: Bucket::new(rate, now),
        tag_bucket: Bucket::new(TAGS_RATE, now),
        groups: VecDeque::new(),
        unacked: 0,
        sending: Vec::new(),
        plain: Vec::new(),
        durable: Vec::new(),
        acks: Vec::new(),
        replies: Vec::new(),
        tags: Vec::new(),
        crowded: None,
    };
    let end = client.live(&hello, &attached).await;
    client.goodbye(end).await;
    let will = hello.will.filter(|_| end.will).map(|w| Post { from: Some(attached.session.key.clone()), ..w });
    let left = Left { will, will_delay: hello.will_delay, reason: end.reason };
    let identity = client.identity.clone();
    drop(client);
    hub.detach(&identity, &attached, left).await;
    drop(place);
}

/// When the oldest group is on disk. Waits for ever when there is none.
async fn kept(groups: &mut VecDeque<Group>) -> bool {
    match groups.front_mut() {
        None => std::future::pending().await,
        Some(Group { done: None, .. }) => true,
        Some(Group { done: Some(done), .. }) => matches!(done.await, Ok(Ok(()))),
    }
}

impl<Io> Client<Io>
where
    Io: AsyncRead + AsyncWrite + Unpin + Send,
{
    async fn live(&mut self, hello: &Hello, attached: &Attached) -> End {
        if self.wire.put_raw(welcome(hello, attached.present), &mut self.output).is_err() {
            return End::with(reason::UNSPECIFIED);
        }
        if let Some(device) = self.identity.device() {
            let now = self.hub.clock.now();
            self.hub.present(device, true, "connected", now).await;
        }
        loop {
            match self.step().await {
                Ok(()) => {}
                Err(end) => return end,
            }
        }
    }

    /// Writes what waits, then takes what comes first: bytes, a group that is kept, or something to write.
    async fn step(&mut self) -> Result<(), End> {
        self.deliver()?;
        self.flush().await?;
        if self.input.capacity() - self.input.len() < self.chunk {
            self.input.reserve(self.chunk);
        }
        tokio::select! {
            biased;
            got = self.io.read_buf(&mut self.input), if self.unacked < usize::from(RECEIVE_MAX) => {
                match got {
                    Ok(0) | Err(_) => Err(End::gone("connection_lost")),
                    Ok(bytes) => self.take_in(bytes).await,
                }
            }
            kept = kept(&mut self.groups) => self.acknowledge(kept).await,
            () = self.session.wake.notified() => Ok(()),
        }
    }

    /// Puts what waits for the client into the output.
    fn deliver(&mut self) -> Result<(), End> {
        let now = self.hub.clock.now();
        let mut sending = std::mem::take(&mut self.sending);
        let more = self.session.take(self.number, BATCH_MAX, now, &mut sending).map_err(End::with)?;
        for one in sending.drain(..) {
            let put = match &one {
                Sending::Release(packet) => self.wire.put(Out::Release(*packet), now, &mut self.output),
                Sending::Publish { delivery, packet, dup } => {
                    let out = Out::Publish {
                        post: &delivery.post,
                        qos: delivery.qos,
                        retain: delivery.retain,
                        dup: *dup,
                        packet: *packet,
                        ids: &delivery.ids,
                    };
                    self.wire.put(out, now, &mut self.output)
                }
            };
            // A message that is larger than the client takes is not sent; it counts as done.
            if let (Err(_), Sending::Publish { packet: Some(packet), .. }) = (put, &one) {
                self.session.done(*packet, &self.hub.keeper);
                Counters::add(&self.hub.counters.dropped);
            }
        }
        self.sending = sending;
        if self.sending.capacity() > BATCH_MAX {
            self.sending = Vec::new();
        }
        if more {
            self.session.wake.notify_one();
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), End> {
        if self.output.is_empty() {
            return Ok(());
        }
        let said = tokio::time::timeout(WRITE_TIMEOUT, say(&mut self.io, &mut self.output)).await;
        if self.output.capacity() > CHUNK_MAX {
            self.output = BytesMut::new();
        }
        match said {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::gone("connection_lost")),
            Err(_) => Err(End::gone("does_not_read")),
        }
    }

    /// Takes the packets that are there, and hands over what came of them.
    async fn take_in(&mut self, bytes: usize) -> Result<(), End> {
        let now = self.hub.clock.now();
        self.session.heard(now);
        if bytes >= self.chunk {
            self.chunk = (self.chunk * 2).min(CHUNK_MAX);
        } else if bytes < self.chunk / 4 {
            self.chunk = (self.chunk / 2).max(CHUNK_MIN);
        }
        let result = self.packets(now);
        if self.input.is_empty() && self.chunk == CHUNK_MIN {
            self.input = BytesMut::new();
        }
        self.hand_over().await;
        result
    }

    fn packets(&mut self, now: Timestamp) -> Result<(), End> {
        let mut publishes = 0u32;
        let result = loop {
            match self.wire.next(&mut self.input) {
                Ok(Some(packet)) => {
                    let packet = read(packet);
                    publishes += u32::from(matches!(packet, In::Publish(_)));
                    if let Err(end) = self.packet(packet, now) {
                        break Err(end);
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => {
                    Counters::add(&self.hub.counters.limited);
                    break Err(End::with(code_of(&error)));
                }
            }
        };
        self.hub.counters.received.fetch_add(u64::from(publishes), Ordering::Relaxed);
        if !self.bucket.take(publishes, now) {
            Counters::add(&self.hub.counters.limited);
            return Err(End::with(reason::RATE));
        }
        result
    }

    fn packet(&mut self, packet: In, now: Timestamp) -> Result<(), End> {
        let out = match packet {
            In::Publish(publish) => return self.publish(*publish, now),
            In::Acked(packet) | In::Completed(packet) | In::Received(packet, false) => {
                let command = self.session.done(packet, &self.hub.keeper);
                self.plain.extend(command.map(|command| Signal::Delivered { command, refused: None, reply: None }));
                return Ok(());
            }
            In::Received(packet, true) => {
                self.session.release(packet);
                Out::Release(packet)
            }
            In::Release(packet) => Out::Completed(packet, self.session.forget(packet)),
            In::Subscribe { packet, filters, id } => Out::Subscribed(packet, self.subscribe(filters, id, now)),
            In::Unsubscribe { packet, filters } => {
                let gone = filters.iter().map(|f| if self.hub.unsubscribe(&self.session, f) { 0x00 } else { 0x11 });
                let codes = gone.collect();
                self.hub.keep(&self.session);
                Out::Unsubscribed(packet, codes)
            }
            In::Ping => Out::Pong,
            In::Disconnect { will, expiry } => {
                if let Some(seconds) = expiry {
                    let wanted = Span::from_secs(i64::from(seconds)).min(crate::limits::SESSION_EXPIRY_MAX);
                    let mut state = self.session.state();
                    // A session that ended with its connection cannot be made to outlive it now.
                    if state.expiry > Span::ZERO {
                        state.expiry = wanted;
                    }
                }
                return Err(End { code: None, reason: "disconnected", will });
            }
            In::Unexpected => return Err(End::with(reason::PROTOCOL)),
        };
        let put = self.wire.put(out, now, &mut self.output);
        put.map_err(|_| End::with(reason::UNSPECIFIED))
    }

    fn subscribe(
        &mut self,
        filters: Vec<(bytestring::ByteString, v5::SubscriptionOptions)>,
        id: Option<NonZeroU32>,
        now: Timestamp,
    ) -> Vec<u8> {
        let mut codes = Vec::with_capacity(filters.len());
        for (filter, options) in filters {
            let subscription = crate::contract::Subscription {
                filter: filter.to_string(),
                qos: options.qos.value(),
                no_local: options.no_local,
                retain_as_published: options.retain_as_published,
                id: id.map(NonZeroU32::get),
            };
            let (code, new, open) = self.hub.subscribe(&self.session, &self.identity, subscription);
            if code == reason::NOT_AUTHORIZED {
                Counters::add(&self.hub.counters.denied);
            }
            let wanted = match options.retain_handling {
                v5::RetainHandling::AtSubscribe => true,
                v5::RetainHandling::AtSubscribeNew => new,
                v5::RetainHandling::NoAtSubscribe => false,
            };
            for post in open.filter(|_| wanted).map(|f| self.hub.retained.matching(&f, now)).unwrap_or_default() {
                let qos = post.qos.min(options.qos.value());
                let mut delivery = Delivery::new(post, qos);
                delivery.retain = true;
                delivery.ids = id.map(NonZeroU32::get).into_iter().collect();
                if self.session.push(delivery, &self.hub.keeper) == Pushed::Full {
                    Counters::add(&self.hub.counters.dropped);
                }
            }
            codes.push(code);
        }
        self.hub.keep(&self.session);
        codes
    }

    fn publish(&mut self, publish: Publish, now: Timestamp) -> Result<(), End> {
        let (qos, packet) = (publish.qos.value(), publish.packet_id);
        if publish.properties.as_ref().is_some_and(|p| p.topic_alias.is_some()) {
            return Err(End::with(reason::TOPIC_ALIAS));
        }
        if qos > 0 && self.unacked + self.acks.len() >= usize::from(RECEIVE_MAX) && self.wire.five {
            Counters::add(&self.hub.counters.limited);
            return Err(End::with(reason::RECEIVE_MAX));
        }
        if qos == 2
            && let Some(packet) = packet
            && !self.session.receive(packet)
        {
            // It was taken when it came first; it is only acknowledged again, in its turn.
            self.acks.push(Ack { packet, qos, code: 0, reply: None, failed: None, tags: None });
            return Ok(());
        }
        let topic = match acl::publish(&self.identity, &publish.topic) {
            Ok(topic) => topic,
            Err(denied) => {
                Counters::add(&self.hub.counters.denied);
                let code = if denied == Denied::Malformed { reason::TOPIC_INVALID } else { reason::NOT_AUTHORIZED };
                return self.refuse(packet, qos, code);
            }
        };
        if publish.payload.len() > PAYLOAD_BYTES_MAX {
            Counters::add(&self.hub.counters.limited);
            return self.refuse(packet, qos, reason::QUOTA);
        }
        let (own_topic, topic) = match topic {
            Topic::Own(topic) => (true, topic),
            Topic::Open(topic) => (false, topic),
        };
        let topic = match topic {
            std::borrow::Cow::Borrowed(_) => publish.topic.clone(),
            std::borrow::Cow::Owned(topic) => topic.into(),
        };
        let from = Some(self.session.key.clone());
        let mut post = Post { topic, payload: publish.payload, qos, retain: publish.retain, from, ..Post::default() };
        if let Some(properties) = publish.properties {
            post = post.with(properties, now);
        }
        match self.identity.device().filter(|_| own_topic) {
            Some(device) => self.told(device, &post, packet, now),
            None => self.open(post, packet),
        }
        Ok(())
    }

    /// A refused publish: MQTT 5 says why in the acknowledgement; where there is none, the connection ends.
    fn refuse(&mut self, packet: Option<NonZeroU16>, qos: u8, code: u8) -> Result<(), End> {
        match packet.filter(|_| self.wire.five) {
            Some(packet) => {
                self.session.forget(packet);
                self.acks.push(Ack { packet, qos, code, reply: None, failed: None, tags: None });
                Ok(())
            }
            None => Err(End::with(code)),
        }
    }

    /// What a device says to this server.
    fn told(&mut self, device: base::id::DeviceId, post: &Post, packet: Option<NonZeroU16>, now: Timestamp) {
        let taken = own(&self.hub, device, post, now);
        match packet {
            Some(packet) => {
                let code = if self.wire.five { taken.code } else { reason::SUCCESS };
                if code >= reason::UNSPECIFIED {
                    self.session.forget(packet);
                }
                self.durable.extend(taken.signals);
                let (reply, failed, tags) = (taken.reply, taken.failed, taken.tags);
                self.acks.push(Ack { packet, qos: post.qos, code, reply, failed, tags });
            }
            None => {
                self.plain.extend(taken.signals);
                match taken.tags {
                    Some(tags) => self.tags.push((tags, taken.reply, taken.failed)),
                    None => self.replies.extend(taken.reply),
                }
            }
        }
    }

    /// A raw message.
    fn open(&mut self, post: Post, packet: Option<NonZeroU16>) {
        let signal = heard(&self.hub, &post);
        let qos = post.qos;
        let (retained, crowded) = self.hub.route(post);
        self.crowded = crowded.or(self.crowded.take());
        let code = if retained || !self.wire.five { reason::SUCCESS } else { reason::QUOTA };
        match packet {
            Some(packet) => {
                self.durable.extend(signal);
                self.acks.push(Ack { packet, qos, code, reply: None, failed: None, tags: None });
            }
            None => self.plain.extend(signal),
        }
    }

    /// Hands over what came of the packets that were read at once.
    async fn hand_over(&mut self) {
        if !self.plain.is_empty() {
            let signals = std::mem::take(&mut self.plain);
            self.hub.lanes.hand_over(signals).await;
        }
        if let Some(slow) = self.crowded.take().filter(|slow| !Arc::ptr_eq(slow, &self.session)) {
            slow.disperse().await;
        }
        for reply in std::mem::take(&mut self.replies) {
            self.reply(reply);
        }
        for (tags, reply, failed) in std::mem::take(&mut self.tags) {
            let answer = if self.tag(tags).await { reply } else { failed };
            answer.into_iter().for_each(|post| self.reply(post));
        }
        if !self.acks.is_empty() {
            let (acks, signals) = (std::mem::take(&mut self.acks), std::mem::take(&mut self.durable));
            let done = if signals.is_empty() { None } else { Some(self.hub.lanes.keep(signals).await) };
            self.unacked += acks.len();
            self.groups.push_back(Group { done, acks });
        }
    }

    /// The oldest group is on disk, or could not be brought there.
    async fn acknowledge(&mut self, kept: bool) -> Result<(), End> {
        let Some(group) = self.groups.pop_front() else { return Ok(()) };
        self.unacked -= group.acks.len();
        let now = self.hub.clock.now();
        for ack in group.acks {
            let tagged = match ack.tags {
                Some(tags) => self.tag(tags).await,
                None => true,
            };
            let done = kept && tagged;
            if let Some(reply) = if done { ack.reply } else { ack.failed } {
                self.reply(reply);
            }
            if !done {
                self.session.forget(ack.packet);
                if !self.wire.five {
                    return Err(End::with(reason::IMPLEMENTATION));
                }
            }
            let code = if done { ack.code } else { reason::IMPLEMENTATION };
            let out = if ack.qos == 1 { Out::Acked(ack.packet, code) } else { Out::Received(ack.packet, code) };
            self.wire.put(out, now, &mut self.output).map_err(|_| End::with(reason::UNSPECIFIED))?;
        }
        Ok(())
    }

    /// Answers the device, when it listens.
    fn reply(&self, post: Post) {
        let _deaf = self.hub.tell(&self.session, post, None);
    }

    /// Gives a device the tags that it gave itself; says whether they are kept.
    async fn tag(&mut self, tags: BTreeSet<String>) -> bool {
        let now = self.hub.clock.now();
        match self.identity.device().filter(|_| self.tag_bucket.take(1, now)) {
            Some(device) => self.hub.inlet.tags(device, tags).await.is_ok(),
            None => false,
        }
    }

    /// Says why, where the client can be told, and closes.
    async fn goodbye(&mut self, end: End) {
        if let Some(code) = end.code {
            let now = self.hub.clock.now();
            if self.wire.put(Out::Disconnect(code), now, &mut self.output).is_ok() {
                let _told = tokio::time::timeout(HANDSHAKE_TIMEOUT, say(&mut self.io, &mut self.output)).await;
            }
        }
        let _closed = tokio::time::timeout(HANDSHAKE_TIMEOUT, self.io.shutdown()).await;
        if end.code.is_some() {
            let _gone = tokio::time::timeout(LINGER, self.ignore()).await;
        }
    }

    /// Reads what comes and forgets it, until the client has closed too.
    async fn ignore(&mut self) {
        loop {
            self.input.clear();
            self.input.reserve(CHUNK_MIN);
            match self.io.read_buf(&mut self.input).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}
