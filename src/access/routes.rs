//! Who gets a raw message: the tree of all subscriptions, and the groups that share one.

use crate::contract::Subscription;
use crate::filter::Tree;
use crate::keeper::Keeper;
use crate::message::Post;
use crate::session::{Delivery, Pushed, Session};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

#[derive(Debug)]
struct Subscriber {
    session: Arc<Session>,
    qos: u8,
    no_local: bool,
    retain_as_published: bool,
    id: Option<u32>,
}

/// The members of a group; each message goes to one of them.
#[derive(Debug, Default)]
struct Group {
    members: BTreeMap<u64, Subscriber>,
    turn: AtomicUsize,
}

impl Group {
    /// The next member whose turn it is, one that is connected before one that is away.
    fn next(&self) -> Option<&Subscriber> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.members.len().max(1);
        let in_turn = || self.members.values().cycle().skip(turn).take(self.members.len());
        in_turn().find(|s| s.session.is_online()).or_else(|| in_turn().next())
    }
}

#[derive(Debug, Default)]
struct Trees {
    plain: Tree<u64, Subscriber>,
    groups: Tree<String, Group>,
}

/// What became of a routed message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Routed {
    pub(crate) queued: u64,
    pub(crate) dropped: u64,
    /// A client with a crowd waiting for it.
    pub(crate) crowded: Option<Arc<Session>>,
}

/// The subscriptions of all sessions.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    trees: RwLock<Trees>,
}

impl Routes {
    pub(crate) fn len(&self) -> usize {
        let trees = self.trees.read().unwrap_or_else(PoisonError::into_inner);
        trees.plain.len() + trees.groups.len()
    }

    pub(crate) fn add(&self, session: &Arc<Session>, filter: &str, group: Option<&str>, of: &Subscription) {
        let subscriber = Subscriber {
            session: session.clone(),
            qos: of.qos,
            no_local: of.no_local,
            retain_as_published: of.retain_as_published,
            id: of.id,
        };
        let mut trees = self.trees.write().unwrap_or_else(PoisonError::into_inner);
        match group {
            None => {
                trees.plain.insert(filter, session.number, subscriber);
            }
            Some(group) => {
                let members = &mut trees.groups.entry(filter, group.to_owned()).members;
                members.insert(session.number, subscriber);
            }
        }
    }

    pub(crate) fn remove(&self, session: u64, filter: &str, group: Option<&str>) {
        let mut trees = self.trees.write().unwrap_or_else(PoisonError::into_inner);
        match group.map(str::to_owned) {
            None => {
                trees.plain.remove(filter, &session);
            }
            Some(group) => {
                let left = trees.groups.entry(filter, group.clone());
                left.members.remove(&session);
                if left.members.is_empty() {
                    trees.groups.remove(filter, &group);
                }
            }
        }
    }

    /// Gives a message to all who get it.
    pub(crate) fn route(&self, post: &Arc<Post>, keeper: &Keeper) -> Routed {
        let trees = self.trees.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<&Subscriber> = Vec::new();
        let mine = |s: &Subscriber| s.no_local && post.from.as_ref() == Some(&s.session.key);
        trees.plain.each(&post.topic, |_, s| found.extend(Some(s).filter(|s| !mine(s))));
        if !trees.groups.is_empty() {
            trees.groups.each(&post.topic, |_, group| found.extend(group.next()));
        }
        // One client with several filters that match gets one message, as good as the best of them.
        found.sort_by_key(|s| s.session.number);
        let mut routed = Routed::default();
        for same in found.chunk_by(|a, b| Arc::ptr_eq(&a.session, &b.session)) {
            let Some(first) = same.first() else { continue };
            let wanted = same.iter().map(|s| s.qos).max().unwrap_or_default();
            let mut delivery = Delivery::new(post.clone(), post.qos.min(wanted));
            delivery.retain = post.retain && same.iter().any(|s| s.retain_as_published);
            delivery.ids = same.iter().filter_map(|s| s.id).collect();
            match first.session.push(delivery, keeper) {
                Pushed::Queued => routed.queued += 1,
                Pushed::Crowded => {
                    routed.queued += 1;
                    routed.crowded = Some(first.session.clone());
                }
                Pushed::Full => routed.dropped += 1,
                Pushed::Away => {}
            }
        }
        routed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Link, Sending};
    use base::{Span, Timestamp};

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }
    fn client(key: &str) -> Arc<Session> {
        let session = Arc::new(Session::new(key));
        session.attach(Link { number: 1, window: 10, silence: None, close: None }, Span::ZERO, now());
        session
    }
    fn want(filter: &str, qos: u8, id: Option<u32>) -> Subscription {
        Subscription { filter: filter.into(), qos, no_local: false, retain_as_published: false, id }
    }
    fn got(session: &Session) -> Vec<(u8, Vec<u32>)> {
        let mut out = Vec::new();
        session.take(1, 100, now(), &mut out).unwrap();
        let each = out.into_iter().map(|s| match s {
            Sending::Publish { delivery, .. } => (delivery.qos, delivery.ids),
            Sending::Release(_) => panic!("nothing is to be released"),
        });
        each.collect()
    }
    fn post(topic: &'static str, qos: u8) -> Arc<Post> {
        Arc::new(Post { from: Some("a".into()), ..Post::ours(topic, "x", qos) })
    }

    #[test]
    fn one_message_for_one_client() {
        let (routes, keeper, a) = (Routes::default(), Keeper::default(), client("a"));
        routes.add(&a, "t/#", None, &want("t/#", 0, Some(7)));
        routes.add(&a, "t/+", None, &want("t/+", 1, Some(8)));
        assert_eq!(routes.route(&post("t/x", 2), &keeper).queued, 1);
        let [(qos, ids)] = &got(&a)[..] else { panic!("one message") };
        assert_eq!((*qos, ids.len()), (1, 2));
        routes.remove(a.number, "t/+", None);
        routes.add(&a, "t/#", None, &Subscription { no_local: true, ..want("t/#", 0, None) });
        routes.route(&post("t/x", 0), &keeper);
        assert_eq!(got(&a), []);
    }

    #[test]
    fn a_group_takes_turns() {
        let (routes, keeper) = (Routes::default(), Keeper::default());
        let (a, b, away) = (client("a"), client("b"), Arc::new(Session::new("c")));
        for session in [&a, &b, &away] {
            routes.add(session, "t/#", Some("g"), &want("$share/g/t/#", 0, None));
        }
        for _ in 0..12 {
            routes.route(&post("t/x", 0), &keeper);
        }
        let (to_a, to_b) = (got(&a).len(), got(&b).len());
        assert_eq!(to_a + to_b, 12);
        assert!(to_a >= 4 && to_b >= 4, "{to_a} {to_b}");
        for session in [&a, &b, &away] {
            routes.remove(session.number, "t/#", Some("g"));
        }
        assert_eq!(routes.len(), 0);
    }
}
