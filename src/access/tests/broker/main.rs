//! The embedded broker against real clients: mosquitto's and paho, as devices and as attackers. What is asserted of an
//! attack is its documented answer, and that nothing of it reached the runtime.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod downlink;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod logins;
#[cfg(test)]
#[path = "../../../../tests/peers/lib.rs"]
mod peers;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod transports;
#[cfg(test)]
mod uplink;
