//! Character classes: `[…]`.

use crate::{
    PatternError,
    escape::{Escape, escape, literal},
    flags::Flags,
    source::Source,
};
use alloc::{format, string::String, vec::Vec};

/// Up to this many characters beyond ASCII are written in all their cases.
const MOST_BY_HAND: u32 = 256;

/// One part of a class.
enum Item {
    Range(char, char),
    Set(String),
}

/// Reads a class, of which the `[` has been taken, and writes it for the engine.
pub(crate) fn class(source: &mut Source<'_>, flags: Flags) -> Result<String, PatternError> {
    let start = source.at;
    let negated = source.eat("^");
    let mut items = Vec::new();
    while !source.eat("]") {
        if source.rest().is_empty() {
            return Err(PatternError::at(start, "the class is not closed"));
        }
        let operation = ["[", "--", "&&", "\\q"]
            .iter()
            .any(|op| source.rest().starts_with(op));
        if flags.sets && operation {
            return Err(PatternError::Unsupported(
                "set operations in a class".into(),
            ));
        }
        item(source, flags, &mut items)?;
    }
    Ok(write(&items, negated, flags))
}

/// A character, a set, or a range from one character to another.
fn item(source: &mut Source<'_>, flags: Flags, items: &mut Vec<Item>) -> Result<(), PatternError> {
    let at = source.at;
    let first = atom(source, flags)?;
    let range = source.peek() == Some('-') && !source.rest().starts_with("-]");
    if !range {
        items.push(first);
        return Ok(());
    }
    source.next();
    match (first, atom(source, flags)?) {
        (Item::Range(low, _), Item::Range(_, high)) if low <= high => {
            items.push(Item::Range(low, high));
        }
        (Item::Range(..), Item::Range(..)) => {
            return Err(PatternError::at(at, "the range is out of order"));
        }
        _ if flags.unicode => return Err(PatternError::at(at, "a set cannot bound a range")),
        // Without `u`, a set beside the dash makes it a dash.
        (first, last) => items.extend([first, Item::Range('-', '-'), last]),
    }
    Ok(())
}

fn atom(source: &mut Source<'_>, flags: Flags) -> Result<Item, PatternError> {
    let at = source.at;
    let single = |c| Ok(Item::Range(c, c));
    match source.next() {
        None => Err(PatternError::at(at, "the class is not closed")),
        Some('\\') if source.eat("b") => single('\u{8}'),
        Some('\\') if flags.unicode && source.eat("-") => single('-'),
        Some('\\') => class_escape(source, flags),
        Some(c) => single(c),
    }
}

fn class_escape(source: &mut Source<'_>, flags: Flags) -> Result<Item, PatternError> {
    Ok(match escape(source, flags)? {
        Escape::Char(c) => Item::Range(c, c),
        Escape::Set { inside, negated } => {
            Item::Set(format!("[{}{inside}]", if negated { "^" } else { "" }))
        }
        Escape::Property(property) => Item::Set(property),
    })
}

fn write(items: &[Item], negated: bool, flags: Flags) -> String {
    match (items, negated) {
        // The class of nothing; the engine would take `[]` for the start of one.
        ([], false) => return String::from("[a&&b]"),
        ([], true) => return String::from("(?s:.)"),
        _ => {}
    }
    let mut inside = String::from(if negated { "^" } else { "" });
    let far: u32 = items.iter().map(Item::beyond_ascii).sum();
    let by_hand = flags.ignore_case && !flags.unicode && far <= MOST_BY_HAND;
    for item in items {
        item.write(&mut inside);
        if by_hand {
            item.write_other_case(&mut inside);
        }
    }
    // Only the strict grammar folds K and ſ with the letters of ASCII that are like them.
    if by_hand {
        format!("(?-i:[{inside}])")
    } else {
        format!("[{inside}]")
    }
}

/// The one character that a change of case gives; none when it gives several.
fn only(mut cases: impl Iterator<Item = char>) -> Option<char> {
    let first = cases.next();
    first.filter(|_| cases.next().is_none())
}

impl Item {
    /// How many characters beyond ASCII a range has.
    fn beyond_ascii(&self) -> u32 {
        match self {
            Self::Range(low, high) => {
                (u32::from(*high) + 1).saturating_sub(u32::from(*low).max(0x80))
            }
            Self::Set(_) => 0,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Set(set) => out.push_str(set),
            Self::Range(low, high) => {
                literal(*low, out);
                if low != high {
                    out.push('-');
                    literal(*high, out);
                }
            }
        }
    }

    /// The letters of the range in their other cases. No letter of ASCII is another case
    /// of one beyond.
    fn write_other_case(&self, out: &mut String) {
        let Self::Range(low, high) = *self else {
            return;
        };
        for c in low.max('\u{80}')..=high {
            let upper = only(c.to_uppercase()).unwrap_or(c);
            let cases = [
                Some(upper),
                only(c.to_lowercase()),
                only(upper.to_lowercase()),
            ];
            let others = cases.into_iter().flatten();
            others
                .filter(|other| !other.is_ascii() && !(low..=high).contains(other))
                .for_each(|other| literal(other, out));
        }
        for (first, last, swap) in [('a', 'z', -32_i8), ('A', 'Z', 32)] {
            let (low, high) = (low.max(first), high.min(last));
            let swapped = |c: char| char::from((c as u8).saturating_add_signed(swap));
            if low <= high {
                Self::Range(swapped(low), swapped(high)).write(out);
            }
        }
    }
}
