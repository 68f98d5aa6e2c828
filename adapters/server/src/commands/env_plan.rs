//! `collodi env-plan`

use crate::{
    cli::EnvPlanArgs,
    failure::{Failure, MISUNDERSTOOD},
    given, home,
    runtime::Choice,
};
use anyhow::Result;
use collodi_api::EnvPlan;
use collodi_backend::FileSystem;
use collodi_config::{Problems, Settings};
use collodi_env::{Grants, StepValue, StepVariables};
use collodi_script::Dialect;
use collodi_settings::SettingsFile;
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Says what a child's environment would be.
pub(crate) fn env_plan(workspace: &Path, json: bool, args: &EnvPlanArgs) -> Result<ExitCode> {
    Choice::default().run(|runtime| async move {
        let dir = args.root.as_deref().unwrap_or(workspace);
        let files = runtime.backends().files;
        let (file, text) = policy(dir, args.policy.as_deref(), &*files).await?;
        plan(json, args, &file, &text)
    })
}

fn plan(json: bool, args: &EnvPlanArgs, file: &Path, text: &str) -> Result<ExitCode> {
    let read = match args.policy {
        Some(_) => Settings::read_alone,
        None => Settings::read,
    };
    let settings = match read(text) {
        Ok(settings) => settings,
        Err(problems) => return refuse(json, file, &problems),
    };
    let host = match &args.host_env {
        Some(file) => host(file)?,
        None => home::host_variables(),
    };
    let step = match &args.step_env {
        Some(file) => step(file)?.spelled_as_in(&host),
        None => StepVariables::new(),
    };
    let dialect = Dialect::from_name(&args.dialect).unwrap_or_default();
    let grants = grants(settings.shell_env.grants(), args);
    let decided = settings.policy(dialect).resolve_step(&host, &step, &grants);
    let plan = collodi_plan::env_plan(dialect.name(), &decided);
    match json {
        true => say!("{}", serde_json::to_string_pretty(&plan)?),
        false => show(&plan),
    }
    Ok(ExitCode::SUCCESS)
}

fn grants(of_file: Grants, args: &EnvPlanArgs) -> Grants {
    let to_step = |grants: Grants, name: &String| grants.to_step(name);
    let from_host = |grants: Grants, name: &String| grants.from_host(name);
    let grants = args.grants.iter().fold(of_file, to_step);
    args.host_grants.iter().fold(grants, from_host)
}

/// The file that has the policy, and its text. Only the workspace's own need not be there.
async fn policy(
    dir: &Path,
    named: Option<&Path>,
    files: &dyn FileSystem,
) -> Result<(PathBuf, String)> {
    if let Some(file) = named {
        let text = given::text(file, given::MOST).map_err(|error| unreadable(file, error))?;
        return Ok((file.to_owned(), text));
    }
    let file = SettingsFile::of(&home::root(&home::absolute(dir)?)?);
    let text = file.text(files).await;
    let text = text.map_err(|error| Failure::new(error).status(MISUNDERSTOOD))?;
    Ok((file.path().absolute().into(), text.unwrap_or_default()))
}

fn refuse(json: bool, file: &Path, problems: &Problems) -> Result<ExitCode> {
    if json {
        let problem = |problem: &collodi_config::Problem| {
            json!({
                "line": problem.place.line,
                "column": problem.place.column,
                "key": problem.key,
                "message": problem.what.to_string(),
            })
        };
        let problems: Vec<Value> = problems.iter().map(problem).collect();
        say!(
            "{}",
            json!({"error": "policy", "file": file.display().to_string(), "problems": problems})
        );
    }
    let lines = problems.iter().map(|p| format!("{}:{p}", file.display()));
    let lines: Vec<String> = lines.collect();
    Err(Failure::new(lines.join("\n"))
        .hint("correct the file; a policy is TOML, as [sandbox.shell_env] of the settings")
        .status(MISUNDERSTOOD)
        .into())
}

fn host(file: &Path) -> Result<BTreeMap<String, String>> {
    let variables = variables(file)?.into_iter();
    variables
        .map(|(name, value)| match value {
            Value::String(value) => Ok((name, value)),
            _ => Err(no_text(file, &name, "a text")),
        })
        .collect()
}

fn step(file: &Path) -> Result<StepVariables> {
    let mut step = StepVariables::new();
    for (name, value) in variables(file)? {
        match value {
            Value::String(value) => drop(step.set.insert(name, StepValue::Text(value))),
            Value::Null => drop(step.remove.insert(name)),
            _ => return Err(no_text(file, &name, "a text or null")),
        }
    }
    Ok(step)
}

fn variables(file: &Path) -> Result<Map<String, Value>> {
    let text = given::text(file, given::MOST).map_err(|error| unreadable(file, error))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(format!("{}: {error}", file.display()))
            .hint("write {\"NAME\": \"value\"}")
            .status(MISUNDERSTOOD)
            .into()
    })
}

fn unreadable(file: &Path, error: io::Error) -> anyhow::Error {
    let cause = format!("failed to read {}: {error}", file.display());
    Failure::new(cause)
        .hint("name a file that is there, and that you may read")
        .status(MISUNDERSTOOD)
        .into()
}

fn no_text(file: &Path, name: &str, wanted: &str) -> anyhow::Error {
    let cause = format!("{}: the value of {name:?} is not {wanted}", file.display());
    Failure::new(cause)
        .hint("put it in quotes, as JSON has texts")
        .status(MISUNDERSTOOD)
        .into()
}

fn show(plan: &EnvPlan) {
    for variable in &plan.variables {
        let name = variable.name.escape_debug();
        let value = match (&variable.value, variable.kept) {
            (Some(value), _) => format!("={}", value.escape_debug()),
            (None, true) => "=(secret)".to_owned(),
            (None, false) => String::new(),
        };
        say!(
            "{:7} {name}{value}  ({})",
            variable.verdict,
            variable.reason
        );
    }
}
