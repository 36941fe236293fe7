//! Thing models in TSL-shaped JSON, with our additions in one block `x`.
//!
//! Field names are those of TSL. What we do not know is kept verbatim in `extra`, so that an imported model is
//! written back unchanged; [`ThingModel::parse`] refuses it in a model that is created here.

use crate::Names;
use crate::layout::{RawLayout, check};
use base::{Bilingual, Diagnostic, Diagnostics, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Whether a property can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Access {
    /// Read only.
    #[serde(rename = "r")]
    Read,
    /// Read and write.
    #[serde(rename = "rw")]
    ReadWrite,
    /// Write only; accepted on import with a warning.
    #[serde(rename = "w")]
    Write,
}

impl Access {
    /// Whether commands may be sent.
    pub fn writable(self) -> bool {
        matches!(self, Access::ReadWrite | Access::Write)
    }
}

/// What can happen when a point is written wrongly. The order is the order of strictness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Nothing.
    None,
    /// Somebody is too warm or in the dark.
    #[default]
    Comfort,
    /// Something is open that should be shut.
    Security,
    /// Somebody may be hurt.
    Life,
}

/// What the assistant may do with a point. The order is the order of freedom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Assistant {
    /// It does not see the point.
    Hidden,
    /// It may read.
    Read,
    /// It may act after a person has confirmed.
    Confirm,
    /// It may act.
    #[default]
    Act,
}

/// Our additions to a property, event or service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct X {
    /// What it means, from the closed list of traits.
    #[serde(rename = "trait", default, skip_serializing_if = "Option::is_none")]
    pub trait_: Option<String>,
    /// UCUM unit; wins over `specs.unit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Brick 1.4 class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brick: Option<String>,
    /// Haystack marker tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub haystack: Vec<String>,
    /// Home Assistant device class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ha_device_class: Option<String>,
    /// What a wrong write can do; the trait's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<Safety>,
    /// What the assistant may do; `act` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assistant: Option<Assistant>,
    /// Further names.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub aliases: Names,
    /// For enumerations: code to token (`{"1": "cool"}`). Codes without a token are their own token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tokens: BTreeMap<String, String>,
    /// `false`: the device never reports this property after a write, so a command ends at `acked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<bool>,
    /// What rules do while its quality is bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<QualityPolicy>,
    /// How long values are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
}

/// What rules do while a source has bad quality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum QualityPolicy {
    /// Keep the last good value.
    Hold,
    /// Give no value.
    Skip,
    /// Use this value.
    Safe(base::Value),
}

/// How long values are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct History {
    /// Days of raw values.
    pub raw_days: u32,
    /// Days of 15-minute values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollup_days: Option<u32>,
}

/// Our additions to the model as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelX {
    /// What kind of device it is, in one word (`light`, `curtain`): the same for all products of a kind.
    pub kind: String,
    /// What people call such a device: `灯`, `light`, `lamp`.
    #[serde(default)]
    pub names: Names,
    /// Brick 1.4 class of the equipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brick: Option<String>,
    /// The frames of devices that speak bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawLayout>,
}

/// TSL data type with its specs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DataType {
    /// `int`, `float`, `double`, `text`, `date`, `bool`, `enum`, `struct` or `array`.
    #[serde(rename = "type")]
    pub type_: DataKind,
    /// Depends on the type: `{min, max, step, unit, unitName}`, `{length}`, `{"0": .., "1": ..}`, members or item.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub specs: Json,
}

/// The types of TSL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DataKind {
    /// 32-bit whole number.
    Int,
    /// Single precision.
    Float,
    /// Double precision.
    Double,
    /// Text.
    Text,
    /// UTC milliseconds as a text.
    Date,
    /// 0 or 1.
    Bool,
    /// A code of a list.
    Enum,
    /// Members with names.
    Struct,
    /// Items of one type.
    Array,
}

/// A property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    /// Unique within the model.
    pub identifier: String,
    /// Display name.
    pub name: String,
    /// Whether it can be written.
    pub access_mode: Access,
    /// Whether a device must have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Type and specs.
    pub data_type: DataType,
    /// Our additions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub x: X,
    /// What an imported model has beyond this.
    #[serde(flatten)]
    #[schemars(skip)]
    pub extra: Map<String, Json>,
}

/// A parameter of an event or service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// Unique within its list.
    pub identifier: String,
    /// Display name.
    pub name: String,
    /// Type and specs.
    pub data_type: DataType,
    /// What an imported model has beyond this.
    #[serde(flatten)]
    #[schemars(skip)]
    pub extra: Map<String, Json>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Unique within the model.
    pub identifier: String,
    /// Display name.
    pub name: String,
    /// `info`, `alert` or `error`.
    #[serde(rename = "type")]
    pub type_: String,
    /// What it carries.
    #[serde(default)]
    pub output_data: Vec<Parameter>,
    /// Our additions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub x: X,
    /// What an imported model has beyond this.
    #[serde(flatten)]
    #[schemars(skip)]
    pub extra: Map<String, Json>,
}

/// A service: something the device does when called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Unique within the model.
    pub identifier: String,
    /// Display name.
    pub name: String,
    /// `sync` or `async`.
    pub call_type: String,
    /// What it takes.
    #[serde(default)]
    pub input_data: Vec<Parameter>,
    /// What it answers.
    #[serde(default)]
    pub output_data: Vec<Parameter>,
    /// Our additions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub x: X,
    /// What an imported model has beyond this.
    #[serde(flatten)]
    #[schemars(skip)]
    pub extra: Map<String, Json>,
}

/// Which product a model belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Key of the product.
    #[serde(default)]
    pub product_key: String,
    /// What an imported model has beyond this.
    #[serde(flatten)]
    #[schemars(skip)]
    pub extra: Map<String, Json>,
}

/// A thing model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct ThingModel {
    /// URL of the schema the model follows; kept as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Which product it belongs to.
    #[serde(default)]
    pub profile: Profile,
    /// What it measures and can be set to.
    #[serde(default)]
    pub properties: Vec<Property>,
    /// What it tells by itself.
    #[serde(default)]
    pub events: Vec<Event>,
    /// What it does when called.
    #[serde(default)]
    pub services: Vec<Service>,
    /// Our additions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub x: ModelX,
    /// What an imported model has beyond this.
    #[serde(flatten)]
    #[schemars(skip)]
    pub extra: Map<String, Json>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where a model comes from, which decides what is done with unknown fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Written here: unknown fields are refused.
    Created,
    /// Written elsewhere: unknown fields are kept verbatim.
    Imported,
}

impl ThingModel {
    /// Reads a model; all faults at once. Without errors the model can be used.
    pub fn parse(json: &Json, origin: Origin) -> (Option<ThingModel>, Diagnostics) {
        let mut found = Diagnostics::new();
        let Some(object) = json.as_object() else {
            found.push(Diagnostic::error(
                "model.shape",
                "",
                Bilingual::new("物模型应为 JSON 对象", "a thing model is a JSON object"),
            ));
            return (None, found);
        };
        let mut rest = object.clone();
        let properties = items(&mut rest, "properties", "", &mut found);
        let events = items(&mut rest, "events", "", &mut found);
        let services = items(&mut rest, "services", "", &mut found);
        let raw = rest.get_mut("x").and_then(Json::as_object_mut).and_then(|x| x.remove("raw"));
        let mut model: ThingModel = match serde_json::from_value(Json::Object(rest)) {
            Ok(m) => m,
            Err(e) => {
                found.push(shape("", &e));
                return (None, found);
            }
        };
        (model.properties, model.events, model.services) = (properties, events, services);
        model.x.raw = raw.map(|raw| check::parse(raw, "/x/raw", &mut found));
        crate::model_check::check(&model, origin, &mut found);
        let usable = !base::diagnostic::has_errors(&found);
        (usable.then_some(model), found)
    }
}

pub(crate) fn shape(path: &str, e: &serde_json::Error) -> Diagnostic {
    Diagnostic::error(
        "model.shape",
        path,
        Bilingual::new(format!("格式不符：{e}"), format!("does not have the expected form: {e}")),
    )
}

/// Takes a list out of an object and reads its items one by one, so that each fault is reported.
pub(crate) fn items<T: serde::de::DeserializeOwned>(
    rest: &mut Map<String, Json>,
    key: &str,
    path: &str,
    found: &mut Diagnostics,
) -> Vec<T> {
    let Some(list) = rest.remove(key) else { return Vec::new() };
    let path = format!("{path}/{key}");
    let Json::Array(list) = list else {
        found.push(Diagnostic::error("model.shape", path, Bilingual::new("应为数组", "must be an array")));
        return Vec::new();
    };
    let mut out = Vec::with_capacity(list.len());
    for (i, item) in list.into_iter().enumerate() {
        match serde_json::from_value(item) {
            Ok(t) => out.push(t),
            Err(e) => found.push(shape(&format!("{path}/{i}"), &e)),
        }
    }
    out
}
