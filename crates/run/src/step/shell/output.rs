//! What a command said, as the result of its step.

use alloc::{collections::VecDeque, string::String, sync::Arc, vec::Vec};
use collodi_command::Stream;
use collodi_logs::{Limits, Log, plain};
use collodi_time::Instant;

/// How many lines the error of a failed command shows.
const TAIL_LINES: usize = 20;

/// The last of what a command said, both streams in the order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Capture {
    bytes: VecDeque<u8>,
    limit: usize,
    said: usize,
}

impl Capture {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            bytes: VecDeque::new(),
            limit,
            said: 0,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.said = self.said.saturating_add(bytes.len());
        let last = bytes.len().saturating_sub(self.limit);
        self.bytes.extend(bytes.iter().skip(last));
        let over = self.bytes.len().saturating_sub(self.limit);
        self.bytes.drain(..over);
    }

    /// How many bytes came, kept or not.
    pub(super) const fn said(&self) -> usize {
        self.said
    }

    /// The bytes as they came.
    pub(super) fn bytes(&self) -> Arc<[u8]> {
        self.bytes.iter().copied().collect()
    }

    /// The text as it came.
    pub(super) fn text(&self) -> String {
        let bytes: Vec<u8> = self.bytes.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The text as a terminal would show it: no colours, overwritten lines gone.
    pub(super) fn clean_text(&self) -> String {
        self.lines().join("\n")
    }

    /// The last lines, as a terminal would show them.
    pub(super) fn tail(&self) -> String {
        let lines = self.lines();
        let skipped = lines.len().saturating_sub(TAIL_LINES);
        lines
            .into_iter()
            .skip(skipped)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn lines(&self) -> Vec<String> {
        let bytes: Vec<u8> = self.bytes.iter().copied().collect();
        let most = Limits {
            lines: self.limit,
            bytes: self.limit.saturating_mul(2),
            line_bytes: self.limit,
        };
        let mut log = Log::new(most);
        log.push(Instant::ZERO, Stream::Stdout, &bytes);
        log.close(Instant::ZERO);
        log.last(usize::MAX)
            .map(|line| plain(&line.text).into_owned())
            .collect()
    }
}
