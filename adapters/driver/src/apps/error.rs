//! What can go wrong with apps.

use collodi_apps::{GitClone, Origin, Provenance, SourceError};
use collodi_command::shell_words;
use collodi_contain::Name;
use collodi_file::{FileError, FileErrorKind};
use collodi_time::Duration;
use std::fmt;

/// Why an app was not added, updated or removed. Nothing has changed, unless it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AppsError {
    /// An app has this name.
    Taken(Name),
    /// No app has this name.
    NotThere(Name),
    /// Another program works on the app.
    UnderWay(Name),
    /// No template has this name.
    NoTemplate(String),
    /// The app was not fetched from a repository by us.
    NoRepository {
        /// The app.
        app: Name,
        /// Its folder.
        path: String,
        /// Where it is from, when that is known.
        from: Option<Box<Provenance>>,
    },
    /// Files of the app were changed, and would be lost.
    Changed {
        /// The app.
        app: Name,
        /// The first of them.
        files: Vec<String>,
    },
    /// The app has commits that it was not fetched with, and would lose them.
    Commits {
        /// The app.
        app: Name,
        /// The commit that it has.
        has: String,
    },
    /// The source cannot be one.
    Source(SourceError),
    /// There is no git.
    NoGit,
    /// Git did not start.
    Spawn(String),
    /// Git failed.
    Git {
        /// Its command.
        line: String,
        /// The end of what it said.
        said: String,
    },
    /// Git was not done in time, and was ended.
    TooSlow(Duration),
    /// A file operation failed.
    File(FileError),
    /// The path of the app would be longer than a path can be.
    NoPlace,
}

impl AppsError {
    /// What to do about it, when there is something.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Source(error) => return Some(error.hint()),
            Self::Taken(name) => {
                format!("give it another name, or remove that one first: collodi remove {name}")
            }
            Self::NotThere(_) => "`collodi apps` lists the apps".to_owned(),
            Self::UnderWay(_) => "wait until it has ended".to_owned(),
            Self::NoTemplate(_) => "`collodi new` lists the templates".to_owned(),
            Self::NoRepository { app, path, from } => instead(app, path, from.as_deref()),
            Self::Changed { app, .. } | Self::Commits { app, .. } => {
                format!(
                    "keep what you changed elsewhere, or let it go: collodi update {app} --discard"
                )
            }
            Self::NoGit => "install git".to_owned(),
            Self::Git { said, .. } => git_hint(said)?.to_owned(),
            Self::TooSlow(_) => {
                "see whether the repository can be reached, and try again".to_owned()
            }
            _ => return None,
        };
        Some(hint)
    }
}

/// A command of git without its words, which are long and ours.
fn command(line: &str) -> String {
    let words = line.split(' ').take(2);
    words.collect::<Vec<_>>().join(" ")
}

/// The line in which git says why; what follows is what may be the reason, as the hint is. Only
/// of files there are more lines to tell.
fn cause(said: &str) -> &str {
    if ["would be overwritten", "would be removed"].map(|text| said.contains(text)) != [false; 2] {
        return said;
    }
    let marked = |line| {
        ["fatal: ", "error: "]
            .iter()
            .find_map(|mark| str::strip_prefix(line, mark))
    };
    said.split("; ").find_map(marked).unwrap_or(said)
}

/// What brings an app what is new, where an update does not.
fn instead(app: &Name, path: &str, from: Option<&Provenance>) -> String {
    let folder = |path: &str| shell_words([path]);
    match from {
        Some(Provenance::Noted(Origin::Folder(source))) => format!(
            "copy the folder again: collodi remove {app} && collodi add {} {app}; its environments stay, what was changed in the copy does not",
            folder(source)
        ),
        Some(Provenance::Noted(Origin::Template(template))) => format!(
            "it is yours to change; `collodi new {template} NAME` makes another one as the template is now"
        ),
        Some(Provenance::Cloned(GitClone {
            branch: Some(branch),
            ..
        })) => format!(
            "`git -C {} pull` brings it what is new on {branch}",
            folder(path)
        ),
        Some(Provenance::Cloned(_)) => format!(
            "it is at a commit, on no branch: `git -C {0} fetch`, then `git -C {0} checkout` with what it is to have",
            folder(path)
        ),
        _ => format!("remove it and add it again: collodi remove {app}"),
    }
}

/// What helps, by what git says.
fn git_hint(said: &str) -> Option<&'static str> {
    let says = |text: &str| said.contains(text);
    if says("does not appear to be a git repository") || says("does not exist") {
        Some(
            "name the folder that has `.git` in it, or the bare repository; `collodi add DIR` copies a folder without one",
        )
    } else if says("could not read Username") || says("Authentication failed") {
        Some(
            "the repository is not there, or not for everybody: nobody is asked for a password; set up a credential helper of git's, or use ssh://",
        )
    } else if says("Could not resolve host") {
        Some(
            "see whether the name is right and the network is there; a sandbox without network keeps git from it too",
        )
    } else if says("remote ref") || says("not our ref") || says("unadvertised object") {
        Some(
            "name a branch or tag that the repository has, or a commit by all of its 40 hex digits",
        )
    } else if says("unable to access") || says("unable to connect") || says("Could not read from") {
        Some(
            "see whether the address is right and its machine can be reached from here: `git ls-remote` with the same address says more",
        )
    } else if says("would be overwritten") {
        Some("move these files away, or let them be overwritten with --discard")
    } else {
        None
    }
}

impl fmt::Display for AppsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(name) => write!(f, "there is an app {name} already"),
            Self::NotThere(name) => write!(f, "there is no app {name}"),
            Self::UnderWay(name) => write!(f, "another program is at work on {name}"),
            Self::NoTemplate(name) => write!(f, "there is no template {name:?}"),
            Self::NoRepository { app, from, .. } => match from.as_deref() {
                Some(Provenance::Noted(origin)) => {
                    write!(f, "{app} was {origin}; that is not followed")
                }
                Some(Provenance::Cloned(clone)) => {
                    write!(f, "{app} was {clone} by git, not by `collodi add`")
                }
                _ => write!(f, "nothing says where {app} came from"),
            },
            Self::Changed { app, files } => {
                write!(f, "files of {app} were changed: {}", files.join(", "))
            }
            Self::Commits { app, has } => {
                write!(f, "{app} is at a commit of its own, {has}")
            }
            Self::Source(error) => write!(f, "{error}"),
            Self::NoGit => f.write_str("there is no git on this machine"),
            Self::Spawn(why) => write!(f, "git did not start: {why}"),
            Self::Git { line, said } => write!(f, "{} failed: {}", command(line), cause(said)),
            Self::TooSlow(time) => {
                write!(f, "git was not done within {} minutes", time.as_secs() / 60)
            }
            Self::File(error) => write!(f, "{error}"),
            Self::NoPlace => f.write_str("the path of the app would be too long"),
        }
    }
}

impl std::error::Error for AppsError {}

impl From<FileError> for AppsError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<SourceError> for AppsError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl AppsError {
    /// The error of a renaming to this app's place.
    pub(super) fn of_rename(error: FileError, name: &Name) -> Self {
        match error.kind {
            FileErrorKind::AlreadyExists => Self::Taken(name.clone()),
            _ => Self::File(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_git_says_the_cause_is_shown() {
        let line = "git fetch --quiet --depth=1 -- file:///x HEAD".to_owned();
        let shown = |said: &str| AppsError::Git {
            line: line.clone(),
            said: said.to_owned(),
        };
        for (said, expected) in [
            (
                "fatal: '/x' does not appear to be a git repository; fatal: Could not read from remote repository.; Please make sure",
                "git fetch failed: '/x' does not appear to be a git repository",
            ),
            (
                "error: Server does not allow request for unadvertised object 1; fatal: the end",
                "git fetch failed: Server does not allow request for unadvertised object 1",
            ),
            ("exit code 1", "git fetch failed: exit code 1"),
            (
                "error: Untracked working tree file 'a' would be overwritten by merge.; error: b",
                "git fetch failed: error: Untracked working tree file 'a' would be overwritten by merge.; error: b",
            ),
        ] {
            assert_eq!(shown(said).to_string(), expected);
        }
    }

    #[test]
    fn what_git_says_has_a_hint() {
        for (said, hint) in [
            (
                "fatal: unable to access 'https://h/a.git/': Failed to connect to h port 443",
                "can be reached",
            ),
            ("fatal: unable to connect to h:", "can be reached"),
            (
                "fatal: Could not read from remote repository.",
                "can be reached",
            ),
            (
                "fatal: unable to access 'https://h/a.git/': Could not resolve host: h",
                "the name is right",
            ),
        ] {
            let found = git_hint(said).unwrap_or_default();
            assert!(found.contains(hint), "{said}: {found}");
        }
    }
}
