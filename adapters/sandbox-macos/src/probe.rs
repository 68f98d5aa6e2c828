//! Finding out whether Seatbelt works here, by using it.

use collodi_sandbox::{Seatbelt, SeatbeltFault};
use collodi_sandbox_look::{Distrust, said_in_time, trusted};
use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

/// A program that does nothing.
const NOTHING: &str = "/usr/bin/true";
/// What `sandbox-exec` ends with when it cannot read the profile.
const NOT_UNDERSTOOD: i32 = 65;

/// Whether the program at this path makes the sandbox of a plan, with a program in it that
/// does nothing.
pub(crate) fn seatbelt(path: &Path, plan: &Seatbelt) -> Result<(), SeatbeltFault> {
    trusted(path).map_err(distrusted)?;
    let plan = Seatbelt {
        command: vec![NOTHING.to_owned()],
        ..plan.clone()
    };
    let failed = |error: io::Error| SeatbeltFault::Failed(error.to_string());
    let (code, said) = run(path, &plan).map_err(failed)?;
    match code {
        Some(0) => Ok(()),
        code => Err(fault(code, &said)),
    }
}

fn distrusted(why: Distrust) -> SeatbeltFault {
    match why {
        Distrust::Missing(path) => SeatbeltFault::Missing(path),
        Distrust::Changeable(why) => SeatbeltFault::Untrusted(why),
    }
}

/// Runs it to its end, which comes in time, and gives how it ended and what it complained about.
fn run(path: &Path, plan: &Seatbelt) -> io::Result<(Option<i32>, String)> {
    let mut child = Command::new(path)
        .args(plan.arguments())
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = child.stderr.take();
    let said = stderr.map_or_else(|| Some(String::new()), said_in_time);
    if said.is_none() {
        // One that has ended meanwhile needs no signal.
        let _ = child.kill();
    }
    let status = child.wait()?;
    let said = said.ok_or(io::ErrorKind::TimedOut)?;
    Ok((status.code(), said))
}

/// What `sandbox-exec` means by its code and its last line.
fn fault(code: Option<i32>, said: &str) -> SeatbeltFault {
    let line = said.lines().rfind(|line| !line.trim().is_empty());
    let line = line.unwrap_or("it said nothing").trim().to_owned();
    if line.contains("sandbox_apply") {
        SeatbeltFault::Nested(line)
    } else if code == Some(NOT_UNDERSTOOD) || line.contains("unbound variable") {
        SeatbeltFault::Rules(line)
    } else {
        SeatbeltFault::Failed(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_nested_from_not_understood() {
        let table = [
            (
                Some(71),
                "sandbox-exec: sandbox_apply: Operation not permitted\n",
                "this is in a sandbox already (sandbox-exec: sandbox_apply: Operation not permitted)",
            ),
            (
                Some(65),
                "sandbox-exec: <input string>:3:1: unbound variable: file-reed\n\n",
                "sandbox-exec does not take the profile (sandbox-exec: <input string>:3:1: unbound \
                 variable: file-reed)",
            ),
            (
                Some(71),
                "sandbox-exec: execvp() of '/usr/bin/true' failed: No such file or directory\n",
                "sandbox-exec failed: sandbox-exec: execvp() of '/usr/bin/true' failed: No such file \
                 or directory",
            ),
            (None, "", "sandbox-exec failed: it said nothing"),
        ];
        for (code, said, meant) in table {
            assert_eq!(fault(code, said).to_string(), meant);
        }
    }
}
