//! The description of the API (OpenAPI 3.1) as something to read: groups, operations, parameters, schemas, examples.
//! The texts in it are those of the description, which is in English; what is around them is in both languages.

use crate::article::{Heading, slug};
use crate::html::escape;
use base::Lang;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// How deep an example goes.
const EXAMPLE_DEPTH_MAX: usize = 6;

/// What came out.
pub(crate) struct Described {
    pub(crate) html: String,
    pub(crate) contents: Vec<Heading>,
}

struct Writer<'a> {
    lang: Lang,
    schemas: &'a Map<String, Json>,
    /// Answers that many operations share.
    shared: &'a Json,
}

struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    it: &'a Json,
}

/// The whole description. `alone` says that no guide stands before it.
pub(crate) fn describe(description: &Json, lang: Lang, alone: bool) -> Described {
    let empty = Map::new();
    let schemas = description.pointer("/components/schemas").and_then(Json::as_object).unwrap_or(&empty);
    let writer = Writer { lang, schemas, shared: &description["components"]["responses"] };
    let mut groups: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in description["paths"].as_object().unwrap_or(&empty) {
        for method in ["get", "post", "put", "patch", "delete"] {
            if let Some(it) = item.get(method) {
                let tag = it.pointer("/tags/0").and_then(Json::as_str).unwrap_or("other");
                groups.entry(tag).or_default().push(Operation { method, path, it });
            }
        }
    }
    let mut html = String::new();
    let mut contents = Vec::new();
    let mut heading = |title: &str, html: &mut String| {
        let anchor = format!("api-{}", slug(title));
        html.push_str(&format!(
            "<h2 id=\"{anchor}\"><a class=\"here\" href=\"#{anchor}\">{}</a></h2>\n",
            escape(title)
        ));
        contents.push(Heading { level: 2, title: title.to_owned(), anchor });
    };
    let (title, version) = (writer.word("接口", "Interface for programs"), text(&description["info"]["version"]));
    if alone {
        html.push_str(&format!("<h1>{title}</h1>\n"));
    }
    html.push_str(&format!(
        "<p>{} {version}. {} <a href=\"/api/openapi.json\"><code>/api/openapi.json</code></a></p>\n<p>{}</p>\n",
        writer.word("以下由 OpenAPI 描述生成，版本", "What follows is made from the OpenAPI description, version"),
        writer.word("供程序读取的原文（需要登录）：", "The description itself, for programs (it wants a login):"),
        code_marks(text(&description["info"]["description"])),
    ));
    for (tag, operations) in &groups {
        heading(&format!("{}: {tag}", writer.word("操作", "Operations")), &mut html);
        operations.iter().for_each(|operation| html.push_str(&writer.operation(operation)));
    }
    heading(writer.word("数据结构", "Schemas"), &mut html);
    for (name, schema) in schemas {
        html.push_str(&writer.schema_entry(name, schema));
    }
    Described { html, contents }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text of the description, with what stands between backticks as code.
fn code_marks(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) }).collect()
}

fn name_of(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

impl Writer<'_> {
    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    fn operation(&self, o: &Operation<'_>) -> String {
        let id = text(&o.it["operationId"]);
        let mut out = format!(
            "<details class=\"operation\" id=\"{id}\"><summary><code class=\"verb {method}\">{verb}</code> <code>{path}</code> <span>{said}</span></summary>\n",
            id = escape(id),
            method = o.method,
            verb = o.method.to_uppercase(),
            path = escape(o.path),
            said = code_marks(text(&o.it["summary"])),
        );
        if let Some(more) = o.it["description"].as_str() {
            out.push_str(&format!("<p>{}</p>\n", code_marks(more)));
        }
        out.push_str(&self.parameters(&o.it["parameters"]));
        let body = o.it.pointer("/requestBody/content").and_then(Json::as_object).and_then(|c| c.iter().next());
        if let Some((media, content)) = body {
            out.push_str(&format!(
                "<p><b>{}</b> <code>{}</code>: {}</p>\n",
                self.word("请求体", "Body"),
                escape(media),
                self.type_of(&content["schema"])
            ));
        }
        out.push_str(&self.responses(&o.it["responses"]));
        out.push_str(&self.call(o, body.map(|(media, content)| (media.as_str(), &content["schema"]))));
        out.push_str("</details>\n");
        out
    }

    fn parameters(&self, parameters: &Json) -> String {
        let Some(list) = parameters.as_array().filter(|l| !l.is_empty()) else { return String::new() };
        let row = |p: &Json| {
            let place = match text(&p["in"]) {
                "path" => self.word("路径", "path"),
                "header" => self.word("请求头", "header"),
                _ => self.word("查询", "query"),
            };
            let needed = if p["required"] == true { self.word("必填", "needed") } else { "" };
            format!(
                "<tr><td><code>{}</code></td><td>{place} {needed}</td><td>{}</td><td>{}</td></tr>",
                escape(text(&p["name"])),
                self.type_of(&p["schema"]),
                code_marks(text(&p["description"])),
            )
        };
        let rows: String = list.iter().map(row).collect();
        let heads = [
            self.word("参数", "Parameter"),
            self.word("位置", "Where"),
            self.word("类型", "Type"),
            self.word("说明", "What it is"),
        ];
        self.table(&heads, &rows)
    }

    fn responses(&self, responses: &Json) -> String {
        let empty = Map::new();
        let row = |(status, response): (&String, &Json)| {
            let response = response["$ref"].as_str().map_or(response, |shared| &self.shared[name_of(shared)]);
            let content = response["content"].as_object().and_then(|c| c.iter().next());
            let type_ = content.map_or(String::new(), |(media, content)| {
                let schema = &content["schema"];
                if schema.is_null() { format!("<code>{}</code>", escape(media)) } else { self.type_of(schema) }
            });
            let status = if status == "default" { self.word("其他", "else") } else { status };
            let said = code_marks(text(&response["description"]));
            format!("<tr><td>{}</td><td>{type_}</td><td>{said}</td></tr>", escape(status))
        };
        let rows: String = responses.as_object().unwrap_or(&empty).iter().map(row).collect();
        let heads = [self.word("状态", "Status"), self.word("类型", "Type"), self.word("说明", "What it is")];
        self.table(&heads, &rows)
    }

    fn table(&self, heads: &[&str], rows: &str) -> String {
        let heads: String = heads.iter().map(|h| format!("<th>{h}</th>")).collect();
        format!(
            "<div class=\"table\" tabindex=\"0\"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>\n"
        )
    }

    /// A call to paste.
    fn call(&self, o: &Operation<'_>, body: Option<(&str, &Json)>) -> String {
        let verb = if o.method == "get" { String::new() } else { format!("-X {} ", o.method.to_uppercase()) };
        let mut line =
            format!("curl -s {verb}http://127.0.0.1:8080{} \\\n  -H \"Authorization: Bearer $TOKEN\"", o.path);
        if let Some((media, schema)) = body {
            line.push_str(&format!(" -H 'Content-Type: {media}'"));
            if media == "application/json" {
                let example = self.example(schema, 0, &mut BTreeSet::new());
                let written = serde_json::to_string_pretty(&example).unwrap_or_default();
                line.push_str(&format!(" \\\n  -d '{written}'"));
            }
        }
        format!("<pre><code>{}</code></pre>\n", escape(&line))
    }

    /// A type in a few words, with a link to where it is described.
    fn type_of(&self, schema: &Json) -> String {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = escape(name_of(reference));
            return format!("<a href=\"#schema-{name}\">{name}</a>");
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            if let Some(list) = schema[key].as_array() {
                let kinds: Vec<String> = list.iter().filter(|s| s["type"] != "null").map(|s| self.type_of(s)).collect();
                return kinds.join(self.word(" 或 ", " or "));
            }
        }
        if let Some(value) = schema.get("const") {
            return format!("<code>{}</code>", escape(&value.to_string()));
        }
        if let Some(list) = schema["enum"].as_array() {
            return list
                .iter()
                .map(|v| format!("<code>{}</code>", escape(&v.to_string())))
                .collect::<Vec<_>>()
                .join(", ");
        }
        let kind = match &schema["type"] {
            Json::String(kind) => kind.as_str(),
            Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).find(|k| *k != "null").unwrap_or("any"),
            _ => "any",
        };
        match kind {
            "array" => format!("{} {}", self.word("列表：", "list of"), self.type_of(&schema["items"])),
            "object" => self.word("对象", "object").to_owned(),
            "string" => schema["pattern"].as_str().map_or_else(
                || self.word("文本", "text").to_owned(),
                |p| format!("{} <code>{}</code>", self.word("文本", "text"), escape(p)),
            ),
            "integer" => self.word("整数", "whole number").to_owned(),
            "number" => self.word("数值", "number").to_owned(),
            "boolean" => self.word("真假", "true or false").to_owned(),
            _ => self.word("任意", "anything").to_owned(),
        }
    }

    fn schema_entry(&self, name: &str, schema: &Json) -> String {
        let name = escape(name);
        let mut out = format!(
            "<details class=\"schema\" id=\"schema-{name}\"><summary><code>{name}</code> <span>{}</span></summary>\n",
            code_marks(text(&schema["description"]))
        );
        out.push_str(&self.fields(schema));
        out.push_str("</details>\n");
        out
    }

    /// The fields of an object, or the forms that a value may have.
    fn fields(&self, schema: &Json) -> String {
        if let Some(properties) = schema["properties"].as_object() {
            let needed: BTreeSet<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            let row = |(field, of): (&String, &Json)| {
                let mark = if needed.contains(field.as_str()) { self.word("必填", "always") } else { "" };
                format!(
                    "<tr><td><code>{}</code></td><td>{}</td><td>{mark}</td><td>{}</td></tr>",
                    escape(field),
                    self.type_of(of),
                    code_marks(text(&of["description"]))
                )
            };
            let rows: String = properties.iter().map(row).collect();
            let heads = [
                self.word("字段", "Field"),
                self.word("类型", "Type"),
                self.word("必填", "Always"),
                self.word("说明", "What it is"),
            ];
            return self.table(&heads, &rows);
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(list) = schema[key].as_array() {
                let form = |of: &Json| {
                    let said = code_marks(text(&of["description"]));
                    let inner = if of["properties"].is_object() {
                        self.fields(of)
                    } else {
                        format!("<p>{}</p>", self.type_of(of))
                    };
                    format!("<li>{said}{inner}</li>")
                };
                return format!("<ul>{}</ul>\n", list.iter().map(form).collect::<String>());
            }
        }
        format!("<p>{}</p>\n", self.type_of(schema))
    }

    /// A value that the schema admits, with what is needed and nothing more.
    fn example<'s>(&'s self, schema: &'s Json, depth: usize, open: &mut BTreeSet<&'s str>) -> Json {
        if depth > EXAMPLE_DEPTH_MAX {
            return Json::Null;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = name_of(reference);
            let Some(inner) = self.schemas.get(name).filter(|_| open.insert(name)) else { return json!({}) };
            let value = self.example(inner, depth + 1, open);
            open.remove(name);
            return value;
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            if let Some(first) = schema[key].as_array().and_then(|l| l.iter().find(|s| s["type"] != "null")) {
                return self.example(first, depth + 1, open);
            }
        }
        if let Some(value) = schema.get("const").or_else(|| schema["enum"].as_array().and_then(|l| l.first())) {
            return value.clone();
        }
        let kind = match &schema["type"] {
            Json::Array(kinds) => kinds.first().and_then(Json::as_str).unwrap_or_default(),
            kind => text(kind),
        };
        match kind {
            "object" => {
                let needed: BTreeSet<&str> =
                    schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
                let fields = schema["properties"].as_object();
                let fields = fields.into_iter().flatten().filter(|(name, _)| needed.contains(name.as_str()));
                Json::Object(fields.map(|(name, of)| (name.clone(), self.example(of, depth + 1, open))).collect())
            }
            "array" => json!([self.example(&schema["items"], depth + 1, open)]),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
            "boolean" => json!(true),
            "string" => Json::from(sample(schema["pattern"].as_str())),
            _ => json!({}),
        }
    }
}

/// A text that a pattern of an id admits; the word `text` for any other.
fn sample(pattern: Option<&str>) -> String {
    match pattern.and_then(|p| p.strip_prefix('^')).and_then(|p| p.split_once("[0-9a-f]{32}")) {
        Some((prefix, _)) => format!("{prefix}{}", "0".repeat(32)),
        None => "text".to_owned(),
    }
}
