//! The first packet of a connection: who it is, whether it is let in, and what it is answered.

use crate::acl::{self, Identity};
use crate::hub::{Hub, Wish};
use crate::limits::{
    CLIENT_SESSION, INFLIGHT_MAX, PACKET_BYTES_MAX, PAYLOAD_BYTES_MAX, RECEIVE_MAX, SESSION_EXPIRY_MAX,
};
use crate::login::{CLIENT_ID_BYTES_MAX, Claim, Refusal, TOKEN_USER};
use crate::message::{Extra, Post};
use base::{Span, Timestamp};
use bytes::Bytes;
use rmqtt_codec::{MqttPacket, v3, v5};
use std::num::{NonZeroU16, NonZeroU32};

/// What a client says first.
pub(crate) struct Hello {
    pub(crate) five: bool,
    client_id: String,
    /// Whether the client left its name to us.
    assigned: bool,
    username: String,
    password: Bytes,
    /// An extended authentication method was asked for.
    method: bool,
    keep_alive: u16,
    pub(crate) wish: Wish,
    pub(crate) will: Option<Post>,
    pub(crate) will_delay: Span,
    /// The largest packet that it takes.
    pub(crate) largest: Option<NonZeroU32>,
}

/// Reads the first packet; `number` makes a name for a client that has none.
pub(crate) fn hello(packet: MqttPacket, number: u64, now: Timestamp) -> Option<Hello> {
    let mut hello = match packet {
        MqttPacket::V3(v3::Packet::Connect(connect)) => three(*connect),
        MqttPacket::V5(v5::Packet::Connect(connect)) => five(*connect, now),
        _ => return None,
    };
    if hello.client_id.is_empty() {
        hello.client_id = format!("auto-{number}");
        hello.assigned = true;
    }
    Some(hello)
}

fn three(connect: v3::Connect) -> Hello {
    let expiry = if connect.clean_session { Span::ZERO } else { CLIENT_SESSION };
    Hello {
        five: false,
        assigned: false,
        // Only a clean session may leave its name to the server.
        method: connect.client_id.is_empty() && !connect.clean_session,
        client_id: connect.client_id.to_string(),
        username: connect.username.map(|u| u.to_string()).unwrap_or_default(),
        password: connect.password.unwrap_or_default(),
        keep_alive: connect.keep_alive,
        wish: wish(connect.clean_session, expiry, INFLIGHT_MAX, connect.keep_alive),
        will: connect.last_will.map(|w| Post {
            topic: w.topic,
            payload: w.message,
            qos: w.qos.value(),
            retain: w.retain,
            ..Post::default()
        }),
        will_delay: Span::ZERO,
        largest: None,
    }
}

fn five(connect: v5::Connect, now: Timestamp) -> Hello {
    let expiry = Span::from_secs(i64::from(connect.session_expiry_interval_secs)).min(SESSION_EXPIRY_MAX);
    let window = connect.receive_max.map_or(INFLIGHT_MAX, |w| usize::from(w.get()));
    let will_delay = connect.last_will.as_ref().and_then(|w| w.will_delay_interval_sec).unwrap_or(0);
    Hello {
        five: true,
        assigned: false,
        method: connect.auth_method.is_some(),
        client_id: connect.client_id.to_string(),
        username: connect.username.map(|u| u.to_string()).unwrap_or_default(),
        password: connect.password.unwrap_or_default(),
        keep_alive: connect.keep_alive,
        wish: wish(connect.clean_start, expiry, window, connect.keep_alive),
        will: connect.last_will.map(|w| will(w, now)),
        will_delay: Span::from_secs(i64::from(will_delay)),
        largest: connect.max_packet_size,
    }
}

fn will(will: v5::LastWill, now: Timestamp) -> Post {
    let extra = Extra {
        content_type: will.content_type,
        response_topic: will.response_topic,
        correlation: will.correlation_data,
        user: will.user_properties,
        utf8: will.is_utf8_payload.unwrap_or(false),
    };
    Post {
        topic: will.topic,
        payload: will.message,
        qos: will.qos.value(),
        retain: will.retain,
        expires: will.message_expiry_interval.map(|s| now + Span::from_secs(i64::from(s.get()))),
        from: None,
        extra: (extra != Extra::default()).then(|| Box::new(extra)),
    }
}

fn wish(clean: bool, expiry: Span, window: usize, keep_alive: u16) -> Wish {
    // One and a half times the keep-alive, as the standard has it, and a second for our own clock.
    let silence = (keep_alive > 0).then(|| Span::from_millis(i64::from(keep_alive) * 1_500 + 1_000));
    Wish { clean, expiry, window, silence }
}

/// Whether a client is let in, and who it is. A wrong password costs one look at the world and, where the device exists,
/// one read of its secret; nothing is written.
pub(crate) async fn admit(hub: &Hub, hello: &Hello, tls: bool, now: Timestamp) -> Result<Identity, Refusal> {
    if hello.method {
        return Err(if hello.five { Refusal::Method } else { Refusal::ClientId });
    }
    let identity =
        if hello.username == TOKEN_USER { bridge(hub, hello).await? } else { device(hub, hello, tls, now).await? };
    Ok(identity)
}

async fn bridge(hub: &Hub, hello: &Hello) -> Result<Identity, Refusal> {
    let name = &hello.client_id;
    if name.len() > CLIENT_ID_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(Refusal::ClientId);
    }
    let token = std::str::from_utf8(&hello.password).map_err(|_| Refusal::Credentials)?;
    let token = hub.registry.bridge(token).await.map_err(|_| Refusal::Unavailable)?.ok_or(Refusal::Credentials)?;
    let identity = Identity::Bridge { token, name: name.as_str().into() };
    check_will(hello, &identity)?;
    Ok(identity)
}

async fn device(hub: &Hub, hello: &Hello, tls: bool, now: Timestamp) -> Result<Identity, Refusal> {
    let claim = Claim::read(&hello.client_id, &hello.username)?;
    let (id, admitted) = {
        let world = hub.world.load();
        let device = world.device_by_key(&claim.product, &claim.device).ok_or(Refusal::Credentials)?;
        (device.id, Hub::admits(device))
    };
    let credential =
        hub.registry.credential(id).await.map_err(|_| Refusal::Unavailable)?.ok_or(Refusal::Credentials)?;
    let timestamp = claim.prove(&hello.password, &credential.secret, credential.last, tls, now)?;
    if !admitted {
        return Err(Refusal::Disabled);
    }
    let identity =
        Identity::Device { id, product: claim.product.as_str().into(), device: claim.device.as_str().into() };
    check_will(hello, &identity)?;
    if let Some(timestamp) = timestamp
        && !hub.registry.logged_in(id, timestamp).await.map_err(|_| Refusal::Unavailable)?
    {
        return Err(Refusal::TimestampStale);
    }
    Ok(identity)
}

fn check_will(hello: &Hello, identity: &Identity) -> Result<(), Refusal> {
    let Some(will) = &hello.will else { return Ok(()) };
    if will.payload.len() > PAYLOAD_BYTES_MAX || acl::publish(identity, &will.topic).is_err() {
        return Err(Refusal::Will);
    }
    Ok(())
}

/// The answer to a client that is let in.
pub(crate) fn welcome(hello: &Hello, present: bool) -> MqttPacket {
    if !hello.five {
        let return_code = v3::ConnectAckReason::ConnectionAccepted;
        return MqttPacket::V3(v3::Packet::ConnectAck(v3::ConnectAck { return_code, session_present: present }));
    }
    let expiry = u32::try_from(hello.wish.expiry.as_millis() / 1_000).unwrap_or(u32::MAX);
    MqttPacket::V5(v5::Packet::ConnectAck(Box::new(v5::ConnectAck {
        session_present: present,
        session_expiry_interval_secs: Some(expiry),
        receive_max: NonZeroU16::new(RECEIVE_MAX).unwrap_or(NonZeroU16::MIN),
        max_packet_size: Some(PACKET_BYTES_MAX),
        assigned_client_id: hello.assigned.then(|| hello.client_id.as_str().into()),
        server_keepalive_sec: Some(hello.keep_alive),
        ..v5::ConnectAck::default()
    })))
}

/// The answer to a client that is not let in.
pub(crate) fn refusal(five: bool, refusal: Refusal) -> MqttPacket {
    if five {
        let reason_code = v5::ConnectAckReason::try_from(refusal.mqtt5());
        MqttPacket::V5(v5::Packet::ConnectAck(Box::new(v5::ConnectAck {
            reason_code: reason_code.unwrap_or(v5::ConnectAckReason::UnspecifiedError),
            reason_string: Some(refusal.code().into()),
            ..v5::ConnectAck::default()
        })))
    } else {
        let return_code = v3::ConnectAckReason::try_from(refusal.mqtt3());
        MqttPacket::V3(v3::Packet::ConnectAck(v3::ConnectAck {
            return_code: return_code.unwrap_or(v3::ConnectAckReason::NotAuthorized),
            session_present: false,
        }))
    }
}
