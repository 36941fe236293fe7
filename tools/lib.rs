//! tools: being built.
