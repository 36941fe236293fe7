//! Lists of small numbers in one piece of memory: what feeds the ports of a node, what an output feeds. A rule has dozens
//! of them, and thousands of rules are looked at in turn.

use serde::{Deserialize, Serialize};

/// Lists of numbers: how many there are, where each of them ends, and then what is in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<usize>>", into = "Vec<Vec<usize>>")]
pub(crate) struct Rows(Box<[u16]>);

impl Rows {
    /// From lists; none when there is too much for small numbers.
    pub(crate) fn new(rows: &[Vec<usize>]) -> Option<Rows> {
        let mut all = vec![u16::try_from(rows.len()).ok()?];
        let mut end = 1 + rows.len();
        for row in rows {
            end += row.len();
            all.push(u16::try_from(end).ok()?);
        }
        for item in rows.iter().flatten() {
            all.push(u16::try_from(*item).ok()?);
        }
        Some(Rows(all.into()))
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> usize {
        self.0.first().map_or(0, |n| usize::from(*n))
    }

    /// One list; empty when there is none of this number.
    pub(crate) fn row(&self, index: usize) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        let at = |i: usize| self.0.get(i).map_or(0, |n| usize::from(*n));
        let (from, to) = match index {
            i if i >= self.len() => (0, 0),
            0 => (1 + self.len(), at(1)),
            i => (at(i), at(i + 1)),
        };
        self.0.get(from..to).unwrap_or_default().iter().map(|n| usize::from(*n))
    }

    /// What is in all of them, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = usize> {
        self.0.get(1 + self.len()..).unwrap_or_default().iter().map(|n| usize::from(*n))
    }

    /// Every list.
    pub(crate) fn rows(&self) -> impl Iterator<Item = impl DoubleEndedIterator<Item = usize> + ExactSizeIterator> {
        (0..self.len()).map(|i| self.row(i))
    }
}

impl From<Rows> for Vec<Vec<usize>> {
    fn from(rows: Rows) -> Vec<Vec<usize>> {
        rows.rows().map(Iterator::collect).collect()
    }
}

impl TryFrom<Vec<Vec<usize>>> for Rows {
    type Error = &'static str;
    fn try_from(rows: Vec<Vec<usize>>) -> Result<Rows, Self::Error> {
        Rows::new(&rows).ok_or("there are too many")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lists_are_as_they_were(lists in prop::collection::vec(prop::collection::vec(0usize..=65_535, 0..5), 0..9)) {
            let rows = Rows::new(&lists).unwrap();
            prop_assert_eq!(rows.len(), lists.len());
            for (i, list) in lists.iter().enumerate() {
                prop_assert_eq!(&rows.row(i).collect::<Vec<_>>(), list);
            }
            prop_assert_eq!(rows.row(lists.len()).len(), 0);
            prop_assert_eq!(rows.all().collect::<Vec<_>>(), lists.concat());
            let text = serde_json::to_string(&rows).unwrap();
            prop_assert_eq!(&text, &serde_json::to_string(&lists).unwrap());
            prop_assert_eq!(serde_json::from_str::<Rows>(&text).unwrap(), rows);
        }
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(Rows::new(&[vec![65_536]]), None);
        assert_eq!(Rows::new(&[vec![0; 70_000]]), None);
    }
}
