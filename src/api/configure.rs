//! Changes of what exists, as routes ask for them: done, proposed to a person, or a problem whose findings name the
//! parts of the request.
//!
//! What it is *not*: it decides nothing; policy and the core do. Start at [`apply`].

use crate::Api;
use crate::auth::Identity;
use crate::problem::Problem;
use crate::routes::{self, Changed};
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as Described, StatusCode as DescribedStatus};
use aide::operation::OperationOutput;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::journal::Denial;
use documents::{Change, Event, Outcome, Reason};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// What became of a change: what was made, with the status of success, or a proposal that waits for a person.
pub(crate) enum Made<T, const STATUS: u16 = 200> {
    /// It is so now.
    Done(T),
    /// A person is asked first.
    Proposed(Box<Changed>),
}

impl<T, const STATUS: u16> Made<T, STATUS> {
    /// The answer, when it was done.
    pub(crate) async fn of(
        applied: Applied,
        answer: impl Future<Output = Result<T, Problem>>,
    ) -> Result<Self, Problem> {
        match applied {
            Applied::Done(_) => answer.await.map(Made::Done),
            Applied::Proposed(changed) => Ok(Made::Proposed(changed)),
        }
    }
}

impl<T: Serialize, const STATUS: u16> IntoResponse for Made<T, STATUS> {
    fn into_response(self) -> Response {
        let mut response = match self {
            Made::Done(made) => (StatusCode::from_u16(STATUS).unwrap_or_default(), Json(made)).into_response(),
            Made::Proposed(changed) => (StatusCode::ACCEPTED, Json(changed)).into_response(),
        };
        not_kept(&mut response);
        response
    }
}

impl<T: Serialize + JsonSchema, const STATUS: u16> OperationOutput for Made<T, STATUS> {
    type Inner = T;

    fn operation_response(ctx: &mut GenContext, operation: &mut Operation) -> Option<Described> {
        Json::<T>::operation_response(ctx, operation)
    }

    fn inferred_responses(
        ctx: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<DescribedStatus>, Described)> {
        let done = Json::<T>::operation_response(ctx, operation).map(|r| (Some(DescribedStatus::Code(STATUS)), r));
        let asked = Json::<Changed>::operation_response(ctx, operation).map(|r| {
            (Some(DescribedStatus::Code(202)), Described { description: "A person is asked first.".into(), ..r })
        });
        done.into_iter().chain(asked).collect()
    }
}

/// Something that is shown this once: a secret. No cache keeps it.
pub(crate) struct Once<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Once<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        not_kept(&mut response);
        response
    }
}

impl<T: Serialize + JsonSchema> OperationOutput for Once<T> {
    type Inner = T;

    fn operation_response(ctx: &mut GenContext, operation: &mut Operation) -> Option<Described> {
        Json::<T>::operation_response(ctx, operation)
    }

    fn inferred_responses(
        ctx: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<DescribedStatus>, Described)> {
        Json::<T>::inferred_responses(ctx, operation)
    }
}

fn not_kept(response: &mut Response) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// How far changes came.
pub(crate) enum Applied {
    /// They were made, and are on the disk.
    Done(Box<Changed>),
    /// A person is asked first.
    Proposed(Box<Changed>),
}

impl Applied {
    /// What it led to, either way.
    pub(crate) fn changed(self) -> Changed {
        match self {
            Applied::Done(changed) | Applied::Proposed(changed) => *changed,
        }
    }
}

/// Makes changes, all or none.
///
/// # Errors
/// What policy or the core said no to.
pub(crate) async fn apply(api: &Api, who: &Identity, changes: Vec<Change>) -> Result<Applied, Problem> {
    let event = Event::Configure { actor: who.actor(), turn: None, changes };
    let mut outcomes = api.handle().apply(event).await.map_err(|e| routes::stopped(&e))?;
    if let Some(at) = outcomes.iter().position(|o| matches!(o, Outcome::Denied(_)))
        && let Outcome::Denied(denial) = outcomes.swap_remove(at)
    {
        return Err(refused(denial));
    }
    let changed = Box::new(routes::changed(api, outcomes).await?);
    Ok(if changed.proposals.is_empty() { Applied::Done(changed) } else { Applied::Proposed(changed) })
}

/// What the core said no to; the findings name parts of the one thing that the request is about.
fn refused(denial: Denial) -> Problem {
    let Denial { refusal, mut diagnostics, .. } = denial;
    if refusal.reason == Reason::NotAllowed {
        return Problem::forbidden("policy.denied", refusal.text);
    }
    let first = diagnostics.iter().find(|d| d.is_error()).map(|d| d.code.clone()).unwrap_or_default();
    let (status, code) = match first.as_str() {
        "configure.unknown" => (StatusCode::NOT_FOUND, "not_found"),
        "configure.used" => (StatusCode::CONFLICT, "configure.used"),
        "world.duplicate" | "world.duplicate_key" => (StatusCode::CONFLICT, "configure.taken"),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "configure.invalid"),
    };
    for d in &mut diagnostics {
        d.path = within(&d.path).to_owned();
    }
    Problem::new(status, code, refusal.text.zh, refusal.text.en).diagnostics(diagnostics)
}

/// A path within one change or one thing of the world: `/key` of `/changes/3/key` and of `/devices/20/key`.
fn within(path: &str) -> &str {
    path.match_indices('/').nth(2).and_then(|(at, _)| path.get(at..)).unwrap_or_default()
}

/// A document that is at fault, with the findings about it under a field of the request.
pub(crate) fn invalid(code: &'static str, field: &str, what: Bilingual, mut found: Diagnostics) -> Problem {
    for d in &mut found {
        d.path = format!("{field}{}", d.path);
    }
    Problem::unprocessable(code, what.zh, what.en).diagnostics(found)
}

/// One field of the request that is at fault.
pub(crate) fn fault(code: &'static str, path: &str, message: Bilingual, help: Option<Bilingual>) -> Problem {
    let mut found = Diagnostic::error(code, path, message.clone());
    found.help = help;
    Problem::unprocessable(code, message.zh, message.en).diagnostics(vec![found])
}

/// The nearest of what exists, as a help.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Bilingual> {
    let near = base::diagnostic::nearest(written, known, 3).join(", ");
    (!near.is_empty()).then(|| Bilingual::new(format!("最接近的：{near}"), format!("the nearest are: {near}")))
}

/// Tells a field that is `null` from one that is absent.
///
/// # Errors
/// When it is neither `null` nor of its type.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(field).map(Some)
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn paths_are_those_of_the_request() {
        for (path, expected) in [
            ("/changes/0/key", "/key"),
            ("/devices/20/route", "/route"),
            ("/changes/0", ""),
            ("/devices", ""),
            ("/changes/1/names/zh", "/names/zh"),
            ("", ""),
        ] {
            assert_eq!(within(path), expected, "{path}");
        }
    }
}
