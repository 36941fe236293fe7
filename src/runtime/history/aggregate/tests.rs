//! One table of samples per case, and what is known of the pieces of time.

use super::*;

const HOUR: i64 = 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000)
}

fn good(seconds: i64, value: impl Into<Value>) -> Sample {
    Sample::good(value, at(seconds))
}

fn cells(before: Option<Sample>, samples: &[Sample], hours: i64, hold: Option<Span>) -> Vec<Cell> {
    let borders: Vec<Timestamp> = (0..=hours).map(|h| at(h * HOUR)).collect();
    let mut line = Line::new(&borders, at(hours * HOUR), hold, true, before);
    samples.iter().for_each(|s| line.push(s.clone()));
    line.finish()
}

fn values(cells: &[Cell], agg: Aggregation) -> Vec<Option<f64>> {
    cells.iter().map(|c| c.value(agg).and_then(|v| v.as_number()).map(|n| (n * 1e6).round() / 1e6)).collect()
}

#[test]
fn numbers_are_weighed_by_the_time_they_held() {
    let samples = [good(0, 20.0), good(1_800, 30.0), good(HOUR, 10.0), good(2 * HOUR - 600, 40.0)];
    let cells = cells(None, &samples, 2, Some(HOLD_NUMBER));
    for (agg, expected) in [
        (Aggregation::Mean, vec![Some(25.0), Some(15.0)]),
        (Aggregation::Min, vec![Some(20.0), Some(10.0)]),
        (Aggregation::Max, vec![Some(30.0), Some(40.0)]),
        (Aggregation::Sum, vec![Some(50.0), Some(50.0)]),
        (Aggregation::Count, vec![Some(2.0), Some(2.0)]),
        (Aggregation::P95, vec![Some(30.0), Some(40.0)]),
        (Aggregation::Delta, vec![Some(10.0), Some(40.0)]),
    ] {
        assert_eq!(values(&cells, agg), expected, "{agg:?}");
    }
    let mut whole = Cell::default();
    cells.iter().for_each(|c| whole.extend(c));
    assert_eq!(whole.mean(), Some(20.0));
    assert_eq!(whole.value(Aggregation::Last), Some(Value::Number(40.0)));
}

#[test]
fn silence_is_a_gap_for_a_sensor_and_not_for_a_setting() {
    let samples = [good(-1_800, 21.0), good(3 * HOUR, 22.0)];
    let of = |hold| values(&cells(Some(samples[0].clone()), &samples[1..], 4, hold), Aggregation::Mean);
    assert_eq!(of(Some(HOLD_NUMBER)), [Some(21.0), None, None, Some(22.0)]);
    assert_eq!(of(None), [Some(21.0), Some(21.0), Some(21.0), Some(22.0)]);
    // What is bad is no value, and ends what was.
    let bad = Sample { quality: Quality::Bad, ..good(HOUR, 99.0) };
    let cells = cells(Some(samples[0].clone()), &[bad], 3, None);
    assert_eq!(values(&cells, Aggregation::Max), [Some(21.0), None, None]);
    assert_eq!(cells.iter().map(Cell::is_known).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn states_are_counted_by_their_time() {
    let samples = [good(1_800, true), good(2 * HOUR + 900, false)];
    let found = cells(Some(good(-9 * HOUR, false)), &samples, 3, None);
    assert_eq!(values(&found, Aggregation::DurationOn), [Some(0.5), Some(1.0), Some(0.25)]);
    assert_eq!(found[1].value(Aggregation::Last), Some(Value::Bool(true)));
    assert_eq!(found[1].value(Aggregation::Mean), None);
    assert_eq!(values(&found, Aggregation::Count), [Some(1.0), Some(0.0), Some(1.0)]);
    // Tokens: whatever is not off is on.
    let modes = cells(None, &[good(0, "cool"), good(900, "off")], 1, None);
    assert_eq!(values(&modes, Aggregation::DurationOn), [Some(0.25)]);
}

#[test]
fn a_meter_that_begins_anew_loses_nothing() {
    let meter = [good(600, 1_004.0), good(1_200, 2.0), good(HOUR + 60, 5.0)];
    let cells = cells(Some(good(-60, 1_000.0)), &meter, 2, Some(HOLD_NUMBER));
    assert_eq!(values(&cells, Aggregation::Delta), [Some(6.0), Some(3.0)]);
}

#[test]
fn the_future_is_not_known() {
    let borders = [at(0), at(HOUR), at(2 * HOUR)];
    let mut line = Line::new(&borders, at(HOUR / 2), None, false, None);
    line.push(good(0, true));
    assert_eq!(values(&line.finish(), Aggregation::DurationOn), [Some(0.5), None]);
}

#[test]
fn several_points_are_one_series() {
    let (a, b) = (cells(None, &[good(0, 20.0)], 2, Some(HOLD_NUMBER)), cells(None, &[good(0, 30.0)], 2, None));
    let together = |agg, piece: usize| {
        let mut out = Together::default();
        out.add(&a[piece], agg, |n| n);
        out.add(&b[piece], agg, |n| n);
        out.value(agg).and_then(|v| v.as_number())
    };
    for (agg, first, second) in [
        (Aggregation::Mean, Some(25.0), Some(30.0)),
        (Aggregation::Min, Some(20.0), Some(30.0)),
        (Aggregation::Max, Some(30.0), Some(30.0)),
        (Aggregation::Count, Some(2.0), Some(0.0)),
        (Aggregation::P95, Some(30.0), Some(30.0)),
        (Aggregation::DurationOn, Some(2.0), Some(1.0)),
    ] {
        assert_eq!((together(agg, 0), together(agg, 1)), (first, second), "{agg:?}");
    }
}
