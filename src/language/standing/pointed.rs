//! Which rule is meant: by its name or part of it, by what it does or what sets it off, as the one that was spoken of, by
//! its number in the list that was told.
//!
//! What it is *not*: words that do not say that they are about a rule point at none. Start at [`pointed`].

use super::fits::{self, Role};
use super::{KnownRule, TABLE};
use crate::phrases::link::Scene;
use crate::text::lattice::Token;
use crate::text::normalise::Text;
use crate::text::numerals::number_at;
use crate::words::lexicon::Entry;
use base::Bilingual;
use base::id::RuleId;
use documents::draft::OPTIONS_MAX;
use documents::{Reason, Refusal};
use serde::Deserialize;

/// Words with which a rule is pointed at.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// What stands before a description and says nothing.
    before: Vec<String>,
    /// Rule, in the words that stand before its description.
    head: Vec<String>,
    /// Rule, in the words that stand behind it.
    tail: Vec<String>,
    /// The rule that was spoken of.
    spoken: Vec<String>,
    /// The same, where nothing but rules was spoken of just now.
    it: Vec<String>,
    /// All of them.
    all: Vec<String>,
    /// Ordinals, the first first.
    ordinals: Vec<Vec<String>>,
}

/// What words point at.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pointed<'a> {
    One(&'a KnownRule),
    Several(Vec<&'a KnownRule>),
    None(Refusal),
}

/// Whether the words are those for the rule that was spoken of.
pub(super) fn is_spoken(said: &str, words: &Words) -> bool {
    words.spoken.iter().chain(&words.it).any(|w| w == said)
}

/// Whether a text has the whole name of a rule.
pub(super) fn is_title(text: &str, rule: &KnownRule) -> bool {
    fits::titles(rule).iter().any(|t| t.chars().count() > 1 && text.contains(t.as_str()))
}

/// The rule that words point at; none when they do not say that they are about one.
pub(super) fn pointed<'a>(
    said: &str,
    rules: &'a [KnownRule],
    (spoken, just_now): (&[RuleId], bool),
    scene: &Scene<'_>,
) -> Option<Pointed<'a>> {
    let words = &TABLE.pointed;
    let of = |id: &RuleId| rules.iter().find(|r| r.graph.id == *id);
    let titled: Vec<&KnownRule> =
        rules.iter().filter(|r| fits::titles(r).iter().any(|t| !t.is_empty() && t == said)).collect();
    if let [one] = titled.as_slice()
        && !names_something(said, scene)
    {
        return Some(Pointed::One(one));
    }
    if words.spoken.iter().any(|w| w == said) || just_now && words.it.iter().any(|w| w == said) {
        return match (spoken, rules) {
            ([one], _) => of(one).map(Pointed::One),
            ([], [only]) => Some(Pointed::One(only)),
            ([], _) => several(rules.iter().collect()),
            (several_spoken, _) => several(several_spoken.iter().filter_map(of).collect()),
        };
    }
    if let Some(n) = ordinal(said, words, !spoken.is_empty()) {
        let whole = spoken.is_empty() || spoken.len() == 1 && (said.contains("rule") || said.contains("规则"));
        let list: Vec<&KnownRule> = if whole { rules.iter().collect() } else { spoken.iter().filter_map(of).collect() };
        return Some(list.get(n).map_or_else(|| Pointed::None(none(said, &list)), |r| Pointed::One(r)));
    }
    let description = described(said, words)?;
    if words.all.contains(&description) {
        return several(rules.iter().collect());
    }
    let titled = rules.iter().any(|r| fits::called(&description, r));
    if !titled && fits::words(&description, scene.lexicon).is_none_or(|w| w.is_empty()) {
        return None;
    }
    let found = by_description(&description, rules, scene);
    match found.as_slice() {
        [] => Some(Pointed::None(none(&description, &nearest(&description, rules, scene)))),
        [one] => Some(Pointed::One(one)),
        _ => several(found),
    }
}

/// Whether a device, a place or a scene has the name: it is meant rather than the rule.
fn names_something(said: &str, scene: &Scene<'_>) -> bool {
    let known = scene.lexicon.find(said).and_then(|e| scene.lexicon.entry(e)).is_some_and(Entry::is_reference);
    known || scene.world.scenes().flat_map(|s| s.names.all()).any(|n| Text::form(n) == said)
}

fn several(rules: Vec<&KnownRule>) -> Option<Pointed<'_>> {
    (!rules.is_empty()).then_some(Pointed::Several(rules))
}

/// The place in a list: "the second one", 第二条, "rule 2".
fn ordinal(said: &str, words: &Words, listed: bool) -> Option<usize> {
    let bare = without(said, words);
    let named = words.ordinals.iter().position(|forms| forms.iter().any(|f| f == bare));
    if named.is_some() && (listed || said.contains("rule") || said.contains("条")) {
        return named;
    }
    let number =
        ["rule number ", "rule no. ", "rule ", "number ", "第", "规则"].iter().find_map(|p| bare.strip_prefix(p))?;
    let chars: Vec<char> = number.trim_end_matches("规则").trim_end_matches('条').chars().collect();
    let (n, end) = number_at(&chars, 0)?;
    let whole = (1..=100).find(|k: &u8| (f64::from(*k) - n).abs() < 1e-9)?;
    (end == chars.len()).then(|| usize::from(whole) - 1)
}

/// Without the words before a description that say nothing.
fn without<'t>(said: &'t str, words: &Words) -> &'t str {
    let mut rest = said.trim();
    while let Some(cut) = words.before.iter().find_map(|w| rest.strip_prefix(w.as_str())).filter(|r| !r.is_empty()) {
        rest = cut.trim();
    }
    rest
}

/// What is said of a rule; none where no word says that it is one.
fn described(said: &str, words: &Words) -> Option<String> {
    // 那条灯带 is a strip of light; 那条关窗的 is a rule.
    let marked = said.ends_with('的') && words.before.iter().any(|w| w.contains('条') && said.starts_with(w.as_str()));
    let bare = without(said, words);
    let tail = |text: &str| words.tail.iter().find_map(|w| text.strip_suffix(w.as_str()).map(str::to_owned));
    let head = words.head.iter().find_map(|w| bare.strip_prefix(w.as_str())).map(str::to_owned);
    let rest = head.or_else(|| tail(bare)).or_else(|| marked.then(|| bare.to_owned()))?;
    let rest = without(rest.trim(), words);
    let rest = tail(rest).unwrap_or_else(|| rest.to_owned());
    let rest = rest.trim().trim_matches('"').trim_end_matches('的').trim().to_owned();
    (!rest.is_empty()).then_some(rest)
}

/// The rules that a description fits: by name first, then by what they do, then by what sets them off, then by anything.
fn by_description<'a>(description: &str, rules: &'a [KnownRule], scene: &Scene<'_>) -> Vec<&'a KnownRule> {
    let named: Vec<&KnownRule> = rules.iter().filter(|r| fits::titles(r).iter().any(|t| t == description)).collect();
    if !named.is_empty() {
        return named;
    }
    let words = fits::words(description, scene.lexicon).unwrap_or_default();
    let called = |r: &&KnownRule| {
        !words.is_empty() && words.iter().all(|t| fits::called(&t.text, r)) || fits::called(description, r)
    };
    let by_name: Vec<&KnownRule> = rules.iter().filter(called).collect();
    if by_name.len() == 1 || words.is_empty() {
        return by_name;
    }
    for role in [Role::Does, Role::SetOff, Role::Touches] {
        let found: Vec<&KnownRule> = rules.iter().filter(|r| fits::fits(&words, r, role, scene)).collect();
        if !found.is_empty() {
            // Of several the one that is also called so.
            let both: Vec<&KnownRule> =
                found.iter().copied().filter(|r| by_name.iter().any(|b| b.graph.id == r.graph.id)).collect();
            return if both.is_empty() { found } else { both };
        }
    }
    by_name
}

/// The rules that a description fits best.
fn nearest<'a>(description: &str, rules: &'a [KnownRule], scene: &Scene<'_>) -> Vec<&'a KnownRule> {
    let words: Vec<Token> = fits::words(description, scene.lexicon).unwrap_or_default();
    let titles: Vec<[String; 2]> = rules.iter().map(fits::titles).collect();
    let near = base::diagnostic::nearest(description, titles.iter().flatten().map(String::as_str), OPTIONS_MAX);
    let mut ranked: Vec<(usize, usize, &KnownRule)> = rules
        .iter()
        .zip(&titles)
        .map(|(r, own)| {
            let spelled = near.iter().position(|n| own.iter().any(|t| t == n)).unwrap_or(usize::MAX);
            (words.len() - fits::count(&words, r, scene).min(words.len()), spelled, r)
        })
        .collect();
    ranked.sort_by_key(|(missing, spelled, _)| (*missing, *spelled));
    ranked.into_iter().map(|(_, _, r)| r).collect()
}

fn none(said: &str, near: &[&KnownRule]) -> Refusal {
    let text = Bilingual::new(format!("没有找到“{said}”这样的规则"), format!("there is no rule that fits \"{said}\""));
    let nearest = near.iter().take(OPTIONS_MAX).map(|r| r.graph.name.clone()).collect();
    Refusal { reason: Reason::UnknownDevice, text, nearest, sought: None }
}
