//! Runs, real and planned, and what they ask.

use super::ServerArgs;
use crate::complete;
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use collodi_api::RestartPolicy;
use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf};

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The app's folder, its script, or the name of an app of the workspace.
    #[arg(add = complete::apps_and_files())]
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
    #[command(flatten)]
    pub(crate) overrides: OverrideArgs,
    /// Begin at this step, as it is counted in what a run shows. A server that has run the app
    /// before begins with the variables that the last run of it had; its secrets stay secret.
    #[arg(long, value_name = "STEP", value_parser = step)]
    pub(crate) from: Option<NonZeroUsize>,
    /// Run the app beside what an earlier server left running of it, instead of going on
    /// with that.
    #[arg(long)]
    pub(crate) again: bool,
    /// Leave the app to the server of the workspace when its steps are done, and end.
    #[arg(long)]
    pub(crate) detach: bool,
}

/// What is said over the script, for this run and the scripts that it starts.
#[derive(Debug, Args)]
pub(crate) struct OverrideArgs {
    /// Give this variable to the commands of the run, over what steps set. What the settings do
    /// not let a step set is refused.
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = crate::pair::parse)]
    pub(crate) env: Vec<(String, String)>,
    /// Which deaths of its daemons are followed by another life, over what steps say.
    #[arg(long, value_name = "POLICY", value_parser = policies())]
    pub(crate) restart: Option<RestartPolicy>,
}

fn policies() -> impl TypedValueParser<Value = RestartPolicy> {
    let names = RestartPolicy::ALL.map(RestartPolicy::as_str);
    let of = |name: String| {
        RestartPolicy::ALL
            .into_iter()
            .find(|one| one.as_str() == name)
    };
    PossibleValuesParser::new(names).try_map(move |name| of(name).ok_or("no policy"))
}

/// A step, as what a run shows counts it.
fn step(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok();
    number.ok_or_else(|| "steps are counted from 1, as a run shows them: [2/5] is 2".to_owned())
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
    #[arg(add = complete::runs())]
    pub(crate) run: String,
    /// The answers. Without any, shows what is asked.
    #[arg(value_name = "KEY=VALUE", value_parser = crate::pair::parse)]
    pub(crate) values: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The app's folder, its script, or the name of an app of the workspace.
    #[arg(add = complete::apps_and_files())]
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
