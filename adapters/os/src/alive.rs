//! Whether a process lives.

use rustix::{io::Errno, process::Pid};

/// Whether there is a process of this number, also one that is not ours to signal.
pub fn lives(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let answer = pid.map(rustix::process::test_kill_process);
    matches!(answer, Some(Ok(()) | Err(Errno::PERM)))
}

#[cfg(test)]
mod tests {
    use super::lives;

    #[test]
    fn we_live_and_numbers_that_none_can_have_do_not() {
        assert!(lives(std::process::id()));
        assert!(!lives(0) && !lives(u32::MAX));
    }
}
