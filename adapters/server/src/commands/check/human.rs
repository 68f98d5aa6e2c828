//! For people.

use super::{Checked, Report, excerpt};
use crate::failure::HINT;
use crate::present::{counted, lacks};
use collodi_script::{Diagnostic, Document, Severity, StepAt, locate};

/// Shows what was found, and sums it up.
pub(super) fn show(report: &Report) {
    for file in &report.files {
        said(file).for_each(|diagnostic| {
            say!(
                "{}\n",
                excerpt::render(&file.name, &file.source, diagnostic)
            );
        });
        if let [only] = report.files.as_slice() {
            about(only);
        }
    }
    for unread in &report.unread {
        complain!("error: {}: {}", unread.name, unread.why);
    }
    if !report.unread.is_empty() {
        complain!(
            "{HINT}hint:{HINT:#} name files and folders that are there, and that you may read"
        );
    }
    say!("{}", summary(report));
}

/// What is said with an excerpt: all but what a file is, which is no news.
fn said(file: &Checked) -> impl Iterator<Item = &Diagnostic> {
    let is_news = |d: &&Diagnostic| !matches!(d.code, "dialect" | "metadata");
    file.parsed.diagnostics.iter().filter(is_news)
}

/// What the file is, and what it has that cannot be run.
fn about(file: &Checked) {
    let (name, diagnostics) = (&file.name, &file.parsed.diagnostics);
    let of_file = diagnostics
        .iter()
        .filter(|d| matches!(d.code, "dialect" | "metadata"));
    for diagnostic in of_file {
        say!("{}", diagnostic.line(name));
    }
    let Document::Script(script) = &file.parsed.document else {
        return;
    };
    let lacking = script.steps.iter().filter(|s| lacks(&s.method));
    for step in lacking.filter(|_| !file.parsed.has_errors()) {
        let pointer = StepAt::run(step.index).pointer();
        let (place, method) = (locate(&file.source, &pointer), &step.method);
        let number = step.index + 1;
        say!("{name}:{place}: notice: step {number} ({method}) cannot be run yet");
    }
}

fn summary(report: &Report) -> String {
    let files = counted(report.files.len(), "file");
    let (errors, warnings) = (
        report.count(Severity::Error),
        report.count(Severity::Warning),
    );
    let unread = match report.unread.len() {
        0 => String::new(),
        count => format!("; {count} could not be read"),
    };
    if errors == 0 && warnings == 0 {
        let verdict = match report.unread.is_empty() {
            true => ": nothing is wrong",
            false => "",
        };
        return format!("{files} checked{verdict}{unread}");
    }
    let (errors, warnings) = (counted(errors, "error"), counted(warnings, "warning"));
    format!("{files} checked: {errors}, {warnings}{unread}")
}
