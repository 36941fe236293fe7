//! The figures of `/metrics`, from where they are written.

use super::source::{literals, sources};
use super::writer::{Writer, code};
use std::collections::BTreeMap;

pub(super) fn write(w: &mut Writer) {
    w.title(
        "指标",
        "Metrics",
        "`GET /metrics` 以 Prometheus 文本格式（0.0.4）给出这些数值；需要令牌，`viewer` 角色即可。",
        "`GET /metrics` gives these figures in the text format of Prometheus (0.0.4); it wants a token, and role `viewer` is enough.",
    );
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (_, text) in sources("src/api") {
        let texts = literals(&text);
        for (i, name) in texts.iter().enumerate() {
            let is_name = (name.starts_with("castellan_") || name.starts_with("process_"))
                && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            // The help is the next text that is a sentence.
            let help =
                texts.iter().skip(i + 1).take(2).find(|t| t.ends_with('.') && t.contains(|c: char| c.is_uppercase()));
            if let (true, Some(help)) = (is_name, help) {
                found.entry(name.clone()).or_insert_with(|| help.clone());
            }
        }
    }
    let heading = w.pick("全部指标", "All figures").to_owned();
    w.heading(&heading);
    let mut rows = Vec::new();
    for (name, help) in &found {
        let kind =
            if name.ends_with("_total") { w.pick("计数", "counter") } else { w.pick("当前值", "gauge") }.to_owned();
        let said = w.said(help);
        rows.push(vec![code(name), kind, said]);
    }
    let heads = [w.pick("指标", "figure"), w.pick("类型", "kind"), w.pick("说明", "what it is")];
    w.table(&heads, &rows);
}
