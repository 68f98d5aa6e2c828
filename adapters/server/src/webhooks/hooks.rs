//! Hooks as the settings have them, with their secrets.

use crate::{
    failure::{Failure, MISUNDERSTOOD},
    given,
};
use anyhow::Result;
use collodi_config::{Settings, Webhook};
use collodi_contain::Name;
use collodi_webhooks::{Hook, Secret};
use std::path::Path;

/// The longest secret, in bytes.
const MOST: u64 = 4096;

/// The hooks of the settings. A secret that cannot be had ends the start: what is sent
/// without it would be taken for somebody else's.
pub(crate) fn hooks(settings: &Settings) -> Result<Vec<Hook>> {
    settings
        .webhooks()
        .filter_map(|(name, hook)| {
            let url = hook.url.value().clone()?;
            Some(secret(name, hook).map(|secret| Hook {
                name: name.to_string(),
                url,
                events: hook.events.value().iter().copied().collect(),
                secret,
            }))
        })
        .collect()
}

fn secret(name: &Name, hook: &Webhook) -> Result<Option<Secret>> {
    let (bytes, from) = match (hook.secret_file.value(), hook.secret_env.value()) {
        (Some(file), _) => {
            let read = given::bytes(Path::new(file.as_str()), MOST);
            let wrong = |error| missing(name, &format!("{}: {error}", file.as_str()));
            (read.map_err(wrong)?, file.as_str())
        }
        (None, Some(variable)) => {
            let value = std::env::var_os(variable.as_str()).unwrap_or_default();
            (value.into_encoded_bytes(), variable.as_str())
        }
        (None, None) => return Ok(None),
    };
    match Secret::new(bytes.trim_ascii_end()) {
        Some(secret) => Ok(Some(secret)),
        None => Err(missing(name, &format!("{from} is empty or not there")).into()),
    }
}

fn missing(name: &Name, why: &str) -> Failure {
    Failure::new(format!("the secret of webhook {name} cannot be had: {why}"))
        .hint("nothing was started: what is not signed would be taken for somebody else's")
        .status(MISUNDERSTOOD)
}
