//! Paths as sandboxes take them.

use alloc::{borrow::ToOwned, format, string::String, sync::Arc};
use core::fmt;

/// An absolute path in its normal form, which no program reads as anything else: it begins
/// with `/`, has no control characters, no empty component, no `.` and no `..`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(Arc<str>);

impl Place {
    /// The most bytes of a path.
    pub const MAX_BYTES: usize = 4095;

    /// Reads a path.
    ///
    /// # Errors
    ///
    /// What is wrong with it. Nothing is repaired.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let rest = text.strip_prefix('/').ok_or(PlaceError::Relative)?;
        if text.len() > Self::MAX_BYTES {
            return Err(PlaceError::Long);
        }
        if text.chars().any(char::is_control) {
            return Err(PlaceError::Control);
        }
        let odd = |part: &str| matches!(part, "" | "." | "..");
        if !rest.is_empty() && rest.split('/').any(odd) {
            return Err(PlaceError::NotNormal);
        }
        Ok(Self(text.into()))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this path or below it.
    pub fn holds(&self, other: &Self) -> bool {
        self.rest_of(other).is_some()
    }

    /// The innermost of these places that holds this one.
    pub(crate) fn nearest<'a>(
        &self,
        places: impl IntoIterator<Item = &'a Self>,
    ) -> Option<&'a Self> {
        let holders = places.into_iter().filter(|place| place.holds(self));
        holders.max_by_key(|place| place.0.len())
    }

    /// Whether the first of two places, or none, that hold the same one is the inner one.
    pub(crate) fn is_nearer(place: Option<&Self>, other: Option<&Self>) -> bool {
        let len = |place: Option<&Self>| place.map(|place| place.0.len());
        len(place) > len(other)
    }

    /// The paths between this one and `other`, which is below: neither of them, the highest
    /// first.
    pub fn between<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = String> + 'a {
        let from = other.0.len() - self.rest_of(other).map_or(0, str::len);
        let slashes = other.0.match_indices('/').map(|(at, _)| at);
        let ends = slashes.filter(move |at| *at > from);
        ends.filter_map(|at| other.0.get(..at).map(ToOwned::to_owned))
    }

    /// The entry of this name in it.
    pub fn join(&self, name: &str) -> String {
        format!("{}/{name}", self.0.trim_end_matches('/'))
    }

    /// How far down it is.
    pub(crate) fn depth(&self) -> usize {
        self.0.matches('/').count()
    }

    fn rest_of<'a>(&self, other: &'a Self) -> Option<&'a str> {
        rest_below(&other.0, &self.0)
    }
}

/// Whether `path` is `top`, or below it.
pub(crate) fn is_in(path: &str, top: &str) -> bool {
    rest_below(path, top).is_some()
}

/// What of `path` comes after `top`, when it is `top` or below it.
fn rest_below<'a>(path: &'a str, top: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(top.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// Why a text is no [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlaceError {
    /// It does not begin with `/`.
    Relative,
    /// It is longer than [`Place::MAX_BYTES`].
    Long,
    /// A control character is in it.
    Control,
    /// It has an empty component, `.` or `..`.
    NotNormal,
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Relative => "a path of a sandbox is absolute",
            Self::Long => "a path of a sandbox has at most 4095 bytes",
            Self::Control => "a path of a sandbox has no control characters",
            Self::NotNormal => "a path of a sandbox has no empty component, `.` or `..`",
        })
    }
}

impl core::error::Error for PlaceError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn only_what_reads_one_way_is_a_place() {
        let table = [
            ("/", None),
            ("/srv/an app", None),
            ("", Some(PlaceError::Relative)),
            ("--bind", Some(PlaceError::Relative)),
            ("srv", Some(PlaceError::Relative)),
            ("/srv/", Some(PlaceError::NotNormal)),
            ("//srv", Some(PlaceError::NotNormal)),
            ("/srv/../etc", Some(PlaceError::NotNormal)),
            ("/srv/./x", Some(PlaceError::NotNormal)),
            ("/srv\0/--bind", Some(PlaceError::Control)),
            ("/srv\n", Some(PlaceError::Control)),
        ];
        for (text, error) in table {
            assert_eq!(Place::parse(text).err(), error, "{text:?}");
        }
    }

    #[test]
    fn holds_by_components() {
        let place = |text| Place::parse(text).unwrap();
        let app = place("/srv/app");
        assert!(app.holds(&app) && app.holds(&place("/srv/app/x")));
        assert!(!app.holds(&place("/srv/application")) && !app.holds(&place("/srv")));
        assert!(place("/").holds(&app));
        let between: Vec<_> = app.between(&place("/srv/app/a/b/c")).collect();
        assert_eq!(between, ["/srv/app/a", "/srv/app/a/b"]);
        assert_eq!(app.between(&place("/srv/app/a")).count(), 0);
    }
}
