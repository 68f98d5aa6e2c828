//! What is to run in a sandbox.

use crate::{Place, Profile, Unfit};
use alloc::{collections::BTreeMap, string::String};

/// A command and the sandbox it is to run in.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What it may do.
    pub profile: &'a Profile,
    /// Where it runs.
    pub cwd: &'a Place,
    /// The absolute path of the program.
    pub program: &'a str,
    /// Its arguments.
    pub args: &'a [String],
    /// Its whole environment.
    pub env: &'a BTreeMap<String, String>,
    /// When it ends at the latest.
    pub lifetime: Lifetime,
    /// Whether it has a terminal of its own, whose session it leads.
    pub terminal: bool,
}

/// When what runs in a sandbox ends at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// With the thread that started it, and with the command: no daemon stays behind.
    Parent,
    /// When somebody ends it, who can find it again.
    Own,
}

/// Variables that say where things are which a sandbox has elsewhere.
const TEMPORARY: [&str; 2] = ["TEMP", "TMP"];

impl Job<'_> {
    /// Whether the command and its environment are words that a system takes.
    ///
    /// # Errors
    ///
    /// The first that is none.
    pub fn check(&self) -> Result<(), Unfit> {
        check_words(self.program, self.args, self.env)
    }

    /// The environment, with what is elsewhere in a sandbox: the home is the app's folder,
    /// so caches stay in it, and temporary files go to `temp`.
    pub fn variables<'a>(&'a self, temp: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let own = [("HOME", self.profile.root.as_str()), ("TMPDIR", temp)];
        let given = self
            .env
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = given.filter(move |(name, _)| {
            !own.iter().any(|(own, _)| own == name) && !TEMPORARY.contains(name)
        });
        own.into_iter().chain(kept)
    }
}

/// Whether a command and its environment are words that a system takes.
///
/// # Errors
///
/// The first that is none.
pub fn check_words(
    program: &str,
    args: &[String],
    env: &BTreeMap<String, String>,
) -> Result<(), Unfit> {
    let zero = |text: &str| text.contains('\0');
    for (name, value) in env {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(Unfit::VariableName(name.clone()));
        }
        if zero(value) {
            return Err(Unfit::VariableValue(name.clone()));
        }
    }
    match zero(program) || args.iter().any(|arg| zero(arg)) {
        true => Err(Unfit::Command),
        false => Ok(()),
    }
}
