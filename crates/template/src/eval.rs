//! Evaluation: a tree and a scope to a value, in bounded steps and space.

mod call;
mod chain;
mod coerce;
mod compare;
mod evaluator;
mod literal;
mod operator;

pub(crate) use compare::{same, same_value};
pub(crate) use evaluator::{Evaluator, Stop};
pub(crate) use operator::power;
pub(crate) type Result<T> = core::result::Result<T, Stop>;
