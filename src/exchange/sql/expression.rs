//! Expressions as nodes. What kind of value a field is follows from what is done with it.

use super::fault;
use super::function::slice;
use crate::limits::SQL_DEPTH_MAX;
use crate::sketch::{Sketch, Wire};
use base::{Diagnostics, Value};
use serde_json::{Value as Json, json};
use sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, CeilFloorKind, Expr, Spanned, Subscript, UnaryOperator, Value as Literal,
    ValueWithSpan,
};

/// Which kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Bool,
    Text,
}

/// A value of a known kind.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    pub(super) wire: Wire,
    pub(super) kind: Kind,
}

/// What is said of an expression that cannot be taken: it was reported.
pub(super) type Lowered<T> = Option<T>;

/// A statement while it becomes nodes.
pub(super) struct Lowering<'a> {
    pub(super) sketch: &'a mut Sketch,
    pub(super) messages: &'a [Wire],
    pub(super) filters: &'a [String],
    pub(super) found: &'a mut Diagnostics,
    /// How deep the expression is of which a part is looked at.
    pub(super) depth: usize,
}

/// `/LINE/COLUMN` of a part of the statement.
pub(super) fn place(of: &impl Spanned) -> String {
    let start = of.span().start;
    format!("/{}/{}", start.line.max(1), start.column.max(1))
}

/// The name of a column without `AS`: the last step of a field, or the function.
pub(super) fn name_of(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(ident) => ident.value.clone(),
        Expr::CompoundIdentifier(parts) => parts.last().map_or_else(String::new, |i| i.value.clone()),
        Expr::Function(function) => function.name.to_string(),
        Expr::Nested(inner) => name_of(inner),
        other => other.to_string(),
    }
}

/// The value of a literal.
pub(super) fn literal(expr: &Expr) -> Option<Json> {
    match expr {
        Expr::Value(ValueWithSpan { value, .. }) => Some(match value {
            Literal::Number(text, _) => match text.parse::<i64>() {
                Ok(n) => n.into(),
                Err(_) => serde_json::Number::from_f64(text.parse().ok()?).map(Json::Number)?,
            },
            Literal::SingleQuotedString(s) | Literal::DoubleQuotedString(s) => Json::String(s.clone()),
            Literal::Boolean(b) => Json::Bool(*b),
            Literal::Null => Json::Null,
            _ => return None,
        }),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match literal(expr)? {
            Json::Number(n) => serde_json::Number::from_f64(-n.as_f64()?).map(Json::Number),
            _ => None,
        },
        Expr::Nested(inner) => literal(inner),
        _ => None,
    }
}

/// A literal as a value of ours.
pub(super) fn constant(expr: &Expr) -> Option<Value> {
    match literal(expr)? {
        Json::Number(n) => n.as_f64().map(Value::Number),
        Json::String(s) => Some(Value::text(s)),
        Json::Bool(b) => Some(Value::Bool(b)),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

pub(super) fn kind_of(value: &Value) -> Option<Kind> {
    match value {
        Value::Number(_) => Some(Kind::Number),
        Value::Bool(_) => Some(Kind::Bool),
        Value::Text(_) => Some(Kind::Text),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// The JSON Pointer of a field: `t`, `payload.t`, `list[1]` (counted from 1).
fn pointer(expr: &Expr) -> Option<String> {
    let step = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let path = match expr {
        Expr::Identifier(ident) => step(&ident.value),
        Expr::CompoundIdentifier(parts) => parts.iter().map(|i| step(&i.value)).collect(),
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut path = raw(root)?;
            for access in access_chain {
                path.push_str(&match access {
                    AccessExpr::Dot(Expr::Identifier(ident)) => step(&ident.value),
                    AccessExpr::Subscript(Subscript::Index { index }) => match literal(index)? {
                        Json::Number(n) => step(&n.as_u64().filter(|n| *n > 0)?.saturating_sub(1).to_string()),
                        Json::String(name) => step(&name),
                        _ => return None,
                    },
                    _ => return None,
                });
            }
            path
        }
        _ => return None,
    };
    // The payload is the root; it may be named.
    Some(match path.strip_prefix("/payload") {
        Some("") => String::new(),
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        _ => path,
    })
}

/// A field before the root is taken off.
fn raw(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(format!("/{}", ident.value)),
        Expr::CompoundIdentifier(parts) => Some(parts.iter().map(|i| format!("/{}", i.value)).collect()),
        _ => None,
    }
}

impl Lowering<'_> {
    /// Reports something about a part of the statement.
    pub(super) fn refuse<T>(
        &mut self,
        of: &Expr,
        code: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Lowered<T> {
        // A row of operators is deep on its left, and begins there.
        let mut begin = of;
        while let Expr::BinaryOp { left, .. } = begin {
            begin = left;
        }
        self.found.push(fault(begin, code, zh, en));
        None
    }

    pub(super) fn part(&mut self, params: Json) -> Wire {
        self.sketch.value("message_part", params, &[("in", self.messages)])
    }

    /// What is selected: as it stands in the payload, `null` while it is unknown.
    pub(super) fn selected(&mut self, expr: &Expr, slots: &mut Vec<(String, Wire)>) -> Lowered<Json> {
        if let Some(json) = literal(expr) {
            return Some(doubled(&json));
        }
        let name = format!("c{}", slots.len() + 1);
        if let Some(path) = pointer(expr) {
            let wire = self.part(json!({ "part": "json", "path": path }));
            slots.push((name.clone(), wire));
            return Some(Json::String(format!("{{{name}:json}}")));
        }
        let wire = match self.value(expr, None) {
            Some(operand) => operand.wire,
            None => return None,
        };
        slots.push((name.clone(), wire));
        Some(Json::String(format!("{{{name}?}}")))
    }

    /// A condition.
    pub(super) fn condition(&mut self, expr: &Expr) -> Lowered<Wire> {
        self.deeper(expr, |this| this.any_condition(expr))
    }

    /// A part of an expression, unless that is too deep.
    fn deeper<T>(&mut self, of: &Expr, look: impl FnOnce(&mut Self) -> Lowered<T>) -> Lowered<T> {
        if self.depth >= SQL_DEPTH_MAX {
            return self.refuse(
                of,
                "sql.limit",
                format!("嵌套超过 {SQL_DEPTH_MAX} 层"),
                format!("nested deeper than {SQL_DEPTH_MAX} levels"),
            );
        }
        self.depth += 1;
        let found = look(self);
        self.depth -= 1;
        found
    }

    fn any_condition(&mut self, expr: &Expr) -> Lowered<Wire> {
        match expr {
            Expr::Nested(inner) => self.condition(inner),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                let inner = self.condition(expr)?;
                Some(self.sketch.not(&inner))
            }
            Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
                // All of them are looked at, so that the faults of all are told.
                let found: Vec<Option<Wire>> = row(expr, op).into_iter().map(|part| self.condition(part)).collect();
                let all: Vec<Wire> = found.into_iter().collect::<Option<_>>()?;
                if *op == BinaryOperator::And { self.sketch.all(&all) } else { self.sketch.any(&all) }
            }
            Expr::BinaryOp { left, op, right } => {
                let Some(sign) = comparison(op) else {
                    return self.value(expr, Some(Kind::Bool)).map(|o| o.wire);
                };
                self.compared(expr, left, sign, right)
            }
            Expr::IsNull(inner) => self.null(inner, "="),
            Expr::IsNotNull(inner) => self.null(inner, "!="),
            Expr::IsTrue(inner) => self.is(inner, true),
            Expr::IsFalse(inner) => self.is(inner, false),
            Expr::Between { expr: inner, negated, low, high } => {
                let (low, high) = (self.compared(expr, inner, ">=", low), self.compared(expr, inner, "<=", high));
                let within = self.sketch.all(&[low?, high?])?;
                Some(if *negated { self.sketch.not(&within) } else { within })
            }
            Expr::InList { expr: inner, list, negated } => {
                let any: Vec<Option<Wire>> = list.iter().map(|item| self.compared(expr, inner, "=", item)).collect();
                let any: Vec<Wire> = any.into_iter().collect::<Option<_>>()?;
                let within = self.sketch.any(&any)?;
                Some(if *negated { self.sketch.not(&within) } else { within })
            }
            Expr::Like { negated, expr: inner, pattern, escape_char: None, any: false } => {
                let wire = self.like(expr, inner, pattern)?;
                Some(if *negated { self.sketch.not(&wire) } else { wire })
            }
            other => self.value(other, Some(Kind::Bool)).map(|o| o.wire),
        }
    }

    fn is(&mut self, expr: &Expr, b: bool) -> Lowered<Wire> {
        let wire = self.condition(expr)?;
        Some(self.sketch.compare(&wire, "=", &Value::Bool(b)))
    }

    fn null(&mut self, expr: &Expr, op: &str) -> Lowered<Wire> {
        let Some(path) = pointer(expr) else {
            return self.refuse(expr, "sql.null", "IS NULL 只能用于字段", "`IS NULL` takes a field");
        };
        let wire = self.part(json!({ "part": "json", "path": path }));
        Some(self.sketch.compare(&wire, op, &Value::text("null")))
    }

    fn like(&mut self, whole: &Expr, expr: &Expr, pattern: &Expr) -> Lowered<Wire> {
        let Some(Json::String(pattern)) = literal(pattern) else {
            return self.refuse(whole, "sql.like", "LIKE 的模式应为文本", "the pattern of `LIKE` is a text");
        };
        let inner = pattern.trim_matches('%');
        let how = match (pattern.starts_with('%'), pattern.ends_with('%')) {
            (true, true) => "contains",
            (false, true) => "starts",
            (true, false) => "ends",
            (false, false) => "equals",
        };
        if inner.is_empty() || inner.contains(['%', '_', '\\']) {
            return self.refuse(
                whole,
                "sql.like",
                "模式只能在两端有 %，如 'a%'、'%a'、'%a%'",
                "a pattern has `%` only at its ends: 'a%', '%a', '%a%'",
            );
        }
        let operand = self.value(expr, Some(Kind::Text))?;
        if operand.kind != Kind::Text {
            return self.refuse(whole, "sql.kind", "LIKE 用于文本", "`LIKE` takes a text");
        }
        Some(self.sketch.text_match(&operand.wire, how, inner))
    }

    fn compared(&mut self, whole: &Expr, left: &Expr, op: &str, right: &Expr) -> Lowered<Wire> {
        let (left, op, right) = if constant(left).is_some() && constant(right).is_none() {
            (right, turned(op), left)
        } else {
            (left, op, right)
        };
        if let Some(value) = constant(right) {
            let operand = self.value(left, kind_of(&value))?;
            let ordered = op != "=" && op != "!=";
            if kind_of(&value) != Some(operand.kind) || (ordered && operand.kind != Kind::Number) {
                return self.refuse(
                    whole,
                    "sql.kind",
                    "两边的类型不同，或没有大小之分",
                    "the two sides are of different kinds, or have no order",
                );
            }
            return Some(self.sketch.compare(&operand.wire, op, &value));
        }
        if literal(right) == Some(Json::Null) {
            return self.refuse(
                whole,
                "sql.null",
                "与 NULL 比较从不成立，请用 IS NULL",
                "nothing compares with NULL; use `IS NULL`",
            );
        }
        // Two numbers are compared by their difference.
        let (left, right) = (self.value(left, Some(Kind::Number)), self.value(right, Some(Kind::Number)));
        let (left, right) = (left?, right?);
        if left.kind != Kind::Number || right.kind != Kind::Number {
            return self.refuse(whole, "sql.kind", "两个字段只能按数值比较", "two fields only compare as numbers");
        }
        let difference = self.arithmetic("-", &left.wire, &right.wire);
        Some(self.sketch.compare(&difference, op, &Value::Number(0.0)))
    }

    pub(super) fn arithmetic(&mut self, op: &str, a: &Wire, b: &Wire) -> Wire {
        let (a, b) = (std::slice::from_ref(a), std::slice::from_ref(b));
        self.sketch.value("arithmetic", json!({ "op": op }), &[("a", a), ("b", b)])
    }

    /// A value; `want` is what kind a field is taken as.
    pub(super) fn value(&mut self, expr: &Expr, want: Option<Kind>) -> Lowered<Operand> {
        self.deeper(expr, |this| this.any_value(expr, want))
    }

    fn any_value(&mut self, expr: &Expr, want: Option<Kind>) -> Lowered<Operand> {
        if let Some(value) = constant(expr) {
            let kind = kind_of(&value)?;
            let wire = self.sketch.value("constant", json!({ "value": value }), &[]);
            return Some(Operand { wire, kind });
        }
        if let Some(path) = pointer(expr) {
            return Some(self.field(&path, want.unwrap_or(Kind::Number)));
        }
        match expr {
            Expr::Nested(inner) => self.value(inner, want),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                let inner = self.number(expr)?;
                Some(self.function_of("negate", &inner))
            }
            Expr::BinaryOp { left, op, right } => match operation(op) {
                Some(sign) => {
                    let (a, b) = (self.number(left), self.number(right));
                    let wire = self.arithmetic(sign, &a?, &b?);
                    Some(Operand { wire, kind: Kind::Number })
                }
                None if *op == BinaryOperator::StringConcat => self.concat(&[left, right]),
                None if comparison(op).is_some() || matches!(op, BinaryOperator::And | BinaryOperator::Or) => {
                    self.condition(expr).map(|wire| Operand { wire, kind: Kind::Bool })
                }
                None => self.refuse(
                    expr,
                    "sql.operator",
                    format!("不支持运算符 {op}"),
                    format!("operator `{op}` is not supported"),
                ),
            },
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(_) } => self.rounded(expr, 1.0, "up"),
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(_) } => self.rounded(expr, 1.0, "down"),
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(expr, operand.as_deref(), conditions, else_result.as_deref(), want)
            }
            Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsFalse(_)
            | Expr::Between { .. }
            | Expr::InList { .. }
            | Expr::Like { .. }
            | Expr::UnaryOp { op: UnaryOperator::Not, .. } => {
                self.condition(expr).map(|wire| Operand { wire, kind: Kind::Bool })
            }
            Expr::Trim { expr: of, trim_what: None, trim_where: None, .. } => {
                self.text(expr, of, json!({ "op": "trim" }))
            }
            Expr::Substring { expr: of, substring_from, substring_for, special, shorthand } => {
                self.substring(expr, of, slice([substring_from, substring_for], *special, *shorthand))
            }
            Expr::Function(function) => self.function(expr, function),
            other => {
                self.refuse(other, "sql.expression", format!("不支持“{other}”"), format!("`{other}` is not supported"))
            }
        }
    }

    /// One of several values: that of the first branch that holds.
    fn case(
        &mut self,
        whole: &Expr,
        operand: Option<&Expr>,
        branches: &[CaseWhen],
        otherwise: Option<&Expr>,
        want: Option<Kind>,
    ) -> Lowered<Operand> {
        let Some(otherwise) = otherwise else {
            return self.refuse(whole, "sql.case", "CASE 要有 ELSE", "`CASE` needs an `ELSE` here");
        };
        let mut out = self.value(otherwise, want)?;
        for when in branches.iter().rev() {
            let holds = match operand {
                Some(operand) => self.compared(&when.condition, operand, "=", &when.condition),
                None => self.condition(&when.condition),
            };
            let then = self.value(&when.result, Some(out.kind));
            let (holds, then) = (holds?, then?);
            if then.kind != out.kind {
                return self.refuse(
                    &when.result,
                    "sql.kind",
                    "各分支的类型要相同",
                    "all branches have to be of one kind",
                );
            }
            let inputs: [(&str, &[Wire]); 3] = [("by", &[holds]), ("true", &[then.wire]), ("false", &[out.wire])];
            out = Operand { wire: self.sketch.value("select", json!({}), &inputs), kind: out.kind };
        }
        Some(out)
    }

    fn field(&mut self, path: &str, kind: Kind) -> Operand {
        let as_ = match kind {
            Kind::Number => "number",
            Kind::Bool => "bool",
            Kind::Text => "text",
        };
        let wire = self.sketch.value("json_field", json!({ "path": path, "as": as_ }), &[("in", self.messages)]);
        Operand { wire, kind }
    }

    pub(super) fn number(&mut self, expr: &Expr) -> Lowered<Wire> {
        let operand = self.value(expr, Some(Kind::Number))?;
        if operand.kind != Kind::Number {
            return self.refuse(expr, "sql.kind", "这里需要数值", "a number is needed here");
        }
        Some(operand.wire)
    }

    pub(super) fn function_of(&mut self, name: &str, wire: &Wire) -> Operand {
        let wire = self.sketch.value("function", json!({ "fn": name }), &[("in", std::slice::from_ref(wire))]);
        Operand { wire, kind: Kind::Number }
    }

    pub(super) fn rounded(&mut self, expr: &Expr, step: f64, towards: &str) -> Lowered<Operand> {
        let wire = self.number(expr)?;
        let mut params = json!({ "step": step });
        if towards != "nearest" {
            params["towards"] = json!(towards);
        }
        let wire = self.sketch.value("round", params, &[("in", &[wire])]);
        Some(Operand { wire, kind: Kind::Number })
    }
}

/// A constant argument as text.
pub(super) fn plain(expr: &Expr) -> Option<String> {
    Some(match literal(expr)? {
        Json::String(s) => s,
        other => other.to_string(),
    })
}

/// A constant in a payload: its braces are no slots.
fn doubled(json: &Json) -> Json {
    match json {
        Json::String(s) => Json::String(s.replace('{', "{{").replace('}', "}}")),
        other => other.clone(),
    }
}

/// What stands between operators of one kind, as `a`, `b` and `c` in `a AND b AND c`.
fn row<'e>(expr: &'e Expr, of: &BinaryOperator) -> Vec<&'e Expr> {
    let (mut parts, mut rest) = (Vec::new(), expr);
    while let Expr::BinaryOp { left, op, right } = rest
        && op == of
    {
        parts.push(&**right);
        rest = left;
    }
    parts.push(rest);
    parts.reverse();
    parts
}

fn comparison(op: &BinaryOperator) -> Option<&'static str> {
    Some(match op {
        BinaryOperator::Eq => "=",
        BinaryOperator::NotEq => "!=",
        BinaryOperator::Lt => "<",
        BinaryOperator::LtEq => "<=",
        BinaryOperator::Gt => ">",
        BinaryOperator::GtEq => ">=",
        _ => return None,
    })
}

fn operation(op: &BinaryOperator) -> Option<&'static str> {
    Some(match op {
        BinaryOperator::Plus => "+",
        BinaryOperator::Minus => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
        _ => return None,
    })
}

fn turned(op: &str) -> &str {
    match op {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        other => other,
    }
}
