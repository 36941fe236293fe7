//! What a rule reads and does, compared with words: "turns on the porch light", 下雨, "the boiler".
//!
//! Every word has to be borne out by the rule: by a device, place, kind or property that it touches, by the way in which
//! it sets something, by a value of it, or by its name. What it is *not*: no rule is run. Start at [`fits`].

use super::KnownRule;
use crate::phrases::link::Scene;
use crate::phrases::pieces::{Verb, act_of};
use crate::questions::predicate::states_of;
use crate::text::lattice::{self, Token};
use crate::text::literals::Literal;
use crate::text::normalise::Text;
use crate::text::numbered;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;
use base::Value;
use base::bilingual::is_han;
use base::id::PointId;
use documents::{Act, Setting};
use serde_json::{Value as Json, json};
use things::PointSpec;

/// How words and a rule belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The words say what it does.
    Does,
    /// They say what sets it off.
    SetOff,
    /// It has to do with what they name.
    Touches,
}

/// Words that say nothing of what they are about.
const EMPTY: &[C] = &[
    C::Filler,
    C::Article,
    C::Of,
    C::At,
    C::To,
    C::Is,
    C::If,
    C::When,
    C::While,
    C::Then,
    C::And,
    C::Or,
    C::It,
    C::Them,
    C::Any,
    C::AnyRoom,
    C::All,
    C::Everything,
    C::What,
    C::Which,
    C::Object,
    C::Correction,
    C::AboutIt,
    C::TimeWord,
    C::ApplianceWord,
    C::Told,
];

/// The words of a phrase that say something.
pub(super) fn words(said: &str, lexicon: &Lexicon) -> Option<Vec<Token>> {
    let text = numbered::spelled_out(&Text::new(said), lexicon);
    let tokens = lattice::covers(&text, lexicon).into_iter().next()?.tokens;
    let says = |t: &Token| {
        let own = t.entry.is_none() && t.literal.is_none();
        !(t.punctuation() || own && act_of(t).is_none() && t.is_any(EMPTY))
    };
    Some(tokens.into_iter().filter(says).collect())
}

/// Whether a rule bears out all words.
pub(super) fn fits(words: &[Token], rule: &KnownRule, role: Role, scene: &Scene<'_>) -> bool {
    let one = |point: &PointId, written: bool| {
        let touched = [(*point, written)];
        words.iter().all(|t| borne_out(t, rule, &touched, scene))
            && words.iter().any(|t| t.entry.is_some() || act_of(t).is_some())
    };
    match role {
        Role::Does => rule.writes.iter().any(|p| one(p, true)) || does_otherwise(words, rule),
        Role::SetOff => rule.reads.iter().any(|p| one(p, false)) || at_times(words, rule, scene),
        Role::Touches => {
            let all: Vec<(PointId, bool)> =
                rule.writes.iter().map(|p| (*p, true)).chain(rule.reads.iter().map(|p| (*p, false))).collect();
            words.iter().all(|t| borne_out(t, rule, &all, scene))
        }
    }
}

/// How many of the words a rule bears out.
pub(super) fn count(words: &[Token], rule: &KnownRule, scene: &Scene<'_>) -> usize {
    words.iter().filter(|t| fits(std::slice::from_ref(*t), rule, Role::Touches, scene)).count()
}

/// "which rules tell me something": what is no write.
fn does_otherwise(words: &[Token], rule: &KnownRule) -> bool {
    let notifies = rule.graph.nodes.iter().any(|n| n.type_ == "notify");
    notifies && !words.is_empty() && words.iter().all(|t| t.entry.is_none() && t.is(C::Notify))
}

/// "what happens at ten": rules that begin at a time.
fn at_times(words: &[Token], rule: &KnownRule, scene: &Scene<'_>) -> bool {
    let timed = |t: &Token| matches!(t.literal, Some(Literal::When(_)));
    !words.is_empty() && words.iter().all(|t| timed(t) && borne_out(t, rule, &[], scene))
}

/// Whether a word is borne out by one of the points that a rule touches, or by what it is called.
fn borne_out(t: &Token, rule: &KnownRule, touched: &[(PointId, bool)], scene: &Scene<'_>) -> bool {
    let by_point = touched.iter().any(|(point, written)| {
        let spec = scene.world.point(*point);
        spec.is_some_and(|spec| of_entry(t, (spec, *written), rule, scene) || of_act(t, spec, *written, rule))
    });
    by_point || of_literal(t, rule) || called(&t.text, rule)
}

/// A device, place, kind, property or state that the point is of.
fn of_entry(t: &Token, (spec, written): (&PointSpec, bool), rule: &KnownRule, scene: &Scene<'_>) -> bool {
    let Some(entry) = t.entry(scene.lexicon) else { return false };
    let world = scene.world;
    let within = || {
        let path = world.device(spec.device).and_then(|d| d.space()).map(|s| world.path_of(s)).unwrap_or_default();
        entry.spaces.iter().chain(&entry.group).any(|s| path.contains(s))
    };
    entry.devices.contains(&spec.device)
        || entry.parts.contains(&spec.device)
        || entry.is_kind_of(world, spec.device)
        || world.kind_of(spec.device).is_some_and(|kind| entry.kinds.iter().any(|(k, _)| k == kind))
        || entry.traits.iter().any(|t| spec.is(t))
        || entry.states.iter().any(|(t, value)| spec.is(t) && brings(rule, spec, written, value))
        || entry.signs.iter().any(|(_, point, _)| *point == spec.id)
        || within()
}

/// An act or a state of the point in the rule.
fn of_act(t: &Token, spec: &PointSpec, written: bool, rule: &KnownRule) -> bool {
    let Some(act) = act_of(t) else { return false };
    if let Some(implied) = act.trait_
        && spec.is(implied)
    {
        return true;
    }
    let verb = if act.verb == Verb::Light { Verb::On } else { act.verb };
    let Some(pairs) = states_of(verb) else { return written };
    let wanted =
        pairs.iter().find(|(t, _)| spec.is(t)).or_else(|| pairs.iter().find(|(_, v)| v == "true" || v == "false"));
    let Some((_, wanted)) = wanted else { return written };
    brings(rule, spec, written, wanted)
}

/// Whether a rule brings a state of a point about, or looks for it.
fn brings(rule: &KnownRule, spec: &PointSpec, written: bool, wanted: &str) -> bool {
    match written {
        true => settings(rule, spec.id).iter().any(|s| sets(s, wanted)),
        false => looks_for(rule, spec.id, wanted == "true"),
    }
}

/// How a rule sets a point. What it sets by a selector can be any of its writes.
fn settings(rule: &KnownRule, point: PointId) -> Vec<Setting> {
    let commands = rule.graph.nodes.iter().filter(|n| n.type_ == "command");
    let setting = |n: &documents::Node| {
        let own = n.params.get("point").map(|p| *p == json!(point));
        let whole = Json::Object(n.params.clone());
        match own {
            Some(true) => serde_json::from_value::<Act>(whole).ok().map(|a| a.setting),
            Some(false) => None,
            None => serde_json::from_value(n.params.get("setting").cloned().unwrap_or_default()).ok(),
        }
    };
    commands.filter_map(setting).collect()
}

/// Whether a setting brings a state about.
fn sets(setting: &Setting, wanted: &str) -> bool {
    match setting {
        Setting::To(Value::Bool(b)) => b.to_string() == wanted,
        Setting::To(Value::Number(n)) => match wanted {
            "true" => *n > 0.0,
            "false" => *n <= 0.0,
            _ => false,
        },
        Setting::To(Value::Text(token)) => **token == *wanted,
        Setting::To(_) | Setting::By(_) => false,
        Setting::Toggle | Setting::Call(_) => true,
    }
}

/// Whether a rule begins when a point becomes so. A rule that ends at that looks for it too.
fn looks_for(rule: &KnownRule, point: PointId, wanted: bool) -> bool {
    let nodes = &rule.graph.nodes;
    let behind = |id: &str| -> Vec<&documents::Node> {
        let edges = rule.graph.edges.iter().filter(|e| e.from.node == id);
        edges.filter_map(|e| nodes.iter().find(|n| n.id == e.to.node)).collect()
    };
    let sources: Vec<&documents::Node> =
        nodes.iter().filter(|n| n.params.get("point").is_some_and(|p| *p == json!(point))).collect();
    let compared: Vec<&documents::Node> =
        sources.iter().flat_map(|s| behind(&s.id)).filter(|n| n.type_ == "compare").collect();
    if compared.is_empty() {
        return true;
    }
    compared.iter().any(|n| {
        let asked = n.params.get("value").and_then(Json::as_bool);
        let next = behind(&n.id);
        let turned = next
            .iter()
            .any(|n| n.type_ == "not" || n.type_ == "edge" && n.params.get("on").is_some_and(|on| on != "rising"));
        asked.is_none_or(|asked| asked == wanted) || turned
    })
}

/// A number, a time or a span that stands in the graph.
fn of_literal(t: &Token, rule: &KnownRule) -> bool {
    let has = |wanted: &dyn Fn(&Json) -> bool| {
        rule.graph.nodes.iter().flat_map(|n| n.params.values()).any(|v| match v {
            Json::Array(list) => list.iter().any(wanted),
            Json::Object(o) => o.values().any(wanted),
            v => wanted(v),
        })
    };
    let number = |n: f64| has(&|v: &Json| v.as_f64().is_some_and(|m| (m - n).abs() < 1e-6));
    match &t.literal {
        None => false,
        Some(Literal::Number(n) | Literal::Degrees(n)) => number(*n),
        Some(Literal::Quantity(q)) => number(q.number),
        #[expect(clippy::cast_precision_loss, reason = "spans of rules are short")]
        Some(Literal::Duration(span)) => number(span.as_millis() as f64),
        Some(Literal::When(when)) => {
            let mut codes: Vec<String> = when.times.iter().map(|m| m.code()).collect();
            codes.extend(when.periods().iter().flat_map(|w| [w.from.code(), w.to.code()]));
            let days = when.days.as_ref().map(|d| json!(d));
            has(&|v: &Json| v.as_str().is_some_and(|s| codes.iter().any(|c| c == s)))
                || days.is_some_and(|d| rule.graph.nodes.iter().any(|n| n.params.get("days") == Some(&d)))
        }
    }
}

/// Whether a word stands in the name of a rule.
pub(super) fn called(word: &str, rule: &KnownRule) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_han(c));
    let stands = |name: &str| {
        name.match_indices(word).any(|(at, _)| {
            let (before, after) = (name.get(..at).unwrap_or_default(), name.get(at + word.len()..).unwrap_or_default());
            !(letter(before.chars().next_back()) && letter(word.chars().next())
                || letter(after.chars().next()) && letter(word.chars().next_back()))
        })
    };
    titles(rule).iter().any(|name| stands(name))
}

/// What a rule is called, in normal form.
pub(super) fn titles(rule: &KnownRule) -> [String; 2] {
    [Text::form(&rule.graph.name.zh), Text::form(&rule.graph.name.en)]
}
