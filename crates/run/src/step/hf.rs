//! `hf.download`, `hf.upload`: the `hf` program

use super::{Started, shell};
use crate::{context::Context, params::Params, params::wrong};
use collodi_script::Method;
use collodi_value::{Object, Value};

/// Runs the program in a shell. What is not about the shell is for the program.
pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let Some(given) = params.value().as_object() else {
        return Err(wrong("_", "what to transfer", params.value()));
    };
    let is_download = matches!(method, Method::HfDownload);
    let verb = if is_download { "download" } else { "upload" };
    let mut words = alloc::vec![Value::from("hf"), Value::from(verb)];
    match given.get("_") {
        Some(Value::Array(items)) => words.extend(items.iter().cloned()),
        Some(Value::Null) | None => {}
        Some(one) => words.push(one.clone()),
    }
    let (mut command, mut rest) = (Object::new(), Object::new());
    command.set("_", Value::Array(words));
    for (key, value) in given.iter() {
        match key {
            "_" => {}
            "path" | "env" => drop(rest.set(key, value.clone())),
            _ => drop(command.set(key, value.clone())),
        }
    }
    let mut lines = alloc::vec![Value::Object(command)];
    if is_download {
        lines.push(Value::from("ls"));
    }
    rest.set("message", Value::Array(lines));
    shell::start(cx, Params::new(&Value::Object(rest)))
}
