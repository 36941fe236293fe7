//! The checks of a thing model that its types cannot hold: identifiers, specs, traits, unknown fields.

use crate::model::{Access, DataKind, Origin, Property, ThingModel, X};
use crate::{PointKind, traits};
use base::{Bilingual, Diagnostic, Diagnostics};
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
    }
    for (i, e) in model.events.iter().enumerate() {
        let path = format!("/events/{i}");
        member(&path, &e.identifier, &e.extra, origin, &mut seen, found);
        one_of(&format!("{path}/type"), &e.type_, &["info", "alert", "error"], found);
    }
    for (i, s) in model.services.iter().enumerate() {
        let path = format!("/services/{i}");
        member(&path, &s.identifier, &s.extra, origin, &mut seen, found);
        one_of(&format!("{path}/callType"), &s.call_type, &["sync", "async"], found);
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
