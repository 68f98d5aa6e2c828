//! What is told of the making of an environment, and how it ends.

use alloc::{string::String, vec::Vec};
use collodi_command::{Exit, Stream};
use collodi_file::{Claim, FileError};
use core::fmt;

/// What is told while an environment is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProvisionEvent {
    /// Another program makes it, and is waited for.
    Waiting(Claim),
    /// Another program was ended while it made it. What it left is removed.
    Clearing(Claim),
    /// This command makes it.
    Creating {
        /// The command as a shell would read it.
        command: String,
    },
    /// The command said something.
    Output {
        /// On which stream.
        stream: Stream,
        /// What.
        bytes: alloc::sync::Arc<[u8]>,
    },
}

/// How the making of an environment ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provisioned {
    /// It was there, or nothing is half-made of it.
    Reused,
    /// It was made.
    Created,
    /// What was half-made is gone.
    Cleared,
    /// It could not be made.
    Failed(ProvisionError),
}

/// Why an environment could not be made. What was made of it is removed; what cannot be
/// removed is marked, and made anew next time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProvisionError {
    /// No interpreter was found; what was tried, and why it was not taken.
    NoPython(Vec<(String, String)>),
    /// Another Python was asked for: there is no uv to get it, and none of its own name.
    VersionNeedsUv {
        /// The version.
        version: String,
        /// The program that would have had it, and why it was not taken.
        tried: Option<(String, String)>,
    },
    /// Conda was asked for, and is not there.
    NoConda,
    /// Conda does not say where its named environments are; why not.
    NoCondaFolder(String),
    /// Conda failed.
    Conda {
        /// How it ended.
        exit: Exit,
        /// The last of what it said.
        tail: String,
    },
    /// There is something that is not an environment.
    NotAnEnvironment,
    /// Another program was at it for longer than one is waited for.
    Busy(Claim),
    /// Whether what an earlier maker left has ended cannot be found out.
    Leftovers(collodi_action::Error),
    /// The command could not be started.
    Spawn(collodi_action::Error),
    /// The command failed.
    Command {
        /// How it ended.
        exit: Exit,
        /// The last of what it said.
        tail: String,
    },
    /// A file operation failed.
    File(FileError),
    /// It took too long.
    TimedOut,
    /// Nobody wants it any more.
    Cancelled,
}

impl fmt::Display for ProvisionEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting(claim) => write!(f, "waiting for {claim}, which makes it"),
            Self::Clearing(claim) => write!(f, "removing what {claim} left half-made"),
            Self::Creating { command } => write!(f, "creating with {command}"),
            Self::Output { stream, bytes } => {
                write!(f, "{stream} {:?}", String::from_utf8_lossy(bytes))
            }
        }
    }
}

impl fmt::Display for Provisioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reused => f.write_str("reused"),
            Self::Created => f.write_str("created"),
            Self::Cleared => f.write_str("what was half-made is removed"),
            Self::Failed(error) => write!(f, "failed: {error}"),
        }
    }
}

impl fmt::Display for ProvisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPython(tried) => {
                f.write_str("no Python interpreter was found")?;
                tried
                    .iter()
                    .try_for_each(|(program, why)| write!(f, "; {program}: {why}"))
            }
            Self::VersionNeedsUv { version, tried } => {
                write!(f, "Python {version} needs uv")?;
                tried
                    .iter()
                    .try_for_each(|(program, why)| write!(f, "; {program}: {why}"))
            }
            Self::NoConda => f.write_str("there is no conda, mamba or micromamba"),
            Self::NoCondaFolder(why) => {
                write!(f, "conda does not say where its environments are: {why}")
            }
            Self::NotAnEnvironment => f.write_str("there is something that is not an environment"),
            Self::Busy(claim) => write!(f, "{claim} has been making it for too long"),
            Self::Leftovers(error) => {
                write!(f, "what an earlier maker left of it may go on: {error}")
            }
            Self::Spawn(error) => write!(f, "{error}"),
            Self::Command { exit, tail } | Self::Conda { exit, tail } => {
                write!(f, "{exit}: {tail}")
            }
            Self::File(error) => write!(f, "{error}"),
            Self::TimedOut => f.write_str("took too long"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl core::error::Error for ProvisionError {}
