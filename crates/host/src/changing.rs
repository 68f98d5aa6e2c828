//! Apps that are being changed: an app that is does not run, and one that runs is not.

use crate::{
    Accepted, Host, Refused,
    script_call::{Call, Stage},
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString as _},
};
use collodi_contain::Name;
use collodi_run::ScriptFault;
use core::fmt;

/// How many apps may be changed at a time.
const MOST_CHANGED: usize = 64;

/// What is done to an app that must not run meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppChange {
    /// Its files become those of another commit.
    Update,
    /// Its files go.
    Removal,
    /// It is being made: there is none of its name yet.
    Addition,
}

/// The apps that somebody changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changing(BTreeMap<String, AppChange>);

impl Changing {
    /// Whether this app may begin something.
    pub(crate) fn refuse(&self, app: &str) -> Result<(), Refused> {
        match self.0.get(app) {
            None => Ok(()),
            Some(change) => Err(Refused::Changing {
                app: app.to_string(),
                change: *change,
            }),
        }
    }

    /// As [`refuse`](Self::refuse), for what a step wants of the app.
    pub(crate) fn refuse_step(&self, app: &str) -> Result<(), ScriptFault> {
        let refused = self.refuse(app);
        refused.map_err(|_| ScriptFault::Changing(app.to_string()))
    }

    /// A change that is under way, in words.
    pub(crate) fn any(&self) -> Option<String> {
        let (app, change) = self.0.first_key_value()?;
        Some(format!("the {change} of app {app}"))
    }
}

impl Host {
    /// Somebody begins to change an app.
    pub(crate) fn claim_app(&mut self, app: &Name, change: AppChange) -> Result<Accepted, Refused> {
        let app = app.as_str();
        self.refuse_early()?;
        self.changing.refuse(app)?;
        // What runs by the name of one that is being added is of another folder.
        let is_there = change != AppChange::Addition;
        let user = || self.busy_by(app).or_else(|| self.wanted_by(app));
        if let Some(by) = is_there.then(user).flatten() {
            let app = app.to_string();
            return Err(Refused::Busy { app, by });
        }
        if is_there {
            self.refuse_left_alone(app)?;
        }
        if self.changing.0.len() >= MOST_CHANGED {
            return Err(Refused::TooManyChanges(MOST_CHANGED));
        }
        if change == AppChange::Removal {
            self.forget_ended_of(app);
        }
        self.changing.0.insert(app.to_string(), change);
        Ok(Accepted::UnderWay)
    }

    /// The app may run again.
    pub(crate) fn release_app(&mut self, app: &Name) -> Accepted {
        self.changing.0.remove(app.as_str());
        Accepted::UnderWay
    }

    /// The run of which a step is about to start a script of this app, or fetches it.
    fn wanted_by(&self, app: &str) -> Option<String> {
        let wants = |call: &&Call| match &call.stage {
            Stage::Reading(of) | Stage::Missing(of) | Stage::Stopping(of) => *of.name == *app,
            Stage::Fetching(fetch) => fetch.is_of(app),
            _ => false,
        };
        let call = self.calls.all.values().find(wants);
        call.map(|call| call.run.to_string())
    }
}

impl fmt::Display for AppChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Update => "update",
            Self::Removal => "removal",
            Self::Addition => "addition",
        })
    }
}
