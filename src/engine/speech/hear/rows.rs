//! Patterns of the tables of words, and nodes that have none.

use super::*;
use serde::Serialize;

/// What a pattern has found so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Bound {
    params: Map<String, Json>,
    inputs: BTreeMap<usize, Vec<Feed>>,
    /// Symbols of units beside numbers.
    symbols: Vec<&'static str>,
}

impl Bound {
    fn with_input(&self, port: usize, feeds: &[Feed]) -> Bound {
        let mut bound = self.clone();
        bound.inputs.insert(port, feeds.to_vec());
        bound
    }

    fn with_parameter(&self, name: &str, (value, symbol): &Parameter) -> Bound {
        let mut bound = self.clone();
        bound.params.insert(name.to_owned(), value.clone());
        bound.symbols.extend(symbol);
        bound
    }
}

impl<'a> Hearing<'a> {
    /// Everything that a pattern can be from here on.
    pub(super) fn filled(
        &mut self,
        pieces: &[Piece],
        kind: &'static Registration,
        at: usize,
        bound: Bound,
    ) -> Vec<(usize, Bound)> {
        let Some((piece, rest)) = pieces.split_first() else { return vec![(at, bound)] };
        self.steps += 1;
        if self.spent() {
            return Vec::new();
        }
        let mut ways: Vec<(usize, Bound)> = Vec::new();
        match piece {
            Piece::Text(text) => ways.extend(self.eat(at, text).map(|end| (end, bound))),
            Piece::Maybe(inner) => {
                ways = self.filled(inner, kind, at, bound.clone());
                ways.push((at, bound));
            }
            Piece::Slot(name, form) => {
                let at = self.skip(at);
                let port = kind.inputs.iter().position(|p| p.name == *name);
                if let Some((port, spec)) = port.and_then(|port| Some((port, kind.inputs.get(port)?))) {
                    for (end, feeds) in self.arrives(spec, at).iter().filter(|(end, _)| self.goes_on(rest, *end)) {
                        ways.push((*end, bound.with_input(port, feeds)));
                    }
                } else {
                    for (end, parameter) in self.parameter(form, at).iter().filter(|(end, _)| self.goes_on(rest, *end))
                    {
                        ways.push((*end, bound.with_parameter(name, parameter)));
                    }
                }
            }
        }
        ways.into_iter().flat_map(|(end, bound)| self.filled(rest, kind, end, bound)).collect()
    }

    /// Whether the text goes on as a pattern does.
    fn goes_on(&self, pieces: &[Piece], at: usize) -> bool {
        match pieces.first() {
            Some(Piece::Text(text)) => eat(self.rest(at), text, self.lang).is_some(),
            Some(Piece::Slot(..) | Piece::Maybe(_)) | None => true,
        }
    }

    /// What arrives at an input.
    pub(super) fn arrives(&mut self, spec: &PortSpec, at: usize) -> Ways<Vec<Feed>> {
        let key = (spec.kind, spec.named, spec.many, (at, self.message));
        if let Some(known) = self.arrived.get(&key) {
            return Rc::clone(known);
        }
        self.steps += 1;
        let found =
            Rc::new(if spec.kind.is_event() && !spec.named { self.events(spec, at) } else { self.feeds(spec, at) });
        self.arrived.insert(key, Rc::clone(&found));
        found
    }

    fn events(&mut self, spec: &PortSpec, at: usize) -> Vec<(usize, Vec<Feed>)> {
        let mut found = self.happenings(at).to_vec();
        if let (PortKind::Message, Some(message)) = (spec.kind, self.message) {
            let here = vec![Feed::of(self.message_out(message))];
            found.extend(self.say(at, "该消息", "this message").map(|end| (end, here)));
        }
        found
    }

    fn feeds(&mut self, spec: &PortSpec, at: usize) -> Vec<(usize, Vec<Feed>)> {
        let sought =
            if spec.kind == PortKind::Bool { Sought::Clause(Rank::Atom) } else { Sought::Value { slot: true } };
        let between = separator(self.lang);
        let mut open: Vec<(usize, Vec<Feed>)> = vec![(at, Vec::new())];
        let mut found = Vec::new();
        while let Some((at, feeds)) = open.pop() {
            self.steps += 1 + feeds.len();
            if found.len() >= READINGS_MAX || self.spent() {
                break;
            }
            let (name, start) = if spec.named {
                let rest = self.rest(at);
                let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(0);
                let name = rest.get(..len).unwrap_or_default().to_owned();
                let Some(start) = self.eat(at + len, " = ") else { continue };
                (name, start)
            } else {
                (String::new(), at)
            };
            let ways: Vec<(usize, Vec<Feed>)> = if spec.kind.is_event() {
                self.happenings(start).to_vec()
            } else {
                let values = self.find(sought, start);
                let feed = |what: &Found, hearing: &mut Self| vec![Feed::of(hearing.settled(what, Implied::NUMBER))];
                values.iter().map(|(end, what)| (*end, feed(what, self))).collect()
            };
            for (end, more) in ways {
                let mut feeds = feeds.clone();
                feeds.extend(more.into_iter().map(|feed| Feed { name: name.clone(), ..feed }));
                if let Some(next) = self.eat(end, between).filter(|_| spec.many) {
                    open.push((next, feeds.clone()));
                }
                found.push((end, feeds));
            }
        }
        found
    }

    /// What a parameter of this form can be.
    fn parameter(&mut self, form: &'static str, at: usize) -> Ways<Parameter> {
        if let Some(known) = self.parameters.get(&(form, at)) {
            return Rc::clone(known);
        }
        self.steps += 1;
        let rest = self.rest(at);
        fn ids<I: ToString>(list: Vec<(usize, I)>) -> Vec<(usize, Json)> {
            list.into_iter().map(|(len, id)| (len, Json::String(id.to_string()))).collect()
        }
        fn json<T: Serialize>(list: Vec<(usize, T)>) -> Vec<(usize, Json)> {
            list.into_iter().map(|(len, one)| (len, json!(one))).collect()
        }
        let plain: Vec<(usize, Json)> = match form {
            "span" => json(read_span(rest, self.lang)),
            "number" | "difference" => Vec::new(),
            "value" => read_plain(rest, self.lang).into_iter().filter(|(_, v)| !v.is_number()).collect(),
            "point" => ids(self.index.points_at(rest)),
            "device" => ids(self.index.devices_at(rest)),
            "space" => ids(self.index.spaces_at(rest)),
            "connection" => ids(self.index.any_connections_at(rest)),
            "schedule" => ids(self.index.schedules_at(rest)),
            "scene" => ids(self.index.scenes_at(rest)),
            "time" => read_times(rest, self.lang)
                .into_iter()
                .take(1)
                .map(|(len, times)| (len, json!(times.first())))
                .collect(),
            "times" => json(read_times(rest, self.lang)),
            "days" => json(read_days(rest, self.lang)),
            "here" => {
                eat(rest, deeds::here_words(self.lang), self.lang).map(|len| (len, json!(true))).into_iter().collect()
            }
            "select" => json(deeds::read_selection(&self.index, rest, 0)),
            _ => read_plain(rest, self.lang),
        };
        let quantities =
            if matches!(form, "number" | "difference" | "value") { read_quantity(rest) } else { Vec::new() };
        let quantities = quantities.into_iter().map(|(len, n, symbol)| (at + len, (whole(n), Some(symbol))));
        let found: Vec<(usize, Parameter)> =
            quantities.chain(plain.into_iter().map(|(len, value)| (at + len, (value, None)))).collect();
        self.furthest = found.iter().map(|f| f.0).fold(self.furthest, usize::max);
        let found = Rc::new(found);
        self.parameters.insert((form, at), Rc::clone(&found));
        found
    }

    /// Parameters and inputs of a row that has been found; none where they are not this row's.
    pub(super) fn finished(&mut self, row: &Row, bound: Bound) -> Option<Act> {
        let inputs: Vec<Vec<Feed>> =
            (0..row.kind.inputs.len()).map(|port| bound.inputs.get(&port).cloned().unwrap_or_default()).collect();
        let mut params = bound.params;
        if let Some(symbol) = bound.symbols.first() {
            if bound.symbols.iter().any(|s| s != symbol) {
                return None;
            }
            let own = inputs.first().and_then(|f| f.first()).and_then(|f| self.form.unit(f.from, self.world));
            let unit = by_symbol(symbol, own).filter(|u| Some(*u) != own && !symbol.is_empty());
            params.extend(unit.map(|u| ("unit".to_owned(), json!(u))));
        }
        let whens = row.words.when.iter().filter(|(name, _)| *name != OUT);
        let typed = whens
            .clone()
            .map(|(name, is)| ((*name).to_owned(), serde_json::from_str(is).unwrap_or_else(|_| json!(is))));
        let texts = whens.map(|(name, is)| ((*name).to_owned(), json!(is)));
        let (mut first, mut second) = (params.clone(), params);
        first.extend(typed);
        second.extend(texts);
        let params = (row.kind.normal)(&first).or_else(|| (row.kind.normal)(&second))?;
        let fits = row.kind.words.iter().find(|w| w.fits(row.kind, row.port, &params));
        fits.is_some_and(|w| std::ptr::eq(w, row.words)).then_some(Act { kind: row.kind, params, inputs })
    }

    /// A node that has no words of its own.
    pub(super) fn anyhow(&mut self, at: usize) -> Vec<(usize, Act, usize)> {
        let Some((len, type_)) = read_quoted(self.rest(at), self.lang) else { return Vec::new() };
        let Some(kind) = nodes::by_type(&type_) else { return Vec::new() };
        let Some(start) = self.rest(at + len).strip_prefix(' ').map(|_| at + len + 1) else { return Vec::new() };
        let Some((len, Json::Object(params))) = read_json(self.rest(start)) else { return Vec::new() };
        let Some(params) = (kind.normal)(&params) else { return Vec::new() };
        let none = vec![Vec::new(); kind.inputs.len()];
        let mut ways: Vec<(usize, Vec<Vec<Feed>>)> = vec![(start + len, none.clone())];
        if let Some(start) = self.rest(start + len).strip_prefix(" (").map(|_| start + len + 2) {
            ways.extend(self.labelled(kind, start, none));
        }
        let mut found = Vec::new();
        for (end, inputs) in ways {
            let act = Act { kind, params: params.clone(), inputs };
            for (port, spec) in kind.outputs.iter().enumerate().skip(1) {
                if self.rest(end).strip_prefix('.').is_some_and(|r| r.starts_with(spec.name)) {
                    found.push((end + 1 + spec.name.len(), act.clone(), port));
                }
            }
            found.push((end, act, 0));
        }
        found
    }

    /// "in: X; if: Y)".
    pub(super) fn labelled(
        &mut self,
        kind: &'static Registration,
        at: usize,
        inputs: Vec<Vec<Feed>>,
    ) -> Vec<(usize, Vec<Vec<Feed>>)> {
        let mut open = vec![(at, 0, inputs)];
        let mut found = Vec::new();
        while let Some((at, from, inputs)) = open.pop() {
            if found.len() >= READINGS_MAX || self.spent() {
                break;
            }
            self.steps += 1;
            for (port, spec) in kind.inputs.iter().enumerate().skip(from) {
                let Some(start) = self.eat(at, &format!("{}: ", spec.name)) else { continue };
                let start = self.skip(start);
                for (end, feeds) in self.arrives(spec, start).iter() {
                    let mut inputs = inputs.clone();
                    if let Some(place) = inputs.get_mut(port) {
                        place.clone_from(feeds);
                    }
                    if self.rest(*end).starts_with(')') {
                        found.push((end + 1, inputs.clone()));
                    }
                    if self.rest(*end).starts_with("; ") {
                        open.push((end + 2, port + 1, inputs));
                    }
                }
            }
        }
        found
    }
}
