//! Stands in for `collodi_template::Template`.

use collodi_value::Value;

/// A value with templates in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(pub Value);

impl Template {
    /// Reads the templates of `value`.
    pub fn parse(value: &Value) -> Self {
        Self(value.clone())
    }
}
