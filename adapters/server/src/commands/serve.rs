//! `collodi serve`

use crate::{
    cli::ServeArgs, interrupts::Interrupts, node::Node, present::presenter, runtime::Runtime,
};
use anyhow::Result;
use collodi_driver::Notice;
use futures::{FutureExt as _, StreamExt as _};
use futures_lite::future::or;
use std::{path::Path, process::ExitCode, rc::Rc};

/// Serves the workspace until someone ends it.
pub(crate) async fn serve(
    runtime: Rc<dyn Runtime>,
    workspace: &Path,
    json: bool,
    args: &ServeArgs,
) -> Result<ExitCode> {
    let mut show = presenter(json);
    let mut interrupts = Interrupts::listen()?;
    let mut node = Node::start(&*runtime, workspace, args.listen, &args.server).await?;
    let mut events = node.handle.events().await?;
    show.listening(node.address, &node.state_file);
    let mut ending = false;
    loop {
        let interrupted = interrupts.next().map(|_| Told::Interrupt);
        let asked = node.asked_to_end.heard().map(|()| Told::AskedToEnd);
        let notice = events.next().map(Told::Notice);
        match or(or(interrupted, asked), notice).await {
            Told::Notice(Some(Notice::Event(event))) => show.event(&event),
            Told::Notice(Some(Notice::Missed(events))) => show.missed(events),
            Told::Notice(None) => break,
            Told::Interrupt => {
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

/// What a server hears.
enum Told {
    Notice(Option<Notice>),
    Interrupt,
    AskedToEnd,
}
