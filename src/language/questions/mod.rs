//! Phrases become questions and conditions about states.

pub(crate) mod asking;
pub(crate) mod compared;
pub(crate) mod ground;
pub(crate) mod predicate;
pub(crate) mod presence;
pub(crate) mod question;
pub(crate) mod values;
pub(crate) mod weather;
