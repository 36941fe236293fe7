//! Weighs whether words look like something to do or like something that is so.
//!
//! What it is *not*: where words are cut is `segments.rs`. Start at `Cutter::order_of`.

use super::segments::{COMPARING, Cutter, asks_notice, behind};
use crate::phrases::pieces::act_of;
use crate::reading::sentence::third_person;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;

impl Cutter<'_> {
    /// More than nothing: something to do; less: something that is so.
    pub(super) fn order_of(&self, words: &[Token]) -> i32 {
        let ascii = words.iter().filter(|t| !t.punctuation() && t.literal.is_none()).all(|t| t.text.is_ascii());
        if ascii { self.english(words) } else { self.chinese(words) }
    }

    fn english(&self, words: &[Token]) -> i32 {
        let mut score = 0;
        let first = words.iter().find(|t| !t.is(C::Filler) || act_of(t).is_some());
        if first.is_some_and(|t| act_of(t).is_some() && !third_person(t) && t.literal.is_none()) {
            score += 4;
        }
        let be = |t: &Token| {
            matches!(
                t.text.as_str(),
                "is" | "are"
                    | "was"
                    | "has"
                    | "have"
                    | "has been"
                    | "have been"
                    | "there is"
                    | "there are"
                    | "it is"
                    | "is still"
                    | "gets"
                    | "goes"
                    | "drops"
                    | "stays"
            )
        };
        for (i, t) in words.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|p| words.get(p));
            let set = before.is_some_and(|p| p.is_any(&[C::To, C::Set]));
            let compares = t.is_any(COMPARING);
            let waits = t.is(C::AfterTime) && (t.text.starts_with("wait") || t.text.starts_with("pause"));
            score += match () {
                () if waits || asks_notice(t) => 4,
                () if be(t) => -4,
                () if compares && t.literal.is_none() && !set => -3,
                () if t.is_any(&[C::Somebody, C::Nobody]) => -4,
                () if i > 0 && act_of(t).is_some() && third_person(t) => -3,
                () if t.is_any(&[C::On, C::Off]) => 2,
                () if t.is(C::To)
                    && words.get(i + 1).is_some_and(|n| n.literal.is_some() || n.is_any(&[C::Maximum, C::Minimum])) =>
                {
                    2
                }
                () => 0,
            };
        }
        score
    }

    fn chinese(&self, words: &[Token]) -> i32 {
        let mut score = 0;
        // 亮度20%: nothing is compared, so that it is what shall be.
        let compared =
            words.iter().any(|t| t.literal.is_none() && (t.is_any(COMPARING) || t.is_any(&[C::Rises, C::ForTime])));
        let measured = |t: &Token| t.entry(self.lexicon).is_some_and(|e| !e.traits.is_empty() && !e.is_reference());
        let valued =
            |t: &Token| matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_)));
        for (i, t) in words.iter().enumerate() {
            let next = words.get(i + 1);
            let bounded = words.get(i + 2).is_some_and(|n| n.is_any(&[C::AtLeast, C::AtMost]) && n.literal.is_none());
            let compares = t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost])
                && t.literal.is_none()
                && (bounded || !t.is(C::Set));
            let numbered =
                words.iter().skip(i + 1).take(2).chain(words.get(i.wrapping_sub(1))).any(|n| n.literal.is_some());
            let noun = |t: &Token| {
                t.entry(self.lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty())
                    || t.is_any(&[C::It, C::Them, C::All, C::Everything])
            };
            score += match () {
                () if i == 0 && t.is(C::Then) && !t.is(C::And) => 4,
                // 开补光: nothing says that it is so.
                () if i == 0
                    && matches!(t.text.as_str(), "开" | "关" | "停" | "打开" | "关掉")
                    && next.is_some_and(|n| !n.punctuation())
                    && !words.iter().any(behind)
                    && !words.iter().any(|t| t.text.ends_with('了') || t.text.ends_with('着')) =>
                {
                    3
                }
                () if !compared && measured(t) && next.is_some_and(&valued) => 4,
                () if t.is(C::Object) || (t.is(C::AfterTime) && t.text.contains('等')) => 4,
                () if asks_notice(t) => 4,
                () if behind(t) && i + 1 == words.len() && i > 0 => -6,
                () if compares && numbered => -5,
                () if t.is(C::Set) && next.is_some_and(|n| n.literal.is_some()) => 4,
                () if t.is_any(&[C::Somebody, C::Nobody]) => -4,
                () if t.is(C::Not) => -2,
                () if t.text.ends_with('着') => -3,
                () if t.is(C::ForTime) && next.is_some_and(|n| matches!(n.literal, Some(Literal::Duration(_)))) => -3,
                () if act_of(t).is_some() && t.literal.is_none() && next.is_some_and(noun) => 3,
                () if act_of(t).is_some() && t.literal.is_none() && t.entry.is_none() => 2,
                () => 0,
            };
        }
        score
    }
}
