//! Reading the source of a pattern.

use crate::PatternError;
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// A place in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'s> {
    text: &'s str,
    pub(crate) at: usize,
}

impl<'s> Source<'s> {
    pub(crate) const fn new(text: &'s str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// Takes ASCII digits, as many as there are.
    pub(crate) fn digits(&mut self) -> &'s str {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Takes exactly `count` hexadecimal digits.
    pub(crate) fn hex(&mut self, count: usize) -> Option<u32> {
        let digits = self.rest().get(..count)?;
        let all = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| all)?;
        self.at += count;
        Some(value)
    }

    /// Takes up to and with `end`; returns what is before it.
    pub(crate) fn until(&mut self, end: char) -> Option<&'s str> {
        let (inner, _) = self.rest().split_once(end)?;
        self.at += inner.len() + end.len_utf8();
        Some(inner)
    }
}

/// The groups of a pattern.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    pub(crate) count: usize,
    /// Names and the numbers of their groups, from 1.
    pub(crate) names: Vec<(String, usize)>,
}

impl Groups {
    /// Counts the groups of `text`, which references may name before they come.
    pub(crate) fn of(text: &str) -> Result<Self, PatternError> {
        let mut groups = Self::default();
        let mut source = Source::new(text);
        let mut in_class = false;
        while let Some(c) = source.next() {
            match c {
                '\\' => drop(source.next()),
                '[' => in_class = true,
                ']' => in_class = false,
                '(' if !in_class => groups.open(&mut source)?,
                _ => {}
            }
        }
        Ok(groups)
    }

    fn open(&mut self, source: &mut Source<'_>) -> Result<(), PatternError> {
        let rest = source.rest();
        let named = rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!");
        if rest.starts_with('?') && !named {
            return Ok(());
        }
        self.count += 1;
        if named {
            let at = source.at;
            source.eat("?<");
            let name = source.until('>').filter(|name| is_name(name));
            let name = name.ok_or(PatternError::at(at, "the group has no good name"))?;
            if self.number(name).is_some() {
                return Err(PatternError::at(at, "the group name is there twice"));
            }
            self.names.push((name.to_owned(), self.count));
        }
        Ok(())
    }

    /// The number of the group `name`.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        let mut names = self.names.iter();
        names
            .find(|(known, _)| known == name)
            .map(|(_, number)| *number)
    }
}

fn is_name(text: &str) -> bool {
    let start = |c: char| c.is_alphabetic() || matches!(c, '_' | '$');
    text.starts_with(start) && text.chars().all(|c| start(c) || c.is_alphanumeric())
}
