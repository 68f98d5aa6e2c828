//! The flags of a pattern.

use crate::PatternError;

/// Which flags are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) global: bool,
    pub(crate) ignore_case: bool,
    pub(crate) multiline: bool,
    pub(crate) dot_all: bool,
    /// `u` or `v`: the strict grammar.
    pub(crate) unicode: bool,
    /// `v`: classes may hold classes and set operations.
    pub(crate) sets: bool,
    pub(crate) sticky: bool,
}

impl Flags {
    /// Reads `text`: each flag at most once, and not both `u` and `v`.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut flags = Self::default();
        for (at, flag) in text.char_indices() {
            let seen = text.get(..at).is_some_and(|before| before.contains(flag));
            let both = flags.unicode && matches!(flag, 'u' | 'v');
            if seen || both {
                return Err(PatternError::BadFlag(flag));
            }
            flags.set(flag)?;
        }
        Ok(flags)
    }

    fn set(&mut self, flag: char) -> Result<(), PatternError> {
        match flag {
            'd' => {}
            'g' => self.global = true,
            'i' => self.ignore_case = true,
            'm' => self.multiline = true,
            's' => self.dot_all = true,
            'u' => self.unicode = true,
            'v' => (self.unicode, self.sets) = (true, true),
            'y' => self.sticky = true,
            other => return Err(PatternError::BadFlag(other)),
        }
        Ok(())
    }
}
