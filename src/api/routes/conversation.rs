//! Talking to the building, in Home Assistant's conversation shape with what that shape has no place for beside it. The
//! same turn is given whole or as it happens; it ends and is kept even when nobody listens any more.

use super::stopped;
use crate::Api;
use crate::auth::{Identity, store_failed};
use crate::extract::Body;
use crate::limits::{STREAM_QUEUE, TURNS_AT_ONCE_MAX};
use crate::metrics::Metric;
use crate::problem::Problem;
use crate::sse::{EventStream, event};
use agent::{TurnError, TurnEvent, TurnRequest};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::diagnostic::nearest;
use base::id::{ConversationId, DeviceId, SpaceId, TurnId};
use base::{Bilingual, Diagnostic, Lang};
use documents::reply::{Link, ResponseType};
use documents::{Actor, Chart, Frame, Proposal, Question, Reason, Receipt, ReceiptState, Refusal, Reply, Words};
use futures::stream::{self, StreamExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as JsonValue;
use things::World;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::wrappers::ReceiverStream;

/// Longest id of a conversation that a client makes up, in characters.
const FOREIGN_ID_CHARS_MAX: usize = 128;
/// Version of what is kept of a turn.
const KEPT_VERSION: u32 = 1;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/conversation/process",
            post_with(process, |o| o.id("processConversation").tag("conversation").summary("Says a sentence; the answer comes whole.")),
        )
        .api_route(
            "/api/conversation/stream",
            post_with(stream, |o| {
                o.id("streamConversation")
                    .tag("conversation")
                    .summary("Says a sentence; what happens comes as server-sent events.")
                    .description(
                        "Events: `turn` {conversation_id, turn_id}, `tool` {id, name, phase, summary}, `receipt`, \
                         `proposal`, `question`, `refusal`, `text` {delta}, and at the end `reply` with the same object \
                         that `process` gives. The turn goes on when the client leaves.",
                    )
            }),
        )
}

/// A sentence.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Said {
    /// The words.
    text: String,
    /// The language to answer in (`zh-CN`, `zh_Hans`, `en-GB`); that of the words when absent.
    #[serde(default)]
    language: Option<String>,
    /// The conversation that goes on; a new one when absent. A client may make up its own ids.
    #[serde(default)]
    conversation_id: Option<String>,
    /// The device that the speaker stands at; it says in which room.
    #[serde(default)]
    device_id: Option<String>,
    /// Id or name of the room where the speaker is.
    #[serde(default)]
    area: Option<String>,
}

/// The answer of one turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The turn.
    pub turn_id: TurnId,
    /// Whether a question waits for the speaker.
    pub continue_conversation: bool,
    /// The answer in Home Assistant's shape.
    pub response: Spoken,
    /// What became of the commands.
    pub receipts: Vec<Receipt>,
    /// What waits for approval.
    pub proposals: Vec<Proposal>,
    /// Which words of the request were read as what; offsets count characters of the request without spaces around it.
    #[serde(default)]
    pub words: Vec<Words>,
    /// What has to be known.
    pub questions: Vec<Question>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
    /// Charts, drawn.
    pub charts: Vec<Chart>,
    /// What answers were made from.
    pub frames: Vec<Frame>,
    /// Where more of it is read.
    pub links: Vec<Link>,
    /// Whether the turn changed something that can be taken back.
    pub can_undo: bool,
}

/// An answer in Home Assistant's shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ConversationResponse")]
pub struct Spoken {
    /// What kind of answer.
    pub response_type: ResponseType,
    /// Language of the text, BCP-47.
    pub language: String,
    /// The text.
    pub speech: Speech,
    /// What it was about.
    pub data: Data,
}

/// The text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Speech {
    /// As plain text.
    pub plain: Plain,
}

/// Plain text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plain {
    /// The text.
    pub speech: String,
    /// Always absent.
    pub extra_data: Option<JsonValue>,
}

/// What an answer was about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Data {
    /// Always empty.
    pub targets: Vec<Target>,
    /// What was done.
    pub success: Vec<Target>,
    /// What was not done.
    pub failed: Vec<Target>,
    /// Why nothing was done: `no_intent_match`, `no_valid_targets`, `failed_to_handle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A device that an answer was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// Its id.
    pub id: DeviceId,
    /// What it is called.
    pub name: String,
    /// Always `device`.
    #[serde(rename = "type")]
    pub type_: String,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What is kept of a turn: the answer, and what the conversation remembers after it.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    version: u32,
    pub(super) answer: Answer,
    memory: Option<agent::Memory>,
}

/// A place among the turns that run at the same time.
struct Running {
    api: Api,
    _place: OwnedSemaphorePermit,
}

impl Running {
    fn begin(api: &Api) -> Result<Running, Problem> {
        let place = api.turns().clone().try_acquire_owned().map_err(|_| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "turn.full",
                format!("同时最多处理 {TURNS_AT_ONCE_MAX} 句话，请稍候再试"),
                format!("at most {TURNS_AT_ONCE_MAX} turns run at a time; try again in a moment"),
            )
            .retry_after(1)
        })?;
        api.metrics().add(Metric::TurnsRunning, 1);
        Ok(Running { api: api.clone(), _place: place })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.api.metrics().sub(Metric::TurnsRunning, 1);
        self.api.metrics().add(Metric::Turns, 1);
    }
}

async fn process(State(api): State<Api>, who: Identity, Body(said): Body<Said>) -> Result<Json<Answer>, Problem> {
    let request = request(&api, &who, said).await?;
    let running = Running::begin(&api)?;
    // In a task of its own: the turn ends even when the client leaves.
    let turn = tokio::spawn(Box::pin(run(running, request, None)));
    turn.await.map_err(|e| Problem::internal("turn.failed", &e))?.map(Json)
}

async fn stream(State(api): State<Api>, who: Identity, Body(said): Body<Said>) -> Result<EventStream, Problem> {
    let request = request(&api, &who, said).await?;
    let running = Running::begin(&api)?;
    let (to, mut from) = mpsc::channel(STREAM_QUEUE);
    let turn = tokio::spawn(Box::pin(run(running, request, Some(to))));
    // A turn that does not begin is an error, not a stream.
    let first = from.recv().await;
    if first.is_none() {
        let answer = turn.await.map_err(|e| Problem::internal("turn.failed", &e))??;
        return Ok(EventStream::new(stream::iter(event("reply", &answer))));
    }
    let on_the_way = stream::iter(first).chain(ReceiverStream::new(from)).filter_map(|e| async move {
        match e {
            // The answer itself comes last, once it is kept.
            TurnEvent::Reply(_) => None,
            other => event(other.name(), &other),
        }
    });
    let last = stream::once(turn).filter_map(|ended| async {
        match ended {
            Ok(Ok(answer)) => event("reply", &answer),
            Ok(Err(problem)) => {
                tracing::warn!(code = problem.code(), "a turn ended without an answer");
                None
            }
            Err(error) => {
                tracing::error!(%error, "a turn broke");
                None
            }
        }
    });
    Ok(EventStream::new(on_the_way.chain(last)))
}

/// Reads what was said; ids and names become what the agent knows.
async fn request(api: &Api, who: &Identity, said: Said) -> Result<TurnRequest, Problem> {
    who.may(policy::Effect::Read)?;
    let actor = who.speaker();
    let lang = said.language.as_deref().map(language).transpose()?;
    let conversation = said.conversation_id.as_deref().map(|id| conversation_id(id, &actor)).transpose()?;
    let space = match (said.area, said.device_id) {
        (Some(area), _) => Some(space_called(api, area).await?),
        (None, Some(device)) => space_of(api, &device).await?,
        (None, None) => None,
    };
    if let Some(id) = conversation
        && !api.agent().knows(id)
        && let Some(memory) = kept_memory(api, id).await?
    {
        api.agent().restore(id, memory);
    }
    Ok(TurnRequest { actor, text: said.text, lang, conversation, space })
}

fn language(tag: &str) -> Result<Lang, Problem> {
    Lang::parse(tag).ok_or_else(|| {
        let shown: String = tag.chars().take(35).collect();
        Problem::unprocessable(
            "language.unknown",
            format!("不支持语言“{shown}”；可用 zh-CN、en"),
            format!("the language `{shown}` is not spoken here; zh-CN and en are"),
        )
    })
}

/// One of our ids, or a client's own text, which stands for the same conversation of the same speaker each time.
fn conversation_id(text: &str, actor: &Actor) -> Result<ConversationId, Problem> {
    if let Ok(id) = ConversationId::parse(text) {
        return Ok(id);
    }
    if text.is_empty() || text.chars().count() > FOREIGN_ID_CHARS_MAX {
        return Err(Problem::unprocessable(
            "conversation.id",
            format!("conversation_id 须为 1 到 {FOREIGN_ID_CHARS_MAX} 个字符"),
            format!("conversation_id has 1 to {FOREIGN_ID_CHARS_MAX} characters"),
        ));
    }
    Ok(ConversationId::of_name(&format!("{:?}/{}/{text}", actor.kind, actor.name)))
}

pub(super) async fn space_called(api: &Api, area: String) -> Result<SpaceId, Problem> {
    let look = move |core: &runtime::Core| {
        let world = core.world();
        let id = SpaceId::parse(&area).ok().filter(|id| world.space(*id).is_some());
        let named =
            || world.spaces().find(|s| s.names.all().any(|n| n.eq_ignore_ascii_case(area.trim()))).map(|s| s.id);
        id.or_else(named).ok_or_else(|| {
            let near = nearest(&area, world.spaces().flat_map(|s| s.names.all()), 3);
            let text = Bilingual::new("没有这个区域", "there is no such area");
            let help =
                Bilingual::new(format!("最接近的是：{}", near.join("、")), format!("nearest: {}", near.join(", ")));
            let finding = Diagnostic::error("area.unknown", "/area", text.clone());
            let finding = if near.is_empty() { finding } else { finding.help(help) };
            Problem::unprocessable("area.unknown", text.zh, text.en).diagnostics(vec![finding])
        })
    };
    api.handle().read(look).await.map_err(|e| stopped(&e))?
}

/// A device of another system is not known here and says nothing.
async fn space_of(api: &Api, device: &str) -> Result<Option<SpaceId>, Problem> {
    let Ok(id) = DeviceId::parse(device) else { return Ok(None) };
    api.handle().read(move |core| core.world().device(id).and_then(|d| d.space())).await.map_err(|e| stopped(&e))
}

/// What a conversation remembered when its last turn was kept.
async fn kept_memory(api: &Api, id: ConversationId) -> Result<Option<agent::Memory>, Problem> {
    let turns = match api.store().conversations().get(id, 1).await {
        Ok(turns) => turns,
        Err(store::StoreError::NotFound { .. }) => return Ok(None),
        Err(e) => return Err(store_failed(&e)),
    };
    let last = turns.into_iter().next_back().and_then(|t| serde_json::from_value::<Kept>(t.reply).ok());
    Ok(last.and_then(|kept| kept.memory))
}

/// Runs a turn to its end and keeps it.
async fn run(
    running: Running,
    request: TurnRequest,
    listener: Option<mpsc::Sender<TurnEvent>>,
) -> Result<Answer, Problem> {
    let api = &running.api;
    let (actor, text) = (request.actor.clone(), request.text.trim().to_owned());
    let reply = api.agent().turn(request, listener).await.map_err(not_begun)?;
    api.acknowledged().await?;
    let world = api.handle().read(|core| core.world().clone()).await.map_err(|e| stopped(&e))?;
    let answer = answer(reply, &world);
    let kept =
        Kept { version: KEPT_VERSION, answer: answer.clone(), memory: api.agent().memory(answer.conversation_id) };
    let turn = store::Turn {
        id: answer.turn_id,
        conversation: answer.conversation_id,
        at: api.now(),
        actor,
        text,
        answer: answer.response.speech.plain.speech.clone(),
        reply: serde_json::to_value(kept).unwrap_or_default(),
    };
    if let Err(error) = api.store().conversations().append(&turn).await {
        tracing::warn!(turn = %turn.id, %error, "the turn happened, but could not be kept");
    }
    Ok(answer)
}

pub(super) fn not_begun(error: TurnError) -> Problem {
    let (status, zh) = match error {
        TurnError::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "没有内容"),
        TurnError::TooLong => (StatusCode::UNPROCESSABLE_ENTITY, "内容太长"),
        TurnError::Busy => (StatusCode::CONFLICT, "这个对话的上一句话还在处理"),
        TurnError::NotYours => (StatusCode::FORBIDDEN, "这是别人的对话"),
        TurnError::Gone => (StatusCode::SERVICE_UNAVAILABLE, "服务器正在停止"),
    };
    Problem::new(status, error.code(), zh, error.to_string())
}

/// A reply in the shape that clients get.
fn answer(reply: Reply, world: &World) -> Answer {
    let mut data = Data::default();
    for receipt in &reply.receipts {
        let target = |reason| Target {
            id: receipt.device,
            name: world.device(receipt.device).map(|d| d.names.display(reply.lang).to_owned()).unwrap_or_default(),
            type_: "device".into(),
            reason,
        };
        let (list, target) = match receipt.state {
            ReceiptState::Sent | ReceiptState::Acked | ReceiptState::Confirmed => (&mut data.success, target(None)),
            ReceiptState::Refused => {
                let why = receipt.reason.as_ref().map_or(Reason::NotAllowed, |r| r.reason).code();
                (&mut data.failed, target(Some(why.into())))
            }
            ReceiptState::TimedOut => (&mut data.failed, target(Some("timed_out".into()))),
            ReceiptState::Unknown => (&mut data.failed, target(Some("unknown".into()))),
        };
        if !list.contains(&target) {
            list.push(target);
        }
    }
    if reply.response_type == ResponseType::Error {
        data.code = Some(error_code(reply.refusals.first().map(|r| r.reason)).into());
    }
    Answer {
        conversation_id: reply.conversation,
        turn_id: reply.turn,
        continue_conversation: !reply.questions.is_empty(),
        response: Spoken {
            response_type: reply.response_type,
            language: reply.lang.tag().into(),
            speech: Speech { plain: Plain { speech: reply.text, extra_data: None } },
            data,
        },
        receipts: reply.receipts,
        proposals: reply.proposals,
        words: reply.words,
        questions: reply.questions,
        refusals: reply.refusals,
        charts: reply.charts,
        frames: reply.frames,
        links: reply.links,
        can_undo: reply.can_undo,
    }
}

/// Home Assistant's codes.
fn error_code(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::UnknownDevice | Reason::UnknownPlace | Reason::Ambiguous | Reason::NoCapability) => {
            "no_valid_targets"
        }
        Some(Reason::NotUnderstood | Reason::OutOfDomain) | None => "no_intent_match",
        Some(_) => "failed_to_handle",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use documents::{ActorKind, Channel, Role};

    #[test]
    fn ids_of_clients_belong_to_their_speaker() {
        let ann = Actor::person("ann", Role::Owner, Channel::Chat);
        let bob = Actor { kind: ActorKind::Person, name: "bob".into(), ..ann.clone() };
        let own = ConversationId::from_bits(7);
        assert_eq!(conversation_id(&own.to_string(), &ann).unwrap(), own);
        assert_eq!(conversation_id("01J", &ann).unwrap(), conversation_id("01J", &ann).unwrap());
        assert_ne!(conversation_id("01J", &ann).unwrap(), conversation_id("01J", &bob).unwrap());
        assert_eq!(conversation_id("", &ann).unwrap_err().code(), "conversation.id");
    }
}
