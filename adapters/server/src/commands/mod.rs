//! The commands, one file each.

mod add;
mod answer;
mod apps;
mod audit;
mod check;
mod completions;
mod config;
mod doctor;
mod env;
mod env_plan;
mod fs;
mod left_behind;
mod logs;
mod man;
mod methods;
mod named;
mod new;
mod outlived;
mod place;
mod plan;
mod ps;
mod reload;
mod remove;
mod restart;
mod run;
mod sandbox;
mod serve;
mod signal;
mod start;
mod stop;
mod token;
mod update;

use crate::{
    cli::{Cli, Command},
    failure::MISUNDERSTOOD,
    interrupts::Held,
    listening::Listen,
};
use anyhow::Result;
use clap::CommandFactory as _;
use std::process::ExitCode;

pub(crate) use named::called;

pub(crate) fn execute(cli: Cli) -> Result<ExitCode> {
    let Cli {
        workspace,
        json,
        command,
    } = cli;
    match command {
        Command::Run(args) => {
            let on = args.server.runtime;
            let (held, listen) = (ready()?, Listen::given_or(args.listen)?);
            on.run(|runtime| run::run(runtime, &workspace, json, listen, held, &args))
        }
        Command::Serve(args) => {
            let on = args.server.runtime;
            let (held, listen) = (ready()?, Listen::given_or(args.listen)?);
            on.run(|runtime| serve::serve(runtime, &workspace, json, listen, held, &args))
        }
        Command::Apps(args) => apps::apps(&workspace, json, &args),
        Command::Add(args) => add::add(&workspace, json, &args),
        Command::New(args) => new::new(&workspace, json, &args),
        Command::Update(args) => update::update(&workspace, json, &args),
        Command::Remove(args) => remove::remove(&workspace, json, &args),
        Command::Ps => ps::ps(&workspace, json),
        Command::Logs(args) => logs::logs(&workspace, json, &args),
        Command::Stop(args) => stop::stop(&workspace, json, &args),
        Command::Signal(args) => signal::signal(&workspace, json, &args),
        Command::Reload => reload::reload(&workspace, json),
        Command::Start(args) => start::start(&workspace, json, &args),
        Command::Restart(args) => restart::restart(&workspace, json, &args),
        Command::Token(args) => token::token(&workspace, json, &args),
        Command::Man(args) => man::man(json, &args),
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
        Command::Doctor(args) => {
            let on = args.server.runtime;
            on.run(|runtime| doctor::doctor(runtime, &workspace, json, &args))
        }
        Command::Env(args) => env::env(&workspace, json, &args),
        Command::EnvPlan(args) => env_plan::env_plan(&workspace, json, &args),
        Command::Fs(args) => fs::fs(&args),
        Command::Sandbox(args) => sandbox::sandbox(json, &args),
    }
}

/// Readies this process while it has one thread: there is room for the descriptors of many children
/// and callers, and signals are held back.
fn ready() -> Result<Held> {
    collodi_spawn::raise_open_files();
    Held::now()
}

/// Says how the command line was not understood. `sandbox` ends with the status of a command
/// that was run, which is 2 also.
pub(crate) fn misread(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    let asked = Cli::command().ignore_errors(true).try_get_matches();
    let name = asked.ok();
    match name.as_ref().and_then(clap::ArgMatches::subcommand_name) {
        Some("sandbox") => ExitCode::from(sandbox::REFUSED),
        _ => ExitCode::from(MISUNDERSTOOD),
    }
}
