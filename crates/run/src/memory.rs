//! The variables of a run.

use alloc::string::String;
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

/// How far behind the end of a list an element can be set; those between are null.
const MAX_GAP: usize = 1000;

/// Sets `a.b.c` to `value`, making the objects on the way, as [`set_in`].
pub(crate) fn set_path(object: &mut Object, path: &str, value: Value) {
    within(object, |root| set_in(root, path, value));
}

/// Removes `a.b.c`, as [`remove_in`].
pub(crate) fn remove_path(object: &mut Object, path: &str) {
    within(object, |root| remove_in(root, path));
}

/// Works on an object as a value; what is an object stays one.
fn within(object: &mut Object, work: impl FnOnce(&mut Value)) {
    let mut root = Value::Object(core::mem::take(object));
    work(&mut root);
    if let Value::Object(changed) = root {
        *object = changed;
    }
}

/// Sets `a.b.c` in `root` to `value`. A list on the way is indexed by number, and has
/// no other names. Anything else on the way is replaced by an object.
pub(crate) fn set_in(root: &mut Value, path: &str, value: Value) {
    let mut place = root;
    for key in path.split('.').take(MAX_DEPTH) {
        match slot(place, key) {
            Some(next) => place = next,
            None => return,
        }
    }
    *place = value;
}

fn slot<'a>(place: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    if !matches!(place, Value::Object(_) | Value::Array(_)) {
        *place = Value::Object(Object::new());
    }
    match place {
        Value::Object(object) => {
            if !object.contains(key) {
                object.set(key, Value::Null);
            }
            object.get_mut(key)
        }
        Value::Array(items) => {
            let index = key.parse::<usize>().ok()?;
            if (items.len()..items.len() + MAX_GAP).contains(&index) {
                items.resize(index + 1, Value::Null);
            }
            items.get_mut(index)
        }
        _ => None,
    }
}

/// Removes `a.b.c`; a number at the end removes an element of a list.
pub(crate) fn remove_in(root: &mut Value, path: &str) {
    let (parents, last) = match path.rsplit_once('.') {
        Some((parents, last)) => (Some(parents), last),
        None => (None, path),
    };
    let mut keys = parents
        .into_iter()
        .flat_map(|parents| parents.split('.').take(MAX_DEPTH));
    match keys.try_fold(root, |place, key| member_mut(place, key)) {
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

    #[test]
    fn lists_are_set_by_number() {
        let mut object = Object::new();
        set_path(&mut object, "x", Value::from(alloc::vec![1, 2]));
        set_path(&mut object, "x.0", Value::from("first"));
        set_path(&mut object, "x.3.y", Value::from(4));
        set_path(&mut object, "x.name", Value::from("has no place in a list"));
        set_path(&mut object, "x.99999999", Value::from("too far"));
        assert_eq!(
            Value::Object(object).to_json(),
            r#"{"x":["first",2,null,{"y":4}]}"#
        );
    }

    #[test]
    fn a_root_may_be_anything() {
        let mut list = Value::from(alloc::vec![1, 2, 3]);
        remove_in(&mut list, "1");
        set_in(&mut list, "2", Value::from(4));
        assert_eq!(list.to_json(), "[1,3,4]");
        let mut text = Value::from("text");
        remove_in(&mut text, "a");
        set_in(&mut text, "a", Value::Null);
        assert_eq!(text.to_json(), r#"{"a":null}"#);
    }
}
