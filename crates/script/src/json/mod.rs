//! A JSON reader that keeps the place of everything and goes on after errors.

mod lexer;
mod literal;
mod node;
mod number;
mod parser;
mod recover;
mod string;

pub(crate) use node::{Kind, Member, Node};
pub(crate) use parser::read;
pub(crate) use string::source_span;
