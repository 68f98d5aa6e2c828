//! Reading what a child says.

use super::pace::{Meter, Pace};
use crate::recorder::Recorder;
use collodi_command::{Exit, RecordingPlace, Stream};
use rustix::{
    fd::{BorrowedFd, OwnedFd},
    io::Errno,
};
use std::{
    io,
    mem::MaybeUninit,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

/// The most bytes of one read, where they are read into a buffer: it lives on the stack, so
/// that a child that says nothing costs nothing.
const CHUNK: usize = 64 << 10;

/// The most bytes that are taken at once, where they are moved to a file first: all that a pipe can
/// hold. While they are moved nobody can write into it, and who comes just then waits for the
/// child's write to end: less often, and more, lets both go on.
const TAKEN: usize = 1 << 20;

/// The most of them that are given at once.
const PIECE: usize = 256 << 10;

/// What one read of a stream gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// This, which is not empty.
    Bytes {
        /// What was said.
        bytes: Arc<[u8]>,
        /// There may be more already: reading again at once is worth it.
        more: bool,
        /// The child floods us. Whoever leaves it alone for so long, and reads then, has
        /// the same sooner.
        nap: Option<Duration>,
    },
    /// Nothing yet: to be asked again when the stream is readable.
    Nothing,
    /// The end, for good.
    End,
}

/// Reads the streams of one child. What is to be kept is kept before it is given.
#[derive(Debug, Default)]
pub struct Reader {
    stdout: Tap,
    stderr: Tap,
    recorder: Option<Recorder>,
    /// What was taken, and is not given yet: the last bytes of the recording.
    rest: Option<Rest>,
    /// How the child ended, until all that was taken is given: what is noted then may begin another file.
    exit: Option<Exit>,
    /// While a flood is taken: where it is read to, and given in when it is full.
    large: Option<Arc<[u8]>>,
}

/// Bytes that were read, and whether they were as many as can be at once; none at the end.
type Read = Option<(Arc<[u8]>, bool)>;

/// So many bytes of a stream.
#[derive(Clone, Copy, Debug)]
struct Rest {
    stream: Stream,
    count: usize,
}

/// What is known about one stream.
#[derive(Debug, Default)]
struct Tap {
    meter: Meter,
    is_large: bool,
}

impl Reader {
    pub(super) fn new(recorder: Option<Recorder>) -> Self {
        let mut reader = Self::default();
        reader.recorder = recorder;
        reader
    }

    /// The stream that is to be read next, if one is: of no other is anything read before.
    pub fn begun(&self) -> Option<Stream> {
        self.rest.map(|rest| rest.stream)
    }

    /// Reads what `pipe`, which does not block, holds of `stream`. A stream that cannot be
    /// read is at its end.
    pub fn read(&mut self, stream: Stream, pipe: BorrowedFd<'_>) -> Heard {
        loop {
            match self.next(stream, pipe) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.large = None;
                    return Heard::Nothing;
                }
                Ok(None) | Err(_) => return self.end(stream),
                Ok(Some((bytes, whole))) => return self.tap(stream).heard(bytes, whole, pipe),
            }
        }
    }

    fn next(&mut self, stream: Stream, pipe: BorrowedFd<'_>) -> Result<Read, Errno> {
        if let Some(rest) = self.rest.take_if(|rest| rest.stream == stream) {
            // More may have come since it was taken.
            return Ok(Some((self.give(rest)?, true)));
        }
        self.note_exit();
        let recorder = self.recorder.as_mut();
        let taking = recorder.and_then(|recorder| recorder.takes().then_some(recorder));
        match taking.map(|recorder| recorder.take(stream, pipe, TAKEN)) {
            None => read(self.recorder.as_mut(), stream, pipe),
            Some(taken) => match taken? {
                (0, _) => Ok(None),
                (count, more) => {
                    let bytes = self.give(Rest { stream, count })?;
                    Ok(Some((bytes, more || self.rest.is_some())))
                }
            },
        }
    }

    /// The first of these bytes; the others are given next.
    fn give(&mut self, rest: Rest) -> Result<Arc<[u8]>, Errno> {
        let recorder = self.recorder.as_ref().ok_or(Errno::IO)?;
        let count = rest.count.min(PIECE);
        // Whoever was given it has let go of it.
        let free = |large: &Arc<[u8]>| Arc::strong_count(large) == 1;
        let mut large = match self.large.take().filter(free) {
            None if rest.count <= CHUNK => return few(recorder, count),
            None => vec![0; PIECE].into(),
            Some(large) => large,
        };
        let room = Arc::get_mut(&mut large).and_then(|large| large.get_mut(..count));
        let read = recorder.last(rest.count, room.ok_or(Errno::IO)?)?;
        let bytes = match large.get(..read) {
            Some(part) if read < PIECE => part.into(),
            _ => Arc::clone(&large),
        };
        self.large = Some(large);
        // Fewer than were taken when somebody has cut the file.
        let left = rest.count.saturating_sub(read);
        self.rest = (read == count && left > 0).then_some(Rest {
            count: left,
            ..rest
        });
        Ok(bytes)
    }

    /// Notes how the child ended.
    pub fn ended(&mut self, exit: Exit) {
        self.exit = Some(exit);
        if self.rest.is_none() {
            self.note_exit();
        }
    }

    fn note_exit(&mut self) {
        if let (Some(exit), Some(recorder)) = (self.exit.take(), &mut self.recorder) {
            recorder.ended(exit);
        }
    }

    /// Nothing more will be read of a stream, though it may not be at its end.
    pub fn close(&mut self, stream: Stream) {
        self.rest.take_if(|rest| rest.stream == stream);
        self.note_exit();
        if let Some(recorder) = &mut self.recorder {
            recorder.close(stream);
        }
    }

    /// Behind which byte of the recording all is that was read; none where not all of it is kept.
    pub fn recorded(&self) -> Option<RecordingPlace> {
        let place = self.recorder.as_ref()?.place()?;
        let rest = self.rest.map_or(0, |rest| rest.count as u64);
        Some(RecordingPlace {
            offset: place.offset.saturating_sub(rest),
            ..place
        })
    }

    /// A file of the recording that is no longer kept: to close it takes a while.
    pub fn take_removed(&mut self) -> Option<OwnedFd> {
        self.recorder.as_mut()?.take_removed()
    }

    /// What keeps what is read: nothing more is read.
    pub(super) fn take_recorder(&mut self) -> Option<Recorder> {
        self.note_exit();
        self.recorder.take()
    }

    fn end(&mut self, stream: Stream) -> Heard {
        self.close(stream);
        Heard::End
    }

    const fn tap(&mut self, stream: Stream) -> &mut Tap {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.note_exit();
    }
}

/// The bytes that were taken last, where they are few.
fn few(recorder: &Recorder, count: usize) -> Result<Arc<[u8]>, Errno> {
    let mut bytes = vec![0; count];
    let read = recorder.last(count, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes.into())
}

/// Reads, and keeps what was read.
fn read(
    recorder: Option<&mut Recorder>,
    stream: Stream,
    pipe: BorrowedFd<'_>,
) -> Result<Read, Errno> {
    let mut buffer = [const { MaybeUninit::uninit() }; CHUNK];
    let (bytes, _) = rustix::io::read(pipe, &mut buffer)?;
    if let Some(recorder) = recorder {
        recorder.hear(stream, bytes);
    }
    let whole = bytes.len() == CHUNK;
    Ok((!bytes.is_empty()).then(|| (Arc::from(&*bytes), whole)))
}

impl Tap {
    /// Takes note of what was heard; `whole` when there may be more already.
    fn heard(&mut self, bytes: Arc<[u8]>, whole: bool, pipe: BorrowedFd<'_>) -> Heard {
        let pace = self.meter.note(Instant::now(), bytes.len(), whole);
        if pace != Pace::Eager && !self.is_large {
            // Refused, it stays as it is.
            let _ = enlarge(pipe);
            self.is_large = true;
        }
        let nap = match pace {
            Pace::Nap(nap) => Some(nap),
            Pace::Eager | Pace::Flood => None,
        };
        Heard::Bytes {
            bytes,
            more: whole,
            nap,
        }
    }
}

/// Writes as much of `bytes` as there is room for in `pipe`, which does not block, and says
/// how much; pending while there is none.
pub fn write_some(pipe: BorrowedFd<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    loop {
        match rustix::io::write(pipe, bytes) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Poll::Pending,
            written => return Poll::Ready(written.map_err(io::Error::from)),
        }
    }
}

/// Makes a pipe as large as anyone but root may have it.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn enlarge(pipe: BorrowedFd<'_>) -> Result<(), Errno> {
    rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20).map(drop)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
const fn enlarge(_: BorrowedFd<'_>) -> Result<(), Errno> {
    Err(Errno::NOTSUP)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use collodi_command::Recording;
    use collodi_contain::{RelPath, Root};
    use rustix::{
        fd::AsFd as _,
        pipe::{PipeFlags, pipe_with},
    };
    use std::path::Path;

    /// A pipe that holds `count` numbered lines of 16 bytes, and nothing else to come.
    fn full(count: usize) -> (OwnedFd, Vec<u8>) {
        let (ours, theirs) = pipe_with(PipeFlags::NONBLOCK).unwrap();
        enlarge(ours.as_fd()).unwrap();
        let line = |n| format!("{n:015}\n").into_bytes();
        let said: Vec<u8> = (0..count).flat_map(line).collect();
        assert_eq!(rustix::io::write(&theirs, &said), Ok(said.len()));
        (ours, said)
    }

    fn reader(dir: &Path, segment_bytes: u64) -> Reader {
        let root = Root::new(dir.to_str().unwrap());
        let path = root.contain(&RelPath::root(), "kept").unwrap();
        let recording = Recording {
            segment_bytes,
            ..Recording::new(path)
        };
        Reader::new(Some(Recorder::open(&recording.into()).unwrap()))
    }

    /// What is moved at once is given piece by piece, in its order, and none of the other stream between:
    /// and how far the recording is, is how far it was told.
    #[test]
    fn a_full_pipe_is_given_in_pieces() {
        let dir = tempfile::tempdir().unwrap();
        let mut reader = reader(dir.path(), 8 << 20);
        let (out, err) = (full(60_000), full(20_000));
        let (mut heard, mut told) = ([Vec::new(), Vec::new()], 0);
        let mut turns = [Stream::Stdout, Stream::Stderr].into_iter().cycle();
        let mut ended = 0;
        while ended < 2 {
            let stream = reader.begun().or_else(|| turns.next()).unwrap();
            let (pipe, at) = match stream {
                Stream::Stdout => (&out.0, 0),
                Stream::Stderr => (&err.0, 1),
            };
            let Heard::Bytes { bytes, more, .. } = reader.read(stream, pipe.as_fd()) else {
                ended += 1;
                continue;
            };
            assert!(bytes.len() <= PIECE);
            assert!(more || reader.begun().is_none());
            told += bytes.len() as u64;
            heard[at].extend_from_slice(&bytes);
            assert_eq!(reader.recorded().map(|place| place.offset), Some(told));
        }
        assert!(heard == [out.1, err.1], "in order, and whole");
    }

    /// The next file begins when all of this one was given, also when the child ends before that; how it
    /// ended is noted whatever comes of the reader.
    #[test]
    fn what_fills_a_file_is_given_after_the_end_of_the_child() {
        for is_read in [true, false] {
            let dir = tempfile::tempdir().unwrap();
            let (pipe, said) = full(60_000);
            let mut reader = reader(dir.path(), said.len() as u64);
            let mut heard = Vec::new();
            while let Heard::Bytes { bytes, .. } = reader.read(Stream::Stdout, pipe.as_fd()) {
                if heard.is_empty() {
                    reader.ended(Exit::Code(3));
                }
                heard.extend_from_slice(&bytes);
                if !is_read {
                    break;
                }
            }
            assert!(heard == said || !is_read);
            drop(reader);
            let index = std::fs::read_to_string(dir.path().join("kept/000002.index"));
            let index = index.unwrap();
            assert!(index.contains("ended exit 3"), "{is_read}: {index}");
        }
    }
}
