//! What a conversation remembers.

use super::{hear, now, shown};
use crate::{Dialogue, Utterance};

fn talk(turns: &[(&str, &str)]) {
    let mut dialogue = Dialogue::default();
    for (text, expected) in turns {
        let u = hear(text, "", &dialogue);
        assert_eq!(shown(&u), *expected, "{text}");
        dialogue.remember(&Utterance::new(*text, now()), &u);
    }
}

#[test]
fn pronouns_options_and_names() {
    talk(&[
        ("turn on the kitchen light", "kit_light.power=true"),
        ("turn it off", "kit_light.power=false"),
        ("把它打开", "kit_light.power=true"),
    ]);
    talk(&[("turn on the fan", "ask 3"), ("the second one", "lab_hood.power=true")]);
    talk(&[("打开风扇", "ask 3"), ("厨房的", "kit_fan.power=true"), ("关掉它", "kit_fan.power=false")]);
    talk(&[
        ("turn on the fan", "ask 3"),
        ("turn on the kitchen light", "kit_light.power=true"),
        ("the second one", "no not_understood"),
    ]);
    talk(&[
        ("is the bedroom light on", "all:op:=,value:true of bed_light.power"),
        ("dim it to 20%", "bed_light.brightness=20"),
    ]);
}
