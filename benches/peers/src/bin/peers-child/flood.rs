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
        let output: Vec<u8> = line.iter().copied().cycle().take(piece + LINE).collect();
        // A pipe with a name opens for reading when someone opens it for writing.
        drop(File::open(gate)?);
        self.say(Moment::Begin)?;
        write(bytes, piece, &output, &self::line(LAST, end))?;
        self.say(Moment::End)?;
        wait()
    }
}

/// So many bytes, a whole number of lines, in writes of `piece`: straight to the
/// descriptor. `lines` has a line more than a piece, so that each goes on where the one
/// before it ended.
fn write(bytes: usize, piece: usize, lines: &[u8], last: &[u8]) -> io::Result<()> {
    let mut stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let before = bytes.saturating_sub(last.len());
    let mut written = 0;
    while written < before {
        let part = lines.get(written % LINE..).unwrap_or_default();
        let part = part.get(..piece.min(before - written)).unwrap_or(part);
        stdout.write_all(part)?;
        written += part.len();
    }
    stdout.write_all(last)
}

fn line(start: &[u8], end: u8) -> Vec<u8> {
    let mut line = start.to_vec();
    line.resize(LINE - 1, b'x');
    line.push(end);
    line
}
