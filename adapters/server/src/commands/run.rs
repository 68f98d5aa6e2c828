//! `collodi run`

use super::place::Place;
use crate::{
    cli::{PreparedArgs, RunArgs},
    failure::Failure,
    node::Node,
    present::{Presenter, presenter},
    prompt::Prompt,
};
use anyhow::Result;
use collodi_driver::{Events, HostHandle, LoadedApp, Notice, load};
use collodi_host::{
    Accepted, Command, Event, Host, Process, ProcessEvent, ProcessId, RunEvent, RunId, RunRequest,
};
use collodi_restart::Phase;
use collodi_run::{Outcome, PreparedAnswers, Status};
use collodi_script::ScriptError;
use collodi_value::{Object, Value};
use futures::StreamExt as _;
use std::{io::IsTerminal as _, path::Path, process::ExitCode, sync::Arc};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Runs an app until all of it has ended.
pub(crate) async fn run(workspace: &Path, json: bool, args: &RunArgs) -> Result<ExitCode> {
    let files = collodi_tokio::backends().files;
    let Place { name, root, file } = Place::find(workspace, &args.app, args.root.as_deref())?;
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
    let answers = prepared(&args.answers)?;
    let mut prompt = Prompt::new(!answers.unattended && !json);
    let mut interrupts = Interrupts::listen()?;
    let mut node = Node::start(workspace, args.listen, &args.server).await?;
    let mut events = node.handle.events().await?;
    show.listening(node.address, &node.state_file);
    let (app, script) = (app.app.clone(), Arc::new(script));
    let request = RunRequest {
        app,
        script,
        args: Value::Object(Object::new()),
        answers: Box::new(answers),
    };
    let Accepted::Run(run) = node.handle.command(Command::Run(request)).await? else {
        return Err(Failure::new("the host gave the run no name").into());
    };
    show.accepted(&run);
    let failed = watch(
        run,
        &mut node,
        &mut events,
        &mut interrupts,
        &mut prompt,
        show.as_mut(),
    )
    .await;
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
    prompt: &mut Prompt,
    show: &mut dyn Presenter,
) -> bool {
    let mut state = Watch::of(run);
    let asked_to_end = node.asked_to_end.clone();
    loop {
        tokio::select! {
            notice = events.next() => match notice {
                Some(Notice::Event(event)) => {
                    show.event(&event);
                    state.event(&event, &node.handle).await;
                    prompt.event(&state.run, &event);
                }
                Some(Notice::Missed(events)) => {
                    show.missed(events);
                    if let Some(event) = state.look(&node.handle).await {
                        show.event(&event);
                    }
                    prompt.look(&node.handle, &state.run).await;
                }
                None => break,
            },
            line = prompt.line() => prompt.answer(&node.handle, line).await,
            () = interrupts.next() => {
                prompt.close();
                show.interrupted(state.ending);
                if state.ending { node.kill().await } else { node.end().await }
                state.ending = true;
            }
            () = asked_to_end.notified() => {
                state.ending = true;
                node.end().await;
            }
        }
        if !state.ending && state.is_over(&node.handle).await {
            state.ending = true;
            node.end().await;
        }
    }
    node.ended().await;
    state.failed
}

/// What is known of the run and what comes from it: its daemons, and the scripts that
/// it starts with theirs. Others may use the server too.
#[derive(Debug)]
struct Watch {
    run: RunId,
    run_ended: bool,
    run_failed: bool,
    /// Something ended since the host was asked whether all did.
    something_ended: bool,
    failed: bool,
    ending: bool,
}

impl Watch {
    const fn of(run: RunId) -> Self {
        Self {
            run,
            run_ended: false,
            run_failed: false,
            something_ended: false,
            failed: false,
            ending: false,
        }
    }

    async fn event(&mut self, event: &Event, host: &HostHandle) {
        match event {
            Event::Run {
                run,
                what: RunEvent::Ended(outcome),
                ..
            } => {
                self.something_ended = true;
                if *run == self.run {
                    self.run_ended(outcome);
                }
            }
            Event::Process {
                process,
                what: ProcessEvent::Ended(ended),
                ..
            } => {
                self.something_ended = true;
                if ended.is_failure() && !self.ending {
                    self.failed |= self.is_ours(process, host).await;
                }
            }
            _ => {}
        }
    }

    fn run_ended(&mut self, outcome: &Outcome) {
        self.run_ended = true;
        self.something_ended = true;
        self.run_failed |= matches!(outcome.status, Status::Failed(_));
        self.failed |= self.run_failed;
    }

    /// Whether the run, or a script that it started, started this daemon.
    async fn is_ours(&self, process: &ProcessId, host: &HostHandle) -> bool {
        let (run, process) = (self.run.clone(), process.clone());
        let is_ours = host.query(move |host| is_ours(host, &run, &process)).await;
        // A host that is gone tells so by the end of its events.
        is_ours.unwrap_or(false)
    }

    /// Events were missed: asks the host how things are. The end of the run, when that
    /// was among them.
    async fn look(&mut self, host: &HostHandle) -> Option<Event> {
        let run = self.run.clone();
        let found = host.query(move |host| {
            let entry = host.run(&run);
            let outcome =
                entry.and_then(|run| Some((run.app().to_owned(), run.outcome()?.clone())));
            let failed =
                |p: &Process| matches!(p.status().phase, Phase::Ended(ended) if ended.is_failure());
            let mut processes = host.processes().filter(|p| is_ours(host, &run, p.id()));
            (outcome, processes.any(failed))
        });
        // A host that is gone tells so by the end of its events.
        let (outcome, failed) = found.await.ok()?;
        self.failed |= failed && !self.ending;
        self.something_ended = true;
        let (app, outcome) = outcome.filter(|_| !self.run_ended)?;
        self.run_ended(&outcome);
        let (run, what) = (self.run.clone(), RunEvent::Ended(outcome));
        Some(Event::Run { run, app, what })
    }

    /// The run has failed, or nothing that comes from it lives.
    async fn is_over(&mut self, host: &HostHandle) -> bool {
        if !self.run_ended || !core::mem::take(&mut self.something_ended) {
            return false;
        }
        let run = self.run.clone();
        let lives = host.query(move |host| host.is_alive(&run)).await;
        self.run_failed || !lives.unwrap_or(false)
    }
}

fn is_ours(host: &Host, run: &RunId, process: &ProcessId) -> bool {
    let by = host.process(process).and_then(|p| host.run(p.run()));
    by.is_some_and(|by| by.origin() == run)
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

/// The answers that come with the run. Without a terminal nobody can be asked.
fn prepared(args: &PreparedArgs) -> Result<PreparedAnswers> {
    let mut answers = match &args.file {
        Some(file) => answers_in(file)?,
        None => Object::new(),
    };
    for (key, value) in &args.answers {
        answers.set(key.as_str(), Value::from(value.as_str()));
    }
    let nobody = !std::io::stdin().is_terminal() && !args.attended;
    Ok(PreparedAnswers::of(&answers, args.unattended || nobody))
}

fn answers_in(file: &Path) -> Result<Object> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("failed to read {shown}: {error}")))?;
    match collodi_script::read_json(&text) {
        Ok(Value::Object(answers)) => Ok(answers),
        Ok(_) => Err(Failure::new(format!("{shown} is no JSON object"))
            .hint("write {\"KEY\": \"answer\"}")
            .into()),
        Err((place, what)) => Err(Failure::new(format!("{shown}:{place}: {what}")).into()),
    }
}

pub(super) fn not_a_script(app: &LoadedApp) -> Failure {
    let (dir, file) = (app.app.cwd(), &app.app.file);
    Failure::new(format!(
        "{dir}/{file}:1:1: the file describes an app, and has no `run` list"
    ))
    .hint("add `\"run\": [ … ]`, or name the app's script instead of its folder")
}
