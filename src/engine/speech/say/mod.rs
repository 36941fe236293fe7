//! Puts a rule into sentences.
//!
//! What may stand bare and what needs brackets: a slot of a pattern takes names and plain comparisons bare, everything
//! else in brackets; `and` and `or` take all that is no `and` or `or` itself; a sentence takes anything. `hear/`
//! reads by the same rules.

mod clauses;
mod events;
mod values;

use super::literal::{days, glue, number, object, plain, quantity, quoted, separator, span, time};
use super::names::Index;
use super::{deeds, each, pick};
use crate::form::{Feed, Form, Knot, Out, is_source};
use crate::limits::{SAID_DEPTH_MAX, SAID_TWICE_MAX};
use crate::nodes::Registration;
use crate::ports::{PortKind, PortSpec};
use crate::words::{OUT, Piece, Words, denied, so};
use base::{Lang, Span, Unit, Value};
use documents::{Comparison, RuleMode};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// How loosely a clause hangs together: what is looser than a place allows stands in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A name, or a plain comparison.
    Atom,
    /// One clause.
    Simple,
    /// One clause for a time.
    Part,
    /// Anything.
    Any,
}

/// What a value of a message must be, where the place says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Implied {
    /// `number`, `bool` or `text`.
    pub(crate) as_: &'static str,
    pub(crate) unit: Option<Unit>,
}

impl Implied {
    /// Where nothing else is said.
    pub(crate) const NUMBER: Implied = Implied { as_: "number", unit: None };
    pub(crate) const BOOL: Implied = Implied { as_: "bool", unit: None };
    pub(crate) const TEXT: Implied = Implied { as_: "text", unit: None };
}

/// Of a rule without actions.
pub(crate) const NOTHING: (&str, &str) = ("这条规则还没有动作。", "This rule does nothing yet.");

/// A rule that is being said.
pub(crate) struct Saying<'a, 'w> {
    pub(crate) form: &'a Form,
    pub(crate) index: &'a Index<'w>,
    pub(crate) lang: Lang,
    /// What is said once, under a name.
    named: BTreeSet<Out>,
    /// The names in the order in which they were needed.
    names: Vec<Out>,
    /// Sources in the order in which they were said.
    sources: Vec<usize>,
    /// The message that the sentence is about.
    message: Option<usize>,
}

/// What happens at the same moments.
struct Chain {
    moments: Vec<Feed>,
    roots: Vec<usize>,
}

impl<'a, 'w> Saying<'a, 'w> {
    pub(crate) fn new(form: &'a Form, index: &'a Index<'w>) -> Saying<'a, 'w> {
        let (names, sources) = (Vec::new(), Vec::new());
        Saying { form, index, lang: index.lang, named: named(form), names, sources, message: None }
    }

    fn t(&self, zh: &'static str, en: &'static str) -> &'static str {
        pick(self.lang, zh, en)
    }

    fn glue(&self, parts: &[&str]) -> String {
        glue(parts, self.lang)
    }

    pub(crate) fn knot(&self, out: Out) -> Option<&'a Knot> {
        self.form.knots.get(out.node)
    }

    fn bracketed(&self, text: &str) -> String {
        format!("{}{text}{}", self.t("（", "("), self.t("）", ")"))
    }

    /// The whole rule.
    pub(crate) fn rule(&mut self) -> String {
        let mut chains: Vec<Chain> = Vec::new();
        for root in &self.form.roots {
            let moments = self.moments(*root);
            match chains.iter_mut().find(|c| c.moments == moments) {
                Some(chain) => chain.roots.push(*root),
                None => chains.push(Chain { moments, roots: vec![*root] }),
            }
        }
        let mut all: Vec<String> = Vec::new();
        let each = self.form.each.as_ref().map(|each| each::said(self.index, each)).unwrap_or_default();
        if chains.is_empty() {
            all.push(self.t(NOTHING.0, NOTHING.1).to_owned());
        }
        for (i, chain) in chains.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|b| chains.get(b));
            all.push(self.sentence(chain, before));
        }
        if self.form.waits() {
            all.push(mode_words(self.form.mode, self.lang).to_owned());
        }
        let mut next = 0;
        while let Some(out) = self.names.get(next).copied() {
            all.push(self.definition(next, out));
            next += 1;
        }
        format!("{each}{}", all.join(self.t("", " ")))
    }

    /// When a root comes.
    fn moments(&self, root: usize) -> Vec<Feed> {
        let Some(knot) = self.form.knots.get(root) else { return Vec::new() };
        let specs = knot.kind.map_or(&[][..], |k| k.outputs);
        if !specs.is_empty() {
            let port = specs.iter().position(|o| o.kind == PortKind::Event).unwrap_or(0);
            return vec![Feed::of(Out { node: root, port })];
        }
        match event_port(knot.kind) {
            Some(port) => {
                let feeds = knot.inputs.get(port).cloned().unwrap_or_default();
                // Where nothing arrives, something unknown does.
                if feeds.is_empty() { vec![Feed::of(Out::of(usize::MAX))] } else { feeds }
            }
            None => Vec::new(),
        }
    }

    fn sentence(&mut self, chain: &Chain, before: Option<&Chain>) -> String {
        let when = match (chain.moments.as_slice(), before.map(|b| b.moments.as_slice())) {
            ([], _) => self.t("始终", "at all times").to_owned(),
            ([moment], Some([opposite])) if self.reverses(moment, opposite) => {
                self.t("当该条件不再成立时", "when that no longer holds").to_owned()
            }
            (moments, _) => {
                let words: Vec<String> = moments.iter().map(|m| self.adverbial(m)).collect();
                words.join(self.t("，或", ", or "))
            }
        };
        self.message = common_message(self.form, &chain.moments);
        let actions: Vec<String> = chain.roots.iter().map(|r| self.action(*r)).collect();
        self.message = None;
        let (last, rest) = actions.split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
        let rest = rest.join(self.t("，", ", "));
        let actions =
            if rest.is_empty() { last.to_owned() } else { self.glue(&[&rest, self.t("，并", " and "), last]) };
        let text = format!("{when}{}{actions}{}", self.t("，", ", "), self.t("。", "."));
        if self.lang == Lang::En { capitalised(&text) } else { text }
    }

    /// Whether a moment is the end of what the sentence before was about, and that is too long to be said again.
    fn reverses(&self, moment: &Feed, before: &Feed) -> bool {
        let (Some(now), Some(then)) = (self.rises_on(moment), self.rises_on(before)) else { return false };
        let plain = self.knot(then).is_none_or(|k| match k.kind.map_or("", |k| k.type_) {
            "compare" => !k.params.contains_key("hysteresis"),
            "not" => k.inputs.iter().flatten().all(|f| self.is_value(f.from)),
            _ => self.is_value(then),
        });
        !plain && opposite(self.form, now, then)
    }

    /// The condition of a bare moment at which it becomes true.
    fn rises_on(&self, feed: &Feed) -> Option<Out> {
        rises_on(self.form, feed)
    }

    /// What is done.
    fn action(&mut self, root: usize) -> String {
        let Some(knot) = self.form.knots.get(root) else { return String::new() };
        let Some(kind) = knot.kind else { return String::new() };
        if !kind.outputs.is_empty() {
            return self.t("什么也不做", "do nothing").to_owned();
        }
        match kind.type_ {
            "command" => deeds::command(self.index, &knot.params),
            "publish" => {
                let values: Vec<(String, String)> = knot
                    .inputs
                    .get(1)
                    .into_iter()
                    .flatten()
                    .cloned()
                    .map(|f| {
                        let said = self.value(f.from, true, Implied::NUMBER);
                        (f.name, said)
                    })
                    .collect();
                deeds::publish(self.index, &knot.params, &values)
            }
            _ => {
                let text = self.row(Out::of(root), knot, kind);
                text.unwrap_or_else(|| {
                    let text = self.anyhow(Out::of(root), knot, kind);
                    self.glue(&[self.t("执行", "do "), &text])
                })
            }
        }
    }

    /// Whether it is a value rather than a clause.
    fn is_value(&self, out: Out) -> bool {
        self.knot(out).is_some_and(|k| k.carries(out.port) == Some(PortKind::Value))
    }

    /// The name under which something is explained below.
    fn name(&mut self, out: Out) -> Option<String> {
        if !self.named.contains(&out) {
            return None;
        }
        let place = self.names.iter().position(|n| *n == out).unwrap_or_else(|| {
            self.names.push(out);
            self.names.len() - 1
        });
        Some(quoted(&letters(place), self.lang))
    }

    /// "Condition `A`: Front door is open."
    fn definition(&mut self, place: usize, out: Out) -> String {
        let name = quoted(&letters(place), self.lang);
        let (what, text) = match self.knot(out).and_then(|k| k.carries(out.port)) {
            Some(PortKind::Bool) => (self.t("条件", "Condition "), self.clause_in_full(out)),
            Some(PortKind::Value) => (self.t("值", "Value "), self.value_in_full(out, Implied::NUMBER)),
            Some(PortKind::Event | PortKind::Message) | None => {
                let text = self.happening_in_full(out);
                let start = self.knot(out).is_some_and(|k| k.start);
                (self.t("事件", "Event "), format!("{text}{}", if start { start_words(self.lang) } else { "" }))
            }
        };
        format!("{what}{name}{}{text}{}", self.t("：", ": "), self.t("。", "."))
    }
}

/// Whether a row of words loses nothing of the parameters.
fn tells_all(row: &Words, pieces: &[Piece], kind: &Registration, knot: &Knot) -> bool {
    let flat = crate::words::flat(pieces.to_vec());
    let said = |name: &str| {
        row.when.iter().any(|(n, _)| *n == name && name != OUT)
            || flat
                .iter()
                .any(|p| matches!(p, Piece::Slot(n, form) if *n == name || (matches!(*form, "number" | "difference" | "value") && name == "unit")))
    };
    let left: Map<String, Json> =
        knot.params.iter().filter(|(name, v)| said(name) || v.is_null()).map(|(n, v)| (n.clone(), v.clone())).collect();
    left.len() == knot.params.len() || (kind.normal)(&left).is_some_and(|same| same == knot.params)
}

/// The port at which an action hears when to be done.
pub(crate) fn event_port(kind: Option<&Registration>) -> Option<usize> {
    kind?.inputs.iter().position(|p| p.kind.is_event())
}

fn event_name(kind: &Registration) -> Option<&'static str> {
    event_port(Some(kind)).and_then(|p| kind.inputs.get(p)).map(|p| p.name)
}

/// The message that an event is.
pub(crate) fn message_of(form: &Form, out: Out) -> Option<usize> {
    form.knots.get(out.node).filter(|k| k.carries(out.port) == Some(PortKind::Message)).map(|_| out.node)
}

/// The one message that all these moments are.
pub(crate) fn common_message(form: &Form, moments: &[Feed]) -> Option<usize> {
    let mut all = moments.iter().map(|m| message_of(form, m.from));
    let first = all.next()??;
    all.all(|m| m == Some(first)).then_some(first)
}

/// The condition of a bare moment at which it becomes true.
pub(crate) fn rises_on(form: &Form, feed: &Feed) -> Option<Out> {
    let knot = form.knots.get(feed.from.node).filter(|k| k.is("edge") && k.text("on") == "rising" && !k.start)?;
    knot.inputs.iter().flatten().next().filter(|_| feed.gate.is_none()).map(|f| f.from)
}

/// Whether two conditions are opposites.
fn opposite(form: &Form, a: Out, b: Out) -> bool {
    let (Some(x), Some(y)) = (form.knots.get(a.node), form.knots.get(b.node)) else { return false };
    let parts = |k: &Knot| -> Vec<Out> { k.inputs.iter().flatten().map(|f| f.from).collect() };
    if (x.is("not") && parts(x) == [b]) || (y.is("not") && parts(y) == [a]) {
        return true;
    }
    let (all, other) = (parts(x), parts(y));
    if (x.is("and") && y.is("or") || x.is("or") && y.is("and")) && all.len() == other.len() {
        return all.iter().all(|p| other.iter().any(|q| opposite(form, *p, *q)));
    }
    let op = |k: &Knot| k.params.get("op").and_then(|o| serde_json::from_value::<Comparison>(o.clone()).ok());
    let rest =
        |k: &Knot| k.params.iter().filter(|(n, _)| *n != "op").map(|(n, v)| (n.clone(), v.clone())).collect::<Vec<_>>();
    x.is("compare")
        && y.is("compare")
        && all == other
        && rest(x) == rest(y)
        && op(x) == op(y).map(Comparison::negated)
        && !x.params.contains_key("hysteresis")
}

/// What is said once, under a name: what closes a loop, what is long and needed twice, what lies too deep.
fn named(form: &Form) -> BTreeSet<Out> {
    let mut uses: BTreeMap<Out, usize> = BTreeMap::new();
    let said = form.said();
    for (i, knot) in form.knots.iter().enumerate().filter(|(i, _)| said.contains(i)) {
        let outs = knot.inputs.iter().flatten().flat_map(|f| f.gate.into_iter().chain([f.from]));
        for out in outs {
            // What comes from further on closes a loop.
            *uses.entry(out).or_default() += if out.node >= i { form.knots.len() + 2 } else { 1 };
        }
    }
    let mut sizes: Vec<(usize, usize)> = Vec::new();
    let mut named = BTreeSet::new();
    for (i, knot) in form.knots.iter().enumerate() {
        let outs: Vec<Out> = knot.inputs.iter().flatten().flat_map(|f| f.gate.into_iter().chain([f.from])).collect();
        let (mut size, mut depth) = (1_usize, 0);
        for out in outs {
            let known = if named.contains(&out) { (1, 0) } else { sizes.get(out.node).copied().unwrap_or((1, 0)) };
            size = size.saturating_add(known.0);
            depth = depth.max(known.1 + 1);
        }
        let outputs = knot.kind.map_or(&[][..], |k| k.outputs);
        for (port, _) in outputs.iter().enumerate().filter(|(_, o)| o.kind != PortKind::Message) {
            let out = Out { node: i, port };
            let count = uses.get(&out).copied().unwrap_or(0);
            let closes = count > form.knots.len();
            if closes || (count > 1 && size > SAID_TWICE_MAX) || (count > 0 && depth >= SAID_DEPTH_MAX) {
                named.insert(out);
            }
        }
        sizes.push((size, depth));
    }
    named
}

/// A, B … Z, A1, B1 …
fn letters(place: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(place % 26).unwrap_or(0));
    if place < 26 { letter.to_string() } else { format!("{letter}{}", place / 26) }
}

/// A path into a payload: as it stands where that is a plain word.
pub(crate) fn field_words(path: &str, lang: Lang) -> String {
    let simple =
        path.len() > 1 && path.starts_with('/') && path.chars().all(|c| c.is_ascii_alphanumeric() || "_-/".contains(c));
    if path.is_empty() {
        pick(lang, "载荷", "payload").to_owned()
    } else if simple {
        path.to_owned()
    } else {
        quoted(path, lang)
    }
}

/// That a condition which already holds counts.
pub(crate) const fn start_words(lang: Lang) -> &'static str {
    pick(lang, "（启用规则时已如此也算）", " (also if that is already so when the rule is enabled)")
}

/// Comparisons in words.
pub(crate) const fn comparison_words(op: Comparison, number: bool, lang: Lang) -> &'static str {
    match op {
        Comparison::Eq if number => pick(lang, "等于", " is "),
        Comparison::Eq => pick(lang, "为", " is "),
        Comparison::Ne if number => pick(lang, "不等于", " is not "),
        Comparison::Ne => pick(lang, "不为", " is not "),
        Comparison::Lt => pick(lang, "低于", " is below "),
        Comparison::Le => pick(lang, "不高于", " is at most "),
        Comparison::Gt => pick(lang, "高于", " is above "),
        Comparison::Ge => pick(lang, "不低于", " is at least "),
    }
}

/// What happens when it is triggered again.
pub(crate) const fn mode_words(mode: RuleMode, lang: Lang) -> &'static str {
    match mode {
        RuleMode::Single => {
            pick(lang, "运行期间再次触发则忽略。", "While it is under way, further triggers are ignored.")
        }
        RuleMode::Restart => {
            pick(lang, "运行期间再次触发则重新开始。", "If it is triggered again meanwhile, it starts over.")
        }
        RuleMode::Queued => {
            pick(lang, "运行期间再次触发则排队等待。", "If it is triggered again meanwhile, that waits for its turn.")
        }
        RuleMode::Parallel => {
            pick(lang, "运行期间再次触发则同时进行。", "If it is triggered again meanwhile, both run.")
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
