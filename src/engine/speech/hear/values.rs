//! Values: points, what a message brings, what kinds of nodes give.

use super::*;

impl<'a> Hearing<'a> {
    pub(super) fn values(&mut self, at: usize, slot: bool) -> Vec<(usize, Found)> {
        let mut found = Vec::new();
        if let Some(kind) = nodes::by_type("point") {
            for (len, id) in self.index.points_at(self.rest(at)) {
                let params = Map::from_iter([("point".to_owned(), json!(id))]);
                let out = Out::of(self.form.put_nth(kind, params, Vec::new(), false, 0));
                found.push((at + len, Found::Out(out)));
            }
        }
        found.extend(self.named(at, ("值", "value "), ("", "")));
        found.extend(self.fields(at, slot));
        found.extend(self.by_rows(at, Gives::Value, slot));
        if slot {
            found.extend(self.bracketed(Sought::Value { slot: false }, at));
        } else {
            if let Some(start) = self.say(at, "“", "whether ") {
                for (end, what) in self.find(Sought::Clause(Rank::Any), start).iter() {
                    found.extend(self.say(*end, "”是否成立", "").map(|end| (end, what.clone())));
                }
            }
        }
        for (end, act, port) in self.anyhow(at) {
            let leaf = act.inputs.iter().all(Vec::is_empty);
            if act.kind.outputs.get(port).is_some_and(|o| o.kind == PortKind::Value) && (leaf || !slot) {
                found.push((end, Found::Out(self.placed(act, port, 0))));
            }
        }
        found
    }

    /// "its /t".
    pub(super) fn fields(&mut self, at: usize, slot: bool) -> Vec<(usize, Found)> {
        let mut bare: Vec<(usize, String, Vec<Feed>)> = Vec::new();
        if let (Some(message), Some(start)) = (self.message, self.say(at, "其", "its ")) {
            let here = vec![Feed::of(self.message_out(message))];
            bare.extend(self.path(start).map(|(end, path)| (end, path, here)));
        }
        if !slot {
            match self.lang {
                Lang::Zh => {
                    if let Some(start) = self.eat(at, "消息") {
                        for (end, feeds) in self.happenings(start).iter() {
                            let path = self.eat(*end, "的").and_then(|end| self.path(end));
                            bare.extend(path.map(|(end, path)| (end, path, feeds.clone())));
                        }
                    }
                }
                Lang::En => {
                    if let Some((end, path)) = self.path(at)
                        && let Some(end) = self.eat(end, " of the message ")
                    {
                        let messages = self.happenings(end);
                        bare.extend(messages.iter().map(|(end, feeds)| (*end, path.clone(), feeds.clone())));
                    }
                }
            }
        }
        let mut found = Vec::new();
        for (end, path, feeds) in bare {
            for (as_, zh, en) in [
                ("bool", "（是或否）", " (true or false)"),
                ("text", "（文本）", " (a text)"),
                ("number", "（数值）", " (a number)"),
            ] {
                if let Some(end) = self.say(end, zh, en) {
                    let out = self.field(&path, feeds.clone(), as_, None);
                    found.push((end, Found::Out(out)));
                }
            }
            if let Some(start) = self.say(end, "（数值，", " (a number in ") {
                let close = self.t("）", ")");
                let code = self.rest(start).split_once(close).map(|(code, _)| code.to_owned());
                if let Some((unit, code)) = code.and_then(|c| Some((Unit::by_code(&c)?, c))) {
                    let out = self.field(&path, feeds.clone(), "number", Some(unit));
                    found.push((start + code.len() + close.len(), Found::Out(out)));
                }
            }
            found.push((end, Found::Field(path, feeds)));
        }
        found
    }

    pub(super) fn message_out(&self, node: usize) -> Out {
        let kind = self.form.knots.get(node).and_then(|k| k.kind);
        let port = kind.and_then(|k| k.outputs.iter().position(|o| o.kind == PortKind::Message)).unwrap_or(0);
        Out { node, port }
    }

    pub(super) fn path(&mut self, at: usize) -> Option<(usize, String)> {
        let at = self.skip(at);
        if let Some((len, path)) = read_quoted(self.rest(at), self.lang) {
            return Some((at + len, path));
        }
        if let Some(end) = self.say(at, "载荷", "payload") {
            return Some((end, String::new()));
        }
        let rest = self.rest(at);
        let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-/".contains(c))).unwrap_or(rest.len());
        rest.get(..len).filter(|p| p.starts_with('/')).map(|p| (at + len, p.to_owned()))
    }

    /// What the tables of words say; in a slot only what needs no brackets.
    pub(super) fn by_rows(&mut self, at: usize, gives: Gives, leaf: bool) -> Vec<(usize, Found)> {
        let mut found = Vec::new();
        for row in rows_at(gives, self.rest(at), self.lang) {
            if leaf && !row.kind.inputs.is_empty() {
                continue;
            }
            for (end, bound) in self.filled(&row.pieces, row.kind, at, Bound::default()) {
                if let Some(act) = self.finished(row, bound) {
                    found.push((end, Found::Out(self.placed(act.clone(), row.port, 0))));
                    if is_source(row.kind)
                        && let Some((end, nth)) = self.number(end)
                    {
                        found.push((end, Found::Out(self.placed(act, row.port, nth))));
                    }
                }
            }
        }
        found
    }

    /// "none of motion of every device is true": a condition on many.
    pub(super) fn judgements(&mut self, at: usize) -> Vec<(usize, Found)> {
        let mut found = Vec::new();
        for row in rows_at(Gives::Judgement, self.rest(at), self.lang) {
            for (end, bound) in self.filled(&row.pieces, row.kind, at, Bound::default()) {
                let Some(act) = self.finished(row, bound) else { continue };
                let plain = !act.params.contains_key("value");
                let Some(end) = (if plain { self.eat(end, so(self.lang)) } else { Some(end) }) else { continue };
                let out = self.placed(act, row.port, 0);
                found.push((end, Found::Out(if row.denied { self.form.negated(out) } else { out })));
            }
        }
        found
    }

    /// "(number 2)": the place among sources that are alike.
    pub(super) fn number(&mut self, at: usize) -> Option<(usize, usize)> {
        let start = self.say(at, "（第", " (number ").or_else(|| self.say(at, "（第", "(number "))?;
        let start = self.skip(start);
        let (len, n) = read_number(self.rest(start))?;
        let end = self.say(start + len, "路）", ")")?;
        let nth = whole(n).as_u64().and_then(|n| usize::try_from(n).ok())?;
        Some((end, nth.checked_sub(1)?))
    }

    pub(super) fn placed(&mut self, act: Act, port: usize, nth: usize) -> Out {
        let params = self.form.tidied(act.kind, act.params, &act.inputs, self.world);
        Out { node: self.form.put_nth(act.kind, params, act.inputs, false, nth), port }
    }
}
