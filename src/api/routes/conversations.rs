//! Conversations that were had: listed, searched, read again, named and deleted. Talking is in `conversation`.

use super::conversation::{Answer, Kept};
use crate::Api;
use crate::auth::{Identity, store_failed};
use crate::extract::{Args, Body, Of};
use crate::limits::TURNS_MAX;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use axum::response::NoContent;
use base::id::{Conversation as ConversationKind, ConversationId, TurnId};
use base::{Timestamp, limits};
use documents::{Actor, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::str::FromStr;
use store::StoreError;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/conversations",
            get_with(list, |o| {
                o.id("listConversations").tag("conversation").summary("Conversations, newest first.").description(
                    "The owner of the site sees all, others their own. `query` finds what stands in a name, in what was \
                     said or in an answer.",
                )
            }),
        )
        .api_route(
            "/api/conversations/{id}",
            get_with(one, |o| o.id("getConversation").tag("conversation").summary("The last turns of a conversation."))
                .patch_with(rename, |o| {
                    o.id("renameConversation").tag("conversation").summary("Names a conversation, or takes its name away.")
                })
                .delete_with(remove, |o| {
                    o.id("removeConversation")
                        .tag("conversation")
                        .summary("Deletes a conversation. What was done in it stays in the log.")
                        .response::<204, ()>()
                }),
        )
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct ConversationView {
    /// Its id.
    id: ConversationId,
    /// Time of its first turn.
    started: Timestamp,
    /// Time of its last turn.
    last: Timestamp,
    /// How many turns it had.
    turns: u64,
    /// How it began, shortened.
    opening: String,
    /// What its owner named it.
    title: Option<String>,
}

impl From<store::Conversation> for ConversationView {
    fn from(c: store::Conversation) -> Self {
        ConversationView {
            id: c.id,
            started: c.started,
            last: c.last,
            turns: c.turns,
            opening: c.opening,
            title: c.title,
        }
    }
}

/// A turn that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct TurnView {
    /// Its id.
    id: TurnId,
    /// When.
    at: Timestamp,
    /// Who spoke.
    actor: Actor,
    /// What was said.
    text: String,
    /// What was answered; absent when it was kept by another version.
    answer: Option<Answer>,
}

/// A conversation with its last turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct ConversationDetail {
    /// Its id.
    id: ConversationId,
    /// What its owner named it.
    title: Option<String>,
    /// Its last turns, oldest first.
    turns: Vec<TurnView>,
}

/// Where a list goes on: the time of the last turn, and the id.
struct Place(Timestamp, ConversationId);

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.as_micros(), self.1)
    }
}

impl FromStr for Place {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('/').ok_or(())?;
        Ok(Place(Timestamp::from_micros(at.parse().map_err(drop)?), ConversationId::parse(id).map_err(drop)?))
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    #[schemars(range(min = 1, max = crate::limits::PAGE_MAX))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those in which this text stands.
    query: Option<String>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<ConversationView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<Place>(wanted.cursor.as_deref())?);
    let wanted = store::conversations::Wanted {
        owner: (who.role != Role::Owner).then(|| who.speaker()),
        text: wanted.query.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty()),
        after: after.map(|Place(at, id)| (at, id)),
    };
    let found = api.store().conversations().list(&wanted, limit + 1).await.map_err(|e| failed(&e))?;
    let page = page::cut(found.into_iter(), limit, |c| Place(c.last, c.id));
    Ok(Json(Page {
        items: page.items.into_iter().map(ConversationView::from).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// The conversation, when it is one's own or one may see all.
async fn find(api: &Api, who: &Identity, id: ConversationId) -> Result<store::Conversation, Problem> {
    who.may(policy::Effect::Read)?;
    let found = api.store().conversations().find(id).await.map_err(|e| failed(&e))?;
    let speaker = who.speaker();
    let own = found.owner == (store::conversations::kind_of(&speaker), speaker.name);
    if own || who.role == Role::Owner { Ok(found) } else { Err(unknown()) }
}

fn unknown() -> Problem {
    Problem::not_found("没有这个对话", "there is no such conversation")
}

fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::NotFound { .. } => unknown(),
        StoreError::TooMuch { max, .. } => Problem::unprocessable(
            "conversation.text",
            format!("文字最多 {max} 个字符"),
            format!("a text has at most {max} characters"),
        ),
        other => store_failed(other),
    }
}

async fn one(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ConversationKind>,
) -> Result<Json<ConversationDetail>, Problem> {
    let found = find(&api, &who, id).await?;
    let turns = api.store().conversations().get(id, TURNS_MAX).await.map_err(|e| failed(&e))?;
    let turns = turns.into_iter().map(|t| TurnView {
        id: t.id,
        at: t.at,
        actor: t.actor,
        text: t.text,
        answer: serde_json::from_value::<Kept>(t.reply).ok().map(|kept| kept.answer),
    });
    Ok(Json(ConversationDetail { id, title: found.title, turns: turns.collect() }))
}

/// What a conversation is called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConversationTitle")]
struct Titled {
    /// Its name; absent, `null` or empty: none.
    #[serde(default)]
    title: Option<String>,
}

async fn rename(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ConversationKind>,
    Body(wanted): Body<Titled>,
) -> Result<Json<ConversationView>, Problem> {
    find(&api, &who, id).await?;
    let title = wanted.title.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    if title.as_ref().is_some_and(|t| t.chars().count() > limits::NAME_CHARS_MAX) {
        let most = limits::NAME_CHARS_MAX;
        return Err(Problem::unprocessable(
            "conversation.title",
            format!("名称最多 {most} 个字符"),
            format!("a name has at most {most} characters"),
        ));
    }
    api.store().conversations().rename(id, title.as_deref()).await.map_err(|e| failed(&e))?;
    find(&api, &who, id).await.map(|c| Json(c.into()))
}

async fn remove(State(api): State<Api>, who: Identity, Of(id): Of<ConversationKind>) -> Result<NoContent, Problem> {
    find(&api, &who, id).await?;
    api.store().conversations().delete(id).await.map_err(|e| failed(&e))?;
    api.agent().forget(id);
    Ok(NoContent)
}
