//! The description of the API (OpenAPI 3.1), made from the handlers and their types. What is served is the committed
//! golden file; a test proves that it is what the code says.

use crate::{Api, problem, routes};
use aide::axum::ApiRouter;
use aide::openapi::{Components, Info, OpenApi, SecurityScheme};
use aide::transform::TransformOpenApi;

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
             `next_cursor` of one answer is `cursor` of the next request. Objects carry an `ETag`.",
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
                description: Some("The page's cookie; what changes something also needs a matching `Origin`.".into()),
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
    base::canonical::to_string_pretty(&api)
}

#[cfg(test)]
mod tests {
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
