//! `collodi serve`

use super::run::Interrupts;
use crate::{cli::ServeArgs, node::Node, present::presenter};
use anyhow::Result;
use collodi_driver::Notice;
use futures::StreamExt as _;
use std::{path::Path, process::ExitCode};

/// Serves the workspace until someone ends it.
pub(crate) async fn serve(workspace: &Path, json: bool, args: &ServeArgs) -> Result<ExitCode> {
    let mut show = presenter(json);
    let mut interrupts = Interrupts::listen()?;
    let mut node = Node::start(workspace, args.listen, &args.server).await?;
    let mut events = node.handle.events().await?;
    show.listening(node.address, &node.state_file);
    let asked_to_end = node.asked_to_end.clone();
    let mut ending = false;
    loop {
        tokio::select! {
            notice = events.next() => match notice {
                Some(Notice::Event(event)) => show.event(&event),
                Some(Notice::Missed(events)) => show.missed(events),
                None => break,
            },
            _ = interrupts.next() => {
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
