//! The values of expressions: what JavaScript has and JSON has not.

mod convert;
mod js;
pub(crate) mod number;
pub(crate) mod text;
pub(crate) mod units;

pub(crate) use convert::{from_object, from_value, relative};
pub(crate) use js::{Env, Found, Frame, Function, Js, List, MAX_DEPTH, Map, element};
pub(crate) use text::{Text, TextBuilder};
