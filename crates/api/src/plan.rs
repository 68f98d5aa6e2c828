//! What a run would do.

use crate::words::words;
use alloc::{boxed::Box, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /python/apps/{name}/plan`: what a run of the app's script would do, played without
/// touching anything. Values of secrets are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The app.
    pub app_id: String,
    /// Its folder.
    pub root: String,
    /// The script's path below that.
    pub file: String,
    /// The dialect it is read in: `pinokio` or `vatn`.
    pub dialect: String,
    /// What its commands are kept in; absent when that is nothing, as at the level `full`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<PlannedSandbox>,
    /// What would happen, in order. A step that is done again is there again, a few times.
    pub steps: Vec<PlanStep>,
    /// How it would end.
    pub ending: PlanEnding,
    /// What nobody can know before, and what the plan takes it for.
    pub assumptions: Vec<Assumption>,
}

/// What the commands of a script would be kept in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlannedSandbox {
    /// The level: `restricted` or `sandboxed`.
    pub level: String,
    /// What would hold it here: `bwrap` or `landlock`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// The protections that this machine can give.
    pub enforced: Vec<String>,
    /// Those that the level promises and this machine cannot give.
    pub missing: Vec<String>,
    /// Why no command would be started, and what would cure it; absent when they would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanStep {
    /// The step, from 0.
    pub step: usize,
    /// The list in which it stands; absent for `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// What it does.
    pub method: String,
    /// Its JSON pointer in the script.
    pub pointer: String,
    /// Its line in the script, counted from 1.
    #[serde(default)]
    pub line: usize,
    /// Its `when`, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Why it is left out; absent when it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// What it does to the world, in order.
    pub effects: Vec<Effect>,
    /// What a person should know about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Something that a step does to the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Effect {
    /// Runs a command.
    Command(PlannedCommand),
    /// Types a line into an open shell.
    Typed {
        /// The line.
        line: String,
    },
    /// Uses a Python environment, which is made when it is not there.
    Environment {
        /// Its folder.
        path: String,
        /// The Python that it is made with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        python: Option<String>,
        /// Whether it is there.
        exists: bool,
    },
    /// Does something with a file.
    File {
        /// What.
        what: FileEffect,
        /// With which; of a copy or a move, where to.
        path: String,
        /// Of a copy or a move, where from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// Whether it is there before.
        exists: bool,
        /// How many bytes are written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<usize>,
    },
    /// Takes a free port.
    Port {
        /// The lowest that is looked at.
        from: u16,
    },
    /// Connects to an address.
    Connect {
        /// `host:port`
        address: String,
    },
    /// Downloads a file, or sends a request.
    Network {
        /// The method of the request; none for a download.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<String>,
        /// The address, without what it may have of secrets.
        url: String,
        /// Where a download goes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// Asks a person.
    Ask {
        /// The keys of the fields.
        fields: Vec<String>,
    },
    /// Wants something shown that needs a screen; becomes an event.
    Show {
        /// The method.
        method: String,
        /// Its parameters, as JSON.
        params: String,
    },
    /// Writes to the log.
    Log {
        /// What.
        text: String,
    },
    /// Waits.
    Wait {
        /// For what.
        reason: String,
    },
    /// Runs another script, which is there.
    Script(PlannedScript),
    /// Something else.
    Other {
        /// What, in words.
        text: String,
    },
}

/// A script that a step of another one starts, and waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlannedScript {
    /// The app that it belongs to.
    pub app_id: String,
    /// That app's folder.
    pub root: String,
    /// Its path below that.
    pub file: String,
    /// The dialect it is read in: `pinokio` or `vatn`.
    pub dialect: String,
    /// What it reads as `args`, as JSON.
    pub args: String,
    /// What its commands are kept in; absent when that is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Box<PlannedSandbox>>,
    /// What would happen, in order.
    pub steps: Vec<PlanStep>,
    /// How it would end.
    pub ending: PlanEnding,
}

/// A command of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlannedCommand {
    /// The line.
    pub line: String,
    /// The working directory.
    pub cwd: String,
    /// The program that is started for it, and its arguments.
    pub argv: Vec<String>,
    /// Whether it lives on as a daemon.
    pub daemon: bool,
    /// Whether it is started again when it ends.
    pub restarts: bool,
    /// Whether it goes on when the step is done, which is when its output says so.
    pub lives_on: bool,
    /// What it looks like it fetches from the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<String>,
    /// What became of each variable, sorted by name.
    pub env: Vec<PlannedVariable>,
}

/// A variable of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlannedVariable {
    /// Its name.
    pub name: String,
    /// Its value; absent when the command does not get it, or it is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether the command gets it.
    pub passed: bool,
    /// The rule that decided.
    pub rule: String,
}

/// How the run would end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanEnding {
    /// How.
    pub status: PlanStatus,
    /// Why, where there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The place in the script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

/// Something that nobody can know before a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Assumption {
    /// The script of the step, when it is not the one that the plan is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// The step that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// The list in which the step stands; absent for `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// What is assumed.
    pub text: String,
}

words! {
    /// What is done with a file.
    FileEffect {
        /// Its content is read.
        Read = "read",
        /// It is looked at: whether it is there.
        Look = "look",
        /// It gets new content.
        Write = "write",
        /// Content is added at its end.
        Append = "append",
        /// A folder is made.
        MakeDir = "make-dir",
        /// It is deleted, with all that is in it.
        Delete = "delete",
        /// It is copied.
        Copy = "copy",
        /// It gets another name.
        Move = "move",
        /// The names in a folder are read.
        List = "list",
    }
}

words! {
    /// How a run would end.
    PlanStatus {
        /// All steps are done.
        Completed = "completed",
        /// All steps are done, and what they started stays up.
        Serving = "serving",
        /// `script.return` ends it.
        StoppedEarly = "stopped_early",
        /// A step fails.
        Failed = "failed",
        /// It waits until someone stops it.
        Waiting = "waiting",
        /// It goes on and on: the plan was cut off.
        Endless = "endless",
    }
}
