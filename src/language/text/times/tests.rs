//! Times in both languages, as they are said, and what they mean; and what is written is read back.

use super::{Moment, Sun, When, when_at};
use proptest::prelude::*;
use things::schedule::{Days, Weekday};

fn shown(w: &When) -> String {
    let mut out = Vec::new();
    match &w.days {
        Some(Days::Everyday) => out.push("everyday".to_owned()),
        Some(Days::Workdays) => out.push("workdays".into()),
        Some(Days::DaysOff) => out.push("off".into()),
        Some(Days::Weekdays(set)) => {
            out.push(set.iter().map(|d| format!("{d:?}").to_lowercase()).collect::<Vec<_>>().join("+"));
        }
        None => {}
    }
    out.extend(w.times.iter().map(|t| t.code()));
    out.extend(
        w.windows.iter().map(|p| format!("{}..{}{}", p.from.code(), p.to.code(), if p.open { "?" } else { "" })),
    );
    out.extend(w.every.map(|e| format!("every {}s", e.as_millis() / 1000)));
    if w.times.is_empty() && w.windows.is_empty() {
        out.extend(w.part.map(|p| format!("{p:?}").to_lowercase()));
    }
    out.join(" ")
}

fn check(table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let chars: Vec<char> = text.chars().collect();
        let got = when_at(&chars, 0).map(|(w, to)| (shown(&w), to));
        let whole = got.as_ref().is_some_and(|(_, to)| *to == chars.len());
        if got.as_ref().map(|(s, _)| s.as_str()) != Some(expected) || !whole {
            wrong.push(format!("{text}: {got:?}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn times_of_day() {
    check(&[
        ("7:30", "07:30"),
        ("at 7pm", "19:00"),
        ("7:30 pm", "19:30"),
        ("at 7 o'clock", "07:00"),
        ("half past seven", "07:30"),
        ("quarter to eight", "07:45"),
        ("a quarter past 6 in the evening", "18:15"),
        ("ten to nine", "08:50"),
        ("at noon", "12:00"),
        ("at midnight", "00:00"),
        ("12:15 am", "00:15"),
        ("at 9.30 pm", "21:30"),
        ("at 6 in the morning", "06:00"),
        ("at 11 at night", "23:00"),
        ("七点半", "07:30"),
        ("七点", "07:00"),
        ("7点30分", "07:30"),
        ("十点一刻", "10:15"),
        ("早上七点半", "07:30"),
        ("晚上七点", "19:00"),
        ("下午3点20", "15:20"),
        ("中午十二点", "12:00"),
        ("中午一点", "13:00"),
        ("晚上12点", "00:00"),
        ("半夜两点", "02:00"),
        ("凌晨4点三刻", "04:45"),
        ("二十二点零五", "22:05"),
        ("傍晚六点十五分", "18:15"),
        ("在21:45", "21:45"),
        ("早上八点和晚上八点", "08:00 20:00"),
        ("at 8 am and 8 pm", "08:00 20:00"),
    ]);
}

#[test]
fn the_sun() {
    check(&[
        ("at sunset", "sunset"),
        ("half an hour before sunset", "sunset-00:30"),
        ("20 minutes after the sun rises", "sunrise+00:20"),
        ("at dusk", "dusk"),
        ("日落", "sunset"),
        ("日落前半小时", "sunset-00:30"),
        ("日落半小时后", "sunset+00:30"),
        ("日出后的20分钟", "sunrise+00:20"),
        ("after sunset", "sunset..sunrise?"),
        ("after dark", "sunset..sunrise?"),
        ("before sunrise", "sunset..sunrise?"),
        ("天黑以后", "sunset..sunrise?"),
        ("日落到日出", "sunset..sunrise"),
        ("from sunset to 11 pm", "sunset..23:00"),
        ("天黑到晚上十一点", "sunset..23:00"),
    ]);
}

#[test]
fn days() {
    check(&[
        ("every day", "everyday"),
        ("every working day at half past seven", "workdays 07:30"),
        ("on weekdays", "workdays"),
        ("at 7:30 on weekdays", "workdays 07:30"),
        ("every day at 7", "everyday 07:00"),
        ("every evening at 8", "everyday 20:00"),
        ("every night at half past eleven", "everyday 23:30"),
        ("at eight every evening", "everyday 20:00"),
        ("at 7 on weekdays", "workdays 07:00"),
        ("on mondays", "mon"),
        ("every monday, wednesday and friday at 9 am", "mon+wed+fri 09:00"),
        ("monday to thursday", "mon+tue+wed+thu"),
        ("mon-fri", "mon+tue+wed+thu+fri"),
        ("on saturdays and sundays", "sat+sun"),
        ("at the weekend", "sat+sun"),
        ("every day except sundays", "mon+tue+wed+thu+fri+sat"),
        ("except on weekends", "mon+tue+wed+thu+fri"),
        ("on public holidays", "off"),
        ("每天", "everyday"),
        ("每天早上七点", "everyday 07:00"),
        ("每个工作日早上七点半", "workdays 07:30"),
        ("工作日的晚上六点", "workdays 18:00"),
        ("每周一三五早上8点", "mon+wed+fri 08:00"),
        ("周一到周五", "mon+tue+wed+thu+fri"),
        ("周一三点", "mon 03:00"),
        ("每周二、周四", "tue+thu"),
        ("星期六和星期天上午十点", "sat+sun 10:00"),
        ("周末", "sat+sun"),
        ("节假日", "off"),
        ("每晚十点", "everyday 22:00"),
        ("周末除外", "mon+tue+wed+thu+fri"),
        ("每天除了周日", "mon+tue+wed+thu+fri+sat"),
        ("friday to sunday", "fri+sat+sun"),
    ]);
}

#[test]
fn periods() {
    check(&[
        ("between 22 and 6:00", "22:00..06:00"),
        ("from 9 to 17:30", "09:00..17:30"),
        ("from 9 to 5 pm", "09:00..17:00"),
        ("between 10 and 6 am", "22:00..06:00"),
        ("6 to 9 am", "06:00..09:00"),
        ("from 8pm to 7am", "20:00..07:00"),
        ("between noon and five", "12:00..17:00"),
        ("on weekdays from 9 to 18", "workdays 09:00..18:00"),
        ("after 11 pm", "23:00..06:00?"),
        ("before 7 am", "00:00..07:00?"),
        ("晚上十点到六点", "22:00..06:00"),
        ("晚上六点到九点", "18:00..21:00"),
        ("从晚上十一点到第二天早上七点", "23:00..07:00"),
        ("早上9点到5点", "09:00..17:00"),
        ("上午九点到下午五点半之间", "09:00..17:30"),
        ("22点到6点", "22:00..06:00"),
        ("半夜12点到5点", "00:00..05:00"),
        ("工作日9:00-18:00", "workdays 09:00..18:00"),
        ("晚上十点以后", "22:00..06:00?"),
        ("早上七点以前", "00:00..07:00?"),
        ("at night", "night"),
        ("夜里", "night"),
    ]);
}

#[test]
fn recurrences() {
    check(&[
        ("every 10 minutes", "every 600s"),
        ("every half hour", "every 1800s"),
        ("every hour", "every 3600s"),
        ("hourly", "every 3600s"),
        ("每十分钟", "every 600s"),
        ("每隔半小时", "every 1800s"),
        ("每小时", "every 3600s"),
        ("每隔两个小时", "every 7200s"),
    ]);
}

#[test]
fn numbers_are_no_times() {
    for text in [
        "22",
        "22 degrees",
        "at 20 percent",
        "at 22",
        "20到30度",
        "between 20 and 25",
        "五分钟",
        "一半",
        "past 24",
        "二十一点五度",
        "after 10 minutes",
        "十点五%",
    ] {
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(when_at(&chars, 0).map(|(w, _)| shown(&w)), None, "{text}");
    }
}

const DAYS_ZH: &[&str] = &["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
const DAYS_EN: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

proptest! {
    #[test]
    fn what_is_written_is_read_back(minutes in 0..1440_i32, more in 0..1440_i32, picks in proptest::collection::btree_set(0..7_usize, 1..7), offset in 1..180_i32) {
        let clock = |m: i32| format!("{}:{:02}", m / 60, m % 60);
        let days: std::collections::BTreeSet<Weekday> = picks.iter().map(|i| Weekday::ALL[*i]).collect();
        let zh: Vec<&str> = picks.iter().map(|i| DAYS_ZH[*i]).collect();
        let en: Vec<&str> = picks.iter().map(|i| DAYS_EN[*i]).collect();
        for text in [format!("{}{}", zh.join("、"), clock(minutes)), format!("on {} at {}", en.join(", "), clock(minutes))] {
            let chars: Vec<char> = text.chars().collect();
            let expected = When { days: Some(Days::Weekdays(days.clone())), times: vec![Moment::Clock(minutes)], ..When::default() };
            prop_assert_eq!(when_at(&chars, 0), Some((expected, chars.len())), "{}", text);
        }
        if minutes != more {
            for text in [format!("{}到{}", clock(minutes), clock(more)), format!("from {} to {}", clock(minutes), clock(more))] {
                let chars: Vec<char> = text.chars().collect();
                let got = when_at(&chars, 0).map(|(w, _)| w.windows).unwrap_or_default();
                prop_assert_eq!(got.first().map(|w| w.from), Some(Moment::Clock(minutes)), "{}", text);
            }
        }
        for text in [format!("日落前{offset}分钟"), format!("{offset} minutes before sunset")] {
            let chars: Vec<char> = text.chars().collect();
            let expected = When { times: vec![Moment::Sun(Sun::Sunset, -offset)], ..When::default() };
            prop_assert_eq!(when_at(&chars, 0), Some((expected, chars.len())), "{}", text);
        }
    }
}
