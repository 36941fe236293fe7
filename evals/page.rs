//! The report as one page that needs nothing else: the table, and the failures grouped by what kind of fault they have.
//!
//! What it is *not*: it computes nothing. Start at [`html`].

use crate::report::{Failure, Report};
use std::collections::BTreeMap;

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Castellan: evaluation · 评测</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
td, th { padding: .2rem .7rem; border-bottom: 1px solid #8884; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
tr.all { font-weight: 600; }
summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
.wide { overflow-x: auto; }
</style>
<h1>Evaluation · 评测</h1>
";

/// The page.
pub fn html(report: &Report) -> String {
    let mut out = String::from(HEAD);
    figures(&mut out, report);
    table(&mut out, report);
    faults(&mut out, report);
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn figures(out: &mut String, report: &Report) {
    line(out, "<ul>");
    let mut item = |text: String| line(out, &format!("<li>{}</li>", escaped(&text)));
    item(format!("sentence to reply · 从句子到回复: {}", report.reply));
    item(format!("understanding alone · 仅理解: {}", report.understand));
    if let Some(mib) = report.resident_mib {
        item(format!("resident memory · 常驻内存: {mib:.0} MiB"));
    }
    for key in &report.below {
        item(format!("below its threshold · 低于门槛: {key}"));
    }
    for id in &report.regressions {
        item(format!("worse than the baseline · 比基线差: {id}"));
    }
    line(out, "</ul>");
}

fn table(out: &mut String, report: &Report) {
    line(
        out,
        "<h2>Suites · 测试集</h2>\n<div class=\"wide\"><table>\n<tr><th>suite · 测试集<th>language · 语言\
         <th>category · 类别<th class=\"n\">right · 正确<th class=\"n\">of · 总数<th class=\"n\">share · 比例</tr>",
    );
    for r in &report.rows {
        let class = if r.category == "all" { " class=\"all\"" } else { "" };
        let [suite, lang, category] = [&r.suite, &r.lang, &r.category].map(|t| escaped(t));
        let share = r.percent();
        let (right, of) = (r.right, r.of);
        line(
            out,
            &format!(
                "<tr{class}><td>{suite}<td>{lang}<td>{category}<td class=\"n\">{right}<td class=\"n\">{of}\
                 <td class=\"n\">{share:.1} %</tr>"
            ),
        );
    }
    line(out, "</table></div>");
}

fn faults(out: &mut String, report: &Report) {
    let mut groups: BTreeMap<&str, Vec<&Failure>> = BTreeMap::new();
    for failure in &report.failures {
        groups.entry(failure.kind).or_default().push(failure);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, of)| std::cmp::Reverse(of.len()));
    line(out, "<h2>Failures · 错误</h2>");
    if groups.is_empty() {
        line(out, "<p>None · 没有</p>");
    }
    for (kind, of) in groups {
        line(out, &format!("<details open><summary>{} ({})</summary>", escaped(kind), of.len()));
        line(
            out,
            "<div class=\"wide\"><table>\n<tr><th>case · 用例<th>suite · 测试集<th>said · 说的\
             <th>what is wrong · 错在哪里<th>reply · 回复</tr>",
        );
        for x in of {
            let [id, said, detail, reply] = [&x.id, &x.said, &x.detail, &x.reply].map(|t| escaped(t));
            let (suite, lang, category) = (escaped(&x.suite), escaped(&x.lang), escaped(&x.category));
            let about = format!("{suite}/{lang} {category}");
            line(out, &format!("<tr><td>{id}<td>{about}<td>{said}<td>{detail}<td>{reply}</tr>"));
        }
        line(out, "</table></div></details>");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Timing;
    use crate::report::Row;

    #[test]
    fn what_people_said_is_text_and_no_markup() {
        let report = Report {
            rows: vec![Row { suite: "talk".into(), lang: "en".into(), category: "all".into(), right: 1, of: 2 }],
            failures: vec![Failure {
                suite: "talk".into(),
                lang: "en".into(),
                category: "all".into(),
                id: "x".into(),
                kind: "something else was done",
                said: "<script>alert(1)</script>".into(),
                detail: "did \"a\" & b".into(),
                reply: String::new(),
            }],
            below: vec!["talk/en".into()],
            regressions: Vec::new(),
            reply: Timing::of(Vec::new()),
            understand: Timing::of(Vec::new()),
            resident_mib: None,
        };
        let page = html(&report);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"));
        assert!(page.contains("did &quot;a&quot; &amp; b") && page.contains("50.0 %") && page.contains("talk/en"));
    }
}
