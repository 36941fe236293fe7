//! Scripts: small expressions over named values, for what nodes cannot say.
//!
//! The language is that of Jinja's expressions, as Home Assistant's users know it; its parser is minijinja's. Everything
//! else is here: types are worked out when the rule is compiled, and nothing of the machine can be reached. There are no
//! loops, so that a script takes at most as many steps as it has parts; their number, depth and the length of texts are
//! limited. Start at [`Script::read`].

mod read;
#[cfg(test)]
mod tests;

use base::limits::TEXT_CHARS_MAX;
use base::value::number_text;
use base::{Bilingual, Value};
use documents::Comparison;
use serde::{Deserialize, Serialize};

/// An expression that passed every check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Script(Code);

/// What a value is in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Number,
    Text,
    /// Of what is never known.
    Any,
}

/// What is wrong with a text, and where: line and column from 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) at: (usize, usize),
    pub(crate) message: Bilingual,
}

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A division by zero, a root of a negative number.
    NoNumber,
    /// A text is too long.
    TooLong,
}

/// What a part of an expression gives; unknown is none.
type Result = std::result::Result<Option<Value>, Failure>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Code {
    Constant(Value),
    Unknown,
    /// By its place.
    Input(usize),
    Not(Box<Code>),
    And(Box<Code>, Box<Code>),
    Or(Box<Code>, Box<Code>),
    If(Box<Code>, Box<Code>, Box<Code>),
    /// Each with the one after it.
    Compare(Vec<Code>, Vec<Comparison>),
    /// The first text within the second.
    Within(Box<Code>, Box<Code>),
    IsKnown(Box<Code>),
    Call(Function, Vec<Code>),
}

/// What values are changed by: operators, functions, filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Function {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Negate,
    Abs,
    Round,
    Floor,
    Ceil,
    Sqrt,
    Exp,
    Log,
    Sin,
    Cos,
    Min,
    Max,
    Float,
    Int,
    Text,
    Concat,
    Length,
    Lower,
    Upper,
    Trim,
    Replace,
    Default,
}

impl Type {
    /// In words, for findings.
    pub(crate) fn words(self) -> Bilingual {
        match self {
            Type::Bool => Bilingual::new("布尔值", "true or false"),
            Type::Number => Bilingual::new("数值", "a number"),
            Type::Text => Bilingual::new("文本", "a text"),
            Type::Any => Bilingual::new("未知的值", "nothing known"),
        }
    }
}

impl Failure {
    /// In words, for traces.
    pub(crate) fn words(self) -> Bilingual {
        match self {
            Failure::NoNumber => {
                Bilingual::new("没有数值结果，例如除以 0", "there is no number, as of a division by zero")
            }
            Failure::TooLong => Bilingual::new("文本过长", "a text becomes too long"),
        }
    }
}

impl Script {
    /// The result for these inputs, by their places; none when it is unknown.
    ///
    /// # Errors
    /// Why there is no result.
    pub(crate) fn run<'v>(&self, input: &dyn Fn(usize) -> Option<&'v Value>) -> Result {
        self.0.run(input)
    }
}

impl Code {
    fn run<'v>(&self, input: &dyn Fn(usize) -> Option<&'v Value>) -> Result {
        let truth = |code: &Code| code.run(input).map(|v| v.and_then(|v| v.as_bool()));
        Ok(match self {
            Code::Constant(value) => Some(value.clone()),
            Code::Unknown => None,
            Code::Input(place) => input(*place).cloned(),
            Code::Not(of) => truth(of)?.map(|b| Value::Bool(!b)),
            Code::And(a, b) => match truth(a)? {
                Some(false) => Some(Value::Bool(false)),
                Some(true) => truth(b)?.map(Value::Bool),
                None => truth(b)?.filter(|b| !b).map(Value::Bool),
            },
            Code::Or(a, b) => match truth(a)? {
                Some(true) => Some(Value::Bool(true)),
                Some(false) => truth(b)?.map(Value::Bool),
                None => truth(b)?.filter(|b| *b).map(Value::Bool),
            },
            Code::If(test, yes, no) => match truth(test)? {
                Some(true) => yes.run(input)?,
                Some(false) => no.run(input)?,
                None => None,
            },
            Code::Compare(parts, how) => {
                let mut values = Vec::with_capacity(parts.len());
                for part in parts {
                    let Some(value) = part.run(input)? else { return Ok(None) };
                    values.push(value);
                }
                let pairs = values.iter().zip(values.iter().skip(1));
                Some(Value::Bool(pairs.zip(how).all(|((a, b), how)| how.holds(a, b))))
            }
            Code::Within(part, whole) => {
                let (part, whole) = (part.run(input)?, whole.run(input)?);
                part.zip(whole).and_then(|(a, b)| Some(Value::Bool(b.as_text()?.contains(a.as_text()?))))
            }
            Code::IsKnown(of) => Some(Value::Bool(of.run(input)?.is_some())),
            Code::Call(Function::Default, parts) => {
                for part in parts {
                    if let Some(value) = part.run(input)? {
                        return Ok(Some(value));
                    }
                }
                None
            }
            Code::Call(function, parts) => {
                let mut values = Vec::with_capacity(parts.len());
                for part in parts {
                    let Some(value) = part.run(input)? else { return Ok(None) };
                    values.push(value);
                }
                return function.of(&values);
            }
        })
    }
}

impl Function {
    /// Its result. The values are of the types that it takes.
    fn of(self, values: &[Value]) -> Result {
        if let Some(Value::Text(text)) = values.first()
            && !matches!(self, Function::Concat)
        {
            return self.of_text(text, values);
        }
        if matches!(self, Function::Text | Function::Concat) {
            return long(values.iter().map(said).collect());
        }
        let numbers: Vec<f64> = values.iter().filter_map(Value::as_number).collect();
        let (a, b) = (numbers.first().copied().unwrap_or(0.0), numbers.get(1).copied());
        let with = b.unwrap_or(0.0);
        let n = match self {
            Function::Add => a + with,
            Function::Subtract => a - with,
            Function::Multiply => a * with,
            Function::Divide => a / with,
            Function::FloorDivide => libm::floor(a / with),
            // The result has the sign of the divisor.
            Function::Remainder => a - with * libm::floor(a / with),
            Function::Power => libm::pow(a, with),
            Function::Negate => -a,
            Function::Abs => a.abs(),
            Function::Round => {
                let scale = libm::pow(10.0, libm::trunc(with).clamp(-9.0, 9.0));
                libm::round(a * scale) / scale
            }
            Function::Floor => libm::floor(a),
            Function::Ceil => libm::ceil(a),
            Function::Sqrt => a.sqrt(),
            Function::Exp => libm::exp(a),
            Function::Log => b.map_or(libm::log(a), |base| libm::log(a) / libm::log(base)),
            Function::Sin => libm::sin(a),
            Function::Cos => libm::cos(a),
            Function::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
            Function::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Function::Int => libm::trunc(a),
            Function::Float
            | Function::Text
            | Function::Concat
            | Function::Length
            | Function::Lower
            | Function::Upper
            | Function::Trim
            | Function::Replace
            | Function::Default => a,
        };
        if n.is_finite() { Ok(Some(Value::Number(n))) } else { Err(Failure::NoNumber) }
    }

    /// Of a text, and what else is given.
    fn of_text(self, text: &str, values: &[Value]) -> Result {
        let part = |place: usize| values.get(place).and_then(Value::as_text).unwrap_or_default();
        match self {
            // What is no number is unknown, or what is given in its place.
            Function::Float | Function::Int => {
                let number = text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
                let number = if self == Function::Int { number.map(libm::trunc) } else { number };
                Ok(number.map(Value::Number).or_else(|| values.get(1).cloned()))
            }
            Function::Length => Ok(Some(Value::Number(text.chars().count() as f64))),
            Function::Lower => long(text.to_lowercase()),
            Function::Upper => long(text.to_uppercase()),
            Function::Trim => long(text.trim().to_owned()),
            Function::Replace => {
                let (find, with) = (part(1), part(2));
                let found = if find.is_empty() { 0 } else { text.matches(find).count() };
                // Looked at before it is made: each replacement can be as long as a whole text.
                if found.saturating_mul(with.len()).saturating_add(text.len()) > 4 * TEXT_CHARS_MAX {
                    return Err(Failure::TooLong);
                }
                long(if found == 0 { text.to_owned() } else { text.replace(find, with) })
            }
            _ => long(text.to_owned()),
        }
    }
}

fn long(text: String) -> Result {
    if text.chars().count() > TEXT_CHARS_MAX { Err(Failure::TooLong) } else { Ok(Some(Value::Text(text))) }
}

fn said(value: &Value) -> String {
    match value {
        Value::Number(n) => number_text(*n),
        other => other.to_string(),
    }
}
