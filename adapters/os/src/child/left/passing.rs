//! Left children go over to the program that this process becomes: in messages on a socket that it finds
//! open, along with their descriptors.

use super::{Entry, Left, LeftChild};
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
};

/// The most children in a message: the system lets 253 descriptors into one, and each has four at the most.
const TOGETHER: usize = 63;
const DESCRIPTORS: usize = 4 * TOGETHER;
/// More than the text of that many takes.
const TEXT: usize = 128 * TOGETHER;

/// The bytes of messages that may wait in a socket; the system may allow less.
const BUFFER: usize = 4 << 20;

impl Left {
    /// A socket for the program that this process becomes: it gets all that was left since this one
    /// [got](Self::passed_on) its own. Of those that the system has no room for it gets none, and finds
    /// them as whoever has left none.
    ///
    /// # Errors
    ///
    /// When there can be no such socket.
    pub fn pass_on(&self) -> io::Result<OwnedFd> {
        let (ours, theirs) = sockets()?;
        let entries = self.lock();
        let left = entries.iter().filter(|(_, entry)| !entry.is_passed_on);
        let children: Vec<_> = left.map(|(of, entry)| (of, &entry.child)).collect();
        for some in children.chunks(TOGETHER) {
            send(ours.as_fd(), some)?;
        }
        Ok(theirs)
    }

    /// What the program that this process was before has [passed on](Self::pass_on).
    pub fn passed_on(socket: OwnedFd) -> Self {
        let left = Self::default();
        while let Ok(children) = receive(socket.as_fd())
            && !children.is_empty()
        {
            let entry = |child| Entry {
                child,
                is_passed_on: true,
            };
            let children = children.into_iter();
            left.lock()
                .extend(children.map(|(of, child)| (of, entry(child))));
        }
        left
    }
}

/// Two ends, at which messages stay apart.
fn sockets() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    // Refused, it holds fewer.
    let _ = sockopt::set_socket_send_buffer_size(&ours, BUFFER);
    Ok((ours, theirs))
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
        let _ = writeln!(text, "{identity} {there} {exit}");
    }
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = SendAncillaryBuffer::new(&mut space);
    along.push(SendAncillaryMessage::ScmRights(&descriptors));
    let text = [IoSlice::new(text.as_bytes())];
    sendmsg(to, &text, &mut along, SendFlags::empty()).map(drop)
}

/// The children of the next message; none when there is no other.
fn receive(from: BorrowedFd<'_>) -> Result<Vec<(Identity, LeftChild)>, Errno> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = RecvAncillaryBuffer::new(&mut space);
    let mut text = vec![0; TEXT];
    let mut into = [IoSliceMut::new(&mut text)];
    let received = recvmsg(from, &mut into, &mut along, RecvFlags::CMSG_CLOEXEC)?;
    text.truncate(received.bytes);
    let mut descriptors = along.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let mut descriptors = descriptors.by_ref().flatten();
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

fn read(
    line: &str,
    descriptors: &mut impl Iterator<Item = OwnedFd>,
) -> Option<(Identity, LeftChild)> {
    let mut words = line.splitn(3, ' ');
    let identity = words.next()?.parse().ok()?;
    let mut there = words.next()?.chars().map(|slot| slot == '1');
    let exit = words.next()?.parse().ok();
    let mut slot = || there.next()?.then(|| descriptors.next())?;
    let child = LeftChild {
        handle: slot(),
        exit,
        streams: Ours {
            stdin: slot(),
            stdout: slot(),
            stderr: slot(),
        },
    };
    Some((identity, child))
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_command::Signal;
    use rustix::io::{read as read_some, write};

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
        }
    }

    #[test]
    fn all_that_is_left_is_passed_on_once() {
        let exits = [
            None,
            Some(Exit::Code(3)),
            Some(Exit::Signal(Signal::KILL)),
            Some(Exit::Unknown),
        ];
        let all = || (1..=300).zip(exits.into_iter().cycle());
        let left = Left::default();
        all().for_each(|(pid, exit)| left.insert(identity(pid), child(pid, exit)));
        let next = Left::passed_on(left.pass_on().unwrap());
        // What this one has keeps it open for nobody.
        drop(left);
        let none_again = Left::passed_on(next.pass_on().unwrap());
        assert!(none_again.lock().is_empty());
        for (pid, exit) in all() {
            let child = next.take(&identity(pid)).unwrap();
            assert_eq!(child.exit, exit);
            assert!(child.handle.is_none() && child.streams.stdin.is_none());
            assert_eq!(child.streams.stderr.is_some(), pid.is_multiple_of(2));
            let mut said = [0; 4];
            read_some(child.streams.stdout.unwrap(), &mut said).unwrap();
            assert_eq!(u32::from_be_bytes(said), pid);
        }
        assert!(next.lock().is_empty());
    }

    #[test]
    fn what_is_no_such_socket_passes_nothing_on() {
        let (pipe, _) = rustix::pipe::pipe().unwrap();
        assert!(Left::passed_on(pipe).lock().is_empty());
        let (ours, theirs) = sockets().unwrap();
        write(&ours, b"1:7:a-boot 0010 exit 3\n1:7 x\n").unwrap();
        let left = Left::passed_on(theirs);
        let child = left.take(&identity(1)).unwrap();
        assert!(child.streams.stdout.is_none(), "it came with none");
        assert!(left.lock().is_empty());
    }
}
