//! Canonical JSON (RFC 8785): one document has one text, so hashes, diffs and golden files are stable. Numbers are
//! written as ECMAScript does (crate `ryu-js`), keys sorted by UTF-16 code units, no white space.

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// The value cannot be written as JSON (a map with keys that are not texts).
#[derive(Debug, thiserror::Error)]
#[error("not expressible as JSON: {0}")]
pub struct NotJson(#[from] serde_json::Error);

/// Canonical text of a value.
///
/// # Errors
/// When the value is not expressible as JSON.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, NotJson> {
    let json = serde_json::to_value(value)?;
    let mut out = String::new();
    write(&json, &mut out, None, 0);
    Ok(out)
}

/// The same order of keys and the same numbers, indented by two spaces, for files that people read.
///
/// # Errors
/// When the value is not expressible as JSON.
pub fn to_string_pretty<T: Serialize + ?Sized>(value: &T) -> Result<String, NotJson> {
    let json = serde_json::to_value(value)?;
    let mut out = String::new();
    write(&json, &mut out, Some(2), 0);
    out.push('\n');
    Ok(out)
}

/// SHA-256 of the canonical text, as lower-case hexadecimal.
///
/// # Errors
/// When the value is not expressible as JSON.
pub fn hash<T: Serialize + ?Sized>(value: &T) -> Result<String, NotJson> {
    Ok(hex(&sha256(to_string(value)?.as_bytes())))
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        out.push_str(&format!("{b:02x}"));
    }
    out
}

/// SplitMix64 (Steele, Lea, Flood 2014): one step from a state to well mixed bits. Not for secrets.
pub const fn splitmix64(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn write(json: &Json, out: &mut String, indent: Option<usize>, depth: usize) {
    let line = |out: &mut String, depth: usize| {
        if let Some(n) = indent {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', n * depth));
        }
    };
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Json::Number(n) => write_number(n, out),
        Json::String(s) => write_string(s, out),
        Json::Array(items) if items.is_empty() => out.push_str("[]"),
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                write(item, out, indent, depth + 1);
            }
            line(out, depth);
            out.push(']');
        }
        Json::Object(map) if map.is_empty() => out.push_str("{}"),
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                write_string(key, out);
                out.push(':');
                if indent.is_some() {
                    out.push(' ');
                }
                write(&map[key], out, indent, depth + 1);
            }
            line(out, depth);
            out.push('}');
        }
    }
}

fn write_number(n: &serde_json::Number, out: &mut String) {
    // Integers beyond 2^53 are kept exactly; RFC 8785 would round them, which loses counters.
    if let Some(i) = n.as_i64() {
        out.push_str(&i.to_string());
    } else if let Some(u) = n.as_u64() {
        out.push_str(&u.to_string());
    } else {
        let x = n.as_f64().unwrap_or(0.0);
        out.push_str(ryu_js::Buffer::new().format(if x == 0.0 { 0.0 } else { x }));
    }
}

fn write_string(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1e300f64..1e300).prop_map(Json::from),
            ".{0,12}".prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                proptest::collection::vec((".{0,6}", inner), 0..5)
                    .prop_map(|kv| Json::Object(kv.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reading_back_gives_the_same_text(v in any_json()) {
            let text = to_string(&v).unwrap();
            let back: Json = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(to_string(&back).unwrap(), text.clone());
            let pretty: Json = serde_json::from_str(&to_string_pretty(&v).unwrap()).unwrap();
            prop_assert_eq!(to_string(&pretty).unwrap(), text);
        }
    }

    #[test]
    fn follows_rfc_8785() {
        // The numbers of RFC 8785 appendix B that have no integer form, and its order of keys (section 3.2.3).
        for (number, text) in [
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (9007199254740994.5, "9007199254740994"),
            (0.1, "0.1"),
            (1e21, "1e+21"),
            (-0.0, "0"),
        ] {
            assert_eq!(to_string(&number).unwrap(), text);
        }
        let keys = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        assert_eq!(
            to_string(&keys).unwrap(),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }

    /// The golden hash of invariant 7: the same when this crate and when the whole workspace is built.
    #[test]
    fn golden_hash() {
        let v = json!({"b": [1, 2.5, "三楼", null], "a": {"z": true, "é": 1e-7}});
        assert_eq!(to_string(&v).unwrap(), r#"{"a":{"z":true,"é":1e-7},"b":[1,2.5,"三楼",null]}"#);
        assert_eq!(hash(&v).unwrap(), "81824ccb47c19b36f4346600aaa7f8bc67f9d136ffa0fa0a298e5610a18d0935");
    }
}
