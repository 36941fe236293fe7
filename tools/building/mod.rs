//! The building as the agent's turn loop needs it, over the running runtime.

use crate::shared::Came;
use agent::{Consent, Decided, Gone, Snapshot, Surroundings};
use async_trait::async_trait;
use base::id::{RevisionId, TurnId};
use documents::{Event, ProposalState};
use language::KnownRule;
use runtime::core::schedules;
use runtime::{Core, Handle};
use std::sync::{Arc, Mutex, PoisonError};
use things::World;

/// Most rules that sentences can be about.
const RULES_MAX: usize = 1_000;

/// A running building.
pub struct Building {
    handle: Handle,
    /// The rules by their revisions, as they were looked at last.
    rules: Arc<Mutex<Looked>>,
}

/// Rules, and the revisions and the world that they are of.
#[derive(Default)]
struct Looked {
    revisions: Vec<RevisionId>,
    world: Arc<World>,
    rules: Arc<Vec<KnownRule>>,
}

impl Looked {
    /// The rules as they are, looked at anew only when one of them or what exists has changed.
    fn at(&mut self, core: &Core) -> Arc<Vec<KnownRule>> {
        let revisions: Vec<RevisionId> = core.rules().values().take(RULES_MAX).map(|r| r.revision).collect();
        if self.revisions != revisions || !Arc::ptr_eq(&self.world, core.world()) {
            // What is made of a schedule is spoken of as the schedule.
            let own = core.rules().values().take(RULES_MAX).map(|r| &r.graph).filter(|g| !schedules::is_made(g));
            let known = own.map(|graph| {
                let (plans, _) = engine::compile(graph, core.world());
                let (reads, writes) = engine::touched(&plans);
                KnownRule { graph: graph.clone(), reads, writes }
            });
            *self = Looked { revisions, world: core.world().clone(), rules: Arc::new(known.collect()) };
        }
        self.rules.clone()
    }
}

impl Building {
    /// The building behind a handle.
    pub fn new(handle: Handle) -> Self {
        Building { handle, rules: Arc::default() }
    }
}

#[async_trait]
impl Surroundings for Building {
    async fn snapshot(&self) -> Result<Snapshot, Gone> {
        let now = self.handle.now();
        let rules = self.rules.clone();
        let look = move |core: &Core| Snapshot {
            rules: rules.lock().unwrap_or_else(PoisonError::into_inner).at(core),
            world: core.world().clone(),
            states: Arc::new(core.states().clone()),
            pending: core.proposals().values().filter(|p| p.state == ProposalState::Pending).cloned().collect(),
            now,
        };
        self.handle.read(look).await.map_err(|_| Gone)
    }

    async fn decide(&self, consent: Consent) -> Result<Decided, Gone> {
        let Consent { actor, turn, proposal, hash, approve } = consent;
        let before = self.handle.read(|core| core.world().clone()).await.map_err(|_| Gone)?;
        let event = Event::Decide { actor, turn: Some(turn), proposal, hash, approve };
        let came = Came::of(self.handle.apply(event).await.map_err(|_| Gone)?);
        let receipts = came.receipts(&self.handle).await.map_err(|_| Gone)?;
        let changed = came.in_words(&before).into_iter().collect();
        let decided = came.proposals.into_iter().find(|p| p.id == proposal);
        Ok(Decided { proposal: decided, receipts, changed, refusals: came.refusals })
    }

    async fn undoable(&self, turns: &[TurnId]) -> Result<Option<TurnId>, Gone> {
        let turns = turns.to_vec();
        self.handle.read(move |core| core.latest_undoable(&turns)).await.map_err(|_| Gone)
    }
}
