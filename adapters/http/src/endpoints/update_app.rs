//! Apps that are brought to the state of their repository.

use super::{
    Answered, Shared,
    add_app::reference,
    apps::{claim, detail},
};
use crate::{body, names::PathName, views, wait::unless_gone};
use axum::{Json, body::Bytes, extract::State};
use collodi_api::AppUpdated;
use collodi_apps::git::Checkout;
use collodi_host::{AppChange, Host};

/// Answers when the app has what its repository has by now.
pub(crate) async fn update_app(
    State(surface): Shared,
    PathName(name): PathName,
    bytes: Bytes,
) -> Answered<AppUpdated> {
    let request = body::update(&bytes)?;
    let to = reference(request.commit.as_deref())?;
    let hint = "stop it, then update it";
    let _claim = claim(&surface, &name, AppChange::Update, hint).await?;
    let checkout = match request.discard {
        true => Checkout::Discard,
        false => Checkout::Careful,
    };
    let schemes = surface.settings.python.app_schemes.value();
    let options = surface.host.query(|host: &Host| host.options().clone());
    let options = options.await?;
    let updating = surface.apps.update(&options, &name, to, checkout, schemes);
    let updated = unless_gone(&surface.host, updating).await??;
    let detail = detail(&surface, &name).await?;
    Ok(Json(views::app_updated(updated, detail)))
}
