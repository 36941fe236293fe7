//! Characters become words: one form of writing, numbers and times, all readings as words, and what was misspelt or misheard.

pub(crate) mod fuzzy;
pub(crate) mod lattice;
pub(crate) mod literals;
pub(crate) mod normalise;
pub(crate) mod numbered;
pub(crate) mod numerals;
pub(crate) mod slips;
pub(crate) mod sounds;
pub(crate) mod times;
