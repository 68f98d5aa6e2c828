//! For programs: one JSON object a line.

use super::Presenter;
use collodi_api::TreeMember;
use collodi_command::Member;
use collodi_driver::LoadedApp;
use collodi_host::{EnvEvent, Event, JournalEvent, ProcessEvent, RunEvent, RunId};
use collodi_logs::Line;
use collodi_restart::Event as Supervision;
use collodi_run::{Event as Step, Field, Status};
use collodi_script::{Diagnostic, StepAt};
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

/// A diagnostic of a script.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename = "diagnostic", rename_all = "camelCase")]
pub(crate) struct DiagnosticLine<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    utf16_column: usize,
    end_line: usize,
    end_column: usize,
    end_utf16_column: usize,
    /// In bytes.
    span: [usize; 2],
    severity: String,
    code: &'static str,
    message: &'a str,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixLine<'a>>,
}

/// An edit that settles a diagnostic.
#[derive(Debug, Serialize)]
struct FixLine<'a> {
    title: &'a str,
    span: [usize; 2],
    replacement: &'a str,
}

impl<'a> FixLine<'a> {
    fn new(fix: &'a collodi_script::Fix) -> Self {
        Self {
            title: &fix.title,
            span: [fix.span.start, fix.span.end],
            replacement: &fix.replacement,
        }
    }
}

impl<'a> DiagnosticLine<'a> {
    pub(crate) fn new(file: &'a str, diagnostic: &'a Diagnostic) -> Self {
        Self {
            file,
            line: diagnostic.start.line,
            column: diagnostic.start.column,
            utf16_column: diagnostic.start.utf16_column,
            end_line: diagnostic.end.line,
            end_column: diagnostic.end.column,
            end_utf16_column: diagnostic.end.utf16_column,
            span: [diagnostic.span.start, diagnostic.span.end],
            severity: diagnostic.severity.to_string(),
            code: diagnostic.code,
            message: &diagnostic.message,
            pointer: &diagnostic.pointer,
            note: diagnostic.note.as_deref(),
            hint: diagnostic.hint.as_deref(),
            fix: diagnostic.fix.as_ref().map(FixLine::new),
        }
    }
}

/// An event as programs read it. Steps are counted from 1.
#[derive(Debug, Serialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
enum EventLine<'a> {
    Listening {
        api: String,
        state_file: String,
    },
    Accepted {
        run: &'a str,
    },
    Detected {
        python: Option<&'a str>,
        uv: Option<&'a str>,
        conda: Option<&'a str>,
    },
    StepStarted {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        total: usize,
        method: &'a str,
    },
    StepSkipped {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
    },
    StepDone {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
    },
    Command {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        line: &'a str,
    },
    CommandExited {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        exit: String,
        code: Option<i32>,
    },
    RunLine {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        seq: u64,
        stream: &'static str,
        text: &'a str,
    },
    Log {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        text: &'a str,
    },
    Note {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        text: &'a str,
    },
    Show {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        method: &'a str,
        params: &'a str,
    },
    Serving {
        run: &'a str,
    },
    Transfer {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        what: &'a str,
    },
    Transferred {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        done: u64,
        total: Option<u64>,
    },
    Downloaded {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        path: String,
        bytes: u64,
        was_there: bool,
    },
    RunCalled {
        run: &'a str,
        by: &'a str,
        script: &'a str,
    },
    RunEnded {
        run: &'a str,
        status: &'static str,
        steps_run: usize,
        daemons: &'a [String],
        failure: Option<FailureLine<'a>>,
    },
    ProcessStarted {
        process: &'a str,
        pid: Option<u32>,
    },
    ProcessExited {
        process: &'a str,
        exit: String,
        code: Option<i32>,
    },
    ProcessRestarting {
        process: &'a str,
        delay_ms: u128,
        restart: u32,
    },
    ProcessStopping {
        process: &'a str,
    },
    ProcessSpawnFailed {
        process: &'a str,
        error: String,
    },
    ProcessLine {
        process: &'a str,
        seq: u64,
        stream: &'static str,
        text: &'a str,
    },
    ProcessReachable {
        process: &'a str,
        url: String,
    },
    ProcessLingers {
        process: &'a str,
        still_alive: Vec<TreeMember>,
    },
    ProcessWaits {
        process: &'a str,
        waits_for: &'a [String],
    },
    Recovered {
        daemons: usize,
        leftovers: usize,
    },
    Warning {
        text: String,
    },
    ProcessEnded {
        process: &'a str,
        how: String,
        failed: bool,
    },
    EnvWaiting {
        path: &'a str,
        /// The program that makes it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
    },
    EnvClearing {
        path: &'a str,
        /// The program that was ended while it made it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
    },
    EnvCreating {
        path: &'a str,
        command: &'a str,
    },
    EnvSpaceIsShort {
        path: &'a str,
        free: u64,
    },
    EnvEnded {
        path: &'a str,
        how: String,
    },
    Missed {
        events: u64,
    },
    Interrupted {
        again: bool,
    },
    Ended {
        failed: bool,
    },
    Asks {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        method: &'a str,
        title: &'a str,
        description: &'a str,
        fields: Vec<FieldLine<'a>>,
    },
    Answered {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldLine<'a> {
    key: &'a str,
    title: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
}

impl<'a> FieldLine<'a> {
    fn of(field: &'a Field) -> Self {
        Self {
            key: &field.key,
            title: &field.title,
            kind: field.kind.word(),
            required: field.required,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureLine<'a> {
    #[serde(flatten)]
    step: At<'a>,
    method: &'a str,
    pointer: &'a str,
    message: String,
    command: Option<&'a str>,
    code: Option<i32>,
    tail: Option<&'a str>,
    hint: Option<&'static str>,
}

impl<'a> EventLine<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        match event {
            Event::Detected(tools) => Some(Self::Detected {
                python: tools.python.as_ref().map(|python| python.version.as_str()),
                uv: tools.uv.as_ref().map(|uv| uv.version.as_str()),
                conda: tools.conda.as_ref().map(|conda| conda.version.as_str()),
            }),
            Event::Run { run, what, .. } => Self::of_run(run.as_str(), what),
            Event::Process { process, what, .. } => Self::of_process(process.as_str(), what),
            Event::Env { path, what } => Self::of_env(path, what),
            Event::Journal(what) => Self::of_journal(what),
            _ => None,
        }
    }

    fn of_run(run: &'a str, event: &'a RunEvent) -> Option<Self> {
        match event {
            RunEvent::Step(step) => Self::of_step(run, step),
            RunEvent::Line { step, line } => {
                let Line {
                    seq, source, text, ..
                } = line;
                let stream = source.as_str();
                Some(Self::RunLine {
                    run,
                    step: At::of(step),
                    seq: *seq,
                    stream,
                    text,
                })
            }
            RunEvent::Called { by, script } => Some(Self::RunCalled {
                run,
                by: by.as_str(),
                script,
            }),
            RunEvent::Ended(outcome) => Some(Self::RunEnded {
                run,
                status: outcome.status.word(),
                steps_run: outcome.steps_run,
                daemons: &outcome.daemons,
                failure: FailureLine::of(&outcome.status),
            }),
            _ => None,
        }
    }

    fn of_step(run: &'a str, event: &'a Step) -> Option<Self> {
        Some(match event {
            Step::StepStarted {
                step,
                total,
                method,
            } => Self::StepStarted {
                run,
                step: At::of(step),
                total: *total,
                method,
            },
            Step::StepSkipped { step } => Self::StepSkipped {
                run,
                step: At::of(step),
            },
            Step::StepDone { step } => Self::StepDone {
                run,
                step: At::of(step),
            },
            Step::Command { step, line } => Self::Command {
                run,
                step: At::of(step),
                line,
            },
            Step::Exited { step, exit } => {
                let (code, exit) = (exit.shell_code(), exit.to_string());
                Self::CommandExited {
                    run,
                    step: At::of(step),
                    exit,
                    code,
                }
            }
            Step::Log { step, text } => Self::Log {
                run,
                step: At::of(step),
                text,
            },
            Step::Note { step, text } => Self::Note {
                run,
                step: At::of(step),
                text,
            },
            Step::Show {
                step,
                method,
                params,
            } => Self::Show {
                run,
                step: At::of(step),
                method,
                params,
            },
            Step::Transfer { step, what } => Self::Transfer {
                run,
                step: At::of(step),
                what,
            },
            Step::Transferred { step, done, total } => {
                let (done, total) = (*done, *total);
                Self::Transferred {
                    run,
                    step: At::of(step),
                    done,
                    total,
                }
            }
            Step::Downloaded { step, file } => Self::Downloaded {
                run,
                step: At::of(step),
                path: file.path.absolute(),
                bytes: file.bytes,
                was_there: file.was_there,
            },
            Step::Serving => Self::Serving { run },
            Step::Asks(question) => Self::Asks {
                run,
                step: At::of(&question.step),
                method: &question.method,
                title: &question.form.title,
                description: &question.form.description,
                fields: question.form.fields.iter().map(FieldLine::of).collect(),
            },
            Step::Answered { step } => Self::Answered {
                run,
                step: At::of(step),
            },
            _ => return None,
        })
    }

    fn of_process(process: &'a str, event: &'a ProcessEvent) -> Option<Self> {
        Some(match event {
            ProcessEvent::Line(Line {
                seq, source, text, ..
            }) => Self::ProcessLine {
                process,
                seq: *seq,
                stream: source.as_str(),
                text,
            },
            ProcessEvent::Supervision(event) => return Self::of_supervision(process, event),
            ProcessEvent::SpawnFailed(error) => Self::ProcessSpawnFailed {
                process,
                error: error.to_string(),
            },
            ProcessEvent::Reachable(url) => Self::ProcessReachable {
                process,
                url: url.to_connect(),
            },
            ProcessEvent::Lingers(members) => Self::ProcessLingers {
                process,
                still_alive: members.iter().map(member).collect(),
            },
            ProcessEvent::Waits(waits_for) => Self::ProcessWaits { process, waits_for },
            ProcessEvent::Ended(ended) => Self::ProcessEnded {
                process,
                how: ended.to_string(),
                failed: ended.is_failure(),
            },
            _ => return None,
        })
    }

    fn of_journal(what: &JournalEvent) -> Option<Self> {
        Some(match what {
            JournalEvent::Recovered { daemons, trees } => Self::Recovered {
                daemons: *daemons,
                leftovers: *trees,
            },
            other => Self::Warning {
                text: other.to_string(),
            },
        })
    }

    fn of_supervision(process: &'a str, event: &Supervision) -> Option<Self> {
        Some(match event {
            Supervision::Started { pid } => Self::ProcessStarted { process, pid: *pid },
            Supervision::Exited(exit) => {
                let (code, exit) = (exit.shell_code(), exit.to_string());
                Self::ProcessExited {
                    process,
                    exit,
                    code,
                }
            }
            Supervision::Restarting { delay, restart } => {
                let (delay_ms, restart) = (delay.as_millis(), *restart);
                Self::ProcessRestarting {
                    process,
                    delay_ms,
                    restart,
                }
            }
            Supervision::Stopping => Self::ProcessStopping { process },
            Supervision::Up | Supervision::NotReady | Supervision::SpawnFailed => return None,
        })
    }

    fn of_env(path: &'a str, event: &'a EnvEvent) -> Option<Self> {
        match event {
            EnvEvent::Waiting(claim) => Some(Self::EnvWaiting {
                path,
                pid: claim.pid,
            }),
            EnvEvent::Clearing(claim) => Some(Self::EnvClearing {
                path,
                pid: claim.pid,
            }),
            EnvEvent::Creating(command) => Some(Self::EnvCreating { path, command }),
            EnvEvent::SpaceIsShort(shortage) => Some(Self::EnvSpaceIsShort {
                path,
                free: shortage.free,
            }),
            EnvEvent::Ended(how) => Some(Self::EnvEnded {
                path,
                how: how.to_string(),
            }),
            _ => None,
        }
    }
}

/// A step, counted from 1, and its list when that is not `run`.
#[derive(Debug, Serialize)]
struct At<'a> {
    step: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'a str>,
}

impl<'a> At<'a> {
    fn of(at: &'a StepAt) -> Self {
        Self {
            step: at.index.saturating_add(1),
            list: at.list.name(),
        }
    }
}

fn member(member: &Member) -> TreeMember {
    TreeMember {
        pid: member.pid,
        name: member.name.clone(),
    }
}

impl<'a> FailureLine<'a> {
    fn of(status: &'a Status) -> Option<Self> {
        let Status::Failed(failure) = status else {
            return None;
        };
        Some(Self {
            step: At::of(&failure.step),
            method: &failure.method,
            pointer: &failure.pointer,
            message: failure.kind.to_string(),
            command: failure.kind.line(),
            code: failure.kind.exit_code(),
            tail: failure.kind.tail(),
            hint: failure.kind.hint(),
        })
    }
}
