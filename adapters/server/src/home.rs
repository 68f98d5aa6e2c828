//! The workspace that a command works in: its folder, its settings, where things are.

use crate::{
    cli::ServerArgs,
    failure::{Failure, MISUNDERSTOOD},
    handover, listening, service, trust,
};
use anyhow::Result;
use collodi_backend::FileSystem;
use collodi_config::{AbsolutePath, Setting, Settings};
use collodi_contain::Root;
use collodi_python::{Layout, Platform};
use collodi_run::ExtraRoots;
use collodi_settings::{SettingsError, SettingsFile};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// A workspace, and the settings in force.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) dir: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) file: SettingsFile,
    pub(crate) layout: Layout,
}

impl Home {
    /// As [`read`](Self::read); the command line wins over the file.
    pub(crate) async fn open(
        workspace: &Path,
        files: &dyn FileSystem,
        args: &ServerArgs,
    ) -> Result<Self> {
        let mut home = Self::read(workspace, files).await?;
        overrule(&mut home.settings, args);
        trust::overrule(&mut home.settings, args)?;
        Ok(home)
    }

    /// The workspace as it would be without a file of settings.
    pub(crate) fn by_default(workspace: &Path, args: &ServerArgs) -> Result<Self> {
        let dir = absolute(workspace)?;
        let mut settings = Settings::default();
        overrule(&mut settings, args);
        trust::overrule(&mut settings, args)?;
        Ok(Self {
            layout: layout(&dir, &settings)?,
            file: SettingsFile::of(&root(&dir)?),
            settings,
            dir,
        })
    }

    /// Reads the settings of the workspace. A file that is wrong ends the program: it may ask
    /// for more protection than the defaults have.
    pub(crate) async fn read(workspace: &Path, files: &dyn FileSystem) -> Result<Self> {
        let dir = absolute(workspace)?;
        let file = SettingsFile::of(&root(&dir)?);
        let settings = file.read(files).await.map_err(unusable)?;
        Ok(Self {
            layout: layout(&dir, &settings)?,
            dir,
            settings,
            file,
        })
    }

    /// The folders beside their apps' that scripts may use.
    pub(crate) fn extra_roots(&self) -> Result<ExtraRoots> {
        let real = |paths: &[AbsolutePath]| -> Result<Vec<Root>> {
            let real = |path: &AbsolutePath| root(&absolute(Path::new(path.as_str()))?);
            paths.iter().map(real).collect()
        };
        let sandbox = &self.settings.sandbox;
        Ok(ExtraRoots {
            read: real(&sandbox.read)?,
            write: real(&sandbox.write)?,
        })
    }
}

/// The path without links in it: everything below is compared with this text.
pub(crate) fn absolute(dir: &Path) -> Result<PathBuf> {
    dir.canonicalize().map_err(|error| {
        Failure::new(format!("{}: {error}", dir.display()))
            .hint("name a folder that is there")
            .into()
    })
}

/// What is said of settings that cannot be used.
pub(crate) fn unusable(error: SettingsError) -> anyhow::Error {
    Failure::new(error)
        .hint("correct the file; nothing is done before, since it may ask for more protection than the defaults have")
        .status(MISUNDERSTOOD)
        .into()
}

/// The command line wins over the file.
fn overrule(settings: &mut Settings, args: &ServerArgs) {
    let python = &mut settings.python;
    python.python_binary.overrule(args.python.clone().map(Some));
    python.prefer_uv.overrule(args.no_uv.then_some(false));
    let millis = args.restart_delay.map(|delay| delay.as_millis());
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    python.restart_delay_ms.overrule(millis.map(Some));
}

/// Where things are in a workspace.
fn layout(dir: &Path, settings: &Settings) -> Result<Layout> {
    let platform = Platform::from_rust(std::env::consts::OS, std::env::consts::ARCH);
    let mut layout = Layout::new(root(dir)?, platform);
    if let Some(envs) = elsewhere(dir, &settings.python.envs_dir)? {
        layout = layout.with_environments(envs);
    }
    if let Some(apps) = elsewhere(dir, &settings.python.apps_dir)? {
        layout = layout.with_apps(apps);
    }
    Ok(layout)
}

/// The folder that the operator chose; a relative one starts in the workspace.
fn elsewhere(dir: &Path, setting: &Setting<String>) -> Result<Option<Root>> {
    if !setting.is_given() {
        return Ok(None);
    }
    let chosen = dir.join(setting.value());
    let real = chosen.canonicalize().unwrap_or(chosen);
    root(&real).map(Some)
}

/// The folder as a root.
pub(crate) fn root(dir: &Path) -> Result<Root> {
    let text = dir.to_str().ok_or_else(|| {
        Failure::new(format!("the path {} is not UTF-8", dir.display()))
            .hint("use a folder whose path is")
    })?;
    Ok(Root::new(text))
}

/// The variables of this program that children may get, which are not for it alone. Names and
/// values that are not UTF-8 cannot be passed on in a script's terms.
pub(crate) fn host_variables() -> BTreeMap<String, String> {
    let own = |name: &OsString| {
        let own = listening::VARIABLES.iter().chain(&service::VARIABLES);
        own.chain(&handover::VARIABLES).any(|own| name == own)
    };
    let vars = std::env::vars_os().filter(|(name, _)| !own(name));
    vars.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
