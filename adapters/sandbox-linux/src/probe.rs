//! Finding out what this machine can do, by doing it.

use crate::{Ready, Refusal, bwrap};
use collodi_sandbox::{
    BwrapFault, Enforcement, Features, Job, Lifetime, Machine, Mechanism, Profile, Temp,
};
use collodi_sandbox_look::{Distrust, said_in_time, trusted};
use collodi_spawn::Plan;
use rustix::{
    fs::{Mode, OFlags, open},
    io::Errno,
    pipe::{PipeFlags, pipe_with},
    process::{Signal, WaitOptions, kill_process, waitpid},
};
use std::{collections::BTreeMap, fs::File, os::fd::AsFd as _, path::Path};

/// Programs that do nothing.
const NOTHING: [&str; 2] = ["/bin/true", "/usr/bin/true"];

/// Whether bubblewrap makes a sandbox of this profile: it is tried, with the words that the
/// profile itself gets, and what an old one does not know is left out if it may be.
pub(crate) fn bwrap(
    path: &Path,
    profile: &Profile,
    machine: &Machine,
) -> Result<Features, BwrapFault> {
    trusted(path).map_err(distrusted)?;
    let mut features = Features::ALL;
    loop {
        let fault = match attempt(path, profile, machine, features) {
            Ok(()) => return Ok(features),
            Err(fault) => fault,
        };
        match without(features, &fault) {
            Some(fewer) => features = fewer,
            None => return Err(fault),
        }
    }
}

/// The features without the one that failed; none when that is needed.
fn without(features: Features, fault: &BwrapFault) -> Option<Features> {
    match fault {
        BwrapFault::UnknownFlag(flag) if flag == "--bind-fd" && features.bind_fd => {
            Some(Features {
                bind_fd: false,
                ..features
            })
        }
        BwrapFault::UnknownFlag(flag) if flag == "--disable-userns" && features.disable_userns => {
            Some(Features {
                disable_userns: false,
                ..features
            })
        }
        BwrapFault::Failed(line)
            if line.contains("max_user_namespaces") && features.disable_userns =>
        {
            Some(Features {
                disable_userns: false,
                ..features
            })
        }
        _ => None,
    }
}

/// What it means for bubblewrap that it is not to be trusted.
fn distrusted(why: Distrust) -> BwrapFault {
    match why {
        Distrust::Missing(path) => BwrapFault::Missing(path),
        Distrust::Changeable(why) => BwrapFault::Untrusted(why),
    }
}

fn attempt(
    path: &Path,
    profile: &Profile,
    machine: &Machine,
    features: Features,
) -> Result<(), BwrapFault> {
    // The folder for temporary files is made when something is started.
    let profile = &Profile {
        temp: Temp::Memory(Profile::TEMP_BYTES),
        ..profile.clone()
    };
    let program = NOTHING.into_iter().find(|path| Path::new(path).exists());
    let env = BTreeMap::new();
    let job = Job {
        profile,
        cwd: &profile.root,
        program: program.unwrap_or(NOTHING[0]),
        args: &[],
        env: &env,
        lifetime: Lifetime::Parent,
        terminal: false,
    };
    let mechanism = Mechanism::Bwrap {
        features,
        scopes: false,
    };
    let enforcement = Enforcement {
        mechanism,
        enforced: Vec::new(),
        missing: Vec::new(),
    };
    let failed = |refusal: Refusal| BwrapFault::Failed(refusal.to_string());
    let ready = bwrap::ready(path, &job, machine, features, enforcement, false).map_err(failed)?;
    let said =
        run(&ready).map_err(|errno| BwrapFault::Failed(std::io::Error::from(errno).to_string()))?;
    match ready.status.has_run() {
        true => Ok(()),
        false => Err(fault(&said)),
    }
}

/// Runs it to its end, which comes in time, and gives what it complained about.
fn run(ready: &Ready) -> Result<String, Errno> {
    let null = open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    let root = open(
        "/",
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC)?;
    let started = collodi_spawn::spawn(&Plan {
        program: &ready.program,
        args: &ready.args,
        env: &ready.env,
        cwd: root.as_fd(),
        stdio: [null.as_fd(), null.as_fd(), theirs.as_fd()],
        terminal: None,
        limits: &[],
        cgroup: None,
        kept: &ready.kept(),
        domain: None,
    });
    drop(theirs);
    let started = started.map_err(|failure| failure.errno)?;
    let said = said_in_time(File::from(ours));
    if said.is_none() {
        // One that has ended meanwhile needs no signal.
        let _ = kill_process(started.pid, Signal::KILL);
    }
    while matches!(
        waitpid(Some(started.pid), WaitOptions::empty()),
        Err(Errno::INTR)
    ) {}
    said.ok_or(Errno::TIMEDOUT)
}

/// What bubblewrap means by its last line.
fn fault(said: &str) -> BwrapFault {
    let line = said
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or("it said nothing");
    let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
    if let Some((_, option)) = said.split_once("Unknown option ") {
        let option = option.split_whitespace().next().unwrap_or_default();
        return BwrapFault::UnknownFlag(option.to_owned());
    }
    let line_of = || line.trim().to_owned();
    if has(&["mount proc", "/newroot/proc"]) {
        BwrapFault::ProcBlocked(line_of())
    } else if has(&["namespace", "uid map", "gid map", "setgroups", "unshare"])
        && !has(&["max_user_namespaces"])
    {
        BwrapFault::NamespacesBlocked(line_of())
    } else {
        BwrapFault::Failed(line_of())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_blocked_from_missing_from_unknown() {
        let table = [
            (
                "bwrap: setting up uid map: Permission denied\n",
                "user namespaces are blocked (bwrap: setting up uid map: Permission denied)",
            ),
            (
                "bwrap: No permissions to create a new namespace, likely because …\n",
                "user namespaces are blocked (bwrap: No permissions to create a new namespace, likely \
                 because …)",
            ),
            (
                "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
                "/proc cannot be mounted (bwrap: Can't mount proc on /newroot/proc: Operation not \
                 permitted)",
            ),
            (
                "bwrap: Unknown option --bind-fd\n",
                "this bubblewrap does not know --bind-fd",
            ),
            (
                "bwrap: Can't chdir to /x\n",
                "bubblewrap failed: bwrap: Can't chdir to /x",
            ),
            ("", "bubblewrap failed: it said nothing"),
        ];
        for (said, meant) in table {
            assert_eq!(fault(said).to_string(), meant);
        }
    }
}
