//! `collodi serve`

use crate::{
    cli::ServeArgs,
    failure::{Failure, MISUNDERSTOOD},
    handover,
    home::Home,
    interrupts::Interrupts,
    node::Node,
    present::{self, LogLevel, Presenter, presenter},
    runtime::Runtime,
    trust,
};
use anyhow::Result;
use clap::ValueEnum as _;
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

/// The variable that says how much is logged.
const LOG: &str = "COLLODI_LOG";

/// The signal that means: go on as another life.
const HANGUP: u8 = 1;

/// Serves the workspace until someone ends it.
pub(crate) async fn serve(
    runtime: Rc<dyn Runtime>,
    workspace: &Path,
    json: bool,
    args: &ServeArgs,
) -> Result<ExitCode> {
    let mut show = match args.log_format {
        Some(format) => present::log(format, log_level(args)?),
        None => presenter(json),
    };
    let mut interrupts = Interrupts::listen()?;
    let files = runtime.backends().files;
    let home = Home::open(workspace, &*files, &args.server).await?;
    let apps = PathBuf::from(home.layout.apps().absolute());
    for line in trust::misspelt(&home.settings, &apps) {
        show.warning(&line);
    }
    let mut node = Node::start(&*runtime, home, args.listen, &args.server).await?;
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
    let mut ending = false;
    loop {
        let interrupted = interrupts.next().map(Told::Interrupt);
        let asked = node.asked_to_end.heard().map(|()| Told::AskedToEnd);
        let notice = events.next().map(Told::Notice);
        match or(or(interrupted, asked), notice).await {
            Told::Notice(Some(Notice::Event(event))) => {
                show.event(&event);
                if *event == Event::LetGo {
                    node.settle();
                    show.warning(&format!("failed to go on: {}", handover::replace()));
                }
            }
            Told::Notice(Some(Notice::Missed(events))) => show.missed(events),
            Told::Notice(None) => break,
            Told::Interrupt(HANGUP) if !ending => hand_over(&node, &mut *show).await,
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
    node.ended().await;
    show.ended(false);
    Ok(ExitCode::SUCCESS)
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
async fn hand_over(node: &Node, show: &mut dyn Presenter) {
    if let Err(error) = node.may_go_on().await {
        return show.warning(&format!("not handed over: {error}"));
    }
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
