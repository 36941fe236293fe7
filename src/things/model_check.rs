//! The checks of a thing model that its types cannot hold: identifiers, specs, traits, unknown fields.

use crate::model::{Access, DataKind, Origin, Parameter, Property, ThingModel, X};
use crate::{PointKind, traits};
use base::{Bilingual, Diagnostic, Diagnostics, Severity};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// Longest identifier in characters (TSL).
pub(crate) const IDENTIFIER_CHARS_MAX: usize = 50;
/// Most properties, events or services of a model, each.
pub(crate) const MEMBERS_MAX: usize = 500;

pub(crate) fn check(model: &ThingModel, origin: Origin, found: &mut Diagnostics) {
    unknown("", &model.extra, origin, found);
    let mut seen = BTreeSet::new();
    for (list, len) in
        [("properties", model.properties.len()), ("events", model.events.len()), ("services", model.services.len())]
    {
        if len > MEMBERS_MAX {
            found.push(Diagnostic::error(
                "model.limit",
                format!("/{list}"),
                Bilingual::new(
                    format!("最多 {MEMBERS_MAX} 项，现有 {len} 项"),
                    format!("at most {MEMBERS_MAX} are possible, there are {len}"),
                ),
            ));
        }
    }
    for (i, p) in model.properties.iter().enumerate() {
        let path = format!("/properties/{i}");
        member(&path, &p.identifier, &p.extra, origin, &mut seen, found);
        property(&path, p, found);
        if matches!(p.data_type.type_, DataKind::Struct | DataKind::Array) {
            nested(&format!("{path}/dataType"), p.data_type.type_, &p.data_type.specs, origin, found);
        }
    }
    for (i, e) in model.events.iter().enumerate() {
        let path = format!("/events/{i}");
        member(&path, &e.identifier, &e.extra, origin, &mut seen, found);
        one_of(&format!("{path}/type"), &e.type_, &["info", "alert", "error"], found);
        parameters(&format!("{path}/outputData"), &e.output_data, origin, found);
    }
    for (i, s) in model.services.iter().enumerate() {
        let path = format!("/services/{i}");
        member(&path, &s.identifier, &s.extra, origin, &mut seen, found);
        one_of(&format!("{path}/callType"), &s.call_type, &["sync", "async"], found);
        parameters(&format!("{path}/inputData"), &s.input_data, origin, found);
        parameters(&format!("{path}/outputData"), &s.output_data, origin, found);
        known_trait(&path, &s.x, found);
    }
    if let Some(raw) = &model.x.raw {
        crate::layout::check::check(raw, model, "/x/raw", found);
    }
}

/// Whether a model can have this identifier.
pub(crate) fn is_identifier(id: &str) -> bool {
    (1..=IDENTIFIER_CHARS_MAX).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':'))
}

fn member(
    path: &str,
    id: &str,
    extra: &Map<String, Json>,
    origin: Origin,
    seen: &mut BTreeSet<String>,
    found: &mut Diagnostics,
) {
    if !is_identifier(id) {
        found.push(
            Diagnostic::error(
                "model.identifier",
                format!("{path}/identifier"),
                Bilingual::new(format!("标识符“{id}”不合规"), format!("`{id}` is not an identifier")),
            )
            .help(Bilingual::new("使用 1 到 50 个字母、数字或下划线", "use 1 to 50 letters, digits or underscores")),
        );
    }
    if !seen.insert(id.to_string()) {
        found.push(Diagnostic::error(
            "model.duplicate",
            format!("{path}/identifier"),
            Bilingual::new(format!("标识符“{id}”重复"), format!("`{id}` is used twice")),
        ));
    }
    unknown(path, extra, origin, found);
}

fn parameters(path: &str, list: &[Parameter], origin: Origin, found: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for (i, p) in list.iter().enumerate().take(MEMBERS_MAX + 1) {
        let path = format!("{path}/{i}");
        member(&path, &p.identifier, &p.extra, origin, &mut seen, found);
        nested(&format!("{path}/dataType"), p.data_type.type_, &p.data_type.specs, origin, found);
    }
    if list.len() > MEMBERS_MAX {
        let (zh, en) = (format!("最多 {MEMBERS_MAX} 项"), format!("at most {MEMBERS_MAX} are possible"));
        found.push(Diagnostic::error("model.limit", path, Bilingual::new(zh, en)));
    }
}

/// The types within a type. What was written elsewhere may be wrong there: such values are then kept as they are, or
/// not taken, which deserves a warning only.
fn nested(path: &str, kind: DataKind, specs: &Json, origin: Origin, found: &mut Diagnostics) {
    let mut open = vec![(path.to_string(), kind, specs, 0)];
    while let Some((path, kind, specs, depth)) = open.pop() {
        let mut fault = |place: &str, message: Bilingual| {
            let fault = Diagnostic::error("model.specs", format!("{path}/specs{place}"), message);
            let severity = if origin == Origin::Created { Severity::Error } else { Severity::Warning };
            found.push(Diagnostic { severity, ..fault });
        };
        if depth > base::limits::VALUE_DEPTH_MAX {
            fault("", Bilingual::new("层级过深", "nested too deeply"));
            continue;
        }
        let mut inner = Vec::new();
        match (kind, specs) {
            (DataKind::Struct, Json::Array(members)) => {
                for (i, m) in members.iter().enumerate() {
                    let named = m.get("identifier").is_some_and(Json::is_string);
                    match m.get("dataType").filter(|_| named) {
                        Some(type_) => inner.push((format!("/{i}/dataType"), type_)),
                        None => {
                            let (zh, en) =
                                ("成员需要 identifier 和 dataType", "a member has `identifier` and `dataType`");
                            fault(&format!("/{i}"), Bilingual::new(zh, en));
                        }
                    }
                }
            }
            (DataKind::Array, specs) => inner.extend(specs.get("item").map(|item| ("/item".to_string(), item))),
            (DataKind::Struct, _) => {}
            (kind, specs) => {
                if let Err(message) = PointKind::of_type(kind, specs, &X::default()) {
                    fault("", message);
                }
            }
        }
        for (place, type_) in inner {
            match type_.get("type").and_then(|t| DataKind::deserialize(t).ok()) {
                Some(kind) => {
                    let specs = type_.get("specs").unwrap_or(&Json::Null);
                    open.push((format!("{path}/specs{place}"), kind, specs, depth + 1));
                }
                None => fault(&format!("{place}/type"), Bilingual::new("没有这种数据类型", "there is no such type")),
            }
        }
    }
}

/// Fields of TSL that we keep but do not use.
const TOLERATED: &[&str] = &["description", "desc", "method", "version", "std", "custom", "rwFlag", "functionBlockId"];

fn unknown(path: &str, extra: &Map<String, Json>, origin: Origin, found: &mut Diagnostics) {
    if origin == Origin::Imported {
        return;
    }
    for key in extra.keys().filter(|k| !TOLERATED.contains(&k.as_str())) {
        found.push(
            Diagnostic::error(
                "model.unknown_field",
                format!("{path}/{key}"),
                Bilingual::new(format!("未知字段“{key}”"), format!("unknown field `{key}`")),
            )
            .help(Bilingual::new("自有的附加信息放在 x 中", "what is ours stands in the block `x`")),
        );
    }
}

fn one_of(path: &str, value: &str, allowed: &[&str], found: &mut Diagnostics) {
    if !allowed.contains(&value) {
        let list = allowed.join(", ");
        found.push(Diagnostic::error(
            "model.value",
            path,
            Bilingual::new(format!("“{value}”无效，可用：{list}"), format!("`{value}` is not one of {list}")),
        ));
    }
}

fn known_trait(path: &str, x: &X, found: &mut Diagnostics) -> Option<&'static traits::Trait> {
    let id = x.trait_.as_deref()?;
    let known = traits::by_id(id);
    if known.is_none() {
        let near = base::diagnostic::nearest(id, traits::ALL.iter().map(|t| t.id), 3).join(", ");
        found.push(
            Diagnostic::error(
                "model.trait",
                format!("{path}/x/trait"),
                Bilingual::new(format!("没有名为“{id}”的特征"), format!("there is no trait `{id}`")),
            )
            .help(Bilingual::new(format!("相近的有：{near}"), format!("nearest: {near}"))),
        );
    }
    known
}

fn property(path: &str, p: &Property, found: &mut Diagnostics) {
    if p.access_mode == Access::Write {
        found.push(Diagnostic::warning(
            "model.write_only",
            format!("{path}/accessMode"),
            Bilingual::new(
                "只写属性没有反馈，命令止于“已送达”",
                "a write-only property has no feedback: commands end at `acked`",
            ),
        ));
    }
    let kind = match PointKind::of_property(p) {
        Ok(kind) => kind,
        Err(message) => {
            found.push(Diagnostic::error("model.specs", format!("{path}/dataType/specs"), message));
            return;
        }
    };
    if let Some(t) = known_trait(path, &p.x, found)
        && !t.fits(&kind)
    {
        found.push(
            Diagnostic::error(
                "model.trait_kind",
                format!("{path}/dataType"),
                Bilingual::new(
                    format!("特征 {} 与该数据类型不符", t.id),
                    format!("trait `{}` does not fit this type", t.id),
                ),
            )
            .help(t.expected()),
        );
    }
    if p.data_type.type_ == DataKind::Enum {
        let codes = p.data_type.specs.as_object();
        for code in p.x.tokens.keys().filter(|c| !codes.is_some_and(|o| o.contains_key(*c))) {
            found.push(Diagnostic::error(
                "model.token",
                format!("{path}/x/tokens/{code}"),
                Bilingual::new(format!("枚举没有代码 {code}"), format!("the enumeration has no code {code}")),
            ));
        }
    }
}
