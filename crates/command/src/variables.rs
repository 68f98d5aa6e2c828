//! The environment of a command.

use alloc::{
    collections::{BTreeMap, btree_map},
    string::String,
    sync::Arc,
};
use core::ops::{Deref, DerefMut};

/// Variables by name. Commands that have the same can share the memory: what changes one
/// does not change another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(Arc<BTreeMap<String, String>>);

impl Variables {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets go of the memory for that of `other`, if that has the same variables.
    pub fn share(&mut self, other: &Self) {
        if self == other {
            self.0 = Arc::clone(&other.0);
        }
    }
}

impl Deref for Variables {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Variables {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(&mut self.0)
    }
}

impl From<BTreeMap<String, String>> for Variables {
    fn from(variables: BTreeMap<String, String>) -> Self {
        Self(Arc::new(variables))
    }
}

impl FromIterator<(String, String)> for Variables {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        BTreeMap::from_iter(variables).into()
    }
}

impl<'a> IntoIterator for &'a Variables {
    type Item = (&'a String, &'a String);
    type IntoIter = btree_map::Iter<'a, String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(value: &str) -> Variables {
        Variables::from_iter([("A".into(), value.into())])
    }

    #[test]
    fn what_is_shared_is_changed_in_one_alone() {
        let (one, mut other) = (variables("1"), variables("1"));
        other.share(&one);
        assert!(Arc::ptr_eq(&one.0, &other.0));
        other.insert("A".into(), "2".into());
        assert_eq!((one, other), (variables("1"), variables("2")));
    }

    #[test]
    fn what_differs_is_not_shared() {
        let (one, mut other) = (variables("1"), variables("2"));
        other.share(&one);
        assert_eq!(other, variables("2"));
    }
}
