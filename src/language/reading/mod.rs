//! What kind of request the words are, which reading wins, how sure it is and which words made what.

pub(crate) mod provenance;
pub(crate) mod rank;
pub(crate) mod remarks;
pub(crate) mod sentence;
pub(crate) mod talk;
