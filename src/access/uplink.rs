//! What devices say: a topic and a payload become signals and an answer. One path for MQTT, wills and HTTP. What does not
//! fit the model becomes no signal; it is answered with a typed error, counted and kept for inspection.

use crate::acl::{self, Identity, Topic};
use crate::alink::{Code, Label, Pack, Reply, Request, Response, Up, labelled, reply_topic};
use crate::downlink::{answered, returned, words};
use crate::hub::Hub;
use crate::message::Post;
use crate::rejected::{Rejected, excerpt};
use crate::wire::reason;
use base::id::DeviceId;
use base::{Bilingual, Diagnostics, Severity, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use documents::signal::Payload;
use documents::{Message, Signal};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use things::ingest::{self, Fault, Ingested};

/// What came of a message.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) signals: Vec<Signal>,
    /// The answer; told after the signals are kept.
    pub(crate) reply: Option<Post>,
    /// What is answered instead when they could not be kept.
    pub(crate) failed: Option<Post>,
    /// Tags that the device shall have.
    pub(crate) tags: Option<BTreeSet<String>>,
    /// The code of PUBACK or PUBREC.
    pub(crate) code: u8,
}

/// A device's message while it is read.
struct Reading<'a> {
    hub: &'a Hub,
    device: DeviceId,
    post: &'a Post,
    up: Up<'a>,
    now: Timestamp,
}

/// Reads what a device says on a topic between it and this server. `post.topic` is in its canonical form.
pub(crate) fn own(hub: &Hub, device: DeviceId, post: &Post, now: Timestamp) -> Taken {
    let (_, up) = Up::parse(&post.topic);
    let reading = Reading { hub, device, post, up, now };
    let world = hub.world.load();
    let Some(there) = world.device(device) else {
        return reading.refused(Json::Null, true, Code::Device, "alink.device", Code::Device.text());
    };
    if there.disabled {
        return reading.refused(Json::Null, true, Code::Disabled, "alink.disabled", Code::Disabled.text());
    }
    match up {
        Up::RrpcResponse { id } | Up::ExtRrpc { id, .. } => {
            returned(hub, device, id, &post.topic, &post.payload);
            Taken::default()
        }
        Up::PropertySetReply | Up::ServiceReply { .. } => reading.response(),
        Up::UpRaw => reading.raw(),
        Up::DownRawReply | Up::ConfigPushReply | Up::OtaInform | Up::OtaProgress => Taken::default(),
        Up::Foreign | Up::User { .. } => {
            reading.refused(Json::Null, false, Code::Topic, "alink.topic", Code::Topic.text())
        }
        _ => match Request::read(&post.payload) {
            Ok(request) => reading.request(request, &there.tags),
            Err(broken) => {
                let code = broken.found.first().map_or("alink.shape", |d| d.code.as_str()).to_owned();
                reading.reject(&code, broken.text());
                reading.answer(Vec::new(), true, &Reply::to_broken(&broken))
            }
        },
    }
}

impl Reading<'_> {
    fn request(&self, request: Request, tags: &BTreeSet<String>) -> Taken {
        let Request { id, ack, params } = request;
        match self.up {
            Up::PropertyPost => {
                let taken = properties(self.hub, self.device, &params, self.now);
                self.faults(&taken.faults);
                let reply = Reply::to_properties(id, &taken);
                self.answer(report(self.device, taken), ack, &reply)
            }
            Up::EventPost { identifier } => match event(self.hub, self.device, identifier, &params, self.now) {
                Ok((signal, faults)) => self.answer(vec![signal], ack, &Reply::to_faults(id, true, &faults)),
                Err(faults) => {
                    self.faults(&faults);
                    self.answer(Vec::new(), ack, &Reply::to_faults(id, false, &faults))
                }
            },
            Up::PackPost => match Pack::read(&params) {
                Ok(pack) => self.pack(&pack, id, ack),
                Err(found) => self.diagnosed(id, ack, &found),
            },
            Up::TagsUpdate => self.labels(Label::updates(&params), tags, id, ack),
            Up::TagsDelete => self.labels(Label::deletions(&params), tags, id, ack),
            _ => self.refused(id, ack, Code::Topic, "alink.topic", Code::Topic.text()),
        }
    }

    /// A frame in the layout of the product.
    fn raw(&self) -> Taken {
        let world = self.hub.world.load();
        let Some(layout) = world.model_of(self.device).and_then(|m| m.x.raw.as_ref()) else {
            return self.refused(Json::Null, true, Code::Raw, "layout.none", Code::Raw.text());
        };
        let heard = match layout.read(&self.post.payload) {
            Ok(heard) => heard,
            Err(fault) => return self.refused(Json::Null, true, Code::Raw, fault.code(), fault.text()),
        };
        let Some(identifier) = heard.event else {
            let mut taken = ingest::properties(&world, self.device, &heard.params, self.now);
            taken.faults.extend(heard.faults);
            self.faults(&taken.faults);
            let reply = Reply::to_properties(Json::Null, &taken);
            return self.answer(report(self.device, taken), true, &reply);
        };
        // An event is taken whole or not at all.
        let params = Json::Object(heard.params);
        let told = match heard.faults.is_empty() {
            true => event(self.hub, self.device, &identifier, &params, self.now),
            false => Err(heard.faults),
        };
        match told {
            Ok((signal, faults)) => self.answer(vec![signal], true, &Reply::to_faults(Json::Null, true, &faults)),
            Err(faults) => {
                self.faults(&faults);
                self.answer(Vec::new(), true, &Reply::to_faults(Json::Null, false, &faults))
            }
        }
    }

    fn pack(&self, pack: &Pack, id: Json, ack: bool) -> Taken {
        let (mut signals, mut faults) = (Vec::new(), Vec::new());
        for set in &pack.properties {
            let taken = ingest::properties(&self.hub.world.load(), self.device, set, self.now);
            faults.extend(taken.faults.iter().cloned());
            signals.extend(report(self.device, taken));
        }
        for (identifier, params) in &pack.events {
            match event(self.hub, self.device, identifier, params, self.now) {
                Ok((signal, _)) => signals.push(signal),
                Err(found) => faults.extend(found),
            }
        }
        self.faults(&faults);
        let reply = Reply::to_faults(id, !signals.is_empty(), &faults);
        self.answer(signals, ack, &reply)
    }

    fn labels(&self, labels: Result<Vec<Label>, Diagnostics>, tags: &BTreeSet<String>, id: Json, ack: bool) -> Taken {
        match labels {
            Ok(labels) => {
                let taken = self.answer(Vec::new(), ack, &Reply::new(id, Code::Success));
                Taken { tags: Some(labelled(tags, &labels)), ..taken }
            }
            Err(found) => self.diagnosed(id, ack, &found),
        }
    }

    /// The answer to a command.
    fn response(&self) -> Taken {
        match Response::read(&self.post.payload) {
            Ok(response) => {
                let (signal, faults) = answered(self.hub, self.device, &response);
                self.faults(&faults);
                Taken { signals: signal.into_iter().collect(), ..Taken::default() }
            }
            Err(broken) => {
                self.reject(broken.found.first().map_or("alink.shape", |d| d.code.as_str()), broken.text());
                Taken { code: reason::PAYLOAD_INVALID, ..Taken::default() }
            }
        }
    }

    fn diagnosed(&self, id: Json, ack: bool, found: &Diagnostics) -> Taken {
        let text = Bilingual::join(found.iter().map(|d| &d.message), &Bilingual::new("；", "; "));
        let code = found.first().map_or("alink.shape", |d| d.code.as_str());
        self.refused(id, ack, Code::Request, code, text)
    }

    fn refused(&self, id: Json, ack: bool, number: Code, code: &str, text: Bilingual) -> Taken {
        let reply = Reply { message: text.en.clone(), ..Reply::new(id, number) };
        self.reject(code, text);
        self.answer(Vec::new(), ack, &reply)
    }

    /// Keeps what was left out for inspection.
    fn faults(&self, faults: &[Fault]) {
        let errors: Vec<Fault> = faults.iter().filter(|f| f.severity == Severity::Error).cloned().collect();
        if let Some(first) = errors.first() {
            self.reject(first.code, words(&errors));
        }
    }

    fn reject(&self, code: &str, message: Bilingual) {
        let topic = self.post.topic.to_string();
        reject(self.hub, self.device, &topic, code, message, &self.post.payload, self.now);
    }

    fn answer(&self, signals: Vec<Signal>, ack: bool, reply: &Reply) -> Taken {
        let code = if reply.code == Code::Success { reason::SUCCESS } else { reason::PAYLOAD_INVALID };
        let wanted = ack && self.up.is_answered();
        let failed = Reply::new(reply.id.clone(), Code::Internal);
        Taken {
            signals,
            reply: wanted.then(|| self.addressed(reply)),
            failed: wanted.then(|| self.addressed(&failed)),
            tags: None,
            code,
        }
    }

    /// An answer goes where MQTT 5 says, else to the `_reply` topic.
    fn addressed(&self, reply: &Reply) -> Post {
        let payload = reply.payload(&self.up.method().unwrap_or_default());
        let extra = self.post.extra.as_deref();
        let wanted = extra.and_then(|e| e.response_topic.as_deref()).filter(|t| crate::filter::is_topic(t));
        let topic = match wanted {
            Some(topic) => crate::alink::canonical(topic).into_owned(),
            None => reply_topic(&self.post.topic),
        };
        let correlation = extra.and_then(|e| e.correlation.clone());
        let extra = correlation.map(|c| Box::new(crate::message::Extra { correlation: Some(c), ..Default::default() }));
        Post { extra, ..Post::ours(topic, payload, self.post.qos.min(1)) }
    }
}

/// Takes the properties of a message.
pub(crate) fn properties(hub: &Hub, device: DeviceId, params: &Json, now: Timestamp) -> Ingested {
    let none = serde_json::Map::new();
    ingest::properties(&hub.world.load(), device, params.as_object().unwrap_or(&none), now)
}

/// What the runtime is told of properties; nothing when none was taken.
pub(crate) fn report(device: DeviceId, taken: Ingested) -> Vec<Signal> {
    if taken.values.is_empty() { Vec::new() } else { vec![Signal::Report { device, values: taken.values }] }
}

/// Takes an event.
pub(crate) fn event(
    hub: &Hub,
    device: DeviceId,
    identifier: &str,
    params: &Json,
    now: Timestamp,
) -> Result<(Signal, Vec<Fault>), Vec<Fault>> {
    let told = ingest::event(&hub.world.load(), device, identifier, params, now)?;
    let signal = Signal::Occurrence { device, event: identifier.to_owned(), output: told.output, at: told.at };
    Ok((signal, told.faults))
}

/// Counts what was not taken and keeps it for inspection.
pub(crate) fn reject(
    hub: &Hub,
    device: DeviceId,
    topic: &str,
    code: &str,
    message: Bilingual,
    payload: &[u8],
    at: Timestamp,
) {
    let (topic, code) = (topic.to_owned(), code.to_owned());
    hub.rejected.push(Rejected { device, topic, code, message, excerpt: excerpt(payload), at });
}

/// What the runtime is told of a raw message: nothing unless a rule listens to its topic.
pub(crate) fn heard(hub: &Hub, post: &Post) -> Option<Signal> {
    if !hub.listens.load().any(&post.topic) {
        return None;
    }
    let payload = match std::str::from_utf8(&post.payload) {
        Ok(text) => Payload::Text(text.to_owned()),
        Err(_) => Payload::Base64(STANDARD.encode(&post.payload)),
    };
    let topic = post.topic.to_string();
    Some(Signal::Message(Message { connection: None, topic, payload, qos: post.qos, retain: post.retain }))
}

/// The last will of a client whose right to its topic was checked when it connected.
pub(crate) async fn publish_will(hub: &Hub, identity: &Identity, will: Post, now: Timestamp) {
    let topic = will.topic.to_string();
    match (acl::publish(identity, &topic), identity.device()) {
        (Ok(Topic::Own(topic)), Some(device)) => {
            let post = Post { topic: topic.into_owned().into(), ..will };
            let taken = own(hub, device, &post, now);
            hub.lanes.hand_over(taken.signals).await;
        }
        (Ok(Topic::Open(topic)), _) => {
            let post = Post { topic: topic.into_owned().into(), ..will };
            hub.lanes.hand_over(heard(hub, &post).into_iter().collect()).await;
            hub.route(post);
        }
        _ => {}
    }
}
