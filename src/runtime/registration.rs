//! Registering devices: what a person, a table or a program says of new ones becomes changes of what exists. The one
//! way for page, REST, command line, tool and sentence.
//!
//! What it is *not*: it changes nothing; the changes go through policy and core like any others, and the secret of a
//! device is made by the runtime, never here.

use base::id::{DeviceId, ProductId, SpaceId};
use base::{Bilingual, Diagnostic, Diagnostics, IdGen, Timestamp};
use documents::Change;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use things::{Device, Names, Placement, Product, Route, World, templates};

/// Most devices of one registration.
pub const DEVICES_MAX: usize = 5_000;

/// A device to register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    /// Key of a product that exists here, or name of a shipped template (`room_sensor`, `outlet`), which becomes one.
    pub product: String,
    /// Name with which the device logs in, unique within its product: 1 to 64 letters, digits or - _ . : @. Made from
    /// the product when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What people call it. The product's name and a number when absent.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub names: Names,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// Marks for selecting.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// By which way it is reached; `direct` when absent: it logs in here with credentials of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
}

/// The changes that register devices, in their order, and the ids of the devices. All faults at once; paths begin with
/// the number of the device: `/0/product`.
///
/// # Errors
/// `register.limit`, `register.product` (with the nearest names), `register.space`, `register.key`.
pub fn register(
    world: &World,
    new: &[NewDevice],
    now: Timestamp,
    ids: &mut IdGen,
) -> Result<(Vec<Change>, Vec<DeviceId>), Diagnostics> {
    let mut found = Diagnostics::new();
    if new.len() > DEVICES_MAX {
        found.push(Diagnostic::error(
            "register.limit",
            "",
            Bilingual::new(
                format!("一次最多登记 {DEVICES_MAX} 台设备"),
                format!("at most {DEVICES_MAX} devices can be registered at once"),
            ),
        ));
        return Err(found);
    }
    let mut registrar = Registrar::of(world);
    let (mut changes, mut devices) = (Vec::new(), Vec::new());
    for (i, wanted) in new.iter().enumerate() {
        let Some(product) = registrar.product(wanted, i, &mut changes, &mut found) else { continue };
        if let Some(space) = wanted.space.filter(|s| world.space(*s).is_none()) {
            found.push(Diagnostic::error(
                "register.space",
                format!("/{i}/space"),
                Bilingual::new(format!("没有空间 {space}"), format!("there is no space {space}")),
            ));
        }
        let Some(key) = registrar.key(wanted, &product, i, &mut found) else { continue };
        let device = Device {
            id: ids.next(now),
            product: product.id,
            names: names(wanted, &product, &key),
            key,
            placements: wanted.space.map(|s| Placement { space: Some(s), from: now }).into_iter().collect(),
            route: wanted.route.unwrap_or(Route::Direct),
            tags: wanted.tags.clone(),
            disabled: false,
        };
        devices.push(device.id);
        changes.push(Change::PutDevice(Box::new(device)));
    }
    if found.is_empty() { Ok((changes, devices)) } else { Err(found) }
}

/// A product of a shipped template, as it is made when the first device of it is registered.
pub fn product_of_template(name: &str) -> Option<Product> {
    let model = templates::by_name(name)?.clone();
    Some(Product {
        id: ProductId::of_name(&format!("template.{name}")),
        key: name.into(),
        names: model.x.names.clone(),
        model,
    })
}

/// What is taken while devices are registered one after the other.
struct Registrar {
    products: BTreeMap<String, Product>,
    keys: BTreeMap<ProductId, BTreeSet<String>>,
}

impl Registrar {
    fn of(world: &World) -> Registrar {
        let mut keys: BTreeMap<ProductId, BTreeSet<String>> = BTreeMap::new();
        for device in world.devices() {
            keys.entry(device.product).or_default().insert(device.key.clone());
        }
        Registrar { products: world.products().map(|p| (p.key.clone(), p.clone())).collect(), keys }
    }

    fn product(
        &mut self,
        wanted: &NewDevice,
        i: usize,
        changes: &mut Vec<Change>,
        found: &mut Diagnostics,
    ) -> Option<Product> {
        if let Some(product) = self.products.get(&wanted.product) {
            return Some(product.clone());
        }
        let Some(product) = product_of_template(&wanted.product) else {
            found.push(self.no_product(&wanted.product, i));
            return None;
        };
        changes.push(Change::PutProduct(Box::new(product.clone())));
        self.products.insert(product.key.clone(), product.clone());
        Some(product)
    }

    fn no_product(&self, written: &str, i: usize) -> Diagnostic {
        let known: BTreeSet<&str> =
            self.products.keys().map(String::as_str).chain(templates::all().map(|t| t.0)).collect();
        let near = base::diagnostic::nearest(written, known.iter().copied(), 3).join(", ");
        let diagnostic = Diagnostic::error(
            "register.product",
            format!("/{i}/product"),
            Bilingual::new(
                format!("没有产品或模板“{written}”"),
                format!("there is no product or template `{written}`"),
            ),
        );
        if near.is_empty() {
            return diagnostic;
        }
        diagnostic.help(Bilingual::new(format!("最接近的：{near}"), format!("the nearest are: {near}")))
    }

    /// The key of a device: as it was said, or the next free one.
    fn key(&mut self, wanted: &NewDevice, product: &Product, i: usize, found: &mut Diagnostics) -> Option<String> {
        let taken = self.keys.entry(product.id).or_default();
        let key = match &wanted.key {
            Some(key) => key.clone(),
            None => (taken.len() + 1..)
                .map(|n| format!("{}_{n}", product.key))
                .find(|key| !taken.contains(key))
                .unwrap_or_default(),
        };
        if taken.insert(key.clone()) {
            return Some(key);
        }
        found.push(Diagnostic::error(
            "register.key",
            format!("/{i}/key"),
            Bilingual::new(
                format!("产品“{}”已有设备“{key}”", product.key),
                format!("product `{}` already has a device `{key}`", product.key),
            ),
        ));
        None
    }
}

/// What a device is called when nobody said: its product and the number of its key.
fn names(wanted: &NewDevice, product: &Product, key: &str) -> Names {
    if !wanted.names.is_empty() {
        return wanted.names.clone();
    }
    let digits: String = key.chars().rev().take_while(char::is_ascii_digit).collect();
    let number: String = digits.chars().rev().collect();
    let mark = if number.is_empty() { key.to_owned() } else { number };
    let name = product.names.bilingual();
    Names::new(&format!("{} {mark}", name.zh), &format!("{} {mark}", name.en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim;

    fn at() -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }

    fn new(product: &str, key: Option<&str>) -> NewDevice {
        NewDevice { product: product.into(), key: key.map(Into::into), ..NewDevice::default() }
    }

    fn world() -> World {
        World::build(sim::world()).0
    }

    #[test]
    fn a_template_becomes_a_product_once_and_keys_are_made() {
        let wanted = [new("pump", None), new("pump", Some("p-2")), new("pump", None), new("room_sensor", None)];
        let (changes, devices) = register(&world(), &wanted, at(), &mut IdGen::new(1)).unwrap();
        let products: Vec<&str> = changes
            .iter()
            .filter_map(|c| if let Change::PutProduct(p) = c { Some(p.key.as_str()) } else { None })
            .collect();
        assert_eq!(products, ["pump"], "the demo building has room sensors");
        let made: Vec<&Device> =
            changes.iter().filter_map(|c| if let Change::PutDevice(d) = c { Some(&**d) } else { None }).collect();
        assert_eq!(made.iter().map(|d| d.id).collect::<Vec<_>>(), devices);
        assert_eq!(
            made.iter().map(|d| d.key.as_str()).collect::<Vec<_>>(),
            ["pump_1", "p-2", "pump_3", "room_sensor_17"]
        );
        assert!(made.iter().all(|d| d.route == Route::Direct && !d.names.is_empty()));
    }

    #[test]
    fn all_faults_are_named_with_the_nearest() {
        let mut lost = new("pump", None);
        lost.space = Some(SpaceId::of_name("nowhere"));
        let wanted = [new("rom_sensor", None), lost, new("room_sensor", Some("meeting_air")), new("zzzzzz", None)];
        let found = register(&world(), &wanted, at(), &mut IdGen::new(1)).unwrap_err();
        let got: Vec<(&str, &str)> = found.iter().map(|d| (d.code.as_ref(), d.path.as_ref())).collect();
        assert_eq!(
            got,
            [
                ("register.product", "/0/product"),
                ("register.space", "/1/space"),
                ("register.key", "/2/key"),
                ("register.product", "/3/product"),
            ]
        );
        assert!(found[0].help.as_ref().is_some_and(|h| h.en.contains("room_sensor")));
    }
}
