//! Configuration also stands in a table of its own, with author and history; the log is what counts.

use documents::{Batch, Event, Outcome};
use store::{NewRevision, Noun, Store, StoreError};

/// Writes the configuration revisions that a batch made. Writing them again is harmless, so that a kill between the log
/// and the table is mended when the log is read.
pub(crate) async fn write(store: &Store, batch: &Batch) -> Result<(), StoreError> {
    for revision in revisions_of(batch) {
        store.revisions().put(revision).await?;
    }
    Ok(())
}

/// The configuration revisions that a batch made.
fn revisions_of(batch: &Batch) -> Vec<NewRevision> {
    let worlds = batch.events.iter().filter_map(|e| match e {
        Event::World { revision, doc, by } => Some(NewRevision {
            id: *revision,
            noun: Noun::World,
            name: "site".into(),
            at: batch.at,
            author: by.clone(),
            body: serde_json::to_value(doc).unwrap_or_default(),
        }),
        _ => None,
    });
    let rules = batch.outcomes.iter().filter_map(|o| match o {
        Outcome::Configured(done) => Some(NewRevision {
            id: done.revision,
            noun: Noun::Change,
            name: "site".into(),
            at: batch.at,
            author: done.by.clone(),
            body: serde_json::to_value(&done.changes).unwrap_or_default(),
        }),
        Outcome::Rule(saved) => Some(NewRevision {
            id: saved.revision,
            noun: Noun::Rule,
            name: saved.graph.id.to_string(),
            at: batch.at,
            author: saved.by.clone(),
            body: serde_json::to_value(&saved.graph).unwrap_or_default(),
        }),
        _ => None,
    });
    worlds.chain(rules).collect()
}
