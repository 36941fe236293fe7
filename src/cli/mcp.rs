//! `mcp`: the Model Context Protocol on standard input and output, for agents that start their servers themselves. Each
//! line is one message; it is passed on to the running server, and what that answers is written as lines.
//!
//! What it is *not*: it knows no tool and decides nothing. The server takes whoever comes in here for an agent.

use super::args::Mcp;
use super::client::Client;
use super::failure::Failure;
use super::{folder, read_file, say};
use api::ProblemBody;
use base::{Bilingual, Lang};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value as Json, json};
use std::io::{BufRead, Read};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::task::JoinSet;

/// Where the server speaks to agents.
const PATH: &str = "/mcp";
/// Longest message, in bytes.
const MESSAGE_BYTES_MAX: u64 = 1024 * 1024;
/// Requests that are under way at the same time; further ones wait.
const REQUESTS_MAX: usize = 16;
/// Messages that wait to be passed on.
const LINES_MAX: usize = 64;
/// Answers that wait to be written.
const ANSWERS_MAX: usize = 64;
/// How long answers are waited for once nothing more is asked.
const LAST_ANSWERS: Duration = Duration::from_secs(15);
/// The environment variable with the token.
const TOKEN: &str = "CASTELLAN_TOKEN";
/// What a message says of the version of the protocol where it says so itself.
const VERSION_OF_MESSAGE: &str = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

/// Codes of JSON-RPC.
const NOT_JSON: i64 = -32_700;
const FAILED: i64 = -32_000;

pub(super) async fn run(args: Mcp, lang: Lang) -> Result<ExitCode, Failure> {
    let client = Client::running(&folder::path(&args.folder)?, lang).await?;
    let token = match &args.token_file {
        Some(file) => Some(read_file(file)?),
        None => std::env::var(TOKEN).ok(),
    };
    let token = token.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let bridge = Arc::new(Bridge { client, token, lang, session: Mutex::new(Session::default()) });
    let (said, lines) = mpsc::channel(LINES_MAX);
    let (answers, mut written) = mpsc::channel::<String>(ANSWERS_MAX);
    // Standard input and output block, so each has a thread. That of the input ends with the process at the latest.
    tokio::task::spawn_blocking(move || read_lines(&said));
    let writer = tokio::task::spawn_blocking(move || {
        while let Some(line) = written.blocking_recv() {
            say(&line);
        }
    });
    bridge.clone().read(lines, answers).await;
    drop(writer.await);
    bridge.end().await;
    Ok(ExitCode::SUCCESS)
}

/// Reads lines until there are no more. One that is too long ends the reading: what follows it could not be told apart.
fn read_lines(said: &mpsc::Sender<Vec<u8>>) {
    let mut lines = std::io::stdin().lock();
    loop {
        let mut line = Vec::new();
        match (&mut lines).take(MESSAGE_BYTES_MAX).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) if line.last() != Some(&b'\n') && line.len() as u64 == MESSAGE_BYTES_MAX => {
                tracing::error!("a message is longer than {MESSAGE_BYTES_MAX} bytes; nothing more is read");
                return;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "standard input cannot be read");
                return;
            }
        }
        if said.blocking_send(line).is_err() {
            return;
        }
    }
}

/// Between the agent and the server.
struct Bridge {
    client: Client,
    token: Option<String>,
    lang: Lang,
    session: Mutex<Session>,
}

/// What was begun with the server.
#[derive(Default, Clone)]
struct Session {
    id: Option<String>,
    version: Option<String>,
    /// How it was begun, to begin again when the server was started anew.
    begun: Option<Json>,
}

impl Bridge {
    /// Passes every message on until there are no more.
    async fn read(self: Arc<Self>, mut lines: mpsc::Receiver<Vec<u8>>, answers: mpsc::Sender<String>) {
        let places = Arc::new(Semaphore::new(REQUESTS_MAX));
        let mut under_way = JoinSet::new();
        while let Some(line) = lines.recv().await {
            while under_way.try_join_next().is_some() {}
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let Ok(message) = serde_json::from_slice::<Json>(&line) else {
                drop(answers.send(fault(&Json::Null, NOT_JSON, "the line is not JSON")).await);
                continue;
            };
            // A session begins before anything else is asked in it; what is only told keeps its order.
            let waits = message["method"] == "initialize" || message.get("id").is_none();
            let Ok(place) = places.clone().acquire_owned().await else { break };
            let (bridge, answers) = (self.clone(), answers.clone());
            let task = async move {
                for answer in bridge.pass_on(&message).await {
                    drop(answers.send(answer).await);
                }
                drop(place);
            };
            if waits { task.await } else { drop(under_way.spawn(task)) }
        }
        let last = async { while under_way.join_next().await.is_some() {} };
        drop(tokio::time::timeout(LAST_ANSWERS, last).await);
    }

    /// What the server answers to a message.
    async fn pass_on(&self, message: &Json) -> Vec<String> {
        match self.ask(message).await {
            Ok(answers) => answers,
            Err(failure) => {
                tracing::warn!(method = %message["method"], "{}", failure.what.en);
                let text = match &failure.help {
                    Some(help) => format!("{}; {}", failure.what.get(self.lang), help.get(self.lang)),
                    None => failure.what.get(self.lang).to_owned(),
                };
                message.get("id").map(|id| fault(id, FAILED, &text)).into_iter().collect()
            }
        }
    }

    async fn ask(&self, message: &Json) -> Result<Vec<String>, Failure> {
        let begins = message["method"] == "initialize";
        if begins {
            *self.session.lock().await = Session { begun: Some(message.clone()), ..Session::default() };
        }
        let session = self.session.lock().await.clone();
        let mut response = self.send(message, &session).await?;
        if response.status() == StatusCode::NOT_FOUND && session.id.is_some() {
            let session = self.begin_again(&session).await?;
            response = self.send(message, &session).await?;
        }
        let id = session_of(&response);
        let answers = self.answers(response).await?;
        if begins {
            self.began(id, &answers).await;
        }
        Ok(answers)
    }

    /// The server no longer knows the session: it was started anew, or nothing was said for long.
    async fn begin_again(&self, lost: &Session) -> Result<Session, Failure> {
        let mut session = self.session.lock().await;
        // Another message may have done it already.
        if session.id != lost.id {
            return Ok(session.clone());
        }
        if let Some(begin) = session.begun.clone() {
            let response = self.send(&begin, &Session::default()).await?;
            let id = session_of(&response);
            self.answers(response).await?;
            session.id = id;
            let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
            self.answers(self.send(&ready, &session).await?).await?;
        }
        Ok(session.clone())
    }

    async fn began(&self, id: Option<String>, answers: &[String]) {
        let version = answers.iter().find_map(|a| {
            let answer: Json = serde_json::from_str(a).ok()?;
            answer.pointer("/result/protocolVersion")?.as_str().map(str::to_owned)
        });
        let mut session = self.session.lock().await;
        (session.id, session.version) = (id, version);
    }

    async fn send(&self, message: &Json, session: &Session) -> Result<Response, Failure> {
        let mut request = self.request(Method::POST, session).json(message);
        if let Some(version) = message.pointer(VERSION_OF_MESSAGE).and_then(Json::as_str) {
            request = request.header("mcp-protocol-version", version);
            for (name, value) in [("mcp-method", &message["method"]), ("mcp-name", &message["params"]["name"])] {
                if let Some(value) = value.as_str() {
                    request = request.header(name, value);
                }
            }
        } else if let Some(version) = &session.version {
            request = request.header("mcp-protocol-version", version);
        }
        request.send().await.map_err(|e| {
            Failure::system("服务器没有应答", "the server does not answer", &e)
                .help("用 castellan serve 启动它", "start it with `castellan serve`")
        })
    }

    fn request(&self, method: Method, session: &Session) -> RequestBuilder {
        let mut request =
            self.client.request(method, PATH).header(header::ACCEPT, "application/json, text/event-stream");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(id) = &session.id {
            request = request.header("mcp-session-id", id);
        }
        request
    }

    /// The messages of an answer: one as JSON, or several as events.
    async fn answers(&self, response: Response) -> Result<Vec<String>, Failure> {
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or_default();
        let (events, problem) = (kind.starts_with("text/event-stream"), kind.starts_with("application/problem+json"));
        let text = response
            .text()
            .await
            .map_err(|e| Failure::system("与服务器的连接中断", "the connection to the server broke", &e))?;
        if problem && let Ok(problem) = serde_json::from_str::<ProblemBody>(&text) {
            let (detail, code) = (problem.detail, problem.code);
            return Err(Failure::new(format!("{detail}（{code}）"), format!("{detail} ({code})")));
        }
        let message = |text: &str| serde_json::from_str::<Json>(text).ok().map(|json| json.to_string());
        if events {
            return Ok(data(&text).iter().filter_map(|d| message(d)).collect());
        }
        // What the protocol itself refuses is a message too, with a status that says so.
        match message(&text) {
            Some(answer) => Ok(vec![answer]),
            None if status.is_success() => Ok(Vec::new()),
            None => {
                let said = Bilingual::new(format!("服务器答复 {status}"), format!("the server answered {status}"));
                Err(Failure::new(format!("{}：{text}", said.zh), format!("{}: {text}", said.en)))
            }
        }
    }

    /// Says that the session is over. A server that has gone knows.
    async fn end(&self) {
        let session = self.session.lock().await.clone();
        if session.id.is_some() {
            drop(self.request(Method::DELETE, &session).send().await);
        }
    }
}

fn session_of(response: &Response) -> Option<String> {
    response.headers().get("mcp-session-id").and_then(|id| id.to_str().ok()).map(str::to_owned)
}

/// What the events of a stream carry.
fn data(stream: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in stream.lines() {
        if let (Some(data), Some(last)) = (line.strip_prefix("data:"), found.last_mut()) {
            last.push_str(data.strip_prefix(' ').unwrap_or(data));
        } else if line.is_empty() {
            found.push(String::new());
        }
    }
    found.retain(|d| !d.is_empty());
    found
}

fn fault(id: &Json, code: i64, message: &str) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_apart() {
        let stream = ": ping\n\nid: 1\ndata: {\"a\":\ndata: 1}\n\ndata:{}\nretry: 3\n\ndata: \n\n";
        assert_eq!(data(stream), ["{\"a\":1}", "{}"]);
        assert!(fault(&json!(7), FAILED, "x").contains("\"id\":7"));
    }
}
