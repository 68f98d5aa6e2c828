//! `collodi run`

use crate::{
    cli::RunArgs,
    failure::Failure,
    node::{Node, absolute},
    present::{Presenter, presenter},
};
use anyhow::Result;
use collodi_contain::{Name, Root};
use collodi_driver::{Events, HostHandle, LoadedApp, Notice, load};
use collodi_host::{
    Accepted, Command, Event, Process, ProcessEvent, ProcessId, RunEvent, RunId, RunRequest,
};
use collodi_restart::{Ended, Phase};
use collodi_run::{Outcome, Status};
use collodi_script::ScriptError;
use collodi_value::{Object, Value};
use futures::StreamExt as _;
use std::{collections::BTreeSet, path::Path, process::ExitCode, sync::Arc};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Runs an app until all of it has ended.
pub(crate) async fn run(workspace: &Path, json: bool, args: &RunArgs) -> Result<ExitCode> {
    let files = collodi_tokio::backends().files;
    let (name, root, file) = locate(workspace, &args.app)?;
    let hint = "an app's script is called pinokio.json; another one can be named directly";
    let loaded = load(&*files, &name, root, file.as_deref()).await;
    let app = loaded.map_err(|error| Failure::new(error).hint(hint))?;
    let mut show = presenter(json);
    show.diagnostics(&app);
    let script = match app.parsed.script() {
        Ok(script) => script.clone(),
        Err(ScriptError::NotAScript) => return Err(not_a_script(&app).into()),
        // The diagnostics have said it.
        Err(_) => return Ok(ExitCode::FAILURE),
    };
    let mut interrupts = Interrupts::listen()?;
    let mut node = Node::start(workspace, args.listen, &args.server).await?;
    let mut events = node.handle.events().await?;
    show.listening(node.address, &node.state_file);
    let (app, script) = (app.app.clone(), Arc::new(script));
    let request = RunRequest {
        app,
        script,
        args: Value::Object(Object::new()),
    };
    let Accepted::Run(run) = node.handle.command(Command::Run(request)).await? else {
        return Err(Failure::new("the host gave the run no name").into());
    };
    show.accepted(&run);
    let failed = watch(run, &mut node, &mut events, &mut interrupts, show.as_mut()).await;
    show.ended(failed);
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Shows what happens until everything has ended. Whether something failed.
async fn watch(
    run: RunId,
    node: &mut Node,
    events: &mut Events,
    interrupts: &mut Interrupts,
    show: &mut dyn Presenter,
) -> bool {
    let mut state = Watch::of(run);
    let asked_to_end = node.asked_to_end.clone();
    loop {
        tokio::select! {
            notice = events.next() => match notice {
                Some(Notice::Event(event)) => {
                    show.event(&event);
                    state.event(&event);
                }
                Some(Notice::Missed(events)) => {
                    show.missed(events);
                    if let Some(event) = state.look(&node.handle).await {
                        show.event(&event);
                    }
                }
                None => break,
            },
            () = interrupts.next() => {
                show.interrupted(state.ending);
                if state.ending { node.kill().await } else { node.end().await }
                state.ending = true;
            }
            () = asked_to_end.notified() => {
                state.ending = true;
                node.end().await;
            }
        }
        if state.is_over() && !state.ending {
            state.ending = true;
            node.end().await;
        }
    }
    node.ended().await;
    state.failed
}

/// What is known of the run and its daemons. Others may use the server too.
#[derive(Debug)]
struct Watch {
    run: RunId,
    run_ended: bool,
    daemons: BTreeSet<String>,
    ended: BTreeSet<String>,
    failed: bool,
    ending: bool,
}

impl Watch {
    fn of(run: RunId) -> Self {
        let (daemons, ended) = (BTreeSet::new(), BTreeSet::new());
        Self {
            run,
            run_ended: false,
            daemons,
            ended,
            failed: false,
            ending: false,
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Run {
                run,
                what: RunEvent::Ended(outcome),
                ..
            } if *run == self.run => {
                self.run_ended(outcome);
            }
            Event::Process {
                process,
                what: ProcessEvent::Ended(ended),
                ..
            } => {
                self.daemon_ended(process, *ended);
            }
            _ => {}
        }
    }

    fn run_ended(&mut self, outcome: &Outcome) {
        self.run_ended = true;
        self.failed |= matches!(outcome.status, Status::Failed(_));
        self.daemons.extend(outcome.daemons.iter().cloned());
    }

    /// Counts when the daemon is the run's; it may end before the run has said so.
    fn daemon_ended(&mut self, process: &ProcessId, ended: Ended) {
        if ended.is_failure() && !self.ending && self.is_ours(process) {
            self.failed = true;
        }
        self.ended.insert(process.to_string());
    }

    /// A daemon is named after its app, and an app has one run at a time.
    fn is_ours(&self, process: &ProcessId) -> bool {
        let app = self
            .run
            .as_str()
            .rsplit_once("-run-")
            .map_or("", |(app, _)| app);
        process
            .as_str()
            .rsplit_once('-')
            .is_some_and(|(of, _)| of == app)
    }

    /// Events were missed: asks the host how things are. The end of the run, when that
    /// was among them.
    async fn look(&mut self, host: &HostHandle) -> Option<Event> {
        let run = self.run.clone();
        let found = host.query(move |host| {
            let entry = host.run(&run);
            let outcome =
                entry.and_then(|run| Some((run.app().to_owned(), run.outcome()?.clone())));
            let ended = |p: &Process| match p.status().phase {
                Phase::Ended(ended) => Some((p.id().clone(), ended)),
                _ => None,
            };
            (
                outcome,
                host.processes().filter_map(ended).collect::<Vec<_>>(),
            )
        });
        // A host that is gone tells so by the end of its events.
        let (outcome, processes) = found.await.ok()?;
        for (process, ended) in processes {
            self.daemon_ended(&process, ended);
        }
        let (app, outcome) = outcome.filter(|_| !self.run_ended)?;
        self.run_ended(&outcome);
        let (run, what) = (self.run.clone(), RunEvent::Ended(outcome));
        Some(Event::Run { run, app, what })
    }

    /// The run has ended, and no daemon of it lives.
    fn is_over(&self) -> bool {
        self.run_ended && self.daemons.is_subset(&self.ended)
    }
}

/// Ctrl-C, SIGTERM and the end of the terminal.
pub(super) struct Interrupts([Signal; 3]);

impl Interrupts {
    pub(super) fn listen() -> Result<Self> {
        let on = |kind| signal(kind);
        Ok(Self([
            on(SignalKind::interrupt())?,
            on(SignalKind::terminate())?,
            on(SignalKind::hangup())?,
        ]))
    }

    pub(super) async fn next(&mut self) {
        let [a, b, c] = &mut self.0;
        tokio::select! {
            _ = a.recv() => {}
            _ = b.recv() => {}
            _ = c.recv() => {}
        }
    }
}

/// The app's name, its folder, and its script when the path names one.
pub(super) fn locate(workspace: &Path, path: &Path) -> Result<(Name, Root, Option<String>)> {
    let found = if path.exists() {
        absolute(path)?
    } else {
        in_workspace(workspace, path)?
    };
    let (dir, file) = if found.is_file() {
        let file = found
            .file_name()
            .and_then(|name| name.to_str())
            .map(ToOwned::to_owned);
        (found.parent().unwrap_or(&found), file)
    } else {
        (found.as_path(), None)
    };
    let folder = dir
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let name = Name::parse(folder).map_err(|error| {
        Failure::new(format!("{error}: {folder:?}"))
            .hint("the folder's name is the app's name; rename the folder")
    })?;
    let text = dir
        .to_str()
        .ok_or_else(|| Failure::new("the path is not UTF-8"))?;
    Ok((name, Root::new(text), file))
}

pub(super) fn not_a_script(app: &LoadedApp) -> Failure {
    let (root, file) = (&app.app.root, &app.app.file);
    Failure::new(format!(
        "{root}/{file}:1:1: the file describes an app, and has no `run` list"
    ))
    .hint("add `\"run\": [ … ]`, or name the app's script instead of its folder")
}

fn in_workspace(workspace: &Path, path: &Path) -> Result<std::path::PathBuf> {
    let app = workspace.join(".vatn/python/apps").join(path);
    if path.components().count() == 1 && app.is_dir() {
        return absolute(&app);
    }
    Err(
        Failure::new(format!("there is no app at {}", path.display()))
            .hint("name a folder with a pinokio.json, a script file, or an app of the workspace")
            .into(),
    )
}
