//! Variables with values.

use crate::{
    form::{Fault, Form, text},
    names::check,
};
use alloc::{borrow::ToOwned, collections::BTreeMap, string::String};
use collodi_env::{Masked, shown_value};
use collodi_value::{Object, Value};
use core::fmt;
use toml::{Spanned, de::DeValue};

/// Variables with values, of which those of secrets are not shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The values by name.
    pub const fn values(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Masked(&self.0).fmt(f)
    }
}

impl Form for Variables {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| Fault::of(value, "a table of texts"))?;
        let mut variables = BTreeMap::new();
        for (name, value) in table {
            let (name, text) = (name.get_ref().as_ref(), text(value)?);
            check(name).map_err(|why| Fault::bad(value, why))?;
            if text.contains('\0') {
                return Err(Fault::bad(value, "no variable's value has a zero byte"));
            }
            variables.insert(name.to_owned(), text.to_owned());
        }
        Ok(Self(variables))
    }

    fn shown(&self) -> Value {
        let shown =
            |(name, value): (&String, &String)| (name.clone(), shown_value(name, value).into());
        Value::Object(self.0.iter().map(shown).collect::<Object>())
    }
}
