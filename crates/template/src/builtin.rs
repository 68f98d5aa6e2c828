//! What is built into the language: functions by path, and methods by type.

mod array;
pub(crate) mod bytes;
mod callback;
pub(crate) mod date;
mod global;
mod json;
mod lodash;
mod math;
mod method;
mod object;
mod path;
pub(crate) mod pattern;
mod search;
mod sort;
mod string;
mod uri;
pub(crate) mod url;

use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Function, Js},
};
use alloc::format;

pub(crate) use method::{call_method, has_method, is_object_method};

/// A function: what it was called with, to what it gives.
type Builtin = fn(&mut Evaluator<'_>, &[Js]) -> Result<Js>;

/// Functions by their path.
const FUNCTIONS: &[&[(&str, Builtin)]] = &[
    global::FUNCTIONS,
    array::FUNCTIONS,
    bytes::FUNCTIONS,
    json::FUNCTIONS,
    lodash::FUNCTIONS,
    math::FUNCTIONS,
    object::FUNCTIONS,
    path::FUNCTIONS,
    string::FUNCTIONS,
    uri::FUNCTIONS,
];

/// Names that hold functions; some are functions themselves.
const NAMESPACES: &[&str] = &[
    "Array", "Buffer", "Date", "JSON", "Math", "Number", "Object", "RegExp", "String", "URL", "_",
    "path",
];

/// Functions that only the scope can answer.
const ASKED: &[&str] = &["Date.now", "Math.random"];

/// The variable `name` of the language itself.
pub(crate) fn global(name: &str) -> Option<Js> {
    match name {
        "undefined" => Some(Js::Undefined),
        "NaN" => Some(Js::Number(f64::NAN)),
        "Infinity" => Some(Js::Number(f64::INFINITY)),
        _ => function(name),
    }
}

/// The member `name` of the built-in `path`.
pub(crate) fn member(path: &str, name: &str) -> Option<Js> {
    constant(path, name).or_else(|| function(&format!("{path}.{name}")))
}

/// The built-in function or namespace at `path`.
fn function(path: &str) -> Option<Js> {
    known(path).map(|path| Js::Function(Function::Builtin(path)))
}

fn known(path: &str) -> Option<&'static str> {
    let functions = FUNCTIONS.iter().copied().flatten().map(|(name, _)| *name);
    functions
        .chain(NAMESPACES.iter().copied())
        .chain(ASKED.iter().copied())
        .find(|name| *name == path)
}

/// The path of a built-in, which has to exist, for calling it.
pub(crate) fn name(path: &str) -> &'static str {
    known(path).unwrap_or("Object")
}

fn constant(path: &str, name: &str) -> Option<Js> {
    match path {
        "Math" => math::constant(name).map(Js::Number),
        "Number" => global::number_constant(name).map(Js::Number),
        "path" => path::constant(name).map(Js::author),
        _ => None,
    }
}

/// Calls the built-in function `path`.
pub(crate) fn call(evaluator: &mut Evaluator<'_>, path: &str, args: &[Js]) -> Result<Js> {
    let mut functions = FUNCTIONS.iter().copied().flatten();
    match functions.find(|(name, _)| *name == path) {
        Some((_, function)) => function(evaluator, args),
        None => Err(Stop::Thrown(format!("{path} is not a function"))),
    }
}

/// Argument `index`, or undefined.
fn arg(args: &[Js], index: usize) -> &Js {
    args.get(index).unwrap_or(&Js::Undefined)
}
