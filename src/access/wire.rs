//! Packets of MQTT 3.1.1 and 5 in one vocabulary. The bytes are the codec's.

use crate::message::Post;
use base::Timestamp;
use bytes::BytesMut;
use bytestring::ByteString;
use rmqtt_codec::error::{DecodeError, EncodeError};
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::{MqttCodec, MqttPacket, v3, v5};
use std::num::{NonZeroU16, NonZeroU32};
use tokio_util::codec::{Decoder, Encoder};

/// Reason codes of MQTT 5 that this server gives. 3.1.1 has none outside of CONNACK and SUBACK: there the connection is
/// closed where the code is an error.
pub(crate) mod reason {
    pub(crate) const SUCCESS: u8 = 0x00;
    pub(crate) const UNSPECIFIED: u8 = 0x80;
    pub(crate) const MALFORMED: u8 = 0x81;
    pub(crate) const PROTOCOL: u8 = 0x82;
    pub(crate) const IMPLEMENTATION: u8 = 0x83;
    pub(crate) const NOT_AUTHORIZED: u8 = 0x87;
    pub(crate) const SHUTTING_DOWN: u8 = 0x8b;
    pub(crate) const KEEP_ALIVE: u8 = 0x8d;
    pub(crate) const TAKEN_OVER: u8 = 0x8e;
    pub(crate) const FILTER_INVALID: u8 = 0x8f;
    pub(crate) const TOPIC_INVALID: u8 = 0x90;
    pub(crate) const RECEIVE_MAX: u8 = 0x93;
    pub(crate) const TOPIC_ALIAS: u8 = 0x94;
    pub(crate) const TOO_LARGE: u8 = 0x95;
    pub(crate) const RATE: u8 = 0x96;
    pub(crate) const QUOTA: u8 = 0x97;
    pub(crate) const ADMINISTRATIVE: u8 = 0x98;
    pub(crate) const PAYLOAD_INVALID: u8 = 0x99;
}

/// What came.
#[derive(Debug)]
pub(crate) enum In {
    Publish(Box<Publish>),
    /// PUBACK.
    Acked(NonZeroU16),
    /// PUBREC, and whether the client took it.
    Received(NonZeroU16, bool),
    /// PUBREL.
    Release(NonZeroU16),
    /// PUBCOMP.
    Completed(NonZeroU16),
    Subscribe {
        packet: NonZeroU16,
        filters: Vec<(ByteString, v5::SubscriptionOptions)>,
        id: Option<NonZeroU32>,
    },
    Unsubscribe {
        packet: NonZeroU16,
        filters: Vec<ByteString>,
    },
    Ping,
    /// The will is published although the client said goodbye; the session's life is now so long.
    Disconnect {
        will: bool,
        expiry: Option<u32>,
    },
    /// A packet that a client may not send now.
    Unexpected,
}

/// What goes out.
#[derive(Debug)]
pub(crate) enum Out<'a> {
    Publish {
        post: &'a Post,
        qos: u8,
        retain: bool,
        dup: bool,
        packet: Option<NonZeroU16>,
        ids: &'a [u32],
    },
    Acked(NonZeroU16, u8),
    Received(NonZeroU16, u8),
    Release(NonZeroU16),
    /// PUBCOMP, and whether there was something to release.
    Completed(NonZeroU16, bool),
    Subscribed(NonZeroU16, Vec<u8>),
    Unsubscribed(NonZeroU16, Vec<u8>),
    Pong,
    Disconnect(u8),
}

/// Reads and writes the packets of one connection.
#[derive(Debug)]
pub(crate) struct Wire {
    codec: MqttCodec,
    /// Whether the client speaks MQTT 5.
    pub(crate) five: bool,
}

impl Wire {
    pub(crate) fn new(codec: MqttCodec, largest: u32) -> Wire {
        Wire { five: matches!(codec, MqttCodec::V5(_)), codec }.taking(largest)
    }

    /// The same with another largest packet that comes in.
    pub(crate) fn taking(mut self, largest: u32) -> Wire {
        match &mut self.codec {
            MqttCodec::V3(codec) => codec.set_max_size(largest),
            MqttCodec::V5(codec) => codec.set_max_inbound_size(largest),
            MqttCodec::Version(_) => {}
        }
        self
    }

    /// The largest packet that the client takes.
    pub(crate) fn set_outbound(&mut self, largest: Option<NonZeroU32>) {
        if let (MqttCodec::V5(codec), Some(largest)) = (&mut self.codec, largest) {
            codec.set_max_outbound_size(largest.get());
        }
    }

    /// The next packet, when all of it is there.
    pub(crate) fn next(&mut self, bytes: &mut BytesMut) -> Result<Option<MqttPacket>, DecodeError> {
        Ok(self.codec.decode(bytes)?.map(|(packet, _)| packet))
    }

    /// Writes a packet of the codec.
    pub(crate) fn put_raw(&mut self, packet: MqttPacket, bytes: &mut BytesMut) -> Result<(), EncodeError> {
        self.codec.encode(packet, bytes)
    }

    /// Writes a packet. What MQTT 3.1.1 does not have is not written.
    pub(crate) fn put(&mut self, out: Out<'_>, now: Timestamp, bytes: &mut BytesMut) -> Result<(), EncodeError> {
        let packet = if self.five { five(out, now)? } else { three(out)? };
        match packet {
            Some(packet) => self.codec.encode(packet, bytes),
            None => Ok(()),
        }
    }
}

fn publish(post: &Post, qos: u8, retain: bool, dup: bool, packet: Option<NonZeroU16>) -> Publish {
    Publish {
        dup,
        retain,
        qos: QoS::try_from(qos).unwrap_or(QoS::AtMostOnce),
        topic: post.topic.clone(),
        packet_id: packet,
        payload: post.payload.clone(),
        properties: None,
    }
}

fn three(out: Out<'_>) -> Result<Option<MqttPacket>, EncodeError> {
    use v3::Packet;
    let packet = match out {
        Out::Publish { post, qos, retain, dup, packet, .. } => {
            Packet::Publish(Box::new(publish(post, qos, retain, dup, packet)))
        }
        Out::Acked(packet_id, _) => Packet::PublishAck { packet_id },
        Out::Received(packet_id, _) => Packet::PublishReceived { packet_id },
        Out::Release(packet_id) => Packet::PublishRelease { packet_id },
        Out::Completed(packet_id, _) => Packet::PublishComplete { packet_id },
        Out::Subscribed(packet_id, codes) => {
            let status = codes.into_iter().map(|code| match QoS::try_from(code) {
                Ok(qos) => v3::SubscribeReturnCode::Success(qos),
                Err(_) => v3::SubscribeReturnCode::Failure,
            });
            Packet::SubscribeAck { packet_id, status: status.collect() }
        }
        Out::Unsubscribed(packet_id, _) => Packet::UnsubscribeAck { packet_id },
        Out::Pong => Packet::PingResponse,
        Out::Disconnect(_) => return Ok(None),
    };
    Ok(Some(MqttPacket::V3(packet)))
}

fn five(out: Out<'_>, now: Timestamp) -> Result<Option<MqttPacket>, EncodeError> {
    use v5::Packet;
    fn code<T: TryFrom<u8>>(code: u8) -> Result<T, EncodeError> {
        T::try_from(code).map_err(|_| EncodeError::MalformedPacket)
    }
    let ack = |packet_id, reason| {
        let reason_code = code(reason)?;
        Ok::<_, EncodeError>(v5::PublishAck { packet_id, reason_code, properties: Vec::new(), reason_string: None })
    };
    let ack2 = |packet_id| v5::PublishAck2 { packet_id, ..v5::PublishAck2::default() };
    let packet = match out {
        Out::Publish { post, qos, retain, dup, packet, ids } => {
            let mut publish = publish(post, qos, retain, dup, packet);
            publish.properties = Some(post.properties(ids, now));
            Packet::Publish(Box::new(publish))
        }
        Out::Acked(packet_id, reason) => Packet::PublishAck(ack(packet_id, reason)?),
        Out::Received(packet_id, reason) => Packet::PublishReceived(ack(packet_id, reason)?),
        Out::Release(packet_id) => Packet::PublishRelease(ack2(packet_id)),
        Out::Completed(packet_id, known) => {
            let mut ack = ack2(packet_id);
            if !known {
                ack.reason_code = v5::PublishAck2Reason::PacketIdNotFound;
            }
            Packet::PublishComplete(ack)
        }
        Out::Subscribed(packet_id, codes) => {
            let status = codes.into_iter().map(code).collect::<Result<_, _>>()?;
            Packet::SubscribeAck(v5::SubscribeAck { packet_id, properties: Vec::new(), reason_string: None, status })
        }
        Out::Unsubscribed(packet_id, codes) => {
            let status = codes.into_iter().map(code).collect::<Result<_, _>>()?;
            let properties = Vec::new();
            Packet::UnsubscribeAck(v5::UnsubscribeAck { packet_id, properties, reason_string: None, status })
        }
        Out::Pong => Packet::PingResponse,
        Out::Disconnect(reason) => Packet::Disconnect(v5::Disconnect::new(code(reason)?)),
    };
    Ok(Some(MqttPacket::V5(packet)))
}

/// A packet in our words. CONNECT is not among them: it comes once, before.
pub(crate) fn read(packet: MqttPacket) -> In {
    match packet {
        MqttPacket::V3(packet) => read_three(packet),
        MqttPacket::V5(packet) => read_five(packet),
        MqttPacket::Version(_) => In::Unexpected,
    }
}

fn read_three(packet: v3::Packet) -> In {
    use v3::Packet;
    match packet {
        Packet::Publish(publish) => In::Publish(publish),
        Packet::PublishAck { packet_id } => In::Acked(packet_id),
        Packet::PublishReceived { packet_id } => In::Received(packet_id, true),
        Packet::PublishRelease { packet_id } => In::Release(packet_id),
        Packet::PublishComplete { packet_id } => In::Completed(packet_id),
        Packet::Subscribe { packet_id, topic_filters } => {
            let options = |qos| v5::SubscriptionOptions { qos, ..v5::SubscriptionOptions::default() };
            let filters = topic_filters.into_iter().map(|(filter, qos)| (filter, options(qos))).collect();
            In::Subscribe { packet: packet_id, filters, id: None }
        }
        Packet::Unsubscribe { packet_id, topic_filters } => {
            In::Unsubscribe { packet: packet_id, filters: topic_filters }
        }
        Packet::PingRequest => In::Ping,
        Packet::Disconnect => In::Disconnect { will: false, expiry: None },
        _ => In::Unexpected,
    }
}

fn read_five(packet: v5::Packet) -> In {
    use v5::Packet;
    match packet {
        Packet::Publish(publish) => In::Publish(publish),
        Packet::PublishAck(ack) => In::Acked(ack.packet_id),
        Packet::PublishReceived(ack) => In::Received(ack.packet_id, u8::from(ack.reason_code) < reason::UNSPECIFIED),
        Packet::PublishRelease(ack) => In::Release(ack.packet_id),
        Packet::PublishComplete(ack) => In::Completed(ack.packet_id),
        Packet::Subscribe(sub) => In::Subscribe { packet: sub.packet_id, filters: sub.topic_filters, id: sub.id },
        Packet::Unsubscribe(unsub) => In::Unsubscribe { packet: unsub.packet_id, filters: unsub.topic_filters },
        Packet::PingRequest => In::Ping,
        Packet::Disconnect(bye) => In::Disconnect {
            will: bye.reason_code != v5::DisconnectReasonCode::NormalDisconnection,
            expiry: bye.session_expiry_interval_secs,
        },
        _ => In::Unexpected,
    }
}

/// The code that a client gets for bytes that are no packet.
pub(crate) fn code_of(error: &DecodeError) -> u8 {
    match error {
        DecodeError::MaxSizeExceeded { .. } => reason::TOO_LARGE,
        DecodeError::InvalidProtocol | DecodeError::ConnectReservedFlagSet => reason::PROTOCOL,
        _ => reason::MALFORMED,
    }
}
