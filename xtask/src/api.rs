//! The HTTP surface against its own description, by schemathesis.

use crate::{
    repo::{Repo, run},
    server::Server,
    tools,
};
use anyhow::Result;

/// Of every operation the values at the bounds of its description and beyond them, the same each
/// time. The making of an environment takes a while.
const ALWAYS: [&str; 8] = [
    "--seed",
    "7",
    "--phases",
    "coverage",
    "--request-timeout",
    "60",
    "--no-color",
    "--continue-on-failure",
];

/// What is left out: the end of the server, and the stream that has none.
const LEFT_OUT: [&str; 3] = [
    "/python/shutdown",
    "/python/server/handover",
    "/python/events",
];

/// A description cannot say all that a good request is: which repositories may be had, which steps
/// a script has. And where a condition is missing, the answer is 428, which is not among those
/// that are expected of a missing header.
const LEFT_UNCHECKED: &str = "positive_data_acceptance,missing_required_header";

/// An app whose script runs, and ends.
const SCRIPT: &str =
    r#"{"run": [{"method": "shell.run", "params": {"message": "echo up; exec sleep 1"}}]}"#;

/// Asks a server everything that its description has, and compares the answers with it.
pub(crate) fn api(repo: &Repo, arguments: &[String]) -> Result<()> {
    tools::schemathesis(repo)?;
    run(&mut repo.cargo(&["build", "--locked", "--package", "collodi-server"]))?;
    let server = Server::start(repo, "debug", "api", SCRIPT, &[])?;
    let (address, token) = server.whereabouts(repo)?;
    let mut asking = repo.command("schemathesis");
    asking
        .args(["run", &format!("{address}/openapi.json")])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(ALWAYS)
        .args(["--exclude-checks", LEFT_UNCHECKED]);
    for path in LEFT_OUT {
        asking.args(["--exclude-path", path]);
    }
    run(asking.current_dir(&server.workspace).args(arguments))
}
