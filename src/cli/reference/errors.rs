//! Stable codes of errors, from where they are made.

use super::source::{calls, literals, sources};
use super::writer::{Writer, code, plain};
use base::bilingual::is_han;
use std::collections::BTreeMap;

/// What makes a problem of HTTP, with the status where it has one by itself.
const PROBLEMS: &[(&str, Option<&str>)] = &[
    ("Problem::new(", None),
    ("Problem::unauthorised(", Some("UNAUTHORIZED")),
    ("Problem::forbidden(", Some("FORBIDDEN")),
    ("Problem::unprocessable(", Some("UNPROCESSABLE_ENTITY")),
];

/// What makes a finding about something that was written.
const FINDINGS: &[&str] =
    &["Diagnostic::error(", "Diagnostic::warning(", "ToolError::tell(", "ToolError::stop(", ".fault("];

/// The statuses by the names that the code has for them.
const STATUSES: &[(&str, u16)] = &[
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("REQUEST_TIMEOUT", 408),
    ("CONFLICT", 409),
    ("PRECONDITION_FAILED", 412),
    ("PAYLOAD_TOO_LARGE", 413),
    ("UNSUPPORTED_MEDIA_TYPE", 415),
    ("MISDIRECTED_REQUEST", 421),
    ("UNPROCESSABLE_ENTITY", 422),
    ("PRECONDITION_REQUIRED", 428),
    ("TOO_MANY_REQUESTS", 429),
    ("INTERNAL_SERVER_ERROR", 500),
    ("BAD_GATEWAY", 502),
    ("SERVICE_UNAVAILABLE", 503),
    ("GATEWAY_TIMEOUT", 504),
    ("INSUFFICIENT_STORAGE", 507),
];

/// A code with its status and what it says.
type Said = BTreeMap<String, (Option<u16>, String, String)>;

pub(super) fn write(w: &mut Writer) {
    w.title(
        "错误代码",
        "Error codes",
        "代码稳定，文字可能改进；“…”处是当时的名称或数值。设备自己收到的代码见[消息](messages.md#代码)。",
        "Codes are stable, their words may become better; “…” stands for a name or a number of the moment. The codes that devices \
         get stand in [Messages](messages.md#codes).",
    );
    let mut problems = Said::new();
    for (_, text) in sources("src/api") {
        for (function, own) in PROBLEMS {
            for call in calls(&text, function) {
                let named = own.or_else(|| STATUSES.iter().map(|(n, _)| *n).find(|n| call.contains(&format!("::{n}"))));
                let status =
                    named.and_then(|n| STATUSES.iter().find(|(name, _)| *name == n)).map(|(_, status)| *status);
                note(&mut problems, call, status);
            }
        }
    }
    let heading = w.pick("接口返回的错误", "Errors of the interface").to_owned();
    w.heading(&heading);
    let about = w.pick(
        "`application/problem+json`，`code` 为下列之一。",
        "`application/problem+json`, whose `code` is one of these.",
    );
    w.paragraph(about);
    table(w, &problems, true);
    let mut findings = Said::new();
    for folder in ["src", "tools"] {
        for (_, text) in sources(folder) {
            FINDINGS.iter().for_each(|f| calls(&text, f).into_iter().for_each(|call| note(&mut findings, call, None)));
        }
    }
    let heading = w.pick("对所写内容的意见", "Findings about what was written").to_owned();
    w.heading(&heading);
    let about = w.pick(
        "规则、配置、物模型、表格和工具的输入若有错，一次给出全部意见，每条带位置。",
        "Where a rule, a configuration, a thing model, a table or the input of a tool is at fault, all findings are told at once, \
         each with its place.",
    );
    w.paragraph(about);
    // What only a variable says is said where it is met.
    findings.retain(|code, (_, zh, en)| !problems.contains_key(code) && !zh.is_empty() && !en.is_empty());
    table(w, &findings, false);
}

/// Notes a call: its code, then its words, Chinese first.
fn note(said: &mut Said, call: &str, status: Option<u16>) {
    let texts = literals(call);
    let is_code = |t: &&String| {
        t.len() > 2 && t.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c))
    };
    let Some(code) = texts.first().filter(is_code) else { return };
    let zh = texts.iter().position(|t| t.chars().any(is_han));
    let en = zh.and_then(|at| texts.get(at + 1)).filter(|t| !t.chars().any(is_han) && t.contains(' '));
    let zh = zh.and_then(|at| texts.get(at));
    let (zh, en) = (zh.cloned().unwrap_or_default(), en.cloned().unwrap_or_default());
    let known = said.entry(code.clone()).or_insert_with(|| (status, String::new(), String::new()));
    if known.1.is_empty() {
        (known.1, known.2) = (blanked(&zh), blanked(&en));
    }
}

/// What is filled in when it is said.
fn blanked(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for c in plain(text).chars() {
        match c {
            '{' => {
                if depth == 0 {
                    out.push('…');
                }
                depth += 1;
            }
            '}' => depth -= 1,
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// What it says; where that is made of what was sent, so it is told.
fn meaning(w: &Writer, zh: &str, en: &str) -> String {
    match w.pick(zh, en) {
        "" => w.pick("原因见回答的 `detail`", "the reason stands in `detail` of the answer").to_owned(),
        said => said.to_owned(),
    }
}

fn table(w: &mut Writer, said: &Said, with_status: bool) {
    let row = |(name, (status, zh, en)): (&String, &(Option<u16>, String, String))| {
        let status = with_status.then(|| status.map(|s| s.to_string()).unwrap_or_default());
        [code(name)].into_iter().chain(status).chain([meaning(w, zh, en)]).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = said.iter().map(row).collect();
    let heads: Vec<&str> = [w.pick("代码", "code")]
        .into_iter()
        .chain(with_status.then_some(w.pick("状态", "status")))
        .chain([w.pick("含义", "meaning")])
        .collect();
    w.table(&heads, &rows);
}
