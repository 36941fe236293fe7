//! Limits of rules. Those that other crates share stand in `base::limits`.

/// Most inputs of one `and` or `or`.
pub const INPUTS_MAX: usize = 32;
/// Most sub-graphs that stand within each other.
pub const SUBGRAPH_DEPTH_MAX: usize = 4;
/// Longest id of a node, with the ids of the sub-graphs that it stands in, in characters.
pub const NODE_ID_CHARS_MAX: usize = 64;
/// Longest time a node may wait or hold: 31 days, in milliseconds.
pub const SPAN_MS_MAX: i64 = 31 * 86_400_000;
/// Most runs of one instance that a rule may allow at once (mode `parallel`), or triggers that wait (mode `queued`).
pub const RUNS_MAX: u32 = 100;
/// Most often that a value follows time by itself: every second, in milliseconds.
pub const TICK_MS_MIN: i64 = 1_000;
/// Most evaluations caused by timers in one step; what is left is done in the next one.
pub const DUE_PER_STEP_MAX: usize = 10_000;
/// Longest path into a payload, in characters.
pub const PATH_CHARS_MAX: usize = 256;
/// Most nodes of something that is said again where it is needed twice; beyond it gets a name.
pub const SAID_TWICE_MAX: usize = 8;
/// Deepest nesting that is said in one sentence; beyond it a part gets a name.
pub const SAID_DEPTH_MAX: usize = 10;
/// Longest read-back that is read, in characters.
pub const READ_CHARS_MAX: usize = 20_000;
/// Most steps of work for reading one text: the words of a rule of 30 nodes take 3,000, each about a microsecond.
pub const READ_STEPS_MAX: usize = 100_000;
/// Most ways of reading one text that are followed.
pub const READINGS_MAX: usize = 64;
/// Deepest nesting that is read.
pub const READ_DEPTH_MAX: usize = 160;
/// Most points that a finding lists.
pub const LISTED_MAX: usize = 3;
/// Most names that a finding suggests.
pub const SUGGESTIONS_MAX: usize = 3;
/// Most failures of one node in one step that a trace tells.
pub const FAULTS_MAX: usize = 4;
/// Most boxes of one region of situations in the analysis; beyond it the region is widened to one.
pub const CELLS_MAX: usize = 24;
/// Most states of a state machine.
pub const STATES_MAX: usize = 32;
/// Most transitions of a state machine.
pub const TRANSITIONS_MAX: usize = 128;
/// Most points of a curve.
pub const CURVE_POINTS_MAX: usize = 64;
/// Pieces of the past that are together shorter than this part of a span are merged.
pub const SERIES_PARTS: i64 = 256;
/// Most rows of a witness.
pub const WITNESS_STEPS_MAX: usize = 24;
/// Most actions of one row of a witness.
pub const WITNESS_ACTIONS_MAX: usize = 8;
/// Most combinations of values that are tried to find a situation.
pub const SITUATIONS_MAX: usize = 256;
/// Most timers that a simulation of the analysis waits for.
pub const WAITS_MAX: usize = 64;
/// How often rules trigger each other in a simulation before it counts as without end.
pub const ROUNDS_MAX: usize = 16;
/// Most findings of one kind about rules.
pub const RULE_FINDINGS_MAX: usize = 200;
/// Most rows of a table that values are looked up in.
pub const TABLE_ROWS_MAX: usize = 64;
/// Most cases of one switch.
pub const CASES_MAX: usize = 8;
/// Longest template of a text, in characters.
pub const TEMPLATE_CHARS_MAX: usize = 1_000;
/// Longest text that is searched for or put in its place, in characters.
pub const PATTERN_CHARS_MAX: usize = 64;
/// Longest script, in characters.
pub const SCRIPT_CHARS_MAX: usize = 1_000;
/// Deepest nesting of a script.
pub const SCRIPT_DEPTH_MAX: usize = 48;
/// Most parts of a script; each is worked out once at most, so this is its fuel.
pub const SCRIPT_PARTS_MAX: usize = 400;
