//! The page in a real browser, against a real server.

use crate::{
    repo::{Repo, run},
    tools,
};
use anyhow::Result;

/// The flows that are played.
const FLOWS: &str = "adapters/server/tests/page/flows.mjs";

/// Plays what people do on the page. With `SHOTS`, a directory, each view is kept there as a
/// picture.
pub(crate) fn page(repo: &Repo, arguments: &[String]) -> Result<()> {
    let browser = tools::browser(repo)?;
    run(&mut repo.cargo(&["build", "--locked", "--package", "collodi-server"]))?;
    let program = format!("collodi{}", std::env::consts::EXE_SUFFIX);
    run(repo
        .command("node")
        .arg("--test")
        .args(arguments)
        .arg(FLOWS)
        .env("COLLODI", repo.target.join("debug").join(program))
        .env("PAGE_TOOLS", &browser.packages)
        .env("CHROMIUM", browser.program))
}
