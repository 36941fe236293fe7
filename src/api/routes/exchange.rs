//! Rules of other systems: read, written, tried out; and rule templates. Nothing here saves anything.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::{Path, State};
use base::id::{Rule, RuleId};
use base::{Bilingual, Diagnostics};
use documents::{RuleGraph, RuleTemplate};
use exchange::{Format, Given, Imported, Mapping, sql, template};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/rules/import",
            post_with(import, |o| {
                o.id("importRules").tag("rules").summary("Reads rules of another system as rule graphs.").description(
                    "Nothing is saved: propose a graph to save it. The report says what was left out and why; a rule does \
                     less than its source, never more. A blueprint answers with its inputs, and is a rule once they are \
                     given.",
                )
            }),
        )
        .api_route(
            "/api/rules/{id}/export",
            get_with(export, |o| o.id("exportRule").tag("rules").summary("Writes a rule for another system.")),
        )
        .api_route(
            "/api/rules/sql/test",
            post_with(test, |o| {
                o.id("testSql")
                    .tag("rules")
                    .summary("Tries an SQL stream rule on one message: what would be published, or why nothing would.")
            }),
        )
        .api_route(
            "/api/rules/templates",
            get_with(templates, |o| o.id("listRuleTemplates").tag("rules").summary("Shipped rule templates, by name.")),
        )
        .api_route(
            "/api/rules/templates/{name}/instantiate",
            post_with(instantiate, |o| {
                o.id("instantiateRuleTemplate")
                    .tag("rules")
                    .summary("Fills in a rule template. Nothing is saved: propose the graph to save it.")
            }),
        )
}

/// What is read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RulesToImport")]
struct Text {
    /// Who wrote it.
    format: Format,
    /// The document, as text.
    text: String,
    /// What names of the other system mean here, where that is known: `light.kitchen` is this point.
    #[serde(default)]
    mapping: Mapping,
    /// A value for each input of a blueprint, by its name; what has a default may be left out. Ids of points, devices and
    /// spaces, milliseconds and the like, or what stands in `use_blueprint`.
    #[serde(default)]
    inputs: Map<String, Value>,
}

async fn import(State(api): State<Api>, who: Identity, Body(wanted): Body<Text>) -> Result<Json<Imported>, Problem> {
    who.may(policy::Effect::Read)?;
    let world = api.handle().read(|core| core.world().clone()).await.map_err(|e| stopped(&e))?;
    let Text { format, text, mapping, inputs } = wanted;
    Ok(Json(exchange::import(format, &text, &Given { mapping, inputs }, &world)))
}

/// For whom.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct For {
    /// Who shall read it.
    format: Format,
}

/// A rule in another form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportedRule {
    /// Who reads it.
    pub format: Format,
    /// The document, as text.
    pub text: String,
}

async fn export(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Rule>,
    Args(wanted): Args<For>,
) -> Result<Json<ExportedRule>, Problem> {
    who.may(policy::Effect::Read)?;
    let look = move |core: &runtime::Core| {
        let rule = core.rules().get(&id)?;
        Some(exchange::export(wanted.format, &rule.graph, core.world()))
    };
    let written = api.handle().read(look).await.map_err(|e| stopped(&e))?;
    match written.ok_or_else(|| Problem::not_found("没有这条规则", "there is no such rule"))? {
        Ok(text) => Ok(Json(ExportedRule { format: wanted.format, text })),
        Err(found) => Err(Problem::unprocessable(
            "export.invalid",
            "规则的一部分在那里无法表示",
            "a part of the rule cannot be said there",
        )
        .diagnostics(found)),
    }
}

/// A statement and a message to try it on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SqlTest")]
struct Statement {
    /// The statement.
    sql: String,
    /// The message.
    sample: sql::Sample,
}

async fn test(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<Statement>,
) -> Result<Json<sql::Trial>, Problem> {
    who.may(policy::Effect::Read)?;
    let world = api.handle().read(|core| core.world().clone()).await.map_err(|e| stopped(&e))?;
    Ok(Json(sql::trial(&wanted.sql, &wanted.sample, &world, api.now())))
}

async fn templates(who: Identity, Args(wanted): Args<page::Wanted>) -> Result<Json<Page<RuleTemplate>>, Problem> {
    who.may(policy::Effect::Read)?;
    page::of_list(template::shipped().iter().cloned(), &wanted, |t| t.name.clone()).map(Json)
}

/// Which template.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "RuleTemplateName")]
struct Which {
    /// Its name.
    name: String,
}

/// What is filled in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RuleTemplateValues")]
struct Values {
    /// A value for each input of the template, by its name; what has a default may be left out.
    values: Map<String, Value>,
}

/// A template that was filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RuleTemplateInstance")]
struct Instance {
    /// The rule; absent when a value does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<RuleGraph>,
    /// What it does, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readback: Option<Bilingual>,
    /// What is wrong: values at `/values/NAME`, the rest at `/nodes/...`.
    pub diagnostics: Diagnostics,
}

async fn instantiate(
    State(api): State<Api>,
    who: Identity,
    Path(Which { name }): Path<Which>,
    Body(wanted): Body<Values>,
) -> Result<Json<Instance>, Problem> {
    who.may(policy::Effect::Read)?;
    let template =
        template::by_name(&name).ok_or_else(|| Problem::not_found("没有这个模板", "there is no such template"))?;
    let world = api.handle().read(|core| core.world().clone()).await.map_err(|e| stopped(&e))?;
    // The same values make the same rule again, so that proposing it twice changes it instead of making two.
    let id = RuleId::of_name(&format!("{name} {}", base::canonical::hash(&wanted.values).unwrap_or_default()));
    let (graph, diagnostics) = template::instantiate(template, &wanted.values, id, &world);
    let readback = graph.as_ref().map(|graph| engine::explain(graph, &world));
    Ok(Json(Instance { graph, readback, diagnostics }))
}
