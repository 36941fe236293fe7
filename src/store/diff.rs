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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// Documents from a small alphabet, so that two of them have much in common.
    pub(crate) fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            (0..3).prop_map(Json::from),
            Just(json!(0.5)),
            "[a~/楼]{0,2}".prop_map(Json::from)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                proptest::collection::vec(("[a~/楼]{0,2}", inner), 0..4)
                    .prop_map(|kv| Json::Object(kv.into_iter().collect())),
            ]
        })
    }

    /// Carries the changes out on the old document: what is removed from a list goes last item first.
    fn apply(doc: &mut Json, changes: &[Change]) {
        let (removals, others): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|c| c.after.is_none());
        for change in others.into_iter().chain(removals.into_iter().rev()) {
            let Some((parent, key)) = change.path.rsplit_once('/') else {
                *doc = change.after.clone().unwrap();
                continue;
            };
            let key = key.replace("~1", "/").replace("~0", "~");
            match (doc.pointer_mut(parent).unwrap(), &change.before, &change.after) {
                (Json::Object(o), None, Some(v)) => assert_eq!(o.insert(key, v.clone()), None),
                (Json::Object(o), Some(old), Some(v)) => assert_eq!(o.insert(key, v.clone()).as_ref(), Some(old)),
                (Json::Object(o), Some(old), None) => assert_eq!(o.remove(&key).as_ref(), Some(old)),
                (Json::Array(a), None, Some(v)) => a.insert(key.parse().unwrap(), v.clone()),
                (Json::Array(a), Some(old), Some(v)) => {
                    assert_eq!(std::mem::replace(&mut a[key.parse::<usize>().unwrap()], v.clone()), *old)
                }
                (Json::Array(a), Some(old), None) => assert_eq!(a.remove(key.parse().unwrap()), *old),
                (other, ..) => panic!("{} has no {key}", other),
            }
        }
    }

    proptest! {
        #[test]
        fn the_changes_lead_from_one_to_the_other(a in any_json(), b in any_json()) {
            let changes = diff(&a, &b);
            prop_assert_eq!(changes.is_empty(), a == b);
            let mut changed = a.clone();
            apply(&mut changed, &changes);
            prop_assert_eq!(changed, b);
        }
    }

    #[test]
    fn lists_are_compared_between_their_equal_ends() {
        let check = |a: Json, b: Json, expected: &[(&str, Option<Json>, Option<Json>)]| {
            let expected: Vec<Change> = expected
                .iter()
                .map(|(p, before, after)| Change { path: (*p).into(), before: before.clone(), after: after.clone() })
                .collect();
            assert_eq!(diff(&a, &b), expected);
        };
        check(json!({"l": [1, 2, 3, 4]}), json!({"l": [1, 3, 4]}), &[("/l/1", Some(json!(2)), None)]);
        check(json!([1, 4]), json!([1, 2, 3, 4]), &[("/1", None, Some(json!(2))), ("/2", None, Some(json!(3)))]);
        check(
            json!({"b": 1, "a/b": [{"x": 1}]}),
            json!({"b": null, "a/b": [{"x": 2}]}),
            &[("/a~1b/0/x", Some(json!(1)), Some(json!(2))), ("/b", Some(json!(1)), Some(json!(null)))],
        );
        check(json!(1), json!(1), &[]);
        check(json!(1), json!([]), &[("", Some(json!(1)), Some(json!([])))]);
    }
}
