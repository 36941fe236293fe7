//! Timers, reminders, commands for later, lists, the clock: what each sentence becomes, in both languages.

use super::{FIXTURE, hear};
use super::{act, check_both, check_in, draft, now, sorted};
use crate::Dialogue;
use base::Timestamp;
use documents::timer::{End, Purpose};
use documents::{ListAct, ListChange, ListRef, TimerAct, TimerChange, TimerRef};

fn moment(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get(&FIXTURE.world.site().time_zone).unwrap();
    at.to_jiff().to_zoned(zone).strftime("%m-%dT%H:%M").to_string()
}

fn which(w: &TimerRef) -> String {
    let text = w.text.as_ref().map(|t| format!("/{}", t.replace(' ', "_")));
    let space = w.space.map(|s| format!("@{}", FIXTURE.world.space(s).unwrap().names.en[0].replace(' ', "_")));
    let length = w.length_ms.map(|l| format!("#{}", l.as_millis() / 1000));
    let all = if w.all { "*" } else { "" };
    let purpose = match w.purpose {
        Some(Purpose::Reminder) => "!",
        Some(Purpose::Commands) => "&",
        _ => "",
    };
    [Some(purpose.into()), text, space, length, Some(all.into())].into_iter().flatten().collect()
}

/// Something about timers in one line.
pub(super) fn timer(a: &TimerAct) -> String {
    match a {
        TimerAct::Start(t) => {
            let end = match t.end {
                End::AfterMs(s) => format!("+{}", s.as_millis() / 1000),
                End::At(at) => moment(at),
            };
            let text = if t.text.is_empty() { String::new() } else { format!("/{}", t.text.replace(' ', "_")) };
            let space =
                t.space.map_or_else(String::new, |s| format!("@{}", FIXTURE.world.space(s).unwrap().names.en[0]));
            match t.purpose {
                Purpose::Commands => {
                    format!("later{end}:{}", sorted(t.acts.iter().map(act).collect()).replace(' ', ","))
                }
                Purpose::Timer => format!("timer{end}{text}{space}"),
                Purpose::Reminder => format!("remind{end}{text}"),
            }
        }
        TimerAct::Change { which: w, change } => match change {
            TimerChange::ByMs(by) => format!("by{}{}", by.as_millis() / 1000, which(w)),
            other => format!("{other:?}{}", which(w)).to_lowercase(),
        },
        TimerAct::Ask(w) => format!("ask{}", which(w)),
    }
}

/// Something about a list in one line.
pub(super) fn list(a: &ListAct) -> String {
    let list = match &a.list {
        ListRef::Shopping => "shopping".into(),
        ListRef::Todo => "todo".into(),
        ListRef::Any => "any".into(),
        ListRef::Named(n) => n.replace(' ', "_"),
    };
    let change = match &a.change {
        None => "?".into(),
        Some(ListChange::Add(i)) => format!("+{}", i.join("+")),
        Some(ListChange::Complete(i)) => format!("x{}", i.join("x")),
        Some(ListChange::Drop(i)) => format!("-{}", i.join("-")),
        Some(ListChange::Reopen(i)) => format!("o{}", i.join("o")),
        Some(ListChange::Put(_)) => "new".into(),
        Some(other) => format!("{other:?}").to_lowercase(),
    };
    format!("{list}:{change}").replace(' ', "_")
}

#[test]
fn timers_are_set() {
    check_both(
        "",
        &[
            ("set a timer for 25 minutes", "设一个25分钟的计时器", "timer+1500"),
            ("could you start a forty second timer please", "帮我定个四十秒的定时器", "timer+40"),
            ("start a countdown of two hours", "倒计时两小时", "timer+7200"),
            ("set a 90-second timer", "计时90秒", "timer+90"),
            ("give me a timer for an hour and a half", "来一个一个半小时的计时器", "timer+5400"),
        ],
    );
    check_in(
        "",
        &[
            ("set a dumpling timer for 8 minutes", "timer+480/dumpling"),
            ("8 minute timer for the dumplings", "timer+480/dumplings"),
            ("set a timer called Roast for 2 hours and 10 minutes", "timer+7800/Roast"),
            ("设一个8分钟的饺子计时器", "timer+480/饺子"),
            ("饺子计时器8分钟", "timer+480/饺子"),
            ("设置2小时的计时器叫做烤肉", "timer+7200/烤肉"),
            ("set a timer for 5 minutes in the kitchen", "timer+300@kitchen"),
            ("在厨房设一个5分钟的计时器", "timer+300@kitchen"),
            ("set a timer", "ask 0"),
        ],
    );
}

#[test]
fn timers_are_ended_paused_and_changed() {
    check_both(
        "",
        &[
            ("cancel the timer", "取消计时器", "cancel"),
            ("stop all timers", "停止所有计时器", "cancel*"),
            ("pause the kitchen timer", "暂停厨房的计时器", "pause@kitchen"),
            ("resume the 20 minute timer", "继续20分钟的计时器", "resume#1200"),
            ("add two minutes to the timer", "给计时器加两分钟", "by120"),
            ("take 30 seconds off the kitchen timer", "把厨房计时器缩短30秒", "by-30@kitchen"),
            ("extend the 1 hour timer by 10 minutes", "把1小时的计时器延长10分钟", "by600#3600"),
            ("cancel my reminder", "取消提醒", "cancel!"),
        ],
    );
    check_in("", &[("cancel the dumpling timer", "cancel/dumpling"), ("把饺子计时器取消", "cancel/饺子")]);
}

#[test]
fn timers_are_asked_about() {
    check_both(
        "",
        &[
            ("how long is left on the timer", "计时器还剩多久", "ask*"),
            ("how much time is left on the kitchen timer", "厨房计时器还有多长时间", "ask@kitchen*"),
            ("when does the 20 minute timer end", "20分钟的计时器什么时候结束", "ask#1200*"),
            ("what reminders do I have", "有哪些提醒", "ask!*"),
        ],
    );
}

#[test]
fn reminders_come_at_a_moment_or_after_a_while() {
    check_in(
        "",
        &[
            ("remind me in 20 minutes to call the plumber", "remind+1200/call_the_plumber"),
            ("remind me to water the plants in two hours", "remind+7200/water_the_plants"),
            ("20分钟后提醒我关火", "remind+1200/关火"),
            ("提醒我两小时后浇花", "remind+7200/浇花"),
            ("remind me to stretch", "ask 4"),
            ("提醒我交房租", "ask 4"),
        ],
    );
    for (text, time) in [
        ("remind me tomorrow at half past eight to post the letter", "T08:30/post_the_letter"),
        ("提醒我明天早上八点半寄信", "T08:30/寄信"),
        ("remind me to lock up at 10 pm", "T22:00/lock_up"),
        ("晚上十点提醒我锁门", "T22:00/锁门"),
        ("wake me up at 7 am", "T07:00"),
        ("明早七点叫我起床", "T07:00"),
    ] {
        let shown = super::shown(&hear(text, "", &Dialogue::default()));
        assert!(shown.starts_with("remind") && shown.ends_with(time), "{text}: {shown}");
    }
}

#[test]
fn commands_are_done_later() {
    check_both(
        "",
        &[
            ("turn off the kitchen light in 10 minutes", "10分钟后关掉厨房灯", "later+600:kit_light.power=false"),
            ("in half an hour turn on the bedroom light", "半小时后打开卧室灯", "later+1800:bed_light.power=true"),
            (
                "turn on the bedroom light for 20 minutes",
                "把卧室灯打开20分钟",
                "bed_light.power=true; later+1200:bed_light.power=false",
            ),
        ],
    );
    for (text, time) in [
        ("turn on the kitchen light tomorrow at 7 am", "T07:00:kit_light.power=true"),
        ("明天早上七点打开厨房灯", "T07:00:kit_light.power=true"),
        ("leave the kitchen light on until 11 pm", "T23:00:kit_light.power=false"),
        ("厨房灯开到晚上十一点", "T23:00:kit_light.power=false"),
    ] {
        let shown = super::shown(&hear(text, "", &Dialogue::default()));
        assert!(shown.contains("later") && shown.ends_with(time), "{text}: {shown}");
    }
}

#[test]
fn what_is_no_command_is_not_put_off() {
    for text in ["turn off the disco ball in ten minutes", "十分钟后打开宇宙飞船", "turn it up until I say stop"]
    {
        let shown = super::shown(&hear(text, "", &Dialogue::default()));
        assert!(!shown.contains("later") && !shown.contains('='), "{text}: {shown}");
    }
    let now = now();
    assert!(now > Timestamp::MIN && draft(&documents::Draft::Clock(documents::ClockAsk::Time)) == "time");
}

#[test]
fn lists_are_kept() {
    check_in(
        "",
        &[
            ("add oat milk to the shopping list", "shopping:+oat_milk"),
            ("put bread and butter on my grocery list", "shopping:+bread+butter"),
            ("add oat milk to the list", "any:+oat_milk"),
            ("add call the bank to my to do list", "todo:+call_the_bank"),
            ("put tent pegs on the camping list", "camping:+tent_pegs"),
            ("take bread off the shopping list", "shopping:-bread"),
            ("what is on the shopping list", "shopping:?"),
            ("what's on my camping list?", "camping:?"),
            ("check bread off the shopping list", "shopping:xbread"),
            ("create a list called Camping", "Camping:new"),
            ("clear the shopping list", "shopping:empty"),
            ("把燕麦奶加到购物清单", "shopping:+燕麦奶"),
            ("购物清单加上面包、黄油", "shopping:+面包+黄油"),
            ("在待办清单里加一条给银行打电话", "todo:+给银行打电话"),
            ("记得买盐", "shopping:+盐"),
            ("把盐从购物清单删掉", "shopping:-盐"),
            ("购物清单上有什么", "shopping:?"),
            ("盐买好了", "shopping:x盐"),
            ("新建一个叫露营的清单", "露营:new"),
            ("把帐篷加到露营清单", "露营:+帐篷"),
        ],
    );
}

#[test]
fn the_clock_and_the_calendar() {
    check_both(
        "",
        &[
            ("what time is it?", "现在几点了？", "time"),
            ("what's the date today?", "今天几号？", "date(0)"),
            ("what day is it tomorrow", "明天星期几", "weekday(1)"),
            ("when is sunset today", "今天什么时候日落", "sunset(0)"),
            ("when does the sun rise tomorrow", "明天几点日出", "sunrise(1)"),
            ("when is the next public holiday", "下一个节假日是什么时候", "holiday"),
            ("is tomorrow a working day", "明天上班吗", "workday(1)"),
        ],
    );
}
