//! Keeps what a child says in files of the world.

use crate::{
    clock::wall_at,
    disk::{Disk, End, Node, Place, Way},
    state::State,
};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Recording, RecordingPlace, Stream};
use collodi_file::FileErrorKind;
use collodi_logs::{
    Mask,
    recording::{Mark, Marked, Pen, Veil, segment_files, segment_number},
};
use std::{num::NonZeroU32, sync::Arc};

/// Writes one recording. What the disk does not take is not kept.
#[derive(Debug)]
pub(crate) struct Recorder {
    recording: Arc<Recording>,
    dir: Place,
    number: u32,
    pen: Pen,
    mask: Mask,
    veils: [Veil; 2],
}

impl Recorder {
    pub(crate) fn open(disk: &mut Disk, recording: &Arc<Recording>) -> Result<Self, Error> {
        let path = &recording.dir;
        let (root, rel) = (path.root(), path.rel().as_str());
        let opened = disk
            .beneath(root, rel, End::Follow, Way::MayBeMissing)
            .and_then(|dir| disk.make_dirs(&dir).map(|()| dir));
        let dir = opened.map_err(|kind| {
            let kind = match kind {
                FileErrorKind::Escapes => ErrorKind::Escapes,
                _ => ErrorKind::Other,
            };
            Error::new(kind, "record in", path.absolute())
        })?;
        Ok(Self {
            number: numbers(disk, &dir).into_iter().max().unwrap_or(1),
            dir,
            pen: Pen::default(),
            mask: Mask::new(recording.secrets.iter()),
            veils: Default::default(),
            recording: Arc::clone(recording),
        })
    }

    fn file(&self, name: String) -> Place {
        self.dir.iter().cloned().chain([name]).collect()
    }
}

impl State {
    /// Writes a line of the index that is about now.
    pub(crate) fn mark(&mut self, recorder: &mut Recorder, what: Marked) {
        if matches!(what, Marked::Began(_)) {
            recorder.pen = Pen::default();
        }
        let at = wall_at(self.now);
        let (_, index) = segment_files(recorder.number);
        self.add(
            &recorder.file(index),
            Mark { at, what }.to_string().as_bytes(),
        );
    }

    /// Keeps what was said.
    pub(crate) fn keep(&mut self, recorder: &mut Recorder, stream: Stream, bytes: &[u8]) {
        let Recorder { mask, veils, .. } = recorder;
        let shown = veil(veils, stream).push(mask, bytes);
        self.keep_shown(recorder, stream, &shown);
    }

    /// Nothing more will be said.
    pub(crate) fn close(&mut self, recorder: &mut Recorder) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let Recorder { mask, veils, .. } = recorder;
            let rest = veil(veils, stream).end(mask);
            self.keep_shown(recorder, stream, &rest);
        }
    }

    /// Behind which byte all is that was said.
    pub(crate) fn recorded(&self, recorder: &Recorder) -> Option<RecordingPlace> {
        Some(RecordingPlace {
            segment: NonZeroU32::new(recorder.number)?,
            offset: self.length(recorder),
        })
    }

    fn keep_shown(&mut self, recorder: &mut Recorder, stream: Stream, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut offset = self.length(recorder);
        if offset >= recorder.recording.segment_bytes.max(1) {
            self.rotate(recorder);
            offset = 0;
        }
        let at = wall_at(self.now);
        if recorder.pen.needs_mark(stream, at) {
            self.mark(recorder, Marked::Said(stream, offset));
            recorder.pen.marked(stream, at);
        }
        let (log, _) = segment_files(recorder.number);
        self.add(&recorder.file(log), bytes);
    }

    /// Begins the next segment; the oldest go.
    fn rotate(&mut self, recorder: &mut Recorder) {
        recorder.number = recorder.number.saturating_add(1);
        recorder.pen = Pen::default();
        let kept = recorder.recording.segments.max(1) - 1;
        let oldest = recorder.number.saturating_sub(kept);
        let numbers = numbers(&self.disk, &recorder.dir);
        for old in numbers.into_iter().filter(|old| *old < oldest) {
            let (log, index) = segment_files(old);
            self.disk.take(&recorder.file(log));
            self.disk.take(&recorder.file(index));
        }
    }

    fn length(&self, recorder: &Recorder) -> u64 {
        let (log, _) = segment_files(recorder.number);
        self.disk.get(&recorder.file(log)).map_or(0, Node::size)
    }

    fn add(&mut self, place: &Place, bytes: &[u8]) {
        if let Some(Node::File(content)) = self.disk.get_mut(place) {
            content.extend_from_slice(bytes);
        } else {
            // Something else has the name: nothing is kept.
            let _ = self.disk.put(place, Node::File(bytes.to_vec()));
        }
    }
}

fn veil(veils: &mut [Veil; 2], stream: Stream) -> &mut Veil {
    let [stdout, stderr] = veils;
    match stream {
        Stream::Stdout => stdout,
        Stream::Stderr => stderr,
    }
}

fn numbers(disk: &Disk, dir: &Place) -> Vec<u32> {
    match disk.get(dir) {
        Some(Node::Dir(entries)) => entries
            .keys()
            .filter_map(|name| segment_number(name))
            .collect(),
        _ => Vec::new(),
    }
}
