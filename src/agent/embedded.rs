//! The embedded back end: `language` with the surface forms of the present world, built once for each revision.

use crate::backend::{Backend, BackendError, BackendEvent, Inquiry};
use futures::stream::{self, BoxStream, StreamExt};
use language::Lexicon;
use std::sync::{Arc, Mutex, PoisonError};
use things::World;

/// The embedded back end.
#[derive(Default)]
pub struct Embedded {
    latest: Mutex<Option<(Arc<World>, Arc<Lexicon>)>>,
}

impl Embedded {
    /// The lexicon of a world; a revision is recognised by its snapshot.
    fn lexicon(&self, world: &Arc<World>) -> Arc<Lexicon> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, lexicon)) = latest.as_ref()
            && Arc::ptr_eq(known, world)
        {
            return lexicon.clone();
        }
        let lexicon = Arc::new(Lexicon::build(world));
        *latest = Some((world.clone(), lexicon.clone()));
        lexicon
    }
}

impl Backend for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }
    fn understand(&self, inquiry: Inquiry) -> BoxStream<'static, Result<BackendEvent, BackendError>> {
        let Inquiry { utterance, dialogue, snapshot } = inquiry;
        let lexicon = self.lexicon(&snapshot.world);
        let understood = language::understand(&utterance, &dialogue, &snapshot.world, &lexicon, &snapshot.states);
        let events = [BackendEvent::Stage("embedded"), BackendEvent::Understood(understood)];
        stream::iter(events.map(Ok)).boxed()
    }
}
