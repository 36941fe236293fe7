//! Limits of what is read.

/// Longest text, in bytes.
pub const TEXT_BYTES_MAX: usize = 200 * 1024;
/// Deepest nesting of a document.
pub const DEPTH_MAX: usize = 48;
/// Most values of a document, aliases written out.
pub const VALUES_MAX: usize = 100_000;
/// Most rules of one text.
pub const RULES_MAX: usize = 200;
/// Most findings of one report; what is beyond them is counted.
pub const FINDINGS_MAX: usize = 500;
/// Most times that a loop of a source is written out.
pub const UNROLLED_MAX: u64 = 16;
/// Most times that the loops of a rule are written out in all, those within others counted each time.
pub const UNROLLED_SUM_MAX: u64 = 1000;
/// Longest statement, in bytes.
pub const SQL_BYTES_MAX: usize = 16 * 1024;
/// Deepest nesting of an expression or a statement.
pub const SQL_DEPTH_MAX: usize = 40;
/// Most words and signs of a statement.
pub const SQL_TOKENS_MAX: usize = 1000;
