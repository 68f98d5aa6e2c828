//! `collodi serve`

mod seat;

use crate::{
    cli::ServeArgs,
    failure::{Failure, MISUNDERSTOOD},
    handover,
    home::Home,
    interrupts::{Held, Interrupts},
    listening::{Door, Listen},
    node::{Life, Node, may_start},
    present::{self, LogLevel, Screen, presenter},
    runtime::Runtime,
    service, trust,
};
use anyhow::Result;
use clap::ValueEnum as _;
use collodi_host::Follower;
use futures::FutureExt as _;
use futures_lite::future::or;
use seat::{Over, Seat};
use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    rc::Rc,
    sync::Arc,
};

/// The variable that says how much is logged.
const LOG: &str = "COLLODI_LOG";

/// Serves the workspace until someone ends it. A next life that cannot be had in another
/// program is had in this one.
pub(crate) async fn serve(
    runtime: Rc<dyn Runtime>,
    workspace: &Path,
    json: bool,
    mut listen: Listen,
    held: Held,
    args: &ServeArgs,
) -> Result<ExitCode> {
    let mut screen = Screen::new(match args.log_format {
        Some(format) => present::log(format, log_level(args)?),
        None => presenter(json),
    });
    let clock = runtime.backends().clock;
    let mut interrupts = Interrupts::listen(held);
    let mut life = handover::life(workspace, runtime.left())?;
    if args.takeover && life.is_first() {
        // Whatever keeps this one from starting is found before the other one leaves.
        listen.refuse_others()?;
        may_start(&runtime.backends(), workspace, &args.server).await?;
        let interrupted = interrupts.next().map(|signal| Err(given_up(signal).into()));
        if let Some((address, hold)) =
            or(handover::take_over(workspace, runtime.left()), interrupted).await?
        {
            listen = listen.instead(address);
            life = Life::Next(hold);
        }
    }
    loop {
        let home = home(&*runtime, workspace, &mut screen, args).await?;
        let mut node = Node::start(&*runtime, home, listen, life, &args.server).await?;
        let watched = service::watched(node.handle.clone(), Arc::clone(&clock));
        runtime.spawn(watched.boxed());
        let mut seat = Seat::take(&node, &mut interrupts, &screen, args.quiet).await?;
        greet(&node, &mut screen, json, args);
        let follower = match seat.attend(&mut node).await {
            Over::Ended => {
                node.ended().await;
                seat.leave(true, &*clock).await;
                return Ok(ExitCode::SUCCESS);
            }
            Over::LetGo(follower) => follower,
        };
        let (listener, hold) = node.leave().await;
        if follower == Follower::OtherProcess {
            handover::give(workspace, runtime.left());
            drop((listener, hold));
            seat.leave(false, &*clock).await;
            return Ok(ExitCode::SUCCESS);
        }
        seat.leave(false, &*clock).await;
        let error = handover::replace(&listener, &hold, runtime.left(), &mut interrupts);
        let error = format!("the same program goes on: {error}");
        screen.try_show(move |show| show.warning(&error));
        listen = Listen::Given(Door::of(listener)?);
        life = Life::Next(hold);
    }
}

/// Nobody follows the server, which may have let go by then.
fn given_up(signal: u8) -> Failure {
    Failure::new("interrupted; no server is followed")
        .hint("if the one that was there has ended, `collodi serve` goes on with its daemons")
        .status(128_u8.saturating_add(signal))
}

/// The workspace, and what is odd in its settings.
async fn home(
    runtime: &dyn Runtime,
    workspace: &Path,
    screen: &mut Screen,
    args: &ServeArgs,
) -> Result<Home> {
    let files = runtime.backends().files;
    let home = Home::open(workspace, &*files, &args.server).await?;
    let apps = PathBuf::from(home.layout.apps().absolute());
    for line in trust::misspelt(&home.settings, &apps) {
        screen.try_show(move |show| show.warning(&line));
    }
    Ok(home)
}

/// Says where it is, and what an earlier server has left.
fn greet(node: &Node, screen: &mut Screen, json: bool, args: &ServeArgs) {
    let (address, state_file) = (node.address, node.state_file.clone());
    screen.try_show(move |show| show.listening(address, &state_file));
    // The page's address has the token in it: only for who sits at the terminal, and in no file.
    if !json && args.log_format.is_none() && io::stdout().is_terminal() {
        let page = node.page.clone();
        screen.try_show(move |_| say!("page at {page}"));
    }
    for event in &node.found {
        let event = Arc::clone(event);
        screen.try_show(move |show| show.event(&event));
    }
    let ready = service::ready(&format!("at http://{address}"));
    seat::told(ready, screen);
}

/// How much is logged: the option counts before the variable.
fn log_level(args: &ServeArgs) -> Result<LogLevel> {
    let said = match (args.log_level, std::env::var(LOG)) {
        (Some(level), _) => return Ok(level),
        (None, Ok(said)) if !said.is_empty() => said,
        _ => return Ok(LogLevel::default()),
    };
    LogLevel::from_str(&said, true).map_err(|_| {
        Failure::new(format!("{LOG} is {said:?}"))
            .hint("it is one of error, warn, info, debug and trace")
            .status(MISUNDERSTOOD)
            .into()
    })
}
