//! Another life of the same program: it goes on with the daemons, at the same address and
//! with the same token.

use crate::state::{Hold, ServerState};
use std::{ffi::OsString, io, os::unix::process::CommandExt as _, path::PathBuf, process::Command};

/// Set for a program that goes on for another one, which it has replaced.
pub(crate) const VARIABLE: &str = "COLLODI_HANDOVER";

/// What the end of a path says when its file was replaced.
const DELETED: &str = " (deleted)";

/// What is known of the life before this one, when there was one.
pub(crate) fn earlier(hold: &Hold) -> Option<ServerState> {
    let same_process = |state: &ServerState| state.pid == std::process::id();
    std::env::var_os(VARIABLE)?;
    hold.earlier().filter(same_process)
}

/// Replaces this program by itself, as it is on the disk by now, with the same arguments.
/// Children live on. Comes back only when that fails.
pub(crate) fn replace() -> io::Error {
    let program = match std::env::current_exe() {
        Ok(path) => on_disk(path),
        Err(error) => return error,
    };
    Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(VARIABLE, "1")
        .exec()
}

/// The path of a program that was replaced is that of its successor.
fn on_disk(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_suffix(DELETED)) {
        Some(path) => OsString::from(path).into(),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_successor_is_at_the_same_path() {
        for path in ["/bin/collodi", "/bin/collodi (deleted)"] {
            assert_eq!(on_disk(path.into()), PathBuf::from("/bin/collodi"));
        }
    }
}
