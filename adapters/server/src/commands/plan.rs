//! `collodi plan`

mod machine;
mod show;

use super::{place::Place, run::not_a_script};
use crate::{
    cli::PlanArgs, failure::Failure, home::Home, node, present::presenter, runtime::Runtime,
};
use anyhow::Result;
use collodi_api::{Assumption, PlanStatus};
use collodi_driver::{LoadedApp, load, survey};
use collodi_host::{HostOptions, RunRequest};
use collodi_plan::PlanOptions;
use collodi_python::{Installer, Interpreter, Tool, Toolchain};
use collodi_script::{Script, ScriptError};
use collodi_value::{Object, Value};
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    rc::Rc,
    sync::Arc,
};

/// Says what a run of an app would do. Runs and changes nothing. Fails when the run would.
pub(crate) async fn plan(
    runtime: Rc<dyn Runtime>,
    workspace: &Path,
    json: bool,
    args: &PlanArgs,
) -> Result<ExitCode> {
    let backends = runtime.backends();
    let home = Home::open(workspace, &*backends.files, &args.server).await?;
    let Place { name, root, file } = Place::find(&home, &args.app, args.root.as_deref())?;
    let hint = "an app's script is called pinokio.json; another one can be named directly";
    let loaded = load(&*backends.files, &name, root, file.as_deref()).await;
    let app = loaded.map_err(|error| Failure::new(error).hint(hint))?;
    let script = match app.parsed.script() {
        Ok(script) => script.clone(),
        Err(ScriptError::NotAScript) => return Err(not_a_script(&app).into()),
        Err(_) => {
            presenter(json).diagnostics(&app);
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut options = node::options(&home, &backends, &args.server)?;
    let facts = survey(&backends, &options).await;
    machine::settle(&mut options, facts, &args.facts)?;
    let tools = tools(&options);
    let options = PlanOptions {
        stand_ins: stand_ins(&options, &tools),
        host: options,
        tools: Arc::new(tools),
        holds: collodi_os::holds,
    };
    let request = request(&app, script);
    let mut plan = collodi_plan::plan(&options, request, &app.source, &*backends.files).await;
    let about = [about(&options.tools)].into_iter();
    let about = about.chain(machine::assumption(&args.facts));
    plan.assumptions.splice(..0, about);
    if json {
        say!("{}", serde_json::to_string(&plan)?);
    } else {
        show::show(&plan, &app.source, args.env);
    }
    Ok(match plan.ending.status {
        PlanStatus::Failed => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}

fn request(app: &LoadedApp, script: Script) -> RunRequest {
    RunRequest {
        app: app.app.clone(),
        script: Arc::new(script),
        args: Value::Object(Object::new()),
        answers: Box::default(),
        overrides: Arc::default(),
        again: false,
    }
}

/// Where uv is missing, a run has a program that stands in for it.
fn stand_ins(options: &HostOptions, tools: &Toolchain) -> Option<collodi_contain::ContainedPath> {
    let pip = tools.installer(options.prefer_uv) == Installer::Pip;
    pip.then(|| options.layout.stand_ins())
}

/// What looks as if it were on the machine: a run asks the programs themselves.
fn tools(options: &HostOptions) -> Toolchain {
    let tool = |name: &str| {
        on_path(name).then(|| Tool {
            program: name.to_owned(),
            version: name.to_owned(),
        })
    };
    let python = options.python_binary.clone().or_else(|| {
        let names = ["python3", "python"].into_iter();
        names.map(str::to_owned).find(|name| on_path(name))
    });
    let conda = ["conda", "mamba", "micromamba"].into_iter();
    Toolchain {
        python: python.map(|program| Interpreter {
            program,
            version: "Python 3".to_owned(),
        }),
        uv: tool("uv"),
        conda: conda.filter_map(tool).next(),
        refused: Vec::new(),
    }
}

fn on_path(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let dirs = env::split_paths(&path).filter(|dir| dir.is_absolute());
    let mut programs = dirs.map(|dir: PathBuf| dir.join(name));
    programs.any(|program| program.is_file())
}

fn about(tools: &Toolchain) -> Assumption {
    let named = [
        ("python", tools.python.is_some()),
        ("uv", tools.uv.is_some()),
        ("conda", tools.conda.is_some()),
    ];
    let words = named.map(|(name, there)| format!("{} {name}", if there { "a" } else { "no" }));
    Assumption {
        script: None,
        step: None,
        list: None,
        text: format!("the machine has {}; none was started", words.join(", ")),
    }
}
