//! Northbound device access: devices with an identity of their own log in here, over the embedded MQTT broker or HTTP.
//!
//! What it is *not*: it knows no store and no rule. Signals go to an [`Inlet`], logins are checked against a
//! [`Registry`], sessions are kept by a [`Keep`]. Start at [`Broker`]; its pure parts are [`login`], [`acl`],
//! [`presence`] and [`alink`].

pub mod acl;
pub mod alink;
mod broker;
mod client;
pub mod contract;
mod downlink;
pub mod filter;
mod gate;
pub mod http;
mod hub;
mod keeper;
mod lanes;
pub mod limits;
pub mod login;
mod message;
pub mod metrics;
pub mod presence;
mod rejected;
mod retained;
mod routes;
mod session;
mod uplink;
mod wire;

pub use acl::Identity;
pub use broker::{AccessError, Bound, Broker, Certificate, Options};
pub use contract::{
    Credential, Inlet, InletError, Keep, KeepChange, KeepError, Kept, KeptMessage, KeptSession, Registry,
    RegistryError, Subscription,
};
pub use downlink::{RRPC_TIMEOUT, RRPC_TIMEOUT_MAX, RRPC_TIMEOUT_MIN, RrpcResult};
pub use limits::Limits;
pub use metrics::Metrics;
pub use rejected::Rejected;
