//! `local.set`, `local.get`, `local.rm`, `global.set`, `global.rm`, and the variables
//! of `set` and `rm`

use super::{Started, Step};
use crate::{
    context::Context,
    memory::Memory,
    params::{Params, wrong},
};
use alloc::{string::String, vec::Vec};
use collodi_script::Method;
use collodi_value::{Object, Value};

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let result = match method {
        Method::LocalGet => get(cx, params)?,
        Method::LocalSet => {
            let entries = entries(cx, params)?;
            Memory::set_all(&mut cx.memory.local, &entries);
            Value::Null
        }
        Method::GlobalSet => {
            let entries = entries(cx, params)?;
            Memory::set_all(&mut cx.memory.global, &entries);
            Value::Null
        }
        Method::LocalRm => remove(&mut cx.memory.local, params)?,
        _ => remove(&mut cx.memory.global, params)?,
    };
    Ok(Step::Done(result))
}

fn get(cx: &Context, params: Params<'_>) -> Result<Value, crate::params::Fault> {
    let key = params.required_text("key")?;
    Ok(cx.memory.local.get(&key).cloned().unwrap_or_default())
}

/// What is set: the parameters themselves, or in the VATN dialect `value` under `key`.
fn entries(cx: &Context, params: Params<'_>) -> Result<Object, crate::params::Fault> {
    let Some(object) = params.value().as_object() else {
        return Err(crate::params::Fault {
            pointer: "/params".into(),
            ..wrong("", "an object", params.value())
        });
    };
    match (cx.is_vatn(), params.text("key"), object.get("value")) {
        (true, Ok(Some(key)), Some(value)) => Ok([(key, value.clone())].into_iter().collect()),
        _ => Ok(object.clone()),
    }
}

fn remove(from: &mut Object, params: Params<'_>) -> Result<Value, crate::params::Fault> {
    let paths = names(params.value()).ok_or_else(|| crate::params::Fault {
        pointer: "/params".into(),
        ..wrong("", "a list of names", params.value())
    })?;
    Memory::remove_all(from, &paths);
    Ok(Value::Null)
}

/// A list of dotted names; one text is a list of one.
pub(super) fn names(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => Some(items.iter().map(Value::to_text).collect()),
        Value::String(path) => Some([path.clone()].into()),
        _ => None,
    }
}

/// Sets the variables under `local` and `global`: all of them or, when one of the two
/// cannot be used, none.
pub(super) fn set_both(cx: &mut Context, params: Params<'_>) -> Result<(), crate::params::Fault> {
    let (local, global) = (params.object("local")?, params.object("global")?);
    Memory::set_all(&mut cx.memory.local, &local);
    Memory::set_all(&mut cx.memory.global, &global);
    Ok(())
}

/// Removes the variables that `local` and `global` name, as [`set_both`] sets them.
pub(super) fn remove_both(
    cx: &mut Context,
    params: Params<'_>,
) -> Result<(), crate::params::Fault> {
    let (local, global) = (params.texts("local")?, params.texts("global")?);
    Memory::remove_all(&mut cx.memory.local, &local);
    Memory::remove_all(&mut cx.memory.global, &global);
    Ok(())
}
