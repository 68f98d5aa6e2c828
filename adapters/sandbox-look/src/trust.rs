//! Whether a program is as the system has it.

use std::{fmt, fs, os::unix::fs::MetadataExt as _, path::Path};

/// Bits of a mode that let others write.
const WRITABLE: u32 = 0o022;

/// Why a program is not to be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// There is none, at this path.
    Missing(String),
    /// Somebody else than root could have changed it, for this reason.
    Changeable(String),
}

/// Whether nobody but root could have changed the program at this path: who makes sandboxes
/// must not be changed by who is put into them.
///
/// # Errors
///
/// Who could have.
pub fn trusted(path: &Path) -> Result<(), Distrust> {
    let name = path.display();
    let stat = |path: &Path| fs::metadata(path).map_err(|_| Distrust::Missing(name.to_string()));
    let changeable = |why: &str| Err(Distrust::Changeable(format!("{name} {why}")));
    if !path.is_absolute() {
        return changeable("is not an absolute path");
    }
    let file = stat(path)?;
    if !file.is_file() {
        return changeable("is not a file");
    }
    if file.uid() != 0 {
        return changeable("is not root's");
    }
    if file.mode() & WRITABLE != 0 {
        return changeable("can be written by others than root");
    }
    let real = fs::canonicalize(path).map_err(|_| Distrust::Missing(name.to_string()))?;
    for folder in real.ancestors().skip(1) {
        let folder = stat(folder)?;
        if folder.uid() != 0 || folder.mode() & WRITABLE != 0 {
            return changeable("is in a folder that others than root can change");
        }
    }
    Ok(())
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "there is no {path}"),
            Self::Changeable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Distrust {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_could_have_been_changed_is_not_trusted() {
        let dir = tempfile::tempdir().unwrap();
        let absent = dir.path().join("tool");
        assert!(matches!(trusted(&absent), Err(Distrust::Missing(_))));
        fs::write(&absent, "").unwrap();
        // It is in a folder that everybody can write to.
        assert!(matches!(trusted(&absent), Err(Distrust::Changeable(_))));
        assert!(matches!(
            trusted(Path::new("tool")),
            Err(Distrust::Changeable(_))
        ));
        assert_eq!(trusted(Path::new("/bin/sh")), Ok(()));
    }
}
