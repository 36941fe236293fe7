//! What changes for rules, charts and history when a thing model is replaced by another version.

use crate::ThingModel;
use crate::model::{DataType, Property};
use base::{Bilingual, Diagnostic, Diagnostics};
use std::collections::BTreeMap;

/// Compares two versions. Errors break what refers to the old one, warnings deserve a look; additions are silent.
pub fn report(old: &ThingModel, new: &ThingModel) -> Diagnostics {
    let mut found = Diagnostics::new();
    let news: BTreeMap<&str, (usize, &Property)> =
        new.properties.iter().enumerate().map(|(i, p)| (p.identifier.as_str(), (i, p))).collect();
    for p in &old.properties {
        match news.get(p.identifier.as_str()) {
            None => found.push(gone("/properties", &p.identifier)),
            Some((i, q)) => property(p, q, &format!("/properties/{i}"), &mut found),
        }
    }
    for id in old.events.iter().map(|e| &e.identifier).filter(|id| !new.events.iter().any(|e| &e.identifier == *id)) {
        found.push(gone("/events", id));
    }
    for s in &old.services {
        match new.services.iter().position(|t| t.identifier == s.identifier) {
            None => found.push(gone("/services", &s.identifier)),
            Some(i) if new.services[i].input_data != s.input_data => found.push(Diagnostic::warning(
                "compat.inputs",
                format!("/services/{i}/inputData"),
                Bilingual::new(
                    format!("服务 {} 的参数有变", s.identifier),
                    format!("the arguments of service `{}` differ", s.identifier),
                ),
            )),
            Some(_) => {}
        }
    }
    if old.x.raw.is_some() && old.x.raw != new.x.raw {
        let text = Bilingual::new("原始数据的布局有变", "the layout of raw frames differs");
        found.push(Diagnostic::warning("compat.raw", "/x/raw", text));
    }
    found
}

fn gone(path: &str, id: &str) -> Diagnostic {
    Diagnostic::error("compat.removed", path, Bilingual::new(format!("{id} 已被移除"), format!("`{id}` was removed")))
}

fn property(old: &Property, new: &Property, path: &str, found: &mut Diagnostics) {
    let id = &old.identifier;
    if old.data_type.type_ != new.data_type.type_ {
        let text = Bilingual::new(format!("{id} 的数据类型有变"), format!("the type of `{id}` differs"));
        found.push(Diagnostic::error("compat.type", format!("{path}/dataType/type"), text));
    } else if old.data_type != new.data_type {
        let text = Bilingual::new(format!("{id} 的取值规格有变"), format!("the specs of `{id}` differ"));
        found.push(specs(&old.data_type, &new.data_type, path, text));
    }
    if old.x.trait_ != new.x.trait_ || old.x.unit != new.x.unit {
        let text = Bilingual::new(format!("{id} 的特征或单位有变"), format!("trait or unit of `{id}` differs"));
        found.push(Diagnostic::error("compat.meaning", format!("{path}/x"), text));
    }
    if old.access_mode.writable() && !new.access_mode.writable() {
        let text = Bilingual::new(format!("{id} 不再可写"), format!("`{id}` can no longer be written"));
        found.push(Diagnostic::error("compat.access", format!("{path}/accessMode"), text));
    }
}

/// A value of an enumeration that is gone breaks rules; another range only may.
fn specs(old: &DataType, new: &DataType, path: &str, text: Bilingual) -> Diagnostic {
    let codes = |d: &DataType| d.specs.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let is_enum = old.type_ == crate::model::DataKind::Enum;
    let lost = is_enum && codes(old).iter().any(|c| !codes(new).contains(c));
    let path = format!("{path}/dataType/specs");
    if lost { Diagnostic::error("compat.codes", path, text) } else { Diagnostic::warning("compat.specs", path, text) }
}
