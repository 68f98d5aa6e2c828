//! Files of an app that have the name of others in the drive.

use crate::context::Context;
use alloc::{format, string::String, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp};

/// The most entries that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// The most numbers that are tried for a name.
const MAX_NUMBER: u32 = 1000;

/// Makes room, before a folder of the app is copied over one of the drive: what is in
/// the drive stays. A file of the app that is the same as the drive's is removed; another
/// one is renamed, to a name with a number that is free in both. A file too long to be
/// read counts as another one.
#[derive(Clone, Debug)]
pub(super) struct Conflicts {
    at: Both,
    kind: FileKind,
    waiting: Vec<(Both, FileKind)>,
    seen: usize,
    stage: Stage,
}

/// The same place in the app and in the drive.
#[derive(Clone, Debug)]
struct Both {
    app: ContainedPath,
    drive: ContainedPath,
}

/// What is waited for.
#[derive(Clone, Debug)]
enum Stage {
    /// What is in the drive.
    Look,
    /// The entries of the folder in the app.
    List,
    /// The content of the app's file.
    App,
    /// The content of the drive's, which may be this.
    Drive(Vec<u8>),
    /// The removal of the app's file.
    Remove,
    /// Whether the drive has a file of this number.
    Free(u32),
    /// The app's file gets this number.
    Rename(u32),
}

type Next = Result<Option<FileOp>, FileError>;

impl Conflicts {
    /// Looks at a folder of the app, and the one of the drive. It begins with what is at
    /// the latter.
    pub(super) const fn between(app: ContainedPath, drive: ContainedPath) -> Self {
        Self {
            at: Both { app, drive },
            kind: FileKind::Directory,
            waiting: Vec::new(),
            seen: 0,
            stage: Stage::Look,
        }
    }

    /// An operation ended: the next one; nothing when there are no conflicts any more.
    pub(super) fn completed(
        &mut self,
        cx: &mut Context,
        answer: Result<FileAnswer, FileError>,
    ) -> Next {
        match (self.stage.clone(), answer) {
            (Stage::Look, answer) => self.looked(cx, &answer?),
            (Stage::List, answer) => self.listed(answer?),
            (Stage::App, Ok(FileAnswer::Bytes(bytes))) => {
                let path = self.at.drive.clone();
                let op = FileOp::read(path, cx.options.limits.file_bytes);
                self.asks(Stage::Drive(bytes), op)
            }
            (Stage::Drive(own), Ok(FileAnswer::Bytes(bytes))) if own == bytes => {
                let path = self.at.app.clone();
                self.asks(Stage::Remove, FileOp::Remove { path })
            }
            (Stage::App | Stage::Drive(_), Err(error)) if error.kind != FileErrorKind::TooLarge => {
                Err(error)
            }
            (Stage::App | Stage::Drive(_), _) => self.number(1),
            (Stage::Free(number), answer) => match answer? {
                FileAnswer::Stat(Some(_)) => self.number(number + 1),
                _ => {
                    let (from, to) = (self.at.app.clone(), numbered(&self.at.app, number)?);
                    self.asks(Stage::Rename(number), FileOp::Rename { from, to })
                }
            },
            (Stage::Rename(number), Err(error)) if error.kind == FileErrorKind::AlreadyExists => {
                self.number(number + 1)
            }
            (Stage::Rename(number), answer) => {
                answer?;
                let name = numbered(&self.at.drive, number)?;
                let drive = &self.at.drive;
                cx.note(format!("{drive} stays; the app's own is beside it: {name}"));
                Ok(self.next())
            }
            (Stage::Remove, answer) => answer.map(|_| self.next()),
        }
    }

    /// It is known what is in the drive.
    fn looked(&mut self, cx: &Context, answer: &FileAnswer) -> Next {
        let FileAnswer::Stat(Some(there)) = answer else {
            return Ok(self.next());
        };
        let path = self.at.app.clone();
        match (self.kind, there.kind) {
            (FileKind::Directory, FileKind::Directory) => {
                self.asks(Stage::List, FileOp::List { path })
            }
            (FileKind::File, FileKind::File) => {
                let op = FileOp::read(path, cx.options.limits.file_bytes);
                self.asks(Stage::App, op)
            }
            _ => self.number(1),
        }
    }

    fn listed(&mut self, answer: FileAnswer) -> Next {
        let FileAnswer::Entries(entries) = answer else {
            return Ok(self.next());
        };
        self.seen = self.seen.saturating_add(entries.len());
        if self.seen > MAX_ENTRIES {
            let path = self.at.app.clone();
            return Err(FileError::new(FileErrorKind::TooLarge, path));
        }
        for entry in entries.into_iter().rev() {
            let app = self.at.app.entry(&entry.name);
            let drive = self.at.drive.entry(&entry.name);
            let bad = |_| FileError::new(FileErrorKind::Unsupported, self.at.app.clone());
            let (app, drive) = (app.map_err(bad)?, drive.map_err(bad)?);
            self.waiting.push((Both { app, drive }, entry.kind));
        }
        Ok(self.next())
    }

    /// Looks whether the drive has a file of this number.
    fn number(&mut self, number: u32) -> Next {
        if number > MAX_NUMBER {
            let path = self.at.app.clone();
            return Err(FileError::new(FileErrorKind::AlreadyExists, path));
        }
        let path = numbered(&self.at.drive, number)?;
        self.asks(Stage::Free(number), FileOp::Stat { path })
    }

    fn next(&mut self) -> Option<FileOp> {
        let (at, kind) = self.waiting.pop()?;
        let path = at.drive.clone();
        (self.at, self.kind, self.stage) = (at, kind, Stage::Look);
        Some(FileOp::Stat { path })
    }

    fn asks(&mut self, stage: Stage, op: FileOp) -> Next {
        self.stage = stage;
        Ok(Some(op))
    }
}

/// The path with a number before the ending of its name.
fn numbered(path: &ContainedPath, number: u32) -> Result<ContainedPath, FileError> {
    let name = path.rel().file_name().unwrap_or_default();
    let name: String = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem} ({number}).{ending}"),
        _ => format!("{name} ({number})"),
    };
    let entry = path.parent().map(|dir| dir.entry(&name));
    let bad = || FileError::new(FileErrorKind::AlreadyExists, path.clone());
    entry.and_then(Result::ok).ok_or_else(bad)
}
