//! `collodi token` and what follows it.

use clap::{Args, Subcommand};
use collodi_contain::Name;
use collodi_http::Scope;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TokenArgs {
    /// Print the address of the page instead, with the token in its fragment.
    #[arg(long)]
    pub(crate) url: bool,
    #[command(subcommand)]
    pub(crate) what: Option<TokenCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token for somebody, and print it: it is shown this once.
    ///
    /// A server that runs knows it at once.
    New(TokenNewArgs),
    /// List the tokens that were made, without the tokens themselves.
    Ls,
    /// Have a token refused from now on. Streams of events that are open go on until they end.
    Revoke {
        /// Whom it was made for.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenNewArgs {
    /// What it lets its holder do: `read` sees; `operate` starts, stops and answers too; `admin`
    /// changes apps, scripts and settings too, and ends the server.
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Scope,
    /// Whom it is for, as a name of letters, digits, `.`, `_` and `-`.
    #[arg(long = "for", value_name = "NAME", value_parser = name)]
    pub(crate) name: Name,
    /// How long it counts: 12h, 30d. Without it, until it is revoked.
    #[arg(long, value_name = "TIME", value_parser = crate::duration::parse)]
    pub(crate) expires: Option<Duration>,
}

fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| error.to_string())
}
