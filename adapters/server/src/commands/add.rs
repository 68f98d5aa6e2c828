//! `collodi add`

mod folder;

use super::apps;
use crate::{
    cli::AddArgs,
    client::Client,
    failure::{Failure, MISUNDERSTOOD},
    home,
    local::{Local, refused},
};
use anyhow::Result;
use collodi_api::{AppDetail, AppRequest};
use collodi_apps::{Origin, Reference, Scheme, Source};
use collodi_contain::{Name, NameError};
use collodi_driver::AppsError;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Where the app is to come from.
enum From {
    Repository(Source),
    Folder(PathBuf),
}

/// Adds an app, and says what it has.
pub(crate) fn add(workspace: &Path, json: bool, args: &AddArgs) -> Result<ExitCode> {
    let from = from(args)?;
    let name = name(args, &from)?;
    let server = Client::of_running(workspace)?;
    match (from, server) {
        // Who names a repository of this machine is on it, and need not ask the server.
        (From::Repository(source), Some(server)) if source.scheme() != Scheme::File => {
            let request = AppRequest {
                source: Some(source.to_string()),
                name: Some(name.to_string()),
                ..AppRequest::default()
            };
            let added: AppDetail = server.post_patiently("/python/apps", &request)?;
            apps::added(json, &added)
        }
        (from, _) => Local::run(workspace, |local| async move {
            match from {
                From::Repository(source) => fetch(&local, &source, &name).await?,
                From::Folder(folder) => copy(&local, &folder, &name).await?,
            }
            let detail = local.apps.detail(&name).await.map_err(refused)?;
            apps::added(json, &collodi_http::app_detail(&detail, 0))
        }),
    }
}

async fn fetch(local: &Local, source: &Source, name: &Name) -> Result<()> {
    let allowed = [local.schemes.as_slice(), &[Scheme::File]].concat();
    source
        .allowed_among(&allowed)
        .map_err(|error| refused(error.into()))?;
    let added = local.apps.add_repository(&local.options, source, name);
    added.await.map(drop).map_err(refused)
}

async fn copy(local: &Local, folder: &Path, name: &Name) -> Result<()> {
    let apps = local.apps.workspace().layout().apps().absolute();
    folder::may_be_copied(folder, Path::new(&apps))?;
    let origin = Origin::Folder(folder.display().to_string());
    let filled = local.apps.add_folder(name, |work| {
        folder::copy(folder, Path::new(work)).map_err(Trouble::Copy)?;
        Ok(origin)
    });
    match filled.await {
        Ok(_) => Ok(()),
        Err(Trouble::Apps(error)) => Err(refused(error)),
        Err(Trouble::Copy(error)) => Err(error),
    }
}

/// What can go wrong with a folder that is copied.
enum Trouble {
    Apps(AppsError),
    Copy(anyhow::Error),
}

impl core::convert::From<AppsError> for Trouble {
    fn from(error: AppsError) -> Self {
        Self::Apps(error)
    }
}

/// What the words mean: what has `://` in it is an address, anything else a folder.
fn from(args: &AddArgs) -> Result<From> {
    if args.source.contains("://") {
        let source = Source::parse(&args.source).map_err(|error| misread(error.into()))?;
        let commit = args.commit.as_deref().map(Reference::parse).transpose();
        let commit = commit.map_err(|error| misread(error.into()))?;
        return Ok(From::Repository(match commit {
            Some(commit) => source.at(Some(commit)),
            None => source,
        }));
    }
    if args.commit.is_some() {
        return Err(
            Failure::new("a folder is copied as it is, without a commit")
                .hint("name the repository in it as file:///…")
                .status(MISUNDERSTOOD)
                .into(),
        );
    }
    let folder = home::absolute(Path::new(&args.source))?;
    match folder.is_dir() {
        true => Ok(From::Folder(folder)),
        false => Err(Failure::new(format!("{} is no folder", folder.display()))
            .hint("name a folder, or a repository as https://host/owner/repository")
            .into()),
    }
}

fn misread(error: AppsError) -> anyhow::Error {
    let failure = Failure::new(&error).status(MISUNDERSTOOD);
    failure.hint(error.hint().unwrap_or_default()).into()
}

/// The name that the app is to have.
fn name(args: &AddArgs, from: &From) -> Result<Name> {
    let own = match from {
        From::Repository(source) => source.app_name(),
        From::Folder(folder) => {
            let last = folder.file_name().and_then(|name| name.to_str());
            last.and_then(|name| Name::parse(name).ok())
        }
    };
    match (&args.name, own) {
        (Some(name), _) => parse_name(name),
        (None, Some(own)) => Ok(own),
        (None, None) => Err(
            Failure::new("what is added has no name that an app can have")
                .hint(format!("name the app: collodi add {} NAME", args.source))
                .status(MISUNDERSTOOD)
                .into(),
        ),
    }
}

/// The name of an app, as somebody wrote it.
pub(super) fn parse_name(text: &str) -> Result<Name> {
    let wrong = |error: NameError| {
        Failure::new(format!("{text:?} is no name for an app: {error}"))
            .hint("a name has 1 to 64 letters, digits, '.', '_' and '-', and starts with a letter, a digit or '_'")
            .status(MISUNDERSTOOD)
    };
    Ok(Name::parse(text).map_err(wrong)?)
}
