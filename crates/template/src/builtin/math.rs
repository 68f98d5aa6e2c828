//! `Math`.

use super::{Builtin, arg};
use crate::{
    eval::{Evaluator, Result, power},
    value::Js,
};

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("Math.abs", |e, args| with(e, args, libm::fabs)),
    ("Math.acos", |e, args| with(e, args, libm::acos)),
    ("Math.asin", |e, args| with(e, args, libm::asin)),
    ("Math.atan", |e, args| with(e, args, libm::atan)),
    ("Math.atan2", |e, args| with_two(e, args, libm::atan2)),
    ("Math.cbrt", |e, args| with(e, args, libm::cbrt)),
    ("Math.ceil", |e, args| with(e, args, libm::ceil)),
    ("Math.cos", |e, args| with(e, args, libm::cos)),
    ("Math.exp", |e, args| with(e, args, libm::exp)),
    ("Math.floor", |e, args| with(e, args, libm::floor)),
    ("Math.hypot", |e, args| fold(e, args, 0.0, libm::hypot)),
    ("Math.log", |e, args| with(e, args, libm::log)),
    ("Math.log10", |e, args| with(e, args, libm::log10)),
    ("Math.log2", |e, args| with(e, args, libm::log2)),
    ("Math.max", |e, args| {
        fold(e, args, f64::NEG_INFINITY, largest)
    }),
    ("Math.min", |e, args| {
        fold(e, args, f64::INFINITY, |a, b| -largest(-a, -b))
    }),
    ("Math.pow", |e, args| with_two(e, args, power)),
    ("Math.round", |e, args| with(e, args, round)),
    ("Math.sign", |e, args| with(e, args, sign)),
    ("Math.sin", |e, args| with(e, args, libm::sin)),
    ("Math.sqrt", |e, args| with(e, args, libm::sqrt)),
    ("Math.tan", |e, args| with(e, args, libm::tan)),
    ("Math.trunc", |e, args| with(e, args, libm::trunc)),
];

pub(super) fn constant(name: &str) -> Option<f64> {
    use core::f64::consts;
    Some(match name {
        "E" => consts::E,
        "LN10" => consts::LN_10,
        "LN2" => consts::LN_2,
        "LOG10E" => consts::LOG10_E,
        "LOG2E" => consts::LOG2_E,
        "PI" => consts::PI,
        "SQRT1_2" => consts::FRAC_1_SQRT_2,
        "SQRT2" => consts::SQRT_2,
        _ => return None,
    })
}

fn with(evaluator: &mut Evaluator<'_>, args: &[Js], function: fn(f64) -> f64) -> Result<Js> {
    Ok(Js::Number(function(evaluator.number_of(arg(args, 0))?)))
}

fn with_two(
    evaluator: &mut Evaluator<'_>,
    args: &[Js],
    function: fn(f64, f64) -> f64,
) -> Result<Js> {
    let first = evaluator.number_of(arg(args, 0))?;
    let second = evaluator.number_of(arg(args, 1))?;
    Ok(Js::Number(function(first, second)))
}

fn fold(
    evaluator: &mut Evaluator<'_>,
    args: &[Js],
    start: f64,
    function: fn(f64, f64) -> f64,
) -> Result<Js> {
    evaluator.spend(args.len())?;
    let mut value = start;
    for arg in args {
        value = function(value, evaluator.number_of(arg)?);
    }
    Ok(Js::Number(value))
}

/// NaN is contagious, and 0 is larger than -0.
fn largest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == b {
        if a.is_sign_negative() { b } else { a }
    } else if a > b {
        a
    } else {
        b
    }
}

/// Halves go up, and what rounds to zero keeps its sign.
fn round(n: f64) -> f64 {
    let floor = libm::floor(n);
    let rounded = if n - floor >= 0.5 { floor + 1.0 } else { floor };
    libm::copysign(rounded, n)
}

fn sign(n: f64) -> f64 {
    if n.is_nan() || n == 0.0 {
        n
    } else {
        libm::copysign(1.0, n)
    }
}
