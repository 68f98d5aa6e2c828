//! What the sources say.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String};

/// What the sources say: files by their paths without the first slash, programs by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// Adds what a source says.
    pub fn add(&mut self, source: &str, text: &str) {
        self.0.insert(source.to_owned(), text.to_owned());
    }

    /// Whether a source has said something.
    pub fn has(&self, source: &str) -> bool {
        !self.get(source).is_empty()
    }

    /// What a source says, without white space around it; empty when it says nothing.
    pub(crate) fn get(&self, source: &str) -> &str {
        self.0.get(source).map_or("", |text| text.trim())
    }

    /// The value of `key` in lines of `key`, `separator`, value.
    pub(crate) fn field(&self, source: &str, separator: char, key: &str) -> Option<&str> {
        field(self.get(source), separator, key)
    }

    /// The sources whose names end so.
    pub(crate) fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a str> {
        let names = self.0.keys().map(String::as_str);
        names.filter_map(move |name| name.strip_suffix(end))
    }
}

/// The value of `key` in lines of `key`, `separator`, value.
pub(crate) fn field<'a>(text: &'a str, separator: char, key: &str) -> Option<&'a str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(separator));
    let (_, value) = pairs.find(|(name, _)| name.trim() == key)?;
    let value = value.trim().trim_matches('"');
    (!value.is_empty()).then_some(value)
}

impl<'a> FromIterator<(&'a str, &'a str)> for Texts {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(texts: T) -> Self {
        let mut all = Self::default();
        for (source, text) in texts {
            all.add(source, text);
        }
        all
    }
}
