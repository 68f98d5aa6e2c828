//! Addresses as people may see them.

use alloc::{format, string::String};

/// An address without what may be secret in it: the user, the password, the query and
/// what stands behind it. At most 200 characters; nothing is asked of the text.
pub(crate) fn shown_address(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let joint = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{joint}{host}").chars().take(200).collect()
}

/// What names a script, for people: addresses without secrets, paths as they are.
pub fn shown_script(uri: &str) -> String {
    if uri.contains("://") {
        shown_address(uri)
    } else {
        uri.into()
    }
}
