//! Expressions as nodes. What kind of value a field is follows from what is done with it.

use super::fault;
use crate::sketch::{Sketch, Wire};
use base::{Diagnostics, Value};
use serde_json::{Value as Json, json};
use sqlparser::ast::{
    AccessExpr, BinaryOperator, CeilFloorKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Spanned, Subscript, UnaryOperator, Value as Literal, ValueWithSpan,
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
type Lowered<T> = Option<T>;

/// A statement while it becomes nodes.
pub(super) struct Lowering<'a> {
    pub(super) sketch: &'a mut Sketch,
    pub(super) messages: &'a [Wire],
    pub(super) filters: &'a [String],
    pub(super) found: &'a mut Diagnostics,
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
fn literal(expr: &Expr) -> Option<Json> {
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
fn constant(expr: &Expr) -> Option<Value> {
    match literal(expr)? {
        Json::Number(n) => n.as_f64().map(Value::Number),
        Json::String(s) => Some(Value::text(s)),
        Json::Bool(b) => Some(Value::Bool(b)),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn kind_of(value: &Value) -> Option<Kind> {
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
    fn refuse<T>(&mut self, of: &impl Spanned, code: &str, zh: impl Into<String>, en: impl Into<String>) -> Lowered<T> {
        self.found.push(fault(of, code, zh, en));
        None
    }

    fn part(&mut self, params: Json) -> Wire {
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
        match expr {
            Expr::Nested(inner) => self.condition(inner),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                let inner = self.condition(expr)?;
                Some(self.sketch.not(&inner))
            }
            Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } => {
                // Both sides are looked at, so that the faults of both are told.
                let (left, right) = (self.condition(left), self.condition(right));
                let both = [left?, right?];
                if *op == BinaryOperator::And { self.sketch.all(&both) } else { self.sketch.any(&both) }
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

    fn arithmetic(&mut self, op: &str, a: &Wire, b: &Wire) -> Wire {
        let (a, b) = (std::slice::from_ref(a), std::slice::from_ref(b));
        self.sketch.value("arithmetic", json!({ "op": op }), &[("a", a), ("b", b)])
    }

    /// A value; `want` is what kind a field is taken as.
    pub(super) fn value(&mut self, expr: &Expr, want: Option<Kind>) -> Lowered<Operand> {
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
            Expr::Case { operand: None, conditions, else_result, .. } => {
                let mut out = match else_result {
                    Some(expr) => self.value(expr, want)?,
                    None => return self.refuse(expr, "sql.case", "CASE 要有 ELSE", "`CASE` needs an `ELSE` here"),
                };
                for when in conditions.iter().rev() {
                    let (holds, then) = (self.condition(&when.condition), self.value(&when.result, Some(out.kind)));
                    let (holds, then) = (holds?, then?);
                    if then.kind != out.kind {
                        return self.refuse(
                            &when.result,
                            "sql.kind",
                            "各分支的类型要相同",
                            "all branches have to be of one kind",
                        );
                    }
                    let inputs: [(&str, &[Wire]); 3] =
                        [("by", &[holds]), ("true", &[then.wire]), ("false", &[out.wire])];
                    out = Operand { wire: self.sketch.value("select", json!({}), &inputs), kind: out.kind };
                }
                Some(out)
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
            Expr::Function(function) => self.function(expr, function),
            other => {
                self.refuse(other, "sql.expression", format!("不支持“{other}”"), format!("`{other}` is not supported"))
            }
        }
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

    fn number(&mut self, expr: &Expr) -> Lowered<Wire> {
        let operand = self.value(expr, Some(Kind::Number))?;
        if operand.kind != Kind::Number {
            return self.refuse(expr, "sql.kind", "这里需要数值", "a number is needed here");
        }
        Some(operand.wire)
    }

    fn function_of(&mut self, name: &str, wire: &Wire) -> Operand {
        let wire = self.sketch.value("function", json!({ "fn": name }), &[("in", std::slice::from_ref(wire))]);
        Operand { wire, kind: Kind::Number }
    }

    fn rounded(&mut self, expr: &Expr, step: f64, towards: &str) -> Lowered<Operand> {
        let wire = self.number(expr)?;
        let mut params = json!({ "step": step });
        if towards != "nearest" {
            params["towards"] = json!(towards);
        }
        let wire = self.sketch.value("round", params, &[("in", &[wire])]);
        Some(Operand { wire, kind: Kind::Number })
    }

    fn function(&mut self, whole: &Expr, function: &Function) -> Lowered<Operand> {
        let name = function.name.to_string().to_lowercase().replace('_', "");
        let Some(args) = arguments(function) else {
            return self.refuse(whole, "sql.function", "看不懂的参数", "the arguments are not understood");
        };
        let text = |wire: Wire| Some(Operand { wire, kind: Kind::Text });
        match (name.as_str(), args.as_slice()) {
            ("topic", []) => text(self.part(json!({ "part": "topic" }))),
            ("topic", [level]) => match literal(level).and_then(|n| n.as_u64()) {
                Some(level) => text(self.part(json!({ "part": "level", "level": level }))),
                None => {
                    self.refuse(*level, "sql.function", "topic 的参数是层数", "`topic` takes the number of a level")
                }
            },
            ("productkey", []) => self.identity(whole, 0),
            ("devicename", []) => self.identity(whole, 1),
            ("payload", []) => text(self.part(json!({ "part": "payload" }))),
            ("payload", [encoding]) => {
                match literal(encoding).and_then(|e| e.as_str().map(str::to_lowercase)).as_deref() {
                    Some("utf-8" | "utf8") => text(self.part(json!({ "part": "payload" }))),
                    Some("json") => text(self.part(json!({ "part": "json", "path": "" }))),
                    _ => self.refuse(
                        *encoding,
                        "sql.function",
                        "编码为 'utf-8' 或 'json'",
                        "the encoding is 'utf-8' or 'json'",
                    ),
                }
            }
            ("timestamp" | "nowtimestamp", []) => {
                Some(Operand { wire: self.part(json!({ "part": "time" })), kind: Kind::Number })
            }
            ("newuuid" | "uuidv4", []) => text(self.part(json!({ "part": "uuid" }))),
            ("abs" | "sqrt" | "exp" | "ln" | "log10" | "sin" | "cos" | "sign", [of]) => {
                let wire = self.number(of)?;
                Some(self.function_of(&name, &wire))
            }
            ("mod", [a, b]) => self.two("%", a, b),
            ("power" | "pow", [a, b]) => self.two("^", a, b),
            ("round", [of]) => self.rounded(of, 1.0, "nearest"),
            ("round", [of, digits]) => {
                match literal(digits).and_then(|n| n.as_i64()).filter(|n| (-9..=9).contains(n)) {
                    Some(digits) => {
                        let step = if digits >= 0 { 1.0 / ten(digits) } else { ten(-digits) };
                        self.rounded(of, step, "nearest")
                    }
                    None => self.refuse(*digits, "sql.function", "位数应在 -9 到 9 之间", "the digits are -9 to 9"),
                }
            }
            ("ceil" | "ceiling", [of]) => self.rounded(of, 1.0, "up"),
            ("floor", [of]) => self.rounded(of, 1.0, "down"),
            ("lower" | "upper" | "trim", [of]) => self.text(whole, of, json!({ "op": name })),
            ("replace", [of, find, with]) => match plain(find).zip(plain(with)) {
                Some((find, with)) => self.text(whole, of, json!({ "op": "replace", "find": find, "with": with })),
                None => {
                    self.refuse(whole, "sql.function", "replace 要替换的是固定的文本", "`replace` takes fixed texts")
                }
            },
            ("concat", [_, _, ..]) => self.concat(&args),
            _ => self.unknown_function(whole, &name),
        }
    }

    fn unknown_function<T>(&mut self, whole: &Expr, name: &str) -> Lowered<T> {
        self.refuse(
            whole,
            "sql.function",
            format!("没有这样的函数 {name}"),
            format!("there is no function `{name}` like this"),
        )
    }

    fn two(&mut self, op: &str, a: &Expr, b: &Expr) -> Lowered<Operand> {
        let (a, b) = (self.number(a), self.number(b));
        let wire = self.arithmetic(op, &a?, &b?);
        Some(Operand { wire, kind: Kind::Number })
    }

    /// A text changed into another.
    fn text(&mut self, whole: &Expr, of: &Expr, params: Json) -> Lowered<Operand> {
        let operand = self.value(of, Some(Kind::Text))?;
        if operand.kind != Kind::Text {
            return self.refuse(whole, "sql.kind", "这里需要文本", "a text is needed here");
        }
        Some(Operand { wire: self.sketch.value("text_change", params, &[("in", &[operand.wire])]), kind: Kind::Text })
    }

    /// Texts and numbers one behind the other.
    fn concat(&mut self, parts: &[&Expr]) -> Lowered<Operand> {
        let (mut text, mut inputs) = (String::new(), Vec::new());
        for part in parts {
            match plain(part) {
                Some(fixed) => text.push_str(&fixed.replace('{', "{{").replace('}', "}}")),
                None => {
                    let name = format!("p{}", inputs.len() + 1);
                    text.push_str(&format!("{{{name}}}"));
                    inputs.push((name, self.value(part, Some(Kind::Text))?.wire));
                }
            }
        }
        let inputs: Vec<(&str, &[Wire])> = inputs.iter().map(|(n, w)| (n.as_str(), std::slice::from_ref(w))).collect();
        let wire = self.sketch.value("template", json!({ "text": text, "plain": true }), &inputs);
        Some(Operand { wire, kind: Kind::Text })
    }

    /// Which device a message is of, by the topics of devices: `/sys/{product}/{device}/…`, `/{product}/{device}/user/…`.
    fn identity(&mut self, whole: &Expr, place: usize) -> Lowered<Operand> {
        let level_of =
            |filter: &String| identity_levels(filter).map(|(product, device)| [product, device][place.min(1)]);
        let mut levels = self.filters.iter().map(level_of);
        let level = levels.next().flatten();
        if level.is_none() || levels.any(|other| other != level) {
            return self.refuse(
                whole,
                "sql.device",
                "这个主题里没有设备；用 topic(n) 取主题的一层",
                "this topic names no device; take a level of it by `topic(n)`",
            );
        }
        let wire = self.part(json!({ "part": "level", "level": level }));
        Some(Operand { wire, kind: Kind::Text })
    }
}

/// The levels of a topic that are the keys of product and device, counted from 1 without the leading slash.
pub(super) fn identity_levels(filter: &str) -> Option<(usize, usize)> {
    let levels: Vec<&str> = filter.strip_prefix('/')?.split('/').collect();
    match levels.as_slice() {
        ["sys" | "ext", _, _, ..] => Some((2, 3)),
        ["ota", "device", _, _, _, ..] => Some((4, 5)),
        [_, _, "user", ..] => Some((1, 2)),
        _ => None,
    }
}

/// Ten to a small power, exactly.
fn ten(digits: i64) -> f64 {
    (0..digits).fold(1.0, |n, _| n * 10.0)
}

/// A constant argument as text.
fn plain(expr: &Expr) -> Option<String> {
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

fn arguments(function: &Function) -> Option<Vec<&Expr>> {
    match &function.args {
        FunctionArguments::None => Some(Vec::new()),
        FunctionArguments::Subquery(_) => None,
        FunctionArguments::List(list) => {
            let args = list.args.iter().map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            });
            args.collect()
        }
    }
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
