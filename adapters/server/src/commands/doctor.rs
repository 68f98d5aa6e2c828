//! `collodi doctor`

use crate::{
    checkup::Checkup,
    cli::DoctorArgs,
    failure::{ERROR, HINT},
    home::Home,
    node,
    runtime::Runtime,
};
use anstyle::{AnsiColor, Style};
use anyhow::Result;
use collodi_api::{Doctor, Finding, FindingState};
use std::{path::Path, process::ExitCode, rc::Rc};

const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();

/// Says what is well and what is not. Fails when something is not.
pub(crate) async fn doctor(
    runtime: Rc<dyn Runtime>,
    workspace: &Path,
    json: bool,
    args: &DoctorArgs,
) -> Result<ExitCode> {
    let backends = runtime.backends();
    // Settings that are wrong are a finding.
    let home = match Home::open(workspace, &*backends.files, &args.server).await {
        Ok(home) => home,
        Err(_) => Home::by_default(workspace, &args.server)?,
    };
    let options = node::options(&home, &backends, &args.server)?;
    let doctor = Checkup::of(&home, backends, options, args.listen)
        .doctor()
        .await;
    for finding in &doctor.findings {
        match json {
            true => say!("{}", serde_json::to_string(finding)?),
            false => show(finding),
        }
    }
    if !json {
        say!("\n{}", conclusion(&doctor));
    }
    Ok(match doctor.problems {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn show(finding: &Finding) {
    let style = match finding.state {
        FindingState::Ok => GOOD,
        FindingState::Warning => WARN,
        FindingState::Problem => ERROR,
    };
    let Finding {
        about, state, seen, ..
    } = finding;
    say!("{style}{state:7}{style:#}  {about:14}  {seen}");
    if let Some(hint) = &finding.hint {
        say!("         {HINT}hint:{HINT:#} {hint}");
    }
}

fn conclusion(doctor: &Doctor) -> String {
    let counted = |count: usize, what: &str| match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    };
    let problems = counted(doctor.problems, "problem");
    format!("{problems}, {}", counted(doctor.warnings, "warning"))
}
