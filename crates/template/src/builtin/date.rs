//! Dates: UTC only, and no clock.

use super::arg;
use crate::{
    eval::{Evaluator, Result, Stop},
    value::Js,
};
use alloc::{format, string::String};

const DAY: f64 = 86_400_000.0;

/// `new Date(milliseconds)` or `new Date('2024-05-01T10:00:00Z')`.
pub(crate) fn construct(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    if args.len() > 1 {
        return Err(Stop::thrown(
            "a date is made from milliseconds or an ISO text",
        ));
    }
    let ms = match arg(args, 0) {
        Js::Text(text) => parse(text.as_str()).unwrap_or(f64::NAN),
        value => libm::trunc(evaluator.number_of(value)?),
    };
    Ok(Js::Date(if libm::fabs(ms) <= 8.64e15 {
        ms
    } else {
        f64::NAN
    }))
}

pub(crate) fn is_method(name: &str) -> bool {
    name == "toISOString" || name == "toJSON" || name == "toString" || field(0.0, name).is_some()
}

pub(crate) fn method(ms: f64, name: &str) -> Result<Js> {
    match name {
        "toISOString" | "toString" => match to_iso(ms) {
            Some(text) => Ok(Js::author(text)),
            None => Err(Stop::thrown("invalid time value")),
        },
        "toJSON" => Ok(to_iso(ms).map_or(Js::Null, Js::author)),
        _ if ms.is_nan() => Ok(Js::Number(f64::NAN)),
        _ => Ok(field(ms, name).map_or(Js::Undefined, Js::Number)),
    }
}

/// `2024-05-01T10:00:00.000Z`; none for an invalid date.
pub(crate) fn to_iso(ms: f64) -> Option<String> {
    if ms.is_nan() {
        return None;
    }
    let (year, month, day) = civil(libm::floor(ms / DAY) as i64);
    let of_day = (ms - libm::floor(ms / DAY) * DAY) as i64;
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
    let year = match year {
        0..=9999 => format!("{year:04}"),
        _ if year < 0 => format!("-{:06}", -year),
        _ => format!("+{year:06}"),
    };
    Some(format!(
        "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
    ))
}

/// The part of a date that a getter reads.
fn field(ms: f64, name: &str) -> Option<f64> {
    let days = libm::floor(ms / DAY);
    let (year, month, day) = civil(days as i64);
    let of_day = ms - days * DAY;
    Some(match name {
        "getTime" | "valueOf" => ms,
        "getFullYear" | "getUTCFullYear" => year as f64,
        "getMonth" | "getUTCMonth" => (month - 1) as f64,
        "getDate" | "getUTCDate" => day as f64,
        "getDay" | "getUTCDay" => (days as i64 + 4).rem_euclid(7) as f64,
        "getHours" | "getUTCHours" => libm::floor(of_day / 3_600_000.0),
        "getMinutes" | "getUTCMinutes" => libm::fmod(libm::floor(of_day / 60_000.0), 60.0),
        "getSeconds" | "getUTCSeconds" => libm::fmod(libm::floor(of_day / 1000.0), 60.0),
        "getMilliseconds" | "getUTCMilliseconds" => libm::fmod(of_day, 1000.0),
        "getTimezoneOffset" => 0.0,
        _ => return None,
    })
}

/// Days since 1970 to year, month, day: months are counted from March, so
/// that the leap day is the last of its year.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// Days since 1970 of a date.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Reads `2024-05-01`, `2024-05-01T10:00Z`, `2024-05-01T10:00:00.5+02:00`.
fn parse(text: &str) -> Option<f64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let ms = days(year, month, day) as f64 * DAY;
    time.map_or(Some(ms), |time| Some(ms + time_of_day(time)?))
}

fn time_of_day(text: &str) -> Option<f64> {
    let (text, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(text) => (text, 0),
        None => match text.rfind(['+', '-']) {
            Some(at) => (text.get(..at)?, zone(text.get(at..)?)?),
            None => (text, 0),
        },
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.splitn(3, ':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour <= 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second = parts
        .next()
        .map_or(Some(0), |part| digits(part, 2))
        .filter(|s| *s < 60)?;
    let milli = digits(
        &format!("{fraction:0<3}")
            .chars()
            .take(3)
            .collect::<String>(),
        3,
    )?;
    Some((((hour * 60 + minute - offset) * 60 + second) * 1000 + milli) as f64)
}

/// `+02:00` in minutes.
fn zone(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    Some(sign * (digits(hours, 2)? * 60 + digits(minutes, 2)?))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let good = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    good.then(|| text.parse().ok())?
}
