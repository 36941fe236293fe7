//! What handlers take out of a request: a JSON body, a query, an id in the path. Each refuses with a [`Problem`].

use crate::limits;
use crate::problem::Problem;
use aide::generate::GenContext;
use aide::openapi::{
    MediaType, Operation, Parameter, ParameterData, ParameterSchemaOrContent, PathStyle, ReferenceOr, RequestBody,
    Response as Described, SchemaObject, StatusCode as DescribedStatus,
};
use aide::operation::{OperationInput, OperationOutput, ParamLocation, add_parameters, parameters_from_schema};
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::{Json, RequestExt};
use base::id::Kind;
use base::{Bilingual, Diagnostic, Id};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

/// What is written as a JSON object, or as the name of a variant without fields. `serde` alone would also take a list of
/// the fields in their order.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                T::deserialize(name.into_deserializer()).map(Object)
            }
        }
        deserializer.deserialize_any(Fields(PhantomData))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + 'static> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        request.extract::<Json<Object<T>>, _>().await.map(|Json(body)| Body(body.0)).map_err(
            |rejection| match rejection {
                JsonRejection::MissingJsonContentType(_) => Problem::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "body.media_type",
                    "请求体须为 JSON，并注明 Content-Type: application/json",
                    "the body has to be JSON, with Content-Type: application/json",
                ),
                JsonRejection::JsonSyntaxError(e) => {
                    Problem::new(StatusCode::BAD_REQUEST, "body.syntax", "请求体不是合法的 JSON", e.body_text())
                }
                JsonRejection::JsonDataError(e) => {
                    let message = Bilingual::new("内容与规定的形式不符", e.body_text());
                    Problem::unprocessable("body.shape", "请求体的内容与规定的形式不符", e.body_text())
                        .diagnostics(vec![Diagnostic::error("body.shape", "", message)])
                }
                JsonRejection::BytesRejection(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    let most = limits::BODY_BYTES_MAX / 1024;
                    Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        "body.too_large",
                        format!("请求体最多 {most} KiB"),
                        format!("a body has at most {most} KiB"),
                    )
                }
                other => Problem::new(StatusCode::BAD_REQUEST, "body.unreadable", "请求体无法读取", other.body_text()),
            },
        )
    }
}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(ctx, operation);
    }
}

/// A table as text, comma-separated, in UTF-8.
#[derive(Debug)]
pub(crate) struct Table(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for Table {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("text/csv") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "body.media_type",
                "请求体须为 CSV 表格，并注明 Content-Type: text/csv",
                "the body has to be a table in CSV, with Content-Type: text/csv",
            ));
        }
        let bytes = request.extract::<Bytes, _>().await.map_err(|_| {
            let most = limits::TABLE_BYTES_MAX / 1024;
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body.too_large",
                format!("表格最多 {most} KiB"),
                format!("a table has at most {most} KiB"),
            )
        })?;
        String::from_utf8(bytes.into()).map(Table).map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "body.encoding",
                "表格不是 UTF-8 编码；在 Excel 中另存为“CSV UTF-8（逗号分隔）”",
                "the table is not in UTF-8; in Excel, save it as “CSV UTF-8 (comma delimited)”",
            )
        })
    }
}

impl OperationInput for Table {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        let content = [("text/csv".to_owned(), MediaType::default())].into_iter().collect();
        operation.request_body =
            Some(ReferenceOr::Item(RequestBody { content, required: true, ..RequestBody::default() }));
    }
}

/// How an answer that is a table is described.
pub(crate) struct Csv;

impl OperationOutput for Csv {
    type Inner = String;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<Described> {
        let content = [("text/csv".to_owned(), MediaType::default())].into_iter().collect();
        Some(Described { description: "A table in UTF-8.".into(), content, ..Described::default() })
    }

    fn inferred_responses(
        ctx: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<DescribedStatus>, Described)> {
        Self::operation_response(ctx, operation).map(|r| (Some(DescribedStatus::Code(200)), r)).into_iter().collect()
    }
}

/// The query of the address.
#[derive(Debug)]
pub(crate) struct Args<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Args<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(args)) => Ok(Args(args)),
            Err(e) => Err(Problem::new(StatusCode::BAD_REQUEST, "query.shape", "地址中的参数有误", e.body_text())),
        }
    }
}

impl<T: JsonSchema> OperationInput for Args<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        // Each field is a parameter; the struct itself is no document of the API.
        let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
        let schema = T::json_schema(&mut settings.into_generator());
        let parameters = parameters_from_schema(ctx, schema, ParamLocation::Query);
        add_parameters(ctx, operation, parameters);
    }
}

/// The id in the path, the `{id}` of a route.
#[derive(Debug)]
pub(crate) struct Of<K: Kind>(pub(crate) Id<K>);

impl<S: Send + Sync, K: Kind> FromRequestParts<S> for Of<K> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let written = Path::<String>::from_request_parts(parts, state).await.map(|Path(text)| text).unwrap_or_default();
        Id::parse(&written).map(Of).map_err(|e| {
            Problem::new(StatusCode::NOT_FOUND, "not_found", format!("没有这样的 id：{e}"), format!("no such id: {e}"))
        })
    }
}

impl<K: Kind> OperationInput for Of<K> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let json_schema = ctx.schema.subschema_for::<Id<K>>();
        let format = ParameterSchemaOrContent::Schema(SchemaObject { json_schema, example: None, external_docs: None });
        let parameter_data = ParameterData {
            name: "id".into(),
            description: None,
            required: true,
            deprecated: None,
            format,
            example: None,
            examples: Default::default(),
            explode: None,
            extensions: Default::default(),
        };
        add_parameters(ctx, operation, [Parameter::Path { parameter_data, style: PathStyle::Simple }]);
    }
}
