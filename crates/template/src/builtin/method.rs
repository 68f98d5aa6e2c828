//! Methods: by the type of the value, then by name.

use super::{array, bytes, date, pattern, string};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, element, number},
};
use alloc::format;

/// Whether `value` has a method `name`.
pub(crate) fn has_method(value: &Js, name: &str) -> bool {
    let own = match value {
        Js::Text(_) => string::METHODS.iter().any(|(method, _)| *method == name),
        Js::List(_) => array::METHODS.iter().any(|(method, _)| *method == name),
        Js::Number(_) => NUMBER_METHODS.contains(&name),
        Js::Pattern(_) => matches!(name, "test" | "exec"),
        Js::Date(_) => date::is_method(name),
        Js::Bytes(_) => matches!(name, "slice" | "subarray" | "toString"),
        Js::Undefined | Js::Null => return false,
        _ => false,
    };
    own || is_object_method(name)
}

/// Whether every object has a method `name`.
pub(crate) fn is_object_method(name: &str) -> bool {
    COMMON_METHODS.contains(&name)
}

const NUMBER_METHODS: &[&str] = &["toFixed", "toPrecision"];
const COMMON_METHODS: &[&str] = &["hasOwnProperty", "toString", "valueOf"];

/// Calls the method `name` of `owner`.
pub(crate) fn call_method(
    evaluator: &mut Evaluator<'_>,
    owner: &Js,
    name: &str,
    args: &[Js],
) -> Result<Js> {
    match owner {
        Js::Text(text) => {
            if let Some((_, method)) = string::METHODS.iter().find(|(method, _)| *method == name) {
                return method(evaluator, text, args);
            }
        }
        Js::List(list) => {
            if let Some((_, method)) = array::METHODS.iter().find(|(method, _)| *method == name) {
                return method(evaluator, list, args);
            }
        }
        Js::Number(n) => {
            if let Some(result) = number_method(evaluator, *n, name, args) {
                return result;
            }
        }
        Js::Pattern(pattern) if name == "test" => return pattern::test(evaluator, pattern, args),
        Js::Pattern(pattern) if name == "exec" => return pattern::exec(evaluator, pattern, args),
        Js::Date(ms) if date::is_method(name) => return date::method(*ms, name),
        Js::Bytes(data) if matches!(name, "slice" | "subarray" | "toString") => {
            return bytes::method(evaluator, data, name, args);
        }
        _ => {}
    }
    common_method(evaluator, owner, name, args)
}

fn common_method(evaluator: &mut Evaluator<'_>, owner: &Js, name: &str, args: &[Js]) -> Result<Js> {
    match name {
        "toString" => evaluator.text_of(owner).map(Js::from),
        "valueOf" => Ok(owner.clone()),
        "hasOwnProperty" => {
            let key = evaluator.text_of(super::arg(args, 0))?;
            super::object::has_own(evaluator, owner, key.as_str()).map(Js::Bool)
        }
        _ => Err(Stop::Thrown(format!("{name} is not a function"))),
    }
}

fn number_method(
    evaluator: &mut Evaluator<'_>,
    n: f64,
    name: &str,
    args: &[Js],
) -> Option<Result<Js>> {
    match name {
        "toFixed" => Some(to_fixed(evaluator, n, args)),
        "toPrecision" => Some(to_precision(evaluator, n, args)),
        "toString" if !matches!(super::arg(args, 0), Js::Undefined) => {
            Some(to_radix(evaluator, n, args))
        }
        _ => None,
    }
}

fn to_fixed(evaluator: &mut Evaluator<'_>, n: f64, args: &[Js]) -> Result<Js> {
    let digits = evaluator.integer_of(super::arg(args, 0))?;
    if !(0.0..=100.0).contains(&digits) {
        return Err(Stop::thrown("toFixed takes 0 to 100 digits"));
    }
    evaluator.spend(64)?;
    Ok(Js::author(if libm::fabs(n) < 1e21 {
        number::to_fixed(n, digits as usize)
    } else {
        collodi_value::number_to_text(n)
    }))
}

fn to_precision(evaluator: &mut Evaluator<'_>, n: f64, args: &[Js]) -> Result<Js> {
    if matches!(super::arg(args, 0), Js::Undefined) || !n.is_finite() {
        return Ok(Js::author(collodi_value::number_to_text(n)));
    }
    let digits = evaluator.integer_of(super::arg(args, 0))?;
    if !(1.0..=100.0).contains(&digits) {
        return Err(Stop::thrown("toPrecision takes 1 to 100 digits"));
    }
    evaluator.spend(64)?;
    Ok(Js::author(number::to_precision(n, digits as usize)))
}

fn to_radix(evaluator: &mut Evaluator<'_>, n: f64, args: &[Js]) -> Result<Js> {
    let radix = evaluator.integer_of(super::arg(args, 0))?;
    if !(2.0..=36.0).contains(&radix) {
        return Err(Stop::thrown("a radix is 2 to 36"));
    }
    evaluator.spend(64)?;
    Ok(Js::author(if radix == 10.0 || !n.is_finite() {
        collodi_value::number_to_text(n)
    } else {
        number::to_radix(n, radix as u32)
    }))
}

/// Whether `key` is an index below `length`.
pub(super) fn is_index_below(key: &str, length: usize) -> bool {
    element(key).is_some_and(|index| (index as usize) < length)
}
