//! What of the machine a sandboxed process sees.

use crate::{Confinement, Place, Profile, bwrap::SYSTEM, place::is_in};

/// Folders that a sandbox has its own of.
const OWN: [&str; 2] = ["/tmp", "/run"];

impl Profile {
    /// Whether the process sees what the machine has at this path, which has no links in it.
    /// A [fallback](Self::fallback) may show more, and what it may show is taken as shown.
    pub fn shows(&self, place: &Place) -> bool {
        self.shows_where(place, self.shows_of_system(place.as_str()))
    }

    /// The same where a path that nothing is said about is shown as part of the system or not.
    pub(crate) fn shows_where(&self, place: &Place, of_system: bool) -> bool {
        let granted = place.nearest(self.writable().chain(&self.read));
        match Place::is_nearer(place.nearest(&self.hidden), granted) {
            true => false,
            false => granted.is_some() || of_system,
        }
    }

    fn shows_of_system(&self, path: &str) -> bool {
        match self.confinement {
            Confinement::Restricted if self.fallback.is_some() => true,
            Confinement::Restricted => !OWN.iter().any(|own| is_in(path, own)),
            Confinement::Sandboxed => SYSTEM.iter().any(|system| is_in(path, system)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_says_what_is_shown() {
        let place = |path| Place::parse(path).unwrap();
        let mut profile = Profile::new(Confinement::Sandboxed, place("/srv/app"));
        profile.hidden = [place("/opt/w"), place("/srv/app/own")].into();
        profile.read = [place("/opt/w/python"), place("/tmp/tool")].into();
        let table = [
            ("/usr/bin/python3", true, true),
            ("/srv/app/run", true, true),
            ("/srv/app/own/key", false, false),
            ("/home/ada/.pyenv/shims/python3", false, true),
            ("/opt/w/.vatn", false, false),
            ("/opt/w/python/bin", true, true),
            ("/tmp/tool/x", true, true),
            ("/tmp/other", false, false),
        ];
        for (path, sandboxed, restricted) in table {
            profile.confinement = Confinement::Sandboxed;
            assert_eq!(profile.shows(&place(path)), sandboxed, "{path}");
            profile.confinement = Confinement::Restricted;
            assert_eq!(profile.shows(&place(path)), restricted, "{path}");
        }
    }
}
