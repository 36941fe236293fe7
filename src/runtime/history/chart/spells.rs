//! States over time: how long each held.
//!
//! What it is *not*: numbers have no spells. Start at [`History::spells`].

use crate::history::aggregate::hold_of;
use crate::history::{History, HistoryError, SAMPLES_MAX};
use base::{Quality, Sample, Span, Timestamp, Value};
use store::telemetry::SCAN_SAMPLES_MAX;
use things::PointSpec;

/// A state from one time to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spell {
    pub(super) value: Value,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// Samples, oldest first, as spells between `from` and `to`; what was reported twice is one spell.
fn spells(samples: impl Iterator<Item = Sample>, hold: Option<Span>, from: Timestamp, to: Timestamp) -> Vec<Spell> {
    let mut out: Vec<Spell> = Vec::new();
    let mut held: Option<(Value, Timestamp)> = None;
    let mut close = |value: Value, since: Timestamp, until: Timestamp| {
        let begin = since.max(from);
        let end = hold.map_or(until, |h| until.min(since + h)).min(to);
        if begin < end {
            match out.last_mut() {
                Some(last) if last.value == value && last.to == begin => last.to = end,
                _ => out.push(Spell { value, from: begin, to: end }),
            }
        }
    };
    for sample in samples {
        if let Some((value, since)) = held.take() {
            close(value, since, sample.at);
        }
        held = (sample.quality != Quality::Bad).then_some((sample.value, sample.at));
    }
    if let Some((value, since)) = held {
        close(value, since, to);
    }
    out
}

impl History {
    /// The states of a point between two instants, and how many stored values were read.
    pub(super) async fn spells(
        &self,
        spec: &PointSpec,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Vec<Spell>, u64), HistoryError> {
        let telemetry = self.store().telemetry();
        let mut samples: Vec<Sample> = telemetry.before(spec.id, from).await?.into_iter().collect();
        let before = samples.len();
        let mut next = from;
        loop {
            let page = telemetry.scan(spec.id, next, to, SCAN_SAMPLES_MAX).await?;
            let (full, last) = (page.len() == SCAN_SAMPLES_MAX, page.last().map(|s| s.at));
            samples.extend(page);
            if samples.len() as u64 > SAMPLES_MAX {
                return Err(HistoryError::limit("samples", SAMPLES_MAX, "/range"));
            }
            match last {
                Some(at) if full => next = at + Span::from_micros(1),
                _ => break,
            }
        }
        let read = (samples.len() - before) as u64;
        Ok((spells(samples.into_iter(), hold_of(spec), from, to), read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_is_one_spell_and_what_is_bad_ends_it() {
        let at = |s: i64| Timestamp::from_millis(s * 1_000);
        let sample = |s: i64, on: bool| Sample::good(Value::Bool(on), at(s));
        let bad = Sample { quality: Quality::Bad, ..sample(50, true) };
        let samples = [sample(-5, true), sample(10, true), sample(20, false), sample(30, true), bad, sample(70, false)];
        let found = spells(samples.into_iter(), None, at(0), at(100));
        let found: Vec<_> = found
            .iter()
            .map(|s| (s.value == Value::Bool(true), s.from.as_millis() / 1_000, s.to.as_millis() / 1_000))
            .collect();
        assert_eq!(found, [(true, 0, 20), (false, 20, 30), (true, 30, 50), (false, 70, 100)]);
    }
}
