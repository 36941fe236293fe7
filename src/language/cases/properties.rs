//! What holds for any text.

use super::{FIXTURE, hear, shown};
use crate::{Dialogue, Lexicon};
use base::id::DeviceId;
use documents::{Draft, Verdict};
use proptest::prelude::*;
use things::{Device, Names, World, WorldDoc};

/// Words of the domain and noise, to be thrown together.
const WORDS: &[&str] = &[
    "turn on",
    "turn",
    "off",
    "the",
    "kitchen",
    "light",
    "lights",
    "all",
    "except",
    "and",
    "if",
    "when",
    "above",
    "20",
    "degrees",
    "until",
    "set",
    "to",
    "half",
    "5 minutes",
    "is",
    "which",
    "how many",
    "it",
    ",",
    ".",
    "把",
    "打开",
    "厨房",
    "灯",
    "所有",
    "除了",
    "如果",
    "超过",
    "二十度",
    "就",
    "的",
    "和",
    "吗",
    "客厅",
    "调到",
    "一半",
    "时",
    "没人",
    "为什么",
    "不要",
    "zorbo",
    "叽里",
    "每天",
    "undo",
    "温度",
    "temperature",
    "in",
    "not",
    "or",
    "between",
    "then",
    "，",
    "else",
];

fn commands(text: &str) -> bool {
    hear(text, "", &Dialogue::default())
        .parts
        .iter()
        .any(|p| matches!(p.verdict, Verdict::Draft(Draft::Commands(_) | Draft::Rule(_))))
}

proptest! {
    #[test]
    fn any_text_is_understood_or_refused_the_same_way_twice(text in ".{0,60}") {
        let (a, b) = (hear(&text, "", &Dialogue::default()), hear(&text, "", &Dialogue::default()));
        prop_assert_eq!(&a, &b);
        prop_assert!((0.0..=1.0).contains(&a.confidence));
        let chars = text.chars().count();
        prop_assert!(a.parts.iter().all(|p| p.span.0 <= p.span.1 && p.span.1 <= chars));
    }

    #[test]
    fn any_words_of_the_domain_too(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..14), spaced: bool) {
        let text = words.join(if spaced { " " } else { "" });
        let a = hear(&text, "parlour", &Dialogue::default());
        prop_assert_eq!(a, hear(&text, "parlour", &Dialogue::default()));
    }

    #[test]
    fn an_unknown_name_or_place_is_never_acted_on(name in "[bcdfghjkvwxz]{5,9}") {
        for text in [format!("turn off the lights in the {name}"), format!("turn on the {name}"), format!("turn off the {name} light"), format!("把{name}的灯关掉"), format!("打开{name}"), format!("turn off all lights except the {name}")] {
            prop_assert!(!commands(&text), "{}: {}", text, shown(&hear(&text, "", &Dialogue::default())));
        }
    }
}

#[test]
fn a_long_text_is_read_quickly_and_the_lexicon_is_stable() {
    let long = "turn on the kitchen light and 打开厨房灯 ".repeat(400);
    assert!(!hear(&long, "", &Dialogue::default()).parts.is_empty());
    assert_eq!(Lexicon::build(&FIXTURE.world), FIXTURE.lexicon);
}

/// The same words as if all of them had been collected anew.
#[test]
fn what_changes_is_renewed() {
    let changes: [fn(&mut WorldDoc); 7] = [
        |_| {},
        |doc| doc.devices.retain(|d| d.key != "liv_light"),
        |doc| doc.devices.iter_mut().for_each(|d| d.disabled |= d.key == "lab_window"),
        |doc| doc.devices.iter_mut().filter(|d| d.key == "can_light").for_each(|d| d.names.en.push("Beacon".into())),
        |doc| {
            let (lamp, room) = (doc.devices.first().unwrap().clone(), doc.devices.last().unwrap().placements.clone());
            let id = DeviceId::of_name("another");
            doc.devices.push(Device {
                id,
                key: "another".into(),
                names: Names::new("新灯", "new lamp"),
                placements: room,
                ..lamp
            });
        },
        |doc| doc.spaces.iter_mut().for_each(|s| s.tags.extend(["quiet".to_owned()])),
        |doc| doc.devices.clear(),
    ];
    let (mut world, mut lexicon) = (FIXTURE.world.clone(), FIXTURE.lexicon.clone());
    for change in changes {
        let mut doc = world.doc().clone();
        change(&mut doc);
        let next = World::build(doc).0;
        lexicon = lexicon.renewed(&world, &next);
        assert!(lexicon == Lexicon::build(&next));
        world = next;
    }
}
