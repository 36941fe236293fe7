//! Forms of whole sentences with gaps: `rename (the |)<device> to <name>`. For what is said in few ways and must never
//! be mistaken for a command.
//!
//! What it is *not*: what stands in a gap is only cut out here; who asks resolves it. Start at [`Form::read`].

pub(crate) mod devices;
pub(crate) mod scenes;

use std::collections::BTreeMap;

/// Longest text that is compared, in characters.
pub(crate) const TEXT_MAX: usize = 160;
/// Most ways in which one form fits a text.
const FITS_MAX: usize = 32;

/// What stands in a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    Change,
    Count,
    Device,
    Item,
    Name,
    Place,
    Product,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    /// One of these words.
    Words(Vec<Vec<char>>),
    /// Anything, at least one character.
    Gap(Gap),
}

/// Gaps and where their text stands, in characters.
pub(crate) type Gaps = BTreeMap<Gap, (usize, usize)>;

/// A form without optional parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form(Vec<Part>);

impl Form {
    /// The forms that one line stands for; none when it is not well formed.
    pub(crate) fn read(line: &str) -> Option<Vec<Form>> {
        let (before, rest) = match line.split_once('[') {
            None => return Some(vec![Form(parts(line)?)]),
            Some(cut) => cut,
        };
        let (inner, after) = rest.split_once(']')?;
        // What says more is tried first.
        let mut forms = Form::read(&format!("{before}{inner}{after}"))?;
        forms.extend(Form::read(&format!("{before}{after}"))?);
        Some(forms)
    }

    /// Every way in which it covers a text.
    pub(crate) fn fits(&self, text: &[char]) -> Vec<Gaps> {
        let mut found = Vec::new();
        if text.len() <= TEXT_MAX {
            fit(&self.0, text, 0, &mut Gaps::new(), &mut found);
        }
        found
    }
}

fn parts(line: &str) -> Option<Vec<Part>> {
    let mut out = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let (part, behind) = if let Some(inner) = rest.strip_prefix('(') {
            let (words, behind) = inner.split_once(')')?;
            (Part::Words(words.split('|').map(|w| w.chars().collect()).collect()), behind)
        } else if let Some(inner) = rest.strip_prefix('<') {
            let (name, behind) = inner.split_once('>')?;
            (Part::Gap(gap(name)?), behind)
        } else {
            let words: String = rest.chars().take_while(|c| !matches!(c, '(' | '<')).collect();
            (Part::Words(vec![words.chars().collect()]), rest.strip_prefix(words.as_str())?)
        };
        out.push(part);
        rest = behind;
    }
    Some(out)
}

fn gap(name: &str) -> Option<Gap> {
    Some(match name {
        "change" => Gap::Change,
        "count" => Gap::Count,
        "device" => Gap::Device,
        "item" => Gap::Item,
        "name" => Gap::Name,
        "place" => Gap::Place,
        "product" => Gap::Product,
        _ => return None,
    })
}

fn fit(parts: &[Part], text: &[char], at: usize, gaps: &mut Gaps, found: &mut Vec<Gaps>) {
    if found.len() >= FITS_MAX {
        return;
    }
    let Some((part, rest)) = parts.split_first() else {
        if at == text.len() {
            found.push(gaps.clone());
        }
        return;
    };
    match part {
        Part::Words(words) => {
            for word in words {
                if text.get(at..).is_some_and(|t| t.starts_with(word)) {
                    fit(rest, text, at + word.len(), gaps, found);
                }
            }
        }
        Part::Gap(gap) => {
            for to in at + 1..=text.len() {
                gaps.insert(*gap, (at, to));
                fit(rest, text, to, gaps, found);
                gaps.remove(gap);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps_of(line: &str, text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let shown = |g: &Gaps| {
            let all = g.iter().map(|(k, (a, b))| format!("{k:?}={}", chars[*a..*b].iter().collect::<String>()));
            all.collect::<Vec<_>>().join(" ")
        };
        Form::read(line).unwrap().iter().flat_map(|f| f.fits(&chars)).map(|g| shown(&g)).collect()
    }

    #[test]
    fn words_gaps_and_what_may_be_left_out() {
        let line = "(add|connect) (a |the |)<product>[ to (the |)<place>]";
        assert_eq!(gaps_of(line, "add a lamp"), ["Product=lamp", "Product=a lamp"]);
        assert_eq!(
            gaps_of(line, "connect lamp to the hall")[..2],
            ["Place=hall Product=lamp", "Place=the hall Product=lamp"]
        );
        assert_eq!(gaps_of(line, "adda lamp"), [""; 0]);
        assert_eq!(gaps_of("把<device>移到<place>", "把台灯移到大厅"), ["Device=台灯 Place=大厅"]);
    }

    #[test]
    fn what_is_not_well_formed_is_no_form() {
        for line in ["(a|b", "<who>", "[a", "<device"] {
            assert_eq!(Form::read(line), None, "{line}");
        }
    }

    #[test]
    fn long_texts_and_many_fits_are_bounded() {
        let form = Form::read("<device><name><place>").unwrap().remove(0);
        assert_eq!(form.fits(&['x'; TEXT_MAX + 1]), vec![]);
        assert_eq!(form.fits(&['x'; TEXT_MAX]).len(), FITS_MAX);
    }
}
