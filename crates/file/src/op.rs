//! Questions and answers.

use crate::Claim;
use alloc::{string::String, sync::Arc, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_disk::{Limits, Space, Tally};
use core::fmt;

/// Something to do with files. All paths are opened beneath their root.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileOp {
    /// The whole content of a regular file.
    Read {
        /// The file.
        path: ContainedPath,
        /// The most bytes to read; a longer file is [`TooLarge`](crate::FileErrorKind::TooLarge).
        limit: u64,
    },
    /// Replaces the content of a file as one step: a reader sees the old one or
    /// the new one. Makes the directories above it.
    Write {
        /// The file.
        path: ContainedPath,
        /// The new content.
        bytes: Vec<u8>,
        /// Whether the file can be run as a program.
        executable: bool,
        /// Whether a new file can be read by its owner alone, from its making on. A
        /// file that is there keeps its permissions.
        private: bool,
        /// Whether the new content is on the disk when it is answered. Without that it is there for
        /// all who look, and outlasts whoever wrote it; until the system has written it to the disk,
        /// a loss of power may leave the old content, the new, or an empty file.
        durable: bool,
    },
    /// Adds to the end of a file, which is made when it is not there.
    Append {
        /// The file.
        path: ContainedPath,
        /// What to add.
        bytes: Vec<u8>,
    },
    /// Makes a directory and those above it. One that is there is fine.
    MakeDir {
        /// The directory.
        path: ContainedPath,
    },
    /// Removes a file, a link (never what it points at), or a directory with all
    /// that is in it. One that is not there is fine.
    Remove {
        /// What to remove; never the root itself.
        path: ContainedPath,
    },
    /// Renames within a root. Fails when the target is there.
    Rename {
        /// The old path.
        from: ContainedPath,
        /// The new path.
        to: ContainedPath,
    },
    /// Copies a regular file, or a directory with all that is in it, where links are
    /// copied as links. Makes the directories above the copy, replaces a file that is
    /// there, and adds to a directory that is there.
    Copy {
        /// What to copy.
        from: ContainedPath,
        /// The copy.
        to: ContainedPath,
    },
    /// What is there, without following a link at the end.
    Stat {
        /// The path.
        path: ContainedPath,
    },
    /// The entries of a directory, by name.
    List {
        /// The directory.
        path: ContainedPath,
    },
    /// The content of the regular files of a directory, of those with the last names: what many
    /// small files hold is known with one answer. Links are left out, and so is what goes
    /// meanwhile.
    ReadAll {
        /// The directory.
        path: ContainedPath,
        /// How many files, counted from the last name.
        last: usize,
        /// The most bytes to read of all together; when there are more, it is
        /// [`TooLarge`](crate::FileErrorKind::TooLarge).
        limit: u64,
    },
    /// Makes a symbolic link. Fails when something is at its path, and when its target
    /// lies neither in the root of the path nor in that root's annexes.
    Link {
        /// The link.
        path: ContainedPath,
        /// Where it leads; nothing need be there.
        to: ContainedPath,
    },
    /// Counts what a directory takes, itself and all that is in it. No link is followed and
    /// no other disk entered; what cannot be read is named in the tally. Whoever stops
    /// waiting for the answer ends the count.
    Measure {
        /// The directory.
        path: ContainedPath,
        /// What bounds the count.
        limits: Limits,
    },
    /// The room on the disk of a path. When nothing is there, that of the directories above
    /// it that are.
    Space {
        /// The path.
        path: ContainedPath,
    },
    /// Makes a file that one program at a time has claimed, and makes the directories
    /// above it. The claim ends with [`Release`](Self::Release), and with the program that
    /// has it, however that ends; the file stays. One that is there and nobody claims is
    /// taken over, with what is noted in it: what its maker began is not lost with another
    /// death ([`Claim::over`]). Never waits: when somebody else has the claim, the answer is
    /// [`Held`](FileAnswer::Held), also when that is this program. A link, and a file with
    /// other names, is [`Special`](crate::FileErrorKind::Special): somebody else may have put
    /// it there, and what it names would be written over.
    Claim {
        /// The file.
        path: ContainedPath,
        /// What is for others to read in it, in at most [`Claim::MAX_NOTE`] bytes.
        note: String,
    },
    /// Who has claimed a file, this program or another. Nothing is written or made; one that
    /// is not there is [`NotHeld`](FileAnswer::NotHeld). What a claim refuses is refused here.
    Holder {
        /// The file.
        path: ContainedPath,
    },
    /// Ends a claim of this program. One that it has not is fine.
    Release {
        /// The file that was claimed; it may have been removed.
        path: ContainedPath,
    },
}

impl FileOp {
    /// Reads at most `limit` bytes.
    pub const fn read(path: ContainedPath, limit: u64) -> Self {
        Self::Read { path, limit }
    }

    /// Replaces the content of a file that is no program.
    pub const fn write(path: ContainedPath, bytes: Vec<u8>) -> Self {
        Self::Write {
            path,
            bytes,
            executable: false,
            private: false,
            durable: true,
        }
    }

    /// Replaces the content of a file that holds secrets: a new one is its owner's alone.
    pub const fn write_private(path: ContainedPath, bytes: Vec<u8>) -> Self {
        Self::Write {
            path,
            bytes,
            executable: false,
            private: true,
            durable: true,
        }
    }

    /// Notes what is of use only as long as the machine runs, or is written again soon: as
    /// [`write_private`](Self::write_private), but nobody waits for the disk.
    pub const fn note(path: ContainedPath, bytes: Vec<u8>) -> Self {
        Self::Write {
            path,
            bytes,
            executable: false,
            private: true,
            durable: false,
        }
    }

    /// The path the operation is about; of two, the first.
    pub const fn path(&self) -> &ContainedPath {
        match self {
            Self::Read { path, .. }
            | Self::Write { path, .. }
            | Self::Append { path, .. }
            | Self::MakeDir { path }
            | Self::Remove { path }
            | Self::Stat { path }
            | Self::List { path }
            | Self::ReadAll { path, .. }
            | Self::Measure { path, .. }
            | Self::Space { path }
            | Self::Claim { path, .. }
            | Self::Holder { path }
            | Self::Release { path }
            | Self::Link { path, .. } => path,
            Self::Rename { from, .. } | Self::Copy { from, .. } => from,
        }
    }

    /// The operation in a word or two.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::Write { durable: false, .. } => "note",
            Self::Write { .. } => "write",
            Self::Append { .. } => "append to",
            Self::MakeDir { .. } => "make directory",
            Self::Remove { .. } => "remove",
            Self::Rename { .. } => "rename",
            Self::Copy { .. } => "copy",
            Self::Stat { .. } => "look at",
            Self::List { .. } => "list",
            Self::ReadAll { .. } => "read all of",
            Self::Link { .. } => "link",
            Self::Measure { .. } => "measure",
            Self::Space { .. } => "look how much is free at",
            Self::Claim { .. } => "claim",
            Self::Holder { .. } => "look who has",
            Self::Release { .. } => "release",
        }
    }
}

impl fmt::Display for FileOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb(), self.path())?;
        match self {
            Self::Rename { to, .. } | Self::Copy { to, .. } | Self::Link { to, .. } => {
                write!(f, " to {to}")
            }
            Self::Write { bytes, .. } | Self::Append { bytes, .. } => {
                write!(f, " ({} bytes)", bytes.len())
            }
            _ => Ok(()),
        }
    }
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileAnswer {
    /// It is done.
    Done,
    /// The content that was read.
    Bytes(Vec<u8>),
    /// What is there; nothing when the path is free.
    Stat(Option<Stat>),
    /// The entries of a directory, by name.
    Entries(Vec<Entry>),
    /// The names of files and their content, by name.
    Files(Vec<(String, Vec<u8>)>),
    /// What a directory takes.
    Measured(Arc<Tally>),
    /// The room on a disk.
    Space(Space),
    /// The file is claimed; with what an earlier program left in it, when it was there.
    Claimed(Option<Claim>),
    /// Somebody has the claim.
    Held(Claim),
    /// Nobody has it.
    NotHeld,
}

impl fmt::Display for FileAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Stat(None) => f.write_str("nothing there"),
            Self::Stat(Some(stat)) => write!(f, "{}", stat.kind),
            Self::Entries(entries) => write!(f, "{} entries", entries.len()),
            Self::Files(files) => write!(f, "{} files", files.len()),
            Self::Measured(tally) => write!(f, "{tally}"),
            Self::Space(Space { free, total }) => write!(f, "{free} of {total} bytes are free"),
            Self::Claimed(None) => f.write_str("claimed"),
            Self::Claimed(Some(left)) => write!(f, "claimed, left by {left}"),
            Self::Held(claim) => write!(f, "held by {claim}"),
            Self::NotHeld => f.write_str("held by nobody"),
        }
    }
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The kind of thing.
    pub kind: FileKind,
    /// Size in bytes; of a regular file.
    pub size: u64,
}

/// The kind of thing at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A device, FIFO or socket.
    Special,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Link => "link",
            Self::Special => "special file",
        })
    }
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name; one that is not UTF-8 has U+FFFD in place of the odd bytes.
    pub name: String,
    /// The kind of thing.
    pub kind: FileKind,
}
