//! Which words made which part: the words as they were typed, and what they were read as.

use super::hear;
use crate::Dialogue;
use documents::{Sense, Understanding};
use proptest::prelude::*;

/// `words -> sense: what they were read as`, in English.
fn read(text: &str, room: &str) -> Vec<String> {
    let typed: Vec<char> = text.chars().collect();
    let of = |(from, to): (usize, usize)| typed.get(from..to).unwrap().iter().collect::<String>();
    let u = hear(text, room, &Dialogue::default());
    let words = u.parts.iter().flat_map(|p| &p.words);
    words.map(|w| format!("{} -> {}: {}", of(w.span), sense(w.sense), w.text.en)).collect()
}

fn sense(sense: Sense) -> String {
    format!("{sense:?}").to_lowercase()
}

#[test]
fn words_as_they_were_typed() {
    insta::assert_debug_snapshot!(
        [
            "Turn on the Kitchen light",
            "把卧室灯调到４０％",
            "Set the bedroom thermostat to twenty one degrees",
            "turn off all the lights except the kitchen light",
            "關掉廚房燈",
            "is the lab window open?",
            "哪些灯开着",
            "when the lab window opens turn off the fume hood",
            "turn on the dishwasher",
        ]
        .map(|text| (text, read(text, "")))
    );
}

/// Words stand inside their part, one behind the other.
fn ordered(u: &Understanding) -> bool {
    u.parts.iter().all(|p| {
        let inside = p.words.iter().all(|w| p.span.0 <= w.span.0 && w.span.0 < w.span.1 && w.span.1 <= p.span.1);
        inside && p.words.windows(2).all(|w| matches!(w, [a, b] if a.span.0 <= b.span.0))
    })
}

proptest! {
    #[test]
    fn words_stand_in_order_inside_their_part(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "turn on", "it's", "the", "kitchen light", "打开", "厨房灯", "，", "and", "如果", "40%", "二十度", "除了", "all",
                "when", "opens", "明天早上七点", "what's", "？", " ",
            ]),
            1..12,
        ),
    ) {
        let text = words.join(" ");
        let u = hear(&text, "", &Dialogue::default());
        prop_assert!(ordered(&u), "{text}: {u:?}");
    }
}
