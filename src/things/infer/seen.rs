//! What was seen of a value, and how contradictions widen it.

use crate::model::{DataKind, DataType};
use base::Bilingual;
use base::limits::VALUE_DEPTH_MAX;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Most different texts that are remembered; a property with more is no enumeration.
const VALUES_MAX: usize = 16;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Seen {
    /// Nothing, or nulls only.
    #[default]
    Nothing,
    /// Truths, perhaps also written as 0 and 1.
    Bool,
    /// Numbers.
    Number {
        /// Whether all were whole and within 32 bits.
        whole: bool,
        /// Whether all were 0 or 1.
        bits: bool,
        /// The largest without its sign.
        most: f64,
        /// How many.
        count: usize,
    },
    /// Texts.
    Text {
        /// Which; none when there were too many.
        values: Option<BTreeSet<String>>,
        /// The longest, in characters.
        longest: usize,
        /// How many.
        count: usize,
    },
    /// Structures.
    Struct(BTreeMap<String, Seen>),
    /// Arrays of this.
    Array(Box<Seen>),
    /// What no type of TSL covers.
    Any,
}

impl Seen {
    pub(super) fn of(json: &Json, depth: usize) -> Seen {
        match json {
            Json::Null => Seen::Nothing,
            Json::Bool(_) => Seen::Bool,
            Json::Number(n) => {
                let most = n.as_f64().unwrap_or(f64::INFINITY).abs();
                let small = n.as_f64().is_some_and(|x| x.fract() == 0.0 && x.abs() <= f64::from(i32::MAX));
                let bits = matches!(crate::point::whole(n), Some(0 | 1));
                Seen::Number { whole: small, bits, most, count: 1 }
            }
            Json::String(s) => {
                let values = Some(BTreeSet::from([s.clone()]));
                Seen::Text { values, longest: s.chars().count(), count: 1 }
            }
            Json::Array(_) | Json::Object(_) if depth >= VALUE_DEPTH_MAX => Seen::Any,
            Json::Array(items) => {
                let item = items.iter().fold(Seen::Nothing, |seen, item| seen.and(Seen::of(item, depth + 1)));
                Seen::Array(Box::new(item))
            }
            Json::Object(members) => {
                Seen::Struct(members.iter().map(|(id, v)| (id.clone(), Seen::of(v, depth + 1))).collect())
            }
        }
    }

    /// What covers both.
    pub(super) fn and(self, other: Seen) -> Seen {
        match (self, other) {
            (Seen::Nothing, seen) | (seen, Seen::Nothing) => seen,
            (Seen::Bool, Seen::Bool | Seen::Number { bits: true, .. })
            | (Seen::Number { bits: true, .. }, Seen::Bool) => Seen::Bool,
            (
                Seen::Number { whole, bits, most, count },
                Seen::Number { whole: whole_too, bits: bits_too, most: most_too, count: more },
            ) => Seen::Number {
                whole: whole && whole_too,
                bits: bits && bits_too,
                most: most.max(most_too),
                count: count + more,
            },
            (
                Seen::Text { values, longest, count },
                Seen::Text { values: others, longest: longest_too, count: more },
            ) => {
                let all: Option<BTreeSet<String>> =
                    values.zip(others).map(|(a, b)| a.into_iter().chain(b).collect::<BTreeSet<_>>());
                let values = all.filter(|all| all.len() <= VALUES_MAX);
                Seen::Text { values, longest: longest.max(longest_too), count: count + more }
            }
            (Seen::Struct(mut members), Seen::Struct(others)) => {
                for (id, seen) in others {
                    let before = members.remove(&id).unwrap_or_default();
                    members.insert(id, before.and(seen));
                }
                Seen::Struct(members)
            }
            (Seen::Array(item), Seen::Array(other)) => Seen::Array(Box::new(item.and(*other))),
            _ => Seen::Any,
        }
    }

    /// What was seen, in words.
    pub(super) fn words(&self, chosen: &DataType) -> Bilingual {
        match self {
            Seen::Nothing => Bilingual::new("从未有值", "it never had a value"),
            Seen::Bool => Bilingual::new("只见到真假值", "only truths were seen"),
            Seen::Number { bits: true, .. } if chosen.type_ == DataKind::Bool => {
                Bilingual::new("只见到 0 和 1", "only 0 and 1 were seen")
            }
            Seen::Number { whole: true, count, .. } => {
                Bilingual::new(format!("见到 {count} 个整数"), format!("whole numbers seen: {count}"))
            }
            Seen::Number { count, .. } => {
                Bilingual::new(format!("见到 {count} 个数"), format!("numbers seen: {count}"))
            }
            Seen::Text { values: Some(values), .. } if chosen.type_ == DataKind::Enum => {
                let list = values.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                Bilingual::new(
                    format!("只见到这些词：{list}；设备以文字收发，故只读"),
                    format!("only these words were seen: {list}; the device writes words, so it is read only"),
                )
            }
            Seen::Text { count, .. } => Bilingual::new(format!("见到 {count} 个文本"), format!("texts seen: {count}")),
            Seen::Struct(_) => Bilingual::new("见到带成员的结构", "structures with members were seen"),
            Seen::Array(_) => Bilingual::new("见到数组", "lists were seen"),
            Seen::Any => Bilingual::new(
                "各次的类型互相矛盾，故原样保留",
                "the types seen contradict each other, so it is kept as it is",
            ),
        }
    }
}
