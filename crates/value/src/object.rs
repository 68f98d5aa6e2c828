//! A map that keeps its keys in the order in which they were set.

use crate::Value;
use alloc::{boxed::Box, collections::BTreeMap, sync::Arc, vec::Vec};

/// Up to this many keys, looking through them all is quicker than an index.
const UNINDEXED: usize = 12;

/// Text keys to values, in insertion order. Setting a key again keeps its place. Copies share
/// the texts of the keys.
#[derive(Clone, Debug, Default)]
pub struct Object {
    entries: Vec<(Arc<str>, Value)>,
    /// Where each key is; none as long as there are few.
    #[expect(
        clippy::box_collection,
        reason = "few objects have one, and every value is as large as an object"
    )]
    index: Option<Box<BTreeMap<Arc<str>, usize>>>,
}

impl Object {
    /// An empty map.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            index: None,
        }
    }

    /// An empty map with room for this many keys.
    pub fn with_capacity(keys: usize) -> Self {
        Self {
            entries: Vec::with_capacity(keys),
            index: None,
        }
    }

    /// Sets `key` to `value`, and returns what was there.
    pub fn set(&mut self, key: impl Into<Arc<str>>, value: Value) -> Option<Value> {
        let key = key.into();
        if let Some(old) = self.get_mut(&key) {
            return Some(core::mem::replace(old, value));
        }
        self.entries.push((key, value));
        self.index_last();
        None
    }

    /// Removes `key`, and returns what was there.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.position(key)?;
        let (_, value) = self.entries.remove(at);
        if self.entries.len() <= UNINDEXED {
            self.index = None;
        }
        if let Some(index) = &mut self.index {
            index.remove(key);
            let later = index.values_mut().filter(|i| **i > at);
            later.for_each(|i| *i -= 1);
        }
        Some(value)
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let at = self.position(key)?;
        self.entries.get(at).map(|(_, value)| value)
    }

    /// The value of `key`, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.position(key)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Whether `key` is set.
    pub fn contains(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.index {
            None => self.entries.iter().position(|(known, _)| **known == *key),
            Some(index) => index.get(key).copied(),
        }
    }

    /// Takes the entry that was added into the index, and all before it when it is the
    /// first for which there is one.
    fn index_last(&mut self) {
        if self.entries.len() <= UNINDEXED {
            return;
        }
        let first = match self.index {
            None => 0,
            Some(_) => self.entries.len() - 1,
        };
        let keys = self.entries.iter().enumerate().skip(first);
        let index = self.index.get_or_insert_default();
        index.extend(keys.map(|(at, (key, _))| (key.clone(), at)));
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(key, value)| (&**key, value))
    }

    /// Keys and values in order, the keys as they are shared.
    pub fn entries(&self) -> &[(Arc<str>, Value)] {
        &self.entries
    }

    /// The number of keys.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no key is set.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Equal when the same keys have equal values; order does not count.
impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut object = Self::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            object.set(key, value);
        }
        object
    }
}

impl IntoIterator for Object {
    type Item = (Arc<str>, Value);
    type IntoIter = alloc::vec::IntoIter<(Arc<str>, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    /// What a list of pairs says after the same, looked through from the start.
    #[test]
    fn is_a_list_of_pairs_at_any_size() {
        let mut object = Object::new();
        let mut pairs: Vec<(String, Value)> = Vec::new();
        let mut state = 7_u32;
        for round in 0..3000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // It grows, shrinks, and grows again over the size at which keys are indexed.
            let shrinks = round / 300 % 2 == 1;
            let key = format!("k{}", (state >> 16) % 40);
            let known = pairs.iter().position(|(known, _)| *known == key);
            if shrinks || state & 7 == 0 {
                let old = known.map(|at| pairs.remove(at).1);
                assert_eq!(object.remove(&key), old);
            } else {
                let value = Value::from(round);
                let old = known.and_then(|at| pairs.get_mut(at));
                let expected = old.map(|(_, old)| core::mem::replace(old, value.clone()));
                if expected.is_none() {
                    pairs.push((key.clone(), value.clone()));
                }
                assert_eq!(object.set(key, value), expected);
            }
            let same = pairs.iter().map(|(key, value)| (key.as_str(), value));
            assert!(object.iter().eq(same), "{round}");
            for (key, value) in &pairs {
                assert_eq!(object.get(key), Some(value));
            }
        }
    }
}
