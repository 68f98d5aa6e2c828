//! The variables of a run.

use alloc::{string::String, vec::Vec};
use collodi_value::{Object, Value};

/// How deep `a.b.c` may go.
const MAX_DEPTH: usize = 64;

/// The variables of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) local: Object,
    pub(crate) global: Object,
    /// Outputs of steps, by the step's id.
    pub(crate) ids: Object,
}

/// Sets `a.b.c` to `value`, making the objects on the way. A list on the way is
/// indexed by number. Anything else on the way is replaced by an object.
pub(crate) fn set_path(object: &mut Object, path: &str, value: Value) {
    let mut keys: Vec<&str> = path.split('.').take(MAX_DEPTH).collect();
    let Some(last) = keys.pop() else { return };
    let mut place = object;
    for key in keys {
        match child_place(place, key) {
            Some(next) => place = next,
            None => return,
        }
    }
    place.set(last, value);
}

fn child_place<'a>(place: &'a mut Object, key: &str) -> Option<&'a mut Object> {
    if !matches!(place.get(key), Some(Value::Object(_))) {
        place.set(key, Value::Object(Object::new()));
    }
    match place.get_mut(key) {
        Some(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// Removes `a.b.c`; a number at the end removes an element of a list.
pub(crate) fn remove_path(object: &mut Object, path: &str) {
    let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
    if parents.is_empty() {
        object.remove(last);
        return;
    }
    let mut keys = parents.split('.').take(MAX_DEPTH);
    let first = keys.next().and_then(|key| object.get_mut(key));
    match keys
        .try_fold(first, |place, key| Some(member_mut(place?, key)))
        .flatten()
    {
        Some(Value::Object(parent)) => drop(parent.remove(last)),
        Some(Value::Array(items)) => match last.parse::<usize>() {
            Ok(index) if index < items.len() => drop(items.remove(index)),
            _ => {}
        },
        _ => {}
    }
}

fn member_mut<'a>(value: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match value {
        Value::Object(object) => object.get_mut(key),
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    }
}

impl Memory {
    pub(crate) fn set_all(object: &mut Object, entries: &Object) {
        for (path, value) in entries.iter() {
            set_path(object, path, value.clone());
        }
    }

    pub(crate) fn remove_all(object: &mut Object, paths: &[String]) {
        for path in paths {
            remove_path(object, path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_names_nest() {
        let mut object = Object::new();
        set_path(&mut object, "a.b.c", Value::from(1));
        set_path(&mut object, "a.d", Value::from(2));
        set_path(&mut object, "x", Value::from(alloc::vec![1, 2, 3]));
        remove_path(&mut object, "a.b.c");
        remove_path(&mut object, "x.1");
        remove_path(&mut object, "x.9");
        remove_path(&mut object, "no.where.at.all");
        assert_eq!(
            Value::Object(object).to_json(),
            r#"{"a":{"b":{},"d":2},"x":[1,3]}"#
        );
    }
}
