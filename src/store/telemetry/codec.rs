//! A chunk: samples of one point as columns of bytes. Numbers by `pco`, which is lossless; other values as codes of the
//! list of those that occur.

use crate::StoreError;
use base::{Quality, Sample, Timestamp, Value, canonical};
use pco::ChunkConfig;
use pco::standalone::{simple_compress, simple_decompress};

/// Most samples of a chunk.
pub(crate) const SAMPLES_MAX: usize = 8_192;
/// Every value is a number.
const NUMBERS: i64 = 1;
/// Values are codes of a list in front of them.
const CODES: i64 = 2;
/// Effort of the compression: beyond it costs much time for little.
const LEVEL: usize = 6;

/// A chunk as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chunk {
    pub(crate) t0: Timestamp,
    pub(crate) t1: Timestamp,
    pub(crate) n: i64,
    /// Smallest, largest and sum of the numbers that can be trusted.
    pub(crate) stats: Option<[f64; 3]>,
    pub(crate) codec: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) ts: Vec<u8>,
    pub(crate) v: Vec<u8>,
    pub(crate) q: Vec<u8>,
}

/// Packs samples, at most [`SAMPLES_MAX`] and at least one, oldest first.
pub(crate) fn pack(samples: &[Sample]) -> Result<Chunk, StoreError> {
    crate::error::limit("a chunk", samples.len(), SAMPLES_MAX)?;
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Err(StoreError::corrupt("a chunk", "it is empty"));
    };
    let times: Vec<i64> = samples.iter().map(|s| s.at.as_micros()).collect();
    let ts = compress(&times)?;
    let numbers: Option<Vec<f64>> = samples.iter().map(|s| s.value.as_number()).collect();
    let (codec, v) = match numbers {
        Some(numbers) => (NUMBERS, compress(&numbers)?),
        None => (CODES, codes(samples)?),
    };
    let q = qualities(samples);
    Ok(Chunk {
        t0: first.at,
        t1: last.at,
        n: i64::try_from(samples.len()).unwrap_or(i64::MAX),
        stats: stats(samples),
        codec,
        hash: hash(codec, &ts, &v, &q),
        ts,
        v,
        q,
    })
}

/// The samples of a chunk.
pub(crate) fn unpack(chunk: &Chunk) -> Result<Vec<Sample>, StoreError> {
    let damaged = |why: &str| StoreError::corrupt("a chunk of history", why);
    if hash(chunk.codec, &chunk.ts, &chunk.v, &chunk.q) != chunk.hash {
        return Err(damaged("its checksum differs"));
    }
    let times: Vec<i64> = simple_decompress(&chunk.ts).map_err(|e| damaged(&e.to_string()))?;
    let values: Vec<Value> = match chunk.codec {
        NUMBERS => {
            let numbers: Vec<f64> = simple_decompress(&chunk.v).map_err(|e| damaged(&e.to_string()))?;
            numbers.into_iter().map(Value::Number).collect()
        }
        CODES => values(&chunk.v)?,
        _ => return Err(damaged("it is written in a way that this build does not know")),
    };
    if times.len() != values.len() || i64::try_from(times.len()).ok() != Some(chunk.n) {
        return Err(damaged("its columns differ in length"));
    }
    let mut qualities = runs(&chunk.q);
    let sample = |(at, value): (i64, Value)| Sample {
        value,
        quality: qualities.next().unwrap_or_default(),
        at: Timestamp::from_micros(at),
    };
    Ok(times.into_iter().zip(values).map(sample).collect())
}

fn compress<T: pco::data_types::Number>(numbers: &[T]) -> Result<Vec<u8>, StoreError> {
    let config = ChunkConfig::default().with_compression_level(LEVEL);
    simple_compress(numbers, &config).map_err(|e| StoreError::corrupt("a chunk", e))
}

fn hash(codec: i64, ts: &[u8], v: &[u8], q: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(ts.len() + v.len() + q.len() + 24);
    all.extend(codec.to_le_bytes());
    for part in [ts, v, q] {
        all.extend((part.len() as u64).to_le_bytes());
        all.extend_from_slice(part);
    }
    canonical::sha256(&all).into_iter().take(8).collect()
}

fn stats(samples: &[Sample]) -> Option<[f64; 3]> {
    let numbers = samples.iter().filter(|s| s.quality != Quality::Bad).filter_map(|s| s.value.as_number());
    let of = |found: Option<[f64; 3]>, n: f64| {
        Some(found.map_or([n, n, n], |[min, max, sum]| [min.min(n), max.max(n), sum + n]))
    };
    numbers.fold(None, of)
}

/// The list of values that occur as JSON behind its length, then the code of each value.
fn codes(samples: &[Sample]) -> Result<Vec<u8>, StoreError> {
    let mut list: Vec<&Value> = Vec::new();
    let mut codes: Vec<u32> = Vec::with_capacity(samples.len());
    for sample in samples {
        let code = list.iter().position(|v| **v == sample.value).unwrap_or_else(|| {
            list.push(&sample.value);
            list.len() - 1
        });
        codes.push(u32::try_from(code).unwrap_or(u32::MAX));
    }
    let json = canonical::to_string(&list)?.into_bytes();
    let mut out = u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    out.extend(json);
    out.extend(compress(&codes)?);
    Ok(out)
}

fn values(v: &[u8]) -> Result<Vec<Value>, StoreError> {
    let damaged = |why: &str| StoreError::corrupt("a chunk of history", why);
    let (length, rest) = v.split_first_chunk::<4>().ok_or_else(|| damaged("its list is cut"))?;
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let (json, codes) = rest.split_at_checked(length).ok_or_else(|| damaged("its list is cut"))?;
    let list: Vec<Value> = serde_json::from_slice(json).map_err(|e| damaged(&e.to_string()))?;
    let codes: Vec<u32> = simple_decompress(codes).map_err(|e| damaged(&e.to_string()))?;
    let value = |code: u32| list.get(usize::try_from(code).unwrap_or(usize::MAX)).cloned();
    codes.into_iter().map(|c| value(c).ok_or_else(|| damaged("a code is not in its list"))).collect()
}

/// Runs of equal quality: how many, and which. Nothing at all where everything is good.
fn qualities(samples: &[Sample]) -> Vec<u8> {
    let mut out = Vec::new();
    if samples.iter().all(|s| s.quality == Quality::Good) {
        return out;
    }
    for run in samples.chunk_by(|a, b| a.quality == b.quality) {
        out.extend(u32::try_from(run.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.push(match run.first().map(|s| s.quality) {
            Some(Quality::Uncertain) => 1,
            Some(Quality::Bad) => 2,
            Some(Quality::Good) | None => 0,
        });
    }
    out
}

/// What [`qualities`] wrote, one by one.
fn runs(q: &[u8]) -> impl Iterator<Item = Quality> {
    q.as_chunks::<5>().0.iter().flat_map(|[a, b, c, d, quality]| {
        let n = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(0).min(SAMPLES_MAX);
        let quality = match quality {
            1 => Quality::Uncertain,
            2 => Quality::Bad,
            _ => Quality::Good,
        };
        std::iter::repeat_n(quality, n)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            (-1e9f64..1e9).prop_map(Value::Number),
            "[a-z]{0,4}".prop_map(Value::Text),
            Just(Value::List(vec![Value::Number(1.0)])),
        ]
    }

    fn samples(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<Sample>> {
        let quality = prop_oneof![4 => Just(Quality::Good), 1 => Just(Quality::Uncertain), 1 => Just(Quality::Bad)];
        proptest::collection::vec((value, quality, 1i64..1_000_000_000), 1..300).prop_map(|rows| {
            let mut at = 1_700_000_000_000_000;
            rows.into_iter()
                .map(|(value, quality, step)| {
                    at += step;
                    Sample { value, quality, at: Timestamp::from_micros(at) }
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(samples in prop_oneof![samples(value()), samples((-1e12f64..1e12).prop_map(Value::Number))]) {
            let chunk = pack(&samples).unwrap();
            prop_assert_eq!(unpack(&chunk).unwrap(), samples);
        }

        /// A flipped bit is found, wherever it is.
        #[test]
        fn damage_is_found(samples in samples(value()), column in 0..3, at: prop::sample::Index, bit in 0..8) {
            let mut chunk = pack(&samples).unwrap();
            let bytes = match column { 0 => &mut chunk.ts, 1 => &mut chunk.v, _ => &mut chunk.hash };
            let at = at.index(bytes.len());
            bytes[at] ^= 1u8 << bit;
            prop_assert_eq!(unpack(&chunk).unwrap_err().code(), "store.corrupt");
        }
    }

    #[test]
    fn a_day_of_a_sensor_is_small() {
        let samples: Vec<Sample> = (0..1_024)
            .map(|i| {
                let n = f64::from(i % 37 + i % 11) / 10.0 + 20.0;
                Sample::good(n, Timestamp::from_millis(1_700_000_000_000 + i64::from(i) * 600_000))
            })
            .collect();
        let chunk = pack(&samples).unwrap();
        let bytes = chunk.ts.len() + chunk.v.len() + chunk.q.len();
        assert!(bytes < 1_500, "{bytes} bytes");
        let [min, max, _] = chunk.stats.unwrap();
        assert_eq!((min, max, chunk.n), (20.0, 24.6, 1_024));
    }
}
