//! Sentences without a home: a home with one device of every kind that people talk about, and the label of what they
//! made it do. Most of such sentences ask for nothing at all, and then nothing may move.

use crate::building::Said;
use crate::homes::Built;
use crate::suite::{Home, HomeDevice, Place};
use base::Value;
use serde_json::{Value as Json, json};

/// What is said when nothing was done.
const NONE: &str = "none";
/// Rooms of the home, each with a lamp.
const ROOMS: &[&str] = &["Living room", "Kitchen", "Bedroom", "Bathroom", "Hallway", "Office", "Garage"];
/// The room of the person who speaks.
pub(crate) const HERE: &str = "Living room";
/// The one appliance with a label of its own.
const COFFEE: &str = "Coffee machine";
/// Present brightness and volume, so that both ways are open.
const HALF: f64 = 50.0;

/// The home.
pub(crate) fn home() -> Home {
    let areas: Vec<Place> = ROOMS
        .iter()
        .map(|name| Place { id: id(name), name: (*name).into(), aliases: Vec::new(), floor: None })
        .collect();
    let mut devices: Vec<HomeDevice> = ROOMS
        .iter()
        .map(|room| {
            let attributes = json!({ "brightness": 128, "supported_color_modes": ["color_temp", "rgb"] });
            device(&format!("{room} light"), "light", "", room, "on", attributes)
        })
        .collect();
    let sound = json!({ "volume_level": HALF / 100.0, "is_volume_muted": false });
    let cooling = json!({ "hvac_modes": ["off", "cool", "heat"], "temperature": 22 });
    devices.extend([
        device("Speaker", "media_player", "speaker", "Living room", "playing", sound),
        device("Robot vacuum", "vacuum", "", "Living room", "docked", json!({})),
        device("Plug", "switch", "outlet", "Living room", "off", json!({})),
        device(COFFEE, "switch", "", "Kitchen", "off", json!({})),
        device("Thermostat", "climate", "", "Hallway", "heat", cooling),
        device("Blind", "cover", "blind", "Bedroom", "open", json!({ "current_position": HALF })),
        device("Fan", "fan", "", "Bedroom", "off", json!({ "percentage": 0 })),
        device("Front door lock", "lock", "", "Hallway", "locked", json!({})),
        device("Garage door", "cover", "garage", "Garage", "closed", json!({ "current_position": 0 })),
    ]);
    Home { id: "generic".into(), floors: Vec::new(), areas, devices, timers: Vec::new() }
}

fn id(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

fn device(name: &str, domain: &str, class: &str, room: &str, state: &str, attributes: Json) -> HomeDevice {
    HomeDevice {
        id: format!("{domain}.{}", id(name)),
        name: name.into(),
        aliases: Vec::new(),
        domain: domain.into(),
        area: Some(id(room)),
        device_class: (!class.is_empty()).then(|| class.into()),
        state: json!(state),
        attributes: crate::predict::object(attributes),
        ops: None,
    }
}

/// What the sentence did, as one label; the most specific act counts.
pub(crate) fn label(built: &Built, said: &Said) -> String {
    let mut labels: Vec<(u8, String)> = said
        .writes
        .iter()
        .filter_map(|w| {
            let device = built.device_of(w.point)?;
            let trait_id = built.world.point(w.point)?.trait_.as_deref().unwrap_or("");
            Some(labelled(device, trait_id, &w.value, built.values.get(&w.point)))
        })
        .collect();
    labels.sort();
    match labels.into_iter().next() {
        Some((_, label)) => label,
        None if said.rules().next().is_some() => "rule".into(),
        None => NONE.into(),
    }
}

fn labelled(device: &HomeDevice, trait_id: &str, value: &Value, before: Option<&Value>) -> (u8, String) {
    let yes = value.as_bool() == Some(true);
    let on = if yes { "on" } else { "off" };
    let up = value.as_number() > before.and_then(Value::as_number);
    let (rank, label) = match (trait_id, value) {
        ("colour" | "colour_temperature", _) => (0, "light.change".into()),
        ("brightness", _) => (1, format!("light.{}", if up { "brighten" } else { "dim" })),
        ("volume", _) => (1, format!("volume.{}", if up { "up" } else { "down" })),
        ("mute", _) if yes => (1, "volume.mute".into()),
        ("run", _) if value.as_text() == Some("cleaning") => (1, "vacuum.start".into()),
        ("on_off", _) if device.name == COFFEE && yes => (2, "coffee.make".into()),
        // Any appliance that is only switched stands for what hangs on a switched socket.
        ("on_off", _) if matches!(device.domain.as_str(), "switch" | "fan") => (2, format!("plug.{on}")),
        ("on_off", _) => (3, format!("{}.{on}", device.domain)),
        (other, _) => (4, format!("{}.{other}", device.domain)),
    };
    (rank, label)
}
