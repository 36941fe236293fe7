//! Values, patterns of the tables of words, and nodes that have none.

use super::*;

impl<'a> Saying<'a, '_> {
    /// What a value is called; in a slot in brackets unless it is a name.
    pub(crate) fn value(&mut self, out: Out, slot: bool, implied: Implied) -> String {
        if self.named.contains(&out) && !self.is_value(out) {
            let clause = self.clause(out, Rank::Any);
            let text = self.whether(&clause);
            return if slot { self.bracketed(&text) } else { text };
        }
        if let Some(name) = self.name(out) {
            return self.glue(&[self.t("值", "value "), &name]);
        }
        let atom = self.is_atom(out);
        let text = self.value_in_full(out, implied);
        if slot && !atom { self.bracketed(&text) } else { text }
    }

    pub(super) fn whether(&self, clause: &str) -> String {
        self.glue(&[self.t("“", "whether "), clause, self.t("”是否成立", "")])
    }

    pub(super) fn value_in_full(&mut self, out: Out, implied: Implied) -> String {
        let unknown = self.t("未知的值", "an unknown value").to_owned();
        let Some(knot) = self.knot(out) else { return unknown };
        let Some(kind) = knot.kind else { return unknown };
        match knot.carries(out.port) {
            Some(PortKind::Bool) => {
                let clause = self.clause(out, Rank::Any);
                self.whether(&clause)
            }
            Some(PortKind::Value) => match (kind.type_, self.form.point(out)) {
                ("point", Some(point)) if knot.params.len() == 1 => self.index.point(point),
                ("json_field", _) => self.field(knot, implied),
                _ => self.row(out, knot, kind).unwrap_or_else(|| self.anyhow(out, knot, kind)),
            },
            Some(PortKind::Event | PortKind::Message) | None => unknown,
        }
    }

    /// A value of a message: "its /t".
    pub(super) fn field(&mut self, knot: &Knot, implied: Implied) -> String {
        let path = field_words(knot.text("path"), self.lang);
        let feed = knot.inputs.iter().flatten().next().cloned();
        let mut text = if feed.as_ref().is_some_and(|f| Some(f.from.node) == self.message) {
            let spaced = path.starts_with('/') || self.lang == Lang::En;
            format!("{}{}{path}", self.t("其", "its"), if spaced { " " } else { "" })
        } else {
            let message = self.happenings(feed.as_slice());
            match self.lang {
                Lang::Zh => format!("消息{message}的 {path}"),
                Lang::En => format!("{path} of the message {message}"),
            }
        };
        let (as_, unit) = (knot.text("as"), Unit::by_code(knot.text("unit")));
        if as_ != implied.as_ || unit != implied.unit {
            let what = match (as_, self.lang) {
                ("bool", Lang::Zh) => "是或否".to_owned(),
                ("bool", Lang::En) => "true or false".to_owned(),
                ("text", Lang::Zh) => "文本".to_owned(),
                ("text", Lang::En) => "a text".to_owned(),
                (_, Lang::Zh) => unit.map_or("数值".to_owned(), |u| format!("数值，{}", u.code())),
                (_, Lang::En) => unit.map_or("a number".to_owned(), |u| format!("a number in {}", u.code())),
            };
            text = match self.lang {
                Lang::Zh => format!("{text}（{what}）"),
                Lang::En => format!("{text} ({what})"),
            };
        }
        text
    }

    /// A node by the first row of its table that fits and tells everything.
    pub(super) fn row(&mut self, out: Out, knot: &Knot, kind: &'static Registration) -> Option<String> {
        let row = kind.words.iter().find(|row| row.fits(kind, out.port, &knot.params))?;
        let pieces = row.pieces(self.lang);
        if !tells_all(row, &pieces, kind, knot) {
            return None;
        }
        let text = self.fill(&pieces, knot, kind)?;
        Some(self.counted(out, knot, text))
    }

    /// A pattern with its slots filled; none when something that must stand there is absent.
    pub(super) fn fill(&mut self, pieces: &[Piece], knot: &Knot, kind: &'static Registration) -> Option<String> {
        let mut parts: Vec<String> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => parts.push((*text).to_owned()),
                Piece::Maybe(inner) if lacks(inner, knot, kind) => {}
                Piece::Maybe(inner) => parts.extend(self.fill(inner, knot, kind)),
                Piece::Slot(name, form) => match kind.inputs.iter().position(|p| p.name == *name) {
                    Some(port) => parts.push(self.inputs(kind.inputs.get(port)?, knot.inputs.get(port)?)?),
                    None => parts.push(self.parameter(knot, name, form)?),
                },
            }
        }
        Some(self.glue(&parts.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    /// What arrives at an input.
    pub(super) fn inputs(&mut self, spec: &PortSpec, feeds: &[Feed]) -> Option<String> {
        if feeds.is_empty() {
            return (!spec.named).then(|| match spec.kind {
                PortKind::Bool => self.unknown_condition(),
                PortKind::Value => self.t("未知的值", "an unknown value").to_owned(),
                PortKind::Event | PortKind::Message => self.happenings(&[]),
            });
        }
        if spec.kind.is_event() && spec.named {
            let names: BTreeSet<&str> = feeds.iter().map(|f| f.name.as_str()).collect();
            let mut parts: Vec<String> = Vec::new();
            for name in names {
                let of: Vec<Feed> = feeds.iter().filter(|f| f.name == name).cloned().collect();
                parts.push(format!("{name} = {}", self.happenings(&of)));
            }
            return Some(parts.join(separator(self.lang)));
        }
        if spec.kind.is_event() {
            let this = matches!(feeds, [one] if spec.kind == PortKind::Message && Some(one.from.node) == self.message);
            return Some(if this { self.t("该消息", "this message").to_owned() } else { self.happenings(feeds) });
        }
        let mut parts: Vec<String> = Vec::new();
        for feed in feeds {
            let said = match spec.kind {
                PortKind::Bool => self.clause(feed.from, Rank::Atom),
                _ => self.value(feed.from, true, Implied::NUMBER),
            };
            parts.push(if spec.named { format!("{} = {said}", feed.name) } else { said });
        }
        Some(parts.join(separator(self.lang)))
    }

    pub(super) fn parameter(&self, knot: &Knot, name: &str, form: &str) -> Option<String> {
        let value = knot.params.get(name).filter(|v| !v.is_null())?;
        let own = || knot.inputs.first().and_then(|f| f.first()).and_then(|f| self.form.unit(f.from, self.index.world));
        let world = self.index.world;
        Some(match form {
            "span" => span(Span::from_millis(value.as_i64()?), self.lang),
            "value" if !value.is_number() => plain(value, self.lang),
            "number" | "difference" | "value" => quantity(value.as_f64()?, Unit::by_code(knot.text("unit")), own()),
            "point" => self.index.point(value.as_str()?.parse().ok().filter(|p| world.point(*p).is_some())?),
            "device" => self.index.device(value.as_str()?.parse().ok().filter(|d| world.device(*d).is_some())?),
            "space" => self.index.space(value.as_str()?.parse().ok().filter(|s| world.space(*s).is_some())?),
            "schedule" => self.index.schedule(value.as_str()?.parse().ok().filter(|s| world.schedule(*s).is_some())?),
            "scene" => self.index.scene(value.as_str()?.parse().ok().filter(|s| world.scene(*s).is_some())?),
            "connection" => {
                self.index.connection(value.as_str()?.parse().ok().filter(|c| world.connection(*c).is_some())?)
            }
            "time" | "times" => {
                let times: Vec<&str> = value.as_array().map_or_else(
                    || value.as_str().into_iter().collect(),
                    |list| list.iter().filter_map(Json::as_str).collect(),
                );
                times.into_iter().map(|t| time(t, self.lang)).collect::<Vec<_>>().join(separator(self.lang))
            }
            "days" => days(&serde_json::from_value(value.clone()).ok()?, self.lang)?,
            "here" => deeds::here_words(self.lang).to_owned(),
            "select" => deeds::selection(self.index, &serde_json::from_value(value.clone()).ok()?),
            _ => plain(value, self.lang),
        })
    }

    /// A node that has no words of its own: its type, its parameters, what arrives.
    pub(super) fn anyhow(&mut self, out: Out, knot: &Knot, kind: &'static Registration) -> String {
        let mut text = format!("{} {}", quoted(kind.type_, self.lang), object(&knot.params));
        let mut parts: Vec<String> = Vec::new();
        for (spec, feeds) in kind.inputs.iter().zip(&knot.inputs) {
            // When an action comes is said by the sentence.
            if feeds.is_empty() || (kind.outputs.is_empty() && Some(spec.name) == event_name(kind)) {
                continue;
            }
            parts.extend(self.inputs(spec, feeds).map(|said| format!("{}: {said}", spec.name)));
        }
        if !parts.is_empty() {
            text = format!("{text} ({})", parts.join("; "));
        }
        match kind.outputs.get(out.port).filter(|_| out.port > 0) {
            Some(port) => format!("{text}.{}", port.name),
            None => text,
        }
    }
}

/// Whether an input of an optional part is not connected.
fn lacks(pieces: &[Piece], knot: &Knot, kind: &Registration) -> bool {
    pieces.iter().any(|piece| match piece {
        Piece::Slot(name, _) => {
            let port = kind.inputs.iter().position(|p| p.name == *name);
            port.is_some_and(|p| knot.inputs.get(p).is_none_or(Vec::is_empty))
        }
        Piece::Text(_) | Piece::Maybe(_) => false,
    })
}
