//! The folder of settings in an app's folder.

use crate::Refusal;
use collodi_sandbox::{Place, Profile, Unfit};
use rustix::io::Errno;
use std::path::Path;

/// Makes the protected folder of settings that the app could otherwise make itself, and
/// says whether it did.
///
/// # Errors
///
/// A link is in its place, or the system refuses to make it.
pub fn keep_settings(profile: &Profile) -> Result<bool, Refusal> {
    let settings = profile.root.join(Profile::SETTINGS);
    let protected = profile.protected.iter();
    match protected.into_iter().find(|p| p.as_str() == settings) {
        Some(place) => make_folder(place),
        None => Ok(false),
    }
}

fn make_folder(place: &Place) -> Result<bool, Refusal> {
    match rustix::fs::mkdir(place.as_str(), 0o755.into()) {
        Ok(()) => Ok(true),
        Err(Errno::EXIST) if Path::new(place.as_str()).is_symlink() => {
            Err(Unfit::Link(place.clone()).into())
        }
        Err(Errno::EXIST) => Ok(false),
        Err(errno) => Err(Refusal::system("make the folder of settings")(errno)),
    }
}
