//! Words become phrases: acts, noun phrases and values, and the devices that a phrase points at.

pub(crate) mod link;
pub(crate) mod phrase;
pub(crate) mod pieces;
pub(crate) mod strangers;
