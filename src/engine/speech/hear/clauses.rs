//! Conditions, from a plain comparison to what is joined of several.

use super::*;

impl<'a> Hearing<'a> {
    pub(super) fn clauses(&mut self, at: usize, rank: Rank) -> Vec<(usize, Found)> {
        match rank {
            Rank::Atom => self.atoms(at),
            Rank::Simple => {
                let mut found = self.find(Sought::Clause(Rank::Atom), at).to_vec();
                found.extend(self.by_rows(at, Gives::Bool, false));
                found.extend(self.comparisons(at, false));
                found
            }
            Rank::Part => {
                let mut found = self.find(Sought::Clause(Rank::Simple), at).to_vec();
                for (end, what) in found.clone() {
                    if let (Found::Out(out), Some(start)) = (what, self.say(end, "持续", " for ")) {
                        found.extend(self.lasting(out, start, ""));
                    }
                }
                found
            }
            Rank::Any => {
                let mut found = self.find(Sought::Clause(Rank::Part), at).to_vec();
                found.extend(self.joints(at));
                if let Some(start) = self.say(at, "并非", "it is not so that ") {
                    for (end, what) in self.find(Sought::Clause(Rank::Part), start).iter() {
                        if let Found::Out(out) = what {
                            found.push((*end, Found::Out(self.form.negated(*out))));
                        }
                    }
                }
                found
            }
        }
    }

    /// A condition for a time.
    pub(super) fn lasting(&mut self, out: Out, at: usize, after: &str) -> Vec<(usize, Found)> {
        let Some(kind) = nodes::by_type("for_duration") else { return Vec::new() };
        let at = self.skip(at);
        let mut found = Vec::new();
        for (len, ms) in read_span(self.rest(at), self.lang) {
            let Some(end) = self.eat(at + len, after) else { continue };
            let params = Map::from_iter([("span_ms".to_owned(), json!(ms))]);
            let node = self.form.put_nth(kind, params, vec![vec![Feed::of(out)]], false, 0);
            found.push((end, Found::Out(Out::of(node))));
        }
        found
    }

    /// "a and b", and that for a time.
    pub(super) fn joints(&mut self, at: usize) -> Vec<(usize, Found)> {
        let mut found: Vec<(usize, Found)> = Vec::new();
        for and in [true, false] {
            let word = if and { self.t("且", " and ") } else { self.t("或", " or ") };
            let parts = self.find(Sought::Clause(Rank::Part), at);
            let mut open: Vec<(usize, Vec<Out>)> = parts
                .iter()
                .filter_map(|(end, w)| if let Found::Out(o) = w { Some((*end, vec![*o])) } else { None })
                .collect();
            let mut count = 0;
            while let Some((at, outs)) = open.pop() {
                count += 1;
                self.steps += outs.len();
                if count > READINGS_MAX || self.spent() {
                    break;
                }
                if outs.len() > 1 {
                    let joint = self.form.joined(and, &outs);
                    found.push((at, Found::Out(joint)));
                    let (zh, en, after) = if and {
                        ("，并同时持续", ", together for ", "")
                    } else {
                        ("，并持续", ", for ", self.t("", " in all"))
                    };
                    if let Some(start) = self.say(at, zh, en) {
                        found.extend(self.lasting(joint, start, after));
                    }
                }
                let Some(start) = self.eat(at, word) else { continue };
                for (end, what) in self.find(Sought::Clause(Rank::Part), start).iter() {
                    if let Found::Out(out) = what {
                        let mut outs = outs.clone();
                        outs.push(*out);
                        open.push((*end, outs));
                    }
                }
            }
        }
        found
    }

    pub(super) fn atoms(&mut self, at: usize) -> Vec<(usize, Found)> {
        let mut found = self.bracketed(Sought::Clause(Rank::Any), at);
        found.extend(self.named(at, ("条件", "condition "), ("成立", " holds")));
        if let Some(kind) = nodes::by_type("point") {
            for (len, id, value) in self.index.states_at(self.rest(at)) {
                let params = Map::from_iter([("point".to_owned(), json!(id))]);
                let point = Out::of(self.form.put_nth(kind, params, Vec::new(), false, 0));
                let out = if value { point } else { self.form.negated(point) };
                found.push((at + len, Found::Out(out)));
            }
        }
        found.extend(self.judgements(at));
        found.extend(self.comparisons(at, true));
        found.extend(self.by_rows(at, Gives::Bool, true));
        found
    }

    /// "CO2 is above 1000 ppm", "its /on is true".
    pub(super) fn comparisons(&mut self, at: usize, atom: bool) -> Vec<(usize, Found)> {
        let mut found = Vec::new();
        for (end, what) in self.find(Sought::Value { slot: atom }, at).iter() {
            for (zh, en, value) in [("为真", " is true", true), ("为假", " is false", false)] {
                if let Some(end) = self.say(*end, zh, en) {
                    let out = self.settled(what, Implied::BOOL);
                    found.push((end, Found::Out(if value { out } else { self.form.negated(out) })));
                }
            }
            for op in [Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le, Comparison::Gt, Comparison::Ge] {
                if let Some(start) = self.eat(*end, comparison_words(op, true, self.lang)) {
                    found.extend(self.numbers(what, op, start));
                }
                if matches!(op, Comparison::Eq | Comparison::Ne)
                    && let Some(start) = self.eat(*end, comparison_words(op, false, self.lang))
                {
                    found.extend(self.tokens(what, op, start));
                }
            }
        }
        // A node without words of its own, as a condition.
        for (end, act, port) in self.anyhow(at) {
            let leaf = act.inputs.iter().all(Vec::is_empty);
            if act.kind.outputs.get(port).is_some_and(|o| o.kind == PortKind::Bool)
                && leaf == atom
                && let Some(end) = self.say(end, "为真", " is true")
            {
                found.push((end, Found::Out(self.placed(act, port, 0))));
            }
        }
        found
    }

    pub(super) fn compared(&mut self, input: Out, params: Map<String, Json>) -> Option<Found> {
        let params = (nodes::by_type("compare")?.normal)(&params)?;
        Some(Found::Out(self.form.compared(params, input, self.world)))
    }

    /// A comparison with a number, perhaps with hysteresis.
    pub(super) fn numbers(&mut self, what: &Found, op: Comparison, at: usize) -> Vec<(usize, Found)> {
        let at = self.skip(at);
        let mut found = Vec::new();
        for (len, n, symbol) in read_quantity(self.rest(at)) {
            let (input, unit) = match what {
                // The unit of what a message brings is the one that is written.
                Found::Field(..) => {
                    let unit = by_symbol(symbol, None).filter(|_| !symbol.is_empty());
                    (self.settled(what, Implied { as_: "number", unit }), None)
                }
                Found::Out(out) => {
                    let own = self.form.unit(*out, self.world);
                    (*out, by_symbol(symbol, own).filter(|u| Some(*u) != own && !symbol.is_empty()))
                }
            };
            let mut params = Map::from_iter([("op".to_owned(), json!(op)), ("value".to_owned(), json!(n))]);
            params.extend(unit.map(|u| ("unit".to_owned(), json!(u))));
            let end = at + len;
            if let Some((end, band)) = self.hysteresis(end, n, op) {
                let mut params = params.clone();
                params.insert("hysteresis".into(), json!(band));
                found.extend(self.compared(input, params).map(|f| (end, f)));
            }
            found.extend(self.compared(input, params).map(|f| (end, f)));
        }
        found
    }

    pub(super) fn hysteresis(&mut self, at: usize, n: f64, op: Comparison) -> Option<(usize, f64)> {
        if let Some(start) = self.say(at, "（回到", " (until back at ") {
            let start = self.skip(start);
            for (len, back, _) in read_quantity(self.rest(start)) {
                if let Some(end) = self.say(start + len, "为止）", ")") {
                    let rising = matches!(op, Comparison::Gt | Comparison::Ge);
                    return Some((end, if rising { n - back } else { back - n }));
                }
            }
        }
        let start = self.say(at, "（回差", " (hysteresis ")?;
        let start = self.skip(start);
        let (len, band) = read_number(self.rest(start))?;
        Some((self.say(start + len, "）", ")")?, band))
    }

    /// A comparison with a token or a text.
    pub(super) fn tokens(&mut self, what: &Found, op: Comparison, at: usize) -> Vec<(usize, Found)> {
        let at = self.skip(at);
        let input = self.settled(what, Implied::TEXT);
        let spec = self.form.point(input).and_then(|p| self.world.point(p));
        let mut values: Vec<(usize, Json)> = spec.map_or_else(Vec::new, |s| {
            self.index.values_at(s, self.rest(at)).into_iter().map(|(len, v)| (len, json!(v))).collect()
        });
        if spec.is_none() {
            values.extend(read_quoted(self.rest(at), self.lang).map(|(len, text)| (len, json!(text))));
        }
        let mut found = Vec::new();
        for (len, value) in values {
            let params = Map::from_iter([("op".to_owned(), json!(op)), ("value".to_owned(), value)]);
            found.extend(self.compared(input, params).map(|f| (at + len, f)));
        }
        found
    }
}
