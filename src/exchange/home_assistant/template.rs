//! Templates that are plain comparisons of states, joined by `and`, `or` and `not`; any other is refused.
//!
//! `{{ is_state('light.hall', 'on') and states('sensor.lux') | float < 50 }}`

use super::Automation;
use crate::sketch::Wire;
use base::Value;

/// Longest chain of operators and parentheses.
const TOKENS_MAX: usize = 200;

/// Why something cannot be taken: Chinese, English.
type Why = (String, String);

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

/// What is compared.
enum Operand {
    /// The state of an entity, or an attribute of it.
    State(String, Option<String>),
    Number(f64),
    Text(String),
}

impl Automation<'_, '_> {
    /// The condition that a template says.
    ///
    /// # Errors
    /// It says something else than plain comparisons.
    pub(super) fn template(&mut self, template: &str) -> Result<Wire, Why> {
        let inner = template.trim().strip_prefix("{{").and_then(|t| t.strip_suffix("}}"));
        let tokens = inner.map(str::trim).and_then(tokens).ok_or_else(refused)?;
        let mut parser = Parser { tokens: &tokens, at: 0, reading: self };
        let wire = parser.any()?;
        if parser.at == tokens.len() { Ok(wire) } else { Err(refused()) }
    }
}

fn refused() -> Why {
    (
        "只支持由 and、or、not 连接的 is_state 和 states 比较".into(),
        "only comparisons by `is_state` and `states`, joined by and, or and not, are taken of a template".into(),
    )
}

/// The JSON Pointer of `{{ value_json.a[0].b }}`.
pub(super) fn json_path(template: &str) -> Option<String> {
    let inner = template.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    crate::path::pointer(inner.strip_prefix("value_json")?).filter(|path| !path.is_empty())
}

struct Parser<'t, 'a, 'r, 'w> {
    tokens: &'t [Token],
    at: usize,
    reading: &'a mut Automation<'r, 'w>,
}

impl Parser<'_, '_, '_, '_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Name(n)) if n == word);
        self.at += usize::from(is);
        is
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(is);
        is
    }

    fn need(&mut self, sign: &str) -> Result<(), Why> {
        if self.sign(sign) { Ok(()) } else { Err(refused()) }
    }

    fn any(&mut self) -> Result<Wire, Why> {
        let mut all = vec![self.all()?];
        while self.word("or") {
            all.push(self.all()?);
        }
        self.reading.sketch.any(&all).ok_or_else(refused)
    }

    fn all(&mut self) -> Result<Wire, Why> {
        let mut all = vec![self.one()?];
        while self.word("and") {
            all.push(self.one()?);
        }
        self.reading.sketch.all(&all).ok_or_else(refused)
    }

    fn one(&mut self) -> Result<Wire, Why> {
        if self.word("not") {
            let inner = self.one()?;
            return Ok(self.reading.sketch.not(&inner));
        }
        if self.sign("(") {
            let inner = self.any()?;
            self.need(")")?;
            return Ok(inner);
        }
        if self.word("is_state") {
            self.need("(")?;
            let entity = self.text()?;
            self.need(",")?;
            let state = self.text()?;
            self.need(")")?;
            return self.reading.is_in(&entity, None, &state);
        }
        let left = self.operand()?;
        let op = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|op| self.sign(op)).ok_or_else(refused)?;
        let right = self.operand()?;
        self.compared(left, op, right)
    }

    fn compared(&mut self, left: Operand, op: &'static str, right: Operand) -> Result<Wire, Why> {
        let (entity, attribute, op, with) = match (left, right) {
            (Operand::State(e, a), with) => (e, a, op, with),
            (with, Operand::State(e, a)) => (e, a, turned(op), with),
            _ => return Err(refused()),
        };
        match with {
            Operand::Number(n) => {
                let spec = self.reading.point(&entity, attribute.as_deref()).map_err(|why| {
                    let words = why.words(&entity);
                    (words.zh, words.en)
                })?;
                let level = self.reading.level(&spec);
                let op = if op == "==" { "=" } else { op };
                Ok(self.reading.sketch.compare(&level, op, &Value::Number(n)))
            }
            Operand::Text(text) => {
                let wire = self.reading.is_in(&entity, attribute.as_deref(), &text)?;
                match op {
                    "==" => Ok(wire),
                    "!=" => Ok(self.reading.sketch.not(&wire)),
                    _ => Err(refused()),
                }
            }
            Operand::State(..) => Err(refused()),
        }
    }

    fn operand(&mut self) -> Result<Operand, Why> {
        let operand = match self.peek().cloned() {
            Some(Token::Number(n)) => {
                self.at += 1;
                Operand::Number(n)
            }
            Some(Token::Text(text)) => {
                self.at += 1;
                Operand::Text(text)
            }
            Some(Token::Name(name)) if name == "states" || name == "state_attr" => {
                self.at += 1;
                self.need("(")?;
                let entity = self.text()?;
                let attribute = if name == "state_attr" {
                    self.need(",")?;
                    Some(self.text()?)
                } else {
                    None
                };
                self.need(")")?;
                Operand::State(entity, attribute)
            }
            _ => return Err(refused()),
        };
        while self.sign("|") {
            if !self.word("float") && !self.word("int") {
                return Err(refused());
            }
            // What an unknown state counts as: here it counts as unknown.
            if self.sign("(") && !self.sign(")") {
                self.at += 1;
                self.need(")")?;
            }
        }
        Ok(operand)
    }

    fn text(&mut self) -> Result<String, Why> {
        match self.peek().cloned() {
            Some(Token::Text(text)) => {
                self.at += 1;
                Ok(text)
            }
            _ => Err(refused()),
        }
    }
}

fn turned(op: &'static str) -> &'static str {
    match op {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        other => other,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if out.len() >= TOKENS_MAX {
            return None;
        }
        let taken = |keep: &dyn Fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
        let length = if c.is_whitespace() {
            taken(&char::is_whitespace)
        } else if c == '\'' || c == '"' {
            let inner = rest.get(1..)?;
            let end = inner.find(c)?;
            out.push(Token::Text(inner.get(..end)?.to_owned()));
            end + 2
        } else if c.is_ascii_digit() || (c == '-' && rest.get(1..)?.starts_with(|d: char| d.is_ascii_digit())) {
            let digits = rest.get(1..)?;
            let end = 1 + digits.find(|d: char| !d.is_ascii_digit() && d != '.').unwrap_or(digits.len());
            out.push(Token::Number(rest.get(..end)?.parse().ok().filter(|n: &f64| n.is_finite())?));
            end
        } else if c.is_ascii_alphabetic() || c == '_' {
            let end = taken(&|c| c.is_ascii_alphanumeric() || c == '_');
            out.push(Token::Name(rest.get(..end)?.to_owned()));
            end
        } else {
            let signs = ["==", "!=", "<=", ">=", "<", ">", "(", ")", ",", "|"];
            let sign = signs.into_iter().find(|s| rest.starts_with(s))?;
            out.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest.get(length..)?;
    }
    Some(out)
}
