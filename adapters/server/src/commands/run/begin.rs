//! The run begins, or goes on where an earlier server has left what lives of its app.

use super::watch::Watch;
use crate::{failure::Failure, present::Presenter};
use anyhow::Result;
use collodi_driver::{CommandError, HostHandle};
use collodi_env::Rule;
use collodi_host::{
    Accepted, Command, Event, Host, Process, ProcessEvent, Refused, RunId, RunRequest,
};
use std::num::NonZeroUsize;

/// Begins the run, or goes on with what an earlier server has left of the app.
pub(super) async fn begin(
    host: &HostHandle,
    request: RunRequest,
    from: Option<NonZeroUsize>,
    show: &mut dyn Presenter,
) -> Result<Watch> {
    let app = request.app.name.clone();
    let of = app.clone();
    let left = host.query(move |host| left_of(host, &of)).await?;
    if let Some(left) = left.filter(|_| !request.again) {
        show.warning(&format!("{app} runs already, and goes on"));
        left.reachable.iter().for_each(|event| show.event(event));
        return Ok(Watch::of_left(left.run, app, left.has_ended));
    }
    let command = match from {
        None => Command::Run(request),
        Some(step) => Command::RunFrom {
            request,
            from: step.get() - 1,
            of: None,
        },
    };
    match host.command(command).await {
        Ok(Accepted::Run(run)) => {
            show.accepted(&run);
            Ok(Watch::of(run, app))
        }
        Ok(Accepted::UnderWay) => Err(Failure::new("the host gave the run no name").into()),
        Err(CommandError::Refused(refused)) => Err(not_begun(&refused).into()),
        Err(error) => Err(error.into()),
    }
}

/// What lives of an app.
struct Left {
    run: RunId,
    has_ended: bool,
    /// Where it answers, as far as that is known.
    reachable: Vec<Event>,
}

fn left_of(host: &Host, app: &str) -> Option<Left> {
    let living = host.processes();
    let living: Vec<_> = living
        .filter(|p| p.app() == app && !p.has_ended())
        .collect();
    let run = host.run(living.first()?.run())?;
    let reachable = |process: &&Process| {
        let what = ProcessEvent::Reachable(process.url()?.clone());
        let (process, app) = (process.id().clone(), app.into());
        Some(Event::Process { process, app, what })
    };
    Some(Left {
        run: run.id().clone(),
        has_ended: run.outcome().is_some(),
        reachable: living.iter().filter_map(reachable).collect(),
    })
}

/// Why a run is not begun, in the words of its command line.
fn not_begun(refused: &Refused) -> Failure {
    match refused {
        Refused::NoSuchStep { .. } => {
            Failure::new(refused).hint("`collodi plan` shows them; --from counts from 1")
        }
        Refused::LeftAlone(daemon) => Failure::new(refused).hint(daemon.way_beside()),
        Refused::Variables(of) if of.iter().any(|one| one.rule == Rule::InvalidName) => {
            Failure::new(refused).hint(
                "--env takes NAME=VALUE; a name has letters, digits and _, and no digit first",
            )
        }
        Refused::Variables(_) => {
            Failure::new(refused).hint("--grant NAME lets steps set a name that is excluded")
        }
        _ => Failure::new(refused),
    }
}
