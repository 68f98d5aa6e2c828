//! Paths that stand in the file as plain text: they must stay in the app's folder.
//! What templates give is checked when it is known.

use super::{
    Checker,
    spot::{Spot, is_template},
};
use crate::{Diagnostic, Method, Severity, is_checkout_path, is_outside, sink::clip};
use alloc::format;
use collodi_contain::{PathError, RelPath};
use core::ops::Range;

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

    /// Addresses and home paths: forms that name scripts, and no files, but for paths in
    /// checkouts of other apps.
    fn elsewhere(&mut self, text: &str, value: &Spot<'_>) -> bool {
        if !is_outside(text) {
            return false;
        }
        if is_checkout_path(text) {
            let message = "a path in another app, by the address of its repository";
            let report = value.notice("other-app", message);
            self.sink.push(
                report.note("reading it is allowed, and changing it if the operator says so"),
            );
            return true;
        }
        let message = "`~/…` and addresses name scripts, not files";
        let report = value
            .warning("outside-path", message)
            .note("the step fails when it gets here");
        self.sink
            .push(report.hint("paths start at the script's folder and end inside the app's"));
        true
    }
}

impl Checker<'_, '_> {
    /// Checks the name of another script or JSON file. Such names may have further forms, so
    /// what is wrong is said, and judged when the step runs.
    pub(super) fn file_name(&mut self, text: &str, place: &Spot<'_>, span: Range<usize>) {
        let elsewhere = text.contains("://") || text.starts_with('~') || is_template(text);
        if elsewhere || self.sink.is_full() {
            return;
        }
        if let Err(error) = self.options.base.join(text) {
            let mut report = bad_path(text, error, place);
            (report.severity, report.span) = (Severity::Warning, span);
            self.sink.push(report);
        }
    }

    /// The files that a step names elsewhere than in a path parameter.
    pub(super) fn named_files(&mut self, method: &Method, params: &Spot<'_>) {
        match method {
            Method::JsonSet | Method::JsonRm | Method::SelfSet | Method::SelfRm => {
                for (member, value) in params.members() {
                    self.file_name(&member.key, &value, member.key_span.clone());
                }
            }
            Method::JsonGet | Method::Load | Method::LocalImport => {
                for (_, value) in params.members() {
                    self.file_value(&value);
                }
            }
            _ if method.family() == "script" => {
                if let Some(uri) = params.given("uri") {
                    self.file_value(&uri);
                    uri.items().for_each(|uri| self.file_value(&uri));
                }
            }
            _ => {}
        }
    }

    fn file_value(&mut self, value: &Spot<'_>) {
        if let Some(text) = value.static_text() {
            self.file_name(text, value, value.head());
        }
    }
}

fn bad_path(text: &str, error: PathError, value: &Spot<'_>) -> Diagnostic {
    let text = clip(text);
    match error {
        PathError::Absolute => value
            .warning(
                "absolute-path",
                format!("`{text}` is absolute and leads out of the app's folder"),
            )
            .note("the step fails when it gets here")
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
