//! How far apps are trusted: what the settings say, over which the command line wins.

use crate::{
    cli::{FallbackArg, ServerArgs},
    failure::Failure,
    home::absolute,
};
use anyhow::{Context as _, Result};
use collodi_config::{AbsolutePath, AppSandbox, Fallback, Network, Setting, Settings};
use collodi_host::{Confine, Trust};
use collodi_sandbox::{Level, Place};
use std::path::{Path, PathBuf};

/// The command line wins, over what is said of single apps too.
pub(crate) fn overrule(settings: &mut Settings, args: &ServerArgs) -> Result<()> {
    let level = args.sandbox;
    let gpu = args.sandbox_gpu.then_some(true);
    let fallback = args.sandbox_fallback;
    let sandbox = &mut settings.sandbox;
    sandbox.level.overrule(level.map(Some));
    sandbox.gpu.overrule(gpu);
    sandbox
        .fallback
        .overrule(fallback.map(|FallbackArg::Landlock| Fallback::Landlock));
    sandbox.strict.overrule(args.sandbox_strict.then_some(true));
    let read = further(sandbox.read.value(), &args.sandbox_read)?;
    sandbox.read.overrule(read);
    for app in settings.apps_mut() {
        app.level.overrule(level.map(Some));
        app.gpu.overrule(gpu.map(Some));
    }
    Ok(())
}

/// What the file names, and these folders besides; none when there are no such.
fn further(named: &[AbsolutePath], dirs: &[PathBuf]) -> Result<Option<Vec<AbsolutePath>>> {
    let path = |dir: &PathBuf| {
        let real = absolute(dir)?;
        let path = real.to_str().and_then(AbsolutePath::parse);
        path.ok_or_else(|| unsayable(&real))
    };
    let dirs: Vec<_> = dirs.iter().map(path).collect::<Result<_>>()?;
    Ok((!dirs.is_empty()).then(|| [named, &dirs].concat()))
}

fn unsayable(path: &Path) -> anyhow::Error {
    Failure::new(format!("{:?} cannot be named in settings", path.display()))
        .hint("use a folder whose path is UTF-8, without control characters")
        .into()
}

/// What the commands of each app are kept in.
pub(crate) fn trust(settings: &Settings) -> Result<Trust> {
    let own = settings
        .apps()
        .map(|(name, app)| Ok((name.to_string(), confine(settings, Some(app))?)));
    Ok(Trust {
        all: confine(settings, None)?,
        apps: own.collect::<Result<_>>()?,
    })
}

/// What the settings say of apps that are not in this folder, and whose name is much like that
/// of one that is. Apps may be elsewhere, so no other name is a mistake.
pub(crate) fn misspelt(settings: &Settings, apps: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(apps).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<String> = names.collect();
    let told = settings.apps().filter_map(|(name, _)| {
        let is_there = names.iter().any(|there| there == name.as_str());
        let near = collodi_script::nearest(name.as_str(), names.iter().map(String::as_str));
        let meant = near.filter(|_| !is_there)?;
        let section = format!("[sandbox.apps.{name}]");
        Some(format!(
            "{section} is about no app that is here; did you mean {meant}?"
        ))
    });
    told.collect()
}

/// What is said of an app, else of all.
fn confine(settings: &Settings, app: Option<&AppSandbox>) -> Result<Option<Confine>> {
    let all = &settings.sandbox;
    let level = app.and_then(|app| *app.level.value());
    let Some(confinement) = level.or(*all.level.value()).and_then(Level::confinement) else {
        return Ok(None);
    };
    let network = app.and_then(|app| *app.network.value());
    let gpu = app.and_then(|app| *app.gpu.value());
    Ok(Some(Confine {
        network: network.or(*all.network.value()).map(is_there),
        gpu: gpu.unwrap_or(*all.gpu.value()),
        strict: *all.strict.value(),
        fallback: match all.fallback.value() {
            Fallback::Refuse => None,
            Fallback::Landlock => Some(collodi_sandbox::Fallback::Landlock),
        },
        read: places(&all.read, app.map(|app| &app.read))?,
        write: places(&all.write, app.map(|app| &app.write))?,
        ..Confine::new(confinement)
    }))
}

/// A network of its own, with a loopback, is what there is without one.
const fn is_there(network: Network) -> bool {
    matches!(network, Network::Full)
}

/// The folders of all and of an app, without links in their paths.
fn places(
    all: &Setting<Vec<AbsolutePath>>,
    own: Option<&Setting<Vec<AbsolutePath>>>,
) -> Result<Vec<Place>> {
    let own = own.into_iter().flat_map(Setting::value);
    let real = |path: &AbsolutePath| {
        let real = absolute(Path::new(path.as_str()))?;
        let text = real.to_str().ok_or_else(|| unsayable(&real))?;
        Place::parse(text).with_context(|| format!("{text:?} cannot be a sandbox's"))
    };
    all.value().iter().chain(own).map(real).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_like_an_apps_is_told() {
        let dir = tempfile::tempdir().unwrap();
        for app in ["comfyui", "whisper"] {
            std::fs::create_dir(dir.path().join(app)).unwrap();
        }
        let said = "[sandbox.apps.comfy-ui]\nlevel = 'full'\n[sandbox.apps.whisper]\n\
            level = 'full'\n[sandbox.apps.elsewhere]\nlevel = 'full'\n";
        let told = misspelt(&Settings::read(said).unwrap(), dir.path());
        let only = "[sandbox.apps.comfy-ui] is about no app that is here; did you mean comfyui?";
        assert_eq!(told, [only]);
    }
}
