//! `thing.event.property.pack.post`: several values of properties and several events in one message.

use base::{Bilingual, Diagnostic, Diagnostics};
use serde_json::{Map, Value as Json};

/// Most values of one property, and most events, in one message.
const VALUES_MAX: usize = 100;

/// What such a message carries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pack {
    /// Sets of properties, oldest first, each to be taken as one post.
    pub properties: Vec<Map<String, Json>>,
    /// Events: identifier and parameters.
    pub events: Vec<(String, Json)>,
}

impl Pack {
    /// Reads the parameters. Each property has one value or a list, and so has each event.
    ///
    /// # Errors
    /// All that is wrong with it. Devices behind a gateway are not taken here.
    pub fn read(params: &Json) -> Result<Pack, Diagnostics> {
        let mut found = Diagnostics::new();
        let Some(object) = params.as_object() else {
            return Err(vec![shape("/params", "应为对象", "must be an object")]);
        };
        let mut pack = Pack::default();
        for (key, value) in object {
            let path = format!("/params/{key}");
            match (key.as_str(), value) {
                ("properties", Json::Object(properties)) => {
                    for (identifier, said) in properties {
                        for (i, value) in several(said, &format!("{path}/{identifier}"), &mut found).enumerate() {
                            if pack.properties.len() <= i {
                                pack.properties.push(Map::new());
                            }
                            if let Some(set) = pack.properties.get_mut(i) {
                                set.insert(identifier.clone(), value.clone());
                            }
                        }
                    }
                }
                ("events", Json::Object(events)) => {
                    for (identifier, said) in events {
                        let values = several(said, &format!("{path}/{identifier}"), &mut found);
                        pack.events.extend(values.map(|value| (identifier.clone(), value.clone())));
                    }
                }
                ("subDevices", Json::Array(list)) if list.is_empty() => {}
                ("subDevices", _) => {
                    found.push(shape(
                        &path,
                        "不支持子设备，请各自登录",
                        "sub-devices are not taken; each logs in itself",
                    ));
                }
                ("properties" | "events", _) => found.push(shape(&path, "应为对象", "must be an object")),
                _ => found.push(shape(&path, "未知字段", "unknown field")),
            }
        }
        if pack.events.len() > VALUES_MAX {
            found.push(shape("/params/events", "事件过多", "too many events"));
        }
        if found.is_empty() { Ok(pack) } else { Err(found) }
    }
}

/// One value, or a list of them as `{value, time}`. A list of anything else is the value of an array.
fn several<'a>(said: &'a Json, path: &str, found: &mut Diagnostics) -> std::iter::Take<std::slice::Iter<'a, Json>> {
    let list = match said {
        Json::Array(list) if !list.is_empty() && list.iter().all(is_timed) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    if list.len() > VALUES_MAX {
        found.push(shape(path, "值过多", "too many values"));
    }
    list.iter().take(VALUES_MAX)
}

fn is_timed(json: &Json) -> bool {
    json.get("value").is_some() && json.get("time").is_some()
}

fn shape(path: &str, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error("alink.pack", path, Bilingual::new(format!("{path}：{zh}"), format!("{path}: {en}")))
}
