//! Whether the words ask, and for what: a value, yes or no, how many, which, where, the highest, why.
//!
//! What it is *not*: what it is asked of; that is `question.rs`. Start at [`form`].

use crate::phrases::pieces::{act_of, asked_state};
use crate::questions::compared::{self, degree};
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;

/// What kind of question the words ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Value,
    YesNo,
    Count,
    Which,
    Where,
    Extreme {
        highest: bool,
    },
    Mean,
    Sum,
    /// How far two values are apart.
    Difference,
    /// Whether one value is above or below another.
    Than,
    Why,
}

/// Extremes that imply their property.
pub(crate) const EXTREMES: &[(C, &[&str], bool)] = &[
    (C::Hottest, &["measure.temperature"], true),
    (C::Coldest, &["measure.temperature"], false),
    (C::Brightest, &["measure.illuminance"], true),
    (C::Darkest, &["measure.illuminance"], false),
    (C::Dampest, &["measure.humidity"], true),
    (C::Driest, &["measure.humidity"], false),
    (C::Noisiest, &["measure.noise"], true),
    (C::Quietest, &["measure.noise"], false),
    (C::Stuffiest, &["measure.co2"], true),
    (C::Busiest, &["measure.count", "measure.power"], true),
    (C::Warmer, &["measure.temperature"], true),
    (C::Cooler, &["measure.temperature"], false),
];
/// Questions that imply their property.
pub(crate) const QUALITIES: &[(C, &[&str])] = &[
    (C::HowHot, &["measure.temperature"]),
    (C::HowBright, &["measure.illuminance", "brightness"]),
    (C::HowHumid, &["measure.humidity", "measure.soil_moisture"]),
    (C::HowLoud, &["measure.noise", "volume"]),
    (C::HowManyPeople, &["measure.count"]),
    (C::HowCharged, &["battery"]),
    (C::BatteryLow, &["battery"]),
    (C::UsesPower, &["measure.power", "meter.energy"]),
    (C::HasUsed, &["meter.energy", "meter.water", "meter.gas"]),
];

/// Whether and what the tokens ask.
pub(crate) fn form(tokens: &[Token], lexicon: &Lexicon) -> Option<Form> {
    let any = |c: C| tokens.iter().any(|t| t.is(c) && !t.is(C::TimeWord));
    let first = tokens
        .iter()
        .position(|t| !t.punctuation() && (!t.is(C::Filler) || t.is_any(&[C::Is, C::What, C::LookUp, C::Which])));
    let starts = |list: &[C]| first.and_then(|i| tokens.get(i)).is_some_and(|t| t.is_any(list));
    let asks = |list: &[C]| tokens.iter().any(|t| t.is_any(list));
    if any(C::Why) {
        return Some(Form::Why);
    }
    let mark = tokens.iter().any(|t| t.text == "?") && first.is_some();
    let whether = starts(&[C::Is]) || asks_yes_no(tokens);
    if let Some(form) = compares(tokens, lexicon, whether || mark) {
        return Some(form);
    }
    // "set to the highest" is a command: an extreme asks only with a question word, or "of" some.
    let wh = asks(&[C::What, C::LookUp, C::Which, C::Where, C::HowMany, C::HowMuch]);
    let idle = !tokens.iter().any(|t| act_of(t).is_some_and(|_| t.entry.is_none()) && degree(t).is_none());
    if (wh || (idle && (mark || any(C::Of) || any(C::Reading))))
        && let Some(highest) = extreme(tokens)
    {
        return Some(Form::Extreme { highest });
    }
    if (wh || whether) && any(C::Average) || starts(&[C::Average]) {
        return Some(Form::Mean);
    }
    if any(C::HowMany) {
        return Some(Form::Count);
    }
    if (wh || whether) && any(C::Total) {
        return Some(Form::Sum);
    }
    if any(C::Which) {
        return Some(Form::Which);
    }
    if any(C::Where) {
        return Some(Form::Where);
    }
    // 看看门关了没: a look, and yes or no.
    if any(C::LookUp) && !any(C::What) && asks_yes_no(tokens) {
        return Some(Form::YesNo);
    }
    if QUALITIES.iter().any(|(c, _)| any(*c) && !matches!(c, C::BatteryLow | C::UsesPower | C::HasUsed))
        || asks(&[C::LookUp, C::What, C::HowMuch])
    {
        return Some(Form::Value);
    }
    // "any windows open", "anybody in the lab": who orders begins with a verb.
    let some = idle && (starts(&[C::Any]) || starts(&[C::Somebody]) && tokens.iter().any(|t| t.is(C::At)));
    (whether || mark || some).then_some(Form::YesNo)
}

/// Whether two things are compared, and how.
fn compares(tokens: &[Token], lexicon: &Lexicon, whether: bool) -> Option<Form> {
    let degrees = |t: &Token| t.is(C::HowHot) && !t.text.ends_with('吗') && !t.text.contains('不');
    let amount = tokens.iter().any(|t| t.is_any(&[C::HowMuch, C::What, C::Differs]) || degrees(t));
    // 热吗 is one word.
    if !amount && !whether && !tokens.iter().any(|t| t.is(C::HowHot)) {
        return None;
    }
    compared::halves(tokens, lexicon)?;
    Some(if amount { Form::Difference } else { Form::Than })
}

/// The extreme that is asked for: by its own word, or by a comparing one beside "which".
fn extreme(tokens: &[Token]) -> Option<bool> {
    let word = |c: C| tokens.iter().any(|t| t.is(c) && !t.is(C::TimeWord));
    let own = EXTREMES.iter().filter(|(c, _, _)| !matches!(c, C::Warmer | C::Cooler)).find(|(c, _, _)| word(*c));
    if let Some((_, _, highest)) = own {
        return Some(*highest);
    }
    if word(C::Highest) || word(C::Lowest) {
        return Some(word(C::Highest));
    }
    if !(word(C::Which) || word(C::Where)) || tokens.iter().any(|t| t.literal.is_some() && t.entry.is_none()) {
        return None;
    }
    if word(C::Warmer) || word(C::Cooler) {
        return Some(word(C::Warmer));
    }
    tokens.iter().filter(|t| !t.is_any(&[C::Above, C::Below, C::AtLeast])).find_map(degree).map(|(_, more)| more)
}

/// 吗 and its like at the end, or 有没有, 是不是 anywhere; 没 and 不 alone ask only as the last word.
pub(crate) fn asks_yes_no(tokens: &[Token]) -> bool {
    let last = tokens.iter().rposition(|t| !t.punctuation());
    // 开着还是关着: between two states.
    let between = |i: usize| {
        let state = |t: Option<&Token>| t.is_some_and(|t| act_of(t).is_some());
        state(i.checked_sub(1).and_then(|p| tokens.get(p))) && state(tokens.get(i + 1))
    };
    // "the printer, is it on": what is asked about stands in front.
    let turned = |i: usize| {
        let named = |t: &Token| t.entry.is_some_and(|_| !t.is_any(&[C::What, C::Which]));
        tokens.get(..i).is_some_and(|before| before.iter().rfind(|t| !t.punctuation()).is_some_and(named))
    };
    tokens.iter().enumerate().any(|(i, t)| {
        t.text == "还是" && between(i)
            || matches!(t.text.as_str(), "is it" | "are they") && turned(i)
            || t.is(C::YesNo)
                && t.text != "?"
                && !t.text.is_ascii()
                && (Some(i) == last
                    || matches!(
                        t.text.as_str(),
                        "有没有" | "是不是" | "是否" | "有没" | "开没开" | "关没关" | "锁没锁"
                    ))
    })
}

/// Whether a word asks for a value.
pub(crate) fn asks_value(t: &Token) -> bool {
    t.is_any(&[C::What, C::LookUp, C::HowMuch])
        || QUALITIES.iter().any(|(c, _)| t.is(*c) && !matches!(c, C::UsesPower | C::HasUsed))
}

/// Words that ask and say nothing about what is asked for.
pub(crate) fn question_word(t: &Token, form: Form) -> bool {
    let named = t.entry.is_some();
    let asking = t.is_any(&[
        C::What,
        C::LookUp,
        C::Which,
        C::Where,
        C::HowMany,
        C::HowMuch,
        C::Why,
        C::YesNo,
        C::HowHot,
        C::HowBright,
        C::HowHumid,
        C::HowLoud,
        C::HowManyPeople,
        C::HowCharged,
        C::BatteryLow,
        C::UsesPower,
        C::HasUsed,
        C::SetTo,
        C::AnyRoom,
    ]);
    let extreme = matches!(form, Form::Extreme { .. })
        && (t.is_any(&[C::Highest, C::Lowest, C::Than])
            || degree(t).is_some()
            || EXTREMES.iter().any(|(c, _, _)| t.is(*c)));
    let gathered =
        (form == Form::Mean && t.is(C::Average)) || (matches!(form, Form::Sum | Form::Count) && t.is(C::Total));
    let whether = matches!(t.text.as_str(), "if" | "whether");
    let people = t.is(C::Somebody) || asked_state(t).is_some() || t.is(C::Or);
    !named && !people && (whether || asking || extreme || gathered || (t.is(C::Now) && !t.is(C::AfterTime)))
}
