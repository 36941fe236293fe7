//! `bench socket`: many pages that read along while devices report, and how long a value needs from its report to each
//! of them. Server and readers share this machine, so the figure holds for both together.

use super::args::BenchSocket;
use super::failure::Failure;
use super::{say, say_json};
use access::Broker;
use agent::TurnLimits;
use api::{Api, Parts, SocketEvent, SocketMessage, listen};
use base::id::DeviceId;
use base::{Bilingual, Clock, IdGen, Lang, Sample, Span, Timestamp, Value};
use documents::{Actor, Event, Role, Signal};
use drivers::Said;
use futures::{StreamExt, stream};
use runtime::registration::product_of_template;
use runtime::{Handle, Host, Options, SystemClock, Time};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use things::{Device, Names, PointKind, Product, Route, World, WorldDoc};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};

/// Template of the devices that report.
const TEMPLATE: &str = "room_sensor";
/// Clients that log in with the same token.
const CLIENTS_OF_ONE: usize = 20;
/// Clients that connect at the same time.
const CONNECT_AT_ONCE: usize = 32;
/// Time between two groups of reports.
const TICK: Duration = Duration::from_millis(10);
/// Width of a class of delays.
const CLASS_US: i64 = 100;
/// Classes of delays; the last one holds everything above.
const CLASSES: usize = 100_000;
/// Bytes that a client reads at once.
const READ_BYTES: usize = 4 * 1024;
/// How long the last deltas are waited for.
const LINGER: Duration = Duration::from_secs(2);
/// How long the clients may take to connect.
const CONNECT_MAX: Duration = Duration::from_secs(120);

#[derive(Serialize)]
struct Figures {
    clients: usize,
    points: usize,
    rate_per_s: u32,
    seconds: u64,
    /// Values that devices reported.
    reported: u64,
    /// Values that clients received, all together.
    received: u64,
    /// What would have been received if every client had received every value.
    expected: u64,
    snapshot_bytes: u64,
    delta_bytes: u64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    resident_bytes: u64,
}

pub(super) async fn run(args: BenchSocket, lang: Lang) -> Result<ExitCode, Failure> {
    let folder = std::env::temp_dir().join(format!("castellan-bench-socket-{}", std::process::id()));
    let measured = measure(&args, &folder).await;
    let removed = std::fs::remove_dir_all(&folder);
    let figures = measured?;
    removed.map_err(|e| {
        Failure::system("无法删除测量用的文件夹", "the folder of the measurement cannot be removed", &e)
    })?;
    if args.json {
        say_json(&figures)?;
    } else {
        show(&figures, lang);
    }
    Ok(ExitCode::SUCCESS)
}

/// What all clients add to.
struct Heard {
    clock: SystemClock,
    counts: Vec<AtomicU64>,
    longest_us: AtomicU64,
    received: AtomicU64,
    snapshot_bytes: AtomicU64,
    delta_bytes: AtomicU64,
    /// When the values in a delta were reported, by its number: all clients get the same text, and one reads it.
    sent: Mutex<BTreeMap<u64, Arc<[Timestamp]>>>,
}

impl Heard {
    fn new() -> Arc<Heard> {
        Arc::new(Heard {
            clock: SystemClock::default(),
            counts: (0..CLASSES).map(|_| AtomicU64::new(0)).collect(),
            longest_us: AtomicU64::new(0),
            received: AtomicU64::new(0),
            snapshot_bytes: AtomicU64::new(0),
            delta_bytes: AtomicU64::new(0),
            sent: Mutex::default(),
        })
    }

    fn take(&self, text: &str) {
        let now = self.clock.now();
        let Some(seq) = number_of(text) else { return };
        self.delta_bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        let sent =
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).entry(seq).or_insert_with(|| times(text)).clone();
        for at in sent.iter() {
            let us = (now - *at).as_micros().max(0);
            let class = usize::try_from(us / CLASS_US).unwrap_or(CLASSES).min(CLASSES - 1);
            self.counts[class].fetch_add(1, Ordering::Relaxed);
            self.longest_us.fetch_max(us.unsigned_abs(), Ordering::Relaxed);
        }
        self.received.fetch_add(sent.len() as u64, Ordering::Relaxed);
    }

    /// The delay that this share of all values did not exceed, in milliseconds.
    fn percentile(&self, percent: u64) -> f64 {
        let rank = self.received.load(Ordering::Relaxed) * percent / 100;
        let mut below = 0;
        for (class, count) in self.counts.iter().enumerate() {
            below += count.load(Ordering::Relaxed);
            if below >= rank {
                return (class + 1) as f64 * CLASS_US as f64 / 1_000.0;
            }
        }
        0.0
    }
}

/// The number of a delta, without reading all of it.
fn number_of(text: &str) -> Option<u64> {
    let rest = text.strip_prefix(r#"{"type":"delta","seq":"#)?;
    rest.split(',').next()?.parse().ok()
}

/// When the values in a delta were reported.
fn times(text: &str) -> Arc<[Timestamp]> {
    let events = match serde_json::from_str(text) {
        Ok(SocketMessage::Delta { events, .. }) => events,
        _ => Vec::new(),
    };
    let values =
        events.into_iter().filter_map(|e| if let SocketEvent::Report(values) = e { Some(values) } else { None });
    values.flatten().map(|v| v.sample.at).collect()
}

async fn measure(args: &BenchSocket, folder: &Path) -> Result<Figures, Failure> {
    let store = Store::open(folder).await?;
    let options = Options { time: Time::Real, seed: 1, safe: false, build: env!("CARGO_PKG_VERSION").into() };
    let (handle, mut host) = Host::start(store.clone(), options).await?;
    let doc = building(args.points)?;
    let revision = IdGen::new(1).next(handle.now());
    host.configure(Event::World { revision, doc: Box::new(doc), by: Actor::system() }).await;
    let world = host.core().world().clone();
    let running = tokio::spawn(host.run());
    let (stop, stopped) = watch::channel(false);
    let address = serve(&handle, &store, stopped, folder).await?;
    let mut tokens = Vec::new();
    for _ in 0..args.clients.div_ceil(CLIENTS_OF_ONE) {
        tokens.push(store.tokens().mint("bench", Role::Viewer, None, handle.now()).await?.1);
    }
    let heard = Heard::new();
    let connected = stream::iter(0..args.clients)
        .map(|n| client(address, tokens[n / CLIENTS_OF_ONE].expose().to_owned(), heard.clone()))
        .buffer_unordered(CONNECT_AT_ONCE)
        .collect::<Vec<_>>();
    let connected = timeout(CONNECT_MAX, connected).await.map_err(|e| failed(&e))?;
    if connected.iter().any(Result::is_err) {
        return Err(Failure::new("有客户端未能连接", "a client could not connect"));
    }
    let reported = report(&handle, &world, args).await?;
    drop(timeout(LINGER, std::future::pending::<()>()).await);
    let resident_bytes = api::resident_bytes();
    stop.send_replace(true);
    handle.stop().await;
    drop(running.await);
    store.close().await;
    let load = |n: &AtomicU64| n.load(Ordering::Relaxed);
    Ok(Figures {
        clients: args.clients,
        points: args.points,
        rate_per_s: args.rate,
        seconds: args.seconds,
        reported,
        received: load(&heard.received),
        expected: reported * args.clients as u64,
        snapshot_bytes: load(&heard.snapshot_bytes) / args.clients.max(1) as u64,
        delta_bytes: load(&heard.delta_bytes),
        p50_ms: heard.percentile(50),
        p99_ms: heard.percentile(99),
        max_ms: load(&heard.longest_us) as f64 / 1_000.0,
        resident_bytes,
    })
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("测量未能进行：{error}"), format!("the measurement could not be made: {error}"))
}

/// Room sensors, as many as have the wanted number of points.
fn building(points: usize) -> Result<WorldDoc, Failure> {
    let product: Product = product_of_template(TEMPLATE).ok_or_else(|| failed(&TEMPLATE))?;
    let of_one = product.model.properties.len().max(1);
    let device = |n: usize| Device {
        id: DeviceId::of_name(&format!("bench.{n}")),
        product: product.id,
        key: format!("sensor_{n}"),
        names: Names::new(&format!("传感器 {n}"), &format!("Sensor {n}")),
        placements: Vec::new(),
        route: Route::Direct,
        tags: BTreeSet::new(),
        disabled: false,
    };
    let devices = (0..points.div_ceil(of_one)).map(device).collect();
    Ok(WorldDoc { products: vec![product], devices, ..WorldDoc::default() })
}

async fn serve(
    handle: &Handle,
    store: &Store,
    stop: watch::Receiver<bool>,
    folder: &Path,
) -> Result<SocketAddr, Failure> {
    let tcp = listen::bind(listen::LOCAL, 0, None).await.map_err(|e| failed(&e))?;
    let unix = listen::bind_socket(folder).map_err(|e| failed(&e))?;
    let address = tcp.local_addr().map_err(|e| failed(&e))?;
    let agent = Arc::new(tools::agent(handle, 1, TurnLimits::default()).map_err(|e| failed(&e))?);
    let (handle, store, broker) = (handle.clone(), store.clone(), None::<Arc<Broker>>);
    let parts = Parts {
        handle,
        store,
        agent,
        simulated: false,
        seed: 2,
        broker,
        address,
        tls: false,
        names: Vec::new(),
        stop: stop.clone(),
    };
    let api = Api::new(parts);
    tokio::spawn(listen::serve(api.clone(), api::router(api), (tcp, None), unix, stop));
    Ok(address)
}

/// Opens a socket and, once the snapshot is there, reads on in a task of its own.
async fn client(address: SocketAddr, token: String, heard: Arc<Heard>) -> Result<(), Failure> {
    let mut request = format!("ws://{address}/api/socket").into_client_request().map_err(|e| failed(&e))?;
    let bearer = format!("Bearer {token}").parse().map_err(|_| failed(&"token"))?;
    request.headers_mut().insert("authorization", bearer);
    let config = WebSocketConfig::default().read_buffer_size(READ_BYTES).write_buffer_size(0);
    let (mut socket, _) =
        tokio_tungstenite::connect_async_with_config(request, Some(config), true).await.map_err(|e| failed(&e))?;
    match socket.next().await {
        Some(Ok(Message::Text(text))) => {
            heard.snapshot_bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        }
        _ => return Err(failed(&"no snapshot")),
    }
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                heard.take(&text);
            }
        }
        drop(socket.close(None).await);
    });
    Ok(())
}

/// Lets every point report at the wanted rate, spread over time; gives how many values that were.
async fn report(handle: &Handle, world: &World, args: &BenchSocket) -> Result<u64, Failure> {
    let (clock, field) = (handle.clock(), handle.field());
    let points: Vec<_> =
        world.points().filter(|p| matches!(p.kind, PointKind::Number { .. })).take(args.points).collect();
    let per_second = points.len() as i64 * i64::from(args.rate);
    let began = clock.now();
    let (mut sent, mut turn) = (0_i64, points.iter().cycle());
    let end = began + Span::from_secs(i64::try_from(args.seconds).unwrap_or(i64::MAX));
    while clock.now() < end {
        let due = (clock.now() - began).as_millis() * per_second / 1_000;
        let mut by_device: BTreeMap<DeviceId, Vec<_>> = BTreeMap::new();
        for (n, point) in (sent..due).zip(&mut turn) {
            let value = Value::Number(20.0 + (n % 100) as f64 / 10.0);
            by_device.entry(point.device).or_default().push((point.id, Sample::good(value, clock.now())));
        }
        sent = sent.max(due);
        if !by_device.is_empty() {
            let signals = by_device.into_iter().map(|(device, values)| Signal::Report { device, values }).collect();
            field.send(Said { signals, ..Said::default() }).await.map_err(|e| failed(&e))?;
        }
        drop(timeout(TICK, std::future::pending::<()>()).await);
    }
    Ok(sent.unsigned_abs())
}

fn show(f: &Figures, lang: Lang) {
    let lines = [
        Bilingual::new(
            format!("{} 个客户端，{} 个点位，每秒 {} 次，{} 秒", f.clients, f.points, f.rate_per_s, f.seconds),
            format!("{} clients, {} points, {} a second, {} s", f.clients, f.points, f.rate_per_s, f.seconds),
        ),
        Bilingual::new(
            format!("从上报到收到：p50 {:.1} ms，p99 {:.1} ms，最长 {:.1} ms", f.p50_ms, f.p99_ms, f.max_ms),
            format!("report to receipt: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", f.p50_ms, f.p99_ms, f.max_ms),
        ),
        Bilingual::new(
            format!("收到 {} / {} 个值；快照 {} 字节", f.received, f.expected, f.snapshot_bytes),
            format!("{} of {} values received; a snapshot has {} bytes", f.received, f.expected, f.snapshot_bytes),
        ),
        Bilingual::new(
            format!("常驻内存（服务器和客户端）：{} KiB", f.resident_bytes / 1024),
            format!("resident memory (server and clients): {} KiB", f.resident_bytes / 1024),
        ),
    ];
    lines.iter().for_each(|line| say(line.get(lang)));
}
