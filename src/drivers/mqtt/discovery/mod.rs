//! Devices that announce themselves as to Home Assistant.

use super::config::Config;
use crate::contract::Found;
use base::id::ConnectionId;

/// Collects what is announced.
#[derive(Debug)]
pub struct Finder {
    prefix: String,
}

impl Finder {
    /// Nothing was announced yet.
    pub fn new(_id: ConnectionId, config: &Config) -> Finder {
        Finder { prefix: config.discovery.prefix.clone() }
    }
    /// Where devices announce themselves.
    pub fn filters(&self) -> Vec<String> {
        vec![format!("{}/+/+/config", self.prefix), format!("{}/+/+/+/config", self.prefix)]
    }
    /// A message came.
    pub fn heard(&mut self, _topic: &str, _payload: &[u8]) -> Option<Found> {
        None
    }
}
