//! `dependsOn`: whom a daemon waits for.

use super::finding::{Findings, Problem, Reading};
use crate::sink::child_pointer;
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_value::Value;

/// What `dependsOn` says: the ids of daemons that must be up before this one is started.
pub fn depends_on(value: &Value) -> Reading<Vec<String>> {
    let mut found = Findings::default();
    let pointer = String::from("/dependsOn");
    let names = match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let named = |(at, item): (usize, &Value)| {
                name(
                    item,
                    || child_pointer(&pointer, &at.to_string()),
                    &mut found,
                )
            };
            items.filter_map(named).collect()
        }
        one => name(one, || pointer, &mut found).into_iter().collect(),
    };
    found.reading(names)
}

fn name(value: &Value, pointer: impl FnOnce() -> String, found: &mut Findings) -> Option<String> {
    match value {
        Value::String(_) | Value::Number(_) => Some(value.to_text()),
        other => {
            let expected = "the id of a daemon, or a list of such";
            found.fault(pointer(), Problem::kind(expected, other));
            None
        }
    }
}
