//! A JSON reader that keeps the place of everything and goes on after errors.

mod lexer;
mod literal;
mod module;
mod node;
mod number;
mod parser;
mod recover;
mod string;
mod syntax;

pub(crate) use node::{Kind, Member, Node};
pub(crate) use parser::read;
pub(crate) use string::source_span;
pub(crate) use syntax::Syntax;
