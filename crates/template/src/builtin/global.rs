//! Conversions, and the numbers about numbers.

use super::{Builtin, arg};
use crate::{
    eval::{Evaluator, Result},
    value::{Js, Text, number},
};

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("Boolean", |_, args| Ok(Js::Bool(arg(args, 0).is_truthy()))),
    ("Number", to_number),
    ("Number.isFinite", |_, args| {
        Ok(Js::Bool(
            matches!(arg(args, 0), Js::Number(n) if n.is_finite()),
        ))
    }),
    ("Number.isInteger", |_, args| {
        Ok(Js::Bool(is_integer(arg(args, 0))))
    }),
    ("Number.isNaN", |_, args| {
        Ok(Js::Bool(
            matches!(arg(args, 0), Js::Number(n) if n.is_nan()),
        ))
    }),
    ("Number.isSafeInteger", |_, args| {
        let safe = matches!(arg(args, 0), Js::Number(n) if libm::fabs(*n) <= MAX_SAFE_INTEGER);
        Ok(Js::Bool(safe && is_integer(arg(args, 0))))
    }),
    ("Number.parseFloat", parse_float),
    ("Number.parseInt", parse_int),
    ("String", to_string),
    ("isFinite", |evaluator, args| {
        Ok(Js::Bool(evaluator.number_of(arg(args, 0))?.is_finite()))
    }),
    ("isNaN", |evaluator, args| {
        Ok(Js::Bool(evaluator.number_of(arg(args, 0))?.is_nan()))
    }),
    ("parseFloat", parse_float),
    ("parseInt", parse_int),
    ("raw", raw),
];

const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

pub(super) fn number_constant(name: &str) -> Option<f64> {
    Some(match name {
        "EPSILON" => f64::EPSILON,
        "MAX_SAFE_INTEGER" => MAX_SAFE_INTEGER,
        "MIN_SAFE_INTEGER" => -MAX_SAFE_INTEGER,
        "MAX_VALUE" => f64::MAX,
        "MIN_VALUE" => 5e-324,
        "NaN" => f64::NAN,
        "POSITIVE_INFINITY" => f64::INFINITY,
        "NEGATIVE_INFINITY" => f64::NEG_INFINITY,
        _ => return None,
    })
}

fn is_integer(value: &Js) -> bool {
    matches!(value, Js::Number(n) if n.is_finite() && libm::trunc(*n) == *n)
}

fn to_number(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    match args.first() {
        None => Ok(Js::Number(0.0)),
        Some(value) => evaluator.number_of(value).map(Js::Number),
    }
}

fn to_string(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    match args.first() {
        None => Ok(Js::author("")),
        Some(value) => evaluator.text_of(value).map(Js::from),
    }
}

fn parse_float(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    Ok(Js::Number(number::parse_float(text.as_str())))
}

fn parse_int(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    let radix = number::to_int32(evaluator.number_of(arg(args, 1))?);
    let value = u32::try_from(radix).map(|radix| number::parse_int(text.as_str(), radix));
    Ok(Js::Number(value.unwrap_or(f64::NAN)))
}

/// `raw(x)`: the author says that this data may be shell syntax.
fn raw(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    evaluator.raw |= !text.is_author();
    Ok(Text::author(text.shared()).into())
}
