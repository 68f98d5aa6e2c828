//! `collodi run`

mod guest;
mod seat;

use super::place::Place;
use crate::{
    cli::{OverrideArgs, PreparedArgs, RunArgs},
    client::Client,
    failure::{Failure, MISUNDERSTOOD},
    given, handover,
    home::Home,
    interrupts::{Held, Interrupts, LEAVE},
    listening::Listen,
    node::{Life, Node},
    present::{Presenter, Screen, presenter},
    prompt::{self, Asks, AtHost, Prompt},
    runtime::Runtime,
    state::ServerState,
};
use anyhow::Result;
use collodi_backend::Backends;
use collodi_driver::{CommandError, HostHandle, LoadedApp, Notice, load};
use collodi_env::Rule;
use collodi_host::{
    Accepted, Command, Event, Follower, Host, Process, ProcessEvent, ProcessId, Refused, RunEvent,
    RunId, RunRequest,
};
use collodi_restart::Phase;
use collodi_run::{Event as Step, Outcome, Overrides, PreparedAnswers, Status};
use collodi_script::ScriptError;
use collodi_value::{Object, Value};
use futures::FutureExt as _;
use futures_lite::future::or;
use seat::{Seat, Told};
use std::{
    io::IsTerminal as _, num::NonZeroUsize, path::Path, process::ExitCode, rc::Rc, sync::Arc,
};

/// Runs an app until all of it has ended. An app of a workspace that has a server is run by
/// that, unless options say what the server is to be.
pub(crate) async fn run(
    runtime: Rc<dyn Runtime>,
    workspace: &Path,
    json: bool,
    listen: Listen,
    held: Held,
    args: &RunArgs,
) -> Result<ExitCode> {
    let Backends { files, clock, .. } = runtime.backends();
    let home = Home::open(workspace, &*files, &args.server).await?;
    let Place { name, root, file } = Place::find(&home, &args.app, args.root.as_deref())?;
    let may_be_served = file.is_none() && root == home.layout.app(&name);
    if let Some(server) = Client::of_running(&home.dir)? {
        return match may_be_served && args.server.says_nothing() {
            true => guest::run(server, &name, json, held, args).await,
            false => Err(not_there(server.server(), args, may_be_served).into()),
        };
    }
    if args.detach {
        return Err(nobody_there(&args.app).into());
    }
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
    let Given {
        answers,
        unattended,
    } = Given::of(&args.answers)?;
    let answers = PreparedAnswers::of(&answers, unattended);
    let prompt = Prompt::new(asks(unattended, json));
    let interrupts = Interrupts::listen(held);
    let life = handover::life();
    let mut node = Node::start(&*runtime, home, listen, life, &args.server).await?;
    let events = node.handle.all_events().await?;
    show.listening(node.address, &node.state_file);
    for event in &node.found {
        show.event(event);
    }
    let (app, script) = (app.app.clone(), Arc::new(script));
    let request = RunRequest {
        app,
        script,
        args: Value::Object(Object::new()),
        answers: Box::new(answers),
        overrides: Arc::new(overrides(&args.overrides)),
        // What an earlier life has left is not begun a second time.
        again: args.again && life == Life::First,
    };
    let state = begin(&node.handle, request, args.from, &mut *show).await?;
    let mut seat = Seat {
        events,
        interrupts,
        screen: Screen::new(show),
        prompt,
        clock,
        hurries: false,
    };
    let state = watch(state, &mut node, &mut seat).await;
    let ended = state.follower.is_none().then_some(state.failed);
    let interrupts = seat.leave(ended, state.signal.is_some()).await;
    match state.follower {
        None => Ok(state.code()),
        Some(follower) => follow(node, follower, interrupts).await,
    }
}

/// Why nobody can be left with an app.
fn nobody_there(app: &Path) -> Failure {
    let app = app.display();
    Failure::new("no server runs in this workspace that the app could be left to").hint(format!(
        "start one with `collodi serve`, or run `collodi run {app}` without --detach"
    ))
}

/// Why the server of the workspace does not run this.
fn not_there(server: &ServerState, args: &RunArgs, is_of_workspace: bool) -> Failure {
    let app = args.app.display();
    let elsewhere = "end the server with `collodi stop`, or use another folder with --workspace";
    let hint = match is_of_workspace {
        true => format!(
            "it runs {app} by `collodi run {app}` without options of the server; to have those, {elsewhere}"
        ),
        false if args.app.is_dir() => format!(
            "it runs the apps of its workspace, of which {app} is none: make it one by \
             `collodi add {app}`; or {elsewhere}"
        ),
        false => format!("it runs the apps of its workspace by their names; {elsewhere}"),
    };
    Failure::new(server.runs_already()).hint(hint)
}

/// Leaves what lives to the next life.
async fn follow(node: Node, follower: Follower, mut interrupts: Interrupts) -> Result<ExitCode> {
    let listener = node.leave().await;
    match follower {
        Follower::OtherProcess => Ok(ExitCode::SUCCESS),
        Follower::SameProcess => Err(Failure::new(format!(
            "failed to go on: {}",
            handover::replace(&listener, &mut interrupts)
        ))
        .hint("the daemons live on: `collodi serve` finds them again")
        .into()),
    }
}

/// Begins the run, or goes on with what an earlier server has left of the app.
async fn begin(
    host: &HostHandle,
    request: RunRequest,
    from: Option<NonZeroUsize>,
    show: &mut dyn Presenter,
) -> Result<Watch> {
    let app = request.app.name.clone();
    let left = host.query(move |host| left_of(host, &app)).await?;
    if let Some(left) = left.filter(|_| !request.again) {
        show.warning(&format!("{} runs already, and goes on", request.app.name));
        left.reachable.iter().for_each(|event| show.event(event));
        return Ok(Watch {
            run_ended: left.has_ended,
            serving: !left.has_ended,
            something_ended: true,
            ..Watch::of(left.run)
        });
    }
    let command = match from {
        None => Command::Run(request),
        Some(step) => Command::RunFrom {
            request,
            from: step.get() - 1,
            of: None,
        },
    };
    match host.command(command).await {
        Ok(Accepted::Run(run)) => {
            show.accepted(&run);
            Ok(Watch::of(run))
        }
        Ok(Accepted::UnderWay) => Err(Failure::new("the host gave the run no name").into()),
        Err(CommandError::Refused(refused)) => Err(not_begun(&refused).into()),
        Err(error) => Err(error.into()),
    }
}

/// Why a run is not begun, in the words of its command line.
fn not_begun(refused: &Refused) -> Failure {
    match refused {
        Refused::NoSuchStep { .. } => {
            Failure::new(refused).hint("`collodi plan` shows them; --from counts from 1")
        }
        Refused::Variables(of) if of.iter().any(|one| one.rule == Rule::InvalidName) => {
            Failure::new(refused).hint(
                "--env takes NAME=VALUE; a name has letters, digits and _, and no digit first",
            )
        }
        Refused::Variables(_) => {
            Failure::new(refused).hint("--grant NAME lets steps set a name that is excluded")
        }
        _ => Failure::new(refused),
    }
}

fn overrides(args: &OverrideArgs) -> Overrides {
    Overrides {
        env: args.env.iter().cloned().collect(),
        restart: args.restart.map(collodi_http::restart_class),
        restart_delay: None,
    }
}

/// What lives of an app.
struct Left {
    run: RunId,
    has_ended: bool,
    /// Where it answers, as far as that is known.
    reachable: Vec<Event>,
}

fn left_of(host: &Host, app: &str) -> Option<Left> {
    let living = host.processes();
    let living: Vec<_> = living
        .filter(|p| p.app() == app && !p.has_ended())
        .collect();
    let run = host.run(living.first()?.run())?;
    let reachable = |process: &&Process| {
        let what = ProcessEvent::Reachable(process.url()?.clone());
        let (process, app) = (process.id().clone(), app.to_owned());
        Some(Event::Process { process, app, what })
    };
    Some(Left {
        run: run.id().clone(),
        has_ended: run.outcome().is_some(),
        reachable: living.iter().filter_map(reachable).collect(),
    })
}

/// Shows what happens until everything has ended.
async fn watch(mut state: Watch, node: &mut Node, seat: &mut Seat) -> Watch {
    loop {
        match seat.next(&mut node.asked_to_end).await {
            Told::Notice(notice) => {
                state.follower = let_go(&notice);
                if state.follower.is_some() {
                    return state;
                }
                if let Some(signal) = state.notice(notice, node, seat).await {
                    state.interrupted(signal, node, seat).await;
                }
            }
            Told::Over => break,
            Told::Line(line) => {
                let desk = at_host(&node.handle, &state.run);
                seat.prompt.answer(&desk, line).await;
            }
            Told::Signal(signal) => state.interrupted(signal, node, seat).await,
            Told::AskedToEnd => {
                state.ending = true;
                seat.hurry();
                node.end().await;
            }
        }
        if !state.ending && state.is_over(&node.handle).await {
            state.ending = true;
            node.end().await;
        }
    }
    loop {
        let interrupted = seat.interrupts.next().map(|_| false);
        if or(node.ended().map(|()| true), interrupted).await {
            return state;
        }
        node.kill().await;
    }
}

/// Somebody wants what lives to be left to the next server. What that could not go on with is
/// told, and goes on here.
async fn leave(node: &Node, seat: &mut Seat) {
    let leave = Command::HandOver(Follower::OtherProcess);
    if let Err(error) = node.handle.command(leave).await {
        let why = format!("not left to another server: {error}");
        seat.screen.try_show(move |show| show.warning(&why));
    }
}

/// For whom the host has let go.
fn let_go(notice: &Notice) -> Option<Follower> {
    match notice {
        Notice::Event(event) => match **event {
            Event::LetGo(follower) => Some(follower),
            _ => None,
        },
        Notice::Missed(_) => None,
    }
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
    /// All steps are done, and what they started is there to stay.
    serving: bool,
    /// The signal that ended the run before it was done.
    signal: Option<u8>,
    /// Who goes on with what lives.
    follower: Option<Follower>,
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
            serving: false,
            signal: None,
            follower: None,
        }
    }

    /// As shells say it: what a signal ended has 128 and its number.
    fn code(&self) -> ExitCode {
        match self.signal {
            Some(signal) => ExitCode::from(128 + signal),
            None if self.failed => ExitCode::FAILURE,
            None => ExitCode::SUCCESS,
        }
    }

    async fn interrupted(&mut self, signal: u8, node: &Node, seat: &mut Seat) {
        let again = self.ending;
        if signal == LEAVE && !again {
            return leave(node, seat).await;
        }
        seat.prompt.close();
        seat.hurry();
        seat.screen.try_show(move |show| show.interrupted(again));
        if !self.run_ended && !self.serving {
            self.signal.get_or_insert(signal);
        }
        match again {
            true => node.kill().await,
            false => self.stop(node).await,
        }
        self.ending = true;
    }

    /// Somebody stops the app, which is remembered, and with it all else.
    async fn stop(&self, node: &Node) {
        let run = self.run.clone();
        let app = node
            .handle
            .query(move |host| Some(host.run(&run)?.app().to_owned()));
        if let Ok(Some(app)) = app.await {
            // Of an app that has ended nothing is to be stopped.
            let _ = node.handle.command(Command::StopApp(app)).await;
        }
        node.end().await;
    }

    /// Shows what happened. A signal, when one came meanwhile.
    async fn notice(&mut self, notice: Notice, node: &Node, seat: &mut Seat) -> Option<u8> {
        match notice {
            Notice::Event(event) => {
                let shown = event.clone();
                seat.screen.show(move |show| show.event(&shown)).await;
                self.event(&event, &node.handle).await;
                let asked = question_of(&event);
                let signal = match asked.is_some() {
                    true => seat.shown().await,
                    false => None,
                };
                asked
                    .into_iter()
                    .for_each(|name| seat.prompt.has_shown(name));
                if may_ask(&event) && !self.ending && signal.is_none() {
                    seat.prompt.look(&at_host(&node.handle, &self.run)).await;
                }
                signal
            }
            Notice::Missed(events) => {
                seat.screen.show(move |show| show.missed(events)).await;
                if let Some(event) = self.look(&node.handle).await {
                    seat.screen.try_show(move |show| show.event(&event));
                }
                if !self.ending {
                    seat.prompt
                        .look_anew(&at_host(&node.handle, &self.run))
                        .await;
                }
                None
            }
        }
    }

    async fn event(&mut self, event: &Event, host: &HostHandle) {
        match event {
            Event::Run {
                run,
                what: RunEvent::Step(Step::Serving),
                ..
            } => self.serving |= *run == self.run,
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

/// The question that an event puts.
fn question_of(event: &Event) -> Option<prompt::Name> {
    match event {
        Event::Run {
            run,
            what: RunEvent::Step(Step::Asks(question)),
            ..
        } => Some((run.to_string(), question.number)),
        _ => None,
    }
}

/// Whether there may be something else to ask.
const fn may_ask(event: &Event) -> bool {
    let Event::Run { what, .. } = event else {
        return false;
    };
    matches!(
        what,
        RunEvent::Step(Step::Asks(_) | Step::Answered { .. }) | RunEvent::Ended(_)
    )
}

const fn at_host<'a>(host: &'a HostHandle, origin: &'a RunId) -> AtHost<'a> {
    AtHost { host, origin }
}

/// Who is asked what the answers that come with the run leave open.
const fn asks(unattended: bool, json: bool) -> Asks {
    match (unattended, json) {
        (_, true) => Asks::Programs,
        (true, _) => Asks::Nobody,
        _ => Asks::Terminal,
    }
}

fn is_ours(host: &Host, run: &RunId, process: &ProcessId) -> bool {
    let by = host.process(process).and_then(|p| host.run(p.run()));
    by.is_some_and(|by| by.origin() == run)
}

/// The answers that come with the run.
#[derive(Debug)]
struct Given {
    answers: Object,
    /// Nobody is there to be asked.
    unattended: bool,
}

impl Given {
    /// Without a terminal nobody can be asked.
    fn of(args: &PreparedArgs) -> Result<Self> {
        let mut answers = match &args.file {
            Some(file) => answers_in(file)?,
            None => Object::new(),
        };
        for (key, value) in &args.answers {
            answers.set(key.as_str(), Value::from(value.as_str()));
        }
        let nobody = !std::io::stdin().is_terminal() && !args.attended;
        Ok(Self {
            answers,
            unattended: args.unattended || nobody,
        })
    }
}

fn answers_in(file: &Path) -> Result<Object> {
    let shown = file.display();
    let text = given::text(file, given::MOST).map_err(|error| {
        Failure::new(format!("failed to read {shown}: {error}")).status(MISUNDERSTOOD)
    })?;
    match collodi_script::read_json(&text) {
        Ok(Value::Object(answers)) => Ok(answers),
        Ok(_) => Err(Failure::new(format!("{shown} is no JSON object"))
            .hint("write {\"KEY\": \"answer\"}")
            .status(MISUNDERSTOOD)
            .into()),
        Err((place, what)) => Err(Failure::new(format!("{shown}:{place}: {what}"))
            .status(MISUNDERSTOOD)
            .into()),
    }
}

pub(super) fn not_a_script(app: &LoadedApp) -> Failure {
    let (dir, file) = (app.app.cwd(), &app.app.file);
    Failure::new(format!(
        "{dir}/{file}:1:1: the file describes an app, and has no `run` list"
    ))
    .hint("add `\"run\": [ … ]`, or name the app's script instead of its folder")
}
