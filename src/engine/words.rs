//! How nodes are said: patterns over inputs and parameters, one table a kind. From the same table a node is put into
//! words and found again in a text.
//!
//! A pattern is a text in both languages with slots:
//! `{in}` what arrives at an input (several are joined by commas); `{low}` a parameter, by what it is in JSON: a number,
//! a text in quotes, a list; `{span_ms:span}` a time; `{limit:number}` a number with the unit of parameter `unit`, else
//! of the first input, `{value:value}` likewise where it is a number, `{band:difference}` a difference of such;
//! `{from:time}`, `{times:times}` times of the day, `{days:days}` on which days; `{point:point}`, `{device:device}`, `{space:space}`, `{scene:scene}`,
//! `{schedule:schedule}`, `{connection:connection}`, `{select:select}` what an id is called; `{here:here}` that it is in the place that the rule stands for.
//! `[...]` is left out where a parameter in it is absent (or a named input is not connected). Optional parts do not nest.
//! Where a kind has several outputs, a row is for the one that `$out` names, else for the first.
//!
//! Every parameter must stand in the pattern or in `when`, or be absent; different parameters give different texts.

use crate::nodes::Registration;
use crate::ports::Text;
use base::Lang;
use serde_json::{Map, Value as Json};

/// One way in which a kind of node is said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// Parameters that must have these values for it to be this one, each as it stands in JSON without quotes.
    pub(crate) when: &'static [(&'static str, &'static str)],
    /// The pattern.
    pub(crate) text: Text,
}

/// What stands in `when` for the output that is said.
pub(crate) const OUT: &str = "$out";

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// As it stands.
    Text(&'static str),
    /// An input or a parameter, and how it is said.
    Slot(&'static str, &'static str),
    /// What is left out where something in it is absent.
    Maybe(Vec<Piece>),
}

impl Words {
    /// Whatever the parameters are.
    pub(crate) const fn new(zh: &'static str, en: &'static str) -> Words {
        Words::when(&[], zh, en)
    }
    /// For these parameters.
    pub(crate) const fn when(
        when: &'static [(&'static str, &'static str)],
        zh: &'static str,
        en: &'static str,
    ) -> Words {
        Words { when, text: Text::new(zh, en) }
    }

    /// The pattern in one language.
    pub(crate) fn pieces(&self, lang: Lang) -> Vec<Piece> {
        pieces(match lang {
            Lang::Zh => self.text.zh,
            Lang::En => self.text.en,
        })
    }

    /// Whether it is for an output of a node with these parameters.
    pub(crate) fn fits(&self, kind: &Registration, port: usize, params: &Map<String, Json>) -> bool {
        let plain = |v: &Json| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let output = kind.outputs.get(port).map_or("", |o| o.name);
        let named = self.when.iter().find(|(name, _)| *name == OUT);
        named.map_or(port == 0, |(_, is)| *is == output)
            && self.when.iter().all(|(name, is)| {
                *name == OUT || params.get(*name).is_some_and(|v| plain(v) == *is || is_number(v, is))
            })
    }
}

fn is_number(value: &Json, text: &str) -> bool {
    value.as_f64().zip(text.parse::<f64>().ok()).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
}

/// Whether the unit of the parameters is said with a number, so that the input's own need not be written.
pub(crate) fn takes_unit(rows: &[Words]) -> bool {
    let (mut number, mut unit) = (false, false);
    for piece in rows.iter().flat_map(|row| flat(row.pieces(Lang::En))) {
        number |= matches!(piece, Piece::Slot(_, "number" | "difference" | "value"));
        unit |= matches!(piece, Piece::Slot("unit", _));
    }
    number && !unit
}

/// What is denied by other words in their place: that one of many is so, that all are.
const DENIED: [(&str, &str); 4] =
    [("any of ", "none of "), ("all of ", "not all of "), ("中有一个", "中没有一个"), ("全部", "并非全部")];

/// The pattern that says the opposite; none where there are no words for it.
pub(crate) fn denied(pieces: &[Piece]) -> Option<Vec<Piece>> {
    let other = |text: &str| DENIED.iter().find(|(is, _)| *is == text).map(|(_, not)| *not);
    let at = pieces.iter().position(|piece| matches!(piece, Piece::Text(text) if other(text).is_some()))?;
    let mut pieces = pieces.to_vec();
    if let Some(Piece::Text(text)) = pieces.get_mut(at) {
        *text = other(text)?;
    }
    Some(pieces)
}

/// What a condition on many that names no value ends with: they are true.
pub(crate) const fn so(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "",
        Lang::En => " true",
    }
}

/// With what is optional taken as given.
pub(crate) fn flat(pieces: Vec<Piece>) -> Vec<Piece> {
    let inner = |piece| if let Piece::Maybe(pieces) = piece { pieces } else { vec![piece] };
    pieces.into_iter().flat_map(inner).collect()
}

fn pieces(pattern: &'static str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['[', '{']) {
        let (before, after) = rest.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        let close = if after.starts_with('[') { ']' } else { '}' };
        let Some((inside, tail)) = after.get(1..).and_then(|a| a.split_once(close)) else { break };
        if close == ']' {
            pieces.push(Piece::Maybe(self::pieces(inside)));
        } else {
            let (name, form) = inside.split_once(':').unwrap_or((inside, ""));
            pieces.push(Piece::Slot(name, form));
        }
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}
