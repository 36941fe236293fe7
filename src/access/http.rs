//! What a device says over HTTP, on the same path as over MQTT: checked by its model, kept before it is answered.

use crate::alink::Code;
use crate::broker::Broker;
use crate::contract::{InletError, RegistryError};
use crate::downlink::words;
use crate::hub::Hub;
use crate::uplink::{event, properties, reject, report};
use base::Bilingual;
use base::id::DeviceId;
use documents::Signal;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use things::ingest::Fault;

/// What a device posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Post {
    /// Properties: an object of them, each bare or as `{value, time}`.
    Properties,
    /// The event with this identifier: an object of its output.
    Event(String),
}

/// What was taken.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Accepted {
    /// How many properties; 1 for an event.
    pub taken: usize,
    /// What was left out, or taken otherwise than said.
    pub faults: Vec<Fault>,
}

/// Why nothing was taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PostError {
    /// The token is no device's.
    #[error("the token is no device's")]
    Token,
    /// The device is disabled, or does not log in by itself.
    #[error("the device is disabled")]
    Disabled,
    /// It does not fit the model.
    #[error("{}", .1.en)]
    Payload(Code, Bilingual, Vec<Fault>),
    /// It could not be kept.
    #[error(transparent)]
    Inlet(#[from] InletError),
    /// The register could not be asked.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl PostError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            PostError::Token => "post.token",
            PostError::Disabled => "post.disabled",
            PostError::Payload(..) => "post.payload",
            PostError::Inlet(_) => "post.inlet",
            PostError::Registry(_) => "post.registry",
        }
    }
    /// In words.
    pub fn words(&self) -> Bilingual {
        match self {
            PostError::Token => Bilingual::new("该令牌不属于任何设备", self.to_string()),
            PostError::Disabled => Bilingual::new("设备已停用", self.to_string()),
            PostError::Payload(_, words, _) => words.clone(),
            PostError::Inlet(_) => Bilingual::new("服务器暂时无法保存，请重发", self.to_string()),
            PostError::Registry(_) => Bilingual::new("服务器暂时无法核对令牌", self.to_string()),
        }
    }
}

impl Broker {
    /// The device that a token belongs to.
    ///
    /// # Errors
    /// When it is no device's, or that device may not post.
    pub async fn device_of_token(&self, token: &str) -> Result<DeviceId, PostError> {
        let device = self.hub.registry.device_of_token(token).await?.ok_or(PostError::Token)?;
        let world = self.hub.world.load();
        match world.device(device) {
            Some(found) if Hub::admits(found) => Ok(device),
            Some(_) => Err(PostError::Disabled),
            None => Err(PostError::Token),
        }
    }

    /// Takes what a device posts. Ends when it is on disk.
    ///
    /// # Errors
    /// Why nothing of it was taken.
    pub async fn post(&self, device: DeviceId, post: &Post, body: &Json) -> Result<Accepted, PostError> {
        let hub = &self.hub;
        let now = hub.clock.now();
        if !hub.world.load().device(device).is_some_and(Hub::admits) {
            return Err(PostError::Disabled);
        }
        let (signals, taken, faults) = match post {
            Post::Properties => {
                let taken = properties(hub, device, body, now);
                let (count, faults) = (taken.values.len(), taken.faults.clone());
                (report(device, taken), count, faults)
            }
            Post::Event(identifier) => match event(hub, device, identifier, body, now) {
                Ok((signal, faults)) => (vec![signal], 1, faults),
                Err(faults) => (Vec::<Signal>::new(), 0, faults),
            },
        };
        let path = match post {
            Post::Properties => "http:properties".to_owned(),
            Post::Event(identifier) => format!("http:events/{identifier}"),
        };
        let wrong: Vec<Fault> = faults.iter().filter(|f| f.severity == base::Severity::Error).cloned().collect();
        if let Some(first) = wrong.first() {
            reject(hub, device, &path, first.code, words(&wrong), body.to_string().as_bytes(), now);
        }
        if taken == 0 {
            let (code, text) = match wrong.first() {
                Some(first) => (Code::of(first), words(&wrong)),
                None => (Code::Request, Bilingual::new("没有可用的内容", "there is nothing in it")),
            };
            return Err(PostError::Payload(code, text, faults));
        }
        hub.accept(signals).await?;
        Ok(Accepted { taken, faults })
    }
}
