//! From a command as data to what the system wants for it.

use crate::{
    MARKER,
    confine::{Confined, Sandboxes},
    fault::Fault,
    find_program,
    rooted::{DIRECTORY, Rooted},
};
use collodi_backend::{Error, ErrorKind};
use collodi_command::CommandSpec;
use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileErrorKind};
use collodi_spawn::{Failure, Stage};
use rustix::{fd::OwnedFd, io::Errno};
#[cfg(any(target_os = "linux", target_os = "android"))]
use std::os::fd::AsRawFd as _;
use std::{ffi::CString, path::PathBuf};

/// A command with its program found, its environment exact, and its working directory
/// opened beneath its root.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) program: CString,
    pub(crate) args: Vec<CString>,
    pub(crate) env: Vec<CString>,
    pub(crate) cwd: OwnedFd,
    /// What is to be started for it instead, to run in its sandbox.
    pub(crate) confined: Option<Confined>,
}

impl Lowered {
    /// # Errors
    ///
    /// `ProgramNotFound`, `PermissionDenied`, `NoWorkingDirectory`, `Escapes`,
    /// `NoSandbox`, `Exhausted`; `Other` for a word that the system cannot take.
    pub(crate) fn of(spec: &CommandSpec, sandboxes: &Sandboxes) -> Result<Self, Error> {
        let env = environment(spec)?;
        let program = find_program(spec)?;
        let cwd = open_cwd(&spec.cwd).map_err(|fault| no_cwd(fault, &spec.cwd))?;
        let marker = (MARKER, spec.tree.as_str());
        let mut confined = sandboxes.confine(spec, &program, marker)?;
        if let Some(confined) = &mut confined {
            // Who holds the sandbox is of the tree, too.
            confined.env.retain(|variable| !is_marker(variable));
            let marked = env.iter().filter(|variable| is_marker(variable));
            confined.env.extend(marked.cloned());
        }
        // A program that was looked up is told the name it was called by.
        let words = std::iter::once(&spec.program).chain(&spec.args);
        Ok(Self {
            args: words
                .map(|arg| word(spec, arg.as_str()))
                .collect::<Result<_, _>>()?,
            program: word(spec, program)?,
            env,
            cwd,
            confined,
        })
    }
}

/// What it means that a child of `spec` could not be started.
pub(crate) fn start_error(spec: &CommandSpec, failure: Failure) -> Error {
    let kind = match (failure.stage, failure.errno) {
        (_, Errno::AGAIN | Errno::NOMEM | Errno::MFILE | Errno::NFILE) => ErrorKind::Exhausted,
        (Stage::Program, Errno::NOENT) => ErrorKind::ProgramNotFound,
        (Stage::Program | Stage::Directory, Errno::ACCESS | Errno::PERM) => {
            ErrorKind::PermissionDenied
        }
        _ => ErrorKind::Other,
    };
    let detail = match kind {
        // The file was there a moment ago: what is missing is what its first line names.
        ErrorKind::ProgramNotFound => "its interpreter is not there".to_owned(),
        _ => failure.to_string(),
    };
    Error::new(kind, "start", spec.program.as_str()).detail(detail)
}

fn is_marker(variable: &CString) -> bool {
    let rest = variable.as_bytes().strip_prefix(MARKER.as_bytes());
    rest.is_some_and(|rest| rest.starts_with(b"="))
}

fn environment(spec: &CommandSpec) -> Result<Vec<CString>, Error> {
    let odd = |name: &str| name.is_empty() || name.contains('=');
    let variable = |(name, value): (&str, &str)| {
        let text = (!odd(name)).then(|| format!("{name}={value}"));
        text.and_then(|text| CString::new(text).ok())
            .ok_or_else(|| {
                let detail =
                    format!("the variable {name:?} has a name or value that no environment holds");
                Error::new(ErrorKind::Other, "start", spec.program.as_str()).detail(detail)
            })
    };
    let given = spec
        .env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let marker = [(MARKER, spec.tree.as_str())];
    given
        .filter(|(name, _)| *name != MARKER)
        .chain(marker)
        .map(variable)
        .collect()
}

fn word(spec: &CommandSpec, text: impl Into<Vec<u8>>) -> Result<CString, Error> {
    CString::new(text).map_err(|_| {
        Error::new(ErrorKind::Other, "start", spec.program.as_str())
            .detail("a zero byte is in one of its arguments")
    })
}

fn open_cwd(cwd: &ContainedPath) -> Result<OwnedFd, Fault> {
    let root = Rooted::open(cwd.root())?;
    match cwd.rel().as_str() {
        "" => Ok(root.into_handle()),
        _ => root.open_at(cwd, DIRECTORY),
    }
}

/// Where the working directory at this path really is: the directory that a child started
/// there would be in, opened in the same way.
///
/// # Errors
///
/// When it cannot be opened beneath its root.
pub fn real_directory(cwd: &ContainedPath) -> Result<PathBuf, FileError> {
    let real = open_cwd(cwd).and_then(|handle| path_of(&handle));
    real.map_err(|fault| fault.at(cwd))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn path_of(handle: &OwnedFd) -> Result<PathBuf, Fault> {
    let link = format!("/proc/self/fd/{}", handle.as_raw_fd());
    Ok(std::fs::read_link(link)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn path_of(handle: &OwnedFd) -> Result<PathBuf, Fault> {
    let path = rustix::fs::getpath(handle)?;
    Ok(PathBuf::from(path.to_string_lossy().into_owned()))
}

fn no_cwd(fault: Fault, cwd: &ContainedPath) -> Error {
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
