//! What is protected in the folders that a process may change.

use crate::{Place, Profile};

impl Profile {
    /// What is protected of what the process could change otherwise, with the folder of its
    /// own that it is in. What is hidden there is not brought back by protecting it.
    pub(crate) fn guarded(&self) -> impl Iterator<Item = (&Place, &Place)> {
        self.protected.iter().filter_map(|place| {
            let hidden = place.nearest(&self.hidden);
            let folder = place.nearest(self.writable())?;
            (!Place::is_nearer(hidden, Some(folder))).then_some((place, folder))
        })
    }
}
