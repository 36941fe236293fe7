//! Questions about the past over the demo building, with a log in memory.

use super::*;
use crate::sim;
use base::id::RevisionId;
use base::{Span, Value};
use documents::journal::JOURNAL_VERSION;
use documents::{Actor, Batch, Comparison, Condition, Event, PastAsk, PastFrame, PastQuery};
use things::Selector;

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T10:00:00Z").unwrap()
}

/// A store in which points have reported so many seconds ago.
pub(super) async fn history(reports: &[(PointId, i64, Value)]) -> (World, History) {
    let (world, _) = World::build(sim::world());
    let store = Store::open_in_memory();
    let revision = RevisionId::of_name("demo");
    let mut events = vec![Event::World { revision, doc: Box::new(sim::world()), by: Actor::system() }];
    for (point, ago, value) in reports {
        let device = world.point(*point).unwrap().device;
        let sample = Sample::good(value.clone(), now() - Span::from_secs(*ago));
        events.push(Event::Report { device, values: vec![(*point, sample)] });
    }
    let batch = Batch { version: JOURNAL_VERSION, seq: 1, at: now(), events, outcomes: vec![] };
    store.log().append(&batch).await.unwrap();
    (world, History::new(store, Arc::new(Fixed(now()))))
}

fn query(select: Selector, agg: Aggregation, group: Grouping) -> HistoryQuery {
    HistoryQuery { select, range: Range::Last("4h".into()), bucket: Bucket::Hour, agg, group, limit: None }
}

fn everything(trait_: &str) -> Selector {
    Selector { everything: true, trait_: Some(trait_.into()), ..Selector::default() }
}

fn rooms_with_co2(world: &World) -> usize {
    world.points().filter(|p| p.is("measure.co2")).count()
}

fn numbers(series: &HistorySeries) -> Vec<Option<f64>> {
    series.values.iter().map(|v| v.as_ref().and_then(Value::as_number)).collect()
}

#[tokio::test]
async fn rooms_and_floors_have_series_of_their_own() {
    let (meeting, open) = (sim::point("meeting_air", "temperature"), sim::point("open_air", "temperature"));
    let mut reports = Vec::new();
    for (point, n) in [(meeting, 20.0), (open, 24.0)] {
        reports.extend([4, 3, 2, 1].map(|h| (point, h * 3_600, Value::Number(n + h as f64))));
    }
    let (world, history) = history(&reports).await;
    let select = Selector { points: vec![meeting, open], ..Selector::default() };
    for (group, expected) in [
        (Grouping::Nothing, vec![("all", vec![26.0, 25.0, 24.0, 23.0], 24.5)]),
        (Grouping::Floor, vec![("Second floor", vec![26.0, 25.0, 24.0, 23.0], 24.5)]),
        (
            Grouping::Room,
            vec![
                ("Meeting room", vec![24.0, 23.0, 22.0, 21.0], 22.5),
                ("Open office", vec![28.0, 27.0, 26.0, 25.0], 26.5),
            ],
        ),
    ] {
        let frame = history.query(&world, &query(select.clone(), Aggregation::Mean, group), |_| true).await.unwrap();
        let mut found: Vec<(&str, Vec<f64>, f64)> = frame
            .series
            .iter()
            .map(|s| {
                let values = numbers(s).into_iter().map(|v| v.unwrap()).collect();
                (s.name.en.as_str(), values, s.whole.as_ref().and_then(Value::as_number).unwrap())
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(b.0));
        assert_eq!(found, expected, "{group:?}");
        assert_eq!((frame.points, frame.samples, frame.gaps, frame.without_value), (2, 8, 0, 0));
        assert_eq!(frame.unit.map(|u| u.code()), Some("Cel"));
    }
}

#[tokio::test]
async fn what_cannot_be_asked_says_what_can() {
    let (world, history) = history(&[]).await;
    let plant = Selector { spaces: vec![sim::space("server")], ..Selector::default() };
    for (query, code, help) in [
        (
            query(
                Selector { trait_: Some("measure.co2".into()), ..plant.clone() },
                Aggregation::Mean,
                Grouping::Nothing,
            ),
            "history.nothing",
            "there are: leak, measure.power, measure.temperature, mode, on_off, setpoint, smoke",
        ),
        (query(plant.clone(), Aggregation::Mean, Grouping::Nothing), "history.not_a_number", "select.trait"),
        (query(everything("on_off"), Aggregation::Last, Grouping::Nothing), "history.several", "point"),
        (query(Selector::default(), Aggregation::Mean, Grouping::Nothing), "history.nothing", "no point"),
        (
            query(
                Selector {
                    points: vec![sim::point("open_air", "co2"), sim::point("open_air", "temperature")],
                    ..Selector::default()
                },
                Aggregation::Max,
                Grouping::Nothing,
            ),
            "history.units",
            "select.trait",
        ),
        (
            HistoryQuery {
                range: Range::Last("30d".into()),
                bucket: Bucket::Minute,
                ..query(everything("on_off"), Aggregation::Count, Grouping::Nothing)
            },
            "history.limit",
            "shorter",
        ),
        (
            HistoryQuery { limit: Some(0), ..query(everything("on_off"), Aggregation::Count, Grouping::Nothing) },
            "history.limit",
            "shorter",
        ),
    ] {
        let found = history.query(&world, &query, |_| true).await.unwrap_err().diagnostic().unwrap();
        assert_eq!(found.code, code, "{found:?}");
        assert!(found.help.as_ref().is_some_and(|h| h.en.contains(help)), "{found:?}");
    }
}

#[tokio::test]
async fn what_somebody_does_not_see_is_not_in_the_answer() {
    let co2 = sim::point("open_air", "co2");
    let (world, history) = history(&[(co2, 60, Value::Number(900.0))]).await;
    let all = query(everything("measure.co2"), Aggregation::Max, Grouping::Point);
    let frame = history.query(&world, &all, |p| p.id != co2).await.unwrap();
    let others = rooms_with_co2(&world) - 1;
    assert_eq!((frame.points, frame.without_value, frame.samples), (others, others, 0));
    assert!(frame.series.iter().all(|s| s.point != Some(co2)));
}

#[tokio::test]
async fn the_largest_come_first_where_few_are_wanted() {
    let (a, b) = (sim::point("meeting_air", "co2"), sim::point("open_air", "co2"));
    let (world, history) = history(&[(a, 60, Value::Number(500.0)), (b, 60, Value::Number(900.0))]).await;
    let mut asked = query(everything("measure.co2"), Aggregation::Max, Grouping::Room);
    asked.limit = Some(1);
    let frame = history.query(&world, &asked, |_| true).await.unwrap();
    assert_eq!((frame.series.len(), frame.series_total), (1, rooms_with_co2(&world)));
    assert_eq!(frame.series[0].name.en, "Open office");
}

#[tokio::test]
async fn a_point_has_its_line() {
    let power = sim::point("meeting_ac", "power");
    let reports = [(power, 9_000, Value::Bool(true)), (power, 5_400, Value::Bool(false))];
    let (world, history) = history(&reports).await;
    let spec = world.point(power).unwrap();
    let line = history.point(&world, spec, &Range::Last("4h".into()), Bucket::Hour).await.unwrap();
    let on: Vec<Option<i64>> = line.buckets.iter().map(|b| b.on_ms.map(|ms| ms / 60_000)).collect();
    assert_eq!(on, [None, Some(30), Some(30), Some(0)]);
    assert_eq!(line.whole.on_ms, Some(3_600_000));
    assert_eq!(line.buckets[3].last, Some(Value::Bool(false)));
    assert_eq!(history.samples(power, now() - Span::from_secs(9_000), now(), 10).await.unwrap().len(), 2);
    assert_eq!(history.progress(), PastProgress::NONE);
}

/// What one question about the past is answered.
async fn asked(reports: &[(PointId, i64, Value)], range: Option<Range>, ask: PastAsk) -> PastFrame {
    let (world, history) = history(reports).await;
    let mut points: Vec<PointId> = reports.iter().map(|(p, ..)| *p).collect();
    points.dedup();
    let query = PastQuery { select: Selector { points, ..Selector::default() }, range, ask, compare: None };
    history.past(&world, &query, |_| true).await.unwrap()
}

fn on() -> Condition {
    Condition { op: Comparison::Eq, value: Value::Bool(true) }
}

fn ago(seconds: i64) -> Option<Timestamp> {
    Some(now() - Span::from_secs(seconds))
}

#[tokio::test]
async fn when_it_was_last_so_is_found_however_long_ago() {
    let lamp = sim::point("desk_lamp", "power");
    let day = 86_400;
    let was = [(lamp, 40 * day, false), (lamp, 20 * day, true), (lamp, 19 * day, false), (lamp, day, false)];
    let reports = was.map(|(p, at, on)| (p, at, Value::Bool(on)));
    let frame = asked(&reports, None, PastAsk::Last(on())).await;
    assert_eq!((frame.rows[0].at, frame.rows[0].until), (ago(20 * day), ago(19 * day)));
    // It is on again: since when counts, however often it said so.
    let again = [(lamp, 90, Value::Bool(true)), (lamp, 30, Value::Bool(true))];
    let reports: Vec<_> = reports.into_iter().chain(again).collect();
    let frame = asked(&reports, None, PastAsk::Since(on())).await;
    assert_eq!((frame.rows[0].at, frame.rows[0].until), (ago(90), None));
}

#[tokio::test]
async fn how_long_and_how_often_are_counted_within_the_time() {
    let lamp = sim::point("desk_lamp", "power");
    let reports = [(7_200, true), (3_000, false), (1_800, true), (1_200, false), (600, true)];
    let reports = reports.map(|(at, on)| (lamp, at, Value::Bool(on)));
    let hour = Some(Range::Last("1h".into()));
    let long = asked(&reports, hour.clone(), PastAsk::HowLong(on())).await;
    assert_eq!(long.rows[0].long_ms, Span::from_secs(600 + 600 + 600));
    assert_eq!(long.whole, Some(0.5));
    // What was on already when the hour began did not come on in it.
    let often = asked(&reports, hour, PastAsk::HowOften(on())).await;
    assert_eq!((often.whole, often.rows[0].often), (Some(2.0), 2));
}

#[tokio::test]
async fn what_was_reached_is_told_with_its_time() {
    let air = sim::point("meeting_air", "temperature");
    let reports = [(5_000, 21.0), (4_000, 26.5), (3_000, 24.0)].map(|(at, n)| (air, at, Value::Number(n)));
    let range = Some(Range::Last("4h".into()));
    let highest = asked(&reports, range.clone(), PastAsk::Highest).await;
    assert_eq!((highest.rows[0].at, &highest.rows[0].value), (ago(4_000), &Some(Value::Number(26.5))));
    let above = |n: f64| Condition { op: Comparison::Gt, value: Value::Number(n) };
    let hot = asked(&reports, range.clone(), PastAsk::Ever(above(26.0))).await;
    assert_eq!((hot.rows[0].often, hot.rows[0].long_ms), (1, Span::from_secs(1_000)));
    let hotter = asked(&reports, range, PastAsk::Ever(above(27.0))).await;
    assert_eq!((hotter.rows[0].often, &hotter.rows[0].value), (0, &Some(Value::Number(26.5))));
    let nothing = asked(&reports, Some(Range::Calendar("last_month".into())), PastAsk::Mean).await;
    assert_eq!((nothing.points, nothing.without_value, nothing.whole), (1, 1, None));
}
