//! Seccomp programs: which system calls are refused, and with which error.
//!
//! What is not refused is allowed. Programs are written for the architecture that they run
//! on; a call of another one (on `x86_64`: of i386, and of x32) is refused whole, as numbers
//! mean something else there.

mod bpf;
mod call;
mod rules;

pub use bpf::{Instruction, Program};
pub use call::{Architecture, Call};
pub use rules::{Condition, Rule, Set, rules};
