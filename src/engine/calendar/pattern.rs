//! How a moment is written: `yyyy-MM-dd HH:mm:ss.SSS`, in the letters that stream rules of other systems use.

use super::Local;
use base::{Bilingual, Timestamp};
use serde::{Deserialize, Serialize};

/// Longest pattern, in characters.
const CHARS_MAX: usize = 64;

/// A pattern, taken apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pattern(Vec<Piece>);

/// A piece of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Piece {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Millis,
    Offset,
    Text(String),
}

/// Letters that mean something, longest first.
const LETTERS: &[(&str, Piece)] = &[
    ("yyyy", Piece::Year),
    ("SSS", Piece::Millis),
    ("XXX", Piece::Offset),
    ("yy", Piece::ShortYear),
    ("MM", Piece::Month),
    ("dd", Piece::Day),
    ("HH", Piece::Hour),
    ("mm", Piece::Minute),
    ("ss", Piece::Second),
];

/// What is wrong with a pattern by which a moment is written, such as `yyyy-MM-dd HH:mm:ss`.
///
/// # Errors
/// What it has that means nothing.
pub fn check_time_pattern(text: &str) -> Result<(), Bilingual> {
    Pattern::parse(text).map(drop)
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What it has that means nothing.
    pub(crate) fn parse(text: &str) -> Result<Pattern, Bilingual> {
        if text.is_empty() || text.chars().count() > CHARS_MAX {
            let (zh, en) = (format!("应有 1 到 {CHARS_MAX} 个字符"), format!("has 1 to {CHARS_MAX} characters"));
            return Err(Bilingual::new(zh, en));
        }
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some(c) = rest.chars().next() {
            let known = LETTERS.iter().find_map(|(letters, piece)| Some((rest.strip_prefix(letters)?, piece)));
            if let Some((after, piece)) = known {
                pieces.push(piece.clone());
                rest = after;
            } else if let Some(quoted) = rest.strip_prefix('\'') {
                let unclosed = || Bilingual::new("引号没有关闭", "a quote is not closed");
                let (inside, after) = quoted.split_once('\'').ok_or_else(unclosed)?;
                // Two quotes are one.
                pieces.push(Piece::Text(if inside.is_empty() { "'".into() } else { inside.into() }));
                rest = after;
            } else if c.is_ascii_alphabetic() {
                return Err(Bilingual::new(
                    format!("字母“{c}”没有含义；可用 yyyy、yy、MM、dd、HH、mm、ss、SSS、XXX，其余文字放在单引号里"),
                    format!(
                        "the letter `{c}` means nothing; there are yyyy, yy, MM, dd, HH, mm, ss, SSS and XXX, and words \
                         stand between single quotes"
                    ),
                ));
            } else {
                pieces.push(Piece::Text(c.into()));
                rest = rest.strip_prefix(c).unwrap_or_default();
            }
        }
        Ok(Pattern(pieces))
    }

    /// A moment by the clocks of a site.
    pub(crate) fn written(&self, at: Timestamp, local: &Local) -> String {
        let at = at.to_jiff().to_zoned(local.zone());
        let write = |piece: &Piece| match piece {
            Piece::Year => format!("{:04}", at.year()),
            Piece::ShortYear => format!("{:02}", at.year().rem_euclid(100)),
            Piece::Month => format!("{:02}", at.month()),
            Piece::Day => format!("{:02}", at.day()),
            Piece::Hour => format!("{:02}", at.hour()),
            Piece::Minute => format!("{:02}", at.minute()),
            Piece::Second => format!("{:02}", at.second()),
            Piece::Millis => format!("{:03}", at.millisecond()),
            Piece::Offset => {
                let minutes = at.offset().seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            Piece::Text(text) => text.clone(),
        };
        self.0.iter().map(write).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use things::Site;

    #[test]
    fn moments_are_written() {
        let site = Site { time_zone: "Asia/Shanghai".into(), ..Site::default() };
        let at = Timestamp::parse("2026-11-21T16:05:09.042Z").unwrap();
        for (pattern, written) in [
            ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-11-22T00:05:09.042+08:00"),
            ("yy/MM/dd HH''mm", "26/11/22 00'05"),
            ("yyyy年MM月dd日", "2026年11月22日"),
        ] {
            let written_as = Pattern::parse(pattern).unwrap().written(at, &Local::of(&site));
            assert_eq!(written_as, written, "{pattern}");
        }
        for wrong in ["", "hh:mm", "'at", "yyyyy", &"-".repeat(65)] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}
