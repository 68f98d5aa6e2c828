//! Apps that are added.

use super::{
    Shared,
    apps::{claim, detail},
};
use crate::{
    Surface, body,
    fault::{Fault, Kind},
    names::bad_name,
    wait::unless_gone,
};
use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use collodi_api::{AppDetail, AppRequest};
use collodi_apps::{Reference, Source, Template, template};
use collodi_contain::Name;
use collodi_driver::{AppClaim, AppsError};
use collodi_host::{AppChange, Host};

/// Answers when the app is there. A caller that does not wait for it has it given up.
pub(crate) async fn add_app(
    State(surface): Shared,
    bytes: Bytes,
) -> Result<(StatusCode, Json<AppDetail>), Fault> {
    let request = body::app(&bytes)?;
    let name = match (&request.source, &request.template) {
        (Some(source), None) => from_repository(&surface, source, &request).await?,
        (None, Some(template)) => from_template(&surface, template, &request).await?,
        _ => return Err(one_of_both()),
    };
    let detail = detail(&surface, &name).await?;
    Ok((StatusCode::CREATED, Json(detail)))
}

async fn from_repository(
    surface: &Surface,
    source: &str,
    request: &AppRequest,
) -> Result<Name, Fault> {
    let source = Source::parse(source).map_err(AppsError::from)?;
    let source = match reference(request.commit.as_deref())? {
        Some(reference) => source.at(Some(reference)),
        None => source,
    };
    let allowed = surface.settings.python.app_schemes.value();
    source.allowed_among(allowed).map_err(AppsError::from)?;
    let name = named(request, source.app_name())?;
    let options = surface.host.query(|host: &Host| host.options().clone());
    let options = options.await?;
    let _claim = adds(surface, &name).await?;
    let adding = surface.apps.add_repository(&options, &source, &name);
    unless_gone(&surface.host, adding).await??;
    Ok(name)
}

async fn from_template(
    surface: &Surface,
    wanted: &str,
    request: &AppRequest,
) -> Result<Name, Fault> {
    let template: &Template =
        template(wanted).ok_or_else(|| AppsError::NoTemplate(wanted.to_owned()))?;
    let name = named(request, Name::parse(template.name).ok())?;
    let _claim = adds(surface, &name).await?;
    surface.apps.add_template(template, &name).await?;
    Ok(name)
}

/// Keeps the host from being handed over while an app is added, and others from adding the same.
async fn adds(surface: &Surface, name: &Name) -> Result<AppClaim, Fault> {
    if surface.apps.folder(name).await.is_ok() {
        return Err(AppsError::Taken(name.clone()).into());
    }
    let hint = "give it another name, or wait until that has ended";
    claim(surface, name, AppChange::Addition, hint).await
}

/// The commit, tag or branch in a body.
pub(super) fn reference(text: Option<&str>) -> Result<Option<Reference>, AppsError> {
    Ok(text.map(Reference::parse).transpose()?)
}

/// The name that the app is to have, or else this one.
fn named(request: &AppRequest, own: Option<Name>) -> Result<Name, Fault> {
    match (&request.name, own) {
        (Some(name), _) => Name::parse(name).map_err(|error| {
            bad_name(error).with(|problem| problem.pointer = Some("/name".to_owned()))
        }),
        (None, Some(own)) => Ok(own),
        (None, None) => Err(
            Fault::new(Kind::BadSource, "the address has no name for the app")
                .hint("send a \"name\""),
        ),
    }
}

fn one_of_both() -> Fault {
    Fault::new(
        Kind::BadBody,
        "the body has neither or both of source and template",
    )
    .hint("send {\"source\": \"https://…\"} or {\"template\": \"fastapi\"}")
}
