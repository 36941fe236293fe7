//! `chat`: one sentence to the building.

use super::args::Chat;
use super::client::Client;
use super::failure::{FAILED, Failure};
use super::{folder, say, say_json};
use api::Answer;
use base::{Bilingual, Lang};
use documents::reply::ResponseType;
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn run(args: Chat, lang: Lang) -> Result<ExitCode, Failure> {
    let client = Client::running(&folder::path(&args.folder)?, lang).await?;
    let mut said = json!({ "text": args.text });
    for (name, value) in [("language", args.lang), ("conversation_id", args.conversation)] {
        if let Some(value) = value {
            said[name] = value.into();
        }
    }
    let answer: Answer = client.post("/api/conversation/process", &said).await?;
    if args.json {
        say_json(&answer)?;
    } else {
        show(&answer);
    }
    let failed = answer.response.response_type == ResponseType::Error;
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

fn show(answer: &Answer) {
    let lang = Lang::parse(&answer.response.language).unwrap_or_default();
    say(&answer.response.speech.plain.speech);
    for question in &answer.questions {
        for (n, option) in question.options.iter().enumerate() {
            say(&format!("  {}. {}", n + 1, option.label.get(lang)));
        }
    }
    for link in &answer.links {
        say(&format!("  {}: {}", link.title, link.url));
    }
    if answer.continue_conversation || !answer.proposals.is_empty() {
        let go_on = Bilingual::new("继续这个对话：--conversation", "To go on: --conversation");
        say(&format!("{} {}", go_on.get(lang), answer.conversation_id));
    }
}
