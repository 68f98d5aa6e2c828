//! `collodi new`

use super::{add::parse_name, apps};
use crate::{
    cli::NewArgs,
    client::Client,
    local::{Local, refused},
};
use anyhow::Result;
use collodi_api::{AppDetail, AppRequest};
use collodi_apps::{Template, template};
use collodi_driver::AppsError;
use std::{path::Path, process::ExitCode};

/// Makes an app from a template, or lists the templates.
pub(crate) fn new(workspace: &Path, json: bool, args: &NewArgs) -> Result<ExitCode> {
    let Some(wanted) = &args.template else {
        return list(json);
    };
    let unknown = || refused(AppsError::NoTemplate(wanted.clone()));
    let template: &Template = template(wanted).ok_or_else(unknown)?;
    let name = parse_name(args.name.as_deref().unwrap_or(template.name))?;
    if let Some(server) = Client::of_running(workspace)? {
        let request = AppRequest {
            template: Some(wanted.clone()),
            name: Some(name.to_string()),
            ..AppRequest::default()
        };
        let added: AppDetail = server.post_patiently("/python/apps", &request)?;
        return apps::added(json, &added);
    }
    Local::run(workspace, |local| async move {
        let added = local.apps.add_template(template, &name).await;
        added.map_err(refused)?;
        let detail = local.apps.detail(&name).await.map_err(refused)?;
        apps::added(json, &collodi_http::app_detail(&detail, 0))
    })
}

fn list(json: bool) -> Result<ExitCode> {
    let all = collodi_http::templates().templates;
    let longest = all.iter().map(|template| template.name.len()).max();
    let name = longest.unwrap_or_default();
    for template in &all {
        match json {
            true => say!("{}", serde_json::to_string(template)?),
            false => say!("{:name$}  {}", template.name, template.description),
        }
    }
    Ok(ExitCode::SUCCESS)
}
