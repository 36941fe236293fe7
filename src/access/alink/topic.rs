//! Topics: what a device says on which, and where it is told something.

use std::borrow::Cow;

/// End of a topic on which the other topic's message is answered.
const REPLY: &str = "_reply";

/// Whose topic it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// Key of the product.
    pub product: &'a str,
    /// Name of the device.
    pub device: &'a str,
}

/// What a device says on a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Up<'a> {
    /// Properties.
    PropertyPost,
    /// Several values of properties and several events at once.
    PackPost,
    /// An event.
    EventPost {
        /// Identifier in the thing model.
        identifier: &'a str,
    },
    /// The answer to a set of properties.
    PropertySetReply,
    /// The answer to a service.
    ServiceReply {
        /// Identifier in the thing model.
        identifier: &'a str,
    },
    /// A frame in the device's own layout.
    UpRaw,
    /// The answer to such a frame.
    DownRawReply,
    /// The answer to a synchronous request.
    RrpcResponse {
        /// Which request.
        id: &'a str,
    },
    /// The answer to a synchronous request on a topic of one's own.
    ExtRrpc {
        /// Which request.
        id: &'a str,
        /// The topic, without a slash in front.
        topic: &'a str,
    },
    /// New tags of the device.
    TagsUpdate,
    /// Tags that it has no longer.
    TagsDelete,
    /// It asks for its configuration.
    ConfigGet,
    /// The answer to a configuration that it was sent.
    ConfigPushReply,
    /// It asks for the values that it should have.
    DesiredGet,
    /// It deletes values that it should have.
    DesiredDelete,
    /// Its version of software.
    OtaInform,
    /// How far an upgrade is.
    OtaProgress,
    /// It asks for an upgrade.
    OtaRequest,
    /// A free topic.
    User {
        /// What follows `/{productKey}/{deviceName}/user/`.
        rest: &'a str,
    },
    /// Nothing that is understood here.
    Foreign,
}

/// Topics below `/sys/{productKey}/{deviceName}/` that are fixed.
const FIXED: &[(Up<'static>, &str)] = &[
    (Up::PropertyPost, "thing/event/property/post"),
    (Up::PackPost, "thing/event/property/pack/post"),
    (Up::PropertySetReply, "thing/service/property/set_reply"),
    (Up::UpRaw, "thing/model/up_raw"),
    (Up::DownRawReply, "thing/model/down_raw_reply"),
    (Up::TagsUpdate, "thing/deviceinfo/update"),
    (Up::TagsDelete, "thing/deviceinfo/delete"),
    (Up::ConfigGet, "thing/config/get"),
    (Up::ConfigPushReply, "thing/config/push_reply"),
    (Up::DesiredGet, "thing/property/desired/get"),
    (Up::DesiredDelete, "thing/property/desired/delete"),
    (Up::OtaRequest, "thing/ota/firmware/get"),
];

/// Topics `/ota/device/{verb}/{productKey}/{deviceName}`.
const OTA: &[(Up<'static>, &str)] = &[(Up::OtaInform, "inform"), (Up::OtaProgress, "progress")];

impl<'a> Up<'a> {
    /// Reads a topic, with or without a slash in front. Whose it is stands in all but those of `/ext`.
    pub fn parse(topic: &'a str) -> (Option<Address<'a>>, Up<'a>) {
        let rest = topic.strip_prefix('/').unwrap_or(topic);
        let mut levels = rest.splitn(4, '/');
        let (product, device, up) = match (levels.next(), levels.next(), levels.next(), levels.next()) {
            (Some("sys"), Some(product), Some(device), Some(below)) => (product, device, Up::of_system(below)),
            (Some("ota"), Some("device"), Some(verb), Some(below)) => {
                let up = OTA.iter().find(|(_, v)| *v == verb).map_or(Up::Foreign, |(up, _)| *up);
                let (product, device) = below.split_once('/').unwrap_or_default();
                (product, device, up)
            }
            (Some("ext"), Some("rrpc"), Some(id), Some(topic)) if !id.is_empty() && !topic.is_empty() => {
                return (None, Up::ExtRrpc { id, topic });
            }
            (Some("ext"), ..) => return (None, Up::Foreign),
            (Some(product), Some(device), Some("user"), Some(rest)) => (product, device, Up::User { rest }),
            _ => return (None, Up::Foreign),
        };
        if product.is_empty() || device.is_empty() || device.contains('/') {
            return (None, Up::Foreign);
        }
        (Some(Address { product, device }), up)
    }

    fn of_system(below: &'a str) -> Up<'a> {
        if let Some((up, _)) = FIXED.iter().find(|(_, fixed)| *fixed == below) {
            return *up;
        }
        let mut levels = below.splitn(4, '/');
        match (levels.next(), levels.next(), levels.next(), levels.next()) {
            (Some("thing"), Some("event"), Some(identifier), Some("post")) if !identifier.is_empty() => {
                Up::EventPost { identifier }
            }
            (Some("thing"), Some("service"), Some(answered), None) => match answered.strip_suffix(REPLY) {
                Some(identifier) if !identifier.is_empty() => Up::ServiceReply { identifier },
                _ => Up::Foreign,
            },
            (Some("rrpc"), Some("response"), Some(id), None) if !id.is_empty() => Up::RrpcResponse { id },
            _ => Up::Foreign,
        }
    }

    /// The topic on which a device says this; empty for what is foreign.
    pub fn topic(&self, of: Address<'_>) -> String {
        let Address { product, device } = of;
        let system = |below: &str| format!("/sys/{product}/{device}/{below}");
        if let Some((_, fixed)) = FIXED.iter().find(|(up, _)| up == self) {
            return system(fixed);
        }
        if let Some((_, verb)) = OTA.iter().find(|(up, _)| up == self) {
            return format!("/ota/device/{verb}/{product}/{device}");
        }
        match self {
            Up::EventPost { identifier } => system(&format!("thing/event/{identifier}/post")),
            Up::ServiceReply { identifier } => system(&format!("thing/service/{identifier}{REPLY}")),
            Up::RrpcResponse { id } => system(&format!("rrpc/response/{id}")),
            Up::ExtRrpc { id, topic } => format!("/ext/rrpc/{id}/{topic}"),
            Up::User { rest } => format!("/{product}/{device}/user/{rest}"),
            _ => String::new(),
        }
    }

    /// The name of the method in envelopes, as `thing.event.property.post`; none where there are no envelopes.
    pub fn method(&self) -> Option<String> {
        if let Some((_, fixed)) = FIXED.iter().find(|(up, _)| up == self) {
            let request = fixed.strip_suffix(REPLY).unwrap_or(fixed);
            return Some(request.replace('/', "."));
        }
        match self {
            Up::EventPost { identifier } => Some(format!("thing.event.{identifier}.post")),
            Up::ServiceReply { identifier } => Some(format!("thing.service.{identifier}")),
            _ => None,
        }
    }

    /// Whether the device waits for an answer on [`reply_topic`].
    pub fn is_answered(&self) -> bool {
        match self {
            Up::PropertyPost
            | Up::PackPost
            | Up::EventPost { .. }
            | Up::UpRaw
            | Up::TagsUpdate
            | Up::TagsDelete
            | Up::ConfigGet
            | Up::DesiredGet
            | Up::DesiredDelete
            | Up::OtaRequest => true,
            Up::PropertySetReply
            | Up::ServiceReply { .. }
            | Up::DownRawReply
            | Up::RrpcResponse { .. }
            | Up::ExtRrpc { .. }
            | Up::ConfigPushReply
            | Up::OtaInform
            | Up::OtaProgress
            | Up::User { .. }
            | Up::Foreign => false,
        }
    }
}

/// Where a device is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Down<'a> {
    /// To set properties.
    PropertySet,
    /// To do a service.
    Service {
        /// Identifier in the thing model.
        identifier: &'a str,
    },
    /// A frame in its own layout.
    DownRaw,
    /// A synchronous request.
    RrpcRequest {
        /// Which.
        id: &'a str,
    },
    /// A synchronous request on a topic of one's own.
    ExtRrpc {
        /// Which.
        id: &'a str,
        /// The topic, without a slash in front.
        topic: &'a str,
    },
    /// Its configuration.
    ConfigPush,
}

impl Down<'_> {
    /// The topic on which a device is told this.
    pub fn topic(&self, of: Address<'_>) -> String {
        let Address { product, device } = of;
        match self {
            Down::PropertySet => format!("/sys/{product}/{device}/thing/service/property/set"),
            Down::Service { identifier } => format!("/sys/{product}/{device}/thing/service/{identifier}"),
            Down::DownRaw => format!("/sys/{product}/{device}/thing/model/down_raw"),
            Down::RrpcRequest { id } => format!("/sys/{product}/{device}/rrpc/request/{id}"),
            Down::ExtRrpc { id, topic } => format!("/ext/rrpc/{id}/{topic}"),
            Down::ConfigPush => format!("/sys/{product}/{device}/thing/config/push"),
        }
    }

    /// The name of the method in the envelope; none where there is none.
    pub fn method(&self) -> Option<String> {
        match self {
            Down::PropertySet => Some("thing.service.property.set".into()),
            Down::Service { identifier } => Some(format!("thing.service.{identifier}")),
            Down::ConfigPush => Some("thing.config.push".into()),
            Down::DownRaw | Down::RrpcRequest { .. } | Down::ExtRrpc { .. } => None,
        }
    }
}

/// A topic with its slash in front.
pub fn canonical(topic: &str) -> Cow<'_, str> {
    if topic.starts_with('/') { Cow::Borrowed(topic) } else { Cow::Owned(format!("/{topic}")) }
}

/// The topic on which a message is answered.
pub fn reply_topic(topic: &str) -> String {
    format!("{}{REPLY}", canonical(topic))
}
