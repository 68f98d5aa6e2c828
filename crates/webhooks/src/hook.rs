//! Who is told.

use crate::Kind;
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use collodi_web::WebUrl;
use core::fmt;

/// Somebody who is told of occasions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// What the operator calls it.
    pub name: String,
    /// Where.
    pub url: WebUrl,
    /// Of which kinds.
    pub events: BTreeSet<Kind>,
    /// What deliveries are signed with.
    pub secret: Option<Secret>,
}

/// A secret that deliveries are signed with. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The secret of these bytes; none when there are no bytes, which would sign nothing.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (!bytes.is_empty()).then(|| Self(bytes.to_vec()))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
