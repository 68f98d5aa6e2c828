//! The shells that a run holds open.

mod mark;

pub use mark::line_ends;

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::{Stream, TreeId};
use collodi_machine::ActionId;
use collodi_script::StepAt;
use mark::{Mark, Marks};

/// The longest line that may be typed in pieces, in bytes.
const MAX_TYPED: usize = 64 << 10;

/// The shells that a run holds open, by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions(BTreeMap<String, Session>);

/// A shell that reads what is typed.
///
/// At its prompt it is given whole lines; while a command runs, what is typed goes to
/// that command, as at a terminal.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) exec: ActionId,
    pub(crate) tree: TreeId,
    /// The directory in which it was opened.
    pub(crate) cwd: String,
    /// The last step that had to do with it.
    pub(crate) step: StepAt,
    name: String,
    stdout: Marks,
    stderr: Marks,
    running: Option<Running>,
    commands: u32,
    code: i32,
    /// A line without its end, typed at the prompt.
    typed: String,
}

/// The command that runs in a shell.
#[derive(Clone, Copy, Debug, Default)]
struct Running {
    number: u32,
    marks: u32,
    code: Option<i32>,
    /// It was given text, and so is no command that is just ending.
    reads: bool,
}

/// What was heard of a shell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// The output without the shell's marks.
    pub(crate) bytes: Vec<u8>,
    /// The command that ran has ended, with this code.
    pub(crate) ended: Option<i32>,
}

/// A line that is typed in pieces is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineTooLong;

impl Sessions {
    pub(crate) fn get(&self, id: &str) -> Option<&Session> {
        self.0.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.0.get_mut(id)
    }

    pub(crate) fn insert(&mut self, id: &str, session: Session) {
        self.0.insert(id.to_string(), session);
    }

    /// The shell of this command.
    pub(crate) fn of(&mut self, exec: ActionId) -> Option<&mut Session> {
        self.0.values_mut().find(|session| session.exec == exec)
    }

    /// Forgets the shell of this command, which has ended.
    pub(crate) fn remove(&mut self, exec: ActionId) -> Option<Session> {
        let id = self.0.iter().find(|(_, session)| session.exec == exec)?;
        let id = id.0.clone();
        self.0.remove(&id)
    }

    /// The id of a shell that was opened in this directory.
    pub(crate) fn in_directory(&self, cwd: &str) -> Option<&String> {
        let mut ids = self.0.iter();
        ids.find(|(_, session)| session.cwd == cwd)
            .map(|(id, _)| id)
    }

    /// Whether a command runs in any of them that may be just ending.
    pub(crate) fn may_end(&self) -> bool {
        let may = |running: &Running| !running.reads;
        self.0
            .values()
            .any(|session| session.running.as_ref().is_some_and(may))
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}

impl Session {
    /// The shell that `exec` runs. No other shell may have the name of its tree.
    pub(crate) fn new(exec: ActionId, tree: TreeId, cwd: String, step: StepAt) -> Self {
        let name = tree.as_str().to_string();
        Self {
            exec,
            tree,
            cwd,
            step,
            stdout: Marks::of(&name),
            stderr: Marks::of(&name),
            name,
            running: None,
            commands: 0,
            code: 0,
            typed: String::new(),
        }
    }

    /// Whether a command runs in it, which then reads what is typed.
    pub(crate) const fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Types a text and the enter key: what the shell's input must get.
    pub(crate) fn enter(&mut self, text: &str) -> Vec<u8> {
        let mut typed = core::mem::take(&mut self.typed);
        typed.push_str(text);
        if let Some(running) = &mut self.running {
            running.reads = true;
            typed.push('\n');
            return typed.into_bytes();
        }
        self.run(&typed)
    }

    /// Types a text: what the shell's input must get now. At the prompt a line waits
    /// for its end.
    pub(crate) fn write(&mut self, text: &str) -> Result<Vec<u8>, LineTooLong> {
        if let Some(running) = &mut self.running {
            running.reads = true;
            let mut typed = core::mem::take(&mut self.typed);
            typed.push_str(text);
            return Ok(typed.into_bytes());
        }
        if self.typed.len().saturating_add(text.len()) > MAX_TYPED {
            return Err(LineTooLong);
        }
        self.typed.push_str(text);
        let Some((lines, rest)) = self.typed.rsplit_once('\n') else {
            return Ok(Vec::new());
        };
        let (lines, rest) = (lines.to_string(), rest.to_string());
        // What has no end yet is kept: the shell would take it for the start of our line.
        self.typed = rest;
        Ok(self.run(&lines))
    }

    fn run(&mut self, text: &str) -> Vec<u8> {
        self.commands = self.commands.wrapping_add(1);
        self.running = Some(Running {
            number: self.commands,
            ..Running::default()
        });
        mark::line(&self.name, self.commands, text, self.code).into_bytes()
    }

    /// Takes in output of the shell.
    pub(crate) fn hear(&mut self, stream: Stream, bytes: &[u8]) -> Heard {
        let marks = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let (bytes, marks) = marks.push(bytes);
        let ended = marks
            .into_iter()
            .filter_map(|mark| self.marked(mark))
            .last();
        Heard { bytes, ended }
    }

    /// What was held back of a stream, when the shell has ended.
    pub(crate) fn close(&mut self) -> [(Stream, Vec<u8>); 2] {
        [
            (Stream::Stdout, self.stdout.close()),
            (Stream::Stderr, self.stderr.close()),
        ]
    }

    /// A command has ended when its mark came on both streams.
    fn marked(&mut self, mark: Mark) -> Option<i32> {
        let running = self.running.as_mut().filter(|r| r.number == mark.number)?;
        running.marks += 1;
        running.code = running.code.or(mark.code);
        if running.marks < 2 {
            return None;
        }
        self.code = running.code.unwrap_or_default();
        self.running = None;
        Some(self.code)
    }
}
