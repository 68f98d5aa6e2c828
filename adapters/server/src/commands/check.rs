//! `collodi check`

use crate::{cli::CheckArgs, failure::Failure, present::DiagnosticLine};
use anyhow::{Context as _, Result};
use collodi_script::{Document, Options, Parsed, Severity, decode, parse_bytes};
use std::{fs, path::Path, process::ExitCode};

/// Says what is wrong with scripts. Fails when one has errors.
pub(crate) fn check(json: bool, args: &CheckArgs) -> Result<ExitCode> {
    let mut clean = true;
    for path in &args.paths {
        clean &= check_one(json, path)?;
    }
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn check_one(json: bool, path: &Path) -> Result<bool> {
    let file = if path.is_dir() {
        path.join("pinokio.json")
    } else {
        path.to_owned()
    };
    let bytes = fs::read(&file).map_err(|error| {
        Failure::new(format!("{}: {error}", file.display()))
            .hint("name a script file, or a folder with a pinokio.json")
    })?;
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .context("the path is not UTF-8")?;
    let parsed = parse_bytes(&bytes, &Options::for_file(name));
    let shown = file.display().to_string();
    if json {
        show_json(&shown, &parsed)?;
    } else {
        show(&shown, &decode(&bytes), &parsed);
    }
    Ok(!parsed.has_errors())
}

fn show_json(file: &str, parsed: &Parsed) -> Result<()> {
    for diagnostic in &parsed.diagnostics {
        say!(
            "{}",
            serde_json::to_string(&DiagnosticLine::new(file, diagnostic))?
        );
    }
    Ok(())
}

fn show(file: &str, source: &str, parsed: &Parsed) {
    for diagnostic in &parsed.diagnostics {
        complain!("{}", diagnostic.render(source, file));
    }
    let count = |severity| {
        parsed
            .diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match &parsed.document {
        Document::Script(script) if errors == 0 => {
            let unsupported = script
                .steps
                .iter()
                .filter(|s| !collodi_run::supports(&s.method));
            for step in unsupported {
                complain!(
                    "{file}: step {} ({}) cannot be run yet",
                    step.index + 1,
                    step.method.name()
                );
            }
            let (steps, dialect) = (script.steps.len(), script.dialect);
            say!("{file}: {dialect} dialect; steps: {steps}, warnings: {warnings}");
        }
        Document::Metadata(_) => say!("{file}: describes an app, and has no steps to run"),
        _ => say!("{file}: errors: {errors}, warnings: {warnings}"),
    }
}
