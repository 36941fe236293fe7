//! Conditions, from a plain comparison to what is joined of several.

use super::*;

impl<'a> Saying<'a, '_> {
    /// How loosely a clause hangs together.
    pub(super) fn rank(&self, out: Out) -> Rank {
        let Some(knot) = self.knot(out).filter(|_| !self.named.contains(&out)) else { return Rank::Atom };
        let Some(kind) = knot.kind else { return Rank::Atom };
        let input = knot.inputs.iter().flatten().next().map(|f| f.from);
        let subject = |out: Option<Out>| match out {
            Some(out) if !self.is_atom(out) => Rank::Simple,
            _ => Rank::Atom,
        };
        match kind.type_ {
            "and" | "or" => Rank::Any,
            "not" if input.is_some_and(|i| self.is_value(i)) => subject(input),
            "not" => Rank::Any,
            "compare" => subject(input),
            "for_duration" if input.is_some_and(|i| self.is_joint(i)) => Rank::Any,
            "for_duration" => Rank::Part,
            _ if self.is_value(out) => subject(Some(out)),
            _ if knot.inputs.iter().all(Vec::is_empty) => Rank::Atom,
            _ => Rank::Simple,
        }
    }

    pub(super) fn is_joint(&self, out: Out) -> bool {
        !self.named.contains(&out) && self.knot(out).is_some_and(|k| k.is("and") || k.is("or"))
    }

    /// Whether a value needs no brackets.
    pub(super) fn is_atom(&self, out: Out) -> bool {
        let Some(knot) = self.knot(out).filter(|_| !self.named.contains(&out)) else { return true };
        if knot.is("json_field") {
            return self.message.is_some() && knot.inputs.iter().flatten().next().map(|f| f.from.node) == self.message;
        }
        self.is_value(out) && knot.inputs.iter().all(Vec::is_empty)
    }

    /// A condition as a clause, in brackets where it is looser than the place allows.
    pub(crate) fn clause(&mut self, out: Out, most: Rank) -> String {
        if let Some(name) = self.name(out) {
            return self.glue(&[self.t("条件", "condition "), &name, self.t("成立", " holds")]);
        }
        let rank = self.rank(out);
        let text = self.clause_in_full(out);
        if rank > most { self.bracketed(&text) } else { text }
    }

    pub(super) fn unknown_condition(&self) -> String {
        self.t("（未知条件）", "(an unknown condition)").to_owned()
    }

    pub(super) fn clause_in_full(&mut self, out: Out) -> String {
        let Some(knot) = self.knot(out) else { return self.unknown_condition() };
        let Some(kind) = knot.kind else { return self.unknown_condition() };
        let input = knot.inputs.iter().flatten().next().map_or(Out::of(usize::MAX), |f| f.from);
        match kind.type_ {
            "and" | "or" => {
                let parts: Vec<Out> = knot.inputs.iter().flatten().map(|f| f.from).collect();
                let parts: Vec<String> = parts.into_iter().map(|p| self.clause(p, Rank::Part)).collect();
                let word = if kind.type_ == "and" { self.t("且", " and ") } else { self.t("或", " or ") };
                let pieces: Vec<&str> =
                    parts.iter().enumerate().flat_map(|(i, p)| [if i > 0 { word } else { "" }, p.as_str()]).collect();
                self.glue(&pieces)
            }
            "not" if self.is_value(input) => self.is(input, false),
            "not" => {
                let clause = self.clause(input, Rank::Part);
                self.glue(&[self.t("并非", "it is not so that "), &clause])
            }
            "compare" => self.comparison(knot, input),
            "for_duration" => {
                let wait =
                    span(Span::from_millis(knot.params.get("span_ms").and_then(Json::as_i64).unwrap_or(0)), self.lang);
                let joint = self.is_joint(input);
                let and = joint && self.knot(input).is_some_and(|k| k.is("and"));
                let clause = self.clause(input, if joint { Rank::Any } else { Rank::Simple });
                let (before, after) = match (joint, and) {
                    (true, true) => (self.t("，并同时持续", ", together for "), ""),
                    (true, false) => (self.t("，并持续", ", for "), self.t("", " in all")),
                    (false, _) => (self.t("持续", " for "), ""),
                };
                self.glue(&[&clause, before, &wait, after])
            }
            _ if self.is_value(out) => self.is(out, true),
            _ => {
                let text = self.row(out, knot, kind);
                text.unwrap_or_else(|| {
                    let text = self.anyhow(out, knot, kind);
                    self.glue(&[&text, self.t("为真", " is true")])
                })
            }
        }
    }

    /// That a value is true or false.
    pub(super) fn is(&mut self, out: Out, value: bool) -> String {
        let spec = self.form.point(out).and_then(|p| self.index.world.point(p));
        if let Some(state) = spec.filter(|_| !self.named.contains(&out)).and_then(|spec| self.index.state(spec, value))
        {
            return state;
        }
        if let Some(text) = self.judgement(out, value) {
            return text;
        }
        let name = self.value(out, false, Implied::BOOL);
        self.glue(&[&name, if value { self.t("为真", " is true") } else { self.t("为假", " is false") }])
    }

    /// That a condition on many holds, or does not.
    fn judgement(&mut self, out: Out, value: bool) -> Option<String> {
        let knot = self.knot(out).filter(|_| !self.named.contains(&out))?;
        let kind = knot.kind.filter(|k| k.inputs.is_empty())?;
        let row = kind.words.iter().find(|row| row.fits(kind, out.port, &knot.params))?;
        let pieces = row.pieces(self.lang);
        let opposite = denied(&pieces)?;
        if !tells_all(row, &pieces, kind, knot) {
            return None;
        }
        let text = self.fill(if value { &pieces } else { &opposite }, knot, kind)?;
        let end = if knot.params.contains_key("value") { "" } else { so(self.lang) };
        Some(self.glue(&[&text, end]))
    }

    pub(super) fn comparison(&mut self, knot: &Knot, input: Out) -> String {
        let op = knot.params.get("op").and_then(|op| serde_json::from_value(op.clone()).ok()).unwrap_or(Comparison::Eq);
        let value: Value =
            knot.params.get("value").and_then(|v| serde_json::from_value(v.clone()).ok()).unwrap_or(Value::Bool(true));
        let written = Unit::by_code(knot.text("unit"));
        let own = self.form.unit(input, self.index.world);
        let said = |n: f64| quantity(n, written, own);
        let spec = self.form.point(input).and_then(|p| self.index.world.point(p));
        let (words, implied) = match (&value, spec) {
            (Value::Number(n), _) => {
                (said(*n), Implied { as_: "number", unit: if written.is_some() { None } else { own } })
            }
            (value, Some(spec)) => (self.index.value(spec, value), Implied::TEXT),
            (value, None) => (plain(&serde_json::to_value(value).unwrap_or_default(), self.lang), Implied::TEXT),
        };
        let name = self.value(input, false, implied);
        let mut text = self.glue(&[&name, comparison_words(op, matches!(value, Value::Number(_)), self.lang), &words]);
        if let (Value::Number(n), Some(band)) = (&value, knot.params.get("hysteresis").and_then(Json::as_f64)) {
            let rising = matches!(op, Comparison::Gt | Comparison::Ge);
            let back = if rising { n - band } else { n + band };
            let again = if rising { n - back } else { back - n };
            let exact = again.total_cmp(&band).is_eq();
            let inside = if exact {
                self.glue(&[self.t("回到", "until back at "), &said(back), self.t("为止", "")])
            } else {
                self.glue(&[self.t("回差", "hysteresis "), &number(band)])
            };
            text = match self.lang {
                Lang::Zh => format!("{text}（{inside}）"),
                Lang::En => format!("{text} ({inside})"),
            };
        }
        text
    }
}
