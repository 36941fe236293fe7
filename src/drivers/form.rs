//! Reads a configuration into its type, by the schema of that type: all faults at once, each with its place.
//!
//! What it is *not*: what the fields mean together is the driver's own check. Start at [`read`].

use base::{Bilingual, Diagnostic, Diagnostics};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

/// Deepest nesting of a configuration that is looked at.
const DEPTH_MAX: usize = 12;

/// Reads a configuration.
///
/// # Errors
/// All faults of form: unknown and missing keys, values of another type or out of range.
pub fn read<T: DeserializeOwned + JsonSchema>(config: &Map<String, Json>) -> Result<T, Diagnostics> {
    let schema = schemars::schema_for!(T).to_value();
    let mut found = Diagnostics::new();
    let json = Json::Object(config.clone());
    Form { root: &schema, found: &mut found }.look(&schema, &json, "", 0);
    if !found.is_empty() {
        return Err(found);
    }
    serde_json::from_value(json).map_err(|e| {
        vec![Diagnostic::error(
            "driver.form",
            "",
            Bilingual::new(format!("配置格式不符：{e}"), format!("the configuration does not have its form: {e}")),
        )]
    })
}

struct Form<'a> {
    root: &'a Json,
    found: &'a mut Diagnostics,
}

impl<'a> Form<'a> {
    fn look(&mut self, schema: &'a Json, json: &Json, path: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let schema = self.resolved(schema);
        // An optional value is `anyOf` of its type and null.
        if let Some(branches) = ["anyOf", "oneOf"].iter().find_map(|k| schema.get(k)).and_then(Json::as_array) {
            let inner: Vec<&Json> = branches.iter().filter(|b| !is_null(b)).collect();
            match inner[..] {
                [_] if json.is_null() && inner.len() < branches.len() => {}
                [only] => self.look(only, json, path, depth + 1),
                _ => self.one_of(&inner, json, path, depth),
            }
            return;
        }
        if !self.type_fits(schema, json, path) {
            return;
        }
        match json {
            Json::Object(map) => self.object(schema, map, path, depth),
            Json::Array(items) => {
                if let Some(item) = schema.get("items") {
                    for (i, value) in items.iter().enumerate() {
                        self.look(item, value, &format!("{path}/{i}"), depth + 1);
                    }
                }
            }
            Json::Number(n) => self.range(schema, n, path),
            Json::Null | Json::Bool(_) | Json::String(_) => {}
        }
    }

    /// One of several: words of an enumeration, or objects that are told apart by the keys that each requires.
    fn one_of(&mut self, branches: &[&'a Json], json: &Json, path: &str, depth: usize) {
        let words = |b: &'a Json| b.get("const").into_iter().chain(list(b, "enum"));
        if branches.iter().all(|b| words(b).next().is_some()) {
            let all: Vec<&Json> = branches.iter().flat_map(|b| words(b)).collect();
            if !all.contains(&json) {
                self.must_be(&all.iter().map(|w| w.to_string()).collect::<Vec<_>>().join(", "), path);
            }
        } else if branches.iter().all(|b| list(b, "required").next().is_some()) {
            let has = |b: &Json| list(b, "required").all(|k| k.as_str().is_some_and(|k| json.get(k).is_some()));
            let mut fitting = branches.iter().filter(|b| has(b));
            match (fitting.next(), fitting.next()) {
                (Some(only), None) => self.look(only, json, path, depth + 1),
                (Some(_), Some(_)) => {}
                (None, _) => {
                    let keys = branches.iter().flat_map(|b| list(b, "required")).map(Json::to_string);
                    self.must_be(&format!("{{ {}: … }}", keys.collect::<Vec<_>>().join(" | ")), path);
                }
            }
        }
    }

    fn resolved(&self, schema: &'a Json) -> &'a Json {
        let mut at = schema;
        for _ in 0..DEPTH_MAX {
            let Some(pointer) = at.get("$ref").and_then(Json::as_str).and_then(|r| r.strip_prefix('#')) else { break };
            let Some(next) = self.root.pointer(pointer) else { break };
            at = next;
        }
        at
    }

    fn object(&mut self, schema: &'a Json, map: &Map<String, Json>, path: &str, depth: usize) {
        let known = schema.get("properties").and_then(Json::as_object);
        let others = schema.get("additionalProperties");
        for (key, value) in map {
            let place = format!("{path}/{}", escaped(key));
            match (known.and_then(|k| k.get(key)), others) {
                (Some(inner), _) => self.look(inner, value, &place, depth + 1),
                (None, Some(Json::Bool(false))) => self.unknown(key, known, place),
                (None, Some(inner)) => self.look(inner, value, &place, depth + 1),
                (None, None) => {}
            }
        }
        for key in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if !map.contains_key(key) {
                self.found.push(Diagnostic::error(
                    "driver.missing",
                    format!("{path}/{key}"),
                    Bilingual::new(format!("缺少“{key}”"), format!("`{key}` is missing")),
                ));
            }
        }
    }

    fn unknown(&mut self, key: &str, known: Option<&Map<String, Json>>, place: String) {
        let known: Vec<&str> = known.into_iter().flat_map(|k| k.keys()).map(String::as_str).collect();
        let near = base::diagnostic::nearest(key, known.iter().copied(), 1);
        let help = match near.first() {
            Some(near) => Bilingual::new(format!("是否指“{near}”？"), format!("did you mean `{near}`?")),
            None => {
                let list = known.join(", ");
                Bilingual::new(format!("可用：{list}"), format!("there are: {list}"))
            }
        };
        self.found.push(
            Diagnostic::error(
                "driver.unknown_key",
                place,
                Bilingual::new(format!("未知的键“{key}”"), format!("unknown key `{key}`")),
            )
            .help(help),
        );
    }

    fn type_fits(&mut self, schema: &Json, json: &Json, path: &str) -> bool {
        let wanted: Vec<&str> = match schema.get("type") {
            Some(Json::String(one)) => vec![one],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        let fits = |t: &str| match t {
            "null" => json.is_null(),
            "boolean" => json.is_boolean(),
            "integer" => json.as_i64().is_some() || json.as_u64().is_some(),
            "number" => json.is_number(),
            "string" => json.is_string(),
            "array" => json.is_array(),
            "object" => json.is_object(),
            _ => true,
        };
        let listed = schema.get("enum").and_then(Json::as_array);
        if (!wanted.is_empty() && !wanted.iter().any(|t| fits(t))) || listed.is_some_and(|l| !l.contains(json)) {
            let expected = match listed {
                Some(list) => list.iter().map(Json::to_string).collect::<Vec<_>>().join(", "),
                None => wanted.into_iter().filter(|t| *t != "null").collect::<Vec<_>>().join(", "),
            };
            self.must_be(&expected, path);
            return false;
        }
        true
    }

    fn must_be(&mut self, expected: &str, path: &str) {
        let words = Bilingual::new(format!("应为 {expected}"), format!("must be {expected}"));
        self.found.push(Diagnostic::error("driver.type", path, words));
    }

    fn range(&mut self, schema: &Json, n: &serde_json::Number, path: &str) {
        let bound = |key: &str| schema.get(key).and_then(Json::as_f64);
        let (low, high) = (bound("minimum"), bound("maximum"));
        let Some(n) = n.as_f64() else { return };
        if low.is_some_and(|low| n < low) || high.is_some_and(|high| n > high) {
            let words = |b: Option<f64>| b.map(base::value::number_text).unwrap_or_default();
            let (low, high) = (words(low), words(high));
            self.found.push(Diagnostic::error(
                "driver.range",
                path,
                Bilingual::new(format!("应在 {low} 到 {high} 之间"), format!("must be within {low}..{high}")),
            ));
        }
    }
}

fn list<'a>(schema: &'a Json, key: &str) -> impl Iterator<Item = &'a Json> {
    schema.get(key).and_then(Json::as_array).into_iter().flatten()
}

fn is_null(schema: &Json) -> bool {
    schema.get("type").and_then(Json::as_str) == Some("null")
}

/// A key as a step of a JSON Pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[schemars(range(min = 0, max = 2))]
        level: u8,
    }

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        /// Told apart by its key.
        Over(Inner),
        /// The same.
        Under(Inner),
    }

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        /// With a description, which makes a branch of each.
        One,
        /// The same.
        Two,
    }

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        host: String,
        #[serde(default)]
        way: Option<Way>,
        #[serde(default)]
        word: Option<Word>,
        #[serde(default)]
        inner: Option<Inner>,
        #[serde(default)]
        list: Vec<Inner>,
    }

    #[test]
    fn all_faults_with_their_places() {
        let cases = [
            (json!({"host": "a"}), vec![]),
            (json!({"host": "a", "inner": null, "list": [{"level": 1}]}), vec![]),
            (json!({"host": "a", "way": {"over": {"level": 1}}, "word": "two"}), vec![]),
            (
                json!({"host": "a", "way": {"over": {"level": 3}}, "word": "three"}),
                vec!["driver.range /way/over/level ", "driver.type /word "],
            ),
            (json!({"host": "a", "way": {"through": {}}}), vec!["driver.type /way "]),
            (json!({"hots": "a"}), vec!["driver.unknown_key /hots host", "driver.missing /host "]),
            (
                json!({"host": 1, "inner": {"level": 3}, "list": [{"levle": 1}, {"level": "x"}]}),
                vec![
                    "driver.type /host ",
                    "driver.range /inner/level ",
                    "driver.unknown_key /list/0/levle level",
                    "driver.missing /list/0/level ",
                    "driver.type /list/1/level ",
                ],
            ),
        ];
        for (config, expected) in cases {
            let found = read::<Outer>(config.as_object().unwrap()).err().unwrap_or_default();
            let short: Vec<String> = found
                .iter()
                .map(|d| {
                    let near = d.help.as_ref().and_then(|h| h.en.split('`').nth(1)).unwrap_or_default();
                    format!("{} {} {near}", d.code, d.path)
                })
                .collect();
            assert_eq!(short, expected, "{config}");
        }
    }
}
