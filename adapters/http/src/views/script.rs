//! Scripts.

use collodi_api::{Diagnostic, Severity};
use collodi_script::Severity as Own;

/// One thing to say about a script.
pub(crate) fn diagnostic(diagnostic: &collodi_script::Diagnostic) -> Diagnostic {
    let (start, end) = (diagnostic.start, diagnostic.end);
    Diagnostic {
        code: diagnostic.code.to_owned(),
        severity: match diagnostic.severity {
            Own::Notice => Severity::Notice,
            Own::Warning => Severity::Warning,
            Own::Error => Severity::Error,
        },
        message: diagnostic.message.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        pointer: diagnostic.pointer.clone(),
        note: diagnostic.note.clone(),
        hint: diagnostic.hint.clone(),
    }
}
