//! The built program, started by a test on a free port with a data folder of its own, and stopped by its own pid.

use documents::Role;
use serde_json::Value as Json;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connection is kept for the next request: less than the server keeps one that says nothing.
const IDLE: Duration = Duration::from_secs(5);

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) data: PathBuf,
    pub(crate) base: String,
    /// The address with the one-time code, as `serve` prints it.
    pub(crate) url: String,
    client: reqwest::Client,
}

/// A command of the built program.
#[expect(clippy::disallowed_methods, reason = "a test starts the program it is about")]
pub(crate) fn castellan(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castellan"));
    command.args(args).env_remove("CASTELLAN_DATA").env("CASTELLAN_LOG", "warn").env("LANG", "en_GB.UTF-8");
    command
}

/// Runs a command to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    castellan(args).output().unwrap()
}

impl Server {
    /// Starts the demo building on a data folder, on a free port.
    pub(crate) fn start(data: &Path) -> Server {
        Server::start_with(data, &["--demo"])
    }

    pub(crate) fn start_with(data: &Path, args: &[&str]) -> Server {
        let folder = data.to_str().unwrap();
        let mut child = castellan(&["serve", "--data", folder, "--port", "0", "--mqtt-port", "0", "--json"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let started: Json = serde_json::from_str(&line).unwrap_or_else(|e| panic!("serve printed {line:?}: {e}"));
        let text = |key: &str| started[key].as_str().unwrap().to_string();
        let client = reqwest::Client::builder().timeout(PATIENCE).pool_idle_timeout(IDLE).build().unwrap();
        Server { child, data: data.into(), base: format!("http://{}", text("address")), url: text("url"), client }
    }

    /// A fresh token of a role, made on the command line.
    pub(crate) fn token(&self, role: Role) -> String {
        let role = serde_json::to_value(role).unwrap();
        let role = role.as_str().unwrap();
        let out = run(&["token", "create", "--role", role, "--name", role, "--data", self.data.to_str().unwrap()]);
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap().trim().to_string()
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Json {
        let (status, body) = self.send(self.client.get(format!("{}{path}", self.base)).bearer_auth(token)).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Json) -> (u16, Json) {
        self.send(self.client.post(format!("{}{path}", self.base)).bearer_auth(token).json(&body)).await
    }

    pub(crate) async fn patch(&self, token: &str, path: &str, body: Json) -> (u16, Json) {
        self.send(self.client.patch(format!("{}{path}", self.base)).bearer_auth(token).json(&body)).await
    }

    /// Says a sentence; a conversation goes on when `conversation` names one.
    pub(crate) async fn say(&self, token: &str, conversation: Option<&str>, text: &str) -> Json {
        let mut body = serde_json::json!({ "text": text });
        if let Some(id) = conversation {
            body["conversation_id"] = id.into();
        }
        let (status, reply) = self.post(token, "/api/conversation/process", body).await;
        assert_eq!(status, 200, "{text}: {reply}");
        reply
    }

    /// Asks until the answer is as wanted; the machine may be slow, the building has its own pace.
    pub(crate) async fn until(&self, token: &str, path: &str, wanted: impl Fn(&Json) -> bool) -> Json {
        let steps = PATIENCE.as_millis() / 100;
        let mut last = Json::Null;
        for _ in 0..steps {
            last = self.get(token, path).await;
            if wanted(&last) {
                return last;
            }
            pause(100).await;
        }
        panic!("{path} never became what was wanted: {last}");
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Json) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Json::String(text)))
    }

    /// Pulls the plug.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as a service manager does, and waits.
    pub(crate) fn stop(mut self) {
        #[expect(clippy::disallowed_methods, reason = "the standard library sends no signal but kill")]
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success() && self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Lets the machine's time pass.
#[expect(clippy::disallowed_methods, reason = "the program under test runs on the machine's clock")]
pub(crate) async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// How much longer loops run in `make soak`.
pub(crate) fn soak() -> usize {
    std::env::var("SOAK").ok().and_then(|s| s.parse().ok()).unwrap_or(1)
}
