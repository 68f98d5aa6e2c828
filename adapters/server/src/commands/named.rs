//! What runs, by the names that people give it.

use crate::{client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::{AppDetail, LeftAlone, Process, Processes, Run, Runs};
use collodi_contain::Name;
use collodi_host::ProcessId;
use collodi_logs::plain;
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
        let named = move |p: &&Process| is_called(p, name) || p.app_id == name;
        self.processes
            .iter()
            .filter(named)
            .filter(|p| p.ended.is_none())
    }

    /// The process of this name; of several, as in two runs of a script, one that lives, else the latest.
    pub(super) fn process(&self, name: &str) -> Option<&Process> {
        let named = self.processes.iter().filter(|p| is_called(p, name));
        named.max_by_key(|p| (p.ended.is_none(), &p.started_at))
    }

    /// What a command says for this process: what its script calls it, where that needs no quotes and means no
    /// other one; else its id.
    pub(super) fn word(&self, process: &Process) -> String {
        let is_meant = |called: &String| {
            let is_one_word = called
                .chars()
                .all(|c| c.is_alphanumeric() || "-_./".contains(c));
            is_one_word
                && self
                    .process(called)
                    .is_some_and(|meant| meant.id == process.id)
        };
        let called = called(process).filter(is_meant);
        called.unwrap_or_else(|| process.id.clone())
    }

    /// Whether the app of a process is called so, and no process is.
    pub(super) fn is_app(&self, name: &str) -> bool {
        self.process(name).is_none()
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
        if let Some(named) = self.process(name) {
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
        let names = self.names();
        let others = names.iter().map(String::as_str);
        match collodi_script::nearest(name, others.filter(|other| *other != name)) {
            Some(meant) => failure.hint(format!("did you mean {}?", plain(meant))),
            None => failure.hint("`collodi ps` shows what runs"),
        }
    }

    /// As [`no`](Self::no); of an app that is there, that the server keeps nothing of it.
    pub(super) fn nothing_kept(&self, client: &Client, cause: String, name: &str) -> Failure {
        let app = name.split_once(OF).map_or(name, |(app, _)| app);
        let is_app = || {
            client
                .get::<AppDetail>(&format!("/python/apps/{app}"))
                .is_ok()
        };
        let is_unknown = !self.has(app) && self.kept_by(app).is_none();
        match is_unknown && Name::parse(app).is_ok() && is_app() {
            true => Failure::new(format!("the server keeps nothing of {app}")).hint(format!(
                "it did not run since the server started, which knows of earlier only what lived \
                 on or ended by itself; `collodi run {app}` runs it"
            )),
            false => self.no(cause, name),
        }
    }

    fn names(&self) -> BTreeSet<String> {
        let processes = self.processes.iter().flat_map(|p| [&p.id, &p.app_id]);
        let called = self.processes.iter().filter_map(called);
        let runs = self.runs.iter().flat_map(|run| [&run.id, &run.app_id]);
        let alone = self.left_alone.iter();
        let alone = alone.flat_map(|alone| [Some(&alone.id), alone.app_id.as_ref()]);
        let alone = alone.flatten();
        processes
            .chain(runs)
            .chain(alone)
            .cloned()
            .chain(called)
            .collect()
    }
}

/// What stands between an app and the name that its script gives a process.
const OF: char = '/';

/// What a process is called besides its id, where its script has a name for it: `demo/db`.
pub(crate) fn called(process: &Process) -> Option<String> {
    let name = process.name.as_ref()?;
    Some(format!("{}{OF}{name}", process.app_id))
}

fn is_called(process: &Process, name: &str) -> bool {
    process.id == name || called(process).is_some_and(|called| called == name)
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
