//! api: being built.
