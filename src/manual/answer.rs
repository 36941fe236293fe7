//! When a sentence asks how Castellan is used, and the documentation says it: what it says, and where.
//!
//! What it is *not*: it answers nothing that the pages do not say. A question whose words no one section covers gets no
//! answer here, however well one word of it fits.

use crate::article::Section;
use crate::search::{Index, Wanted, index, snippet};
use crate::words::words;
use base::Lang;
use std::collections::BTreeSet;

/// Most characters that an answer quotes.
const QUOTE_CHARS_MAX: usize = 420;
/// How much of what was asked a section must speak of.
const COVER_MIN: f64 = 0.8;
/// The same of a section that stands far before those of every other page, and how far that is.
const HALF: f64 = 0.5;
const LEAD_MIN: f64 = 1.4;
/// Of so many sections, the first that speaks of what was asked is quoted.
const CANDIDATES_MAX: usize = 4;

/// How English sentences begin that ask for a way, and those that ask what something is.
const HOW_EN: &[&str] = &[
    "how do i ",
    "how do we ",
    "how do you ",
    "how can i ",
    "how can we ",
    "how should i ",
    "how would i ",
    "how to ",
    "how does ",
    "where do i ",
    "where can i ",
    "where does castellan ",
    "where is the documentation",
    "can i ",
    "can we ",
    "can castellan ",
    "does castellan ",
    "is it possible to ",
    "show me how to ",
    "tell me how to ",
    "explain how to ",
    "why does my ",
    "why do my ",
    "why can't i ",
    "why can i not ",
    "what should i do ",
    "what do i do ",
    "help me connect ",
    "help me set up ",
    "what do i need to ",
    "how is ",
    "how are ",
];
const WHAT_EN: &[&str] = &["what is ", "what's ", "what are ", "what does ", "explain what "];

/// Likewise in Chinese, anywhere in the sentence.
const HOW_ZH: &[&str] = &[
    "怎么",
    "如何",
    "怎样",
    "在哪里看",
    "在哪里设",
    "在哪里改",
    "在哪设",
    "能不能",
    "怎么办",
    "为什么",
    "有没有办法",
    "可不可以",
    "教程",
];
const WHAT_ZH: &[&str] = &["什么是", "是什么", "什么意思", "什么叫"];
/// What sounds like it in Chinese, and asks about a state.
const STATE_ZH: &[&str] = &["怎么样", "怎么了", "怎么回事", "怎么还", "怎么又", "怎么这么", "怎么没", "怎么不"];

/// What a question wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A way to do something.
    How,
    /// What something is.
    What,
}

/// What the documentation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The first sentences of the section.
    pub text: String,
    /// Title of the page, and of the section where it is another.
    pub title: String,
    /// Where it is read, without the host.
    pub url: String,
}

/// Whether a sentence has the form of a question about how something is done, or what something is.
pub fn asks(text: &str, lang: Lang) -> Option<Asked> {
    let lower = text.trim().to_lowercase();
    match lang {
        Lang::En => {
            let lower = lower.trim_start_matches("please ").trim_start_matches("hey, ");
            let begins = |list: &[&str]| list.iter().any(|b| lower.starts_with(b));
            begins(HOW_EN).then_some(Asked::How).or(begins(WHAT_EN).then_some(Asked::What))
        }
        Lang::Zh => {
            let has = |list: &[&str]| list.iter().any(|b| lower.contains(b));
            if has(STATE_ZH) {
                return None;
            }
            has(HOW_ZH).then_some(Asked::How).or(has(WHAT_ZH).then_some(Asked::What))
        }
    }
}

/// What the documentation says to a question of such a form; nothing when no section speaks of all that was asked.
pub fn answer(question: &str, lang: Lang) -> Option<Answer> {
    let asked = asks(question, lang)?;
    let index = index(lang);
    let wanted = Wanted::of(question, index);
    if wanted.own.is_empty() {
        return None;
    }
    let ranked = index.rank(&wanted);
    // How far the best page is before every other.
    let lead = ranked.first().map_or(0.0, |(first, score)| {
        let slug = index.entries[*first].slug;
        let next = ranked.iter().find(|(n, _)| index.entries[*n].slug != slug).map_or(0.0, |(_, score)| *score);
        score / next.max(f64::MIN_POSITIVE)
    });
    let fits = |place: usize, n: usize| {
        let entry = &index.entries[n];
        let covered = index.covered(n, &wanted);
        let page_title = words(entry.page_title);
        // A question of one word is as soon about something else: only headings are sure to mean it.
        let names = entry.asked.iter().filter(|name| covered.len() > 1 || name.len() == 1);
        let title: BTreeSet<&String> = names.flatten().chain(&entry.heading).chain(&page_title).collect();
        let titled = covered.iter().filter(|w| title.iter().any(|t| t == *w)).count();
        let enough = match asked {
            // What a thing is stands below its name, or one that it is asked by, and below no longer one: the weather is no
            // weather station.
            Asked::What => {
                let own: BTreeSet<&String> = wanted.own.iter().collect();
                entry.names().any(|name| name.iter().collect::<BTreeSet<_>>() == own)
            }
            Asked::How => {
                let share = share(index, &wanted, &covered, lang);
                // One word is little to go by: the guides alone are sure to be meant.
                let sure = covered.len() > 1 || !is_reference(entry.slug);
                let whole = share >= COVER_MIN && titled > 0 || share >= 1.0 && covered.len() > 1;
                let alone = place == 0 && lead >= LEAD_MIN && share >= HALF && titled > 0 && covered.len() > 1;
                sure && (whole || alone)
            }
        };
        enough && !entry.section.pieces.is_empty()
    };
    let found = ranked.into_iter().take(CANDIDATES_MAX).enumerate();
    let (_, (n, _)) = found.into_iter().find(|(place, (n, _))| fits(*place, *n))?;
    let entry = &index.entries[n];
    let heading = &entry.section.heading;
    let (title, anchor) = if heading.level == 1 {
        (heading.title.clone(), "")
    } else {
        (format!("{}: {}", entry.page_title, heading.title), heading.anchor.as_str())
    };
    let text = said(entry.section, &wanted)?;
    Some(Answer { text, title, url: crate::address(lang, entry.slug, anchor) })
}

/// The first sentences of a section; where they do not speak of what was asked, the piece of it that does most.
fn said(section: &Section, wanted: &Wanted) -> Option<String> {
    let lead = section.lead(QUOTE_CHARS_MAX);
    let speaks = words(&lead).iter().any(|w| wanted.own.contains(w));
    let text = if speaks || section.heading.level == 1 { lead } else { snippet(section, wanted) };
    (!text.is_empty()).then_some(text)
}

fn is_reference(slug: &str) -> bool {
    crate::page(slug).is_some_and(|p| p.group == crate::Group::Reference)
}

/// How much of the question a section speaks of. In English words count by their rarity, and one that no page has
/// counts most. In Chinese characters count, since pairs across two words mean nothing.
fn share(index: &Index, wanted: &Wanted, covered: &BTreeSet<&str>, lang: Lang) -> f64 {
    let own: Vec<&str> = wanted.own.iter().map(String::as_str).collect();
    let chars = |of: &dyn Fn(&str) -> bool| -> f64 {
        // Pairs follow each other, so a character is covered when a pair before or after it is.
        let mut sum = 0.0;
        for (i, word) in own.iter().enumerate() {
            let pair: Vec<char> = word.chars().collect();
            let (Some(first), Some(last)) = (pair.first(), pair.last()) else { continue };
            let before = i.checked_sub(1).and_then(|p| own.get(p)).filter(|w| w.ends_with(*first) && pair.len() == 2);
            if before.is_none() && of(word) {
                sum += 1.0;
            }
            let after = own.get(i + 1).filter(|w| w.starts_with(*last) && w.chars().count() == 2);
            if pair.len() == 2 && (of(word) || after.is_some_and(|w| of(w))) {
                sum += 1.0;
            }
        }
        sum
    };
    match lang {
        Lang::Zh => chars(&|w| covered.contains(w)) / chars(&|_| true).max(1.0),
        Lang::En => {
            let rarity = |word: &&str| index.rarity(word);
            let whole: f64 = own.iter().map(rarity).sum();
            own.iter().filter(|w| covered.contains(**w)).map(rarity).sum::<f64>() / whole.max(f64::MIN_POSITIVE)
        }
    }
}
