//! The sandboxes of this machine.

use crate::{Ready, Refusal, probe};
use collodi_sandbox::{Decision, Job, Lifetime, Machine, Profile, Seatbelt, SeatbeltFault, Temp};
use collodi_sandbox_look as look;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most profiles of which it is remembered that they work.
const MOST_TRIED: usize = 64;

/// Makes sandboxes. What works is tried once for each text of a profile; what does not is
/// tried again each time, as the machine may have been cured.
#[derive(Debug)]
pub struct Sandboxes {
    program: PathBuf,
    /// The texts that were taken.
    works: Mutex<BTreeSet<String>>,
}

impl Default for Sandboxes {
    fn default() -> Self {
        Self::new("/usr/bin/sandbox-exec")
    }
}

impl Sandboxes {
    /// Sandboxes that the program at this path makes.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            works: Mutex::default(),
        }
    }

    /// What can be done about a profile here.
    pub fn decide(&self, profile: &Profile) -> Decision {
        let profile = &unmade(profile);
        let machine = look::machine(profile);
        let env = BTreeMap::new();
        let nothing = Job {
            profile,
            cwd: &profile.root,
            program: "",
            args: &[],
            env: &env,
            lifetime: Lifetime::Parent,
            terminal: false,
        };
        let failed = |refusal: Refusal| SeatbeltFault::Failed(refusal.to_string());
        let works = plan(&nothing, &machine).map_err(failed);
        let works = works.and_then(|plan| self.works(&plan));
        Seatbelt::decide(profile, works, !machine.homes.is_empty())
    }

    /// Readies a job, so that starting what is given runs it in its sandbox. Nothing is
    /// started but, the first time, a trial.
    ///
    /// # Errors
    ///
    /// Why the job does not run.
    pub fn ready(&self, job: &Job<'_>) -> Result<Ready, Refusal> {
        let unmade = unmade(job.profile);
        check(
            &Job {
                profile: &unmade,
                ..*job
            },
            &look::machine(&unmade),
        )?;
        look::keep_temporary(job.profile)?;
        let machine = look::machine(job.profile);
        let plan = plan(job, &machine)?;
        look::keep_settings(job.profile)?;
        let home = !machine.homes.is_empty();
        match Seatbelt::decide(job.profile, self.works(&plan), home) {
            Decision::Use(enforcement) => Ready::of(&self.program, &plan, job, enforcement),
            Decision::Refuse(reason) => Err(reason.into()),
        }
    }

    fn works(&self, plan: &Seatbelt) -> Result<(), SeatbeltFault> {
        if self.tried().contains(&plan.text) {
            return Ok(());
        }
        probe::seatbelt(&self.program, plan)?;
        let mut tried = self.tried();
        if tried.len() >= MOST_TRIED {
            tried.clear();
        }
        tried.insert(plan.text.clone());
        Ok(())
    }

    /// A panic elsewhere does not make what was found wrong.
    fn tried(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The profile before its folder for temporary files is made, which it is when something is
/// started.
fn unmade(profile: &Profile) -> Profile {
    Profile {
        temp: Temp::Folder(profile.root.clone()),
        ..profile.clone()
    }
}

/// Whether the job can have a sandbox.
fn check(job: &Job<'_>, machine: &Machine) -> Result<(), Refusal> {
    job.check()?;
    Ok(job.profile.check(job.cwd, machine)?)
}

/// Nothing is made for a job that cannot have a sandbox.
fn plan(job: &Job<'_>, machine: &Machine) -> Result<Seatbelt, Refusal> {
    check(job, machine)?;
    let temp = look::temporary(job.profile)?;
    Ok(Seatbelt::plan(job, &temp, machine)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_sandbox::{Confinement, Place};
    use std::fs;

    fn profile(dir: &tempfile::TempDir) -> Profile {
        let root = fs::canonicalize(dir.path()).unwrap();
        let root = Place::parse(root.to_str().unwrap()).unwrap();
        Profile::new(Confinement::Sandboxed, root)
    }

    fn say(decision: &Decision) -> String {
        match decision {
            Decision::Use(with) => with.mechanism.name().to_owned(),
            Decision::Refuse(why) => why.to_string(),
        }
    }

    #[test]
    fn what_was_tried_decides() {
        let dir = tempfile::tempdir().unwrap();
        let table = [
            ("/bin/true", "seatbelt"),
            ("/bin/false", "sandbox-exec failed: it said nothing"),
            (
                "/nowhere/x",
                "sandbox-exec is missing: there is no /nowhere/x",
            ),
        ];
        for (program, expected) in table {
            let decision = Sandboxes::new(program).decide(&profile(&dir));
            assert_eq!(say(&decision), expected);
        }
    }

    #[test]
    fn a_job_is_readied_as_words_and_variables() {
        let dir = tempfile::tempdir().unwrap();
        let profile = profile(&dir);
        let env = [("DYLD_INSERT_LIBRARIES", "/x.dylib"), ("LANG", "C")];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let job = Job {
            profile: &profile,
            cwd: &profile.root,
            program: "/bin/ls",
            args: &["-l".to_owned()],
            env: &env.into(),
            lifetime: Lifetime::Parent,
            terminal: false,
        };
        let ready = Sandboxes::new("/bin/true").ready(&job).unwrap();
        let text = |words: &[std::ffi::CString]| -> Vec<String> {
            let words = words.iter().map(|word| word.to_str().unwrap().to_owned());
            words.collect()
        };
        let (args, root) = (text(&ready.args), profile.root.as_str());
        assert_eq!(args[..2], ["/bin/true", "-p"]);
        let end = args.iter().position(|word| word == "--").unwrap();
        let inside = [
            "/usr/bin/env",
            "DYLD_INSERT_LIBRARIES=/x.dylib",
            "/bin/ls",
            "-l",
        ];
        assert_eq!(args[end + 1..], inside);
        let variables = [
            format!("HOME={root}"),
            format!("TMPDIR={root}/.tmp"),
            "LANG=C".into(),
        ];
        assert_eq!(text(&ready.env), variables);
        assert!(
            ready
                .enforcement
                .missing
                .contains(&collodi_sandbox::Protection::Survival)
        );
    }

    #[test]
    fn a_job_that_cannot_have_a_sandbox_makes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let profile = profile(&dir);
        let temp = Temp::Folder(Place::parse(&profile.root.join("tmp/it")).unwrap());
        for profile in [profile.clone(), Profile { temp, ..profile }] {
            makes_nothing(&profile);
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }

    fn makes_nothing(profile: &Profile) {
        let (cwd, env) = (Place::parse("/srv").unwrap(), BTreeMap::new());
        let job = Job {
            profile,
            cwd: &cwd,
            program: "/bin/ls",
            args: &[],
            env: &env,
            lifetime: Lifetime::Parent,
            terminal: false,
        };
        let refused = Sandboxes::new("/bin/true").ready(&job).unwrap_err();
        assert!(matches!(refused, Refusal::Unfit(_)), "{refused}");
    }
}
