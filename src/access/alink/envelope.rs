//! Envelopes: `{id, version, sys: {ack}, params, method}` and `{id, code, data, message}`, both ways.

use super::Code;
use base::{Bilingual, Diagnostic, Diagnostics, Severity};
use documents::signal::PAYLOAD_BYTES_MAX;
use serde_json::{Map, Value as Json, json};
use things::ingest::{Fault, Ingested};

/// Version of the protocol, as we write it.
const VERSION: &str = "1.0";
/// Longest id of a message, in characters.
const ID_CHARS_MAX: usize = 64;
/// Deepest nesting of a message; values have a limit of their own.
const DEPTH_MAX: usize = 16;

/// A message that is none of the protocol: all that is wrong with it, and its id where it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// Its id, for the answer.
    pub id: Json,
    /// What is wrong.
    pub found: Diagnostics,
}

impl Broken {
    fn of(id: Json, code: &str, path: &str, zh: &str, en: &str) -> Broken {
        Broken { id, found: vec![Diagnostic::error(code, path, Bilingual::new(zh, en))] }
    }

    /// What is wrong, in one line.
    pub fn text(&self) -> Bilingual {
        Bilingual::join(self.found.iter().map(|d| &d.message), &Bilingual::new("；", "; "))
    }
}

/// What a device asks or tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its id, as the device wrote it.
    pub id: Json,
    /// Whether an answer is wanted; yes, where it is not said.
    pub ack: bool,
    /// What it carries.
    pub params: Json,
}

impl Request {
    /// Reads a payload.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(payload: &[u8]) -> Result<Request, Broken> {
        let mut object = object(payload)?;
        let mut found = Diagnostics::new();
        let id = id(&mut object, &mut found);
        let ack = match object.get("sys").map(|sys| sys.get("ack").unwrap_or(&Json::Null)) {
            None | Some(Json::Null) => true,
            Some(Json::Number(n)) => n.as_i64() != Some(0),
            Some(Json::Bool(b)) => *b,
            Some(_) => {
                found.push(fault("/sys/ack", "应为 0 或 1", "must be 0 or 1"));
                true
            }
        };
        let params = object.remove("params").unwrap_or(Json::Null);
        if !matches!(params, Json::Object(_) | Json::Array(_)) {
            found.push(fault("/params", "缺少 params，或不是对象或数组", "there must be an object or a list `params`"));
        }
        if found.is_empty() { Ok(Request { id, ack, params }) } else { Err(Broken { id, found }) }
    }
}

/// What a device answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Which request it answers.
    pub id: String,
    /// 200, or why not.
    pub code: i64,
    /// What it carries; an empty object where there is nothing.
    pub data: Json,
    /// Its words.
    pub message: Option<String>,
}

impl Response {
    /// Reads a payload.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(payload: &[u8]) -> Result<Response, Broken> {
        let mut object = object(payload)?;
        let mut found = Diagnostics::new();
        let id = id(&mut object, &mut found);
        let code = object.get("code").and_then(|c| c.as_i64().or_else(|| c.as_str()?.parse().ok()));
        if code.is_none() {
            found.push(fault("/code", "缺少数字 code", "there must be a number `code`"));
        }
        let data = match object.remove("data") {
            None | Some(Json::Null) => Json::Object(Map::new()),
            Some(data) => data,
        };
        let message = object.get("message").and_then(Json::as_str).map(|m| m.chars().take(MESSAGE_CHARS_MAX).collect());
        match (code, found.is_empty()) {
            (Some(code), true) => Ok(Response { id: id_text(&id), code, data, message }),
            _ => Err(Broken { id, found }),
        }
    }

    /// Why it was refused, when it was: the number and the device's words.
    pub fn refusal(&self) -> Option<String> {
        match (&self.message, self.code) {
            (_, 200) => None,
            (Some(message), code) => Some(format!("{code} {message}")),
            (None, code) => Some(code.to_string()),
        }
    }
}

/// Longest words of a device that are kept, in characters.
const MESSAGE_CHARS_MAX: usize = 200;

/// What a device is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The id of what it said.
    pub id: Json,
    /// The code.
    pub code: Code,
    /// What it carries.
    pub data: Json,
    /// In words.
    pub message: String,
}

impl Reply {
    /// A code in its own words.
    pub fn new(id: Json, code: Code) -> Reply {
        Reply { id, code, data: Json::Object(Map::new()), message: code.text().en }
    }

    /// To a message that is none.
    pub fn to_broken(broken: &Broken) -> Reply {
        Reply { message: broken.text().en, ..Reply::new(broken.id.clone(), Code::Request) }
    }

    /// To properties: success as soon as one of them was taken, with the others listed; otherwise the first fault.
    pub fn to_properties(id: Json, taken: &Ingested) -> Reply {
        Reply::to_faults(id, !taken.values.is_empty(), &taken.faults)
    }

    /// To anything that was checked by the model, taken or not. What says nothing at all is a faulty request.
    pub fn to_faults(id: Json, taken: bool, faults: &[Fault]) -> Reply {
        let refused = faults.iter().filter(|f| f.severity == Severity::Error);
        let code = match refused.clone().next() {
            _ if taken => Code::Success,
            Some(fault) => Code::of(fault),
            None => Code::Request,
        };
        let mut reply = Reply::new(id, code);
        if let (false, Some(fault)) = (taken, refused.clone().next()) {
            reply.message.clone_from(&fault.message.en);
        }
        let listed = refused.filter(|f| !f.identifier.is_empty());
        reply.data = listed
            .map(|f| (f.identifier.clone(), json!({"code": Code::of(f).number(), "message": f.message.en})))
            .collect::<Map<_, _>>()
            .into();
        reply
    }

    /// The payload. The method is that of the request.
    pub fn payload(&self, method: &str) -> Vec<u8> {
        json!({
            "id": self.id,
            "code": self.code.number(),
            "data": self.data,
            "message": self.message,
            "method": method,
            "version": VERSION,
        })
        .to_string()
        .into_bytes()
    }
}

/// The payload by which a device is told something.
pub fn command(id: &str, method: &str, params: &Json) -> Vec<u8> {
    json!({ "id": id, "version": VERSION, "params": params, "method": method }).to_string().into_bytes()
}

fn fault(path: &str, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error("alink.shape", path, Bilingual::new(format!("{path}：{zh}"), format!("{path}: {en}")))
}

fn object(payload: &[u8]) -> Result<Map<String, Json>, Broken> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        let (zh, en) = (format!("消息超过 {PAYLOAD_BYTES_MAX} 字节"), format!("longer than {PAYLOAD_BYTES_MAX} bytes"));
        return Err(Broken::of(Json::Null, "alink.size", "", &zh, &en));
    }
    let json: Json = serde_json::from_slice(payload)
        .map_err(|e| Broken::of(Json::Null, "alink.json", "", &format!("不是 JSON：{e}"), &format!("no JSON: {e}")))?;
    let Json::Object(mut object) = json else {
        return Err(Broken::of(Json::Null, "alink.shape", "", "应为 JSON 对象", "must be a JSON object"));
    };
    if object.values().any(|v| is_deeper(v, DEPTH_MAX)) {
        let id = id(&mut object, &mut Diagnostics::new());
        let (zh, en) = (format!("嵌套超过 {DEPTH_MAX} 层"), format!("nested deeper than {DEPTH_MAX}"));
        return Err(Broken::of(id, "alink.depth", "", &zh, &en));
    }
    Ok(object)
}

fn is_deeper(json: &Json, depth: usize) -> bool {
    match json {
        Json::Array(items) => depth == 0 || items.iter().any(|v| is_deeper(v, depth - 1)),
        Json::Object(members) => depth == 0 || members.values().any(|v| is_deeper(v, depth - 1)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// A text or a whole number; the answer repeats it as it was.
fn id(object: &mut Map<String, Json>, found: &mut Diagnostics) -> Json {
    match object.remove("id") {
        Some(Json::String(s)) if !s.is_empty() && s.chars().count() <= ID_CHARS_MAX => Json::String(s),
        Some(Json::Number(n)) if n.is_i64() || n.is_u64() => Json::Number(n),
        _ => {
            found.push(fault(
                "/id",
                "应为 1 到 64 个字符的文本或整数",
                "must be a text of 1 to 64 characters or a whole number",
            ));
            Json::Null
        }
    }
}

fn id_text(id: &Json) -> String {
    match id {
        Json::String(s) => s.clone(),
        other => other.to_string(),
    }
}
