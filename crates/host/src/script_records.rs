//! What is known of scripts between their runs.

use alloc::{collections::BTreeMap, string::String};
use collodi_value::{Object, Value};

/// How many scripts are remembered; the one that ran longest ago is forgotten first.
const MAX_SCRIPTS: usize = 1000;
/// How much the variables of one script may take as JSON, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// What is known of scripts between their runs, by path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    records: BTreeMap<String, Record>,
    clock: u64,
}

#[derive(Clone, Debug, Default)]
struct Record {
    global: Object,
    ready: bool,
    used: u64,
}

impl Records {
    /// The variables of the script that outlive its runs.
    pub(crate) fn global(&self, path: &str) -> Object {
        let record = self.records.get(path);
        record.map_or_else(Object::new, |record| record.global.clone())
    }

    /// Whether its last run did all its steps.
    pub(crate) fn is_ready(&self, path: &str) -> bool {
        self.records.get(path).is_some_and(|record| record.ready)
    }

    /// A run of it ended, with these variables. Whether they are kept; variables that
    /// are too large are not, and the older ones stay.
    pub(crate) fn ended(&mut self, path: &str, global: Object, ready: bool) -> bool {
        self.clock += 1;
        let record = self.records.entry(path.into()).or_default();
        (record.ready, record.used) = (ready, self.clock);
        let global = Value::Object(global);
        let fits = global.to_json().len() <= MAX_BYTES;
        if let (true, Value::Object(global)) = (fits, global) {
            record.global = global;
        }
        self.forget_the_oldest();
        fits
    }

    fn forget_the_oldest(&mut self) {
        if self.records.len() > MAX_SCRIPTS {
            let oldest = self.records.iter().min_by_key(|(_, record)| record.used);
            let oldest = oldest.map(|(path, _)| path.clone());
            oldest.map(|path| self.records.remove(&path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn one(name: &str, value: Value) -> Object {
        [(name, value)].into_iter().collect()
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut records = Records::default();
        for number in 0..=MAX_SCRIPTS {
            records.ended(&format!("/{number}"), one("n", Value::from(1)), true);
        }
        assert_eq!(records.records.len(), MAX_SCRIPTS);
        assert!(records.global("/0").iter().next().is_none());
        assert!(records.is_ready("/1"));
    }

    #[test]
    fn what_is_too_large_does_not_replace_what_is_there() {
        let mut records = Records::default();
        assert!(records.ended("/a", one("n", Value::from(1)), true));
        let large = "x".repeat(MAX_BYTES);
        assert!(!records.ended("/a", one("n", Value::from(large.as_str())), false));
        assert_eq!(records.global("/a"), one("n", Value::from(1)));
        assert!(!records.is_ready("/a"));
    }
}
