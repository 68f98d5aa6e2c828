//! Changes of a text that leave all else in it.

use crate::SettingsError;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

/// A key, and the value that it is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key, with its sections.
    pub key: Vec<String>,
    /// The value; none removes the key, and the default counts again.
    pub value: Option<NewValue>,
}

impl Change {
    /// The key `python.prefer_uv` as `["python", "prefer_uv"]`, and its value.
    pub fn new(key: &[&str], value: Option<NewValue>) -> Self {
        let key = key.iter().map(|part| (*part).to_owned()).collect();
        Self { key, value }
    }
}

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// A text.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A list of texts.
    Texts(Vec<String>),
    /// A value as TOML writes it.
    Toml(String),
}

impl NewValue {
    /// What a person means by this text: a value as TOML writes it, or else a text.
    pub fn meant(text: &str) -> Self {
        match text.parse::<Value>() {
            Ok(_) => Self::Toml(text.to_owned()),
            Err(_) => Self::Text(text.to_owned()),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Number(number) => (*number).into(),
            Self::Texts(texts) => texts.iter().collect::<Array>().into(),
            Self::Toml(text) => text.parse().unwrap_or_else(|_| text.as_str().into()),
        }
    }
}

/// `text` with the changes in it. A key that is there keeps its place and its comment, one
/// that is not comes at the end of its section.
///
/// # Errors
///
/// When `text` is no TOML, or a value stands where a section is wanted.
pub fn edited(text: &str, changes: &[Change]) -> Result<String, SettingsError> {
    let no_section = |key: &[String]| SettingsError::NoSection(key.join("."));
    let mut document: DocumentMut = text.parse().map_err(|_| no_section(&[]))?;
    for Change { key, value } in changes {
        let (name, sections) = key.split_last().ok_or_else(|| no_section(key))?;
        let section = section(document.as_table_mut(), sections, value.is_some());
        match (section, value) {
            (Err(NoSection), _) => return Err(no_section(key)),
            (Ok(None), _) => {}
            (Ok(Some(section)), None) => drop(section.remove(name)),
            (Ok(Some(section)), Some(value)) => set(section, name, value.value()),
        }
    }
    let text_of_all = document.to_string();
    Ok(with_line_ends_of(text, text_of_all))
}

struct NoSection;

/// The section at the end of the way; where it is missing it is made, or nothing is there
/// to be removed.
fn section<'a>(
    top: &'a mut Table,
    way: &[String],
    make: bool,
) -> Result<Option<&'a mut dyn TableLike>, NoSection> {
    let mut section: &mut dyn TableLike = top;
    for (depth, name) in way.iter().enumerate() {
        if !section.contains_key(name) {
            if !make {
                return Ok(None);
            }
            section.insert(name, Item::Table(new_section(depth + 1 < way.len())));
        }
        let below = section.get_mut(name).and_then(Item::as_table_like_mut);
        section = below.ok_or(NoSection)?;
    }
    Ok(Some(section))
}

/// A section that has only sections in it needs no line of its own.
fn new_section(has_only_sections: bool) -> Table {
    let mut table = Table::new();
    table.set_implicit(has_only_sections);
    table
}

/// What stands around the old value, its comment included, stands around the new one.
fn set(section: &mut dyn TableLike, name: &str, mut value: Value) {
    match section.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => drop(section.insert(name, Item::Value(value))),
    }
}

/// Lines that are new end as the others do.
fn with_line_ends_of(before: &str, after: String) -> String {
    let windows = before.matches("\r\n").count();
    match windows > 0 && windows == before.matches('\n').count() {
        true => after.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => after,
    }
}
