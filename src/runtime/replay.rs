//! Restoring the core from the log, and proving that the log tells the truth: the same events give the same outcomes,
//! byte for byte.

use crate::core::{CHECKPOINT_VERSION, Core};
use crate::{identities, revisions};
use base::canonical;
use documents::{Batch, Outcome};
use serde::Serialize;
use store::log::Checkpoint;
use store::{Store, StoreError};

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// First and last batch that was replayed.
    pub batches: (u64, u64),
    /// How many events were applied.
    pub events: u64,
    /// How many outcomes were compared: commands, receipts, traces, proposals, rules.
    pub outcomes: u64,
    /// How many of them are commands.
    pub commands: u64,
    /// How many of them are traces.
    pub traces: u64,
    /// SHA-256 over all outcomes in canonical JSON.
    pub hash: String,
    /// The first batch whose outcomes differ.
    pub differs: Option<Difference>,
}

/// A batch whose outcomes differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The batch.
    pub seq: u64,
    /// What the log has.
    pub logged: String,
    /// What came out now.
    pub replayed: String,
}

/// The core as the newest checkpoint and the log behind it say, and the number of the last batch.
///
/// # Errors
/// When the log cannot be read.
pub async fn restore(store: &Store) -> Result<(Core, u64), StoreError> {
    let (mut core, mut seq) = from(store.log().latest_checkpoint(CHECKPOINT_VERSION).await?);
    let mut reader = store.log().read_from(seq + 1);
    while let Some(page) = reader.next_page().await? {
        for batch in page {
            core.apply_all(&batch.events, batch.at);
            revisions::write(store, &batch).await?;
            identities::follow(store, &batch, core.world()).await;
            seq = batch.seq;
        }
    }
    Ok((core, seq))
}

/// The core of a checkpoint and its number; an empty one without.
fn from(saved: Option<Checkpoint>) -> (Core, u64) {
    let Some(saved) = saved else { return (Core::default(), 0) };
    match Core::restore(&saved.data) {
        Ok(core) => (core, saved.seq),
        Err(why) => {
            tracing::warn!(%why, "the checkpoint has another form; the log is read from its beginning");
            (Core::default(), 0)
        }
    }
}

/// Applies the log again, from its beginning or, where that is gone, from the oldest checkpoint, and compares.
///
/// # Errors
/// When the log cannot be read.
pub async fn replay(store: &Store, mut shown: impl FnMut(&Batch)) -> Result<Report, StoreError> {
    match replay_from(store, Core::default(), 1, &mut shown).await {
        Err(gap) if gap.code() == "log.gap" => {
            let (core, seq) = from(store.log().oldest_checkpoint(CHECKPOINT_VERSION).await?);
            replay_from(store, core, seq + 1, &mut shown).await
        }
        other => other,
    }
}

async fn replay_from(
    store: &Store,
    mut core: Core,
    first: u64,
    shown: &mut impl FnMut(&Batch),
) -> Result<Report, StoreError> {
    let mut report = Report {
        batches: (first, 0),
        events: 0,
        outcomes: 0,
        commands: 0,
        traces: 0,
        hash: String::new(),
        differs: None,
    };
    let mut chain = Vec::new();
    let mut reader = store.log().read_from(first);
    while let Some(page) = reader.next_page().await? {
        for batch in page {
            let outcomes: Vec<Outcome> = core.apply_all(&batch.events, batch.at).into_iter().flatten().collect();
            let (logged, replayed) = (text(&batch.outcomes), text(&outcomes));
            // A chain of hashes: memory stays bounded however long the log is.
            chain.extend_from_slice(replayed.as_bytes());
            chain = canonical::sha256(&chain).to_vec();
            if logged != replayed && report.differs.is_none() {
                report.differs = Some(Difference { seq: batch.seq, logged, replayed });
            }
            report.batches.1 = batch.seq;
            report.events += batch.events.len() as u64;
            report.outcomes += outcomes.len() as u64;
            report.commands += outcomes.iter().filter(|o| matches!(o, Outcome::Send(_))).count() as u64;
            report.traces += outcomes.iter().filter(|o| matches!(o, Outcome::Trace(_))).count() as u64;
            shown(&batch);
        }
    }
    report.hash = canonical::hex(&chain);
    Ok(report)
}

fn text(outcomes: &[Outcome]) -> String {
    canonical::to_string(outcomes).unwrap_or_default()
}
