//! The building as the agent's turn loop needs it, over the running runtime.

use crate::shared::Came;
use agent::{Consent, Decided, Gone, Snapshot, Surroundings};
use async_trait::async_trait;
use base::id::TurnId;
use documents::{Event, ProposalState};
use runtime::Handle;
use std::sync::Arc;

/// A running building.
pub struct Building {
    handle: Handle,
}

impl Building {
    /// The building behind a handle.
    pub fn new(handle: Handle) -> Self {
        Building { handle }
    }
}

#[async_trait]
impl Surroundings for Building {
    async fn snapshot(&self) -> Result<Snapshot, Gone> {
        let now = self.handle.now();
        let look = move |core: &runtime::Core| Snapshot {
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
