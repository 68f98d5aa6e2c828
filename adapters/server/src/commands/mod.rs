//! The commands, one file each.

mod answer;
mod check;
mod logs;
mod methods;
mod place;
mod plan;
mod ps;
mod run;
mod serve;
mod stop;

use crate::cli::{Cli, Command};
use anyhow::{Context as _, Result};
use std::{future::Future, process::ExitCode};

pub(crate) fn execute(cli: Cli) -> Result<ExitCode> {
    let Cli {
        workspace,
        json,
        command,
    } = cli;
    match command {
        Command::Run(args) => on_runtime(run::run(&workspace, json, &args)),
        Command::Serve(args) => on_runtime(serve::serve(&workspace, json, &args)),
        Command::Ps => ps::ps(&workspace, json),
        Command::Logs(args) => logs::logs(&workspace, json, &args),
        Command::Stop(args) => stop::stop(&workspace, json, &args),
        Command::Check(args) => check::check(json, &args),
        Command::Plan(args) => on_runtime(plan::plan(&workspace, json, &args)),
        Command::Methods(args) => methods::methods(json, &args),
        Command::Answer(args) => answer::answer(&workspace, json, &args),
    }
}

fn on_runtime(future: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .context("failed to start the runtime")?
        .block_on(future)
}
