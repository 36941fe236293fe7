//! No text is too much: whatever is said, up to ten thousand bytes, is read without a panic and in bounded time.

use crate::predict::moment;
use base::{Clock, Span};
use language::{Dialogue, Lexicon, Utterance};
use runtime::sim;
use things::{States, World};

/// Size of a text.
const BYTES: usize = 10_000;
/// Longest time of a text: what grows with the square of its length takes longer. Tests are not optimised and share their
/// machine; how fast an optimised build is, the benchmark tells.
const SLOWEST: Span = Span::from_millis(1_000);

/// What is said again and again: what makes most readings, in both languages.
const PIECES: &[&str] = &[
    "turn on the lobby light and ",
    "if the door opens and ",
    "except the light in the ",
    "light ",
    "the the the ",
    "twenty-two hundred ",
    "9",
    "1.5 degrees ",
    "at 7 am on mondays ",
    "((((",
    "\"'\"'",
    "what is the ",
    "aaaaaaaaaa",
    "zx qj vk ",
    "打开大厅灯和",
    "如果大门开了就",
    "除了会议室的",
    "灯",
    "的的的",
    "一百二十三",
    "每天早上七点",
    "，。；",
    "開燈",
    "不不不",
    "𠮷👨‍👩‍👧‍👦é\u{0301}\u{200d}",
    "把把把把",
    "Turn on 大厅灯 to 40% ",
];

#[test]
fn ten_kilobytes_are_read_in_time() {
    let clock = runtime::SystemClock::default();
    let (world, _) = World::build(sim::world());
    let lexicon = Lexicon::build(&world);
    let (states, dialogue) = (States::new(), Dialogue::default());
    let hear = |said: String| {
        let before = clock.now();
        let understood =
            language::understand(&Utterance::new(said, moment(None)), &dialogue, &world, &lexicon, &states);
        assert!(!understood.parts.is_empty());
        clock.now() - before
    };
    hear("turn on the lobby light".into());
    let full = |pieces: &[&str]| pieces.concat().repeat(BYTES / pieces.concat().len());
    let alone = PIECES.iter().map(|p| [*p, ""]);
    let pairs = PIECES.iter().zip(PIECES.iter().rev()).map(|(a, b)| [*a, *b]);
    let slow: Vec<_> = alone
        .chain(pairs)
        .map(|pieces| (hear(full(&pieces)), pieces))
        .filter(|(took, _)| *took > SLOWEST)
        .map(|(took, pieces)| format!("{} ms: {pieces:?}", took.as_millis()))
        .collect();
    assert!(slow.is_empty(), "{slow:#?}");
}
