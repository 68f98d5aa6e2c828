//! How far transfers are.

/// How far a download is, roughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told(u64);

impl Told {
    pub(crate) fn of(done: u64, total: Option<u64>) -> Self {
        match total {
            Some(total) => Self(done.saturating_mul(10) / total.max(1)),
            None => Self(
                (done >> 20)
                    .checked_ilog2()
                    .map_or(0, |log| u64::from(log) + 1),
            ),
        }
    }
}

/// A size as people write it.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u32); 4] = [("TB", 40), ("GB", 30), ("MB", 20), ("kB", 10)];
    let unit = UNITS.into_iter().find(|(_, shift)| bytes >> shift > 0);
    match unit {
        Some((name, shift)) => {
            let tenths = (u128::from(bytes) * 10) >> shift;
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 kB"),
            (1_600_000, "1.5 MB"),
            (5 << 30, "5.0 GB"),
            (u64::MAX, "16777215.9 TB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn tenths_and_doublings_are_told() {
        let told = |total| {
            let mut seen: Vec<_> = (0..=100).map(|part| Told::of(part << 20, total)).collect();
            seen.dedup();
            seen.len()
        };
        assert_eq!(told(Some(100 << 20)), 11);
        assert_eq!(told(None), 8);
    }
}
