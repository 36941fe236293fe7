//! Northbound device access: devices with an identity of their own log in here, over the embedded MQTT broker or HTTP.

pub mod acl;
pub mod alink;
pub mod filter;
pub mod login;
pub mod presence;
