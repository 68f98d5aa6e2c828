//! What a daemon said before this host: read from its recording.

use super::{LogMark, Look};
use crate::{Host, ProcessId};
use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use collodi_action::Completion;
use collodi_command::RecordingPlace;
use collodi_file::{Entry, FileAnswer, FileOp};
use collodi_logs::recording::{segment_files, segment_number};
use collodi_restart::Input;
use collodi_time::Instant;
use core::num::NonZeroU32;

/// How many of the last segments are read: the log has room for no more.
const SEGMENTS: usize = 2;
/// The largest file of a recording that is read.
const FILE_BYTES: u64 = 32 << 20;
/// The most bytes of them that are read at once.
const ALL_BYTES: u64 = 1 << 20;

/// What is read of a recording before its daemon goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// Answers that are still to come.
    left: usize,
    segments: BTreeMap<u32, Segment>,
    /// What is asked of the daemon meanwhile: it goes on with that.
    pub(crate) asked: Option<Input>,
    /// How far the log was when that was last written down.
    pub(crate) mark: LogMark,
}

impl History {
    /// The segments that are kept with their numbers, oldest first.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (u32, &Segment)> {
        self.segments
            .iter()
            .map(|(number, segment)| (*number, segment))
    }

    /// Behind which byte all is that was read.
    pub(crate) fn end(&self) -> Option<RecordingPlace> {
        let (number, segment) = self.segments.last_key_value()?;
        Some(RecordingPlace {
            segment: NonZeroU32::new(*number)?,
            offset: segment.bytes.len() as u64,
        })
    }

    fn put(&mut self, number: u32, part: Part, bytes: Vec<u8>) {
        let segment = self.segments.entry(number).or_default();
        match part {
            Part::Bytes => segment.bytes = bytes,
            Part::Index => segment.index = bytes,
        }
    }

    /// How much higher the numbers of a log are than those of one that was refilled from
    /// these segments, whose next line had the number `before` at the time of the mark. When
    /// nothing that old is kept, more lines may have been said than anybody knows; not more
    /// than bytes, though. Numbers that are left out are a gap, while one that was given is
    /// not given again.
    pub(crate) fn offset(&self, before: Option<u64>, segment_bytes: u64) -> u64 {
        let missing = self
            .segments
            .keys()
            .next()
            .map_or(0, |first| first.saturating_sub(1));
        match before {
            Some(before) => self.mark.next.saturating_sub(before),
            // A segment is full when it has these bytes, and what came last is whole.
            None => self.mark.next + u64::from(missing) * 2 * segment_bytes,
        }
    }
}

/// The bytes of a segment, and its index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segment {
    pub(crate) bytes: Vec<u8>,
    pub(crate) index: Vec<u8>,
}

/// A file of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Bytes,
    Index,
}

/// Of which segment a file is, and what of it.
fn segment_file(name: &str) -> Option<(u32, Part)> {
    let number = name.split('.').next()?.parse().ok()?;
    match segment_files(number) {
        (bytes, _) if bytes == name => Some((number, Part::Bytes)),
        (_, index) if index == name => Some((number, Part::Index)),
        _ => None,
    }
}

/// The segments that these files are, each with both of its own. None when they are not: then
/// others may have been left out for them.
fn segments_in(files: Vec<(String, Vec<u8>)>) -> Option<BTreeMap<u32, Segment>> {
    let mut parts = BTreeMap::new();
    for (name, bytes) in files {
        parts.insert(segment_file(&name)?, bytes);
    }
    let numbers: BTreeSet<_> = parts.keys().map(|(number, _)| *number).collect();
    let mut segment = |number| {
        let bytes = parts.remove(&(number, Part::Bytes))?;
        let index = parts.remove(&(number, Part::Index))?;
        Some((number, Segment { bytes, index }))
    };
    numbers.into_iter().map(&mut segment).collect()
}

impl Host {
    /// Reads what a daemon said, if it is kept; then it goes on.
    pub(crate) fn begin_history(&mut self, now: Instant, id: &ProcessId, mark: LogMark) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        match process.recording_dir().cloned() {
            Some(path) => {
                process.order.history = Some(Box::new(History {
                    mark,
                    ..History::default()
                }));
                // Two files each, where the names of others are not between them.
                let (last, limit) = (2 * SEGMENTS, ALL_BYTES);
                let all = FileOp::ReadAll { path, last, limit };
                self.look(Look::History(id.clone()), all);
            }
            None => self.go_on_with(now, id, None),
        }
    }

    /// The last files, with all that is in them.
    pub(crate) fn found_history(
        &mut self,
        now: Instant,
        id: &ProcessId,
        files: Vec<(String, Vec<u8>)>,
    ) {
        let Some(history) = self.history_of(id) else {
            return;
        };
        let Some(segments) = segments_in(files) else {
            return self.list_segments(now, id);
        };
        history.segments = segments;
        self.history_read(now, id);
    }

    /// Looks for segments that are too large to be read at once, or have others between them.
    pub(crate) fn list_segments(&mut self, now: Instant, id: &ProcessId) {
        let process = self.processes.get(id);
        match process.and_then(|p| p.recording_dir().cloned()) {
            Some(path) => self.look(Look::Segments(id.clone()), FileOp::List { path }),
            None => self.history_read(now, id),
        }
    }

    /// The names of the segments.
    pub(crate) fn found_segments(&mut self, now: Instant, id: &ProcessId, entries: &[Entry]) {
        let numbers = entries.iter().filter_map(|e| segment_number(&e.name));
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable();
        let skipped = numbers.len().saturating_sub(SEGMENTS);
        let process = self.processes.get_mut(id);
        let Some(dir) = process.and_then(|p| p.recording_dir().cloned()) else {
            return;
        };
        let mut left = 0;
        for number in numbers.into_iter().skip(skipped) {
            let (bytes, index) = segment_files(number);
            for (name, part) in [(bytes, Part::Bytes), (index, Part::Index)] {
                if let Ok(path) = dir.join(&name) {
                    left += 1;
                    let look = Look::Segment(id.clone(), number, part);
                    self.look(look, FileOp::read(path, FILE_BYTES));
                }
            }
        }
        if let Some(history) = self.history_of(id) {
            history.left = left;
        }
        self.history_read(now, id);
    }

    /// A file of a segment; one that cannot be read is as an empty one.
    pub(crate) fn found_segment(
        &mut self,
        now: Instant,
        id: &ProcessId,
        (number, part): (u32, Part),
        completion: Completion,
    ) {
        let Some(history) = self.history_of(id) else {
            return;
        };
        history.left = history.left.saturating_sub(1);
        if let Completion::File(Ok(FileAnswer::Bytes(bytes))) = completion {
            history.put(number, part, bytes);
        }
        self.history_read(now, id);
    }

    fn history_of(&mut self, id: &ProcessId) -> Option<&mut History> {
        self.processes.get_mut(id)?.order.history.as_deref_mut()
    }

    fn history_read(&mut self, now: Instant, id: &ProcessId) {
        if self.history_of(id).is_none_or(|history| history.left > 0) {
            return;
        }
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        let history = process.order.history.take().unwrap_or_default();
        process.restore(&history);
        self.go_on_with(now, id, history.asked);
        self.resumed(now);
    }
}
