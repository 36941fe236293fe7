//! `serve`: builds the parts, runs them until it is told to stop, and leaves everything written down.

use super::args::Serve;
use super::failure::Failure;
use super::parts::{self, Wanted};
use super::{broker, certificate, folder, say, say_json};
use access::{Bound, Broker};
use api::listen::{self, ListenError, Tls};
use api::{Api, LoginLink, Parts, Problem};
use base::{Bilingual, Lang};
use documents::Role;
use runtime::Handle;
use serde::Serialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use store::Store;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// What was started, for scripts.
#[derive(Serialize)]
struct Started<'a> {
    address: String,
    url: &'a str,
    code_expires: base::Timestamp,
    data: &'a Path,
    rules_run: bool,
    /// Where the embedded broker listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    mqtt: Option<Bound>,
}

/// Where it can be reached.
struct Doors<'a> {
    address: SocketAddr,
    link: &'a LoginLink,
    mqtt: Option<Bound>,
    empty: bool,
}

pub(super) async fn run(args: Serve, lang: Lang) -> Result<ExitCode, Failure> {
    let folder = folder::path(&args.folder)?;
    let store = Store::open(&folder).await?;
    let result = with_store(&args, &folder, &store, lang).await;
    store.close().await;
    result.map(|()| ExitCode::SUCCESS)
}

async fn with_store(args: &Serve, folder: &Path, store: &Store, lang: Lang) -> Result<(), Failure> {
    if let Err(error) = store.credentials().check().await {
        // Everything else goes on; who needs a secret is told the same.
        tracing::error!(%error, "the secrets of devices cannot be used");
    }
    let (wanted, names, tls) = wider(args, folder)?;
    let tcp = listen::bind(wanted.ip(), wanted.port(), tls.as_ref()).await.map_err(refused)?;
    let unix = listen::bind_socket(folder).map_err(refused)?;
    let address = tcp.local_addr().map_err(|e| Failure::system("无法得知端口", "the port is not known", &e))?;
    let wanted = Wanted { demo: args.demo, empty: args.empty, safe: args.safe, speed: args.speed };
    let mut building = parts::building(store, &wanted).await?;
    let broker = open_broker(args, folder, store, &mut building).await?;
    let (stop, stopped) = watch::channel(false);
    let api = Api::new(Parts {
        handle: building.handle.clone(),
        store: store.clone(),
        agent: building.agent,
        simulated: building.simulated,
        seed: building.seed,
        broker: broker.clone(),
        address,
        tls: tls.is_some(),
        names,
        stop: stopped.clone(),
    });
    let link = api.login_link("owner", Role::Owner).await.map_err(|e| no_link(&e))?;
    let handle = building.handle;
    let host = tokio::spawn(building.host.run());
    let history = tokio::spawn(runtime::history::keep(handle.clone(), building.past, stopped.clone()));
    let doors = Doors { address, link: &link, mqtt: broker.as_ref().map(|b| b.bound()), empty: building.empty };
    tell(args, folder, &doors, lang)?;
    let stopping = tokio::spawn(stop_on_signal(stop));
    listen::serve(api.clone(), api::router(api), (tcp, tls), unix, stopped).await;
    if let Some(broker) = broker {
        // Before the runtime: what devices said last is still taken.
        broker.stop().await;
    }
    if let Err(error) = history.await {
        tracing::error!(%error, "what looks after the history ended badly");
    }
    finish(&handle, folder).await;
    stopping.abort();
    host.await.map_err(|e| Failure::system("控制核心异常结束", "the runtime ended badly", &e))
}

/// Where the page shall be served, by which other names it is reached, and with which certificate. To this machine alone
/// it is served without TLS.
fn wider(args: &Serve, folder: &Path) -> Result<(SocketAddr, Vec<String>, Option<Tls>), Failure> {
    let Some(address) = args.address else { return Ok(((listen::LOCAL, args.port).into(), Vec::new(), None)) };
    if address.ip().is_loopback() {
        return Ok((address, args.names.clone(), None));
    }
    let names = certificate::names_of(address.ip(), &args.names);
    let (chain, key) = match (&args.mqtt.certificate, &args.mqtt.key) {
        (Some(chain), Some(key)) => (chain.clone(), key.clone()),
        _ => {
            let own = certificate::own(folder, &names)?;
            (own.chain, own.key)
        }
    };
    Ok((address, names, Some(Tls::open(&chain, &key).map_err(refused)?)))
}

fn no_link(problem: &Problem) -> Failure {
    let code = problem.code();
    Failure::new(format!("无法生成登录地址：{code}"), format!("no address to log in with can be made: {code}"))
}

/// The embedded broker, unless it is not wanted.
async fn open_broker(
    args: &Serve,
    folder: &Path,
    store: &Store,
    building: &mut parts::Building,
) -> Result<Option<Arc<Broker>>, Failure> {
    let Some(mut options) = broker::options(&args.mqtt, folder)? else { return Ok(None) };
    let world = building.host.core().world().clone();
    loop {
        let error = match runtime::access::open(&building.handle, store, world.clone(), options.clone()).await {
            Ok((broker, session)) => {
                building.host.attach(session);
                return Ok(Some(broker));
            }
            Err(error) => error,
        };
        let Some(next) = broker::with_next_port(&options, args.mqtt.mqtt_port, &error) else {
            let words = error.words();
            return Err(Failure::new(words.zh, words.en).help(
                "用 --mqtt-port 指定另一个端口，或用 --no-mqtt 关闭",
                "name another port with --mqtt-port, or use --no-mqtt",
            ));
        };
        options = next;
    }
}

fn refused(error: ListenError) -> Failure {
    Failure::system("无法监听", "cannot listen", &error)
        .help("用 --port 指定另一个端口", "name another port with --port")
}

/// A checkpoint is written, and the socket goes, since nobody listens on it any more.
async fn finish(handle: &Handle, folder: &Path) {
    handle.stop().await;
    let socket: PathBuf = folder.join(listen::SOCKET);
    if let Err(error) = std::fs::remove_file(&socket) {
        tracing::warn!(%error, "the control socket could not be removed");
    }
    tracing::info!("stopped");
}

async fn stop_on_signal(stop: watch::Sender<bool>) {
    let (term, int) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut term), Ok(mut int)) = (term, int) else {
        tracing::error!("signals cannot be heard; the server stops only when it is killed");
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("stopping: what is under way is finished first");
    stop.send_replace(true);
}

/// Where devices log in.
fn in_words(bound: &Bound, folder: &Path) -> Vec<Bilingual> {
    let mut lines = Vec::new();
    for (what, address) in
        [("MQTT", bound.tcp), ("MQTT WebSocket", bound.ws), ("MQTT TLS", bound.tls), ("MQTT WebSocket TLS", bound.wss)]
    {
        lines.extend(
            address.map(|a| Bilingual::new(format!("设备接入（{what}）：{a}"), format!("Devices ({what}): {a}"))),
        );
    }
    let authority = folder.join(certificate::AUTHORITY);
    if (bound.tls.is_some() || bound.wss.is_some()) && authority.exists() {
        let file = authority.display();
        lines.push(Bilingual::new(
            format!("设备需信任的证书：{file}"),
            format!("The certificate that devices have to trust: {file}"),
        ));
    }
    lines
}

/// The address goes to standard output; nothing else tells the code.
fn tell(args: &Serve, folder: &Path, doors: &Doors<'_>, lang: Lang) -> Result<(), Failure> {
    let Doors { address, link, mqtt, empty } = *doors;
    if args.json {
        return say_json(&Started {
            address: address.to_string(),
            url: &link.url,
            code_expires: link.expires,
            data: folder,
            rules_run: !args.safe,
            mqtt,
        });
    }
    let wanted = args.address.map_or(args.port, |a| a.port());
    let (port, data) = (address.port(), folder.display());
    let mut lines = vec![Bilingual::new(format!("数据文件夹：{data}"), format!("Data folder: {data}"))];
    if wanted != port && wanted != 0 {
        lines.push(Bilingual::new(
            format!("端口 {wanted} 已被占用，改用 {port}"),
            format!("Port {wanted} is taken; using {port}"),
        ));
    }
    lines.extend(mqtt.iter().flat_map(|bound| in_words(bound, folder)));
    let authority = folder.join(certificate::AUTHORITY);
    if !address.ip().is_loopback() && args.mqtt.certificate.is_none() {
        let file = authority.display();
        lines.push(Bilingual::new(
            format!("浏览器需信任的证书（在其他设备上安装一次）：{file}"),
            format!("The certificate that browsers have to trust (install it once on other devices): {file}"),
        ));
    }
    if let Some(speed) = args.speed {
        lines.push(Bilingual::new(
            format!("楼宇时间的速度：{speed} 倍"),
            format!("The time of the building goes {speed} times as fast"),
        ));
    }
    if args.safe {
        lines.push(Bilingual::new("安全模式：规则不运行", "Safe mode: no rule runs"));
    }
    if empty {
        lines.push(Bilingual::new(
            "这里还没有设备；在空文件夹上用 --demo 可体验模拟楼宇",
            "There is no device yet; --demo on an empty folder begins with a simulated building",
        ));
    }
    let minutes = api::limits::LOGIN_CODE_TIME.as_millis() / 60_000;
    lines.push(Bilingual::new(
        format!("打开页面（登录码 {minutes} 分钟内有效，只能用一次；castellan open 可再要一个）："),
        format!("Open the page (the code is good once, for {minutes} minutes; `castellan open` prints another):"),
    ));
    lines.push(Bilingual::same(format!("  {}", link.url)));
    lines.iter().for_each(|line| say(line.get(lang)));
    Ok(())
}
