//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Measures Collodi and other process managers side by side, each against a raw floor in
/// the same run. Installs the others into `.tools/peers` first.
#[derive(Debug, Parser)]
#[command(max_term_width = 100)]
pub(crate) struct Cli {
    /// What to measure; everything when absent: memory, start, respawn, capture, peak, stop,
    /// survivors, adopt, idle.
    #[arg(value_name = "WORK")]
    pub(crate) works: Vec<String>,
    /// Only these peers, and the floor: shell, supervisord, circus, pm2, s6, s6-log, runit,
    /// svlogd, collodi.
    #[arg(long = "peer", value_name = "NAME")]
    pub(crate) peers: Vec<String>,
    /// The program to measure as `collodi`; built from this repository when absent.
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) collodi: Option<PathBuf>,
    /// How many children are started, stopped and adopted.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) children: usize,
    /// How many idle children the memory is measured with; the last is the many.
    #[arg(long, value_name = "N", num_args = 2, default_values_t = [100, 500])]
    pub(crate) idle: Vec<usize>,
    /// How often start, stop and capture are measured; the median counts.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) rounds: usize,
    /// How much output a flood has, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 200)]
    pub(crate) flood: usize,
    /// How many lives of a child that dies are watched.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) lives: usize,
    /// How long lives are watched at most, and how long idling is, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub(crate) seconds: u64,
}
