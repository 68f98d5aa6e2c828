//! What a script's texts for paths mean.

use crate::OtherApps;
use alloc::vec::Vec;
use collodi_contain::{ContainedPath, PathError, RelPath, Root};
use collodi_script::is_outside;

/// Folders beside the app's own that the operator lets scripts use. They are named by
/// absolute paths; a link of the app does not lead there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtraRoots {
    /// Those whose files scripts may read, and in which they may run commands.
    pub read: Vec<Root>,
    /// Those whose files they may change, too.
    pub write: Vec<Root>,
}

impl ExtraRoots {
    fn find(&self, text: &str, wanted: OtherApps) -> Option<ContainedPath> {
        let read = self.read.iter().filter(|_| wanted <= OtherApps::Read);
        let mut roots = self.write.iter().chain(read);
        roots.find_map(|root| root.contain(&RelPath::root(), text).ok())
    }
}

/// Why a script's text is no path that it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAPath {
    /// It has the form of something outside of every folder: `~/…`, `https://…`.
    Outside,
    /// It is no path in the app's folder, nor an absolute one in an extra root.
    Error(PathError),
}

/// The path that `text`, read from the folder `dir`, means to a script.
///
/// # Errors
///
/// When it leads out, or is no path.
pub fn script_path(
    dir: &ContainedPath,
    extra: &ExtraRoots,
    text: &str,
    wanted: OtherApps,
) -> Result<ContainedPath, NotAPath> {
    if is_outside(text) {
        return Err(NotAPath::Outside);
    }
    dir.join(text).or_else(|error| {
        let is_absolute = error == PathError::Absolute;
        let found = extra.find(text, wanted).filter(|_| is_absolute);
        found.ok_or(NotAPath::Error(error))
    })
}

/// As [`script_path`], for a text that has to end in a file's name: not in a separator, `.`
/// or `..`.
///
/// # Errors
///
/// When it names a folder; else as [`script_path`].
pub fn script_file(
    dir: &ContainedPath,
    extra: &ExtraRoots,
    text: &str,
    wanted: OtherApps,
) -> Result<ContainedPath, NotAPath> {
    let path = script_path(dir, extra, text, wanted)?;
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    if matches!(last, "" | "." | "..") || path.rel().is_root() {
        return Err(NotAPath::Error(PathError::NoFileName));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    /// A text, and what it means to read and to write.
    #[test]
    fn texts() {
        let dir = Root::new("/srv/app").at(RelPath::root());
        let extra = ExtraRoots {
            read: [Root::new("/opt/models")].into(),
            write: [Root::new("/data")].into(),
        };
        let shown = |path: Result<ContainedPath, NotAPath>| match path {
            Ok(path) => path.absolute(),
            Err(error) => format!("{error:?}"),
        };
        let rows = [
            "a/b",
            "",
            "..",
            "a/",
            "a/.",
            "/srv/app/x",
            "/opt/models/m",
            "/opt/models",
            "/opt/models/../x",
            "/data/x",
            "/data/x/",
            "/etc/passwd",
            "~/x",
            "https://h/x",
            "a\0b",
        ];
        let table: String = rows
            .iter()
            .map(|text| {
                let path = |wanted| shown(script_path(&dir, &extra, text, wanted));
                let (read, write) = (path(OtherApps::Read), path(OtherApps::Write));
                let file = shown(script_file(&dir, &extra, text, OtherApps::Read));
                format!("{:20} {read:20} {write:20} {file}\n", format!("{text:?}"))
            })
            .collect();
        insta::assert_snapshot!(table);
    }
}
