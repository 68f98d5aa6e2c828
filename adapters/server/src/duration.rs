//! Times on the command line, and the time there.

use collodi_time::WallTime;
use std::time::{Duration, SystemTime};

/// The time of this machine, which is that of the workspace's server.
pub(crate) fn now() -> WallTime {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    WallTime::since_unix_epoch(now.unwrap_or_default())
}

/// Reads `500ms`, `3s`, `2m`, `12h`, `30d` or plain seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let number: f64 = digits.parse().map_err(|_| wrong(text))?;
    let seconds = match unit {
        "ms" => number / 1_000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        "h" => number * 3_600.0,
        "d" => number * 86_400.0,
        _ => return Err(wrong(text)),
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong(text))
}

fn wrong(text: &str) -> String {
    format!("{text:?} is not a time like 500ms, 3s, 2m, 12h or 30d")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::time::Duration;

    #[test]
    fn units() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("3"), Ok(Duration::from_secs(3)));
        assert_eq!(parse("1.5s"), Ok(Duration::from_millis(1_500)));
        assert_eq!(parse("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse("30d"), Ok(Duration::from_secs(30 * 86_400)));
        for text in ["", "s", "-1s", "3 s", "3x", "1e99h", "NaN"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
