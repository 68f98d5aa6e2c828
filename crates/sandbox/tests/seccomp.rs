//! Seccomp programs, run as the kernel runs them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use collodi_sandbox::seccomp::{Architecture, Call, Instruction, Program, Set, rules};
use proptest::prelude::*;

const ALLOW: u32 = 0x7FFF_0000;
const KILL: u32 = 0x8000_0000;
const ERRNO: u32 = 0x0005_0000;
const SETS: [Set; 3] = [
    Set::Namespaced,
    Set::Alone { sockets: true },
    Set::Alone { sockets: false },
];
const ARCHITECTURES: [(Architecture, u32); 2] = [
    (Architecture::X86_64, 0xC000_003E),
    (Architecture::Aarch64, 0xC000_00B7),
];

/// A system call as a filter sees it.
#[derive(Clone, Copy, Debug)]
struct Data {
    audit: u32,
    number: u32,
    arguments: [u64; 6],
}

impl Data {
    fn load(&self, offset: u32) -> u32 {
        let argument = |at: u32| self.arguments[at as usize];
        match offset {
            0 => self.number,
            4 => self.audit,
            16..64 if offset.is_multiple_of(8) => argument((offset - 16) / 8) as u32,
            _ => panic!("offset {offset}"),
        }
    }
}

/// What a program says. It panics where the kernel would not take the program.
fn run(program: &[Instruction], data: &Data) -> u32 {
    let (mut at, mut a) = (0, 0);
    loop {
        let Instruction { code, jt, jf, k } = program[at];
        at += 1;
        let mut jump = |holds: bool| at += usize::from(if holds { jt } else { jf });
        match code {
            0x20 => a = data.load(k),
            0x54 => a &= k,
            0x06 => return k,
            0x15 => jump(a == k),
            0x35 => jump(a >= k),
            0x45 => jump(a & k != 0),
            _ => panic!("code {code:#x}"),
        }
    }
}

fn said(set: Set, call: Call, arguments: &[u64]) -> u32 {
    let (architecture, audit) = ARCHITECTURES[0];
    let mut all = [0; 6];
    all[..arguments.len()].copy_from_slice(arguments);
    let number = call.number(architecture).unwrap();
    let program = Program::of(set, architecture);
    run(
        program.instructions(),
        &Data {
            audit,
            number,
            arguments: all,
        },
    )
}

#[test]
fn refuses_by_argument() {
    const HIGH: u64 = 0xDEAD_0000_0000;
    let refused = |call, arguments: &[u64]| match said(Set::Namespaced, call, arguments) {
        ALLOW => None,
        other => Some(other & !ERRNO),
    };
    let table: &[(Call, &[u64], Option<u32>)] = &[
        (Call::ptrace, &[], Some(1)),
        (Call::clone3, &[], Some(38)),
        (Call::io_uring_setup, &[], Some(38)),
        (Call::clone, &[0x0100_0000 | 17], None),
        (Call::clone, &[0x1000_0000], Some(1)),
        (Call::ioctl, &[0, 0x5412], Some(1)),
        // The kernel does not look at the upper half.
        (Call::ioctl, &[0, HIGH | 0x5412], Some(1)),
        (Call::ioctl, &[0, 0x541C], Some(1)),
        (Call::ioctl, &[0, 0x5401], None),
        (Call::chmod, &[0, 0o755], None),
        (Call::chmod, &[0, 0o4755], Some(1)),
        (Call::fchmodat, &[0, 0, 0o2755], Some(1)),
        // A mode that is not read may be anything.
        (Call::openat, &[0, 0, 0, 0o4755], None),
        (Call::openat, &[0, 0, 0x41, 0o4755], Some(1)),
        (Call::openat, &[0, 0, 0x41, 0o644], None),
        (Call::openat, &[0, 0, 0x41_0002, 0o6755], Some(1)),
        (Call::mknodat, &[0, 0, 0o020_666], Some(1)),
        (Call::mknodat, &[0, 0, 0o060_666], Some(1)),
        (Call::mknodat, &[0, 0, 0o010_666], None),
        (Call::mknodat, &[0, 0, 0o140_666], None),
        (Call::personality, &[0], None),
        (Call::personality, &[u64::from(u32::MAX)], None),
        (Call::personality, &[0x4_0000], Some(1)),
        (Call::socket, &[1], None),
        (Call::socket, &[2], None),
        (Call::socket, &[HIGH | 40], Some(97)),
        (Call::socket, &[38], Some(97)),
        (Call::socketpair, &[1], None),
        (Call::socketpair, &[2], Some(97)),
        (Call::prlimit64, &[77], None),
        (Call::shmget, &[], None),
    ];
    for (call, arguments, errno) in table {
        assert_eq!(
            refused(*call, arguments),
            *errno,
            "{}{arguments:x?}",
            call.name()
        );
    }
}

#[test]
fn without_namespaces_more_is_refused() {
    let alone = |call, arguments: &[u64]| said(Set::Alone { sockets: false }, call, arguments);
    assert_eq!(alone(Call::shmget, &[]), ERRNO | 38);
    assert_eq!(alone(Call::socket, &[1]), ERRNO | 97);
    assert_eq!(alone(Call::prlimit64, &[0]), ALLOW);
    assert_eq!(alone(Call::prlimit64, &[77]), ERRNO | 1);
    assert_eq!(alone(Call::setpriority, &[0, 1]), ERRNO | 1);
    assert_eq!(
        said(Set::Alone { sockets: true }, Call::socket, &[1]),
        ALLOW
    );
}

#[test]
fn other_architectures_are_not_let_in() {
    for set in SETS {
        let program = Program::of(set, Architecture::X86_64);
        let said = |audit, number| {
            run(
                program.instructions(),
                &Data {
                    audit,
                    number,
                    arguments: [0; 6],
                },
            )
        };
        // i386, and x32 with its bit.
        assert_eq!(said(0x4000_0003, 1), KILL);
        assert_eq!(said(0xC000_003E, 0x4000_0000 + 101), ERRNO | 38);
        assert_eq!(said(0xC000_003E, 1), ALLOW);
    }
}

#[test]
fn every_rule_is_about_a_call_of_its_own() {
    for set in SETS {
        let mut calls: Vec<_> = rules(set).iter().map(|rule| rule.call).collect();
        let count = calls.len();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), count);
    }
}

#[test]
fn programs_are_what_the_kernel_takes() {
    for (set, (architecture, _)) in SETS.into_iter().flat_map(|s| ARCHITECTURES.map(|a| (s, a))) {
        let program = Program::of(set, architecture);
        let all = program.instructions();
        assert!(all.len() <= 4096);
        assert_eq!(program.bytes().len(), all.len() * 8);
        for (at, Instruction { code, jt, jf, .. }) in all.iter().enumerate() {
            let far = usize::from(*jt.max(jf));
            // The last one returns; no jump leads beyond it.
            assert!(*code == 0x06 || at + 1 + far < all.len(), "{at}");
            assert!(far < usize::from(u8::MAX), "{at}");
            assert!(*code != 0x06 || (*jt, *jf) == (0, 0));
        }
    }
}

proptest! {
    /// A program ends for every call, and refuses none that no rule names.
    #[test]
    fn only_named_calls_are_refused(number in 0_u32..600, arguments: [u64; 6]) {
        for (set, (architecture, audit)) in SETS.into_iter().flat_map(|s| ARCHITECTURES.map(|a| (s, a))) {
            let program = Program::of(set, architecture);
            let said = run(program.instructions(), &Data { audit, number, arguments });
            let named = rules(set).iter().any(|rule| rule.call.number(architecture) == Some(number));
            prop_assert!(said == ALLOW || named);
        }
    }
}
