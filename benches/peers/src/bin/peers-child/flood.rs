//! Much output.

use crate::{Child, wait};
use collodi_peers::Moment;
use std::{fs::File, io, io::Write as _, os::fd::AsFd as _, path::Path, process::ExitCode};

/// How long a line is, with its end.
const LINE: usize = 100;

/// The last line begins with it, so that others can see that all has come.
const LAST: &[u8] = b"last line ";

impl Child {
    /// Waits at the gate, then writes `bytes` in pieces, as lines or as one endless line,
    /// and stays.
    pub(crate) fn flood(
        &self,
        gate: &Path,
        bytes: usize,
        piece: usize,
        shape: &str,
    ) -> io::Result<ExitCode> {
        let end = if shape == "lines" { b'\n' } else { b'x' };
        let line = line(b"", end);
        let output: Vec<u8> = line.iter().copied().cycle().take(piece.max(LINE)).collect();
        // A pipe with a name opens for reading when someone opens it for writing.
        drop(File::open(gate)?);
        self.say(Moment::Begin)?;
        write(bytes, &output, &self::line(LAST, end))?;
        self.say(Moment::End)?;
        wait()
    }
}

/// So many bytes, the last line among them. Straight to the descriptor: each piece is
/// one write.
fn write(bytes: usize, piece: &[u8], last: &[u8]) -> io::Result<()> {
    let mut stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mut left = bytes.saturating_sub(last.len());
    while left > 0 {
        let part = piece.get(..left).unwrap_or(piece);
        stdout.write_all(part)?;
        left -= part.len();
    }
    stdout.write_all(last)
}

fn line(start: &[u8], end: u8) -> Vec<u8> {
    let mut line = start.to_vec();
    line.resize(LINE - 1, b'x');
    line.push(end);
    line
}
