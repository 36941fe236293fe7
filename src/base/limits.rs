//! Limits that more than one crate must agree on. A limit of one crate stands in that crate.

/// Longest text of one chat turn, in characters.
pub const UTTERANCE_CHARS_MAX: usize = 2_000;
/// Longest display name or alias, in characters.
pub const NAME_CHARS_MAX: usize = 64;
/// Deepest nesting of a value.
pub const VALUE_DEPTH_MAX: usize = 8;
/// Most characters in a text value.
pub const TEXT_CHARS_MAX: usize = 4_096;
/// Most commands that one request may make.
pub const COMMANDS_PER_REQUEST_MAX: usize = 500;
/// Most nodes of one rule graph.
pub const RULE_NODES_MAX: usize = 200;
/// Most edges of one rule graph.
pub const RULE_EDGES_MAX: usize = 600;
/// Most rooms or devices that one rule stands for.
pub const RULE_PLACES_MAX: usize = 200;
