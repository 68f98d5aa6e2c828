#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod builtin;
mod diagnostic;
mod eval;
#[doc(hidden)]
pub mod fuzz;
mod render;
mod scope;
mod shell;
mod syntax;
mod template;
mod text;
mod value;

pub use builtin::bytes::{buffer_value, bytes_of, bytes_to_text};
pub use diagnostic::{Note, NoteKind, Problem, ProblemKind, Reference};
pub use render::{Missing, Render, Rendered, Sink};
pub use scope::{Call, Question, Scope, Variable};
pub use template::Template;
