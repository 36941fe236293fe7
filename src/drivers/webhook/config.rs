//! The configuration of a connection to a web hook of others: one type from which parser, schema, form and documentation
//! come.
//!
//! What it is *not*: [`super::check`] says what is wrong with it. Start at [`Config`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most headers.
pub const HEADERS_MAX: usize = 20;
/// Longest value of a header, in bytes.
pub const HEADER_BYTES_MAX: usize = 1_024;
/// Longest address, in bytes.
pub const URL_BYTES_MAX: usize = 2_048;

/// Where rules post to.
///
/// The secret is kept apart from this, sealed. A redirect is never followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The address, as in `https://hooks.example.com/services/building`; what a rule names as path follows it.
    #[schemars(title = "地址 / URL", length(max = URL_BYTES_MAX))]
    pub url: String,
    /// Headers of every request. Never a secret: that has a place of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(title = "请求头 / Headers")]
    pub headers: BTreeMap<String, String>,
    /// How a request proves where it comes from.
    #[serde(default)]
    #[schemars(title = "身份证明 / Proof")]
    pub proof: Proof,
    /// The authorities to trust: a PEM file's path, or its text. Those of this machine when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "CA 证书 / CA certificates")]
    pub ca: Option<String>,
    /// Seconds that one attempt may take.
    #[serde(default = "timeout_s")]
    #[schemars(title = "超时（秒） / Timeout (s)", range(min = 1, max = 60))]
    pub timeout_s: u8,
    /// How often it is tried again when nobody answers, or the server says that it cannot just now.
    #[serde(default = "retries")]
    #[schemars(title = "重试次数 / Retries", range(max = 10))]
    pub retries: u8,
}

/// How a request proves where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// It does not; the address may be the secret.
    #[default]
    None,
    /// `Authorization: Bearer` with the secret.
    Bearer,
    /// `X-Castellan-Signature: sha256=…`: HMAC-SHA256 of the body, keyed by the secret, in hexadecimal.
    Hmac,
}

fn timeout_s() -> u8 {
    10
}

fn retries() -> u8 {
    3
}
