//! Which adapter is bound by which requirement, as a table.

use crate::{Case, all};
use collodi_backend::Capabilities;
use std::fmt::Write;

/// The column of one adapter: its name and what it can do.
pub type Column = (&'static str, Capabilities);

/// The table as Markdown: a row a case, a column an adapter.
pub fn render(columns: &[Column]) -> String {
    let mut text = String::from(HEAD);
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "| Case | {} | Requirement |", names.join(" | "));
    let _ = writeln!(text, "|---|{}---|", "---|".repeat(columns.len()));
    for case in all() {
        let cells: Vec<String> = columns.iter().map(|column| cell(&case, column)).collect();
        let requirement = first_sentence(case.requirement);
        let _ = writeln!(
            text,
            "| `{}` | {} | {requirement} |",
            case.id(),
            cells.join(" | ")
        );
    }
    text
}

const HEAD: &str = "# Conformance matrix

Generated from the registered cases and the capabilities that each adapter declares;
`COLLODI_BLESS=1 cargo test -p collodi-conformance --test matrix` writes it anew.

What wraps a backend (`collodi-wrap`: `record`, `limit`, and `chaos` at rest or only late) is bound by
what the wrapped one is; around `sim` all of it passes all that `sim` does.

";

fn cell(case: &Case, (_, capabilities): &Column) -> String {
    match case.missing(capabilities) {
        None => "pass".to_owned(),
        Some(need) => format!("needs {need}"),
    }
}

/// Up to the first full stop at the end of a word, on one line.
fn first_sentence(requirement: &str) -> String {
    let words: Vec<&str> = requirement.split_whitespace().collect();
    let line = words.join(" ").replace('|', "\\|");
    let end = line.find(". ").map_or(line.len(), |at| at + 1);
    line.get(..end).unwrap_or_default().to_owned()
}
