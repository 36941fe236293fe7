//! The API against its own description: schemathesis makes requests out of the OpenAPI document, good ones and bad ones,
//! and looks whether each answer is one that the document allows.

use crate::peers;
use crate::server::{Server, soak};
use documents::Role;

/// How long it tries, in seconds; longer in `make soak`.
const SECONDS: usize = 75;
/// Tries of each operation in a round.
const EXAMPLES: &str = "6";
/// What it must not try with the token that it works with: taking that one back.
const LAST: &str = "revokeToken";

fn tried(server: &Server, more: &[&str], seconds: usize) -> String {
    let token = server.token(Role::Owner);
    let description = format!("{}/api/openapi.json", server.base);
    let mut command = peers::python();
    command.args(["-m", "schemathesis.cli", "--config-file"]).arg(peers::script("schemathesis.toml"));
    command.args(["run", &description, "--header", &format!("Authorization: Bearer {token}")]);
    command.args(["--max-time", &seconds.to_string(), "--max-examples", EXAMPLES, "--request-timeout", "30"]);
    // Below what one token may ask for, so that it is the operations that answer.
    command.args(["--rate-limit", "80/s", "--continue-on-failure", "--suppress-health-check", "all", "--no-color"]);
    if soak() == 1 {
        // The same requests each time; `make soak` looks further.
        command.args(["--seed", "4"]);
    }
    let folder = tempfile::tempdir().unwrap();
    let out = peers::run(command.args(more).current_dir(folder.path()));
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{said}\n{}", String::from_utf8_lossy(&out.stderr));
    said
}

#[test]
fn every_answer_is_one_that_the_description_allows() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let said = tried(&server, &["--exclude-operation-id", LAST], SECONDS * soak());
    assert!(said.contains("Tested:"), "{said}");
    tried(&server, &["--include-operation-id", LAST], SECONDS / 10);
    server.stop();
}
