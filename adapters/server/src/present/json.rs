//! For programs: one JSON object a line.

mod diagnostic;
mod event;
mod line;
mod parts;

use super::Presenter;
use collodi_driver::LoadedApp;
use collodi_host::{Event, RunId};
use line::EventLine;
use serde::Serialize;
use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::Path,
};

/// Writes one JSON object a line on standard output.
#[derive(Debug, Default)]
pub(super) struct Json;

impl Presenter for Json {
    fn diagnostics(&mut self, app: &LoadedApp) {
        for diagnostic in &app.parsed.diagnostics {
            write(&DiagnosticLine::new(&app.app.file, diagnostic));
        }
    }

    fn listening(&mut self, address: SocketAddr, state_file: &Path) {
        let (api, state_file) = (
            format!("http://{address}/python"),
            state_file.display().to_string(),
        );
        write(&EventLine::Listening { api, state_file });
    }

    fn accepted(&mut self, run: &RunId) {
        write(&EventLine::Accepted { run: run.as_str() });
    }

    fn event(&mut self, event: &Event) {
        if let Some(line) = EventLine::of(event) {
            write(&line);
        }
    }

    fn missed(&mut self, events: u64) {
        write(&EventLine::Missed { events });
    }

    fn interrupted(&mut self, again: bool) {
        write(&EventLine::Interrupted { again });
    }

    fn warning(&mut self, text: &str) {
        let text = text.to_owned();
        write(&EventLine::Warning { text });
    }

    fn ended(&mut self, failed: bool) {
        write(&EventLine::Ended { failed });
    }
}

/// A reader that has gone away is no reason to end.
fn write(line: &impl Serialize) {
    let mut out = io::stdout().lock();
    if serde_json::to_writer(&mut out, line).is_ok() {
        let _ = out.write_all(b"\n").and_then(|()| out.flush());
    }
}

pub(crate) use diagnostic::DiagnosticLine;
