//! A back end that is listened to: what it understood, and how long it took.

use agent::{Backend, BackendError, BackendEvent, Inquiry};
use base::{Clock, Span};
use documents::Understanding;
use futures::stream::{BoxStream, StreamExt};
use std::sync::{Arc, Mutex, PoisonError};

type Latest = Arc<Mutex<Option<(Understanding, Span)>>>;

/// The back end.
pub struct Watched {
    inner: Arc<dyn Backend>,
    clock: Arc<dyn Clock>,
    latest: Latest,
}

impl Watched {
    /// Listens to a back end.
    pub fn new(inner: Arc<dyn Backend>, clock: Arc<dyn Clock>) -> Self {
        Watched { inner, clock, latest: Latest::default() }
    }
    /// What it understood last, and the time that took; none when it was not asked since.
    pub fn take(&self) -> Option<(Understanding, Span)> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Backend for Watched {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn understand(&self, inquiry: Inquiry) -> BoxStream<'static, Result<BackendEvent, BackendError>> {
        let (clock, latest) = (self.clock.clone(), self.latest.clone());
        let before = clock.now();
        let events = self.inner.understand(inquiry);
        let heard = events.inspect(move |event| {
            if let Ok(BackendEvent::Understood(understood)) = event {
                let took = clock.now() - before;
                *latest.lock().unwrap_or_else(PoisonError::into_inner) = Some((understood.clone(), took));
            }
        });
        heard.boxed()
    }
}
