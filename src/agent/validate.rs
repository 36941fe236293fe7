//! Checks an input against its JSON Schema and reports every fault at once, each with its place and how to mend it.
//!
//! What it is *not*: it knows no point and no range; the tools check what a schema cannot say.

use base::diagnostic::nearest;
use base::{Bilingual, Diagnostic, Diagnostics};
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind as Kind};
use serde_json::Value as Json;

/// Most faults that one answer tells.
pub const FAULTS_MAX: usize = 20;

/// A schema that is ready to check.
#[derive(Debug)]
pub struct Checker {
    schema: Json,
    validator: Validator,
}

impl Checker {
    /// Prepares a schema.
    ///
    /// # Errors
    /// When it is not a schema.
    pub fn new(schema: Json) -> Result<Checker, String> {
        let validator = jsonschema::validator_for(&schema).map_err(|e| e.to_string())?;
        Ok(Checker { schema, validator })
    }

    /// Every fault of an input, at most [`FAULTS_MAX`].
    pub fn check(&self, input: &Json) -> Diagnostics {
        let mut found = Diagnostics::new();
        for error in self.validator.iter_errors(input) {
            self.explain(&error, &mut found);
        }
        found.truncate(FAULTS_MAX);
        found
    }

    fn explain(&self, error: &ValidationError<'_>, found: &mut Diagnostics) {
        let path = error.instance_path().to_string();
        let place = error.schema_path().to_string();
        let mut say = |code: &str, zh: String, en: String, help: Option<Bilingual>| {
            let mut d = Diagnostic::error(format!("input.{code}"), path.clone(), Bilingual::new(zh, en));
            d.help = help;
            found.push(d);
        };
        match error.kind() {
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                say("required", format!("缺少字段 {name}"), format!("the field `{name}` is missing"), None);
            }
            Kind::AdditionalProperties { unexpected } => {
                let known = self.known_fields(&place);
                for name in unexpected {
                    say(
                        "unknown_field",
                        format!("没有字段 {name}"),
                        format!("there is no field `{name}`"),
                        fields(name, &known),
                    );
                }
            }
            Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
                let best = context.iter().filter(|b| deeper(b, error)).min_by_key(|b| b.len());
                match best {
                    Some(branch) => branch.iter().for_each(|e| self.explain(e, found)),
                    None => {
                        let forms = self.forms(&place);
                        let help = Bilingual::new(format!("可用形式：{forms}"), format!("it is one of: {forms}"));
                        say("form", "形式不对".into(), "it has none of the possible forms".into(), Some(help));
                    }
                }
            }
            Kind::Enum { options } => {
                let list = options.to_string();
                let help = Bilingual::new(format!("可选值：{list}"), format!("it is one of {list}"));
                say("value", "值不在可选范围内".into(), "the value is not one of the list".into(), Some(help));
            }
            Kind::Pattern { pattern } => {
                let help = Bilingual::new(
                    format!("应符合 {pattern}；用 point_search 查 id"),
                    format!("it matches {pattern}; point_search finds ids"),
                );
                say("id", "不是这种 id".into(), "it is not an id of this kind".into(), Some(help));
            }
            kind => {
                let (keyword, text) = (kind.keyword().to_owned(), error.to_string());
                say(&keyword, format!("不符合要求（{text}）"), text, None);
            }
        }
    }

    /// The fields of the object schema whose keyword is at a place.
    fn known_fields(&self, place: &str) -> Vec<&str> {
        let object = place.rsplit_once('/').and_then(|(parent, _)| self.schema.pointer(parent));
        let fields = object.and_then(|o| o.get("properties")).and_then(Json::as_object);
        fields.map(|f| f.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    /// The alternatives at a place, in short.
    fn forms(&self, place: &str) -> String {
        let branches = self.schema.pointer(place).and_then(Json::as_array).cloned().unwrap_or_default();
        let form = |b: &Json| -> Option<String> {
            let first =
                b.get("required").and_then(|r| r.get(0)).and_then(Json::as_str).map(|f| format!("{{\"{f}\": …}}"));
            let other = || b.get("const").or(b.get("enum")).or(b.get("type")).map(Json::to_string);
            first.or_else(other)
        };
        branches.iter().filter_map(form).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a branch fails only below the place of the alternative: then it is the one that was meant.
fn deeper(branch: &[ValidationError<'_>], error: &ValidationError<'_>) -> bool {
    let here = error.instance_path().to_string();
    !branch.is_empty() && branch.iter().all(|e| e.instance_path().to_string() != here)
}

fn fields(written: &str, known: &[&str]) -> Option<Bilingual> {
    if known.is_empty() {
        return None;
    }
    let near = nearest(written, known.iter().copied(), 1);
    let list = if near.is_empty() { known.join(", ") } else { near.join(", ") };
    Some(Bilingual::new(format!("可用字段：{list}"), format!("possible: {list}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_faults_at_once_with_place_and_help() {
        let schema = serde_json::to_value(schemars::schema_for!(documents::Query)).unwrap();
        let checker = Checker::new(schema).unwrap();
        let faults = |input: Json| -> Vec<(String, String)> {
            checker.check(&input).into_iter().map(|d| (d.path, d.code)).collect()
        };
        let id = base::id::PointId::from_bits(1).to_string();
        assert_eq!(checker.check(&json!({"select": {"points": [id]}, "ask": "value"})), vec![]);
        let bad = json!({"select": {"points": ["lamp"], "kind": "light"}, "ask": {"all": {"op": "~", "value": 1}}});
        let mut found = faults(bad);
        found.sort();
        let expected =
            [("/ask/all/op", "input.form"), ("/select", "input.unknown_field"), ("/select/points/0", "input.id")];
        assert_eq!(found, expected.map(|(p, c)| (p.to_string(), c.to_string())));
        assert_eq!(faults(json!({"select": {}})), [(String::new(), "input.required".to_string())]);
        let help = checker.check(&json!({"select": {"kind": "light"}, "ask": "value"}));
        assert_eq!(help[0].help.as_ref().unwrap().en, "possible: kinds");
    }
}
