//! Programs of the kernel's packet filter, over the data of a system call.

use super::{Architecture, Condition, Rule, Set, rules};
use alloc::vec::Vec;

/// An instruction, as the kernel's `struct sock_filter` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What to do.
    pub code: u16,
    /// How many instructions to pass over when a comparison holds.
    pub jt: u8,
    /// And when it does not.
    pub jf: u8,
    /// The operand.
    pub k: u32,
}

/// A program that allows what no rule refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program(Vec<Instruction>);

/// The byte offsets of what a program can load.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const RETURN: u16 = 0x06;
const IF_EQUAL: u16 = 0x15;
const IF_AT_LEAST: u16 = 0x35;
const IF_ANY: u16 = 0x45;

const ALLOW: u32 = 0x7FFF_0000;
const KILL: u32 = 0x8000_0000;
const ERRNO: u32 = 0x0005_0000;
const NOSYS: u32 = 38;
/// Numbers of x32 begin here.
const X32: u32 = 0x4000_0000;

impl Program {
    /// The program of a set of rules.
    pub fn of(set: Set, architecture: Architecture) -> Self {
        let mut program = Vec::from([
            load(ARCHITECTURE),
            jump(IF_EQUAL, architecture.audit(), 1, 0),
            give(KILL),
            load(NUMBER),
        ]);
        if architecture == Architecture::X86_64 {
            // The all-ones number is what a tracer puts where there is to be no call.
            program.extend([jump(IF_AT_LEAST, X32, 0, 1), give(ERRNO | NOSYS)]);
        }
        for rule in rules(set) {
            if let Some(number) = rule.call.number(architecture) {
                program.extend(block(&rule, number));
            }
        }
        program.push(give(ALLOW));
        Self(program)
    }

    /// The instructions.
    pub fn instructions(&self) -> &[Instruction] {
        &self.0
    }

    /// The program as a file of `struct sock_filter`, of a machine with little-endian
    /// numbers: those of all [architectures](Architecture) are.
    pub fn bytes(&self) -> Vec<u8> {
        let bytes = self.0.iter().flat_map(|i| {
            let ([a, b], [c, d, e, f]) = (i.code.to_le_bytes(), i.k.to_le_bytes());
            [a, b, i.jt, i.jf, c, d, e, f]
        });
        bytes.collect()
    }
}

/// What is done about a call: all of it is passed over for another one.
fn block(rule: &Rule, number: u32) -> Vec<Instruction> {
    let refuse = give(ERRNO | rule.errno);
    let mut body = Vec::new();
    for conditions in rule.when {
        body.extend(alternative(conditions, refuse));
    }
    body.push(if rule.when.is_empty() {
        refuse
    } else {
        give(ALLOW)
    });
    let over = small(body.len());
    core::iter::once(jump(IF_EQUAL, number, 0, over))
        .chain(body)
        .collect()
}

/// Refuses when all conditions hold, and goes on behind itself otherwise.
fn alternative(conditions: &[Condition], refuse: Instruction) -> Vec<Instruction> {
    let mut after = Vec::from([refuse]);
    for condition in conditions.iter().rev() {
        let mut part = test(*condition, small(after.len()));
        part.append(&mut after);
        after = part;
    }
    after
}

/// Goes on when the condition holds, and else passes over what follows it.
fn test(condition: Condition, over: u8) -> Vec<Instruction> {
    match condition {
        Condition::Any(at, mask) => Vec::from([load(argument(at)), jump(IF_ANY, mask, 0, over)]),
        Condition::Is(at, value) => Vec::from([load(argument(at)), jump(IF_EQUAL, value, 0, over)]),
        Condition::Bits(at, mask, value) => Vec::from([
            load(argument(at)),
            Instruction {
                code: AND,
                jt: 0,
                jf: 0,
                k: mask,
            },
            jump(IF_EQUAL, value, 0, over),
        ]),
        Condition::Not(at, values) => {
            let left = (0..values.len()).rev().map(small);
            let tests = values.iter().zip(left);
            let tests =
                tests.map(|(value, left)| jump(IF_EQUAL, *value, left.saturating_add(over), 0));
            core::iter::once(load(argument(at))).chain(tests).collect()
        }
    }
}

/// The low half of an argument.
const fn argument(at: u8) -> u32 {
    ARGUMENTS + 8 * at as u32
}

const fn load(offset: u32) -> Instruction {
    Instruction {
        code: LOAD,
        jt: 0,
        jf: 0,
        k: offset,
    }
}

const fn jump(code: u16, k: u32, jt: u8, jf: u8) -> Instruction {
    Instruction { code, jt, jf, k }
}

const fn give(k: u32) -> Instruction {
    Instruction {
        code: RETURN,
        jt: 0,
        jf: 0,
        k,
    }
}

/// A distance. That all of them fit is tested over all sets.
fn small(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}
