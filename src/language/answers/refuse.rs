//! Refusals in words: a typed reason, what was meant, and the nearest thing that is possible.

use crate::text::fuzzy;
use crate::words::lexicon::{Entry, Lexicon};
use base::{Bilingual, Lang};
use documents::{Reason, Refusal};
use things::{PointKind, PointSpec, World};

/// Most alternatives of one refusal.
pub(crate) const NEAREST_MAX: usize = 4;
/// Most words that one refusal repeats.
const WORDS_MAX: usize = 6;

/// Nobody is called this.
pub(crate) fn unknown_device(word: &str, lexicon: &Lexicon, world: &World) -> Refusal {
    let near = fuzzy::suggestions(word, lexicon, |e| !e.devices.is_empty(), NEAREST_MAX);
    let nearest = near
        .iter()
        .filter_map(|i| lexicon.entry(*i))
        .filter_map(|e| e.devices.first())
        .filter_map(|d| world.device(*d));
    let mut nearest: Vec<Bilingual> = nearest.map(|d| d.names.bilingual()).collect();
    nearest.dedup();
    let text = Bilingual::new(format!("没有叫“{word}”的设备"), format!("there is no device called \"{word}\""));
    Refusal { reason: Reason::UnknownDevice, text, nearest, sought: None }
}

/// No place is called this.
pub(crate) fn unknown_place(word: &str, lexicon: &Lexicon, world: &World) -> Refusal {
    let near = fuzzy::suggestions(word, lexicon, Entry::is_place, NEAREST_MAX);
    let nearest =
        near.iter().filter_map(|i| lexicon.entry(*i)).filter_map(|e| e.spaces.first()).filter_map(|s| world.space(*s));
    let mut nearest: Vec<Bilingual> = nearest.map(|s| s.names.bilingual()).collect();
    nearest.dedup();
    let text = Bilingual::new(format!("没有叫“{word}”的地方"), format!("there is no place called \"{word}\""));
    Refusal { reason: Reason::UnknownPlace, text, nearest, sought: None }
}

/// There is nothing of the kind where it was looked for.
pub(crate) fn none_there(what: &Bilingual, place: Option<&Bilingual>, nearest: Vec<Bilingual>) -> Refusal {
    let text = match place {
        Some(p) => Bilingual::new(format!("{}没有{}", p.zh, what.zh), format!("there is no {} in {}", what.en, p.en)),
        None => Bilingual::new(format!("这里没有{}", what.zh), format!("there is no {} here", what.en)),
    };
    Refusal { reason: Reason::UnknownDevice, text, nearest, sought: None }
}

/// The device cannot do it.
pub(crate) fn no_capability(device: &Bilingual, nearest: Vec<Bilingual>) -> Refusal {
    let text = Bilingual::new(format!("{}做不到这个", device.zh), format!("{} cannot do that", device.en));
    Refusal { reason: Reason::NoCapability, text, nearest, sought: None }
}

/// The value is outside the range; names it.
pub(crate) fn out_of_range(device: &Bilingual, spec: &PointSpec) -> Refusal {
    let range = range(spec);
    let text =
        Bilingual::new(format!("{}只能设为{}", device.zh, range.zh), format!("{} takes {} only", device.en, range.en));
    Refusal { reason: Reason::OutOfRange, text, nearest: vec![range], sought: None }
}

/// The unit measures something else.
pub(crate) fn wrong_unit(device: &Bilingual, spec: &PointSpec) -> Refusal {
    let range = range(spec);
    let name = spec.names.bilingual();
    let text = Bilingual::new(
        format!("单位不对：{}的{}取{}", device.zh, name.zh, range.zh),
        format!("that is the wrong unit: the {} of {} takes {}", property(spec, Lang::En), device.en, range.en),
    );
    Refusal { reason: Reason::WrongUnit, text, nearest: vec![range], sought: None }
}

/// What a property is called.
pub(crate) fn property(spec: &PointSpec, lang: Lang) -> String {
    let words = spec.trait_.as_deref().and_then(things::traits::by_id).map(|t| t.names());
    words.map_or_else(|| spec.names.display(lang).to_string(), |n| n.display(lang).to_string())
}

fn range(spec: &PointSpec) -> Bilingual {
    match &spec.kind {
        PointKind::Number { unit, min, max, .. } => {
            let number = |n: Option<f64>| n.map(|n| base::Quantity::new(n, *unit).to_string());
            match (number(*min), number(*max)) {
                (Some(a), Some(b)) => Bilingual::new(format!("{a}到{b}"), format!("{a} to {b}")),
                (Some(a), None) => Bilingual::new(format!("{a}以上"), format!("{a} or more")),
                (None, Some(b)) => Bilingual::new(format!("{b}以下"), format!("{b} or less")),
                (None, None) => {
                    Bilingual::new(format!("数值（{}）", unit.symbol()), format!("a number of {}", unit.symbol()))
                }
            }
        }
        PointKind::Enum { tokens } => {
            let names: Vec<Bilingual> = tokens
                .iter()
                .map(|t| if t.names.is_empty() { Bilingual::same(t.token.clone()) } else { t.names.bilingual() })
                .collect();
            Bilingual::join(&names, &Bilingual::new("、", ", "))
        }
        _ => Bilingual::new("开或关", "on or off"),
    }
}

/// Words that were not understood.
pub(crate) fn not_understood(words: &[String]) -> Refusal {
    let shown: Vec<&str> = words.iter().take(WORDS_MAX).map(String::as_str).collect();
    let text = if shown.is_empty() {
        Bilingual::new("没有听懂", "I did not understand that")
    } else {
        Bilingual::new(
            format!("没有听懂“{}”", shown.join("”“")),
            format!("I did not understand \"{}\"", shown.join("\", \"")),
        )
    };
    Refusal::new(Reason::NotUnderstood, text)
}

/// There are more words than one request has.
pub(crate) fn too_much() -> Refusal {
    Refusal::new(
        Reason::NotUnderstood,
        Bilingual::new("一次说得太多了，请分开说", "that is too much at once; please say it in parts"),
    )
}

/// It is not about this building.
pub(crate) fn outside() -> Refusal {
    Refusal::new(
        Reason::OutOfDomain,
        Bilingual::new(
            "这不在我能做的范围内，我只管这里的设备",
            "that is outside what I do: I look after the devices here",
        ),
    )
}

/// It is somebody else who wants it.
pub(crate) fn quoted() -> Refusal {
    Refusal::new(
        Reason::NotAllowed,
        Bilingual::new(
            "这是转述别人的话，所以没有动作；要做的话请直接说",
            "that is what somebody else says, so nothing was done; say it yourself if it shall be done",
        ),
    )
}

/// A time that was not understood: it must not happen at once instead.
pub(crate) fn timed(word: &str) -> Refusal {
    let text = if word.is_empty() {
        Bilingual::new("没有听懂时间，所以没有动作", "I did not understand the time, so nothing was done")
    } else {
        Bilingual::new(
            format!("没有听懂时间（{word}），所以没有动作"),
            format!("I did not understand the time (\"{word}\"), so nothing was done"),
        )
    };
    Refusal::new(Reason::NotUnderstood, text)
}

/// Both ways at once.
pub(crate) fn contradiction() -> Refusal {
    Refusal::new(
        Reason::Contradiction,
        Bilingual::new("这两个要求互相矛盾，所以没有动作", "the two orders contradict each other, so nothing was done"),
    )
}

/// "do not ..." asks for nothing.
pub(crate) fn nothing_to_do() -> Refusal {
    Refusal::new(Reason::NothingToDo, Bilingual::new("好的，什么也不做", "all right, nothing is done"))
}
