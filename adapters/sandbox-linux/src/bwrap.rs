//! Readying bubblewrap.

use crate::{Ready, Refusal, Status, domain, memory};
use collodi_sandbox::{
    Bwrap, Descriptor, Enforcement, Features, Job, Machine, Place, Reason,
    seccomp::{Architecture, Program, Set},
};
use collodi_sandbox_look::word;
use collodi_spawn::{Limit, Resource};
use rustix::{
    fd::OwnedFd,
    fs::{CWD, Mode, OFlags, ResolveFlags},
    io::Errno,
};
use std::{ffi::CString, os::fd::AsRawFd as _, path::Path};

/// Readies a job, whose sandbox is made by the program at `path`.
pub(crate) fn ready(
    path: &Path,
    job: &Job<'_>,
    machine: &Machine,
    features: Features,
    enforcement: Enforcement,
    scopes: bool,
) -> Result<Ready, Refusal> {
    let plan = Bwrap::plan(job, machine, features)?;
    let hand = Refusal::system("hand a sandbox what it needs");
    let hands = || -> Result<_, Errno> { Ok((memory::holding(&filter()?)?, memory::empty()?)) };
    let (filter, status) = hands().map_err(hand)?;
    let folders = match features.bind_fd {
        true => plan
            .folders
            .iter()
            .map(open)
            .collect::<Result<Vec<_>, _>>()?,
        false => Vec::new(),
    };
    let options = plan.options(|descriptor| match descriptor {
        Descriptor::Folder(number) => folders.get(number).map_or(-1, OwnedFd::as_raw_fd),
        Descriptor::Filter => filter.as_raw_fd(),
        Descriptor::Status => status.as_raw_fd(),
    });
    let options =
        memory::holding(&options).map_err(Refusal::system("hand a sandbox its options"))?;
    let args = plan.arguments(options.as_raw_fd());
    let program = words([path.to_string_lossy().into_owned()])?;
    Ok(Ready {
        args: program.iter().cloned().chain(words(args)?).collect(),
        program: program.into_iter().next().unwrap_or_default(),
        env: Vec::new(),
        limits: limits(job),
        status: Status::new(status),
        enforcement,
        handed: folders.into_iter().chain([filter, options]).collect(),
        takes_terminal: plan.takes_terminal,
        domain: if scopes { held()? } else { None },
    })
}

/// What every sandboxed process is limited to.
pub(crate) fn limits(job: &Job<'_>) -> Vec<Limit> {
    let core = Limit::of(Resource::Core, 0);
    let file = job.profile.limits.file_bytes;
    let file = file.map(|most| Limit::of(Resource::FileSize, most));
    file.into_iter().chain([core]).collect()
}

pub(crate) fn words(words: impl IntoIterator<Item = String>) -> Result<Vec<CString>, Refusal> {
    words.into_iter().map(word).collect()
}

fn filter() -> Result<Vec<u8>, Errno> {
    let architecture = Architecture::named(std::env::consts::ARCH).ok_or(Errno::NOSYS)?;
    Ok(Program::of(Set::Namespaced, architecture).bytes())
}

fn held() -> Result<Option<OwnedFd>, Refusal> {
    let failed = |error: landlock::RulesetError| {
        Refusal::System("make a Landlock domain", std::io::Error::other(error))
    };
    let domain = domain::scopes().map_err(failed)?;
    let domain = domain.ok_or_else(|| Refusal::from(Reason::System("Linux without Landlock")))?;
    memory::above_standard(domain)
        .map(Some)
        .map_err(Refusal::system("hold a Landlock domain"))
}

/// The folder that was looked at, if no link was put in its way since. Who cannot ask the
/// kernel for that opens what is there.
fn open(place: &Place) -> Result<OwnedFd, Refusal> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let links = ResolveFlags::NO_SYMLINKS;
    let opened = match rustix::fs::openat2(CWD, place.as_str(), flags, Mode::empty(), links) {
        Err(Errno::NOSYS | Errno::PERM) => rustix::fs::open(place.as_str(), flags, Mode::empty()),
        opened => opened,
    };
    opened
        .and_then(memory::above_standard)
        .map_err(Refusal::system("open a folder of the sandbox"))
}
