//! `collodi man`

use crate::{
    cli::{Cli, ManArgs},
    failure::Failure,
};
use anyhow::{Context as _, Result};
use clap::{Command, CommandFactory as _};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};
use serde_json::json;
use std::{fs, io::Write as _, path::Path, process::ExitCode};

/// What programs end with.
const STATUSES: [(&str, &str); 6] = [
    (
        "0",
        "It went well. An app that serves and was stopped has gone well.",
    ),
    (
        "1",
        "It did not go well. A run that somebody else ended before all its steps were done has not.",
    ),
    (
        "2",
        "The command line, the settings or a file that was named cannot be understood.",
    ),
    (
        "125, 126, 127",
        "Of sandbox: nothing was run; the command may not be executed; there is none.",
    ),
    (
        "128 + N",
        "The signal N ended a run before it was done, or the command of sandbox.",
    ),
    ("130, 143", "So it is with Ctrl-C and SIGTERM."),
];

const FILES: [(&str, &str); 5] = [
    (".vatn/vatn.toml", "The settings of the workspace."),
    (".vatn/python/apps", "Its apps, a folder each."),
    (".vatn/python/envs", "Their environments."),
    (
        ".vatn/python/server.json",
        "Where its server is, with the token; only its owner reads it.",
    ),
    (".vatn/python/cache", "Models and packages that apps share."),
];

const ENVIRONMENT: [(&str, &str); 3] = [
    ("COLLODI_LOG", "How much `serve --log-format` logs."),
    ("NO_COLOR", "When it is set, nothing is coloured."),
    (
        "HF_HOME, TORCH_HOME, PIP_CACHE_DIR, UV_CACHE_DIR, …",
        "Where caches are, in place of the workspace's.",
    ),
];

/// Writes the pages into a folder, or the page of the program to standard output.
pub(crate) fn man(json: bool, args: &ManArgs) -> Result<ExitCode> {
    let mut program = Cli::command();
    program.build();
    let Some(dir) = &args.dir else {
        // Whoever reads it may have enough before its end.
        let _ = std::io::stdout().write_all(&page(program)?);
        return Ok(ExitCode::SUCCESS);
    };
    let dir = dir.join("man1");
    fs::create_dir_all(&dir).map_err(|error| {
        Failure::new(format!("failed to make {}: {error}", dir.display()))
            .hint("name a folder in which files can be made, as `collodi man share/man`")
    })?;
    let mut written = Vec::new();
    write(program, &dir, &mut written)?;
    match json {
        true => say!("{}", json!({ "written": written })),
        false => say!("{} pages are in {}", written.len(), dir.display()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The pages of a command and of those below it, which are as deep as the command line is.
fn write(command: Command, dir: &Path, written: &mut Vec<String>) -> Result<()> {
    for below in command.get_subcommands() {
        if below.get_name() != "help" {
            write(below.clone(), dir, written)?;
        }
    }
    let name = format!("{}.1", command.get_display_name().unwrap_or("collodi"));
    let path = dir.join(&name);
    let page = page(command)?;
    fs::write(&path, page).with_context(|| format!("failed to write {}", path.display()))?;
    written.push(name);
    Ok(())
}

fn page(command: Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    let mut rest = Roff::new();
    let sections = [
        ("EXIT STATUS", &STATUSES[..]),
        ("FILES", &FILES[..]),
        ("ENVIRONMENT", &ENVIRONMENT[..]),
    ];
    for (heading, items) in sections {
        rest.control("SH", [heading]);
        for (term, text) in items {
            rest.control("TP", []);
            rest.text([bold(*term)]);
            rest.text([roman(*text)]);
        }
    }
    rest.to_writer(&mut page)?;
    Ok(page)
}
