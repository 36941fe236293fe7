//! Evaluation data of third parties: items and homes, read from a folder in the form that its own README describes.
//!
//! What it is *not*: nothing is judged here; the folder's own scorer does. Labels are read only where an item says what
//! shall be done besides talking (scenarios, turns), never what is right.

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::path::Path;

/// Most items of one file.
pub const ITEMS_MAX: usize = 100_000;

/// One item.
#[derive(Debug, Clone, Deserialize)]
pub struct Item {
    /// Unique.
    pub id: String,
    /// Where it comes from.
    pub source: String,
    /// BCP-47 tag.
    pub lang: String,
    /// What is said.
    pub text: String,
    /// In which home; none where only the kind of the request is asked for.
    #[serde(default)]
    pub home: Option<String>,
    /// Where and when.
    #[serde(default)]
    pub context: Option<Circumstances>,
    /// States other than the home's.
    #[serde(default)]
    pub setup: Option<BTreeMap<String, State>>,
    /// What is expected; its `kind` says what a prediction looks like.
    pub expect: Json,
    /// Marks; the first is the category.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Item {
    /// What a prediction looks like.
    pub fn kind(&self) -> &str {
        self.expect.get("kind").and_then(Json::as_str).unwrap_or("")
    }
    /// The name of the room in which it is said.
    pub fn area(&self) -> Option<&str> {
        self.context.as_ref()?.area.as_deref()
    }
    /// The moment at which it is said, with its offset.
    pub fn now(&self) -> Option<&str> {
        self.context.as_ref()?.now.as_deref()
    }
}

/// Where and when something is said.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Circumstances {
    /// Name of a room.
    #[serde(default)]
    pub area: Option<String>,
    /// RFC 3339 with the offset of the place.
    #[serde(default)]
    pub now: Option<String>,
}

/// A state, alone or with attributes.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum State {
    /// Both.
    Full {
        /// The state; unchanged when absent.
        #[serde(default)]
        state: Option<Json>,
        /// Attributes that change.
        #[serde(default)]
        attributes: Map<String, Json>,
    },
    /// The state alone.
    Bare(Json),
}

/// A home.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Home {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// Floors.
    #[serde(default)]
    pub floors: Vec<Place>,
    /// Rooms.
    #[serde(default)]
    pub areas: Vec<Place>,
    /// Devices.
    pub devices: Vec<HomeDevice>,
    /// Timers that run at first.
    #[serde(default)]
    pub timers: Vec<crate::assistant::HomeTimer>,
}

/// A floor or a room.
#[derive(Debug, Clone, Deserialize)]
pub struct Place {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Further names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The floor of a room.
    #[serde(default)]
    pub floor: Option<String>,
}

/// A device of a home.
#[derive(Debug, Clone, Deserialize)]
pub struct HomeDevice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Further names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What kind of device.
    pub domain: String,
    /// The room.
    #[serde(default)]
    pub area: Option<String>,
    /// What kind within the kind.
    #[serde(default)]
    pub device_class: Option<String>,
    /// Its state.
    #[serde(default)]
    pub state: Json,
    /// Its attributes.
    #[serde(default)]
    pub attributes: Map<String, Json>,
    /// What it can do, where the home says so itself.
    #[serde(default)]
    pub ops: Option<Vec<Op>>,
}

/// What a device can do, in the home's own words.
#[derive(Debug, Clone, Deserialize)]
pub struct Op {
    /// Its name.
    pub op: String,
    /// What it takes.
    #[serde(default)]
    pub params: Vec<Param>,
}

/// A parameter of an [`Op`].
#[derive(Debug, Clone, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type", default)]
    pub type_: String,
}

impl HomeDevice {
    /// The state as a text. Some sources write what the state machine takes and gives as a pair; what it gives counts.
    pub fn state_text(&self) -> Option<String> {
        text_of(&self.state)
    }
    /// An attribute as a number. Some sources write it with its range.
    pub fn number(&self, attribute: &str) -> Option<f64> {
        number_of(self.attributes.get(attribute)?)
    }
    /// A limit of an attribute that is written with its range: `lowest`, `highest`.
    pub fn limit(&self, attribute: &str, limit: &str) -> Option<f64> {
        number_of(self.attributes.get(attribute)?.get(limit)?)
    }
    /// Changes state and attributes.
    pub fn set(&mut self, to: &State) {
        match to {
            State::Bare(state) => self.state = state.clone(),
            State::Full { state, attributes } => {
                if let Some(state) = state {
                    self.state = state.clone();
                }
                self.attributes.extend(attributes.clone());
            }
        }
    }
}

/// A JSON value as a number.
pub fn number_of(json: &Json) -> Option<f64> {
    match json {
        Json::Number(n) => n.as_f64(),
        Json::String(s) => s.trim().parse().ok(),
        Json::Object(o) => number_of(o.get("value")?),
        Json::Null | Json::Bool(_) | Json::Array(_) => None,
    }
}

/// A JSON value as a state's text.
fn text_of(json: &Json) -> Option<String> {
    match json {
        Json::String(s) => {
            let given = s.split_once("'out':").and_then(|(_, rest)| rest.split('\'').nth(1));
            Some(given.unwrap_or(s).to_owned())
        }
        Json::Number(n) => Some(n.to_string()),
        Json::Bool(b) => Some(if *b { "on" } else { "off" }.to_owned()),
        Json::Object(o) => text_of(o.get("out").or(o.get("value"))?),
        Json::Null | Json::Array(_) => None,
    }
}

/// The items of one file and their homes.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Name of the file.
    pub name: String,
    /// Items in the order of the file.
    pub items: Vec<Item>,
    /// Homes by id.
    pub homes: BTreeMap<String, Home>,
}

/// Reads every suite of a folder, or only the one of a name.
///
/// # Errors
/// When the folder is absent, has no suite, or a file cannot be read.
pub fn load(dir: &Path, only: Option<&str>) -> anyhow::Result<Vec<Suite>> {
    let list = std::fs::read_dir(dir)
        .with_context(|| format!("the evaluation folder {} is not there; nothing was measured", dir.display()))?;
    let mut names: Vec<String> = list
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".jsonl").map(str::to_owned))
        .filter(|name| only.is_none_or(|o| o == name))
        .collect();
    names.sort();
    if names.is_empty() {
        bail!("the evaluation folder {} has no such suite; nothing was measured", dir.display());
    }
    names.iter().map(|name| suite(dir, name)).collect()
}

fn suite(dir: &Path, name: &str) -> anyhow::Result<Suite> {
    let path = dir.join(format!("{name}.jsonl"));
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut items = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()).take(ITEMS_MAX) {
        let item = serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), n + 1))?;
        items.push(item);
    }
    let path = dir.join("homes").join(format!("{name}.json"));
    let homes = match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| path.display().to_string())?,
        Err(_) => BTreeMap::new(),
    };
    Ok(Suite { name: name.to_owned(), items, homes })
}
