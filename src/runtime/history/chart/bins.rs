//! How often values fall into which range. Pure.

/// About as many bins as are made.
const BINS: f64 = 20.0;

/// The borders of bins over values: steps of 1, 2 or 5 times a power of ten.
pub(super) fn borders(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    if !low.is_finite() || !high.is_finite() {
        return Vec::new();
    }
    let width = step((high - low) / BINS);
    let first = (low / width).floor();
    let last = (high / width).floor() + 1.0;
    std::iter::successors(Some(first), |n| (n + 1.0 <= last).then_some(n + 1.0)).map(|n| tidy(n * width)).collect()
}

/// Which bin a value is in.
pub(super) fn bin(value: f64, borders: &[f64]) -> usize {
    borders.partition_point(|b| *b <= value).saturating_sub(1).min(borders.len().saturating_sub(2))
}

/// The next step of 1, 2 or 5 times a power of ten that is no smaller.
fn step(least: f64) -> f64 {
    if least <= 0.0 {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::log10(least).floor());
    [1.0, 2.0, 5.0].map(|m| m * power).into_iter().find(|s| *s >= least).unwrap_or(10.0 * power)
}

/// Six digits of a number, which is all that a drawing shows.
pub(super) fn tidy(number: f64) -> f64 {
    format!("{number:.5e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_round_and_hold_every_value() {
        for values in [vec![18.3, 21.9, 26.4], vec![5.0], vec![-3.0, 3.0], vec![0.001, 0.0042], vec![400.0, 1_900.0]] {
            let found = borders(values.iter().copied());
            assert!((2..=32).contains(&found.len()), "{found:?}");
            for v in &values {
                let at = bin(*v, &found);
                assert!(found[at] <= *v && *v <= found[at + 1], "{v} {found:?}");
            }
        }
        assert!(borders(std::iter::empty()).is_empty());
    }
}
