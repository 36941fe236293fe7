//! A configuration held against what may be: every fault at once, each with path, message and help.

use super::codec::{Target, is_header};
use super::config::{Config, HEADER_BYTES_MAX, HEADERS_MAX, Proof};
use crate::form;
use base::{Bilingual, Diagnostic, Diagnostics};
use serde_json::{Map, Value as Json};
use things::World;

/// Headers that are written here, or that would be a secret in the open.
const OWN: [&str; 8] = [
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "transfer-encoding",
    "x-castellan-signature",
];

/// All faults of a configuration.
pub(super) fn check(config: &Map<String, Json>, _: &World) -> Diagnostics {
    match form::read::<Config>(config) {
        Ok(config) => faults(&config),
        Err(found) => found,
    }
}

fn faults(config: &Config) -> Diagnostics {
    let mut found = Diagnostics::new();
    match Target::parse(&config.url) {
        Err(why) => found.push(Diagnostic::error("webhook.url", "/url", why)),
        Ok(target) if !target.tls && config.proof == Proof::Bearer && !target.is_here() => {
            let text =
                Bilingual::new("密钥不能以明文发送", "the secret would be sent for everybody on the way to read");
            let help =
                Bilingual::new("使用 https:// 的地址，或用 hmac 签名", "use an https:// address, or sign with `hmac`");
            found.push(Diagnostic::error("webhook.plain", "/url", text).help(help));
        }
        Ok(_) => {}
    }
    if config.headers.len() > HEADERS_MAX {
        let text = Bilingual::new(format!("最多 {HEADERS_MAX} 个请求头"), format!("at most {HEADERS_MAX} headers"));
        found.push(Diagnostic::error("webhook.headers", "/headers", text));
    }
    for (name, value) in &config.headers {
        let own = OWN.contains(&name.to_ascii_lowercase().as_str());
        if own || value.len() > HEADER_BYTES_MAX || !is_header(name, value) {
            let text = if own {
                Bilingual::new(
                    format!("请求头“{name}”由系统填写"),
                    format!("the header `{name}` is written by Castellan"),
                )
            } else {
                Bilingual::new(format!("请求头“{name}”有误"), format!("`{name}` is no header"))
            };
            let help =
                Bilingual::new("密钥在连接的密码处填写", "the secret is put in as the password of the connection");
            let path = format!("/headers/{}", name.replace('~', "~0").replace('/', "~1"));
            found.push(Diagnostic::error("webhook.header", path, text).help(help));
        }
    }
    found
}
