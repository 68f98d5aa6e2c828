//! The commands, one file each.

mod answer;
mod apps;
mod audit;
mod check;
mod completions;
mod config;
mod env_plan;
mod fs;
mod logs;
mod methods;
mod place;
mod plan;
mod ps;
mod restart;
mod run;
mod sandbox;
mod serve;
mod stop;
mod token;

use crate::cli::{Cli, Command};
use anyhow::Result;
use std::process::ExitCode;

pub(crate) fn execute(cli: Cli) -> Result<ExitCode> {
    let Cli {
        workspace,
        json,
        command,
    } = cli;
    match command {
        Command::Run(args) => {
            let on = args.server.runtime;
            on.run(|runtime| run::run(runtime, &workspace, json, &args))
        }
        Command::Serve(args) => {
            let on = args.server.runtime;
            on.run(|runtime| serve::serve(runtime, &workspace, json, &args))
        }
        Command::Apps => apps::apps(&workspace, json),
        Command::Ps => ps::ps(&workspace, json),
        Command::Logs(args) => logs::logs(&workspace, json, &args),
        Command::Stop(args) => stop::stop(&workspace, json, &args),
        Command::Restart(args) => restart::restart(&workspace, json, &args),
        Command::Token(args) => token::token(&workspace, json, &args),
        Command::Completions(args) => completions::completions(&args),
        Command::Check(args) => check::check(json, &args),
        Command::Plan(args) => {
            let on = args.server.runtime;
            on.run(|runtime| plan::plan(runtime, &workspace, json, &args))
        }
        Command::Methods(args) => methods::methods(json, &args),
        Command::Answer(args) => answer::answer(&workspace, json, &args),
        Command::Audit(args) => audit::audit(&workspace, json, &args),
        Command::Config(args) => config::config(&workspace, json, &args),
        Command::EnvPlan(args) => env_plan::env_plan(&workspace, json, &args),
        Command::Fs(args) => fs::fs(&args),
        Command::Sandbox(args) => sandbox::sandbox(json, &args),
    }
}
