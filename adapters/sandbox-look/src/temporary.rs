//! The temporary folder of a command that has no `/tmp` of its own.

use crate::Refusal;
use collodi_sandbox::{Place, Profile, Temp, Unfit};
use std::{fs, fs::DirBuilder, io, os::unix::fs::DirBuilderExt as _};

/// Below an app's folder.
const TEMP: &str = ".tmp";

/// The folder for temporary files where a sandbox has no `/tmp` of its own: the profile's, or
/// one in the app's folder, which is made. There is no other place that is its own.
///
/// # Errors
///
/// Something else is in its place, or the system refuses to make it.
pub fn temporary(profile: &Profile) -> Result<Place, Refusal> {
    if let Temp::Folder(folder) = &profile.temp {
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
