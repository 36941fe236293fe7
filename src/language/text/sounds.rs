//! Chinese characters that sound alike: what a transcript wrote for another one.
//!
//! What it is *not*: a search; names are compared one by one where the lattice found nothing. Tones do not count, nor
//! do the two pairs that speakers and recognisers mix up most: zh, ch, sh with z, c, s, and the endings n and ng.

use pinyin::ToPinyinMulti;

/// Whether two texts of equal length sound alike, character by character.
pub(crate) fn alike(a: &[char], b: &[char]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || same(*a, *b))
}

/// Whether one reading of a character sounds like one of the other.
fn same(a: char, b: char) -> bool {
    let (Some(a), Some(b)) = (a.to_pinyin_multi(), b.to_pinyin_multi()) else { return false };
    a.into_iter().any(|x| b.into_iter().any(|y| heard(x.plain()) == heard(y.plain())))
}

/// A syllable as it is heard: its first letter, and the rest without an h after it and without a g at its end.
fn heard(syllable: &str) -> (&str, &str) {
    let (first, rest) = syllable.split_at_checked(1).unwrap_or((syllable, ""));
    let rest = if matches!(first, "z" | "c" | "s") { rest.strip_prefix('h').unwrap_or(rest) } else { rest };
    (first, rest.strip_suffix('g').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        for (a, b, same) in [
            ("窗连", "窗帘", true),
            ("客听登", "客厅灯", true),
            ("书访", "书房", true),
            ("四楼", "十楼", true),
            ("空条", "空调", true),
            ("厨房", "书房", false),
            ("窗", "窗帘", false),
            ("lamp", "lamp", true),
            ("lamp", "lump", false),
        ] {
            assert_eq!(alike(&letters(a), &letters(b)), same, "{a} {b}");
        }
    }
}
