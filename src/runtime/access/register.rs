//! Who may log in, from the store.

use access::contract::{Credential, Registry, RegistryError};
use arc_swap::ArcSwap;
use async_trait::async_trait;
use base::Clock;
use base::id::{DeviceId, TokenId};
use documents::Role;
use std::sync::Arc;
use store::{Store, StoreError};
use things::World;

/// The store as logins see it.
pub(super) struct Register {
    pub(super) store: Store,
    pub(super) world: Arc<ArcSwap<World>>,
    /// The one on the wall: tokens go by it.
    pub(super) clock: Arc<dyn Clock>,
}

fn failed(error: StoreError) -> RegistryError {
    tracing::error!(%error, "a login cannot be checked");
    RegistryError
}

#[async_trait]
impl Registry for Register {
    async fn credential(&self, device: DeviceId) -> Result<Option<Credential>, RegistryError> {
        let world = self.world.load_full();
        let Some(found) = world.device(device) else { return Ok(None) };
        let Some(product) = world.product(found.product) else { return Ok(None) };
        let known = self.store.credentials().find(&product.key, &found.key).await.map_err(failed)?;
        Ok(known.filter(|k| k.device == device).map(|k| Credential {
            secret: k.secret.expose().to_owned(),
            last: k.last_login.and_then(|ms| u64::try_from(ms).ok()),
        }))
    }

    async fn logged_in(&self, device: DeviceId, timestamp: u64) -> Result<bool, RegistryError> {
        let Ok(timestamp) = i64::try_from(timestamp) else { return Ok(false) };
        self.store.credentials().logged_in(device, timestamp).await.map_err(failed)
    }

    async fn bridge(&self, token: &str) -> Result<Option<TokenId>, RegistryError> {
        match self.store.tokens().verify(token, self.clock.now()).await {
            Ok(token) => Ok((token.role == Role::Bridge).then_some(token.id)),
            Err(StoreError::SecretUnknown(_) | StoreError::SecretExpired { .. } | StoreError::SecretRevoked { .. }) => {
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }

    async fn device_of_token(&self, token: &str) -> Result<Option<DeviceId>, RegistryError> {
        match self.store.credentials().verify_device_token(token).await {
            Ok(device) => Ok(Some(device)),
            Err(StoreError::SecretUnknown(_)) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}
