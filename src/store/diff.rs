//! What differs between two JSON documents, as a list that a person can read. Two documents have one list: keys in
//! canonical order, from the top down.

use serde::Serialize;
use serde_json::{Map, Value as Json};

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Where, as a JSON Pointer (RFC 6901): in the old document, or in the new one where it was added.
    pub path: String,
    /// What was there; none where it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Json>,
    /// What is there; none where it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Json>,
}

/// The differences from `a` to `b`. In lists, what is equal at both ends is left out; of the rest, items are compared
/// one to one, and those left over were removed or added.
pub fn diff(a: &Json, b: &Json) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(String::new(), a, b, &mut changes);
    changes
}

fn compare(path: String, a: &Json, b: &Json, changes: &mut Vec<Change>) {
    match (a, b) {
        (a, b) if a == b => {}
        (Json::Object(a), Json::Object(b)) => compare_objects(&path, a, b, changes),
        (Json::Array(a), Json::Array(b)) => compare_lists(&path, a, b, changes),
        (a, b) => changes.push(Change { path, before: Some(a.clone()), after: Some(b.clone()) }),
    }
}

fn compare_objects(path: &str, a: &Map<String, Json>, b: &Map<String, Json>, changes: &mut Vec<Change>) {
    let mut keys: Vec<&String> = a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))).collect();
    keys.sort_by(|x, y| x.encode_utf16().cmp(y.encode_utf16()));
    for key in keys {
        let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
        match (a.get(key), b.get(key)) {
            (Some(a), Some(b)) => compare(path, a, b, changes),
            (before, after) => changes.push(Change { path, before: before.cloned(), after: after.cloned() }),
        }
    }
}

fn compare_lists(path: &str, a: &[Json], b: &[Json], changes: &mut Vec<Change>) {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    let end = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (middle_a, middle_b) = (rest_a.len() - end, rest_b.len() - end);
    for i in 0..middle_a.max(middle_b) {
        let (before, after) = (rest_a.get(i).filter(|_| i < middle_a), rest_b.get(i).filter(|_| i < middle_b));
        let path = format!("{path}/{}", start + i);
        match (before, after) {
            (Some(a), Some(b)) => compare(path, a, b, changes),
            (before, after) => changes.push(Change { path, before: before.cloned(), after: after.cloned() }),
        }
    }
}
