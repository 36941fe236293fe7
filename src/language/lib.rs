//! language: being built.
