//! From events to their lines.

use super::{
    line::EventLine,
    parts::{FailureLine, FieldLine, OfRun},
};
use collodi_api::TreeMember;
use collodi_command::Member;
use collodi_host::{EnvEvent, Event, JournalEvent, ProcessEvent, RunEvent};
use collodi_logs::Line;
use collodi_restart::Event as Supervision;
use collodi_run::Event as Step;

impl<'a> EventLine<'a> {
    pub(super) fn of(event: &'a Event) -> Option<Self> {
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
                    at: OfRun::of(run, step),
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
                daemons: outcome.daemons.iter().map(|id| &**id).collect(),
                failure: FailureLine::of(&outcome.status),
            }),
            _ => None,
        }
    }

    fn of_step(run: &'a str, event: &'a Step) -> Option<Self> {
        let at = |step| OfRun::of(run, step);
        Some(match event {
            Step::StepStarted {
                step,
                total,
                method,
            } => Self::StepStarted {
                at: at(step),
                total: *total,
                method,
            },
            Step::StepSkipped { step } => Self::StepSkipped { at: at(step) },
            Step::StepDone { step } => Self::StepDone { at: at(step) },
            Step::Command { step, line } => Self::Command { at: at(step), line },
            Step::Exited { step, exit } => {
                let (code, exit) = (exit.shell_code(), exit.to_string());
                Self::CommandExited {
                    at: at(step),
                    exit,
                    code,
                }
            }
            Step::Log { step, text } => Self::Log { at: at(step), text },
            Step::Note { step, text } => Self::Note { at: at(step), text },
            Step::Show {
                step,
                method,
                params,
            } => Self::Show {
                at: at(step),
                method,
                params,
            },
            Step::Transfer { step, what } => Self::Transfer { at: at(step), what },
            Step::Transferred { step, done, total } => {
                let (done, total) = (*done, *total);
                Self::Transferred {
                    at: at(step),
                    done,
                    total,
                }
            }
            Step::Downloaded { step, file } => Self::Downloaded {
                at: at(step),
                path: file.path.absolute(),
                bytes: file.bytes,
                was_there: file.was_there,
            },
            Step::Serving => Self::Serving { run },
            Step::Asks(question) => Self::Asks {
                at: at(&question.step),
                method: &question.method,
                title: &question.form.title,
                description: &question.form.description,
                fields: question.form.fields.iter().map(FieldLine::of).collect(),
            },
            Step::Answered { step } => Self::Answered { at: at(step) },
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
            ProcessEvent::Reachable(url) | ProcessEvent::StillReachable(url) => {
                Self::ProcessReachable {
                    process,
                    url: url.to_connect(),
                }
            }
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
            // A line of its log says more.
            Supervision::Clearing
            | Supervision::Up
            | Supervision::NotReady
            | Supervision::SpawnFailed => return None,
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

fn member(member: &Member) -> TreeMember {
    TreeMember {
        pid: member.pid,
        name: member.name.clone(),
    }
}
