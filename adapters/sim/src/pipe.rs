//! Pipes between processes and whoever started them.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

pub(crate) type PipeId = u64;

/// What a pipe holds before its writer has to wait, as on Linux.
pub(crate) const CAPACITY: usize = 64 * 1024;

/// A pipe: chunks in order, each with its place in the world's history.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    chunks: VecDeque<(u64, Arc<[u8]>)>,
    held: usize,
    pub(crate) writers: usize,
    pub(crate) readers: usize,
}

impl Pipe {
    /// Takes as much of `bytes` as there is room for, and says how much. With
    /// nobody to read, all of it, to nowhere.
    pub(crate) fn write(&mut self, order: u64, bytes: &[u8]) -> usize {
        if self.readers == 0 {
            return bytes.len();
        }
        let taken = bytes
            .get(..bytes.len().min(CAPACITY - self.held))
            .unwrap_or_default();
        if !taken.is_empty() {
            self.held += taken.len();
            self.chunks.push_back((order, taken.into()));
        }
        taken.len()
    }

    pub(crate) fn read(&mut self) -> Option<Arc<[u8]>> {
        let (_, chunk) = self.chunks.pop_front()?;
        self.held -= chunk.len();
        Some(chunk)
    }

    /// As [`Pipe::read`], but no more than up to the first line end.
    pub(crate) fn read_line(&mut self) -> Option<Arc<[u8]>> {
        let (order, chunk) = self.chunks.pop_front()?;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let (line, rest) = chunk.split_at(end.map_or(chunk.len(), |at| at + 1));
        if !rest.is_empty() {
            self.chunks.push_front((order, rest.into()));
        }
        self.held -= line.len();
        Some(line.into())
    }

    /// When the next chunk was written.
    pub(crate) fn next_order(&self) -> Option<u64> {
        self.chunks.front().map(|(order, _)| *order)
    }

    /// Whether nothing is in it and nothing will come.
    pub(crate) fn at_end(&self) -> bool {
        self.chunks.is_empty() && self.writers == 0
    }
}

/// All pipes.
#[derive(Debug)]
pub(crate) struct Pipes {
    pipes: BTreeMap<PipeId, Pipe>,
    last: PipeId,
}

impl Pipes {
    pub(crate) const fn new() -> Self {
        Self {
            pipes: BTreeMap::new(),
            last: 0,
        }
    }

    /// A pipe with one writer and one reader.
    pub(crate) fn open(&mut self) -> PipeId {
        self.last += 1;
        let pipe = Pipe {
            writers: 1,
            readers: 1,
            ..Pipe::default()
        };
        self.pipes.insert(self.last, pipe);
        self.last
    }

    pub(crate) fn get(&mut self, id: PipeId) -> Option<&mut Pipe> {
        self.pipes.get_mut(&id)
    }

    pub(crate) fn drop_writer(&mut self, id: PipeId) {
        if let Some(pipe) = self.pipes.get_mut(&id) {
            pipe.writers = pipe.writers.saturating_sub(1);
        }
        self.forget_unused(id);
    }

    pub(crate) fn drop_reader(&mut self, id: PipeId) {
        if let Some(pipe) = self.pipes.get_mut(&id) {
            pipe.readers = pipe.readers.saturating_sub(1);
        }
        self.forget_unused(id);
    }

    fn forget_unused(&mut self, id: PipeId) {
        if self
            .pipes
            .get(&id)
            .is_some_and(|p| p.writers == 0 && p.readers == 0)
        {
            self.pipes.remove(&id);
        }
    }
}
