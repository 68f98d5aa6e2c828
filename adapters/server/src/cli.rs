//! The command line.

use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf};

/// Runs Pinokio-format app scripts on machines without a desktop.
#[derive(Debug, Parser)]
#[command(name = "collodi", version, about, max_term_width = 100)]
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

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Install and run an app, watch over it, and show what it does.
    ///
    /// Ends when all of the app has ended, or with Ctrl-C, which ends the app with
    /// everything it started. A second Ctrl-C kills what is left.
    Run(RunArgs),
    /// Serve the apps of the workspace over HTTP.
    Serve(ServeArgs),
    /// Show the apps of the workspace.
    Apps,
    /// Show what runs.
    Ps,
    /// Show what a process or an app said.
    Logs(LogsArgs),
    /// End an app or a process; without a name, the server and all it runs.
    Stop(StopArgs),
    /// Start a process anew, or all processes of an app.
    Restart(RestartArgs),
    /// Print the server's token, for programs that talk to it.
    Token(TokenArgs),
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
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The app's folder, its script, or the name of an app of the workspace.
    pub(crate) app: PathBuf,
    /// The app's root, in which paths must stay; found by itself otherwise.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Where the API listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) answers: PreparedArgs,
    /// Run the app beside what an earlier server left running of it, instead of going on
    /// with that.
    #[arg(long)]
    pub(crate) again: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Where the API listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    pub(crate) listen: SocketAddr,
    /// Does not repeat what apps say: their logs have it.
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// What it runs on.
    #[arg(long, value_enum, value_name = "RUNTIME", default_value_t)]
    pub(crate) runtime: crate::runtime::Choice,
    /// The Python interpreter to make environments from; found by itself otherwise.
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) python: Option<String>,
    /// Use pip and venv even when uv is there.
    #[arg(long)]
    pub(crate) no_uv: bool,
    /// Always wait this long before a daemon is started again. Without it, the wait is a
    /// tenth of a second at first, and twice as long each time up to a minute.
    #[arg(long, value_name = "TIME", value_parser = crate::duration::parse)]
    pub(crate) restart_delay: Option<std::time::Duration>,
    /// Start a daemon again at most so often in a row, or within a time: 5, or 5/1m.
    /// Without it, for ever.
    #[arg(long, value_name = "COUNT[/TIME]", value_parser = crate::give_up::parse)]
    pub(crate) give_up: Option<collodi_restart::GiveUp>,
    /// How long processes have between SIGTERM and SIGKILL.
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = crate::duration::parse)]
    pub(crate) grace_period: std::time::Duration,
    /// Pass on a host variable that the environment policy would keep back.
    #[arg(long = "grant", value_name = "NAME")]
    pub(crate) grants: Vec<String>,
    /// Let scripts fetch apps from repositories on this machine too (`file://`).
    #[arg(long)]
    pub(crate) local_repositories: bool,
    /// What scripts may do with the files of other apps, named as https://….git/path.
    #[arg(long, value_name = "WHAT", default_value = "read")]
    pub(crate) other_apps: OtherAppsArg,
}

/// What scripts may do with the files of other apps.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum OtherAppsArg {
    /// Nothing.
    None,
    /// Read them, and run commands in their folders.
    Read,
    /// Change them, too.
    Write,
}

impl From<OtherAppsArg> for collodi_run::OtherApps {
    fn from(arg: OtherAppsArg) -> Self {
        match arg {
            OtherAppsArg::None => Self::None,
            OtherAppsArg::Read => Self::Read,
            OtherAppsArg::Write => Self::Write,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// The process, or the app.
    pub(crate) name: String,
    /// How many of the last lines to show.
    #[arg(short = 'n', long, default_value_t = 50)]
    pub(crate) lines: usize,
    /// Goes on showing lines as they come.
    #[arg(short, long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// The app or the process.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RestartArgs {
    /// The process, or the app.
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Print the address of the page instead, with the token in its fragment.
    #[arg(long)]
    pub(crate) url: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Script files, folders to look through for scripts, or `-` for standard input.
    #[arg(required_unless_present_any = ["schema", "explain"], value_name = "FILE|DIR")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to say it.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CheckFormat,
    /// What ends with status 1 besides errors.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
    /// The app's root, in which paths must stay; found by itself otherwise.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Prints the JSON Schema of scripts, for editors.
    #[arg(long)]
    pub(crate) schema: bool,
    /// Says what a code means, with an example.
    #[arg(long, value_name = "CODE")]
    pub(crate) explain: Option<String>,
}

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CheckFormat {
    /// With excerpts, for people.
    #[default]
    Human,
    /// An object a line.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// What is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Deny {
    /// Warnings.
    Warnings,
}

#[derive(Debug, Args)]
pub(crate) struct MethodsArgs {
    /// The method, or the code of a diagnostic; all of them when absent.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PreparedArgs {
    /// Answer every field of this name that the script asks for.
    #[arg(long = "answer", value_name = "KEY=VALUE", value_parser = crate::pair::parse)]
    pub(crate) answers: Vec<(String, String)>,
    /// Answers in a JSON file: by the name of a field, or an object by the id of a step
    /// or its number, counted from 0.
    #[arg(long = "answers", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Ask nobody: what has no answer gets its default, and what has none fails. So it
    /// is anyway where standard input is no terminal.
    #[arg(long)]
    pub(crate) unattended: bool,
    /// Wait for `collodi answer` where standard input is no terminal.
    #[arg(long, conflicts_with = "unattended")]
    pub(crate) attended: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// The run, or its app.
    pub(crate) run: String,
    /// The answers. Without any, shows what is asked.
    #[arg(value_name = "KEY=VALUE", value_parser = crate::pair::parse)]
    pub(crate) values: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The app's folder, its script, or the name of an app of the workspace.
    pub(crate) app: PathBuf,
    /// The app's root, in which paths must stay; found by itself otherwise.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Shows every variable of every command, with the rule that decided.
    #[arg(long)]
    pub(crate) env: bool,
    /// Plan for a machine of which this is true: gpu (nvidia, amd, apple, none), gpu_model,
    /// gpu_driver, gpu_target, vram and ram in GiB, platform (linux, darwin, win32), arch.
    #[arg(long = "fact", value_name = "NAME=VALUE", value_parser = crate::pair::parse)]
    pub(crate) facts: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
