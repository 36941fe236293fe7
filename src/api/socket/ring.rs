//! The last deltas, so that who was away for a little while goes on. Bounded in count and bytes.

use super::SocketEvent;
use crate::limits::{RING_BYTES_MAX, RING_FRAMES_MAX};
use axum::extract::ws::Utf8Bytes;
use documents::Role;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

/// Roles that read, in the order of [`index`].
pub(crate) const READERS: [Role; 4] = [Role::Owner, Role::Operator, Role::Viewer, Role::Agent];

/// Place of a role among [`READERS`]; a bridge reads nothing.
pub(crate) fn index(role: Role) -> Option<usize> {
    READERS.iter().position(|r| *r == role)
}

/// Which of [`READERS`] may see something.
pub(crate) type Seen = [bool; READERS.len()];

/// One change as it is written, and who may see it.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) json: String,
    pub(crate) seen: Seen,
    /// Whether it is a value of a point, which are sent together.
    pub(crate) point: bool,
}

impl Item {
    /// An event of its own.
    pub(crate) fn event(event: &SocketEvent, seen: Seen) -> Option<Item> {
        Some(Item { json: written(event)?, seen, point: false })
    }
}

/// What cannot be written as JSON is left out, and said in the log.
pub(crate) fn written(what: &impl serde::Serialize) -> Option<String> {
    serde_json::to_string(what)
        .inspect_err(|error| tracing::error!(%error, "something could not be written for the sockets"))
        .ok()
}

/// One delta. Its text is written once for each role that reads it, and shared.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) seq: u64,
    /// The last batch of the runtime that is in it.
    batch: u64,
    items: Vec<Item>,
    texts: [OnceLock<Option<Utf8Bytes>>; READERS.len()],
}

impl Frame {
    fn new(seq: u64, batch: u64, items: Vec<Item>) -> Frame {
        Frame { seq, batch, items, texts: Default::default() }
    }

    /// What a reader gets of it; nothing where it may see none of it.
    pub(crate) fn text(&self, reader: usize) -> Option<Utf8Bytes> {
        self.texts.get(reader)?.get_or_init(|| self.write(reader)).clone()
    }

    fn write(&self, reader: usize) -> Option<Utf8Bytes> {
        let seen = |point: bool| {
            let items = self.items.iter().filter(move |i| i.point == point);
            items.filter(|i| i.seen.get(reader) == Some(&true)).map(|i| i.json.as_str()).collect::<Vec<_>>()
        };
        let (mut events, points) = (seen(false).join(","), seen(true));
        if !points.is_empty() {
            let comma = if events.is_empty() { "" } else { "," };
            events = format!(r#"{events}{comma}{{"event":"report","data":[{}]}}"#, points.join(","));
        }
        (!events.is_empty()).then(|| format!(r#"{{"type":"delta","seq":{},"events":[{events}]}}"#, self.seq).into())
    }

    /// Estimated bytes in memory: what changed, and its text for one kind of reader.
    fn bytes(&self) -> usize {
        self.items.iter().map(|i| 2 * i.json.len() + size_of::<Item>()).sum::<usize>() + size_of::<Frame>()
    }
}

/// What a reader gets next.
#[derive(Debug)]
pub(crate) enum Next {
    /// These deltas.
    Frames(Vec<Arc<Frame>>),
    /// What it knows is too old: a snapshot.
    Snapshot,
}

/// The deltas that can still be repeated.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    /// Who knows everything up to this number can go on.
    floor: u64,
    /// The last batch that is in a snapshot with that number, at least.
    floor_batch: u64,
    newest: u64,
}

impl Ring {
    /// The number of the newest delta.
    pub(crate) fn newest(&self) -> u64 {
        self.newest
    }

    /// Adds a delta.
    pub(crate) fn push(&mut self, batch: u64, items: Vec<Item>) {
        self.newest += 1;
        let frame = Frame::new(self.newest, batch, items);
        self.bytes += frame.bytes();
        self.frames.push_back(Arc::new(frame));
        while (self.frames.len() > RING_FRAMES_MAX || self.bytes > RING_BYTES_MAX)
            && let Some(oldest) = self.frames.pop_front()
        {
            self.bytes -= oldest.bytes();
            (self.floor, self.floor_batch) = (oldest.seq, oldest.batch);
        }
    }

    /// From here on everybody begins with a snapshot, in which this batch is.
    pub(crate) fn begin_again(&mut self, batch: u64) {
        self.newest += 1;
        self.frames = VecDeque::new();
        self.bytes = 0;
        (self.floor, self.floor_batch) = (self.newest, batch);
    }

    /// The number of a snapshot in which everything up to `batch` is: the deltas after it make it complete. None when
    /// it is older than what can be repeated.
    pub(crate) fn number_of(&self, batch: u64) -> Option<u64> {
        let known = self.frames.iter().rev().find(|f| f.batch <= batch).map(|f| f.seq);
        known.or_else(|| (batch >= self.floor_batch).then_some(self.floor))
    }

    /// Whether somebody who knows everything up to a number can go on.
    pub(crate) fn can_resume(&self, after: u64) -> bool {
        (self.floor..=self.newest).contains(&after)
    }

    /// What comes after a number.
    pub(crate) fn after(&self, seq: u64) -> Next {
        if !self.can_resume(seq) {
            return Next::Snapshot;
        }
        let from = self.frames.partition_point(|f| f.seq <= seq);
        Next::Frames(self.frames.range(from..).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Seen = [true; READERS.len()];

    fn value(json: &str, seen: Seen) -> Item {
        Item { json: json.into(), seen, point: true }
    }

    fn seqs(next: Next) -> Vec<u64> {
        match next {
            Next::Frames(frames) => frames.iter().map(|f| f.seq).collect(),
            Next::Snapshot => vec![0],
        }
    }

    #[test]
    fn a_delta_is_written_once_and_holds_what_its_reader_may_see() {
        let people = [true, true, true, false];
        let mut ring = Ring::default();
        let event = Item { json: r#"{"event":"x"}"#.into(), seen: people, point: false };
        ring.push(7, vec![value("1", ALL), event, value("2", people)]);
        ring.push(8, vec![value("3", people)]);
        let Next::Frames(frames) = ring.after(0) else { panic!("it can go on") };
        let text = |frame: usize, reader| frames[frame].text(reader).map(|t| t.to_string());
        let whole = r#"{"type":"delta","seq":1,"events":[{"event":"x"},{"event":"report","data":[1,2]}]}"#;
        assert_eq!(text(0, 0).as_deref(), Some(whole));
        let agents = r#"{"type":"delta","seq":1,"events":[{"event":"report","data":[1]}]}"#;
        assert_eq!(text(0, 3).as_deref(), Some(agents));
        assert_eq!(text(1, 3), None);
        assert_eq!(frames[0].text(2).unwrap().as_ptr(), frames[0].text(2).unwrap().as_ptr());
    }

    #[test]
    fn who_was_away_too_long_begins_again() {
        let mut ring = Ring::default();
        for batch in 1..=RING_FRAMES_MAX as u64 + 5 {
            ring.push(batch * 10, vec![value("1", ALL)]);
        }
        let newest = ring.newest();
        assert_eq!(seqs(ring.after(newest - 2)), [newest - 1, newest]);
        assert_eq!(seqs(ring.after(newest)), [0; 0]);
        assert!(matches!(ring.after(4), Next::Snapshot) && matches!(ring.after(newest + 1), Next::Snapshot));
        assert_eq!(seqs(ring.after(5)).len(), RING_FRAMES_MAX);
        // A snapshot between two deltas has the number of the earlier one; one that is too old has none.
        assert_eq!((ring.number_of(newest * 10 - 5), ring.number_of(newest * 10)), (Some(newest - 1), Some(newest)));
        assert_eq!((ring.number_of(50), ring.number_of(49)), (Some(5), None));
        ring.begin_again(newest * 10 + 3);
        assert!(matches!(ring.after(newest), Next::Snapshot));
        assert_eq!((ring.number_of(newest * 10 + 2), ring.number_of(newest * 10 + 3)), (None, Some(newest + 1)));
        assert!(ring.can_resume(newest + 1));
    }

    #[test]
    fn its_bytes_are_bounded() {
        let mut ring = Ring::default();
        let long = "1".repeat(RING_BYTES_MAX / 8);
        for batch in 1..=8 {
            ring.push(batch, vec![value(&long, ALL)]);
        }
        assert!(ring.bytes <= RING_BYTES_MAX && seqs(ring.after(7)) == [8]);
        assert!(matches!(ring.after(1), Next::Snapshot));
    }
}
