//! `clock_read`: the time, the date, the sun and the holidays of the site.

use crate::shared::host;
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::{Bilingual, Timestamp};
use documents::ClockAsk;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Site;
use things::schedule::Weekday;

/// How far ahead a holiday is looked for, in days.
const DAYS_AHEAD_MAX: i32 = 400;
/// Farthest day that is asked about, from today.
const DISTANCE_MAX: i32 = 3_660;

/// Answers what time and which date it is at the site, when the sun rises and sets there, when the next public holiday is
/// and whether people work on a day. A day is given as its distance from today: `{"sunset": 0}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What is asked: `"time"`, `{"date": 0}`, `{"weekday": 1}`, `{"sunrise": 0}`, `{"sunset": 0}`, `"holiday"`,
    /// `{"workday": 1}`.
    pub ask: ClockAsk,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The moment or day that was asked for, in the time of the site; absent where it is not known.
    pub value: Option<String>,
}

/// The tool.
pub struct ClockRead(pub(crate) Handle);

#[async_trait]
impl Tool for ClockRead {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "clock_read";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "which date it is",
            input: r#"{"ask": {"date": 0}}"#,
            expect: &[("/value", "\"2026-09-21\""), ("/text/zh", "\"今天是2026年9月21日，星期一。\"")],
        },
        Example { name: "what time it is", input: r#"{"ask": "time"}"#, expect: &[("/value", "\"22:13\"")] },
    ];

    async fn run(&self, _caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let now = self.0.now();
        self.0.read(move |core| answer(input.ask, core.world().site(), now)).await.map_err(|e| host(&e))
    }
}

fn answer(ask: ClockAsk, site: &Site, now: Timestamp) -> Output {
    let zone = TimeZone::get(&site.time_zone).unwrap_or(TimeZone::UTC);
    let local = now.to_jiff().to_zoned(zone.clone());
    let today = local.date();
    let on = |days: i32| today.checked_add(days.clamp(-DISTANCE_MAX, DISTANCE_MAX).days()).unwrap_or(today);
    let known = |text: Bilingual, value: String| Output { text, value: Some(value) };
    match ask {
        ClockAsk::Time => {
            let time = local.strftime("%H:%M").to_string();
            known(Bilingual::new(format!("现在{time}。"), format!("It is {time}.")), time)
        }
        ClockAsk::Date(days) | ClockAsk::Weekday(days) => {
            let (date, when, weekday) = (on(days), day_words(days), weekday_words(on(days)));
            let zh = format!("{}是{}年{}月{}日，{}。", when.zh, date.year(), date.month(), date.day(), weekday.zh);
            let en = format!("{} is {}, {}.", when.en, weekday.en, date.strftime("%-d %B %Y"));
            known(Bilingual::new(zh, en), date.to_string())
        }
        ClockAsk::Sunrise(days) => sun(site, on(days), days, true, &zone),
        ClockAsk::Sunset(days) => sun(site, on(days), days, false, &zone),
        ClockAsk::Holiday => holiday(site, today),
        ClockAsk::Workday(days) => {
            let works = site.calendar.resolved(&site.time_zone).is_workday(on(days));
            let when = day_words(days);
            let (zh, en) = if works { ("是工作日", "is a working day") } else { ("不上班", "is a day off") };
            known(Bilingual::new(format!("{}{zh}。", when.zh), format!("{} {en}.", when.en)), works.to_string())
        }
    }
}

fn sun(site: &Site, date: Date, days: i32, rises: bool, zone: &TimeZone) -> Output {
    let (rise, set) = engine::sun_on(site, date);
    let (zh, en) = if rises { ("日出", "sunrise") } else { ("日落", "sunset") };
    let when = day_words(days);
    match if rises { rise } else { set } {
        Some(at) => {
            let time = at.to_jiff().to_zoned(zone.clone()).strftime("%H:%M").to_string();
            let day = when.en.to_lowercase();
            let text = Bilingual::new(format!("{}{zh}时间 {time}。", when.zh), format!("The {en} {day} is at {time}."));
            Output { text, value: Some(time) }
        }
        None => {
            let text = Bilingual::new(
                format!("不知道{zh}时间：站点没有设置位置，或那天太阳没有升落。"),
                format!("The {en} is not known: the site has no place on Earth, or the sun does not do so that day."),
            );
            Output { text, value: None }
        }
    }
}

fn holiday(site: &Site, today: Date) -> Output {
    let calendar = site.calendar.resolved(&site.time_zone);
    let next = (1..=DAYS_AHEAD_MAX).find_map(|days| {
        let date = today.checked_add(days.days()).ok()?;
        let off = !calendar.is_workday(date) && !calendar.weekend.contains(&Weekday::of(date));
        off.then_some((date, days))
    });
    match next {
        Some((date, days)) => {
            let weekday = weekday_words(date);
            let zh = format!(
                "下一个节假日是{}年{}月{}日，{}，还有 {days} 天。",
                date.year(),
                date.month(),
                date.day(),
                weekday.zh
            );
            let en =
                format!("The next public holiday is {}, {}, in {days} days.", weekday.en, date.strftime("%-d %B %Y"));
            Output { text: Bilingual::new(zh, en), value: Some(date.to_string()) }
        }
        None => {
            let text = Bilingual::new("日历里没有已知的节假日。", "The calendar knows no public holiday ahead.");
            Output { text, value: None }
        }
    }
}

fn day_words(days: i32) -> Bilingual {
    match days {
        0 => Bilingual::new("今天", "Today"),
        1 => Bilingual::new("明天", "Tomorrow"),
        2 => Bilingual::new("后天", "The day after tomorrow"),
        -1 => Bilingual::new("昨天", "Yesterday"),
        n if n > 0 => Bilingual::new(format!("{n} 天后"), format!("In {n} days it")),
        n => Bilingual::new(format!("{} 天前", -n), format!("{} days ago it", -n)),
    }
}

fn weekday_words(date: Date) -> Bilingual {
    let (zh, en) = match Weekday::of(date) {
        Weekday::Mon => ("星期一", "Monday"),
        Weekday::Tue => ("星期二", "Tuesday"),
        Weekday::Wed => ("星期三", "Wednesday"),
        Weekday::Thu => ("星期四", "Thursday"),
        Weekday::Fri => ("星期五", "Friday"),
        Weekday::Sat => ("星期六", "Saturday"),
        Weekday::Sun => ("星期日", "Sunday"),
    };
    Bilingual::new(zh, en)
}
