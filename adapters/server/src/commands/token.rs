//! `collodi token`

use crate::{cli::TokenArgs, state::ServerState};
use anyhow::Result;
use std::{path::Path, process::ExitCode};

/// Prints what callers must know, for who may read the server's state file.
pub(crate) fn token(workspace: &Path, json: bool, args: &TokenArgs) -> Result<ExitCode> {
    let state = ServerState::read(workspace)?;
    let page = state.page();
    match (json, args.url) {
        (true, _) => say!(
            "{}",
            serde_json::json!({ "token": state.token, "page": page })
        ),
        (false, true) => say!("{page}"),
        (false, false) => say!("{}", state.token),
    }
    Ok(ExitCode::SUCCESS)
}
