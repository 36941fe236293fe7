//! The functions of stream rules: what they are called, what they take, and which node calculates each.

use super::expression::{Kind, Lowered, Lowering, Operand, constant, kind_of, literal, plain};
use crate::sketch::Wire;
use serde_json::{Value as Json, json};
use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments};

/// Hashes, as the node calls them.
const HASHES: &[&str] = &["md5", "sha1", "sha256", "sha384", "sha512"];

/// Characters of a text, counted from 1 with both ends included; to the end without the second.
pub(super) type Slice = (u32, Option<u32>);

fn text(wire: Wire) -> Lowered<Operand> {
    Some(Operand { wire, kind: Kind::Text })
}

impl Lowering<'_> {
    pub(super) fn function(&mut self, whole: &Expr, function: &Function) -> Lowered<Operand> {
        let name = function.name.to_string().to_lowercase().replace('_', "");
        let Some(args) = arguments(function) else {
            return self.refuse(whole, "sql.function", "看不懂的参数", "the arguments are not understood");
        };
        match name.as_str() {
            "topic" | "productkey" | "devicename" | "payload" | "timestamp" | "nowtimestamp" | "newuuid" | "uuidv4"
            | "attribute" => self.of_message(whole, &name, &args),
            "lower" | "upper" | "trim" | "replace" | "concat" | "startswith" | "endswith" | "contains" | "crypto"
            | "sha" => self.of_texts(whole, &name, &args),
            hash if HASHES.contains(&hash) => self.of_texts(whole, &name, &args),
            _ => self.of_values(whole, &name, &args),
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

    /// What a message is: its topic, its device, its payload, its time.
    fn of_message(&mut self, whole: &Expr, name: &str, args: &[&Expr]) -> Lowered<Operand> {
        match (name, args) {
            ("topic", []) => text(self.part(json!({ "part": "topic" }))),
            ("topic", [level]) => match literal(level).and_then(|n| n.as_u64()) {
                Some(level) => text(self.part(json!({ "part": "level", "level": level }))),
                None => {
                    self.refuse(level, "sql.function", "topic 的参数是层数", "`topic` takes the number of a level")
                }
            },
            ("productkey", []) => self.identity(whole, 0),
            ("devicename", []) => self.identity(whole, 1),
            ("payload", []) => text(self.part(json!({ "part": "payload" }))),
            ("payload", [encoding]) => match plain(encoding).map(|e| e.to_lowercase()).as_deref() {
                Some("utf-8" | "utf8") => text(self.part(json!({ "part": "payload" }))),
                Some("json") => text(self.part(json!({ "part": "json", "path": "" }))),
                _ => self.refuse(
                    encoding,
                    "sql.function",
                    "编码为 'utf-8' 或 'json'",
                    "the encoding is 'utf-8' or 'json'",
                ),
            },
            ("timestamp" | "nowtimestamp", []) => {
                Some(Operand { wire: self.part(json!({ "part": "time" })), kind: Kind::Number })
            }
            ("timestamp" | "nowtimestamp", [format]) => match literal(format) {
                Some(Json::String(written)) => match engine::check_time_pattern(&written) {
                    Ok(()) => text(self.part(json!({ "part": "time", "format": written }))),
                    Err(why) => self.refuse(format, "sql.function", why.zh, why.en),
                },
                _ => self.refuse(format, "sql.function", "格式是固定的文本", "the format is a fixed text"),
            },
            ("newuuid" | "uuidv4", []) => text(self.part(json!({ "part": "uuid" }))),
            ("attribute", [_]) => self.refuse(
                whole,
                "sql.function",
                "这里的设备标签没有值，因此没有 attribute；设备的属性在规则里用 point 节点读取",
                "tags of devices have no values here, so there is no `attribute`; a rule reads what a device has with `point`",
            ),
            _ => self.unknown_function(whole, name),
        }
    }

    /// What is calculated with numbers, and what stands in for an unknown value.
    fn of_values(&mut self, whole: &Expr, name: &str, args: &[&Expr]) -> Lowered<Operand> {
        match (name, args) {
            ("abs" | "sqrt" | "exp" | "ln" | "log10" | "sin" | "cos" | "sign", [of]) => {
                let wire = self.number(of)?;
                Some(self.function_of(name, &wire))
            }
            ("log", [of]) => {
                let wire = self.number(of)?;
                Some(self.function_of("ln", &wire))
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
                    None => self.refuse(digits, "sql.function", "位数应在 -9 到 9 之间", "the digits are -9 to 9"),
                }
            }
            ("ceil" | "ceiling", [of]) => self.rounded(of, 1.0, "up"),
            ("floor", [of]) => self.rounded(of, 1.0, "down"),
            ("coalesce" | "ifnull" | "nanvl", [of, otherwise]) => self.otherwise(whole, of, otherwise),
            ("rand" | "random", []) => self.refuse(
                whole,
                "sql.function",
                "没有随机数：同样的消息总得到同样的结果",
                "there is no random number: the same messages always give the same",
            ),
            _ => self.unknown_function(whole, name),
        }
    }

    /// What is done with texts.
    fn of_texts(&mut self, whole: &Expr, name: &str, args: &[&Expr]) -> Lowered<Operand> {
        match (name, args) {
            ("lower" | "upper" | "trim", [of]) => self.text(whole, of, json!({ "op": name })),
            ("replace", [of, find, with]) => match plain(find).zip(plain(with)) {
                Some((find, with)) => self.text(whole, of, json!({ "op": "replace", "find": find, "with": with })),
                None => {
                    self.refuse(whole, "sql.function", "replace 要替换的是固定的文本", "`replace` takes fixed texts")
                }
            },
            ("concat", [_, _, ..]) => self.concat(args),
            ("startswith" | "endswith" | "contains", [of, part]) => {
                let Some(part) = plain(part) else {
                    return self.refuse(
                        whole,
                        "sql.function",
                        "要找的是固定的文本",
                        "what is looked for is a fixed text",
                    );
                };
                let operand = self.value(of, Some(Kind::Text))?;
                if operand.kind != Kind::Text {
                    return self.refuse(whole, "sql.kind", "这里需要文本", "a text is needed here");
                }
                let how = name.strip_suffix("with").unwrap_or(name);
                Some(Operand { wire: self.sketch.text_match(&operand.wire, how, &part), kind: Kind::Bool })
            }
            ("crypto", [of, how]) => {
                let how = plain(how).unwrap_or_default().to_lowercase().replace('-', "");
                self.hash(whole, of, &how)
            }
            ("sha", [of]) => self.hash(whole, of, "sha1"),
            (hash, [of]) if HASHES.contains(&hash) => self.hash(whole, of, hash),
            _ => self.unknown_function(whole, name),
        }
    }

    /// A fixed value while another is unknown.
    fn otherwise(&mut self, whole: &Expr, of: &Expr, otherwise: &Expr) -> Lowered<Operand> {
        let fixed = constant(otherwise).and_then(|value| Some((kind_of(&value)?, value)));
        let Some((kind, value)) = fixed else {
            return self.refuse(
                otherwise,
                "sql.function",
                "缺省值是固定的值",
                "what is taken instead is a fixed value",
            );
        };
        let operand = self.value(of, Some(kind))?;
        if operand.kind != kind {
            return self.refuse(whole, "sql.kind", "两边的类型不同", "the two sides are of different kinds");
        }
        let wire = self.sketch.value("default", json!({ "value": value }), &[("in", &[operand.wire])]);
        Some(Operand { wire, kind })
    }

    /// The hash of a text.
    fn hash(&mut self, whole: &Expr, of: &Expr, algorithm: &str) -> Lowered<Operand> {
        if !HASHES.contains(&algorithm) {
            let list = HASHES.join(", ");
            return self.refuse(
                whole,
                "sql.function",
                format!("算法应为 {list}"),
                format!("the algorithm is one of {list}"),
            );
        }
        self.text(whole, of, json!({ "op": "hash", "algorithm": algorithm }))
    }

    /// Some characters of a text.
    pub(super) fn substring(&mut self, whole: &Expr, of: &Expr, slice: Option<Slice>) -> Lowered<Operand> {
        let Some((from, to)) = slice else {
            return self.refuse(
                whole,
                "sql.substring",
                "起止要是固定的整数，且至少留下一个字符",
                "begin and end are fixed whole numbers that leave a character at least",
            );
        };
        let mut params = json!({ "op": "slice", "from": from });
        if let Some(to) = to {
            params["to"] = json!(to);
        }
        self.text(whole, of, params)
    }

    fn two(&mut self, op: &str, a: &Expr, b: &Expr) -> Lowered<Operand> {
        let (a, b) = (self.number(a), self.number(b));
        let wire = self.arithmetic(op, &a?, &b?);
        Some(Operand { wire, kind: Kind::Number })
    }

    /// A text changed into another.
    pub(super) fn text(&mut self, whole: &Expr, of: &Expr, params: Json) -> Lowered<Operand> {
        let operand = self.value(of, Some(Kind::Text))?;
        if operand.kind != Kind::Text {
            return self.refuse(whole, "sql.kind", "这里需要文本", "a text is needed here");
        }
        Some(Operand { wire: self.sketch.value("text_change", params, &[("in", &[operand.wire])]), kind: Kind::Text })
    }

    /// Texts and numbers one behind the other.
    pub(super) fn concat(&mut self, parts: &[&Expr]) -> Lowered<Operand> {
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

/// A fixed whole number.
fn count(expr: &Expr) -> Option<u32> {
    u32::try_from(literal(expr)?.as_u64()?).ok()
}

/// Which characters a substring is. `substring(t, start, end)` counts from 0 and leaves the end out, `substr(t, start,
/// length)` counts from 0, `substring(t FROM start FOR length)` from 1.
pub(super) fn slice(given: [&Option<Box<Expr>>; 2], special: bool, shorthand: bool) -> Option<Slice> {
    let [start, second] = given.map(|n| n.as_deref().map(count));
    let from = match start {
        None => 1,
        Some(start) if special => start?.checked_add(1)?,
        Some(start) => start?.max(1),
    };
    let to = match second {
        None => None,
        Some(end) if special && !shorthand => Some(end?),
        Some(length) => Some(from.checked_add(length?)?.checked_sub(1)?),
    };
    to.is_none_or(|to| to >= from).then_some((from, to))
}

/// Ten to a small power, exactly.
fn ten(digits: i64) -> f64 {
    (0..digits).fold(1.0, |n, _| n * 10.0)
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
