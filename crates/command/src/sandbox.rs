//! What a process is kept in.

use alloc::sync::Arc;
use collodi_sandbox::{Confinement, PlaceError, Profile};

/// What a process is kept in. It runs as is said here, or it does not run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sandbox {
    /// Nothing: it may do what its user may.
    #[default]
    Full,
    /// A sandbox.
    Within(Arc<Profile>),
    /// A sandbox of this level that cannot be said, because of a path: the process does not
    /// run.
    Impossible(Confinement, PlaceError),
}
