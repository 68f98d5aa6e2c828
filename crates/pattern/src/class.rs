//! Character classes: `[…]`.

use crate::{
    PatternError,
    escape::{Escape, escape, literal},
    flags::Flags,
    source::Source,
};
use alloc::{format, string::String, vec::Vec};

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
    let by_hand = flags.ignore_case && !flags.unicode && items.iter().all(Item::is_ascii);
    for item in items {
        item.write(&mut inside);
        if by_hand {
            item.write_other_case(&mut inside);
        }
    }
    // Of ASCII letters, only the strict grammar folds K and ſ with the signs like them.
    if by_hand {
        format!("(?-i:[{inside}])")
    } else {
        format!("[{inside}]")
    }
}

impl Item {
    const fn is_ascii(&self) -> bool {
        match self {
            Self::Range(_, high) => high.is_ascii(),
            Self::Set(_) => true,
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

    /// The letters of the range in the other case.
    fn write_other_case(&self, out: &mut String) {
        let Self::Range(low, high) = *self else {
            return;
        };
        for (first, last, swap) in [('a', 'z', -32_i8), ('A', 'Z', 32)] {
            let (low, high) = (low.max(first), high.min(last));
            let swapped = |c: char| char::from((c as u8).saturating_add_signed(swap));
            if low <= high {
                Self::Range(swapped(low), swapped(high)).write(out);
            }
        }
    }
}
