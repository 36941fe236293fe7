//! The scenes of the demo building.

use super::{point, space};
use base::Value;
use base::id::SceneId;
use things::{Names, Scene, SceneAct};

/// One write: device key, property, value.
type ActRow = (&'static str, &'static str, Wanted);

/// A value that can stand in a table.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    On(bool),
    Level(f64),
}
use Wanted::{Level, On};

/// A scene: key, space, Chinese names, English names, what it writes.
type SceneRow =
    (&'static str, Option<&'static str>, &'static [&'static str], &'static [&'static str], &'static [ActRow]);

const SCENES: &[SceneRow] = &[
    (
        "meeting",
        Some("meeting"),
        &["会议", "开会"],
        &["Meeting", "Conference"],
        &[
            ("meeting_light", "power", On(true)),
            ("meeting_light", "brightness", Level(80.0)),
            ("meeting_blind", "position", Level(40.0)),
            ("meeting_fan", "power", On(true)),
            ("meeting_ac", "power", On(true)),
            ("meeting_ac", "target_temperature", Level(24.0)),
        ],
    ),
    (
        "leave",
        None,
        &["下班", "离开", "下班离开"],
        &["Leave", "Leaving", "Closing time"],
        &[
            ("lobby_light", "power", On(false)),
            ("lobby_speaker", "power", On(false)),
            ("coffee", "power", On(false)),
            ("meeting_light", "power", On(false)),
            ("meeting_ac", "power", On(false)),
            ("meeting_fan", "power", On(false)),
            ("open_light", "power", On(false)),
            ("open_ac", "power", On(false)),
            ("desk_lamp", "power", On(false)),
            ("front_lock", "locked", On(true)),
        ],
    ),
    (
        "movie",
        Some("living"),
        &["观影", "看电影", "电影"],
        &["Movie", "Movie night", "Cinema"],
        &[
            ("living_light", "power", On(false)),
            ("living_lamp", "power", On(true)),
            ("living_lamp", "brightness", Level(20.0)),
            ("living_curtain", "position", Level(0.0)),
            ("living_tv", "power", On(true)),
        ],
    ),
    (
        "good_night",
        Some("apartment"),
        &["晚安", "睡觉"],
        &["Good night", "Bedtime"],
        &[
            ("living_light", "power", On(false)),
            ("living_lamp", "power", On(false)),
            ("living_tv", "power", On(false)),
            ("kitchen_light", "power", On(false)),
            ("bath_light", "power", On(false)),
            ("living_curtain", "position", Level(0.0)),
            ("bedroom_curtain", "position", Level(0.0)),
            ("bedroom_light", "power", On(false)),
        ],
    ),
];

/// Id of a scene of the demo building.
pub fn scene(key: &str) -> SceneId {
    SceneId::of_name(&format!("demo.{key}"))
}

/// Its scenes.
pub(super) fn scenes() -> Vec<Scene> {
    let value = |wanted: &Wanted| match wanted {
        On(on) => Value::Bool(*on),
        Level(level) => Value::Number(*level),
    };
    SCENES
        .iter()
        .map(|(key, place, zh, en, acts)| Scene {
            id: scene(key),
            names: Names::of(zh, en),
            space: place.map(space),
            acts: acts
                .iter()
                .map(|(device, property, wanted)| SceneAct { point: point(device, property), value: value(wanted) })
                .collect(),
        })
        .collect()
}
