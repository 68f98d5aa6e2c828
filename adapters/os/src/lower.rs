//! From a command as data to a command of the standard library.

use crate::{
    MARKER,
    fault::Fault,
    find_program,
    rooted::{DIRECTORY, Rooted},
};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{CommandSpec, Stdin};
use collodi_contain::ContainedPath;
use collodi_file::FileErrorKind;
use rustix::fd::OwnedFd;
use std::{
    io,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Command, Stdio},
};

/// A command that can be started, and the working directory it starts in.
#[derive(Debug)]
pub struct Lowered {
    /// The command. It is spawned without `fork` as long as nobody adds a `pre_exec`:
    /// forking costs time by the size of this process.
    pub command: Command,
    /// The opened working directory. `command` names it by its descriptor, so it must
    /// be kept until the child is started.
    pub cwd: OwnedFd,
}

/// Turns `spec` into a command: the program found, the environment exactly that of
/// `spec` and the marker of its tree, the working directory opened beneath its root,
/// a process group of its own, output in pipes.
///
/// # Errors
///
/// `ProgramNotFound`, `PermissionDenied`, `NoWorkingDirectory`, `Escapes`, `Exhausted`;
/// `Other` for a variable that no environment can hold.
pub fn lower(spec: &CommandSpec) -> Result<Lowered, Error> {
    check_environment(spec)?;
    let program = find_program(spec)?;
    let cwd = open_cwd(&spec.cwd).map_err(|fault| no_cwd(fault, &spec.cwd))?;
    let mut command = Command::new(&program);
    if !spec.program.contains('/') {
        command.arg0(&spec.program);
    }
    command
        .args(&spec.args)
        .env_clear()
        .envs(&spec.env)
        .env(MARKER, spec.tree.as_str())
        .current_dir(name_of(&cwd, &spec.cwd))
        .process_group(0)
        .stdin(match spec.stdin {
            Stdin::Piped => Stdio::piped(),
            _ => Stdio::null(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(Lowered { command, cwd })
}

/// What it means that starting the command of `spec` failed.
pub fn spawn_error(spec: &CommandSpec, error: &io::Error) -> Error {
    use rustix::io::Errno;
    let kind = match Errno::from_io_error(error) {
        Some(Errno::NOENT) => ErrorKind::ProgramNotFound,
        Some(Errno::ACCESS | Errno::PERM) => ErrorKind::PermissionDenied,
        Some(Errno::AGAIN | Errno::NOMEM | Errno::MFILE | Errno::NFILE) => ErrorKind::Exhausted,
        _ => ErrorKind::Other,
    };
    let detail = match kind {
        // The file was there a moment ago: what is missing is what its first line names.
        ErrorKind::ProgramNotFound => "its interpreter is not there".to_owned(),
        _ => error.to_string(),
    };
    Error::new(kind, "start", spec.program.as_str()).detail(detail)
}

fn check_environment(spec: &CommandSpec) -> Result<(), Error> {
    let odd = |name: &str| name.is_empty() || name.contains(['=', '\0']);
    let broken = |(name, value): &(&String, &String)| odd(name) || value.contains('\0');
    match spec.env.iter().find(broken) {
        None => Ok(()),
        Some((name, _)) => Err(Error::new(ErrorKind::Other, "start", spec.program.as_str())
            .detail(format!(
                "the variable {name:?} has a name or value that no environment holds"
            ))),
    }
}

fn open_cwd(cwd: &ContainedPath) -> Result<OwnedFd, Fault> {
    Rooted::open(cwd.root())?.open_at(cwd, DIRECTORY)
}

fn no_cwd(fault: Fault, cwd: &ContainedPath) -> Error {
    use rustix::io::Errno;
    let kind = match (fault.kind, fault.errno) {
        (FileErrorKind::NotFound | FileErrorKind::NotADirectory, _) => {
            ErrorKind::NoWorkingDirectory
        }
        (FileErrorKind::Escapes, _) => ErrorKind::Escapes,
        (FileErrorKind::PermissionDenied, _) => ErrorKind::PermissionDenied,
        (_, Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM)) => ErrorKind::Exhausted,
        _ => ErrorKind::Other,
    };
    let error = Error::new(kind, "start in", cwd.absolute());
    match (kind, fault.detail()) {
        (ErrorKind::Other | ErrorKind::Exhausted, Some(detail)) => error.detail(detail),
        _ => error,
    }
}

/// A name for the opened directory that cannot come to mean another one. The child
/// changes directory before its copy of the descriptor is closed by `exec`.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn name_of(handle: &OwnedFd, _: &ContainedPath) -> PathBuf {
    use std::os::fd::AsRawFd as _;
    PathBuf::from(format!("/proc/self/fd/{}", handle.as_raw_fd()))
}

/// The path of the opened directory: here a rename between now and the start shows.
#[cfg(target_vendor = "apple")]
fn name_of(handle: &OwnedFd, path: &ContainedPath) -> PathBuf {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};
    rustix::fs::getpath(handle).map_or_else(
        |_| PathBuf::from(path.absolute()),
        |real| PathBuf::from(OsString::from_vec(real.into_bytes())),
    )
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn name_of(_: &OwnedFd, path: &ContainedPath) -> PathBuf {
    PathBuf::from(path.absolute())
}
