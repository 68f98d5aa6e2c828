#![doc = include_str!("../README.md")]

#[macro_use]
mod say;

mod app_root;
mod aside;
mod audit;
mod bell;
mod checkup;
mod cli;
mod client;
mod commands;
mod complete;
mod duration;
mod failure;
mod give_up;
mod given;
mod handover;
mod home;
mod interrupts;
mod keys;
mod listening;
mod local;
mod node;
mod pair;
mod present;
mod prompt;
mod runtime;
mod service;
mod state;
mod sure;
mod trust;
mod webhooks;

use std::process::ExitCode;

/// The first descriptor above the three standard ones.
const FIRST_DESCRIPTOR: i32 = 3;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    collodi_sandbox_linux::helper_main();
    // Whatever this program was started with is not for the programs that it starts.
    close_fds::set_fds_cloexec(FIRST_DESCRIPTOR, &[]);
    complete::answer_shells();
    let cli = match cli::Cli::read() {
        Ok(cli) => cli,
        Err(error) => return commands::misread(&error),
    };
    let is_server = matches!(cli.command, cli::Command::Run(_) | cli::Command::Serve(_));
    match commands::execute(cli) {
        Ok(_) if say::is_lost() && !is_server => failure::report(&failure::lost()),
        Ok(code) => code,
        Err(error) => failure::report(&error),
    }
}
