//! Numbers in digits, English words and Chinese numerals.
//!
//! What it is *not*: units, percentages and times are read in `literals.rs`, on top of this.

/// Largest number that is read.
const NUMBER_MAX: f64 = 1e9;
/// Most digits of one number.
const DIGITS_MAX: usize = 12;

const WORDS: &[(&str, f64)] = &[
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
];

/// The Latin word that starts at a place, and its end.
pub(crate) fn word_at(chars: &[char], at: usize) -> Option<(String, usize)> {
    if at > 0 && chars.get(at - 1).is_some_and(char::is_ascii_alphabetic) {
        return None;
    }
    let word: String = chars.iter().skip(at).take_while(|c| c.is_ascii_alphabetic()).collect();
    let to = at + word.chars().count();
    (!word.is_empty()).then_some((word, to))
}

/// Skips one space.
pub(crate) fn space(chars: &[char], at: usize) -> usize {
    if chars.get(at) == Some(&' ') { at + 1 } else { at }
}

/// The number that starts at a place, and its end.
pub(crate) fn number_at(chars: &[char], at: usize) -> Option<(f64, usize)> {
    let found = digits_at(chars, at).or_else(|| words_at(chars, at)).or_else(|| chinese_at(chars, at))?;
    (found.0.abs() <= NUMBER_MAX).then_some(found)
}

fn digits_at(chars: &[char], at: usize) -> Option<(f64, usize)> {
    let before = at.checked_sub(1).and_then(|i| chars.get(i));
    let (negative, mut i) = match chars.get(at) {
        Some('-' | '+') if before.is_none_or(|c| !c.is_ascii_alphanumeric()) => (chars.get(at) == Some(&'-'), at + 1),
        _ => (false, at),
    };
    if before.is_some_and(|c| c.is_ascii_digit() || c.is_ascii_alphabetic() || *c == '.') {
        return None;
    }
    let mut text = String::new();
    let mut point = false;
    while let Some(c) = chars.get(i) {
        match c {
            '0'..='9' => text.push(*c),
            '.' if !point && chars.get(i + 1).is_some_and(char::is_ascii_digit) && !text.is_empty() => {
                point = true;
                text.push('.');
            }
            ',' if thousands(chars, i) && !text.is_empty() => {}
            _ => break,
        }
        i += 1;
    }
    if text.is_empty() || text.len() > DIGITS_MAX {
        return None;
    }
    let mut n: f64 = text.parse().ok()?;
    if let Some((scale, to)) = [('千', 1e3), ('万', 1e4), ('百', 1e2)]
        .iter()
        .find_map(|(c, s)| (chars.get(i) == Some(c)).then_some((*s, i + 1)))
        && !matches!(chars.get(to), Some('瓦' | '帕' | '米' | '分'))
    {
        n *= scale;
        i = to;
    }
    Some((if negative { -n } else { n }, i))
}

/// A comma between groups of three digits.
fn thousands(chars: &[char], comma: usize) -> bool {
    let digits = chars.iter().skip(comma + 1).take(DIGITS_MAX).take_while(|c| c.is_ascii_digit()).count();
    digits == 3
}

fn small_word(word: &str) -> Option<f64> {
    WORDS.iter().find(|(w, _)| *w == word).map(|(_, n)| *n)
}

fn words_at(chars: &[char], at: usize) -> Option<(f64, usize)> {
    let (first, mut end) = word_at(chars, at)?;
    if matches!(first.as_str(), "minus" | "negative") {
        let (n, to) = number_at(chars, space(chars, end))?;
        return (n >= 0.0).then_some((-n, to));
    }
    let mut total = 0.0;
    let mut group = match first.as_str() {
        "a" => match word_at(chars, space(chars, end)) {
            Some((w, to)) if w == "hundred" || w == "thousand" => {
                end = to;
                if w == "hundred" { 100.0 } else { 1000.0 }
            }
            _ => return None,
        },
        word => small_word(word)?,
    };
    loop {
        let next = space(chars, end);
        let Some((word, to)) = word_at(chars, next) else { break };
        match word.as_str() {
            "hundred" if group < 100.0 => group *= 100.0,
            "thousand" if total <= 0.0 => {
                total = group * 1000.0;
                group = 0.0;
            }
            "point" => return Some(decimals(chars, total + group, space(chars, to)).unwrap_or((total + group, end))),
            "and" if group >= 100.0 || total > 0.0 => {
                // "a hundred and fifty", but not "a hundred and the fan".
                if !word_at(chars, space(chars, to)).and_then(|(w, _)| small_word(&w)).is_some_and(|n| n > 0.0) {
                    break;
                }
            }
            word => match small_word(word) {
                Some(n) if joins(group, n) => group += n,
                _ => break,
            },
        }
        end = to;
    }
    Some((total + group, end))
}

/// Whether a smaller number continues a larger one: twenty + two, hundred + fifty.
fn joins(group: f64, n: f64) -> bool {
    let rest = group % 100.0;
    let round = rest.abs() < 0.5;
    (round && group >= 100.0) || (group < 0.5) || (rest >= 20.0 && (rest % 10.0).abs() < 0.5 && n > 0.0 && n < 10.0)
}

fn decimals(chars: &[char], whole: f64, at: usize) -> Option<(f64, usize)> {
    let (mut n, mut scale, mut i, mut end) = (whole, 0.1, at, None);
    while let Some((word, to)) = word_at(chars, i) {
        let Some(digit) = small_word(&word).filter(|d| *d < 10.0) else { break };
        n += digit * scale;
        scale /= 10.0;
        end = Some(to);
        i = space(chars, to);
    }
    end.map(|e| (tidy(n), e))
}

fn tidy(n: f64) -> f64 {
    (n * 1e6).round() / 1e6
}

fn chinese_digit(c: char) -> Option<f64> {
    "零一二三四五六七八九".chars().position(|d| d == c).and_then(|p| u8::try_from(p).ok()).map(f64::from).or(match c {
        '两' => Some(2.0),
        '〇' => Some(0.0),
        _ => None,
    })
}

fn chinese_scale(c: char) -> Option<f64> {
    match c {
        '十' => Some(10.0),
        '百' => Some(100.0),
        '千' => Some(1000.0),
        _ => None,
    }
}

/// 廿三 is 23.
fn tens(c: char) -> Option<f64> {
    match c {
        '廿' => Some(20.0),
        '卅' => Some(30.0),
        _ => None,
    }
}

fn chinese_at(chars: &[char], at: usize) -> Option<(f64, usize)> {
    if chars.get(at) == Some(&'负') {
        let (n, to) = number_at(chars, at + 1)?;
        return (n >= 0.0).then_some((-n, to));
    }
    let (mut total, mut section) = (0.0, 0.0);
    let mut digit: Option<f64> = None;
    let mut last_scale = 1.0;
    let mut plain = Vec::new();
    let mut scaled = false;
    let mut i = at;
    while let Some(c) = chars.get(i).filter(|_| i - at <= DIGITS_MAX) {
        if let Some(d) = chinese_digit(*c) {
            plain.push(d);
            digit = Some(d);
        } else if let Some(s) = chinese_scale(*c).filter(|_| !next_is(chars, i, &['瓦', '帕', '分'])) {
            section += digit.unwrap_or(1.0) * s;
            (digit, last_scale, scaled) = (None, s, true);
            plain.clear();
        } else if let Some(n) = tens(*c).filter(|_| i == at) {
            (section, last_scale, scaled) = (n, 10.0, true);
        } else if *c == '万' && (digit.is_some() || section > 0.0) {
            total += (section + digit.unwrap_or(0.0)) * 1e4;
            (section, digit, last_scale, scaled) = (0.0, None, 1e4, true);
            plain.clear();
        } else {
            break;
        }
        i += 1;
    }
    if i == at || i - at > DIGITS_MAX {
        return None;
    }
    let mut n = if !scaled && plain.len() > 1 {
        plain.iter().fold(0.0, |n, d| n * 10.0 + d)
    } else {
        // 两百五 is 250: a digit right behind a scale counts the next smaller one.
        let zero = i >= 2 && matches!(chars.get(i - 2), Some('零' | '〇'));
        let tail = digit.unwrap_or(0.0) * if scaled && !zero && last_scale > 10.0 { last_scale / 10.0 } else { 1.0 };
        total + section + tail
    };
    if chars.get(i) == Some(&'点') {
        let fraction: Vec<f64> = chars.iter().skip(i + 1).map_while(|c| chinese_digit(*c)).collect();
        let end = i + 1 + fraction.len();
        // 七点五分 is a time of day.
        let clock = matches!(chars.get(end), Some('分'))
            && chars.get(end + 1) != Some(&'贝')
            && chars.get(end + 1) != Some(&'钟');
        let clock = clock || chars.get(end) == Some(&'刻');
        if !fraction.is_empty() && !clock && !matches!(chars.get(end), Some('十')) {
            let mut scale = 0.1;
            for d in &fraction {
                n += d * scale;
                scale /= 10.0;
            }
            return Some((tidy(n), end));
        }
    }
    Some((n, i))
}

fn next_is(chars: &[char], at: usize, list: &[char]) -> bool {
    chars.get(at + 1).is_some_and(|c| list.contains(c)) && chars.get(at) != Some(&'十') && chars.get(at) != Some(&'百')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("22", Some((22.0, 2))),
            ("21.5 degrees", Some((21.5, 4))),
            ("1,200", Some((1200.0, 5))),
            ("-5", Some((-5.0, 2))),
            ("2千5", Some((2000.0, 2))),
            ("twenty two", Some((22.0, 10))),
            ("one hundred and fifty", Some((150.0, 21))),
            ("a thousand", Some((1000.0, 10))),
            ("two thousand five hundred", Some((2500.0, 25))),
            ("twenty one point five", Some((21.5, 21))),
            ("minus five", Some((-5.0, 10))),
            ("a lamp", None),
            ("二十二", Some((22.0, 3))),
            ("一百二十三", Some((123.0, 5))),
            ("两百五", Some((250.0, 3))),
            ("一百零五", Some((105.0, 4))),
            ("一千二", Some((1200.0, 3))),
            ("一万五", Some((15000.0, 3))),
            ("十", Some((10.0, 1))),
            ("廿三", Some((23.0, 2))),
            ("卅", Some((30.0, 1))),
            ("二六", Some((26.0, 2))),
            ("二十一点五", Some((21.5, 5))),
            ("七点五分", Some((7.0, 1))),
            ("灯", None),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(number_at(&chars, 0), expected, "{text}");
        }
    }
}
