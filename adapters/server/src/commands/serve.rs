//! `collodi serve`

use crate::{
    cli::ServeArgs,
    handover,
    home::Home,
    interrupts::Interrupts,
    listening::{Door, Listen},
    node::{Life, Node},
    present::{Presenter, presenter},
    runtime::Runtime,
    trust,
};
use anyhow::Result;
use collodi_driver::Notice;
use collodi_host::{Command, Event};
use futures::{FutureExt as _, StreamExt as _};
use futures_lite::future::or;
use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
    rc::Rc,
};

/// The signal that means: go on as another life.
const HANGUP: u8 = 1;

/// Serves the workspace until someone ends it. A next life that cannot be had in another
/// program is had in this one.
pub(crate) async fn serve(
    runtime: Rc<dyn Runtime>,
    workspace: &Path,
    json: bool,
    mut listen: Listen,
    args: &ServeArgs,
) -> Result<ExitCode> {
    let mut show = presenter(json);
    let mut interrupts = Interrupts::listen()?;
    let mut life = handover::life();
    loop {
        let home = home(&*runtime, workspace, &mut *show, args).await?;
        let mut node = Node::start(&*runtime, home, listen, life, &args.server).await?;
        let over = attend(&mut node, &mut interrupts, &mut *show, json, args).await?;
        if over == Over::Ended {
            node.ended().await;
            show.ended(false);
            return Ok(ExitCode::SUCCESS);
        }
        let listener = node.leave().await;
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
    if !json && std::io::stdout().is_terminal() {
        say!("page at {}", node.page);
    }
    for event in &node.found {
        show.event(event);
    }
    let mut ending = false;
    loop {
        let interrupted = interrupts.next().map(Told::Interrupt);
        let asked = node.asked_to_end.heard().map(|()| Told::AskedToEnd);
        let notice = events.next().map(Told::Notice);
        match or(or(interrupted, asked), notice).await {
            Told::Notice(Some(Notice::Event(event))) => {
                show.event(&event);
                if *event == Event::LetGo {
                    return Ok(Over::LetGo);
                }
            }
            Told::Notice(Some(Notice::Missed(events))) => show.missed(events),
            Told::Notice(None) => return Ok(Over::Ended),
            Told::Interrupt(HANGUP) if !ending => hand_over(node, show).await,
            Told::Interrupt(_) => {
                show.interrupted(ending);
                match ending {
                    true => node.kill().await,
                    false => node.end().await,
                }
                ending = true;
            }
            Told::AskedToEnd => {
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
    LetGo,
}

/// Somebody wants another life of this server to go on with its daemons.
async fn hand_over(node: &Node, show: &mut dyn Presenter) {
    if let Err(error) = node.handle.command(Command::HandOver).await {
        show.warning(&format!("not handed over: {error}"));
    }
}

/// What a server hears.
enum Told {
    Notice(Option<Notice>),
    Interrupt(u8),
    AskedToEnd,
}
