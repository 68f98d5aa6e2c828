//! The command line.

mod apps;
mod check;
mod config;
mod env;
mod fs;
mod processes;
mod run;
mod sandbox;
mod server;
mod shell;
mod signal;
mod token;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::path::PathBuf;

pub(crate) use apps::{AddArgs, AppsArgs, NewArgs, RemoveArgs, UpdateArgs};
pub(crate) use check::{CheckArgs, CheckFormat, Deny, MethodsArgs};
pub(crate) use config::{ConfigArgs, ConfigCommand};
pub(crate) use env::{EnvArgs, EnvCommand, EnvPlanArgs, EnvRmArgs};
pub(crate) use fs::{FsArgs, FsCommand, FsPlace};
pub(crate) use processes::{AuditArgs, LogsArgs, RestartArgs, StartArgs, StopArgs};
pub(crate) use run::{AnswerArgs, OverrideArgs, PlanArgs, PreparedArgs, RunArgs};
pub(crate) use sandbox::{FallbackArg, SandboxArgs};
pub(crate) use server::{DoctorArgs, ServeArgs, ServerArgs};
pub(crate) use shell::{CompletionsArgs, ManArgs};
pub(crate) use signal::SignalArgs;
pub(crate) use token::{TokenArgs, TokenCommand, TokenNewArgs};

/// Runs Pinokio-format app scripts on machines without a desktop.
#[derive(Debug, Parser)]
#[command(name = "collodi", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// The folder that holds `.vatn`: environments, apps, the server's state.
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub(crate) workspace: PathBuf,
    /// Says everything as JSON, one object a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Reads the command line.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let mut command = with_numbers(Self::command());
        let matches = command.try_get_matches_from_mut(std::env::args_os())?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// A number below zero is no option: whatever takes it says what is wrong with it.
fn with_numbers(command: clap::Command) -> clap::Command {
    let with_numbers_too = |arg: clap::Arg| match arg.get_action().takes_values() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    };
    command
        .mut_args(with_numbers_too)
        .mut_subcommands(with_numbers)
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Install and run an app, watch over it, and show what it does.
    ///
    /// Ends when all of the app has ended, or with Ctrl-C, which ends the app with
    /// everything it started. A second Ctrl-C kills what is left. Where a server of the
    /// workspace is up, that runs the app.
    Run(RunArgs),
    /// Serve the apps of the workspace over HTTP.
    Serve(ServeArgs),
    /// Show the apps of the workspace; of one, its launcher's menu and its scripts.
    Apps(AppsArgs),
    /// Add an app from a git repository or a folder.
    ///
    /// The app is made beside the others and is there when it is whole. Ends with 1 when it
    /// could not be had; then there is nothing of it.
    Add(AddArgs),
    /// Make an app from a template; without one, list the templates.
    New(NewArgs),
    /// Bring an app to what its repository has by now.
    ///
    /// Of the branch or tag that it was added with, or of --commit. Files that you changed
    /// are not touched: they are named, and nothing is done, unless --discard is there.
    Update(UpdateArgs),
    /// Remove an app with all its files. Environments stay, unless --env is there.
    Remove(RemoveArgs),
    /// Show what runs.
    Ps,
    /// Show what a process or an app said.
    Logs(LogsArgs),
    /// End an app or a process; without a name, the server and all it runs.
    Stop(StopArgs),
    /// Send a signal to a process with all that it has started, or to those of an app.
    ///
    /// When one ends of it, that is a death as any other: its restart policy decides what follows.
    Signal(SignalArgs),
    /// Have the server read its settings anew; daemons go on.
    ///
    /// The server is replaced by its next life, as by `kill -HUP`: with the same process id,
    /// address and token, and by the program that is on the disk. What the settings change is
    /// shown. Settings that are wrong are refused, and it goes on as before. It is refused too
    /// as long as something is being installed.
    Reload,
    /// Start a process that has ended, or those of an app's last run.
    ///
    /// It runs as before, under its name, with its log going on. What lives is left alone, so
    /// this makes sure that something runs.
    Start(StartArgs),
    /// Start a process anew, or all processes of an app; also when they have ended.
    ///
    /// Those of an app are ended before those that they depend on, and started after them. What was
    /// stopped stays stopped, unless one of them depends on it.
    Restart(RestartArgs),
    /// Print the server's token, for programs that talk to it; make, list and revoke tokens that
    /// allow less.
    Token(TokenArgs),
    /// Write the man pages of this program and of its commands.
    Man(ManArgs),
    /// Print the script that completes these commands in a shell.
    Completions(CompletionsArgs),
    /// Say what is wrong with scripts, without running anything.
    ///
    /// Ends with 0 when nothing is wrong or there are warnings only, with 1 when there is an
    /// error, with 2 when something could not be read.
    Check(CheckArgs),
    /// Say what a run of an app would do, without running or changing anything.
    ///
    /// Plays the script in memory, where every command succeeds. What nobody can know
    /// before is named as an assumption. Scripts that it starts are played too. Ends with 1
    /// when the run would fail.
    Plan(PlanArgs),
    /// Print the reference of methods, their parameters, and the codes of diagnostics.
    Methods(MethodsArgs),
    /// Answer what a run asks.
    Answer(AnswerArgs),
    /// Show what was executed: every command, also of servers that are gone.
    Audit(AuditArgs),
    /// Show or change the settings of the workspace, `.vatn/vatn.toml`.
    ///
    /// Shows every setting with where it comes from. Ends with 2 when the file is wrong.
    Config(ConfigArgs),
    /// Look whether this machine and the workspace are fit to run apps.
    ///
    /// Starts a few programs to ask them, and changes nothing. Ends with 1 when there is a
    /// problem.
    Doctor(DoctorArgs),
    /// Show or delete the environments of the workspace.
    Env(EnvArgs),
    /// Say which variables a child would get, and which rule decides about each.
    ///
    /// Values of secrets are not shown. Ends with 2 when the policy or another file is wrong.
    EnvPlan(EnvPlanArgs),
    /// Read or write a file as a script would, in its folder, and say how it went as JSON.
    ///
    /// Ends with 0 when it was done, with 1 when it was refused.
    Fs(FsArgs),
    /// Run one command in a sandbox.
    ///
    /// Ends with the status of the command, 128 and the number of the signal that ended it.
    /// When the sandbox cannot be made as asked, or what is asked is not understood, nothing
    /// is run, and it ends with 125; with 126 when the command may not be executed, with 127
    /// when there is none in the sandbox.
    Sandbox(SandboxArgs),
}
