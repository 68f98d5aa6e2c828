//! What a run wants of other scripts, and what it hears of them.

use crate::shown::shown_script;
use alloc::{string::String, vec::Vec};
use collodi_file::FileError;
use collodi_script::Place;
use collodi_value::Value;
use core::fmt;

/// Something a run wants of other scripts. Addresses stand as the script has them:
/// paths read from its folder, `~/…`, absolute paths, and addresses of git
/// repositories, `https://….git/path`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ScriptRequest {
    /// Run a script, and give the result of its last step.
    Start {
        /// Its address.
        uri: String,
        /// What it reads as `args`.
        args: Value,
        /// Which state of a repository is wanted.
        checkout: Checkout,
    },
    /// See that a repository is there, and give its folder.
    Download {
        /// Its address.
        uri: String,
        /// Which state of it is wanted.
        checkout: Checkout,
    },
    /// Stop these scripts. Nobody waits for their end.
    Stop(Vec<String>),
    /// Stop a script and start it again. Nobody waits for it.
    Restart {
        /// Its address; absent for the script that asks.
        uri: Option<String>,
        /// What it reads as `args`; absent for what it, or who asks, has now.
        args: Option<Value>,
    },
    /// Answer a question about a script.
    Ask(ScriptQuestion, String),
}

/// Which state of a repository is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkout {
    /// This commit.
    pub hash: Option<String>,
    /// This branch.
    pub branch: Option<String>,
    /// The newest, also when one is there.
    pub pull: bool,
}

/// What can be asked about a script. One that is not there does not run, is not
/// ready, and has no variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ScriptQuestion {
    /// Is its file there?
    Exists,
    /// Does it run, or do its daemons?
    Running,
    /// Has it done its steps?
    Ready,
    /// What are its variables?
    Local,
    /// What are those that outlive its runs?
    Global,
    /// Where is its file? Null for an address that leads nowhere.
    Resolve,
}

/// Why there is no result of another script.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScriptFault {
    /// It runs already, and is not started a second time.
    AlreadyRuns(String),
    /// It ran, and failed.
    Failed {
        /// Its file.
        script: String,
        /// The step and what went wrong.
        why: String,
    },
    /// It ran, and was stopped.
    Stopped(String),
    /// The address cannot be used.
    Address {
        /// The address.
        uri: String,
        /// Why not.
        why: &'static str,
    },
    /// Its file is not there.
    Missing {
        /// The file.
        script: String,
        /// The file beside it that is perhaps meant.
        meant: Option<String>,
    },
    /// Its file cannot be read.
    File(FileError),
    /// Its file describes an app and has no steps.
    NoSteps(String),
    /// Its file has errors.
    Invalid {
        /// The file.
        script: String,
        /// Where the first error is.
        place: Place,
        /// What it is.
        message: String,
    },
    /// It waits for the script that would start it.
    Cycle(Vec<String>),
    /// Scripts start scripts this deep.
    TooDeep(usize),
    /// So many scripts run.
    TooMany(usize),
    /// So many things are wanted of scripts and not done.
    TooManyCalls(usize),
    /// The app that it is of is being updated or removed.
    Changing(String),
    /// A daemon of its app is left as it is: this one, for this reason.
    LeftAlone(String),
    /// It is a script of an app that may do more than the one that wants it.
    TrustedFurther {
        /// The app that may do more.
        app: String,
        /// The one that wants it.
        by: String,
    },
    /// There is no git on this machine.
    NoGit(collodi_action::Error),
    /// A git command failed.
    Git {
        /// The command.
        line: String,
        /// The last of what it said.
        tail: String,
    },
    /// Who asked has ended, or the host is ending.
    Cancelled,
}

impl ScriptFault {
    /// Whether the other script ran, or runs: then who started it may go on.
    pub(crate) const fn is_its_own(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Stopped(_))
    }

    /// What to do about it, when there is something to say.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing { .. } => {
                "a script's path is read from the folder of the script that names it; `~/api/APP/FILE` is one of another app"
            }
            Self::NoSteps(_) => "name the script's file, not the one that describes the app",
            Self::Cycle(_) => "let one of them return before the other needs it",
            Self::Changing(_) => "run it again when that is done",
            Self::LeftAlone(_) => {
                "end it with `collodi stop`, or start the program that wrote its file"
            }
            Self::TooManyCalls(_) => "stop the scripts that do not end, then try again",
            Self::Git { tail, .. } if has_own(tail) => {
                "the checkout has commits or changes of its own: push them, undo them, or move the app's folder away"
            }
            Self::NoGit(_) => "install git, or put the app there by hand",
            Self::Address { .. } => {
                "name a script's file: by its path, or as https://host/owner/repository.git/file.json"
            }
            _ => return None,
        })
    }
}

/// Whether git would have to drop what only this checkout has.
fn has_own(tail: &str) -> bool {
    let says = ["to fast-forward", "would be overwritten"];
    says.iter().any(|text| tail.contains(text))
}

impl ScriptQuestion {
    /// The answer about a script of which nothing is known.
    pub fn of_nothing(self) -> Value {
        match self {
            Self::Exists | Self::Running | Self::Ready => Value::from(false),
            Self::Local | Self::Global => Value::Object(collodi_value::Object::new()),
            Self::Resolve => Value::Null,
        }
    }
}

impl fmt::Display for ScriptRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start {
                uri,
                args,
                checkout,
            } => {
                let (uri, args) = (shown_script(uri), args.to_json());
                write!(f, "start script {uri}{checkout} with {args}")
            }
            Self::Download { uri, checkout } => {
                write!(f, "download {}{checkout}", shown_script(uri))
            }
            Self::Stop(uris) => {
                let uris: Vec<_> = uris.iter().map(|uri| shown_script(uri)).collect();
                write!(f, "stop scripts {}", uris.join(", "))
            }
            Self::Restart { uri, .. } => {
                let uri = uri.as_deref().unwrap_or("the script itself");
                write!(f, "restart {}", shown_script(uri))
            }
            Self::Ask(question, uri) => {
                write!(f, "ask of script {}: {question}", shown_script(uri))
            }
        }
    }
}

impl fmt::Display for Checkout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(f, " branch {branch}")?;
        }
        if let Some(hash) = &self.hash {
            write!(f, " commit {hash}")?;
        }
        f.write_str(if self.pull { " pulled" } else { "" })
    }
}

impl fmt::Display for ScriptQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exists => "is it there?",
            Self::Running => "does it run?",
            Self::Ready => "is it ready?",
            Self::Local => "its variables",
            Self::Global => "its global variables",
            Self::Resolve => "its path",
        })
    }
}

impl fmt::Display for ScriptFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyRuns(script) => {
                write!(f, "{script} runs already and is not started again")
            }
            Self::Failed { script, why } => write!(f, "{script} failed: {why}"),
            Self::Stopped(script) => write!(f, "{script} was stopped"),
            Self::Address { uri, why } => write!(f, "{why}: {:?}", shown_script(uri)),
            Self::Missing {
                script,
                meant: None,
            } => write!(f, "{script} is not there"),
            Self::Missing {
                script,
                meant: Some(meant),
            } => write!(f, "{script} is not there; did you mean `{meant}`?"),
            Self::File(error) => write!(f, "{error}"),
            Self::NoSteps(script) => write!(f, "{script} has no `run` list"),
            Self::Invalid {
                script,
                place,
                message,
            } => write!(f, "{script}:{place}: {message}"),
            Self::Cycle(scripts) => {
                write!(f, "scripts wait for each other: {}", scripts.join(" -> "))
            }
            Self::TooDeep(most) => write!(f, "scripts start scripts more than {most} levels deep"),
            Self::TooMany(most) => write!(f, "{most} scripts run, and no more can"),
            Self::TooManyCalls(most) => {
                write!(
                    f,
                    "{most} starts and restarts of scripts are under way, and no more can be"
                )
            }
            Self::Changing(app) => write!(f, "app {app} is being updated or removed"),
            Self::LeftAlone(why) => f.write_str(why),
            Self::TrustedFurther { app, by } => write!(
                f,
                "{app} may do more than {by}, which is kept in a sandbox; give {app} the same in \
                 [sandbox.apps.{app}], or run it yourself"
            ),
            Self::NoGit(error) => write!(f, "{error}"),
            Self::Git { line, tail } if tail.is_empty() => write!(f, "`{line}` failed"),
            Self::Git { line, tail } => write!(f, "`{line}` failed: {tail}"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn nobody_is_shown_a_password() {
        let uri = String::from("https://bob:hunter2@host/o/r.git?token=t");
        let checkout = Checkout::default();
        let args = Value::Null;
        let fault = ScriptFault::Address {
            uri: uri.clone(),
            why: "no",
        };
        assert_eq!(fault.to_string(), r#"no: "https://host/o/r.git""#);
        for request in [
            ScriptRequest::Download {
                uri: uri.clone(),
                checkout: checkout.clone(),
            },
            ScriptRequest::Stop([uri.clone()].into()),
            ScriptRequest::Restart {
                uri: Some(uri.clone()),
                args: None,
            },
            ScriptRequest::Ask(ScriptQuestion::Running, uri.clone()),
            ScriptRequest::Start {
                uri,
                args,
                checkout,
            },
        ] {
            let text = request.to_string();
            assert!(text.contains("https://host/o/r.git"), "{text}");
            assert!(
                !text.contains("hunter2") && !text.contains("token"),
                "{text}"
            );
        }
        let path = ScriptRequest::Stop(["a@b/c#1.json".into()].into());
        assert_eq!(path.to_string(), "stop scripts a@b/c#1.json");
    }
}
