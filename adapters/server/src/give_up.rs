//! When to stop trying, as people write it.

use collodi_restart::GiveUp;

/// Reads `5` (in a row) or `5/1m` (within a time).
pub(crate) fn parse(text: &str) -> Result<GiveUp, String> {
    let (count, window) = match text.split_once('/') {
        Some((count, window)) => (count, Some(crate::duration::parse(window)?)),
        None => (text, None),
    };
    let count = count
        .parse()
        .map_err(|_| format!("{text:?} is not written like 5 or 5/1m"))?;
    Ok(match window {
        Some(window) => GiveUp::Rate { count, window },
        None => GiveUp::Consecutive(count),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn counts_and_rates() {
        assert_eq!(parse("5"), Ok(GiveUp::Consecutive(5)));
        let window = Duration::from_secs(60);
        assert_eq!(parse("5/1m"), Ok(GiveUp::Rate { count: 5, window }));
        for text in ["", "x", "5/", "5/x", "-1"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
