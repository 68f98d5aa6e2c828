//! Number literals: what JSON allows, and what people write.

/// What a word that looks like a number stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A JSON number.
    Valid(f64),
    /// Not a JSON number, though it is clear which is meant.
    Lenient(f64),
}

/// Reads `word` as a number; none when it is not one in any reading.
pub(crate) fn read(word: &str) -> Option<Number> {
    if is_json(word.as_bytes()) {
        return word.parse().ok().map(Number::Valid);
    }
    let (negative, digits) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    let magnitude = lenient(digits)?;
    Some(Number::Lenient(if negative {
        -magnitude
    } else {
        magnitude
    }))
}

fn lenient(digits: &str) -> Option<f64> {
    let lower = digits.to_ascii_lowercase();
    if lower == "infinity" || lower == "nan" {
        // JSON has neither; null is what JavaScript writes for them.
        return None;
    }
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)];
    if let Some((rest, radix)) = radix
        .iter()
        .find_map(|(p, r)| Some((lower.strip_prefix(p)?, *r)))
    {
        return u32::from_str_radix(rest, radix).ok().map(f64::from);
    }
    let plain = lower.replace('_', "");
    let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-');
    plain.bytes().all(numeric).then_some(())?;
    plain.parse().ok()
}

/// RFC 8259's `number`.
fn is_json(word: &[u8]) -> bool {
    let rest = word.strip_prefix(b"-").unwrap_or(word);
    let rest = match rest {
        [b'0', rest @ ..] => rest,
        [b'1'..=b'9', ..] => skip_digits(rest),
        _ => return false,
    };
    let rest = match rest {
        [b'.', b'0'..=b'9', ..] => skip_digits(rest.get(1..).unwrap_or_default()),
        _ => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => {
            !digits.is_empty() && skip_digits(digits).is_empty()
        }
        _ => false,
    }
}

fn skip_digits(bytes: &[u8]) -> &[u8] {
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    bytes.get(digits..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_json_numbers_from_others() {
        for (word, n) in [
            ("0", 0.0),
            ("-1.5e3", -1500.0),
            ("1E+2", 100.0),
            ("10.25", 10.25),
        ] {
            assert_eq!(read(word), Some(Number::Valid(n)), "{word}");
        }
        let lenient = [
            ("+1", 1.0),
            ("01", 1.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("-0x1F", -31.0),
            ("1_000", 1000.0),
        ];
        for (word, n) in lenient {
            assert_eq!(read(word), Some(Number::Lenient(n)), "{word}");
        }
        for word in [
            "",
            "-",
            "1e",
            "1.2.3",
            "Infinity",
            "NaN",
            "-Infinity",
            "0xg",
            "1px",
            "e",
        ] {
            assert_eq!(read(word), None, "{word}");
        }
    }
}
