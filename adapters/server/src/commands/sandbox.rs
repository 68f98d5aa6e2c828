//! `collodi sandbox`

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod program;

use crate::{
    cli::{FallbackArg, SandboxArgs},
    failure::{ERROR, HINT},
    given,
};
use anyhow::{Context as _, Result};
use collodi_sandbox::{
    Confinement, Fallback, Job, Level, Lifetime, Place, Profile, Reason, check_words,
};
#[cfg(target_os = "linux")]
use collodi_sandbox_linux::Refusal;
#[cfg(target_os = "macos")]
use collodi_sandbox_macos::Refusal;
use std::{
    collections::BTreeMap,
    fmt,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What this ends with when nothing was run.
pub(super) const REFUSED: u8 = 125;
/// Variables that are passed on when there is no file of them.
const INHERITED: [&str; 6] = ["LANG", "LC_ALL", "LC_CTYPE", "PATH", "TERM", "TZ"];

/// Runs a command, and ends as it does.
pub(crate) fn sandbox(json: bool, args: &SandboxArgs) -> Result<ExitCode> {
    match run(json, args) {
        Ok(code) => Ok(code),
        Err(error) => {
            let cure = error
                .downcast_ref::<Refused>()
                .and_then(|refused| refused.cure);
            refuse(json, &format!("{error:#}"), cure);
            let unstarted = error.downcast_ref::<program::Unstarted>();
            let status = unstarted.map_or(REFUSED, |unstarted| unstarted.status);
            Ok(ExitCode::from(status))
        }
    }
}

fn run(json: bool, args: &SandboxArgs) -> Result<ExitCode> {
    let confinement = args.level.confinement();
    let profile = confinement.map(|confinement| profile(confinement, args));
    let profile = profile.transpose()?;
    let request = Request::of(args, profile.as_ref())?;
    match &profile {
        Some(profile) => request.run_confined(json, profile, args),
        None => request.run_freely(),
    }
}

/// What is to be run.
struct Request {
    cwd: Place,
    /// The absolute path of the program.
    program: String,
    args: Vec<String>,
    env: BTreeMap<String, String>,
}

impl Request {
    /// What is run in the sandbox of a profile.
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn job<'a>(&'a self, profile: &'a Profile) -> Job<'a> {
        Job {
            profile,
            cwd: &self.cwd,
            program: &self.program,
            args: &self.args,
            env: &self.env,
            lifetime: Lifetime::Parent,
            terminal: false,
        }
    }

    fn of(args: &SandboxArgs, profile: Option<&Profile>) -> Result<Self> {
        let cwd = real(args.cwd.as_ref().unwrap_or(&args.root))?;
        let env = match &args.env_file {
            Some(file) => variables(file)?,
            None => inherited(),
        };
        let (program, rest) = args.command.split_first().context("there is no command")?;
        check_words(program, rest, &env)?;
        let path = env.get("PATH").map(String::as_str);
        Ok(Self {
            program: program::find(program, &cwd, path, profile)?,
            cwd,
            args: rest.to_vec(),
            env,
        })
    }

    /// There is no sandbox to make: this becomes the command.
    fn run_freely(self) -> Result<ExitCode> {
        let mut command = std::process::Command::new(&self.program);
        command
            .args(&self.args)
            .env_clear()
            .envs(&self.env)
            .current_dir(self.cwd.as_str());
        Err(command.exec()).with_context(|| format!("failed to start {}", self.program))
    }

    #[cfg(target_os = "linux")]
    fn run_confined(self, json: bool, profile: &Profile, args: &SandboxArgs) -> Result<ExitCode> {
        linux::run(&self, json, profile, args)
    }

    #[cfg(target_os = "macos")]
    fn run_confined(self, json: bool, profile: &Profile, _: &SandboxArgs) -> Result<ExitCode> {
        match macos::run(&self, json, profile)? {}
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    fn run_confined(self, _: bool, _: &Profile, _: &SandboxArgs) -> Result<ExitCode> {
        Err(Refused::from(Reason::System(std::env::consts::OS)).into())
    }
}

fn profile(confinement: Confinement, args: &SandboxArgs) -> Result<Profile> {
    let all = |paths: &[PathBuf]| {
        paths
            .iter()
            .map(|path| real(path))
            .collect::<Result<Vec<_>>>()
    };
    let root = real(&args.root)?;
    let mut protected = all(&args.protect)?;
    protected.extend(Place::parse(&root.join(Profile::SETTINGS)));
    Ok(Profile {
        read: all(&args.read)?,
        write: all(&args.write)?,
        hidden: all(&args.hide)?,
        protected,
        gpu: args.gpu,
        network: args.network.then_some(true),
        strict: args.strict,
        fallback: args
            .fallback
            .map(|FallbackArg::Landlock| Fallback::Landlock),
        ..Profile::new(confinement, root)
    })
}

/// The path without links on the way: that is what a sandbox binds.
fn real(path: &Path) -> Result<Place> {
    let failed = || format!("failed to look at {}", path.display());
    let real = path.canonicalize().with_context(failed)?;
    let text = real
        .to_str()
        .with_context(|| format!("{} is not UTF-8", real.display()))?;
    Place::parse(text).with_context(failed)
}

fn inherited() -> BTreeMap<String, String> {
    let given = INHERITED
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
    given.collect()
}

/// Empty lines and those that begin with `#` are passed over.
fn variables(file: &Path) -> Result<BTreeMap<String, String>> {
    let text = given::text(file, given::MOST)
        .with_context(|| format!("failed to read {}", file.display()))?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(number, line)| {
            let pair = line.split_once('=');
            let place = || format!("{}:{}: not NAME=VALUE", file.display(), number + 1);
            pair.map(|(name, value)| (name.to_owned(), value.to_owned()))
                .with_context(place)
        })
        .collect()
}

/// Why nothing was run, with what would cure it.
#[derive(Debug)]
struct Refused {
    why: String,
    cure: Option<&'static str>,
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        Self {
            why: reason.to_string(),
            cure: Some(reason.cure()),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            why: refusal.to_string(),
            cure: refusal.cure(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refused {}

/// Standard output is the command's, so this goes to standard error in both forms.
fn refuse(json: bool, why: &str, cure: Option<&str>) {
    if json {
        complain!("{}", serde_json::json!({ "refused": why, "cure": cure }));
        return;
    }
    complain!("{ERROR}error:{ERROR:#} nothing was run: {why}");
    if let Some(cure) = cure {
        complain!("{HINT}hint:{HINT:#} {cure}");
    }
}

/// The level and what holds of it.
fn tell(json: bool, level: Level, with: &collodi_sandbox::Enforcement) {
    let names = |all: &[collodi_sandbox::Protection]| -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    };
    let (enforced, missing) = (names(&with.enforced), names(&with.missing));
    if json {
        let mechanism = with.mechanism.name();
        let level = level.to_string();
        complain!(
            "{}",
            serde_json::json!({
                "level": level, "mechanism": mechanism, "enforced": enforced, "missing": missing,
            })
        );
    } else if !missing.is_empty() {
        complain!(
            "{HINT}note:{HINT:#} this sandbox does not hold: {}",
            missing.join(", ")
        );
    }
}
