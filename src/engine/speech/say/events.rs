//! What happens.

use super::*;

impl<'a> Saying<'a, '_> {
    /// An adverbial: "when Front door is open", 当前门打开时.
    pub(super) fn adverbial(&mut self, feed: &Feed) -> String {
        let knot = self.knot(feed.from);
        let name = self.named.contains(&feed.from);
        let clause = self.happening(feed.from);
        let is = |type_: &str| !name && knot.is_some_and(|k| k.is(type_));
        let mut words = if is("delay") {
            clause
        } else if is("mqtt_topic") || (is("edge") && knot.is_some_and(|k| k.text("on") == "both")) {
            self.glue(&[self.t("每当", "each time "), &clause, self.t("时", "")])
        } else {
            self.glue(&[self.t("当", "when "), &clause, self.t("时", "")])
        };
        words.push_str(self.start_words(feed.from));
        self.with_gate(words, feed, self.t("，如果", ", if "), "")
    }

    /// That it also counts at the start.
    pub(super) fn start_words(&self, out: Out) -> &'static str {
        if self.named.contains(&out) || !self.knot(out).is_some_and(|k| k.start) {
            return "";
        }
        start_words(self.lang)
    }

    pub(super) fn with_gate(&mut self, words: String, feed: &Feed, before: &str, after: &str) -> String {
        let Some(gate) = feed.gate else { return words };
        let outer = self.message;
        self.message = self.message_of(feed.from);
        let condition = self.clause(gate, Rank::Any);
        self.message = outer;
        self.glue(&[&words, before, &condition, after])
    }

    /// The message that an event is.
    pub(super) fn message_of(&self, out: Out) -> Option<usize> {
        message_of(self.form, out)
    }

    /// Several events in brackets.
    pub(crate) fn happenings(&mut self, feeds: &[Feed]) -> String {
        let mut parts: Vec<String> = Vec::new();
        for feed in feeds {
            let mut words = self.happening(feed.from);
            words.push_str(self.start_words(feed.from));
            parts.push(self.with_gate(words, feed, self.t("，如果", ", if "), ""));
        }
        if parts.is_empty() {
            parts.push(self.unknown_event());
        }
        self.bracketed(&parts.join(self.t("，或", ", or ")))
    }

    pub(super) fn unknown_event(&self) -> String {
        self.t("（未知事件）发生", "(an unknown event) happens").to_owned()
    }

    /// An event as a clause.
    pub(super) fn happening(&mut self, out: Out) -> String {
        if let Some(name) = self.name(out) {
            return self.glue(&[self.t("事件", "event "), &name, self.t("发生", " happens")]);
        }
        self.happening_in_full(out)
    }

    pub(super) fn happening_in_full(&mut self, out: Out) -> String {
        let Some(knot) = self.knot(out) else { return self.unknown_event() };
        let Some(kind) = knot.kind else { return self.unknown_event() };
        let input = knot.inputs.iter().flatten().next().map(|f| f.from);
        match (kind.type_, input) {
            ("edge", Some(input)) if knot.text("on") == "rising" => self.clause(input, Rank::Any),
            ("edge", Some(input)) if self.is_value(input) => {
                let name = self.value(input, true, Implied::BOOL);
                self.glue(&[&name, self.t("变化", " changes")])
            }
            ("edge", Some(input)) => {
                let clause = self.clause(input, Rank::Any);
                self.glue(&[self.t("“", "it changes whether "), &clause, self.t("”成立或不再成立", "")])
            }
            ("delay", _) => self.later(knot),
            ("mqtt_topic", _) => self.source_words(out, knot),
            _ => {
                let text = self.row(out, knot, kind);
                text.unwrap_or_else(|| {
                    let text = self.anyhow(out, knot, kind);
                    self.glue(&[&text, self.t("发生", " happens")])
                })
            }
        }
    }

    /// "2 minutes after Front door is open": 前门打开 2 分钟后.
    pub(super) fn later(&mut self, knot: &Knot) -> String {
        let wait = span(Span::from_millis(knot.params.get("span_ms").and_then(Json::as_i64).unwrap_or(0)), self.lang);
        let feeds = knot.inputs.first().cloned().unwrap_or_default();
        let alone = match feeds.as_slice() {
            [one] => {
                Some(one).filter(|f| self.named.contains(&f.from) || !self.knot(f.from).is_some_and(|k| k.is("delay")))
            }
            _ => None,
        };
        let what = match alone {
            Some(feed) => {
                let mut words = self.happening(feed.from);
                words.push_str(self.start_words(feed.from));
                self.with_gate(words, feed, self.t("（且当时", " (if "), self.t("）", " then)"))
            }
            None => self.happenings(&feeds),
        };
        match self.lang {
            Lang::Zh => self.glue(&[&what, &wait, "后"]),
            Lang::En => format!("{wait} after {what}"),
        }
    }

    pub(super) fn source_words(&mut self, out: Out, knot: &Knot) -> String {
        let topic = quoted(knot.text("topic"), self.lang);
        let connection = knot.text("connection").parse().ok().map(|id| self.index.connection(id));
        let place = match (connection, self.lang) {
            (Some(name), Lang::Zh) => format!("{name}的{topic}"),
            (Some(name), Lang::En) => format!("{topic} of {name}"),
            (None, _) => topic,
        };
        let text = match self.lang {
            Lang::Zh => format!("{place}收到消息"),
            Lang::En => format!("a message arrives on {place}"),
        };
        self.counted(out, knot, text)
    }

    /// Sources that are alike are told apart by a number.
    pub(super) fn counted(&mut self, out: Out, knot: &Knot, text: String) -> String {
        if !knot.kind.is_some_and(is_source) {
            return text;
        }
        if !self.sources.contains(&out.node) {
            self.sources.push(out.node);
        }
        let same = |n: &&usize| {
            self.form
                .knots
                .get(**n)
                .is_some_and(|k| k.kind.map(|k| k.type_) == knot.kind.map(|k| k.type_) && k.params == knot.params)
        };
        match self.sources.iter().filter(same).position(|n| *n == out.node) {
            Some(place) if place > 0 => self.glue(&[
                &text,
                &self.bracketed(&self.glue(&[self.t("第", "number "), &(place + 1).to_string(), self.t("路", "")])),
            ]),
            _ => text,
        }
    }
}
