//! A run that the server of the workspace does: who asked for it watches it there.

mod show;
mod watch;

use super::Given;
use crate::{
    cli::RunArgs,
    client::{Client, Told},
    failure::Failure,
    interrupts::Interrupts,
};
use anyhow::Result;
use collodi_api::{Answer, RerunRequest, RunAccepted, RunRequest, Runs};
use collodi_contain::Name;
use collodi_value::Value;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _, channel::mpsc, executor::block_on};
use futures_lite::future::or;
use serde_json::Map;
use show::show;
use std::{process::ExitCode, sync::Arc, thread};
use watch::{Goes, Watch};

/// How much is read ahead of what is shown.
const AHEAD: usize = 16;

/// Gives the run of an app of the workspace to its server, and watches it until all of it has
/// ended, or the server has.
pub(super) async fn run(
    client: Client,
    app: &Name,
    json: bool,
    args: &RunArgs,
) -> Result<ExitCode> {
    let given = Given::of(&args.answers)?;
    let mut interrupts = Interrupts::listen()?;
    let client = Arc::new(client);
    let path = format!("/python/apps/{app}");
    let accepted = match args.from {
        None => begin(&client, &path, given, args.again)?,
        Some(step) => begin_at(&client, app, step.get() - 1, args.again)?,
    };
    let show = show(json);
    show.given(client.server(), &accepted.run_id);
    let mut watch = Watch::new(accepted.run_id, show);
    let mut told = listen(&client, watch.topics());
    let (mut asked, mut signal) = (false, None);
    loop {
        let next = told.next().map(Happened::Told);
        match or(interrupts.next().map(Happened::Signal), next).await {
            Happened::Told(None) => return watch.is_deserted(),
            Happened::Told(Some(event)) => match watch.hear(&event)? {
                Goes::On => {}
                Goes::ElsewhereToo => told = listen(&client, watch.topics()),
                Goes::Over => break,
            },
            // It goes on without who watches.
            Happened::Signal(number) if asked => return Ok(ExitCode::from(128 + number)),
            Happened::Signal(number) => {
                asked = true;
                signal = Some(number).filter(|_| !watch.has_steps_done());
                watch.show().interrupted();
                // Where nothing runs by now, or no server, that is told as well.
                let _ = client.post::<Answer>(&format!("{path}/stop"));
            }
        }
    }
    watch.show_rest(&client)?;
    Ok(signal.map_or_else(|| watch.code(), |number| ExitCode::from(128 + number)))
}

fn begin(client: &Client, path: &str, given: Given, again: bool) -> Result<RunAccepted> {
    let body = RunRequest::<Map<String, serde_json::Value>> {
        args: None,
        answers: serde_json::from_str(&Value::Object(given.answers).to_json())?,
        unattended: given.unattended,
        again,
    };
    client.begin(&format!("{path}/run"), &body)
}

/// Begins the last run of the app once more, from a step on.
fn begin_at(client: &Client, app: &Name, from: usize, again: bool) -> Result<RunAccepted> {
    let Runs { runs, .. } = client.get("/python/runs")?;
    let of_app = runs.iter().filter(|run| run.app_id == app.as_str());
    let last = of_app.max_by(|a, b| a.started_at.cmp(&b.started_at));
    let last = last.ok_or_else(|| {
        Failure::new(format!("the server knows no run of {app} to go on from"))
            .hint("run it without --from first")
    })?;
    let body = RerunRequest {
        from: Some(from),
        again,
    };
    client.post_json(&format!("/python/runs/{}/rerun", last.id), &body)
}

enum Happened {
    /// Nothing when the server tells no more.
    Told(Option<Told>),
    Signal(u8),
}

/// What the server tells of these topics, read on a thread of its own.
fn listen(client: &Arc<Client>, topics: String) -> mpsc::Receiver<Told> {
    let (mut sender, heard) = mpsc::channel(AHEAD);
    let client = Arc::clone(client);
    thread::spawn(move || {
        let Ok(events) = client.events(&topics) else {
            return;
        };
        for told in events {
            if block_on(sender.send(told)).is_err() {
                return;
            }
        }
    });
    heard
}
