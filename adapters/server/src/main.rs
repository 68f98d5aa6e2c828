#![doc = include_str!("../README.md")]

mod cli;
mod client;
mod commands;
mod duration;
mod failure;
mod node;
mod present;
mod state;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::execute(cli) {
        Ok(code) => code,
        Err(error) => failure::report(&error),
    }
}
