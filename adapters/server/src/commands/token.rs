//! `collodi token`

use crate::{
    cli::{TokenArgs, TokenCommand, TokenNewArgs},
    duration::now,
    failure::Failure,
    home::absolute,
    keys, node,
    state::ServerState,
};
use anyhow::Result;
use collodi_http::{Key, Token};
use serde_json::json;
use std::{path::Path, process::ExitCode};

pub(crate) fn token(workspace: &Path, json: bool, args: &TokenArgs) -> Result<ExitCode> {
    match &args.what {
        None => show(workspace, json, args.url)?,
        Some(TokenCommand::New(args)) => new(&absolute(workspace)?, json, args)?,
        Some(TokenCommand::Ls) => list(&absolute(workspace)?, json)?,
        Some(TokenCommand::Revoke { name }) => revoke(&absolute(workspace)?, json, name)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what callers must know, for who may read the server's state file.
fn show(workspace: &Path, json: bool, url: bool) -> Result<()> {
    let state = ServerState::read(workspace)?;
    let page = state.page();
    match (json, url) {
        (true, _) => say!("{}", json!({ "token": state.token, "page": page })),
        (false, true) => say!("{page}"),
        (false, false) => say!("{}", state.token),
    }
    Ok(())
}

/// Makes a token and prints it. It is in no file.
fn new(workspace: &Path, json: bool, args: &TokenNewArgs) -> Result<()> {
    let token = Token::generate(node::random()?);
    let expires = args.expires.map(|time| now() + time);
    let key = Key::of(&token, args.name.clone(), args.scope, now(), expires);
    let told = told(&key);
    keys::change(workspace, |keys| {
        keys.add(key).map_err(|error| {
            Failure::new(error)
                .hint("`collodi token revoke NAME` makes room; or choose another name")
                .into()
        })
    })?;
    match json {
        true => {
            let mut told = told;
            if let Some(told) = told.as_object_mut() {
                told.insert("token".to_owned(), token.reveal().into());
            }
            say!("{told}");
        }
        false => say!("{}", token.reveal()),
    }
    if let Some(time) = expires {
        complain!("it counts until {time}");
    }
    Ok(())
}

fn list(workspace: &Path, json: bool) -> Result<()> {
    let keys = keys::read(workspace)?;
    if json {
        keys.keys().for_each(|key| say!("{}", told(key)));
        return Ok(());
    }
    if keys.keys().next().is_none() {
        complain!("no tokens were made but the server's own; `collodi token new` makes one");
        return Ok(());
    }
    say!("{:<24} {:<8} {:<24} UNTIL", "FOR", "SCOPE", "MADE");
    for key in keys.keys() {
        let until = match key.expires {
            Some(time) if key.has_expired(now()) => format!("{time} (expired)"),
            Some(time) => time.to_string(),
            None => "-".to_owned(),
        };
        let made = key.made.to_string();
        say!(
            "{:<24} {:<8} {made:<24} {until}",
            key.name.as_str(),
            key.scope
        );
    }
    Ok(())
}

fn revoke(workspace: &Path, json: bool, name: &str) -> Result<()> {
    let was_there = keys::change(workspace, |keys| Ok(keys.remove(name)))?;
    if !was_there {
        let failure = Failure::new(format!("there is no token for {name:?}"));
        return Err(failure.hint("`collodi token ls` lists them").into());
    }
    match json {
        true => say!("{}", json!({ "revoked": name })),
        false => say!(
            "the token for {name} is refused from now on; streams of events that are open go on until they end"
        ),
    }
    Ok(())
}

/// What may be told of a token.
fn told(key: &Key) -> serde_json::Value {
    json!({
        "name": key.name.as_str(),
        "scope": key.scope,
        "made": key.made.to_string(),
        "expires": key.expires.map(|time| time.to_string()),
        "expired": key.has_expired(now()),
    })
}
