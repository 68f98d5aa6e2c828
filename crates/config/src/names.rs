//! Names of variables.

use crate::form::{Fault, Form, text};
use alloc::{borrow::ToOwned, format, string::String};
use collodi_value::Value;
use toml::{Spanned, de::DeValue};

/// The name of one variable, not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableName(String);

impl VariableName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why `name` is not the name of a variable.
pub(crate) fn check(name: &str) -> Result<(), String> {
    if name.contains(['*', '?']) {
        return Err(format!(
            "{name:?} is a pattern; a variable is named here in full"
        ));
    }
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let fits = |c: char| letter(c) || c.is_ascii_digit();
    match name.starts_with(letter) && name.chars().all(fits) {
        true => Ok(()),
        false => Err(format!(
            "{name:?} is no variable's name: letters, digits and '_', not a digit first"
        )),
    }
}

impl Form for VariableName {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let name = text(value)?;
        check(name).map_err(|why| Fault::bad(value, why))?;
        Ok(Self(name.to_owned()))
    }

    fn shown(&self) -> Value {
        self.as_str().into()
    }
}
