//! What is protected in the folders that a process may change.

use crate::{Place, Profile};

impl Profile {
    /// What is protected of what the process could change otherwise, with the folder of its
    /// own that it is in. What is hidden there is not brought back by protecting it.
    pub(crate) fn guarded(&self) -> impl Iterator<Item = (&Place, &Place)> {
        self.protected.iter().filter_map(|place| {
            let nearest_hidden = self.hidden.iter().filter(|hidden| hidden.holds(place));
            let nearest_hidden = nearest_hidden.map(Place::depth).max();
            let folders = self.writable().filter(|folder| folder.holds(place));
            let folder = folders.max_by_key(|folder| folder.depth())?;
            (nearest_hidden <= Some(folder.depth())).then_some((place, folder))
        })
    }
}
