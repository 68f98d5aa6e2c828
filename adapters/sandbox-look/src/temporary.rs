//! The temporary folder of a command that has no `/tmp` of its own.

use crate::Refusal;
use collodi_sandbox::{Place, Profile, Unfit};
use std::{fs, fs::DirBuilder, io, os::unix::fs::DirBuilderExt as _};

/// Below an app's folder.
const TEMP: &str = ".tmp";

/// Makes the folder for temporary files that a profile names, for nobody but the user. One that
/// is there stays as it is.
///
/// # Errors
///
/// The system refuses to make it.
pub fn keep_temporary(profile: &Profile) -> Result<(), Refusal> {
    let Some(folder) = profile.temp.folder() else {
        return Ok(());
    };
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder.as_str());
    made.map_err(|error| Refusal::System("make a temporary folder", error))
}

/// The folder for temporary files where a sandbox has no `/tmp` of its own: the profile's, or
/// one in the app's folder, which is made. There is no other place that is its own.
///
/// # Errors
///
/// Something else is in its place, or the system refuses to make it.
pub fn temporary(profile: &Profile) -> Result<Place, Refusal> {
    if let Some(folder) = profile.temp.folder() {
        return Ok(folder.clone());
    }
    let path = profile.root.join(TEMP);
    match DirBuilder::new().mode(0o700).create(&path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Refusal::System("make a temporary folder", error));
        }
        _ => {}
    }
    let place = Place::parse(&path).map_err(|error| Refusal::Place(path.clone(), error))?;
    // A link there would grant what it leads to.
    match fs::symlink_metadata(&path).is_ok_and(|stat| stat.is_dir()) {
        true => Ok(place),
        false => Err(Unfit::NotAFolder(place).into()),
    }
}
