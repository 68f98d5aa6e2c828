//! Where a program is.

use collodi_backend::{Error, ErrorKind};
use collodi_command::{CommandSpec, Sandbox};
use collodi_sandbox::{Place, Profile, Seatbelt};
use rustix::{
    fs::{Access, AtFlags, CWD, FileType},
    io::Errno,
};
use std::fs;

const OPERATION: &str = "start";

/// The absolute path of the program of `spec`, looked up in the `PATH` of `spec`.
///
/// Entries of `PATH` that are not absolute are passed over: nothing becomes a program
/// by lying in the working directory. The first entry that has an executable file wins, of
/// those that the program sees from its sandbox.
///
/// # Errors
///
/// `ProgramNotFound` with the `PATH` that was searched, or for a file that is not shown in
/// the sandbox; `PermissionDenied` when files of that name are there, and none may be
/// executed.
pub fn find_program(spec: &CommandSpec) -> Result<String, Error> {
    let name = spec.program.as_str();
    if name.starts_with('/') {
        if !is_shown(spec, name) {
            let why = "it is not shown in the sandbox".to_owned();
            return Err(refused(name, Errno::NOENT, Some(why)));
        }
        return check(name)
            .map(|()| name.to_owned())
            .map_err(|errno| refused(name, errno, None));
    }
    if name.is_empty() || name.contains('/') {
        let why = "a program is a name or an absolute path".to_owned();
        return Err(refused(name, Errno::NOENT, Some(why)));
    }
    search(spec, name)
}

fn search(spec: &CommandSpec, name: &str) -> Result<String, Error> {
    let path = spec.env.get("PATH").map(String::as_str);
    let mut worst = Errno::NOENT;
    let entries = path.unwrap_or_default().split(':');
    for entry in entries.filter(|entry| entry.starts_with('/')) {
        let candidate = format!("{}/{name}", entry.trim_end_matches('/'));
        match check(&candidate) {
            Ok(()) if !is_shown(spec, &candidate) => {}
            Ok(()) => return Ok(candidate),
            Err(Errno::ACCESS) => worst = Errno::ACCESS,
            Err(_) => {}
        }
    }
    let searched = match path {
        Some(path) => format!("PATH is {path}"),
        None => "PATH is not set".to_owned(),
    };
    Err(refused(name, worst, Some(searched)))
}

/// Whether a program sees this file from its sandbox: by its name, and what that leads to.
/// What is not there is for others to tell.
fn is_shown(spec: &CommandSpec, path: &str) -> bool {
    let Sandbox::Within(profile) = &spec.sandbox else {
        return true;
    };
    match fs::canonicalize(path) {
        Ok(real) => shows(profile, path) && real.to_str().is_some_and(|real| shows(profile, real)),
        Err(_) => true,
    }
}

/// A path that is not in its normal form is judged by what it leads to alone.
fn shows(profile: &Profile, path: &str) -> bool {
    Place::parse(path).map_or(true, |place| match cfg!(target_os = "macos") {
        true => Seatbelt::shows(profile, &place),
        false => profile.shows(&place),
    })
}

/// Whether a file is there that we may execute.
fn check(path: &str) -> Result<(), Errno> {
    let stat = rustix::fs::stat(path)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Errno::ACCESS);
    }
    rustix::fs::accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS)
}

fn refused(name: &str, errno: Errno, detail: Option<String>) -> Error {
    let kind = match errno {
        Errno::ACCESS | Errno::PERM => ErrorKind::PermissionDenied,
        _ => ErrorKind::ProgramNotFound,
    };
    let error = Error::new(kind, OPERATION, name);
    match detail {
        Some(detail) => error.detail(detail),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_command::TreeId;
    use collodi_contain::{RelPath, Root};
    use std::{fs, os::unix::fs::PermissionsExt};

    fn find(program: &str, path: Option<&str>) -> Result<String, String> {
        let spec = CommandSpec::new(
            program,
            Root::new("/").at(RelPath::root()),
            TreeId::new("t"),
        );
        let spec = match path {
            Some(path) => spec.env("PATH", path),
            None => spec,
        };
        find_program(&spec).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_executable_wins() {
        let dir = tempfile::tempdir().unwrap();
        let place = |entry: &str, mode: u32| {
            let dir = dir.path().join(entry);
            fs::create_dir(&dir).unwrap();
            fs::write(dir.join("tool"), "").unwrap();
            fs::set_permissions(dir.join("tool"), PermissionsExt::from_mode(mode)).unwrap();
            dir.to_str().unwrap().to_owned()
        };
        let (plain, first, second) = (place("a", 0o644), place("b", 0o755), place("c", 0o755));
        fs::create_dir_all(dir.path().join("d/tool")).unwrap();
        let folder = dir.path().join("d").to_str().unwrap().to_owned();

        let path = format!("relative::{folder}:{plain}:{first}/:{second}");
        assert_eq!(find("tool", Some(&path)), Ok(format!("{first}/tool")));
        assert_eq!(
            find("tool", Some(&plain)),
            Err(format!(
                "failed to start tool: permission denied (PATH is {plain})"
            ))
        );
        let direct = format!("{folder}/tool");
        assert_eq!(
            find(&direct, None),
            Err(format!("failed to start {direct}: permission denied"))
        );
    }

    #[test]
    fn what_a_sandbox_does_not_show_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let place = |entry: &str| {
            let dir = dir.path().canonicalize().unwrap().join(entry);
            fs::create_dir(&dir).unwrap();
            fs::write(dir.join("tool"), "").unwrap();
            fs::set_permissions(dir.join("tool"), PermissionsExt::from_mode(0o755)).unwrap();
            dir.to_str().unwrap().to_owned()
        };
        let (unseen, app) = (place("unseen"), place("app"));
        std::os::unix::fs::symlink(format!("{unseen}/tool"), format!("{app}/link")).unwrap();
        let profile = Profile::new(
            collodi_sandbox::Confinement::Sandboxed,
            Place::parse(&app).unwrap(),
        );
        let find = |program: &str| {
            let mut spec = CommandSpec::new(
                program,
                Root::new("/").at(RelPath::root()),
                TreeId::new("t"),
            );
            spec = spec.env("PATH", format!("{unseen}:{app}"));
            spec.sandbox = Sandbox::Within(profile.clone().into());
            find_program(&spec).map_err(|error| error.kind)
        };
        assert_eq!(find("tool"), Ok(format!("{app}/tool")));
        assert_eq!(find("/bin/sh"), Ok("/bin/sh".to_owned()));
        for hidden in ["link", &format!("{app}/link"), &format!("{unseen}/tool")] {
            assert_eq!(find(hidden), Err(ErrorKind::ProgramNotFound), "{hidden}");
        }
    }

    #[test]
    fn says_what_was_searched() {
        insta::assert_snapshot!(
            find("no-such-program", Some("/bin:/nowhere")).unwrap_err(),
            @"failed to start no-such-program: program not found (PATH is /bin:/nowhere)"
        );
        insta::assert_snapshot!(
            find("sh", None).unwrap_err(),
            @"failed to start sh: program not found (PATH is not set)"
        );
        insta::assert_snapshot!(
            find("./sh", Some("/bin")).unwrap_err(),
            @"failed to start ./sh: program not found (a program is a name or an absolute path)"
        );
    }
}
