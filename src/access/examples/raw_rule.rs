//! The broker with the smallest possible rule behind it, for load generators: `bench/{device}/temp` with `"t"` above 25
//! gives `cmd/{device}/set`. Or, with a number, so many idle connections and what each costs.
//!
//!     raw_rule PORT            serves until it is stopped; user `token`, password `bench`
//!     raw_rule PORT CLIENTS    connects so many clients to itself and says what they cost

use access::{
    Broker, Credential, Inlet, InletError, Keep, KeepChange, KeepError, Kept, Options, Registry, RegistryError,
};
use async_trait::async_trait;
use base::id::{DeviceId, TokenId};
use base::{Clock, Timestamp};
use documents::signal::Payload;
use documents::{Message, Signal};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::sync::{Arc, OnceLock};
use things::World;

struct Wall;

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "a load generator runs on the machine's clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The rule.
#[derive(Default)]
struct Rule {
    broker: OnceLock<Arc<Broker>>,
}

impl Rule {
    fn act(&self, message: &Message) -> Option<()> {
        let device = message.topic.strip_prefix("bench/")?.strip_suffix("/temp")?;
        let Payload::Text(text) = &message.payload else { return None };
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        if json.get("t")?.as_f64()? > 25.0 {
            let payload = Payload::Text(format!("{{\"on\":true,\"seq\":{}}}", json.get("seq")?));
            let topic = format!("cmd/{device}/set");
            let command = Message { connection: None, topic, payload, qos: 0, retain: false };
            self.broker.get()?.publish(&command).ok()?;
        }
        Some(())
    }
}

#[async_trait]
impl Inlet for Rule {
    async fn accept(&self, signals: Vec<Signal>, _durable: bool) -> Result<(), InletError> {
        for signal in &signals {
            if let Signal::Message(message) = signal {
                self.act(message);
            }
        }
        Ok(())
    }
    async fn tags(&self, _device: DeviceId, _tags: BTreeSet<String>) -> Result<(), InletError> {
        Ok(())
    }
}

struct Nothing;

#[async_trait]
impl Registry for Nothing {
    async fn credential(&self, _device: DeviceId) -> Result<Option<Credential>, RegistryError> {
        Ok(None)
    }
    async fn logged_in(&self, _device: DeviceId, _timestamp: u64) -> Result<bool, RegistryError> {
        Ok(false)
    }
    async fn bridge(&self, token: &str) -> Result<Option<TokenId>, RegistryError> {
        Ok((token == "bench").then(|| TokenId::of_name("bench")))
    }
    async fn device_of_token(&self, _token: &str) -> Result<Option<DeviceId>, RegistryError> {
        Ok(None)
    }
}

#[async_trait]
impl Keep for Nothing {
    async fn load(&self) -> Result<Kept, KeepError> {
        Ok(Kept::default())
    }
    async fn write(&self, _changes: Vec<KeepChange>) -> Result<(), KeepError> {
        Ok(())
    }
}

/// Resident memory of this process, in KiB.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?.trim().trim_end_matches(" kB").parse().ok()
}

/// Connects one client by hand and waits for its CONNACK.
fn connect(port: u16, number: usize) -> std::io::Result<std::net::TcpStream> {
    let mut body = b"\x00\x04MQTT\x04\xc2\x00\x00".to_vec();
    for text in [format!("idle-{number}").as_str(), "token", "bench"] {
        body.extend(u16::try_from(text.len()).unwrap_or(0).to_be_bytes());
        body.extend(text.as_bytes());
    }
    let mut packet = vec![0x10, u8::try_from(body.len()).unwrap_or(0)];
    packet.extend(body);
    let mut socket = std::net::TcpStream::connect(("127.0.0.1", port))?;
    socket.write_all(&packet)?;
    socket.read_exact(&mut [0; 4])?;
    Ok(socket)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse::<usize>().ok());
    let port = u16::try_from(arguments.next().unwrap_or(18_831))?;
    let rule = Arc::new(Rule::default());
    let options = Options { tcp: Some(([127, 0, 0, 1], port).into()), ..Options::default() };
    let nothing = Arc::new(Nothing);
    let world = Arc::new(World::default());
    let broker = Broker::start(options, rule.clone(), nothing.clone(), nothing, world, Arc::new(Wall)).await?;
    let broker = Arc::new(broker);
    broker.listens(&["bench/+/temp".to_owned()])?;
    rule.broker.set(broker.clone()).ok();
    let mut out = std::io::stdout();
    writeln!(out, "{:?}", broker.bound())?;
    let Some(clients) = arguments.next() else { return Ok(std::future::pending().await) };
    let before = resident().unwrap_or(0);
    let connected =
        tokio::task::spawn_blocking(move || (0..clients).map(|n| connect(port, n)).collect::<Result<Vec<_>, _>>());
    let connected = connected.await??;
    let after = resident().unwrap_or(0);
    let count = u64::try_from(connected.len().max(1))?;
    writeln!(out, "{count} idle connections: {} bytes each", (after - before) * 1024 / count)?;
    Ok(())
}
