//! The terminal: lines that are typed, and whether they are shown.

use futures::{SinkExt as _, StreamExt as _, channel::mpsc, executor::block_on};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};
use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// How many typed lines wait to be read.
const LINES: usize = 16;

/// The terminal at standard input. What it was like before is restored in any case.
#[derive(Debug)]
pub(super) struct Terminal {
    /// How it shows what is typed; none where there is no terminal to ask at.
    shown: Option<Termios>,
    lines: Option<mpsc::Receiver<String>>,
    /// Whether something is asked: other lines are for nobody.
    listens: Arc<AtomicBool>,
}

impl Terminal {
    /// The terminal, when there is one and it is to be used.
    pub(super) fn new(asks: bool) -> Self {
        let shown = match asks && io::stdin().is_terminal() {
            true => tcgetattr(io::stdin()).ok(),
            false => None,
        };
        Self {
            shown,
            lines: None,
            listens: Arc::default(),
        }
    }

    /// Whether somebody can be asked.
    pub(super) const fn asks(&self) -> bool {
        self.shown.is_some()
    }

    /// The next line that is typed; none when there will be no more.
    pub(super) async fn line(&mut self) -> Option<String> {
        let listens = &self.listens;
        let lines = self
            .lines
            .get_or_insert_with(|| read_lines(Arc::clone(listens)));
        lines.next().await
    }

    /// Nobody types here any more.
    pub(super) fn give_up(&mut self) {
        self.show();
        self.shown = None;
    }

    /// A question is put: what was typed before is no answer to it.
    pub(super) fn listen(&mut self) {
        // Then some of it may be taken for one, which is better than not to ask.
        let _ = tcflush(io::stdin(), QueueSelector::IFlush);
        while let Some(Ok(_)) = self.lines.as_mut().map(mpsc::Receiver::try_recv) {}
        self.listens.store(true, Ordering::Relaxed);
    }

    /// Nothing is asked.
    pub(super) fn ignore(&self) {
        self.listens.store(false, Ordering::Relaxed);
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
fn read_lines(listens: Arc<AtomicBool>) -> mpsc::Receiver<String> {
    let (mut sender, receiver) = mpsc::channel(LINES);
    thread::spawn(move || hand_on(io::stdin().lock(), &listens, &mut sender));
    receiver
}

/// Hands on the lines that come while something is asked.
fn hand_on(input: impl io::BufRead, listens: &AtomicBool, sender: &mut mpsc::Sender<String>) {
    for line in input.lines() {
        let Ok(line) = line else { return };
        if listens.load(Ordering::Relaxed) && block_on(sender.send(line)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_come_while_nothing_is_asked_are_for_nobody() {
        let (mut sender, mut lines) = mpsc::channel(LINES);
        let listens = AtomicBool::new(false);
        let many = "stray\n".repeat(LINES * 2);
        hand_on(many.as_bytes(), &listens, &mut sender);
        listens.store(true, Ordering::Relaxed);
        hand_on("an answer\n".as_bytes(), &listens, &mut sender);
        assert_eq!(lines.try_recv(), Ok("an answer".to_owned()));
        assert!(lines.try_recv().is_err());
    }

    #[test]
    fn what_waits_is_no_answer_to_a_new_question() {
        let mut terminal = Terminal::new(false);
        let (mut sender, lines) = mpsc::channel(LINES);
        terminal.lines = Some(lines);
        let sent = sender.try_send("stray".to_owned());
        assert!(sent.is_ok());
        terminal.listen();
        let waiting = terminal.lines.as_mut().map(mpsc::Receiver::try_recv);
        assert!(matches!(waiting, Some(Err(_))), "{waiting:?}");
    }
}
