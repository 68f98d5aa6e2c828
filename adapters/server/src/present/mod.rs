//! What happens, for people and for programs.

mod human;
mod json;
pub(crate) mod lines;
mod log;
pub(crate) mod progress;
mod screen;
pub(crate) mod style;

use collodi_driver::LoadedApp;
use collodi_host::{Event, RunId};
use collodi_script::Method;
use std::{net::SocketAddr, path::Path};

/// Shows what happens.
pub(crate) trait Presenter: Send {
    /// What there is to say about the script before it runs.
    fn diagnostics(&mut self, app: &LoadedApp);
    /// The API listens.
    fn listening(&mut self, address: SocketAddr, state_file: &Path);
    /// The run has this name.
    fn accepted(&mut self, run: &RunId);
    /// Something happened.
    fn event(&mut self, event: &Event);
    /// So many events are not shown: the output could not take them.
    fn missed(&mut self, events: u64);
    /// Someone wants it to end, for the second time.
    fn interrupted(&mut self, again: bool);
    /// Something is not as it should be.
    fn warning(&mut self, text: &str);
    /// Everything has ended.
    fn ended(&mut self, failed: bool);
}

/// The presenter for a terminal, or for programs.
pub(crate) fn presenter(json: bool) -> Box<dyn Presenter> {
    if json {
        Box::new(json::Json)
    } else {
        Box::new(human::Human::default())
    }
}

/// The presenter that writes logs.
pub(crate) fn log(format: LogFormat, level: LogLevel) -> Box<dyn Presenter> {
    log::write_logs(format, level);
    Box::new(log::Log)
}

pub(crate) use json::DiagnosticLine;
pub(crate) use log::{LogFormat, LogLevel};
pub(crate) use screen::Screen;

/// Whether this is a method of the format that cannot be run yet. Diagnostics say of one that it
/// is none.
pub(crate) fn lacks(method: &Method) -> bool {
    !collodi_run::supports(method) && !matches!(method, Method::Unknown(_))
}

/// `1 step`, `2 steps`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
