//! What stands behind the last line of a log that is followed on a terminal.

use crate::say;
use collodi_api::UnfinishedLine;
use collodi_logs::plain;
use rustix::termios::tcgetwinsize;
use std::io::{self, IsTerminal as _, Write as _};

/// How long a row is of a terminal that does not know.
const WIDTH: usize = 80;

/// To the beginning of the row, and nothing is in it.
const BEGIN: &str = "\r\x1b[K";

/// A prompt or a progress bar, which stands in the last row until it is another, or a line.
#[derive(Debug)]
pub(super) struct Unfinished {
    /// How long it may be to be in one row; none where it is not shown.
    width: Option<usize>,
    shown: String,
}

impl Unfinished {
    /// It is shown on a terminal, and for people only.
    pub(super) fn new(json: bool) -> Self {
        let size = || tcgetwinsize(io::stdout()).map_or(0, |size| size.ws_col.into());
        Self {
            width: (io::stdout().is_terminal() && !json).then(|| match size() {
                0 => WIDTH,
                width => width,
            }),
            shown: String::new(),
        }
    }

    /// Of two streams, the one that is no standard output is shown.
    pub(super) fn show(&mut self, unfinished: &[UnfinishedLine]) {
        let Some(width) = self.width else {
            return;
        };
        let text = unfinished.last().map_or("", |line| &line.text);
        let row = row(text, width);
        if row != self.shown {
            write(&format!("{BEGIN}{row}"));
            self.shown = row;
        }
    }

    /// Lines come in its place.
    pub(super) fn clear(&mut self) {
        if !std::mem::take(&mut self.shown).is_empty() {
            write(BEGIN);
        }
    }
}

/// As much of the end of a text as a row has room for.
fn row(text: &str, width: usize) -> String {
    let text = plain(text);
    let beyond = text.chars().count().saturating_sub(width.saturating_sub(1));
    text.chars().skip(beyond).collect()
}

fn write(text: &str) {
    let mut out = io::stdout().lock();
    say::keep(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_row_has_room_for_the_end() {
        assert_eq!(row("name: ", 80), "name: ");
        assert_eq!(row("\u{1b}[1mname\u{1b}[0m: ", 80), "name: ");
        assert_eq!(row("0123456789", 6), "56789");
    }
}
