//! From a command in a sandbox to what is to be started for it.

#[cfg(any(target_os = "linux", target_os = "macos"))]
#[path = "confine/made.rs"]
mod system;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
#[path = "confine/none.rs"]
mod system;

use collodi_backend::{Error, ErrorKind};
use collodi_command::{CommandSpec, Sandbox};
use collodi_sandbox::{Decision, Enforcement, Job, Lifetime, Place, Probe, Profile};
use std::{collections::BTreeMap, sync::LazyLock};

pub(crate) use system::{Confined, Sandboxes, Status};

/// The names of programs that hold sandboxes: the kernel has 15 bytes of one.
pub(crate) const HOLDERS: [&str; 2] = ["bwrap", "exe"];

/// The sandboxes of this machine.
static HERE: LazyLock<Sandboxes> = LazyLock::new(Sandboxes::default);

/// What this machine has to make a sandbox of every level, by trying; none where Linux does not
/// make them, or no folder for the trial can be made.
pub fn probe() -> Option<Probe> {
    HERE.probe()
}

/// Whether Seatbelt makes sandboxes of every level, by trying: else why not, and what would cure
/// that. None on other systems than macOS, and where no folder for the trial can be made.
pub fn seatbelt() -> Option<Result<(), (String, String)>> {
    HERE.seatbelt()
}

/// What this machine can hold of a sandbox; none of it when there is none. The first time, a
/// trial is started.
///
/// # Errors
///
/// Why nothing would be started in it, and what would cure that.
pub fn holds(sandbox: &Sandbox) -> Result<Option<Enforcement>, String> {
    match sandbox {
        Sandbox::Full => Ok(None),
        Sandbox::Within(profile) => match HERE.decide(profile) {
            Decision::Use(enforcement) => Ok(Some(enforcement)),
            Decision::Refuse(reason) => Err(format!("{reason}; to cure it: {}", reason.cure())),
        },
        Sandbox::Impossible(_, error) => Err(error.to_string()),
        _ => Err("this level is not known here".to_owned()),
    }
}

impl Sandboxes {
    /// What is to be started for the program of a command, found at this path; nothing else
    /// than the program when it is trusted fully.
    ///
    /// # Errors
    ///
    /// `NoSandbox`, with the reason and what would cure it.
    pub(crate) fn confine(
        &self,
        spec: &CommandSpec,
        program: &str,
        marker: (&str, &str),
    ) -> Result<Option<Confined>, Error> {
        let profile = match &spec.sandbox {
            Sandbox::Full => return Ok(None),
            Sandbox::Within(profile) => profile,
            Sandbox::Impossible(_, error) => return Err(refused(spec, error)),
            _ => return Err(refused(spec, &"this level is not known here")),
        };
        self.within(spec, profile, program, marker).map(Some)
    }

    fn within(
        &self,
        spec: &CommandSpec,
        profile: &Profile,
        program: &str,
        (name, value): (&str, &str),
    ) -> Result<Confined, Error> {
        let cwd = std::fs::canonicalize(spec.cwd.absolute());
        let cwd = cwd.map_err(|error| refused(spec, &error))?;
        let cwd = Place::parse(&cwd.to_string_lossy()).map_err(|error| refused(spec, &error))?;
        let mut env: BTreeMap<_, _> = (*spec.env).clone();
        env.insert(name.to_owned(), value.to_owned());
        let job = Job {
            profile,
            cwd: &cwd,
            program,
            args: &spec.args,
            env: &env,
            lifetime: lifetime(spec),
            terminal: spec.terminal.is_some(),
        };
        self.ready(&job).map_err(|refusal| refused(spec, &refusal))
    }
}

/// What is recorded is to be found again by whoever comes after us; all else ends with us.
const fn lifetime(spec: &CommandSpec) -> Lifetime {
    match spec.recording {
        Some(_) => Lifetime::Own,
        None => Lifetime::Parent,
    }
}

fn refused(spec: &CommandSpec, why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::NoSandbox, "start", spec.program.as_str()).detail(why.to_string())
}
