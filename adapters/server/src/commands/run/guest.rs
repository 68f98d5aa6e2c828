//! A run that the server of the workspace does: who asked for it watches it there, and
//! answers what it asks.

mod desk;
mod member;
mod show;
mod watch;

use super::answers::{Given, asks};
use crate::{
    cli::{OverrideArgs, RunArgs},
    client::{Client, Told},
    interrupts::{Held, Interrupts, LEAVE},
    prompt::Prompt,
};
use anyhow::Result;
use collodi_api::{Answer, RerunRequest, Run, RunAccepted, RunOverrides, RunRequest, Runs};
use collodi_contain::Name;
use collodi_value::Value;
use desk::AtServer;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _, channel::mpsc, executor::block_on};
use futures_lite::future::or;
use serde_json::Map;
use show::{Show, show};
use std::{process::ExitCode, sync::Arc, thread, time::Duration};
use watch::{Goes, Watch};

/// How much is read ahead of what is shown.
const AHEAD: usize = 16;

/// How often it is looked for what is on its way, and how long it may take from here to the next.
const LOOKS: u32 = 4;
const LOOK: Duration = Duration::from_millis(5);

/// What happens to runs and processes is heard without a break: notes are told once.
const CHANGES: &str = "runs,processes";

/// Gives the run of an app of the workspace to its server, and watches it until all of it has
/// ended, or the server has.
pub(super) async fn run(
    client: Client,
    app: &Name,
    json: bool,
    held: Held,
    args: &RunArgs,
) -> Result<ExitCode> {
    let given = Given::of(&args.answers)?;
    let interrupts = Interrupts::listen(held);
    let client = Arc::new(client);
    let mut changes = listen(&client, CHANGES.to_owned());
    // The server listens to nobody whom it has told nothing.
    changes.next().await;
    let show = show(json, args.detach);
    let accepted = give(&client, app, &given, args, &*show)?;
    show.given(client.server(), &accepted.run_id);
    let watch = Watch::new(Arc::clone(&client), accepted.run_id, show);
    let seat = Seat {
        interrupts,
        prompt: Prompt::new(asks(given.unattended, json)),
        changes,
        said: listen(&client, watch.logs()),
        client,
        leaves: args.detach,
    };
    sit(seat, watch, &format!("/python/apps/{app}/stop")).await
}

/// Watches until all has ended, or all steps are done and the app is to be left; an interrupt stops
/// the app at `stop`.
async fn sit(mut seat: Seat, mut watch: Watch, stop: &str) -> Result<ExitCode> {
    let (mut asked, mut signal) = (false, None);
    loop {
        match seat.next().await {
            Happened::Told(None) => match watch.next_life()? {
                Some(client) => {
                    let text = "the server was replaced, and the next one goes on with the run";
                    watch.show().warning(text);
                    seat.move_to(client, &mut watch)?;
                }
                None => return watch.desert(),
            },
            Happened::Told(Some(event)) => match watch.hear(&event)? {
                Goes::Over => break,
                _ if seat.leaves && !asked && watch.has_steps_done() => return leave(&mut watch),
                Goes::On => {}
                Goes::ElsewhereToo => seat.said = listen(&seat.client, watch.logs()),
            },
            Happened::Line(line) => {
                let desk = AtServer::of(&seat.client, &watch);
                seat.prompt.answer(&desk, line).await;
            }
            Happened::Signal(LEAVE) if !asked => {
                watch
                    .show()
                    .warning("the run is left to the server, which goes on with it");
                return Ok(ExitCode::SUCCESS);
            }
            // It goes on without who watches.
            Happened::Signal(number) if asked => return Ok(ExitCode::from(128 + number)),
            Happened::Signal(number) => {
                asked = true;
                signal = Some(number).filter(|_| !watch.has_steps_done());
                seat.prompt.close();
                watch.show().interrupted();
                // Where nothing runs by now, or no server, that is told as well.
                let _ = seat.client.post::<Answer>(stop);
            }
        }
        if !asked {
            let desk = AtServer::of(&seat.client, &watch);
            seat.prompt.look_anew(&desk).await;
        }
    }
    watch.show_rest()?;
    Ok(signal.map_or_else(|| watch.code(), |number| ExitCode::from(128 + number)))
}

/// The app goes on without who watches.
fn leave(watch: &mut Watch) -> Result<ExitCode> {
    watch.show_rest()?;
    watch.show().left();
    Ok(watch.code())
}

/// Where somebody sits who watches a run at a server.
struct Seat {
    client: Arc<Client>,
    interrupts: Interrupts,
    prompt: Prompt,
    changes: mpsc::Receiver<Told>,
    /// The lines of the logs.
    said: mpsc::Receiver<Told>,
    /// The app is left to the server when its steps are done.
    leaves: bool,
}

/// Begins a run; from a step on, as the last one of the app once more, where the server knows one.
fn give(
    client: &Client,
    app: &Name,
    given: &Given,
    args: &RunArgs,
    show: &dyn Show,
) -> Result<RunAccepted> {
    let from = args.from.map(|step| step.get() - 1);
    if from.is_some()
        && let Some(run) = last_run(client, app)?
    {
        return begin_again(client, &run, given, args);
    }
    if from.is_some_and(|from| from > 0) {
        show.warning(&unknown(app));
    }
    let body = RunRequest {
        args: None,
        answers: Some(answers(given)?),
        unattended: given.unattended,
        again: args.again,
        from,
        overrides: overrides(&args.overrides),
    };
    client.begin(&format!("/python/apps/{app}/run"), &body)
}

/// The last run of the app that can be gone on from. Of one of an earlier server no step is known.
fn last_run(client: &Client, app: &Name) -> Result<Option<Run>> {
    let Runs { runs, .. } = client.get("/python/runs")?;
    let of_app = runs
        .into_iter()
        .filter(|run| run.app_id == app.as_str() && run.origin.is_none() && !run.steps.is_empty());
    Ok(of_app.max_by(|a, b| a.started_at.cmp(&b.started_at)))
}

/// Begins a run once more, from a step on; what is given here is over what came with the run.
fn begin_again(client: &Client, run: &Run, given: &Given, args: &RunArgs) -> Result<RunAccepted> {
    let body = RerunRequest {
        from: args.from.map(|step| step.get() - 1),
        again: args.again,
        answers: Some(answers(given)?),
        unattended: Some(given.unattended),
        overrides: overrides(&args.overrides),
    };
    client.post_json(&format!("/python/runs/{}/rerun", run.id), &body)
}

fn answers(given: &Given) -> Result<Map<String, serde_json::Value>> {
    let text = Value::Object(given.answers.clone()).to_json();
    Ok(serde_json::from_str(&text)?)
}

fn overrides(args: &OverrideArgs) -> Option<RunOverrides> {
    let said = RunOverrides {
        env: args.env.iter().cloned().collect(),
        restart: args.restart,
        restart_delay_ms: None,
    };
    (said != RunOverrides::default()).then_some(said)
}

/// What is missing to who goes on from a step here.
fn unknown(app: &Name) -> String {
    format!(
        "the server knows no earlier run of {app}, and not what the steps left out would have set; \
         should one be missing, run it without --from"
    )
}

enum Happened {
    /// Nothing when the server tells no more.
    Told(Option<Told>),
    Line(Option<String>),
    Signal(u8),
}

impl Seat {
    /// Another life of the server goes on, and knows the run. What the last one had said is shown
    /// before.
    fn move_to(&mut self, client: Arc<Client>, watch: &mut Watch) -> Result<()> {
        for _ in 0..2 * AHEAD {
            let Some(told) = self.said_already() else {
                break;
            };
            watch.hear(&told)?;
        }
        watch.move_to(Arc::clone(&client))?;
        self.changes = listen(&client, CHANGES.to_owned());
        self.said = listen(&client, watch.logs());
        self.client = client;
        Ok(())
    }

    /// What is on its way to here, of a stream that may be the next life's already.
    fn said_already(&mut self) -> Option<Told> {
        for _ in 0..LOOKS {
            match self.said.next().now_or_never() {
                Some(told) => return told,
                None => thread::sleep(LOOK),
            }
        }
        None
    }

    async fn next(&mut self) -> Happened {
        let signal = self.interrupts.next().map(Happened::Signal);
        let line = self.prompt.line().map(Happened::Line);
        let change = self.changes.next().map(Happened::Told);
        let said = async {
            match self.said.next().await {
                Some(told) => Happened::Told(Some(told)),
                // The end of the changes tells of the end.
                None => std::future::pending().await,
            }
        };
        or(or(signal, line), or(change, said)).await
    }
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
