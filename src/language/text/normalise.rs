//! Brings a text into one form: compatibility forms, case, simplified characters, contractions; with a map back.
//!
//! What it is *not*: no word is dropped here; politeness and wake words are concepts of the lexicon. Start at [`Text`].

use std::collections::BTreeMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Pairs of a traditional and a simplified character.
static SIMPLIFIED: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    include_str!("traditional.txt")
        .split_whitespace()
        .filter_map(|pair| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        })
        .collect()
});

/// Contractions of English: the whole word, and what it stands for.
const CONTRACTIONS: &[(&str, &str)] = &[
    ("won't", "will not"),
    ("can't", "can not"),
    ("cannot", "can not"),
    ("let's", "let us"),
    ("i'm", "i am"),
    ("what's", "what is"),
    ("whats", "what is"),
    ("where's", "where is"),
    ("how's", "how is"),
    ("who's", "who is"),
    ("why's", "why is"),
    ("it's", "it is"),
    ("that's", "that is"),
    ("there's", "there is"),
    ("here's", "here is"),
    ("which's", "which is"),
    ("everything's", "everything is"),
    ("nobody's", "nobody is"),
    ("someone's", "someone is"),
    ("somebody's", "somebody is"),
    ("anyone's", "anyone is"),
    ("dont", "do not"),
    ("gonna", "going to"),
    ("wanna", "want to"),
    ("gimme", "give me"),
    ("lemme", "let me"),
];
/// Endings of contractions.
const ENDINGS: &[(&str, &str)] =
    &[("n't", " not"), ("'re", " are"), ("'ll", " will"), ("'ve", " have"), ("'d", " would")];

/// A text in its normal form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    /// The normal form.
    pub(crate) chars: Vec<char>,
    /// For each of them the character of the original it came from.
    origin: Vec<usize>,
    /// How many characters the original has.
    length: usize,
}

impl Text {
    /// The normal form of a text.
    pub(crate) fn new(text: &str) -> Text {
        let mut out = Text::default();
        let source: Vec<char> = text.chars().collect();
        out.length = source.len();
        let mut i = 0;
        while let Some(c) = source.get(i) {
            let mut group = String::from(*c);
            let from = i;
            i += 1;
            while let Some(mark) = source.get(i).filter(|m| canonical_combining_class(**m) != 0) {
                group.push(*mark);
                i += 1;
            }
            for n in group.nfkc() {
                out.push(n, from);
            }
        }
        out.join_hyphens();
        out.expand_contractions();
        out
    }

    /// The normal form as a string, for names and forms.
    pub(crate) fn form(text: &str) -> String {
        plain(text).unwrap_or_else(|| Text::new(text).chars.iter().collect::<String>().trim().to_string())
    }

    /// The span of the original that a span of the normal form came from.
    pub(crate) fn original(&self, from: usize, to: usize) -> (usize, usize) {
        let start = self.origin.get(from).copied().unwrap_or(self.length);
        let end = to.checked_sub(1).and_then(|i| self.origin.get(i)).map_or(start, |o| o + 1);
        // A contraction's parts share their original, and the end of a word must not precede its start.
        (start, end.max(start))
    }

    fn push(&mut self, c: char, origin: usize) {
        let c = match c {
            '’' | '‘' | '`' | '´' => '\'',
            '“' | '”' | '「' | '」' | '『' | '』' | '《' | '》' => '"',
            '⁄' => '/',
            '–' | '—' | '−' | '‐' | '‑' => '-',
            '～' => '~',
            _ if c.is_whitespace() => ' ',
            _ if c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{fe0f}') => return,
            _ => c,
        };
        if c == ' ' && self.chars.last().is_none_or(|l| *l == ' ') {
            return;
        }
        for low in c.to_lowercase() {
            self.chars.push(SIMPLIFIED.get(&low).copied().unwrap_or(low));
            self.origin.push(origin);
        }
    }

    /// A hyphen between letters is a space: "living-room".
    fn join_hyphens(&mut self) {
        let letters: Vec<bool> = self.chars.iter().map(|c| c.is_ascii_alphabetic()).collect();
        for (i, c) in self.chars.iter_mut().enumerate() {
            let between = i > 0 && letters.get(i - 1) == Some(&true) && letters.get(i + 1) == Some(&true);
            if between && matches!(c, '-' | '_') {
                *c = ' ';
            }
        }
    }

    fn expand_contractions(&mut self) {
        let mut out = Text { length: self.length, ..Text::default() };
        let mut i = 0;
        while i < self.chars.len() {
            let to = i + self.chars.iter().skip(i).take_while(|c| c.is_ascii_alphabetic() || **c == '\'').count();
            if to == i {
                out.copy(self, i, i + 1);
                i += 1;
                continue;
            }
            let word: String = self.chars.iter().skip(i).take(to - i).collect();
            if let Some((_, long)) = CONTRACTIONS.iter().find(|(short, _)| *short == word) {
                out.write(
                    long,
                    self.origin.get(i).copied().unwrap_or(0),
                    self.origin.get(to - 1).copied().unwrap_or(0),
                );
            } else if let Some((short, long)) =
                ENDINGS.iter().find(|(short, _)| word.ends_with(short) && word != *short)
            {
                let cut = to - short.chars().count();
                out.copy(self, i, cut);
                let (first, last) =
                    (self.origin.get(cut).copied().unwrap_or(0), self.origin.get(to - 1).copied().unwrap_or(0));
                out.write(long, first, last);
            } else {
                out.copy(self, i, to);
            }
            i = to;
        }
        *self = out;
    }

    /// The text with spans of its characters, in order, written otherwise.
    pub(crate) fn edited(&self, edits: &[(usize, usize, String)]) -> Text {
        let mut out = Text { length: self.length, ..Text::default() };
        let mut at = 0;
        let origin = |i: usize| self.origin.get(i).copied().unwrap_or(self.length);
        for (from, to, words) in edits {
            out.copy(self, at, *from);
            out.write(words, origin(*from), origin(to.saturating_sub(1)));
            at = *to;
        }
        out.copy(self, at, self.chars.len());
        out
    }

    fn copy(&mut self, from: &Text, start: usize, end: usize) {
        self.chars.extend(from.chars.iter().skip(start).take(end.saturating_sub(start)));
        self.origin.extend(from.origin.iter().skip(start).take(end.saturating_sub(start)));
    }

    /// Writes a replacement: all of it belongs to the first character of the original, the last to the last.
    fn write(&mut self, text: &str, first: usize, last: usize) {
        let n = text.chars().count();
        for (k, c) in text.chars().enumerate() {
            self.chars.push(c);
            self.origin.push(if k + 1 == n { last } else { first });
        }
    }
}

/// The normal form of a text of letters, digits, Chinese and spaces, as most names are; none of others.
fn plain(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            ' ' if out.ends_with(' ') => {}
            ' ' => out.push(' '),
            '\u{4e00}'..='\u{9fff}' => out.push(SIMPLIFIED.get(&c).copied().unwrap_or(c)),
            _ => return None,
        }
    }
    let whole = |word: &str| CONTRACTIONS.iter().all(|(short, _)| *short != word);
    out.split(|c: char| !c.is_ascii_alphabetic()).all(whole).then_some(out)
}

/// Whether a word stands in a form; a Latin one between spaces.
pub(crate) fn holds(form: &str, word: &str) -> bool {
    let apart = |at: usize| {
        let edge = |c: Option<char>| c.is_none_or(|c| c == ' ');
        edge(form.get(..at).and_then(|t| t.chars().next_back()))
            && edge(form.get(at + word.len()..).and_then(|t| t.chars().next()))
    };
    if word.is_ascii() { form.match_indices(word).any(|(at, _)| apart(at)) } else { form.contains(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_take_the_short_way() {
        for text in ["Kitchen  Light", " 客廳燈 ", "3F 會議室 AC", "we cannot", "Dont touch", "whats", ""] {
            let long = Text::new(text).chars.iter().collect::<String>().trim().to_string();
            assert_eq!(Text::form(text), long);
        }
        assert!(plain("whats up").is_none() && plain("客厅").is_some());
    }

    #[test]
    fn words_stand_in_forms() {
        for (form, word, there) in [
            ("patio light", "light", true),
            ("patio lights", "light", false),
            ("skylight light", "light", true),
            ("sensor outside", "sensor outside", true),
            ("客厅灯", "厅", true),
        ] {
            assert_eq!(holds(form, word), there, "{form} {word}");
        }
    }

    #[test]
    fn normal_forms() {
        for (text, expected) in [
            ("Ｔｕｒｎ　ｏｎ", "turn on"),
            ("打開客廳的燈", "打开客厅的灯"),
            ("What's  the living-room temp?", "what is the living room temp?"),
            ("Don’t, I'll", "do not, i will"),
            ("22℃，５０％", "22°c,50%"),
            ("把溫度調到½", "把温度调到1/2"),
            ("the kitchen's light", "the kitchen's light"),
        ] {
            assert_eq!(Text::form(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_point_into_the_original() {
        let text = Text::new("What's  up");
        let original: Vec<char> = "What's  up".chars().collect();
        let found: String = text.chars.iter().collect();
        assert_eq!(found, "what is up");
        let (from, to) = text.original(8, 10);
        assert_eq!(original.get(from..to).map(|c| c.iter().collect::<String>()), Some("up".into()));
    }
}
