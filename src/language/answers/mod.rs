//! What is said back: answers, receipts, questions, refusals.

pub mod recall;
pub(crate) mod refuse;
pub mod render;
