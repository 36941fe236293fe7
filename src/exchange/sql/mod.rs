//! Stream rules in SQL: `SELECT <expr [AS name]>, ... [INTO "topic"] FROM "filter"[, ...] [WHERE <condition>]`.
//!
//! A statement becomes the same rule graph as any other: `FROM` is `mqtt_topic`, a field `json_field` (or its JSON, where
//! it is only handed on), `WHERE` a `gate`, what is selected the payload of `publish`. Evaluation is total: a field that
//! is missing is null, and null in a condition does not hold. Each file is a step: `expression` lowers what is written,
//! `function` what is called, `trial` runs a statement on one message. Findings have `/LINE/COLUMN` as their path. Start
//! at [`graph`].

mod expression;
mod function;
#[cfg(test)]
mod tests;
mod trial;

pub use trial::{Sample, Trial, trial};

use crate::limits::{SQL_BYTES_MAX, SQL_DEPTH_MAX, SQL_TOKENS_MAX};
use crate::report::Reader;
use crate::sketch::{Sketch, Wire};
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::RuleGraph;
use expression::{Lowering, place};
use serde_json::{Map, Value as Json, json};
use sqlparser::ast::{
    Expr, GroupByExpr, Ident, ObjectNamePart, Select, SelectItem, SetExpr, Spanned, Statement, TableFactor,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};

/// Where results go when the statement has no `INTO`.
pub const TOPIC_DEFAULT: &str = "sql/result";

pub(crate) fn read(text: &str, reader: &mut Reader<'_>) {
    let (graph, found) = graph(text);
    found.into_iter().for_each(|d| reader.tell(d));
    if let Some(graph) = graph {
        reader.rule("", graph);
    }
}

/// The rule graph of a statement, and everything that is wrong with it.
pub fn graph(text: &str) -> (Option<RuleGraph>, Diagnostics) {
    let select = match parsed(text) {
        Ok(select) => select,
        Err(found) => return (None, found),
    };
    let mut found = Diagnostics::new();
    unsupported_clauses(&select, &mut found);
    let mut filters = Vec::new();
    for table in &select.from {
        match &table.relation {
            TableFactor::Table { name, args: None, .. } if table.joins.is_empty() => {
                let parts: Vec<String> =
                    name.0.iter().filter_map(ObjectNamePart::as_ident).map(|i| i.value.clone()).collect();
                let filter = parts.join(".");
                of_devices(table, &filter, &mut found);
                filters.push(filter);
            }
            other => found.push(fault(
                other,
                "sql.from",
                "FROM 后应为主题过滤器，如 \"house/+/temp\"",
                "`FROM` takes topic filters, such as \"house/+/temp\"",
            )),
        }
    }
    if filters.is_empty() && found.is_empty() {
        found.push(Diagnostic::error("sql.from", "/1/1", Bilingual::new("缺少 FROM", "`FROM` is missing")));
    }
    let mut sketch = Sketch::new(&format!("sql:{text}"), Bilingual::same(name_of(&filters)));
    let messages: Vec<Wire> =
        filters.iter().map(|f| sketch.value("mqtt_topic", json!({ "topic": f }), &[]).port("message")).collect();
    let mut lowering =
        Lowering { sketch: &mut sketch, messages: &messages, filters: &filters, found: &mut found, depth: 0 };
    let held = select.selection.as_ref().map(|e| lowering.condition(e));
    let (payload, slots) = lowering.projection(&select.projection);
    let topic = into(&select, &mut found);
    if !found.is_empty() {
        return (None, found);
    }
    let events = match held.flatten() {
        None => messages,
        Some(holds) => vec![sketch.node("gate", json!({}), &[("in", &messages), ("if", &[holds])])],
    };
    let mut inputs: Vec<(&str, &[Wire])> = vec![("in", &events)];
    inputs.extend(slots.iter().map(|(name, wire)| (name.as_str(), std::slice::from_ref(wire))));
    sketch.node("publish", json!({ "topic": topic, "payload": payload }), &inputs);
    let mut graph = sketch.done();
    graph.meta.insert("source".into(), json!({ "format": "sql", "text": text }));
    (Some(graph), found)
}

/// What devices and the broker say on topics of their own is no raw message here.
fn of_devices(table: &impl Spanned, filter: &str, found: &mut Diagnostics) {
    let first = filter.trim_start_matches('/').split('/').next().unwrap_or("");
    let why = if first.starts_with('$') {
        (
            "设备上下线在这里不是消息",
            "that a device comes and goes is no message here",
            "在规则里用 is_online 节点判断设备是否在线",
            "a rule asks with an `is_online` node whether a device can be reached",
        )
    } else if matches!(first, "sys" | "ota" | "ext") {
        (
            "设备按物模型上报的内容在这里不是原始消息",
            "what devices report by their model is no raw message here",
            "在规则里用 point 或 event 节点读取；自由主题如 /product/+/user/report 可以作为 FROM",
            "a rule reads it with `point` or `event`; free topics such as /product/+/user/report can be named in `FROM`",
        )
    } else {
        return;
    };
    found.push(fault(table, "sql.from", why.0, why.1).help(Bilingual::new(why.2, why.3)));
}

/// What a rule of these filters is called.
fn name_of(filters: &[String]) -> String {
    format!("SQL {}", filters.join(", "))
}

fn parsed(text: &str) -> Result<Box<Select>, Diagnostics> {
    if text.len() > SQL_BYTES_MAX {
        let message = Bilingual::new(
            format!("语句最多 {SQL_BYTES_MAX} 字节"),
            format!("a statement has at most {SQL_BYTES_MAX} bytes"),
        );
        return Err(vec![Diagnostic::error("sql.limit", "/1/1", message)]);
    }
    let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location();
    let tokens = tokens.map_err(|e| vec![syntax(&e.into(), text)])?;
    // Operators side by side become a tree that is as deep as they are many.
    if tokens.iter().filter(|t| !matches!(t.token, Token::Whitespace(_))).count() > SQL_TOKENS_MAX {
        let message = Bilingual::new(
            format!("语句最多 {SQL_TOKENS_MAX} 个词和符号"),
            format!("a statement has at most {SQL_TOKENS_MAX} words and signs"),
        );
        return Err(vec![Diagnostic::error("sql.limit", "/1/1", message)]);
    }
    let mut parser =
        Parser::new(&GenericDialect {}).with_recursion_limit(SQL_DEPTH_MAX).with_tokens_with_locations(tokens);
    let statements = parser.parse_statements().map_err(|e| vec![syntax(&e, text)])?;
    let not_select = || {
        let message = Bilingual::new("应为一条 SELECT 语句", "this has to be one `SELECT` statement");
        vec![Diagnostic::error("sql.statement", "/1/1", message)]
    };
    let [Statement::Query(query)] = <[Statement; 1]>::try_from(statements).map_err(|_| not_select())? else {
        return Err(not_select());
    };
    let plain =
        query.with.is_none() && query.order_by.is_none() && query.limit_clause.is_none() && query.fetch.is_none();
    match *query.body {
        SetExpr::Select(select) if plain => Ok(select),
        _ => Err(not_select()),
    }
}

/// What the parser says, with its place taken out of the text.
fn syntax(error: &ParserError, sql: &str) -> Diagnostic {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => {
            let message = Bilingual::new(
                format!("嵌套超过 {SQL_DEPTH_MAX} 层"),
                format!("nested deeper than {SQL_DEPTH_MAX} levels"),
            );
            return Diagnostic::error("sql.limit", "/1/1", message);
        }
    };
    let (what, at) = text.rsplit_once(" at Line: ").unwrap_or((text, ""));
    // At the end of the text there is no token that could say where it is.
    let (lines, last) = (sql.lines().count().max(1), sql.lines().last().map_or(0, |l| l.chars().count()));
    let end = (lines.to_string(), (last + 1).to_string());
    let (line, column) = at.split_once(", Column: ").map_or(end, |(l, c)| (l.to_owned(), c.to_owned()));
    Diagnostic::error(
        "sql.syntax",
        format!("/{line}/{column}"),
        Bilingual::new(
            format!("第 {line} 行第 {column} 列语法有误：{what}"),
            format!("line {line}, column {column}: {what}"),
        ),
    )
}

/// A finding about a part of the statement.
fn fault(of: &impl Spanned, code: &str, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, place(of), Bilingual::new(zh, en))
}

fn unsupported_clauses(select: &Select, found: &mut Diagnostics) {
    let grouped =
        !matches!(&select.group_by, GroupByExpr::Expressions(list, more) if list.is_empty() && more.is_empty());
    let others = [
        (select.distinct.is_some(), "DISTINCT"),
        (select.top.is_some(), "TOP"),
        (grouped, "GROUP BY"),
        (select.having.is_some(), "HAVING"),
        (select.qualify.is_some(), "QUALIFY"),
        (select.prewhere.is_some(), "PREWHERE"),
        (!select.sort_by.is_empty(), "SORT BY"),
        (!select.lateral_views.is_empty(), "LATERAL VIEW"),
        (!select.connect_by.is_empty(), "CONNECT BY"),
    ];
    for (_, name) in others.into_iter().filter(|(there, _)| *there) {
        let begin = select.select_token.0.span.start;
        let message = Bilingual::new(
            format!("流规则没有 {name}：每条消息单独处理"),
            format!("a stream rule has no `{name}`: each message is looked at by itself"),
        );
        found.push(Diagnostic::error("sql.clause", format!("/{}/{}", begin.line, begin.column), message));
    }
}

/// The topic of the result. `{1}` in it is what the first wildcard stood for.
fn into(select: &Select, found: &mut Diagnostics) -> String {
    let Some(into) = &select.into else { return TOPIC_DEFAULT.into() };
    match into.targets.as_slice() {
        [Expr::Identifier(Ident { value, .. })] => value.clone(),
        _ => {
            let one = into.targets.first();
            let at = one.map_or_else(|| "/1/1".into(), place);
            found.push(Diagnostic::error(
                "sql.into",
                at,
                Bilingual::new("INTO 后应为一个主题", "`INTO` takes one topic"),
            ));
            String::new()
        }
    }
}

impl Lowering<'_> {
    /// What is selected, as a payload with slots.
    fn projection(&mut self, items: &[SelectItem]) -> (Json, Vec<(String, Wire)>) {
        if let [SelectItem::Wildcard(_)] = items {
            let wire = self.sketch.value("message_part", json!({ "part": "payload" }), &[("in", self.messages)]);
            return (json!("{payload}"), vec![("payload".into(), wire)]);
        }
        let (mut payload, mut slots) = (Map::new(), Vec::new());
        for item in items {
            let (expr, name) = match item {
                SelectItem::UnnamedExpr(expr) => (expr, expression::name_of(expr)),
                SelectItem::ExprWithAlias { expr, alias } => (expr, alias.value.clone()),
                other => {
                    self.found.push(fault(other, "sql.select", "* 只能单独使用", "`*` can only stand alone"));
                    continue;
                }
            };
            if let Some(value) = self.selected(expr, &mut slots) {
                payload.insert(name, value);
            }
        }
        (Json::Object(payload), slots)
    }
}
