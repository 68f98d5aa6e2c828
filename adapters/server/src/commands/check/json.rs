//! For programs: an object a line.

use super::Report;
use crate::present::DiagnosticLine;
use anyhow::Result;
use collodi_script::Severity;
use serde::Serialize;

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    /// A file could not be read.
    Unread { file: &'a str, why: &'a str },
    /// All files.
    Checked {
        files: usize,
        unread: usize,
        errors: usize,
        warnings: usize,
        notices: usize,
    },
}

/// Writes each diagnostic, each file that could not be read, and the numbers.
pub(super) fn show(report: &Report) -> Result<()> {
    for file in &report.files {
        for diagnostic in &file.parsed.diagnostics {
            write(&DiagnosticLine::new(&file.name, diagnostic))?;
        }
    }
    for unread in &report.unread {
        let (file, why) = (unread.name.as_str(), unread.why.as_str());
        write(&Line::Unread { file, why })?;
    }
    write(&Line::Checked {
        files: report.files.len(),
        unread: report.unread.len(),
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        notices: report.count(Severity::Notice),
    })
}

fn write(line: &impl Serialize) -> Result<()> {
    say!("{}", serde_json::to_string(line)?);
    Ok(())
}
