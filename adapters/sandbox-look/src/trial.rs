//! What a trial says, which may hang.

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::AsFd,
};
use std::{
    io::Read,
    time::{Duration, Instant},
};

/// How long the trial of a sandbox may take. One on a machine that is busy takes a second.
const TIME: Duration = Duration::from_secs(10);
/// The most that is read of what it complains about.
const MOST_SAID: usize = 4096;

/// What a trial says until it closes its end of the pipe; none when it does not in time: then
/// it is to be killed. What cannot be read is not known.
pub fn said_in_time(pipe: impl Read + AsFd) -> Option<String> {
    said_within(TIME, pipe)
}

fn said_within(time: Duration, mut pipe: impl Read + AsFd) -> Option<String> {
    let begun = Instant::now();
    let (mut said, mut part) = (Vec::new(), [0; 512]);
    while said.len() < MOST_SAID {
        if !is_ready(&pipe, time.saturating_sub(begun.elapsed())) {
            return None;
        }
        match pipe.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(read) => said.extend(part.iter().take(read)),
        }
    }
    Some(String::from_utf8_lossy(&said).into_owned())
}

fn is_ready(pipe: &impl AsFd, time: Duration) -> bool {
    let Ok(time) = Timespec::try_from(time) else {
        return false;
    };
    let mut polled = [PollFd::new(pipe, PollFlags::IN)];
    // An interruption is as good as a time that is over: a trial can be made again.
    poll(&mut polled, Some(&time)).is_ok_and(|ready| ready > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn who_says_nothing_more_is_not_waited_for() {
        let (ours, mut theirs) = std::io::pipe().unwrap();
        theirs.write_all(b"half").unwrap();
        assert_eq!(said_within(Duration::ZERO, &ours).as_deref(), None);
        drop(theirs);
    }

    #[test]
    fn what_is_said_to_the_end_is_told() {
        let (ours, mut theirs) = std::io::pipe().unwrap();
        theirs.write_all(b"bwrap: no\n").unwrap();
        drop(theirs);
        assert_eq!(said_in_time(&ours).as_deref(), Some("bwrap: no\n"));
    }
}
