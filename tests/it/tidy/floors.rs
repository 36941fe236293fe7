//! The floors of the building: who may use whom, and what the pure crates may never reach. Judged by the manifests
//! alone (`cargo metadata`), because what is not in a manifest cannot be used.

use super::{Files, clean, files, finds, has_word, is_test, root, rust};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Every crate with its floor. A crate uses only floors below its own.
const FLOORS: &[(&str, u8)] = &[
    ("base", 0),
    ("things", 0),
    ("documents", 0),
    ("policy", 1),
    ("engine", 1),
    ("language", 1),
    ("manual", 1),
    ("views", 1),
    ("exchange", 2),
    ("access", 2),
    ("drivers", 2),
    ("store", 2),
    ("agent", 2),
    ("runtime", 3),
    ("tools", 4),
    ("api", 5),
    ("evals", 5),
    ("castellan", 6),
];

/// What is allowed within a floor: the ground floor stands on itself.
const WITHIN: &[(&str, &str)] = &[("things", "base"), ("documents", "base"), ("documents", "things")];

/// Crates that decide: no async, no input or output, no clock, no random.
const PURE: &[&str] = &["base", "things", "documents", "policy", "engine", "language", "manual", "views", "exchange"];

/// What a pure crate may not reach, by any path.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "fastrand",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "rand_core",
    "reqwest",
    "rumqttc",
    "rusqlite",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "tempfile",
    "tokio",
    "uuid",
    "wasm-bindgen",
];

/// Parts of the standard library that a pure crate may not name outside its tests.
const IMPURE_STD: &[&str] = &["std::env", "std::fs", "std::net", "std::process", "std::thread", "std::os", "tokio"];

/// External crates that stand for a kind of knowledge, and who alone has it.
const OWNED: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("axum", &["api"]),
    ("aide", &["api"]),
    ("tower-http", &["api"]),
    ("reqwest", &["agent", "castellan"]),
    ("rmqtt-codec", &["access"]),
    ("rmqtt-net", &["access"]),
    ("rumqttc", &["drivers"]),
    ("tokio-modbus", &["drivers"]),
    ("tokio-serial", &["drivers"]),
];

/// The ways to another machine, and where alone they may be named: the doors that people and devices use, the drivers,
/// and the command line that talks to the running server. Remote models join this list with their first real content.
const SOCKETS: &[(&str, &[&str])] = &[
    ("rmqtt_net", &["src/access/"]),
    ("rumqttc", &["src/drivers/mqtt/"]),
    ("SerialStream", &["src/drivers/modbus/"]),
    ("TcpListener", &["src/api/"]),
    ("UnixListener", &["src/api/"]),
    ("UnixStream", &["src/api/", "src/main.rs", "src/cli"]),
    // The door of the API names those that it accepted.
    ("TcpStream", &["src/drivers/modbus/", "src/drivers/webhook/", "src/access/examples/", "src/api/listen.rs"]),
    // Asks the system for its own address by which others reach it, and sends nothing.
    ("UdpSocket", &["src/cli/certificate.rs"]),
    // The measurement is its own client.
    ("tokio_tungstenite", &["src/cli/bench_socket.rs"]),
    ("reqwest", &["src/main.rs", "src/cli"]),
];

/// What `cargo metadata` says about one package.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) licence: Option<String>,
    /// Whether it is one of ours.
    pub(super) member: bool,
    /// Names of what it uses when it runs or is built; tests may use what they like.
    pub(super) uses: BTreeSet<String>,
}

/// The packages of this workspace and of everything that it uses on this platform.
pub(super) static PACKAGES: LazyLock<Vec<Package>> = LazyLock::new(|| {
    let host = output("rustc", &["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host];
    packages(&serde_json::from_str(&output(env!("CARGO"), &arguments)).unwrap())
});

#[expect(clippy::disallowed_methods, reason = "a test asks cargo; no server is running here")]
fn output(program: &str, arguments: &[&str]) -> String {
    let done = std::process::Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Reads the answer of `cargo metadata`.
fn packages(metadata: &Value) -> Vec<Package> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let members: BTreeSet<String> = list(&metadata["workspace_members"]).iter().map(text).collect();
    let all = list(&metadata["packages"]);
    let names: BTreeMap<String, String> = all.iter().map(|p| (text(&p["id"]), text(&p["name"]))).collect();
    let used = |edge: &Value| list(&edge["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev");
    let uses: BTreeMap<String, BTreeSet<String>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| {
            let edges = list(&node["deps"]);
            let edges = edges.iter().filter(|edge| used(edge));
            (text(&node["id"]), edges.filter_map(|edge| names.get(&text(&edge["pkg"])).cloned()).collect())
        })
        .collect();
    let package = |p: &Value| {
        let id = text(&p["id"]);
        Package {
            name: text(&p["name"]),
            version: text(&p["version"]),
            licence: p["license"].as_str().map(str::to_owned),
            member: members.contains(&id),
            uses: uses.get(&id).cloned().unwrap_or_default(),
        }
    };
    // Packages of other platforms are listed, yet no node of the graph is theirs.
    all.iter().filter(|p| uses.contains_key(&text(&p["id"]))).map(package).collect()
}

fn check(packages: &[Package]) -> Vec<String> {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let members: Vec<&Package> = packages.iter().filter(|p| p.member).collect();
    let mut found = Vec::new();
    for package in &members {
        let name = package.name.as_str();
        let Some(floor) = floors.get(name) else {
            found.push(format!("{name}: on no floor; add it to FLOORS"));
            continue;
        };
        for used in &package.uses {
            if let Some(below) = floors.get(used.as_str())
                && below >= floor
                && !WITHIN.contains(&(name, used))
            {
                found.push(format!("{name} (floor {floor}) uses {used} (floor {below})"));
            }
            if let Some((_, owners)) = OWNED.iter().find(|(external, _)| external == used)
                && !owners.contains(&name)
            {
                found.push(format!("{name} uses {used}, which only {} may", owners.join(" and ")));
            }
        }
        if PURE.contains(&name) {
            let reached = reach(packages, name);
            found.extend(
                IMPURE.iter().filter(|i| reached.contains(**i)).map(|i| format!("{name} is pure and reaches {i}")),
            );
        }
    }
    let gone = |name: &str| !members.iter().any(|p| p.name == name);
    found.extend(
        FLOORS.iter().filter(|(name, _)| gone(name)).map(|(name, _)| format!("{name}: in FLOORS, and no crate")),
    );
    found
}

/// Everything that a package uses, directly or not.
fn reach(packages: &[Package], name: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        for used in packages.iter().filter(|p| p.name == name).flat_map(|p| &p.uses) {
            if reached.insert(used.clone()) {
                open.push(used.clone());
            }
        }
    }
    reached
}

/// What the standard library offers is in no manifest.
fn check_sources(files: &Files) -> Vec<String> {
    let pure = |path: &str| PURE.iter().any(|name| path.starts_with(&format!("src/{name}/")));
    let mut found = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs") && pure(path) && !is_test(path)) {
        let code = rust::mask(rust::without_tests(text));
        found.extend(
            IMPURE_STD
                .iter()
                .filter(|word| has_word(&code, word))
                .map(|word| format!("{path}: is pure and names {word}")),
        );
    }
    found
}

/// Nobody else listens, and nobody calls out.
fn check_sockets(files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs") && !is_test(path)) {
        let code = rust::mask(rust::without_tests(text));
        for (socket, places) in SOCKETS {
            let placed = places.iter().any(|place| path.starts_with(place));
            if !placed && has_word(&code, socket) {
                found.push(format!("{path}: names {socket}, which opens a way to other machines"));
            }
        }
    }
    found
}

#[test]
fn sockets_are_opened_in_known_places() {
    clean(&check_sockets(&super::REPOSITORY));
}

#[test]
fn a_way_out_is_found() {
    let texts = [
        ("src/api/listen.rs", "TcpListener::bind(a)"),
        ("src/store/a.rs", "// TcpStream\nTcpStream::connect(a)"),
        ("src/runtime/tests.rs", "TcpStream::connect(a)"),
        ("src/agent/a.rs", "reqwest::get(a)"),
    ];
    let found = ["src/agent/a.rs: names reqwest", "src/store/a.rs: names TcpStream"];
    finds(
        &check_sockets(&files(&texts)),
        &found.map(|f| format!("{f}, which opens a way to other machines")).each_ref().map(String::as_str),
    );
}

#[test]
fn no_crate_looks_up() {
    clean(&check(&PACKAGES));
}

#[test]
fn pure_sources_name_no_input_or_output() {
    clean(&check_sources(&super::REPOSITORY));
}

#[test]
fn looking_up_is_found() {
    let uses: &[(&str, &[&str])] = &[
        ("base", &["ulid"]),
        ("things", &["base"]),
        ("documents", &["things", "base"]),
        ("policy", &["engine"]),
        ("engine", &["documents", "tokio"]),
        ("language", &["store"]),
        ("manual", &[]),
        ("exchange", &["documents"]),
        ("views", &[]),
        ("access", &["things"]),
        ("drivers", &["sqlx"]),
        ("store", &["sqlx"]),
        ("agent", &["language"]),
        ("runtime", &["store", "engine"]),
        ("tools", &["runtime"]),
        ("api", &["tools", "axum"]),
        ("evals", &["tools", "api"]),
        ("castellan", &["api"]),
        ("cellar", &["api"]),
        ("ulid", &["rand"]),
        ("rand", &[]),
    ];
    let package = |(name, uses): &(&str, &[&str])| Package {
        name: (*name).to_owned(),
        member: !["ulid", "rand"].contains(name),
        uses: uses.iter().map(|u| (*u).to_owned()).collect(),
        ..Package::default()
    };
    let mut packages: Vec<Package> = uses.iter().map(package).collect();
    finds(
        &check(&packages),
        &[
            "base is pure and reaches rand",
            "things is pure and reaches rand",
            "documents is pure and reaches rand",
            "policy (floor 1) uses engine (floor 1)",
            "policy is pure and reaches rand",
            "policy is pure and reaches tokio",
            "engine is pure and reaches rand",
            "engine is pure and reaches tokio",
            "language (floor 1) uses store (floor 2)",
            "language is pure and reaches sqlx",
            "exchange is pure and reaches rand",
            "drivers uses sqlx, which only store may",
            "evals (floor 5) uses api (floor 5)",
            "cellar: on no floor; add it to FLOORS",
        ],
    );
    packages.retain(|p| p.name == "base" || p.name == "things");
    assert_eq!(check(&packages).len(), FLOORS.len() - 2, "crates that are gone");
}

#[test]
fn metadata_is_read() {
    let metadata = serde_json::json!({
        "workspace_members": ["a#1"],
        "packages": [
            {"id": "a#1", "name": "a", "version": "1", "license": "MIT"},
            {"id": "b#1", "name": "b", "version": "2", "license": null},
            {"id": "c#1", "name": "c", "version": "3", "license": "MIT"}
        ],
        "resolve": {"nodes": [
            {"id": "a#1", "deps": [
                {"pkg": "b#1", "dep_kinds": [{"kind": null}]},
                {"pkg": "c#1", "dep_kinds": [{"kind": "dev"}]}
            ]},
            {"id": "b#1", "deps": []}
        ]}
    });
    let package = |name: &str, version: &str, licence: Option<&str>, member, uses: &[&str]| Package {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: licence.map(str::to_owned),
        member,
        uses: uses.iter().map(|u| (*u).to_owned()).collect(),
    };
    assert_eq!(
        packages(&metadata),
        [package("a", "1", Some("MIT"), true, &["b"]), package("b", "2", None, false, &[])]
    );
}

#[test]
fn input_and_output_in_a_pure_source_are_found() {
    let text = "use std::fs;\n// std::net\nfn f() {}\n#[cfg(test)]\nmod tests { use std::env; }";
    finds(
        &check_sources(&files(&[("src/engine/a.rs", text), ("src/store/a.rs", text)])),
        &["src/engine/a.rs: is pure and names std::fs"],
    );
}
