#![doc = include_str!("../README.md")]

mod api;
mod cargo;
mod deps;
mod fuzz;
mod layout;
mod macos;
mod metadata;
mod page;
mod purity;
mod repo;
mod sequence;
mod server;
mod tools;

use anyhow::{Context, Result, bail};
use repo::Repo;
use std::process::ExitCode;

/// Something `cargo xtask` does.
struct Task {
    name: &'static str,
    about: &'static str,
    run: fn(&Repo, &[String]) -> Result<()>,
}

#[rustfmt::skip]
const TASKS: &[Task] = &[
    Task { name: "test", about: "everything a change must pass [--quick]", run: sequence::test },
    Task { name: "ci", about: "the same", run: sequence::test },
    Task { name: "fmt", about: "format [--check]", run: cargo::fmt },
    Task { name: "deps", about: "who may depend on whom [--bless]", run: deps::deps },
    Task { name: "clippy", about: "lints, warnings are errors", run: cargo::clippy },
    Task { name: "macos", about: "what is for macOS, checked and linted [cargo clippy arguments]", run: macos::macos },
    Task { name: "purity", about: "the pure crates without std", run: purity::purity },
    Task { name: "doc", about: "documentation, warnings are errors", run: cargo::doc },
    Task { name: "suite", about: "the tests of the workspace [cargo nextest run arguments]", run: cargo::suite },
    Task { name: "page", about: "the page in a browser, against a server [node --test arguments]", run: page::page },
    Task { name: "api", about: "the HTTP surface against its description [schemathesis run arguments]", run: api::api },
    Task { name: "deny", about: "bans, licences, sources of dependencies [cargo deny checks]", run: cargo::deny },
    Task { name: "fuzz", about: "fuzz a target [TARGET [SECONDS] | --keep TARGET | --check]", run: fuzz::fuzz },
    Task { name: "bench", about: "benches [cargo bench arguments]", run: cargo::bench },
    Task { name: "layout", about: "rewrite adapters/server/layout.ld: what lies beside what in the program", run: layout::layout },
    Task { name: "matrix", about: "rewrite conformance/MATRIX.md", run: cargo::matrix },
    Task { name: "tools", about: "install what the tasks need", run: tools::all },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        bail!("which task?\n{}", usage());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        println!("{}", usage());
        return Ok(());
    }
    perform(&Repo::find()?, name, rest)
}

/// Runs the task of that name.
fn perform(repo: &Repo, name: &str, arguments: &[String]) -> Result<()> {
    let task = TASKS
        .iter()
        .find(|task| task.name == name)
        .with_context(|| format!("no task is called {name:?}\n{}", usage()))?;
    (task.run)(repo, arguments)
}

fn usage() -> String {
    let lines = TASKS
        .iter()
        .map(|task| format!("\n  {:8} {}", task.name, task.about));
    format!("cargo xtask TASK{}", lines.collect::<String>())
}
