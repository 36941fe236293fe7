//! Server-sent events (WHATWG HTML, section 9.2): how one is written, and how a stream of them is described.

use crate::limits::HEARTBEAT;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Described, StatusCode};
use aide::operation::OperationOutput;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{Stream, StreamExt};
use serde::Serialize;
use std::convert::Infallible;

/// An open stream, with heartbeats.
pub(crate) struct EventStream(Response);

impl EventStream {
    /// Over events as they come.
    pub(crate) fn new(events: impl Stream<Item = Event> + Send + 'static) -> Self {
        let events = Sse::new(events.map(Ok::<_, Infallible>));
        EventStream(events.keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
    }
}

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        self.0
    }
}

impl OperationOutput for EventStream {
    type Inner = String;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<Described> {
        let content = [("text/event-stream".to_owned(), MediaType::default())].into_iter().collect();
        Some(Described { description: "Server-sent events.".into(), content, ..Described::default() })
    }

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<StatusCode>, Described)> {
        Self::operation_response(ctx, operation).map(|r| (Some(StatusCode::Code(200)), r)).into_iter().collect()
    }
}

/// An event with a JSON text; what cannot be written as JSON is left out, and said in the log.
pub(crate) fn event(name: &str, data: &impl Serialize) -> Option<Event> {
    match Event::default().event(name).json_data(data) {
        Ok(event) => Some(event),
        Err(error) => {
            tracing::error!(name, %error, "an event could not be written");
            None
        }
    }
}
