//! The apps of the workspace.

use crate::complete;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct AppsArgs {
    /// The app; all of them when absent.
    #[arg(add = complete::apps())]
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
    #[arg(add = complete::templates())]
    pub(crate) template: Option<String>,
    /// The app's name; the template's otherwise.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// The app.
    #[arg(add = complete::apps())]
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
    #[arg(add = complete::apps())]
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
