//! The shell of a request: rule, question, dialogue act or commands.
//!
//! What it is *not*: nothing is linked here. Start at [`shell`].

use crate::phrases::pieces::{Verb, act_of};
use crate::questions::asking::{self, Form};
use crate::rules::assemble::{self, RuleWords};
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;

/// How a request is built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shell {
    Commands,
    Question(Form),
    Rules(Vec<RuleWords>),
}

/// The shell of a request.
pub(crate) fn shell(tokens: &[Token], lexicon: &Lexicon) -> Shell {
    if asked_whether(tokens) {
        return Shell::Question(Form::YesNo);
    }
    let asks = asking::form(tokens, lexicon);
    let polite = polite(tokens);
    if let Some(rules) = assemble::rules(tokens, lexicon)
        .filter(|_| asks.is_none_or(|f| f == Form::YesNo || f == Form::Value) || polite || whichever(tokens))
    {
        return Shell::Rules(rules);
    }
    match asks {
        Some(Form::YesNo | Form::Value)
            if polite && imperative(tokens) && !tokens.iter().any(|t| t.is_any(&[C::What, C::Which, C::LookUp])) =>
        {
            Shell::Commands
        }
        Some(form) if !quiet(tokens, form) => Shell::Question(form),
        // "bedroom temperature", 厨房灯的状态: a measure and nothing to do.
        None if bare_measure(tokens, lexicon) => Shell::Question(Form::Value),
        None if told(tokens, lexicon) && !ordered(tokens, lexicon) => Shell::Question(Form::YesNo),
        _ => Shell::Commands,
    }
}

/// 哪间超过1000就…: the word that asks counts rooms where something is done then.
fn whichever(tokens: &[Token]) -> bool {
    let which = tokens.iter().position(|t| t.is(C::Which) && t.entry.is_none());
    let then = |t: &Token| t.is(C::Then) && (t.text.starts_with('就') || t.text == "then");
    which.is_some_and(|at| {
        let rest = tokens.get(at + 1..).unwrap_or_default();
        tokens.get(at).is_some_and(|t| t.text == "whichever") || rest.iter().any(then)
    })
}

/// "the blind is still up", 灯还亮着: somebody tells a state, or wonders. It is answered, never done.
fn told(tokens: &[Token], lexicon: &Lexicon) -> bool {
    (0..tokens.len()).any(|i| told_at(tokens, i, lexicon))
}

/// Whether the word says that something is still as it was: 还 before a state, "was left".
pub(crate) fn told_at(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let state = |t: &Token| {
        let states = t.entry(lexicon).is_some_and(|e| !e.states.is_empty());
        states || act_of(t).is_some() || t.is_any(&[C::On, C::Off, C::Up, C::Down, C::Not])
    };
    let long = |t: &Token| t.text.contains(' ') || t.text.starts_with("现在") || t.text.starts_with("目前");
    let Some(t) = tokens.get(i).filter(|t| t.is(C::Told) && i > 0) else { return false };
    let open = t.text.is_ascii() || t.text.contains(['没', '忘']);
    let settled = tokens.get(i + 1).is_some_and(|n| state(n) && (open || n.text.ends_with('着') || n.is(C::Not)));
    long(t) || settled
}

/// Whether a part of its own orders something: "the blind is still up, bring it down".
fn ordered(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let breaks = |t: &Token| t.punctuation() && t.text != "'";
    tokens.split(breaks).any(|part| !told(part, lexicon) && imperative(part))
}

/// A word for a state or a measure without an act, a value or a wish.
fn bare_measure(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let measure = |t: &Token| {
        let traits = t.entry(lexicon).map(|e| e.traits.clone()).unwrap_or_default();
        t.is(C::Reading) && t.entry.is_none()
            || traits.iter().any(|p| p.starts_with("measure") || p.starts_with("meter") || *p == "battery")
    };
    let idle = |t: &Token| {
        act_of(t).is_none()
            && t.literal.is_none()
            && !t.is_any(&[C::ABit, C::Not, C::Again, C::On, C::Off, C::Up, C::Down, C::Maximum, C::Minimum])
    };
    tokens.iter().any(measure) && tokens.iter().all(idle)
}

/// Words of somebody else, between marks of quotation or behind "said": nobody orders them here. What is called by a
/// name between marks is no such order.
pub(crate) fn quoted(tokens: &[Token]) -> bool {
    let speaks = |t: &Token| t.is(C::Reported) && t.entry.is_none();
    let own = |t: &Token| matches!(t.text.as_str(), "i" | "we" | "我" | "我们");
    let acts =
        |part: &[Token]| part.iter().any(|t| act_of(t).is_some_and(|a| a.verb != Verb::Turn || t.text.is_ascii()));
    let said = tokens.iter().enumerate().any(|(i, t)| {
        let before = tokens.get(..i).unwrap_or_default();
        speaks(t)
            && !before.last().is_some_and(own)
            && before.iter().any(|t| !t.punctuation() && !t.is(C::Filler))
            && acts(tokens.get(i + 1..).unwrap_or_default())
    });
    let parts: Vec<&[Token]> = tokens.split(|t| t.text == "\"").collect();
    let outside = parts.iter().step_by(2).any(|p| p.iter().any(|t| !t.punctuation() && !t.is(C::Filler)));
    let between =
        parts.iter().skip(1).step_by(2).any(|p| acts(p) && p.iter().any(|t| t.entry.is_some()) && p.len() > 1);
    said || outside && between
}

/// "tell me if ...", "check whether ...".
fn asked_whether(tokens: &[Token]) -> bool {
    let Some(at) = tokens.iter().position(|t| matches!(t.text.as_str(), "if" | "whether")) else { return false };
    let before = tokens.get(..at).unwrap_or_default();
    // "let me know if" waits until it is so.
    before.iter().any(|t| t.is_any(&[C::LookUp, C::What]) && t.text != "let me know")
        && before.iter().all(|t| t.punctuation() || t.is_any(&[C::LookUp, C::What, C::Filler]))
}

/// "could you ...", 能不能...吗: a question only in form.
fn polite(tokens: &[Token]) -> bool {
    const ZH: &[&str] = &[
        "能不能",
        "可不可以",
        "可以",
        "能",
        "能否",
        "可否",
        "麻烦",
        "可以帮我",
        "能帮我",
        "帮我",
        "请",
        "请帮我",
        "行吗",
        "可以吗",
        "好吗",
        "成吗",
        "好不好",
        "行不行",
    ];
    tokens.iter().any(|t| {
        t.is(C::Filler)
            && (ZH.contains(&t.text.as_str())
                || ["could", "can", "would", "will"].iter().any(|w| t.text.starts_with(w)))
    })
}

/// Whether an act is asked for.
fn imperative(tokens: &[Token]) -> bool {
    tokens.iter().any(|t| act_of(t).is_some())
}

/// 怎么 and 什么 in a wish: "dim it somewhat", 什么都关掉.
fn quiet(tokens: &[Token], form: Form) -> bool {
    form == Form::Value && !tokens.iter().any(|t| asking::asks_value(t) && t.entry.is_none() && !t.is(C::Everything))
}

/// "turns off": third person singular. Of a lamp that "goes off" it is said what it shall do.
pub(crate) fn tells(t: &Token) -> bool {
    let first = t.text.split(' ').next().unwrap_or_default();
    let intransitive = matches!(t.text.as_str(), "goes off" | "goes out" | "goes on" | "comes on");
    first.len() > 3 && first.ends_with('s') && !["ss", "us"].iter().any(|e| first.ends_with(e)) && !intransitive
}

/// "turns on", "opened": a predicate; "turn on", "open": an order.
pub(crate) fn third_person(t: &Token) -> bool {
    let first = t.text.split(' ').next().unwrap_or_default();
    (first.ends_with('s') && !first.ends_with("ss")) || first.ends_with("ed") || first.ends_with("ing")
}
