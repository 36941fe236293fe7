//! The shell of a request: rule, question, dialogue act or commands; and where a rule's condition ends.
//!
//! What it is *not*: nothing is linked here. Start at [`shell`].

use crate::concept::Concept as C;
use crate::lattice::Token;
use crate::lexicon::Lexicon;
use crate::pieces::{Item, Mark, act_of, pieces};
use crate::question::{self, Form};

/// How a request is built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shell {
    Commands,
    Question(Form),
    Rules(Vec<RuleWords>),
}

/// The words of one rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RuleWords {
    pub(crate) condition: Vec<Token>,
    pub(crate) acts: Vec<Token>,
    pub(crate) until: Vec<Token>,
    pub(crate) otherwise: Vec<Token>,
    /// "unless".
    pub(crate) negated: bool,
}

/// The shell of a request.
pub(crate) fn shell(tokens: &[Token], lexicon: &Lexicon) -> Shell {
    if asked_whether(tokens) {
        return Shell::Question(Form::YesNo);
    }
    let asks = question::form(tokens);
    let polite = polite(tokens);
    if let Some(rules) =
        rules(tokens, lexicon).filter(|_| asks.is_none_or(|f| f == Form::YesNo || f == Form::Value) || polite)
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
    before.iter().any(|t| t.is_any(&[C::LookUp, C::What]))
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
    form == Form::Value
        && !tokens.iter().any(|t| {
            t.is_any(&[
                C::What,
                C::LookUp,
                C::HowMuch,
                C::HowHot,
                C::HowBright,
                C::HowHumid,
                C::HowLoud,
                C::HowManyPeople,
            ]) && t.entry.is_none()
                && !t.is(C::Everything)
        })
}

/// The rules of a request, if a condition is said.
fn rules(tokens: &[Token], lexicon: &Lexicon) -> Option<Vec<RuleWords>> {
    let marker = markers(tokens);
    if marker.is_empty() {
        return unmarked(tokens, lexicon);
    }
    let mut out = Vec::new();
    // Several rules: a part with a marker and an act, behind one that has both.
    let mut starts = vec![0];
    let mut open = 0;
    for (i, _) in tokens.iter().enumerate().filter(|(_, t)| t.punctuation() || t.is(C::And)) {
        let (before, behind) = (tokens.get(open..i).unwrap_or_default(), tokens.get(i + 1..).unwrap_or_default());
        let end = behind.iter().position(Token::punctuation).unwrap_or(behind.len());
        let leads = markers(behind).first().is_some_and(|m| {
            (prefix(behind, *m) && leading(behind, *m))
                || (!prefix(behind, *m) && *m < end)
                || (prefix(behind, *m)
                    && has_act(behind.get(..*m).unwrap_or_default())
                    && !behind.iter().take(*m).any(Token::punctuation))
        });
        let complete = markers(before).first().is_some_and(|m| {
            has_act(before.get(*m..).unwrap_or_default())
                && (leading(before, *m) || !prefix(before, *m) || has_act(before.get(..*m).unwrap_or_default()))
        });
        if leads && complete && has_act(behind) {
            starts.push(i + 1);
            open = i + 1;
        }
    }
    starts.push(tokens.len());
    for w in starts.windows(2) {
        let [a, b] = w else { continue };
        out.push(rule(tokens.get(*a..*b)?, lexicon)?);
    }
    Some(out)
}

/// 有人就开灯: a predicate, 就, an act, without a word for "if".
fn unmarked(tokens: &[Token], lexicon: &Lexicon) -> Option<Vec<RuleWords>> {
    const THEN: &[&str] = &["就", "便", "则", "那就", "就把", "就将", "就给我", "就自动", "自动", "立即就"];
    let then = tokens.iter().position(|t| t.is(C::Then) && THEN.contains(&t.text.as_str()));
    // 湿度低于40%开加湿器: a comparison, its number, an act.
    let compared = tokens
        .iter()
        .any(|t| t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost]) && t.literal.is_none() && !t.text.is_ascii());
    let at = then.or_else(|| compared.then(|| condition_end(tokens, 0, lexicon)).flatten())?;
    let (condition, acts) = (tokens.get(..at)?, tokens.get(at..)?);
    let predicate = pieces(condition, lexicon, true)
        .iter()
        .any(|p| matches!(p.item, Item::Val(_) | Item::Mark(Mark::Somebody(_) | Mark::Compare(..)) | Item::For(_)));
    if !predicate || !has_act_or_value(acts) || leading(condition, condition.len()) {
        return None;
    }
    let mut words = RuleWords { condition: condition.to_vec(), acts: acts.to_vec(), ..RuleWords::default() };
    if let Some(o) = words.acts.iter().position(|t| t.is(C::Otherwise)) {
        words.otherwise = words.acts.split_off(o).into_iter().skip(1).collect();
    }
    take_until(&mut words, lexicon);
    Some(vec![words])
}

fn has_act(tokens: &[Token]) -> bool {
    tokens.iter().any(|t| act_of(t).is_some())
}

/// Places of the words that mark a condition.
fn markers(tokens: &[Token]) -> Vec<usize> {
    tokens
        .iter()
        .enumerate()
        .filter(|(i, t)| {
            // "should the window open, ..." only at the start.
            let modal = t.text == "should" && *i > 0;
            let marks = !modal && t.is_any(&[C::If, C::When, C::Unless]) && t.literal.is_none() && !t.is(C::Notify);
            // 5分钟后 is a time, "when is" a question, 一 and 后 inside other senses are none.
            let timed =
                t.is(C::AfterTime) && i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|p| p.literal.is_some());
            let asking = t.text == "when"
                && tokens
                    .get(i + 1)
                    .is_some_and(|n| matches!(n.text.as_str(), "is" | "was" | "did" | "does" | "do" | "are" | "will"));
            marks && !timed && !asking
        })
        .map(|(i, _)| i)
        .collect()
}

/// Markers in front of the condition; the others stand behind it (时, 的时候, 的话).
fn prefix(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| t.text.is_ascii() || !behind(t))
}

fn behind(t: &Token) -> bool {
    const BEHIND: &[&str] = &["的时候", "时候", "时", "之后", "以后", "后", "的话", "的那一刻", "的同时"];
    BEHIND.contains(&t.text.as_str())
}

/// Whether nothing but fillers stands before.
fn leading(tokens: &[Token], i: usize) -> bool {
    tokens.iter().take(i).all(|t| t.punctuation() || t.is_any(&[C::Filler, C::Then, C::And, C::Object, C::Article]))
}

fn rule(tokens: &[Token], lexicon: &Lexicon) -> Option<RuleWords> {
    let marker = *markers(tokens).first()?;
    let negated = tokens.get(marker).is_some_and(|t| t.is(C::Unless));
    let mut words = RuleWords { negated, ..RuleWords::default() };
    let mut rest: Vec<Token> = tokens.to_vec();
    // 除非 A，否则 B: B is what is done.
    if negated && prefix(&rest, marker) && leading(&rest, marker) {
        rest.iter_mut().filter(|t| t.is(C::Otherwise)).for_each(|t| t.concepts = vec![C::Then]);
    }
    if let Some(o) = rest.iter().position(|t| t.is(C::Otherwise)) {
        words.otherwise = rest.split_off(o).into_iter().skip(1).collect();
    }
    let starts_with_condition = if prefix(&rest, marker) { leading(&rest, marker) } else { true };
    if !starts_with_condition {
        // "turn on the fan when ..."
        let mut condition: Vec<Token> = rest.split_off(marker).into_iter().skip(1).collect();
        if let Some(u) = condition.iter().position(|t| t.is(C::Until)) {
            words.until = condition.split_off(u).into_iter().skip(1).collect();
        }
        if let Some(u) = rest.iter().position(|t| t.is(C::Until)) {
            words.until = rest.split_off(u).into_iter().skip(1).collect();
        }
        (words.condition, words.acts) = (condition, rest);
    } else {
        let from = if prefix(&rest, marker) { marker + 1 } else { 0 };
        let end = condition_end(&rest, from, lexicon)?;
        let acts: Vec<Token> = rest.split_off(end);
        words.condition = rest.into_iter().skip(from).filter(|t| !(behind(t) && t.is_any(&[C::When, C::If]))).collect();
        words.acts = acts;
        take_until(&mut words, lexicon);
    }
    (!words.condition.is_empty() && has_something(&words.acts)).then_some(words)
}

fn has_something(tokens: &[Token]) -> bool {
    tokens.iter().any(|t| !t.punctuation() && !t.is(C::Filler))
}

/// "... until it falls below 24", 低于24再关: the end of what the rule began.
fn take_until(words: &mut RuleWords, lexicon: &Lexicon) {
    if let Some(u) = words.acts.iter().position(|t| t.is(C::Until)) {
        words.until = words.acts.split_off(u).into_iter().skip(1).collect();
        return;
    }
    // A comparison behind a break in the acts, with an act of its own behind it.
    let Some(cut) = words.acts.iter().enumerate().skip(1).position(|(i, t)| {
        let broken = words.acts.get(i - 1).is_some_and(|p| p.punctuation() || p.is_any(&[C::Then, C::And]));
        let compares = words
            .acts
            .iter()
            .skip(i)
            .take(2)
            .any(|t| t.is_any(&[C::Below, C::Above, C::AtMost, C::AtLeast]) && t.literal.is_none());
        broken && compares && !t.punctuation()
    }) else {
        return;
    };
    let tail: Vec<Token> = words.acts.split_off(cut + 1);
    match condition_end(&tail, 0, lexicon) {
        Some(end) if end > 0 => {
            let mut tail = tail;
            words.otherwise = tail.split_off(end);
            words.until = tail;
        }
        _ => words.until = tail,
    }
}

/// Where a condition that starts at `from` ends and the acts begin.
fn condition_end(tokens: &[Token], from: usize, lexicon: &Lexicon) -> Option<usize> {
    let mut checked = false;
    for i in from..tokens.len() {
        let t = tokens.get(i)?;
        let rest = tokens.get(i + 1..).unwrap_or_default();
        if behind(t)
            && t.is_any(&[C::When, C::If])
            && i > from
            && t.literal.is_none()
            && !after_time(tokens, i)
            && has_act_or_value(rest)
        {
            return Some(i + 1);
        }
        if t.is(C::Then) && i > from && has_act_or_value(rest) && !(t.is(C::And) && continues(rest, lexicon)) {
            return Some(i);
        }
        if t.text == "," && i > from && acts_follow(rest) {
            return Some(i + 1);
        }
        if i > from
            && checked
            && (t.is(C::Object) || begins_act(tokens, i))
            && has_act_or_value(tokens.get(i..).unwrap_or_default())
        {
            return Some(i);
        }
        checked |= checks(t, lexicon);
    }
    None
}

fn after_time(tokens: &[Token], i: usize) -> bool {
    i.checked_sub(1)
        .and_then(|p| tokens.get(p))
        .is_some_and(|p| matches!(p.literal, Some(crate::literals::Literal::Duration(_))))
        && tokens.get(i).is_some_and(|t| t.is(C::AfterTime))
        && !tokens.iter().take(i).any(|t| t.is_any(&[C::Above, C::Below, C::ForTime, C::AtLeast]))
}

fn has_act_or_value(tokens: &[Token]) -> bool {
    tokens.iter().any(|t| act_of(t).is_some() || t.literal.is_some() || t.is(C::Notify))
}

/// Whether a token can complete a predicate.
fn checks(t: &Token, lexicon: &Lexicon) -> bool {
    t.literal.is_some()
        || t.entry(lexicon).is_some_and(|e| !e.states.is_empty())
        || t.is_any(&[C::Somebody, C::Nobody, C::Rises])
        || act_of(t).is_some_and(|_| third_person(t) || !t.text.is_ascii())
}

/// "turns off": third person singular.
pub(crate) fn tells(t: &Token) -> bool {
    let first = t.text.split(' ').next().unwrap_or_default();
    first.len() > 3 && first.ends_with('s') && !first.ends_with("ss")
}

/// "turns on", "opened": a predicate; "turn on", "open": an order.
fn third_person(t: &Token) -> bool {
    let first = t.text.split(' ').next().unwrap_or_default();
    (first.ends_with('s') && !first.ends_with("ss")) || first.ends_with("ed") || first.ends_with("ing")
}

/// Whether an order begins here: an act in its base form with its object behind it.
fn begins_act(tokens: &[Token], i: usize) -> bool {
    let Some(t) = tokens.get(i) else { return false };
    let Some(act) = act_of(t) else { return false };
    let comparing =
        t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost, C::Rises, C::ForTime, C::WarmerThan, C::ColderThan]);
    if comparing || t.literal.is_some() {
        return false;
    }
    if t.text.is_ascii() {
        let state = i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|p| {
            p.is_any(&[C::Is, C::Not, C::Rises, C::Article, C::To]) && !p.is(C::Filler)
                || p.text == "is"
                || p.text == "are"
        });
        let verb =
            act.verb != crate::pieces::Verb::Turn || matches!(t.text.as_str(), "turn" | "switch" | "put" | "shift");
        return verb && !third_person(t) && !state && tokens.len() > i + 1;
    }
    // 温度超过26度打开空调: the act has its object behind it.
    tokens.get(i + 1).is_some_and(|n| {
        n.entry.is_some() || n.is_any(&[C::All, C::Everything, C::It, C::Here, C::RoomWord, C::Them, C::Other])
    })
}

/// Whether the words behind a comma are acts and not more of the condition.
fn acts_follow(rest: &[Token]) -> bool {
    let first = rest.iter().find(|t| !t.is(C::Filler) || t.is(C::Then));
    if first.is_some_and(|t| t.is_any(&[C::And, C::Or, C::If, C::When]) && !t.is(C::Then)) {
        return false;
    }
    if !has_act_or_value(rest) {
        return false;
    }
    // 温度超过26度，湿度超过60时…: another predicate with its marker still to come.
    let until_break: Vec<&Token> = rest.iter().take_while(|t| t.text != "," && !t.is(C::Then)).collect();
    let more = until_break.iter().any(|t| behind(t) && t.is(C::When)) && until_break.len() < rest.len();
    let compares = until_break
        .iter()
        .any(|t| t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost]) && t.literal.is_none())
        && !until_break.iter().any(|t| act_of(t).is_some() && !t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost]));
    !(more || compares && until_break.len() < rest.len())
}

/// Whether "and" joins another predicate rather than an act.
fn continues(rest: &[Token], lexicon: &Lexicon) -> bool {
    let list = pieces(rest, lexicon, true);
    let until: Vec<&Item> =
        list.iter().map(|p| &p.item).take_while(|x| !matches!(x, Item::Mark(Mark::Comma | Mark::Then))).collect();
    matches!(until.first(), Some(Item::Np(_) | Item::Mark(Mark::Somebody(_) | Mark::Compare(..))))
}
