//! `local.set`, `local.get`, `local.rm`, `global.set`, `global.rm`

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
    let paths: Vec<String> = match params.value() {
        Value::Array(items) => items.iter().map(Value::to_text).collect(),
        Value::String(path) => [path.clone()].into(),
        other => {
            return Err(crate::params::Fault {
                pointer: "/params".into(),
                ..wrong("", "a list of names", other)
            });
        }
    };
    Memory::remove_all(from, &paths);
    Ok(Value::Null)
}
