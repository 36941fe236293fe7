//! Makes the words of a request ready to be cut: titles and remarks go, what is defined in passing stands where it is
//! used, and words that are one for a conversation are several for a rule.
//!
//! What it is *not*: nothing is cut or linked here. Start at [`prepared`].

use crate::phrases::pieces::act_of;
use crate::text::fuzzy;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;

/// Comparisons that a definition has.
const COMPARING: &[C] = &[C::Above, C::Below, C::AtLeast, C::AtMost, C::DarkerThan, C::BrighterThan];

/// The words without what says nothing, and whether the rule runs one time and no more.
pub(super) fn prepared(tokens: &[Token], lexicon: &Lexicon) -> (Vec<Token>, bool) {
    let own = |t: &Token, c: C| t.is(c) && t.entry.is_none();
    let tokens = &plain(tokens, lexicon);
    let once = tokens.iter().any(|t| own(t, C::OneTime));
    let mut words: Vec<Token> = Vec::with_capacity(tokens.len());
    for (i, t) in tokens.iter().enumerate() {
        if own(t, C::OneTime) && !t.is(C::When) {
            continue;
        }
        if own(t, C::Regardless) {
            // 挂着牌也一样提醒: nothing new is said since the last break; 每个教室都一样 says where.
            let since = words.rsplit(Token::punctuation).next().unwrap_or_default();
            if t.text.ends_with("一样") && !since.iter().any(|w| own(w, C::All)) {
                while words.last().is_some_and(|w| !w.punctuation()) {
                    words.pop();
                }
                words.push(Token { text: String::from("…"), ..t.clone() });
            }
            continue;
        }
        if words.last().is_some_and(|w| w.text == "…") && !t.punctuation() {
            continue;
        }
        let before = i.checked_sub(1).and_then(|p| tokens.get(p));
        words.extend(apart(before, t, tokens.get(i + 1)));
    }
    words.retain(|w| w.text != "…");
    (defined(untitled(words, lexicon)), once)
}

/// Words of a conversation that mean less, or something else, in a rule: 还没关 is not closed, "in there" is where the
/// rule is, 又有人 is somebody, and a room's 有人 is no thing in it.
fn plain(tokens: &[Token], lexicon: &Lexicon) -> Vec<Token> {
    let people = |t: &Token| t.is_any(&[C::Somebody, C::Nobody]);
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for (i, t) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|p| tokens.get(p));
        let next = tokens.get(i + 1);
        let state =
            |n: &Token| people(n) || n.entry(lexicon).is_some_and(|e| !e.states.is_empty() || !e.signs.is_empty());
        let there = |a: Option<&Token>, b: Option<&Token>| {
            a.is_some_and(|a| a.text == "in" || a.text == "over") && b.is_some_and(|b| b.text == "there")
        };
        let again = t.text == "又" && next.is_some_and(state);
        let pointing = t.is(C::Portion)
            && t.entry.is_none()
            && !t.text.is_ascii()
            && !t.is(C::Here)
            && before.is_some_and(Token::unknown)
            && next.is_some_and(|n| n.entry(lexicon).is_some_and(|e| e.is_reference() && !e.is_place()));
        // "it is hotter than 30": the weather is no thing.
        let impersonal = t.text == "it"
            && t.entry.is_none()
            && next.is_some_and(|n| warmth(n) || n.text == "is" && tokens.get(i + 2).is_some_and(warmth));
        if pointing && let Some(name) = out.last_mut() {
            name.to = t.to;
        }
        if there(Some(t), next) || there(before, Some(t)) || again || pointing || impersonal || stray(t) {
            continue;
        }
        if t.is(C::Told) && t.entry.is_none() && t.text.contains(['没', '未']) {
            out.push(Token { concepts: vec![C::Not], ..t.clone() });
        } else if let Some(bound) = t.text.strip_prefix("and ")
            && t.is_any(&[C::AtLeast, C::AtMost])
            && next.is_some_and(|n| n.literal.is_some())
        {
            // "below 18 and above 26": no "18 and above".
            let concept = if t.is(C::AtLeast) { C::Above } else { C::Below };
            out.push(Token { text: "and".into(), concepts: vec![C::And], entry: None, to: t.from + 3, ..t.clone() });
            out.push(Token {
                text: bound.to_owned(),
                concepts: vec![concept],
                entry: None,
                from: t.from + 4,
                ..t.clone()
            });
        } else if let Some((place, rest)) = inhabited(t, lexicon) {
            out.extend([place, rest]);
        } else if people(t) && t.entry(lexicon).is_some_and(|e| e.is_reference() && e.signs.is_empty()) {
            out.push(Token { entry: None, ..t.clone() });
        } else if let Some(act) = t.text.strip_prefix('再').filter(|a| matches!(*a, "开" | "关") && t.entry.is_none())
        {
            let concept = if act == "开" { C::OpenOrOn } else { C::CloseOrOff };
            out.push(Token { text: "再".into(), concepts: vec![C::Again], to: t.from + 1, ..t.clone() });
            out.push(Token { text: act.into(), concepts: vec![concept], from: t.from + 1, ..t.clone() });
        } else {
            out.push(t.clone());
        }
    }
    out
}

/// Words that compare without saying what.
fn warmth(t: &Token) -> bool {
    t.is_any(&[C::WarmerThan, C::ColderThan, C::BrighterThan, C::DarkerThan, C::LouderThan])
}

/// "stil", "alredy": a misspelt word that says nothing here.
fn stray(t: &Token) -> bool {
    const IDLE: &[&str] = &["still", "already", "again", "always", "really", "please", "just", "actually", "maybe"];
    let said: Vec<char> = t.text.chars().collect();
    let near = |w: &str| fuzzy::within(&said, &w.chars().collect::<Vec<_>>(), 1) == Some(1);
    t.unknown() && t.text.is_ascii() && t.text.len() > 2 && IDLE.iter().any(|w| near(w))
}

/// 一班教室有人: a sensor that is called after its room and what it tells is the room and what it tells.
fn inhabited(t: &Token, lexicon: &Lexicon) -> Option<(Token, Token)> {
    let room = t.text.strip_suffix("有人").filter(|_| t.entry.is_some())?;
    let named = |i: &usize| lexicon.entry(*i).is_some_and(|e| e.is_place() && e.devices.is_empty());
    let entry = lexicon.find(room).filter(named)?;
    let cut = t.to - 2;
    let place = Token { text: room.to_owned(), to: cut, concepts: Vec::new(), entry: Some(entry), ..t.clone() };
    let there = Token { text: "有人".into(), from: cut, concepts: vec![C::Somebody], entry: None, ..t.clone() };
    Some((place, there))
}

/// "put it back on", "stop it": words that a conversation takes as one.
fn apart(before: Option<&Token>, t: &Token, next: Option<&Token>) -> Vec<Token> {
    let word = |text: &str, concept: C| Token {
        text: text.to_owned(),
        concepts: vec![concept],
        entry: None,
        literal: None,
        ..t.clone()
    };
    let goes_on =
        next.is_some_and(|n| n.is_any(&[C::On, C::Off, C::To, C::At, C::Maximum, C::Minimum]) || n.literal.is_some());
    let back = t.is(C::Undo) && t.text.is_ascii() && t.text.ends_with(" back");
    let span = before.is_some_and(|b| matches!(b.literal, Some(Literal::Duration(_))));
    let follows =
        next.is_some_and(|n| !n.punctuation() && n.literal.is_none() && !n.is_any(&[C::It, C::Them, C::And, C::Then]));
    match t.text.as_str() {
        // "30 seconds after the door closes".
        "after" if span && follows => vec![word("later", C::AfterTime), word("when", C::When)],
        "stop it" | "stop that" if t.entry.is_none() => vec![word("stop", C::Stop), word("it", C::It)],
        text if back && goes_on => {
            let verb = if next.is_some_and(|n| n.is_any(&[C::On, C::Off])) { C::Turn } else { C::Set };
            vec![word(text.split(' ').next().unwrap_or("put"), verb), word("it", C::It)]
        }
        _ => vec![t.clone()],
    }
}

/// "Frost watch from 8 pm to 7 am: ...": a title in words that nobody knows, or of what shall not be, gives its times
/// only.
fn untitled(words: Vec<Token>, lexicon: &Lexicon) -> Vec<Token> {
    let Some(at) = words.iter().position(|t| matches!(t.text.as_str(), ":" | "-") && t.literal.is_none()) else {
        return words;
    };
    let title = words.get(..at).unwrap_or_default();
    let refers = title.iter().any(|t| t.entry(lexicon).is_some_and(crate::words::lexicon::Entry::is_reference));
    let compares = title.iter().any(|t| t.is_any(COMPARING) && t.literal.is_none());
    let negated = title.first().is_some_and(|t| t.is_any(&[C::Not, C::None]) && t.entry.is_none());
    let opens = title.iter().any(|t| {
        t.is_any(&[C::If, C::When, C::Notify]) && t.entry.is_none()
            || t.entry(lexicon).is_some_and(|e| !e.signs.is_empty())
    });
    let strange = title.iter().any(Token::unknown) && !refers;
    let remark = negated && words.len() > at + 1;
    if title.is_empty() || compares || opens && !remark || !(strange || remark) {
        return words;
    }
    let times = title.iter().filter(|t| matches!(t.literal, Some(Literal::When(_)))).cloned();
    times.chain(words.iter().skip(at).cloned()).collect()
}

/// 天黑就开，低于50算天黑: what is compared in passing takes the place of the word that it explains.
fn defined(words: Vec<Token>) -> Vec<Token> {
    let mut chunks: Vec<Vec<Token>> = words.split_inclusive(Token::punctuation).map(<[Token]>::to_vec).collect();
    let means = |t: &Token| t.is(C::Means) && t.entry.is_none();
    let numbered = |c: &[Token]| {
        c.iter().any(|t| t.is_any(COMPARING) && t.literal.is_none())
            && c.iter()
                .any(|t| matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_))))
    };
    let Some(at) = chunks.iter().position(|c| c.iter().any(means) && numbered(c)) else { return words };
    let Some(meaning) = chunks.get(at).and_then(|c| c.iter().position(means)) else { return words };
    let definition = chunks.get(at).cloned().unwrap_or_default();
    let (before, behind) =
        (definition.get(..meaning).unwrap_or_default(), definition.get(meaning + 1..).unwrap_or_default());
    let told = if numbered(before) { before } else { behind };
    let told: Vec<Token> = told.iter().filter(|t| !t.punctuation()).cloned().collect();
    let dark =
        |t: &Token| matches!(t.literal, Some(Literal::When(_))) && (t.text.contains('黑') || t.text.contains("dark"));
    let vague = |t: &Token| t.is(C::Vague) && t.entry.is_none() || dark(t);
    for (i, chunk) in chunks.iter_mut().enumerate().filter(|(i, _)| *i != at) {
        if let Some(place) = chunk.iter().position(vague) {
            let from = chunk.iter().take(place).rposition(|t| t.is_any(&[C::If, C::When])).map_or(place, |p| p + 1);
            let refers =
                chunk.get(from..place).is_some_and(|w| w.iter().any(|t| act_of(t).is_some() || t.entry.is_some()));
            if refers {
                let mut told = told;
                chunk.remove(place);
                told.extend(definition.first().map(|t| Token {
                    text: ",".into(),
                    concepts: Vec::new(),
                    entry: None,
                    literal: None,
                    ..t.clone()
                }));
                chunk.splice(0..0, told);
            } else {
                chunk.splice(from..=place, told);
            }
            if let Some(c) = chunks.get_mut(at) {
                c.retain(|t| t.punctuation() && i > at);
            }
            return chunks.concat();
        }
    }
    words
}
