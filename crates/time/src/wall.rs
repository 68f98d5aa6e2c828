//! Wall time, as a number with a calendar.

use core::{fmt, ops::Add, str::FromStr, time::Duration};

/// Time since 1970-01-01T00:00:00Z. Prints as RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(Duration);

impl WallTime {
    /// The wall time `since_epoch` after 1970.
    pub const fn since_unix_epoch(since_epoch: Duration) -> Self {
        Self(since_epoch)
    }

    /// Time since 1970.
    pub const fn as_duration(self) -> Duration {
        self.0
    }
}

impl Add<Duration> for WallTime {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by))
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, secs) = (self.0.as_secs() / 86_400, self.0.as_secs() % 86_400);
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
        let millis = self.0.subsec_millis();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
        )
    }
}

/// Reads what is printed: RFC 3339 in UTC, from 1970 on, with or without a fraction of at
/// most nine digits.
impl FromStr for WallTime {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        read(text).ok_or(NotATime)
    }
}

/// The text is not like `2026-01-31T12:00:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time reads 2026-01-31T12:00:00Z")
    }
}

impl core::error::Error for NotATime {}

fn read(text: &str) -> Option<WallTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let in_range = (1..=12).contains(&month) && hour < 24 && minute < 60 && second < 60;
    let days = days_from_civil(year, month, day)?;
    let same = civil_from_days(days) == (year, month, day);
    let secs = days * 86_400 + hour * 3_600 + minute * 60 + second;
    let nanos = nanos(fraction)?;
    (in_range && same).then(|| WallTime(Duration::new(secs, nanos)))
}

/// Three numbers with so many digits.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(between);
    let mut next = |digits: usize| {
        let part = parts.next()?;
        let fits = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| fits)
    };
    let [a, b, c] = digits;
    let found = [next(a)?, next(b)?, next(c)?];
    parts.next().is_none().then_some(found)
}

fn nanos(fraction: &str) -> Option<u32> {
    let digits = fraction.len();
    let fits = (1..=9).contains(&digits) && fraction.bytes().all(|b| b.is_ascii_digit());
    let number: u32 = fraction.parse().ok().filter(|_| fits)?;
    let missing = u32::try_from(9 - digits).ok()?;
    number.checked_mul(10_u32.pow(missing))
}

/// The other way round; none before 1970.
fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 {
        year.checked_sub(1)?
    } else {
        year
    };
    let (era, year_of_era) = (year / 400, year % 400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day.checked_sub(1)?;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

/// Days since 1970 to a date of the Gregorian calendar, by counting from
/// 0000-03-01 in eras of 400 years (146 097 days), so that a leap day is last.
const fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn dates_that_calendars_get_wrong() {
        let table = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
            (1_798_761_599, "2026-12-31T23:59:59.000Z"),
        ];
        for (secs, text) in table {
            assert_eq!(
                WallTime::since_unix_epoch(Duration::from_secs(secs)).to_string(),
                text
            );
        }
    }
}
