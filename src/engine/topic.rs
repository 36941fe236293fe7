//! Topics of MQTT: filters, what their wildcards stood for, and an index that finds the filters a topic matches.
//!
//! What it is *not*: it knows no broker. Start at [`Filter`].

use base::Bilingual;
use documents::signal::TOPIC_BYTES_MAX;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::Split;

/// First levels of what devices and Castellan say to each other on the embedded broker, after the leading slash.
const DEVICE_TREES: [&str; 3] = ["sys", "ota", "ext"];

/// A topic filter, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Filter {
    levels: Vec<Level>,
    /// It ends with `#`.
    rest: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    /// This level.
    Named(String),
    /// `+`.
    Any,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn parse(text: &str) -> Result<Filter, Bilingual> {
        if text.is_empty() || text.len() > TOPIC_BYTES_MAX {
            return Err(Bilingual::new(
                format!("主题应有 1 到 {TOPIC_BYTES_MAX} 个字节"),
                format!("a topic has 1 to {TOPIC_BYTES_MAX} bytes"),
            ));
        }
        if text.contains('\0') {
            return Err(Bilingual::new("主题不能含空字符", "a topic has no NUL character"));
        }
        if text.starts_with("$share/") {
            return Err(Bilingual::new(
                "规则不能使用共享订阅；请去掉 $share/组名/",
                "a rule takes no shared subscription; leave `$share/GROUP/` out",
            ));
        }
        let mut filter = Filter { levels: Vec::new(), rest: false };
        for level in text.split('/') {
            match level {
                _ if filter.rest => {
                    return Err(Bilingual::new("# 只能是最后一层", "`#` can only be the last level"));
                }
                "#" => filter.rest = true,
                "+" => filter.levels.push(Level::Any),
                _ if level.contains(['+', '#']) => {
                    return Err(Bilingual::new(
                        format!("通配符要独占一层，而不是“{level}”"),
                        format!("a wildcard is a level of its own, not part of `{level}`"),
                    ));
                }
                _ => filter.levels.push(Level::Named(level.to_owned())),
            }
        }
        Ok(filter)
    }

    /// How many wildcards it has.
    pub(crate) fn wildcards(&self) -> usize {
        self.levels.iter().filter(|l| **l == Level::Any).count() + usize::from(self.rest)
    }

    /// Whether this wildcard, counted from 1, is the `#` at the end.
    pub(crate) fn is_rest(&self, wildcard: usize) -> bool {
        self.rest && wildcard == self.wildcards()
    }

    /// What a wildcard, counted from 1, stands for in a topic that it matches.
    pub(crate) fn captured<'t>(&self, wildcard: usize, topic: &'t str) -> Option<&'t str> {
        if self.is_rest(wildcard) {
            // `#` matches its parent too; then it stands for nothing.
            return Some(topic.splitn(self.levels.len() + 1, '/').nth(self.levels.len()).unwrap_or(""));
        }
        let place = self.levels.iter().enumerate().filter(|(_, l)| **l == Level::Any).nth(wildcard.checked_sub(1)?)?.0;
        topic.split('/').nth(place)
    }

    /// Whether some topic matches both.
    pub(crate) fn meets(&self, other: &Filter) -> bool {
        if self.hides(other) || other.hides(self) {
            return false;
        }
        let alike = self.levels.iter().zip(&other.levels).all(|pair| match pair {
            (Level::Named(a), Level::Named(b)) => a == b,
            (Level::Any, _) | (_, Level::Any) => true,
        });
        let long_enough = |filter: &Filter, levels: usize| filter.levels.len() >= levels || filter.rest;
        alike && long_enough(self, other.levels.len()) && long_enough(other, self.levels.len())
    }

    /// A topic that matches all of these filters, if any does. `free` is asked for levels that none of them names,
    /// counted from 1 without a leading slash.
    pub(crate) fn topic_of_all<'f>(
        filters: impl Iterator<Item = &'f Filter> + Clone,
        free: impl Fn(usize) -> Option<String>,
    ) -> String {
        let named = |place: usize| {
            filters.clone().find_map(|filter| match filter.levels.get(place) {
                Some(Level::Named(name)) => Some(name.clone()),
                Some(Level::Any) | None => None,
            })
        };
        let slash = usize::from(named(0).is_some_and(|name| name.is_empty()));
        let mut levels = filters.clone().map(|filter| filter.levels.len()).max().unwrap_or_default().max(1);
        while filters.clone().all(|filter| filter.rest) && free(levels + 1 - slash).is_some() {
            levels += 1;
        }
        let level = |place| named(place).or_else(|| free(place + 1 - slash)).unwrap_or_else(|| "1".to_owned());
        (0..levels).map(level).collect::<Vec<_>>().join("/")
    }

    /// Whether it matches every topic that the other one matches.
    pub(crate) fn covers(&self, other: &Filter) -> bool {
        // A topic has one level at least: `#` is no more than `+/#`.
        let its = if other.levels.is_empty() { &[Level::Any] } else { other.levels.as_slice() };
        !self.hides(other)
            && self.levels.len() <= its.len()
            && self.levels.iter().zip(its).all(|(mine, its)| *mine == Level::Any || mine == its)
            && (self.rest || (self.levels.len() == its.len() && !other.rest))
    }

    /// A wildcard at the beginning does not match what begins with a dollar sign.
    fn hides(&self, other: &Filter) -> bool {
        let wild = !matches!(self.levels.first(), Some(Level::Named(_)));
        wild && matches!(other.levels.first(), Some(Level::Named(name)) if name.starts_with('$'))
    }

    /// Whether it can reach what devices or the broker itself say on the embedded broker. Of topics without the
    /// leading slash only those that name such a level: `sys/#` but not `+/state`.
    pub(crate) fn reaches_devices(&self) -> bool {
        let first = match self.levels.first() {
            Some(Level::Named(name)) => Some(name.as_str()),
            Some(Level::Any) | None => None,
        };
        first.is_some_and(|name| name.starts_with('$') || DEVICE_TREES.contains(&name))
            || DEVICE_TREES.iter().any(|tree| {
                let tree = [Level::Named(String::new()), Level::Named((*tree).to_owned())];
                self.meets(&Filter { levels: tree.to_vec(), rest: true })
            })
    }

    /// Whether only Castellan itself speaks on its topics: `$events`, `$webhooks` and the like.
    pub(crate) fn is_reserved(&self) -> bool {
        matches!(self.levels.first(), Some(Level::Named(name)) if documents::signal::RESERVED.contains(&name.as_str()))
    }

    /// Whether its first level, or the second after a leading slash, is written out.
    pub(crate) fn begins_named(&self) -> bool {
        match self.levels.as_slice() {
            [Level::Named(slash), second, ..] if slash.is_empty() => matches!(second, Level::Named(_)),
            [Level::Named(first), ..] => !first.is_empty(),
            _ => false,
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for level in &self.levels {
            let text = match level {
                Level::Named(name) => name.as_str(),
                Level::Any => "+",
            };
            write!(f, "{between}{text}")?;
            between = "/";
        }
        if self.rest { write!(f, "{between}#") } else { Ok(()) }
    }
}

impl TryFrom<String> for Filter {
    type Error = String;
    fn try_from(text: String) -> Result<Filter, String> {
        Filter::parse(&text).map_err(|why| why.en)
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> String {
        filter.to_string()
    }
}

/// Who listens to which filter. A branch that nobody needs any more is gone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listeners<T> {
    named: BTreeMap<String, Listeners<T>>,
    any: Option<Box<Listeners<T>>>,
    /// Whose filter ends here.
    here: BTreeSet<T>,
    /// Whose filter goes on with `#`.
    rest: BTreeSet<T>,
}

impl<T> Default for Listeners<T> {
    fn default() -> Self {
        Listeners { named: BTreeMap::new(), any: None, here: BTreeSet::new(), rest: BTreeSet::new() }
    }
}

impl<T: Ord + Copy> Listeners<T> {
    /// Adds one.
    pub(crate) fn add(&mut self, filter: &Filter, who: T) {
        let mut at = self;
        for level in &filter.levels {
            at = match level {
                Level::Named(name) => at.named.entry(name.clone()).or_default(),
                Level::Any => at.any.get_or_insert_default().as_mut(),
            };
        }
        if filter.rest { &mut at.rest } else { &mut at.here }.insert(who);
    }

    /// Removes one.
    pub(crate) fn remove(&mut self, filter: &Filter, who: T) {
        self.prune(&filter.levels, filter.rest, who);
    }

    fn prune(&mut self, levels: &[Level], rest: bool, who: T) {
        match levels.split_first() {
            None => _ = if rest { &mut self.rest } else { &mut self.here }.remove(&who),
            Some((Level::Named(name), more)) => {
                if let Some(branch) = self.named.get_mut(name) {
                    branch.prune(more, rest, who);
                    if branch.is_empty() {
                        self.named.remove(name);
                    }
                }
            }
            Some((Level::Any, more)) => {
                if let Some(branch) = &mut self.any {
                    branch.prune(more, rest, who);
                    if branch.is_empty() {
                        self.any = None;
                    }
                }
            }
        }
    }

    /// Whether nobody listens.
    pub(crate) fn is_empty(&self) -> bool {
        self.named.is_empty() && self.any.is_none() && self.here.is_empty() && self.rest.is_empty()
    }

    /// Who listens to a topic, in order.
    pub(crate) fn of(&self, topic: &str) -> Vec<T> {
        let mut found = Vec::new();
        self.walk(topic.split('/'), topic.starts_with('$'), &mut found);
        found.sort_unstable();
        found
    }

    /// `hidden`: wildcards do not match the next level.
    fn walk(&self, mut levels: Split<'_, char>, hidden: bool, found: &mut Vec<T>) {
        if !hidden {
            found.extend(&self.rest);
        }
        let Some(level) = levels.next() else {
            found.extend(&self.here);
            return;
        };
        if let Some(branch) = self.named.get(level) {
            branch.walk(levels.clone(), false, found);
        }
        if let Some(branch) = self.any.as_ref().filter(|_| !hidden) {
            branch.walk(levels, false, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The specification, level by level.
    fn matches(filter: &str, topic: &str) -> bool {
        let (filter, topic): (Vec<&str>, Vec<&str>) = (filter.split('/').collect(), topic.split('/').collect());
        let wild = |level: &str| level == "+" || level == "#";
        if topic[0].starts_with('$') && wild(filter[0]) {
            return false;
        }
        let mut i = 0;
        loop {
            match (filter.get(i), topic.get(i)) {
                (Some(&"#"), _) | (None, None) => return true,
                (Some(f), Some(t)) if f == t || *f == "+" => i += 1,
                _ => return false,
            }
        }
    }

    fn filters() -> impl Strategy<Value = String> {
        let level = prop::sample::select(vec!["a", "b", "", "$x", "+", "+"]);
        (prop::collection::vec(level, 1..4), 0..3_usize).prop_map(|(mut levels, end)| {
            match end {
                0 => levels.push("#"),
                1 if levels.len() == 1 => levels = vec!["#"],
                _ => {}
            }
            levels.join("/")
        })
    }

    /// Every topic of up to four levels of a few names; the empty one too, which brokers refuse.
    fn topics() -> Vec<String> {
        let names = ["a", "b", "", "$x", "z"];
        let mut all: Vec<String> = names.map(str::to_owned).to_vec();
        let mut from = 0;
        for _ in 0..3 {
            let longer: Vec<String> =
                all[from..].iter().flat_map(|t| names.iter().map(move |n| format!("{t}/{n}"))).collect();
            from = all.len();
            all.extend(longer);
        }
        all
    }

    fn read(text: &str) -> Option<Filter> {
        Filter::parse(text).ok()
    }

    proptest! {
        #[test]
        fn listeners_are_those_whose_filter_matches(texts in prop::collection::vec(filters(), 0..8), gone in 0..8_usize, topic in 0..700_usize) {
            let topics = topics();
            let topic = &topics[topic % topics.len()];
            let filters: Vec<(usize, Filter)> = texts.iter().enumerate().filter_map(|(i, t)| Some((i, read(t)?))).collect();
            let mut listeners = Listeners::default();
            for (i, filter) in &filters {
                listeners.add(filter, *i);
            }
            for (i, filter) in filters.iter().filter(|(i, _)| *i < gone) {
                listeners.remove(filter, *i);
            }
            let expected: Vec<usize> =
                filters.iter().filter(|(i, _)| *i >= gone && matches(&texts[*i], topic)).map(|(i, _)| *i).collect();
            prop_assert_eq!(listeners.of(topic), expected);
            for (i, filter) in &filters {
                listeners.remove(filter, *i);
            }
            prop_assert!(listeners == Listeners::default() && listeners.is_empty());
        }

        #[test]
        fn filters_meet_and_cover_as_their_topics_do(a in filters(), b in filters()) {
            if let (Some(f), Some(g)) = (read(&a), read(&b)) {
                let topics = topics();
                let of = |text: &str| topics.iter().filter(|t| matches(text, t)).collect::<Vec<_>>();
                let (of_a, of_b) = (of(&a), of(&b));
                prop_assert_eq!(f.meets(&g), of_a.iter().any(|t| of_b.contains(t)), "{} {}", a, b);
                prop_assert_eq!(f.covers(&g), of_b.iter().all(|t| of_a.contains(t)), "{} {}", a, b);
                prop_assert_eq!(f.to_string(), a);
            }
        }

        #[test]
        fn what_wildcards_stood_for_makes_the_topic_again(text in filters(), topic in 0..700_usize) {
            let topics = topics();
            let topic = &topics[topic % topics.len()];
            if let Some(filter) = read(&text).filter(|_| matches(&text, topic)) {
                let mut n = 0;
                let levels: Vec<&str> = text
                    .split('/')
                    .map(|level| if level == "+" || level == "#" { n += 1; filter.captured(n, topic).unwrap() } else { level })
                    .collect();
                prop_assert_eq!(n, filter.wildcards());
                prop_assert_eq!(filter.captured(n + 1, topic), None);
                prop_assert_eq!(filter.captured(0, topic), None);
                let again = levels.join("/");
                prop_assert!(again == *topic || again == format!("{topic}/"), "{}", again);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}", topic in ".{0,20}") {
            if let Some(filter) = read(&text) {
                prop_assert_eq!(filter.to_string(), text);
                for n in 0..4 {
                    filter.captured(n, &topic);
                }
            }
        }
    }
}
