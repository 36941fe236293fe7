//! Real programs that tests speak to: mosquitto and its clients, Python with paho, pymodbus and mcp, Node, socat. A test starts
//! them on 127.0.0.1 and a free port and stops them by their own process id. What is missing fails the test and says
//! what to install; nothing is skipped.
//!
//! It needs only the standard library, so that any test takes it in as a module of its own:
//!
//! ```ignore
//! #[cfg(test)]
//! #[path = "../../tests/peers/lib.rs"] // `../peers/lib.rs` from tests/it/main.rs
//! mod peers;
//!
//! let port = peers::free_port();
//! let mut broker = peers::mosquitto(port, &["max_keepalive 60"]);
//! let seen = peers::Peer::start("sub", peers::program("mosquitto_sub").args(["-p", &port.to_string(), "-t", "#", "-d"]));
//! seen.wait_for_text("SUBACK");
//! let sent = peers::run(peers::program("mosquitto_pub").args(["-p", &port.to_string(), "-t", "a", "-m", "1"]));
//! assert!(sent.status.success());
//! broker.stop(); // unplugged: the port is closed, and the same call of `mosquitto` brings it back
//!
//! let meter = peers::Peer::start("meter", peers::python().arg(peers::script("meter.py")).arg("5020"));
//! let (_line, ours, theirs) = peers::serial_pair(); // two ends of one serial line
//! ```
//!
//! Python is that of the folder in `CASTELLAN_PEERS`, else of `peers` in the target folder (`sh tests/setup.sh test`
//! makes it), else `python3` when it can import the packages. Scripts live in this folder.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait before looking again.
const STEP: Duration = Duration::from_millis(20);
/// What the Python of the tests can import.
const PACKAGES: &str = "import mcp, paho.mqtt.client, pymodbus, serial";

/// A port of this machine that nobody listens on, never given twice by one test program.
pub(crate) fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        if GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port) {
            return port;
        }
    }
}

/// Waits until somebody listens on a port. For a peer, [`Peer::wait_for_port`] also notices when it has ended.
pub(crate) fn wait_for_port(port: u16) {
    wait_until(&format!("nobody listens on port {port}"), || is_open(port));
}

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn wait_until(complaint: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..PATIENCE.as_millis() / STEP.as_millis() {
        if holds() {
            return;
        }
        rest();
    }
    panic!("{complaint} after {PATIENCE:?}");
}

fn is_open(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE).is_ok()
}

#[expect(clippy::disallowed_methods, reason = "another program runs on the machine's clock")]
fn rest() {
    std::thread::sleep(STEP);
}

#[expect(clippy::disallowed_methods, reason = "a test starts the peers it speaks to")]
fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    Command::new(program)
}

/// A command of a program that is installed; `mosquitto`, `mosquitto_pub`, `mosquitto_sub`, `socat`, `openssl`. It
/// prints line by line although nobody sits at a terminal.
pub(crate) fn program(name: &str) -> Command {
    let mut program = command(installed("stdbuf"));
    program.arg("-oL").arg(installed(name));
    program
}

fn installed(name: &str) -> PathBuf {
    // Debian keeps servers where only the superuser looks.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let file = folders.find_map(|folder| Some(folder.join(name)).filter(|file| file.is_file()));
    file.unwrap_or_else(|| panic!("{name} is missing: run `sh tests/setup.sh test`, which says what to install"))
}

/// The folder that `sh tests/setup.sh test` fills, if it is there.
fn installed_peers() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("CASTELLAN_PEERS") {
        return Some(folder.into());
    }
    let test = std::env::current_exe().unwrap();
    test.ancestors().map(|folder| folder.join("peers")).find(|folder| folder.exists())
}

/// A command of Node with the packages of `agent/`, whose folder stands in `AGENT_MODULES`.
pub(crate) fn node() -> Command {
    let folder = installed_peers().map(|peers| peers.join("agent")).filter(|f| f.join("node_modules").exists());
    let folder =
        folder.unwrap_or_else(|| panic!("the packages of tests/peers/agent are missing: run `sh tests/setup.sh test`"));
    let mut node = command(installed("node"));
    node.env("AGENT_MODULES", folder);
    node
}

/// A command of a Python that has mcp, paho, pymodbus and pyserial.
pub(crate) fn python() -> Command {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    command(FOUND.get_or_init(|| {
        let file = installed_peers().map_or_else(|| "python3".into(), |peers| peers.join("bin/python"));
        match command(&file).args(["-c", PACKAGES]).output() {
            Ok(tried) if tried.status.success() => file,
            tried => panic!(
                "{} has no mcp, paho-mqtt, pymodbus and pyserial: run `sh tests/setup.sh test`, or set CASTELLAN_PEERS to \
                 the folder of a virtual environment with them: {tried:?}",
                file.display()
            ),
        }
    }))
}

/// A script of this folder.
pub(crate) fn script(name: &str) -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.map(|folder| folder.join("tests/peers").join(name)).find(|file| file.is_file()).unwrap()
}

/// Runs a command to its end, with nothing to read.
pub(crate) fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap_or_else(|e| panic!("{command:?}: {e}"))
}

/// A folder of its own for a peer's files.
fn folder(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("castellan-{}-{number}-{name}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    folder
}

/// A program that runs beside the test. It ends with this value; what it printed is shown when the test fails.
pub(crate) struct Peer {
    name: String,
    child: Child,
    folder: PathBuf,
}

impl Peer {
    /// Starts a command. What it prints goes to a file.
    pub(crate) fn start(name: &str, command: &mut Command) -> Peer {
        Peer::start_in(name, folder(name), command)
    }

    fn start_in(name: &str, folder: PathBuf, command: &mut Command) -> Peer {
        let output = File::create(folder.join("output")).unwrap();
        let child = command
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?}: {e}"));
        Peer { name: name.into(), child, folder }
    }

    /// Writes lines to its standard input.
    pub(crate) fn tell(&mut self, lines: &str) {
        self.child.stdin.as_mut().unwrap().write_all(lines.as_bytes()).unwrap();
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far, on both its outputs.
    pub(crate) fn output(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.join("output")).unwrap()).into_owned()
    }

    /// Waits until it has printed a text; returns all it has printed.
    #[track_caller]
    pub(crate) fn wait_for_text(&self, text: &str) -> String {
        wait_until(&format!("{} has not printed {text:?}", self.name), || self.output().contains(text));
        self.output()
    }

    /// Waits until somebody listens on a port, and fails when this peer has ended before.
    #[track_caller]
    pub(crate) fn wait_for_port(&mut self, port: u16) {
        wait_until(&format!("{} does not listen on port {port}", self.name), || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "{} has ended: {ended:?}", self.name);
            is_open(port)
        });
    }

    /// Waits until it ends by itself.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait_until(&format!("{} goes on", self.name), || self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap()
    }

    /// Sends it a signal: `TERM` asks it to end, `STOP` makes it silent and `CONT` lets it go on.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = command("kill").arg(format!("-{signal}")).arg(self.pid().to_string()).status().unwrap();
        assert!(sent.success(), "{} took no signal", self.name);
    }

    /// Pulls the plug. Stopping it again changes nothing.
    pub(crate) fn stop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            eprintln!("-- what {} printed:\n{}", self.name, self.output());
        }
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// A broker on a port of 127.0.0.1, ready. Everybody may log in unless the lines say otherwise; they follow the
/// listener, so that `cafile` and its like are about it.
pub(crate) fn mosquitto(port: u16, lines: &[&str]) -> Peer {
    let folder = folder("mosquitto");
    let file = folder.join("mosquitto.conf");
    // Started by the superuser, it would otherwise become another user and could not read this folder.
    let fixed =
        format!("user root\nallow_anonymous true\nlistener {port} 127.0.0.1\nset_tcp_nodelay true\nlog_type all\n");
    fs::write(&file, format!("{fixed}{}\n", lines.join("\n"))).unwrap();
    let mut peer = Peer::start_in("mosquitto", folder, program("mosquitto").arg("-c").arg(&file));
    peer.wait_for_port(port);
    peer
}

/// A serial line: what is written to one of the two devices is read from the other while the peer lives.
pub(crate) fn serial_pair() -> (Peer, PathBuf, PathBuf) {
    let folder = folder("line");
    let [a, b] = ["a", "b"].map(|end| folder.join(end));
    let mut line = program("socat");
    line.args([&a, &b].map(|end| format!("pty,rawer,link={}", end.display())));
    let peer = Peer::start_in("line", folder, &mut line);
    wait_until("socat made no serial line", || a.exists() && b.exists());
    (peer, a, b)
}
