//! Reading the process table from `/proc`.

use super::{MARKER, Process, Table, small::read_small};
use collodi_command::TreeId;
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{CWD, Dir, Mode, OFlags},
    io::Errno,
};
use std::{
    collections::BTreeMap,
    ffi::CStr,
    fs::File,
    io::{self, Read as _},
    sync::LazyLock,
    time::{Duration, Instant},
};

/// The most bytes of an environment that are searched; the kernel allows about six.
const MAX_ENVIRONMENT: u64 = 8 << 20;
/// How often the table is read again because process ids wrapped around meanwhile.
const ATTEMPTS: u32 = 3;
/// How often, and after what pause, an environment is read again that `exec` was just
/// putting in place.
const EXEC_ATTEMPTS: u32 = 50;
const EXEC_PAUSE: Duration = Duration::from_micros(100);
/// The flag of the kernel's own threads.
const KERNEL_THREAD: u64 = 0x0020_0000;

impl Table {
    /// Reads the process table.
    ///
    /// `/proc` lists ids upwards, and new ids are handed out upwards: a process that is
    /// started meanwhile is met later on, unless ids start over at the bottom just then.
    /// In that case the table is read again, so one table is enough to see that nobody
    /// of a tree is left.
    ///
    /// # Errors
    ///
    /// When `/proc` cannot be read, or is that of another PID namespace.
    pub fn read() -> io::Result<Self> {
        let mut table = Self::read_once()?;
        for _ in 1..ATTEMPTS {
            if table.1 {
                break;
            }
            table = Self::read_once()?;
        }
        Ok(table.0)
    }

    /// The table, and whether ids only went up meanwhile.
    fn read_once() -> io::Result<(Self, bool)> {
        let read_at = Instant::now();
        let proc = open_directory(CWD, c"/proc")?;
        is_of_this_namespace(proc.as_fd())?;
        let before = last_pid(proc.as_fd());
        let mut reader = Reader::new(proc);
        let mut processes = BTreeMap::new();
        for entry in Dir::read_from(&reader.proc)? {
            let entry = entry?;
            let name = entry.file_name();
            let process = is_number(name).then(|| reader.process(name)).flatten();
            processes.extend(process.map(|process| (process.pid, process)));
        }
        let after = last_pid(reader.proc.as_fd());
        let upwards = before.zip(after).is_some_and(|(b, a)| b <= a);
        Ok((Self { read_at, processes }, upwards))
    }
}

/// The process with this id as it is now, its tree not looked at; none when there is none
/// or it is a zombie.
pub(crate) fn process(pid: i32) -> Option<Process> {
    let stat = stat(pid)?;
    (!stat.is_dead()).then(|| stat.into_process(None))
}

/// When the process with this id started, also when it is a zombie.
pub(crate) fn started(pid: i32) -> Option<u64> {
    Some(stat(pid)?.started)
}

/// How the process with this id ended, as `wait` has it, while nobody has waited for it; none when
/// it has not ended, or that is not ours to see.
pub(crate) fn exit_status(pid: i32) -> Option<i32> {
    if !is_ours() {
        return None;
    }
    // Who may not see it is shown zero, and cannot follow this link.
    rustix::fs::readlink(format!("/proc/{pid}/ns/user"), Vec::new()).ok()?;
    let stat = stat(pid)?;
    stat.exit_status.filter(|_| stat.is_dead())
}

fn stat(pid: i32) -> Option<Stat> {
    read_small(&format!("/proc/{pid}/stat"), Stat::parse)
}

fn is_number(name: &CStr) -> bool {
    name.to_bytes().iter().all(u8::is_ascii_digit)
}

/// Whether the processes of `/proc` are those that we see.
pub(crate) fn is_ours() -> bool {
    static OURS: LazyLock<bool> = LazyLock::new(|| {
        open_directory(CWD, c"/proc").is_ok_and(|proc| is_of_this_namespace(proc.as_fd()).is_ok())
    });
    *OURS
}

/// In a `/proc` of another namespace every id names somebody else.
fn is_of_this_namespace(proc: BorrowedFd<'_>) -> io::Result<()> {
    let own = rustix::process::getpid().as_raw_nonzero().to_string();
    match rustix::fs::readlinkat(proc, c"self", Vec::new()) {
        Ok(listed) if listed.as_bytes() == own.as_bytes() => Ok(()),
        _ => Err(io::Error::other(
            "/proc is mounted for another PID namespace; mount it for this one",
        )),
    }
}

/// The id that was handed out last.
fn last_pid(proc: BorrowedFd<'_>) -> Option<i32> {
    let mut text = String::new();
    open_file(proc, c"loadavg")
        .ok()?
        .read_to_string(&mut text)
        .ok()?;
    text.split_whitespace().last()?.parse().ok()
}

#[derive(Debug)]
struct Reader {
    proc: OwnedFd,
    buffer: Vec<u8>,
}

impl Reader {
    const fn new(proc: OwnedFd) -> Self {
        Self {
            proc,
            buffer: Vec::new(),
        }
    }

    /// The process whose directory is `name`. It may be gone before it is read.
    fn process(&mut self, name: &CStr) -> Option<Process> {
        let dir = open_directory(self.proc.as_fd(), name).ok()?;
        let stat = self.stat(&dir)?;
        if stat.is_dead() {
            return None;
        }
        let tree = if stat.is_kernel() {
            None
        } else {
            self.tree(&dir, &stat)
        };
        Some(stat.into_process(tree))
    }

    fn stat(&mut self, dir: &OwnedFd) -> Option<Stat> {
        self.read(dir, c"stat").ok()?;
        Stat::parse(&self.buffer)
    }

    /// The tree by the marker. While `exec` puts a new environment in place there is
    /// none to read for a moment, and the process would seem to be nobody's.
    fn tree(&mut self, dir: &OwnedFd, stat: &Stat) -> Option<TreeId> {
        let mut environment_at = stat.environment_end;
        for _ in 0..EXEC_ATTEMPTS {
            if self.read(dir, c"environ").is_err() {
                let ended = self.stat(dir)?.leader_ended();
                return ended.then(|| self.tree_of_threads(dir))?;
            }
            if !self.buffer.is_empty() {
                return marked(&self.buffer);
            }
            if environment_at != 0 {
                return None;
            }
            std::thread::sleep(EXEC_PAUSE);
            environment_at = self.stat(dir)?.environment_end;
        }
        None
    }

    /// The first thread has ended, and its environment with it; others live on.
    fn tree_of_threads(&mut self, dir: &OwnedFd) -> Option<TreeId> {
        let tasks = open_directory(dir.as_fd(), c"task").ok()?;
        for entry in Dir::read_from(&tasks).ok()? {
            let Ok(task) = open_directory(tasks.as_fd(), entry.ok()?.file_name()) else {
                continue;
            };
            if self.read(&task, c"environ").is_ok() && !self.buffer.is_empty() {
                return marked(&self.buffer);
            }
        }
        None
    }

    fn read(&mut self, dir: &OwnedFd, name: &CStr) -> io::Result<()> {
        self.buffer.clear();
        let file = open_file(dir.as_fd(), name)?;
        file.take(MAX_ENVIRONMENT).read_to_end(&mut self.buffer)?;
        Ok(())
    }
}

/// The tree that an environment names.
fn marked(environment: &[u8]) -> Option<TreeId> {
    let mut variables = environment.split(|byte| *byte == 0);
    variables.find_map(|variable| {
        let value = variable
            .strip_prefix(MARKER.as_bytes())?
            .strip_prefix(b"=")?;
        Some(TreeId::new(core::str::from_utf8(value).ok()?))
    })
}

/// What `/proc/PID/stat` says.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    pid: i32,
    name: String,
    state: u8,
    parent: i32,
    group: i32,
    session: i32,
    flags: u64,
    threads: u64,
    started: u64,
    /// Zero before the environment is in place, and when it is not ours to see.
    environment_end: u64,
    exit_status: Option<i32>,
}

impl Stat {
    /// The name stands in parentheses and may hold any byte, parentheses too.
    fn parse(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let (pid, rest) = text.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // The manual counts from 1, and the state is field 3.
        let field = |number: usize| fields.get(number.checked_sub(3)?).copied();
        let number = |at: usize| field(at)?.parse::<u64>().ok();
        let id = |at: usize| field(at)?.parse::<i32>().ok();
        Some(Self {
            pid: pid.parse().ok()?,
            name: name.to_owned(),
            state: field(3)?.bytes().next()?,
            parent: id(4)?,
            group: id(5)?,
            session: id(6)?,
            flags: number(9)?,
            threads: number(20)?,
            started: number(22)?,
            environment_end: number(51).unwrap_or(0),
            exit_status: id(52),
        })
    }

    /// Whether its first thread has ended.
    const fn leader_ended(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }

    const fn is_dead(&self) -> bool {
        self.leader_ended() && self.threads <= 1
    }

    const fn is_kernel(&self) -> bool {
        self.flags & KERNEL_THREAD != 0
    }

    fn into_process(self, tree: Option<TreeId>) -> Process {
        Process {
            pid: self.pid,
            parent: self.parent,
            group: self.group,
            session: self.session,
            started: self.started,
            name: self.name,
            tree,
        }
    }
}

fn open_directory(at: BorrowedFd<'_>, name: &CStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(at, name, flags, Mode::empty())?)
}

fn open_file(at: BorrowedFd<'_>, name: &CStr) -> Result<File, Errno> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    rustix::fs::openat(at, name, flags, Mode::empty()).map(File::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAIL: &str = "4194560 1 2 3 4 5 6 7 8 20 0 1 0 777 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 4242 0";

    #[test]
    fn a_name_with_parentheses() {
        let line = format!("42 (a) S (b) Z 7 42 6 0 -1 {TAIL}");
        let stat = Stat::parse(line.as_bytes()).unwrap();
        assert_eq!(
            (stat.pid, stat.name.as_str(), stat.state),
            (42, "a) S (b", b'Z')
        );
        assert_eq!((stat.parent, stat.group, stat.session), (7, 42, 6));
        assert_eq!((stat.started, stat.threads), (777, 1));
        assert!(stat.is_dead());
    }

    #[test]
    fn half_a_line_is_none() {
        for line in ["", "42", "42 (sh", "42 (sh) S 1 2"] {
            assert_eq!(Stat::parse(line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn the_marker_is_a_whole_name() {
        let table: [(&[u8], Option<&str>); 5] = [
            (b"A=1\0COLLODI_TREE=a-1\0B=2\0", Some("a-1")),
            (b"COLLODI_TREE=a-1", Some("a-1")),
            (b"XCOLLODI_TREE=a-1\0", None),
            (b"COLLODI_TREES=a-1\0", None),
            (b"A=COLLODI_TREE=a-1\0", None),
        ];
        for (environment, tree) in table {
            assert_eq!(marked(environment), tree.map(TreeId::new));
        }
    }

    #[test]
    fn finds_itself_as_the_kernel_has_it() {
        let own = i32::try_from(std::process::id()).unwrap();
        let table = Table::read().unwrap();
        let found = &table.processes[&own];
        let alone = process(own).unwrap();
        assert_eq!((found.pid, found.started), (alone.pid, alone.started));
        assert_eq!(
            found.parent,
            i32::try_from(std::os::unix::process::parent_id()).unwrap()
        );
        assert!(found.started > 0);
    }
}
