//! Builds what the server is made of: the runtime on its store, the simulated devices, the agent with its tools.

use super::failure::Failure;
use agent::{Agent, TurnLimits};
use base::id::PointId;
use base::{IdGen, Span, Value};
use documents::{Actor, Event};
use runtime::history::Plan;
use runtime::sim::{self, Simulation};
use runtime::{Core, Handle, Host, Options, Time};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use things::Route;

/// How the building begins.
pub(super) struct Wanted {
    /// With the demo building, where there is nothing yet.
    pub(super) demo: bool,
    /// Only where there is nothing yet.
    pub(super) empty: bool,
    /// With rules off.
    pub(super) safe: bool,
    /// So many times as fast as the machine's clock; only where devices are simulated.
    pub(super) speed: Option<u32>,
}

/// The parts.
pub(super) struct Building {
    pub(super) handle: Handle,
    pub(super) host: Host,
    pub(super) agent: Arc<Agent>,
    /// Whether the devices are simulated.
    pub(super) simulated: bool,
    /// Whether there is nothing yet.
    pub(super) empty: bool,
    /// Seed of ids.
    pub(super) seed: u64,
    /// The past of simulated devices.
    pub(super) past: Option<Plan>,
}

/// Restores what the store has, or begins with the demo building.
pub(super) async fn building(store: &Store, wanted: &Wanted) -> Result<Building, Failure> {
    let seed = seed()?;
    // A demo that went fast before goes on from the time that it had reached.
    let time = if wanted.demo { Time::Paced(wanted.speed.unwrap_or(1)) } else { Time::Real };
    let options = Options { time, seed, safe: wanted.safe, build: env!("CARGO_PKG_VERSION").into() };
    let (handle, mut host) = Host::start(store.clone(), options).await?;
    let had = host.core().world().devices().count();
    if wanted.empty && had > 0 {
        return Err(Failure::new(
            format!("数据文件夹不是空的：已有 {had} 台设备"),
            format!("the data folder is not empty: it has {had} devices"),
        )
        .help("去掉 --empty，或用 --data 指定另一个文件夹", "leave --empty out, or name another folder with --data"));
    }
    let (now, begins) = (handle.now(), wanted.demo && had == 0);
    if begins {
        let revision = IdGen::new(seed).next(now);
        host.configure(Event::World { revision, doc: Box::new(sim::world()), by: Actor::system() }).await;
    }
    let world = host.core().world().clone();
    let empty = world.devices().next().is_none();
    let simulated = world.devices().any(|d| d.route == Route::Simulated);
    if wanted.speed.is_some() && world.devices().any(|d| d.route != Route::Simulated) {
        return Err(Failure::new(
            "这里有真实设备，时间不能加快",
            "there are real devices here, so that time cannot go faster",
        )
        .help("去掉 --speed，或用 --data 指定另一个文件夹", "leave --speed out, or name another folder with --data"));
    }
    if simulated {
        let step = Span::from_millis(TICK.as_millis() * i64::from(handle.speed())).max(sim::STEP).min(STEP_MAX);
        let simulation = Simulation::new(sim::SEED, world, now, &shown(host.core()));
        host.attach(Box::new(simulation.with_step(step)));
    }
    let past = simulated.then(|| Plan {
        begin: begins.then_some(now),
        make: Box::new(|until| Box::new(sim::Past::new(sim::SEED, until))),
    });
    let agent = tools::agent(&handle, seed, TurnLimits::default())
        .map_err(|e| Failure::system("工具列表有误", "the list of tools is wrong", &e))?;
    Ok(Building { handle, host, agent: Arc::new(agent), simulated, empty, seed, past })
}

/// The machine's time between two steps of the physics where the building's time goes fast.
const TICK: Span = Span::from_millis(250);
/// Longest step of the physics.
const STEP_MAX: Span = Span::from_secs(60);

/// What devices showed last: simulated ones go on from there.
fn shown(core: &Core) -> BTreeMap<PointId, Value> {
    core.states().iter().map(|(point, sample)| (*point, sample.value.clone())).collect()
}

/// A seed of the operating system's random bytes.
#[expect(clippy::disallowed_methods, reason = "the one seed of all ids")]
fn seed() -> Result<u64, Failure> {
    getrandom::u64().map_err(|e| Failure::system("系统没有给出随机数", "the system gives no random bytes", &e))
}
