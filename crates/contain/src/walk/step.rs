//! The steps that a path or a link's target is made of.

use super::WalkErrorKind;
use crate::{Root, Rules};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// One component still to be walked, and the link it comes from (by its number);
/// without one it is of the path itself.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Into an entry.
    Down { name: String, via: Option<usize> },
    /// To the parent of the directory that has really been reached.
    Up { via: Option<usize> },
    /// Stay, which a file cannot: `.` or the separator at the end of a target.
    Here { via: Option<usize> },
}

impl Step {
    pub(super) fn down(name: &str, via: Option<usize>) -> Self {
        Self::Down {
            name: name.to_owned(),
            via,
        }
    }

    pub(super) const fn is_from_the_path(&self) -> bool {
        match self {
            Self::Down { via, .. } | Self::Up { via } | Self::Here { via } => via.is_none(),
        }
    }

    pub(super) fn into_name(self) -> Option<String> {
        match self {
            Self::Down { name, .. } => Some(name),
            Self::Up { .. } | Self::Here { .. } => None,
        }
    }
}

/// The steps of `target` as its system reads it. Nothing is resolved by its text:
/// `a/..` is where the parent of `a` is once `a` has been followed.
pub(super) fn read(rules: Rules, target: &str, via: usize) -> Result<Vec<Step>, WalkErrorKind> {
    let via = Some(via);
    let mut steps = Vec::new();
    for component in target.split(|c| rules.is_separator(c)) {
        match component {
            "" => {}
            "." => steps.push(Step::Here { via }),
            ".." => steps.push(Step::Up { via }),
            name => {
                rules.check_name(name).map_err(WalkErrorKind::Path)?;
                steps.push(Step::down(name, via));
            }
        }
    }
    if target.ends_with(|c| rules.is_separator(c)) {
        steps.push(Step::Here { via });
    }
    Ok(steps)
}

/// The part of an absolute target below the root, unresolved; nothing when the
/// target does not begin with the root's components, one by one.
pub(super) fn below<'a>(root: &Root, target: &'a str) -> Option<&'a str> {
    let rules = root.rules();
    if rules == Rules::Windows {
        return None;
    }
    let mut rest = target;
    for component in rules.absolute(root.as_str())?.components {
        rest = rest.trim_start_matches(|c| rules.is_separator(c));
        rest = rest.strip_prefix(component)?;
        if !(rest.is_empty() || rest.starts_with(|c| rules.is_separator(c))) {
            return None;
        }
    }
    Some(rest)
}
