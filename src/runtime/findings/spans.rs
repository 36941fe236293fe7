//! Pieces of time as sorted lists without overlap, and what can be made of them. Pure.

use base::{Quality, Sample, Span, Timestamp, Value};
use documents::finding::Interval;

/// Pieces of time, sorted, apart from each other.
pub(crate) type Spans = Vec<Interval>;

/// When a state was so, and when it is known at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Times {
    /// When it was so.
    pub(super) so: Spans,
    /// When it is known whether it was.
    pub(super) known: Spans,
}

/// The times of a state within a range: each sample holds until the next one, a bad one ends what was known.
pub(super) fn times(before: Option<Sample>, samples: &[Sample], range: Interval, so: impl Fn(&Value) -> bool) -> Times {
    let mut out = Times::default();
    let mut held: Option<(Timestamp, bool)> =
        before.filter(|s| s.quality != Quality::Bad).map(|s| (range.from, so(&s.value)));
    let end = |held: Option<(Timestamp, bool)>, at: Timestamp, out: &mut Times| {
        if let Some((from, was_so)) = held {
            append(&mut out.known, from, at);
            if was_so {
                append(&mut out.so, from, at);
            }
        }
    };
    for sample in samples {
        end(held, sample.at, &mut out);
        held = (sample.quality != Quality::Bad).then(|| (sample.at, so(&sample.value)));
    }
    end(held, range.to, &mut out);
    out
}

/// Adds a piece behind the others; one that touches the last one makes it longer.
pub(crate) fn append(spans: &mut Spans, from: Timestamp, to: Timestamp) {
    match spans.last_mut() {
        Some(last) if last.to >= from => last.to = last.to.max(to),
        _ if from < to => spans.push(Interval { from, to }),
        _ => {}
    }
}

/// What is in both.
pub(super) fn both(a: &[Interval], b: &[Interval]) -> Spans {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut out = Spans::new();
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        let (from, to) = (x.from.max(y.from), x.to.min(y.to));
        if from < to {
            append(&mut out, from, to);
        }
        if x.to <= y.to {
            a.next();
        } else {
            b.next();
        }
    }
    out
}

/// What is in one of them.
pub(super) fn either(a: &[Interval], b: &[Interval]) -> Spans {
    let mut all: Spans = a.iter().chain(b).copied().collect();
    all.sort_by_key(|i| (i.from, i.to));
    let mut out = Spans::new();
    all.iter().for_each(|i| append(&mut out, i.from, i.to));
    out
}

/// What is in the first and not in the second.
pub(super) fn without(a: &[Interval], b: &[Interval]) -> Spans {
    let mut out = Spans::new();
    for piece in a {
        let mut from = piece.from;
        for hole in b.iter().filter(|h| h.to > piece.from && h.from < piece.to) {
            if from < hole.from {
                out.push(Interval { from, to: hole.from });
            }
            from = from.max(hole.to);
        }
        if from < piece.to {
            out.push(Interval { from, to: piece.to });
        }
    }
    out
}

/// Each piece lasts so much longer.
pub(super) fn longer(spans: &[Interval], by: Span) -> Spans {
    let mut out = Spans::new();
    spans.iter().for_each(|i| append(&mut out, i.from, i.to + by));
    out
}

/// The pieces that are at least so long.
pub(super) fn lasting(spans: Spans, least: Span) -> Spans {
    spans.into_iter().filter(|i| i.to - i.from >= least).collect()
}

/// How long they are together, in hours.
pub(crate) fn hours(spans: &[Interval]) -> f64 {
    spans.iter().map(|i| (i.to - i.from).as_micros() as f64 / 3.6e9).sum()
}

/// Integral of a number over pieces of time in its unit times hours, and the hours that it is known for. A value holds
/// for at most `hold`.
pub(super) fn integral(before: Option<Sample>, samples: &[Sample], spans: &[Interval], hold: Span) -> (f64, f64) {
    let all: Vec<&Sample> = before.iter().chain(samples).collect();
    let (mut area, mut known) = (0.0, 0.0);
    for (i, sample) in all.iter().enumerate() {
        let Value::Number(n) = sample.value else { continue };
        if sample.quality == Quality::Bad {
            continue;
        }
        let until = all.get(i + 1).map_or(sample.at + hold, |next| next.at.min(sample.at + hold));
        let held = [Interval { from: sample.at, to: until }];
        // Only the pieces near it: the list is sorted.
        let first = spans.partition_point(|s| s.to <= sample.at);
        let last = spans.partition_point(|s| s.from < until);
        let h = hours(&both(&held, spans.get(first..last.max(first)).unwrap_or_default()));
        area += n * h;
        known += h;
    }
    (area, known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + minutes * 60_000)
    }

    fn span(from: i64, to: i64) -> Interval {
        Interval { from: at(from), to: at(to) }
    }

    #[test]
    fn a_state_holds_until_the_next_and_bad_is_not_known() {
        let bad = Sample { quality: Quality::Bad, ..Sample::good(true, at(40)) };
        let samples = [Sample::good(true, at(10)), Sample::good(false, at(20)), bad, Sample::good(true, at(50))];
        let on = |v: &Value| v.as_bool() == Some(true);
        let found = times(Some(Sample::good(true, at(-500))), &samples, span(0, 60), on);
        assert_eq!(found.so, [span(0, 20), span(50, 60)]);
        assert_eq!(found.known, [span(0, 40), span(50, 60)]);
        assert_eq!(times(None, &[], span(0, 60), on), Times::default());
    }

    #[test]
    fn numbers_are_added_up_over_pieces_of_time() {
        let samples = [Sample::good(2.0, at(0)), Sample::good(4.0, at(30)), Sample::good(6.0, at(600))];
        let (area, known) = integral(None, &samples, &[span(15, 45), span(500, 630)], Span::from_secs(3_600));
        // 15 minutes of 2, 15 of 4, then a gap, 30 minutes of 6.
        assert!((area - 4.5).abs() < 1e-9 && (known - 1.0).abs() < 1e-9, "{area} {known}");
    }

    fn spans() -> impl Strategy<Value = Spans> {
        proptest::collection::vec((0i64..200, 1i64..20), 0..12).prop_map(|all| {
            let single: Vec<Spans> = all.into_iter().map(|(from, long)| vec![span(from, from + long)]).collect();
            single.iter().fold(Spans::new(), |a, b| either(&a, b))
        })
    }

    proptest! {
        /// Minute by minute, the lists mean what sets mean.
        #[test]
        fn lists_are_sets(a in spans(), b in spans()) {
            let has = |s: &[Interval], m: i64| s.iter().any(|i| i.from <= at(m) && at(m) < i.to);
            let (and, or, but) = (both(&a, &b), either(&a, &b), without(&a, &b));
            for m in -1..230 {
                prop_assert_eq!(has(&and, m), has(&a, m) && has(&b, m));
                prop_assert_eq!(has(&or, m), has(&a, m) || has(&b, m));
                prop_assert_eq!(has(&but, m), has(&a, m) && !has(&b, m));
            }
            for list in [and, or, but] {
                prop_assert!(list.iter().all(|i| i.from < i.to) && list.windows(2).all(|w| w[0].to <= w[1].from));
            }
        }
    }
}
