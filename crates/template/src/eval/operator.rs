//! The operators on values.

use super::{Evaluator, Result, Stop, compare::same};
use crate::{
    syntax::{BinaryOp, Expr, UnaryOp},
    value::{
        Env, Function, Js, TextBuilder,
        number::{to_int32, to_uint32},
    },
};

impl Evaluator<'_> {
    pub(super) fn apply_unary(&mut self, op: UnaryOp, value: &Js) -> Result<Js> {
        Ok(match op {
            UnaryOp::Not => Js::Bool(!value.is_truthy()),
            UnaryOp::Minus => Js::Number(-self.number_of(value)?),
            UnaryOp::Plus => Js::Number(self.number_of(value)?),
            UnaryOp::BitNot => Js::Number(f64::from(!to_int32(self.number_of(value)?))),
            UnaryOp::Typeof => Js::author(value.type_name()),
            UnaryOp::Void => Js::Undefined,
        })
    }

    pub(super) fn binary(
        &mut self,
        first: &Expr,
        rest: &[(BinaryOp, Expr)],
        env: &Env,
    ) -> Result<Js> {
        let mut value = self.eval(first, env)?;
        for (op, operand) in rest {
            let operand = self.eval(operand, env)?;
            value = self.apply(*op, &value, &operand)?;
        }
        Ok(value)
    }

    fn apply(&mut self, op: BinaryOp, a: &Js, b: &Js) -> Result<Js> {
        Ok(match op {
            BinaryOp::Add => return self.add(a, b),
            BinaryOp::Equal => Js::Bool(self.equal(a, b)?),
            BinaryOp::NotEqual => Js::Bool(!self.equal(a, b)?),
            BinaryOp::Same => Js::Bool(same(a, b)),
            BinaryOp::NotSame => Js::Bool(!same(a, b)),
            BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual => Js::Bool(self.ordered(op, a, b)?),
            BinaryOp::In => Js::Bool(self.has_member(a, b)?),
            BinaryOp::Instanceof => Js::Bool(is_instance(a, b)?),
            _ => {
                let (a, b) = (self.number_of(a)?, self.number_of(b)?);
                Js::Number(arithmetic(op, a, b))
            }
        })
    }

    /// A sum, or a text when one side is one.
    fn add(&mut self, a: &Js, b: &Js) -> Result<Js> {
        let (a, b) = (self.primitive_of(a)?, self.primitive_of(b)?);
        if !matches!(a, Js::Text(_)) && !matches!(b, Js::Text(_)) {
            return Ok(Js::Number(self.number_of(&a)? + self.number_of(&b)?));
        }
        let mut out = TextBuilder::default();
        for side in [&a, &b] {
            let text = self.text_of(side)?;
            self.make(text.as_str().len())?;
            out.push(&text);
        }
        Ok(out.build().into())
    }

    /// `key in object`.
    fn has_member(&mut self, key: &Js, object: &Js) -> Result<bool> {
        if matches!(object, Js::Map(_) | Js::List(_) | Js::Url(_)) {
            let key = self.text_of(key)?;
            let length = matches!(object, Js::List(_)) && key.as_str() == "length";
            Ok(length || self.own_member(object, key.as_str())?.is_some())
        } else {
            Err(Stop::thrown("the right side of in must be an object"))
        }
    }
}

/// `value instanceof class`, for the classes that values here can have.
fn is_instance(value: &Js, class: &Js) -> Result<bool> {
    let Js::Function(Function::Builtin(class)) = class else {
        return Err(Stop::thrown("the right side of instanceof is not a class"));
    };
    let object = value.type_name() == "object" && !matches!(value, Js::Null);
    Ok(match *class {
        "Object" => object || matches!(value, Js::Function(_)),
        "Array" => matches!(value, Js::List(_)),
        "RegExp" => matches!(value, Js::Pattern(_)),
        "Date" => matches!(value, Js::Date(_)),
        "URL" => matches!(value, Js::Url(_)),
        "Buffer" => matches!(value, Js::Bytes(_)),
        _ => false,
    })
}

fn arithmetic(op: BinaryOp, a: f64, b: f64) -> f64 {
    match op {
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Remainder => libm::fmod(a, b),
        BinaryOp::Power => power(a, b),
        BinaryOp::BitAnd => f64::from(to_int32(a) & to_int32(b)),
        BinaryOp::BitOr => f64::from(to_int32(a) | to_int32(b)),
        BinaryOp::BitXor => f64::from(to_int32(a) ^ to_int32(b)),
        BinaryOp::ShiftLeft => f64::from(to_int32(a).wrapping_shl(to_uint32(b))),
        BinaryOp::ShiftRight => f64::from(to_int32(a).wrapping_shr(to_uint32(b))),
        _ => f64::from(to_uint32(a).wrapping_shr(to_uint32(b))),
    }
}

/// JavaScript has no answer where C says one.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    let undecided = libm::fabs(base) == 1.0 && exponent.is_infinite();
    if exponent.is_nan() || undecided {
        f64::NAN
    } else {
        libm::pow(base, exponent)
    }
}
