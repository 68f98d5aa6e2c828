//! Which folders are too wide to be an app's.

use crate::{Place, bwrap::SYSTEM, place::is_in};

/// Nobody's but the running system's, with all that is below.
const RUNNING: [&str; 9] = [
    "/boot",
    "/run",
    "/dev",
    "/proc",
    "/System",
    "/Library",
    "/Applications",
    "/private/etc",
    "/private/var/db",
];

/// Everybody's. A folder below may be one user's or one app's.
const SHARED: [&str; 11] = [
    "/tmp",
    "/var/tmp",
    "/var/run",
    "/var/lib",
    "/home",
    "/opt",
    "/Users/Shared",
    "/Volumes",
    "/private/tmp",
    "/private/var/tmp",
    "/private/var/folders",
];

/// Whether who may change `folder` may change what is not one app's: the system, what all
/// share, or a home.
pub(crate) fn is_too_wide(folder: &Place, homes: &[Place]) -> bool {
    let is_above = |path: &&str| is_in(path, folder.as_str());
    let installed = SYSTEM.iter().filter(|path| !SHARED.contains(path));
    let mut systems = installed.chain(&RUNNING);
    systems.any(|system| is_in(folder.as_str(), system) || is_above(system))
        || SHARED.iter().any(is_above)
        || homes.iter().any(|home| folder.holds(home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_has_neither_the_system_nor_what_all_share() {
        let homes = ["/home/ada", "/root"].map(|home| Place::parse(home).unwrap());
        let wide = [
            "/",
            "/usr",
            "/usr/local",
            "/usr/local/app",
            "/etc",
            "/etc/app",
            "/run",
            "/run/user/1",
            "/dev/shm/x",
            "/proc",
            "/sys/fs",
            "/boot/x",
            "/tmp",
            "/var",
            "/var/tmp",
            "/var/lib",
            "/home",
            "/opt",
            "/nix",
            "/root",
            "/home/ada",
            "/lib64",
            "/Users",
            "/private/tmp",
            "/private/etc/app",
            "/Library/Fonts",
            "/Applications",
        ];
        let fine = [
            "/srv",
            "/srv/app",
            "/opt/app",
            "/tmp/app",
            "/var/tmp/app",
            "/var/lib/app",
            "/home/ada/app",
            "/root/app",
            "/users",
            "/usrx",
            "/runs/app",
            "/data",
            "/Users/joy",
            "/private/tmp/app",
            "/private/var/folders/x/app",
            "/Volumes/disk/app",
        ];
        for (folders, expected) in [(wide.as_slice(), true), (&fine, false)] {
            for folder in folders {
                let place = Place::parse(folder).unwrap();
                assert_eq!(is_too_wide(&place, &homes), expected, "{folder}");
            }
        }
    }
}
