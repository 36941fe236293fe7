//! The description of the API (OpenAPI 3.1), made from the handlers and their types. What is served is the committed
//! golden file; a test proves that it is what the code says.

use crate::{Api, problem, routes};
use aide::axum::ApiRouter;
use aide::openapi::{Components, Info, OpenApi, SecurityScheme};
use aide::transform::TransformOpenApi;
use serde_json::{Map, Value as Json, json};

/// The golden description.
pub const TEXT: &str = include_str!("openapi.json");

/// The documented routes with their description.
pub(crate) fn describe(router: ApiRouter<Api>) -> (axum::Router<Api>, OpenApi) {
    let mut api = OpenApi {
        info: Info { title: "Castellan".into(), version: env!("CARGO_PKG_VERSION").into(), ..Info::default() },
        components: Some(Components::default()),
        ..OpenApi::default()
    };
    let router = router.finish_api_with(&mut api, words);
    (router, api)
}

fn words(api: TransformOpenApi<'_>) -> TransformOpenApi<'_> {
    api.summary("Talk to your building.")
        .description(
            "Every error is `application/problem+json` with a stable `code`. Collections are given page by page: \
             `next_cursor` of one answer is `cursor` of the next request. Every JSON answer to a GET carries an `ETag`; \
             what changes an object takes it as `If-Match`, and is refused with 412 when the object is another by then.",
        )
        .security_scheme(
            "token",
            SecurityScheme::Http {
                scheme: "bearer".into(),
                bearer_format: None,
                description: Some("A token of `castellan token create`.".into()),
                extensions: Default::default(),
            },
        )
        .security_scheme(
            "page",
            SecurityScheme::ApiKey {
                location: aide::openapi::ApiKeyLocation::Cookie,
                name: crate::auth::COOKIE.into(),
                description: Some("The page's cookie; what changes something also needs a matching `Origin` and `X-Castellan-Page`.".into()),
                extensions: Default::default(),
            },
        )
        .security_requirement("token")
        .security_requirement("page")
        .default_response::<problem::Problem>()
}

/// The description as the code says it, in canonical JSON.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn generate() -> Result<String, base::canonical::NotJson> {
    let (_, api) = describe(routes::all());
    let mut written: Json = serde_json::from_str(&base::canonical::to_string(&api)?).unwrap_or_default();
    tell_errors(&mut written);
    loosen_sets(&mut written);
    base::canonical::to_string_pretty(&written)
}

/// A set may be written with an element twice: it is the same set. The types of sets make the schemas say otherwise.
fn loosen_sets(written: &mut Json) {
    match written {
        Json::Object(fields) => {
            fields.remove("uniqueItems");
            fields.values_mut().for_each(loosen_sets);
        }
        Json::Array(items) => items.iter_mut().for_each(loosen_sets),
        _ => {}
    }
}

/// What can go wrong with many operations: status, name, what it means.
const ERRORS: &[(&str, &str, &str)] = &[
    ("400", "BadRequest", "The body is not JSON, or a parameter is not what it has to be."),
    ("401", "Unauthorised", "Nobody is logged in, or the token or cookie is not good any more."),
    ("403", "Forbidden", "The role may not do that, or the request does not come from the own page."),
    ("404", "NotFound", "There is no such thing."),
    ("409", "Conflict", "What exists does not allow it now."),
    ("412", "PreconditionFailed", "The object is not the one that `If-Match` names; it comes as `current`."),
    ("413", "TooLarge", "The body is too large."),
    ("415", "UnsupportedMediaType", "The body is of another type."),
    ("422", "Unprocessable", "The body is well formed, and asks for something that cannot be; findings say what."),
    ("429", "TooManyRequests", "There were too many requests; `Retry-After` says how many seconds to wait."),
];

/// Says of each operation which errors it can answer with. The layers and extractors answer with most of them, which no
/// handler's type tells.
fn tell_errors(description: &mut Json) {
    let responses: Map<String, Json> = ERRORS.iter().map(|(status, name, meaning)| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let headers = match *status {
            "429" => json!({ "Retry-After": { "description": "Seconds.", "required": true, "schema": { "type": "integer" } } }),
            _ => json!({}),
        };
        let told = json!({ "description": meaning, "headers": headers, "content": { problem::MEDIA_TYPE: { "schema": schema } } });
        ((*name).to_owned(), told)
    }).collect();
    if let Some(components) = description["components"].as_object_mut() {
        components.insert("responses".into(), Json::Object(responses));
    }
    let Some(paths) = description["paths"].as_object_mut() else { return };
    for item in paths.values_mut().filter_map(Json::as_object_mut) {
        for (method, operation) in item.iter_mut() {
            let can = errors_of(method, operation);
            let Some(told) = operation["responses"].as_object_mut() else { continue };
            for (status, name, _) in ERRORS.iter().filter(|(status, ..)| can.contains(status)) {
                let told = told.entry(*status);
                told.or_insert_with(|| json!({ "$ref": format!("#/components/responses/{name}") }));
            }
        }
    }
}

/// The errors that an operation can answer with, as far as its form tells.
fn errors_of(method: &str, operation: &Json) -> Vec<&'static str> {
    let parameter =
        |place: &str| operation["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["in"] == place));
    let open = operation["security"].as_array().is_some_and(Vec::is_empty);
    let (of_object, has_body) = (parameter("path"), operation.get("requestBody").is_some());
    let changes = method != "get";
    let some = [
        (true, &["429"][..]),
        (!open, &["401", "403"]),
        (parameter("query"), &["400", "422"]),
        (has_body, &["400", "413", "415", "422"]),
        (of_object, &["404"]),
        (changes && !open, &["409"]),
        (changes && of_object, &["412"]),
    ];
    some.into_iter().filter(|(can, _)| *can).flat_map(|(_, statuses)| statuses.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    /// Two types of one name are told apart by a number, which says nothing to who reads it and moves between builds.
    #[test]
    fn every_schema_has_a_name_of_its_own() {
        let description: serde_json::Value = serde_json::from_str(&super::generate().unwrap()).unwrap();
        let schemas = description["components"]["schemas"].as_object().unwrap();
        let numbered = |name: &&String| {
            let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
            plain != name.as_str() && schemas.contains_key(plain)
        };
        assert_eq!(schemas.keys().filter(numbered).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    /// `INSTA_UPDATE=always cargo test -p api` writes the golden file anew.
    #[test]
    fn the_golden_description_is_what_the_code_says() {
        let said = super::generate().unwrap();
        if std::env::var("INSTA_UPDATE").is_ok_and(|v| v == "always") {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json"), &said).unwrap();
            return;
        }
        assert!(said == super::TEXT, "src/api/openapi.json is out of date: INSTA_UPDATE=always cargo test -p api");
    }
}
