//! Sealed samples in `telemetry.db`: chunks, how far the log is sealed, and pasts that are written day by day.

use super::codec::{Chunk, SAMPLES_MAX, pack, unpack};
use super::{Found, merge};
use crate::StoreError;
use crate::db::{Db, column, number};
use base::id::PointId;
use base::{Sample, Timestamp};
use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};

/// Its file in the data folder.
pub(crate) const FILE: &str = "telemetry.db";
/// Samples from which on a chunk is left as it is. The index of the schema has the same number.
const SMALL: i64 = 1_024;
/// Small chunks of a series from which on they are put together.
const SMALL_MAX: i64 = 8;
/// Series that are tidied in one transaction.
const TIDIED_AT_ONCE: usize = 32;
/// Chunks of a series that are put together at once.
const MERGED_AT_ONCE: i64 = 256;

/// How far a past is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends.
    pub to: Timestamp,
    /// Days in all.
    pub days: u32,
    /// Days that are written.
    pub done: u32,
    /// Values that are written.
    pub samples: u64,
}

/// What is written down with chunks, in the same transaction.
pub(crate) enum Mark<'a> {
    /// The log is sealed up to this batch.
    Sealed(u64),
    /// The next day of a past.
    Day(&'a str),
}

/// The chunks of a store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Chunks {
    db: Db,
}

impl Chunks {
    pub(crate) fn new(db: Db) -> Chunks {
        Chunks { db }
    }

    pub(crate) async fn close(&self) {
        self.db.close().await;
    }

    /// The last batch of the log that is sealed.
    pub(crate) async fn sealed(&self) -> Result<u64, StoreError> {
        let seq: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM sealed").fetch_optional(self.db.readers().await?).await?;
        Ok(number(seq.unwrap_or(0)))
    }

    /// Whether there is no series at all.
    pub(crate) async fn is_empty(&self) -> Result<bool, StoreError> {
        let one: Option<i64> =
            sqlx::query_scalar("SELECT id FROM series LIMIT 1").fetch_optional(self.db.readers().await?).await?;
        Ok(one.is_none())
    }

    /// Writes chunks and their mark, all or nothing.
    pub(crate) async fn put(&self, chunks: &[(PointId, Chunk)], mark: Mark<'_>) -> Result<(), StoreError> {
        let mut connection = self.db.writer().await?.acquire().await?;
        let mut tx = connection.begin().await?;
        let mut samples = 0;
        for (point, chunk) in chunks {
            let series = series(&mut tx, *point).await?;
            insert(&mut tx, None, series, chunk).await?;
            samples += chunk.n;
        }
        match mark {
            Mark::Sealed(seq) => {
                sqlx::query(
                    "INSERT INTO sealed (one, seq) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq",
                )
                .bind(column(seq))
                .execute(&mut *tx)
                .await?;
            }
            Mark::Day(name) => {
                sqlx::query("UPDATE past SET done = done + 1, samples = samples + ? WHERE name = ?")
                    .bind(samples)
                    .bind(name)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// How far a past is written.
    pub(crate) async fn past(&self, name: &str) -> Result<Option<Past>, StoreError> {
        let row = sqlx::query("SELECT t0, t1, days, done, samples FROM past WHERE name = ?")
            .bind(name)
            .fetch_optional(self.db.readers().await?)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Past {
            from: Timestamp::from_micros(row.try_get("t0")?),
            to: Timestamp::from_micros(row.try_get("t1")?),
            days: row.try_get("days")?,
            done: row.try_get("done")?,
            samples: number(row.try_get("samples")?),
        }))
    }

    /// Begins a past, unless it was begun.
    pub(crate) async fn begin_past(&self, name: &str, past: Past) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO past (name, t0, t1, days, done, samples) VALUES (?, ?, ?, ?, 0, 0) ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .bind(past.from.as_micros())
        .bind(past.to.as_micros())
        .bind(past.days)
        .execute(self.db.writer().await?)
        .await?;
        Ok(())
    }

    async fn series_of(&self, point: PointId) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM series WHERE point = ?")
            .bind(point.to_string())
            .fetch_optional(self.db.readers().await?)
            .await?)
    }

    /// The oldest sealed samples of a range: at least `limit` of them, or all.
    pub(crate) async fn scan(
        &self,
        point: PointId,
        (from, to): (Timestamp, Timestamp),
        limit: usize,
        found: &mut Vec<Found>,
    ) -> Result<(), StoreError> {
        let Some(series) = self.series_of(point).await? else { return Ok(()) };
        let sql = "SELECT id, t0, t1, n, codec, hash, ts, v, q FROM chunk WHERE series = ? AND t0 < ? AND t1 >= ? ORDER BY t0";
        let mut rows =
            sqlx::query(sql).bind(series).bind(to.as_micros()).bind(from.as_micros()).fetch(self.db.readers().await?);
        while let Some(row) = rows.try_next().await? {
            let (id, chunk) = read(&row)?;
            if found.len() >= limit {
                merge(found);
                if found.partition_point(|f| f.sample.at < chunk.t0) >= limit {
                    break;
                }
            }
            let within = |s: &Sample| s.at >= from && s.at < to;
            found.extend(unpack(&chunk)?.into_iter().filter(within).map(|sample| Found { order: number(id), sample }));
        }
        Ok(())
    }

    /// The newest sealed sample of a point before an instant.
    pub(crate) async fn newest(&self, point: PointId, before: Timestamp) -> Result<Option<Sample>, StoreError> {
        let Some(series) = self.series_of(point).await? else { return Ok(None) };
        // From the index alone: where a chunk ends at the latest, as far as it matters.
        let ends: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT id, min(t1, ?1 - 1) AS ends FROM chunk WHERE series = ?2 AND t0 < ?1 ORDER BY ends DESC, id DESC",
        )
        .bind(before.as_micros())
        .bind(series)
        .fetch_all(self.db.readers().await?)
        .await?;
        let mut best: Option<Found> = None;
        for (id, end) in ends {
            if best.as_ref().is_some_and(|b| b.sample.at.as_micros() > end) {
                break;
            }
            let row = sqlx::query("SELECT id, t0, t1, n, codec, hash, ts, v, q FROM chunk WHERE id = ?")
                .bind(id)
                .fetch_optional(self.db.readers().await?)
                .await?;
            // Chunks may be put together in between; then the newest of the rest is as good as it gets at this moment.
            let Some(row) = row else { continue };
            let (id, chunk) = read(&row)?;
            for sample in unpack(&chunk)?.into_iter().filter(|s| s.at < before) {
                let order = number(id);
                if best.as_ref().is_none_or(|b| (b.sample.at, b.order) <= (sample.at, order)) {
                    best = Some(Found { order, sample });
                }
            }
        }
        Ok(best.map(|b| b.sample))
    }

    #[cfg(test)]
    pub(crate) async fn count(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM chunk").fetch_one(self.db.readers().await?).await?)
    }

    /// Puts small chunks of some series together. True: there is more to do.
    pub(crate) async fn tidy(&self) -> Result<bool, StoreError> {
        let sql = "SELECT series FROM chunk INDEXED BY chunk_small WHERE n < 1024 GROUP BY series HAVING count(*) >= ? LIMIT ?";
        let crowded: Vec<i64> = sqlx::query_scalar(sql)
            .bind(SMALL_MAX)
            .bind(i64::try_from(TIDIED_AT_ONCE).unwrap_or(i64::MAX))
            .fetch_all(self.db.readers().await?)
            .await?;
        if crowded.is_empty() {
            return Ok(false);
        }
        let mut changed = false;
        let mut connection = self.db.writer().await?.acquire().await?;
        let mut tx = connection.begin().await?;
        for series in crowded {
            changed |= tidy_series(&mut tx, series).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }
}

/// Puts chunks of a series together that follow each other, from its first small one on. The new chunk takes the number
/// of its last, so that what was written later still counts.
async fn tidy_series(tx: &mut SqliteConnection, series: i64) -> Result<bool, StoreError> {
    let rows = sqlx::query(
        "SELECT id, t0, t1, n, codec, hash, ts, v, q FROM chunk WHERE series = ?1
         AND id >= (SELECT min(id) FROM chunk WHERE series = ?1 AND n < 1024) ORDER BY id LIMIT ?2",
    )
    .bind(series)
    .bind(MERGED_AT_ONCE)
    .fetch_all(&mut *tx)
    .await?;
    let most = i64::try_from(SAMPLES_MAX).unwrap_or(i64::MAX);
    let (mut run, mut changed): (Vec<(i64, Chunk)>, bool) = (Vec::new(), false);
    for row in rows {
        let (id, chunk) = read(&row)?;
        let held: i64 = run.iter().map(|(_, c)| c.n).sum();
        if held + chunk.n > most {
            changed |= put_together(tx, series, std::mem::take(&mut run)).await?;
        }
        run.push((id, chunk));
    }
    changed |= put_together(tx, series, run).await?;
    Ok(changed)
}

async fn put_together(tx: &mut SqliteConnection, series: i64, run: Vec<(i64, Chunk)>) -> Result<bool, StoreError> {
    let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { return Ok(false) };
    if first == last || run.iter().all(|(_, c)| c.n >= SMALL) {
        return Ok(false);
    }
    let (first, last) = (*first, *last);
    let mut found = Vec::new();
    for (id, chunk) in &run {
        found.extend(unpack(chunk)?.into_iter().map(|sample| Found { order: number(*id), sample }));
    }
    merge(&mut found);
    let samples: Vec<Sample> = found.into_iter().map(|f| f.sample).collect();
    let chunk = pack(&samples)?;
    sqlx::query("DELETE FROM chunk WHERE series = ? AND id BETWEEN ? AND ?")
        .bind(series)
        .bind(first)
        .bind(last)
        .execute(&mut *tx)
        .await?;
    insert(tx, Some(last), series, &chunk).await?;
    Ok(true)
}

async fn series(tx: &mut SqliteConnection, point: PointId) -> Result<i64, StoreError> {
    let id = sqlx::query_scalar(
        "INSERT INTO series (point) VALUES (?) ON CONFLICT (point) DO UPDATE SET point = excluded.point RETURNING id",
    );
    Ok(id.bind(point.to_string()).fetch_one(&mut *tx).await?)
}

async fn insert(tx: &mut SqliteConnection, id: Option<i64>, series: i64, chunk: &Chunk) -> Result<(), StoreError> {
    let sql = "INSERT INTO chunk (id, series, t0, t1, n, vmin, vmax, vsum, codec, hash, ts, v, q) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    sqlx::query(sql)
        .bind(id)
        .bind(series)
        .bind(chunk.t0.as_micros())
        .bind(chunk.t1.as_micros())
        .bind(chunk.n)
        .bind(chunk.stats.map(|s| s[0]))
        .bind(chunk.stats.map(|s| s[1]))
        .bind(chunk.stats.map(|s| s[2]))
        .bind(chunk.codec)
        .bind(&chunk.hash)
        .bind(&chunk.ts)
        .bind(&chunk.v)
        .bind(&chunk.q)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<(i64, Chunk), StoreError> {
    let chunk = Chunk {
        t0: Timestamp::from_micros(row.try_get("t0")?),
        t1: Timestamp::from_micros(row.try_get("t1")?),
        n: row.try_get("n")?,
        stats: None,
        codec: row.try_get("codec")?,
        hash: row.try_get("hash")?,
        ts: row.try_get("ts")?,
        v: row.try_get("v")?,
        q: row.try_get("q")?,
    };
    Ok((row.try_get("id")?, chunk))
}

/// Samples as chunks: oldest first, of equal times the one written last, none longer than a chunk may be.
pub(crate) fn packed(values: Vec<(PointId, Vec<Sample>)>) -> Result<Vec<(PointId, Chunk)>, StoreError> {
    let mut out = Vec::with_capacity(values.len());
    for (point, samples) in values {
        let mut found: Vec<Found> = (0..).zip(samples).map(|(order, sample)| Found { order, sample }).collect();
        merge(&mut found);
        let samples: Vec<Sample> = found.into_iter().map(|f| f.sample).collect();
        // Parts of about the same length: no small rest.
        let parts = samples.len().div_ceil(SAMPLES_MAX).max(1);
        for part in samples.chunks(samples.len().div_ceil(parts).max(1)) {
            out.push((point, pack(part)?));
        }
    }
    Ok(out)
}
