//! The embedded broker against real clients: mosquitto's and paho, as devices and as attackers. What is asserted of an
//! attack is its documented answer, and that nothing of it reached the runtime.

mod bench;
mod downlink;
mod limits;
mod logins;
#[path = "../../../../tests/peers/lib.rs"]
mod peers;
mod rights;
mod sessions;
mod transports;
mod uplink;
