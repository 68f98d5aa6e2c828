//! The terminal: lines that are typed, and whether they are shown.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    thread,
};
use tokio::sync::mpsc;

/// How many typed lines wait to be read.
const LINES: usize = 16;

/// The terminal at standard input. What it was like before is restored in any case.
#[derive(Debug)]
pub(super) struct Terminal {
    /// How it shows what is typed; none where there is no terminal to ask at.
    shown: Option<Termios>,
    lines: Option<mpsc::Receiver<String>>,
}

impl Terminal {
    /// The terminal, when there is one and it is to be used.
    pub(super) fn new(asks: bool) -> Self {
        let shown = match asks && io::stdin().is_terminal() {
            true => tcgetattr(io::stdin()).ok(),
            false => None,
        };
        Self { shown, lines: None }
    }

    /// Whether somebody can be asked.
    pub(super) const fn asks(&self) -> bool {
        self.shown.is_some()
    }

    /// The next line that is typed; none when there will be no more.
    pub(super) async fn line(&mut self) -> Option<String> {
        self.lines.get_or_insert_with(read_lines).recv().await
    }

    /// Does not show what is typed.
    pub(super) fn hide(&self) {
        if let Some(shown) = &self.shown {
            let mut hidden = shown.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            hidden.local_modes.insert(LocalModes::ECHONL);
            // Then it is shown, which is better than not to ask.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &hidden);
        }
    }

    /// Shows what is typed.
    pub(super) fn show(&self) {
        if let Some(shown) = &self.shown {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, shown);
        }
    }

    /// Writes without a line end.
    pub(super) fn write(&self, text: &str) {
        let mut out = anstream::stdout();
        // A reader that has gone away is no reason to end.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.show();
    }
}

/// Reads lines in a thread of its own: nothing else can wait for a terminal on every
/// system. It ends with the program.
fn read_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(LINES);
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
