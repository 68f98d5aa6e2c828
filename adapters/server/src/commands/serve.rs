//! `collodi serve`

use super::run::Interrupts;
use crate::{
    cli::ServeArgs,
    handover,
    node::Node,
    present::{Presenter, presenter},
};
use anyhow::Result;
use collodi_driver::Notice;
use collodi_host::{Command, Event};
use futures::StreamExt as _;
use std::{path::Path, process::ExitCode};

/// The signal that means: go on as another life.
const HANGUP: u8 = 1;

/// Serves the workspace until someone ends it.
pub(crate) async fn serve(workspace: &Path, json: bool, args: &ServeArgs) -> Result<ExitCode> {
    let mut show = presenter(json);
    let mut interrupts = Interrupts::listen()?;
    let mut node = Node::start(workspace, args.listen, &args.server).await?;
    let mut events = node.handle.events().await?;
    show.listening(node.address, &node.state_file);
    for event in &node.found {
        show.event(event);
    }
    let asked_to_end = node.asked_to_end.clone();
    let mut ending = false;
    loop {
        tokio::select! {
            notice = events.next() => match notice {
                Some(Notice::Event(event)) => {
                    show.event(&event);
                    if *event == Event::LetGo {
                        show.warning(&format!("failed to go on: {}", handover::replace()));
                    }
                }
                Some(Notice::Missed(events)) => show.missed(events),
                None => break,
            },
            signal = interrupts.next() => {
                if signal == HANGUP && !ending {
                    hand_over(&node, &mut *show).await;
                    continue;
                }
                show.interrupted(ending);
                if ending { node.kill().await } else { node.end().await }
                ending = true;
            }
            () = asked_to_end.notified() => {
                ending = true;
                node.end().await;
            }
        }
    }
    node.ended().await;
    show.ended(false);
    Ok(ExitCode::SUCCESS)
}

/// Somebody wants another life of this server to go on with its daemons.
async fn hand_over(node: &Node, show: &mut dyn Presenter) {
    if let Err(error) = node.handle.command(Command::HandOver).await {
        show.warning(&format!("not handed over: {error}"));
    }
}
