//! What happens.

use super::*;

impl<'a> Hearing<'a> {
    /// "when Front door is open, if it is dark".
    pub(super) fn adverbials(&mut self, at: usize, first: bool) -> Vec<(usize, Feed)> {
        let mut found: Vec<(usize, Out)> = Vec::new();
        let openings: [(&str, &str); 2] = if first {
            [("每当", "Each time "), ("当", "When ")]
        } else {
            [("每当", "each time "), ("当", "when ")]
        };
        for (zh, en) in openings {
            let Some(start) = self.eat(at, pick(self.lang, zh, en)) else { continue };
            for (end, what) in self.find(Sought::Happening { delays: false }, start).iter() {
                if let (Found::Out(out), Some(end)) = (what, self.say(*end, "时", "")) {
                    found.push((end, *out));
                }
            }
        }
        for (end, what) in self.later(at) {
            if let Found::Out(out) = what {
                found.push((end, out));
            }
        }
        let mut feeds = Vec::new();
        for (end, out) in found {
            feeds.extend(self.conditioned(end, out, ("，如果", ", if "), ("", "")));
        }
        feeds
    }

    /// An event with what may follow it: that it counts at the start, and a condition.
    pub(super) fn conditioned(
        &mut self,
        end: usize,
        out: Out,
        before: (&'static str, &'static str),
        after: (&'static str, &'static str),
    ) -> Vec<(usize, Feed)> {
        let (mut end, mut out) = (end, out);
        if let Some(next) = self.eat(end, start_words(self.lang)) {
            out = self.started(out);
            end = next;
        }
        let mut found = vec![(end, Feed::of(out))];
        if let Some(start) = self.say(end, before.0, before.1) {
            let outer = self.message;
            self.message = message_of(&self.form, out);
            let clauses = self.find(Sought::Clause(Rank::Any), start);
            self.message = outer;
            for (end, what) in clauses.iter() {
                if let (Found::Out(condition), Some(end)) = (what, self.say(*end, after.0, after.1)) {
                    found.push((end, Feed { gate: Some(*condition), ..Feed::of(out) }));
                }
            }
        }
        found
    }

    /// The same event that also counts at the start.
    pub(super) fn started(&mut self, out: Out) -> Out {
        let Some(Knot { kind: Some(kind), params, inputs, nth, .. }) = self.form.knots.get(out.node).cloned() else {
            return out;
        };
        Out { node: self.form.put_nth(kind, params, inputs, true, nth), port: out.port }
    }

    /// Several events in brackets.
    pub(super) fn happenings(&mut self, at: usize) -> Ways<Vec<Feed>> {
        let key = (at, self.message);
        if let Some(known) = self.happened.get(&key) {
            return Rc::clone(known);
        }
        self.steps += 1;
        let found = Rc::new(self.happenings_in_full(at));
        self.happened.insert(key, Rc::clone(&found));
        found
    }

    fn happenings_in_full(&mut self, at: usize) -> Vec<(usize, Vec<Feed>)> {
        let Some(start) = self.say(at, "（", "(") else { return Vec::new() };
        let mut open: Vec<(usize, Vec<Feed>)> = vec![(start, Vec::new())];
        let mut found = Vec::new();
        while let Some((at, feeds)) = open.pop() {
            self.steps += feeds.len();
            if found.len() >= READINGS_MAX || self.spent() {
                break;
            }
            for (end, what) in self.find(Sought::Happening { delays: true }, at).iter() {
                let Found::Out(out) = what else { continue };
                for (end, feed) in self.conditioned(*end, *out, ("，如果", ", if "), ("", "")) {
                    let mut feeds = feeds.clone();
                    feeds.push(feed);
                    if let Some(end) = self.say(end, "）", ")") {
                        found.push((end, feeds.clone()));
                    }
                    if let Some(next) = self.say(end, "，或", ", or ") {
                        open.push((next, feeds));
                    }
                }
            }
        }
        found
    }

    pub(super) fn happening(&mut self, at: usize) -> Vec<(usize, Found)> {
        let mut found: Vec<(usize, Found)> = Vec::new();
        found.extend(self.named(at, ("事件", "event "), ("发生", " happens")));
        for (end, what) in self.find(Sought::Clause(Rank::Any), at).iter() {
            if let Found::Out(out) = what {
                found.push((*end, Found::Out(self.form.edge("rising", *out, false))));
            }
        }
        for (end, what) in self.find(Sought::Value { slot: true }, at).iter() {
            if let Some(end) = self.say(*end, "变化", " changes") {
                let out = self.settled(what, Implied::BOOL);
                found.push((end, Found::Out(self.form.edge("both", out, false))));
            }
        }
        if let Some(start) = self.say(at, "“", "it changes whether ") {
            for (end, what) in self.find(Sought::Clause(Rank::Any), start).iter() {
                if let (Found::Out(out), Some(end)) = (what, self.say(*end, "”成立或不再成立", "")) {
                    found.push((end, Found::Out(self.form.edge("both", *out, false))));
                }
            }
        }
        found.extend(self.arriving(at));
        found.extend(self.by_rows(at, Gives::Event, false));
        for (end, act, port) in self.anyhow(at) {
            if act.kind.outputs.get(port).is_some_and(|o| o.kind.is_event())
                && let Some(end) = self.say(end, "发生", " happens")
            {
                found.push((end, Found::Out(self.placed(act, port, 0))));
            }
        }
        found
    }

    /// "a message arrives on `a/b`".
    pub(super) fn arriving(&mut self, at: usize) -> Vec<(usize, Found)> {
        let Some(kind) = nodes::by_type("mqtt_topic") else { return Vec::new() };
        let read = match self.lang {
            Lang::Zh => {
                let (start, connection) = self.connected_before(at);
                read_quoted(self.rest(start), self.lang)
                    .and_then(|(len, topic)| Some((self.eat(start + len, "收到消息")?, topic, connection)))
            }
            Lang::En => self.eat(at, "a message arrives on ").and_then(|start| {
                let (len, topic) = read_quoted(self.rest(start), self.lang)?;
                let (end, connection) = self.connected_after(start + len);
                Some((end, topic, connection))
            }),
        };
        let Some((end, topic, connection)) = read else { return Vec::new() };
        let mut params = Map::from_iter([("topic".to_owned(), json!(topic))]);
        params.extend(connection.map(|c| ("connection".to_owned(), c)));
        let Some(params) = (kind.normal)(&params) else { return Vec::new() };
        let act = Act { kind, params, inputs: Vec::new() };
        let mut found = vec![(end, Found::Out(self.placed(act.clone(), 0, 0)))];
        if let Some((end, nth)) = self.number(end) {
            found.push((end, Found::Out(self.placed(act, 0, nth))));
        }
        found
    }

    /// "2 minutes after Front door is open".
    pub(super) fn later(&mut self, at: usize) -> Vec<(usize, Found)> {
        let at = self.skip(at);
        let mut found: Vec<(usize, i64, Vec<Feed>)> = Vec::new();
        match self.lang {
            Lang::En => {
                for (len, ms) in read_span(self.rest(at), self.lang) {
                    let Some(start) = self.eat(at + len, " after ") else { continue };
                    found.extend(self.before_delay(start).into_iter().map(|(end, feeds)| (end, ms, feeds)));
                }
            }
            // The time stands at the end: where there is none, nothing is looked for.
            Lang::Zh if self.rest(at).contains('后') => {
                for (end, feeds) in self.before_delay(at) {
                    let end = self.skip(end);
                    for (len, ms) in read_span(self.rest(end), self.lang) {
                        found.extend(self.eat(end + len, "后").map(|end| (end, ms, feeds.clone())));
                    }
                }
            }
            Lang::Zh => {}
        }
        let Some(kind) = nodes::by_type("delay") else { return Vec::new() };
        let mut outs = Vec::new();
        for (end, ms, feeds) in found {
            let params = Map::from_iter([("span_ms".to_owned(), json!(ms))]);
            let node = self.form.put_nth(kind, params, vec![feeds], false, 0);
            outs.push((end, Found::Out(Out::of(node))));
        }
        outs
    }

    pub(super) fn before_delay(&mut self, at: usize) -> Vec<(usize, Vec<Feed>)> {
        let mut found = self.happenings(at).to_vec();
        for (end, what) in self.find(Sought::Happening { delays: false }, at).iter() {
            if let Found::Out(out) = what {
                let feeds = self.conditioned(*end, *out, ("（且当时", " (if "), ("）", " then)"));
                found.extend(feeds.into_iter().map(|(end, feed)| (end, vec![feed])));
            }
        }
        found
    }
}
