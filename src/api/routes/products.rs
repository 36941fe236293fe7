//! Products: what devices of one make have in common. One is made of a shipped template or of a thing model in TSL.

use super::{Changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Made, apply, fault, invalid, nearest};
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::id::{Product as ProductMark, ProductId};
use base::{Bilingual, Diagnostics};
use documents::Change;
use runtime::registration::product_of_template;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Tsl};
use things::model::Origin;
use things::{Names, Product, ThingModel, World, compat, templates};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/products",
            get_with(list, |o| o.id("listProducts").tag("products").summary("Products, by id.")).post_with(create, |o| {
                o.id("createProduct").tag("products").summary("Makes a product of a template or of a thing model.").description(
                    "A thing model in TSL is taken as it is: what is not known of it is kept, and what it cannot mean \
                     here comes back as warnings.",
                )
            }),
        )
        .api_route(
            "/api/products/{id}",
            get_with(one, |o| o.id("getProduct").tag("products").summary("One product with its thing model."))
                .put_with(change, |o| {
                    o.id("changeProduct").tag("products").summary("Gives a product another thing model.").description(
                        "The findings say what differs for rules and history. What would break them is refused with 409 \
                         while there are devices of the product, unless `force` is true.",
                    )
                })
                .delete_with(remove, |o| {
                    o.id("removeProduct").tag("products").summary("Removes a product that no device is of.")
                }),
        )
}

/// A product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProductView {
    /// Its id.
    pub id: ProductId,
    /// Key in topics and imports.
    pub key: String,
    /// What it is called.
    pub names: Names,
    /// What kind of device: `light`.
    pub kind: String,
    /// How many devices are of it.
    pub devices: usize,
}

/// A product with its thing model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProductDetail {
    /// What the list shows too.
    #[serde(flatten)]
    pub product: ProductView,
    /// What its devices can do.
    pub model: ThingModel,
}

/// A product that was made or changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProductMade {
    /// The product.
    pub product: ProductDetail,
    /// What somebody should know of its thing model.
    pub findings: Diagnostics,
}

fn view(world: &World, product: &Product) -> ProductView {
    ProductView {
        id: product.id,
        key: product.key.clone(),
        names: product.names.clone(),
        kind: product.model.x.kind.clone(),
        devices: world.devices().filter(|d| d.product == product.id).count(),
    }
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<ProductView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<ProductId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let world = core.world();
        let products = world.products().filter(|p| after.is_none_or(|a| p.id > a)).map(|p| view(world, p));
        page::cut(products, limit, |p| p.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<ProductMark>) -> Result<Json<ProductDetail>, Problem> {
    who.may(policy::Effect::Read)?;
    detail(&api, id).await.map(Json)
}

async fn detail(api: &Api, id: ProductId) -> Result<ProductDetail, Problem> {
    let world = api.world().await?;
    let product = world.product(id).ok_or_else(unknown)?;
    Ok(ProductDetail { product: view(&world, product), model: product.model.clone() })
}

fn unknown() -> Problem {
    Problem::not_found("没有这个产品", "there is no such product")
}

/// A product to make: of a template, or of a thing model.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewProduct {
    /// Name of a shipped template: `room_sensor`.
    #[serde(default)]
    template: Option<String>,
    /// A thing model in TSL.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Tsl>>")]
    model: Option<Tsl>,
    /// Key in topics and imports; that of the template or model when absent.
    #[serde(default)]
    key: Option<String>,
    /// What it is called; as the template or model says when absent.
    #[serde(default)]
    names: Option<Names>,
}

async fn create(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<NewProduct>,
) -> Result<Made<ProductMade, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let (mut product, findings) = match (&wanted.template, &wanted.model) {
        (Some(name), None) => (of_template(name)?, Diagnostics::new()),
        (None, Some(model)) => {
            let (model, findings) = read(model)?;
            let (key, names) = (model.profile.product_key.clone(), model.x.names.clone());
            (Product { id: ids.next(api.now()), key, names, model }, findings)
        }
        (Some(_), Some(_)) | (None, None) => {
            let either = Bilingual::new("须给出 template 或 model 之一", "give either `template` or `model`");
            return Err(fault("product.source", "", either, None));
        }
    };
    if let Some(key) = wanted.key.filter(|key| *key != product.key) {
        product.id = ids.next(api.now());
        product.key = key;
    }
    if product.key.is_empty() {
        let help = Bilingual::new(
            "在请求中写 key，或在模型中写 profile.productKey",
            "name it by `key`, or by `profile.productKey` of the model",
        );
        return Err(fault("product.key", "/key", Bilingual::new("产品缺少键", "the product has no key"), Some(help)));
    }
    if world.product_by_key(&product.key).is_some() || world.product(product.id).is_some() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "product.taken",
            format!("已有产品“{}”", product.key),
            format!("there is a product `{}` already", product.key),
        ));
    }
    product.names = wanted.names.unwrap_or(product.names);
    if product.names.is_empty() {
        product.names = Names::new(&product.key, &product.key);
    }
    let id = product.id;
    let applied = apply(&api, &who, vec![Change::PutProduct(Box::new(product))]).await?;
    Made::of(applied, async { Ok(ProductMade { product: detail(&api, id).await?, findings }) }).await
}

fn of_template(name: &str) -> Result<Product, Problem> {
    product_of_template(name).ok_or_else(|| {
        let none = Bilingual::new(format!("没有模板“{name}”"), format!("there is no template `{name}`"));
        fault("product.template", "/template", none, nearest(name, templates::all().map(|t| t.0)))
    })
}

/// Reads a thing model that was written elsewhere; without errors there may be warnings.
fn read(model: &Tsl) -> Result<(ThingModel, Diagnostics), Problem> {
    let (model, findings) = ThingModel::parse(model, Origin::Imported);
    match model {
        Some(model) => Ok((model, findings.into_iter().map(under_model).collect())),
        None => {
            let what = Bilingual::new("物模型有错误，未采用", "the thing model has errors and is not used");
            Err(invalid("product.model", "/model", what, findings))
        }
    }
}

fn under_model(d: base::Diagnostic) -> base::Diagnostic {
    base::Diagnostic { path: format!("/model{}", d.path), ..d }
}

/// What a product becomes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProductChange {
    /// Its thing model, in TSL.
    #[schemars(with = "Map<String, Tsl>")]
    model: Tsl,
    /// What it is called; as before when absent.
    #[serde(default)]
    names: Option<Names>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Changing {
    /// Although rules and history of its devices would break.
    #[serde(default)]
    force: bool,
}

async fn change(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ProductMark>,
    Args(how): Args<Changing>,
    Body(wanted): Body<ProductChange>,
) -> Result<Made<ProductMade>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let before = world.product(id).ok_or_else(unknown)?;
    let (model, mut findings) = read(&wanted.model)?;
    let report: Diagnostics = compat::report(&before.model, &model).into_iter().map(under_model).collect();
    let in_use = world.devices().any(|d| d.product == id);
    if in_use && !how.force && base::diagnostic::has_errors(&report) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "product.incompatible",
            "新模型会破坏已有设备的规则和历史；加上 force=true 仍可采用",
            "the new model would break rules and history of existing devices; force=true takes it all the same",
        )
        .diagnostics(report));
    }
    findings.extend(report);
    let names = wanted.names.unwrap_or_else(|| before.names.clone());
    let product = Product { names, model, ..before.clone() };
    if product == *before {
        return Ok(Made::Done(ProductMade { product: detail(&api, id).await?, findings }));
    }
    let applied = apply(&api, &who, vec![Change::PutProduct(Box::new(product))]).await?;
    Made::of(applied, async { Ok(ProductMade { product: detail(&api, id).await?, findings }) }).await
}

async fn remove(State(api): State<Api>, who: Identity, Of(id): Of<ProductMark>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    apply(&api, &who, vec![Change::RemoveProduct(id)]).await.map(|applied| Json(applied.changed()))
}
