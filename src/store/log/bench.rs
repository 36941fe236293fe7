//! What an append and its acknowledgement cost on this machine, beside the machine's own `fdatasync`, in one run.

use super::sync::{SYNC_WINDOW, run_blocking};
use crate::{Store, StoreError};
use base::id::{DeviceId, PointId};
use base::{Clock, Sample, Timestamp};
use documents::journal::JOURNAL_VERSION;
use documents::{Batch, Event};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Rounds measured; each is one append, one acknowledgement and one bare sync.
const ROUNDS: u64 = 100;
/// Bytes that are written before a bare sync: one page.
const PAGE: [u8; 4096] = [0x5a; 4096];

/// Times in microseconds: the median, and what 99 of 100 stay below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct BenchFigures {
    /// A batch of one report until it is written.
    pub append_p50_us: i64,
    /// A batch of one report until it is written.
    pub append_p99_us: i64,
    /// A lone batch until it is acknowledged: append, group sync and the way between the tasks.
    pub durable_p50_us: i64,
    /// A lone batch until it is acknowledged: append, group sync and the way between the tasks.
    pub durable_p99_us: i64,
    /// One page appended to a plain file and synced.
    pub fsync_p50_us: i64,
    /// One page appended to a plain file and synced.
    pub fsync_p99_us: i64,
}

/// Measures in a new folder `bench` inside `dir`, which is removed afterwards.
///
/// # Errors
/// When the folder cannot be made or the log cannot be written.
pub async fn bench(dir: &Path, clock: &dyn Clock) -> Result<BenchFigures, StoreError> {
    run(dir, clock, ROUNDS).await
}

pub(crate) async fn run(dir: &Path, clock: &dyn Clock, rounds: u64) -> Result<BenchFigures, StoreError> {
    let dir = dir.join("bench");
    let store = Store::open(&dir).await?;
    let figures = measure(&store, &dir, clock, rounds).await;
    store.close().await;
    std::fs::remove_dir_all(&dir).map_err(|source| StoreError::Folder { path: dir, source })?;
    figures
}

async fn measure(store: &Store, dir: &Path, clock: &dyn Clock, rounds: u64) -> Result<BenchFigures, StoreError> {
    let path = dir.join("plain");
    let folder = |source| StoreError::Folder { path: path.clone(), source };
    let mut plain = OpenOptions::new().create_new(true).append(true).open(&path).map_err(folder)?;
    let (mut append, mut durable, mut fsync) = (Vec::new(), Vec::new(), Vec::new());
    for seq in 1..=rounds {
        let batch = sample_batch(seq, clock.now());
        let start = clock.now();
        store.log().append(&batch).await?;
        append.push((clock.now() - start).as_micros());
        store.log().durable(seq).await?;
        durable.push((clock.now() - start).as_micros());

        let start = clock.now();
        plain = run_blocking(move || one_page(plain)).await.map_err(folder)?;
        fsync.push((clock.now() - start).as_micros());
        rest().await;
    }
    let ([append_p50_us, append_p99_us], [durable_p50_us, durable_p99_us], [fsync_p50_us, fsync_p99_us]) =
        (quantiles(append), quantiles(durable), quantiles(fsync));
    Ok(BenchFigures { append_p50_us, append_p99_us, durable_p50_us, durable_p99_us, fsync_p50_us, fsync_p99_us })
}

/// Lets the group window pass, so that each acknowledgement is measured alone.
#[expect(clippy::disallowed_methods, reason = "what is measured here is real time")]
async fn rest() {
    tokio::time::sleep(SYNC_WINDOW + SYNC_WINDOW / 5).await;
}

fn one_page(mut file: File) -> std::io::Result<File> {
    file.write_all(&PAGE)?;
    file.sync_data()?;
    Ok(file)
}

fn sample_batch(seq: u64, at: Timestamp) -> Batch {
    let values = vec![(PointId::of_name("bench"), Sample::good(21.5, at))];
    let report = Event::Report { device: DeviceId::of_name("bench"), values };
    Batch { version: JOURNAL_VERSION, seq, at, events: vec![report], outcomes: Vec::new() }
}

/// The median and the 99th percentile (nearest rank).
fn quantiles(mut times: Vec<i64>) -> [i64; 2] {
    times.sort_unstable();
    [50, 99].map(|percent| {
        let rank = (times.len() * percent).div_ceil(100);
        times.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_ranks() {
        assert_eq!(quantiles((1..=100).rev().collect()), [50, 99]);
        assert_eq!(quantiles(vec![7]), [7, 7]);
        assert_eq!(quantiles(vec![]), [0, 0]);
    }
}
