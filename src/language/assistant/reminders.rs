//! Reminders and alarm clocks: "remind me at six to ...", 提醒我明天早上八点……. What comes again and again is a rule.
//!
//! What it is *not*: which reminders there are, and ending one, is read as of timers (`timers.rs`). Start at [`read`].

use super::moment::{Today, moment_at};
use super::said::{Place, Said};
use super::{Around, timer};
use crate::text::times::boundary;
use base::{Bilingual, Span};
use documents::draft::Choice;
use documents::timer::{End, NewTimer, Purpose};
use documents::{Draft, Question, TimerAct, Verdict};

/// Words that ask to be reminded.
const REMIND: &[&str] = &[
    "remind me",
    "remind us",
    "reminder",
    "a reminder",
    "set a reminder",
    "set reminder",
    "create a reminder",
    "make a reminder",
    "add a reminder",
    "set me a reminder",
    "give me a reminder",
    "do not let me forget",
    "make sure i remember",
    "提醒我",
    "提醒一下我",
    "记得提醒我",
    "到时提醒我",
    "提醒下我",
    "提醒我们",
    "提醒大家",
    "设个提醒",
    "设置提醒",
    "设置一个提醒",
    "设一个提醒",
    "建个提醒",
    "加个提醒",
    "新建提醒",
    "创建提醒",
    "定个提醒",
    "到时候提醒我",
    "喊我",
    "提我",
    "别让我忘了",
    "的提醒",
    "提醒",
];
/// Words that ask to be woken.
const WAKE: &[&str] = &[
    "wake me up",
    "wake me",
    "wake us up",
    "get me up",
    "set an alarm",
    "set my alarm",
    "set alarm",
    "set the alarm clock",
    "set an alarm clock",
    "set the alarm",
    "alarm",
    "alarm clock",
    "create an alarm",
    "make an alarm",
    "设个闹钟",
    "设置闹钟",
    "设置一个闹钟",
    "设一个闹钟",
    "定个闹钟",
    "定一个闹钟",
    "定闹钟",
    "设闹钟",
    "的闹钟",
    "闹钟",
    "叫醒我",
    "叫我起床",
    "喊我起床",
    "叫我起来",
    "调个闹钟",
    "调闹钟",
    "叫我",
];
/// Words that say that it is no single time, or waits for something else.
const AGAIN: &[&str] = &[
    "every",
    "each",
    "daily",
    "weekly",
    "always",
    "whenever",
    "when",
    "if",
    "once",
    "as soon as",
    "unless",
    "weekdays",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "weekends",
    "while",
    "每",
    "每天",
    "每周",
    "每晚",
    "每次",
    "每个",
    "每隔",
    "如果",
    "要是",
    "一旦",
    "当",
    "只要",
    "假如",
    "工作日",
    "的话",
    "低于",
    "高于",
    "超过",
];
/// Words at the ends of what is to be said.
const IDLE: &[&str] = &[
    "to",
    "that",
    "about",
    "of",
    "and",
    "please",
    "i",
    "i have to",
    "i need to",
    "i must",
    "for",
    "at",
    "on",
    "in",
    "me",
    "a",
    "an",
    "the",
    "要",
    "该",
    "记得",
    "去",
    "了",
    "一下",
    "时",
    "的时候",
    "我",
    "我要",
    "就",
    "到",
    "后",
    "之后",
    "以后",
    "过后",
    "到时",
    "请",
    "帮我",
    "给我",
    "的",
    "在",
    "设",
    "设置",
    "定",
    "一个",
    "个",
    "再",
    "过",
    "把",
    "从现在起",
    "从现在开始",
    "from now",
    "later",
    "time",
    "'s time",
    "in about",
    "今后",
];
/// Words of questions and orders about reminders that are there.
const OTHERS: &[&str] = &[
    "cancel",
    "delete",
    "remove",
    "stop",
    "clear",
    "what",
    "which",
    "how",
    "show",
    "list",
    "do i have",
    "any",
    "are there",
    "turn off",
    "取消",
    "删除",
    "删掉",
    "关闭",
    "关掉",
    "停止",
    "清除",
    "哪些",
    "什么提醒",
    "有没有",
    "查看",
    "看看",
    "几个",
    "多少",
    "还有",
];

/// A reminder that is wanted.
pub(super) fn read(said: &Said, around: Around<'_>) -> Option<Verdict> {
    let wakes = said.find(WAKE);
    let asks = said.find(REMIND).filter(|r| wakes.is_none_or(|w| r.0 <= w.0)).or(wakes)?;
    if said.has(AGAIN) || said.has(OTHERS) || (said.form(asks) == "alarm" && asks.0 > 0) {
        return None;
    }
    let mut said = said.clone();
    let wake = wakes == Some(asks);
    said.take(asks);
    let end = end(&mut said, around);
    let left = said.left(IDLE);
    let text = match left.as_slice() {
        [] => String::new(),
        [one] => said.written(*one),
        [first, .., last] => said.written((first.0, last.1)),
    };
    match end {
        Some(end) => Some(timer(start(end, text))),
        // An alarm without a time may be the one of the building, and a word alone is no wish.
        None if wake || text.is_empty() => None,
        None => Some(when(&text)),
    }
}

fn start(end: End, text: String) -> TimerAct {
    TimerAct::Start(Box::new(NewTimer { purpose: Purpose::Reminder, end, text, space: None, acts: Vec::new() }))
}

/// The time that was said, which is taken; the first one that stands in front of or behind all other words, else the first.
fn end(said: &mut Said, around: Around<'_>) -> Option<End> {
    let today = Today::of(around.world.site(), around.now());
    let moments: Vec<(End, Place, bool)> = (0..said.chars.len())
        .filter(|at| boundary(&said.chars, *at) && said.free((*at, at + 1)))
        .filter_map(|at| {
            let (moment, to) = moment_at(&said.chars, at, &today)?;
            Some((End::At(moment.at), (at, to), moment.has_time)).filter(|_| said.free((at, to)))
        })
        .collect();
    let after: Vec<(End, Place, bool)> =
        said.durations().into_iter().map(|(span, place)| (End::AfterMs(span), place, true)).collect();
    let longest = |all: Vec<(End, Place, bool)>| {
        all.into_iter().max_by_key(|(_, (from, to), timed)| (*timed, to - from, usize::MAX - from))
    };
    let (end, place, _) = longest(moments).or_else(|| longest(after))?;
    said.take(place);
    Some(end)
}

/// Asks when, with times that people often mean.
fn when(text: &str) -> Verdict {
    let after = |minutes: i64, zh: &str, en: &str| Choice {
        label: Bilingual::new(zh, en),
        draft: Draft::Timer(start(End::AfterMs(Span::from_secs(minutes * 60)), text.to_owned())),
    };
    Verdict::Question(Question {
        text: Bilingual::new("什么时候提醒？", "When shall I remind you?"),
        options: vec![
            after(10, "十分钟后", "in ten minutes"),
            after(60, "一小时后", "in an hour"),
            after(180, "三小时后", "in three hours"),
            after(24 * 60, "明天这个时候", "tomorrow at this time"),
        ],
    })
}
