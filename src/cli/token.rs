//! `token`: tokens of the API, by the running server or straight in the data folder.

use super::args::{Token, TokenCommand};
use super::client::Client;
use super::failure::Failure;
use super::{folder, say, say_json};
use api::{Minted, Page, TokenView};
use base::id::TokenId;
use base::{Bilingual, Clock, Lang, Span};
use documents::Role;
use runtime::SystemClock;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use store::Store;

pub(super) async fn run(args: Token, lang: Lang) -> Result<ExitCode, Failure> {
    match args.command {
        TokenCommand::Create { folder, name, role, days, json } => {
            let minted = create(&folder::path(&folder)?, name.trim(), role.into(), days, lang).await?;
            if json {
                say_json(&minted)?;
            } else {
                say(&minted.secret);
                hint(&minted, lang);
            }
        }
        TokenCommand::List { folder, json } => {
            let tokens = list(&folder::path(&folder)?, lang).await?;
            if json {
                say_json(&tokens)?;
            } else {
                for token in &tokens {
                    say(&row(token, lang));
                }
            }
        }
        TokenCommand::Revoke { folder, id } => {
            let id = TokenId::parse(&id)
                .map_err(|e| Failure::system("这不是令牌的 id", "this is not the id of a token", &e))?;
            revoke(&folder::path(&folder)?, id, lang).await?;
            say(Bilingual::new("令牌已吊销", "the token is revoked").get(lang));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(folder: &Path, name: &str, role: Role, days: Option<u32>, lang: Lang) -> Result<Minted, Failure> {
    if let Some(client) = Client::find(folder, lang).await? {
        return client.post("/api/tokens", &json!({ "name": name, "role": role, "days": days })).await;
    }
    let store = Store::open(folder).await?;
    let now = SystemClock::default().now();
    let expires = days.map(|d| now + Span::from_secs(i64::from(d) * 24 * 3600));
    let minted = store.tokens().mint(name, role, expires, now).await;
    store.close().await;
    let (token, secret) = minted?;
    Ok(Minted { token: token.into(), secret: secret.expose().into() })
}

async fn list(folder: &Path, lang: Lang) -> Result<Vec<TokenView>, Failure> {
    if let Some(client) = Client::find(folder, lang).await? {
        return Ok(client.get::<Page<TokenView>>("/api/tokens").await?.items);
    }
    let store = Store::open(folder).await?;
    let tokens = store.tokens().list().await;
    store.close().await;
    Ok(tokens?.into_iter().map(TokenView::from).collect())
}

async fn revoke(folder: &Path, id: TokenId, lang: Lang) -> Result<(), Failure> {
    if let Some(client) = Client::find(folder, lang).await? {
        return client.delete(&format!("/api/tokens/{id}")).await;
    }
    let store = Store::open(folder).await?;
    let done = store.tokens().revoke(id, SystemClock::default().now()).await;
    store.close().await;
    Ok(done?)
}

/// Beside the token, not with it: standard output holds the token alone.
fn hint(minted: &Minted, lang: Lang) {
    let id = minted.token.id;
    let text = Bilingual::new(
        format!("令牌只显示这一次，请妥善保存（id {id}，可用 castellan token revoke 吊销）。\n"),
        format!(
            "This token is shown only this once; keep it safe (id {id}, `castellan token revoke` takes it back).\n"
        ),
    );
    drop(std::io::stderr().lock().write_all(text.get(lang).as_bytes()));
}

fn row(token: &TokenView, lang: Lang) -> String {
    let role = format!("{:?}", token.role).to_lowercase();
    let state = match (token.revoked, token.expires, token.last_used) {
        (Some(at), ..) => Bilingual::new(format!("{at} 吊销"), format!("revoked {at}")),
        (None, Some(at), _) => Bilingual::new(format!("{at} 到期"), format!("expires {at}")),
        (None, None, Some(at)) => Bilingual::new(format!("最近使用 {at}"), format!("last used {at}")),
        (None, None, None) => Bilingual::new("从未使用", "never used"),
    };
    format!("{}  {role:8}  {}  {}", token.id, token.name, state.get(lang))
}
