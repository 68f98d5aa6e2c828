//! Paths that stand in the file as plain text: they must stay in the app's folder.
//! What templates give is checked when it is known.

use super::{
    Checker,
    spot::{Spot, is_template},
};
use crate::{Diagnostic, sink::clip};
use alloc::format;
use collodi_contain::{PathError, RelPath};

impl Checker<'_, '_> {
    /// Checks a path that is read from the script's folder.
    pub(super) fn path(&mut self, value: &Spot<'_>) {
        let base = self.options.base.clone();
        self.path_below(&base, value);
    }

    /// Checks a path that is read from `base`, and gives where it leads, when that is known.
    pub(super) fn path_below(&mut self, base: &RelPath, value: &Spot<'_>) -> Option<RelPath> {
        let text = value.node.as_str()?;
        if is_template(text) || self.elsewhere(text, value) {
            return None;
        }
        base.join(text)
            .map_err(|error| self.sink.push(bad_path(text, error, value)))
            .ok()
    }

    /// Addresses and home paths: forms that lead to other folders by design.
    fn elsewhere(&mut self, text: &str, value: &Spot<'_>) -> bool {
        let message = if text.starts_with("http://") || text.starts_with("https://") {
            "the path leads into another app's folder"
        } else if text == "~" || text.starts_with("~/") {
            "the path starts at the programs' home, outside the app's folder"
        } else {
            return false;
        };
        let report = value.warning("outside-path", message);
        self.sink
            .push(report.note("it works only where that folder is allowed"));
        true
    }
}

fn bad_path(text: &str, error: PathError, value: &Spot<'_>) -> Diagnostic {
    let text = clip(text);
    match error {
        PathError::Absolute => value
            .error(
                "absolute-path",
                format!("`{text}` is absolute and leads out of the app's folder"),
            )
            .hint("write it relative to the script"),
        PathError::Escapes => value
            .error(
                "path-escapes",
                format!("`{text}` climbs out of the app's folder"),
            )
            .hint("paths start at the script's folder and end inside the app's"),
        error => value.error("bad-path", format!("{error}")),
    }
}
