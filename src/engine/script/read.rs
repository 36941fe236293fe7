//! From a text to a script: parsed by minijinja, checked and typed here. All faults at once.
//!
//! What it is *not*: it runs nothing.

use super::{Code, Fault, Function, Script, Type};
use crate::limits::{SCRIPT_CHARS_MAX, SCRIPT_DEPTH_MAX, SCRIPT_PARTS_MAX, SUGGESTIONS_MAX};
use base::diagnostic::nearest;
use base::limits::TEXT_CHARS_MAX;
use base::{Bilingual, Value};
use documents::Comparison;
use minijinja::machinery::Span;
use minijinja::machinery::ast::{BinOp, BinOpKind, CallArg, Compare, CompareOpKind, Expr, IfExpr, Test, UnaryOpKind};
use minijinja::value::ValueKind;

/// A function: its name, what it takes, and how many of its last parts may be left out. Of those that are marked `more`
/// the last part may come again and again.
struct Signature {
    name: &'static str,
    function: Function,
    takes: &'static [Takes],
    optional: usize,
    more: bool,
    gives: Gives,
}

#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Number,
    Text,
    /// A number or a text.
    Either,
    Anything,
}

#[derive(Clone, Copy)]
enum Gives {
    Number,
    Text,
    /// Of the type of its parts.
    Same,
}

const fn signature(
    name: &'static str,
    function: Function,
    takes: &'static [Takes],
    optional: usize,
    gives: Gives,
) -> Signature {
    Signature { name, function, takes, optional, more: false, gives }
}

/// What can be called, as a function or as a filter: `round(x, 1)` and `x | round(1)` are the same.
const FUNCTIONS: &[Signature] = &[
    signature("abs", Function::Abs, &[Takes::Number], 0, Gives::Number),
    signature("ceil", Function::Ceil, &[Takes::Number], 0, Gives::Number),
    signature("cos", Function::Cos, &[Takes::Number], 0, Gives::Number),
    signature("default", Function::Default, &[Takes::Anything, Takes::Anything], 0, Gives::Same),
    signature("exp", Function::Exp, &[Takes::Number], 0, Gives::Number),
    signature("float", Function::Float, &[Takes::Either, Takes::Number], 1, Gives::Number),
    signature("floor", Function::Floor, &[Takes::Number], 0, Gives::Number),
    signature("int", Function::Int, &[Takes::Either, Takes::Number], 1, Gives::Number),
    signature("length", Function::Length, &[Takes::Text], 0, Gives::Number),
    signature("log", Function::Log, &[Takes::Number, Takes::Number], 1, Gives::Number),
    signature("lower", Function::Lower, &[Takes::Text], 0, Gives::Text),
    Signature {
        name: "max",
        function: Function::Max,
        takes: &[Takes::Number],
        optional: 0,
        more: true,
        gives: Gives::Number,
    },
    Signature {
        name: "min",
        function: Function::Min,
        takes: &[Takes::Number],
        optional: 0,
        more: true,
        gives: Gives::Number,
    },
    signature("replace", Function::Replace, &[Takes::Text, Takes::Text, Takes::Text], 0, Gives::Text),
    signature("round", Function::Round, &[Takes::Number, Takes::Number], 1, Gives::Number),
    signature("sin", Function::Sin, &[Takes::Number], 0, Gives::Number),
    signature("sqrt", Function::Sqrt, &[Takes::Number], 0, Gives::Number),
    signature("string", Function::Text, &[Takes::Anything], 0, Gives::Text),
    signature("trim", Function::Trim, &[Takes::Text], 0, Gives::Text),
    signature("upper", Function::Upper, &[Takes::Text], 0, Gives::Text),
];

impl Script {
    /// Reads a text whose names are inputs of these types.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read(text: &str, inputs: &[(&str, Type)]) -> Result<(Script, Type), Vec<Fault>> {
        if text.chars().count() > SCRIPT_CHARS_MAX {
            let message = Bilingual::new(
                format!("最多 {SCRIPT_CHARS_MAX} 个字符"),
                format!("it has at most {SCRIPT_CHARS_MAX} characters"),
            );
            return Err(vec![Fault { at: (1, 1), message }]);
        }
        let parsed = minijinja::machinery::parse_expr(text).map_err(|e| {
            let detail = e.detail().map_or_else(|| e.kind().to_string(), str::to_owned);
            let message = Bilingual::new(format!("语法错误：{detail}"), format!("it cannot be read: {detail}"));
            vec![Fault { at: (e.line().unwrap_or(1), column(text, &e)), message }]
        })?;
        let mut reader = Reader { inputs, faults: Vec::new(), used: vec![false; inputs.len()], parts: 0 };
        let (code, type_) = reader.part(&parsed, 0);
        // Where something else is wrong, that may be why.
        if reader.faults.is_empty() {
            for ((name, _), _) in inputs.iter().zip(&reader.used).filter(|(_, used)| !**used) {
                let message = Bilingual::new(format!("没有用到“{name}”"), format!("it does not use `{name}`"));
                reader.faults.push(Fault { at: (1, 1), message });
            }
        }
        if reader.faults.is_empty() { Ok((Script(code), type_)) } else { Err(reader.faults) }
    }
}

/// The column of a syntax error, from 1.
fn column(text: &str, error: &minijinja::Error) -> usize {
    let before = error.range().and_then(|range| text.get(..range.start)).unwrap_or_default();
    before.rsplit('\n').next().map_or(1, |line| line.chars().count() + 1)
}

/// What is found while an expression is read.
struct Reader<'a> {
    inputs: &'a [(&'a str, Type)],
    faults: Vec<Fault>,
    used: Vec<bool>,
    parts: usize,
}

type Part = (Code, Type);

const NOTHING: Part = (Code::Unknown, Type::Any);

impl Reader<'_> {
    fn fault(&mut self, span: Span, zh: impl Into<String>, en: impl Into<String>) -> Part {
        let at = (usize::from(span.start_line), usize::from(span.start_col) + 1);
        self.faults.push(Fault { at, message: Bilingual::new(zh, en) });
        NOTHING
    }

    /// A part that has to be of a type.
    fn typed(&mut self, expr: &Expr<'_>, wanted: Type, depth: usize) -> Code {
        let (code, type_) = self.part(expr, depth);
        self.check(expr.span(), type_, wanted);
        code
    }

    fn check(&mut self, span: Span, type_: Type, wanted: Type) {
        if type_ != wanted && type_ != Type::Any && wanted != Type::Any {
            let (a, b) = (type_.words(), wanted.words());
            self.fault(
                span,
                format!("这里需要{}，而不是{}", b.zh, a.zh),
                format!("{} is needed here, not {}", b.en, a.en),
            );
        }
    }

    fn part(&mut self, expr: &Expr<'_>, depth: usize) -> Part {
        self.parts += 1;
        if depth > SCRIPT_DEPTH_MAX || self.parts > SCRIPT_PARTS_MAX {
            // Once is enough.
            if depth == SCRIPT_DEPTH_MAX + 1 || self.parts == SCRIPT_PARTS_MAX + 1 {
                self.fault(expr.span(), "表达式过大", "the expression is too large");
            }
            return NOTHING;
        }
        let next = depth + 1;
        match expr {
            Expr::Var(name) => self.name(name.id, name.span()),
            Expr::Const(constant) => self.constant(&constant.value, constant.span()),
            Expr::UnaryOp(of) => match of.op {
                UnaryOpKind::Not => (Code::Not(Box::new(self.typed(&of.expr, Type::Bool, next))), Type::Bool),
                UnaryOpKind::Neg => {
                    (Code::Call(Function::Negate, vec![self.typed(&of.expr, Type::Number, next)]), Type::Number)
                }
            },
            Expr::BinOp(of) => self.operator(of, next),
            Expr::Compare(of) => self.comparison(of, next),
            Expr::IfExpr(of) => self.choice(of, next),
            Expr::Filter(of) => {
                let first = of.expr.iter().collect();
                self.call(of.name, first, &of.args, of.span(), next)
            }
            Expr::Call(of) => match &of.expr {
                Expr::Var(name) => self.call(name.id, Vec::new(), &of.args, of.span(), next),
                _ => self.unsupported(of.span()),
            },
            Expr::Test(of) => self.test(of, next),
            Expr::Slice(_) | Expr::GetAttr(_) | Expr::GetItem(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => {
                self.unsupported(expr.span())
            }
        }
    }

    fn unsupported(&mut self, span: Span) -> Part {
        self.fault(span, "脚本里不能用列表、字典、属性和下标", "a script has no lists, maps, attributes or subscripts")
    }

    fn name(&mut self, name: &str, span: Span) -> Part {
        if let Some(place) = self.inputs.iter().position(|(input, _)| *input == name) {
            if let Some(used) = self.used.get_mut(place) {
                *used = true;
            }
            return (Code::Input(place), self.inputs.get(place).map_or(Type::Any, |(_, type_)| *type_));
        }
        let near = nearest(name, self.inputs.iter().map(|(input, _)| *input), SUGGESTIONS_MAX).join(", ");
        let (zh, en) = if near.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("；您是否指 {near}"), format!("; did you mean {near}"))
        };
        self.fault(span, format!("没有名为“{name}”的输入{zh}"), format!("there is no input `{name}`{en}"))
    }

    fn constant(&mut self, value: &minijinja::Value, span: Span) -> Part {
        match value.kind() {
            ValueKind::Bool => (Code::Constant(Value::Bool(value.is_true())), Type::Bool),
            ValueKind::None => NOTHING,
            ValueKind::Number => match f64::try_from(value.clone()).ok().filter(|n| n.is_finite()) {
                Some(n) => (Code::Constant(Value::Number(n)), Type::Number),
                None => self.fault(span, "数值过大", "the number is too large"),
            },
            ValueKind::String => match value.as_str().filter(|t| t.chars().count() <= TEXT_CHARS_MAX) {
                Some(text) => (Code::Constant(Value::text(text)), Type::Text),
                None => self.fault(span, "文本过长", "the text is too long"),
            },
            _ => self.unsupported(span),
        }
    }

    fn operator(&mut self, of: &BinOp<'_>, depth: usize) -> Part {
        let function = match of.op {
            BinOpKind::ScAnd | BinOpKind::ScOr => {
                let a = Box::new(self.typed(&of.left, Type::Bool, depth));
                let b = Box::new(self.typed(&of.right, Type::Bool, depth));
                let code = if matches!(of.op, BinOpKind::ScAnd) { Code::And(a, b) } else { Code::Or(a, b) };
                return (code, Type::Bool);
            }
            BinOpKind::Eq => return self.compared(&[&of.left, &of.right], vec![Comparison::Eq], depth),
            BinOpKind::Ne => return self.compared(&[&of.left, &of.right], vec![Comparison::Ne], depth),
            BinOpKind::Lt => return self.compared(&[&of.left, &of.right], vec![Comparison::Lt], depth),
            BinOpKind::Lte => return self.compared(&[&of.left, &of.right], vec![Comparison::Le], depth),
            BinOpKind::Gt => return self.compared(&[&of.left, &of.right], vec![Comparison::Gt], depth),
            BinOpKind::Gte => return self.compared(&[&of.left, &of.right], vec![Comparison::Ge], depth),
            BinOpKind::In => return self.within(&of.left, &of.right, depth),
            BinOpKind::Concat => {
                let parts = vec![self.part(&of.left, depth).0, self.part(&of.right, depth).0];
                return (Code::Call(Function::Concat, parts), Type::Text);
            }
            BinOpKind::Add => Function::Add,
            BinOpKind::Sub => Function::Subtract,
            BinOpKind::Mul => Function::Multiply,
            BinOpKind::Div => Function::Divide,
            BinOpKind::FloorDiv => Function::FloorDivide,
            BinOpKind::Rem => Function::Remainder,
            BinOpKind::Pow => Function::Power,
        };
        let a = self.typed(&of.left, Type::Number, depth);
        let b = self.typed(&of.right, Type::Number, depth);
        (Code::Call(function, vec![a, b]), Type::Number)
    }

    fn within(&mut self, part: &Expr<'_>, whole: &Expr<'_>, depth: usize) -> Part {
        let part = Box::new(self.typed(part, Type::Text, depth));
        let whole = Box::new(self.typed(whole, Type::Text, depth));
        (Code::Within(part, whole), Type::Bool)
    }

    fn comparison(&mut self, of: &Compare<'_>, depth: usize) -> Part {
        if let [only] = of.ops.as_slice() {
            match only.op {
                CompareOpKind::In => return self.within(&of.expr, &only.expr, depth),
                CompareOpKind::NotIn => {
                    let (code, type_) = self.within(&of.expr, &only.expr, depth);
                    return (Code::Not(Box::new(code)), type_);
                }
                _ => {}
            }
        }
        let mut how = Vec::with_capacity(of.ops.len());
        for op in &of.ops {
            how.push(match op.op {
                CompareOpKind::Eq => Comparison::Eq,
                CompareOpKind::Ne => Comparison::Ne,
                CompareOpKind::Lt => Comparison::Lt,
                CompareOpKind::Lte => Comparison::Le,
                CompareOpKind::Gt => Comparison::Gt,
                CompareOpKind::Gte => Comparison::Ge,
                CompareOpKind::In | CompareOpKind::NotIn => {
                    return self.fault(
                        of.expr.span(),
                        "in 不能与其他比较连写",
                        "`in` stands in no chain of comparisons",
                    );
                }
            });
        }
        let parts: Vec<&Expr<'_>> = std::iter::once(&of.expr).chain(of.ops.iter().map(|op| &op.expr)).collect();
        self.compared(&parts, how, depth)
    }

    fn compared(&mut self, exprs: &[&Expr<'_>], how: Vec<Comparison>, depth: usize) -> Part {
        let ordered = how.iter().any(|how| !matches!(how, Comparison::Eq | Comparison::Ne));
        let mut wanted = if ordered { Type::Number } else { Type::Any };
        let mut parts = Vec::with_capacity(exprs.len());
        for expr in exprs {
            let (code, type_) = self.part(expr, depth);
            self.check(expr.span(), type_, wanted);
            if wanted == Type::Any {
                wanted = type_;
            }
            parts.push(code);
        }
        (Code::Compare(parts, how), Type::Bool)
    }

    fn choice(&mut self, of: &IfExpr<'_>, depth: usize) -> Part {
        let test = self.typed(&of.test_expr, Type::Bool, depth);
        let (yes, type_) = self.part(&of.true_expr, depth);
        let (no, other) = match &of.false_expr {
            Some(expr) => {
                let part = self.part(expr, depth);
                self.check(expr.span(), part.1, type_);
                part
            }
            None => NOTHING,
        };
        let type_ = if type_ == Type::Any { other } else { type_ };
        (Code::If(Box::new(test), Box::new(yes), Box::new(no)), type_)
    }

    fn test(&mut self, of: &Test<'_>, depth: usize) -> Part {
        let known = Code::IsKnown(Box::new(self.part(&of.expr, depth).0));
        match (of.name, of.args.is_empty()) {
            ("defined", true) => (known, Type::Bool),
            ("undefined" | "none", true) => (Code::Not(Box::new(known)), Type::Bool),
            _ => self.fault(
                of.expr.span(),
                "只能问 is defined、is undefined、is none",
                "what can be asked is `is defined`, `is undefined` and `is none`",
            ),
        }
    }

    fn call<'e, 's>(
        &mut self,
        name: &str,
        mut parts: Vec<&'e Expr<'s>>,
        args: &'e [CallArg<'s>],
        span: Span,
        depth: usize,
    ) -> Part {
        let Some(signature) = FUNCTIONS.iter().find(|f| f.name == name) else {
            let all: Vec<&str> = FUNCTIONS.iter().map(|f| f.name).collect();
            let near = nearest(name, all.iter().copied(), SUGGESTIONS_MAX);
            let list = if near.is_empty() { all.join(", ") } else { near.join(", ") };
            return self.fault(
                span,
                format!("没有函数“{name}”；可用：{list}"),
                format!("there is no function `{name}`; known: {list}"),
            );
        };
        let given: Vec<&'e Expr<'s>> =
            args.iter().filter_map(|arg| if let CallArg::Pos(expr) = arg { Some(expr) } else { None }).collect();
        let named = given.len() < args.len();
        parts.extend(given);
        let (most, least) = (signature.takes.len(), signature.takes.len() - signature.optional);
        if named || parts.len() < least || (!signature.more && parts.len() > most) {
            let counts = if least == most { least.to_string() } else { format!("{least}–{most}") };
            let counts = if signature.more { format!("≥ {least}") } else { counts };
            return self.fault(
                span,
                format!("{name} 需要 {counts} 个参数"),
                format!("`{name}` takes {counts} arguments"),
            );
        }
        let mut same = Type::Any;
        let mut codes = Vec::with_capacity(parts.len());
        for (i, expr) in parts.iter().enumerate() {
            let (code, type_) = self.part(expr, depth);
            match signature.takes.get(i).or(signature.takes.last()) {
                Some(Takes::Number) => self.check(expr.span(), type_, Type::Number),
                Some(Takes::Text) => self.check(expr.span(), type_, Type::Text),
                Some(Takes::Either) if type_ == Type::Bool => self.check(expr.span(), type_, Type::Number),
                Some(Takes::Anything) if matches!(signature.gives, Gives::Same) => {
                    self.check(expr.span(), type_, same);
                    same = if same == Type::Any { type_ } else { same };
                }
                _ => {}
            }
            codes.push(code);
        }
        let type_ = match signature.gives {
            Gives::Number => Type::Number,
            Gives::Text => Type::Text,
            Gives::Same => same,
        };
        (Code::Call(signature.function, codes), type_)
    }
}
