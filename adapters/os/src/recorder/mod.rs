//! Keeps what a child says, before it is told.

mod resting;
mod segment;

use crate::fault::Fault;
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Exit, Identity, Recording, RecordingPlace, Stream};
use collodi_file::FileErrorKind;
use collodi_logs::{
    Mask,
    recording::{Marked, Veil},
};
use rustix::{
    fd::{BorrowedFd, OwnedFd},
    io::Errno,
};
use segment::Segment;
use std::{
    mem,
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

pub(crate) use resting::Resting;

/// How much more than its bound a segment may get, at most.
const OVER: usize = 64 << 10;

/// How long a disk that took nothing is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// Writes one recording.
///
/// A disk that takes nothing does not stop the child, nor what is told of it: then it is
/// not kept, and the recording says how much is missing as soon as it can.
#[derive(Debug)]
pub(crate) struct Recorder {
    recording: Arc<Recording>,
    state: State,
    /// Bytes that were said and not kept.
    missing: u64,
    /// None without secrets.
    hidden: Option<Box<Hidden>>,
    can_splice: bool,
    /// A file that has no name any more.
    removed: Option<OwnedFd>,
}

/// What must not be kept, and what may become it.
#[derive(Debug)]
struct Hidden {
    mask: Mask,
    stdout: Veil,
    stderr: Veil,
}

#[derive(Debug)]
enum State {
    Open(Segment),
    /// Broken since then; the number of the segment that it was in.
    Broken(Instant, Option<u32>),
}

impl Recorder {
    /// Opens the directory and the newest segment in it.
    ///
    /// # Errors
    ///
    /// When there is no such directory and it cannot be made, or it leads out of its root.
    /// A disk that is full is none.
    pub(crate) fn open(recording: &Arc<Recording>) -> Result<Self, Error> {
        match Segment::newest(recording) {
            Ok(segment) => Ok(Self::with(recording, State::Open(segment))),
            Err(fault) if fault.kind == FileErrorKind::NoSpace => {
                Ok(Self::with(recording, State::broken(None)))
            }
            Err(fault) => Err(unusable(recording, fault)),
        }
    }

    /// Goes on where the last life of the process has [rested](Self::rest); else as
    /// [`open`](Self::open).
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub(crate) fn resume(recording: &Arc<Recording>, resting: &Resting) -> Result<Self, Error> {
        match resting.take(recording) {
            Some(segment) => Ok(Self::with(recording, State::Open(segment))),
            None => Self::open(recording),
        }
    }

    /// The life is over: the next one may come at once.
    pub(crate) fn rest(mut self, resting: &Resting) {
        let state = mem::replace(&mut self.state, State::broken(None));
        match state {
            State::Open(segment) if self.missing == 0 => {
                resting.keep(Arc::clone(&self.recording), segment);
            }
            state => self.state = state,
        }
    }

    fn with(recording: &Arc<Recording>, state: State) -> Self {
        let has_secrets = !recording.secrets.is_empty();
        Self {
            recording: Arc::clone(recording),
            state,
            missing: 0,
            hidden: has_secrets.then(|| Hidden::of(recording).into()),
            can_splice: cfg!(target_os = "linux") && !has_secrets,
            removed: None,
        }
    }

    /// A life begins.
    pub(crate) fn began(&mut self, identity: &Identity) {
        self.mark(Marked::Began(identity.clone()));
    }

    /// The life has ended.
    pub(crate) fn ended(&mut self, exit: Exit) {
        self.mark(Marked::Ended(exit));
    }

    /// The stream has ended: nothing of it is held back any more.
    pub(crate) fn close(&mut self, stream: Stream) {
        let rest = self.hidden.as_mut().map(|hidden| hidden.end(stream));
        if let Some(rest) = rest {
            self.keep(stream, &rest);
        }
    }

    /// What was kept before all that is to be: to let go of it takes a while, which is best spent
    /// on another thread.
    pub(crate) const fn take_removed(&mut self) -> Option<OwnedFd> {
        self.removed.take()
    }

    /// Whether what a pipe holds can be [taken](Self::take). If not, it is to be read and
    /// [given](Self::hear).
    pub(crate) fn takes(&mut self) -> bool {
        self.can_splice && self.segment().is_some()
    }

    /// Keeps what `pipe` holds, at most `most` bytes, and fewer where a segment ends, and says how
    /// many: the [last](Self::last) ones; and whether it may hold more. None at the end. The kernel
    /// moves them, so there is no moment in which they are neither in the pipe nor in the file.
    ///
    /// # Errors
    ///
    /// [`Errno::AGAIN`] when there is nothing; [`Errno::INTR`] when it has to be tried in
    /// another way.
    pub(crate) fn take(
        &mut self,
        stream: Stream,
        pipe: BorrowedFd<'_>,
        most: usize,
    ) -> Result<(usize, bool), Errno> {
        let State::Open(segment) = &mut self.state else {
            return Err(Errno::INTR);
        };
        let room = self.recording.segment_bytes.saturating_sub(segment.length);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let most = most.min(room.max(OVER));
        match segment.take(stream, pipe, most) {
            Ok(moved) => Ok((moved, moved == most)),
            Err(Errno::AGAIN) => Err(Errno::AGAIN),
            Err(Errno::INVAL | Errno::NOSYS) => {
                self.can_splice = false;
                Err(Errno::INTR)
            }
            Err(_) => {
                self.broke();
                Err(Errno::INTR)
            }
        }
    }

    /// Fills `buffer` with the first of the `count` bytes that were kept last, and says how many it
    /// has.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub(crate) fn last(&self, count: usize, buffer: &mut [u8]) -> Result<usize, Errno> {
        match &self.state {
            State::Open(segment) => segment.last(count, buffer),
            State::Broken(..) => Err(Errno::IO),
        }
    }

    /// Behind which byte all is that was said; none while a disk takes nothing, or some of it is
    /// held back.
    pub(crate) fn place(&self) -> Option<RecordingPlace> {
        let holds = self.hidden.as_ref().is_some_and(|hidden| hidden.holds());
        match &self.state {
            State::Open(segment) if !holds => Some(RecordingPlace {
                segment: NonZeroU32::new(segment.number)?,
                offset: segment.length,
            }),
            State::Open(_) | State::Broken(..) => None,
        }
    }

    /// Keeps what was read.
    pub(crate) fn hear(&mut self, stream: Stream, bytes: &[u8]) {
        let hidden = self.hidden.as_mut();
        let shown = hidden.map(|hidden| hidden.push(stream, bytes));
        self.keep(stream, shown.as_deref().unwrap_or(bytes));
    }

    fn keep(&mut self, stream: Stream, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let kept = self.segment().is_some_and(|segment| {
            segment
                .say(stream, || true)
                .and_then(|()| segment.write(bytes))
                .is_ok()
        });
        if !kept {
            self.missing += bytes.len() as u64;
            self.broke();
        }
    }

    fn mark(&mut self, what: Marked) {
        if let Some(segment) = self.segment()
            && segment.mark(what).is_err()
        {
            self.broke();
        }
    }

    /// The segment to write to; none while the disk takes nothing.
    fn segment(&mut self) -> Option<&mut Segment> {
        let next = match &self.state {
            State::Open(segment) if segment.length < self.recording.segment_bytes.max(1) => None,
            State::Open(segment) => Some(Some(segment.number)),
            State::Broken(since, _) if since.elapsed() < PAUSE => return None,
            State::Broken(_, number) => Some(*number),
        };
        if let Some(last) = next {
            self.state = match self.begin(last) {
                Ok(segment) => State::Open(segment),
                Err(_) => State::broken(last),
            };
        }
        match &mut self.state {
            State::Open(segment) => Some(segment),
            State::Broken(..) => None,
        }
    }

    /// Begins the segment after `last`, with what is missing in it.
    fn begin(&mut self, last: Option<u32>) -> Result<Segment, Fault> {
        let mut segment = match last {
            Some(last) => {
                let (segment, removed) = Segment::after(&self.recording, last)?;
                self.removed = removed;
                segment
            }
            None => Segment::newest(&self.recording)?,
        };
        if self.missing > 0 {
            segment.mark(Marked::Missing(self.missing))?;
            self.missing = 0;
        }
        Ok(segment)
    }

    /// Says what is missing, if the disk takes that by now.
    fn own_up(&mut self) {
        if let (State::Broken(_, last), true) = (&self.state, self.missing > 0) {
            // Nobody can say it where it does not.
            let _ = self.begin(*last);
        }
    }

    fn broke(&mut self) {
        if let State::Open(segment) = &self.state {
            self.state = State::broken(Some(segment.number));
        }
    }
}

/// Whoever goes on with it knows nothing of what is missing.
impl Drop for Recorder {
    fn drop(&mut self) {
        self.own_up();
    }
}

impl Hidden {
    fn of(recording: &Recording) -> Self {
        Self {
            mask: Mask::new(recording.secrets.iter()),
            stdout: Veil::default(),
            stderr: Veil::default(),
        }
    }

    /// What of all that a stream said so far can be kept.
    fn push(&mut self, stream: Stream, bytes: &[u8]) -> Vec<u8> {
        match stream {
            Stream::Stdout => self.stdout.push(&self.mask, bytes),
            Stream::Stderr => self.stderr.push(&self.mask, bytes),
        }
    }

    /// Whether anything is held back.
    const fn holds(&self) -> bool {
        self.stdout.holds() || self.stderr.holds()
    }

    /// What was held back of it.
    fn end(&mut self, stream: Stream) -> Vec<u8> {
        match stream {
            Stream::Stdout => self.stdout.end(&self.mask),
            Stream::Stderr => self.stderr.end(&self.mask),
        }
    }
}

impl State {
    fn broken(number: Option<u32>) -> Self {
        Self::Broken(Instant::now(), number)
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Segment {
    /// Moves what a pipe holds to the end of the segment.
    fn take(&mut self, stream: Stream, pipe: BorrowedFd<'_>, size: usize) -> Result<usize, Errno> {
        use rustix::pipe::{SpliceFlags, splice};
        let is_coming = || rustix::io::ioctl_fionread(pipe).is_ok_and(|waiting| waiting > 0);
        self.say(stream, is_coming)
            .map_err(|fault| fault.errno.unwrap_or(Errno::IO))?;
        loop {
            let mut end = self.length;
            let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
            match splice(pipe, None, &self.log, Some(&mut end), size, flags) {
                Err(Errno::INTR) => {}
                moved => {
                    self.length += moved.unwrap_or(0) as u64;
                    return moved;
                }
            }
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl Segment {
    #[expect(clippy::unused_self, reason = "as on Linux")]
    const fn take(&mut self, _: Stream, _: BorrowedFd<'_>, _: usize) -> Result<usize, Errno> {
        Err(Errno::NOSYS)
    }
}

fn unusable(recording: &Recording, fault: Fault) -> Error {
    let kind = match (fault.kind, fault.errno) {
        (FileErrorKind::Escapes, _) => ErrorKind::Escapes,
        (FileErrorKind::PermissionDenied | FileErrorKind::ReadOnly, _) => {
            ErrorKind::PermissionDenied
        }
        (_, Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM)) => ErrorKind::Exhausted,
        _ => ErrorKind::Other,
    };
    let error = Error::new(kind, "record in", recording.dir.absolute());
    match fault.detail() {
        Some(detail) => error.detail(detail),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_contain::{RelPath, Root};
    use collodi_logs::recording::{Recorded, recorded};
    use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

    fn recorder(dir: &Path) -> Recorder {
        let root = Root::new(dir.to_str().unwrap());
        let path = root.contain(&RelPath::root(), "kept/app").unwrap();
        Recorder::open(&Recording::new(path).into()).unwrap()
    }

    fn kept(dir: &Path, number: u32) -> Vec<Recorded> {
        let file = |end| dir.join(format!("kept/app/{number:06}.{end}"));
        let index = fs::read_to_string(file("index")).unwrap();
        let length = fs::metadata(file("log")).unwrap().len();
        recorded(&index, length).map(|(_, what)| what).collect()
    }

    #[test]
    fn files_are_their_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        recorder(dir.path()).hear(Stream::Stdout, b"said");
        let mode = |path: &str| {
            let metadata = fs::metadata(dir.path().join(path)).unwrap();
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode("kept/app"), 0o700);
        assert_eq!(mode("kept/app/000001.log"), 0o600);
        assert_eq!(mode("kept/app/000001.index"), 0o600);
    }

    #[test]
    fn a_line_that_was_torn_stays_apart() {
        let dir = tempfile::tempdir().unwrap();
        recorder(dir.path()).hear(Stream::Stdout, b"one");
        let index = dir.path().join("kept/app/000001.index");
        let text = fs::read_to_string(&index).unwrap();
        fs::write(&index, format!("{text}1700000000000 std")).unwrap();
        recorder(dir.path()).hear(Stream::Stderr, b"two");
        assert_eq!(
            kept(dir.path(), 1),
            [
                Recorded::Said(Stream::Stdout, 0..3),
                Recorded::Said(Stream::Stderr, 3..6)
            ]
        );
    }

    /// They take room until whoever was given them lets go; nobody else does by then.
    #[test]
    fn what_is_no_longer_kept_is_given_to_be_let_go_of() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::new(dir.path().to_str().unwrap());
        let mut recording = Recording::new(root.contain(&RelPath::root(), "app").unwrap());
        (recording.segment_bytes, recording.segments) = (4, 2);
        let mut recorder = Recorder::open(&recording.into()).unwrap();
        for (round, expected) in [None, None, Some(0), Some(0)].into_iter().enumerate() {
            recorder.hear(Stream::Stdout, b"said");
            let removed = recorder.take_removed();
            let links = removed.map(|file| rustix::fs::fstat(file).unwrap().st_nlink);
            assert_eq!(links, expected, "round {round}");
        }
        assert_eq!(fs::read_dir(dir.path().join("app")).unwrap().count(), 4);
    }

    /// `/dev/full` takes nothing. What is said meanwhile is missing, and the next segment
    /// says how much.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_in_the_next_segment() {
        let dir = tempfile::tempdir().unwrap();
        let mut recorder = recorder(dir.path());
        recorder.hear(Stream::Stdout, b"kept");
        let full = fs::File::options().read(true).write(true).open("/dev/full");
        let State::Open(segment) = &mut recorder.state else {
            panic!("it is open");
        };
        segment.log = full.unwrap().into();
        recorder.hear(Stream::Stdout, b"lost");
        recorder.hear(Stream::Stderr, b"too");
        assert!(matches!(recorder.state, State::Broken(_, Some(1))));
        recorder.state = State::Broken(Instant::now() - PAUSE, Some(1));
        recorder.hear(Stream::Stdout, b"again");
        let said = |range| Recorded::Said(Stream::Stdout, range);
        assert_eq!(kept(dir.path(), 1), [said(0..4)]);
        assert_eq!(kept(dir.path(), 2), [Recorded::Missing(7), said(0..5)]);
        // Whoever lets go of it does not wait for the next try.
        recorder.state = State::broken(Some(2));
        recorder.hear(Stream::Stdout, b"lost");
        drop(recorder);
        assert_eq!(kept(dir.path(), 3), [Recorded::Missing(4)]);
    }
}
