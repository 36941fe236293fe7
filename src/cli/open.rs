//! `open`: another address that opens the page logged in, once.

use super::args::Open;
use super::client::Client;
use super::failure::Failure;
use super::{folder, say, say_json};
use api::LoginLink;
use base::Lang;
use std::process::ExitCode;

pub(super) async fn run(args: Open, lang: Lang) -> Result<ExitCode, Failure> {
    let client = Client::running(&folder::path(&args.folder)?, lang).await?;
    let link: LoginLink = client.post("/api/session/link", &serde_json::json!({})).await?;
    if args.json {
        say_json(&link)?;
    } else {
        say(&link.url);
    }
    Ok(ExitCode::SUCCESS)
}
