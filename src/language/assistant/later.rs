//! Commands that are done later, or for a while: "turn the heater off in ten minutes", 开到六点, "lights on for half an
//! hour". The words without the time must be commands, all of them; anything else stays with the grammar of rules.
//!
//! What it is *not*: nothing is kept or done here. Start at [`read`].

use super::moment::{Today, moment_at};
use super::said::{Place, Said};
use super::{Around, timer, timers};
use crate::text::times::boundary;
use base::{Bilingual, Value};
use documents::timer::{End, NewTimer, Purpose};
use documents::{Act, Draft, Question, Reason, Refusal, Setting, TimerAct, Understanding, Verdict};
use things::PointKind;

/// Words in front of a while after which something is done.
const BEFORE: &[&str] = &[
    "in",
    "after",
    "in about",
    "in around",
    "in another",
    "in the next",
    "wait",
    "wait for",
    "wait another",
    "set a timer for",
    "set a timer",
    "set timer for",
    "timer for",
    "count down",
    "count down from",
    "等",
    "再等",
    "过",
    "再过",
    "倒数",
    "倒计时",
    "计时",
    "等待",
    "隔",
    "延时",
    "延迟",
    "定时",
    "设置",
    "设定",
    "请在",
    "在",
    "等到",
];
/// Words behind it.
const BEHIND: &[&str] = &[
    "from now",
    "later",
    "'s time",
    "time",
    "from now on",
    "后",
    "之后",
    "以后",
    "过后",
    "后再",
    "之后再",
    "以后再",
    "后就",
    "之后就",
    "后帮我",
    "后请",
    "后把",
    "后自动",
    "计时器",
    "定时器",
    "的计时器",
    "的定时器",
    "计时",
    "后的时候",
    "timer to",
    "timer and then",
    "timer and",
];
/// Those that need no other word to say that something is done after it.
const SURE: &[&str] =
    &["from now", "later", "后", "之后", "以后", "过后", "后再", "之后再", "以后再", "后就", "之后就", "后自动"];
/// Words for a timer that are orders as well.
const COUNTS: &[&str] = &["倒数", "倒计时", "计时"];
/// Words in front of a while for which something is so.
const LASTING: &[&str] = &[
    "for",
    "for the next",
    "for another",
    "for about",
    "only for",
    "just for",
    "for just",
    "for only",
    "持续",
    "保持",
];
/// Words in front of the end of it.
const UNTIL: &[&str] = &["until", "till", "up until", "up to", "'til", "til", "直到", "一直到", "到", "至"];
/// Words of what happens again and again, or when something else does: rules.
const RULES: &[&str] = &[
    "every",
    "each",
    "daily",
    "whenever",
    "when",
    "if",
    "once",
    "as soon as",
    "unless",
    "weekdays",
    "always",
    "每",
    "如果",
    "要是",
    "一旦",
    "只要",
    "假如",
    "工作日",
    "的话",
    "当",
];
/// Words at the ends of a command that join it to a time.
const JOINTS: &[&str] =
    &["and", "then", "and then", "to", "please", ",", "就", "再", "然后", "时", "的时候", "请", "帮我", "为止", "只"];

/// A request for later, or for a while.
pub(super) fn read(said: &Said, around: Around<'_>) -> Option<Vec<Verdict>> {
    if said.has(RULES) {
        return None;
    }
    for (span, place) in said.durations() {
        if let Some(found) = after(said, (span, place), around).or_else(|| lasting(said, (span, place), around)) {
            return Some(found);
        }
    }
    let today = Today::of(around.world.site(), around.now());
    let moments = (0..said.chars.len()).filter(|at| boundary(&said.chars, *at));
    for at in moments {
        let Some((moment, to)) = moment_at(&said.chars, at, &today) else { continue };
        if let Some(begin) = said.word_before(before_space(said, at), UNTIL) {
            return until((begin, to), End::At(moment.at), said, around);
        }
        if moment.has_day && moment.has_time {
            return delayed((at, to), End::At(moment.at), said, around);
        }
    }
    None
}

/// The place before a space.
fn before_space(said: &Said, at: usize) -> usize {
    if at > 0 && said.chars.get(at - 1) == Some(&' ') { at - 1 } else { at }
}

/// The place behind a space.
fn behind_space(said: &Said, at: usize) -> usize {
    if said.chars.get(at) == Some(&' ') { at + 1 } else { at }
}

/// "in ten minutes ...", 十分钟后……: done then.
fn after(said: &Said, (span, (from, to)): (base::Span, Place), around: Around<'_>) -> Option<Vec<Verdict>> {
    let end = said.word_at(behind_space(said, to), BEHIND);
    let sure = said.word_at(behind_space(said, to), SURE).is_some();
    let begin = said.word_before(before_space(said, from), BEFORE);
    if begin.is_none() && !sure {
        return None;
    }
    let place = (begin.unwrap_or(from), end.unwrap_or(to));
    // "stop the timer for five minutes": that timer, and nothing in five minutes.
    let names = said.word_at(place.0, &["timer for"]).is_some();
    if names && matches!(around_of(said, place), (Some(_), None)) {
        return None;
    }
    delayed(place, End::AfterMs(span), said, around)
}

/// Done then; "tomorrow at seven ...", 今晚八点…… as well.
fn delayed(place: Place, end: End, said: &Said, around: Around<'_>) -> Option<Vec<Verdict>> {
    let (before, behind) = around_of(said, place);
    // What stands before the time and is an order by itself is done at once: "lights on, and in an hour off".
    if let (Some(first), Some(second)) = (&before, &behind)
        && let Some(now) = around.commands(first)
    {
        let done = Understanding {
            lang: around.u.answer_lang(),
            parts: vec![documents::Part::new((0, 0), Verdict::Draft(Draft::Commands(now.clone())))],
            confidence: 1.0,
        };
        let mut dialogue = around.dialogue.clone();
        dialogue.remember(around.u, &done);
        let acts = around.commands_after(second, &dialogue)?;
        return Some(vec![Verdict::Draft(Draft::Commands(now)), start(end, second.clone(), acts)]);
    }
    let words = joined(before.as_deref(), behind.as_deref());
    match around.commands(&words) {
        Some(acts) => Some(vec![start(end, words, acts)]),
        // "a timer for ten minutes" is a timer; "count down five minutes and ..." is an order.
        None if timers::noun(said)
            .is_some_and(|(_, n)| before.is_some() || !COUNTS.contains(&said.form(n).as_str())) =>
        {
            None
        }
        None => not_yet(&words, end, said, around),
    }
}

/// Words that are no commands: what is not clear about them is asked, and why they cannot be done is said. Where the whole
/// sentence is something else, a rule for instance, it stays that.
fn not_yet(words: &str, end: End, said: &Said, around: Around<'_>) -> Option<Vec<Verdict>> {
    if words.is_empty() {
        return None;
    }
    let parts = around.plainly(words);
    let later = |mut q: Question| {
        for option in &mut q.options {
            let Draft::Commands(acts) = &option.draft else { return None };
            let timer =
                NewTimer { purpose: Purpose::Commands, end, text: words.to_owned(), space: None, acts: acts.clone() };
            option.draft = Draft::Timer(TimerAct::Start(Box::new(timer)));
        }
        (!q.options.is_empty()).then_some(Verdict::Question(q))
    };
    let mut verdicts = Vec::new();
    for verdict in parts {
        match verdict {
            Verdict::Refusal(_) => verdicts.push(verdict),
            Verdict::Question(q) => verdicts.push(later(q)?),
            Verdict::Draft(Draft::Commands(_)) => {}
            Verdict::Draft(_) => return None,
        }
    }
    let whole = around.plainly(&said.written((0, said.chars.len())));
    let something = whole.iter().any(|v| matches!(v, Verdict::Draft(_)));
    (!something && !verdicts.is_empty()).then_some(verdicts)
}

/// "for half an hour", 开半小时: done at once, and taken back then.
fn lasting(said: &Said, (span, (from, to)): (base::Span, Place), around: Around<'_>) -> Option<Vec<Verdict>> {
    let english = said.chars.get(from).is_some_and(char::is_ascii) && said.form((0, from)).is_ascii();
    let begin = said.word_before(before_space(said, from), LASTING);
    if english && begin.is_none() {
        return None;
    }
    until((begin.unwrap_or(from), to), End::AfterMs(span), said, around)
}

/// Done at once, and taken back at the end.
fn until(place: Place, end: End, said: &Said, around: Around<'_>) -> Option<Vec<Verdict>> {
    let (before, behind) = around_of(said, place);
    let acts = around.commands(&joined(before.as_deref(), behind.as_deref()))?;
    let back: Option<Vec<Act>> = acts.iter().map(|act| inverse(act, around)).collect();
    let Some(back) = back else {
        let text = Bilingual::new(
            "到时应恢复成什么并不清楚，请分两次说",
            "what it shall be afterwards is not clear; say both, one by one",
        );
        return Some(vec![Verdict::Refusal(Refusal::new(Reason::NoCapability, text))]);
    };
    let words = said.written((0, said.chars.len()));
    Some(vec![Verdict::Draft(Draft::Commands(acts)), start(end, words, back)])
}

/// What takes an act back: the other of two values, or the present one.
fn inverse(act: &Act, around: Around<'_>) -> Option<Act> {
    let spec = around.world.point(act.point)?;
    let setting = match (&act.setting, &spec.kind) {
        (Setting::To(Value::Bool(b)), PointKind::Bool) => Setting::To(Value::Bool(!b)),
        (Setting::Toggle, _) => Setting::Toggle,
        (Setting::To(_) | Setting::By(_), _) => Setting::To(around.states.get(&act.point)?.value.clone()),
        (Setting::Call(_), _) => return None,
    };
    Some(Act { point: act.point, setting })
}

fn start(end: End, text: String, acts: Vec<Act>) -> Verdict {
    timer(TimerAct::Start(Box::new(NewTimer { purpose: Purpose::Commands, end, text, space: None, acts })))
}

/// What was written before and behind a place, without the words that join it.
fn around_of(said: &Said, (from, to): Place) -> (Option<String>, Option<String>) {
    let part = |place| said.trimmed(place, JOINTS).map(|p| said.written(p));
    (part((0, from)), part((to, said.chars.len())))
}

fn joined(before: Option<&str>, behind: Option<&str>) -> String {
    match (before, behind) {
        (Some(a), Some(b)) if a.is_ascii() && b.is_ascii() => format!("{a} {b}"),
        (Some(a), Some(b)) => format!("{a}{b}"),
        (a, b) => a.or(b).unwrap_or_default().to_owned(),
    }
}
