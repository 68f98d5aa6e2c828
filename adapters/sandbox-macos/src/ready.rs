//! A command that is ready to be started.

use collodi_sandbox::{Enforcement, Job, Seatbelt};
use collodi_sandbox_look::{Refusal, word};
use collodi_spawn::{Limit, Resource};
use rustix::fd::BorrowedFd;
use std::{ffi::CString, path::Path};

/// What is to be started so that a command runs in its sandbox.
#[derive(Debug)]
pub struct Ready {
    /// The absolute path of the program that makes the sandbox.
    pub program: CString,
    /// All its arguments.
    pub args: Vec<CString>,
    /// Its environment, which it passes on to the command.
    pub env: Vec<CString>,
    /// Limits of the command.
    pub limits: Vec<Limit>,
    /// Whether the command ran, to be asked at the end.
    pub status: Status,
    /// What holds.
    pub enforcement: Enforcement,
}

/// Whether a command ran. Nobody says so here: it stands for it that its profile was tried.
#[derive(Clone, Copy, Debug)]
pub struct Status;

impl Status {
    /// That it did.
    pub const fn has_run(&self) -> bool {
        true
    }
}

impl Ready {
    /// What the program at `path` is started with to carry out this plan of a job.
    ///
    /// # Errors
    ///
    /// A zero byte is in one of the words.
    pub(crate) fn of(
        path: &Path,
        plan: &Seatbelt,
        job: &Job<'_>,
        enforcement: Enforcement,
    ) -> Result<Self, Refusal> {
        let program = word(path.to_string_lossy().into_owned())?;
        let args = plan.arguments().into_iter().map(word);
        let variables = plan.variables.iter();
        let env = variables.map(|(name, value)| word(format!("{name}={value}")));
        Ok(Self {
            args: std::iter::once(Ok(program.clone()))
                .chain(args)
                .collect::<Result<_, _>>()?,
            program,
            env: env.collect::<Result<_, _>>()?,
            limits: limits(job),
            status: Status,
            enforcement,
        })
    }

    /// The descriptors that it must have by their numbers: none.
    pub const fn kept(&self) -> Vec<BorrowedFd<'_>> {
        Vec::new()
    }

    /// Whether it is to lead the session of the terminal that the command has: it becomes the
    /// command.
    pub const fn leads_terminal(&self) -> bool {
        true
    }

    /// A ruleset that it must be held by from its start on: none.
    pub const fn domain(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

fn limits(job: &Job<'_>) -> Vec<Limit> {
    let file = job.profile.limits.file_bytes;
    let file = file.map(|most| Limit::of(Resource::FileSize, most));
    file.into_iter().collect()
}
