//! `collodi token` and what follows it.

use clap::{Args, Subcommand};
use collodi_contain::Name;
use collodi_http::Scope;
use std::{ops::RangeInclusive, time::Duration};

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
    /// How long it counts: 12h, 30d; at least a minute. Without it, until it is revoked.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = lifetime)]
    pub(crate) expires: Option<Duration>,
}

/// The shortest and the longest time that a token counts: long enough to be used at all, and to
/// end in a year that can be written.
const LIFETIMES: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(100 * 365 * 24 * 60 * 60);

fn lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = crate::duration::parse(text)?;
    match LIFETIMES.contains(&lifetime) {
        true => Ok(lifetime),
        false => Err("a token counts for a minute at least, and 100 years at most".to_owned()),
    }
}

fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| error.to_string())
}
