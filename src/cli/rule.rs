//! `rule`: shows rules, and proposes those of other systems to the running server.

use super::args::{ImportRules, Listing, Rule, RuleCommand};
use super::client::Client;
use super::failure::{FAILED, Failure};
use super::{folder, note, read_file, say, say_json};
use api::{Changed, ExportedRule, RuleDetail, RuleView};
use base::{Bilingual, Lang};
use documents::{Proposal, RuleState, RuleTemplate};
use exchange::{Format, How, Imported, Match};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(args: Rule, lang: Lang) -> Result<ExitCode, Failure> {
    match args.command {
        RuleCommand::List(Listing { folder, json }) => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let rules: Vec<RuleView> = client.all("/api/rules").await?;
            if json {
                say_json(&rules)?;
            } else {
                rules.iter().for_each(|r| say(&row(r, lang)));
            }
        }
        RuleCommand::Show { folder, rule, json } => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let id = find(&rule, client.all("/api/rules").await?)?;
            let rule: RuleDetail = client.get(&format!("/api/rules/{id}")).await?;
            if json {
                say_json(&rule)?;
            } else {
                say(&row(&rule.rule, lang));
                say(rule.rule.readback.get(lang));
            }
        }
        RuleCommand::Import(wanted) => return import(wanted, lang).await,
        RuleCommand::Export { folder, rule, format } => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let id = find(&rule, client.all("/api/rules").await?)?;
            let format = Format::from(format).name();
            let written: ExportedRule = client.get(&format!("/api/rules/{id}/export?format={format}")).await?;
            say(written.text.trim_end());
        }
        RuleCommand::Templates(Listing { folder, json }) => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let templates: Vec<RuleTemplate> = client.all("/api/rules/templates").await?;
            if json {
                say_json(&templates)?;
                return Ok(ExitCode::SUCCESS);
            }
            for t in &templates {
                let inputs: Vec<&str> = t.inputs.iter().map(|i| i.name.as_str()).collect();
                say(&format!("{}  {}  {}", t.name, t.title.get(lang), inputs.join(", ")));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(rule: &RuleView, lang: Lang) -> String {
    let state = match rule.state {
        RuleState::Draft => Bilingual::new("草稿", "draft"),
        RuleState::Shadow => Bilingual::new("试运行", "on trial"),
        RuleState::Live => Bilingual::new("运行中", "live"),
    };
    format!("{}  {}  {}", rule.id, rule.name.get(lang), state.get(lang))
}

/// The id of the rule that was named: by id, or by a name that only it has.
fn find(written: &str, rules: Vec<RuleView>) -> Result<String, Failure> {
    if let Some(rule) = rules.iter().find(|r| r.id.to_string() == written) {
        return Ok(rule.id.to_string());
    }
    let said = written.to_lowercase();
    let named = |r: &&RuleView| [&r.name.zh, &r.name.en].iter().any(|n| n.to_lowercase() == said);
    let fit: Vec<&RuleView> = rules.iter().filter(named).collect();
    match fit[..] {
        [one] => Ok(one.id.to_string()),
        [] => Err(Failure::new(format!("没有规则“{written}”"), format!("there is no rule `{written}`"))
            .help("castellan rule list 列出它们", "`castellan rule list` shows them")),
        _ => {
            let all = fit.iter().map(|r| r.id.to_string()).collect::<Vec<_>>().join(", ");
            Err(Failure::new(
                format!("“{written}”可指多条规则：{all}"),
                format!("`{written}` is more than one rule: {all}"),
            ))
        }
    }
}

/// What an import led to.
#[derive(Serialize)]
struct Done {
    /// What was read.
    imported: Imported,
    /// What was proposed; none in a dry run.
    proposals: Vec<Proposal>,
}

async fn import(wanted: ImportRules, lang: Lang) -> Result<ExitCode, Failure> {
    let format = match wanted.format {
        Some(format) => format.into(),
        None => by_ending(&wanted.file)?,
    };
    let client = Client::running(&folder::path(&wanted.folder)?, lang).await?;
    let mapping: Map<String, Json> = wanted.mapping.into_iter().map(|(name, id)| (name, id.into())).collect();
    let inputs: Map<String, Json> = wanted.inputs.into_iter().map(|(name, text)| (name, value(&text))).collect();
    let body = json!({ "format": format, "text": read_file(&wanted.file)?, "mapping": mapping, "inputs": inputs });
    let imported: Imported = client.post("/api/rules/import", &body).await?;
    let (mut proposals, mut refused) = (Vec::new(), Vec::new());
    if !wanted.dry_run {
        for rule in &imported.rules {
            match client.post::<Changed>("/api/rules", &rule.graph).await {
                Ok(changed) => proposals.extend(changed.proposals),
                Err(failure) => refused.push(failure),
            }
        }
    }
    let none = if wanted.dry_run { imported.rules.is_empty() } else { proposals.is_empty() };
    let done = Done { imported, proposals };
    if wanted.json {
        say_json(&done)?;
    } else {
        show(&done, wanted.dry_run, lang);
    }
    refused.iter().for_each(|failure| failure.tell(lang));
    Ok(if none || !refused.is_empty() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// The format of a file by the ending of its name.
fn by_ending(file: &Path) -> Result<Format, Failure> {
    match file.extension().and_then(|e| e.to_str()) {
        Some("yaml" | "yml") => Ok(Format::HomeAssistant),
        Some("sql") => Ok(Format::Sql),
        _ => Err(Failure::new("文件名看不出格式", "the name of the file does not say its format")
            .help("请用 --format 指定", "name it with --format")),
    }
}

/// The value of an input: JSON where it is some, else a text.
fn value(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn show(done: &Done, dry_run: bool, lang: Lang) {
    // The report tells of unmatched names, each in its place.
    let Imported { rules, matches, unmatched: _, report, blueprint } = &done.imported;
    if dry_run {
        for rule in rules {
            say(&format!("{}  {}", rule.graph.id, rule.graph.name.get(lang)));
            say(rule.readback.get(lang));
            rule.diagnostics.iter().for_each(|d| note(&format!("{}  {}", d.path, d.message.get(lang))));
        }
    } else {
        for proposal in &done.proposals {
            say(&format!("{}  {}", proposal.id, proposal.readback.get(lang)));
        }
    }
    for found in matches {
        note(&taken_for(found, lang));
    }
    for finding in report {
        let help = finding.help.as_ref().map(|h| format!("  {}", h.get(lang))).unwrap_or_default();
        note(&format!("{}  {}{help}", finding.path, finding.message.get(lang)));
    }
    if rules.is_empty()
        && let Some(blueprint) = blueprint
    {
        note(Bilingual::new("蓝图的输入，用 --input 给出：", "Inputs of the blueprint, given by --input:").get(lang));
        for input in &blueprint.inputs {
            let kind = json!(input.takes)["kind"].as_str().unwrap_or_default().to_owned();
            let default = input.default.as_ref().map(|d| format!("  [{d}]")).unwrap_or_default();
            note(&format!("  {}  {}  {kind}{default}", input.name, input.title.get(lang)));
        }
    }
    if !dry_run && !done.proposals.is_empty() {
        let n = done.proposals.len();
        let text =
            Bilingual::new(format!("已提出 {n} 条规则，批准后运行"), format!("{n} proposed; they run once approved"));
        note(text.get(lang));
    }
}

fn taken_for(found: &Match, lang: Lang) -> String {
    let (name, called) = (&found.name, found.called.get(lang));
    let how = match found.how {
        How::Given => Bilingual::new("指定", "as given"),
        How::Named => Bilingual::new("同名", "by its name"),
        How::Nearest => Bilingual::new("名称最接近", "the nearest name"),
    };
    match lang {
        Lang::Zh => format!("“{name}”即“{called}”（{}）", how.zh),
        Lang::En => format!("`{name}` is {called} ({})", how.en),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_its_format_by_its_ending() {
        for (file, format) in
            [("a.yaml", Format::HomeAssistant), ("b.yml", Format::HomeAssistant), ("c.sql", Format::Sql)]
        {
            assert_eq!(by_ending(Path::new(file)).unwrap(), format);
        }
        assert!(by_ending(Path::new("flows.json")).unwrap_err().help.is_some());
    }

    #[test]
    fn a_value_is_json_or_a_text() {
        for (text, json) in
            [("30", json!(30)), ("[\"a\"]", json!(["a"])), ("true", json!(true)), ("22:30", json!("22:30"))]
        {
            assert_eq!(value(text), json);
        }
    }
}
