//! How nodes are said: patterns over inputs and parameters, one table a kind, from which sentences are made.
//!
//! A pattern is a text in both languages with slots:
//! `{in}` what arrives at an input (several are joined by commas); `{low}` a parameter, by what it is in JSON: a number,
//! a text in quotes, a list; `{span_ms:span}` a time; `{limit:number}` a number with the unit of parameter `unit`, else
//! of the first input; `{point:point}`, `{device:device}`, `{space:space}`, `{select:select}` what an id is called.
//! `[...]` is left out where a parameter in it is absent (or a named input is not connected). Optional parts do not nest.

use crate::limits::PHRASE_CHARS_MAX;
use crate::phrase::{Phrase, View, described, glue, span_words};
use crate::ports::{PortKind, PortSpec, Text};
use base::{Bilingual, Quantity, Span, Unit};
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// One way in which a kind of node is said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// Parameters that must have these values for it to be this one, each as it stands in JSON without quotes.
    pub(crate) when: &'static [(&'static str, &'static str)],
    /// The pattern.
    pub(crate) text: Text,
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
}

impl Phrase {
    /// A node by the first row of its table that fits.
    pub(crate) fn worded<P: Serialize>(
        rows: &[Words],
        params: &P,
        (inputs, outputs): (&[PortSpec], &[PortSpec]),
        view: &View<'_>,
    ) -> Phrase {
        let Ok(Json::Object(params)) = serde_json::to_value(params) else { return Phrase::Unknown };
        let plain = |v: &Json| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let fits = |row: &&Words| row.when.iter().all(|(name, is)| params.get(*name).is_some_and(|v| plain(v) == *is));
        let Some(row) = rows.iter().find(fits) else { return Phrase::Unknown };
        let said = Said { params: &params, inputs, view };
        let (Some(zh), Some(en)) = (said.pattern(row.text.zh, true), said.pattern(row.text.en, false)) else {
            return Phrase::Unknown;
        };
        let words = Bilingual::new(zh, en);
        match outputs.first().map(|o| o.kind) {
            None => Phrase::Action(words),
            Some(PortKind::Bool) => Phrase::clause(words),
            Some(PortKind::Value) => Phrase::noun(words),
            Some(PortKind::Event | PortKind::Message) => Phrase::moment(words),
        }
    }
}

/// A node that is being said.
struct Said<'a> {
    params: &'a Map<String, Json>,
    inputs: &'a [PortSpec],
    view: &'a View<'a>,
}

impl Said<'_> {
    /// A pattern with its slots filled; none when something that must stand there is not known.
    fn pattern(&self, pattern: &str, zh: bool) -> Option<String> {
        let mut pieces: Vec<String> = Vec::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['[', '{']) {
            let (before, after) = rest.split_at_checked(at)?;
            pieces.push(before.to_owned());
            let close = if after.starts_with('[') { ']' } else { '}' };
            let (inside, tail) = after.get(1..)?.split_once(close)?;
            if close == ']' {
                pieces.extend(self.pattern(inside, zh));
            } else {
                pieces.push(self.slot(inside, zh)?);
            }
            rest = tail;
        }
        pieces.push(rest.to_owned());
        let texts: Vec<&str> = pieces.iter().map(String::as_str).collect();
        Some(if zh { glue(&texts) } else { texts.concat() })
    }

    fn slot(&self, slot: &str, zh: bool) -> Option<String> {
        let (name, kind) = slot.split_once(':').unwrap_or((slot, ""));
        let side = |b: Bilingual| if zh { b.zh } else { b.en };
        if let Some(port) = self.inputs.iter().position(|p| p.name == name) {
            let parts: Vec<Bilingual> =
                self.view.inputs(port).iter().map(|p| self.input(p, self.inputs.get(port).map(|p| p.kind))).collect();
            return (!parts.is_empty()).then(|| side(Bilingual::join(&parts, &Bilingual::new("、", ", "))));
        }
        let value = self.params.get(name).filter(|v| !v.is_null())?;
        let world = self.view.world;
        Some(match kind {
            "span" => side(span_words(Span::from_millis(value.as_i64()?))),
            "number" => Quantity::new(value.as_f64()?, self.unit()).to_string(),
            "point" => side(world.point_words(serde_json::from_value(value.clone()).ok()?)),
            "device" => side(world.device(serde_json::from_value(value.clone()).ok()?)?.names.bilingual()),
            "space" => side(world.space(serde_json::from_value(value.clone()).ok()?)?.names.bilingual()),
            "select" => side(described(&serde_json::from_value(value.clone()).ok()?, world)),
            _ => plain(value, zh),
        })
    }

    fn input(&self, phrase: &Phrase, kind: Option<PortKind>) -> Bilingual {
        match (kind, phrase) {
            (Some(PortKind::Bool), _) => phrase.condition().holds(),
            (_, Phrase::Event(moments)) => {
                let words: Vec<Bilingual> = moments.iter().map(|m| m.words(false)).collect();
                Bilingual::join(&words, &Bilingual::new("，或", ", or "))
            }
            _ => phrase.value_words(),
        }
    }

    /// The unit of numbers: as the parameters say, else that of the first input.
    fn unit(&self) -> Unit {
        let written = self.params.get("unit").and_then(Json::as_str).and_then(Unit::by_code);
        written.or_else(|| self.view.input(0).unit()).unwrap_or(Unit::one())
    }
}

fn plain(value: &Json, zh: bool) -> String {
    let mut text = match value {
        Json::String(s) if zh => format!("“{s}”"),
        Json::String(s) => format!("`{s}`"),
        Json::Array(items) => {
            items.iter().map(|v| plain(v, zh)).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
        }
        other => other.to_string(),
    };
    if let Some((at, _)) = text.char_indices().nth(PHRASE_CHARS_MAX) {
        text.truncate(at);
        text.push('…');
    }
    text
}
