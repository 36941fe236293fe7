//! Charts from sentences, and changes of them. The clock of these tests says Monday, 2026-09-21, 22:13 in Shanghai.

use super::{FIXTURE, hear, now, shown as understood, sorted, world};
use crate::{Dialogue, Utterance};
use documents::ChartQuery;
use documents::chart::Range;
use serde_json::{Value as Json, json};

/// A chart in one line: kind, what is drawn, how, over which time, and what else was said.
pub(super) fn shown(q: &ChartQuery) -> String {
    let word = |v: Json| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let points = |m: &documents::chart::Metric| {
        let list = m.select.points(&FIXTURE.world, now());
        let names = list.iter().filter_map(|p| FIXTURE.world.point(*p));
        sorted(names.map(|p| format!("{}.{}", world::key(&FIXTURE.world, p.device), p.identifier)).collect())
    };
    let metrics: Vec<String> = q.metrics.iter().map(|m| format!("{} {}", word(json!(m.agg)), points(m))).collect();
    let range = match &q.range {
        Range::Last(t) | Range::Calendar(t) => t.clone(),
        Range::Between { from, to } => format!("{from}..{to}").replace(":00Z", "Z").replace("2026-", ""),
    };
    let mut out = format!("{} {} | {range}", word(json!(q.kind)), metrics.join(" + "));
    let mut more = |name: &str, value: Option<String>| {
        if let Some(v) = value.filter(|v| v != "auto") {
            out.push_str(&format!(" {name}={v}"));
        }
    };
    more("by", (!q.group.is_empty()).then(|| q.group.iter().map(|g| word(json!(g))).collect::<Vec<_>>().join("x")));
    more("each", Some(word(json!(q.bucket))));
    more("against", q.compare.map(|c| word(json!(c.shift))));
    more("order", q.order.map(|o| word(json!(o.dir))));
    more("limit", q.limit.map(|n| n.to_string()));
    more("lines", (!q.threshold.is_empty()).then(|| format!("{:?}", q.threshold)));
    out
}

fn charts(table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let got = understood(&hear(text, "", &Dialogue::default()));
        if got != *expected {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn kinds_and_quantities() {
    charts(&[
        ("chart the lab temperature", "trend mean lab_temp.temperature | 24h"),
        ("plot the canteen co2 for the past six hours", "trend mean can_co2.co2 | 6h"),
        ("line chart of greenhouse humidity, last fortnight", "trend mean hot_humid.humidity | 2w"),
        ("画一下花房温度", "trend mean hot_temp.temperature | 24h"),
        ("餐厅二氧化碳这周的走势", "trend mean can_co2.co2 | this_week"),
        ("花房光照近十天的折线图", "trend mean hot_lux.illuminance | 10d"),
        ("show the canteen co2 on a gauge", "gauge last can_co2.co2 | 24h"),
        ("实验室温度的直方图，上个月", "histogram mean lab_temp.temperature | last_month"),
        ("distribution of greenhouse humidity this month", "histogram mean hot_humid.humidity | this_month"),
        ("实验室窗户昨天的时间轴", "state_timeline last lab_window.open | yesterday"),
        (
            "timeline of the studio window since Saturday",
            "state_timeline last stu_window.open | 09-18T16:00Z..09-21T14:13:20Z",
        ),
        (
            "is the greenhouse temperature related to its humidity? last 3 weeks",
            "scatter mean hot_temp.temperature + mean hot_humid.humidity | 3w",
        ),
        ("花房温度跟湿度的散点图，近一个月", "scatter mean hot_temp.temperature + mean hot_humid.humidity | 1mo"),
        ("花房温湿度近两天", "trend mean hot_temp.temperature + mean hot_humid.humidity | 2d"),
        (
            "heat map of the maple presence by hour and weekday, last 8 weeks",
            "heatmap duration_on m1_occ.occupancy | 8w by=hourxweekday",
        ),
        ("枫树人在感应的热力图", "heatmap duration_on m1_occ.occupancy | 4w by=hourxweekday"),
        ("lab temperature yesterday as one big number, average", "stat mean lab_temp.temperature | yesterday"),
    ]);
}

#[test]
fn ranges() {
    charts(&[
        ("lab temperature today", "trend mean lab_temp.temperature | today"),
        ("lab temperature since midnight as a line chart", "trend mean lab_temp.temperature | today"),
        (
            "plot lab temperature from 8 to 11 this morning",
            "trend mean lab_temp.temperature | 09-21T00:00Z..09-21T03:00Z",
        ),
        (
            "chart lab temperature yesterday from 9am till 5pm",
            "trend mean lab_temp.temperature | 09-20T01:00Z..09-20T09:00Z",
        ),
        (
            "lab temperature between 10pm yesterday and 6am today",
            "trend mean lab_temp.temperature | 09-20T14:00Z..09-20T22:00Z",
        ),
        ("实验室温度，昨晚十点到今早六点", "trend mean lab_temp.temperature | 09-20T14:00Z..09-20T22:00Z"),
        ("实验室温度曲线，九月三号到九月五号", "trend mean lab_temp.temperature | 09-02T16:00Z..09-05T16:00Z"),
        (
            "draw the lab temperature from 3 to 5 September",
            "trend mean lab_temp.temperature | 09-02T16:00Z..09-05T16:00Z",
        ),
        ("实验室温度，周日到现在", "trend mean lab_temp.temperature | 09-19T16:00Z..09-21T14:13:20Z"),
        ("lab temperature last weekend, plot", "trend mean lab_temp.temperature | 09-18T16:00Z..09-20T16:00Z"),
        ("上周三实验室的温度曲线", "trend mean lab_temp.temperature | 09-15T16:00Z..09-16T16:00Z"),
        ("48小时内实验室温度的变化", "trend mean lab_temp.temperature | 48h"),
        ("八月的实验室温度走势", "trend mean lab_temp.temperature | last_month"),
        ("graph of the lab temperature in August", "trend mean lab_temp.temperature | last_month"),
        ("前天下午实验室的温度曲线", "trend mean lab_temp.temperature | 09-19T04:00Z..09-19T10:00Z"),
        ("今年以来实验室每个月的平均温度", "trend mean lab_temp.temperature | this_year each=1mo"),
    ]);
}

#[test]
fn pieces_groups_order_and_lines() {
    let rooms = "liv_env.temperature";
    charts(&[
        ("hourly maximum of the lab temperature yesterday", "trend max lab_temp.temperature | yesterday each=1h"),
        ("实验室温度这个月每天最低多少，做成表格", "table min lab_temp.temperature | this_month each=1d"),
        ("hours per day the irrigation pump ran last week, bars", "bar duration_on hot_pump.power | last_week each=1d"),
        ("灌溉泵上周每天运行时长柱状图", "bar duration_on hot_pump.power | last_week each=1d"),
        ("实验室窗户这周每天开了几次，柱状图", "bar count lab_window.open | this_week each=1d"),
        ("lab temperature today with a line at 28", "trend mean lab_temp.temperature | today lines=[28.0]"),
        ("餐厅二氧化碳近三天，800和1200画条线", "trend mean can_co2.co2 | 3d lines=[800.0, 1200.0]"),
        (
            "lab temperature this week compared with last week",
            "compare mean lab_temp.temperature | this_week against=1w",
        ),
        ("实验室温度今天和昨天对比", "compare mean lab_temp.temperature | today against=1d"),
        ("实验室这个月的温度和去年同期比一比", "compare mean lab_temp.temperature | this_month against=1y"),
        ("average co2 per floor yesterday as bars", "bar mean can_co2.co2 liv_env.co2 m1_co2.co2 | yesterday by=floor"),
        ("昨天各房间的二氧化碳从高到低", "bar mean can_co2.co2 liv_env.co2 m1_co2.co2 | yesterday by=area order=desc"),
        (
            "draw the 2 stuffiest rooms this week",
            "top_n mean can_co2.co2 liv_env.co2 m1_co2.co2 | this_week by=area order=desc limit=2",
        ),
        ("lounge versus lab temperature, past 3 days", &format!("trend mean lab_temp.temperature {rooms} | 3d")),
    ]);
}

/// What is no chart stays what it is: nothing is taken from orders, questions and rules.
#[test]
fn other_sentences_are_left_alone() {
    for text in [
        "what is the lab temperature",
        "turn on the kitchen light",
        "今天把厨房灯关掉",
        "when the lab temperature is above 26 today turn on the hood",
        "每天早上八点打开厨房灯",
        "is the lab window open",
        "实验室窗户开着吗",
        "set the bedroom thermostat to 22",
        "画室的灯打开",
        "close the blinds in the pine meeting room",
        "which room was warmest yesterday",
    ] {
        let got = understood(&hear(text, "", &Dialogue::default()));
        assert!(!got.contains(" | "), "{text}: {got}");
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    charts(&[
        ("chart the temperature in the zorbo", "no not_understood"),
        ("scatter plot of the lab temperature", "no out_of_range"),
        ("chart the lab humidity", "no unknown_device"),
    ]);
}

fn talk(turns: &[(&str, &str)]) {
    let mut dialogue = Dialogue::default();
    for (text, expected) in turns {
        let u = hear(text, "", &dialogue);
        assert_eq!(understood(&u), *expected, "{text}");
        dialogue.remember(&Utterance::new(*text, now()), &u);
    }
}

#[test]
fn a_chart_is_changed_by_talking() {
    talk(&[
        ("chart the lab temperature today", "trend mean lab_temp.temperature | today"),
        ("the past 7 days", "trend mean lab_temp.temperature | 7d"),
        ("hourly maximum", "trend max lab_temp.temperature | 7d each=1h"),
        ("as bars instead", "bar max lab_temp.temperature | 7d each=1h"),
        ("add the greenhouse", "bar max hot_temp.temperature lab_temp.temperature | 7d each=1h"),
        ("only the lab", "bar max lab_temp.temperature | 7d each=1h"),
        ("and put a line at 30", "bar max lab_temp.temperature | 7d each=1h lines=[30.0]"),
    ]);
    talk(&[
        ("花房今天的温度曲线", "trend mean hot_temp.temperature | today"),
        ("换成上周", "trend mean hot_temp.temperature | last_week"),
        ("加上湿度", "trend mean hot_temp.temperature + mean hot_humid.humidity | last_week"),
        ("不是花房，是实验室", "trend mean lab_temp.temperature | last_week"),
        ("拉长到三个月", "trend mean lab_temp.temperature | 3mo"),
        ("按天取平均", "trend mean lab_temp.temperature | 3mo each=1d"),
        ("改成柱状图", "bar mean lab_temp.temperature | 3mo each=1d"),
        ("在25度画条线", "bar mean lab_temp.temperature | 3mo each=1d lines=[25.0]"),
    ]);
    talk(&[
        ("co2 by room yesterday as bars", "bar mean can_co2.co2 liv_env.co2 m1_co2.co2 | yesterday by=area"),
        ("by floor instead", "bar mean can_co2.co2 liv_env.co2 m1_co2.co2 | yesterday by=floor"),
        ("turn on the kitchen light", "kit_light.power=true"),
    ]);
    talk(&[
        ("what is the lab temperature", "value of lab_temp.temperature"),
        ("draw it over the past 12 hours", "trend mean lab_temp.temperature | 12h"),
    ]);
}
