//! Agents of other people on the built program: the MCP clients of PyPI and of npm list the tools and call them, over
//! HTTP and over standard input and output. They act where policy lets them, and they fail to approve.

use crate::peers;
use crate::server::{Server, castellan};
use base::id::PointId;
use documents::Role;
use runtime::sim;
use serde_json::{Value as Json, json};
use std::process::{Command, Stdio};

/// A client that a test starts: its name, the command, and the arguments before those that are common.
const CLIENTS: &[(&str, &[&str])] = &[("python", &["auto"]), ("python", &["legacy"]), ("node", &[])];

fn client(name: &str, first: &[&str]) -> Command {
    let mut command = match name {
        "python" => peers::python(),
        _ => peers::node(),
    };
    let script = if name == "python" { "agent.py" } else { "agent/agent.cjs" };
    command.arg(peers::script(script)).args(first);
    command
}

/// Runs a client to its end; what it printed last is its report.
fn report(command: &mut Command) -> Json {
    let out = peers::run(command);
    let said = String::from_utf8_lossy(&out.stdout);
    let last = said.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|e| panic!("{e}: {out:?}"))
}

fn lamp() -> PointId {
    sim::point("desk_lamp", "power")
}

/// What every client is told to do.
fn calls() -> String {
    let lock = sim::point("front_lock", "locked");
    let command = |point: PointId, to: Json| json!({ "tool": "command_propose", "arguments": { "acts": [{ "point": point, "setting": { "to": to } }] } });
    json!([
        { "tool": "point_search", "arguments": { "query": "desk lamp" } },
        command(lamp(), json!(true)),
        command(lamp(), json!(false)),
        command(lock, json!(false)),
        command(sim::point("meeting_ac", "target_temperature"), json!(99)),
        { "tool": "proposal_approve", "arguments": {} },
        { "tool": "rule_list" },
        { "tool": "scene_run", "arguments": { "scene": "下班" } },
    ])
    .to_string()
}

/// Whether a client saw the tools as they are, and got what policy gives.
fn check(who: &str, said: &Json) {
    assert_eq!(said["server"], "castellan", "{who}: {said}");
    assert!(said["instructions"].as_str().unwrap().contains("point_search"));
    let tools = said["tools"].as_array().unwrap();
    assert!(tools.len() >= 15, "{who}: {} tools", tools.len());
    for tool in tools {
        assert_eq!((&tool["inputSchema"]["type"], &tool["outputSchema"]["type"]), (&json!("object"), &json!("object")));
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{who}: {hint} of {}", tool["name"]);
        }
        assert!(!tool["name"].as_str().unwrap().contains("approve"));
    }
    let hint = |name: &str| {
        let tool = tools.iter().find(|t| t["name"] == name).unwrap();
        (tool["annotations"]["readOnlyHint"].as_bool(), tool["annotations"]["destructiveHint"].as_bool())
    };
    assert_eq!((hint("point_read"), hint("command_propose")), ((Some(true), Some(false)), (Some(false), Some(true))));

    let results = said["results"].as_array().unwrap();
    let at =
        |n: usize, place: &str| results[n].pointer(place).unwrap_or_else(|| panic!("{who}, call {n}: {results:#?}"));
    assert!(at(0, "/output/total").as_u64().unwrap() > 0);
    assert_eq!(at(1, "/output/receipts/0/state"), "confirmed");
    assert_eq!(at(2, "/output/receipts/0/state"), "confirmed");
    assert!(at(2, "/text/1").as_str().unwrap().contains("turn_undo"), "it says what takes it back");
    let text: Json = serde_json::from_str(at(2, "/text/0").as_str().unwrap()).unwrap();
    assert_eq!(&text, at(2, "/output"), "the text is the output");
    assert_eq!((at(3, "/output/receipts"), at(3, "/output/proposals/0/state")), (&json!([]), &json!("pending")));
    assert_eq!(at(4, "/error"), true);
    let fault = at(4, "/text/0").as_str().unwrap();
    assert!(fault.starts_with("out_of_range") && fault.contains("/acts/0/setting") && fault.contains("16"), "{fault}");
    assert_eq!(at(5, "/code"), -32_602, "there is no tool that approves");
    assert!(at(6, "/output/rules").is_array());
    assert_eq!(at(7, "/output/receipts/0/state"), "confirmed");
}

#[tokio::test]
async fn agents_come_in_over_http_and_fail_to_approve() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let (owner, agent) = (server.token(Role::Owner), server.token(Role::Agent));
    let url = format!("{}/mcp", server.base);
    for (name, first) in CLIENTS {
        let who = format!("{name} {first:?}");
        let mut command = client(name, first);
        let said = report(command.args(["http", &url, &calls()]).env("AGENT_TOKEN", &agent));
        check(&who, &said);
        // The proposal that it made is not for it to approve, by whichever door.
        let proposal = &said["results"][3]["output"]["proposals"][0];
        let path = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
        let (status, body) = server.post(&agent, &path, json!({ "hash": proposal["hash"] })).await;
        assert_eq!((status, &body["code"]), (403, &json!("policy.denied")), "{who}");
        let commands = server.get(&owner, &format!("/api/points/{}/why", lamp())).await;
        assert_eq!(
            (&commands["actor"]["name"], &commands["actor"]["channel"]),
            (&json!("agent"), &json!("mcp")),
            "{who}"
        );
    }
    // Nobody but an agent comes in, and no other site.
    let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let (status, body) = server.post(&owner, "/mcp", hello.clone()).await;
    assert_eq!((status, &body["code"]), (403, &json!("mcp.agents_only")));
    assert!(body["detail"].as_str().unwrap().contains("castellan token create --role agent"));
    let request = |origin: &str| {
        let client = reqwest::Client::new();
        client.post(&url).bearer_auth(&agent).header("origin", origin.to_owned()).json(&hello).send()
    };
    assert_eq!(request("https://evil.example").await.unwrap().status(), 403);
    assert_ne!(request(&server.base).await.unwrap().status(), 403);
    server.stop();
}

#[tokio::test]
async fn agents_that_start_their_server_come_in_over_stdio() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap().to_owned();
    let program = env!("CARGO_BIN_EXE_castellan");
    let server = Server::start(dir.path());
    let (owner, agent) = (server.token(Role::Owner), server.token(Role::Agent));
    let why = format!("/api/points/{}/why", lamp());
    for (name, first) in CLIENTS {
        for (token, called) in [(Some(&agent), "agent"), (None, "local")] {
            let who = format!("{name} {first:?} as {called}");
            let mut command = client(name, first);
            command.env_remove("CASTELLAN_TOKEN").env_remove("CASTELLAN_DATA").env("CASTELLAN_LOG", "warn");
            if let Some(token) = token {
                command.env("CASTELLAN_TOKEN", token);
            }
            let said = report(command.args(["stdio", program, "mcp", "--data", &folder, &calls()]));
            check(&who, &said);
            assert_eq!(server.get(&owner, &why).await["actor"]["name"], called, "{who}");
        }
    }
    // The token of an owner is refused, in words.
    let mut bridge = castellan(&["mcp", "--data", &folder]);
    let begin = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} });
    let answer = told(bridge.env("CASTELLAN_TOKEN", &owner), &format!("{begin}\nnonsense\n"));
    assert!(answer[0]["error"]["message"].as_str().unwrap().contains("role `agent`"), "{answer:?}");
    assert_eq!(answer[1]["error"]["code"], -32_700);
    server.stop();
    // Without a server it says so and ends.
    let out = castellan(&["mcp", "--data", &folder]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(out.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&out.stderr).contains("castellan serve"), "{out:?}");
}

/// A server that is started anew has forgotten its sessions; the bridge begins another one and nobody notices.
#[tokio::test]
async fn a_session_over_stdio_outlives_the_server() {
    use std::io::{BufRead, BufReader, Write};
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap().to_owned();
    let server = Server::start(dir.path());
    let mut bridge = castellan(&["mcp", "--data", &folder])
        .env_remove("CASTELLAN_TOKEN")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = bridge.stdin.take().unwrap();
    let mut from = BufReader::new(bridge.stdout.take().unwrap());
    let mut ask = move |message: Json, answered: bool| {
        writeln!(to, "{message}").unwrap();
        let mut line = String::new();
        if answered {
            from.read_line(&mut line).unwrap();
        }
        serde_json::from_str::<Json>(&line).unwrap_or(Json::Null)
    };
    let about = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about });
    let begun = ask(json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }), true);
    assert_eq!(begun["result"]["protocolVersion"], "2025-06-18", "{begun}");
    ask(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }), false);
    let mut list = |id: u64| ask(json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" }), true);
    assert!(list(2)["result"]["tools"].is_array());
    server.stop();
    let gone = list(3);
    assert!(gone["error"]["message"].as_str().unwrap().contains("castellan serve"), "{gone}");
    let server = Server::start_with(dir.path(), &[]);
    let again = list(4);
    assert!(again["result"]["tools"].is_array(), "{again}");
    bridge.kill().unwrap();
    bridge.wait().unwrap();
    server.stop();
}

/// What a command answers to lines, each as JSON.
fn told(command: &mut Command, lines: &str) -> Vec<Json> {
    use std::io::Write;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    String::from_utf8(out.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}
