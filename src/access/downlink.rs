//! What this server asks of devices: commands, which are answered on the `_reply` topics, and calls (RRPC), which are
//! answered within seconds or not at all. Nothing of it waits for a device that is away: what comes late does harm.

use crate::alink::{Address, Down, Response, command};
use crate::hub::{Hub, Untold};
use crate::limits::{COMMANDS_MAX, RRPC_MAX, RRPC_PER_DEVICE_MAX};
use crate::message::Post;
use crate::metrics::Counters;
use crate::session::Session;
use base::id::{CommandId, DeviceId};
use base::{Bilingual, Span, Timestamp};
use documents::{Command, Signal};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use things::ingest::{self, Fault};
use things::layout::raw::{RawFault, RawLayout};
use things::{PointKind, PointSpec};
use tokio::sync::oneshot;

/// Shortest time a call may wait.
pub const RRPC_TIMEOUT_MIN: Duration = Duration::from_secs(1);
/// Longest time a call may wait.
pub const RRPC_TIMEOUT_MAX: Duration = Duration::from_secs(8);
/// Time a call waits when nothing is said.
pub const RRPC_TIMEOUT: Duration = Duration::from_secs(5);

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "code", content = "payload", rename_all = "UPPERCASE")]
pub enum RrpcResult {
    /// The device answered this.
    Success(Vec<u8>),
    /// It got the request and did not answer in time.
    Timeout,
    /// It is not connected.
    Offline,
    /// It is connected and cannot be reached: it has not subscribed the request, too much waits for it, or its
    /// connection broke before it answered.
    HalfConn,
    /// There is no such device, the topic or payload is not possible, or too many calls wait.
    Unknown,
}

#[derive(Debug)]
struct Asked {
    command: CommandId,
    device: DeviceId,
    /// Identifier, when it is a service.
    service: Option<String>,
    deadline: Timestamp,
}

#[derive(Debug)]
struct Call {
    device: DeviceId,
    /// Where the answer must come: the topic of the device's own kind of call, or the one that was asked.
    topic: String,
    answer: oneshot::Sender<Vec<u8>>,
}

/// What waits for devices' answers. Keys are the ids in the messages.
#[derive(Debug, Default)]
pub(crate) struct Downlink {
    last: AtomicU64,
    asked: Mutex<BTreeMap<u64, Asked>>,
    calls: Mutex<BTreeMap<u64, Call>>,
}

impl Downlink {
    fn asked(&self) -> MutexGuard<'_, BTreeMap<u64, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn calls(&self) -> MutexGuard<'_, BTreeMap<u64, Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }
    /// A device is gone: its calls will not be answered.
    pub(crate) fn gone(&self, device: DeviceId) {
        self.calls().retain(|_, call| call.device != device);
    }
    /// Forgets commands whose time is over; the runtime has said so by then.
    pub(crate) fn sweep(&self, now: Timestamp) {
        self.asked().retain(|_, asked| asked.deadline + GRACE > now);
    }
}

/// How long after its deadline an answer to a command still counts as one.
const GRACE: Span = Span::from_secs(60);

/// Sends a command. What is returned is said at once: mostly why it did not leave.
pub(crate) fn send(hub: &Hub, wanted: &Command) -> Option<Signal> {
    let refused = match try_send(hub, wanted) {
        Ok(Sent::Asked) => return None,
        Ok(Sent::Unanswered) => None,
        Err(why) => Some(why),
    };
    Some(Signal::Delivered { command: wanted.id, refused, reply: None })
}

enum Sent {
    /// The device, or its protocol, will say whether it took it.
    Asked,
    /// Nobody will.
    Unanswered,
}

fn try_send(hub: &Hub, wanted: &Command) -> Result<Sent, String> {
    let world = hub.world.load();
    let spec = world.point(wanted.point).ok_or("unknown_point")?;
    let device = world.device(spec.device).ok_or("unknown_device")?;
    let product = world.product(device.product).ok_or("unknown_device")?;
    let wire = ingest::outgoing(&world, spec, &wanted.value).map_err(|faults| words(&faults).en)?;
    let service = (spec.kind == PointKind::Service).then(|| spec.identifier.clone());
    let session = hub.session_of(device.id).ok_or("offline")?;
    let address = Address { product: &product.key, device: &device.key };
    if let Some(layout) = product.model.x.raw.as_ref().filter(|l| !l.down.is_empty()) {
        let frames = frames(layout, spec, wire).map_err(|fault| fault.to_string())?;
        return send_raw(hub, &session, wanted, &Down::DownRaw.topic(address), frames);
    }
    let (down, params) = match &service {
        Some(identifier) => (Down::Service { identifier }, wire),
        None => (Down::PropertySet, json!({ spec.identifier.clone(): wire })),
    };
    let id = hub.downlink.next();
    let payload = command(&id.to_string(), &down.method().unwrap_or_default(), &params);
    let post = Post { expires: Some(wanted.deadline), ..Post::ours(down.topic(address), payload, 1) };
    {
        let mut asked = hub.downlink.asked();
        if asked.len() >= COMMANDS_MAX {
            return Err("busy".into());
        }
        let deadline = wanted.deadline;
        asked.insert(id, Asked { command: wanted.id, device: device.id, service, deadline });
    }
    hub.tell(&session, post, None).map(|_| Sent::Asked).map_err(|untold| {
        hub.downlink.asked().remove(&id);
        untold.code().to_owned()
    })
}

/// The frames of a product whose devices speak bytes.
fn frames(layout: &RawLayout, spec: &PointSpec, wire: Json) -> Result<Vec<Vec<u8>>, RawFault> {
    match (&spec.kind, wire) {
        (PointKind::Service, Json::Object(arguments)) => Ok(vec![layout.call(&spec.identifier, &arguments)?]),
        (_, wire) => layout.set(&Map::from_iter([(spec.identifier.clone(), wire)])),
    }
}

/// Frames carry no number by which an answer could be found: the command counts as taken when the device's protocol has
/// acknowledged the last of them.
fn send_raw(hub: &Hub, session: &Session, wanted: &Command, topic: &str, frames: Vec<Vec<u8>>) -> Result<Sent, String> {
    let (last, mut told) = (frames.len(), 0);
    for (n, frame) in (1..).zip(frames) {
        let post = Post { expires: Some(wanted.deadline), ..Post::ours(topic.to_owned(), frame, 1) };
        let receipt = (n == last).then_some(wanted.id);
        told = hub.tell(session, post, receipt).map_err(|untold| untold.code().to_owned())?;
    }
    Ok(if told > 0 { Sent::Asked } else { Sent::Unanswered })
}

/// A device answered a command. Returns what the runtime is told, and what is wrong with the answer.
pub(crate) fn answered(hub: &Hub, device: DeviceId, response: &Response) -> (Option<Signal>, Vec<Fault>) {
    let found = {
        let mut asked = hub.downlink.asked();
        let id = response.id.parse().ok().filter(|id| asked.get(id).is_some_and(|a| a.device == device));
        id.and_then(|id: u64| asked.remove(&id))
    };
    let Some(asked) = found else {
        Counters::add(&hub.counters.late);
        tracing::debug!(%device, id = response.id, "an answer that nobody waits for");
        return (None, Vec::new());
    };
    let refused = response.refusal();
    let (mut reply, mut faults) = (None, Vec::new());
    if let (None, Some(identifier)) = (&refused, &asked.service) {
        match ingest::reply(&hub.world.load(), device, identifier, &response.data) {
            Ok(value) => reply = Some(value),
            Err(found) => faults = found,
        }
    }
    (Some(Signal::Delivered { command: asked.command, refused, reply }), faults)
}

/// Calls a device and waits for its answer. `topic` is that of a call on a topic of one's own.
pub(crate) async fn call(
    hub: &Hub,
    device: DeviceId,
    topic: Option<&str>,
    payload: Vec<u8>,
    timeout: Duration,
) -> RrpcResult {
    let Some((request, answers)) = begin(hub, device, topic, payload) else { return RrpcResult::Unknown };
    let Some(session) = hub.session_of(device) else { return RrpcResult::Offline };
    let id = hub.downlink.next();
    let (post, answer_topic) = (request(id), answers(id));
    let (answer, answered) = oneshot::channel();
    {
        let mut calls = hub.downlink.calls();
        let own = calls.values().filter(|c| c.device == device).count();
        if own >= RRPC_PER_DEVICE_MAX || calls.len() >= RRPC_MAX {
            return RrpcResult::Unknown;
        }
        calls.insert(id, Call { device, topic: answer_topic, answer });
    }
    let result = match hub.tell(&session, post, None) {
        Err(Untold::Offline) => RrpcResult::Offline,
        Err(Untold::Deaf | Untold::Full) => RrpcResult::HalfConn,
        Ok(_) => {
            let timeout = timeout.clamp(RRPC_TIMEOUT_MIN, RRPC_TIMEOUT_MAX);
            match tokio::time::timeout(timeout, answered).await {
                Ok(Ok(payload)) => RrpcResult::Success(payload),
                Ok(Err(_)) => RrpcResult::HalfConn,
                Err(_) => RrpcResult::Timeout,
            }
        }
    };
    hub.downlink.calls().remove(&id);
    result
}

type Request = Box<dyn FnOnce(u64) -> Post + Send>;
type Answers = Box<dyn FnOnce(u64) -> String + Send>;

fn begin(hub: &Hub, device: DeviceId, topic: Option<&str>, payload: Vec<u8>) -> Option<(Request, Answers)> {
    let world = hub.world.load();
    let device = world.device(device).filter(|d| Hub::admits(d))?;
    let (key, product) = (device.key.clone(), world.product(device.product)?.key.clone());
    if payload.len() > crate::limits::PAYLOAD_BYTES_MAX {
        return None;
    }
    match topic.map(|t| t.trim_start_matches('/').to_owned()) {
        Some(own) => {
            crate::filter::is_topic(&own).then_some(())?;
            let answer = own.clone();
            let at = move |id: u64, topic: &str| {
                Down::ExtRrpc { id: &id.to_string(), topic }.topic(Address { product: "", device: "" })
            };
            Some((Box::new(move |id| Post::ours(at(id, &own), payload, 1)), Box::new(move |id| at(id, &answer))))
        }
        None => {
            let answers = format!("/sys/{product}/{key}/rrpc/response/");
            let request = move |id: u64| {
                let address = Address { product: &product, device: &key };
                Post::ours(Down::RrpcRequest { id: &id.to_string() }.topic(address), payload, 1)
            };
            Some((Box::new(request), Box::new(move |id| format!("{answers}{id}"))))
        }
    }
}

/// A device answered a call. A late answer is counted and goes nowhere.
pub(crate) fn returned(hub: &Hub, device: DeviceId, id: &str, topic: &str, payload: &[u8]) {
    let call = {
        let mut calls = hub.downlink.calls();
        let fits = |call: &Call| call.device == device && call.topic == topic;
        let id = id.parse().ok().filter(|id| calls.get(id).is_some_and(fits));
        id.and_then(|id: u64| calls.remove(&id))
    };
    let taken = call.is_some_and(|call| call.answer.send(payload.to_vec()).is_ok());
    if !taken {
        Counters::add(&hub.counters.late);
        tracing::debug!(%device, id, "an answer to a call that nobody waits for");
    }
}

/// Faults in one line.
pub(crate) fn words(faults: &[Fault]) -> Bilingual {
    Bilingual::join(faults.iter().map(|f| &f.message), &Bilingual::new("；", "; "))
}
