//! Where the functions of the program lie: those that a server calls beside each other.
//!
//! The system reads a program in pieces of 64 KiB around whatever is called first. What a
//! server calls is a sixth of the program and lies all over it, so most of the program
//! would be in memory.

mod names;
mod record;

use crate::{
    repo::{Repo, output, run},
    tools,
};
use anyhow::{Context, Result};
use names::{Called, close, wide};
use record::Asked;
use std::{fmt::Write as _, fs};

/// The file that the linker is told to follow.
const FILE: &str = "adapters/server/layout.ld";

/// Where a program is entered, in a file of the C library.
const ENTRY: &str = "    *crt1.o(.text)\n";

const HEAD: &str = "\
/* The functions that a server calls, beside each other: see `xtask/src/layout`. Written by
   `cargo xtask layout`; a name that is no more does no harm. */
";

/// What is called and valgrind does not see: it has no `clone3`, so no child is started in a control
/// group, and nobody asks about those; and what has one name in all crates.
const UNSEEN: [&str; 11] = [
    "10collodi_os4tree*",
    "collodi_os..processes..tidy*",
    "collodi_os..tree*",
    "13collodi_spawn*",
    "collodi_spawn..*",
    "collodi_command..spec..TreeId*",
    "filter_map..FilterMap*4next*",
    "$RF$T$u20$as$u20$core..fmt..Display*3fmt*",
    "3std2fs*",
    "3std3sys2fs*",
    "_ZN5tokio7runtime4task3raw4poll*",
];

/// Writes the layout anew: by what a server calls until it serves and answers, and what it
/// calls besides when it runs an app.
pub(crate) fn layout(repo: &Repo, _: &[String]) -> Result<()> {
    tools::valgrind(repo)?;
    let build = ["build", "--release", "--locked", "--package"];
    run(repo.cargo(&build).arg("collodi-server"))?;
    let program = repo.target.join("release/collodi");
    let symbols = output(
        repo.command("nm")
            .args(["-S", "--defined-only"])
            .arg(program),
    )?;
    let resting = record::called(repo, Asked::ToServe)?;
    let working = record::called(repo, Asked::ToRun)?;
    let mut rest = close(&symbols, &resting);
    rest.extend(UNSEEN.map(str::to_owned));
    let work = &close(&symbols, &working) - &rest;
    let close = &rest | &work;
    let both = &resting | &working;
    let text = format!(
        "{HEAD}SECTIONS {{\n{}{}{}}}\nINSERT BEFORE .text;\n",
        section(".text.rest", ENTRY, &rest),
        section(".text.work", "", &work),
        // Where another compiler names what is called otherwise, it is in here.
        section(".text.wide", "", &(&wide(&symbols, &both) - &close)),
    );
    fs::write(repo.root.join(FILE), text).context(FILE)
}

fn section(name: &str, first: &str, patterns: &Called) -> String {
    let mut text = format!("  {name} : {{\n{first}  *(\n");
    for pattern in patterns {
        // What is seldom called has `unlikely.` before its name. A string takes everything.
        let _ = writeln!(text, "    .text.*{pattern}");
    }
    text + "  ) }\n"
}
