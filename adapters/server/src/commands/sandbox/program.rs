//! Which program a command is.

use collodi_backend::ErrorKind;
use collodi_command::{CommandSpec, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_sandbox::{Place, Profile};
use std::{
    fmt,
    fs::{self, File},
    io::Read as _,
};

/// What a shell ends with when there is no such program.
const NOT_FOUND: u8 = 127;
/// And when the program may not be executed.
const NOT_EXECUTABLE: u8 = 126;
/// The most bytes of a first line that name an interpreter.
const FIRST_LINE: u64 = 256;

/// Why a command cannot be started, whatever its sandbox.
#[derive(Debug)]
pub(super) struct Unstarted {
    why: String,
    /// What this ends with.
    pub(super) status: u8,
}

/// The absolute path of the program that is called `word` in `cwd`: the first in `path` that
/// can be seen in the sandbox of `profile`, when there is to be one.
pub(super) fn find(
    word: &str,
    cwd: &Place,
    path: Option<&str>,
    profile: Option<&Profile>,
) -> Result<String, Unstarted> {
    let is_seen = |path: &str| profile.is_none_or(|profile| sees(profile, path));
    let program = match word {
        // As a shell reads it: from where it runs.
        word if word.contains('/') && !word.starts_with('/') => format!("{cwd}/{word}"),
        word => word.to_owned(),
    };
    let entries = path.unwrap_or_default().split(':');
    let seen: Vec<_> = entries
        .filter(|entry| is_seen(&format!("{entry}/{word}")))
        .collect();
    let program = look_up(&program, &seen.join(":"))?;
    for needed in [Some(program.clone()), interpreter(&program)] {
        match needed {
            Some(needed) if is_seen(&needed) => drop(look_up(&needed, "")?),
            Some(needed) => return Err(unseen(&needed)),
            None => {}
        }
    }
    Ok(program)
}

fn look_up(program: &str, path: &str) -> Result<String, Unstarted> {
    let here = Root::new("/").at(RelPath::root());
    let spec = CommandSpec::new(program, here, TreeId::new("sandbox")).env("PATH", path);
    collodi_os::find_program(&spec).map_err(|error| Unstarted {
        status: match error.kind {
            ErrorKind::PermissionDenied => NOT_EXECUTABLE,
            _ => NOT_FOUND,
        },
        why: error.to_string(),
    })
}

/// Whether a path and what it leads to are shown. What is not there is for others to tell.
fn sees(profile: &Profile, path: &str) -> bool {
    let Ok(real) = fs::canonicalize(path) else {
        return true;
    };
    let shown = |path: &str| Place::parse(path).is_ok_and(|place| profile.shows(&place));
    let as_named = Place::parse(path).is_err() || shown(path);
    as_named && real.to_str().is_some_and(shown)
}

/// The program that runs a script. What cannot be read is no script.
fn interpreter(program: &str) -> Option<String> {
    let mut line = Vec::new();
    let file = File::open(program).ok()?;
    file.take(FIRST_LINE).read_to_end(&mut line).ok()?;
    let line = String::from_utf8_lossy(&line);
    let rest = line.lines().next()?.strip_prefix("#!")?;
    let word = rest.split_whitespace().next()?;
    word.starts_with('/').then(|| word.to_owned())
}

fn unseen(program: &str) -> Unstarted {
    Unstarted {
        why: format!("failed to start {program}: program not found (not shown in the sandbox)"),
        status: NOT_FOUND,
    }
}

impl fmt::Display for Unstarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Unstarted {}
