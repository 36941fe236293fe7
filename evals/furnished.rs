//! The same home with a device of every kind where it has none. A command that a home cannot carry out is refused there,
//! as it should be; said in the furnished home it shows what was understood.

use crate::suite::{Home, HomeDevice};
use serde_json::{Value as Json, json};

/// Kinds of which every room gets one: domain, class, state, attributes.
fn in_each_room() -> Vec<(&'static str, &'static str, &'static str, Json)> {
    vec![
        ("light", "", "off", json!({})),
        ("fan", "", "off", json!({ "percentage": 0 })),
        ("switch", "", "off", json!({})),
        ("lock", "", "locked", json!({})),
        ("climate", "", "heat", json!({ "temperature": 20, "current_temperature": 20 })),
        ("media_player", "", "playing", json!({ "volume_level": 0.5 })),
        ("cover", "blind", "open", json!({ "current_position": 50 })),
        ("cover", "curtain", "open", json!({ "current_position": 50 })),
        ("cover", "window", "open", json!({ "current_position": 50 })),
    ]
}

/// Kinds of which the home gets one.
fn in_the_home() -> Vec<(&'static str, &'static str, &'static str, Json)> {
    vec![
        ("lawn_mower", "", "docked", json!({})),
        ("vacuum", "", "docked", json!({})),
        ("cover", "garage", "closed", json!({ "current_position": 0 })),
        ("cover", "gate", "closed", json!({ "current_position": 0 })),
    ]
}

/// The furnished home.
pub(crate) fn furnished(home: &Home) -> Home {
    let mut home = home.clone();
    let has = |home: &Home, area: Option<&str>, domain: &str, class: &str| {
        home.devices.iter().any(|d| {
            let there = area.is_none() || d.area.as_deref() == area;
            there && d.domain == domain && (class.is_empty() || d.device_class.as_deref() == Some(class))
        })
    };
    let rooms: Vec<Option<String>> = home.areas.iter().map(|a| Some(a.id.clone())).collect();
    for (area, kinds) in rooms.into_iter().map(|r| (r, in_each_room())).chain([(None, in_the_home())]) {
        for (domain, class, state, attributes) in kinds {
            if !has(&home, area.as_deref(), domain, class) {
                let n = home.devices.len();
                home.devices.push(HomeDevice {
                    id: format!("furnished.{n}"),
                    name: format!("furniture{n}"),
                    aliases: Vec::new(),
                    domain: domain.into(),
                    area: area.clone(),
                    device_class: (!class.is_empty()).then(|| class.into()),
                    state: json!(state),
                    attributes: crate::predict::object(attributes),
                    ops: None,
                });
            }
        }
    }
    home
}
