//! Traces: what rules did, newest first.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::Args;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use base::Timestamp;
use base::id::RuleId;
use documents::Trace;
use schemars::JsonSchema;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/traces",
        get_with(list, |o| o.id("listTraces").tag("traces").summary("What rules did, newest first.")),
    )
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those of this rule.
    rule: Option<RuleId>,
}

/// Traces have no id: a place among them is a time, and how many of that time were given already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    at: Timestamp,
    given: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at.as_micros(), self.given)
    }
}

impl FromStr for Place {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, given) = text.split_once('/').unwrap_or((text, ""));
        Ok(Place { at: Timestamp::from_micros(at.parse()?), given: given.parse()? })
    }
}

/// One page of traces that come newest first.
fn cut<'a>(newest_first: impl Iterator<Item = &'a Trace>, after: Option<Place>, limit: usize) -> Page<Trace> {
    let mut place = Place { at: Timestamp::MAX, given: 0 };
    let placed = newest_first.map(|trace| {
        let given = if trace.at == place.at { place.given + 1 } else { 1 };
        place = Place { at: trace.at, given };
        (place, trace)
    });
    let rest = placed.skip_while(|(p, _)| after.is_some_and(|a| p.at > a.at || (p.at == a.at && p.given <= a.given)));
    let page = page::cut(rest, limit, |(place, _)| *place);
    Page { items: page.items.into_iter().map(|(_, t)| t.clone()).collect(), next_cursor: page.next_cursor }
}

async fn list(State(api): State<Api>, who: Identity, Args(wanted): Args<Wanted>) -> Result<Json<Page<Trace>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<Place>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let traces = core.traces().iter().rev().filter(|t| wanted.rule.is_none_or(|r| t.rule == r));
        cut(traces, after, limit)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_of_one_instant_are_neither_lost_nor_repeated() {
        let trace = |ms, n| Trace {
            rule: RuleId::from_bits(n),
            run: None,
            instance: String::new(),
            at: Timestamp::from_millis(ms),
            trigger: None,
            entries: Vec::new(),
            commands: Vec::new(),
        };
        let newest_first: Vec<Trace> = [(9, 1), (8, 2), (8, 3), (8, 4), (7, 5)].map(|(ms, n)| trace(ms, n)).into();
        let (mut seen, mut from) = (Vec::new(), None);
        loop {
            let page = cut(newest_first.iter(), from, 2);
            seen.extend(page.items);
            match page.next_cursor {
                Some(next) => from = page::after(Some(&next)).unwrap(),
                None => break,
            }
        }
        assert_eq!(seen, newest_first);
    }
}
