//! What a walk may do.

/// What a walk may do. The default is for opening something that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WalkPolicy {
    /// Whether the last component is followed when it is a link: yes for reading,
    /// writing and working directories; no for removing, renaming and looking.
    pub follow_last: bool,
    /// What may be missing.
    pub absent: Absent,
    /// What becomes of links with an absolute target.
    pub absolute_links: AbsoluteLinks,
}

impl WalkPolicy {
    /// To open what exists, through links.
    pub const OPEN: Self = Self {
        follow_last: true,
        absent: Absent::Refuse,
        absolute_links: AbsoluteLinks::BelowRoot,
    };
    /// To open a file, or make it in a folder that exists.
    pub const CREATE: Self = Self {
        absent: Absent::File,
        ..Self::OPEN
    };
    /// To make a file or folder, and the folders on the way.
    pub const CREATE_ALL: Self = Self {
        absent: Absent::Tree,
        ..Self::OPEN
    };
    /// To look at, rename or remove the entry itself, link or not.
    pub const ENTRY: Self = Self {
        follow_last: false,
        ..Self::OPEN
    };
}

impl Default for WalkPolicy {
    fn default() -> Self {
        Self::OPEN
    }
}

/// What may be missing on a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Absent {
    /// Nothing.
    Refuse,
    /// The last component, also when a link leads there.
    File,
    /// The last components, as long as no link leads to the first that is missing:
    /// a dangling link is not a missing folder.
    Tree,
}

/// What becomes of a link whose target is absolute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AbsoluteLinks {
    /// It is followed when its text begins with the root's path, from the root on.
    /// Environments of Python hold such links to themselves. On Windows, where one
    /// target has many spellings, it is refused.
    BelowRoot,
    /// It leads out, as for `openat2` with `RESOLVE_BENEATH`.
    Refuse,
}
