//! The assistant's tools: one file each, registered below. The embedded agent, models, the Model Context Protocol and
//! REST all use this one list.
//!
//! What it is *not*: no policy is decided here (the runtime asks it for every request that carries an actor) and nothing
//! speaks HTTP. Start at [`all`]; the contract is `agent::Tool`.

mod building;
mod shared;

pub mod alarm_list;
pub mod cause_explain;
pub mod chart_query;
pub mod clock_read;
pub mod command_propose;
pub mod device_register;
pub mod device_remove;
pub mod device_restore;
pub mod device_update;
pub mod docs_search;
pub mod history_query;
pub mod list_read;
pub mod list_update;
pub mod past_read;
pub mod point_read;
pub mod point_search;
pub mod rule_backtest;
pub mod rule_enable;
pub mod rule_explain;
pub mod rule_get;
pub mod rule_list;
pub mod rule_propose;
pub mod rule_remove;
pub mod rule_run;
pub mod rule_validate;
pub mod scene_run;
pub mod scene_save;
pub mod timer_list;
pub mod timer_start;
pub mod timer_update;
pub mod trace_get;
pub mod turn_undo;

#[cfg(test)]
mod tests;

use agent::{Agent, DynTool, Embedded, ToolSet, ToolSetError, TurnLimits};
use runtime::Handle;
use std::sync::Arc;

pub use building::Building;

/// Every tool, in the order in which they are shown.
fn list(handle: &Handle) -> Vec<Arc<dyn DynTool>> {
    let h = || handle.clone();
    vec![
        Arc::new(point_search::PointSearch(h())),
        Arc::new(point_read::PointRead(h())),
        Arc::new(history_query::HistoryQueryTool(h())),
        Arc::new(chart_query::ChartQueryTool(h())),
        Arc::new(past_read::PastRead(h())),
        Arc::new(command_propose::CommandPropose(h())),
        Arc::new(rule_propose::RulePropose(h())),
        Arc::new(rule_list::RuleList(h())),
        Arc::new(rule_get::RuleGet(h())),
        Arc::new(rule_explain::RuleExplain(h())),
        Arc::new(rule_validate::RuleValidate(h())),
        Arc::new(rule_backtest::RuleBacktest(h())),
        Arc::new(rule_enable::RuleEnable(h())),
        Arc::new(rule_remove::RuleRemove(h())),
        Arc::new(rule_run::RuleRun(h())),
        Arc::new(trace_get::TraceGet(h())),
        Arc::new(cause_explain::CauseExplain(h())),
        Arc::new(alarm_list::AlarmList(h())),
        Arc::new(device_register::DeviceRegister(h())),
        Arc::new(device_update::DeviceUpdate(h())),
        Arc::new(device_remove::DeviceRemove(h())),
        Arc::new(device_restore::DeviceRestore(h())),
        Arc::new(scene_run::SceneRun(h())),
        Arc::new(scene_save::SceneSave(h())),
        Arc::new(timer_start::TimerStart(h())),
        Arc::new(timer_update::TimerUpdate(h())),
        Arc::new(timer_list::TimerList(h())),
        Arc::new(list_update::ListUpdate(h())),
        Arc::new(list_read::ListRead(h())),
        Arc::new(clock_read::ClockRead(h())),
        Arc::new(turn_undo::TurnUndo(h())),
        Arc::new(docs_search::DocsSearch),
    ]
}

/// The tools of a running building.
///
/// # Errors
/// When two tools have one name or a schema cannot be used, which a test rules out.
pub fn all(handle: &Handle) -> Result<ToolSet, ToolSetError> {
    ToolSet::new(list(handle))
}

/// The agent of a running building, with the embedded back end. `seed` is that of the ids of turns.
///
/// # Errors
/// As [`all`].
pub fn agent(handle: &Handle, seed: u64, limits: TurnLimits) -> Result<Agent, ToolSetError> {
    let building = Building::new(handle.clone());
    Ok(Agent::new(Arc::new(Embedded::default()), Arc::new(all(handle)?), Arc::new(building), seed, limits))
}
