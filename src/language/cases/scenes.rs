//! Sentences that run scenes, and those that only sound like it.

use super::{check_both, check_in};

const MOVIE: &str = "bed_light.power=true liv_lamp.power=true";

#[test]
fn a_scene_is_run_by_its_name() {
    check_both(
        "",
        &[
            ("run the movie scene", "打开看电影模式", MOVIE),
            ("Please activate the Cinema scene.", "请执行看电影场景。", MOVIE),
            ("switch to movie mode", "切换到看电影模式", MOVIE),
            ("movie mode", "看电影场景", MOVIE),
            ("movie", "看电影", MOVIE),
            ("run spring clean", "启动大扫除", "kit_light.power=true"),
            // A scene that a device keeps is called in the same way.
            ("run the film night scene", "打开观影场景", "scene_film.activate=call"),
            ("activate film night", "执行观影", "scene_film.activate=call"),
        ],
    );
}

#[test]
fn a_scene_is_run_at_its_occasion() {
    check_both(
        "",
        &[
            ("Good night!", "晚安", "rec_light.power=true"),
            // Two are for films.
            ("We are going to watch a film.", "来看个电影吧", "ask 2"),
            // The scene for film nights is not for nights.
            ("sleep tight", "早唞", "rec_light.power=true"),
        ],
    );
}

#[test]
fn what_is_not_clear_is_asked() {
    check_both(
        "",
        &[
            ("run the disco scene", "打开蹦迪场景", "ask 4"),
            ("start disco mode", "打开蹦迪模式", "ask 4"),
            ("run the focus scene", "执行专注场景", "ask 2"),
        ],
    );
    // The one where the speaker is.
    check_both("lab", &[("run the focus scene", "专注模式", "rec_light.power=true")]);
}

#[test]
fn modes_of_devices_stay_modes() {
    check_in("", &[("打开厨房灯", "kit_light.power=true"), ("turn on the kitchen light", "kit_light.power=true")]);
}

#[test]
fn the_present_state_is_kept_as_a_scene() {
    check_in(
        "",
        &[
            ("Save this as scene “Movie night”.", "scene:Movie_night"),
            ("please remember the current state as a new scene called Dinner", "scene:Dinner"),
            ("把现在的状态保存为场景“电影之夜”", "scene:电影之夜"),
            ("请将当前设置存为晚餐场景", "scene:晚餐"),
            ("保存现在的状态为场景下午茶", "scene:下午茶"),
        ],
    );
}
