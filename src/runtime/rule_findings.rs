//! What the rules in use do together: found outside of the core, on a copy of the rules, so that nobody waits for it.
//!
//! What it is *not*: no history is looked at; that is `findings/`. Start at [`Handle::rule_findings`].

use crate::{Handle, HostError};
use documents::{RuleFinding, RuleGraph, RuleState};

impl Handle {
    /// What all rules in use do together; with a rule, only what it would do among the others.
    ///
    /// # Errors
    /// When the host stopped.
    pub async fn rule_findings(&self, about: Option<RuleGraph>) -> Result<Vec<RuleFinding>, HostError> {
        let look = |core: &crate::Core| {
            let used = core.rules().values().map(|r| &r.graph).filter(|g| g.state != RuleState::Draft);
            (used.cloned().collect::<Vec<RuleGraph>>(), core.world().clone())
        };
        let (rules, world) = self.read(look).await?;
        let found = tokio::task::spawn_blocking(move || match &about {
            Some(rule) => engine::analyse_rule(rule, &rules, &world),
            None => engine::analyse(&rules, &world),
        });
        found.await.map_err(|_| HostError::Stopped)
    }
}
