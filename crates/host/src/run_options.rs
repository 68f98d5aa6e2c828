//! What a run is given of its host.

use crate::{HostOptions, RunRequest};
use alloc::{format, string::ToString, sync::Arc};
use collodi_command::TreeId;
use collodi_contain::{ContainedPath, RelPath};
use collodi_python::{Layout, Toolchain};
use collodi_run::{App, EnvironmentFiles, EnvironmentLayer, Resume, RunOptions};
use collodi_script::Dialect;

/// The variables that name folders of what is downloaded, each a folder of its name.
const CACHES: [&str; 5] = [
    "GRADIO_TEMP_DIR",
    "HF_HOME",
    "PIP_CACHE_DIR",
    "TORCH_HOME",
    "UV_CACHE_DIR",
];

/// What a host with these options gives a run, where the machine has these tools. For those
/// who want to know what a run would do.
pub fn run_options(
    options: &HostOptions,
    request: RunRequest,
    tools: &Arc<Toolchain>,
    stand_ins: &Option<ContainedPath>,
    (tree, seed): (TreeId, u64),
) -> RunOptions {
    let env_policy = options.env_policies.of(request.script.dialect).clone();
    let (app, environment) = match request.script.dialect {
        Dialect::Vatn => (request.app, EnvironmentFiles::default()),
        Dialect::Pinokio => {
            let environment = environment_files(&options.layout, &request.app);
            (with_drive(&options.layout, request.app), environment)
        }
    };
    RunOptions {
        script: request.script,
        app: without_workspace(&options.layout, app),
        layout: options.layout.clone(),
        tools: tools.clone(),
        stand_ins: stand_ins.clone(),
        host_vars: options.host_vars.clone(),
        env_policy,
        grants: options.grants.clone(),
        args: request.args,
        resume: Resume::default(),
        global: collodi_value::Object::new(),
        facts: options.facts.clone().unwrap_or_default(),
        tree,
        stop: options.stop.clone(),
        limits: options.limits,
        answers: *request.answers,
        overrides: request.overrides,
        environment,
        epoch: options.epoch,
        seed,
        privileged: options.privileged,
        other_apps: options.other_apps,
        extra_roots: options.extra_roots.clone(),
    }
}

/// An app whose folder has the workspace in it may not change the settings there, nor read
/// what the host keeps.
fn without_workspace(layout: &Layout, app: App) -> App {
    let workspace = layout.workspace().as_str().trim_end_matches('/');
    let own = format!("{workspace}/.vatn");
    match app.root.contain(&RelPath::root(), &own) {
        Ok(path) if !path.rel().is_root() => App {
            root: app.root.without(&own),
            ..app
        },
        _ => app,
    }
}

/// Where the variables of an app are: in the workspace's file, and in its own. Models
/// and packages are kept in the workspace, unless the host says where.
fn environment_files(layout: &Layout, app: &App) -> EnvironmentFiles {
    let dir = layout.workspace().at(RelPath::root());
    let files = dir.join("ENVIRONMENT").into_iter().collect();
    let of_app = EnvironmentLayer::of_app(&app.root.at(RelPath::root()));
    let cache = |name: &&str| {
        Some((
            (*name).to_string(),
            layout.cache().join(name).ok()?.absolute(),
        ))
    };
    let token = layout.cache().join("HF_AUTH/token");
    let token = token.map(|path| ("HF_TOKEN_PATH".to_string(), path.absolute()));
    let analytics = ("GRADIO_ANALYTICS_ENABLED".to_string(), "False".to_string());
    EnvironmentFiles {
        defaults: CACHES
            .iter()
            .filter_map(cache)
            .chain(token)
            .chain([analytics])
            .collect(),
        layers: [EnvironmentLayer { dir, files }, of_app].into(),
    }
}

/// The app with its own part of the workspace's drive as an annex, and with the part
/// of those that name peers: links lead there. What other apps keep for themselves is
/// outside.
fn with_drive(layout: &Layout, app: App) -> App {
    let drive = layout.drive().absolute();
    let own = format!("{drive}/apps/{}", app.name);
    let root = app.root.with_annex(&own);
    let root = root.with_annex(&format!("{drive}/shared"));
    App { root, ..app }
}
