//! Typed, time-ordered ids: UUIDv7 (RFC 9562 section 5.7) written as a kind prefix and 32 hexadecimal digits,
//! `pt_0193…`. Mixing the id of a device with the id of a point does not compile.

use crate::{Timestamp, canonical::splitmix64};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A kind of thing that has ids.
pub trait Kind: 'static {
    /// Two letters in front of the digits.
    const PREFIX: &'static str;
    /// Name in errors and schemas.
    const NAME: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $alias:ident $prefix:literal;)*) => {$(
        #[doc = concat!("Marks ids of kind `", stringify!($kind), "`.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
            const NAME: &'static str = stringify!($kind);
        }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

// Append only: a prefix is never given to another kind.
kinds! {
    /// A product: what its devices have in common.
    Product ProductId "pr";
    /// A device; survives the replacement of its hardware.
    Device DeviceId "dv";
    /// A point: one property or service of one device.
    Point PointId "pt";
    /// A site, building, floor, room or zone.
    Space SpaceId "sp";
    /// A rule.
    Rule RuleId "ru";
    /// One run of a rule.
    Run RunId "rn";
    /// A command.
    Command CommandId "cm";
    /// A proposal that waits for approval.
    Proposal ProposalId "pp";
    /// One turn of a conversation.
    Turn TurnId "tn";
    /// A conversation.
    Conversation ConversationId "cv";
    /// An API token (never the secret).
    Token TokenId "tk";
    /// A configuration revision.
    Revision RevisionId "rv";
    /// A connection to a bus, a broker or a gateway, by which a driver reaches its devices.
    Connection ConnectionId "cn";
    /// A scene: what several points shall be, together.
    Scene SceneId "sc";
    /// An alarm.
    Alarm AlarmId "al";
    /// Something that the history shows.
    Finding FindingId "fd";
    /// A schedule: a value for every time.
    Schedule ScheduleId "sd";
    /// Something that a rule told people.
    Notice NoticeId "nt";
    /// A timer, a reminder, or commands that are done later.
    Timer TimerId "tm";
    /// A list: what is to be bought, or to be done.
    List ListId "ls";
}

/// An id of one kind.
pub struct Id<K: Kind> {
    bits: u128,
    kind: PhantomData<fn() -> K>,
}

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the id of a {expected}, `{prefix}_` and 32 hexadecimal digits")]
pub struct ParseIdError {
    expected: &'static str,
    prefix: &'static str,
}

impl<K: Kind> Id<K> {
    /// From the raw 128 bits.
    pub const fn from_bits(bits: u128) -> Self {
        Id { bits, kind: PhantomData }
    }
    /// The raw 128 bits.
    pub const fn bits(self) -> u128 {
        self.bits
    }
    /// A stable id for something that is named in code or imported (demo building, evals): the hash of a name.
    pub fn of_name(name: &str) -> Self {
        let digest = crate::canonical::sha256(format!("{}:{name}", K::PREFIX).as_bytes());
        let mut bits = 0u128;
        for b in digest.iter().take(16) {
            bits = bits << 8 | u128::from(*b);
        }
        Id::from_bits(stamp(bits, 8))
    }
    /// Reads the text form.
    ///
    /// # Errors
    /// When the prefix is another kind's, or the rest is not 32 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        let error = ParseIdError { expected: K::NAME, prefix: K::PREFIX };
        let Some(hex) = text.strip_prefix(K::PREFIX).and_then(|t| t.strip_prefix('_')) else { return Err(error) };
        if hex.len() != 32 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(error);
        }
        u128::from_str_radix(hex, 16).map(Id::from_bits).map_err(|_| error)
    }
}

/// Sets the version nibble and the RFC 9562 variant.
const fn stamp(bits: u128, version: u128) -> u128 {
    let bits = bits & !(0xf << 76) | (version << 76);
    bits & !(0b11 << 62) | (0b10 << 62)
}

/// Makes ids from a seed, so that a run can be repeated exactly. Ids made later sort later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdGen {
    seed: u64,
    count: u64,
    last_ms: i64,
}

impl IdGen {
    /// A generator; the shell takes the seed from the operating system once, tests pass a number.
    pub fn new(seed: u64) -> Self {
        IdGen { seed, count: 0, last_ms: 0 }
    }
    /// The next id. Ordered by time, within a millisecond by a counter; a clock that jumps back does not reorder.
    pub fn next<K: Kind>(&mut self, now: Timestamp) -> Id<K> {
        self.last_ms = self.last_ms.max(now.as_millis());
        self.count = self.count.wrapping_add(1);
        let ms = u128::from(self.last_ms.max(0).unsigned_abs()) & 0xffff_ffff_ffff;
        let order = u128::from(self.count & 0xfff);
        let random = u128::from(splitmix64(self.seed ^ self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        Id::from_bits(stamp(ms << 80 | order << 64 | random, 7))
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bits.cmp(&other.bits)
    }
}
impl<K: Kind> Hash for Id<K> {
    fn hash<H: Hasher>(&self, h: &mut H) {
        self.bits.hash(h);
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{:032x}", K::PREFIX, self.bits)
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: Kind> std::str::FromStr for Id<K> {
    type Err = ParseIdError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Id::parse(s)
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        Id::parse(&text).map_err(de::Error::custom)
    }
}
impl<K: Kind> JsonSchema for Id<K> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}Id", K::NAME).into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": format!("^{}_[0-9a-f]{{32}}$", K::PREFIX) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_are_ordered_unique_and_round_trip(seed: u64, steps in proptest::collection::vec(0i64..5, 1..200)) {
            let mut ids = IdGen::new(seed);
            let mut now = Timestamp::from_millis(1_700_000_000_000);
            let mut made: Vec<PointId> = Vec::new();
            for s in steps {
                now = now + crate::Span::from_millis(s);
                made.push(ids.next(now));
            }
            prop_assert!(made.windows(2).all(|w| w[0] < w[1]));
            for id in made {
                prop_assert_eq!(PointId::parse(&id.to_string()), Ok(id));
                prop_assert!(DeviceId::parse(&id.to_string()).is_err());
            }
        }

        #[test]
        fn any_text_is_refused_or_read(text in ".{0,40}") {
            if let Ok(id) = PointId::parse(&text) { prop_assert_eq!(id.to_string(), text); }
        }
    }
}
