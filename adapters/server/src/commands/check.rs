//! `collodi check`

mod excerpt;
mod find;
mod human;
mod json;
mod sarif;

use crate::{
    cli::{CheckArgs, CheckFormat, Deny},
    failure::{Failure, MISUNDERSTOOD},
};
use anyhow::Result;
use collodi_script::{
    Document, Limits, Options, Parsed, Severity, code_reference, decode, json_schema, parse_bytes,
};
use find::{Found, Input};
use std::{
    io::{self, Read as _},
    path::PathBuf,
    process::ExitCode,
};

/// A file that was read, and what there is to say about it.
pub(super) struct Checked {
    /// Its name, for people.
    name: String,
    /// Its text.
    source: String,
    parsed: Parsed,
}

/// A file that could not be read.
pub(super) struct Unread {
    name: String,
    why: String,
}

/// Everything that was looked at.
#[derive(Default)]
pub(super) struct Report {
    files: Vec<Checked>,
    unread: Vec<Unread>,
}

/// Says what is wrong with scripts. Ends with 0 when there is no error, 1 when there is one,
/// or a warning that is denied, 2 when something could not be read, or there was nothing to read.
pub(crate) fn check(json: bool, args: &CheckArgs) -> Result<ExitCode> {
    if args.schema {
        say!("{}", json_schema().to_json_pretty());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(code) = &args.explain {
        return Ok(explain(code));
    }
    let report = look(args);
    match args.format {
        CheckFormat::Human if !json && report.is_empty() => {}
        CheckFormat::Human if !json => human::show(&report),
        CheckFormat::Sarif => say!("{}", serde_json::to_string_pretty(&sarif::log(&report))?),
        CheckFormat::Human | CheckFormat::Json => json::show(&report)?,
    }
    match report.is_empty() {
        true => Err(no_script(&args.paths).into()),
        false => Ok(ExitCode::from(report.status(args.deny))),
    }
}

/// Nobody takes folders that have no script for scripts that are well.
fn no_script(folders: &[PathBuf]) -> Failure {
    let names: Vec<_> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    Failure::new(format!("there is no script in {}", names.join(", ")))
        .hint("folders are looked through for pinokio.json and other .json and .js files with a `run` list; name the folder of an app, or a file")
        .status(MISUNDERSTOOD)
}

fn explain(code: &str) -> ExitCode {
    match code_reference(code) {
        Some(text) => {
            say!("{}", text.trim_end());
            ExitCode::SUCCESS
        }
        None => {
            complain!("there is no code {code:?}; `collodi methods` lists them all");
            ExitCode::from(MISUNDERSTOOD)
        }
    }
}

fn look(args: &CheckArgs) -> Report {
    let mut report = Report::default();
    let found = find::find(&args.paths, args.root.as_deref());
    report.unread = found.unread;
    for input in found.inputs {
        match read(&input) {
            Ok(bytes) => report.files.extend(checked(&input, &bytes)),
            Err(error) => report.unread.push(Unread {
                name: input.name,
                why: error.to_string(),
            }),
        }
    }
    report
}

/// The file's bytes; of one that is too large, enough to see that.
fn read(input: &Input) -> io::Result<Vec<u8>> {
    let limit = Limits::default().bytes as u64 + 1;
    let mut bytes = Vec::new();
    match &input.path {
        Some(path) => std::fs::File::open(path)?
            .take(limit)
            .read_to_end(&mut bytes)?,
        None => io::stdin().take(limit).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

/// What there is to say about a file; nothing about one that was come upon in a folder and is
/// no script.
fn checked(input: &Input, bytes: &[u8]) -> Option<Checked> {
    let options = Options {
        base: input.base.clone(),
        ..Options::for_file(&input.file)
    };
    let parsed = parse_bytes(bytes, &options);
    let source = decode(bytes).into_owned();
    let is_script = match parsed.document {
        Document::Broken => find::is_known(&input.file) || has_steps(&source, &input.file),
        Document::Script(_) => true,
        _ => input.file.ends_with(".json"),
    };
    (input.found == Found::Named || is_script).then(|| Checked {
        name: input.name.clone(),
        source,
        parsed,
    })
}

/// Whether a file that cannot be made out looks as if it had steps.
fn has_steps(source: &str, file: &str) -> bool {
    let is_module = file.ends_with(".js") && source.contains("module.exports");
    source.contains("\"method\"") || (is_module && source.contains("method:"))
}

impl Report {
    /// Whether only folders were named, and nothing in them is a script.
    const fn is_empty(&self) -> bool {
        self.files.is_empty() && self.unread.is_empty()
    }

    fn count(&self, severity: Severity) -> usize {
        let files = self.files.iter();
        files.map(|file| file.count(severity)).sum()
    }

    fn status(&self, deny: Option<Deny>) -> u8 {
        let denied = deny == Some(Deny::Warnings) && self.count(Severity::Warning) > 0;
        if !self.unread.is_empty() {
            MISUNDERSTOOD
        } else {
            u8::from(denied || self.count(Severity::Error) > 0)
        }
    }
}

impl Checked {
    fn count(&self, severity: Severity) -> usize {
        let diagnostics = self.parsed.diagnostics.iter();
        diagnostics.filter(|d| d.severity == severity).count()
    }
}
