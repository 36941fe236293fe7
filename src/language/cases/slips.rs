//! What a transcript makes of speech, and fingers of words: said twice, filled with sounds, misheard, mistyped.

use super::{check, check_both};

#[test]
fn what_is_said_twice_is_said_once() {
    check_both(
        "",
        &[
            ("turn turn on the kitchen light", "打打开厨房灯", "kit_light.power=true"),
            ("turn off the the kitchen light", "关关掉厨房灯", "kit_light.power=false"),
        ],
    );
}

#[test]
fn sounds_between_the_words_say_nothing() {
    check_both(
        "",
        &[
            ("um so turn on the kitchen light uh please", "嗯那个把厨房灯打开一下呗", "kit_light.power=true"),
            ("uh like switch the bedroom light off", "呃就是那个把卧室灯给我关了", "bed_light.power=false"),
        ],
    );
}

#[test]
fn what_sounds_alike_is_meant() {
    check(&[
        ("打开出房灯", "kit_light.power=true"),
        ("关上卧室窗连", "bed_curtain.position=0"),
        ("打凯厨房灯", "kit_light.power=true"),
    ]);
}

#[test]
fn an_act_with_a_slip_of_the_fingers_is_mended() {
    check(&[
        ("trun on the kitchen light", "kit_light.power=true"),
        ("swich the kitchen light off", "kit_light.power=false"),
        ("clsoe the bedroom curtain", "bed_curtain.position=0"),
    ]);
}

/// The thing first, the question after it: nothing is switched.
#[test]
fn a_question_about_what_stands_in_front_is_no_order() {
    check(&[
        ("the kitchen light is it on", "all:op:=,value:true of kit_light.power"),
        ("the kitchen light, is it off", "all:op:=,value:false of kit_light.power"),
    ]);
}
