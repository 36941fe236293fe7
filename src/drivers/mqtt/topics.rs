//! Topics and topic filters of MQTT (OASIS MQTT 3.1.1, section 4.7).
//!
//! What it is *not*: it knows no device and no message.

use documents::signal::TOPIC_BYTES_MAX;

/// The placeholder that stands for a device in a topic.
pub(super) const DEVICE: &str = "{device}";

/// Whether a message can be sent to it.
pub fn valid_topic(topic: &str) -> bool {
    within_limits(topic) && !topic.contains(['+', '#'])
}

/// Whether it can be subscribed to.
pub fn valid_filter(filter: &str) -> bool {
    let mut levels = filter.split('/').peekable();
    let mut fine = within_limits(filter);
    while let Some(level) = levels.next() {
        fine &= match level {
            "+" => true,
            "#" => levels.peek().is_none(),
            plain => !plain.contains(['+', '#']),
        };
    }
    fine
}

fn within_limits(text: &str) -> bool {
    !text.is_empty() && text.len() <= TOPIC_BYTES_MAX && !text.contains('\0')
}

/// Whether a topic matches a filter. Wildcards at the start do not reach what begins with `$`.
pub fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = topic.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (plain, Some(level)) if plain == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

/// Whether every topic that matches `inner` matches `outer` too.
pub fn covers(outer: &str, inner: &str) -> bool {
    if inner.starts_with('$') && outer.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = inner.split('/');
    for wanted in outer.split('/') {
        match (wanted, levels.next()) {
            ("#", _) => return true,
            (_, Some("#")) => return false,
            ("+", Some(_)) => {}
            (plain, Some(level)) if plain == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

/// The filters without those that others cover, so that a broker sends nothing twice.
pub fn without_covered(filters: impl IntoIterator<Item = String>) -> Vec<String> {
    let all: std::collections::BTreeSet<String> = filters.into_iter().collect();
    let wild: Vec<&String> = all.iter().filter(|f| f.contains(['+', '#'])).collect();
    all.iter().filter(|f| !wild.iter().any(|w| w != f && covers(w, f))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn filters_and_topics() {
        for (filter, topic, expected) in [
            ("a/b", "a/b", true),
            ("a/+", "a/b", true),
            ("a/+", "a/b/c", false),
            ("a/#", "a", true),
            ("a/#", "a/b/c", true),
            ("#", "a", true),
            ("#", "$SYS/x", false),
            ("+/x", "$SYS/x", false),
            ("$SYS/#", "$SYS/x", true),
            ("+/+", "/a", true),
            ("/+", "/a", true),
            ("+", "/a", false),
        ] {
            assert_eq!(matches(filter, topic), expected, "{filter} {topic}");
        }
        for (filter, fine) in
            [("a/#", true), ("a/#/b", false), ("a#", false), ("", false), ("a/+b", false), ("+", true)]
        {
            assert_eq!(valid_filter(filter), fine, "{filter}");
        }
        assert!(!valid_topic("a/+") && valid_topic("a b/中文"));
    }

    #[test]
    fn what_is_covered_is_not_asked_for() {
        let filters = ["a/b", "a/+", "a/#", "c", "+/d", "$SYS/x"].map(str::to_string);
        assert_eq!(without_covered(filters), ["$SYS/x", "+/d", "a/#", "c"]);
        assert_eq!(without_covered(["#", "$SYS/x", "a"].map(str::to_string)), ["#", "$SYS/x"]);
    }

    proptest! {
        #[test]
        fn covering_agrees_with_matching(
            outer in "([ab+]/){0,2}[ab+#]", inner in "([ab+]/){0,2}[ab+#]", topic in "([ab]/){0,3}[ab]",
        ) {
            if covers(&outer, &inner) && matches(&inner, &topic) {
                prop_assert!(matches(&outer, &topic));
            }
            prop_assert!(covers(&outer, &outer));
        }

        #[test]
        fn any_texts(filter in ".{0,20}", topic in ".{0,20}") {
            matches(&filter, &topic);
            covers(&filter, &topic);
            valid_filter(&filter);
        }
    }
}
