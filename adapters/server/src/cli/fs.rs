//! `collodi fs`

use clap::{Args, Subcommand};
use std::path::PathBuf;

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
