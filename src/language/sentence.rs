//! The shell of a request: rule, question, dialogue act or commands.
//!
//! What it is *not*: nothing is linked here. Start at [`shell`].

use crate::concept::Concept as C;
use crate::lattice::Token;
use crate::lexicon::Lexicon;
use crate::pieces::act_of;
use crate::question::{self, Form};
use crate::rules::assemble::{self, RuleWords};

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
    let asks = question::form(tokens, lexicon);
    let polite = polite(tokens);
    if let Some(rules) =
        assemble::rules(tokens, lexicon).filter(|_| asks.is_none_or(|f| f == Form::YesNo || f == Form::Value) || polite)
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
        None if told(tokens) => Shell::Question(Form::YesNo),
        _ => Shell::Commands,
    }
}

/// How a present state is told in Chinese.
const TOLD: &[&str] = &[
    "还开着",
    "还亮着",
    "还关着",
    "还锁着",
    "还响着",
    "还转着",
    "还放着",
    "还没关",
    "还没锁",
    "还没开",
    "仍开着",
    "仍亮着",
    "仍然开着",
    "仍然亮着",
];

/// "the blind is still up", 灯还亮着: somebody tells a state, or wonders. It is answered, never done.
fn told(tokens: &[Token]) -> bool {
    let be = |t: &Token| matches!(t.text.as_str(), "is" | "are" | "was" | "were");
    let english = tokens.windows(2).any(|w| matches!(w, [a, b] if be(a) && b.text == "still"));
    let text: String = tokens.iter().map(|t| t.text.as_str()).collect();
    english || TOLD.iter().any(|words| text.contains(words))
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
    form == Form::Value && !tokens.iter().any(|t| question::asks_value(t) && t.entry.is_none() && !t.is(C::Everything))
}

/// "turns off": third person singular.
pub(crate) fn tells(t: &Token) -> bool {
    let first = t.text.split(' ').next().unwrap_or_default();
    first.len() > 3 && first.ends_with('s') && !first.ends_with("ss")
}

/// "turns on", "opened": a predicate; "turn on", "open": an order.
pub(crate) fn third_person(t: &Token) -> bool {
    let first = t.text.split(' ').next().unwrap_or_default();
    (first.ends_with('s') && !first.ends_with("ss")) || first.ends_with("ed") || first.ends_with("ing")
}
