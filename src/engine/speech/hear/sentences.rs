//! Sentences: when, and what is done; what names stand for.

use super::*;

impl<'a> Hearing<'a> {
    /// "Condition `A`: Front door is open."
    pub(super) fn definitions(&mut self, at: usize) -> Vec<(usize, usize, Out)> {
        let mut found = Vec::new();
        for (zh, en, sought) in [
            ("条件", "Condition ", Sought::Clause(Rank::Any)),
            ("值", "Value ", Sought::Value { slot: false }),
            ("事件", "Event ", Sought::Happening { delays: true }),
        ] {
            let Some(start) = self.say(at, zh, en) else { continue };
            let Some((len, name)) = read_quoted(self.rest(start), self.lang) else { continue };
            let Some(start) = self.say(start + len, "：", ": ") else { continue };
            let name = self.name(name);
            for (end, what) in self.find(sought, start).iter() {
                let mut out = self.settled(what, Implied::NUMBER);
                let mut end = *end;
                if let Some(after) = self.eat(end, start_words(self.lang)) {
                    out = self.started(out);
                    end = after;
                }
                if let Some(end) = self.say(end, "。", ".") {
                    found.push((end, name, out));
                }
            }
        }
        found
    }

    /// A sentence; `then` is the condition that the one before was about.
    pub(super) fn sentences(&mut self, at: usize, then: Option<Out>) -> Vec<(usize, Sentence)> {
        let mut starts: Vec<(usize, Vec<Feed>)> = Vec::new();
        starts.extend(self.say(at, "始终", "At all times").map(|end| (end, Vec::new())));
        let no_longer = self.say(at, "当该条件不再成立时", "When that no longer holds");
        if let (Some(end), Some(then)) = (no_longer, then) {
            let opposite = self.form.negated(then);
            let edge = self.form.edge("rising", opposite, false);
            starts.push((end, vec![Feed::of(edge)]));
        }
        let mut open: Vec<(usize, Vec<Feed>)> =
            self.adverbials(at, true).into_iter().map(|(end, f)| (end, vec![f])).collect();
        while let Some((end, moments)) = open.pop() {
            self.steps += moments.len();
            if starts.len() >= READINGS_MAX || self.spent() {
                break;
            }
            if let Some(next) = self.say(end, "，或", ", or ") {
                for (end, feed) in self.adverbials(next, false) {
                    let mut moments = moments.clone();
                    moments.push(feed);
                    open.push((end, moments));
                }
            }
            starts.push((end, moments));
        }
        let mut found = Vec::new();
        for (end, moments) in starts {
            let Some(end) = self.say(end, "，", ", ") else { continue };
            self.message = common_message(&self.form, &moments);
            for (end, acts) in self.acts(end) {
                found.push((end, Sentence { moments: moments.clone(), acts }));
            }
            self.message = None;
        }
        found
    }

    /// "a, b and c."
    pub(super) fn acts(&mut self, at: usize) -> Vec<(usize, Vec<Option<Act>>)> {
        let mut open: Vec<(usize, Vec<Option<Act>>, bool)> =
            self.act(at).iter().map(|(end, act)| (*end, vec![act.clone()], false)).collect();
        let mut found = Vec::new();
        while let Some((at, acts, last)) = open.pop() {
            self.steps += acts.len();
            if found.len() >= READINGS_MAX || self.spent() {
                break;
            }
            if (last || acts.len() == 1)
                && let Some(end) = self.say(at, "。", ".")
            {
                found.push((end, acts.clone()));
            }
            if last {
                continue;
            }
            for (between, last) in [(self.t("，并", " and "), true), (self.t("，", ", "), false)] {
                let Some(start) = self.eat(at, between) else { continue };
                for (end, act) in self.act(start).iter() {
                    let mut acts = acts.clone();
                    acts.push(act.clone());
                    open.push((*end, acts, last));
                }
            }
        }
        found
    }

    pub(super) fn act(&mut self, at: usize) -> Ways<Option<Act>> {
        let at = self.skip(at);
        let key = (at, self.message);
        if let Some(known) = self.acted.get(&key) {
            return Rc::clone(known);
        }
        self.steps += 1;
        let found = self.act_in_full(at);
        self.furthest = found.iter().map(|f| f.0).fold(self.furthest, usize::max);
        let found = Rc::new(found);
        self.acted.insert(key, Rc::clone(&found));
        found
    }

    fn act_in_full(&mut self, at: usize) -> Vec<(usize, Option<Act>)> {
        let mut found: Vec<(usize, Option<Act>)> = Vec::new();
        if let Some(end) = self.say(at, "什么也不做", "do nothing") {
            found.push((end, None));
        }
        if let Some(kind) = nodes::by_type("command") {
            for (len, params) in deeds::read_command(&self.index, self.rest(at)) {
                if let Some(params) = (kind.normal)(&params) {
                    found.push((at + len, Some(Act { kind, params, inputs: vec![Vec::new(); kind.inputs.len()] })));
                }
            }
        }
        found.extend(self.publishing(at).into_iter().map(|(end, act)| (end, Some(act))));
        for row in rows_at(Gives::Act, self.rest(at), self.lang) {
            for (end, bound) in self.filled(&row.pieces, row.kind, at, Bound::default()) {
                if let Some(act) = self.finished(row, bound) {
                    found.push((end, Some(act)));
                }
            }
        }
        if let Some(start) = self.say(at, "执行", "do ") {
            for (end, act, _) in self.anyhow(start) {
                if act.kind.outputs.is_empty() {
                    found.push((end, Some(act)));
                }
            }
        }
        found
    }

    /// "publish `on` to `lamp/set`".
    pub(super) fn publishing(&mut self, at: usize) -> Vec<(usize, Act)> {
        let Some(kind) = nodes::by_type("publish") else { return Vec::new() };
        let mut found = Vec::new();
        for retain in [true, false] {
            let Some((end, mut params)) = self.published(at, retain) else { continue };
            params.insert("retain".into(), json!(retain));
            let mut ways: Vec<(usize, Vec<Feed>)> = vec![(end, Vec::new())];
            if let Some(start) = self.say(end, "（", " (") {
                ways.extend(self.slots(start));
            }
            for (end, values) in ways {
                if let Some(params) = (kind.normal)(&params) {
                    found.push((end, Act { kind, params, inputs: vec![Vec::new(), values] }));
                }
            }
        }
        found
    }

    pub(super) fn published(&mut self, at: usize, retain: bool) -> Option<(usize, Map<String, Json>)> {
        let mut params = Map::new();
        let end = match self.lang {
            Lang::Zh => {
                let at = self.eat(at, "向")?;
                let (at, connection) = self.connected_before(at);
                params.extend(connection.map(|c| ("connection".to_owned(), c)));
                let (len, topic) = read_quoted(self.rest(at), self.lang)?;
                params.insert("topic".into(), json!(topic));
                let at = match self.eat(at + len, "确保送达地") {
                    Some(end) => {
                        params.insert("qos".into(), json!(1));
                        end
                    }
                    None => at + len,
                };
                let at = self.eat(at, if retain { "发布并保留" } else { "发布" })?;
                let at = self.skip(at);
                let (len, payload) = deeds::read_payload(self.rest(at), self.lang)?;
                params.insert("payload".into(), payload);
                at + len
            }
            Lang::En => {
                let at = self.eat(at, if retain { "publish and retain " } else { "publish " })?;
                let (len, payload) = deeds::read_payload(self.rest(at), self.lang)?;
                params.insert("payload".into(), payload);
                let at = self.eat(at + len, " to ")?;
                let (len, topic) = read_quoted(self.rest(at), self.lang)?;
                params.insert("topic".into(), json!(topic));
                let (at, connection) = self.connected_after(at + len);
                params.extend(connection.map(|c| ("connection".to_owned(), c)));
                match self.eat(at, " at least once") {
                    Some(end) => {
                        params.insert("qos".into(), json!(1));
                        end
                    }
                    None => at,
                }
            }
        };
        Some((end, params))
    }

    /// In Chinese the connection comes first: 车间的“a/b”.
    pub(super) fn connected_before(&mut self, at: usize) -> (usize, Option<Json>) {
        for (len, id) in self.index.connections_at(self.rest(at), MQTT_DRIVER) {
            if let Some(end) = self.eat(at + len, "的") {
                return (end, Some(json!(id)));
            }
        }
        (at, None)
    }

    pub(super) fn connected_after(&mut self, at: usize) -> (usize, Option<Json>) {
        let Some(start) = self.eat(at, " of ") else { return (at, None) };
        let longest = self.index.connections_at(self.rest(start), MQTT_DRIVER).into_iter().max_by_key(|f| f.0);
        longest.map_or((at, None), |(len, id)| (start + len, Some(json!(id))))
    }

    /// "{1} is what wildcard 1 stood for and {seq} is its /seq)".
    pub(super) fn slots(&mut self, at: usize) -> Vec<(usize, Vec<Feed>)> {
        let mut open: Vec<(usize, Vec<Feed>)> = vec![(at, Vec::new())];
        let mut found = Vec::new();
        while let Some((at, values)) = open.pop() {
            if found.len() >= READINGS_MAX || self.spent() {
                break;
            }
            self.steps += 1;
            let inside = self.rest(at).strip_prefix('{').and_then(|r| r.split_once('}'));
            let Some((name, _)) = inside else { continue };
            let start = at + name.len() + 2;
            let mut ends: Vec<(usize, Vec<Feed>)> = Vec::new();
            let wildcard = match self.lang {
                Lang::Zh => format!("为第 {name} 个通配符所匹配的"),
                Lang::En => format!(" is what wildcard {name} stood for"),
            };
            if let Some(end) = self.eat(start, &wildcard) {
                ends.push((end, values.clone()));
            } else if let Some(start) = self.say(start, "为", " is ") {
                for (end, what) in self.find(Sought::Value { slot: true }, start).iter() {
                    let from = self.settled(what, Implied::NUMBER);
                    let mut values = values.clone();
                    values.push(Feed { name: name.to_owned(), ..Feed::of(from) });
                    ends.push((*end, values));
                }
            }
            for (end, values) in ends {
                if let Some(end) = self.say(end, "）", ")") {
                    found.push((end, values.clone()));
                }
                if let Some(next) = self.say(end, "，", " and ") {
                    open.push((next, values));
                }
            }
        }
        found
    }
}
