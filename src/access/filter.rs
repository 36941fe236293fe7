//! Topics and topic filters of MQTT: what is valid, what matches, what contains what, and a tree of many filters that is
//! asked once per message. It knows nobody's rights; those are in [`crate::acl`].

use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Longest topic or filter, in bytes.
pub const TOPIC_BYTES_MAX: usize = documents::signal::TOPIC_BYTES_MAX;
/// Most levels of a topic or filter.
pub const LEVELS_MAX: usize = 32;

/// Whether a text can be the topic of a message: within the limits, without wildcards and control characters.
pub fn is_topic(text: &str) -> bool {
    is_sound(text) && !text.contains(['+', '#'])
}

/// Whether a text can be a filter: `+` stands alone in its level, `#` alone in the last.
pub fn is_filter(text: &str) -> bool {
    let mut levels = text.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains(['+', '#']) && (level.len() != 1 || (level == "#" && levels.peek().is_some())) {
            return false;
        }
    }
    is_sound(text)
}

fn is_sound(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= TOPIC_BYTES_MAX
        && text.bytes().filter(|b| *b == b'/').count() < LEVELS_MAX
        && !text.chars().any(char::is_control)
}

/// A filter that begins as one of a group and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a shared filter is `$share/group/filter`")]
pub struct NoGroup;

/// Group and inner filter of `$share/group/filter`. Not one of these: nothing. A broken one: an error.
///
/// # Errors
/// When it begins like one and is none.
pub fn shared(filter: &str) -> Result<Option<(&str, &str)>, NoGroup> {
    let Some(rest) = filter.strip_prefix("$share/") else { return Ok(None) };
    match rest.split_once('/') {
        Some((group, inner)) if !group.is_empty() && !group.contains(['+', '#']) && !inner.is_empty() => {
            Ok(Some((group, inner)))
        }
        _ => Err(NoGroup),
    }
}

/// Whether a filter matches a topic. A wildcard in the first level matches nothing that begins with `$`.
pub fn matches(filter: &str, topic: &str) -> bool {
    contains(filter, topic)
}

/// Whether every topic that `inner` matches is matched by `outer`. A topic is a filter that matches itself.
pub fn contains(outer: &str, inner: &str) -> bool {
    if outer.starts_with(['+', '#']) && inner.starts_with('$') {
        return false;
    }
    let (mut outer, mut inner) = (outer.split('/'), inner.split('/'));
    loop {
        match (outer.next(), inner.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(level)) if level != "#" => {}
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
    }
}

/// Many filters, each with what is kept under it by key.
#[derive(Debug)]
pub struct Tree<K, V> {
    root: Node<K, V>,
    len: usize,
}

#[derive(Debug)]
struct Node<K, V> {
    children: BTreeMap<Box<str>, Node<K, V>>,
    values: BTreeMap<K, V>,
}

impl<K, V> Default for Tree<K, V> {
    fn default() -> Self {
        Tree { root: Node::default(), len: 0 }
    }
}

impl<K, V> Default for Node<K, V> {
    fn default() -> Self {
        Node { children: BTreeMap::new(), values: BTreeMap::new() }
    }
}

impl<K: Ord, V> Tree<K, V> {
    /// How many values it holds.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// What is kept under a filter and key, made when it is not there.
    pub fn entry(&mut self, filter: &str, key: K) -> &mut V
    where
        V: Default,
    {
        let mut node = &mut self.root;
        for level in filter.split('/') {
            node = node.children.entry(level.into()).or_default();
        }
        let len = &mut self.len;
        node.values.entry(key).or_insert_with(|| {
            *len += 1;
            V::default()
        })
    }
    /// Keeps a value; returns what it replaces.
    pub fn insert(&mut self, filter: &str, key: K, value: V) -> Option<V> {
        let mut node = &mut self.root;
        for level in filter.split('/') {
            node = node.children.entry(level.into()).or_default();
        }
        let before = node.values.insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }
    /// Forgets a value.
    pub fn remove(&mut self, filter: &str, key: &K) -> Option<V> {
        fn down<K: Ord, V>(node: &mut Node<K, V>, levels: &mut std::str::Split<'_, char>, key: &K) -> Option<V> {
            let Some(level) = levels.next() else { return node.values.remove(key) };
            let child = node.children.get_mut(level)?;
            let removed = down(child, levels, key);
            if child.children.is_empty() && child.values.is_empty() {
                node.children.remove(level);
            }
            removed
        }
        let removed = down(&mut self.root, &mut filter.split('/'), key);
        self.len -= usize::from(removed.is_some());
        removed
    }
    /// Whether any filter matches a topic.
    pub fn any(&self, topic: &str) -> bool {
        self.len > 0 && self.visit(topic, &mut |_, _| ControlFlow::Break(())).is_break()
    }
    /// Shows everything whose filter matches a topic.
    pub fn each<'a>(&'a self, topic: &str, mut seen: impl FnMut(&'a K, &'a V)) {
        let _all = self.visit(topic, &mut |k, v| {
            seen(k, v);
            ControlFlow::Continue(())
        });
    }
    fn visit<'a>(&'a self, topic: &str, seen: &mut impl FnMut(&'a K, &'a V) -> ControlFlow<()>) -> ControlFlow<()> {
        self.root.visit(Some(topic), !topic.starts_with('$'), seen)
    }
}

impl<K: Ord, V> Node<K, V> {
    fn visit<'a>(
        &'a self,
        rest: Option<&str>,
        wild: bool,
        seen: &mut impl FnMut(&'a K, &'a V) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if wild && let Some(all) = self.children.get("#") {
            for (k, v) in &all.values {
                seen(k, v)?;
            }
        }
        let Some(rest) = rest else {
            for (k, v) in &self.values {
                seen(k, v)?;
            }
            return ControlFlow::Continue(());
        };
        let (level, rest) = match rest.split_once('/') {
            Some((level, rest)) => (level, Some(rest)),
            None => (rest, None),
        };
        if let Some(child) = self.children.get(level) {
            child.visit(rest, true, seen)?;
        }
        if wild && let Some(child) = self.children.get("+") {
            child.visit(rest, true, seen)?;
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn validity() {
        for (text, topic, filter) in [
            ("a/b", true, true),
            ("/a//b/", true, true),
            ("", false, false),
            ("a/+/b", false, true),
            ("a/#", false, true),
            ("#", false, true),
            ("a/#/b", false, false),
            ("a+/b", false, false),
            ("a#", false, false),
            ("a\0b", false, false),
            ("温度/room", true, true),
        ] {
            assert_eq!((is_topic(text), is_filter(text)), (topic, filter), "{text:?}");
        }
        assert!(is_topic(&"/".repeat(LEVELS_MAX - 1)));
        assert!(!is_topic(&"/".repeat(LEVELS_MAX)));
        assert!(!is_filter(&"a".repeat(TOPIC_BYTES_MAX + 1)));
    }

    #[test]
    fn shared_filters() {
        assert_eq!(shared("a/b"), Ok(None));
        assert_eq!(shared("$share/g/a/#"), Ok(Some(("g", "a/#"))));
        assert_eq!(shared("$share/g//sys/x"), Ok(Some(("g", "/sys/x"))));
        for broken in ["$share/", "$share/g", "$share//a", "$share/g/", "$share/+/a"] {
            assert_eq!(shared(broken), Err(NoGroup), "{broken}");
        }
    }

    #[test]
    fn containment() {
        for (outer, inner, holds) in [
            ("#", "a/b", true),
            ("#", "#", true),
            ("#", "$SYS/x", false),
            ("+/x", "$SYS/x", false),
            ("$SYS/#", "$SYS/x", true),
            ("a/#", "a", true),
            ("a/#", "a/#", true),
            ("a/#", "a/+/c", true),
            ("a/+", "a/#", false),
            ("a/+", "a/+", true),
            ("a/+", "a/b", true),
            ("a/b", "a/+", false),
            ("a/b", "#", false),
            ("a/b/#", "a/#", false),
            ("a/+/c", "a/b/c", true),
            ("a", "a/#", false),
            ("a/", "a", false),
        ] {
            assert_eq!(contains(outer, inner), holds, "{outer} {inner}");
        }
    }

    fn level(words: &'static [&'static str]) -> impl Strategy<Value = String> {
        prop::sample::select(words).prop_map(str::to_owned)
    }
    fn topic() -> impl Strategy<Value = String> {
        prop::collection::vec(level(&["a", "b", "", "$x"]), 1..5).prop_map(|l| l.join("/"))
    }
    fn filter() -> impl Strategy<Value = String> {
        (prop::collection::vec(level(&["a", "b", "", "+", "$x"]), 1..5), any::<bool>()).prop_map(|(mut l, all)| {
            if all {
                l.push("#".into());
            }
            l.join("/")
        })
    }

    proptest! {
        #[test]
        fn what_a_contained_filter_matches_is_matched(outer in filter(), inner in filter(), t in topic()) {
            if contains(&outer, &inner) && matches(&inner, &t) {
                prop_assert!(matches(&outer, &t));
            }
        }

        #[test]
        fn the_tree_finds_what_matches(filters in prop::collection::vec(filter(), 0..12), t in topic()) {
            let mut tree = Tree::default();
            for (i, f) in filters.iter().enumerate() {
                tree.insert(f, i, ());
            }
            let mut found = Vec::new();
            tree.each(&t, |k, ()| found.push(*k));
            found.sort_unstable();
            let expected: Vec<usize> = (0..filters.len()).filter(|i| matches(&filters[*i], &t)).collect();
            prop_assert_eq!(tree.any(&t), !expected.is_empty());
            prop_assert_eq!(found, expected);
            for (i, f) in filters.iter().enumerate() {
                prop_assert_eq!(tree.remove(f, &i), Some(()));
            }
            prop_assert!(tree.is_empty() && tree.root.children.is_empty());
        }

        #[test]
        fn any_text_is_judged(text in "\\PC{0,60}") {
            if is_topic(&text) { prop_assert!(is_filter(&text) && matches(&text, &text)); }
            let _judged = shared(&text);
        }
    }
}
