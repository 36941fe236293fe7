//! The templates of announcements, as far as they only pick a value or place one.
//!
//! What it is *not*: an interpreter. A template that calculates or decides is not understood, and said so.

use super::super::codec::VALUE;

/// What a template picks from a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Picked {
    /// The whole payload.
    Whole,
    /// What stands at this JSON path.
    Path(String),
}

/// Filters that leave the value what it is: they convert, round or replace what is missing.
const HARMLESS: &[&str] = &["float", "int", "round", "string", "default", "is_defined", "trim"];

/// What `{{ value_json.a.b }}`, `{{ value_json['a'][0] | float }}` or `{{ value }}` picks.
pub(super) fn picks(template: &str) -> Option<Picked> {
    let inner = template.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let inner = inner.trim_matches(['-', ' ', '\t', '\n']);
    let mut parts = inner.split('|').map(str::trim);
    let expression = parts.next()?;
    for filter in parts {
        let name = filter.split_once('(').map_or(filter, |(name, _)| name).trim();
        if !HARMLESS.contains(&name) {
            return None;
        }
    }
    if expression == "value" {
        return Some(Picked::Whole);
    }
    path(expression.strip_prefix("value_json")?).map(Picked::Path)
}

/// `.a['b'][0]` as a JSON path.
fn path(mut rest: &str) -> Option<String> {
    let mut path = "$".to_string();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
            let (name, next) = after.split_at_checked(end)?;
            if name.is_empty() {
                return None;
            }
            path.push_str(&format!(".{name}"));
            rest = next;
        } else {
            let (index, next) = rest.strip_prefix('[')?.split_once(']')?;
            let index = index.trim();
            let quoted = ['\'', '"'].iter().find_map(|q| index.strip_prefix(*q)?.strip_suffix(*q));
            match quoted {
                Some(name) if !name.contains(['\'', '"', '\\']) => path.push_str(&format!("['{name}']")),
                Some(_) => return None,
                None => path.push_str(&format!("[{}]", index.parse::<u32>().ok()?)),
            }
            rest = next;
        }
    }
    // A name that begins with a digit is no short form.
    serde_json_path::JsonPath::parse(&path).ok().map(|_| path)
}

/// The template of a command with our placeholder: `{"t": {{ value }}}` becomes `{"t": {value}}`. The name of the
/// value differs between commands (`value`, `position`).
pub(super) fn places(template: &str, name: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inner, next) = after.split_once("}}")?;
        let mut parts = inner.split('|').map(str::trim);
        let plain = parts.next() == Some(name);
        if !plain || !parts.all(|f| HARMLESS.contains(&f.split_once('(').map_or(f, |(n, _)| n).trim())) {
            return None;
        }
        out.push_str(before);
        out.push_str(VALUE);
        rest = next;
    }
    out.push_str(rest);
    (!out.contains("{%") && !out.contains("{#")).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_picked() {
        let path = |p: &str| Some(Picked::Path(p.to_string()));
        for (template, expected) in [
            ("{{ value }}", Some(Picked::Whole)),
            ("{{value|float|round(1)}}", Some(Picked::Whole)),
            ("{{ value_json.temperature }}", path("$.temperature")),
            ("{{- value_json.a.b | float(0) -}}", path("$.a.b")),
            ("{{ value_json['a b'][\"c\"][0] | is_defined }}", path("$['a b']['c'][0]")),
            ("{{ value_json }}", path("$")),
            ("{{ value_json.t * 10 }}", None),
            ("{{ value_json.t | multiply(10) }}", None),
            ("{% if value %}1{% endif %}", None),
            ("{{ value_json.a }}{{ value_json.b }}", None),
            ("{{ value_json.9a }}", None),
            ("{{ value_json.get('a') }}", None),
            ("value", None),
        ] {
            assert_eq!(picks(template), expected, "{template}");
        }
    }

    #[test]
    fn values_are_placed() {
        for (template, expected) in [
            ("{\"t\": {{ value }} }", Some("{\"t\": {value} }")),
            ("{{ value | int }}", Some("{value}")),
            ("plain", Some("plain")),
            ("{{ value * 2 }}", None),
            ("{{ value ", None),
            ("{% if x %}{{ value }}{% endif %}", None),
        ] {
            assert_eq!(places(template, "value").as_deref(), expected, "{template}");
        }
    }

    proptest! {
        #[test]
        fn any_text(text in ".{0,60}", inner in "[a-z_.'\\[\\]|(){}0-9 ]{0,40}") {
            for template in [text, format!("{{{{ value_json{inner} }}}}")] {
                if let Some(Picked::Path(path)) = picks(&template) {
                    prop_assert!(serde_json_path::JsonPath::parse(&path).is_ok());
                }
                let _: Option<String> = places(&template, "value");
            }
        }
    }
}
