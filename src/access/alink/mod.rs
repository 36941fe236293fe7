//! Alink: the topics, envelopes, codes and tags in which devices of the TSL family speak. Pure.
//!
//! What it is *not*: it checks no value (that is `things::ingest`), knows no rights ([`crate::acl`]) and sends nothing.
//! The way of a message: [`Up::parse`] its topic, [`Request::read`] its payload, give the parameters to `ingest`, answer
//! with [`Reply`] on [`reply_topic`].

mod code;
mod envelope;
mod pack;
mod tags;
mod topic;

pub use code::Code;
pub use envelope::{Broken, Reply, Request, Response, command};
pub use pack::Pack;
pub use tags::{Label, labelled};
pub use topic::{Address, Down, Up, canonical, reply_topic};

#[cfg(test)]
mod tests;
