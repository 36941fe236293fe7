//! Builds what the server is made of: the runtime on its store, the simulated devices, the agent with its tools.

use super::failure::Failure;
use agent::{Agent, TurnLimits};
use base::id::PointId;
use base::{Clock, IdGen, Value};
use documents::{Actor, Event};
use runtime::sim::{self, Simulation};
use runtime::{Core, Handle, Host, Options, SystemClock, Time};
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
}

/// Restores what the store has, or begins with the demo building.
pub(super) async fn building(store: &Store, wanted: &Wanted) -> Result<Building, Failure> {
    let seed = seed()?;
    let options = Options { time: Time::Real, seed, safe: wanted.safe, build: env!("CARGO_PKG_VERSION").into() };
    let (handle, mut host) = Host::start(store.clone(), options).await?;
    let had = host.core().world().devices().count();
    if wanted.empty && had > 0 {
        return Err(Failure::new(
            format!("数据文件夹不是空的：已有 {had} 台设备"),
            format!("the data folder is not empty: it has {had} devices"),
        )
        .help("去掉 --empty，或用 --data 指定另一个文件夹", "leave --empty out, or name another folder with --data"));
    }
    if wanted.demo && had == 0 {
        let revision = IdGen::new(seed).next(SystemClock::default().now());
        host.configure(Event::World { revision, doc: Box::new(sim::world()), by: Actor::system() }).await;
    }
    let world = host.core().world().clone();
    let empty = world.devices().next().is_none();
    let simulated = world.devices().any(|d| d.route == Route::Simulated);
    if simulated {
        let (shown, now) = (shown(host.core()), SystemClock::default().now());
        host.attach(Box::new(Simulation::new(sim::SEED, world, now, &shown)));
    }
    let agent = tools::agent(&handle, seed, TurnLimits::default())
        .map_err(|e| Failure::system("工具列表有误", "the list of tools is wrong", &e))?;
    Ok(Building { handle, host, agent: Arc::new(agent), simulated, empty, seed })
}

/// What devices showed last: simulated ones go on from there.
fn shown(core: &Core) -> BTreeMap<PointId, Value> {
    core.states().iter().map(|(point, sample)| (*point, sample.value.clone())).collect()
}

/// A seed of the operating system's random bytes.
#[expect(clippy::disallowed_methods, reason = "the one seed of all ids")]
fn seed() -> Result<u64, Failure> {
    getrandom::u64().map_err(|e| Failure::system("系统没有给出随机数", "the system gives no random bytes", &e))
}
