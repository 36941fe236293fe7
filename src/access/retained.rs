//! Retained messages: the last one of each raw topic, for those who subscribe later. Topics between a device and this
//! server are never retained, so no right is asked here: what a client may subscribe, it may get.

use crate::filter::matches;
use crate::keeper::Keeper;
use crate::message::Post;
use base::Timestamp;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock};

/// The retained messages, by topic.
#[derive(Debug, Default)]
pub(crate) struct Retained {
    posts: RwLock<BTreeMap<String, Arc<Post>>>,
}

impl Retained {
    pub(crate) fn len(&self) -> usize {
        self.posts.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What was kept.
    pub(crate) fn restore(&self, post: Post) {
        let topic = post.topic.to_string();
        self.posts.write().unwrap_or_else(PoisonError::into_inner).insert(topic, Arc::new(post));
    }

    /// Keeps the message of its topic; an empty payload takes it away. Says whether there was room.
    pub(crate) fn set(&self, post: &Post, most: usize, keeper: &Keeper) -> bool {
        let mut posts = self.posts.write().unwrap_or_else(PoisonError::into_inner);
        let topic: &str = &post.topic;
        if post.payload.is_empty() {
            if posts.remove(topic).is_some() {
                keeper.retained(topic, None);
            }
            return true;
        }
        if posts.len() >= most && !posts.contains_key(topic) {
            return false;
        }
        keeper.retained(topic, Some(post.kept()));
        posts.insert(topic.to_owned(), Arc::new(post.detached()));
        true
    }

    /// The messages whose topics a filter matches.
    pub(crate) fn matching(&self, filter: &str, now: Timestamp) -> Vec<Arc<Post>> {
        // Topics are sorted: what the filter says before its first wildcard bounds the part to look at.
        let prefix: String = filter.split_inclusive('/').take_while(|l| !l.starts_with(['+', '#'])).collect();
        let prefix = if filter.ends_with("/#") { prefix.trim_end_matches('/') } else { &prefix };
        let posts = self.posts.read().unwrap_or_else(PoisonError::into_inner);
        let from = posts.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let near = from.take_while(|(topic, _)| topic.starts_with(prefix));
        near.filter(|(topic, post)| matches(filter, topic) && !post.is_stale(now)).map(|(_, p)| p.clone()).collect()
    }

    /// Forgets what nobody wants any more.
    pub(crate) fn sweep(&self, now: Timestamp, keeper: &Keeper) {
        let stale = |p: &Arc<Post>| p.is_stale(now);
        if self.posts.read().unwrap_or_else(PoisonError::into_inner).values().any(stale) {
            self.posts.write().unwrap_or_else(PoisonError::into_inner).retain(|topic, post| {
                let keeps = !stale(post);
                if !keeps {
                    keeper.retained(topic, None);
                }
                keeps
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Span;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }
    fn post(topic: &str, payload: &'static str) -> Post {
        Post::ours(topic.to_owned(), payload, 0)
    }
    fn topics(retained: &Retained, filter: &str) -> Vec<String> {
        retained.matching(filter, now()).iter().map(|p| p.topic.to_string()).collect()
    }

    #[test]
    fn the_last_one_stays_until_it_is_taken_away() {
        let (retained, keeper) = (Retained::default(), Keeper::default());
        for topic in ["a", "a/b", "a/b/c", "ab/c", "b"] {
            assert!(retained.set(&post(topic, "1"), 5, &keeper));
        }
        assert!(!retained.set(&post("more", "1"), 5, &keeper), "there is no room");
        assert!(retained.set(&post("a", "2"), 5, &keeper), "a new one takes the place of the old");
        assert_eq!(topics(&retained, "a/#"), ["a", "a/b", "a/b/c"]);
        assert_eq!(topics(&retained, "+/c"), ["ab/c"]);
        assert_eq!(topics(&retained, "#").len(), 5);
        assert!(retained.set(&post("a", ""), 5, &keeper));
        assert_eq!(topics(&retained, "a"), Vec::<String>::new());
        assert!(retained.set(&Post { expires: Some(now()), ..post("old", "1") }, 5, &keeper));
        assert_eq!(topics(&retained, "old"), Vec::<String>::new());
        retained.sweep(now() + Span::from_secs(1), &keeper);
        assert_eq!(retained.len(), 4);
    }

    proptest! {
        #[test]
        fn what_matches_is_found(all in prop::collection::btree_set("[ab/]{1,5}", 0..12), filter in "[ab+]?(/[ab+]){0,2}(/#)?") {
            prop_assume!(!filter.is_empty());
            let (retained, keeper) = (Retained::default(), Keeper::default());
            for topic in &all {
                retained.set(&post(topic, "1"), 100, &keeper);
            }
            let expected: Vec<String> = all.iter().filter(|t| matches(&filter, t)).cloned().collect();
            prop_assert_eq!(topics(&retained, &filter), expected);
        }
    }
}
