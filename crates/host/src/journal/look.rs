//! The looks at what an earlier host has left: whose turn it is, and who hears what was found.

use super::{history::Part, left_alone::Move, sheet::MOST_AT_ONCE};
use crate::{
    Host, ProcessId,
    event::JournalEvent,
    shared::{Child, Role},
};
use alloc::{
    collections::VecDeque,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_command::TreeId;
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_time::Instant;

/// What a question of the recovery is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// The files of the journal, all at once.
    All,
    /// Their names, where they are too large for that.
    Files,
    /// One of them.
    File(String),
    /// Who lives of a tree.
    Left(TreeId),
    /// Whether anybody lives of the tree of a daemon that is said to wait.
    Waiting(TreeId),
    /// The end of one.
    Tree,
    /// What is there in place of files.
    Odd,
    /// The file of a daemon that was left alone is put aside.
    Move(ProcessId, Move),
    /// A file that cannot be used is put aside.
    Aside(String),
    /// The directories of what processes said.
    Recordings,
    /// The folders of temporary files.
    Temporary,
    /// What a daemon said: its last segments, all at once.
    History(ProcessId),
    /// Their names, where they are too large for that.
    Segments(ProcessId),
    /// A file of one of them.
    Segment(ProcessId, u32, Part),
}

/// The looks at files whose turn has not come, and how many are under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looks {
    waiting: VecDeque<(Look, FileOp)>,
    under_way: usize,
}

impl Host {
    pub(crate) fn looked(&mut self, now: Instant, look: &Look, completion: Completion) {
        if !matches!(look, Look::Left(_) | Look::Waiting(_) | Look::Tree) {
            let looks = &mut self.shared.journal.looks;
            looks.under_way = looks.under_way.saturating_sub(1);
            self.look_on();
        }
        match (look, completion) {
            (Look::All, Completion::File(Ok(FileAnswer::Files(files)))) => {
                self.found_all(now, files);
            }
            (Look::All, _) => self.list_files(),
            (Look::Files, Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_files(now, &entries);
            }
            (Look::Files, Completion::File(Err(error))) => {
                if error.kind != FileErrorKind::NotFound {
                    let file = error.path.to_string();
                    self.tell(JournalEvent::NotWritten { file, error });
                }
                self.found_files(now, &[]);
            }
            (Look::File(name), completion) => self.found_file(now, name, completion),
            (Look::Left(tree), completion) => self.found_left(now, tree, &completion),
            (Look::Waiting(tree), completion) => self.found_waiting(now, tree, &completion),
            (Look::Tree, _) => self.cleared(now),
            (Look::Odd, Completion::File(answer)) => self.found_odd(now, answer),
            (Look::Move(id, how), Completion::File(answer)) => {
                self.moved(id, *how, answer.map(drop));
            }
            (Look::Aside(name), Completion::File(answer)) => self.put_aside(name, answer.is_ok()),
            (Look::History(id), Completion::File(Ok(FileAnswer::Files(files)))) => {
                self.found_history(now, id, files);
            }
            (Look::History(id), _) => self.list_segments(now, id),
            (Look::Segments(id), Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_segments(now, id, &entries);
            }
            (Look::Segments(id), _) => self.found_segments(now, id, &[]),
            (Look::Segment(id, number, part), completion) => {
                self.found_segment(now, id, (*number, *part), completion);
            }
            (Look::Recordings, Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_recordings(&entries);
            }
            (Look::Temporary, Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_temporary(&entries);
            }
            _ => {}
        }
    }

    /// Looks at a file when it is its turn: what many daemons left is not read at once.
    pub(super) fn look(&mut self, look: Look, op: FileOp) {
        self.shared.journal.looks.waiting.push_back((look, op));
        self.look_on();
    }

    fn look_on(&mut self) {
        let looks = &mut self.shared.journal.looks;
        let free = MOST_AT_ONCE.saturating_sub(looks.under_way);
        let next = looks.waiting.drain(..free.min(looks.waiting.len()));
        let next: Vec<_> = next.collect();
        looks.under_way += next.len();
        for (look, op) in next {
            let child = Child::Recovery(look);
            self.shared
                .ask_now(child, None, Role::Plain, Action::File(op));
        }
    }
}
