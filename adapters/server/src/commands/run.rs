//! `collodi run`

mod answers;
mod begin;
mod guest;
mod seat;
mod watch;

use super::place::Place;
use crate::{
    cli::{OverrideArgs, RunArgs},
    client::Client,
    failure::Failure,
    handover,
    home::Home,
    interrupts::{Held, Interrupts},
    listening::Listen,
    node::Node,
    present::{Screen, presenter},
    prompt::Prompt,
    runtime::Runtime,
    state::ServerState,
};
use answers::{Given, asks};
use anyhow::Result;
use begin::begin;
use collodi_backend::Backends;
use collodi_driver::{HostHandle, LoadedApp, load};
use collodi_host::{Follower, Process, RunRequest};
use collodi_run::{Overrides, PreparedAnswers};
use collodi_script::ScriptError;
use collodi_value::{Object, Value};
use seat::Seat;
use std::{path::Path, process::ExitCode, rc::Rc, sync::Arc};
use watch::watch;

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
    let dir = home.dir.clone();
    let life = handover::life(&dir, runtime.left())?;
    if life.is_first()
        && let Some(server) = Client::of_running(&dir)?
    {
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
    // What an earlier life has left is not begun a second time.
    let again = args.again && life.is_first();
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
        again,
    };
    let state = begin(&node.handle, request, args.from, &mut *show).await?;
    let mut seat = Seat {
        events,
        interrupts,
        screen: Screen::new(show),
        prompt,
        clock,
        waits_until: None,
    };
    let state = watch(state, &mut node, &mut seat).await;
    let (ended, is_interrupted) = (state.ended(), state.signal.is_some());
    let Some(follower) = state.follower else {
        seat.leave(ended, is_interrupted).await;
        return Ok(state.code());
    };
    if ended.is_some() {
        tell_left(&node.handle, &mut seat.screen).await;
        node.leave_behind().await;
        seat.leave(ended, is_interrupted).await;
        return Ok(state.code());
    }
    let (listener, hold) = node.leave().await;
    if follower == Follower::OtherProcess {
        handover::give(&dir, runtime.left());
    }
    let mut interrupts = seat.leave(ended, is_interrupted).await;
    match follower {
        Follower::OtherProcess => Ok(ExitCode::SUCCESS),
        Follower::SameProcess => {
            let error = handover::replace(&listener, &hold, runtime.left(), &mut interrupts);
            Err(Failure::new(format!("failed to go on: {error}"))
                .hint("the daemons live on: `collodi serve` finds them again")
                .into())
        }
    }
}

/// Why nobody can be left with an app.
fn nobody_there(app: &Path) -> Failure {
    let app = app.display();
    Failure::new("no server runs in this workspace that the app could be left to").hint(format!(
        "start one with `collodi serve`, or run `collodi run {app}` without --detach"
    ))
}

pub(super) fn not_a_script(app: &LoadedApp) -> Failure {
    let (dir, file) = (app.app.cwd(), &app.app.file);
    Failure::new(format!(
        "{dir}/{file}:1:1: the file describes an app, and has no `run` list"
    ))
    .hint("add `\"run\": [ … ]`, or name the app's script instead of its folder")
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

fn overrides(args: &OverrideArgs) -> Overrides {
    Overrides {
        env: args.env.iter().cloned().collect(),
        restart: args.restart.map(collodi_http::restart_class),
        restart_delay: None,
    }
}

/// Says what an earlier server had left, and what lives on without one.
async fn tell_left(host: &HostHandle, screen: &mut Screen) {
    let lives = |process: &&Process| !process.has_ended();
    let name = |process: &Process| process.id().to_string();
    let left = host.query(move |host| host.processes().filter(lives).map(name).collect());
    let left: Vec<_> = left.await.unwrap_or_default();
    let left = left.join(", ");
    let text =
        format!("{left}: left by an earlier server, lives on; `collodi serve` finds it again");
    screen.try_show(move |show| show.warning(&text));
}
