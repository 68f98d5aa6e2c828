//! `cargo xtask deps`: who depends on whom, against the rules and against the
//! table in `ARCHITECTURE.md`.

mod graph;
mod rules;
mod table;

use crate::metadata::Metadata;
use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use graph::Graph;
use std::fs;

const DOCUMENT: &str = "ARCHITECTURE.md";

/// Checks the rules and the table; `--bless` writes the table instead.
pub(crate) fn deps(repo: &Repo, arguments: &[String]) -> Result<()> {
    let bless = match arguments {
        [] => false,
        [only] if only == "--bless" => true,
        _ => bail!("`cargo xtask deps` takes --bless and nothing else"),
    };
    let metadata = Metadata::read(repo, "Cargo.toml")?;
    let graph = Graph::new(&metadata);
    obey(&graph)?;
    if bless {
        write(repo, &graph)
    } else {
        compare(repo, &graph)
    }
}

fn obey(graph: &Graph) -> Result<()> {
    let broken = rules::broken(graph);
    if broken.is_empty() {
        return Ok(());
    }
    bail!("dependencies break the rules:\n  {}", broken.join("\n  "))
}

fn compare(repo: &Repo, graph: &Graph) -> Result<()> {
    let text = fs::read_to_string(repo.root.join(DOCUMENT)).context(DOCUMENT)?;
    let written = table::find(&text).context(DOCUMENT)?;
    let differences = table::differences(written, &table::render(graph));
    if differences.is_empty() {
        return Ok(());
    }
    bail!(
        "the table in {DOCUMENT} (-) is not what the manifests say (+):\n{}\n\
         when that is meant: cargo xtask deps --bless",
        differences.join("\n")
    )
}

fn write(repo: &Repo, graph: &Graph) -> Result<()> {
    let path = repo.root.join(DOCUMENT);
    let text = fs::read_to_string(&path).context(DOCUMENT)?;
    let blessed = table::replace(&text, &table::render(graph)).context(DOCUMENT)?;
    fs::write(&path, blessed).context(DOCUMENT)
}
