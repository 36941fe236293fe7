//! `product` and `template`: what devices of one make have in common.

use super::args::{Listing, Product, ProductCommand, Template, TemplateCommand};
use super::client::Client;
use super::failure::Failure;
use super::{folder, note, read_json, say, say_json};
use api::{Page, ProductMade, ProductView, TemplateView};
use base::{Bilingual, Lang};
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn run(args: Product, lang: Lang) -> Result<ExitCode, Failure> {
    match args.command {
        ProductCommand::List(Listing { folder, json }) => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let products: Vec<ProductView> = client.all("/api/products").await?;
            if json {
                say_json(&products)?;
            } else {
                products.iter().for_each(|p| say(&row(p, lang)));
            }
        }
        ProductCommand::Import { folder, model, key, json } => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let mut wanted = json!({ "model": read_json(&model)? });
            if let Some(key) = key {
                wanted["key"] = key.into();
            }
            let made: ProductMade = client.post("/api/products", &wanted).await?;
            if json {
                say_json(&made)?;
            } else {
                say(&row(&made.product.product, lang));
                made.findings.iter().for_each(|d| note(&format!("{}  {}", d.path, d.message.get(lang))));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(product: &ProductView, lang: Lang) -> String {
    let devices = product.devices;
    let count = Bilingual::new(format!("{devices} 台设备"), format!("{devices} devices"));
    format!("{}  {}  {}  {}", product.id, product.key, product.names.display(lang), count.get(lang))
}

pub(super) async fn templates(args: Template, lang: Lang) -> Result<ExitCode, Failure> {
    let TemplateCommand::List(Listing { folder, json }) = args.command;
    let client = Client::running(&folder::path(&folder)?, lang).await?;
    let templates = client.get::<Page<TemplateView>>("/api/templates").await?.items;
    if json {
        say_json(&templates)?;
        return Ok(ExitCode::SUCCESS);
    }
    for t in &templates {
        let points: Vec<&str> = t.properties.iter().map(|p| p.identifier.as_str()).collect();
        say(&format!("{}  {}  {}", t.name, t.names.display(lang), points.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}
