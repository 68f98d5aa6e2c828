//! The command line.

mod env;
mod signal;
mod token;

use clap::{Args, FromArgMatches as _, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf};

pub(crate) use env::{EnvArgs, EnvCommand, EnvRmArgs};
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
    /// Start a process anew, or all processes of an app.
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

#[derive(Debug, Args)]
pub(crate) struct AppsArgs {
    /// The app; all of them when absent.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The repository, as https://host/owner/repository, perhaps with # and a commit, tag
    /// or branch; or a folder of this machine, which is copied.
    #[arg(value_name = "URL|DIR")]
    pub(crate) source: String,
    /// The app's name; the repository's or folder's otherwise.
    pub(crate) name: Option<String>,
    /// The commit that is wanted, by all of its digits, or a tag or branch.
    #[arg(long, value_name = "COMMIT")]
    pub(crate) commit: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The template; without it, they are listed.
    pub(crate) template: Option<String>,
    /// The app's name; the template's otherwise.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// The app.
    pub(crate) name: String,
    /// Another commit, tag or branch than the app was added with.
    #[arg(long, value_name = "COMMIT")]
    pub(crate) commit: Option<String>,
    /// Lose what was changed in the repository's files.
    #[arg(long)]
    pub(crate) discard: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The app.
    pub(crate) name: String,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// End what runs of it first.
    #[arg(long)]
    pub(crate) force: bool,
    /// Delete the environments too that its scripts name and no other app's.
    #[arg(long)]
    pub(crate) env: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Only what this app executed.
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Only from then on: how long ago (2h), or a time (2026-01-31T12:00:00Z).
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only what this level of the sandbox was asked for.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: Option<String>,
    /// How many entries; the newest, or with --since the first.
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) what: Option<ConfigCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print a setting, or those of a section.
    Get {
        /// The setting, as python.prefer_uv, or a section.
        key: String,
    },
    /// Change a setting in the file; all else in the file stays as it is.
    Set {
        /// The setting.
        key: String,
        /// Its value as TOML writes it; anything else is a text.
        value: String,
    },
    /// Remove a setting from the file: the default counts again.
    Unset {
        /// The setting.
        key: String,
    },
    /// Print where the file is.
    Path,
}

#[derive(Debug, Args)]
pub(crate) struct EnvPlanArgs {
    /// The workspace whose settings count when no --policy is given.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// A settings file with the policy, as in `[sandbox.shell_env]`.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The variables of the host, as a JSON object; this program's own otherwise.
    #[arg(long, value_name = "FILE")]
    pub(crate) host_env: Option<PathBuf>,
    /// The variables that the step sets, as a JSON object; null removes one.
    #[arg(long, value_name = "FILE")]
    pub(crate) step_env: Option<PathBuf>,
    /// Let the step set this excluded variable. The host's value stays back.
    #[arg(long = "grant", value_name = "NAME")]
    pub(crate) grants: Vec<String>,
    /// Pass this excluded variable on from the host.
    #[arg(long = "grant-from-host", value_name = "NAME")]
    pub(crate) host_grants: Vec<String>,
    /// The dialect of the script.
    #[arg(long, value_name = "DIALECT", default_value = "vatn", value_parser = ["vatn", "pinokio"])]
    pub(crate) dialect: String,
}

#[derive(Debug, Args)]
pub(crate) struct FsArgs {
    #[command(subcommand)]
    pub(crate) what: FsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FsCommand {
    /// Read a file, as `fs.read`.
    Read(FsPlace),
    /// Write a file, as `fs.write`, with the folders above it.
    Write {
        #[command(flatten)]
        place: FsPlace,
        /// What is written; standard input otherwise.
        #[arg(long, value_name = "FILE")]
        data_file: Option<PathBuf>,
    },
    /// Remove a file or a folder with all that is in it, as `fs.rm`.
    Remove(FsPlace),
    /// Open a working directory, as `path` of `shell.run`, and say where it really is.
    Cwd(FsPlace),
}

#[derive(Debug, Args)]
pub(crate) struct FsPlace {
    /// The app's root, in which paths must stay.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: PathBuf,
    /// Another folder that scripts may read, by absolute paths.
    #[arg(long = "extra-read", value_name = "DIR")]
    pub(crate) extra_read: Vec<PathBuf>,
    /// Another folder that scripts may change, by absolute paths.
    #[arg(long = "extra-write", value_name = "DIR")]
    pub(crate) extra_write: Vec<PathBuf>,
    /// The largest file that is read, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    pub(crate) limit: u64,
    /// The path, as a script would write it.
    #[arg(allow_hyphen_values = true)]
    pub(crate) path: String,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// How far the command is trusted: full, restricted or sandboxed.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: collodi_sandbox::Level,
    /// The folder that it may change.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) root: PathBuf,
    /// Where it runs; in its folder otherwise.
    #[arg(long, value_name = "DIR")]
    pub(crate) cwd: Option<PathBuf>,
    /// Its environment, NAME=VALUE a line. Without it: PATH, and what is said of language,
    /// terminal and time zone.
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// A further folder or file that it may read.
    #[arg(long, value_name = "PATH")]
    pub(crate) read: Vec<PathBuf>,
    /// A further folder that it may change.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Vec<PathBuf>,
    /// A folder or file that looks empty to it.
    #[arg(long, value_name = "PATH")]
    pub(crate) hide: Vec<PathBuf>,
    /// What it may not change below the folders that it may.
    #[arg(long, value_name = "PATH")]
    pub(crate) protect: Vec<PathBuf>,
    /// Give it the network, also where its level has none.
    #[arg(long)]
    pub(crate) network: bool,
    /// Give it the GPUs of this machine.
    #[arg(long)]
    pub(crate) gpu: bool,
    /// Refuse when this machine cannot hold all that the level promises.
    #[arg(long)]
    pub(crate) strict: bool,
    /// What may stand in where namespaces cannot be had.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) fallback: Option<FallbackArg>,
    /// The bubblewrap to make sandboxes with.
    #[arg(long, value_name = "PROGRAM", default_value = "/usr/bin/bwrap")]
    pub(crate) bwrap: PathBuf,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// What may stand in for namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FallbackArg {
    /// Landlock and seccomp.
    Landlock,
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
    /// Begin at this step, as it is counted in what a run shows. A server that has run the app
    /// before begins with the variables that the last run of it had; its secrets stay secret.
    #[arg(long, value_name = "STEP")]
    pub(crate) from: Option<std::num::NonZeroUsize>,
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
    /// Follows the server that runs in the workspace, at its address and with its token: that
    /// one lets go of its daemons and ends, this one goes on with them.
    #[arg(long, conflicts_with = "listen")]
    pub(crate) takeover: bool,
    /// Does not repeat what apps say: their logs have it.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Log what happens on standard error, for programs that collect logs: requests, runs,
    /// processes, refusals. Without it, what happens is shown for people.
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "json")]
    pub(crate) log_format: Option<crate::present::LogFormat>,
    /// How much is logged; COLLODI_LOG says it too, and without either it is info.
    #[arg(long, value_enum, value_name = "LEVEL", requires = "log_format")]
    pub(crate) log_level: Option<crate::present::LogLevel>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Where a server would listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, PartialEq, Eq, Args)]
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
    /// How far all apps are trusted, whatever the settings say: full, restricted or
    /// sandboxed. Below full, what cannot be kept in a sandbox does not run. Without it and
    /// without settings, full.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) sandbox: Option<collodi_sandbox::Level>,
    /// What may stand in for a sandbox where namespaces cannot be had.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) sandbox_fallback: Option<FallbackArg>,
    /// Refuse to run what this machine cannot keep as the level promises.
    #[arg(long)]
    pub(crate) sandbox_strict: bool,
    /// A further folder that sandboxed apps may read, as one of interpreters.
    #[arg(long, value_name = "DIR")]
    pub(crate) sandbox_read: Vec<PathBuf>,
    /// Let sandboxed apps use the GPUs.
    #[arg(long)]
    pub(crate) sandbox_gpu: bool,
    /// What scripts may do with the files of other apps, named as https://….git/path.
    #[arg(long, value_name = "WHAT", default_value = "read")]
    pub(crate) other_apps: OtherAppsArg,
}

impl ServerArgs {
    /// Nothing said: for commands that are no server, where the settings alone count.
    pub(crate) fn unsaid() -> Result<Self, clap::Error> {
        let command = Self::augment_args(clap::Command::new("collodi"));
        let matches = command.try_get_matches_from(["collodi"])?;
        Self::from_arg_matches(&matches)
    }

    /// Whether all is left as it is by itself.
    pub(crate) fn says_nothing(&self) -> bool {
        Self::unsaid().is_ok_and(|unsaid| unsaid == *self)
    }
}

/// What scripts may do with the files of other apps.
#[derive(Clone, Copy, Debug, clap::ValueEnum, PartialEq, Eq)]
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
pub(crate) struct ManArgs {
    /// The folder to write them to, `man1` of which is made; without it, the page of the
    /// program is printed.
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
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
