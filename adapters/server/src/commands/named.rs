//! What runs, by the names that people give it.

use crate::{client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::{AppDetail, LeftAlone, Process, Processes, Run, Runs};
use collodi_contain::Name;
use collodi_host::ProcessId;
use std::collections::BTreeSet;

/// What runs and ran, as far as the server keeps it.
pub(super) struct Known {
    pub(super) processes: Vec<Process>,
    pub(super) runs: Vec<Run>,
    left_alone: Vec<LeftAlone>,
}

impl Known {
    /// Asks the server.
    pub(super) fn of(client: &Client) -> Result<Self> {
        let Processes {
            processes,
            left_alone,
            ..
        } = client.get("/python/processes")?;
        let Runs { runs, .. } = client.get("/python/runs")?;
        Ok(Self {
            processes,
            runs,
            left_alone,
        })
    }

    /// Those that the server leaves alone of this name, or of the app of this name: a stop of it ends
    /// them.
    pub(super) fn left_alone(&self, name: &str) -> impl Iterator<Item = &LeftAlone> {
        let named =
            move |alone: &&LeftAlone| alone.id == name || alone.app_id.as_deref() == Some(name);
        self.left_alone.iter().filter(named)
    }

    /// The first that the server leaves alone of this name, or that may be of the app of this name:
    /// beside it nothing of that app begins.
    pub(super) fn kept_by(&self, name: &str) -> Option<&LeftAlone> {
        let named = self.left_alone(name).next();
        named.or_else(|| self.left_alone.iter().find(|alone| is_of(alone, name)))
    }

    /// Of those that may be of this app the first that does not end with it.
    pub(super) fn outlives(&self, app: &str) -> Option<&LeftAlone> {
        let mut its = self.left_alone.iter().filter(|alone| is_of(alone, app));
        its.find(|alone| !ends_with(alone, app))
    }

    /// The processes of this name, or of the app of this name, that have not ended.
    pub(super) fn living(&self, name: &str) -> impl Iterator<Item = &Process> {
        let named = move |p: &&Process| p.id == name || p.app_id == name;
        self.processes
            .iter()
            .filter(named)
            .filter(|p| p.ended.is_none())
    }

    /// Whether the app of a process is called so, and no process is.
    pub(super) fn is_app(&self, name: &str) -> bool {
        let mut processes = self.processes.iter();
        processes.all(|p| p.id != name)
    }

    /// What runs of the app of this name: a run, or else a process.
    pub(super) fn busy_by(&self, app: &str) -> Option<&str> {
        let runs = self.runs.iter().filter(|run| run.outcome.is_none());
        let runs = runs.filter(|run| run.app_id == app).map(|run| &run.id);
        let living = self.processes.iter().filter(|p| p.ended.is_none());
        let living = living.filter(|p| p.app_id == app).map(|p| &p.id);
        runs.chain(living).next().map(String::as_str)
    }

    /// The process of this name; else those of what was last run of the app of this name: of that
    /// run and of those that it started.
    pub(super) fn latest(&self, name: &str) -> Vec<&Process> {
        if let Some(named) = self.processes.iter().find(|p| p.id == name) {
            return Vec::from([named]);
        }
        let of_app = self.processes.iter().filter(|p| p.app_id == name);
        let last = of_app
            .clone()
            .max_by_key(|p| (p.ended.is_none(), &p.started_at));
        let origin = last.map(|last| self.origin(last));
        of_app.filter(|p| Some(self.origin(p)) == origin).collect()
    }

    /// The run that somebody asked for, from which a process comes. Of what an earlier server ran
    /// that is not known; nor does the server keep more of an app than what was last run of it then.
    fn origin(&self, process: &Process) -> Option<&str> {
        let mut runs = self.runs.iter().filter(|run| !run.steps.is_empty());
        let run = runs.find(|run| run.id == process.run_id)?;
        Some(run.origin.as_ref().unwrap_or(&run.id))
    }

    /// Whether anything is called so: a process, a run, or the app of one.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names().contains(name)
    }

    /// Why nothing can be done with this name: `cause`, and the name that may be meant.
    pub(super) fn no(&self, cause: String, name: &str) -> Failure {
        if let Some(alone) = self.kept_by(name) {
            return is_left_alone(alone);
        }
        let failure = Failure::new(cause);
        let others = self.names().into_iter().filter(|other| *other != name);
        match collodi_script::nearest(name, others) {
            Some(meant) => failure.hint(format!("did you mean {meant}?")),
            None => failure.hint("`collodi ps` shows what runs"),
        }
    }

    /// As [`no`](Self::no); of an app that is there, that the server keeps nothing of it.
    pub(super) fn nothing_kept(&self, client: &Client, cause: String, name: &str) -> Failure {
        let is_app = || {
            client
                .get::<AppDetail>(&format!("/python/apps/{name}"))
                .is_ok()
        };
        let is_unknown = !self.has(name) && self.kept_by(name).is_none();
        match is_unknown && Name::parse(name).is_ok() && is_app() {
            true => Failure::new(format!("the server keeps nothing of {name}")).hint(format!(
                "it did not run since the server started, which knows of earlier only what lived \
                 on or ended by itself; `collodi run {name}` runs it"
            )),
            false => self.no(cause, name),
        }
    }

    fn names(&self) -> BTreeSet<&str> {
        let processes = self.processes.iter().flat_map(|p| [&p.id, &p.app_id]);
        let runs = self.runs.iter().flat_map(|run| [&run.id, &run.app_id]);
        let alone = self.left_alone.iter();
        let alone = alone.flat_map(|alone| [Some(&alone.id), alone.app_id.as_ref()]);
        let alone = alone.flatten();
        processes
            .chain(runs)
            .chain(alone)
            .map(String::as_str)
            .collect()
    }
}

/// Whether it is of this app, or may be.
fn is_of(alone: &LeftAlone, app: &str) -> bool {
    ProcessId::from_text(&alone.id).is_of(app)
}

/// Whether nothing of it is left when somebody ends this app.
pub(super) fn ends_with(alone: &LeftAlone, app: &str) -> bool {
    alone.found && alone.app_id.as_deref() == Some(app)
}

/// Why nothing can be done with one that the server leaves alone, but to end it.
pub(super) fn is_left_alone(alone: &LeftAlone) -> Failure {
    Failure::new(alone).hint(&alone.hint)
}
