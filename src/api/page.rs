//! Collections are given page by page. The cursor names the last item that was given, so that what is added or removed
//! in between neither repeats nor hides an item; clients treat it as opaque.

use crate::limits::{PAGE_DEFAULT, PAGE_MAX};
use crate::problem::Problem;
use axum::http::StatusCode;
use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::str::FromStr;

/// One page of a collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Which page is wanted, where a collection has no filter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// How many, 1 to 500.
    #[schemars(range(min = 1, max = crate::limits::PAGE_MAX))]
    pub(crate) limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

/// How many items are wanted.
///
/// # Errors
/// When it is nothing or too many.
pub(crate) fn limit(wanted: Option<usize>) -> Result<usize, Problem> {
    match wanted.unwrap_or(PAGE_DEFAULT) {
        n @ 1..=PAGE_MAX => Ok(n),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "page.limit",
            format!("limit 须在 1 到 {PAGE_MAX} 之间"),
            format!("limit is between 1 and {PAGE_MAX}"),
        )),
    }
}

/// One page of a short list in an order of its own; as much as a page may hold where no number is named.
///
/// # Errors
/// When the page that is wanted is none, or the item that it follows is gone.
pub(crate) fn of_list<T>(
    items: impl Iterator<Item = T>,
    wanted: &Wanted,
    key: impl Fn(&T) -> String,
) -> Result<Page<T>, Problem> {
    let (limit, after) = (limit(wanted.limit.or(Some(PAGE_MAX)))?, after::<String>(wanted.cursor.as_deref())?);
    let items: Vec<T> = items.collect();
    let from = match &after {
        None => 0,
        Some(after) => 1 + items.iter().position(|item| key(item) == *after).ok_or_else(no_cursor)?,
    };
    Ok(cut(items.into_iter().skip(from), limit, &key))
}

/// The key that a cursor names.
///
/// # Errors
/// When it is not one of ours.
pub(crate) fn after<K: FromStr>(cursor: Option<&str>) -> Result<Option<K>, Problem> {
    let read = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        String::from_utf8(bytes).ok()?.parse().ok()
    };
    cursor.map(|text| read(text).ok_or_else(no_cursor)).transpose()
}

fn no_cursor() -> Problem {
    Problem::unprocessable(
        "page.cursor",
        "cursor 无效，请从第一页重新读取",
        "the cursor is not valid; read from the first page again",
    )
}

/// The cursor of a key.
pub(crate) fn cursor(key: &impl Display) -> String {
    URL_SAFE_NO_PAD.encode(key.to_string())
}

/// Cuts a page from items in the order of their keys, that follow the cursor already. Takes one more than is given, to
/// know whether there is a next page.
pub(crate) fn cut<T, K: Display>(items: impl Iterator<Item = T>, limit: usize, key: impl Fn(&T) -> K) -> Page<T> {
    let mut items: Vec<T> = items.take(limit + 1).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor(&key(last)));
    Page { items, next_cursor }
}

/// A place among things that have a time and no id: the time, and how many of that time were given already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    at: Timestamp,
    given: usize,
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at.as_micros(), self.given)
    }
}

impl FromStr for Place {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, given) = text.split_once('/').unwrap_or((text, ""));
        Ok(Place { at: Timestamp::from_micros(at.parse()?), given: given.parse()? })
    }
}

/// One page of things without an id that come newest first.
pub(crate) fn cut_newest<'a, T: Clone + 'a>(
    newest_first: impl Iterator<Item = &'a T>,
    after: Option<Place>,
    limit: usize,
    at: impl Fn(&T) -> Timestamp,
) -> Page<T> {
    let mut place = Place { at: Timestamp::MAX, given: 0 };
    let placed = newest_first.map(|item| {
        let at = at(item);
        let given = if at == place.at { place.given + 1 } else { 1 };
        place = Place { at, given };
        (place, item)
    });
    let rest = placed.skip_while(|(p, _)| after.is_some_and(|a| p.at > a.at || (p.at == a.at && p.given <= a.given)));
    let page = cut(rest, limit, |(place, _)| *place);
    Page { items: page.items.into_iter().map(|(_, item)| item.clone()).collect(), next_cursor: page.next_cursor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_of_one_instant_are_neither_lost_nor_repeated() {
        let newest_first: Vec<(i64, u8)> = vec![(9, 1), (8, 2), (8, 3), (8, 4), (7, 5)];
        let (mut seen, mut from) = (Vec::new(), None);
        loop {
            let page = cut_newest(newest_first.iter(), from, 2, |(ms, _)| Timestamp::from_millis(*ms));
            seen.extend(page.items);
            match page.next_cursor {
                Some(next) => from = after(Some(&next)).unwrap(),
                None => break,
            }
        }
        assert_eq!(seen, newest_first);
    }

    #[test]
    fn a_short_list_is_given_whole_or_in_pages() {
        let names = ["b", "a", "c"];
        let wanted = |limit, cursor| Wanted { limit, cursor };
        let page = |w: Wanted| of_list(names.into_iter(), &w, |n| (*n).to_owned()).unwrap();
        let whole = page(wanted(None, None));
        assert_eq!((whole.items.as_slice(), whole.next_cursor), (names.as_slice(), None));
        let first = page(wanted(Some(2), None));
        assert_eq!(first.items, ["b", "a"]);
        let last = page(wanted(Some(2), first.next_cursor));
        assert_eq!((last.items.as_slice(), last.next_cursor), (["c"].as_slice(), None));
        let gone = of_list(["b"].into_iter(), &wanted(None, Some(cursor(&"a"))), |n| (*n).to_owned());
        assert_eq!(gone.unwrap_err().code(), "page.cursor");
    }

    #[test]
    fn pages_meet_without_gap_or_overlap() {
        let all: Vec<u32> = (0..10).collect();
        let mut seen = Vec::new();
        let mut from: Option<String> = None;
        loop {
            let after: Option<u32> = after(from.as_deref()).unwrap();
            let page = cut(all.iter().copied().filter(|n| after.is_none_or(|a| *n > a)), 5, |n| *n);
            seen.extend(page.items);
            from = page.next_cursor;
            if from.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
        assert_eq!(after::<u32>(Some("!!")).unwrap_err().code(), "page.cursor");
        assert_eq!(limit(Some(0)).unwrap_err().code(), "page.limit");
    }
}
