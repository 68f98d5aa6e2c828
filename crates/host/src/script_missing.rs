//! Scripts that are not there, and what was meant.

use crate::{
    Host,
    script_address::{identity, is_script_name},
    script_call::{CallId, Stage},
};
use alloc::{string::ToString, vec::Vec};
use collodi_action::Action;
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_run::{App, ScriptFault};
use collodi_script::nearest;

impl Host {
    /// The script of `app` cannot be read. When it is not there, what is beside it may be
    /// what was meant.
    pub(crate) fn unreadable(&mut self, id: CallId, app: App, error: FileError) {
        if error.kind != FileErrorKind::NotFound {
            return self.finish(id, Err(ScriptFault::File(error)));
        }
        let path = app.cwd();
        self.ask_for_call(id, Stage::Missing(app), Action::File(FileOp::List { path }));
    }
}

/// The fault of a script that is not there, in whose folder is what `listed` says.
pub fn missing(app: &App, listed: &Result<FileAnswer, FileError>) -> ScriptFault {
    let beside: &[Entry] = match listed {
        Ok(FileAnswer::Entries(entries)) => entries,
        _ => &[],
    };
    let names = beside.iter().map(|entry| entry.name.as_str());
    let scripts: Vec<&str> = names.filter(|name| is_script_name(name)).collect();
    let near = nearest(stem(&app.file), scripts.iter().map(|name| stem(name)));
    let meant = scripts.iter().find(|name| near == Some(stem(name)));
    ScriptFault::Missing {
        script: identity(app),
        meant: meant.map(ToString::to_string),
    }
}

/// A name without its ending, which all scripts have alike.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
