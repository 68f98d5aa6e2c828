//! Maps of variables, printed without secrets.

use crate::is_secret_name;
use alloc::{collections::BTreeMap, string::String};
use core::fmt;

/// Prints a map of variables with `…` in place of each secret.
pub struct Masked<'a>(pub &'a BTreeMap<String, String>);

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self
            .0
            .iter()
            .map(|(name, value)| (name, shown_value(name, value)));
        f.debug_map().entries(shown).finish()
    }
}

/// The value, or `…` when the name is that of a secret.
pub fn shown_value<'a>(name: &str, value: &'a str) -> &'a str {
    if is_secret_name(name) { "…" } else { value }
}
