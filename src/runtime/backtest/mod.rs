//! A rule over the past: recorded values go through the same engine on a clock of its own, and what it would have done is
//! told beside what really happened. A draft can also be run over a table that somebody wrote.
//!
//! The loop is open: what the rule writes follows it until somebody really changed it, everything else is as recorded.
//! What it is *not*: nothing leaves it and nothing is written down; playing a rule ahead is `sandbox::play`. Start at
//! [`Handle::backtest`].

mod course;
mod feed;
mod replay;
mod run;
#[cfg(test)]
mod tests;
mod told;

pub use replay::{Replayed, replay_day};

use crate::core::Core;
use crate::handle::{Handle, HostError};
use crate::history::{HistoryError, calendar};
use base::diagnostic::has_errors;
use base::id::{ProposalId, RuleId};
use base::{Diagnostics, Span, Timestamp};
use documents::chart::Range;
use documents::{Backtest, ProposalDoc, RuleGraph, RuleState, ScenarioRun};
use engine::Scenario;
use std::sync::Arc;
use things::{PointSpec, World};

/// The time that is looked at when nobody names one.
pub const RANGE_DEFAULT: &str = "30d";
/// Longest time that is looked at, in days.
pub const DAYS_MAX: i64 = 400;
/// Most recorded values that are read.
pub const SAMPLES_MAX: u64 = 5_000_000;
/// Most steps of the rule.
pub const STEPS_MAX: u64 = 5_000_000;
/// Longest that it may take of the machine's own time; what was reached by then is told.
pub const TIME_MAX: Span = Span::from_secs(20);
/// Rules that are run over the past, or over tables, at the same time.
pub const AT_ONCE_MAX: usize = 2;

/// Which rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A saved one.
    Rule(RuleId),
    /// A proposed one.
    Proposal(ProposalId),
    /// One that is only written down.
    Draft(Box<RuleGraph>),
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// There is no such rule or proposal.
    #[error("there is no such rule or proposal")]
    Unknown,
    /// The proposal is of something else.
    #[error("the proposal is not of a rule")]
    NotARule,
    /// It reads or writes what the caller may not see.
    #[error("the rule reads or writes what is not open to the caller")]
    Hidden,
    /// The range is longer than [`DAYS_MAX`].
    #[error("at most {DAYS_MAX} days are looked at")]
    Days,
    /// As many as may run are under way.
    #[error("others are under way")]
    Busy,
    /// The rule does not fit what exists.
    #[error("the rule does not fit what exists")]
    Unfit(Diagnostics),
    /// The table cannot be read.
    #[error("the table cannot be read")]
    Table(Diagnostics),
    /// The past cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The runtime did not answer.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl From<store::StoreError> for BacktestError {
    fn from(error: store::StoreError) -> Self {
        BacktestError::History(error.into())
    }
}

/// A rule and the building that it is run in.
struct Found {
    graph: RuleGraph,
    world: Arc<World>,
    /// Since when it is in use as it is.
    live_since: Option<Timestamp>,
}

impl Handle {
    /// Runs a rule over recorded values. `sees` says which points are open to the caller.
    ///
    /// # Errors
    /// See [`BacktestError`].
    pub async fn backtest(
        &self,
        subject: Subject,
        range: Option<Range>,
        sees: impl Fn(&PointSpec) -> bool + Send + 'static,
    ) -> Result<Backtest, BacktestError> {
        let Ok(turn) = self.backtests.clone().try_acquire_owned() else { return Err(BacktestError::Busy) };
        let found = self.rule_of(subject).await?;
        let zone = calendar::zone(&found.world.site().time_zone);
        let range = range.unwrap_or(Range::Last(RANGE_DEFAULT.into()));
        let (from, to) = calendar::resolve(&range, self.now(), &zone)?;
        if to - from > Span::from_secs(DAYS_MAX * 86_400) {
            return Err(BacktestError::Days);
        }
        let store = self.history().store().clone();
        let runtime = tokio::runtime::Handle::current();
        // Stepping is work for a thread that may be busy.
        let run = tokio::task::spawn_blocking(move || {
            let done = runtime.block_on(run::over(&store, &found, (from, to), &sees));
            drop(turn);
            done
        });
        run.await.map_err(|_| HostError::Stopped)?
    }

    /// Runs a rule over a table. `start` is when a table begins that names no date; now when absent.
    ///
    /// # Errors
    /// See [`BacktestError`].
    pub async fn scenario(
        &self,
        subject: Subject,
        table: String,
        start: Option<Timestamp>,
        sees: impl Fn(&PointSpec) -> bool + Send + 'static,
    ) -> Result<ScenarioRun, BacktestError> {
        let Ok(turn) = self.backtests.clone().try_acquire_owned() else { return Err(BacktestError::Busy) };
        let found = self.rule_of(subject).await?;
        let start = start.unwrap_or(self.now());
        let run = tokio::task::spawn_blocking(move || {
            checked(&found, &sees)?;
            let scenario = Scenario::parse(&table, &found.world, start).map_err(BacktestError::Table)?;
            let done = scenario.run(&found.graph, &found.world).map_err(BacktestError::Unfit);
            drop(turn);
            done
        });
        run.await.map_err(|_| HostError::Stopped)?
    }

    async fn rule_of(&self, subject: Subject) -> Result<Found, BacktestError> {
        self.read(move |core| found(core, subject)).await?
    }
}

fn found(core: &Core, subject: Subject) -> Result<Found, BacktestError> {
    let graph = match subject {
        Subject::Rule(id) => core.rules().get(&id).map(|r| r.graph.clone()).ok_or(BacktestError::Unknown)?,
        Subject::Proposal(id) => match core.proposals().get(&id).map(|p| &p.document) {
            None => return Err(BacktestError::Unknown),
            Some(ProposalDoc::Rule(graph)) => (**graph).clone(),
            Some(_) => return Err(BacktestError::NotARule),
        },
        Subject::Draft(graph) => *graph,
    };
    let saved = core.rules().get(&graph.id).filter(|saved| saved.graph.state == RuleState::Live);
    let live_since = saved.filter(|saved| saved.graph.content_hash() == graph.content_hash()).map(|saved| saved.at);
    Ok(Found { graph, world: core.world().clone(), live_since })
}

/// The plan of a rule, if the caller may see all that it touches.
fn checked(found: &Found, sees: &impl Fn(&PointSpec) -> bool) -> Result<Vec<engine::Plan>, BacktestError> {
    let (plans, diagnostics) = engine::compile(&found.graph, &found.world);
    if plans.is_empty() || has_errors(&diagnostics) {
        return Err(BacktestError::Unfit(diagnostics));
    }
    let (reads, writes) = engine::touched(&plans);
    let hidden = reads.union(&writes).filter_map(|p| found.world.point(*p)).any(|spec| !sees(spec));
    if hidden { Err(BacktestError::Hidden) } else { Ok(plans) }
}
