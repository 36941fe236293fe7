//! Phrases become commands: clauses, what they leave out, and what an act means for a device.

pub(crate) mod clause;
pub(crate) mod commands;
pub(crate) mod deed;
pub(crate) mod ellipsis;
pub(crate) mod sought;
