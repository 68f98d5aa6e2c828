//! Numbers as JavaScript writes them.

use alloc::{format, string::String};
use core::fmt::Write;

/// `String(n)` by ECMAScript's Number::toString: the shortest digits that read
/// back, plain between 1e-7 and 1e21, with an exponent outside.
pub fn number_to_text(n: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, n);
    text
}

/// Adds what [`number_to_text`] gives to `out`.
pub fn push_number(out: &mut String, n: f64) {
    if n.is_nan() {
        return out.push_str("NaN");
    }
    if n.is_infinite() {
        return out.push_str(if n > 0.0 { "Infinity" } else { "-Infinity" });
    }
    // Whole numbers that a float holds exactly have the digits of the integer; of
    // zeros there is one.
    let whole = n as i64;
    let magnitude = if n < 0.0 { -n } else { n };
    let written = if whole as f64 == n && whole.unsigned_abs() < 1 << 53 {
        write!(out, "{whole}")
    } else if (1e-6..1e21).contains(&magnitude) {
        write!(out, "{n}")
    } else {
        out.write_str(&exponential(n))
    };
    // Writing to a String cannot fail.
    written.unwrap_or_default();
}

/// Rust writes `1e21` and `1.5e-7`; JavaScript writes `1e+21` and `1.5e-7`.
fn exponential(n: f64) -> String {
    let text = format!("{n:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_node_does() {
        let table = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-7.5, "-7.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, text) in table {
            assert_eq!(number_to_text(number), text);
        }
    }
}
