//! The concepts of `lexicon.toml`: what words mean apart from any registry.
//!
//! What it is *not*: names, kinds and states of devices; those are in `lexicon.rs`. Start at [`matches`].

use crate::text::normalise::Text;
use aho_corasick::AhoCorasick;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A concept; the file says what each stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Concept {
    TurnOn,
    TurnOff,
    OpenOrOn,
    CloseOrOff,
    Open,
    Close,
    Stow,
    Water,
    Turn,
    On,
    Off,
    Up,
    Down,
    Set,
    Increase,
    Decrease,
    Brighten,
    Dim,
    Warmer,
    Cooler,
    Louder,
    Quieter,
    Faster,
    Slower,
    Toggle,
    Lock,
    Unlock,
    Start,
    Clean,
    Mow,
    Stop,
    Pause,
    Resume,
    Dock,
    Play,
    Next,
    Previous,
    Mute,
    Unmute,
    Activate,
    Press,
    Keep,
    Told,
    LightUp,
    TooHot,
    TooCold,
    TooBright,
    TooSunny,
    TooDark,
    TooLoud,
    TooQuiet,
    Stuffy,
    TooDry,
    TooHumid,
    Maximum,
    Minimum,
    WarmWhite,
    NeutralWhite,
    ColdWhite,
    LevelHigh,
    LevelMedium,
    LevelLow,
    ABit,
    ALot,
    Again,
    Halve,
    Double,
    Same,
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
    Between,
    WarmerThan,
    ColderThan,
    BrighterThan,
    DarkerThan,
    DamperThan,
    DrierThan,
    LouderThan,
    Rises,
    All,
    Everything,
    Everywhere,
    OtherRooms,
    Any,
    Other,
    None,
    Only,
    And,
    Or,
    Then,
    If,
    When,
    Unless,
    Until,
    While,
    Otherwise,
    Not,
    Except,
    Of,
    At,
    To,
    By,
    Object,
    ForTime,
    AfterTime,
    Times,
    Now,
    Here,
    It,
    Them,
    One,
    Article,
    What,
    LookUp,
    Which,
    Where,
    HowMany,
    HowMuch,
    HowHot,
    HowManyPeople,
    HowBright,
    HowHumid,
    HowLoud,
    Is,
    YesNo,
    Why,
    Than,
    Differs,
    Higher,
    Lower,
    Hotter,
    Colder,
    Lighter,
    Darker,
    Damper,
    Drier,
    Noisier,
    Calmer,
    Stuffier,
    SetTo,
    HowCharged,
    BatteryLow,
    UsesPower,
    HasUsed,
    AtHome,
    Everybody,
    AnyRoom,
    Correction,
    AboutIt,
    Portion,
    OtherOne,
    Repeat,
    Highest,
    Lowest,
    Hottest,
    Coldest,
    Brightest,
    Darkest,
    Dampest,
    Driest,
    Noisiest,
    Quietest,
    Stuffiest,
    Busiest,
    Average,
    Total,
    Reading,
    Nobody,
    Somebody,
    TimeWord,
    Undo,
    Confirm,
    Cancel,
    Greeting,
    Thanks,
    OptionFirst,
    OptionSecond,
    OptionThird,
    OptionFourth,
    OptionAll,
    Filler,
    Outside,
    Notify,
    RoomWord,
    ApplianceWord,
    Outdoors,
    OneTime,
    Void,
    Meanwhile,
    InForce,
    Regardless,
    Means,
    Vague,
    Reported,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    zh: Vec<String>,
}

struct Table {
    /// Concepts of each pattern.
    senses: Vec<Vec<Concept>>,
    automaton: Option<AhoCorasick>,
    forms: BTreeMap<String, Vec<Concept>>,
}

fn read() -> Result<BTreeMap<Concept, Forms>, toml::de::Error> {
    toml::from_str(include_str!("lexicon.toml"))
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut forms: BTreeMap<String, Vec<Concept>> = BTreeMap::new();
    for (concept, words) in read().unwrap_or_default() {
        for word in words.en.iter().chain(&words.zh) {
            let senses = forms.entry(Text::form(word)).or_default();
            if !senses.contains(&concept) {
                senses.push(concept);
            }
        }
    }
    let automaton = AhoCorasick::new(forms.keys()).ok();
    Table { senses: forms.values().cloned().collect(), automaton, forms }
});

/// A match, in bytes of the text.
pub(crate) struct Match {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) senses: &'static [Concept],
}

/// Reads the file, so that the first sentence need not.
pub(crate) fn warm() {
    LazyLock::force(&TABLE);
}

/// Whether a form has a sense.
pub(crate) fn means(form: &str, concept: Concept) -> bool {
    let table: &'static Table = &TABLE;
    table.forms.get(form).is_some_and(|s| s.contains(&concept))
}

/// Whether a form has a sense besides that of a thing.
pub(crate) fn known(form: &str) -> bool {
    let table: &'static Table = &TABLE;
    table.forms.get(form).is_some_and(|senses| senses.iter().any(|s| *s != Concept::ApplianceWord))
}

/// All forms with their senses.
pub(crate) fn forms() -> impl Iterator<Item = (&'static str, &'static [Concept])> {
    let table: &'static Table = &TABLE;
    table.forms.iter().map(|(form, senses)| (form.as_str(), senses.as_slice()))
}

/// All senses of a form.
pub(crate) fn senses(form: &str) -> &'static [Concept] {
    let table: &'static Table = &TABLE;
    table.forms.get(form).map_or(&[], |s| s.as_slice())
}

/// Whether a text has a form of a concept in it; Latin forms as whole words.
pub(crate) fn contains(text: &str, concept: Concept) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric());
    matches(text).iter().any(|m| {
        let (before, behind) = (text.get(..m.from), text.get(m.to..));
        m.senses.contains(&concept)
            && (!text.is_ascii()
                || edge(before.and_then(|t| t.chars().next_back())) && edge(behind.and_then(|t| t.chars().next())))
    })
}

/// Every occurrence of every form, overlaps kept.
pub(crate) fn matches(text: &str) -> Vec<Match> {
    let table: &'static Table = &TABLE;
    let Some(automaton) = &table.automaton else { return Vec::new() };
    automaton
        .find_overlapping_iter(text)
        .filter_map(|m| Some(Match { from: m.start(), to: m.end(), senses: table.senses.get(m.pattern().as_usize())? }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_complete() {
        let concepts = read().unwrap();
        assert_eq!(concepts.len(), 197);
        for (c, forms) in &concepts {
            assert!(!forms.en.is_empty() || !forms.zh.is_empty(), "{c:?}");
        }
        assert!(TABLE.automaton.is_some());
    }
}
