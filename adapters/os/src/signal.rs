//! Signals and exits between data and the operating system.

use collodi_command::{Exit, Signal};
use rustix::process::{Signal as System, WaitIdStatus};
use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

/// The signals whose numbers differ between systems, and those everybody has.
const NAMED: [(Signal, System); 12] = [
    (Signal::HUP, System::HUP),
    (Signal::INT, System::INT),
    (Signal::QUIT, System::QUIT),
    (Signal::ABRT, System::ABORT),
    (Signal::KILL, System::KILL),
    (Signal::USR1, System::USR1),
    (Signal::SEGV, System::SEGV),
    (Signal::USR2, System::USR2),
    (Signal::PIPE, System::PIPE),
    (Signal::TERM, System::TERM),
    (Signal::CONT, System::CONT),
    (Signal::STOP, System::STOP),
];

/// How a process ended, by its status as `wait` has it.
pub(crate) fn exit_of_status(status: i32) -> Exit {
    let status = ExitStatus::from_raw(status);
    let code = status.code().map(Exit::Code);
    let signal = || status.signal().and_then(from_system).map(Exit::Signal);
    code.or_else(signal).unwrap_or(Exit::Unknown)
}

/// How a process ended, by its status as `waitid` has it.
pub(crate) fn exit_of(status: &WaitIdStatus) -> Exit {
    let code = status.exit_status().map(Exit::Code);
    let signal = || status.terminating_signal().and_then(from_system);
    code.or_else(|| signal().map(Exit::Signal))
        .unwrap_or(Exit::Unknown)
}

/// The system's signal; none for numbers that have no name here.
pub(crate) fn to_system(signal: Signal) -> Option<System> {
    let named = NAMED.iter().find(|(ours, _)| *ours == signal);
    named
        .map(|(_, system)| *system)
        .or_else(|| same_number(signal))
}

fn from_system(number: i32) -> Option<Signal> {
    let named = NAMED.iter().find(|(_, system)| system.as_raw() == number);
    named
        .map(|(ours, _)| *ours)
        .or_else(|| Signal::from_number(number))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn same_number(signal: Signal) -> Option<System> {
    System::from_named_raw(signal.number())
}

/// Elsewhere the other numbers mean other signals.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn same_number(_: Signal) -> Option<System> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (signal, system) in NAMED {
            assert_eq!(to_system(signal), Some(system));
            assert_eq!(from_system(system.as_raw()), Some(signal));
        }
    }

    #[test]
    fn statuses() {
        let table = [
            (0, Exit::Code(0)),
            (0x0300, Exit::Code(3)),
            (System::KILL.as_raw(), Exit::Signal(Signal::KILL)),
            (System::SEGV.as_raw() | 0x80, Exit::Signal(Signal::SEGV)),
        ];
        for (raw, exit) in table {
            assert_eq!(exit_of_status(raw), exit, "{raw:#x}");
        }
    }
}
