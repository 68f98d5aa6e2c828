//! Which program a command is.

use collodi_backend::ErrorKind;
use collodi_command::{CommandSpec, Sandbox, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_sandbox::{Place, Profile};
use std::{fmt, fs::File, io::Read as _, sync::Arc};

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
    let sandbox = match profile {
        Some(profile) => Sandbox::Within(Arc::new(profile.clone())),
        None => Sandbox::Full,
    };
    let look_up = |program: &str| look_up(program, path.unwrap_or_default(), &sandbox);
    let program = match word {
        // As a shell reads it: from where it runs.
        word if word.contains('/') && !word.starts_with('/') => look_up(&format!("{cwd}/{word}"))?,
        word => look_up(word)?,
    };
    if let Some(interpreter) = interpreter(&program) {
        look_up(&interpreter)?;
    }
    Ok(program)
}

fn look_up(program: &str, path: &str, sandbox: &Sandbox) -> Result<String, Unstarted> {
    let here = Root::new("/").at(RelPath::root());
    let mut spec = CommandSpec::new(program, here, TreeId::new("sandbox")).env("PATH", path);
    spec.sandbox = sandbox.clone();
    collodi_os::find_program(&spec).map_err(|error| Unstarted {
        status: match error.kind {
            ErrorKind::PermissionDenied => NOT_EXECUTABLE,
            _ => NOT_FOUND,
        },
        why: error.to_string(),
    })
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

impl fmt::Display for Unstarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Unstarted {}
