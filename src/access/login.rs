//! Who a client is: the triple secret of devices, and tokens of bridges. Pure; the store is asked by the broker.
//!
//! A device sends clientId `NAME|securemode=..,signmethod=hmacsha256,timestamp=..|`, username `deviceName&productKey`
//! and as password the lower-case hexadecimal HMAC-SHA256, keyed by its secret, over the pairs of name and value
//! `clientId`, `deviceName`, `productKey`, `timestamp` in this order (that of their names). Without TLS the timestamp is
//! mandatory and must be above that of the device's last login, so that a login that was overheard opens nothing.

use base::{Bilingual, Span, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Username of clients that log in with an API token of role `bridge`.
pub const TOKEN_USER: &str = "token";
/// Longest client id, in bytes.
pub const CLIENT_ID_BYTES_MAX: usize = 256;
/// Longest name of a product or device, in bytes.
const KEY_BYTES_MAX: usize = 128;
/// How far the timestamp of a login may be ahead: a device whose clock is once set to a far year would otherwise shut
/// itself out until then.
const AHEAD_MAX: Span = Span::from_secs(24 * 3600);
/// First levels of topics that are not a product's.
pub(crate) const ROOTS: [&str; 3] = ["sys", "ota", "ext"];

/// Why a client is not let in. What it is told never says whether the device exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The client id is not of the form above.
    #[error("the client id is malformed")]
    ClientId,
    /// Unknown device, wrong password, malformed username, unknown token.
    #[error("wrong username or password")]
    Credentials,
    /// The password is right; without TLS a timestamp is needed.
    #[error("without TLS a timestamp is needed")]
    TimestampMissing,
    /// The password is right; the timestamp was used before.
    #[error("the timestamp is not above that of the last login")]
    TimestampStale,
    /// The password is right; the timestamp is more than a day ahead.
    #[error("the timestamp is more than a day ahead")]
    TimestampAhead,
    /// The password is right; the device is disabled.
    #[error("the device is disabled")]
    Disabled,
    /// The last will is on a topic where it may not publish.
    #[error("the last will is on a topic that is not the client's own")]
    Will,
    /// Too many connections.
    #[error("too many connections")]
    Full,
    /// The store could not be asked.
    #[error("the server cannot check logins now")]
    Unavailable,
    /// An extended authentication method was asked for.
    #[error("this authentication method is not supported")]
    Method,
}

impl Refusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::ClientId => "login.client_id",
            Refusal::Credentials => "login.credentials",
            Refusal::TimestampMissing => "login.timestamp_missing",
            Refusal::TimestampStale => "login.timestamp_stale",
            Refusal::TimestampAhead => "login.timestamp_ahead",
            Refusal::Disabled => "login.disabled",
            Refusal::Will => "login.will",
            Refusal::Full => "login.full",
            Refusal::Unavailable => "login.unavailable",
            Refusal::Method => "login.method",
        }
    }
    /// Return code of MQTT 3.1.1.
    pub fn mqtt3(self) -> u8 {
        match self {
            Refusal::ClientId => 2,
            Refusal::Full | Refusal::Unavailable => 3,
            Refusal::Credentials => 4,
            _ => 5,
        }
    }
    /// Reason code of MQTT 5.
    pub fn mqtt5(self) -> u8 {
        match self {
            Refusal::ClientId => 0x85,
            Refusal::Credentials => 0x86,
            Refusal::Full => 0x97,
            Refusal::Unavailable => 0x88,
            Refusal::Method => 0x8c,
            _ => 0x87,
        }
    }
    /// In words.
    pub fn words(self) -> Bilingual {
        let zh = match self {
            Refusal::ClientId => "客户端标识的格式不对",
            Refusal::Credentials => "用户名或密码不对",
            Refusal::TimestampMissing => "不用 TLS 时必须带时间戳",
            Refusal::TimestampStale => "时间戳不大于上次登录的时间戳",
            Refusal::TimestampAhead => "时间戳超前一天以上",
            Refusal::Disabled => "设备已停用",
            Refusal::Will => "遗嘱的主题不属于该客户端",
            Refusal::Full => "连接数已满",
            Refusal::Unavailable => "服务器暂时无法核对登录",
            Refusal::Method => "不支持这种认证方式",
        };
        Bilingual::new(zh, self.to_string())
    }
}

/// Who a device says it is. Nothing of it is proven before [`Claim::prove`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What stands before the first `|` of the client id.
    pub name: String,
    /// Key of its product.
    pub product: String,
    /// Its own key.
    pub device: String,
    /// Its timestamp as it wrote it; that is what it signed.
    timestamp: Option<String>,
}

impl Claim {
    /// Reads client id and username.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub fn read(client_id: &str, username: &str) -> Result<Claim, Refusal> {
        let (name, parameters) = client_id.split_once('|').ok_or(Refusal::ClientId)?;
        let parameters = parameters.strip_suffix('|').ok_or(Refusal::ClientId)?;
        if name.is_empty() || client_id.len() > CLIENT_ID_BYTES_MAX || name.chars().any(char::is_control) {
            return Err(Refusal::ClientId);
        }
        let (mut method, mut timestamp) = (None, None);
        for pair in parameters.split(',') {
            match pair.split_once('=').ok_or(Refusal::ClientId)? {
                ("signmethod", value) => method = Some(value),
                ("timestamp", value) => timestamp = Some(value),
                _ => {}
            }
        }
        if method.is_none_or(|m| !m.eq_ignore_ascii_case("hmacsha256")) {
            return Err(Refusal::ClientId);
        }
        if timestamp.is_some_and(|t| t.len() > 16 || t.is_empty() || !t.bytes().all(|b| b.is_ascii_digit())) {
            return Err(Refusal::ClientId);
        }
        let (device, product) = username.split_once('&').ok_or(Refusal::Credentials)?;
        if !is_key(device) || !is_key(product) || ROOTS.contains(&product) {
            return Err(Refusal::Credentials);
        }
        Ok(Claim {
            name: name.into(),
            product: product.into(),
            device: device.into(),
            timestamp: timestamp.map(Into::into),
        })
    }

    /// The timestamp of this login, when it has one.
    pub fn timestamp(&self) -> Option<u64> {
        self.timestamp.as_deref().and_then(|t| t.parse().ok())
    }

    /// Whether the password is right and the timestamp was not used before. `last` is that of the last login without
    /// TLS. Returns the timestamp to keep as the new last one; none with TLS.
    ///
    /// # Errors
    /// Why it is not let in. The timestamp is judged only after the password.
    pub fn prove(
        &self,
        password: &[u8],
        secret: &str,
        last: Option<u64>,
        tls: bool,
        now: Timestamp,
    ) -> Result<Option<u64>, Refusal> {
        let expected = hex(&self.sign(secret));
        if !bool::from(expected.as_bytes().ct_eq(password)) {
            return Err(Refusal::Credentials);
        }
        if tls {
            return Ok(None);
        }
        let at = self.timestamp().ok_or(Refusal::TimestampMissing)?;
        let latest = u64::try_from((now + AHEAD_MAX).as_millis()).unwrap_or(0);
        if last.is_some_and(|last| at <= last) {
            return Err(Refusal::TimestampStale);
        }
        if at > latest {
            return Err(Refusal::TimestampAhead);
        }
        Ok(Some(at))
    }

    fn sign(&self, secret: &str) -> [u8; 32] {
        let text = signed_text(&self.name, &self.product, &self.device, self.timestamp.as_deref());
        // HMAC takes keys of any length; the zero key that an error would leave matches no password.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return [0; 32] };
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn signed_text(name: &str, product: &str, device: &str, timestamp: Option<&str>) -> String {
    let timestamp = timestamp.map(|t| format!("timestamp{t}")).unwrap_or_default();
    format!("clientId{name}deviceName{device}productKey{product}{timestamp}")
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= KEY_BYTES_MAX
        && !text.contains(['/', '+', '#', '&'])
        && !text.starts_with('$')
        && !text.chars().any(char::is_control)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// What a device sends to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Client id.
    pub client_id: String,
    /// Username.
    pub username: String,
    /// Password.
    pub password: String,
}

/// What a device with this secret sends to log in. Without a timestamp only TLS takes it.
pub fn sign(name: &str, product: &str, device: &str, secret: &str, timestamp: Option<u64>) -> Signed {
    let timestamp = timestamp.map(|t| t.to_string());
    let (mode, suffix) = match &timestamp {
        Some(t) => (3, format!(",timestamp={t}")),
        None => (2, String::new()),
    };
    let claim = Claim { name: name.into(), product: product.into(), device: device.into(), timestamp };
    Signed {
        client_id: format!("{name}|securemode={mode},signmethod=hmacsha256{suffix}|"),
        username: format!("{device}&{product}"),
        password: hex(&claim.sign(secret)),
    }
}

/// A line for a shell: it logs in as the device with a fresh timestamp and posts these values. Needs `mosquitto_pub` and
/// `openssl`, nothing of ours; works as often as it is pasted.
pub fn paste_line(
    host: &str,
    port: u16,
    product: &str,
    device: &str,
    secret: &str,
    values: &serde_json::Value,
) -> String {
    let text = quote(&signed_text(device, product, device, Some("")));
    let id = quote(&format!("{device}|securemode=3,signmethod=hmacsha256,timestamp="));
    let post =
        serde_json::json!({ "id": "1", "version": "1.0", "params": values, "method": "thing.event.property.post" });
    // Where `date` knows no milliseconds it prints the end of the format as it stands.
    format!(
        "T=$(date +%s%3N | sed 's/3N$/000/'); mosquitto_pub -V 311 -q 1 -h {host} -p {port} -i {id}\"$T|\" -u {user} \
         -P \"$(printf %s {text}\"$T\" | openssl dgst -sha256 -hmac {secret} | sed 's/^.* //')\" -t {topic} -m {post}",
        host = quote(host),
        user = quote(&format!("{device}&{product}")),
        secret = quote(secret),
        topic = quote(&format!("/sys/{product}/{device}/thing/event/property/post")),
        post = quote(&post.to_string()),
    )
}

/// A text as one word of a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "s3cr3t";

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }

    fn prove(signed: &Signed, secret: &str, last: Option<u64>, tls: bool) -> Result<Option<u64>, Refusal> {
        let claim = Claim::read(&signed.client_id, &signed.username)?;
        claim.prove(signed.password.as_bytes(), secret, last, tls, now())
    }

    #[test]
    fn the_known_signature() {
        // Made with: printf %s clientIdc1deviceNamelampproductKeypktimestamp1699999999000 | openssl dgst -sha256 -hmac s3cr3t
        let signed = sign("c1", "pk", "lamp", SECRET, Some(1_699_999_999_000));
        assert_eq!(signed.client_id, "c1|securemode=3,signmethod=hmacsha256,timestamp=1699999999000|");
        assert_eq!(signed.username, "lamp&pk");
        assert_eq!(signed.password, "5cfe5430d85bc4c9290070efa617d43ab5d76517290e176fafb74ba7345ac892");
        assert_eq!(prove(&signed, SECRET, None, false), Ok(Some(1_699_999_999_000)));
    }

    #[test]
    fn every_case_has_its_answer() {
        let good = sign("c1", "pk", "lamp", SECRET, Some(1_699_999_999_000));
        let bare = sign("c1", "pk", "lamp", SECRET, None);
        let ahead = sign("c1", "pk", "lamp", SECRET, Some(1_700_000_000_000 + 25 * 3_600_000));
        let with = |f: &dyn Fn(&mut Signed)| {
            let mut s = good.clone();
            f(&mut s);
            s
        };
        for (what, signed, secret, last, tls, expected) in [
            ("wrong secret", good.clone(), "other", None, false, Err(Refusal::Credentials)),
            ("replayed", good.clone(), SECRET, Some(1_699_999_999_000), false, Err(Refusal::TimestampStale)),
            ("older", good.clone(), SECRET, Some(1_699_999_999_001), false, Err(Refusal::TimestampStale)),
            ("replayed, wrong secret", good.clone(), "x", Some(1_699_999_999_001), false, Err(Refusal::Credentials)),
            ("rising", good.clone(), SECRET, Some(1_699_999_998_999), false, Ok(Some(1_699_999_999_000))),
            ("ahead", ahead, SECRET, None, false, Err(Refusal::TimestampAhead)),
            ("no timestamp", bare.clone(), SECRET, None, false, Err(Refusal::TimestampMissing)),
            ("no timestamp, TLS", bare, SECRET, None, true, Ok(None)),
            ("old, TLS", good.clone(), SECRET, Some(u64::MAX), true, Ok(None)),
            (
                "upper case",
                with(&|s| s.password = s.password.to_uppercase()),
                SECRET,
                None,
                false,
                Err(Refusal::Credentials),
            ),
            ("no bars", with(&|s| s.client_id = "c1".into()), SECRET, None, false, Err(Refusal::ClientId)),
            (
                "other method",
                with(&|s| s.client_id = s.client_id.replace("sha256", "md5")),
                SECRET,
                None,
                false,
                Err(Refusal::ClientId),
            ),
            (
                "letters",
                with(&|s| s.client_id = s.client_id.replace("=16", "=x6")),
                SECRET,
                None,
                false,
                Err(Refusal::ClientId),
            ),
            (
                "changed time",
                with(&|s| s.client_id = s.client_id.replace("000|", "001|")),
                SECRET,
                None,
                false,
                Err(Refusal::Credentials),
            ),
            (
                "changed name",
                with(&|s| s.client_id = s.client_id.replace("c1", "c2")),
                SECRET,
                None,
                false,
                Err(Refusal::Credentials),
            ),
            ("other device", with(&|s| s.username = "desk&pk".into()), SECRET, None, false, Err(Refusal::Credentials)),
            ("wildcard key", with(&|s| s.username = "+&pk".into()), SECRET, None, false, Err(Refusal::Credentials)),
            (
                "root as product",
                with(&|s| s.username = "lamp&sys".into()),
                SECRET,
                None,
                false,
                Err(Refusal::Credentials),
            ),
        ] {
            assert_eq!(prove(&signed, secret, last, tls), expected, "{what}");
        }
    }

    #[test]
    fn codes_are_those_of_the_protocols() {
        for (refusal, three, five) in [
            (Refusal::ClientId, 2, 0x85),
            (Refusal::Credentials, 4, 0x86),
            (Refusal::TimestampStale, 5, 0x87),
            (Refusal::Disabled, 5, 0x87),
            (Refusal::Will, 5, 0x87),
            (Refusal::Full, 3, 0x97),
            (Refusal::Unavailable, 3, 0x88),
        ] {
            assert_eq!((refusal.mqtt3(), refusal.mqtt5()), (three, five), "{refusal}");
            assert!(refusal.code().starts_with("login."));
            assert_ne!(refusal.words().zh, refusal.words().en);
        }
    }

    #[test]
    fn words_of_a_shell() {
        assert_eq!(quote("it's"), r"'it'\''s'");
        let line = paste_line("127.0.0.1", 1883, "pk", "lamp", "a'b", &serde_json::json!({ "power": 1 }));
        assert!(line.contains(r"-hmac 'a'\''b'") && line.contains("/sys/pk/lamp/thing/event/property/post"), "{line}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_read(id in "\\PC{0,80}", user in "\\PC{0,40}", pass: Vec<u8>, last: Option<u64>, tls: bool) {
            if let Ok(claim) = Claim::read(&id, &user) {
                prop_assert!(claim.prove(&pass, SECRET, last, tls, now()).is_err());
            }
        }

        #[test]
        fn what_is_signed_is_let_in(name in "[^|\\p{Cc}]{1,20}", product in "[a-zA-Z0-9]{1,12}", device in "[a-zA-Z0-9_.:-]{1,12}",
            secret in "\\PC{0,40}", at in 1u64..1_700_000_000_000) {
            prop_assume!(!ROOTS.contains(&product.as_str()));
            let signed = sign(&name, &product, &device, &secret, Some(at));
            prop_assert_eq!(prove(&signed, &secret, Some(at - 1), false), Ok(Some(at)));
            prop_assert_eq!(prove(&signed, &secret, Some(at), false), Err(Refusal::TimestampStale));
        }
    }
}
