//! Search over the sections of all pages, per language: BM25 over the words of a section, of its heading, of the
//! questions that are known to be asked for it and of its page's title, with words that mean the same.
//!
//! An index of its own, because a few hundred sections need no search engine: the crates that were looked at bring a
//! tokenizer for Chinese with a dictionary of megabytes, or a store on disk. Built once, on first use.

use crate::article::{Section, article, cut};
use crate::pages::PAGES;
use crate::words::{same, words};
use base::Lang;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Most characters of a query that are looked at.
pub const QUERY_CHARS_MAX: usize = 300;
/// Most sections that a search gives.
pub const HITS_MAX: usize = 50;
/// Most characters of a snippet.
const SNIPPET_CHARS_MAX: usize = 220;

/// How soon more of the same word adds nothing.
const K1: f64 = 1.2;
/// How much long sections lose.
const B: f64 = 0.5;
/// What a word in the heading of a section counts.
const IN_HEADING: f64 = 8.0;
/// What a word of a question counts that is known to be asked for a section.
const IN_ASKED: f64 = 4.0;
/// What a word in the title of the page counts.
const IN_TITLE: f64 = 3.0;
/// What the page gains whose title is asked for.
const TITLE_ASKED: f64 = 0.5;
/// What a section gains that is asked for in these very words.
const SO_ASKED: f64 = 0.5;
/// What a word counts that means the same as one of the query.
const SAME_WEIGHT: f64 = 0.4;
/// What a word counts that is only like one of the query.
const PREFIX_WEIGHT: f64 = 0.5;
/// Shortest beginning that counts.
const PREFIX_CHARS_MIN: usize = 5;
/// What the section at the top of a page counts against the others: it is the page as a whole.
const TOP_BONUS: f64 = 1.1;
/// What a page of reference counts: who asks in words wants the guide first.
const REFERENCE_WEIGHT: f64 = 0.6;

/// A section that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hit {
    /// The page: its name in addresses.
    pub page: String,
    /// The title of the page.
    pub page_title: String,
    /// The heading of the section.
    pub title: String,
    /// Where it is read, without the host.
    pub url: String,
    /// What it says about the query.
    pub snippet: String,
    /// How well it fits; only to be compared with others of the same search.
    pub score: f64,
}

/// One section of the index.
pub(crate) struct Entry {
    pub(crate) slug: &'static str,
    pub(crate) page_title: &'static str,
    pub(crate) section: &'static Section,
    weight: f64,
    /// The words of its heading.
    pub(crate) heading: Vec<String>,
    /// The words of each question that is known to be asked for it.
    pub(crate) asked: Vec<Vec<String>>,
    /// Its length in words, as the weights of its parts count them.
    length: f64,
}

/// The index of one language.
pub(crate) struct Index {
    pub(crate) entries: Vec<Entry>,
    /// In which sections a word is, and how often.
    found: BTreeMap<String, Vec<(usize, f64)>>,
    average: f64,
}

static ZH: LazyLock<Index> = LazyLock::new(|| Index::build(Lang::Zh));
static EN: LazyLock<Index> = LazyLock::new(|| Index::build(Lang::En));

/// The index of a language.
pub(crate) fn index(lang: Lang) -> &'static Index {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

/// The sections that fit a query best, the best first. The same query always gives the same.
pub fn search(query: &str, lang: Lang, limit: usize) -> Vec<Hit> {
    let index = index(lang);
    let wanted = Wanted::of(query, index);
    let ranked = index.rank(&wanted);
    let hit = |(n, score): (usize, f64)| {
        let entry = &index.entries[n];
        let heading = &entry.section.heading;
        let anchor = if heading.level == 1 { "" } else { heading.anchor.as_str() };
        Hit {
            page: entry.slug.to_owned(),
            page_title: entry.page_title.to_owned(),
            title: heading.title.clone(),
            url: crate::address(lang, entry.slug, anchor),
            snippet: snippet(entry.section, &wanted),
            score: libm::round(score * 1000.0) / 1000.0,
        }
    };
    ranked.into_iter().take(limit.min(HITS_MAX)).map(hit).collect()
}

/// What a query looks for.
pub(crate) struct Wanted {
    /// Its own words.
    pub(crate) own: Vec<String>,
    /// All words that count, each with what it counts.
    weights: BTreeMap<String, f64>,
    /// The words of the query that other words stand for.
    stand_ins: Vec<(Vec<String>, Vec<Vec<String>>)>,
}

impl Wanted {
    pub(crate) fn of(query: &str, index: &Index) -> Wanted {
        let query: String = query.chars().take(QUERY_CHARS_MAX).collect();
        let own = words(&query);
        let mut weights: BTreeMap<String, f64> = BTreeMap::new();
        let mut want = |word: &str, weight: f64| {
            let known = weights.entry(word.to_owned()).or_insert(0.0);
            *known = known.max(weight);
        };
        for word in &own {
            want(word, 1.0);
            if !index.found.contains_key(word) {
                index.like(word).for_each(|other| want(other, PREFIX_WEIGHT));
            }
        }
        let stand_ins = same(&query);
        for (_, others) in &stand_ins {
            for other in others.iter().filter(|other| other.iter().all(|w| index.found.contains_key(w))) {
                let share = SAME_WEIGHT / libm::sqrt(count(other.len()));
                other.iter().for_each(|word| want(word, share));
            }
        }
        Wanted { own, weights, stand_ins }
    }
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

impl Entry {
    /// What it is asked by: its heading, and the questions.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[String]> {
        self.asked.iter().chain([&self.heading]).map(Vec::as_slice)
    }

    /// How near its heading or a question that is known to be asked for it comes to these words: what both have, of what
    /// either has (Jaccard).
    fn asked(&self, own: &BTreeSet<&str>) -> f64 {
        let near = |question: &[String]| {
            let said: BTreeSet<&str> = question.iter().map(String::as_str).collect();
            count(said.intersection(own).count()) / count(said.union(own).count().max(1))
        };
        self.names().map(near).fold(0.0, f64::max)
    }
}

impl Index {
    fn build(lang: Lang) -> Index {
        let mut index = Index { entries: Vec::new(), found: BTreeMap::new(), average: 1.0 };
        for page in PAGES {
            let Some(article) = article(page.slug, lang) else { continue };
            let mut trail: Vec<(u8, &str)> = Vec::new();
            for section in &article.sections {
                let heading = &section.heading;
                trail.retain(|(level, _)| *level < heading.level);
                let mut counts: BTreeMap<String, f64> = BTreeMap::new();
                let mut put = |text: &str, weight: f64| {
                    words(text).into_iter().for_each(|word| *counts.entry(word).or_default() += weight);
                };
                put(&heading.title, IN_HEADING);
                section.asked.iter().for_each(|question| put(question, IN_ASKED));
                trail.iter().for_each(|(level, title)| put(title, if *level == 1 { IN_TITLE } else { IN_TITLE / 2.0 }));
                section.pieces.iter().for_each(|piece| put(&piece.text, 1.0));
                let reference = page.group == crate::Group::Reference;
                let weight = if heading.level == 1 { TOP_BONUS } else { 1.0 };
                index.entries.push(Entry {
                    slug: page.slug,
                    page_title: &article.title,
                    section,
                    weight: if reference { weight * REFERENCE_WEIGHT } else { weight },
                    heading: words(&heading.title),
                    asked: section.asked.iter().map(|question| words(question)).collect(),
                    length: counts.values().sum(),
                });
                trail.push((heading.level, &heading.title));
                let n = index.entries.len() - 1;
                for (word, times) in counts {
                    index.found.entry(word).or_default().push((n, times));
                }
            }
        }
        let whole: f64 = index.entries.iter().map(|e| e.length).sum();
        index.average = (whole / count(index.entries.len().max(1))).max(1.0);
        index
    }

    /// Words that begin like this one; for a single Chinese character, the pairs that have it.
    fn like<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        let long = word.is_ascii() && word.len() >= PREFIX_CHARS_MIN;
        let single = word.chars().count() == 1 && word.chars().all(base::bilingual::is_han);
        let words = self.found.keys().map(String::as_str);
        words.filter(move |w| if single { w.contains(word) } else { long && w.starts_with(word) })
    }

    /// What a word says about a section: little, when most have it.
    pub(crate) fn rarity(&self, word: &str) -> f64 {
        let all = count(self.entries.len());
        let having = self.found.get(word).map_or(0.0, |f| count(f.len()));
        libm::log(1.0 + (all - having + 0.5) / (having + 0.5))
    }

    /// Sections with their scores, the best first.
    pub(crate) fn rank(&self, wanted: &Wanted) -> Vec<(usize, f64)> {
        let mut scores: BTreeMap<usize, (f64, BTreeSet<&str>)> = BTreeMap::new();
        for (word, weight) in &wanted.weights {
            let rarity = self.rarity(word);
            for (n, times) in self.found.get(word).into_iter().flatten() {
                let entry = &self.entries[*n];
                let long = 1.0 - B + B * entry.length / self.average;
                let score = weight * rarity * times * (K1 + 1.0) / (times + K1 * long);
                let known = scores.entry(*n).or_default();
                known.0 += score * entry.weight;
                if wanted.own.contains(word) {
                    known.1.insert(word);
                }
            }
        }
        let own: BTreeSet<&str> = wanted.own.iter().map(String::as_str).collect();
        // A section with all words of the query is better than one that has one of them often.
        let whole = |having: usize| 0.5 + 0.5 * count(having) / count(own.len().max(1));
        let mut ranked: Vec<(usize, f64)> =
            scores.into_iter().map(|(n, (score, having))| (n, score * whole(having.len()))).collect();
        for (n, score) in &mut ranked {
            *score *= 1.0 + TITLE_ASKED * self.title_asked(*n, wanted) + SO_ASKED * self.entries[*n].asked(&own);
        }
        ranked.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        ranked
    }

    /// How much of the title of a section's page is asked for: a question that names a page is about it.
    fn title_asked(&self, n: usize, wanted: &Wanted) -> f64 {
        let title = words(self.entries[n].page_title);
        let asked = title.iter().filter(|w| wanted.own.contains(w)).count();
        count(asked) / count(title.len().max(1))
    }

    /// Which of the query's own words a section has, itself or by one that means the same.
    pub(crate) fn covered<'w>(&self, n: usize, wanted: &'w Wanted) -> BTreeSet<&'w str> {
        let has = |word: &str| self.found.get(word).is_some_and(|f| f.binary_search_by_key(&n, |(e, _)| *e).is_ok());
        let mut covered: BTreeSet<&str> = wanted.own.iter().map(String::as_str).filter(|w| has(w)).collect();
        for (said, others) in &wanted.stand_ins {
            if others.iter().any(|other| other.iter().all(|w| has(w))) {
                covered.extend(said.iter().map(String::as_str));
            }
        }
        covered
    }
}

/// The pieces of a section that say most about a query.
pub(crate) fn snippet(section: &Section, wanted: &Wanted) -> String {
    let worth = |text: &str| {
        let said: BTreeSet<String> = words(text).into_iter().collect();
        said.iter().filter_map(|w| wanted.weights.get(w)).sum::<f64>()
    };
    let mut best: Option<(f64, &str)> = None;
    for piece in &section.pieces {
        let worth = worth(&piece.text);
        if best.is_none_or(|(known, _)| worth > known) {
            best = Some((worth, &piece.text));
        }
    }
    cut(best.map_or("", |(_, text)| text), SNIPPET_CHARS_MAX)
}
