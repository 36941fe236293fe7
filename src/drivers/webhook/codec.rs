//! HTTP/1.1 as far as a web hook needs it: the address taken apart, the request written, the status read. Pure.

use super::config::{Config, Proof, URL_BYTES_MAX};
use base::{Bilingual, canonical};
use documents::Post;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt::Write;

/// Bytes of an answer that are looked at: its status stands in the first line.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024;
/// What may stand in an address but letters and digits (RFC 3986).
const MARKS: &str = "-._~:/?[]@!$&'()*+,;=%";

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whether it is spoken to by TLS.
    pub tls: bool,
    /// The host; an IPv6 address without its brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How host and port were written.
    authority: String,
    /// Path and query.
    path: String,
}

impl Target {
    /// Takes an address apart.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(url: &str) -> Result<Target, Bilingual> {
        let wrong = |zh: &str, en: &str| Err(Bilingual::new(zh, en));
        if url.len() > URL_BYTES_MAX || !is_plain(url) {
            return wrong(
                "地址过长或含有不允许的字符",
                "the address is too long, or has characters that are not allowed",
            );
        }
        let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return wrong("须以 https:// 或 http:// 开头", "it begins with https:// or http://"),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if authority.contains('@') {
            return wrong("地址里不能有用户名和密码", "an address names no user and no password here");
        }
        let (host, port) = match authority.strip_prefix('[').and_then(|a| a.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(if tls { 443 } else { 80 }), |p| p.parse().ok().filter(|p| *p > 0));
        let Some(port) = port.filter(|_| !host.is_empty()) else {
            return wrong("主机名或端口有误", "the host or the port is wrong");
        };
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Target { tls, host: host.to_owned(), port, authority: authority.to_owned(), path })
    }

    /// Whether it is on this machine.
    pub fn is_here(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "::1") || self.host.starts_with("127.")
    }
}

/// Whether a text can stand in an address as it is.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || MARKS.as_bytes().contains(&b))
}

/// Whether a name and a value can be a header.
pub fn is_header(name: &str, value: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(token) && value.bytes().all(|b| (b' '..=b'~').contains(&b))
}

/// The request; none where the path of the rule cannot stand in an address.
pub fn request(target: &Target, config: &Config, secret: Option<&str>, post: &Post) -> Option<Vec<u8>> {
    let path = joined(&target.path, &post.path)?;
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         user-agent: castellan\r\nconnection: close\r\n",
        target.authority,
        post.body.len(),
    );
    for (name, value) in &config.headers {
        write!(head, "{name}: {value}\r\n").ok()?;
    }
    match (config.proof, secret) {
        (Proof::Bearer, Some(secret)) => write!(head, "authorization: Bearer {secret}\r\n").ok()?,
        (Proof::Hmac, Some(secret)) => {
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?.chain_update(post.body.as_bytes());
            let signature = canonical::hex(&mac.finalize().into_bytes());
            write!(head, "x-castellan-signature: sha256={signature}\r\n").ok()?;
        }
        (Proof::None, _) | (_, None) => {}
    }
    head.push_str("\r\n");
    head.push_str(&post.body);
    Some(head.into_bytes())
}

/// The path of the connection and that of the rule, with one slash between them.
fn joined(base: &str, more: &str) -> Option<String> {
    if !is_plain(more) || base.len() + more.len() > URL_BYTES_MAX {
        return None;
    }
    Some(match more {
        "" => base.to_owned(),
        more if more.starts_with('?') => format!("{base}{more}"),
        more => format!("{}/{}", base.trim_end_matches('/'), more.trim_start_matches('/')),
    })
}

/// What has arrived of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Not enough yet.
    More,
    /// Its status.
    Status(u16),
    /// It is no answer.
    Garbage,
}

/// The status of an answer; what comes before it (1xx) is passed over.
pub fn answer(bytes: &[u8]) -> Answer {
    let mut rest = bytes;
    loop {
        let Some(end) = rest.windows(2).position(|w| w == b"\r\n") else {
            return if bytes.len() >= ANSWER_BYTES_MAX { Answer::Garbage } else { Answer::More };
        };
        let line = rest.get(..end).and_then(|l| std::str::from_utf8(l).ok()).unwrap_or_default();
        let status = line.strip_prefix("HTTP/1.").and_then(|l| l.get(2..5)).and_then(|s| s.parse::<u16>().ok());
        match status {
            Some(100..200) => {}
            Some(status @ 200..600) => return Answer::Status(status),
            _ => return Answer::Garbage,
        }
        let Some(head) = rest.windows(4).position(|w| w == b"\r\n\r\n") else { return Answer::More };
        rest = rest.get(head + 4..).unwrap_or_default();
    }
}

/// Whether it may be taken later: the server is busy, or has failed.
pub fn may_be_later(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}
