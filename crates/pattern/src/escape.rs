//! Escapes: what a backslash makes of what follows it.

use crate::{PatternError, flags::Flags, source::Source};
use alloc::{format, string::String};

/// What an escape stands for, where that does not depend on the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    Char(char),
    /// A set of characters, as the inside of a class of the engine.
    Set {
        inside: &'static str,
        negated: bool,
    },
    /// `\p{…}`, as the engine writes it.
    Property(String),
}

pub(crate) const DIGIT: &str = "0-9";
pub(crate) const WORD: &str = "0-9A-Za-z_";
pub(crate) const SPACE: &str =
    r"\t-\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

/// Reads an escape, of which the backslash has been taken.
pub(crate) fn escape(source: &mut Source<'_>, flags: Flags) -> Result<Escape, PatternError> {
    let at = source.at;
    let Some(c) = source.next() else {
        return Err(PatternError::at(at, "nothing follows the backslash"));
    };
    let set = |inside, negated| Ok(Escape::Set { inside, negated });
    match c {
        'd' => set(DIGIT, false),
        'D' => set(DIGIT, true),
        'w' => set(WORD, false),
        'W' => set(WORD, true),
        's' => set(SPACE, false),
        'S' => set(SPACE, true),
        'p' | 'P' if flags.unicode => property(source, c),
        _ => character(source, c, flags).map(Escape::Char),
    }
}

fn property(source: &mut Source<'_>, c: char) -> Result<Escape, PatternError> {
    let at = source.at;
    let name = source.eat("{").then(|| source.until('}')).flatten();
    let good = |name: &&str| {
        let mut bytes = name.bytes();
        !name.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b"_=".contains(&b))
    };
    let name = name
        .filter(good)
        .ok_or(PatternError::at(at, "the property cannot be read"))?;
    Ok(Escape::Property(format!("\\{c}{{{name}}}")))
}

/// The character that `\c` stands for.
fn character(source: &mut Source<'_>, c: char, flags: Flags) -> Result<char, PatternError> {
    let at = source.at;
    Ok(match c {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'c' => return control(source, flags),
        'x' => source
            .hex(2)
            .and_then(char::from_u32)
            .map_or_else(|| lenient(source, 'x', flags), Ok)?,
        'u' => return unicode(source, flags),
        '0'..='7' => return octal(source, c, flags),
        c if flags.unicode && !is_syntax(c) => {
            return Err(PatternError::at(at, "this escape means nothing"));
        }
        c => c,
    })
}

/// Without `u`, an escape that means nothing is its character.
fn lenient(source: &Source<'_>, c: char, flags: Flags) -> Result<char, PatternError> {
    if flags.unicode {
        Err(PatternError::at(source.at, "the escape cannot be read"))
    } else {
        Ok(c)
    }
}

/// `\cJ` is a line feed; any other `\c` is a backslash, and the `c` comes again.
fn control(source: &mut Source<'_>, flags: Flags) -> Result<char, PatternError> {
    match source.peek() {
        Some(letter) if letter.is_ascii_alphabetic() => {
            source.next();
            Ok(char::from(letter as u8 % 32))
        }
        _ => {
            source.at -= 1;
            lenient(source, '\\', flags)
        }
    }
}

fn unicode(source: &mut Source<'_>, flags: Flags) -> Result<char, PatternError> {
    if flags.unicode && source.eat("{") {
        let at = source.at;
        let digits = source.until('}');
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let scalar = value.and_then(char::from_u32);
        return scalar.ok_or(PatternError::at(at, "the code point cannot be read"));
    }
    let Some(high) = source.hex(4) else {
        return lenient(source, 'u', flags);
    };
    let mut ahead = *source;
    if (0xD800..0xDC00).contains(&high) && ahead.eat("\\u") {
        let low = ahead.hex(4).filter(|low| (0xDC00..0xE000).contains(low));
        if let Some(low) = low {
            *source = ahead;
            let scalar = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            return Ok(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    // Half a surrogate pair is in no text.
    Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// `\0`, and without `u` the old octal escapes up to `\377`.
fn octal(source: &mut Source<'_>, first: char, flags: Flags) -> Result<char, PatternError> {
    if flags.unicode {
        let alone = first == '0' && !source.peek().is_some_and(|c| c.is_ascii_digit());
        return if alone {
            Ok('\0')
        } else {
            lenient(source, first, flags)
        };
    }
    let mut value = first.to_digit(8).unwrap_or(0);
    while let Some(digit) = source.peek().and_then(|c| c.to_digit(8)) {
        if value * 8 + digit > 0o377 {
            break;
        }
        value = value * 8 + digit;
        source.next();
    }
    Ok(char::from_u32(value).unwrap_or('\0'))
}

pub(crate) const fn is_syntax(c: char) -> bool {
    matches!(
        c,
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/'
    )
}

/// `c` as the engine reads it for itself, in a class or outside.
pub(crate) fn literal(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() || !c.is_ascii() {
        out.push(c);
    } else {
        out.push_str(&format!("\\x{{{:X}}}", u32::from(c)));
    }
}
