//! Tables: what they mean, every fault at its place, and a rule that is run over them.

use super::Scenario;
use crate::tests::{at, graph, pt, ventilation, world};
use base::{Diagnostics, Timestamp};
use documents::{RuleGraph, ScenarioRun};
use proptest::prelude::*;
use serde_json::json;

fn run(rule: &RuleGraph, table: &str) -> ScenarioRun {
    Scenario::parse(table, &world(), at(0.0)).unwrap().run(rule, &world()).unwrap()
}

fn faults(table: &str) -> Vec<(String, String)> {
    let found: Diagnostics = Scenario::parse(table, &world(), at(0.0)).unwrap_err();
    found.into_iter().map(|d| (d.code, d.path)).collect()
}

#[test]
fn a_table_is_run_and_compared() {
    let table = "
# Fresh air

| time | co2.co2 | expect         | =long.out | =start.out |
|------|---------|----------------|-----------|------------|
| 0:00 | 700     | -              | false     | -          |
| 1:00 | 1200 ppm| -              | false     | -          |
| 6:00 | -       | fan.power=true | true      | !          |
| 7:00 | bad     | -              | ?         |            |
| 8:00 | 700     | 会议室风扇的开关：关着 | false | -          |

| another | table |
";
    let done = run(&ventilation(), table);
    assert_eq!((done.differs.as_slice(), done.whole), ([].as_slice(), true), "{:#?}", done.differs);
    assert_eq!(done.text.en, "Over 5 rows the rule acts 2 times; all is as expected.");
    assert_eq!(done.text.zh, "5 行，规则动作 2 次，全部符合预期。");
    let codes: Vec<&str> = done.steps.iter().flat_map(|s| &s.actions).map(|a| a.code.as_str()).collect();
    assert_eq!(codes, ["fan.power=true", "fan.power=false"]);
    // The delay began a minute after the beginning, and its time came in the row of that moment.
    assert_eq!(
        (done.steps[2].row, done.steps[2].at, &done.steps[2].traces[0].timers[..]),
        (Some(3), at(360.0), &["long".to_owned()][..])
    );
}

#[test]
fn what_happens_between_rows_belongs_to_none() {
    let done = run(&ventilation(), "time;Meeting room CO2;expect\n0:00;700;\n1:00;1200;\n9:00;-;fan.power=true");
    let found: Vec<(&str, &str)> = done.differs.iter().map(|d| (d.code.as_str(), d.path.as_str())).collect();
    assert_eq!(found, [("scenario.differs", "/rows/3/0"), ("scenario.differs", "/rows/3/2")]);
    assert_eq!(done.steps.iter().map(|s| s.row).collect::<Vec<_>>(), [Some(1), Some(2), None, Some(3)]);
    assert!(done.differs[1].message.en.contains("expected fan.power=true, got -"), "{:?}", done.differs[1]);
}

#[test]
fn devices_without_a_column_do_as_they_are_told() {
    let rule = graph(
        &[
            ("door", "point", json!({"point": "@door.open"})),
            ("opened", "edge", json!({"on": "rising"})),
            ("flip", "command", json!({"point": "@hall_light.power", "setting": "toggle"})),
        ],
        &["door.out -> opened.in", "opened.out -> flip.in"],
    );
    let point = pt("door.open");
    let rows = "0:00,off,-\n0:10,on,publish nothing\n";
    let table = format!("time,{point},expect\n{rows}");
    let done = run(&rule, &table);
    // Nothing is known of the light yet.
    assert_eq!(done.steps[1].actions[0].code, "hall_light.power=toggle");
    assert_eq!(done.differs.len(), 1);
}

#[test]
fn messages_have_columns_of_their_own() {
    let rule = graph(
        &[
            ("in", "mqtt_topic", json!({"topic": "bench/+/temp"})),
            ("out", "publish", json!({"topic": "out", "payload": "seen"})),
        ],
        &["in.message -> out.in"],
    );
    let done = run(
        &rule,
        "| time | topic bench/7/temp | expect |\n| 0:00 | - | - |\n| 0:10 | {\"t\": 1, \"a\\|b\": 2} | publish out seen |",
    );
    assert_eq!(done.differs, [], "{:#?}", done.steps);
    assert_eq!(done.steps[1].traces[0].message.as_ref().unwrap().topic, "bench/7/temp");
}

#[test]
fn every_fault_has_its_row_and_column() {
    let table = "time,CO3,door.open,topic a/+,fan.power,fan.power\n0:00,1,maybe,x,on\n5,1,on,,,,,on\n0:00,,off,,hot";
    let found = faults(table);
    let expected = [
        ("scenario.unknown_point", "/rows/0/1"),
        ("scenario.topic", "/rows/0/3"),
        ("scenario.twice", "/rows/0/5"),
        ("scenario.value", "/rows/1/2"),
        ("scenario.time", "/rows/2/0"),
        ("scenario.columns", "/rows/2/6"),
        ("scenario.value", "/rows/3/4"),
    ];
    assert_eq!(found, expected.map(|(code, path)| (code.to_owned(), path.to_owned())));
    assert_eq!(
        faults("time,device fan,device none\n0:00,away,-"),
        [
            ("scenario.unknown_device".to_owned(), "/rows/0/2".to_owned()),
            ("scenario.value".to_owned(), "/rows/1/1".to_owned()),
        ]
    );
    assert_eq!(faults("time,door.open\n1:00,on\n0:30,off")[0].0, "scenario.time");
    assert_eq!(faults("")[0].0, "scenario.empty");
    assert_eq!(faults("time,door.open")[0].0, "scenario.empty");
}

#[test]
fn times_are_counted_or_read_from_a_clock() {
    let times = |table: &str| {
        let scenario = Scenario::parse(table, &world(), at(0.0)).unwrap();
        scenario.rows.iter().map(|r| r.at).collect::<Vec<_>>()
    };
    assert_eq!(times("time,door.open\n0:00,on\n90:30,on\n2:00:00,off"), [at(0.0), at(5_430.0), at(7_200.0)]);
    let utc = |text: &str| Timestamp::parse(text).unwrap();
    // By the clock of the site, over midnight.
    let table = "time,door.open\n2026-11-17 23:30,on\n23:45:30,on\n0:15,off\n2026-11-20,on";
    let expected =
        ["2026-11-17T15:30:00Z", "2026-11-17T15:45:30Z", "2026-11-17T16:15:00Z", "2026-11-19T16:00:00Z"].map(utc);
    assert_eq!(times(table), expected);
}

proptest! {
    /// Whatever is written, it is read or refused; what is read can be run.
    #[test]
    fn any_text_is_read_or_refused(
        text in "(time|\\||,)(\\||,| )(door.open|co2.co2|expect|=high.out|topic a|.{0,6})(\\||,|\n)[0-9:|,\n ]{0,24}.{0,24}",
    ) {
        if let Ok(scenario) = Scenario::parse(&text, &world(), at(0.0)) {
            prop_assert!(scenario.run(&ventilation(), &world()).is_ok());
        }
    }
}
