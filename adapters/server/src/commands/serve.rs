//! `collodi serve`

use crate::{
    cli::ServeArgs,
    failure::{Failure, MISUNDERSTOOD},
    handover,
    home::Home,
    interrupts::{GO_ON, Interrupts, LEAVE},
    listening::{Door, Listen},
    node::{Life, Node},
    present::{self, LogLevel, Presenter, presenter},
    runtime::Runtime,
    service, trust,
};
use anyhow::Result;
use clap::ValueEnum as _;
use collodi_driver::Notice;
use collodi_host::{Command, Event, Follower};
use futures::{FutureExt as _, StreamExt as _};
use futures_lite::future::or;
use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    rc::Rc,
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
    args: &ServeArgs,
) -> Result<ExitCode> {
    let mut show = match args.log_format {
        Some(format) => present::log(format, log_level(args)?),
        None => presenter(json),
    };
    let mut interrupts = Interrupts::listen()?;
    let mut life = handover::life();
    if args.takeover
        && life == Life::First
        && let Some(address) = handover::take_over(workspace)?
    {
        listen = listen.instead(address);
        life = Life::Next;
    }
    loop {
        let home = home(&*runtime, workspace, &mut *show, args).await?;
        let mut node = Node::start(&*runtime, home, listen, life, &args.server).await?;
        let watched = service::watched(node.handle.clone(), runtime.backends().clock);
        runtime.spawn(watched.boxed());
        let over = attend(&mut node, &mut interrupts, &mut *show, json, args).await?;
        let follower = match over {
            Over::Ended => {
                node.ended().await;
                show.ended(false);
                return Ok(ExitCode::SUCCESS);
            }
            Over::LetGo(follower) => follower,
        };
        let listener = node.leave().await;
        if follower == Follower::OtherProcess {
            return Ok(ExitCode::SUCCESS);
        }
        let error = handover::replace(&listener);
        show.warning(&format!("the same program goes on: {error}"));
        listen = Listen::Given(Door::of(listener)?);
        life = Life::Next;
    }
}

/// The workspace, and what is odd in its settings.
async fn home(
    runtime: &dyn Runtime,
    workspace: &Path,
    show: &mut dyn Presenter,
    args: &ServeArgs,
) -> Result<Home> {
    let files = runtime.backends().files;
    let home = Home::open(workspace, &*files, &args.server).await?;
    let apps = PathBuf::from(home.layout.apps().absolute());
    for line in trust::misspelt(&home.settings, &apps) {
        show.warning(&line);
    }
    Ok(home)
}

/// Shows what a node tells and hears what it is told, until it has ended or let go.
async fn attend(
    node: &mut Node,
    interrupts: &mut Interrupts,
    show: &mut dyn Presenter,
    json: bool,
    args: &ServeArgs,
) -> Result<Over> {
    let mut events = match args.quiet {
        true => node.handle.changes().await?,
        false => node.handle.events().await?,
    };
    show.listening(node.address, &node.state_file);
    // The address has the token in it: only for who sits at the terminal, and in no file.
    if !json && args.log_format.is_none() && std::io::stdout().is_terminal() {
        say!("page at {}", node.page);
    }
    for event in &node.found {
        show.event(event);
    }
    told(service::ready(&format!("at http://{}", node.address)), show);
    let mut ending = false;
    loop {
        let interrupted = interrupts.next().map(Told::Interrupt);
        let asked = node.asked_to_end.heard().map(|()| Told::AskedToEnd);
        let notice = events.next().map(Told::Notice);
        match or(or(interrupted, asked), notice).await {
            Told::Notice(Some(Notice::Event(event))) => {
                show.event(&event);
                if let Event::LetGo(follower) = *event {
                    told(service::leaving(follower), show);
                    return Ok(Over::LetGo(follower));
                }
            }
            Told::Notice(Some(Notice::Missed(events))) => show.missed(events),
            Told::Notice(None) => return Ok(Over::Ended),
            Told::Interrupt(GO_ON) if !ending => {
                hand_over(node, Follower::SameProcess, show).await;
            }
            Told::Interrupt(LEAVE) if !ending => {
                hand_over(node, Follower::OtherProcess, show).await;
            }
            Told::Interrupt(_) => {
                told(service::stopping(), show);
                show.interrupted(ending);
                match ending {
                    true => node.kill().await,
                    false => node.end().await,
                }
                ending = true;
            }
            Told::AskedToEnd => {
                told(service::stopping(), show);
                ending = true;
                node.end().await;
            }
        }
    }
}

/// How the life of a server is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// All that it ran has ended.
    Ended,
    /// What it ran lives on for the next one.
    LetGo(Follower),
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

/// Somebody wants another life of this server to go on with its daemons.
async fn hand_over(node: &Node, follower: Follower, show: &mut dyn Presenter) {
    let refused = match node.may_go_on().await {
        Ok(()) => {
            let asked = node.handle.command(Command::HandOver(follower)).await;
            asked.err().map(|error| error.to_string())
        }
        Err(error) => Some(error.to_string()),
    };
    if let Some(error) = refused {
        let why = format!("not handed over: {error}");
        show.warning(&why);
        told(service::staying(&why), show);
    }
}

fn told(told: io::Result<()>, show: &mut dyn Presenter) {
    if let Err(error) = told {
        show.warning(&format!("the service manager cannot be told: {error}"));
    }
}

/// What a server hears.
enum Told {
    Notice(Option<Notice>),
    Interrupt(u8),
    AskedToEnd,
}
