//! What a client may publish and subscribe, by its identity alone. Pure.
//!
//! The trees `/sys`, `/ota` and `/ext` are between one device and this server: what is published there is never routed to
//! other clients, and a filter there is kept only for the device's own session. So a filter such as `#` of a bridge is
//! taken, and never shows what a device and the server say to each other. What a device publishes under
//! `/{productKey}/{deviceName}/user/` is routed like any raw topic.

use crate::filter::{contains, is_filter, is_topic, shared};
use crate::login::ROOTS;
use base::id::{DeviceId, TokenId};
use std::borrow::Cow;
use std::sync::Arc;

/// Who is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A device with its own secret.
    Device {
        /// Its id.
        id: DeviceId,
        /// Key of its product.
        product: Arc<str>,
        /// Its own key.
        device: Arc<str>,
    },
    /// A client with a token of role `bridge`.
    Bridge {
        /// The token.
        token: TokenId,
        /// The client id that it chose.
        name: Arc<str>,
    },
}

impl Identity {
    /// Name of its session. Client ids of devices change with every login; this does not.
    pub fn session_key(&self) -> String {
        match self {
            Identity::Device { product, device, .. } => format!("device/{product}/{device}"),
            Identity::Bridge { token, name } => format!("{token}/{name}"),
        }
    }
    /// The device, when it is one.
    pub fn device(&self) -> Option<DeviceId> {
        match self {
            Identity::Device { id, .. } => Some(*id),
            Identity::Bridge { .. } => None,
        }
    }
}

/// Why a client may not use a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It is no valid topic or filter, or beyond the limits.
    #[error("the topic is malformed, too long or too deep")]
    Malformed,
    /// It is another's.
    #[error("the topic is not the client's own")]
    Foreign,
}

impl Denied {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Denied::Malformed => "acl.malformed",
            Denied::Foreign => "acl.foreign",
        }
    }
}

/// A topic on which a client may publish, in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic<'a> {
    /// To this server alone.
    Own(Cow<'a, str>),
    /// To whoever subscribed.
    Open(Cow<'a, str>),
}

/// A filter that a client may subscribe, in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// What this server says to the device.
    Own(String),
    /// Raw topics; with the name of a group one member gets each message.
    Open {
        /// The filter.
        filter: String,
        /// The group.
        group: Option<String>,
    },
}

/// Whether a client may publish on a topic.
///
/// # Errors
/// Why it may not.
pub fn publish<'a>(identity: &Identity, topic: &'a str) -> Result<Topic<'a>, Denied> {
    if !is_topic(topic) {
        return Err(Denied::Malformed);
    }
    match identity {
        Identity::Device { product, device, .. } => {
            let topic = slashed(topic);
            let rest = topic.strip_prefix('/').unwrap_or(&topic);
            if is_ours(rest, product, device) {
                Ok(Topic::Own(topic))
            } else if is_free(rest, product, device) {
                Ok(Topic::Open(topic))
            } else {
                Err(Denied::Foreign)
            }
        }
        Identity::Bridge { .. } if is_reserved(topic) => Err(Denied::Foreign),
        Identity::Bridge { .. } => Ok(Topic::Open(Cow::Borrowed(topic))),
    }
}

/// Whether a client may subscribe a filter.
///
/// # Errors
/// Why it may not.
pub fn subscribe(identity: &Identity, filter: &str) -> Result<Filter, Denied> {
    let (group, inner) = match shared(filter).map_err(|_| Denied::Malformed)? {
        Some((group, inner)) => (Some(group.to_owned()), inner),
        None => (None, filter),
    };
    if !is_filter(inner) {
        return Err(Denied::Malformed);
    }
    match identity {
        Identity::Device { product, device, .. } => {
            let inner = slashed(inner);
            let own = [
                format!("/sys/{product}/{device}/#"),
                format!("/ota/device/+/{product}/{device}"),
                "/ext/rrpc/#".to_owned(),
            ];
            if own.iter().any(|o| contains(o, &inner)) {
                Ok(Filter::Own(inner.into_owned()))
            } else if contains(&format!("/{product}/{device}/user/#"), &inner) {
                Ok(Filter::Open { filter: inner.into_owned(), group })
            } else {
                Err(Denied::Foreign)
            }
        }
        Identity::Bridge { .. } if is_reserved(inner) => Err(Denied::Foreign),
        Identity::Bridge { .. } => Ok(Filter::Open { filter: inner.to_owned(), group }),
    }
}

/// Whether a topic or filter begins in a tree that is between one device and this server, or in `$`.
pub fn is_reserved(topic: &str) -> bool {
    let rest = topic.strip_prefix('/').unwrap_or(topic);
    topic.starts_with('$') || ROOTS.contains(&rest.split('/').next().unwrap_or_default())
}

/// The leading slash, once.
fn slashed(topic: &str) -> Cow<'_, str> {
    if topic.starts_with('/') { Cow::Borrowed(topic) } else { Cow::Owned(format!("/{topic}")) }
}

fn is_ours(rest: &str, product: &str, device: &str) -> bool {
    let mut levels = rest.split('/');
    match levels.next() {
        Some("sys") => {
            levels.next() == Some(product)
                && levels.next() == Some(device)
                && match levels.next() {
                    Some("thing") => levels.next().is_some_and(|l| !l.is_empty()),
                    Some("rrpc") => {
                        levels.next() == Some("response")
                            && levels.next().is_some_and(|l| !l.is_empty())
                            && levels.next().is_none()
                    }
                    _ => false,
                }
        }
        Some("ota") => {
            levels.next() == Some("device")
                && levels.next().is_some_and(|l| !l.is_empty())
                && levels.next() == Some(product)
                && levels.next() == Some(device)
                && levels.next().is_none()
        }
        Some("ext") => levels.next() == Some("rrpc") && levels.next().is_some_and(|l| !l.is_empty()),
        _ => false,
    }
}

fn is_free(rest: &str, product: &str, device: &str) -> bool {
    let mut levels = rest.split('/');
    levels.next() == Some(product)
        && levels.next() == Some(device)
        && levels.next() == Some("user")
        && levels.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::matches;
    use proptest::prelude::*;

    fn device() -> Identity {
        Identity::Device { id: DeviceId::of_name("lamp"), product: "pk".into(), device: "lamp".into() }
    }
    fn bridge() -> Identity {
        Identity::Bridge { token: TokenId::of_name("t"), name: "node".into() }
    }

    #[test]
    fn publishing() {
        for (topic, by_device, by_bridge) in [
            ("/sys/pk/lamp/thing/event/property/post", "own", "no"),
            ("sys/pk/lamp/thing/event/property/post", "own", "no"),
            ("/sys/pk/desk/thing/event/property/post", "no", "no"),
            ("/sys/other/lamp/thing/event/property/post", "no", "no"),
            ("/sys/pk/lamp/thing", "no", "no"),
            ("/sys/pk/lamp/thing/", "no", "no"),
            ("/sys/pk/lamp/other/x", "no", "no"),
            ("/sys/pk/lamp/rrpc/response/12", "own", "no"),
            ("/sys/pk/lamp/rrpc/response/12/x", "no", "no"),
            ("/sys/pk/lamp/rrpc/request/12", "no", "no"),
            ("/ext/rrpc/12/a/b", "own", "no"),
            ("/ext/other", "no", "no"),
            ("/ota/device/progress/pk/lamp", "own", "no"),
            ("/ota/device/progress/pk/desk", "no", "no"),
            ("/pk/lamp/user/a", "open", "open"),
            ("pk/lamp/user/a", "open", "open"),
            ("/pk/desk/user/a", "no", "open"),
            ("/pk/lamp/user", "no", "open"),
            ("//sys/pk/lamp/thing/x", "no", "open"),
            ("bench/1/temp", "no", "open"),
            ("$SYS/x", "no", "no"),
            ("$share/g/x", "no", "no"),
            ("a/+/b", "no", "no"),
            ("", "no", "no"),
        ] {
            for (identity, expected) in [(device(), by_device), (bridge(), by_bridge)] {
                let got = match publish(&identity, topic) {
                    Ok(Topic::Own(t)) => {
                        assert!(t.starts_with('/'));
                        "own"
                    }
                    Ok(Topic::Open(_)) => "open",
                    Err(_) => "no",
                };
                assert_eq!(got, expected, "{topic} by {identity:?}");
            }
        }
        assert_eq!(publish(&device(), "pk/lamp/user/a"), Ok(Topic::Open("/pk/lamp/user/a".into())));
    }

    #[test]
    fn subscribing() {
        for (filter, by_device, by_bridge) in [
            ("/sys/pk/lamp/thing/service/property/set", "own", "no"),
            ("sys/pk/lamp/#", "own", "no"),
            ("/sys/pk/lamp/+/service/#", "own", "no"),
            ("/sys/pk/+/thing/#", "no", "no"),
            ("/sys/+/lamp/thing/#", "no", "no"),
            ("/sys/#", "no", "no"),
            ("#", "no", "open"),
            ("+/#", "no", "open"),
            ("/#", "no", "open"),
            ("/+/pk/lamp/thing/x", "no", "open"),
            ("/pk/lamp/user/#", "open", "open"),
            ("/pk/lamp/user/+", "open", "open"),
            ("/pk/lamp/+/x", "no", "open"),
            ("/pk/+/user/x", "no", "open"),
            ("$share/g//sys/pk/lamp/#", "own", "no"),
            ("$share/g/#", "no", "open"),
            ("$share/g//sys/#", "no", "no"),
            ("$share/g/$SYS/#", "no", "no"),
            ("$share/#", "no", "no"),
            ("$SYS/#", "no", "no"),
            ("$queue/x", "no", "no"),
            ("/ext/rrpc/+/a", "own", "no"),
            ("/ext/#", "no", "no"),
            ("/ota/device/+/pk/lamp", "own", "no"),
            ("/ota/device/upgrade/pk/lamp", "own", "no"),
            ("/ota/device/upgrade/pk/+", "no", "no"),
            ("a/#/b", "no", "no"),
        ] {
            for (identity, expected) in [(device(), by_device), (bridge(), by_bridge)] {
                let got = match subscribe(&identity, filter) {
                    Ok(Filter::Own(_)) => "own",
                    Ok(Filter::Open { .. }) => "open",
                    Err(_) => "no",
                };
                assert_eq!(got, expected, "{filter} by {identity:?}");
            }
        }
    }

    #[test]
    fn sessions_are_named_by_identity() {
        assert_eq!(device().session_key(), "device/pk/lamp");
        let other = Identity::Bridge { token: TokenId::of_name("u"), name: "node".into() };
        assert_ne!(bridge().session_key(), other.session_key());
    }

    fn level() -> impl Strategy<Value = String> {
        prop::sample::select(
            &["sys", "pk", "lamp", "user", "thing", "+", "a", "", "ext", "rrpc", "ota", "device", "$SYS"][..],
        )
        .prop_map(str::to_owned)
    }
    fn text(wild: bool) -> impl Strategy<Value = String> {
        (prop::collection::vec(level(), 1..7), any::<bool>()).prop_map(move |(levels, all)| {
            let mut levels: Vec<String> =
                levels.into_iter().map(|l| if !wild && l == "+" { "a".into() } else { l }).collect();
            if wild && all {
                levels.push("#".into());
            }
            levels.join("/")
        })
    }

    proptest! {
        /// Whatever an allowed filter of a device matches is its own.
        #[test]
        fn an_allowed_filter_reveals_nothing_foreign(filter in text(true), topic in text(false)) {
            let own = ["/sys/pk/lamp", "/ext/rrpc", "/ota/device/", "/pk/lamp/user"];
            match subscribe(&device(), &filter) {
                Ok(Filter::Own(f)) if matches(&f, &topic) => {
                    prop_assert!(own.iter().any(|o| topic.starts_with(o)), "{} {}", f, topic);
                    if topic.starts_with("/ota") { prop_assert!(topic.ends_with("/pk/lamp")); }
                }
                Ok(Filter::Open { filter: f, .. }) if matches(&f, &topic) => {
                    prop_assert!(topic.starts_with("/pk/lamp/user"), "{} {}", f, topic);
                }
                _ => {}
            }
        }

        #[test]
        fn any_text_is_judged(text in "\\PC{0,60}") {
            for identity in [device(), bridge()] {
                if let Ok(Topic::Open(t)) = publish(&identity, &text) {
                    prop_assert!(!is_reserved(&t));
                }
                let _judged = subscribe(&identity, &text);
            }
        }
    }
}
