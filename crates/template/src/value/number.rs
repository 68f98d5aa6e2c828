//! Numbers out of texts and into texts.

use super::units::is_blank;
use alloc::{format, string::String, vec::Vec};

/// `Number(text)`.
pub(crate) fn from_text(text: &str) -> f64 {
    let text = text.trim_matches(is_blank);
    if text.is_empty() {
        return 0.0;
    }
    let (sign, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if magnitude == "Infinity" {
        return sign * f64::INFINITY;
    }
    let signed = magnitude.len() != text.len();
    let value = prefixed(magnitude).filter(|_| !signed);
    value
        .or_else(|| decimal(magnitude).map(|value| sign * value))
        .unwrap_or(f64::NAN)
}

/// `12`, `1.5`, `.5`, `5.`, `1e3`: digits, one point, one exponent, no sign.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    (decimal_length(text) == text.len()).then(|| text.parse().ok())?
}

/// `0x1f`, `0b101`, `0o17`.
pub(crate) fn prefixed(text: &str) -> Option<f64> {
    let radix = match text.get(..2)? {
        "0x" | "0X" => 16,
        "0o" | "0O" => 8,
        "0b" | "0B" => 2,
        _ => return None,
    };
    let digits = text.get(2..)?;
    let all = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    all.then(|| from_digits(digits, radix))
}

/// The digits as a number: exact for powers of two up to 128 bits, else in
/// rounds of as many digits as 32 bits hold, from the first that is not zero on.
fn from_digits(digits: &str, radix: u32) -> f64 {
    if radix == 10 {
        return digits.parse().unwrap_or(f64::NAN);
    }
    if radix.is_power_of_two()
        && let Ok(exact) = u128::from_str_radix(digits, radix)
    {
        return exact as f64;
    }
    let (mut sum, mut part, mut scale) = (0.0, 0_u32, 1_u32);
    let digits = digits.trim_start_matches('0').chars();
    for digit in digits.filter_map(|c| c.to_digit(radix)) {
        if scale > u32::MAX / 36 / radix {
            sum = sum * f64::from(scale) + f64::from(part);
            (part, scale) = (0, 1);
        }
        part = part * radix + digit;
        scale *= radix;
    }
    sum * f64::from(scale) + f64::from(part)
}

/// `parseFloat(text)`.
pub(crate) fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_blank);
    let (sign, rest) = split_sign(text);
    if rest.starts_with("Infinity") {
        return sign * f64::INFINITY;
    }
    let number = rest
        .get(..decimal_length(rest))
        .and_then(|t| t.parse::<f64>().ok());
    number.map_or(f64::NAN, |value| sign * value)
}

/// `parseInt(text, radix)`; a radix of 0 means "by the prefix".
pub(crate) fn parse_int(text: &str, radix: u32) -> f64 {
    let (sign, mut rest) = split_sign(text.trim_start_matches(is_blank));
    let mut radix = radix;
    if radix == 0 || radix == 16 {
        let hex = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X"));
        if let Some(hex) = hex {
            (rest, radix) = (hex, 16);
        }
    }
    if radix == 0 {
        radix = 10;
    }
    if !(2..=36).contains(&radix) {
        return f64::NAN;
    }
    let length = rest
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(rest.len());
    match rest.get(..length) {
        None | Some("") => f64::NAN,
        Some(digits) => sign * from_digits(digits, radix),
    }
}

fn split_sign(text: &str) -> (f64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The length of the longest decimal number that `text` begins with.
fn decimal_length(text: &str) -> usize {
    let whole = digits(text, 0);
    let mut end = whole;
    if text.get(end..).is_some_and(|t| t.starts_with('.')) {
        let fraction = digits(text, end + 1);
        if whole > 0 || fraction > 0 {
            end += 1 + fraction;
        }
    }
    if end == 0 {
        return 0;
    }
    let after = text.get(end..).unwrap_or_default();
    if after.starts_with(['e', 'E']) {
        let sign = usize::from(after.get(1..).is_some_and(|t| t.starts_with(['+', '-'])));
        let exponent = digits(text, end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

fn digits(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.bytes().take_while(u8::is_ascii_digit).count()
}

/// A number as 32 bits, as the bit operators see it.
pub(crate) fn to_int32(n: f64) -> i32 {
    to_uint32(n).cast_signed()
}

/// A number as 32 bits without sign.
pub(crate) fn to_uint32(n: f64) -> u32 {
    if !n.is_finite() {
        return 0;
    }
    let modulo = libm::fmod(libm::trunc(n), 4_294_967_296.0);
    (if modulo < 0.0 {
        modulo + 4_294_967_296.0
    } else {
        modulo
    }) as u32
}

/// A number as a count or an index: no fraction, NaN is 0.
pub(crate) fn to_integer(n: f64) -> f64 {
    if n.is_nan() { 0.0 } else { libm::trunc(n) }
}

/// `n.toFixed(digits)` of a number below 1e21, rounding ties away from zero.
pub(crate) fn to_fixed(n: f64, digits: usize) -> String {
    let exact = format!("{:.1100}", libm::fabs(n));
    let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let rounded = round(&all, whole.len() + digits);
    let (whole, fraction) = rounded.split_at(rounded.len() - digits);
    let sign = if n < 0.0 { "-" } else { "" };
    let point = if digits > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// The first `count` digits, rounded by what follows; one more on a carry.
fn round(digits: &[u8], count: usize) -> String {
    let mut kept: Vec<u8> = digits.iter().copied().take(count).collect();
    if digits.get(count).is_some_and(|digit| *digit >= b'5') {
        let nines = kept
            .iter()
            .rev()
            .take_while(|digit| **digit == b'9')
            .count();
        let from = kept.len() - nines;
        kept.iter_mut().skip(from).for_each(|digit| *digit = b'0');
        match kept.iter_mut().take(from).next_back() {
            Some(digit) => *digit += 1,
            None => kept.insert(0, b'1'),
        }
    }
    String::from_utf8(kept).unwrap_or_default()
}

/// `n.toString(radix)` of a whole number; the fraction to about 52 bits.
pub(crate) fn to_radix(n: f64, radix: u32) -> String {
    let magnitude = libm::fabs(n);
    let mut whole = libm::trunc(magnitude);
    let mut digits = Vec::new();
    // Beyond 2^53 the last digits are not known.
    while whole >= 9_007_199_254_740_992.0 {
        whole /= f64::from(radix);
        digits.push('0');
    }
    whole = libm::trunc(whole);
    while whole >= 1.0 {
        let (quotient, digit) = (
            libm::trunc(whole / f64::from(radix)),
            libm::fmod(whole, f64::from(radix)),
        );
        digits.push(digit_char(digit, radix));
        whole = quotient;
    }
    if digits.is_empty() {
        digits.push('0');
    }
    let mut text: String = digits.into_iter().rev().collect();
    push_fraction(&mut text, magnitude, radix);
    if n < 0.0 { format!("-{text}") } else { text }
}

/// Digits until what is left cannot be told from the next double.
fn push_fraction(text: &mut String, magnitude: f64, radix: u32) {
    let mut fraction = magnitude - libm::trunc(magnitude);
    let mut delta = 0.5 * (libm::nextafter(magnitude, f64::INFINITY) - magnitude);
    delta = delta.max(f64::MIN_POSITIVE);
    if fraction < delta {
        return;
    }
    text.push('.');
    while fraction >= delta {
        fraction *= f64::from(radix);
        delta *= f64::from(radix);
        let digit = libm::trunc(fraction);
        fraction -= digit;
        let round_up = (fraction > 0.5 || (fraction == 0.5 && libm::fmod(digit, 2.0) == 1.0))
            && fraction + delta > 1.0;
        text.push(digit_char(
            if round_up { digit + 1.0 } else { digit },
            radix,
        ));
        if round_up {
            return;
        }
    }
}

fn digit_char(digit: f64, radix: u32) -> char {
    char::from_digit(digit as u32, radix).unwrap_or('0')
}

/// `n.toPrecision(digits)` of a finite number, rounding ties away from zero.
pub(crate) fn to_precision(n: f64, digits: usize) -> String {
    let exact = format!("{:.1100e}", libm::fabs(n));
    let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let mut exponent: i32 = exponent.parse().unwrap_or(0);
    let all: Vec<u8> = mantissa.bytes().filter(|byte| *byte != b'.').collect();
    let mut kept = round(&all, digits);
    if kept.len() > digits {
        kept.pop();
        exponent += 1;
    }
    let sign = if n < 0.0 { "-" } else { "" };
    let limit = i32::try_from(digits).unwrap_or(i32::MAX);
    if exponent < -6 || exponent >= limit {
        let mark = if exponent < 0 { "" } else { "+" };
        return format!("{sign}{}e{mark}{exponent}", with_point(&kept, 1));
    }
    match usize::try_from(exponent) {
        Ok(exponent) => format!("{sign}{}", with_point(&kept, exponent + 1)),
        Err(_) => {
            let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
            format!("{sign}0.{}{kept}", "0".repeat(zeros))
        }
    }
}

/// The digits with a point behind the first `whole`, unless they end there.
fn with_point(digits: &str, whole: usize) -> String {
    match digits.split_at_checked(whole) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{whole}.{fraction}"),
        _ => String::from(digits),
    }
}
