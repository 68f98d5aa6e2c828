//! From a parsed file to values, section by section.

use crate::{
    Entry, Origin, Problem, Problems, Setting, Settings, Wrong,
    form::{Fault, Form},
};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_script::{Place, nearest, places};
use collodi_value::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What is wrong, as it is found.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    found: Vec<(usize, String, Wrong)>,
}

impl<'a> Reader<'a> {
    /// A reader of `text`, and its table.
    pub(crate) fn open(text: &'a str) -> Result<(Self, DeTable<'a>), Problems> {
        let mut reader = Self {
            text,
            found: Vec::new(),
        };
        if text.len() > Settings::MAX_BYTES {
            reader.tell(0, "", Wrong::TooLarge);
            return Err(reader.problems());
        }
        match DeTable::parse(text) {
            Ok(table) => Ok((reader, table.into_inner())),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                reader.tell(at, "", Wrong::Syntax(error.message().to_owned()));
                Err(reader.problems())
            }
        }
    }

    pub(crate) fn tell(&mut self, at: usize, key: &str, what: Wrong) {
        if self.found.len() < Problems::MOST {
            self.found.push((at, key.to_owned(), what));
        }
    }

    /// Fails when anything was told.
    pub(crate) fn finish(self) -> Result<(), Problems> {
        match self.found.is_empty() {
            true => Ok(()),
            false => Err(self.problems()),
        }
    }

    fn problems(mut self) -> Problems {
        self.found.sort_by_key(|(at, ..)| *at);
        let offsets: Vec<usize> = self.found.iter().map(|(at, ..)| *at).collect();
        let found = self.found.into_iter().zip(places(self.text, &offsets));
        let problem = |((_, key, what), place)| Problem { place, key, what };
        Problems(found.map(problem).collect())
    }

    fn place(&self, at: usize) -> Place {
        let found = places(self.text, &[at]);
        found.first().copied().unwrap_or_default()
    }
}

/// A table of the file, which may not be there. It learns the keys that it is asked for:
/// others are unknown.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    path: String,
    table: Option<&'a DeTable<'a>>,
    known: Vec<String>,
}

impl<'a> Section<'a> {
    /// The top of the file.
    pub(crate) const fn top(table: &'a DeTable<'a>) -> Self {
        Self {
            path: String::new(),
            table: Some(table),
            known: Vec::new(),
        }
    }

    /// The value of `key`, or the default.
    pub(crate) fn take<T: Form>(
        &mut self,
        key: &str,
        default: T,
        reader: &mut Reader<'a>,
    ) -> Setting<T> {
        self.known.push(key.to_owned());
        let Some((_, value)) = self.entry(key) else {
            return Setting::new(default, Origin::Default);
        };
        match T::read(value) {
            Ok(read) => Setting::new(read, Origin::File(reader.place(value.span().start))),
            Err(Fault { at, what }) => {
                reader.tell(at, &self.path_of(key), what);
                Setting::new(default, Origin::Default)
            }
        }
    }

    /// The section `key` below this one.
    pub(crate) fn section(&mut self, key: &str, reader: &mut Reader<'a>) -> Self {
        self.known.push(key.to_owned());
        let value = self.entry(key).map(|(_, value)| value);
        if let Some(value) = value.filter(|value| !value.get_ref().is_table()) {
            let what = Fault::of(value, "a section").what;
            reader.tell(value.span().start, &self.path_of(key), what);
        }
        Self {
            path: self.path_of(key),
            table: value.and_then(|value| value.get_ref().as_table()),
            known: Vec::new(),
        }
    }

    /// All keys that are there, with their places.
    pub(crate) fn keys(&self) -> Vec<(&'a str, usize)> {
        let keys = self.table.into_iter().flat_map(|table| table.keys());
        keys.map(|key| (key.get_ref().as_ref(), key.span().start))
            .collect()
    }

    /// Tells what nobody asked for.
    pub(crate) fn finish(self, reader: &mut Reader<'_>) {
        for (key, at) in self.keys() {
            if self.known.iter().any(|known| known == key) {
                continue;
            }
            let meant = self.nearest(key).map(ToString::to_string);
            reader.tell(at, &self.path_of(key), Wrong::UnknownKey { meant });
        }
    }

    /// As [`finish`](Self::finish), where sections that are like none of ours are somebody
    /// else's. Their names. Those of `below` are ours, and stand below another of ours: each
    /// is its name with the section that is meant.
    pub(crate) fn finish_shared(
        self,
        below: &[(&str, &str)],
        reader: &mut Reader<'_>,
    ) -> Vec<String> {
        let mut foreign = Vec::new();
        for (key, at) in self.keys() {
            let known = self.known.iter().any(|known| known == key);
            let is_table = self.entry(key).is_some_and(|(_, v)| v.get_ref().is_table());
            let misplaced = below.iter().find(|(name, _)| *name == key);
            let misplaced = misplaced.map(|(_, meant)| *meant);
            match misplaced.or_else(|| self.nearest(key)) {
                _ if known => {}
                None if is_table => foreign.push(key.to_owned()),
                meant => {
                    let meant = meant.map(ToString::to_string);
                    reader.tell(at, &self.path_of(key), Wrong::UnknownKey { meant });
                }
            }
        }
        foreign
    }

    fn nearest(&self, key: &str) -> Option<&str> {
        nearest(key, self.known.iter().map(String::as_str))
    }

    fn entry(&self, key: &str) -> Option<(usize, &'a Spanned<DeValue<'a>>)> {
        let (key, value) = self.table?.get_key_value(key)?;
        Some((key.span().start, value))
    }

    fn path_of(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

/// What a section knows of a setting.
pub(crate) struct About {
    pub(crate) key: &'static str,
    pub(crate) about: &'static str,
    pub(crate) absent: Option<&'static str>,
}

/// The setting of the section `path`, as it is shown.
pub(crate) fn entry<T: Form>(path: &str, of: &About, setting: &Setting<T>) -> Entry {
    let value = setting.value().shown();
    Entry {
        key: format!("{path}.{}", of.key),
        counts: of.absent.filter(|_| matches!(value, Value::Null)),
        value,
        origin: setting.origin(),
        about: of.about.trim_ascii(),
    }
}
