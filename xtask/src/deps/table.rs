//! The dependency table of a Markdown document.

use super::graph::{Graph, Node};
use anyhow::{Context, Result};

const BEGIN: &str = "<!-- deps:begin -->\n";
const END: &str = "<!-- deps:end -->";

/// The table of a graph, bottom-up, ending in a newline. Names in its last column
/// leave out what all of ours begin with.
pub(crate) fn render(graph: &Graph) -> String {
    let rows = graph
        .bottom_up()
        .into_iter()
        .map(|(name, node)| row(name, node));
    format!(
        "| crate | layer | depends on |\n|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn row(name: &str, node: &Node) -> String {
    let short = node
        .ours
        .iter()
        .map(|name| name.trim_start_matches("collodi-"));
    let dependencies = short.collect::<Vec<_>>().join(", ");
    format!(
        "| `{name}` | {} | {} |\n",
        node.layer,
        if dependencies.is_empty() {
            "–"
        } else {
            &dependencies
        }
    )
}

/// The text between the markers.
///
/// # Errors
///
/// When a marker is missing.
pub(crate) fn find(document: &str) -> Result<&str> {
    split(document).map(|(_, table, _)| table)
}

/// The document with another table between the markers.
///
/// # Errors
///
/// When a marker is missing.
pub(crate) fn replace(document: &str, table: &str) -> Result<String> {
    let (before, _, after) = split(document)?;
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
}

fn split(document: &str) -> Result<(&str, &str, &str)> {
    let (before, rest) = document
        .split_once(BEGIN)
        .context("no line <!-- deps:begin -->")?;
    let (table, after) = rest
        .split_once(END)
        .context("no <!-- deps:end --> after the begin")?;
    Ok((before, table, after))
}

/// The lines only one of two tables has: `-` for the written one, `+` for the
/// other. A table with the same lines in another order gives all its lines.
pub(crate) fn differences(written: &str, actual: &str) -> Vec<String> {
    if written == actual {
        return Vec::new();
    }
    let gone = missing('-', written, actual);
    let new = missing('+', actual, written);
    let found: Vec<String> = gone.chain(new).collect();
    if found.is_empty() {
        actual.lines().map(|line| format!("+ {line}")).collect()
    } else {
        found
    }
}

fn missing(sign: char, from: &str, there: &str) -> impl Iterator<Item = String> {
    let unknown = from
        .lines()
        .filter(move |line| there.lines().all(|other| other != *line));
    unknown.map(move |line| format!("{sign} {line}"))
}

#[cfg(test)]
mod tests {
    use super::{differences, find, render, replace};
    use crate::deps::graph::tests::graph;

    const DOCUMENT: &str = "# Title\n\n<!-- deps:begin -->\nold\n<!-- deps:end -->\n\nMore.\n";

    #[test]
    fn a_table() {
        let graph = graph(&[
            "crates/run: collodi-time collodi-env serde",
            "crates/time:",
            "crates/env:",
            "conformance: collodi-run",
        ]);
        let expected = "\
| crate | layer | depends on |
|---|---|---|
| `collodi-env` | pure | – |
| `collodi-time` | pure | – |
| `collodi-run` | pure | env, time |
| `collodi-conformance` | tooling | run |
";
        assert_eq!(render(&graph), expected);
    }

    #[test]
    fn a_table_is_replaced_between_its_markers() {
        let blessed = replace(DOCUMENT, "new\n").unwrap();
        assert_eq!(blessed, DOCUMENT.replace("old", "new"));
        assert_eq!(find(&blessed).unwrap(), "new\n");
    }

    #[test]
    fn a_document_without_markers_is_an_error() {
        assert!(find("# Title\n").is_err());
        assert!(replace("<!-- deps:begin -->\n", "new").is_err());
    }

    #[test]
    fn differences_name_the_lines() {
        assert!(differences("a\nb\n", "a\nb\n").is_empty());
        assert_eq!(differences("a\nb\n", "a\nc\n"), ["- b", "+ c"]);
        assert_eq!(differences("b\na\n", "a\nb\n"), ["+ a", "+ b"]);
    }
}
