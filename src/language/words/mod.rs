//! What words mean: the concepts of `lexicon.toml`, and the names of the registry.

pub(crate) mod common;
pub(crate) mod concept;
pub(crate) mod index;
pub(crate) mod inflect;
pub(crate) mod lexicon;
pub(crate) mod nicknames;
pub(crate) mod own;
pub(crate) mod places;
pub(crate) mod signs;
