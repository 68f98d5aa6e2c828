//! Left children go over to the program that this process becomes: in messages on a socket that it finds
//! open, along with their descriptors.

use super::{Left, LeftChild};
use crate::child::ends::Ours;
use collodi_command::{Exit, Identity};
use rustix::{
    cmsg_space,
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::Errno,
    net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
        sockopt,
    },
};
use std::{
    fmt::Write as _,
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    time::Instant,
};

/// How many programs in a row may pass on a child that nobody takes over.
const MOST_PASSED: u8 = 8;

/// The most children in a message: the system lets 253 descriptors into one, and each has four at the most.
const TOGETHER: usize = 63;
const DESCRIPTORS: usize = 4 * TOGETHER;
/// More than the text of that many takes.
const TEXT: usize = 128 * TOGETHER;

/// The bytes of messages that may wait in a socket; the system may allow less.
const BUFFER: usize = 4 << 20;

impl Left {
    /// A socket for the program that this process becomes: it gets what was left and not adopted. Of those
    /// that the system has no room for it gets none, and finds the living ones as whoever comes after a kill.
    /// The backends that share this wait for nobody from now on: if no other program begins after all,
    /// new ones go on.
    ///
    /// # Errors
    ///
    /// When there can be no such socket.
    pub fn pass_on(&self) -> io::Result<OwnedFd> {
        let (ours, theirs) = sockets()?;
        self.pass_on_by(&ours);
        Ok(theirs)
    }

    /// The same to another process, by a socket that is connected to it and keeps messages apart.
    pub fn pass_on_by(&self, socket: &OwnedFd) {
        // Refused, it holds fewer.
        let _ = sockopt::set_socket_send_buffer_size(socket, BUFFER);
        let mut entries = self.lock();
        entries.round += 1;
        let children: Vec<_> = entries.children.iter().collect();
        for some in children.chunks(TOGETHER) {
            if send(socket.as_fd(), some).is_err() {
                break;
            }
        }
    }

    /// Takes in what the program that this process was before, or another process, has
    /// [passed on](Self::pass_on). What is no such socket has nothing in it.
    pub fn take_in(&self, socket: &OwnedFd) {
        while let Ok(children) = receive(socket.as_fd())
            && !children.is_empty()
        {
            let wanted = |(_, child): &(_, LeftChild)| child.passed < MOST_PASSED;
            let children = children.into_iter().filter(wanted);
            let mut entries = self.lock();
            entries.came = Some(Instant::now());
            entries.children.extend(children);
        }
    }
}

/// Two ends, at which messages stay apart.
fn sockets() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        flags,
        None,
    )?)
}

fn send(to: BorrowedFd<'_>, children: &[(&Identity, &LeftChild)]) -> Result<(), Errno> {
    let mut text = String::new();
    let mut descriptors = Vec::new();
    for (identity, child) in children {
        let slots = slots(child);
        descriptors.extend(slots.into_iter().flatten());
        let there = slots.map(|slot| if slot.is_some() { '1' } else { '0' });
        let exit = child.exit.map(Exit::written);
        let exit = exit.map_or_else(|| "-".to_owned(), |exit| exit.to_string());
        let there = String::from_iter(there);
        // A string takes all.
        let _ = writeln!(text, "{identity} {} {there} {exit}", child.passed);
    }
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = SendAncillaryBuffer::new(&mut space);
    along.push(SendAncillaryMessage::ScmRights(&descriptors));
    let text = [IoSlice::new(text.as_bytes())];
    sendmsg(to, &text, &mut along, SendFlags::DONTWAIT).map(drop)
}

/// The children of the next message; none when there is no other.
fn receive(from: BorrowedFd<'_>) -> Result<Vec<(Identity, LeftChild)>, Errno> {
    if sockopt::socket_type(from)? != SocketType::SEQPACKET {
        return Ok(Vec::new());
    }
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = RecvAncillaryBuffer::new(&mut space);
    let mut text = vec![0; TEXT];
    let mut into = [IoSliceMut::new(&mut text)];
    let how = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let received = recvmsg(from, &mut into, &mut along, how)?;
    text.truncate(received.bytes);
    let descriptors = along.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let mut descriptors = descriptors.flatten();
    let text = String::from_utf8_lossy(&text);
    // After one that cannot be read nobody knows which descriptor is whose.
    let children = text.lines().map_while(|line| read(line, &mut descriptors));
    Ok(children.collect())
}

/// The descriptors of a child that there may be.
fn slots(child: &LeftChild) -> [Option<BorrowedFd<'_>>; 4] {
    let streams = &child.streams;
    [
        &child.handle,
        &streams.stdin,
        &streams.stdout,
        &streams.stderr,
    ]
    .map(|slot| slot.as_ref().map(AsFd::as_fd))
}

/// A child, with all descriptors that it is said to have: this program may have had room for some only.
fn read(
    line: &str,
    descriptors: &mut impl Iterator<Item = OwnedFd>,
) -> Option<(Identity, LeftChild)> {
    let mut words = line.splitn(4, ' ');
    let identity = words.next()?.parse().ok()?;
    let passed: u8 = words.next()?.parse().ok()?;
    let mut there = words.next()?.chars().map(|slot| slot == '1');
    let exit = words.next()?.parse().ok();
    let mut slot = || match there.next()? {
        true => descriptors.next().map(Some),
        false => Some(None),
    };
    let child = LeftChild {
        handle: slot()?,
        exit,
        streams: Ours {
            stdin: slot()?,
            stdout: slot()?,
            stderr: slot()?,
        },
        passed: passed.saturating_add(1),
    };
    Some((identity, child))
}

#[cfg(test)]
mod tests {
    use super::{super::PATIENCE, *};
    use collodi_command::Signal;
    use rustix::io::{read as read_some, write};
    use std::task::Poll;

    fn identity(pid: u32) -> Identity {
        Identity {
            pid,
            started: 7,
            boot: "a-boot".into(),
        }
    }

    /// One whose output says which it is, and that has ended like this, if it has.
    fn child(number: u32, exit: Option<Exit>) -> LeftChild {
        let (ours, theirs) = rustix::pipe::pipe().unwrap();
        write(&theirs, &number.to_be_bytes()).unwrap();
        LeftChild {
            handle: None,
            exit,
            streams: Ours {
                stdin: None,
                stdout: Some(ours),
                stderr: number.is_multiple_of(2).then_some(theirs),
            },
            passed: 0,
        }
    }

    fn taken_in(socket: &OwnedFd) -> Left {
        let left = Left::default();
        left.take_in(socket);
        left
    }

    #[test]
    fn all_that_is_left_is_passed_on() {
        let exits = [
            None,
            Some(Exit::Code(3)),
            Some(Exit::Signal(Signal::KILL)),
            Some(Exit::Unknown),
        ];
        let all = || (1..=300).zip(exits.into_iter().cycle());
        let left = Left::default();
        all().for_each(|(pid, exit)| left.insert(identity(pid), child(pid, exit)));
        let next = taken_in(&left.pass_on().unwrap());
        // What this one has keeps it open for nobody.
        drop(left);
        for (pid, exit) in all() {
            let child = next.take(&identity(pid)).unwrap();
            assert_eq!(child.exit, exit);
            assert!(child.handle.is_none() && child.streams.stdin.is_none());
            assert_eq!(child.streams.stderr.is_some(), pid.is_multiple_of(2));
            let mut said = [0; 4];
            read_some(child.streams.stdout.unwrap(), &mut said).unwrap();
            assert_eq!(u32::from_be_bytes(said), pid);
        }
        assert!(next.lock().children.is_empty());
    }

    /// A program may be replaced before it has adopted anybody, but not for ever.
    #[test]
    fn whom_nobody_adopts_is_passed_on_for_a_while() {
        let mut left = Left::default();
        left.insert(identity(1), child(1, None));
        let mut lives = 0;
        while left.has(&identity(1)) {
            left = taken_in(&left.pass_on().unwrap());
            lives += 1;
        }
        assert_eq!(lives, MOST_PASSED);
    }

    #[test]
    fn what_nobody_wants_is_let_go() {
        let left = Left::default();
        left.insert(identity(1), child(1, None));
        let next = taken_in(&left.pass_on().unwrap());
        next.insert(identity(2), child(2, None));
        let came = next.lock().came.unwrap();
        let keeps = |since| {
            next.lock().let_go(came + since);
            [1, 2].map(|pid| next.has(&identity(pid)))
        };
        assert_eq!(keeps(PATIENCE / 2), [true, true]);
        assert_eq!(keeps(PATIENCE), [false, true]);
    }

    /// What ends between the message and the next program is left for that one to be waited for.
    #[test]
    fn nobody_is_waited_for_when_all_are_passed_on() {
        let left = Left::default();
        let wait = |round| left.reap(round, 1, || Poll::Ready(Exit::Code(0)));
        let before = left.round();
        let _socket = left.pass_on().unwrap();
        assert_eq!(wait(before), Poll::Pending);
        assert_eq!(wait(left.round()), Poll::Ready(Exit::Code(0)));
    }

    #[test]
    fn what_is_no_such_socket_passes_nothing_on() {
        let (pipe, _) = rustix::pipe::pipe().unwrap();
        assert!(taken_in(&pipe).lock().children.is_empty());
        let (stream, _) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(taken_in(&stream.into()).lock().children.is_empty());
        let (ours, theirs) = sockets().unwrap();
        for text in ["1:7:a-boot 0 0000 exit 3\n1:7 x\n", "2:7:a-boot 0 0010 -\n"] {
            write(&ours, text.as_bytes()).unwrap();
        }
        let left = taken_in(&theirs);
        assert!(left.has(&identity(1)));
        assert!(!left.has(&identity(2)), "its output did not come");
    }
}
