//! What is said beside an order and orders nothing: what people do, why it is wanted. It is left out; the order counts.
//!
//! What it is *not*: what is told of a device or a room stays, for it says what the order is about
//! (`orders::ellipsis`). Start at [`without`].

use crate::phrases::pieces::{Verb, act_of};
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;

/// Who does something of their own.
#[rustfmt::skip]
const PEOPLE: &[&str] = &[
    "i", "we", "they", "he", "she", "everyone", "everybody", "people", "kids", "children", "guest", "guests",
    "visitor", "visitors", "client", "clients", "customers", "baby", "wife", "husband", "mum", "mom", "dad",
    "grandma", "grandpa", "boss", "family", "friends", "parents", "my", "our",
    "plants", "dog", "cat", "neighbours", "neighbors", "somebody", "someone", "nobody", "我", "我们", "咱们", "咱", "大家", "他们", "他", "她", "孩子", "小孩",
    "宝宝", "老人", "客人", "访客", "客户", "同事", "老婆", "老公", "爸妈", "爸爸", "妈妈", "奶奶", "爷爷", "老板", "朋友", "家里人", "人",
    "邻居", "学生", "我哋", "佢哋", "佢", "细路", "有人", "没人",
];
/// What begins a reason, with those it is about behind it.
const REASONS: &[&str] = &["because", "cause", "since", "as", "so", "so that", "for"];
/// What begins a reason all by itself.
const GROUNDS: &[&str] = &["因为", "由于", "省得", "免得", "不然", "要不然", "好让", "以便", "怕", "吵到", "吵着"];

/// What says that something is there.
const THERE: &[&str] = &["there is", "there are"];
/// Where people go, which is no device.
const AWAY: &[&str] = &["home", "work", "bed"];
/// Longest word of these lists in Chinese, in characters.
const WORD_MAX: usize = 3;

/// The tokens without the parts that order nothing; all of them where no part would be left.
pub(crate) fn without(tokens: &[Token], lexicon: &Lexicon) -> Vec<Token> {
    let breaks =
        |t: &Token| t.punctuation() && matches!(t.text.as_str(), "," | "，" | ";" | "；" | "." | "。" | "!" | "！");
    let parts: Vec<&[Token]> = tokens.split_inclusive(breaks).collect();
    let kept: Vec<Vec<Token>> = parts
        .iter()
        .map(|part| part.get(..reason(part, lexicon)).unwrap_or_default())
        .filter(|part| !part.iter().all(Token::punctuation) && !about_people(part, lexicon))
        .map(|part| if there_is(part) { places(part, lexicon) } else { part.to_vec() })
        .collect();
    if !kept.iter().any(|part| orders(part)) {
        return tokens.to_vec();
    }
    kept.concat()
}

/// "there is a draught in the study, ...": it orders nothing, but says where.
fn there_is(part: &[Token]) -> bool {
    says(part, 0, THERE) && !orders(part) && part.last().is_some_and(Token::punctuation)
}

/// The places of a part, and the mark that ends it.
fn places(part: &[Token], lexicon: &Lexicon) -> Vec<Token> {
    let place = |t: &&Token| t.entry(lexicon).is_some_and(|e| e.is_place());
    let found: Vec<Token> = part.iter().filter(place).cloned().collect();
    let mark = part.last().filter(|_| !found.is_empty()).cloned();
    found.into_iter().chain(mark).collect()
}

fn orders(part: &[Token]) -> bool {
    part.iter().any(|t| act_of(t).is_some_and(|a| a.verb != Verb::Turn) || t.is_any(&[C::On, C::Off]))
}

/// Whether a part points at something of the building, or does anything with it.
fn ours(part: &[Token], lexicon: &Lexicon) -> bool {
    let points = |t: &Token| {
        t.entry(lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty())
            || t.is_any(&[C::RoomWord, C::ApplianceWord, C::Everything, C::Here, C::It, C::Them])
            || t.literal.is_some()
    };
    let away = |t: &&Token| AWAY.contains(&t.text.as_str());
    let conditional = [C::If, C::When, C::Unless, C::Until, C::While, C::Otherwise, C::Except, C::Not, C::Notify];
    let mut told = part.iter().filter(|t| !away(t));
    orders(part) || told.any(|t| points(t) || t.is_any(&conditional) && t.entry.is_none())
}

/// Whether one of some words stands at a token: whole in Latin letters, as it is written in Chinese.
fn says(part: &[Token], at: usize, words: &[&str]) -> bool {
    let rest = part.get(at..).unwrap_or_default();
    let Some(first) = rest.first() else { return false };
    if first.text.is_ascii() {
        let begins = |w: &str| first.text.strip_prefix(w).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        return words.iter().any(|w| begins(w));
    }
    let text: String = rest.iter().take(WORD_MAX).map(|t| t.text.as_str()).collect();
    words.iter().any(|w| !w.is_ascii() && text.starts_with(w))
}

/// "everyone has gone home", 孩子睡着了: somebody does something, and nothing here is named.
fn about_people(part: &[Token], lexicon: &Lexicon) -> bool {
    let silent = |t: &Token| t.punctuation() || t.is_any(&[C::Filler, C::Article, C::And]);
    let words = part.iter().filter(|t| !t.punctuation()).count();
    let begins = part.iter().position(|t| !silent(t)).unwrap_or(part.len());
    let told = (0..=begins).any(|i| says(part, i, PEOPLE) || says(part, i, GROUNDS));
    told && words > 1 && !ours(part, lexicon)
}

/// Where the reason of a part begins: "... so that I can sleep"; its end where none is given.
fn reason(part: &[Token], lexicon: &Lexicon) -> usize {
    let begins = |i: &usize| {
        let told = says(part, *i, REASONS) && says(part, i + 1, PEOPLE);
        let rest = part.get(i + 1..).unwrap_or_default();
        (told || says(part, *i, GROUNDS)) && !rest.is_empty() && !ours(rest, lexicon)
    };
    (1..part.len()).find(begins).unwrap_or(part.len())
}
