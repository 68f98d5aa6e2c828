//! Many samples, and what they come to.

/// The value that so many percent of the samples are not above.
pub(crate) fn percentile(samples: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = sorted.len().saturating_mul(percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// The value in the middle; between two, the mean of both.
pub(crate) fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

/// Nanoseconds as milliseconds.
pub(crate) fn millis(nanos: u64) -> f64 {
    count(nanos) / 1e6
}

/// A number of things as a figure. Exact up to 2^53, and near enough above.
#[expect(clippy::cast_precision_loss, reason = "figures have three digits")]
pub(crate) const fn count(things: u64) -> f64 {
    things as f64
}

#[cfg(test)]
mod tests {
    use super::{median, percentile};

    #[test]
    fn percentiles() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let of = |percent| percentile(&hundred, percent);
        assert_eq!(of(50), Some(50.0));
        assert_eq!(of(90), Some(90.0));
        assert_eq!(of(100), Some(100.0));
        assert_eq!(of(0), Some(1.0));
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7.0], 90), Some(7.0));
        assert_eq!(percentile(&[3.0, 1.0, 2.0], 50), Some(2.0));
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[4.0]), Some(4.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 100.0]), Some(3.0));
    }
}
