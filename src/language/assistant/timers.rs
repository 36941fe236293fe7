//! Timers: setting, ending, pausing, going on, longer, shorter, and how far they are. What is not a word about timers, a
//! time or a place is their name.
//!
//! What it is *not*: which timers there are is not known here. Start at [`read`].

use super::said::{Place, Said};
use super::{Around, timer};
use crate::text::normalise::Text;
use base::id::SpaceId;
use base::{Bilingual, Span};
use documents::timer::{End, NewTimer, Purpose};
use documents::{Question, TimerAct, TimerChange, TimerRef, Verdict};

/// What timers are called.
const TIMERS: &[&str] = &[
    "timer",
    "timers",
    "egg timer",
    "countdown",
    "countdowns",
    "countdown timer",
    "计时器",
    "定时器",
    "倒计时器",
    "倒数计时器",
    "倒计时",
    "倒数",
    "计时",
    "记时器",
];
/// What reminders are called.
const REMINDERS: &[&str] = &[
    "reminder",
    "reminders",
    "alarm clock",
    "alarm clocks",
    "wake up alarm",
    "wake up call",
    "提醒",
    "闹钟",
    "闹铃",
    "响闹",
    "提醒事项",
];
/// What commands for later are called.
const COMMANDS: &[&str] = &[
    "pending command",
    "pending commands",
    "scheduled command",
    "scheduled commands",
    "delayed command",
    "delayed commands",
    "command later",
    "planned command",
    "planned commands",
    "延时命令",
    "延迟命令",
    "定时命令",
    "待执行的命令",
    "等待执行的命令",
    "延时任务",
    "定时任务",
];

const STATUS: &[&str] = &[
    "how long",
    "how much",
    "how many",
    "status",
    "what is",
    "what are",
    "check",
    "show",
    "list",
    "left",
    "remaining",
    "remain",
    "when will",
    "when does",
    "when is",
    "do i have",
    "are there",
    "is there",
    "tell me about",
    "how is",
    "how are",
    "time is left",
    "what",
    "still running",
    "还剩",
    "还有",
    "多久",
    "多长时间",
    "多少时间",
    "状态",
    "怎么样",
    "怎样",
    "看看",
    "看下",
    "看一下",
    "看一看",
    "查看",
    "查一下",
    "查询",
    "剩余",
    "剩下",
    "还要",
    "什么时候",
    "几点",
    "哪些",
    "有没有",
    "几个",
    "多少",
    "进度",
    "还没到",
    "到了吗",
    "好了吗",
    "哪个",
    "情况",
    "什么",
];
const RESUME: &[&str] = &[
    "resume",
    "unpause",
    "un-pause",
    "continue",
    "carry on",
    "keep going",
    "restart",
    "go on with",
    "继续",
    "恢复",
    "接着",
    "重新开始",
    "取消暂停",
    "继续计时",
];
const PAUSE: &[&str] =
    &["pause", "hold", "freeze", "suspend", "put on hold", "暂停", "停一下", "先停", "先停一下", "冻结", "中断"];
const MORE: &[&str] = &[
    "add",
    "increase",
    "extend",
    "prolong",
    "lengthen",
    "longer",
    "make it longer",
    "give",
    "put",
    "bump",
    "up",
    "加",
    "增加",
    "延长",
    "加长",
    "多加",
    "再加",
    "追加",
    "加多",
    "推迟",
    "延后",
    "延",
    "拉长",
    "调长",
    "加时",
    "多",
];
const LESS: &[&str] = &[
    "remove", "decrease", "reduce", "shorten", "take", "subtract", "cut", "knock", "lower", "drop", "shave", "less",
    "shorter", "deduct", "减", "减少", "缩短", "减去", "减掉", "扣", "扣掉", "扣除", "提前", "再减", "少", "调短",
    "减短", "缩",
];
const CANCEL: &[&str] = &[
    "cancel",
    "stop",
    "delete",
    "remove",
    "end",
    "kill",
    "clear",
    "dismiss",
    "abort",
    "turn off",
    "shut off",
    "switch off",
    "get rid of",
    "scrap",
    "forget",
    "forget about",
    "drop",
    "disable",
    "take off",
    "取消",
    "停止",
    "停掉",
    "停下",
    "删除",
    "删掉",
    "删了",
    "关闭",
    "关掉",
    "关了",
    "清除",
    "清掉",
    "清空",
    "结束",
    "终止",
    "撤销",
    "撤掉",
    "去掉",
    "不要",
    "不用",
    "移除",
    "取消掉",
    "删",
];
const START: &[&str] = &[
    "start",
    "set",
    "set up",
    "create",
    "make",
    "begin",
    "run",
    "put on",
    "give me",
    "need",
    "want",
    "add",
    "new",
    "turn on",
    "start counting",
    "count down",
    "设置",
    "设定",
    "设",
    "定",
    "开始",
    "启动",
    "开",
    "创建",
    "新建",
    "来",
    "建",
    "弄",
    "打开",
    "加",
    "建立",
    "新增",
    "添加",
    "安排",
    "调",
    "开启",
];
/// Words that ask whether all of them are meant.
const ALL: &[&str] = &["all", "every", "each", "everything", "所有", "全部", "所有的", "全部的", "每个", "一切", "都"];
/// Words of a sentence about timers that say nothing more.
const IDLE: &[&str] = &[
    "a",
    "an",
    "the",
    "my",
    "our",
    "your",
    "me",
    "us",
    "please",
    "of",
    "to",
    "in",
    "on",
    "by",
    "from",
    "with",
    "for",
    "at",
    "is",
    "are",
    "it",
    "and",
    "new",
    "another",
    "one",
    "any",
    "'s",
    "up",
    "now",
    "left",
    "still",
    "currently",
    "there",
    "that",
    "this",
    "those",
    "these",
    "so",
    "i",
    "do",
    "does",
    "have",
    "be",
    "will",
    "out",
    "off",
    "down",
    "more",
    "longer",
    "again",
    "running",
    "has",
    "got",
    "go",
    "going",
    "for me",
    "called",
    "named",
    "until",
    "over",
    "done",
    "finished",
    "finish",
    "finishes",
    "end",
    "ends",
    "ring",
    "rings",
    "all",
    "every",
    "each",
    "time",
    "remaining",
    "remains",
    "minutes",
    "seconds",
    "extra",
    "would",
    "like",
    "how",
    "long",
    "much",
    "was",
    "what",
    "which",
    "set",
    "back",
    "just",
    "other",
    "的",
    "把",
    "给",
    "将",
    "一个",
    "个",
    "那个",
    "这个",
    "那",
    "这",
    "我",
    "我的",
    "帮",
    "帮我",
    "请",
    "让",
    "替",
    "为",
    "所有",
    "全部",
    "都",
    "再",
    "又",
    "吧",
    "了",
    "呢",
    "啊",
    "吗",
    "在",
    "里",
    "里面",
    "里的",
    "上",
    "中",
    "后",
    "之后",
    "以后",
    "就",
    "一下",
    "下",
    "现在",
    "目前",
    "每个",
    "一",
    "长",
    "到",
    "还",
    "是",
    "有",
    "要",
    "短",
    "时间",
    "响",
    "结束",
    "掉",
    "会",
    "才",
    "新",
    "新的",
    "叫",
    "我们",
    "些",
    "运行",
    "正在",
    "在跑",
    "剩",
    "用",
    "时",
    "做个",
    "做",
    "去",
    "只",
    "啦",
    "嘛",
    "哦",
    "能",
    "多少",
    "可以",
    "开始",
    "计时",
    "那些",
    "这些",
    "离",
    "距离",
    "它",
    "其中",
    "名字",
    "名叫",
    "名为",
    "时长",
    "成",
];

/// A sentence about timers.
pub(super) fn read(said: &Said, around: Around<'_>) -> Option<Verdict> {
    let mut said = said.clone();
    let (purpose, noun) = noun(&said)?;
    if names_a_device(&said, noun, around) {
        return None;
    }
    said.take(noun);
    let durations = said.durations();
    for (_, place) in &durations {
        said.take(*place);
    }
    let called = called(&mut said);
    let space = place(&mut said, around);
    let all = said.has(ALL) || plural(&said.form(noun));
    let wish = wish(&said, &durations, noun)?;
    for words in [STATUS, RESUME, PAUSE, MORE, LESS, CANCEL, START] {
        said.take_all(words);
    }
    let mut left = said.left(IDLE);
    let mut text = called;
    if text.is_none() && left.len() == 1 {
        text = left.pop().map(|p| said.written(p));
    }
    if !left.is_empty() || durations.len() > 2 {
        return None;
    }
    let which =
        |length: Option<Span>| TimerRef { purpose: Some(purpose), text: text.clone(), space, length_ms: length, all };
    let (length, delta) = lengths(&said, &durations, noun, wish);
    Some(match wish {
        Wish::Ask => timer(TimerAct::Ask(TimerRef { all: true, ..which(length) })),
        Wish::Change(change) => timer(TimerAct::Change { which: which(length), change }),
        Wish::By(sign) => match delta {
            Some(span) => {
                let change = TimerChange::ByMs(Span::from_micros(sign * span.as_micros()));
                timer(TimerAct::Change { which: which(length), change })
            }
            None => how_long(),
        },
        Wish::Start if purpose == Purpose::Timer => match length {
            Some(span) => timer(TimerAct::Start(Box::new(NewTimer {
                purpose,
                end: End::AfterMs(span),
                text: text.unwrap_or_default(),
                space,
                acts: Vec::new(),
            }))),
            None => how_long(),
        },
        Wish::Start => return None,
    })
}

/// What is wanted of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Start,
    Change(TimerChange),
    /// Longer, or shorter.
    By(i64),
    Ask,
}

/// What a sentence is about, and its word.
pub(super) fn noun(said: &Said) -> Option<(Purpose, Place)> {
    [(Purpose::Timer, TIMERS), (Purpose::Commands, COMMANDS), (Purpose::Reminder, REMINDERS)]
        .into_iter()
        .find_map(|(purpose, words)| Some((purpose, said.find(words)?)))
}

/// Whether the word belongs to the name of a device that is spoken of.
fn names_a_device(said: &Said, noun: Place, around: Around<'_>) -> bool {
    let (word, text) = (said.form(noun), said.form((0, said.chars.len())));
    let mut spoken = around.lexicon.matches(&text).into_iter().filter_map(|(_, _, i)| around.lexicon.entry(i));
    spoken.any(|e| !e.devices.is_empty() && e.form.contains(&word))
}

fn plural(noun: &str) -> bool {
    noun.is_ascii() && noun.ends_with('s')
}

fn wish(said: &Said, durations: &[(Span, Place)], noun: Place) -> Option<Wish> {
    let change = |words, change| said.has(words).then_some(Wish::Change(change));
    let more = said.has(MORE) && !said.has(&["多久", "多长时间", "多少时间", "多少"]);
    let less = said.has(LESS);
    // "add a 5 minute timer", "remove the 5 minute timer": the time is the timer's own.
    let own = matches!(durations, [(_, place)] if adjacent(said, *place, noun) && !said.has(&["by", "to"]));
    if said.has(STATUS) && (asks(said) || !said.has(CANCEL)) {
        return Some(Wish::Ask);
    }
    if let Some(found) = change(RESUME, TimerChange::Resume).or_else(|| change(PAUSE, TimerChange::Pause)) {
        return Some(found);
    }
    if !durations.is_empty() && !own && (more || less) && !said.has(&["cancel", "stop", "取消", "停止"]) {
        return Some(Wish::By(if less { -1 } else { 1 }));
    }
    if let Some(found) = change(CANCEL, TimerChange::Cancel) {
        return Some(found);
    }
    if !durations.is_empty()
        && (less || said.has(&["extend", "increase", "prolong", "lengthen", "延长", "增加", "加长"]))
    {
        return Some(Wish::By(if less { -1 } else { 1 }));
    }
    if said.has(START) || !durations.is_empty() {
        return Some(Wish::Start);
    }
    if more || less { Some(Wish::By(1)) } else { Some(Wish::Ask) }
}

/// Whether the sentence asks: "when does it stop", 什么时候停.
fn asks(said: &Said) -> bool {
    said.has(&[
        "how",
        "when",
        "what",
        "which",
        "is",
        "are",
        "do",
        "多久",
        "多长时间",
        "什么时候",
        "几点",
        "哪些",
        "有没有",
        "吗",
    ])
}

/// Whether a time belongs to the noun: "5 minute timer", "timer for 5 minutes", 5分钟的计时器.
fn adjacent(said: &Said, (from, to): Place, noun: Place) -> bool {
    let between = |a: usize, b: usize| said.form((a, b));
    if to <= noun.0 {
        return matches!(between(to, noun.0).as_str(), "" | " " | "的" | "那个" | "'s ");
    }
    from >= noun.1 && matches!(between(noun.1, from).as_str(), " for " | " of " | " set for " | " with ")
}

/// Of the times that were said: how long the timer was meant to run, and by how much it changes.
fn lengths(said: &Said, durations: &[(Span, Place)], noun: Place, wish: Wish) -> (Option<Span>, Option<Span>) {
    match (wish, durations) {
        (_, []) => (None, None),
        (Wish::By(_), [(span, _)]) => (None, Some(*span)),
        (Wish::By(_), [(a, first), (b, _)]) => {
            if adjacent(said, *first, noun) {
                (Some(*a), Some(*b))
            } else {
                (Some(*b), Some(*a))
            }
        }
        (_, [(span, _), ..]) => (Some(*span), None),
    }
}

/// "named pizza", 叫做泡面: what it is called in so many words.
fn called(said: &mut Said) -> Option<String> {
    const WORDS: &[&str] = &[
        "named",
        "called",
        "labelled",
        "labeled",
        "with the name",
        "by the name of",
        "叫做",
        "名叫",
        "名为",
        "名字叫",
        "命名为",
        "取名",
        "叫",
        "名称为",
    ];
    let at = (0..said.chars.len()).find_map(|at| Some((at, said.word_at(at, WORDS)?)))?;
    let end = (at.1..said.chars.len()).find(|i| !said.free((*i, i + 1))).unwrap_or(said.chars.len());
    let name = said.trimmed((at.1, end), &["for", "with", "of", "a", "an", "的", "in", "to", "by"])?;
    let text = said.written(name);
    said.take((at.0, end));
    Some(text)
}

/// The place that is named. "The kitchen timer" is the one of the kitchen.
pub(super) fn place(said: &mut Said, around: Around<'_>) -> Option<SpaceId> {
    let mut best: Option<(usize, Place, SpaceId)> = None;
    for space in around.world.spaces() {
        for name in space.names.all() {
            let form = Text::form(name);
            let length = form.chars().count();
            if length < 2 || best.as_ref().is_some_and(|b| b.0 >= length) {
                continue;
            }
            if let Some(place) = said.find(&[form.as_str()]) {
                best = Some((length, place, space.id));
            }
        }
    }
    let here = || {
        let place =
            said.find(&["in here", "here", "in this room", "this room's", "这里", "这边", "这个房间", "这屋"])?;
        Some((0, place, around.u.space?))
    };
    let (_, found, space) = best.or_else(here)?;
    said.take(found);
    Some(space)
}

fn how_long() -> Verdict {
    let text = Bilingual::new("要多长时间？例如“十分钟”", "For how long? Say for instance “ten minutes”");
    Verdict::Question(Question { text, options: Vec::new() })
}
