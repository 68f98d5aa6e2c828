//! Which folders are too wide to be an app's.

use crate::Place;

/// Nobody's but the system's, with all that is below.
const SYSTEMS: [&str; 15] = [
    "/usr",
    "/etc",
    "/nix/store",
    "/gnu/store",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/boot",
    "/run",
    "/dev",
    "/proc",
    "/sys",
];

/// Everybody's. A folder below may be one user's or one app's.
const SHARED: [&str; 6] = ["/tmp", "/var/tmp", "/var/run", "/var/lib", "/home", "/opt"];

/// Whether who may change `folder` may change what is not one app's: the system, what all
/// share, or a home.
pub(crate) fn is_too_wide(folder: &Place, homes: &[Place]) -> bool {
    let mut named = SYSTEMS.iter().chain(&SHARED);
    let is_above = |path: &str| is_in(path, folder.as_str());
    SYSTEMS.iter().any(|system| is_in(folder.as_str(), system))
        || named.any(|path| is_above(path))
        || homes.iter().any(|home| folder.holds(home))
}

/// Whether `path` is `top`, or below it.
pub(crate) fn is_in(path: &str, top: &str) -> bool {
    let rest = path.strip_prefix(top.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
        ];
        for (folders, expected) in [(wide.as_slice(), true), (&fine, false)] {
            for folder in folders {
                let place = Place::parse(folder).unwrap();
                assert_eq!(is_too_wide(&place, &homes), expected, "{folder}");
            }
        }
    }
}
